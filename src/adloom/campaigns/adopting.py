"""What stands on a platform, said in the unified ad: the same document with theirs in the place of ours. Pure.

What only this platform shall have goes into its own block. What an ad has once for all platforms (its name, audience,
flight) is changed only where the ad is for no other platform. Whether the document then says exactly what stands is
for the caller to see.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Platform

Json = dict[str, Any]

_WORDS = {"keyword": "keywords", "negative": "negative_keywords"}


def said(document: Mapping[str, Any], drift: Drift, *, platform: Platform, spec: CampaignSpec) -> Json | None:
    """The document with one drift in it; None where it has no words for it. `spec` is what was applied."""
    result = copy.deepcopy(dict(document))
    is_alone = len(result["platforms"]) == 1
    if drift.object.partition("/")[0] in _WORDS and drift.kind is not DriftKind.CHANGED:
        return _with_word(result, drift) if is_alone else None
    if drift.kind is DriftKind.GONE and is_alone:
        return _without(result, drift.object, spec)
    if drift.kind is not DriftKind.CHANGED or drift.field is None:
        return None
    if drift.field.startswith("creative."):
        return _creative(result, drift, platform=platform, spec=spec)
    change = _OWN.get(drift.field)
    if change is not None:
        return result if change(result, result["platforms"][platform.value], drift.value) else None
    return _shared(result, drift, spec) if is_alone and drift.value is not None else None


# what a platform has for itself


def _amount(document: Json, block: Json, value: Any) -> bool:
    budget = copy.deepcopy(block.get("budget") or document["budget"])
    budget["amount"]["value"] = value
    block["budget"] = budget
    return value is not None


def _bidding(document: Json, block: Json, value: Any) -> bool:
    if value is None:
        return False
    budget = copy.deepcopy(block.get("budget") or document["budget"])
    budget["bidding"] = {name: each for name, each in value.items() if each is not None}
    block["budget"] = budget
    return True


def _partners(document: Json, block: Json, value: Any) -> bool:
    block.setdefault("overrides", {})["search_partners"] = bool(value)
    return value is not None


_OWN: Mapping[str, Callable[[Json, Json, Any], bool]] = {
    "budget.amount": _amount,
    "budget.bidding": _bidding,
    "overrides.search_partners": _partners,
}


def _creative(document: Json, drift: Drift, *, platform: Platform, spec: CampaignSpec) -> Json | None:
    """The platform's own words where it has one ad; an ad's own where there are several and no other platform."""
    field = str(drift.field).removeprefix("creative.")
    if drift.value is None:
        return None
    if sum(len(group.ads) for group in spec.groups) == 1:
        document["platforms"][platform.value].setdefault("creative", {})[field] = drift.value
        return document
    item = _item(document, drift.object, spec) if len(document["platforms"]) == 1 else None
    if item is None:
        return None
    item.setdefault("creative", {})[field] = drift.value
    return document


# what an ad has once


def _shared(document: Json, drift: Drift, spec: CampaignSpec) -> Json | None:
    field, value = str(drift.field), drift.value
    if field == "name" and drift.object == "campaign":
        document["name"] = str(value).removesuffix(spec.marker).rstrip()
    elif field in ("schedule.start", "schedule.end"):
        document.setdefault("schedule", {})[field.removeprefix("schedule.")] = value
    elif field == "targeting.locations":
        places = [{"type": "COUNTRY", "country": code} for code in value]
        document.setdefault("targeting", {})["locations"] = places
    elif field.startswith("targeting.") and field.count(".") == 1:
        document.setdefault("targeting", {})[field.removeprefix("targeting.")] = value
    else:
        return None
    return document


def _with_word(document: Json, drift: Drift) -> Json | None:
    """A keyword more, or fewer, where the ad has one list of them."""
    if not isinstance(drift.value, Mapping):
        return None
    name = _WORDS[drift.object.partition("/")[0]]
    word = {"text": drift.value["text"], "match": drift.value["match"]}
    words = document.setdefault("targeting", {}).get(name) or []
    folded = word["text"].casefold()
    kept = [each for each in words if (each["text"].casefold(), each["match"]) != (folded, word["match"])]
    document["targeting"][name] = [*kept, word] if drift.kind is DriftKind.ADDED else kept
    return document


def _without(document: Json, key: str, spec: CampaignSpec) -> Json | None:
    """The ad without one of its groups, or a group without one of its ads."""
    groups = document.get("ad_groups") or []
    for index, group in enumerate(spec.groups):
        if key == f"ad_group/{group.key}" and index < len(groups):
            del groups[index]
            return document
        for place, ad in enumerate(group.ads):
            if key == f"ad/{group.key}/{ad.key}" and index < len(groups):
                del groups[index]["ads"][place]
                return document
    return None


def _item(document: Json, key: str, spec: CampaignSpec) -> Json | None:
    groups = document.get("ad_groups") or []
    for index, group in enumerate(spec.groups):
        for place, ad in enumerate(group.ads):
            if key == f"ad/{group.key}/{ad.key}" and index < len(groups):
                item: Json = groups[index]["ads"][place]
                return item
    return None
