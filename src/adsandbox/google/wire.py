"""Protobuf's JSON, as Google reads it: both spellings of names, null as unset, int64 as text; strict in all
else."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from adsandbox import schema
from adsandbox.google import absent, errors
from adsandbox.platform import Answer
from adsandbox.schema import Field, Refusal, Rule

#: Rules whose breach means that the request does not parse at all.
_MALFORMED = frozenset({Rule.UNKNOWN, Rule.TYPE, Rule.ENUM})


def camel(name: str) -> str:
    """`amount_micros` to `amountMicros`; a name without underscores stays."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def snake(name: str) -> str:
    """`amountMicros` to `amount_micros`, `path1` stays."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m.group(1).lower(), name)


def read(body: bytes, table: Mapping[str, Field], *, request_id: str) -> tuple[dict[str, Any], list[Refusal]]:
    """A request's message in canonical form, and the refusals that are not about parsing.

    Raises `Answer` with Google's answer to malformed requests.
    """
    try:
        raw = json.loads(body or b"{}")
    except ValueError:
        text = "Invalid JSON payload received. Unexpected token."
        raise Answer(errors.malformed("", text, request_id=request_id)) from None
    message = _canonical(raw, schema.obj(table))
    refusals = schema.check(message, table)
    for refusal in refusals:
        if refusal.rule in _MALFORMED:
            raise Answer(_answer(refusal, request_id))
    return message, refusals


def dotted(path: tuple[str | int, ...]) -> str:
    """A path as Google's transport errors write it: `mutate_operations[0].campaign_operation.create`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{snake(part)}"
    return text.removeprefix(".")


def _answer(refusal: Refusal, request_id: str) -> Any:
    if refusal.rule is Rule.UNKNOWN:
        where, name = dotted(refusal.path[:-1]), snake(str(refusal.path[-1]))
        at = f" at '{where}'" if where else ""
        text = f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
        return errors.malformed(where, text, request_id=request_id)
    where = dotted(refusal.path)
    if refusal.message.endswith(absent.KIND):
        return errors.not_imitated(where, request_id=request_id)
    text = f"Invalid value at '{where}' ({refusal.message}), {json.dumps(refusal.value)}"
    return errors.malformed(where, text, request_id=request_id)


def _canonical(value: Any, field: Field) -> Any:
    if isinstance(value, dict) and field.children is not None:
        known = field.children
        named = {(camel(k) if camel(k) in known else k): v for k, v in value.items()}
        return {
            k: _canonical(v, known[k]) if k in known else v for k, v in named.items() if not _unset(v, known.get(k))
        }
    if isinstance(value, list) and field.item is not None:
        return [_canonical(one, field.item) for one in value]
    if field.kind == "int64" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _unset(value: Any, field: Field | None) -> bool:
    return value is None or (field is not None and field.values is not None and value == "UNSPECIFIED")


def token(text: str) -> str:
    """An opaque page token: the same text, the same token."""
    return hashlib.blake2b(text.encode(), digest_size=18).hexdigest()
