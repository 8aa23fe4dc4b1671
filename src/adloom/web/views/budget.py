"""The budget of a campaign that others made: what it is, why it cannot be set, what another one would do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adloom.ads.types import Ad
from adloom.campaigns.types import CampaignView
from adloom.reports import words as figures
from adloom.web import words
from adloom.web.views import spending
from adloom.web.views.spending import Spent
from adloom.web.words import PlatformName

_SECOND = (
    "This client requires that another person applies what one has planned. The budget of a campaign that others made "
    "is changed on its platform then."
)


@dataclass(frozen=True, slots=True)
class Planned:
    """What setting an amount would do. `fingerprint` is empty where nothing would be set."""

    before: str
    after: str
    spent: tuple[Spent, ...]
    troubles: tuple[Mapping[str, str], ...]
    confirm: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Budget:
    """The whole page. `why_not` says why the budget cannot be set from here; empty where it can."""

    ad_id: str
    name: str
    platform: PlatformName
    now: str
    kind: str
    currency: str
    amount: str
    why_not: str
    planned: Planned | None


def budget(
    ad: Ad, campaign: CampaignView, *, amount: str, plan: Mapping[str, Any] | None, needs_second: bool
) -> Budget:
    """The page's values; `plan` is a `BudgetPlan` as JSON, or None where no amount was asked for yet."""
    stands = ad.data.get("budget") or {}
    known = stands.get("amount") or {}
    return Budget(
        ad_id=str(ad.id),
        name=ad.name,
        platform=words.platform(campaign.platform),
        now=words.budget(stands),
        kind="a day" if stands.get("type") == "DAILY" else "in all",
        currency=known.get("currency", ""),
        amount=amount,
        why_not=_why_not(ad, campaign, needs_second=needs_second),
        planned=None if plan is None else _planned(plan, campaign, kind=stands),
    )


def _why_not(ad: Ad, campaign: CampaignView, *, needs_second: bool) -> str:
    if campaign.deleted_at is not None or campaign.platform_campaign_id is None:
        return "The campaign does not stand on its platform any more."
    if not (ad.data.get("budget") or {}).get("amount"):
        why = (ad.data.get("imported") or {}).get("budget") or "It has no budget of its own."
        return f"Its budget cannot be changed from here: {why}"
    return _SECOND if needs_second else ""


def _planned(plan: Mapping[str, Any], campaign: CampaignView, *, kind: Mapping[str, Any]) -> Planned:
    change = next(iter(plan["changes"]), None)
    amounts = None if change is None else (change["from"], change["to"])
    before, after = (_amount(each, kind) for each in amounts) if amounts else ("", "")
    return Planned(
        before=before,
        after=after,
        spent=spending.of_one(plan["money"], words.platform(campaign.platform)) if change else (),
        troubles=tuple(plan["errors"]),
        confirm=tuple(plan["confirm"]),
        fingerprint=plan["fingerprint"] if change and not plan["errors"] else "",
    )


def _amount(written: str, kind: Mapping[str, Any]) -> str:
    """`60.00 USD` as people read it, with what it is for."""
    value, currency = written.split()
    return f"{figures.money(Decimal(value), currency)} {'a day' if kind.get('type') == 'DAILY' else 'in all'}"
