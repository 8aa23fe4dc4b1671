"""Campaigns that others made: each gets an ad of its own, is measured, paused and stopped as ours are, and is left
as it is. Importing reads from the platform and writes nothing there; a second time changes nothing.

What a platform lists is imported here; what was deleted there is not listed any more, and comes with its figures
(`strangers.py`): they are asked for once more, as far back as there are any, when importing begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.ads import imported as ads
from adloom.campaigns import objects, rules, specs, store
from adloom.campaigns.types import CampaignStatus, CampaignView
from adloom.connections import ad_accounts, logins
from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus, AccountView
from adloom.core import money, time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, NotFound
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import actions as jobs
from adloom.jobs.types import Job, Priority
from adloom.platforms import registry
from adloom.platforms.contract import ForeignCampaign, Observation, RemoteObject
from adloom.platforms.types import RemoteStatus

#: As far back as every platform still has numbers (`unified.md`, 8); what began before is measured from there.
HISTORY = timedelta(days=36 * 30)
#: What began further back than this is brought in in the background (`metrics.rules.ROUTINE_DAYS`).
_AT_ONCE = timedelta(days=92)
_GRAINS = ("day", "conversion", "audience")

_TARGETS = text("SELECT user_id, platform_account_id FROM list_pull_targets()")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")

_KNOWN = text(
    """
    SELECT
        campaigns.id,
        campaigns.ad_id,
        campaigns.campaign_name,
        campaigns.platform_campaign_id,
        campaigns.marker,
        campaigns.deleted_at,
        ads.origin
    FROM campaigns
    JOIN ads ON ads.id = campaigns.ad_id
    WHERE campaigns.platform_account_id = :account_id
    """
)

_HAS_IMPORTED = text(
    """
    SELECT EXISTS (
        SELECT
        FROM campaigns
        JOIN ads ON ads.id = campaigns.ad_id
        WHERE campaigns.platform_account_id = :account_id
            AND campaigns.deleted_at IS NULL
            AND ads.origin = 'imported'
    )
    """
)

_RENAME = text(
    f"""
    UPDATE campaigns
    SET
        earlier_names = {store.EARLIER_NAMES},
        campaign_name = :name
    WHERE id = :id
        AND campaign_name <> :name
    """  # noqa: S608  (constant)
)


def begin(actor: Actor, *, account_id: UUID, ongoing: bool = True) -> UUID:
    """Queues the import of an ad account's campaigns; returns the job. `ongoing`: what appears later is imported too.

    Raises NotFound, Forbidden for a viewer, Conflict for an account that is disconnected.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        account = _account(connections.account_in(session, account_id=account_id), account_id)
        ad_accounts.set_importing(session, account_id=account_id, ongoing=ongoing)
        return _enqueue(session, actor, account, priority=Priority.PERSON, is_once=not ongoing)


def end(actor: Actor, *, account_id: UUID) -> None:
    """What appears from now on is not imported any more; what was imported stays. Raises NotFound."""
    actor.may_write()
    with db.transaction(actor) as session:
        if connections.account_in(session, account_id=account_id) is None:
            raise NotFound(f"There is no ad account {account_id}.")
        ad_accounts.set_importing(session, account_id=account_id, ongoing=False)


def run(job: Job) -> Mapping[str, Any]:
    """Imports an account's campaigns: what is new gets an ad, and has its days pulled; names follow the platform.

    A job that is `only_known` follows what was imported, and imports nothing more.
    """
    actor, account_id = job.actor(), UUID(job.data["account_id"])
    with db.reading(actor) as session:
        account = _account(connections.account_in(session, account_id=account_id), account_id)
    with logins.open_connection(actor, platform=account.platform) as connection:
        adapter = registry.adapter(account.platform)
        found = tuple(adapter.campaigns(connection, account=specs.account_of(account)))
    is_once, only_known = bool(job.data.get("once")), bool(job.data.get("only_known"))
    with db.transaction(actor) as session:
        one_at_a_time(session, account_id=account_id)
        new = _kept(session, actor, account, found, only_known=only_known)
        if not only_known and (is_once or ad_accounts.begins_history(session, account_id=account_id)):
            _pull(session, actor, account, since=time.now() - HISTORY, is_once=is_once)
            _pull_history(session, actor, account, is_once=is_once)
        elif new:
            _pull(session, actor, account, since=min(_since(campaign) for campaign, _ in new))
    return {
        "account_id": str(account_id),
        "external_id": account.external_id,
        "campaigns": len(found),
        "imported": [{"id": str(c.id), "ad_id": str(c.ad_id), "name": c.name} for _, c in new],
    }


