"""Objects as the Graph API gives them back: the asked fields of one node, computed from the store.

It changes nothing. A field that exists and has no value is left out, as Graph does.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox.meta import errors, learning, names, status, trouble
from adsandbox.meta.fields import Asked
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity

Computed = Callable[[Graph, Entity], Any]

#: Fields that lead to another node.
_REFERENCES = {"campaign": "campaign", "adset": "adset", "creative": "adcreative"}
_EDGES = {"adsets": "adset", "ads": "ad"}


def render(graph: Graph, entity: Entity, asked: tuple[Asked, ...]) -> dict[str, Any]:
    """The node as JSON: the asked fields that have a value, and always `id`."""
    check(entity.type, asked)
    found: dict[str, Any] = {}
    for field in asked:
        value = _value(graph, entity, field)
        if value is not None:
            found[field.name] = value
    return found | {"id": entity.id}


def check(type_: str, asked: tuple[Asked, ...]) -> None:
    """Refuse fields that nodes of a type do not have, even where the list is empty."""
    label, known = names.NODE[type_]
    for field in asked:
        if field.name not in known:
            raise errors.nonexisting_field(field.name, label)


def _value(graph: Graph, entity: Entity, field: Asked) -> Any:
    if field.name in _REFERENCES and entity.type in ("ad", "adset"):
        other = _referred(graph, entity, field.name)
        return None if other is None else render(graph, other, field.below)
    if field.name in _EDGES and entity.type in ("campaign", "adset"):
        below = descendants(graph, entity, _EDGES[field.name])
        return {"data": [render(graph, one, field.below) for one in below]}
    computed = _COMPUTED.get(entity.type, {}).get(field.name) or _SHARED.get(field.name)
    value = computed(graph, entity) if computed else entity.fields.get(field.name)
    if field.below and isinstance(value, dict):
        return {one.name: value[one.name] for one in field.below if one.name in value}
    return value


def _referred(graph: Graph, entity: Entity, field: str) -> Entity | None:
    if field == "creative":
        return graph.get("adcreative", entity.fields.get("creative_id"))
    above = graph.parent(entity)
    return above if above.type == field else graph.parent(above)


def descendants(graph: Graph, entity: Entity, type_: str, *, deleted: bool = False) -> list[Entity]:
    """The ad sets or ads below a campaign or an ad set, oldest first."""
    if entity.type == "campaign" and type_ == "ad":
        sets = graph.below(entity, "adset", deleted=deleted)
        return [ad for one in sets for ad in graph.below(one, "ad", deleted=deleted)]
    return graph.below(entity, type_, deleted=deleted)


def _created(graph: Graph, entity: Entity) -> str:
    return graph.clock_text(entity.created_at, graph.account_of(entity))


def _above(type_: str) -> Computed:
    def found(graph: Graph, entity: Entity) -> str | None:
        at: Entity | None = entity
        while at is not None and at.type != type_:
            at = graph.world.store.parent(at)
        return None if at is None else at.id

    return found


def _updated(graph: Graph, entity: Entity) -> str:
    at: str | None = entity.fields.get("updated_time")
    return at or _created(graph, entity)


def _remaining(graph: Graph, entity: Entity) -> str | None:
    """What is left of a budget: of today's, or of the lifetime's."""
    daily = int(entity.fields.get("daily_budget") or 0)
    total = int(entity.fields.get("lifetime_budget") or 0)
    if not daily and not total:
        return None
    account = graph.account_of(entity)
    today = graph.now.astimezone(ZoneInfo(account.time_zone)).date()
    rows = graph.world.delivery.rows(NAME, first=today if daily else None, last=today)
    spent = sum(r.spend / r.line.unit for r in rows if entity.id in (r.line.campaign_id, r.line.group_id))
    return str(max(0, (daily or total) - int(spent)))


def _targeting_of_ad(graph: Graph, ad: Entity) -> Any:
    return graph.parent(ad).fields.get("targeting")


def _link(graph: Graph, creative: Entity) -> str | None:
    return _story_part(creative, "link_data").get("link")


def _story_part(creative: Entity, part: str) -> dict[str, Any]:
    found: dict[str, Any] = (creative.fields.get("object_story_spec") or {}).get(part) or {}
    return found


def _body(graph: Graph, creative: Entity) -> str | None:
    return _story_part(creative, "link_data").get("message") or _story_part(creative, "video_data").get("message")


def _title(graph: Graph, creative: Entity) -> str | None:
    return _story_part(creative, "link_data").get("name") or _story_part(creative, "video_data").get("title")


def _image(graph: Graph, creative: Entity) -> str | None:
    parts = (_story_part(creative, part) for part in ("link_data", "video_data", "photo_data"))
    return next((part["image_hash"] for part in parts if part.get("image_hash")), None)


def _video_status(graph: Graph, video: Entity) -> dict[str, Any]:
    if not video.fields["complete"]:
        return {"video_status": "upload_incomplete", "uploading_phase": {"status": "in_progress"}}
    ready = graph.now >= video.private["ready_at"]
    phase = "complete" if ready else "in_progress"
    return {
        "video_status": "ready" if ready else "processing",
        "processing_progress": 100 if ready else 40,
        "uploading_phase": {"status": "complete"},
        "processing_phase": {"status": phase},
        "publishing_phase": {"status": "complete" if ready else "not_started", "publish_status": "published"},
    }


_SHARED: dict[str, Computed] = {
    "name": lambda graph, entity: entity.name,
    "account_id": lambda graph, entity: entity.account_id.removeprefix("act_"),
    "created_time": _created,
    "updated_time": _updated,
}
_TREE: dict[str, Computed] = {
    "status": lambda graph, entity: entity.status,
    "configured_status": lambda graph, entity: entity.status,
    "effective_status": status.effective,
    "campaign_id": _above("campaign"),
    "budget_remaining": _remaining,
}
_COMPUTED: dict[str, dict[str, Computed]] = {
    "campaign": _TREE,
    "adset": _TREE | {"learning_stage_info": learning.info},
    "ad": _TREE
    | {
        "adset_id": _above("adset"),
        "targeting": _targeting_of_ad,
        "ad_review_feedback": status.feedback,
        "issues_info": status.issues,
        "failed_delivery_checks": lambda graph, entity: trouble.checks(graph, graph.account_of(entity)),
    },
    "adcreative": {
        "status": lambda graph, entity: entity.status,
        "link_url": _link,
        "body": _body,
        "title": _title,
        "image_hash": _image,
        "video_id": lambda graph, entity: _story_part(entity, "video_data").get("video_id"),
        "object_type": lambda graph, entity: "VIDEO" if _story_part(entity, "video_data") else "SHARE",
    },
    "adimage": {"status": lambda graph, entity: entity.status},
    "advideo": {"status": _video_status, "title": lambda graph, entity: entity.name},
}
