"""What an ad says now against what may stand, object by object, in TikTok's words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from adloom.platforms import feed_ads
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.tiktok import audience, paths, payloads, smart_plus
from adloom.platforms.tiktok.paths import Path

State = Mapping[str, Any]
Groups = Mapping[str, AdGroupSpec]
Ads = Mapping[str, tuple[AdGroupSpec, AdSpec]]

#: What a create request says beside the object itself.
_NOT_STATE = ("advertiser_id", "campaign_id", "adgroup_id", "request_id", "operation_status")
#: Requests have a key; what is compared does not depend on it.
_NO_KEY = "0" * 16
#: What an object has where a create request says nothing.
_UNSAID: State = MappingProxyType(
    {
        "location_ids": [],
        "zipcode_ids": [],
        "languages": [],
        "interest_category_ids": [],
        "audience_ids": [],
        "excluded_audience_ids": [],
        "dayparting": audience.ALWAYS,
        "schedule_end_time": None,
        "bid_price": None,
        "conversion_bid_price": None,
    }
)


def groups(spec: CampaignSpec) -> Groups:
    """The ad groups by our key."""
    return {f"ad_group/{group.key}": group for group in spec.groups}


def ads(spec: CampaignSpec) -> Ads:
    """The ads with their groups, by our key."""
    return {f"ad/{group.key}/{ad.key}": (group, ad) for group in spec.groups for ad in group.ads}


def state(spec: CampaignSpec, key: str, *, path: Path) -> State | None:
    """An object's own fields as this spec would make it; None where the spec has no such object."""
    if key == "campaign":
        return _campaign(spec, path=path)
    if key in (known := groups(spec)):
        return _ad_group(spec, group=known[key], path=path)
    if key in (shown := ads(spec)):
        return _ad(spec, ad=shown[key][1])
    return None


def befores(spec: CampaignSpec, key: str, *, path: Path) -> list[State]:
    """How the object may stand: its state in each standing spec that has it."""
    found = (state(stands, key, path=path) for stands in spec.standing)
    return [each for each in found if each is not None]


def stands_surely(spec: CampaignSpec, key: str) -> bool:
    """Whether every standing spec has the object."""
    return all(key == "campaign" or key in groups(each) or key in ads(each) for each in spec.standing)


def changed(spec: CampaignSpec, key: str, *, path: Path) -> dict[str, Any]:
    """The fields of an object that differ from any state in which it may stand, with what they shall be."""
    now = state(spec, key, path=path)
    if now is None:
        return {}
    older = befores(spec, key, path=path)
    names = {name for each in older for name in (*each, *now) if each.get(name) != now.get(name)}
    return {name: now.get(name) for name in (*now, *sorted(names - set(now))) if name in names}


def removed(spec: CampaignSpec) -> Iterator[str]:
    """The keys of what may stand and is no longer wanted; of what is below a removed ad group, that alone."""
    seen: dict[str, None] = {}
    wanted = groups(spec)
    for each in spec.standing:
        for key, (group, _) in ads(each).items():
            if key not in ads(spec) and f"ad_group/{group.key}" in wanted:
                seen.setdefault(key)
        seen |= {key: None for key in groups(each) if key not in wanted}
    yield from seen


def _campaign(spec: CampaignSpec, *, path: Path) -> State:
    build = smart_plus.campaign if path is paths.SMART_PLUS else payloads.campaign
    body = build(spec, key=_NO_KEY)
    return {"special_industries": []} | {name: value for name, value in body.items() if name not in _NOT_STATE}


def _ad_group(spec: CampaignSpec, *, group: AdGroupSpec, path: Path) -> State:
    """Flat: the parts of Smart+'s `targeting_spec` stand beside the rest."""
    build = smart_plus.ad_group if path is paths.SMART_PLUS else payloads.ad_group
    body = dict(build(spec, group=group, ids=_placeholders(spec), key=_NO_KEY))
    body |= body.pop("targeting_spec", {})
    return dict(_UNSAID) | {name: value for name, value in body.items() if name not in _NOT_STATE}


def _ad(spec: CampaignSpec, *, ad: AdSpec) -> State:
    """Files by our own ids; an ad without a film is preflight's to refuse, and can be compared all the same."""
    video, cover = feed_ads.video_of(ad.creative), feed_ads.cover_of(ad.creative)
    film = {
        "video_id": video and f"asset/{video.asset_id}",
        "image_ids": [f"asset/{cover.asset_id}"] if cover else [],
    }
    return film | payloads.words(spec, ad=ad)


def _placeholders(spec: CampaignSpec) -> dict[str, str]:
    """Our own keys in place of ids that nobody needs to compare."""
    return {key: key for key in ("campaign", *groups(spec))}
