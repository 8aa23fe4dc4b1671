"""States that Google derives: serving and primary status with reasons, policy summaries, and who may
deliver."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from adsandbox.accounts import Account
from adsandbox.delivery import Budget, Line, Overspend, Window, utc
from adsandbox.google import tables
from adsandbox.google.resources.campaign import NEVER
from adsandbox.review import Review, Standing
from adsandbox.store import Entity
from adsandbox.world import World

PLATFORM = "google_ads"
MICROS = Decimal(1_000_000)
#: "Up to 2 times", and 30.4 daily budgets a month (support.google.com/google-ads/answer/2393018).
OVERSPEND = Overspend(Decimal(2), Window.MONTH)

_REVIEW = {
    Standing.PENDING: {"reviewStatus": "REVIEW_IN_PROGRESS", "approvalStatus": "UNKNOWN"},
    Standing.APPROVED: {"reviewStatus": "REVIEWED", "approvalStatus": "APPROVED"},
    Standing.LIMITED: {"reviewStatus": "REVIEWED", "approvalStatus": "APPROVED_LIMITED"},
    Standing.REJECTED: {"reviewStatus": "REVIEWED", "approvalStatus": "DISAPPROVED"},
}
State = tuple[str, list[str]]

#: Clicks and cost are in reports within three hours (support.google.com/google-ads/answer/2544985).
LATE = 3


def policy_summary(review: Review, now: datetime) -> dict[str, Any]:
    """The `policySummary` of an ad."""
    standing = review.at(now)
    summary: dict[str, Any] = dict(_REVIEW[standing])
    if standing in (Standing.LIMITED, Standing.REJECTED):
        kind = "LIMITED" if standing is Standing.LIMITED else "PROHIBITED"
        topic = (review.reason or "MISREPRESENTATION").upper().replace(" ", "_")
        summary["policyTopicEntries"] = [{"topic": topic, "type": kind}]
    return summary


class States:
    """Derived states over one world at its now."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account
        self._now = world.clock.now()

    def campaign(self, campaign: Entity) -> dict[str, Any]:
        """`servingStatus`, `primaryStatus` and its reasons."""
        primary, reasons = self._campaign_state(campaign)
        serving = {"ENDED": "ENDED", "PENDING": "PENDING", "REMOVED": "NONE", "PAUSED": "SERVING"}
        if reasons and reasons[0] == "MOST_ADS_UNDER_REVIEW":
            serving["PENDING"] = "SERVING"
        is_held = self._account.suspended or self._account.hold is not None
        word = "SUSPENDED" if is_held else serving.get(primary, "SERVING")
        return {"servingStatus": word, "primaryStatus": primary, "primaryStatusReasons": reasons}

    def group(self, group: Entity) -> dict[str, Any]:
        """`primaryStatus` of an ad group and its reasons."""
        own = self._own(group, "AD_GROUP")
        state = own or self._above(self._world.store.parent(group)) or self._content([group])
        return {"primaryStatus": state[0], "primaryStatusReasons": state[1]}

    def ad(self, ad: Entity) -> dict[str, Any]:
        """`policySummary`, `primaryStatus` of an ad and its reasons."""
        group = self._world.store.parent(ad)
        campaign = self._world.store.parent(group) if group else None
        own = self._own(ad, "AD_GROUP_AD")
        state = own or self._above(campaign) or (self._own(group, "AD_GROUP") if group else None)
        shown = state or self._reviewed(ad)
        summary = policy_summary(ad.review, self._now) if ad.review else {}
        return {"policySummary": summary, "primaryStatus": shown[0], "primaryStatusReasons": shown[1]}

    def _own(self, entity: Entity, word: str) -> State | None:
        if entity.deleted_at is not None:
            return "REMOVED", [f"{word}_REMOVED"]
        return ("PAUSED", [f"{word}_PAUSED"]) if entity.status == "PAUSED" else None

    def _above(self, campaign: Entity | None) -> State | None:
        if campaign is None:
            return None
        state = self._own(campaign, "CAMPAIGN") or self._schedule(campaign)
        return state and (("NOT_ELIGIBLE" if state[0] == "ENDED" else state[0]), state[1])

    def _schedule(self, campaign: Entity) -> State | None:
        start, end = window(campaign, self._account)
        if end is not None and end <= self._now:
            return "ENDED", ["CAMPAIGN_ENDED"]
        return ("PENDING", ["CAMPAIGN_PENDING"]) if start > self._now else None

    def _campaign_state(self, campaign: Entity) -> State:
        state = self._own(campaign, "CAMPAIGN") or self._schedule(campaign)
        if state is not None:
            return state
        groups = self._world.store.children(PLATFORM, campaign.id, type_="ad_group")
        if not groups:
            return "NOT_ELIGIBLE", ["NO_AD_GROUPS"]
        live = [g for g in groups if g.status == "ENABLED"]
        return self._content(live) if live else ("NOT_ELIGIBLE", ["AD_GROUPS_PAUSED"])

    def _content(self, groups: list[Entity]) -> State:
        """What keywords and ads of enabled ad groups make of it."""
        words = [k for g in groups for k in keywords(self._world, g)]
        ads = [a for g in groups for a in self._world.store.children(PLATFORM, g.id, type_="ad_group_ad")]
        if not words and not all(needs_no_keywords(g) for g in groups):
            return "NOT_ELIGIBLE", ["NO_KEYWORDS"]
        if words and not any(k.status == "ENABLED" for k in words):
            return "NOT_ELIGIBLE", ["KEYWORDS_PAUSED"]
        if not ads:
            return "NOT_ELIGIBLE", ["NO_AD_GROUP_ADS"]
        live = [ad for ad in ads if ad.status == "ENABLED"]
        if not live:
            return "NOT_ELIGIBLE", ["AD_GROUP_ADS_PAUSED"]
        return self._ads(live)

    def _ads(self, live: list[Entity]) -> State:
        found = {ad.review.at(self._now) for ad in live if ad.review}
        if found == {Standing.REJECTED}:
            return "NOT_ELIGIBLE", ["HAS_ADS_DISAPPROVED"]
        if not found & {Standing.APPROVED, Standing.LIMITED}:
            return "PENDING", ["MOST_ADS_UNDER_REVIEW"]
        reasons = ["HAS_ADS_DISAPPROVED"] if Standing.REJECTED in found else []
        reasons += ["HAS_ADS_LIMITED_BY_POLICY"] if Standing.LIMITED in found else []
        return ("LIMITED", reasons) if reasons else ("ELIGIBLE", [])

    def _reviewed(self, ad: Entity) -> State:
        standing = ad.review.at(self._now) if ad.review else Standing.PENDING
        return {
            Standing.PENDING: ("PENDING", ["AD_GROUP_AD_UNDER_REVIEW"]),
            Standing.APPROVED: ("ELIGIBLE", []),
            Standing.LIMITED: ("LIMITED", ["AD_GROUP_AD_APPROVED_LABELED"]),
            Standing.REJECTED: ("NOT_ELIGIBLE", ["AD_GROUP_AD_DISAPPROVED"]),
        }[standing]


