"""Campaigns: create and update. Reading and status are the same for all levels (`listing.py`, `status.py`).

Source: TikTok API for Business, /campaign/create/ and /campaign/update/; field names of the official SDK.
"""

from typing import Any

from adsandbox.accounts import Account
from adsandbox.schema import Field, array, boolean, enum, number, text
from adsandbox.store import Entity
from adsandbox.tiktok import idempotency, money, vocabulary, wire
from adsandbox.tiktok.api import Call, Operation, stamp
from adsandbox.tiktok.text import name, refuse_emoji

TYPE = "campaign"

_SHARED: dict[str, Field] = {
    "po_number": text(),
    "special_industries": array(enum(*vocabulary.SPECIAL_INDUSTRIES)),
}

CREATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "campaign_name": name(required=True),
    "objective_type": enum(*vocabulary.OBJECTIVES, required=True),
    "request_id": idempotency.KEY,
    "budget_mode": enum(*vocabulary.BUDGET_MODES, required=True),
    "budget": number(),
    "budget_optimize_on": boolean(),
    "operation_status": enum(*vocabulary.OPERATION_STATUS),
    "campaign_type": enum("REGULAR_CAMPAIGN", "IOS14_CAMPAIGN"),
    "app_promotion_type": enum("APP_INSTALL", "APP_RETARGETING", "APP_PREREGISTRATION"),
    "app_id": text(least=1),
    "campaign_product_source": enum("CATALOG", "STORE"),
    "bid_type": enum(*vocabulary.BID_TYPES),
    "deep_bid_type": enum(*vocabulary.DEEP_BID_TYPES),
    "roas_bid": number(),
    "optimization_goal": enum(*vocabulary.BILLING),
    "sales_destination": enum("TIKTOK_SHOP", "WEBSITE", "APP"),
    "virtual_objective_type": enum("SALES"),
    "is_search_campaign": boolean(),
    "is_advanced_dedicated_campaign": boolean(),
    "disable_skan_campaign": boolean(),
    "catalog_enabled": boolean(),
    "campaign_app_profile_page_state": enum("ON", "OFF"),
    "rf_campaign_type": enum("STANDARD", "PULSE"),
    "postback_window_mode": enum("POSTBACK_WINDOW_MODE1", "POSTBACK_WINDOW_MODE2", "POSTBACK_WINDOW_MODE3"),
    "rta_id": text(),
    "rta_bid_enabled": boolean(),
    "rta_product_selection_enabled": boolean(),
    "internal_channel": text(),
    "plugin_partner": text(),
    **_SHARED,
}

UPDATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "campaign_id": text(required=True, least=1),
    "campaign_name": name(),
    "budget": number(),
    **_SHARED,
}


def create(call: Call) -> dict[str, Any]:
    """A new campaign; switched on unless the request says DISABLE."""
    args = call.args
    idempotency.refuse_replay(call, TYPE)
    _refuse_ended(call)
    refuse_emoji(args, "campaign_name")
    refuse_taken(call, args["campaign_name"])
    _check_budget(args, call.account)
    made = call.world.store.add(
        wire.NAME,
        TYPE,
        call.world.store.next_id(wire.NAME, TYPE, digits=19),
        account_id=call.account.id,
        name=args["campaign_name"],
        status=args.get("operation_status", "ENABLE"),
        fields={k: v for k, v in args.items() if k not in _NOT_KEPT} | _defaults(args),
    )
    idempotency.keep(call, made)
    made.private["modify_time"] = stamp(call.now)
    return shown(made)


def _refuse_ended(call: Call) -> None:
    """From the day that control sets, these objectives are made by Smart+ alone (told by a third party only)."""
    ends_on, objective = call.account.fields.get("manual_ends_on"), call.args["objective_type"]
    if ends_on and call.now.date().isoformat() >= ends_on and objective in vocabulary.ENDING_OBJECTIVES:
        wire.bad("objective_type", f"{objective} is only supported by Upgraded Smart+ campaigns.")


_NOT_KEPT = ("advertiser_id", "campaign_name", "request_id", "operation_status")


def _defaults(args: dict[str, Any]) -> dict[str, Any]:
    return {
        "budget": args.get("budget", 0.0),
        "budget_optimize_on": args.get("budget_optimize_on", False),
        "campaign_type": args.get("campaign_type", "REGULAR_CAMPAIGN"),
        "is_smart_performance_campaign": False,
    }


