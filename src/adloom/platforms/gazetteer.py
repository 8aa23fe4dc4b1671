"""The places that platforms have told us: kept for all tenants together, since each platform numbers the world once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import text

from adloom.db.session import ReadSession, Session
from adloom.platforms.geography import Place, PlaceAnswer, PlaceQuery, query_as_json, query_from_json
from adloom.platforms.types import Platform

# A platform renames and adds places now and then; one that it did not know may be there tomorrow.
_FIND = text(
    """
    SELECT
        known.platform,
        known.type,
        known.country,
        nullif(known.code, '') AS code,
        nullif(known.name, '') AS name,
        known.places,
        known.looked_up_at < clock_timestamp() - CASE
            WHEN known.places = '[]' THEN INTERVAL '1 day'
            ELSE INTERVAL '30 days'
        END AS is_old
    FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS asked (
        platform text,
        type text,
        country text,
        code text,
        name text
    )
    JOIN platform_places AS known ON known.platform = CAST(asked.platform AS platform_type)
        AND known.type = asked.type
        AND known.country = asked.country
        AND known.code = coalesce(asked.code, '')
        AND known.name = coalesce(asked.name, '')
    """
)

# In the order of the key: two workers that keep the same answers wait for one another, and not in a ring.
_RECORD = text(
    """
    INSERT INTO platform_places (
        platform,
        type,
        country,
        code,
        name,
        places,
        looked_up_at
    )
    SELECT
        CAST(:platform AS platform_type),
        answer.type,
        answer.country,
        coalesce(answer.code, ''),
        coalesce(answer.name, ''),
        answer.places,
        clock_timestamp()
    FROM jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (
        type text,
        country text,
        code text,
        name text,
        places jsonb
    )
    ORDER BY 2, 3, 4, 5
    ON CONFLICT (platform, type, country, code, name) DO UPDATE SET
        places = excluded.places,
        looked_up_at = excluded.looked_up_at
    """
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a platform has for a query; `is_old`: it is to be asked again, a month later, or a day where it had none."""

    places: tuple[Place, ...]
    is_old: bool


def find(
    session: ReadSession, asked: Mapping[Platform, Iterable[PlaceQuery]]
) -> dict[Platform, dict[PlaceQuery, Known]]:
    """What is known of these queries, by platform; what a platform was never asked is absent."""
    found: dict[Platform, dict[PlaceQuery, Known]] = {platform: {} for platform in asked}
    rows = [{"platform": p.value, **query_as_json(query)} for p, queries in asked.items() for query in queries]
    for row in session.execute(_FIND, {"asked": json.dumps(rows)}).mappings() if rows else ():
        places = tuple(Place(**place) for place in row["places"])
        found[Platform(row["platform"])][query_from_json(dict(row))] = Known(places, row["is_old"])
    return found


def record(session: Session, platform: Platform, answers: Iterable[PlaceAnswer]) -> None:
    """Keeps what a platform answered just now, over what it said before; only a worker's own session may."""
    rows = [{**query_as_json(answer.query), "places": [asdict(place) for place in answer.places]} for answer in answers]
    session.execute(_RECORD, {"platform": platform.value, "answers": json.dumps(rows)})
