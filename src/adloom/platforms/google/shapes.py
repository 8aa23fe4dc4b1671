"""Parts of Google's answers as the types that they should have: what is left out is zero, what is odd an error. Pure.

Protobuf's JSON leaves out fields of the default value, and may write every number as text
(protobuf.dev, "ProtoJSON Format").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from adloom.core.errors import Unavailable
from adloom.platforms.types import Platform


class Page(NamedTuple):
    """What `googleAds:search` gives at once: rows, how many there are in all (0 where it is not told), what follows."""

    rows: Sequence[Mapping[str, Any]]
    counted: int
    following: str


def page(answer: Any) -> Page:
    """A page of rows; raises Unavailable for anything else."""
    if not isinstance(answer, dict):
        raise broken("gave no page of rows")
    rows = answer.get("results") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise broken("gave rows that are none")
    following = answer.get("nextPageToken") or ""
    if not isinstance(following, str):
        raise broken("gave a page that cannot be followed")
    return Page(rows, whole(answer, "totalResultsCount"), following)


def part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object of a row, empty where it is left out; raises Unavailable for anything else."""
    found = row.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise broken(f"gave {found!r} for {name}")
    return found


def whole(of: Mapping[str, Any], name: str) -> int:
    """A whole number, 0 where it is left out; raises Unavailable for anything else."""
    found = number(of, name)
    if found != found.to_integral_value():
        raise broken(f"gave {found} for {name}")
    return int(found)


def number(of: Mapping[str, Any], name: str) -> Decimal:
    """A number exactly as it was written, 0 where it is left out; raises Unavailable for anything else."""
    value = of.get(name)
    if value is None:
        return Decimal(0)
    try:
        found = Decimal(value) if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise broken(f"gave {value!r} for {name}")
    return found


def word(of: Mapping[str, Any], name: str) -> str | None:
    """A word, None where it is left out; raises Unavailable for anything else."""
    found = of.get(name)
    if found is not None and not isinstance(found, str):
        raise broken(f"gave {found!r} for {name}")
    return found


def campaign(row: Mapping[str, Any]) -> str:
    """The id of a row's campaign; raises Unavailable where it names none."""
    found = part(row, "campaign").get("id")
    if not isinstance(found, (str, int)) or isinstance(found, bool) or not str(found).isdecimal():
        raise broken("gave a row of no campaign")
    return str(found)


def day(row: Mapping[str, Any]) -> date:
    """The day of a row, in the customer's zone; raises Unavailable where it names none."""
    found = part(row, "segments").get("date")
    try:
        return date.fromisoformat(str(found))
    except ValueError:
        raise broken(f"gave a row of the day {found!r}") from None


def hour(row: Mapping[str, Any]) -> int:
    """The hour of a row, midnight where it is left out; raises Unavailable for what is none."""
    found = whole(part(row, "segments"), "hour")
    if not 0 <= found <= 23:
        raise broken(f"gave a row of the hour {found}")
    return found


def broken(what: str) -> Unavailable:
    """The error for an answer that cannot be trusted."""
    return Unavailable(f"Google Ads {what}; the answer is not used.", platform=Platform.GOOGLE_ADS.value)