def needs_no_keywords(group: Entity) -> bool:
    """Whether an ad group shows without keywords: on the Display Network."""
    return str(group.fields["type"]).startswith("DISPLAY")


def keywords(world: World, group: Entity) -> list[Entity]:
    """The positive keywords of an ad group, paused ones too."""
    below = world.store.children(PLATFORM, group.id, type_="ad_group_criterion")
    return [k for k in below if "keyword" in k.fields and not k.fields["negative"]]


def window(campaign: Entity, account: Account) -> tuple[datetime, datetime | None]:
    """When a campaign may run, in UTC; the end is the instant after its last second."""
    start = utc(datetime.fromisoformat(campaign.fields["startDateTime"]), account.time_zone)
    text = campaign.fields["endDateTime"]
    return start, None if text == NEVER else utc(datetime.fromisoformat(text), account.time_zone)


def lines(world: World, account: Account, campaign: Entity) -> list[Line]:
    """What may deliver of a campaign as things stand (`platform.Platform.lines`)."""
    budget = world.store.get(PLATFORM, "campaign_budget", campaign.fields["campaignBudget"].rpartition("/")[2])
    if campaign.status != "ENABLED" or account.suspended or budget is None:
        return []
    start, end = window(campaign, account)
    week = _week(world, campaign)
    found = []
    for group in world.store.children(PLATFORM, campaign.id, type_="ad_group"):
        has_keywords = needs_no_keywords(group) or any(k.status == "ENABLED" for k in keywords(world, group))
        if group.status != "ENABLED" or not has_keywords:
            continue
        for ad in world.store.children(PLATFORM, group.id, type_="ad_group_ad"):
            serves = ad.review.serves_from if ad.review else None
            if ad.status == "ENABLED" and serves is not None:
                begin = max(start, serves)
                found.append(_line(account, campaign, ad, begin=begin, end=end, budget=budget, week=week))
    return found


def _line(
    account: Account,
    campaign: Entity,
    ad: Entity,
    *,
    begin: datetime,
    end: datetime | None,
    budget: Entity,
    week: frozenset[tuple[int, int]] | None,
) -> Line:
    return Line(
        PLATFORM,
        account.id,
        campaign.id,
        ad.parent_id or "",
        ad.id,
        begin,
        end,
        (_budget(budget),),
        account.currency,
        account.time_zone,
        unit=Decimal("0.000001"),
        late=LATE,
        week=week,
        converts=bool(account.fields["conversion_actions"]),
    )


def _budget(budget: Entity) -> Budget:
    daily, total = (budget.fields.get(name) for name in ("amountMicros", "totalAmountMicros"))
    return Budget(
        budget.id,
        daily=Decimal(daily) / MICROS if daily else None,
        total=Decimal(total) / MICROS if total else None,
        overspend=OVERSPEND,
    )


def _week(world: World, campaign: Entity) -> frozenset[tuple[int, int]] | None:
    """The hours in which an ad schedule lets the campaign run, by whole hours; None without a schedule."""
    below = world.store.children(PLATFORM, campaign.id, type_="campaign_criterion")
    schedules = [c.fields["adSchedule"] for c in below if "adSchedule" in c.fields]
    if not schedules:
        return None
    return frozenset(
        (tables.DAYS.index(one["dayOfWeek"]), hour)
        for one in schedules
        for hour in range(one["startHour"], one["endHour"] + (one["endMinute"] != "ZERO"))
    )
