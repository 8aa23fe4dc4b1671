"""Everything that TikTok would refuse, and everything that would be lost there. Pure."""

from __future__ import annotations

from decimal import Decimal

from adloom.platforms import feed_ads
from adloom.platforms.contract import Preflight
from adloom.platforms.findings import Findings
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import audience, audience_checks, creative_checks, mapping, paths, payloads
from adloom.platforms.types import BidStrategy, BudgetType, ConversionEvent, Objective, Platform

MAX_NAME = 512
MAX_ADS = 20
MAX_PARAMETERS = 14


def check(spec: CampaignSpec) -> Preflight:
    """All errors and losses of an ad on TikTok."""
    found = Findings()
    _identity(spec, found)
    feed_ads.check_names(spec, found, longest=MAX_NAME)
    feed_ads.check_structure(spec, found, platform=Platform.TIKTOK_ADS)
    _sizes(spec, found)
    _emoji_in_names(spec, found)
    _objective(spec, found)
    _budget(spec, found)
    _bidding(spec, found)
    _schedule(spec, found)
    for group in spec.groups:
        audience_checks.check(spec, group=group, found=found)
        for ad in group.ads:
            creative_checks.check(spec, group=group, ad=ad, found=found)
    return found.result()


def _identity(spec: CampaignSpec, found: Findings) -> None:
    attributes = spec.account.attributes
    field = "platforms.tiktok_ads.identity"
    kind = attributes.get("identity_type")
    if not kind or not attributes.get("identity_id"):
        found.error(field, "TikTok shows every ad as an identity's.", "Name a TikTok account (TT_USER or BC_AUTH_TT).")
    elif kind not in mapping.IDENTITY_TYPES:
        found.error(
            field,
            f"since January 2026 TikTok takes no {kind} for new campaigns.",
            "Use TT_USER or BC_AUTH_TT.",
        )
    elif kind == "BC_AUTH_TT" and not attributes.get("identity_bc_id"):
        found.error(f"{field}.bc_id", "BC_AUTH_TT needs its Business Center.", "Give bc_id.")


def _emoji_in_names(spec: CampaignSpec, found: Findings) -> None:
    names = [spec.name]
    for group in spec.groups:
        names += [group.name, *(ad.name for ad in group.ads)]
    if any(creative_checks.has_emoji(name) for name in names):
        found.error("name", "TikTok takes no emoji in names.", "Leave them out.")


def _objective(spec: CampaignSpec, found: Findings) -> None:
    if paths.of(spec) is paths.SMART_PLUS:
        found.dropped("platforms.tiktok_ads.search_results", "off", after="TikTok decides (Smart+ has no switch)")
    if spec.objective not in mapping.WITH_PIXEL:
        if spec.conversion is not None:
            found.dropped("conversion", spec.conversion.event.value)
        return
    if not spec.account.attributes.get("pixel_id"):
        found.error(
            "platforms.tiktok_ads.pixel",
            f"{spec.objective} needs a pixel.",
            "Name a pixel of this ad account.",
        )
    if spec.conversion is None:
        found.error("conversion", f"{spec.objective} needs a conversion event.", "Say which event counts.")
    elif spec.conversion.event is ConversionEvent.CUSTOM:
        found.error(
            "conversion.event",
            "TikTok wants a custom event's id.",
            "Choose PURCHASE, LEAD, SIGN_UP or ADD_TO_CART.",
        )


def _budget(spec: CampaignSpec, found: Findings) -> None:
    money = spec.budget.money
    field = "budget.amount.value"
    if money.currency not in mapping.CURRENCY_DECIMALS:
        found.error("budget.amount.currency", f"TikTok does not know {money.currency}.", "Use another ad account.")
        return
    if money.amount <= 0 or not mapping.has_exact_form(money.amount, money.currency):
        decimals = mapping.CURRENCY_DECIMALS[money.currency]
        found.error(field, f"TikTok takes {money.currency} above 0 with {decimals} decimals.", "Round the amount.")
        return
    if spec.budget.type is BudgetType.LIFETIME and spec.schedule.end is None:
        found.error("schedule.end", "a budget for the whole flight needs its end.", "Set the end, or a daily budget.")
    if spec.groups:
        _minimum(spec, found)


