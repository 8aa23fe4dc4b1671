"""How an ad stands on each of its platforms, what it would lose there, and what can be done about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adloom.ads.types import Ad, AdOrigin
from adloom.campaigns import rules
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentView, ObjectView
from adloom.connections.types import AccountView
from adloom.metrics.types import MetricRow
from adloom.platforms.types import LossKind, Operation, Platform
from adloom.reports import words as figures
from adloom.web import words
from adloom.web.views import changes, history
from adloom.web.views.changes import Changed
from adloom.web.views.history import Attempt
from adloom.web.words import Badge, PlatformName, Tone

_LOST = {
    LossKind.DROPPED: "left out",
    LossKind.TRUNCATED: "shortened",
    LossKind.NARROWED: "narrowed",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A rule that the ad breaks on a platform."""

    field: str
    rule: str
    fix: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What a platform cannot express."""

    label: str
    field: str
    how: str
    before: str
    after: str
    is_targeting: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a deployment would meet on one platform; `is_known` is False where no plan was made.

    `is_update`: the ad stands there, and was edited since; `changes` are what would be changed.
    """

    is_known: bool
    troubles: tuple[Trouble, ...]
    losses: tuple[Lost, ...]
    is_update: bool = False
    changes: tuple[Changed, ...] = ()

    @property
    def readiness(self) -> Badge:
        """Whether the ad could go there now."""
        if not self.is_known:
            return Badge("Not there", Tone.QUIET)
        if self.troubles:
            return Badge("To be mended", Tone.BAD)
        if any(loss.is_targeting for loss in self.losses):
            return Badge("Loses targeting", Tone.WAIT)
        return Badge("Ready", Tone.QUIET)

    @property
    def headline(self) -> str:
        """The losses in one line."""
        if not self.losses:
            return "Everything is taken as it is"
        return f"{len(self.losses)} {'detail is' if len(self.losses) == 1 else 'details are'} left out or changed"


@dataclass(frozen=True, slots=True)
class Part:
    """An ad of a campaign, and the platform's own word for how it stands."""

    name: str
    seen: str
    platform_id: str


@dataclass(frozen=True, slots=True)
class Twice:
    """What stands there beside what is ours, for which the last deployment stopped; `verb` is what it was to do."""

    verb: str
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """The ad on one platform: its campaign, if any, with its figures.

    `is_unfinished`: its creation has failed for good, and something of it may stand.
    """

    platform: PlatformName
    value: str
    account: str
    account_id: str
    status: Badge | None
    delivery: Badge | None
    said: str
    remote_id: str
    problem: str
    seen: str
    spend: str
    impressions: str
    clicks: str
    conversions: str
    running: Attempt | None
    verdict: Verdict
    reasons: tuple[str, ...]
    parts: tuple[Part, ...]
    may_pause: bool
    may_resume: bool
    is_unfinished: bool
    twice: Twice | None


@dataclass(frozen=True, slots=True)
class Possible:
    """What can be done with the whole ad now. `deploy_label` says what deploying would do."""

    deploy: bool
    deploy_label: str
    creates: bool
    to_mend: int
    needs_consent: bool
    pause: bool
    resume: bool
    take_down: bool
    delete: bool
    is_under_way: bool


def placements(
    platforms: Sequence[Platform],
    *,
    campaigns: Mapping[Platform, CampaignView],
    accounts: Sequence[AccountView],
    wanted_accounts: Mapping[Platform, str],
    sums: Sequence[MetricRow],
    deployments: Sequence[DeploymentView],
    objects: Sequence[ObjectView],
    plan: Mapping[str, Any] | None,
) -> tuple[Placement, ...]:
    """One for each platform, in the specification's order."""
    by_id = {account.id: account for account in accounts}
    made = []
    for platform in platforms:
        campaign = campaigns.get(platform)
        account = None if campaign is None else by_id.get(campaign.platform_account_id)
        made.append(
            _placement(
                platform,
                campaign=campaign,
                account=account.name if account else "",
                account_id=account.external_id if account else wanted_accounts.get(platform, ""),
                sums=[row for row in sums if row.platform is platform],
                running=next((d for d in deployments if d.platform is platform and not d.status.is_final), None),
                newest=next((d for d in deployments if d.platform is platform), None),
                verdict=_verdict((plan or {}).get(platform.value)),
                parts=_parts([item for item in objects if campaign and item.campaign_id == campaign.id]),
            )
        )
    return tuple(made)


