"""Which ads of a campaign may deliver, and with which money, as the generator of delivery wants it."""

from decimal import Decimal
from typing import Any

from adsandbox.accounts import Account
from adsandbox.delivery import Budget, Line, Overspend, Window
from adsandbox.meta import call, creatives, insights, money, trouble
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity

#: 75 % above a day by Meta's help pages (25 % by the API's), 7 daily budgets from Sunday to Saturday.
OVERSPEND = Overspend(Decimal("1.75"), Window.WEEK)

#: Insights are refreshed every 15 minutes (Insights API): within the hour that follows.
LATE = 1


def of(graph: Graph, campaign: Entity) -> list[Line]:
    """One line per ad that is on at every level and not refused by review."""
    account = graph.account_of(campaign)
    if not trouble.runs(account) or not _on(campaign):
        return []
    return [
        line
        for adset in graph.below(campaign, "adset")
        if _on(adset)
        for ad in graph.below(adset, "ad")
        if (line := _line(graph, account, campaign, adset=adset, ad=ad)) is not None
    ]


def _on(entity: Entity) -> bool:
    return entity.status == "ACTIVE" and entity.deleted_at is None


def _line(graph: Graph, account: Account, campaign: Entity, *, adset: Entity, ad: Entity) -> Line | None:
    serves = None if ad.review is None else ad.review.serves_from
    if not _on(ad) or serves is None:
        return None
    starts = [call.instant(one.fields.get("start_time")) for one in (campaign, adset)]
    ends = [call.instant(campaign.fields.get("stop_time")), call.instant(adset.fields.get("end_time"))]
    creative = graph.get("adcreative", ad.fields["creative_id"])
    return Line(
        platform=NAME,
        account_id=account.id,
        campaign_id=campaign.id,
        group_id=adset.id,
        ad_id=ad.id,
        starts=max(serves, *(one for one in starts if one is not None)),
        ends=min((one for one in ends if one is not None), default=None),
        budgets=(*_budgets(account, campaign, adset), *trouble.budgets(graph, account)),
        currency=account.currency,
        time_zone=account.time_zone,
        unit=money.unit(account.currency),
        late=LATE,
        week=_week(adset.fields.get("adset_schedule")),
        converts=insights.event_of(graph, adset.id) is not None,
        video=creative is not None and creatives.is_video(creative),
    )


def _budgets(account: Account, campaign: Entity, adset: Entity) -> list[Budget]:
    found = []
    for entity in (campaign, adset):
        daily = _amount(entity, "daily_budget", account)
        total = _amount(entity, "lifetime_budget", account)
        cap = _amount(entity, "spend_cap", account)
        if daily or total or cap:
            found.append(Budget(entity.id, daily=daily, total=total or cap, overspend=OVERSPEND))
    return found


def _amount(entity: Entity, name: str, account: Account) -> Decimal | None:
    amount = int(entity.fields.get(name) or 0)
    return money.major(amount, account.currency) if amount else None


def _week(schedule: Any) -> frozenset[tuple[int, int]] | None:
    """Meta's days count from Sunday as 0; ours from Monday."""
    if not schedule:
        return None
    return frozenset(
        ((day - 1) % 7, hour)
        for part in schedule
        for day in part["days"]
        for hour in range(part["start_minute"] // 60, part["end_minute"] // 60)
    )
