"""Campaigns: what may be created and changed. Sources: Marketing API, Ad Campaign Group reference."""

from typing import Any

from adsandbox.accounts import Account
from adsandbox.meta import budgets, call, errors, tables
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity


def create(graph: Graph, account: Account, fields: dict[str, Any]) -> Entity:
    """A new campaign from fields that fit `tables.CAMPAIGN`."""
    _objective(fields)
    _special(fields)
    _sharing(fields)
    start, end = _flight(graph, fields)
    _budget(account, fields, start=start or graph.now, end=end)
    kept = kept_fields(fields)
    kept.setdefault("buying_type", "AUCTION")
    if budgets.given(fields):
        kept.setdefault("bid_strategy", "LOWEST_COST_WITHOUT_CAP")
    kept |= flight_fields(graph, account, start=start or graph.now, end=end, end_name="stop_time")
    return graph.world.store.add(
        NAME,
        "campaign",
        graph.new_id("campaign"),
        account_id=account.id,
        name=fields["name"],
        status=fields.get("status", "ACTIVE"),
        fields=kept,
    )


def update(graph: Graph, campaign: Entity, changes: dict[str, Any]) -> None:
    """Change a campaign by fields that fit the table of updates."""
    account = graph.account_of(campaign)
    if changes.get("objective", campaign.fields["objective"]) != campaign.fields["objective"]:
        raise errors.invalid("The objective of a campaign cannot be changed.", field="objective")
    merged = campaign.fields | changes
    _special(merged)
    if budgets.given(changes):
        budgets.same_kind(campaign.fields, changes)
        _adsets_without_budget(graph, campaign)
    start, end = call.instant(merged["start_time"]), call.instant(merged.get("stop_time"))
    _budget(account, merged, start=start, end=end)
    flight = flight_fields(graph, account, start=start, end=end, end_name="stop_time")
    graph.world.store.update(campaign, fields=kept_fields(changes) | flight)


def flight_fields(graph: Graph, account: Account, *, start: Any, end: Any, end_name: str) -> dict[str, Any]:
    """Start and end as they are read back: on the account's wall clock."""
    end_text = None if end is None else graph.clock_text(end, account)
    return {"start_time": graph.clock_text(start, account), end_name: end_text}


def kept_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """What the ledger keeps of a write: amounts as text, without what stands elsewhere."""
    apart = ("name", "status", "execution_options", "start_time", "stop_time", "end_time")
    return {
        name: str(value) if name in budgets.AMOUNTS else value for name, value in fields.items() if name not in apart
    }


def _objective(fields: dict[str, Any]) -> None:
    if fields["objective"] in tables.OLD_OBJECTIVES:
        raise errors.invalid(
            f"Objective {fields['objective']} is invalid. Use one of: {', '.join(tables.OBJECTIVES)}.",
            field="objective",
            title="Objective is invalid",
            subcode=1815715,
        )
    if fields.get("buying_type") == "RESERVED":
        raise errors.invalid("Reservation buying is not available to this account.", field="buying_type")


def _special(fields: dict[str, Any]) -> None:
    categories = [one for one in fields["special_ad_categories"] if one != "NONE"]
    if categories and not fields.get("special_ad_category_country"):
        raise errors.invalid(
            "A campaign in a special ad category must name its countries in special_ad_category_country.",
            field="special_ad_category_country",
        )


def _sharing(fields: dict[str, Any]) -> None:
    flag = fields.get("is_adset_budget_sharing_enabled")
    if budgets.given(fields):
        if flag:
            raise errors.invalid(
                "You can't use ad set budget sharing with a campaign budget.",
                field="is_adset_budget_sharing_enabled",
                subcode=4834002,
            )
        return
    if flag is None:
        raise errors.invalid(
            "Must specify True or False in is_adset_budget_sharing_enabled field. This field is required if"
            " you are not setting the budget at the campaign level.",
            field="is_adset_budget_sharing_enabled",
            title="Must specify True or False in is_adset_budget_sharing_enabled field",
            subcode=4834011,
        )
    if flag and "bid_strategy" not in fields:
        raise errors.invalid(
            "You can't enable ad set budget sharing without a bid strategy.",
            field="bid_strategy",
            subcode=4834005,
        )
    if not flag and "bid_strategy" in fields:
        raise errors.invalid("A bid strategy at the campaign needs a campaign budget.", field="bid_strategy")


def _flight(graph: Graph, fields: dict[str, Any]) -> tuple[Any, Any]:
    start, end = call.instant(fields.get("start_time")), call.instant(fields.get("stop_time"))
    if end is not None and end <= (start or graph.now):
        raise errors.invalid("The stop time must be after the start time.", field="stop_time")
    return start, end


def _budget(account: Account, fields: dict[str, Any], *, start: Any, end: Any) -> None:
    budgets.one_kind(fields)
    if budgets.given(fields):
        budgets.large_enough(fields, currency=account.currency, billing="IMPRESSIONS", start=start, end=end)


def _adsets_without_budget(graph: Graph, campaign: Entity) -> None:
    if budgets.given(campaign.fields):
        return
    if any(budgets.given(adset.fields) for adset in graph.below(campaign, "adset")):
        raise errors.invalid(
            "You can only set an ad set budget or a campaign budget.", field="daily_budget", subcode=1885621
        )
