"""AdGroupAd, and the Ad in it: responsive search and display ads, their limits, policy and review."""

import re
from collections.abc import Mapping
from typing import Any

from adsandbox import review
from adsandbox.google import names, tables, texts
from adsandbox.google.errors import refuse
from adsandbox.google.resources import base, display_ad
from adsandbox.google.resources.base import Context, Resource
from adsandbox.google.wire import snake
from adsandbox.store import Entity

#: (field, at least, at most, width, pins that fit)
_TEXTS = (("headlines", 3, 15, 30, "HEADLINE_"), ("descriptions", 2, 4, 90, "DESCRIPTION_"))
#: The ad group's type that each kind of ad belongs to.
_CONTENTS = {"responsiveSearchAd": "SEARCH_STANDARD", "responsiveDisplayAd": "DISPLAY_STANDARD"}
MOST_ENABLED = 3
_PUNCTUATION = re.compile(r"[!?,*]{2,}")  # an ellipsis is a word of its own
_TOPIC = "PUNCTUATION_AND_SYMBOLS"


class AdGroupAd(Resource):
    """An ad in its ad group. The ad itself is edited through `ads:mutate`."""

    type = "ad_group_ad"
    collection = "adGroupAds"
    word = "adGroupAd"
    table = tables.AD_GROUP_AD
    immutable = frozenset({"adGroup", "ad"})

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """Status is ENABLED unless it says otherwise; review begins at once, paused or not."""
        made = {"status": "ENABLED", **body}
        base.status(made, creating=True)
        group = context.refer(body["adGroup"], collection="adGroups", type_="ad_group", field="ad_group")
        check_ad(context, made["ad"], group=group)
        _room(context, group, made["status"], but=None)
        ad_id = context.new_id("ad", digits=12)
        made["ad"] = {
            **made["ad"],
            "id": ad_id,
            "resourceName": names.name(context.account.id, "ads", ad_id),
            "type": snake(next(kind for kind in _CONTENTS if kind in made["ad"])).upper(),
        }
        made["adGroup"] = group.fields["resourceName"]
        entity = self.add(context, f"{group.id}~{ad_id}", made, parent=group)
        context.world.store.set_review(entity, review.submit(context.now, words(made["ad"])))
        return entity

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """The status alone."""
        base.status(changes, creating=False)
        if "status" in changes:
            group = context.world.store.parent(entity)
            if group is not None and changes["status"] != entity.status:
                _room(context, group, changes["status"], but=entity)
        base.put(context.world, entity, changes)

    def remove(self, context: Context, entity: Entity) -> None:
        """Removed for good."""
        base.strike(context.world, entity)

    def find(self, context: Context, text: str) -> Entity:
        """Removed ads have a refusal of their own."""
        id_ = context.names.id_of(text, self.collection, "resource_name")
        entity = context.get(self.type, id_)
        if entity is not None and entity.deleted_at is not None:
            raise refuse("adGroupAdError", "CANNOT_OPERATE_ON_REMOVED_ADGROUPAD", "The ad is removed.", "resource_name")
        return super().find(context, text)


class Ad(Resource):
    """The content of an ad."""

    type = "ad_group_ad"
    collection = "ads"
    word = "ad"
    table = tables.AD
    immutable = frozenset({"name", *tables.OTHER_ADS})

    def find(self, context: Context, text: str) -> Entity:
        """An ad is found in the ad group that holds it."""
        id_ = context.names.id_of(text, self.collection, "resource_name")
        entity = by_ad_id(context, id_)
        if entity is None or entity.deleted_at is not None:
            raise refuse("mutateError", "RESOURCE_NOT_FOUND", f"{text} was not found.", "resource_name", trigger=text)
        return entity

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """Texts, paths, addresses; the ad is reviewed again."""
        ad = {k: v for k, v in {**entity.fields["ad"], **changes}.items() if v is not None}
        group = context.world.store.parent(entity)
        check_ad(context, ad, group=group)
        base.put(context.world, entity, {"ad": ad})
        context.world.store.set_review(entity, review.submit(context.now, words(ad)))

    def shown(self, entity: Entity) -> dict[str, Any]:
        """The ad without its ad group."""
        found: dict[str, Any] = entity.fields["ad"]
        return found


def by_ad_id(context: Context, ad_id: str) -> Entity | None:
    """The ad group's ad with this ad id, removed ones too."""
    found = context.world.store.all(
        base.PLATFORM, type_="ad_group_ad", deleted=True, where=lambda e: e.id.endswith(f"~{ad_id}")
    )
    return next((e for e in found if e.account_id == context.account.id), None)


