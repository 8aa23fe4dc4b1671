"""Ads: create and update. Each new or edited ad goes to review.

Source: TikTok API for Business, /ad/create/ and /ad/update/.
"""

from typing import Any

from adsandbox import review
from adsandbox.faults import Fault
from adsandbox.store import Entity
from adsandbox.tiktok import ad_tables, adgroups, campaigns, files, vocabulary, wire
from adsandbox.tiktok.api import Call, Operation, stamp
from adsandbox.tiktok.text import refuse_emoji

TYPE = "ad"
_MOST = 20
_APART = ("ad_id", "ad_name", "operation_status")


def create(call: Call) -> dict[str, Any]:
    """New ads in one ad group: all or none, except under the fault `partial`, which makes the first half."""
    group, campaign = adgroups.find(call, call.args["adgroup_id"])
    campaigns.refuse_smart_plus(campaign)
    creatives = call.args["creatives"]
    there = call.world.store.children(wire.NAME, group.id, type_=TYPE)
    if len(there) + len(creatives) > _MOST:
        wire.refuse(wire.TOO_MANY_ADS, f"An ad group holds at most {_MOST} ads.")
    for at, creative in enumerate(creatives):
        _check(call, creative, group, campaign, path=f"creatives.{at}.")
    if call.fault is Fault.PARTIAL:
        made = [_add(call, creative, group) for creative in creatives[: len(creatives) // 2]]
        raise wire.Refused(wire.PARTIAL, "Partial success.", _answer(made, group, campaign))
    return _answer([_add(call, creative, group) for creative in creatives], group, campaign)


def _answer(ads: list[Entity], group: Entity, campaign: Entity) -> dict[str, Any]:
    return {
        "ad_ids": [ad.id for ad in ads],
        "creatives": [shown(ad, group, campaign) for ad in ads],
        "need_audit": True,
    }


def _add(call: Call, creative: dict[str, Any], group: Entity) -> Entity:
    id_ = call.world.store.next_id(wire.NAME, TYPE, digits=19)
    ad = call.world.store.add(
        wire.NAME,
        TYPE,
        id_,
        account_id=call.account.id,
        parent_id=group.id,
        name=creative["ad_name"] or id_,
        status=creative.get("operation_status", "ENABLE"),
        fields={k: v for k, v in creative.items() if k not in _APART},
    )
    _submit(call, ad)
    return ad


def _submit(call: Call, ad: Entity) -> None:
    texts = [str(ad.name), str(ad.fields.get("ad_text") or ""), *(ad.fields.get("ad_texts") or [])]
    ad.private["reviewed_before"] = ad.review is not None
    ad.private["modify_time"] = stamp(call.now)
    ad.review = review.submit(call.now, texts)
    call.world.store.update(ad)


def _check(call: Call, creative: dict[str, Any], group: Entity, campaign: Entity, *, path: str) -> None:
    refuse_emoji(creative, "ad_name", "ad_text", "display_name", path=path)
    if "\n" in (creative.get("ad_text") or ""):
        wire.bad(f"{path}ad_text", "Line breaks are not supported.")
    check_identity(call, creative, path)
    _media(call, creative, group, path)
    if not creative.get("tiktok_item_id") and "ad_text" not in creative and "ad_texts" not in creative:
        wire.bad(f"{path}ad_text", "Missing data for required field.")
    website = str(group.fields.get("promotion_type")) == "WEBSITE"
    if website and not (creative.get("landing_page_url") or creative.get("page_id")):
        wire.bad(f"{path}landing_page_url", "Missing data for required field (promotion_type is WEBSITE).")
    asked = campaign.fields["objective_type"] not in vocabulary.AWARENESS or creative.get("landing_page_url")
    if asked and not (creative.get("call_to_action") or creative.get("call_to_action_id")):
        wire.bad(f"{path}call_to_action", "Missing data for required field.")


def check_identity(call: Call, creative: dict[str, Any], path: str) -> None:
    """An identity of the advertiser that new campaigns may use; 40002 naming the field otherwise."""
    kind, id_ = creative["identity_type"], creative["identity_id"]
    if kind == "CUSTOMIZED_USER":
        wire.bad(
            f"{path}identity_type",
            "CUSTOMIZED_USER is no longer supported for new campaigns. Use TT_USER or BC_AUTH_TT.",
        )
    found = call.world.store.get(wire.NAME, "identity", id_)
    mine = found is not None and found.account_id == call.account.id and found.deleted_at is None
    if found is None or not mine or found.fields["identity_type"] != kind:
        wire.bad(f"{path}identity_id", f"Identity {id_} of type {kind} does not exist.")
    center = creative.get("identity_authorized_bc_id")
    if kind == "BC_AUTH_TT" and not center:
        wire.bad(f"{path}identity_authorized_bc_id", "Missing data for required field.")
    if kind == "BC_AUTH_TT" and center != found.fields["identity_authorized_bc_id"]:
        wire.bad(f"{path}identity_authorized_bc_id", f"Business Center {center} does not authorize identity {id_}.")


def _media(call: Call, creative: dict[str, Any], group: Entity, path: str) -> None:
    kind, images = creative["ad_format"], creative.get("image_ids") or []
    if kind not in ("SINGLE_VIDEO", "SINGLE_IMAGE", "CAROUSEL_ADS"):
        wire.bad(f"{path}ad_format", f"{kind} is not imitated by this sandbox.")
    if kind == "SINGLE_VIDEO":
        _film(call, creative, images, path)
    else:
        _pictures(call, creative, images, group, path)


def _film(call: Call, creative: dict[str, Any], images: list[str], path: str) -> None:
    if creative.get("tiktok_item_id"):
        return
    if not creative.get("video_id"):
        wire.bad(f"{path}video_id", "Missing data for required field (ad_format is SINGLE_VIDEO).")
    files.check_cover(call, creative["video_id"], images, path)


def _pictures(call: Call, creative: dict[str, Any], images: list[str], group: Entity, path: str) -> None:
    kind = creative["ad_format"]
    if creative.get("video_id"):
        wire.bad(f"{path}video_id", f"Not supported when ad_format is {kind}.")
    if not images:
        wire.bad(f"{path}image_ids", "Missing data for required field.")
    for id_ in images:
        files.image(call, id_, f"{path}image_ids")
    if kind == "SINGLE_IMAGE" and group.fields.get("placements") == ["PLACEMENT_TIKTOK"]:
        wire.bad(f"{path}ad_format", "SINGLE_IMAGE is not supported by PLACEMENT_TIKTOK.")
    if kind == "SINGLE_IMAGE" and len(images) != 1:
        wire.bad(f"{path}image_ids", "Exactly one image is expected.")
    if kind == "CAROUSEL_ADS" and not creative.get("music_id"):
        wire.bad(f"{path}music_id", "Missing data for required field (ad_format is CAROUSEL_ADS).")


def update(call: Call) -> dict[str, Any]:
    """Change ads of one ad group; with patch_update only the fields given, else the whole creative.

    A change of anything but the name sends the ad to review again. A patch of a field that cannot be patched is
    refused here; what TikTok does with it is not documented.
    """
    group, campaign = adgroups.find(call, call.args["adgroup_id"])
    campaigns.refuse_smart_plus(campaign)
    planned = []
    for at, sent in enumerate(call.args["creatives"]):
        change = _patch(sent, path=f"creatives.{at}.") if call.args.get("patch_update") else sent
        ad = _find(call, group, change["ad_id"], path=f"creatives.{at}.")
        fields = {k: v for k, v in change.items() if k not in _APART}
        whole = ad.fields | fields if call.args.get("patch_update") else _kept(ad) | fields
        creative = whole | {"ad_name": change.get("ad_name", ad.name)}
        for field in ("ad_format", "identity_type", "identity_id"):
            if field not in creative:
                wire.bad(f"creatives.{at}.{field}", "Missing data for required field.")
        _check(call, creative, group, campaign, path=f"creatives.{at}.")
        planned.append((ad, creative, whole))
    for ad, creative, whole in planned:
        edited = whole != ad.fields
        ad.fields.clear()
        call.world.store.update(ad, name=creative["ad_name"] or ad.id, fields=whole)
        if edited:
            _submit(call, ad)
    return _answer([ad for ad, _, _ in planned], group, campaign)


def _patch(change: dict[str, Any], *, path: str) -> dict[str, Any]:
    patched = {field: value for field, value in change.items() if field in (*ad_tables.PATCHED, "ad_id")}
    for field in change.keys() - patched.keys():
        if field not in ad_tables.ALWAYS_SAID or change[field] != ad_tables.ALWAYS_SAID[field]:
            wire.bad(f"{path}{field}", "Not supported when patch_update is true.")
    return patched


def _kept(ad: Entity) -> dict[str, Any]:
    """What no update can reach, so a whole replacement keeps it."""
    return {k: v for k, v in ad.fields.items() if k not in ad_tables.CHANGE}


def _find(call: Call, group: Entity, id_: str, *, path: str) -> Entity:
    ad = call.world.store.get(wire.NAME, TYPE, id_)
    if ad is None or ad.parent_id != group.id:
        wire.refuse(wire.NOT_FOUND, f"Ad {id_} does not exist in ad group {group.id}.")
    if ad.deleted_at is not None:
        wire.bad(f"{path}ad_id", f"Ad {id_} has been deleted.")
    return ad


def shown(ad: Entity, group: Entity, campaign: Entity) -> dict[str, Any]:
    """The ad as create, update and get answer it, without its secondary status."""
    return {
        "advertiser_id": ad.account_id,
        "campaign_id": campaign.id,
        "campaign_name": campaign.name,
        "adgroup_id": group.id,
        "adgroup_name": group.name,
        "ad_id": ad.id,
        "ad_name": ad.name,
        "operation_status": ad.status,
        "create_time": stamp(ad.created_at),
        "modify_time": ad.private.get("modify_time"),
        "is_new_structure": True,
        "is_aco": False,
        "optimization_event": group.fields.get("optimization_event"),
        **{key: ad.fields.get(key) for key in ad_tables.READABLE},
    }


OPERATIONS = (
    Operation("POST", "ad/create", ad_tables.CREATE, create),
    Operation("POST", "ad/update", ad_tables.UPDATE, update),
)
