"""The budget of a campaign that others made: what changing it would do, and doing it, within the guards that ours have.

Only the amount is changed, and only where the campaign has a budget of its own; the platform is asked right before the
write whether it still is the one that the change was planned from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from adloom.ads import actions as ads
from adloom.ads import imported
from adloom.ads.types import Ad, AdOrigin
from adloom.campaigns import approvals, deployments, guards, outlay, queries, rules, specs
from adloom.campaigns.asked import Terms
from adloom.campaigns.guards import Asked, Looked
from adloom.campaigns.outlay import Spending
from adloom.campaigns.queueing import queue
from adloom.campaigns.types import CampaignView, Change, DeploymentType
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Invalid, NotFound, Refused
from adloom.core.money import Money, cap, currency_digits, plain
from adloom.db import session as db
from adloom.db.session import Session
from adloom.identity import queries as identity
from adloom.platforms import registry
from adloom.platforms.changes import Revision
from adloom.platforms.spec import CampaignSpec


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """What setting an amount would do; `confirm` is what has to be said for it, `fingerprint` names exactly this."""

    campaign: CampaignView
    before: Money
    after: Money
    revision: Revision
    money: Spending
    looked: Looked

    @property
    def fingerprint(self) -> str:
        """What names this plan: of another budget there, or another amount, it is another one."""
        told = f"{self.campaign.id} {self.before} {self.after}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """The plan as the API and the CLI show it."""
        errors = [*self.revision.errors, *(each for found in self.looked.errors.values() for each in found)]
        return {
            "campaign_id": str(self.campaign.id),
            "platform": self.campaign.platform.value,
            "changes": [{"field": c.field, "from": c.before, "to": c.after} for c in self.revision.changes],
            "errors": [{"field": e.field, "rule": e.rule, "fix": e.fix} for e in errors],
            "money": self.money.as_json(),
            "confirm": list(self.looked.sentences.values()),
            "fingerprint": self.fingerprint,
        }


def plan(actor: Actor, *, campaign_id: UUID, amount: Decimal) -> BudgetPlan:
    """What setting this amount, in the account's currency, would do. Sends nothing and keeps nothing.

    Raises NotFound, Invalid for what is no amount, and Conflict for a campaign of ours, one without a budget of its
    own, and one that is gone.
    """
    with db.transaction(actor) as session:
        _, _, found = _planned(session, campaign_id, amount)
        return found


def apply(
    actor: Actor, *, campaign_id: UUID, amount: Decimal, confirm: Collection[str] = (), plan: str | None = None
) -> Change:
    """Queues the new amount; a second time changes nothing. Raises as `plan` does, and Forbidden for a viewer.

    Raises Invalid where a cap or the platform forbids it, Refused where it is far beyond the last one and `confirm`
    does not say so, where `plan` names another plan than would be made now, and for a client that requires a second
    person.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        held, snapshot, found = _planned(session, campaign_id, amount)
        if plan is not None and plan.strip() != found.fingerprint:
            raise Refused("The budget is another one by now. Look at the plan again.", code="plan_is_stale")
        if not found.revision.changes and not found.revision.errors:
            return Change(campaigns=(found.campaign,), job_ids=(), deployment_ids=(), losses={})
        if found.revision.errors:
            raise Invalid("The budget cannot be set.", errors=found.revision.errors)
        if approvals.is_required(session, (held.client_id, found.campaign.client_id)):
            raise Refused(
                "This client requires that another person applies what one has planned; a budget of a campaign that "
                "others made is changed on its platform then.",
                code=approvals.CODE,
            )
        guards.one_at_a_time(session)
        guards.look(session, [_asked(session, held, found.campaign, snapshot)]).refuse(confirmed=confirm)
        deployments.supersede(session, campaign_id, (DeploymentType.UPDATE,))
        terms = Terms(confirmed=tuple(confirm))
        deployment_id, job_id = queue(session, actor, found.campaign, DeploymentType.UPDATE, spec=snapshot, terms=terms)
    return Change(campaigns=(found.campaign,), job_ids=(job_id,), deployment_ids=(deployment_id,), losses={})


