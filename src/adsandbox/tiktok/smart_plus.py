"""Upgraded Smart+: create, change, get, switch and review campaigns, ad groups and ads whose creatives are lists.

Source: the official SDK's Smart+ operations. Appeals, single materials and their reports are not imitated.
Campaigns and ad groups are shown by the plain endpoints as well, Smart+ ads only here.
"""

from typing import Any

from adsandbox import review
from adsandbox.store import Entity
from adsandbox.tiktok import (
    adgroup_rules,
    adgroups,
    ads,
    campaigns,
    files,
    idempotency,
    listing,
    money,
    reviews,
    smart_plus_tables,
    switching,
    wire,
)
from adsandbox.tiktok.api import Call, Operation, stamp
from adsandbox.tiktok.standing import Observer
from adsandbox.tiktok.text import refuse_emoji

_APART = (
    "advertiser_id", "campaign_id", "adgroup_id", "smart_plus_ad_id", "request_id", "operation_status",
    "targeting_spec",
)  # fmt: skip
_NAMES = ("campaign_name", "adgroup_name", "ad_name")


def create_campaign(call: Call) -> dict[str, Any]:
    """A Smart+ campaign, whose budget is optimised across its ad groups unless switched off."""
    args = call.args
    idempotency.refuse_replay(call, campaigns.TYPE)
    refuse_emoji(args, "campaign_name")
    campaigns.refuse_taken(call, args["campaign_name"])
    optimized = args.get("budget_optimize_on", True)
    if optimized:
        for field in ("budget_mode", "budget"):
            if field not in args:
                wire.bad(field, "Missing data for required field (budget_optimize_on is true).")
        money.check_campaign_budget(args["budget"], account=call.account)
    defaults = {
        "budget_mode": "BUDGET_MODE_INFINITE",
        "budget": 0.0,
        "budget_optimize_on": optimized,
        "sales_destination": "WEBSITE" if args["objective_type"] == "WEB_CONVERSIONS" else None,
        "campaign_type": "REGULAR_CAMPAIGN",
        "is_smart_performance_campaign": True,
    }
    made = _add(call, campaigns.TYPE, None, args["campaign_name"], defaults | _kept(args))
    idempotency.keep(call, made)
    return campaigns.shown(made)


def create_adgroup(call: Call) -> dict[str, Any]:
    """A Smart+ ad group."""
    args = call.args
    idempotency.refuse_replay(call, adgroups.TYPE)
    campaign = _campaign(call, args["campaign_id"])
    refuse_emoji(args, "adgroup_name")
    adgroups.refuse_taken(call, campaign, args["adgroup_name"])
    fields = _DEFAULTS | args["targeting_spec"] | _kept(args)
    if not campaign.fields["budget_optimize_on"] and not {"budget", "budget_mode"} <= set(args):
        wire.bad("budget", "Missing data for required field (the campaign's budget is not optimized).")
    if campaign.fields["budget_mode"] == "BUDGET_MODE_TOTAL" and fields["schedule_type"] != "SCHEDULE_START_END":
        wire.bad("schedule_type", "BUDGET_MODE_TOTAL needs SCHEDULE_START_END.")
    _same_bids(call, campaign, fields)
    adgroup_rules.check(call, fields, campaign)
    made = _add(call, adgroups.TYPE, campaign, args["adgroup_name"], fields)
    idempotency.keep(call, made)
    return adgroups.shown(made, campaign)


def _same_bids(call: Call, campaign: Entity, fields: dict[str, Any]) -> None:
    """With one budget all ad groups of a campaign bid alike."""
    if not campaign.fields["budget_optimize_on"]:
        return
    for other in call.world.store.children(wire.NAME, campaign.id, type_=adgroups.TYPE):
        for field in ("bid_type", "bid_price", "conversion_bid_price"):
            if other.fields.get(field) != fields.get(field):
                wire.bad(field, "Must be the same in all ad groups of the campaign (budget_optimize_on is true).")


_DEFAULTS = {
    "placement_type": "PLACEMENT_TYPE_AUTOMATIC",
    "placements": ["PLACEMENT_TIKTOK"],
    "bid_type": "BID_TYPE_NO_BID",
    "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
    "budget": 0.0,
    "pacing": "PACING_MODE_SMOOTH",
}


def create_ad(call: Call) -> dict[str, Any]:
    """A Smart+ ad: lists of creatives and texts; no request_id, so a client looks it up by its name."""
    args = call.args
    group, campaign = adgroups.find(call, args["adgroup_id"])
    _campaign(call, campaign.id)
    refuse_emoji(args, "ad_name")
    fields = {"ad_format": "SINGLE_VIDEO"} | _kept(args)
    _check_lists(call, fields, group)
    ad = _add(call, ads.TYPE, group, args["ad_name"], fields)
    ad.private["smart_plus"] = True
    _submit(call, ad)
    return _ad_shown(ad, group, campaign)


