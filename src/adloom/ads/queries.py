"""Reads of ads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.ads import document, unified
from adloom.ads.document import Columns
from adloom.ads.types import Ad, AdOrigin, AdStatus, AdSummary
from adloom.ads.unified import UnifiedAd
from adloom.audit import queries as audit
from adloom.core import paging
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Invalid, NotFound
from adloom.core.paging import Page
from adloom.db import listing
from adloom.db import session as db
from adloom.db.listing import Listing
from adloom.db.session import ReadSession

_GET = text(
    """
    SELECT
        id,
        client_id,
        name,
        status,
        origin,
        unified_data,
        targeting_data,
        budget_data,
        schedule_data,
        created_at,
        updated_at
    FROM ads
    WHERE id = :id
        AND deleted_at IS NULL
    """
)

_OF_PAGE = """
    WHERE deleted_at IS NULL
        AND (CAST(:status AS ad_status) IS NULL OR status = CAST(:status AS ad_status))
        AND (CAST(:client_id AS uuid) IS NULL OR client_id = CAST(:client_id AS uuid))
        AND (
            CAST(:created_at AS timestamptz) IS NULL
            OR (created_at, id) < (CAST(:created_at AS timestamptz), CAST(:id AS uuid))
        )
    ORDER BY created_at DESC, id DESC
    LIMIT :limit
"""

_PLATFORMS = """
        ARRAY(
            SELECT key
            FROM jsonb_object_keys(coalesce(unified_data -> 'platforms', '{}')) AS key
            ORDER BY key
        )
"""

_LIST = text(
    f"""
    SELECT
        id,
        client_id,
        name,
        status,
        origin,
        unified_data ->> 'objective' AS objective,
        {_PLATFORMS} AS platforms,
        budget_data AS budget,
        created_at,
        updated_at
    FROM ads
    {_OF_PAGE}
    """  # noqa: S608  (constants)
)

_LISTED = listing.statement(
    f"""
    SELECT
        id,
        created_at,
        json_build_object(
            'id', id,
            'client_id', client_id,
            'name', name,
            'status', status,
            'origin', origin,
            'objective', unified_data ->> 'objective',
            'platforms', {_PLATFORMS},
            'budget', budget_data,
            'created_at', {listing.instant("created_at")},
            'updated_at', {listing.instant("updated_at")}
        ) AS item
    FROM (SELECT * FROM ads {_OF_PAGE}) AS ads
    """  # noqa: S608  (constants)
)

_USING = text(
    """
    SELECT ads.name
    FROM ads
    WHERE ads.deleted_at IS NULL
        AND ads.status IN ('draft', 'active', 'paused')
        AND EXISTS (
            SELECT
            FROM ad_assets
            WHERE ad_assets.ad_id = ads.id
                AND ad_assets.asset_id = :asset_id
        )
    ORDER BY ads.name
    LIMIT 5
    """
)


def get(actor: Actor, *, ad_id: UUID) -> Ad:
    """One ad; raises NotFound where this actor has none of that id, or it was deleted."""
    with db.reading(actor) as session:
        return get_in(session, ad_id=ad_id)


def get_in(session: ReadSession, *, ad_id: UUID) -> Ad:
    """The same, in the caller's transaction."""
    row = session.execute(_GET, {"id": ad_id}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no ad {ad_id}.")
    return _ad(row)


def earlier(session: ReadSession, ad: Ad) -> Iterator[UnifiedAd]:
    """What the ad said before, newest first, as far back as the audit log is looked through and shown to this actor."""
    now: dict[str, Any] = asdict(document.split(as_unified(ad)))
    now["client_id"] = None if ad.client_id is None else str(ad.client_id)
    for old in audit.earlier(session, "ads", ad.id, columns=now):
        now |= old
        columns = Columns(
            name=now["name"],
            unified_data=now["unified_data"],
            targeting_data=now["targeting_data"],
            budget_data=now["budget_data"],
            schedule_data=now["schedule_data"] or {},
        )
        try:
            yield unified.parse(document.join(columns, client=now["client_id"]))
        except Invalid:
            continue  # It was written under other rules, and no plan could be made of it today.


def list(
    actor: Actor,
    *,
    limit: int = 50,
    after: str | None = None,
    status: AdStatus | None = None,
    client_id: UUID | None = None,
) -> Page[AdSummary]:
    """A page of the ads this actor may see, newest first; `after` is `next` of the page before."""
    place = paging.position(after)
    values = {
        "status": status.value if status else None,
        "client_id": client_id,
        "created_at": place.created_at if place else None,
        "id": place.id if place else None,
        "limit": paging.bounded(limit) + 1,
    }
    with db.reading(actor) as session:
        ads = tuple(_summary(row) for row in listing.rows(session, _LIST, values))
    return paging.page(ads, limit=limit, position=lambda ad: paging.Position(ad.created_at, ad.id))


def listed(
    *,
    limit: int = 50,
    after: str | None = None,
    status: AdStatus | None = None,
    client_id: UUID | None = None,
) -> Listing:
    """The same page as the API's JSON, still to be read."""
    values = {"status": status.value if status else None, "client_id": client_id}
    return listing.asked(_LISTED, values, limit=limit, after=after)


def as_unified(ad: Ad) -> UnifiedAd:
    """The ad as the value that is resolved and checked; raises Conflict for an imported one."""
    if ad.origin is AdOrigin.IMPORTED:
        raise Conflict("This ad was found on its platform: it is measured and paused here, and edited there.")
    return unified.parse(ad.data)


def names_using(session: ReadSession, *, asset_id: UUID) -> tuple[str, ...]:
    """Some names of drafts and live ads that use an asset; none where it may be deleted."""
    return tuple(session.execute(_USING, {"asset_id": asset_id}).scalars())


def _ad(row: RowMapping) -> Ad:
    columns = Columns(
        name=row["name"],
        unified_data=row["unified_data"],
        targeting_data=row["targeting_data"],
        budget_data=row["budget_data"],
        schedule_data=row["schedule_data"] or {},
    )
    client = row["client_id"]
    return Ad(
        id=row["id"],
        client_id=client,
        name=row["name"],
        status=AdStatus(row["status"]),
        origin=AdOrigin(row["origin"]),
        data=document.join(columns, client=None if client is None else str(client)),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _summary(row: RowMapping) -> AdSummary:
    values: dict[str, Any] = dict(row)
    values["status"], values["origin"] = AdStatus(row["status"]), AdOrigin(row["origin"])
    values["platforms"] = tuple(row["platforms"])
    return AdSummary(**values)
