"""The kill switch: pauses every campaign that delivers or may come to, one job each, ahead of every queue.

What is paused, being paused or being deleted already is followed (`stopped.outcome`), never queued twice. Nothing is
switched on again afterwards but by a person's new word: a pause is the last word, whether it went through or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adloom.campaigns import actions, cures
from adloom.campaigns.types import CampaignStatus, Named, NotStopped, Scope
from adloom.connections import queries as connections
from adloom.connections import tokens
from adloom.core import logging
from adloom.core.actor import Actor
from adloom.core.errors import AdloomError, Invalid, NotFound
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.identity import queries as identity
from adloom.jobs import outcomes
from adloom.platforms.types import Operation, Platform

log = logging.logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A campaign that delivers, or may come to."""

    id: UUID
    name: str
    ad_id: UUID
    ad_name: str
    platform: Platform
    platform_campaign_id: str | None
    status: CampaignStatus


@dataclass(frozen=True, slots=True)
class Stopping:
    """What was asked for, at `asked_at` by the database's clock; `not_asked` could not even be queued."""

    asked_at: datetime
    job_ids: tuple[UUID, ...] = ()
    deployment_ids: tuple[UUID, ...] = ()
    not_asked: tuple[NotStopped, ...] = ()

    def with_(self, other: Stopping) -> Stopping:
        """Both, as one that was asked when the first one was."""
        return Stopping(
            asked_at=min(self.asked_at, other.asked_at),
            job_ids=(*self.job_ids, *other.job_ids),
            deployment_ids=(*self.deployment_ids, *other.deployment_ids),
            not_asked=(*self.not_asked, *other.not_asked),
        )


_NOW = text("SELECT clock_timestamp()")

# A client's are those of its ads and those in its ad accounts: an ad may stand in a shared one.
# What stands paused or ended, and has nothing under way, neither delivers nor comes to. What failed half-way may.
_FOUND = text(
    """
    SELECT
        campaigns.id,
        campaigns.campaign_name AS name,
        campaigns.ad_id,
        ads.name AS ad_name,
        campaigns.platform,
        campaigns.platform_campaign_id,
        campaigns.status
    FROM campaigns
    JOIN ads ON ads.id = campaigns.ad_id
    WHERE campaigns.deleted_at IS NULL
        AND (CAST(:client_id AS uuid) IS NULL OR CAST(:client_id AS uuid) IN (campaigns.client_id, ads.client_id))
        AND (CAST(:account_ids AS uuid[]) IS NULL OR campaigns.platform_account_id = ANY(CAST(:account_ids AS uuid[])))
        AND (
            campaigns.status IN ('active', 'pending', 'error')
            OR EXISTS (
                SELECT
                FROM campaign_deployments
                WHERE campaign_deployments.campaign_id = campaigns.id
                    AND campaign_deployments.status IN ('pending', 'in_progress')
            )
        )
    ORDER BY
        campaigns.ad_id,
        campaigns.platform
    """
)

_OWNERS = text("SELECT user_id FROM list_owners_to_stop()")


def stop(actor: Actor, *, scope: Scope) -> Stopping:
    """Queues the pause of everything in the scope, one ad after the other, each in a transaction of its own.

    An ad that cannot be asked for keeps none of the others from being stopped, and is named in the answer. Raises
    Forbidden for a viewer, and where `everyone` is asked for by who is no administrator.
    """
    actor.may_write()
    with db.reading(actor) as session:
        asked_at: datetime = session.execute(_NOW).scalar_one()
    asked = Stopping(asked_at)
    for each in tenants(actor, scope=scope):
        asked = asked.with_(_stop(each, scope=scope, asked_at=asked_at))
    return asked


def found(actor: Actor, *, scope: Scope) -> tuple[Found, ...]:
    """What `stop` would stop, of all tenants that the scope covers."""
    return tuple(campaign for each in tenants(actor, scope=scope) for campaign in _found(each, scope))


def tenants(actor: Actor, *, scope: Scope) -> tuple[Actor, ...]:
    """The actor in each tenant that the scope covers: their own, or for an administrator everyone's."""
    if not scope.everyone:
        return (actor,)
    actor.may_administer()
    with db.reading(actor) as session:
        owners = session.execute(_OWNERS).scalars().all()
    return tuple(replace(actor, tenant_id=owner, client_id=None) for owner in owners)


def scope(actor: Actor, *, client_id: UUID | None = None, account: str | None = None, everyone: bool = False) -> Scope:
    """What a stop is about; `account` is an ad account's id, ours or the platform's in any spelling.

    Raises NotFound for a client or an account that is not there, Invalid where more than one of the three is named:
    what is misspelt must not stop nothing, or more than was meant.
    """
    if sum((client_id is not None, account is not None, everyone)) > 1:
        raise Invalid.field("client, account, all", "they exclude each other.", "Name one of them, or none.")
    if client_id is not None:
        identity.client(actor, client_id=client_id)
    accounts = None if account is None else _accounts_named(actor, account)
    return Scope(client_id=client_id, account_ids=accounts, everyone=everyone)


def _accounts_named(actor: Actor, name: str) -> tuple[UUID, ...]:
    known = connections.accounts(actor)
    named = [a.id for a in known if str(a.id) == name or tokens.same_account(a.platform, a.external_id, name)]
    if not named:
        raise NotFound(f"There is no ad account {name!r}. See them: adloom account list")
    return tuple(named)


def _stop(actor: Actor, *, scope: Scope, asked_at: datetime) -> Stopping:
    asked = Stopping(asked_at)
    for ad_id, group in groupby(_found(actor, scope), key=lambda campaign: campaign.ad_id):
        campaigns = tuple(group)
        try:
            change = actions.change(
                actor, ad_id=ad_id, operation=Operation.PAUSE, platforms=[each.platform for each in campaigns]
            )
        except (AdloomError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            asked = asked.with_(Stopping(asked_at, not_asked=_not_asked(campaigns, error)))
            continue
        asked = asked.with_(Stopping(asked_at, job_ids=change.job_ids, deployment_ids=change.deployment_ids))
    return asked


def _not_asked(campaigns: Sequence[Found], error: Exception) -> tuple[NotStopped, ...]:
    reason = str(outcomes.describe(error)["message"])
    log.warning("not asked to stop", campaigns=[str(each.id) for each in campaigns], error=reason)
    return tuple(
        NotStopped(
            campaign=Named(each.id, each.name),
            ad=Named(each.ad_id, each.ad_name),
            platform=each.platform,
            platform_campaign_id=each.platform_campaign_id,
            reason=reason,
            cure=cures.AGAIN,
        )
        for each in campaigns
    )


def _found(actor: Actor, scope: Scope) -> tuple[Found, ...]:
    with db.reading(actor) as session:
        return _read(session, scope)


def _read(session: ReadSession, scope: Scope) -> tuple[Found, ...]:
    rows = session.execute(_FOUND, scope.values()).mappings()
    typed = ({**row, "platform": Platform(row["platform"]), "status": CampaignStatus(row["status"])} for row in rows)
    return tuple(Found(**row) for row in typed)
