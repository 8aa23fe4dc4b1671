"""The rules between the fields of an ad group, checked on its whole after every create and update.

It reads the account's objects and changes nothing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adsandbox.store import Entity
from adsandbox.tiktok import geography, money, vocabulary, wire
from adsandbox.tiktok.api import Call


def check(call: Call, group: Mapping[str, Any], campaign: Entity) -> None:
    """Refuse an ad group whose fields do not go together, naming the field."""
    _goal(group, campaign)
    _conversion(call, group, campaign)
    _placements(group)
    _targeting(group)
    _places(group, campaign)
    begin, end = _schedule(call, group)
    if not campaign.fields.get("budget_optimize_on"):
        _budget(call, group, None if end is None else end - begin)
    _bid(call, group, campaign)


def check_change(call: Call, group: Entity, changes: Mapping[str, Any]) -> None:
    """Refuse a change that depends on what stands: a start that has passed, the USA taken out.

    Source: TikTok API for Business, /adgroup/update/, `location_ids` and `zipcode_ids`; that a start is fixed once
    it has passed is what Ads Manager does.
    """
    stands = group.fields
    begins = changes.get("schedule_start_time", stands["schedule_start_time"])
    if begins != stands["schedule_start_time"] and instant("schedule_start_time", stands["schedule_start_time"]) <= (
        call.now
    ):
        wire.bad("schedule_start_time", "Cannot be changed after the ad group has started.")
    if _in_usa(stands) and not _in_usa({**stands, **changes}):
        wire.bad("location_ids", "Locations in the United States cannot be removed completely.")


def _in_usa(fields: Mapping[str, Any]) -> bool:
    return any(place is not None and place.country == "US" for place in map(geography.find, _located(fields)))


def _located(fields: Mapping[str, Any]) -> list[str]:
    return [*(fields.get("location_ids") or []), *(fields.get("zipcode_ids") or [])]


def _goal(group: Mapping[str, Any], campaign: Entity) -> None:
    objective, goal = campaign.fields["objective_type"], group["optimization_goal"]
    if goal not in vocabulary.GOALS[objective]:
        wire.bad("optimization_goal", f"{goal} is not supported by objective_type {objective}.")
    if group["billing_event"] != vocabulary.BILLING[goal]:
        wire.bad("billing_event", f"{goal} is billed by {vocabulary.BILLING[goal]}.")
    if objective not in vocabulary.AWARENESS and "promotion_type" not in group:
        wire.bad("promotion_type", "Missing data for required field.")


def _conversion(call: Call, group: Mapping[str, Any], campaign: Entity) -> None:
    objective, goal = campaign.fields["objective_type"], group["optimization_goal"]
    pixel, event = group.get("pixel_id"), group.get("optimization_event")
    own = vocabulary.OWN_EVENT.get(goal)
    if own is not None and event not in (None, own):
        wire.bad("optimization_event", f"{goal} takes no other event than {own}.")
    if goal in vocabulary.PIXEL_GOALS and str(group.get("promotion_type")) == "WEBSITE":
        for field in ("pixel_id", "optimization_event"):
            if not group.get(field):
                wire.bad(field, f"Missing data for required field (optimization_goal is {goal}).")
    if pixel is None:
        return
    if objective not in vocabulary.PIXEL_OBJECTIVES:
        wire.bad("pixel_id", f"Not supported by objective_type {objective}.")
    found = call.world.store.get(wire.NAME, "pixel", pixel)
    if found is None or found.account_id != call.account.id:
        wire.bad("pixel_id", f"Pixel {pixel} does not exist.")
    if event is None:
        wire.bad("optimization_event", "Missing data for required field (pixel_id is given).")
    if event not in vocabulary.WEB_EVENTS:
        wire.bad("optimization_event", f"{event} is not an event of a pixel.")


def _placements(group: Mapping[str, Any]) -> None:
    if group["placement_type"] == "PLACEMENT_TYPE_NORMAL" and not group.get("placements"):
        wire.bad("placements", "Missing data for required field (placement_type is PLACEMENT_TYPE_NORMAL).")


def _targeting(group: Mapping[str, Any]) -> None:
    for id_ in group.get("interest_category_ids") or []:
        if id_ not in vocabulary.INTERESTS:
            wire.bad("interest_category_ids", f"Invalid interest category id {id_}.")
    _devices(group)


def _places(group: Mapping[str, Any], campaign: Entity) -> None:
    """Source: TikTok API for Business, /adgroup/create/, `location_ids` and `zipcode_ids`."""
    located, codes = _located(group), group.get("zipcode_ids") or []
    if not located and not group.get("saved_audience_id"):
        wire.bad("location_ids", "Missing data for required field.")
    if len(located) > 3000:
        wire.bad("location_ids", "Location ids and zip code ids may not exceed 3000 together.")
    for id_ in group.get("location_ids") or []:
        if id_ not in geography.PLACES:
            wire.bad("location_ids", f"Invalid location id {id_}.")
    for id_ in codes:
        if id_ not in geography.ZIP_CODES or not geography.ZIP_CODES[id_].sold:
            wire.bad("zipcode_ids", f"Invalid zip code id {id_}.")
    if codes and campaign.fields.get("special_industries"):
        wire.bad("zipcode_ids", "Not supported in campaigns with special_industries.")
    if pair := geography.overlaps(located):
        wire.bad("location_ids", f"Locations may not overlap: {pair[0]} lies within {pair[1]}.")
    _minors(group, located)


def _minors(group: Mapping[str, Any], located: list[str]) -> None:
    if "AGE_13_17" not in (group.get("age_groups") or []):
        return
    for place in map(geography.find, located):
        if place is not None and place.country in geography.NO_MINORS:
            wire.refuse(wire.MINORS, f"age_groups: AGE_13_17 cannot be targeted in {place.country}.")


def _devices(group: Mapping[str, Any]) -> None:
    prices = group.get("device_price_ranges") or []
    if any(price % 50 for price in prices) or len(prices) == 1 or prices != sorted(prices):
        wire.bad("device_price_ranges", "Two ascending multiples of 50 are expected.")
    if prices and group.get("device_model_ids"):
        wire.bad("device_price_ranges", "Not supported together with device_model_ids.")
    if group.get("interest_keyword_ids") and group.get("purchase_intention_keyword_ids"):
        wire.bad("purchase_intention_keyword_ids", "Not supported together with interest_keyword_ids.")


def instant(field: str, text: str) -> datetime:
    """A schedule time, which TikTok takes in UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        wire.bad(field, "Not a valid time, YYYY-MM-DD HH:MM:SS in UTC.")


