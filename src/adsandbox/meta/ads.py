"""Ads: what may be created and changed, and their review. Source: Marketing API, Ad reference."""

from typing import Any

from adsandbox import review
from adsandbox.accounts import Account
from adsandbox.meta import call, creatives, errors, learning, tables
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity

#: Ads of one ad set that are not deleted (Marketing API, limits).
MOST_PER_ADSET = 50
_LINKED = ("OUTCOME_TRAFFIC", "OUTCOME_SALES")


def create(graph: Graph, account: Account, fields: dict[str, Any]) -> Entity:
    """A new ad from fields that fit `tables.AD`; it goes into review at once, paused or not."""
    adset = graph.get("adset", fields["adset_id"])
    if adset is None or adset.account_id != account.id:
        raise errors.missing("get", fields["adset_id"])
    if adset.deleted_at is not None:
        raise errors.invalid("The ad set of this ad was deleted.", field="adset_id")
    if len(graph.below(adset, "ad")) >= MOST_PER_ADSET:
        raise errors.invalid(f"An ad set holds at most {MOST_PER_ADSET} ads.", field="adset_id")
    creative = _creative(graph, account, fields["creative"])
    _fits(graph, adset, creative)
    ad = graph.world.store.add(
        NAME,
        "ad",
        graph.new_id("ad"),
        account_id=account.id,
        parent_id=adset.id,
        name=fields["name"],
        status=fields["status"],
        fields=_kept(fields, creative),
    )
    submit(graph, ad)
    learning.begin(graph, adset)
    return ad


def update(graph: Graph, ad: Entity, changes: dict[str, Any]) -> None:
    """Change an ad by fields that fit the table of updates; a new creative goes into review."""
    kept = _kept(changes, None)
    if "creative" in changes:
        creative = _creative(graph, graph.account_of(ad), changes["creative"])
        _fits(graph, graph.parent(ad), creative)
        kept["creative_id"] = creative.id
    changed = kept.get("creative_id", ad.fields["creative_id"]) != ad.fields["creative_id"]
    graph.world.store.update(ad, fields=kept)
    if changed:
        submit(graph, ad)
        learning.begin(graph, graph.parent(ad))


def submit(graph: Graph, ad: Entity) -> None:
    """Send an ad into review with all its texts."""
    creative = graph.get("adcreative", ad.fields["creative_id"])
    read = [] if creative is None else creatives.texts(creative)
    graph.world.store.set_review(ad, review.submit(graph.now, read))


def _kept(fields: dict[str, Any], creative: Entity | None) -> dict[str, Any]:
    apart = ("name", "status", "creative", "adset_id", "execution_options")
    kept = {name: value for name, value in fields.items() if name not in apart}
    return kept if creative is None else kept | {"creative_id": creative.id}


def _creative(graph: Graph, account: Account, given: Any) -> Entity:
    """The creative that `{"creative_id": …}` names, or a new one from its fields."""
    spec = call.object_of(given, "creative")
    if "creative_id" not in spec and "id" not in spec:
        return creatives.create(graph, account, call.fitted(spec, tables.CREATIVE))
    id_ = str(spec.get("creative_id", spec.get("id")))
    found = graph.get("adcreative", id_)
    if found is None or found.deleted_at is not None or found.account_id != account.id:
        raise errors.invalid(
            f"The creative {id_} does not exist.",
            field=("creative", "creative_id"),
            title="Creative not found",
        )
    return found


def _fits(graph: Graph, adset: Entity, creative: Entity) -> None:
    campaign = graph.parent(adset)
    dynamic = bool(adset.fields.get("is_dynamic_creative"))
    feed = creative.fields.get("asset_feed_spec") or {}
    if feed and not dynamic and feed.get("optimization_type", "REGULAR") == "REGULAR":
        raise errors.invalid(
            "Dynamic creative ads can only be created under dynamic creative ad sets.",
            field="creative",
            title="Cannot create dynamic creative ad in non-dynamic creative ad set",
            subcode=1885998,
        )
    if campaign.fields["objective"] in _LINKED and not _leads_somewhere(creative):
        raise errors.invalid(
            "A website URL is required for ads with this objective.",
            field="creative",
            title="Link is missing",
        )


def _leads_somewhere(creative: Entity) -> bool:
    story = creative.fields.get("object_story_spec") or {}
    if "link_data" in story or "asset_feed_spec" in creative.fields or "object_story_id" in creative.fields:
        return True
    action = (story.get("video_data") or {}).get("call_to_action") or {}
    return bool((action.get("value") or {}).get("link"))
