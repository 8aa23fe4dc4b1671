"""Ad sets: what may be created and changed. Sources: Marketing API, Ad Set reference and guides."""

from datetime import datetime
from typing import Any

from adsandbox.accounts import Account
from adsandbox.meta import budgets, call, campaigns, errors, places, targeting
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity

_CLICKS = "LINK_CLICKS LANDING_PAGE_VIEWS IMPRESSIONS REACH "
#: Which goals go with which objective (Outcome-driven ad experiences).
GOALS = {
    "OUTCOME_TRAFFIC": _CLICKS + "CONVERSATIONS QUALITY_CALL PROFILE_VISIT VISIT_INSTAGRAM_PROFILE",
    "OUTCOME_SALES": _CLICKS + "OFFSITE_CONVERSIONS VALUE CONVERSATIONS QUALITY_CALL",
    "OUTCOME_LEADS": _CLICKS + "OFFSITE_CONVERSIONS LEAD_GENERATION QUALITY_LEAD CONVERSATIONS QUALITY_CALL",
    "OUTCOME_AWARENESS": "REACH IMPRESSIONS AD_RECALL_LIFT THRUPLAY",
    "OUTCOME_ENGAGEMENT": _CLICKS
    + "OFFSITE_CONVERSIONS THRUPLAY POST_ENGAGEMENT PAGE_LIKES EVENT_RESPONSES CONVERSATIONS QUALITY_CALL"
    " REMINDERS_SET PROFILE_AND_PAGE_ENGAGEMENT",
    "OUTCOME_APP_PROMOTION": "APP_INSTALLS LINK_CLICKS OFFSITE_CONVERSIONS VALUE APP_INSTALLS_AND_OFFSITE_CONVERSIONS",
}
#: Billing events other than IMPRESSIONS, and the goal that each goes with.
_BILLED = {"LINK_CLICKS": "LINK_CLICKS", "THRUPLAY": "THRUPLAY", "APP_INSTALLS": "APP_INSTALLS"}
_CONVERTS = ("OFFSITE_CONVERSIONS", "VALUE")


def create(graph: Graph, account: Account, fields: dict[str, Any]) -> Entity:
    """A new ad set from fields that fit `tables.ADSET`."""
    campaign = graph.get("campaign", fields["campaign_id"])
    if campaign is None or campaign.account_id != account.id:
        raise errors.missing("get", fields["campaign_id"])
    if campaign.deleted_at is not None:
        raise errors.invalid("The campaign of this ad set was deleted.", field="campaign_id")
    start, end = call.instant(fields.get("start_time")), _end(fields)
    _check(graph, campaign, fields, start=start or graph.now, end=end)
    if end is not None and end <= graph.now:
        raise errors.invalid("The end time must be in the future.", field="end_time", title="Invalid end time")
    flight = campaigns.flight_fields(graph, account, start=start or graph.now, end=end, end_name="end_time")
    return graph.world.store.add(
        NAME,
        "adset",
        graph.new_id("adset"),
        account_id=account.id,
        parent_id=campaign.id,
        name=fields["name"],
        status=fields.get("status", "ACTIVE"),
        fields=_kept(campaign, fields) | flight,
    )


def update(graph: Graph, adset: Entity, changes: dict[str, Any]) -> None:
    """Change an ad set by fields that fit the table of updates; ads go back into review when the targeting
    changes."""
    for fixed in ("billing_event", "optimization_goal", "promoted_object"):
        if fixed in changes and adset.fields.get(fixed) != changes[fixed] and graph.below(adset, "ad"):
            raise errors.invalid(f"{fixed} cannot be changed once the ad set has ads.", field=fixed)
    budgets.same_kind(adset.fields, changes)
    changes = _without_old_bids(adset, changes)
    merged = adset.fields | changes
    start, end = call.instant(merged["start_time"]) or graph.now, _end(merged)
    _flight(graph, adset, changes, start=start, end=end)
    _check(graph, graph.parent(adset), merged, start=start, end=end)
    flight = campaigns.flight_fields(graph, graph.account_of(adset), start=start, end=end, end_name="end_time")
    graph.world.store.update(adset, fields=campaigns.kept_fields(changes) | flight)