def one_at_a_time(session: Session, *, account_id: UUID) -> None:
    """Nothing else is imported into this account until the caller's transaction ends."""
    session.execute(_ONE_AT_A_TIME, {"key": f"import:{account_id}"})


def run_all(job: Job) -> Mapping[str, Any]:
    """Queues the import of every account that is set to it; what was imported is followed in every other one too."""
    with db.worker_transaction() as session:
        targets = session.execute(_TARGETS).all()
    return {"queued": sum(_queue(row.user_id, row.platform_account_id) for row in targets)}


def _queue(user_id: UUID, account_id: UUID) -> bool:
    actor = Actor(tenant_id=user_id)
    with db.transaction(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None or account.status != AccountStatus.ACTIVE:
            return False
        only_known = not ad_accounts.is_importing(account)
        if only_known and not session.execute(_HAS_IMPORTED, {"account_id": account_id}).scalar():
            return False
        _enqueue(session, actor, account, priority=Priority.ROUTINE, only_known=only_known)
    return True


def _enqueue(
    session: Session,
    actor: Actor,
    account: AccountView,
    *,
    priority: int,
    only_known: bool = False,
    is_once: bool = False,
) -> UUID:
    how = {**({"only_known": True} if only_known else {}), **({"once": True} if is_once else {})}
    return jobs.enqueue(
        session,
        job_type="campaigns.import",
        data={"account_id": account.id, **how},
        actor=actor,
        client_id=account.client_id,
        waiting_key=f"{'follow' if only_known else 'once' if is_once else 'import'}:{account.id}",
        priority=priority,
    )


def _account(found: AccountView | None, account_id: UUID) -> AccountView:
    if found is None:
        raise NotFound(f"There is no ad account {account_id}.")
    if found.status != AccountStatus.ACTIVE:
        raise Conflict(f"The ad account {found.external_id} is {found.status}: its campaigns cannot be imported.")
    return found


def _kept(
    session: Session, actor: Actor, account: AccountView, found: Iterable[ForeignCampaign], *, only_known: bool
) -> list[tuple[ForeignCampaign, CampaignView]]:
    """The new ones' rows. Ours is what we know by its id, or by its marker where a creation is half-way."""
    known = session.execute(_KNOWN, {"account_id": account.id}).all()
    by_id = {row.platform_campaign_id: row for row in known if row.platform_campaign_id is not None}
    half_way = [row.marker for row in known if row.platform_campaign_id is None]
    new = []
    for campaign in found:
        row = by_id.get(campaign.platform_id)
        if row is None:
            if not only_known and not any(marker in campaign.name for marker in half_way):
                new.append((campaign, add(session, actor, account, campaign)))
        elif row.origin == "imported":
            _follow(session, account, campaign, campaign_id=row.id, ad_id=row.ad_id)
            if row.deleted_at is not None:
                _stands(session, campaign, campaign_id=row.id)
                store.ad_follows(session, row.ad_id)
    return new


def add(session: Session, actor: Actor, account: AccountView, campaign: ForeignCampaign) -> CampaignView:
    """A row and an ad for a campaign that nobody here knows, as it stands; what is deleted there is deleted here."""
    status: CampaignStatus = rules.status_observed(campaign.status, delivery=campaign.delivery)
    name = _name(campaign)
    ad_id = ads.add(
        session,
        user_id=actor.tenant_id,
        client_id=account.client_id,
        platform=account.platform,
        name=name,
        status=rules.ad_status({status}),
        shown=_shown(campaign),
        budget=_budget(campaign),
    )
    view = store.insert(
        session,
        user_id=actor.tenant_id,
        client_id=account.client_id,
        ad_id=ad_id,
        account_id=account.id,
        platform=account.platform,
        name=name,
        desired_status="active" if campaign.status is RemoteStatus.ACTIVE else "paused",
    )
    stands = RemoteObject("campaign", "campaign", campaign.platform_id, status=campaign.words)
    for query in objects.keeping(stands, user_id=actor.tenant_id, campaign_id=view.id):
        session.execute(query.statement, dict(query.values))
    _stands(session, campaign, campaign_id=view.id)
    return view


def _stands(session: Session, campaign: ForeignCampaign, *, campaign_id: UUID) -> None:
    status = rules.status_observed(campaign.status, delivery=campaign.delivery)
    seen = Observation(campaign.status, campaign.delivery, campaign.words)
    store.found(session, campaign_id, status=status, seen=seen)


def _follow(
    session: Session, account: AccountView, campaign: ForeignCampaign, *, campaign_id: UUID, ad_id: UUID
) -> None:
    """Its name, budget and dates as they are on the platform now; how it stands is told by the sync."""
    session.execute(_RENAME, {"id": campaign_id, "name": _name(campaign), "renamed_at": time.now()})
    ads.show_again(
        session,
        ad_id=ad_id,
        platform=account.platform,
        name=_name(campaign),
        shown=_shown(campaign),
        budget=_budget(campaign),
    )


def _pull(session: Session, actor: Actor, account: AccountView, *, since: datetime, is_once: bool = False) -> None:
    """The newest of these days are pulled now, whether they are held or not."""
    now = time.now()
    day = min(max(since, now - _AT_ONCE), now).astimezone(time.zone(account.time_zone)).date()
    how = {"once": True} if is_once else {}
    jobs.enqueue(
        session,
        job_type="metrics.pull",
        data={"account_id": account.id, "since": day.isoformat(), "until": None, **how},
        actor=actor,
        client_id=account.client_id,
        waiting_key=f"{'once' if is_once else 'pull'}:{account.id}:{day.isoformat()}:None",
        max_attempts=5,
    )


def _pull_history(session: Session, actor: Actor, account: AccountView, *, is_once: bool) -> None:
    """All days that were covered while nobody knew of others' campaigns are pulled once more, in the background."""
    now = time.now()
    how = {"once": True} if is_once else {}
    for grain in _GRAINS:
        jobs.enqueue(
            session,
            job_type="metrics.backfill",
            data={"account_id": account.id, "grain": grain, "asked_at": now.isoformat(), **how},
            actor=actor,
            client_id=account.client_id,
            priority=Priority.BACKFILL,
            max_attempts=25,
        )


def _name(campaign: ForeignCampaign) -> str:
    return (campaign.name.strip() or campaign.platform_id)[: store.NAME_LIMIT]


def _since(campaign: ForeignCampaign) -> datetime:
    now = time.now()
    return max(campaign.start or now - HISTORY, now - HISTORY)


def _shown(campaign: ForeignCampaign) -> dict[str, Any]:
    """What its platform tells of it; the start is where its numbers begin (`metrics`)."""
    told = {
        "kind": campaign.kind,
        "budget": campaign.note,
        "start": None if campaign.start is None else campaign.start.isoformat(),
        "end": None if campaign.end is None else campaign.end.isoformat(),
        "way": campaign.way,
    }
    return {name: value for name, value in told.items() if value}


def _budget(campaign: ForeignCampaign) -> dict[str, Any]:
    if campaign.budget is None or campaign.budget_type is None:
        return {}
    amount, currency = campaign.budget.amount, campaign.budget.currency
    value = money.plain(amount, digits=money.currency_digits(currency))
    return {"type": campaign.budget_type.value, "amount": {"value": value, "currency": currency}}