def possible(ad: Ad, placements: Sequence[Placement], campaigns: Mapping[Platform, CampaignView]) -> Possible:
    """What buttons the page has; actions check everything again."""
    new = [
        p for p in placements if (c := campaigns.get(Platform(p.value))) is None or rules.is_wanted(c, Operation.CREATE)
    ]
    edited = [p for p in placements if p.verdict.is_update]
    waiting = [*new, *edited]
    is_under_way = any(p.running for p in placements)
    to_mend = sum(len(p.verdict.troubles) for p in waiting)
    return Possible(
        deploy=ad.origin is AdOrigin.COMPOSED and bool(waiting) and not to_mend,
        deploy_label="Deploy and update" if new and edited else "Update" if edited else "Deploy",
        creates=bool(new),
        to_mend=to_mend,
        needs_consent=any(loss.is_targeting for p in waiting for loss in p.verdict.losses),
        pause=any(p.may_pause for p in placements),
        resume=any(p.may_resume for p in placements),
        take_down=ad.origin is AdOrigin.COMPOSED and bool(campaigns),
        delete=not campaigns,
        is_under_way=is_under_way,
    )


def _placement(
    platform: Platform,
    *,
    campaign: CampaignView | None,
    account: str,
    account_id: str,
    sums: Sequence[MetricRow],
    running: DeploymentView | None,
    newest: DeploymentView | None,
    verdict: Verdict,
    parts: tuple[Part, ...],
) -> Placement:
    return Placement(
        platform=words.platform(platform),
        value=platform.value,
        account=account,
        account_id=account_id,
        status=words.campaign(campaign.status) if campaign else None,
        delivery=words.delivery(campaign.delivery_state) if campaign else None,
        said=(campaign.delivery_words or "") if campaign else "",
        remote_id=(campaign.platform_campaign_id or figures.NOTHING) if campaign else figures.NOTHING,
        problem=(campaign.error_message or "") if campaign else "",
        seen=words.moment(campaign.last_sync_at) if campaign and campaign.last_sync_at else "",
        spend=" + ".join(figures.money(row.spend, row.currency) for row in sums) or figures.NOTHING,
        impressions=_sum(sums, "impressions"),
        clicks=_sum(sums, "clicks"),
        conversions=_sum(sums, "conversions"),
        running=history.history([running])[0] if running else None,
        verdict=verdict,
        reasons=campaign.reasons if campaign else (),
        parts=parts,
        may_pause=campaign is not None and campaign.status is CampaignStatus.ACTIVE and running is None,
        may_resume=campaign is not None and campaign.status is CampaignStatus.PAUSED and running is None,
        is_unfinished=campaign is not None and campaign.status is CampaignStatus.ERROR and running is None,
        twice=_twice(newest) if campaign and newest and not running else None,
    )


def _twice(newest: DeploymentView) -> Twice | None:
    """What the newest deployment has stopped for."""
    if not newest.surplus:
        return None
    verb = "resume" if newest.type is Operation.RESUME else "deploy"
    things = (f"{each['kind']} {each['platform_id']} {each['name'] or ''}".rstrip() for each in newest.surplus)
    return Twice(verb, tuple(things))


def _sum(sums: Sequence[MetricRow], name: str) -> str:
    known = [value for row in sums if (value := getattr(row, name)) is not None]
    return figures.count(sum(known)) if known else figures.NOTHING


def _verdict(plan: Mapping[str, Any] | None) -> Verdict:
    if plan is None:
        return Verdict(False, (), ())
    return Verdict(
        is_known=True,
        troubles=tuple(Trouble(e["field"], e["rule"], e["fix"]) for e in plan.get("errors", ())),
        losses=tuple(_lost(loss) for loss in plan.get("losses", ())),
        is_update=plan.get("operation") == Operation.UPDATE,
        changes=changes.changed(plan) if plan.get("operation") == Operation.UPDATE else (),
    )


def _parts(objects: Sequence[ObjectView]) -> tuple[Part, ...]:
    return tuple(
        Part(" / ".join(item.key.split("/")[1:]), item.seen or figures.NOTHING, item.platform_id or figures.NOTHING)
        for item in objects
        if item.kind == "ad"
    )


def _lost(loss: Mapping[str, Any]) -> Lost:
    field = str(loss["field"])
    return Lost(
        label=words.words(field.rpartition(".")[2].partition("[")[0]),
        field=field,
        how=_LOST[LossKind(loss["kind"])],
        before=str(loss["from"] or ""),
        after=str(loss["to"] or ""),
        is_targeting=bool(loss.get("is_targeting")),
    )