def _without_old_bids(adset: Entity, changes: dict[str, Any]) -> dict[str, Any]:
    """A new bid strategy leaves behind the bids that it does not use (plausible, not documented)."""
    if changes.get("bid_strategy") in (None, adset.fields.get("bid_strategy")):
        return changes
    return {"bid_amount": None, "bid_constraints": None} | changes


def _flight(graph: Graph, adset: Entity, changes: dict[str, Any], *, start: datetime, end: datetime | None) -> None:
    begun = call.instant(adset.fields["start_time"])
    if "start_time" in changes and begun is not None and begun <= graph.now and start != begun:
        raise errors.invalid(
            "The start time of an ad set that has started cannot be changed.",
            field="start_time",
            title="Start time can't be changed",
        )
    if changes.get("end_time") and end is not None and end <= graph.now:
        raise errors.invalid("The end time must be in the future.", field="end_time", title="Invalid end time")


def strategy(campaign: Entity, fields: dict[str, Any]) -> str:
    """The bid strategy that holds: the campaign's where it has the budget, else the ad set's own."""
    found = campaign.fields.get("bid_strategy") or fields.get("bid_strategy")
    if found is None:
        return "LOWEST_COST_WITH_BID_CAP" if fields.get("bid_amount") else "LOWEST_COST_WITHOUT_CAP"
    return str(found)


def _end(fields: dict[str, Any]) -> datetime | None:
    """0 means without end."""
    return None if fields.get("end_time") in (None, 0, "0") else call.instant(fields["end_time"])


def _kept(campaign: Entity, fields: dict[str, Any]) -> dict[str, Any]:
    kept = campaigns.kept_fields(fields)
    if budgets.given(fields):
        kept = {"daily_budget": "0", "lifetime_budget": "0"} | kept
        kept["bid_strategy"] = strategy(campaign, fields)
    kept.setdefault("destination_type", "UNDEFINED")
    kept.setdefault("pacing_type", ["standard"])
    spec = kept["targeting"]
    kept["targeting"] = {"age_min": 18, "age_max": 65} | spec
    return kept


def _check(graph: Graph, campaign: Entity, fields: dict[str, Any], *, start: datetime, end: datetime | None) -> None:
    account = graph.account_of(campaign)
    targeting.check(fields["targeting"], special=campaign.fields["special_ad_categories"])
    _dsa(account, fields)
    _verified(fields)
    _level(campaign, fields)
    if end is not None and end <= start:
        raise errors.invalid("The end time must be after the start time.", field="end_time", title="Invalid end time")
    if budgets.given(fields):
        budgets.lifetime_ends(fields, end)
        budgets.large_enough(fields, currency=account.currency, billing=fields["billing_event"], start=start, end=end)
    budgets.lifetime_ends(campaign.fields, end)
    _bidding(campaign, fields)
    _goal(graph, campaign, fields)
    _dayparts(campaign, fields)


def _dsa(account: Account, fields: dict[str, Any]) -> None:
    """Regulation (EU) 2022/2065: who benefits and who pays must be named where an ad reaches the EU."""
    if not targeting.reaches_eu(fields["targeting"]):
        return
    for name, subcode, word in (("dsa_payor", 3858079, "Payer"), ("dsa_beneficiary", 3858081, "Beneficiary")):
        if not fields.get(name) and not account.fields.get(f"default_{name}"):
            raise errors.invalid(
                f"{word} information is missing: ads that reach the European Union must name who benefits and"
                " who pays.",
                field=name,
                title=f"{word} missing",
                subcode=subcode,
            )


def _verified(fields: dict[str, Any]) -> None:
    """Singapore and Taiwan want verified persons by their ids (fields: SDK 26.0.3; the refusals are told of in public
    code)."""
    reached = places.countries(fields["targeting"].get("geo_locations") or {})
    named = fields.get("regional_regulated_categories") or ()
    given = fields.get("regional_regulation_identities") or {}
    for country, category, subcode in (("SG", "SINGAPORE_UNIVERSAL", 3858550), ("TW", "TAIWAN_UNIVERSAL", 3858498)):
        persons = [given.get(f"{category.lower()}_{role}") for role in ("beneficiary", "payer")]
        if country in reached and not (category in named and all(persons)):
            raise errors.invalid(
                "No verified beneficiary and payer were provided for a place that asks for them.",
                field="regional_regulated_categories",
                title="No beneficiary/payer provided",
                subcode=subcode,
            )


