"""What a deployment would do, platform by platform, and what it would cost. Sends nothing and keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from adloom.ads import resolve, unified
from adloom.campaigns import checks, findings, fingerprints, outlay, rules, specs, updating
from adloom.campaigns.checks import Check, CheckStatus
from adloom.campaigns.fingerprints import Basis
from adloom.campaigns.outlay import Outlay, Spending
from adloom.campaigns.types import CampaignView, DeploymentType
from adloom.campaigns.updating import Edited
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.errors import FieldError
from adloom.db.session import ReadSession
from adloom.platforms import registry
from adloom.platforms.changes import Change
from adloom.platforms.contract import Loss, Preflight
from adloom.platforms.geography import Answers
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, Platform


@dataclass(frozen=True, slots=True)
class PlatformPlan:
    """What a deployment would do on one platform: create, update, or nothing (`operation` is None).

    `money` is what may be spent before and after, whether the campaign delivers or not; after is what the ad asks for,
    also where an error keeps it from going there.
    """

    operation: Operation | None
    found: Preflight
    changes: tuple[Mapping[str, Any], ...]
    money: Spending
    #: What would be sent; None where nothing would be, or nothing can be.
    spec: CampaignSpec | None = None

    @property
    def is_to_be_judged(self) -> bool:
        """Whether there is anything that the platform could be asked about."""
        return self.operation is not None and self.spec is not None and not self.found.errors

    def as_json(self) -> dict[str, Any]:
        """The plan as API and CLI show it."""
        return {
            "operation": None if self.operation is None else self.operation.value,
            "errors": [_error(error) for error in self.found.errors],
            "losses": [_loss(loss) for loss in self.found.losses],
            "changes": [dict(change) for change in self.changes],
            "money": self.money.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The plans of all platforms that the ad is for, or stands on; `confirm` is what has to be said to deploy it.

    `look_ups` are the jobs that ask platforms for places of the ad; once they have ended, the plan may be another one.
    """

    platforms: Mapping[Platform, PlatformPlan]
    confirm: tuple[str, ...]
    bases: Mapping[Platform, Basis]
    made_by: UUID | None
    made_at: datetime
    look_ups: tuple[UUID, ...] = ()
    #: What the platforms themselves say, of those that were asked; and who `made_by` is.
    checks: Mapping[Platform, Check] = field(default_factory=dict)
    maker: str | None = None

    @property
    def fingerprint(self) -> str:
        """What names exactly this plan: of an edited ad, another account or another state there it is another one."""
        changes = {platform: plan.changes for platform, plan in self.platforms.items()}
        return fingerprints.fingerprint(self.bases, changes)

    def fingerprint_for(self, platform: Platform) -> str:
        """What names the plan for one platform: of a change elsewhere it stays the same."""
        changes = {platform: self.platforms[platform].changes}
        return fingerprints.fingerprint({platform: self.bases[platform]}, changes)

    def check(self, platform: Platform) -> Check:
        """What the platform itself says, or why it says nothing."""
        plan = self.platforms[platform]
        if plan.found.errors:
            return checks.TO_BE_MENDED
        return self.checks.get(platform, checks.NOT_ASKED) if plan.is_to_be_judged else checks.NOTHING_TO_ASK

    @property
    def awaited(self) -> tuple[UUID, ...]:
        """The jobs of which a platform's verdict is still to come."""
        pending = (each for each in self.checks.values() if each.status is CheckStatus.PENDING)
        return tuple(each.job_id for each in pending if each.job_id is not None)

    def as_json(self) -> dict[str, Any]:
        """The plans by platform, and what they cost together, by currency."""
        money = outlay.by_currency(plan.money for plan in self.platforms.values())
        return {
            "platforms": {
                platform.value: {**plan.as_json(), **self.check(platform).as_json()}
                for platform, plan in sorted(self.platforms.items())
            },
            "money": {currency: spending.as_json() for currency, spending in money.items()},
            "confirm": list(self.confirm),
            "fingerprint": self.fingerprint,
            "look_ups": [str(job_id) for job_id in self.look_ups],
            "made_by": None if self.made_by is None else str(self.made_by),
            "maker": self.maker,
            "made_at": self.made_at.isoformat(),
        }


