"""The `fields` parameter: names, with braces for fields of what a field leads to.

It knows the syntax, not the nodes.
"""

import re
from dataclasses import dataclass

from adsandbox.meta import errors

_TOKEN = re.compile(r"\s*(?:([A-Za-z0-9_]+)((?:\.[a-z_]+\([^)]*\))*)|([{},]))")


@dataclass(frozen=True, slots=True)
class Asked:
    """One field that was asked for; `below` are the fields in its braces."""

    name: str
    below: "tuple[Asked, ...]" = ()


def parse(text: object) -> tuple[Asked, ...]:
    """The fields of a parameter such as `id,name,creative{id}` (or of a JSON list of names); () for
    none."""
    if isinstance(text, list):
        text = ",".join(str(one) for one in text)
    if not isinstance(text, str) or not text.strip():
        return ()
    if text.strip().startswith("["):
        text = text.strip().strip("[]").replace('"', "")
    found, rest = _list(text)
    if rest.strip():
        raise errors.plain(f"(#2500) Syntax error at character {len(text) - len(rest)}: {text}", code=2500)
    return found


def _list(text: str) -> tuple[tuple[Asked, ...], str]:
    """Fields up to the closing brace or the end, and what follows."""
    found: list[Asked] = []
    while (token := _TOKEN.match(text)) is not None and token.group(3) != "}":
        text = text[token.end() :]
        if token.group(3) == ",":
            continue
        if token.group(3) == "{":
            below, text = _list(text)
            if not found or not text.startswith("}"):
                raise errors.plain("(#2500) Syntax error: unmatched brace in fields", code=2500)
            found[-1], text = Asked(found[-1].name, below), text[1:]
        else:
            found.append(Asked(token.group(1)))
    return tuple(found), text.lstrip()
