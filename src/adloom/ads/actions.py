"""What people do with ads: write one, change it, delete it. Never touches a platform.

Writing the same ad twice is writing it once: `create` returns the ad that is there, in whatever state it
is, so that a script may be run again. Who wants a twin gives it another name. An ad that is active or
paused stands on a platform; what is changed in it goes there with the next deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, insert, select, text
from sqlalchemy import update as update_rows

from adloom.ads import attachments, document, places, queries, unified
from adloom.ads.document import Columns
from adloom.ads.models import Ad as AdRow
from adloom.ads.models import AdAsset
from adloom.ads.types import Ad, AdOrigin, AdStatus
from adloom.ads.unified import UnifiedAd
from adloom.assets import actions as assets
from adloom.assets import ownership
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Invalid, NotFound
from adloom.db import session as db
from adloom.db.session import Session

_LIVE = frozenset({AdStatus.ACTIVE, AdStatus.PAUSED})
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


def create(actor: Actor, *, data: Mapping[str, Any], base: Path | None = None, client_id: UUID | None = None) -> Ad:
    """Keeps an ad as a draft; the same ad for the same client a second time is the ad that is there already.

    Files that it names (relative to `base`) are uploaded; without `base` it may name assets only. Raises
    Invalid with every broken rule, NotFound for an unknown client, Forbidden for a viewer.
    """
    actor.may_write()
    ad = unified.parse(data)
    owner = _client(actor, ad, client_id=client_id)
    ad = attachments.uploaded(actor, ad, base=base, client_id=owner)
    columns = document.split(ad)
    with db.transaction(actor) as session:
        session.execute(_ONE_AT_A_TIME, {"key": f"ad:{actor.tenant_id}:{ad.name}"})
        ad_id = _twin(session, columns, client_id=owner)
        if ad_id is None:
            ad_id = uuid4()
            session.execute(_insert(actor, columns, ad_id=ad_id, client_id=owner))
            _attach(session, actor, ad, ad_id=ad_id, client_id=owner)
        places.look_up_of(session, actor, ad, client_id=owner)
        return queries.get_in(session, ad_id=ad_id)


def update(
    actor: Actor,
    *,
    ad_id: UUID,
    data: Mapping[str, Any],
    base: Path | None = None,
    expected_updated_at: datetime | None = None,
) -> Ad:
    """Replaces an ad's content; `expected_updated_at` is `updated_at` of the version that the person read.

    The same content a second time changes nothing. What stands on a platform stays as it is there until the ad is
    deployed again. Raises Invalid as `create` does, Conflict for an ad that was imported, or was changed since.
    """
    actor.may_write()
    ad = unified.parse(data)
    current = queries.get(actor, ad_id=ad_id)
    _refuse_other_client(actor, ad, current)
    ad = attachments.uploaded(actor, ad, base=base, client_id=current.client_id)
    with db.transaction(actor) as session:
        current = hold(session, ad_id=ad_id)
        if current.origin is AdOrigin.IMPORTED:
            raise Conflict("This ad was found on its platform; its content is edited there.")
        if _is_the_same(current, ad):
            return current
        if expected_updated_at is not None and expected_updated_at != current.updated_at:
            raise Conflict("This ad was changed since you read it. Read it again, and repeat your change.")
        return replace(session, actor, current, ad)


def replace(session: Session, actor: Actor, current: Ad, ad: UnifiedAd) -> Ad:
    """Another content for an ad that the caller holds, in the caller's transaction; the same changes nothing."""
    if _is_the_same(current, ad):
        return current
    session.execute(update_rows(AdRow).where(AdRow.id == current.id).values(**_values(document.split(ad))))
    session.execute(delete_rows(AdAsset).where(AdAsset.ad_id == current.id))
    _attach(session, actor, ad, ad_id=current.id, client_id=current.client_id)
    places.look_up_of(session, actor, ad, client_id=current.client_id)
    return queries.get_in(session, ad_id=current.id)


def delete(actor: Actor, *, ad_id: UUID) -> None:
    """Deletes an ad softly; a second time changes nothing. Raises Conflict while it stands on a platform."""
    actor.may_write()
    with db.transaction(actor) as session:
        row = session.execute(
            select(AdRow.status, AdRow.deleted_at).where(AdRow.id == ad_id).with_for_update()
        ).one_or_none()
        if row is None:
            raise NotFound(f"There is no ad {ad_id}.")
        if row.deleted_at is not None:
            return
        if row.status in _LIVE:
            raise Conflict("This ad stands on a platform. Delete its campaigns first: adloom ad delete ID.")
        session.execute(update_rows(AdRow).where(AdRow.id == ad_id).values(deleted_at=func.now()))


