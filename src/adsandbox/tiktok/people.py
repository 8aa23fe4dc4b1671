"""What happens in TikTok's own pages, behind every client's back: edits, campaigns made by hand, penalties, grants."""

from datetime import timedelta
from typing import Any

from adsandbox import clock, review
from adsandbox.platform import ControlError, amount
from adsandbox.review import Verdict
from adsandbox.store import Entity
from adsandbox.tiktok import vocabulary, wire
from adsandbox.tiktok.api import stamp
from adsandbox.world import World

_NAMES = {"campaign": "campaign_name", "adgroup": "adgroup_name", "ad": "ad_name"}
_EDITABLE = {
    "campaign": {"budget", "special_industries"},
    "adgroup": {
        "budget", "schedule_end_time", "dayparting", "age_groups", "gender", "languages", "location_ids",
        "bid_type", "bid_price", "conversion_bid_price",
    },
    "ad": {"ad_text", "call_to_action", "landing_page_url"},
}  # fmt: skip


def edit(world: World, entity: Entity, field: str, value: Any) -> None:
    """Change one field; names and status also by the short words `name` and `status`."""
    if entity.type not in _NAMES:
        raise ControlError(f"a {entity.type} cannot be edited")
    if field in ("name", _NAMES[entity.type]):
        world.store.update(entity, name=str(value))
    elif field in ("status", "operation_status"):
        _switch(world, entity, value)
    elif field == "budget":
        world.store.update(entity, fields={"budget": float(amount(str(value)))})
    elif field in _EDITABLE[entity.type]:
        _change(world, entity, field, value)
    else:
        known = ", ".join(sorted({*_EDITABLE[entity.type], _NAMES[entity.type], "operation_status", "budget"}))
        raise ControlError(f"{field!r} of a {entity.type} is none of {known}")
    entity.private["modify_time"] = stamp(world.clock.now())


def _switch(world: World, entity: Entity, value: Any) -> None:
    if value not in vocabulary.OPERATIONS:
        raise ControlError(f"status {value!r} is none of {', '.join(vocabulary.OPERATIONS)}")
    if value == "DELETE":
        world.store.delete(entity, status="DELETE")
    else:
        world.store.update(entity, status=value)


def _change(world: World, entity: Entity, field: str, value: Any) -> None:
    if entity.type == "ad":
        entity.private["reviewed_before"] = True
        entity.review = review.submit(world.clock.now(), [str(value)])
    world.store.update(entity, fields={field: value})


def account_action(world: World, action: str, value: str | None) -> bool:
    """What happens to an account, or is granted to it; False for an action that is none of TikTok's own."""
    account = world.accounts(wire.NAME)[0]
    if action == "punish":
        account.suspended, account.fields["status"] = True, "STATUS_LIMIT"
        world.delivery.forget_lines(wire.NAME)
    elif action == "balance":
        account.fields["balance"] = float(amount(str(value)))
    elif action == "manual_ends":
        account.fields["manual_ends_on"] = clock.instant(f"{value}T00:00:00Z").date().isoformat()
    elif action == "lose_right":
        account.fields["lost_rights"] = [*account.fields.get("lost_rights", []), str(value)]
    elif action == "lose_identity":
        _lose_identity(world, str(value))
    elif action == "business_identity":
        _business_identity(world, account.id, name=value or "Acme")
    else:
        account.fields.pop("status", None)
        return False
    return True


def _lose_identity(world: World, id_: str) -> None:
    """Its owner withdraws the authorization: ads can no longer be shown as it."""
    identity = world.store.get(wire.NAME, "identity", id_)
    if identity is None:
        raise ControlError(f"there is no identity {id_!r}")
    world.store.delete(identity, status="DELETE")
    world.delivery.forget_lines(wire.NAME)


def _business_identity(world: World, account_id: str, *, name: str) -> None:
    """A TikTok account that a Business Center lends to the advertiser (BC_AUTH_TT)."""
    fields = {
        "identity_type": "BC_AUTH_TT",
        "identity_authorized_bc_id": world.store.next_id(wire.NAME, "business_center", digits=19),
    }
    id_ = world.store.next_id(wire.NAME, "identity", digits=19)
    world.store.add(wire.NAME, "identity", id_, account_id=account_id, name=name, fields=fields)


def seed(world: World, count: int) -> list[Entity]:
    """Campaigns made by hand: TRAFFIC, one ad group with a daily budget, one ad that is approved already."""
    there = sum(1 for _ in world.store.all(wire.NAME, type_="campaign", deleted=True))
    return [_campaign(world, f"Made by hand {there + n + 1}") for n in range(count)]


def _campaign(world: World, name: str) -> Entity:
    account = world.accounts(wire.NAME)[0]
    campaign = _add(
        world,
        "campaign",
        None,
        name,
        {
            "objective_type": "TRAFFIC",
            "budget_mode": "BUDGET_MODE_INFINITE",
            "budget": 0.0,
            "budget_optimize_on": False,
            "campaign_type": "REGULAR_CAMPAIGN",
            "is_smart_performance_campaign": False,
        },
    )
    group = _add(world, "adgroup", campaign.id, f"{name} group", _GROUP | _begins(world))
    ad = _add(
        world,
        "ad",
        group.id,
        f"{name} ad",
        {
            "ad_format": "SINGLE_VIDEO",
            "ad_text": "Shoes for every road",
            "call_to_action": "SHOP_NOW",
            "landing_page_url": "https://example.com/shoes",
            "identity_type": "TT_USER",
            "identity_id": account.fields["identity_id"],
        },
    )
    now = world.clock.now()
    submitted = review.submit(now - review.DELAY, [])
    ad.review = review.decide(submitted, now, verdict=Verdict.APPROVE, reason=None)
    world.store.update(ad)
    return campaign


_GROUP: dict[str, Any] = {
    "promotion_type": "WEBSITE",
    "placement_type": "PLACEMENT_TYPE_NORMAL",
    "placements": ["PLACEMENT_TIKTOK"],
    "location_ids": ["6252001"],
    "languages": ["en"],
    "gender": "GENDER_UNLIMITED",
    "age_groups": ["AGE_18_24", "AGE_25_34"],
    "optimization_goal": "CLICK",
    "billing_event": "CPC",
    "bid_type": "BID_TYPE_NO_BID",
    "budget_mode": "BUDGET_MODE_DAY",
    "budget": 60.0,
    "pacing": "PACING_MODE_SMOOTH",
    "schedule_type": "SCHEDULE_FROM_NOW",
}


def _begins(world: World) -> dict[str, Any]:
    return {"schedule_start_time": stamp(world.clock.now() - timedelta(minutes=1))}


def _add(world: World, type_: str, parent: str | None, name: str, fields: dict[str, Any]) -> Entity:
    account = world.accounts(wire.NAME)[0]
    id_ = world.store.next_id(wire.NAME, type_, digits=19)
    made = world.store.add(
        wire.NAME,
        type_,
        id_,
        account_id=account.id,
        parent_id=parent,
        name=name,
        status="ENABLE",
        fields=fields,
    )
    made.private["modify_time"] = stamp(world.clock.now())
    return made