def on_platform(
    session: ReadSession,
    ad: unified.UnifiedAd,
    platform: Platform,
    account: AccountView | None,
    found: Preflight,
    campaign: CampaignView | None,
    edited: Edited | None,
    places: Answers,
) -> PlatformPlan:
    """Errors, losses and changes, object by object; no change where nothing differs or nothing can be done."""
    is_new = campaign is None or rules.is_wanted(campaign, DeploymentType.CREATE)
    spec = edited.spec if edited is not None else None
    if spec is None and is_new and account is not None:
        spec = new_spec(session, ad, account, places, campaign_id=None if campaign is None else campaign.id)
    changes: tuple[Mapping[str, Any], ...] = ()
    if spec is not None and not found.errors:
        changes = (
            tuple(map(change_json, edited.revision().changes)) if edited is not None else _creation(platform, spec)
        )
    is_update = edited is not None and bool(changes or found.errors)
    return PlatformPlan(
        operation=Operation.UPDATE if is_update else Operation.CREATE if is_new else None,
        found=found,
        changes=changes,
        money=_spending(_before(session, campaign, edited), None if spec is None else outlay_of(platform, spec)),
        spec=spec if is_new or changes else None,
    )


def left_behind(session: ReadSession, campaign: CampaignView) -> PlatformPlan:
    """The plan of a platform that the ad is not for any more, while a campaign of it stands there: it cannot be so."""
    return PlatformPlan(
        operation=Operation.UPDATE,
        found=Preflight(errors=(updating.left_behind(campaign),)),
        changes=(),
        money=_spending(_before(session, campaign, None), None),
    )


def _spending(before: Outlay | None, after: Outlay | None) -> Spending:
    """What stays as it is costs what it did."""
    return Spending(before, after or before)


def _before(session: ReadSession, campaign: CampaignView | None, edited: Edited | None) -> Outlay | None:
    """What may be spent now; of what an update that ended half-way may have left, the dearest."""
    if campaign is None:
        return None
    if edited is not None:
        return outlay.dearest(outlay_of(campaign.platform, each) for each in edited.spec.standing)
    base = updating.base(session, campaign)
    account = connections.account_in(session, account_id=campaign.platform_account_id)
    if base is None or account is None:
        return None
    return outlay_of(campaign.platform, specs.resolved(session, base, account=account, campaign_id=campaign.id))


def outlay_of(platform: Platform, spec: CampaignSpec) -> Outlay:
    """What a campaign may spend on its platform."""
    worst_day = registry.adapter(platform).worst_day(spec)
    return outlay.outlay(spec.budget, spec.schedule, time_zone=spec.account.time_zone, worst_day=worst_day)


def _error(error: FieldError) -> dict[str, Any]:
    return {"field": error.field, "rule": error.rule, "fix": error.fix}


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "field": loss.field,
        "kind": loss.kind.value,
        "from": loss.before,
        "to": loss.after,
        "is_targeting": loss.is_targeting,
    }


def change_json(change: Change) -> dict[str, Any]:
    """A change as API and CLI show it."""
    return {
        "object": change.object,
        "action": change.action.value,
        "field": change.field,
        "from": change.before,
        "to": change.after,
        "effects": sorted(effect.value for effect in change.effects),
    }


def new_spec(
    session: ReadSession,
    ad: unified.UnifiedAd,
    account: AccountView,
    places: Answers,
    *,
    campaign_id: UUID | None = None,
) -> CampaignSpec:
    """The ad as a campaign that does not stand yet, or not whole (`campaign_id`), in `places` as they were told.

    It starts now at the earliest.
    """
    return resolve.campaign_spec(
        ad,
        platform=account.platform,
        account=specs.account_of(account),
        campaign_id=campaign_id or uuid4(),
        media=findings.media(session, ad),
        start=time.now(),
        places=places,
    )


def _creation(platform: Platform, spec: CampaignSpec) -> tuple[Mapping[str, Any], ...]:
    steps = registry.adapter(platform).steps(spec, operation=Operation.CREATE)
    return tuple(
        {
            "object": key,
            "action": "activate" if step.activates else "create",
            "field": None,
            "from": None,
            "to": None,
            "effects": [],
        }
        for step in steps
        for key in (step.creates or (step.key.removeprefix("activate/"),))
    )