def _submit(call: Call, ad: Entity) -> None:
    ad.private["reviewed_before"] = ad.review is not None
    ad.private["modify_time"] = stamp(call.now)
    ad.review = review.submit(call.now, [str(ad.name), *(one["ad_text"] for one in ad.fields["ad_text_list"])])
    call.world.store.update(ad)


def _check_lists(call: Call, fields: dict[str, Any], group: Entity) -> None:
    for at, one in enumerate(fields["creative_list"]):
        _check_creative(call, one["creative_info"], f"creative_list.{at}.creative_info.")
    for at, one in enumerate(fields["ad_text_list"]):
        refuse_emoji(one, "ad_text", path=f"ad_text_list.{at}.")
    for field in ("call_to_action_list", "landing_page_url_list"):
        if group.fields["promotion_type"] == "WEBSITE" and not fields.get(field):
            wire.bad(field, "Missing data for required field (promotion_type is WEBSITE).")


def update_campaign(call: Call) -> dict[str, Any]:
    """Name and budget."""
    return campaigns.change(call, _campaign(call, call.args["campaign_id"]))


def update_adgroup(call: Call) -> dict[str, Any]:
    """What the update table holds; a `targeting_spec` replaces the whole targeting, a price goes to all siblings."""
    args = call.args
    group, campaign = adgroups.find(call, args["adgroup_id"])
    _campaign(call, campaign.id)
    changes = _kept(args)
    if "targeting_spec" in args:
        changes |= {key: None for key in smart_plus_tables.TARGETING} | args["targeting_spec"]
    answer = adgroups.change(call, group, campaign, changes)
    prices = {name: value for name, value in args.items() if name in ("bid_price", "conversion_bid_price")}
    for other in call.world.store.children(wire.NAME, campaign.id, type_=adgroups.TYPE):
        call.world.store.update(other, fields=prices)
    return answer


def update_ad(call: Call) -> dict[str, Any]:
    """Any of its lists, each replaced as a whole; anything but the name goes to review again."""
    args = call.args
    ad = call.world.store.get(wire.NAME, ads.TYPE, args["smart_plus_ad_id"])
    if ad is None or ad.account_id != call.account.id or not ad.private.get("smart_plus"):
        wire.refuse(wire.NOT_FOUND, f"Ad {args['smart_plus_ad_id']} does not exist.")
    if ad.deleted_at is not None:
        wire.bad("smart_plus_ad_id", f"Ad {ad.id} has been deleted.")
    group, campaign = adgroups.find(call, str(ad.parent_id))
    refuse_emoji(args, "ad_name")
    whole = ad.fields | _kept(args)
    _check_lists(call, whole, group)
    edited = whole != ad.fields
    call.world.store.update(ad, name=args.get("ad_name"), fields=whole)
    if edited:
        _submit(call, ad)
    return _ad_shown(ad, group, campaign)


def _check_creative(call: Call, creative: dict[str, Any], path: str) -> None:
    if creative["ad_format"] != "SINGLE_VIDEO":
        wire.bad(f"{path}ad_format", f"{creative['ad_format']} is not imitated by this sandbox.")
    for field in ("identity_type", "identity_id"):
        if field not in creative:
            wire.bad(f"{path}{field}", "Missing data for required field.")
    ads.check_identity(call, creative, path)
    if "video_info" not in creative:
        wire.bad(f"{path}video_info", "Missing data for required field.")
    images = [one["web_uri"] for one in creative.get("image_info") or []]
    files.check_cover(call, creative["video_info"]["video_id"], images, path)


def _campaign(call: Call, id_: str) -> Entity:
    campaign = campaigns.find(call, id_)
    if not campaign.fields["is_smart_performance_campaign"]:
        wire.bad("campaign_id", f"Campaign {id_} is not an Upgraded Smart+ campaign.")
    return campaign


def _kept(args: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in args.items() if k not in (*_APART, *_NAMES)}


def _add(call: Call, type_: str, parent: Entity | None, name: str, fields: dict[str, Any]) -> Entity:
    made = call.world.store.add(
        wire.NAME,
        type_,
        call.world.store.next_id(wire.NAME, type_, digits=19),
        account_id=call.account.id,
        parent_id=None if parent is None else parent.id,
        name=name,
        status=call.args.get("operation_status", "ENABLE"),
        fields=fields,
    )
    made.private["modify_time"] = stamp(call.now)
    return made


def _ad_shown(ad: Entity, group: Entity, campaign: Entity) -> dict[str, Any]:
    return {
        "advertiser_id": ad.account_id,
        "campaign_id": campaign.id,
        "adgroup_id": group.id,
        "smart_plus_ad_id": ad.id,
        "ad_name": ad.name,
        "operation_status": ad.status,
        "create_time": stamp(ad.created_at),
        "modify_time": ad.private.get("modify_time"),
        **{key: ad.fields.get(key) for key in _LISTS},
    }


