"""Which ads of a campaign may deliver, and with which money, as the generator of delivery wants it."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from adsandbox.delivery import Budget, Line, Overspend, Window, utc
from adsandbox.microsoft import ad_groups, customers, money, tables
from adsandbox.microsoft.desk import NAME, Desk
from adsandbox.store import Entity

#: "Usually less than 100 % above" a day, evened out by month (Campaign Management, Campaign, DailyBudget).
OVERSPEND = Overspend(Decimal(2), Window.MONTH)

#: Clicks are in reports within two hours (Report data retention and latency, reports.md).
LATE = 2


def of(desk: Desk, campaign: Entity) -> list[Line]:
    """One line per ad that is on at every level, in an ad group with a keyword that may show."""
    account = desk.account
    is_unpaid = account.fields.get("financial_status") in customers.UNPAID
    if account.suspended or is_unpaid or not _on(campaign):
        return []
    week = _week(desk, campaign)
    return [
        line
        for group in desk.below(campaign, "AdGroup")
        if _on(group) and (since := _keywords_since(desk, group)) is not None
        for ad in desk.below(group, "Ad")
        if (line := _line(desk, campaign, group, ad=ad, since=since, week=week)) is not None
    ]


def _on(entity: Entity) -> bool:
    return entity.status == "Active" and entity.deleted_at is None


def _keywords_since(desk: Desk, group: Entity) -> datetime | None:
    """When the first keyword of an ad group is through review; None without one: Search needs keywords."""
    reviews = (one.private["review"].serves_from for one in desk.below(group, "Keyword") if _on(one))
    return min((at for at in reviews if at is not None), default=None)


def _line(desk: Desk, campaign: Entity, group: Entity, *, ad: Entity, since: datetime, week: Any) -> Line | None:
    serves = None if ad.review is None else ad.review.serves_from
    if not _on(ad) or serves is None:
        return None
    account = desk.account
    first, last = ad_groups.day(group.fields.get("StartDate")), ad_groups.ends(group)
    begins = [] if first is None else [utc(datetime.combine(first, time()), account.time_zone)]
    after = None if last is None else datetime.combine(last + timedelta(days=1), time())
    return Line(
        platform=NAME,
        account_id=account.id,
        campaign_id=campaign.id,
        group_id=group.id,
        ad_id=ad.id,
        starts=max(serves, since, *begins),
        ends=None if after is None else utc(after, account.time_zone),
        budgets=(Budget(campaign.id, daily=Decimal(campaign.fields["DailyBudget"]), overspend=OVERSPEND),),
        currency=account.currency,
        time_zone=account.time_zone,
        unit=money.unit(account.currency),
        late=LATE,
        week=week,
    )


def _week(desk: Desk, campaign: Entity) -> frozenset[tuple[int, int]] | None:
    """The hours of the campaign's DayTime criterions; None without any. A part of an hour counts as the
    hour."""
    hours: set[tuple[int, int]] = set()
    parts = [one for one in desk.below(campaign, "CampaignCriterion") if one.name == "DayTimeCriterion"]
    for part in parts:
        times = part.fields["Criterion"]
        last = times["ToHour"] + (1 if tables.MINUTES[times["ToMinute"]] else 0)
        day = tables.DAYS.index(times["Day"])
        hours |= {(day, hour) for hour in range(times["FromHour"], min(last, 24))}
    return frozenset(hours) if parts else None