def delete_asset(actor: Actor, *, asset_id: UUID) -> None:
    """Deletes an asset softly. Raises Conflict naming the drafts and live ads that use it, NotFound."""
    actor.may_write()
    with db.transaction(actor) as session:
        assets.delete(session, asset_id=asset_id)
        names = queries.names_using(session, asset_id=asset_id)
        if names:
            raise Conflict(f"This asset is used by {', '.join(names)}. Change or delete that ad first.")


def hold(session: Session, *, ad_id: UUID) -> Ad:
    """One ad, kept from being changed until the caller's transaction ends; raises NotFound."""
    session.execute(select(AdRow.id).where(AdRow.id == ad_id).with_for_update())
    return queries.get_in(session, ad_id=ad_id)


def set_status(session: Session, *, ad_id: UUID, status: AdStatus) -> None:
    """Sets what an ad's campaigns make of it, in the caller's transaction; `campaigns` alone calls this."""
    where = (AdRow.id == ad_id, AdRow.status != status)
    session.execute(update_rows(AdRow).where(*where).values(status=status))


def count_live(session: Session) -> int:
    """How many ads of the tenant that were written here stand on a platform, delivering or not."""
    is_ours = AdRow.origin == AdOrigin.COMPOSED
    rows = select(func.count()).where(AdRow.status.in_(_LIVE), AdRow.deleted_at.is_(None), is_ours)
    return int(session.execute(rows).scalar_one())


def _client(actor: Actor, ad: UnifiedAd, *, client_id: UUID | None) -> UUID | None:
    with db.reading(actor) as session:
        owner = ownership.client_id(session, actor, wanted=client_id or ad.client)
        if client_id is not None and ad.client is not None:
            named = ownership.client_id(session, actor, wanted=ad.client)
            if named != owner:
                raise Invalid.field(
                    "client", f"the ad is for {ad.client}, the command for another.", "Name one client."
                )
        return owner


def _refuse_other_client(actor: Actor, ad: UnifiedAd, current: Ad) -> None:
    if ad.client is not None and _client(actor, ad, client_id=None) != current.client_id:
        raise Invalid.field("client", "an ad stays with its client.", "Create another ad for the other client.")


def _is_the_same(current: Ad, ad: UnifiedAd) -> bool:
    client = None if current.client_id is None else str(current.client_id)
    return document.join(document.split(ad), client=client) == current.data


def _twin(session: Session, columns: Columns, *, client_id: UUID | None) -> UUID | None:
    """The oldest ad of the same content: JSONB compares values, so the order of keys does not matter."""
    same = [getattr(AdRow, name).is_not_distinct_from(value) for name, value in _values(columns).items()]
    row = (
        select(AdRow.id)
        .where(AdRow.deleted_at.is_(None), AdRow.client_id.is_not_distinct_from(client_id), *same)
        .order_by(AdRow.created_at, AdRow.id)
        .limit(1)
    )
    found: UUID | None = session.execute(row).scalar()
    return found


def _values(columns: Columns) -> dict[str, Any]:
    return {
        "name": columns.name,
        "unified_data": columns.unified_data,
        "targeting_data": columns.targeting_data,
        "budget_data": columns.budget_data,
        "schedule_data": columns.schedule_data,
    }


def _insert(actor: Actor, columns: Columns, *, ad_id: UUID, client_id: UUID | None) -> Any:
    return insert(AdRow).values(
        id=ad_id,
        user_id=actor.tenant_id,
        client_id=client_id,
        status=AdStatus.DRAFT,
        origin=AdOrigin.COMPOSED,
        **_values(columns),
    )


def _attach(session: Session, actor: Actor, ad: UnifiedAd, *, ad_id: UUID, client_id: UUID | None) -> None:
    found = assets.use(session, asset_ids=set(attachments.asset_ids(ad)))
    attachments.check(ad, found=found, client_id=client_id)
    rows = [
        {
            "user_id": actor.tenant_id,
            "ad_id": ad_id,
            "asset_id": attachment.asset_id,
            "asset_type": attachment.role,
            "order_index": attachment.order,
        }
        for attachment in attachments.attachments(ad)
    ]
    if rows:
        session.execute(insert(AdAsset), rows)
