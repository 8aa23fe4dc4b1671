"""Pages of a list as PostgreSQL builds them in JSON: they pass from the database to the caller as they are.

No row becomes an object here, is validated and written out again. The shapes stay the API's promise: tests hold every
such page against its model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, TextClause, text

from adloom.core import paging
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.db.trips import Query

_PAGE = """
    SELECT
        coalesce(string_agg(item, ',' ORDER BY number) FILTER (WHERE number < :limit), '') AS items,
        count(*) = :limit AS has_more,
        max(created_at) FILTER (WHERE number = :limit - 1) AS created_at,
        (array_agg(id) FILTER (WHERE number = :limit - 1))[1] AS id
    FROM (
        SELECT
            id,
            created_at,
            CAST(item AS text) AS item,
            row_number() OVER (ORDER BY created_at DESC, id DESC) AS number
        FROM ({rows}) AS listed
    ) AS numbered
"""

# A policy asks whether only one client is seen; of that question the planner expects one row in two hundred, and would
# rather read and sort all there are. A page is the first rows of the index that has the list's order.
_ALONG_AN_INDEX = Query(text("SELECT set_config('enable_sort', 'off', true)"))


def statement(rows: str) -> TextClause:
    """The statement of a page.

    `rows` selects `id`, `created_at` and `item`, the row as JSON, of the rows of one page. Order and `LIMIT :limit`
    stand in a subquery beneath: the JSON of all that is sorted would be built otherwise.
    """
    return text(_PAGE.format(rows=rows))


def instant(column: str) -> str:
    """SQL of a moment as the API writes it: in UTC, to the microsecond."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"')"""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that is asked for: what is sent for it in a transaction, and the JSON that comes of it."""

    query: Query

    @property
    def queries(self) -> tuple[Query, Query]:
        """What is sent, in this order; the last one's rows are the page's."""
        return _ALONG_AN_INDEX, self.query

    def written(self, rows: Sequence[Any]) -> bytes:
        """`{"items": […], "next": …}`."""
        ((items, has_more, created_at, id_),) = rows
        following = paging.cursor(paging.Position(created_at, id_)) if has_more else None
        return f'{{"items":[{items}],"next":{json.dumps(following)}}}'.encode()


def asked(listed: TextClause, values: Mapping[str, Any], *, limit: int, after: str | None) -> Listing:
    """The page of such a statement that begins after a cursor. Raises Invalid for a size or cursor that is none."""
    place = paging.position(after)
    return Listing(
        Query(
            listed,
            {
                **values,
                "limit": paging.bounded(limit) + 1,
                "created_at": place.created_at if place else None,
                "id": place.id if place else None,
            },
        )
    )


def rows(session: ReadSession, listed: TextClause, values: Mapping[str, Any]) -> Sequence[RowMapping]:
    """The rows of a page, for who makes values of them: read along the same index, in the caller's transaction."""
    session.execute(_ALONG_AN_INDEX.statement)
    return session.execute(listed, dict(values)).mappings().all()


def page(actor: Actor, listing: Listing) -> bytes:
    """The page of what this actor may see."""
    with db.reading(actor) as session:
        *_, rows = [session.execute(each.statement, dict(each.values)).all() for each in listing.queries]
    return listing.written(rows)
