"""Which ads may deliver as things stand: what the shared delivery is told of a campaign."""

from adsandbox.accounts import Account
from adsandbox.delivery import Budget, Line
from adsandbox.store import Entity
from adsandbox.tiktok import money, standing, wire
from adsandbox.world import World

_HALF_HOURS = 48

#: What is billed is told up to eleven hours later (/report/integrated/get/, billed_cost).
LATE = 11


def lines(world: World, campaign: Entity) -> list[Line]:
    """One line for each ad that is on, at every level, in an account that is not suspended."""
    account = world.account(wire.NAME, campaign.account_id)
    if account is None or account.suspended or not _is_on(campaign):
        return []
    return [
        line
        for group in world.store.children(wire.NAME, campaign.id, type_="adgroup")
        if _is_on(group)
        for ad in world.store.children(wire.NAME, group.id, type_="ad")
        if standing.has_identity(world, ad) and (line := _line(account, campaign, group, ad)) is not None
    ]


def _is_on(entity: Entity) -> bool:
    return entity.deleted_at is None and entity.status == "ENABLE"


def _line(account: Account, campaign: Entity, group: Entity, ad: Entity) -> Line | None:
    serves_from = ad.review.serves_from if ad.review else None
    if not _is_on(ad) or serves_from is None:
        return None
    begin, end = standing.schedule(group)
    return Line(
        platform=wire.NAME,
        account_id=account.id,
        campaign_id=campaign.id,
        group_id=group.id,
        ad_id=ad.id,
        starts=max(begin, serves_from),
        ends=end,
        budgets=_budgets(campaign, group),
        currency=account.currency,
        time_zone=account.time_zone,
        unit=money.unit(account.currency),
        late=LATE,
        week=week(group.fields.get("dayparting")),
        converts=counts_conversions(group),
        video=ad.fields.get("ad_format") == "SINGLE_VIDEO",
    )


def counts_conversions(group: Entity) -> bool:
    """Whether the ad group has a pixel's optimization event, so that conversions are counted for it."""
    return bool(group.fields.get("pixel_id")) and bool(group.fields.get("optimization_event"))


def _budgets(campaign: Entity, group: Entity) -> tuple[Budget, ...]:
    carriers = [campaign] if campaign.fields.get("budget_optimize_on") else [campaign, group]
    return tuple(budget for one in carriers if (budget := standing.budget_of(one)) is not None)


def week(dayparting: str | None) -> frozenset[tuple[int, int]] | None:
    """The hours of `dayparting`, Monday first; all on and all off both mean always (None).

    An hour of which only one half is on counts as on: delivery is by the hour.
    """
    if not dayparting or len(set(dayparting)) == 1:
        return None
    return frozenset((at // _HALF_HOURS, at % _HALF_HOURS // 2) for at, mark in enumerate(dayparting) if mark == "1")