_LISTS = (
    "creative_list", "ad_text_list", "call_to_action_list", "landing_page_url_list", "ad_configuration",
    "deeplink_list", "interactive_add_on_list", "page_list", "auto_message_list",
)  # fmt: skip


def get_campaigns(call: Call) -> dict[str, Any]:
    """Smart+ campaigns."""
    call.args["filtering"] = call.args.get("filtering", {}) | {"is_smart_performance_campaign": True}
    return listing.get_campaigns(call)


def get_adgroups(call: Call) -> dict[str, Any]:
    """Smart+ ad groups, their targeting gathered in `targeting_spec`."""
    observer, rows = Observer(call.world, call.now), []
    for group, campaign in _below(call, adgroups.TYPE):
        spec = {key: group.fields.get(key) for key in smart_plus_tables.TARGETING}
        row = {k: v for k, v in adgroups.shown(group, campaign).items() if k not in spec}
        extra = {"targeting_spec": spec, "objective_type": campaign.fields["objective_type"]}
        rows.append(row | extra | {"secondary_status": observer.adgroup(group)})
    return listing.answer(call, rows)


def get_ads(call: Call) -> dict[str, Any]:
    """Smart+ ads."""
    observer, rows = Observer(call.world, call.now), []
    for ad, group in _below(call, ads.TYPE):
        campaign = listing.above(call, group)
        extra = {
            "objective_type": campaign.fields["objective_type"],
            "optimization_goal": group.fields["optimization_goal"],
            "secondary_status": observer.ad(ad),
        }
        rows.append(_ad_shown(ad, group, campaign) | extra)
    return listing.answer(call, rows, hidden=("optimization_goal",))


def _below(call: Call, type_: str) -> list[tuple[Entity, Entity]]:
    found = []
    for entity in listing.everything(call, type_):
        parent = top = listing.above(call, entity)
        while top.parent_id is not None:
            top = listing.above(call, top)
        if top.fields["is_smart_performance_campaign"]:
            found.append((entity, parent))
    return found


def review_info(call: Call) -> dict[str, Any]:
    """Review results of Smart+ ads."""
    found = []
    for id_ in call.args["smart_plus_ad_ids"]:
        ad = call.world.store.get(wire.NAME, ads.TYPE, id_)
        if ad is None or ad.account_id != call.account.id or not ad.private.get("smart_plus"):
            wire.bad("smart_plus_ad_ids", f"Ad {id_} does not exist.")
        found.append({"smart_plus_ad_id": id_, **reviews.result(call, ad)})
    return {"smart_plus_ad_review_infos": found}


def switch_ads(call: Call) -> dict[str, Any]:
    """Switch Smart+ ads."""
    return switching.switch_ads(call, key="smart_plus_ad_ids")


_CAMPAIGNS = smart_plus_tables.filter_table("campaign_ids", "campaign_name")
_ADGROUPS = smart_plus_tables.filter_table(
    "campaign_ids", "adgroup_ids", "adgroup_name", "optimization_goal", "promotion_type"
)
_ADS = smart_plus_tables.filter_table(
    "campaign_ids", "adgroup_ids", "smart_plus_ad_ids", "optimization_goal", "modified_after"
)

OPERATIONS = (
    Operation("POST", "smart_plus/campaign/create", smart_plus_tables.CAMPAIGN, create_campaign),
    Operation("POST", "smart_plus/adgroup/create", smart_plus_tables.ADGROUP, create_adgroup),
    Operation("POST", "smart_plus/ad/create", smart_plus_tables.AD, create_ad),
    Operation("POST", "smart_plus/campaign/update", smart_plus_tables.CAMPAIGN_UPDATE, update_campaign),
    Operation("POST", "smart_plus/adgroup/update", smart_plus_tables.ADGROUP_UPDATE, update_adgroup),
    Operation("POST", "smart_plus/ad/update", smart_plus_tables.AD_UPDATE, update_ad),
    Operation("GET", "smart_plus/campaign/get", _CAMPAIGNS, get_campaigns),
    Operation("GET", "smart_plus/adgroup/get", _ADGROUPS, get_adgroups),
    Operation("GET", "smart_plus/ad/get", _ADS, get_ads),
    Operation("GET", "smart_plus/ad/review_info", smart_plus_tables.REVIEWS, review_info),
    Operation("POST", "smart_plus/campaign/status/update", switching.CAMPAIGNS, switching.switch_campaigns),
    Operation("POST", "smart_plus/adgroup/status/update", switching.ADGROUPS, switching.switch_adgroups),
    Operation("POST", "smart_plus/ad/status/update", switching.table("smart_plus_ad_ids"), switch_ads),
)