def _schedule(call: Call, group: Mapping[str, Any]) -> tuple[datetime, datetime | None]:
    begin = instant("schedule_start_time", group["schedule_start_time"])
    text = group.get("schedule_end_time")
    if group["schedule_type"] == "SCHEDULE_FROM_NOW":
        if group["budget_mode"] == "BUDGET_MODE_TOTAL":
            wire.bad("schedule_type", "BUDGET_MODE_TOTAL needs SCHEDULE_START_END.")
        return begin, None
    if not text:
        wire.bad("schedule_end_time", "Missing data for required field (SCHEDULE_START_END).")
    end = instant("schedule_end_time", text)
    if end <= begin:
        wire.bad("schedule_end_time", "Must be later than schedule_start_time.")
    return begin, end


def _budget(call: Call, group: Mapping[str, Any], length: timedelta | None) -> None:
    mode = group["budget_mode"]
    if mode == "BUDGET_MODE_INFINITE":
        wire.bad("budget_mode", "BUDGET_MODE_INFINITE is for campaigns only.")
    money.check_group_budget(group["budget"], mode=mode, account=call.account, length=length)


def _bid(call: Call, group: Mapping[str, Any], campaign: Entity) -> None:
    kind = group.get("bid_type")
    if campaign.fields.get("budget_optimize_on") and kind is None:
        wire.bad("bid_type", "Missing data for required field (budget_optimize_on is true).")
    field = "conversion_bid_price" if group["billing_event"] == "OCPM" else "bid_price"
    if kind == "BID_TYPE_CUSTOM" and not group.get(field) and "deep_bid_type" not in group:
        wire.bad(field, "Missing data for required field (bid_type is BID_TYPE_CUSTOM).")
    if group.get("deep_bid_type") == "VO_MIN_ROAS" and not group.get("roas_bid"):
        wire.bad("roas_bid", "Missing data for required field (deep_bid_type is VO_MIN_ROAS).")
    for name in ("bid_price", "conversion_bid_price"):
        if not group.get(name):
            continue
        if kind != "BID_TYPE_CUSTOM":
            wire.bad(name, "Only supported when bid_type is BID_TYPE_CUSTOM.")
        amount = money.check_amount(name, group[name], account=call.account)
        if amount >= money.decimal(_bound(group, campaign)):
            wire.bad(name, "Must be less than the budget.")


def _bound(group: Mapping[str, Any], campaign: Entity) -> float:
    budgets = [group["budget"]] if not campaign.fields.get("budget_optimize_on") else []
    if campaign.fields["budget_mode"] != "BUDGET_MODE_INFINITE":
        budgets.append(campaign.fields["budget"])
    return float(min(budgets))
