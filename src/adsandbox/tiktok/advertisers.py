"""The advertiser and what belongs to it: person, identities, pixels.

Source: TikTok API for Business, /advertiser/info/, /user/info/, /identity/get/ and create/, /pixel/list/.
"""

from typing import Any

from adsandbox.accounts import Account
from adsandbox.schema import Field, array, enum, integer, obj, text
from adsandbox.store import Entity
from adsandbox.tiktok import files, vocabulary, wire
from adsandbox.tiktok.api import Call, Operation, ids, page, page_fields
from adsandbox.tiktok.text import refuse_emoji, width

_INFO = {"advertiser_ids": ids(required=True), "fields": array(text())}
_IDENTITIES: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "identity_type": enum(*vocabulary.IDENTITY_TYPES),
    "identity_authorized_bc_id": text(),
    "filtering": obj({"keyword": text()}),
    **page_fields(most=100),
}
_IDENTITY: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "display_name": text(required=True, least=1, most=40, length=width),
    "image_uri": text(required=True, least=1),
}
_PIXELS: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "pixel_id": text(),
    "code": text(),
    "name": text(),
    "order_by": enum("EARLIEST_CREATE", "LATEST_CREATE"),
    "filtering": obj({}),
    "page": integer(least=1),
    "page_size": integer(least=1, most=20),
}


def info(call: Call) -> dict[str, Any]:
    """Name, currency, time zone and standing of advertisers."""
    rows = [_advertiser(call, call.may(id_)) for id_ in call.args["advertiser_ids"]]
    wanted = call.args.get("fields")
    if wanted is None:
        return {"list": rows}
    if unknown := [name for name in wanted if name not in rows[0]]:
        wire.bad("fields", f"Invalid fields: {unknown}.")
    return {"list": [{k: row[k] for k in dict.fromkeys(("advertiser_id", *wanted))} for row in rows]}


def _advertiser(call: Call, account: Account) -> dict[str, Any]:
    return {
        "advertiser_id": account.id,
        "name": account.name,
        "status": account.fields.get("status") or ("STATUS_DISABLE" if account.suspended else "STATUS_ENABLE"),
        "role": "ROLE_ADVERTISER",
        "currency": account.currency,
        "timezone": account.time_zone,
        "display_timezone": account.time_zone,
        "country": "US",
        "language": "en",
        "company": account.name,
        "industry": "290303",
        "advertiser_account_type": "AUCTION",
        "balance": 0.0 if account.hold == "unpaid" else account.fields.get("balance", 10000.0),
        "create_time": 1700000000,
        "rejection_reason": "",
        "can_use_custom_identity": False,
    }


def user(call: Call) -> dict[str, Any]:
    """The person behind the token, masked."""
    return {
        "core_user_id": "7100000000000000001",
        "display_name": "Sandbox Marketer",
        "email": "s******@example.com",
        "create_time": 1700000000,
    }


def identities(call: Call) -> dict[str, Any]:
    """TikTok accounts that ads can speak as."""
    kind = call.args.get("identity_type")
    if kind == "BC_AUTH_TT" and not call.args.get("identity_authorized_bc_id"):
        wire.bad("identity_authorized_bc_id", "Missing data for required field (BC_AUTH_TT).")
    center = call.args.get("identity_authorized_bc_id")
    found = [
        e
        for e in _owned(call, "identity")
        if kind in (None, e.fields["identity_type"]) and center in (None, e.fields.get("identity_authorized_bc_id"))
    ]
    shown, numbers = page(call, [_identity(e) for e in found])
    return {"identity_list": shown, "page_info": numbers}


def _identity(identity: Entity) -> dict[str, Any]:
    return {
        "identity_id": identity.id,
        "display_name": identity.name,
        "available_status": "AVAILABLE",
        "can_push_video": True,
        "can_pull_video": True,
        "can_use_live_ads": False,
        "can_manage_message": False,
        "profile_image": f"https://p16-sign.sandbox.invalid/{identity.id}",
        **identity.fields,
    }


def create_identity(call: Call) -> dict[str, Any]:
    """A CUSTOMIZED_USER, which new campaigns can no longer use."""
    refuse_emoji(call.args, "display_name")
    files.image(call, call.args["image_uri"], "image_uri")
    id_ = call.world.store.next_id(wire.NAME, "identity", digits=19)
    fields = {"identity_type": "CUSTOMIZED_USER", "image_uri": call.args["image_uri"]}
    call.world.store.add(
        wire.NAME,
        "identity",
        id_,
        account_id=call.account.id,
        name=call.args["display_name"],
        fields=fields,
    )
    return {"identity_id": id_}


def pixels(call: Call) -> dict[str, Any]:
    """The pixels and their events."""
    args = call.args
    found = [
        pixel
        for pixel in _owned(call, "pixel")
        if args.get("pixel_id") in (None, pixel.id)
        and args.get("code") in (None, pixel.fields["pixel_code"])
        and (args.get("name") or "").lower() in (pixel.name or "").lower()
    ]
    shown, numbers = page(call, [_pixel(pixel) for pixel in found])
    return {"pixels": shown, "page_info": numbers}


def _pixel(pixel: Entity) -> dict[str, Any]:
    events = [
        {"name": title, "event_type": event, "optimization_event": event, "deprecated": False}
        for event, title in vocabulary.WEB_EVENTS.items()
    ]
    return {"pixel_id": pixel.id, "pixel_name": pixel.name, **pixel.fields, "events": events}


def _owned(call: Call, kind: str) -> list[Entity]:
    return [e for e in call.world.store.all(wire.NAME, type_=kind) if e.account_id == call.account.id]


OPERATIONS = (
    Operation("GET", "advertiser/info", _INFO, info),
    Operation("GET", "user/info", {}, user),
    Operation("GET", "identity/get", _IDENTITIES, identities),
    Operation("POST", "identity/create", _IDENTITY, create_identity),
    Operation("GET", "pixel/list", _PIXELS, pixels),
)
