"""Pages of a list, newest first, by key: nothing is skipped or shown twice while rows come and go. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from adloom.core.errors import Invalid

MAX_LIMIT = 200
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list; `next` is the cursor of the part that follows, None at the end."""

    items: tuple[Item, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Position:
    """The last row of a page: the next one begins after it."""

    created_at: datetime
    id: UUID


def page(rows: Sequence[Item], *, limit: int, position: Callable[[Item], Position]) -> Page[Item]:
    """A page of `limit` rows out of one row more than that, which only tells whether there is more."""
    items = tuple(rows[:limit])
    has_more = len(rows) > limit
    return Page(items, cursor(position(items[-1])) if has_more else None)


def bounded(limit: int) -> int:
    """The limit; raises Invalid outside 1 to 200."""
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid.field("limit", f"{limit} is not a page's size.", f"Use 1 to {MAX_LIMIT}.")
    return limit


def cursor(place: Position) -> str:
    """The cursor of the page that begins after this row."""
    return base64.urlsafe_b64encode(f"{place.created_at.isoformat()} {place.id}".encode()).decode()


def position(cursor: str | None) -> Position | None:
    """Where a cursor points; raises Invalid for a cursor that no page gave."""
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
        created_at, _, row_id = text.partition(" ")
        place = Position(datetime.fromisoformat(created_at), UUID(row_id))
    except (ValueError, binascii.Error):
        raise Invalid.field("after", "it is no cursor of this list.", "Use `next` of the page before.") from None
    if place.created_at.tzinfo is None:
        raise Invalid.field("after", "it is no cursor of this list.", "Use `next` of the page before.")
    return place
