"""Everything that Meta would refuse, and everything that would be lost there. Pure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from adloom.core.money import Money
from adloom.platforms import feed_ads
from adloom.platforms.contract import Preflight
from adloom.platforms.findings import Findings
from adloom.platforms.meta import audience_checks, creative_checks, mapping, payloads, targeting
from adloom.platforms.meta.accounts import LEAST_DAILY
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import BidStrategy, BudgetType, ConversionEvent, Objective, Platform

_HOUR = 60


def check(spec: CampaignSpec) -> Preflight:
    """All errors and losses of an ad on Meta."""
    found = Findings()
    _account(spec, found)
    _objective(spec, found)
    _budget(spec, found)
    _bidding(spec, found)
    _schedule(spec, found)
    _declarations(spec, found)
    feed_ads.check_names(spec, found, longest=payloads.MAX_NAME)
    feed_ads.check_structure(spec, found, platform=Platform.FACEBOOK_ADS)
    for group in spec.groups:
        audience_checks.check(spec, group=group, found=found)
        for ad in group.ads:
            creative_checks.check(spec, group=group, ad=ad, found=found)
    return found.result()


def _account(spec: CampaignSpec, found: Findings) -> None:
    if not spec.account.attributes.get("page_id"):
        found.error("platforms.facebook_ads.page", "Meta shows every ad as a Page's.", "Name a Page of this login.")


def _objective(spec: CampaignSpec, found: Findings) -> None:
    if spec.objective not in mapping.WITH_PIXEL:
        if spec.conversion is not None:
            found.dropped("conversion", spec.conversion.event.value, after="reported only")
        return
    if not spec.account.attributes.get("pixel_id"):
        found.error(
            "platforms.facebook_ads.pixel",
            f"{spec.objective} needs a pixel.",
            "Name a pixel of this ad account.",
        )
    if spec.conversion is None:
        found.error("conversion", f"{spec.objective} needs a conversion event.", "Say which event counts.")
    elif spec.conversion.event is ConversionEvent.CUSTOM:
        found.error(
            "conversion.event",
            "Meta wants a custom event's own name.",
            "Choose PURCHASE, LEAD, SIGN_UP or ADD_TO_CART.",
        )


def _budget(spec: CampaignSpec, found: Findings) -> None:
    money = spec.budget.money
    if mapping.currency_offset(money.currency) is None:
        found.error("budget.amount.currency", f"Meta does not know {money.currency}.", "Use another ad account.")
        return
    if mapping.minor_units(money.amount, money.currency) is None:
        smallest = "1" if mapping.currency_offset(money.currency) == 1 else "0.01"
        found.error(
            "budget.amount.value",
            f"Meta has no smaller unit than {smallest} {money.currency}.",
            "Round the amount.",
        )
    elif spec.groups and min(payloads.shares(spec)) < (least := _least(spec)):
        each = Money(mapping.major_units(least, money.currency), money.currency)
        rule = f"an ad set of this account and flight has at least {each}, and there are {len(spec.groups)}."
        found.error("budget.amount.value", rule, f"Give Meta at least {each * len(spec.groups)}.")
    if spec.budget.type is BudgetType.LIFETIME and spec.schedule.end is None:
        found.error("schedule.end", "a budget for the whole flight needs its end.", "Set the end, or a daily budget.")


def _least(spec: CampaignSpec) -> int:
    """What an ad set must have in Meta's units: the account's least for a day, and for each day of a lifetime."""
    least = max(1, int(spec.account.attributes.get(LEAST_DAILY, 1)))
    start, end = spec.schedule.start, spec.schedule.end
    if spec.budget.type is BudgetType.DAILY or end is None:
        return least
    return least * max(1, -((start - end) // timedelta(days=1)))


def _bidding(spec: CampaignSpec, found: Findings) -> None:
    bidding = spec.budget.bidding
    field = "budget.bidding.strategy"
    needs_pixel = bidding.strategy not in (BidStrategy.MAX_CLICKS, BidStrategy.BID_CAP)
    if needs_pixel and spec.objective not in mapping.WITH_PIXEL:
        found.error(
            field,
            f"{bidding.strategy} needs conversions.",
            "Use objective CONVERSIONS or LEADS, or MAX_CLICKS.",
        )
    elif mapping.goal(spec) == "VALUE" and spec.objective is not Objective.CONVERSIONS:
        found.error(
            field,
            f"Meta optimises for value with objective CONVERSIONS alone, not with {spec.objective}.",
            "Use MAX_CONVERSIONS or TARGET_CPA.",
        )
    if bidding.strategy is BidStrategy.MAX_CLICKS and spec.objective in (
        Objective.AWARENESS,
        Objective.VIDEO_VIEWS,
    ):
        found.dropped(field, bidding.strategy.value, after=mapping.goal(spec))
    if bidding.strategy in (BidStrategy.TARGET_CPA, BidStrategy.BID_CAP, BidStrategy.TARGET_ROAS):
        _target(spec, bidding.target, found)


def _target(spec: CampaignSpec, target: Decimal | None, found: Findings) -> None:
    field = "budget.bidding.target"
    strategy, currency = spec.budget.bidding.strategy, spec.budget.money.currency
    if target is None or target <= 0:
        found.error(field, f"{strategy} needs a target above 0.", "Give one.")
    elif strategy is BidStrategy.TARGET_ROAS:
        if target * 10000 != int(target * 10000):
            found.error(field, "Meta takes a ratio with at most four decimals.", "Round it.")
    elif mapping.currency_offset(currency) and mapping.minor_units(target, currency) is None:
        found.error(field, f"Meta has no such small unit of {currency}.", "Round the target.")


def _schedule(spec: CampaignSpec, found: Findings) -> None:
    schedule = spec.schedule
    if schedule.end is not None and schedule.end <= schedule.start:
        found.error("schedule.end", "it is not after the start.", "Set a later end.")
    if not schedule.dayparting:
        return
    if spec.budget.type is not BudgetType.LIFETIME:
        found.error(
            "schedule.dayparting",
            "Meta keeps hours only with a lifetime budget.",
            "Use one for facebook_ads, or all hours.",
        )
    for part in schedule.dayparting:
        if part.start_minute % _HOUR or part.end_minute % _HOUR or part.start_minute >= part.end_minute:
            found.error(
                "schedule.dayparting",
                "Meta takes whole hours within one day.",
                "Start and end at full hours.",
            )


def _declarations(spec: CampaignSpec, found: Findings) -> None:
    said = spec.declarations
    field = "declarations.special_categories"
    if said.special_categories is None:
        found.error(
            field,
            "Meta asks of every campaign whether it is in a special category.",
            "Answer: an empty list, or which.",
        )
    for category in said.special_categories or ():
        if category not in mapping.SPECIAL_CATEGORIES:
            known = ", ".join(sorted(mapping.SPECIAL_CATEGORIES))
            found.error(field, f"Meta knows no special category {category!r}.", f"Use one of {known}.")
    if said.special_categories and not said.special_category_countries:
        found.error("declarations.special_category_countries", "a special category holds for countries.", "Name them.")
    if any(targeting.reaches_dsa(group.targeting) for group in spec.groups):
        _dsa(spec, found)
    if said.ai_generated:
        found.dropped("declarations.ai_generated", "true", after="Meta has no field for it")


def _dsa(spec: CampaignSpec, found: Findings) -> None:
    said = spec.declarations
    for name, value in (("beneficiary", said.dsa_beneficiary), ("payor", said.dsa_payor)):
        if not value:
            found.error(
                f"declarations.dsa.{name}",
                "an ad that reaches the EU must say who benefits and who pays.",
                "Fill it in (a place without a country may be in the EU).",
            )