def _level(campaign: Entity, fields: dict[str, Any]) -> None:
    budgets.one_kind(fields)
    above, here = budgets.given(campaign.fields), budgets.given(fields)
    if above and here:
        raise errors.invalid(
            "You can only set an ad set budget or a campaign budget. To set an ad set budget, remove your"
            " campaign budget.",
            field="daily_budget" if fields.get("daily_budget") else "lifetime_budget",
            title="Can't set both ad set budget and campaign budget",
            subcode=1885621,
        )
    if not above and not here:
        raise errors.invalid(
            "You must set a daily or lifetime budget on the ad set or on its campaign.",
            field="daily_budget",
            title="A budget is missing",
        )


def _bidding(campaign: Entity, fields: dict[str, Any]) -> None:
    own, above = fields.get("bid_strategy"), campaign.fields.get("bid_strategy")
    if own and above and own != above:
        raise errors.invalid("The bid strategy is set at the campaign.", field="bid_strategy")
    held = strategy(campaign, fields)
    budgets.bid(fields, held)
    if held == "LOWEST_COST_WITH_MIN_ROAS" and fields["optimization_goal"] != "VALUE":
        raise errors.invalid("A minimum ROAS needs the optimization goal VALUE.", field="optimization_goal")


def _goal(graph: Graph, campaign: Entity, fields: dict[str, Any]) -> None:
    goal, billed = fields["optimization_goal"], fields["billing_event"]
    if goal not in GOALS[campaign.fields["objective"]].split():
        raise errors.invalid(
            "You can't use the selected performance goal with your campaign objective.",
            field="optimization_goal",
            title="Performance goal isn't available",
            subcode=2490408,
        )
    if billed != "IMPRESSIONS" and _BILLED.get(billed) != goal:
        raise errors.invalid(
            f"The billing event {billed} cannot be used with the optimization goal {goal}.",
            field="billing_event",
            title="Billing event invalid",
        )
    _promoted(graph, campaign, fields)


def _promoted(graph: Graph, campaign: Entity, fields: dict[str, Any]) -> None:
    promoted = fields.get("promoted_object") or {}
    goal = fields["optimization_goal"]
    if goal in _CONVERTS and not (
        ("pixel_id" in promoted and "custom_event_type" in promoted) or "custom_conversion_id" in promoted
    ):
        raise errors.invalid(
            f"The optimization goal {goal} needs a promoted_object with pixel_id and custom_event_type.",
            field="promoted_object",
            title="Promoted object is missing",
        )
    if goal == "LEAD_GENERATION" and "page_id" not in promoted:
        raise errors.invalid("Lead generation needs a promoted_object with page_id.", field="promoted_object")
    if promoted.get("custom_event_type") == "OTHER" and "custom_event_str" not in promoted:
        raise errors.invalid(
            "custom_event_type OTHER needs custom_event_str.", field=("promoted_object", "custom_event_str")
        )
    for name, type_ in (("pixel_id", "adspixel"), ("page_id", "page")):
        if name in promoted and graph.standing(type_, promoted[name]) is None:
            raise errors.missing("get", promoted[name])


def _dayparts(campaign: Entity, fields: dict[str, Any]) -> None:
    parts = fields.get("adset_schedule")
    parted = "day_parting" in fields.get("pacing_type", ())
    if not parts:
        if parted:
            raise errors.invalid("Pacing day_parting needs an adset_schedule.", field="adset_schedule")
        return
    if not any(int(f.get("lifetime_budget") or 0) for f in (fields, campaign.fields)):
        raise errors.invalid(
            "An ad schedule can only be used with a lifetime budget.",
            field="adset_schedule",
            title="Ad scheduling needs a lifetime budget",
        )
    if not parted:
        raise errors.invalid('An adset_schedule needs pacing_type ["day_parting"].', field="pacing_type")
    for part in parts:
        start, end = part["start_minute"], part["end_minute"]
        if start % 60 or end % 60 or end - start < 60:
            raise errors.invalid(
                "A part of the ad schedule starts and ends on the hour and lasts at least one hour.",
                field="adset_schedule",
            )