def words(ad: Mapping[str, Any]) -> list[str]:
    """The texts that a reviewer reads."""
    if "responsiveDisplayAd" in ad:
        return display_ad.words(ad)
    rsa = ad["responsiveSearchAd"]
    return [one["text"] for field in ("headlines", "descriptions") for one in rsa[field]]


def check_ad(context: Context, ad: Mapping[str, Any], *, group: Entity | None) -> None:
    """Refuse an ad that Google would not take, or not in such an ad group."""
    for kind, (family, code) in tables.OTHER_ADS.items():
        if kind in ad:
            raise refuse(family, code, f"This sandbox makes no {kind}.", "ad", kind)
    chosen = next((kind for kind in _CONTENTS if kind in ad), None)
    if chosen is None:
        raise refuse("fieldError", "REQUIRED", "The required field was not present.", "ad", "ad_data")
    if group is not None and group.fields["type"] != _CONTENTS[chosen]:
        raise refuse("adError", "INVALID_AD_TYPE", "The ad does not fit the ad group.", "ad", snake(chosen))
    if not ad["finalUrls"]:
        raise refuse("fieldError", "REQUIRED_NONEMPTY_LIST", "The list must not be empty.", "ad", "final_urls")
    for field, path in (("finalUrls", "final_urls"), ("finalMobileUrls", "final_mobile_urls")):
        for index, url in enumerate(ad.get(field, [])):
            texts.check_final_url(url, "ad", path, index)
    texts.check_tracking(dict(ad))
    if chosen == "responsiveDisplayAd":
        display_ad.check(context, ad)
    else:
        _search_ad(ad["responsiveSearchAd"])
    _policy(context, words(ad))


def _search_ad(rsa: Mapping[str, Any]) -> None:
    for field, least, most, wide, pins in _TEXTS:
        _texts(rsa[field], field, least=least, most=most, wide=wide, pins=pins)
    _paths(rsa)


def _texts(given: list[dict[str, Any]], field: str, *, least: int, most: int, wide: int, pins: str) -> None:
    path = ("ad", "responsive_search_ad", field)
    if len(given) < least:
        raise refuse("collectionSizeError", "TOO_FEW", f"At least {least} {field}.", *path)
    if len(given) > most:
        raise refuse("collectionSizeError", "TOO_MANY", f"At most {most} {field}.", *path)
    seen = set()
    for index, one in enumerate(given):
        here = (*path, index, "text")
        texts.check_width(one["text"], most=wide, path=here)
        if one["text"].lower() in seen:
            raise refuse("distinctError", "DUPLICATE_ELEMENT", "The text occurs twice.", *here, trigger=one["text"])
        seen.add(one["text"].lower())
        if not one.get("pinnedField", pins).startswith(pins):
            raise refuse(
                "fieldError", "INVALID_VALUE", "The pin does not fit.", *path, index, "pinned_field",
                trigger=one["pinnedField"],
            )  # fmt: skip


def _paths(rsa: Mapping[str, Any]) -> None:
    if rsa.get("path2") and not rsa.get("path1"):
        raise refuse(
            "adError",
            "CANNOT_SET_PATH2_WITHOUT_PATH1",
            "path2 needs path1.",
            "ad",
            "responsive_search_ad",
            "path2",
        )
    for field in ("path1", "path2"):
        if rsa.get(field):
            texts.check_width(rsa[field], most=15, path=("ad", "responsive_search_ad", field))


def _room(context: Context, group: Entity, status: str, *, but: Entity | None) -> None:
    """Three enabled responsive search ads per ad group."""
    enabled = [a for a in context.below(group, "ad_group_ad") if a.status == "ENABLED" and a is not but]
    if status == "ENABLED" and len(enabled) >= MOST_ENABLED and group.fields["type"] == "SEARCH_STANDARD":
        raise refuse(
            "resourceCountLimitExceededError", "RESOURCE_LIMIT",
            f"An ad group holds {MOST_ENABLED} enabled responsive search ads.", "status",
        )  # fmt: skip


def _policy(context: Context, given: list[str]) -> None:
    """Repeated punctuation is found at once, before the ad is saved; the topic may be overlooked on
    request."""
    if _TOPIC in context.ignorable:
        return
    for text in given:
        if _PUNCTUATION.search(text):
            entry = {"topic": _TOPIC, "type": "PROHIBITED", "evidences": [{"textList": {"texts": [text]}}]}
            raise refuse(
                "policyFindingError", "POLICY_FINDING", "The ad violates a policy.", "ad", trigger=text,
                policyFindingDetails={"policyTopicEntries": [entry]},
            )  # fmt: skip
