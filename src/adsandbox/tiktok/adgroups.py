"""Ad groups: create, update, change budgets.

Source: TikTok API for Business, /adgroup/create/, /adgroup/update/, /adgroup/budget/update/.
"""

from typing import Any

from adsandbox.store import Entity
from adsandbox.tiktok import adgroup_rules, adgroup_tables, campaigns, idempotency, vocabulary, wire
from adsandbox.tiktok.api import Call, Operation, stamp
from adsandbox.tiktok.text import refuse_emoji

TYPE = "adgroup"
_APART = ("advertiser_id", "campaign_id", "adgroup_id", "adgroup_name", "request_id", "operation_status")


def create(call: Call) -> dict[str, Any]:
    """A new ad group; switched on unless the request says DISABLE."""
    args = call.args
    idempotency.refuse_replay(call, TYPE)
    campaign = campaigns.find(call, args["campaign_id"])
    campaigns.refuse_smart_plus(campaign)
    refuse_emoji(args, "adgroup_name")
    refuse_taken(call, campaign, args["adgroup_name"])
    fields = {k: v for k, v in args.items() if k not in _APART}
    fields = _defaults(fields, campaign) | fields
    adgroup_rules.check(call, fields, campaign)
    _settle(fields)
    made = call.world.store.add(
        wire.NAME,
        TYPE,
        call.world.store.next_id(wire.NAME, TYPE, digits=19),
        account_id=call.account.id,
        parent_id=campaign.id,
        name=args["adgroup_name"],
        status=args.get("operation_status", "ENABLE"),
        fields=fields,
    )
    idempotency.keep(call, made)
    made.private["modify_time"] = stamp(call.now)
    return shown(made, campaign)


def _defaults(fields: dict[str, Any], campaign: Entity) -> dict[str, Any]:
    on_tiktok = "PLACEMENT_TIKTOK" in fields.get("placements", ["PLACEMENT_TIKTOK"])
    searches = campaign.fields["objective_type"] in (
        "APP_PROMOTION",
        "WEB_CONVERSIONS",
        "TRAFFIC",
        "LEAD_GENERATION",
    )
    return {
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "gender": "GENDER_UNLIMITED",
        "age_groups": [],
        "languages": [],
        "comment_disabled": False,
        "share_disabled": False,
        "video_download_disabled": False,
        "search_result_enabled": on_tiktok and searches,
        "bid_type": None if campaign.fields.get("budget_optimize_on") else "BID_TYPE_NO_BID",
        "creative_material_mode": "CUSTOM",
    }


def _settle(fields: dict[str, Any]) -> None:
    """What TikTok fills in by itself."""
    if own := vocabulary.OWN_EVENT.get(fields["optimization_goal"]):
        fields["optimization_event"] = own
    if fields["placement_type"] == "PLACEMENT_TYPE_AUTOMATIC":
        fields["placements"] = ["PLACEMENT_TIKTOK"]


def refuse_taken(call: Call, campaign: Entity, wanted: str, except_id: str | None = None) -> None:
    """Refuse the name of an ad group that the campaign has."""
    for other in call.world.store.children(wire.NAME, campaign.id, type_=TYPE):
        if other.name == wanted and other.id != except_id:
            wire.refuse(wire.BAD_PARAMETER, "Ad group name already exists. Please try another one.")


def update(call: Call) -> dict[str, Any]:
    """Change what the update table holds; placements, goal, billing and budget mode are fixed for ever."""
    group, campaign = find(call, call.args["adgroup_id"])
    campaigns.refuse_smart_plus(campaign)
    return change(call, group, campaign, {k: v for k, v in call.args.items() if k not in _APART})


def change(call: Call, group: Entity, campaign: Entity, changes: dict[str, Any]) -> dict[str, Any]:
    """Change an ad group on either path; its name is among the arguments."""
    args = call.args
    refuse_emoji(args, "adgroup_name")
    if "adgroup_name" in args:
        refuse_taken(call, campaign, args["adgroup_name"], group.id)
    if changes.get("bid_type") == "BID_TYPE_NO_BID":
        changes = {"bid_price": None, "conversion_bid_price": None} | changes
    adgroup_rules.check_change(call, group, changes)
    adgroup_rules.check(call, group.fields | changes, campaign)
    call.world.store.update(group, name=args.get("adgroup_name"), fields=changes)
    group.private["modify_time"] = stamp(call.now)
    return shown(group, campaign)


def update_budgets(call: Call) -> dict[str, Any]:
    """Change the budgets of up to 20 ad groups at once: all, or none when one is refused."""
    wanted = [(find(call, row["adgroup_id"]), row["budget"]) for row in call.args["budget"]]
    for index, ((group, campaign), budget) in enumerate(wanted):
        campaigns.refuse_smart_plus(campaign)
        with wire.below(f"budget.{index}"):
            adgroup_rules.check(call, group.fields | {"budget": budget}, campaign)
    for (group, _), budget in wanted:
        call.world.store.update(group, fields={"budget": budget})
        group.private["modify_time"] = stamp(call.now)
    return {"adgroup_ids": [group.id for (group, _), _ in wanted]}


def find(call: Call, id_: str) -> tuple[Entity, Entity]:
    """The advertiser's ad group and its campaign, both not deleted; refused otherwise."""
    group = call.world.store.get(wire.NAME, TYPE, id_)
    if group is None or group.account_id != call.account.id:
        wire.refuse(wire.NOT_FOUND, f"Ad group {id_} does not exist.")
    if group.deleted_at is not None:
        wire.bad("adgroup_id", f"Ad group {id_} has been deleted.")
    return group, campaigns.find(call, str(group.parent_id))


def shown(group: Entity, campaign: Entity) -> dict[str, Any]:
    """The ad group as create, update and get answer it, without its secondary status."""
    optimized = campaign.fields.get("budget_optimize_on")
    return {
        "advertiser_id": group.account_id,
        "campaign_id": campaign.id,
        "campaign_name": campaign.name,
        "adgroup_id": group.id,
        "adgroup_name": group.name,
        "operation_status": group.status,
        "create_time": stamp(group.created_at),
        "modify_time": group.private.get("modify_time"),
        "is_new_structure": True,
        "is_smart_performance_campaign": campaign.fields.get("is_smart_performance_campaign", False),
        **{key: group.fields.get(key) for key in adgroup_tables.READABLE},
        "budget": 0.0 if optimized else float(group.fields["budget"]),
        "budget_mode": "BUDGET_MODE_INFINITE" if optimized else group.fields["budget_mode"],
    }


OPERATIONS = (
    Operation("POST", "adgroup/create", adgroup_tables.CREATE, create),
    Operation("POST", "adgroup/update", adgroup_tables.UPDATE, update),
    Operation("POST", "adgroup/budget/update", adgroup_tables.BUDGETS, update_budgets),
)