def _check_budget(args: dict[str, Any], account: Account) -> None:
    mode = args["budget_mode"]
    if mode == "BUDGET_MODE_INFINITE":
        if args.get("budget_optimize_on"):
            wire.bad("budget_mode", "BUDGET_MODE_INFINITE does not go with budget_optimize_on.")
        if args.get("budget"):
            wire.bad("budget", "Not supported when budget_mode is BUDGET_MODE_INFINITE.")
        return
    if "budget" not in args:
        wire.bad("budget", "Missing data for required field.")
    money.check_campaign_budget(args["budget"], account=account)


def refuse_taken(call: Call, wanted: str, *, except_id: str | None = None) -> None:
    """Refuse the name of a campaign that exists in the account and is not deleted."""
    for other in call.world.store.all(wire.NAME, type_=TYPE):
        if (other.account_id, other.name) == (call.account.id, wanted) and other.id != except_id:
            wire.refuse(wire.BAD_PARAMETER, "Campaign name already exists. Please try another one.")


def refuse_smart_plus(campaign: Entity) -> None:
    """Refuse what the plain endpoints do not do to Smart+ campaigns; which code TikTok gives is not documented."""
    if campaign.fields.get("is_smart_performance_campaign"):
        wire.bad("campaign_id", f"Campaign {campaign.id} is an Upgraded Smart+ campaign. Use the Smart+ endpoints.")


def update(call: Call) -> dict[str, Any]:
    """Change name, budget, special industries or purchase order; the rest is not in the table, so refused."""
    campaign = find(call, call.args["campaign_id"])
    refuse_smart_plus(campaign)
    return change(call, campaign)


def change(call: Call, campaign: Entity) -> dict[str, Any]:
    """Change a campaign on either path."""
    args = call.args
    refuse_emoji(args, "campaign_name")
    if "campaign_name" in args:
        refuse_taken(call, args["campaign_name"], except_id=campaign.id)
    if "budget" in args:
        if campaign.fields["budget_mode"] == "BUDGET_MODE_INFINITE":
            wire.bad("budget", "Not supported when budget_mode is BUDGET_MODE_INFINITE.")
        money.check_campaign_budget(args["budget"], account=call.account)
    kept = {k: args[k] for k in ("budget", *_SHARED) if k in args}
    call.world.store.update(campaign, name=args.get("campaign_name"), fields=kept)
    campaign.private["modify_time"] = stamp(call.now)
    return shown(campaign)


def find(call: Call, id_: str) -> Entity:
    """The advertiser's campaign, not deleted; refused with 40007 or 40002 otherwise."""
    campaign = call.world.store.get(wire.NAME, TYPE, id_)
    if campaign is None or campaign.account_id != call.account.id:
        wire.refuse(wire.NOT_FOUND, f"Campaign {id_} does not exist.")
    if campaign.deleted_at is not None:
        wire.bad("campaign_id", f"Campaign {id_} has been deleted.")
    return campaign


def shown(campaign: Entity) -> dict[str, Any]:
    """The campaign as create, update and get answer it, without its secondary status."""
    fields = campaign.fields
    return {
        "advertiser_id": campaign.account_id,
        "campaign_id": campaign.id,
        "campaign_name": campaign.name,
        "operation_status": campaign.status,
        "create_time": stamp(campaign.created_at),
        "modify_time": campaign.private.get("modify_time"),
        "objective": "APP" if fields["objective_type"] == "APP_PROMOTION" else "LANDING_PAGE",
        "is_new_structure": True,
        "campaign_automation_type": "UPGRADED_SMART_PLUS" if fields["is_smart_performance_campaign"] else "MANUAL",
        **{key: fields.get(key) for key in _READABLE},
        "budget": float(fields["budget"]),
    }


_READABLE = (
    "objective_type", "budget_mode", "budget", "budget_optimize_on", "campaign_type", "app_promotion_type",
    "app_id", "bid_type", "deep_bid_type", "roas_bid", "optimization_goal", "is_smart_performance_campaign",
    "special_industries", "po_number", "campaign_product_source", "rf_campaign_type", "postback_window_mode",
    "virtual_objective_type", "sales_destination", "is_search_campaign", "is_advanced_dedicated_campaign",
    "disable_skan_campaign", "campaign_app_profile_page_state", "rta_id", "rta_bid_enabled",
    "rta_product_selection_enabled",
)  # fmt: skip

OPERATIONS = (
    Operation("POST", "campaign/create", CREATE, create),
    Operation("POST", "campaign/update", UPDATE, update),
)
