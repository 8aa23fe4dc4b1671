"""Whether a field that was read at Microsoft has the value that was sent, as Microsoft writes it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adloom.platforms.microsoft import audiences, payloads
from adloom.platforms.microsoft.writes import Row


def have(row: Row, fields: Row) -> bool:
    """Whether what was read has these values."""
    return all(is_value(name, row.get(name), value) for name, value in fields.items())


def is_value(name: str, read: Any, sent: Any) -> bool:
    """Whether one field that was read has the value that was sent."""
    if name == "EndDate" and int(sent["Year"]) >= payloads.NO_END.year:
        return not read or int(read["Year"]) >= payloads.NO_END.year
    if name == "Settings":
        return audiences.are_only_them(read) == audiences.are_only_them(sent)
    if name in ("Languages", "GoalIds"):
        return set(map(str, read or ())) == set(sent)
    if name == "BiddingScheme":
        return _scheme(read) == _scheme(sent)
    return bool(_plain(read) == _plain(sent))


def _scheme(value: Any) -> dict[str, Any]:
    """A bidding scheme without what is not set; its kind with or without the word at its end."""
    found = {name: _plain(each) for name, each in (value or {}).items() if _plain(each) not in (None, "", {})}
    return {**found, "Type": str(found.get("Type", "")).removesuffix("BiddingScheme")}


def _plain(value: Any) -> Any:
    """Numbers by their worth, nothing and the empty text alike, objects without what is not set."""
    if isinstance(value, bool) or value is None:
        return value or None
    if isinstance(value, (int, float, Decimal)):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items() if each is not None}
    return value or None