def _planned(session: Session, campaign_id: UUID, amount: Decimal) -> tuple[Ad, Mapping[str, Any], BudgetPlan]:
    campaign = queries.get_in(session, campaign_id=campaign_id)
    if campaign is None:
        raise NotFound(f"There is no campaign {campaign_id}.")
    held = ads.hold(session, ad_id=campaign.ad_id)
    stands = imported.budget(session, ad_id=held.id)
    stood = _stood(held, campaign, stands)
    after = Money(_amount(amount, stood.currency), stood.currency)
    value = plain(after.amount, digits=currency_digits(after.currency))
    budget = {**stands, "amount": {"value": value, "currency": after.currency}}
    snapshot = specs.of_new_budget(held, budget=budget, stood=stands)
    asked = _asked(session, held, campaign, snapshot)
    assert asked.applied is not None
    revision = registry.adapter(campaign.platform).revise(asked.spec)
    is_needed = bool(revision.changes)
    looked = guards.look(session, [asked]) if is_needed else Looked({}, {})
    worst = registry.adapter(campaign.platform).worst_day(asked.spec)
    spending = Spending(_outlay(asked.applied, worst), _outlay(asked.spec, worst))
    return held, snapshot, BudgetPlan(campaign, stood, after, revision, spending, looked)


def _asked(session: Session, held: Ad, campaign: CampaignView, snapshot: Mapping[str, Any]) -> Asked:
    account = _account(session, campaign)
    spec = specs.resolved_update(
        session,
        snapshot,
        standing=[{**snapshot, "budget": snapshot["stood"]}, *_half_way(session, campaign)],
        account=account,
        campaign_id=campaign.id,
        status=campaign.status,
    )
    client = identity.client_in(session, client_id=held.client_id)
    return Asked(account, client, campaign.id, spec, applied=spec.standing[0])


def _half_way(session: Session, campaign: CampaignView) -> list[Mapping[str, Any]]:
    """What an earlier change may have set, or may still set."""
    under_way = deployments.under_way(session, campaign.id, DeploymentType.UPDATE)
    half_way = [each.spec for each in deployments.half_way(session, campaign.id)]
    return [*half_way, *([under_way] if under_way else [])]


def _account(session: Session, campaign: CampaignView) -> AccountView:
    account = connections.account_in(session, account_id=campaign.platform_account_id)
    if account is None:
        raise NotFound(f"The ad account of campaign {campaign.id} is gone.")
    if errors := rules.account_errors(account, ad_client_id=account.client_id):
        raise Conflict(errors[0].rule, errors=errors)
    return account


def _stood(held: Ad, campaign: CampaignView, stands: Mapping[str, Any]) -> Money:
    if held.origin is not AdOrigin.IMPORTED:
        raise Conflict(f"This campaign is of an ad: edit the ad's budget (adloom ad edit {held.id}), and deploy it.")
    if campaign.platform_campaign_id is None or campaign.deleted_at is not None:
        raise Conflict("The campaign does not stand on its platform any more.")
    amount = stands.get("amount")
    if not amount:
        why = (held.data.get("imported") or {}).get("budget") or "It has no budget of its own."
        raise Conflict(f"Its budget cannot be changed from here: {why}")
    return Money(Decimal(amount["value"]), amount["currency"])


def _amount(amount: Decimal, currency: str) -> Decimal:
    """The amount, where it can be paid in this currency."""
    if amount != round(amount, currency_digits(currency)):
        rule = f"{currency} has {currency_digits(currency)} decimals."
        raise Invalid.field("amount", rule, "Write an amount that can be paid.")
    return cap("amount", amount)


def _outlay(spec: CampaignSpec, worst: Decimal) -> outlay.Outlay:
    return outlay.outlay(spec.budget, spec.schedule, time_zone=spec.account.time_zone, worst_day=worst)
