"""Pages of a list as PostgreSQL builds them in JSON: they pass from the database to the caller as they are.

No row becomes an object here, is validated and written out again. The shapes stay the API's promise: tests hold every
such page against its model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import TextClause, text

from adloom.core import paging
from adloom.core.actor import Actor
from adloom.db import session as db

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


def statement(rows: str) -> TextClause:
    """The statement of a page.

    `rows` selects `id`, `created_at` and `item`, the row as JSON, of the rows of one page. Order and `LIMIT :limit`
    stand in a subquery beneath: the JSON of all that is sorted would be built otherwise.
    """
    return text(_PAGE.format(rows=rows))


def instant(column: str) -> str:
    """SQL of a moment as the API writes it: in UTC, to the microsecond."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"')"""


def page(actor: Actor, listed: TextClause, values: Mapping[str, Any], *, limit: int, after: str | None) -> bytes:
    """`{"items": […], "next": …}` of what this actor may see. Raises Invalid for a size or cursor that is none."""
    place = paging.position(after)
    given = {
        **values,
        "limit": paging.bounded(limit) + 1,
        "created_at": place.created_at if place else None,
        "id": place.id if place else None,
    }
    with db.reading(actor) as session:
        found = session.execute(listed, given).one()
    following = paging.cursor(paging.Position(found.created_at, found.id)) if found.has_more else None
    return f'{{"items":[{found.items}],"next":{json.dumps(following)}}}'.encode()