def _minimum(spec: CampaignSpec, found: Findings) -> None:
    """On the manual path each ad group's share has to exceed its minimum, with Smart+ the campaign's whole budget."""
    currency = spec.budget.money.currency
    if paths.of(spec) is paths.SMART_PLUS:
        carrier, count, has = "the campaign's budget", 1, spec.budget.money.amount
        least = mapping.campaign_minimum(currency)
    else:
        carrier, count, has = "each ad group's budget", len(spec.groups), min(payloads.shares(spec))
        least = mapping.ad_group_minimum(currency) * _days(spec)
    if has <= least:
        rule = f"{carrier} must exceed {least} {currency}{'' if _days(spec) > 1 else ' a day'}."
        found.error("budget.amount.value", rule, f"Give TikTok more than {least * count} {currency}.")


def _days(spec: CampaignSpec) -> int:
    """How many daily minimums a budget has to exceed: one, or a lifetime budget's one for each day."""
    if spec.budget.type is BudgetType.DAILY or spec.schedule.end is None:
        return 1
    flight = spec.schedule.end - spec.schedule.start
    return max(1, -(-int(flight.total_seconds()) // 86400))


def _bidding(spec: CampaignSpec, found: Findings) -> None:
    bidding, field = spec.budget.bidding, "budget.bidding"
    if bidding.strategy in (BidStrategy.TARGET_ROAS, BidStrategy.MAX_VALUE):
        found.error(
            f"{field}.strategy",
            "TikTok allows value bidding to chosen accounts only.",
            "Use MAX_CONVERSIONS or TARGET_CPA.",
        )
    if (
        bidding.strategy in (BidStrategy.MAX_CONVERSIONS, BidStrategy.TARGET_CPA)
        and spec.objective not in mapping.WITH_PIXEL
    ):
        found.error(
            f"{field}.strategy",
            f"{bidding.strategy} needs conversions.",
            "Use objective CONVERSIONS or LEADS.",
        )
    if bidding.strategy is BidStrategy.MAX_CLICKS and spec.objective is not Objective.TRAFFIC:
        found.dropped(f"{field}.strategy", bidding.strategy.value, after=mapping.GOALS[spec.objective][0])
    if bidding.strategy in mapping.TARGET_STRATEGIES:
        _target(spec, bidding.target, found)


def _target(spec: CampaignSpec, target: Decimal | None, found: Findings) -> None:
    field, money = "budget.bidding.target", spec.budget.money
    if target is None or target <= 0:
        found.error(field, f"{spec.budget.bidding.strategy} needs a target above 0.", "Give one.")
    elif money.currency in mapping.CURRENCY_DECIMALS and not mapping.has_exact_form(target, money.currency):
        found.error(field, f"TikTok takes no such small unit of {money.currency}.", "Round the target.")
    elif spec.groups and target >= _smallest_budget(spec):
        found.error(field, "a bid must be below the budget of each ad group.", "Lower it, or raise the budget.")


def _smallest_budget(spec: CampaignSpec) -> Decimal:
    return spec.budget.money.amount if paths.of(spec) is paths.SMART_PLUS else min(payloads.shares(spec))


def _sizes(spec: CampaignSpec, found: Findings) -> None:
    """How many ads and parameters there may be (TikTok API for Business, /ad/create/; error 40502)."""
    if any(len(group.ads) > MAX_ADS for group in spec.groups):
        found.error("ad_groups", f"TikTok takes at most {MAX_ADS} ads in an ad group.", "Spread them over more groups.")
    if len(spec.tracking) > MAX_PARAMETERS:
        rule = f"TikTok takes at most {MAX_PARAMETERS} parameters."
        found.error("tracking.params", rule, "Write the others into the landing page's link.")


def _schedule(spec: CampaignSpec, found: Findings) -> None:
    schedule = spec.schedule
    if schedule.end is not None and schedule.end <= schedule.start:
        found.error("schedule.end", "it is not after the start.", "Set a later end.")
    if not schedule.dayparting:
        return
    for part in schedule.dayparting:
        if not part.days or not 0 <= part.start_minute < part.end_minute <= 24 * 60:
            found.error("schedule.dayparting", "a window needs days, and ends after it starts.", "Mend the window.")
            return
        if part.start_minute % audience.HALF_HOUR or part.end_minute % audience.HALF_HOUR:
            found.narrowed("schedule.dayparting", "minutes", after="whole half hours within the window")
    if "1" not in audience.week(schedule):
        found.error("schedule.dayparting", "no window holds a whole half hour.", "Make a window longer.")
