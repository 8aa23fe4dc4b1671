"""The unified ad: one ad, written once for all platforms. Strict, immutable, and the same text in and out.

`parse` is the only way in, `canonical` the only way out; every rule without account or file is here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ValidationError

from adloom.ads import coherence, complaints
from adloom.ads.composition import Composition
from adloom.ads.fields import line
from adloom.ads.flight import Declarations, Tracking
from adloom.core.errors import FieldError, Invalid

_ORDER = (
    "schema_version",
    "name",
    "client",
    "objective",
    "conversion",
    "platforms",
    "ad_groups",
    "creative",
    "targeting",
    "budget",
    "schedule",
    "tracking",
    "declarations",
    "desired_status",
)
Client = Annotated[str, AfterValidator(line(255))]


class UnifiedAd(Composition):
    """An ad as a person writes it; the fields of the JSON document that `adloom ad create` reads."""

    schema_version: Literal[1] = 1
    client: Client | None = None
    tracking: Tracking = Tracking()
    declarations: Declarations = Declarations()
    desired_status: Literal["PAUSED", "ACTIVE"] = "PAUSED"


def parse(data: object) -> UnifiedAd:
    """The unified ad in a JSON document (already read); raises Invalid with every broken rule, by field."""
    try:
        ad = UnifiedAd.model_validate_json(_json(data))
    except ValidationError as error:
        raise _invalid(complaints.field_errors(error, model=UnifiedAd)) from None
    errors = coherence.check(ad)
    if errors:
        raise _invalid(errors)
    return ad


def read(source: str | bytes, *, name: str = "the ad") -> object:
    """The JSON document in a text; raises Invalid with the place where it is not JSON (comments are not)."""
    try:
        return json.loads(source, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Invalid.field(
            name,
            f"it is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
            "Mend that place; comments (//) and trailing commas are not JSON.",
        ) from None
    except UnicodeDecodeError:
        raise Invalid.field(name, "it is not text in UTF-8.", "Save it as UTF-8.") from None


def canonical(ad: UnifiedAd) -> dict[str, Any]:
    """The ad as JSON values, defaults written out, nulls and empty parts left out; `parse` gives it back."""
    return ordered(_pruned(ad.model_dump(mode="json", exclude_none=True)))


def ordered(values: Mapping[str, Any]) -> dict[str, Any]:
    """An ad's JSON values in the order in which people write them."""
    return {name: values[name] for name in _ORDER if name in values}


def _json(data: object) -> str:
    try:
        return json.dumps(data, allow_nan=False, default=_number)
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid.field("the ad", f"it is not made of JSON values: {error}", "Send a JSON object.") from None


def _number(value: object) -> float | dict[str, Any]:
    if isinstance(value, Decimal):
        return float(value)  # It was a JSON number, and stays one: money has to be a string.
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise Invalid.field(twin, "it stands twice in one object.", "Keep one of them.")
    return result


def _refuse_constant(text: str) -> float:
    raise Invalid.field("the ad", f"{text} is not JSON.", "Use a number, or null.")


def _invalid(errors: tuple[FieldError, ...]) -> Invalid:
    count = "a rule" if len(errors) == 1 else f"{len(errors)} rules"
    return Invalid(f"The ad breaks {count}.", errors=errors)


def _pruned(value: dict[str, Any]) -> dict[str, Any]:
    result = {}
    for name, entry in value.items():
        kept = _pruned(entry) if isinstance(entry, dict) else entry
        kept = [_pruned(item) if isinstance(item, dict) else item for item in kept] if isinstance(kept, list) else kept
        if kept != {}:
            result[name] = kept
    return result
