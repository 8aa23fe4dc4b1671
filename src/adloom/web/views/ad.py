"""The page of one ad, put together: how it stands, how it looks, what it says, and what was done with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from adloom.ads.types import Ad, AdOrigin
from adloom.ads.unified import UnifiedAd
from adloom.assets.types import Asset
from adloom.campaigns.names import Renamed
from adloom.campaigns.requests import RequestView
from adloom.campaigns.types import CampaignView, DeploymentView, DriftView, ObjectView
from adloom.connections.types import AccountView
from adloom.metrics.caveats import Caveats
from adloom.metrics.types import MetricRow
from adloom.platforms.types import Platform
from adloom.reports import words as figures
from adloom.web import words
from adloom.web.views import content, history, placement, preview, reconcile, second, spending
from adloom.web.views.content import Content
from adloom.web.views.history import Attempt
from adloom.web.views.placement import Placement, Possible
from adloom.web.views.preview import Preview
from adloom.web.views.reconcile import DriftOf
from adloom.web.views.second import Second
from adloom.web.views.spending import Spent
from adloom.web.words import Badge, Choice


@dataclass(frozen=True, slots=True)
class Known:
    """What rooms know of an ad. `unified` is None for one that was found on its platform, `plan` where none is made."""

    ad: Ad
    unified: UnifiedAd | None
    campaigns: Sequence[CampaignView]
    deployments: Sequence[DeploymentView]
    objects: Sequence[ObjectView]
    accounts: Sequence[AccountView]
    sums: Sequence[MetricRow]
    plan: Mapping[str, Any] | None
    #: Who looks, and the plans that wait for a second person: None where the ad's client requires none.
    me: UUID | None = None
    requests: Sequence[RequestView] | None = None
    drifts: Sequence[DriftView] = ()
    #: What has to be known beside the sums; None while jobs run, when nobody asks.
    caveats: Caveats | None = None
    #: The names that campaigns of others were given since they were imported.
    renamed: Sequence[Renamed] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of the page that changes while something is under way."""

    id: str
    name: str
    badge: Badge
    facts: tuple[str, ...]
    placements: tuple[Placement, ...]
    possible: Possible
    attempts: tuple[Attempt, ...]
    drift: tuple[DriftOf, ...]
    edits: tuple[Placement, ...]
    spent: tuple[Spent, ...]
    confirm: tuple[str, ...]
    fingerprint: str
    planned: str
    second: Second
    #: Where its budget is set, of a campaign that others made; empty for ours.
    budget_page: str = ""
    #: What has to be said of the figures.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """How one of the ads looks on each platform. `variants` is empty where there is only one."""

    variants: tuple[Choice, ...]
    previews: tuple[tuple[Preview, Placement], ...]
    content: Content


def standing(known: Known) -> Standing:
    """How the ad stands now."""
    live = {campaign.platform: campaign for campaign in known.campaigns}
    placed = placement.placements(
        _platforms(known),
        campaigns=live,
        accounts=known.accounts,
        wanted_accounts=_wanted_accounts(known.unified),
        sums=known.sums,
        deployments=known.deployments,
        objects=known.objects,
        plan=known.plan["platforms"] if known.plan is not None else None,
    )
    fingerprint = known.plan["fingerprint"] if known.plan is not None else ""
    return Standing(
        id=str(known.ad.id),
        name=known.ad.name,
        badge=words.ad(known.ad.status),
        facts=_facts(known),
        placements=placed,
        possible=placement.possible(known.ad, placed, live),
        attempts=history.history(known.deployments, known.drifts, ad_id=str(known.ad.id), renamed=known.renamed),
        drift=reconcile.drift(known.drifts, ad_id=str(known.ad.id)),
        edits=tuple(each for each in placed if each.verdict.is_update),
        spent=spending.spent(known.plan),
        fingerprint=fingerprint,
        planned=_planned(known.plan),
        second=(
            second.ALONE
            if known.requests is None
            else second.second(known.requests, me=known.me, fingerprint=fingerprint)
        ),
        confirm=tuple(known.plan["confirm"]) if known.plan is not None else (),
        budget_page=_budget_page(known),
        notes=_notes(known),
    )


def looks(known: Known, stands: Standing, *, number: int, assets: Mapping[UUID, Asset]) -> Looks | None:
    """How the ad with this number looks; None for an ad that was found on its platform."""
    ad = known.unified
    if ad is None:
        return None
    items = [(group, item) for group in ad.groups() for item in group.ads]
    chosen = min(max(number, 1), len(items))
    shown = preview.previews(ad, item=items[chosen - 1][1], assets=assets)
    by_value = {placed.value: placed for placed in stands.placements}
    return Looks(
        variants=tuple(
            Choice(f"{group.name} / {item.name}", f"/ads/{known.ad.id}?show={n}", n == chosen)
            for n, (group, item) in enumerate(items, start=1)
            if len(items) > 1
        ),
        previews=tuple((shown[platform], by_value[platform.value]) for platform in _platforms(known)),
        content=content.content(ad),
    )


def _platforms(known: Known) -> tuple[Platform, ...]:
    there = {campaign.platform for campaign in known.campaigns} | {d.platform for d in known.deployments}
    if known.unified is not None:
        there |= known.unified.platforms.chosen().keys()
    return tuple(platform for platform in Platform if platform in there)


def _wanted_accounts(ad: UnifiedAd | None) -> dict[Platform, str]:
    return {} if ad is None else {platform: block.account_id() for platform, block in ad.platforms.chosen().items()}


def _notes(known: Known) -> tuple[str, ...]:
    if known.caveats is None:
        return ()
    return (*figures.caveats(known.caveats, known.sums), *dict.fromkeys(figures.notes(known.sums)))


def _budget_page(known: Known) -> str:
    stands = any(each.platform_campaign_id and each.deleted_at is None for each in known.campaigns)
    return f"/ads/{known.ad.id}/budget" if known.ad.origin is AdOrigin.IMPORTED and stands else ""


def _planned(plan: Mapping[str, Any] | None) -> str:
    """Who made the plan that the page shows, and when."""
    if plan is None:
        return ""
    return f"planned by {plan['maker'] or 'nobody'}, {words.moment(datetime.fromisoformat(plan['made_at']))}"


def _facts(known: Known) -> tuple[str, ...]:
    facts = []
    if known.unified is not None:
        facts = [words.words(known.unified.objective), words.budget(known.ad.data.get("budget"))]
    if known.ad.origin is AdOrigin.IMPORTED:
        if (known.ad.data.get("budget") or {}).get("amount"):
            facts.append(words.budget(known.ad.data["budget"]))
        facts.append("found on its platform: its content is edited there")
    return (*facts, f"written {words.moment(known.ad.created_at)}")
