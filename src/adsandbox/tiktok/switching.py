"""/campaign|adgroup|ad/status/update/: ENABLE, DISABLE, DELETE for 1 to 20 objects. What is deleted stays so.

Source: TikTok API for Business. All ids or none, except for ad groups with `allow_partial_success`.
"""

from typing import Any

from adsandbox.faults import Fault
from adsandbox.schema import Field, boolean, enum, text
from adsandbox.store import Entity
from adsandbox.tiktok import adgroups, ads, campaigns, vocabulary, wire
from adsandbox.tiktok.api import Call, Operation, ids, stamp


def table(key: str, **more: Field) -> dict[str, Field]:
    """The body of a status update whose ids are in this field."""
    return {
        "advertiser_id": text(required=True, least=1),
        key: ids(required=True, most=20),
        "operation_status": enum(*vocabulary.OPERATIONS, required=True),
        **more,
    }


CAMPAIGNS = table(
    "campaign_ids",
    postback_window_mode=enum("POSTBACK_WINDOW_MODE1", "POSTBACK_WINDOW_MODE2", "POSTBACK_WINDOW_MODE3"),
)
ADGROUPS = table("adgroup_ids", allow_partial_success=boolean())
ADS = table("ad_ids", aco_ad_ids=ids(least=0, most=20))


def switch_campaigns(call: Call) -> dict[str, Any]:
    """Switch campaigns on or off, or delete them with all below."""
    changed, failed = _switch(call, campaigns.TYPE, "campaign_ids", partly=False)
    verb = call.args["operation_status"]
    listed = [{"campaign_id": id_, "status": verb, "postback_window_mode": None} for id_ in changed]
    return _answer({"campaign_ids": changed, "status": verb, "campaign_list": listed}, "campaign_id", failed)


def switch_adgroups(call: Call) -> dict[str, Any]:
    """Switch ad groups; with `allow_partial_success` those that can be, and a list of the others."""
    partly = call.args.get("allow_partial_success", False)
    changed, failed = _switch(call, adgroups.TYPE, "adgroup_ids", partly=partly)
    data = {"adgroup_ids": changed, "status": call.args["operation_status"]}
    return _answer(data | ({"error_list": []} if partly else {}), "adgroup_id", failed)


def switch_ads(call: Call, *, key: str = "ad_ids") -> dict[str, Any]:
    """Switch ads, whose ids are in the field `key`; automated creative ads (`aco_ad_ids`) do not exist here."""
    if call.args.get("aco_ad_ids"):
        wire.bad("aco_ad_ids", "Automated creative ads are not imitated by this sandbox.")
    changed, failed = _switch(call, ads.TYPE, key, partly=False)
    return _answer({key: changed, "status": call.args["operation_status"]}, "ad_id", failed)


def _answer(data: dict[str, Any], key: str, failed: dict[str, str]) -> dict[str, Any]:
    if not failed:
        return data
    listed = [{key: id_, "error_message": why} for id_, why in failed.items()]
    raise wire.Refused(wire.PARTIAL, "Partial success.", data | {"error_list": listed})


def _switch(call: Call, type_: str, key: str, *, partly: bool) -> tuple[list[str], dict[str, str]]:
    wanted = list(dict.fromkeys(call.args[key]))
    failed = {id_: why for id_ in wanted if (why := _obstacle(call, type_, id_)) is not None}
    if failed and not partly:
        wire.bad(key, next(iter(failed.values())))
    good = [id_ for id_ in wanted if id_ not in failed]
    if call.fault is Fault.PARTIAL:
        late = good[len(good) // 2 :]
        failed |= {id_: "The operation failed. Please try again." for id_ in late}
        good = good[: len(good) // 2]
    for id_ in good:
        entity = call.world.store.get(wire.NAME, type_, id_)
        if entity is not None:
            _change(call, entity)
    return good, failed


def _obstacle(call: Call, type_: str, id_: str) -> str | None:
    entity = call.world.store.get(wire.NAME, type_, id_)
    if entity is None or entity.account_id != call.account.id:
        return f"{id_} does not exist."
    at: Entity | None = entity
    while at is not None:
        if at.deleted_at is not None:
            return f"{id_} has been deleted, its status cannot be changed."
        at = call.world.store.parent(at)
    if call.account.suspended and call.args["operation_status"] == "ENABLE":
        return "The advertiser is suspended."
    return None


def _change(call: Call, entity: Entity) -> None:
    verb = call.args["operation_status"]
    entity.private["modify_time"] = stamp(call.now)
    if verb == "DELETE":
        call.world.store.delete(entity, status="DELETE")
    else:
        call.world.store.update(entity, status=verb)


OPERATIONS = (
    Operation("POST", "campaign/status/update", CAMPAIGNS, switch_campaigns),
    Operation("POST", "adgroup/status/update", ADGROUPS, switch_adgroups),
    Operation("POST", "ad/status/update", ADS, switch_ads),
)
