"""The writes of an update, in order, and their bodies. Pure.

Budgets and words of what stands first, then what is added, whole before it can deliver, then what is taken away.
An ad group that shall spend more because another one goes is raised after that one is gone.

What TikTok takes in each update is told by the official SDK's …UpdateBody models; that `patch_update` reaches only
some fields of an ad, and else the whole creative is replaced, by TikTok API for Business, `/ad/update/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.platforms.contract import Step
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import audience, comparing, paths, payloads, smart_plus, switches, uploads
from adloom.platforms.tiktok.paths import Path

PREFIX = "update/"

CAMPAIGN_FIELDS = {
    paths.MANUAL: frozenset({"campaign_name", "special_industries"}),
    paths.SMART_PLUS: frozenset({"campaign_name", "budget"}),
}
#: Both paths; Smart+ keeps them in its `targeting_spec`.
TARGETING_FIELDS = frozenset(
    {
        "location_ids",
        "zipcode_ids",
        "age_groups",
        "gender",
        "languages",
        "interest_category_ids",
        "audience_ids",
        "excluded_audience_ids",
    }
)
_TIME_AND_NAME = frozenset({"adgroup_name", "schedule_type", "schedule_start_time", "schedule_end_time", "dayparting"})
_PRICES = frozenset({"bid_price", "conversion_bid_price"})
GROUP_FIELDS = {
    paths.MANUAL: _TIME_AND_NAME | TARGETING_FIELDS | _PRICES | {"budget", "bid_type"},
    paths.SMART_PLUS: _TIME_AND_NAME | TARGETING_FIELDS | _PRICES,
}
AD_FIELDS = frozenset(
    {
        "ad_name",
        "video_id",
        "image_ids",
        "ad_text",
        "call_to_action",
        "landing_page_url",
        "utm_params",
        "aigc_disclosure_type",
        "identity_type",
        "identity_id",
        "identity_authorized_bc_id",
    }
)
#: What `patch_update` reaches; any other field of an ad needs the whole creative.
PATCHED = frozenset(
    {"ad_name", "video_id", "image_ids", "ad_text", "identity_type", "identity_id", "identity_authorized_bc_id"}
)
#: Fields that TikTok reads together.
_TOGETHER = (
    frozenset({"schedule_type", "schedule_end_time"}),
    frozenset({"bid_type", "bid_price", "conversion_bid_price"}),
    frozenset({"video_id", "image_ids"}),
    frozenset({"identity_type", "identity_id", "identity_authorized_bc_id"}),
)


def plan(spec: CampaignSpec) -> tuple[Step, ...]:
    """The steps of an update; none where nothing differs."""
    path = paths.of(spec)
    gone = tuple(comparing.removed(spec))
    late = [key for key in comparing.groups(spec) if _waits(spec, key, path=path, gone=gone)]
    first = [key for key in ("campaign", *comparing.groups(spec), *comparing.ads(spec)) if key not in late]
    steps = [
        *uploads.steps(spec),
        *(step for key in first for step in _sets(spec, key, path=path)),
        *_additions(spec),
        *(switches.delete(key) for key in sorted(gone, key=_ads_first)),
        *(step for key in late for step in _sets(spec, key, path=path)),
    ]
    return tuple(steps)


def fields(spec: CampaignSpec, key: str, *, path: Path) -> dict[str, Any]:
    """What an update would set on an object that may stand: what differs, and TikTok can change."""
    found = comparing.changed(spec, key, path=path)
    return {name: value for name, value in found.items() if name in settable(key, path=path)}


def body(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str]) -> dict[str, Any]:
    """The body of an update step."""
    path, key = paths.of(spec), step.key.removeprefix(PREFIX)
    if step.kind == "ad":
        return _ad(spec, key, ids=ids, path=path)
    sent = _whole(comparing.state(spec, key, path=path) or {}, fields(spec, key, path=path), kind=step.kind, path=path)
    return {
        "advertiser_id": spec.account.external_id,
        path.ids[step.kind]: payloads.known(ids, key),
        **(_nested(spec, key, sent=sent) if path is paths.SMART_PLUS else sent),
    }


def _sets(spec: CampaignSpec, key: str, *, path: Path) -> Iterator[Step]:
    if fields(spec, key, path=path):
        yield Step(f"{PREFIX}{key}", _kind(key))


def _additions(spec: CampaignSpec) -> Iterator[Step]:
    """New ad groups are made off, filled, and switched on; a new ad of a standing ad group is live at once.

    None of these steps `activates`: whether anything delivers is the campaign's own switch to say, and what was
    left off here while the campaign is paused would stay off when it goes on.
    """
    for key, group in comparing.groups(spec).items():
        is_new = not comparing.stands_surely(spec, key)
        if is_new:
            yield Step(key, "ad_group", creates=(key,))
        for ad in group.ads:
            ad_key = f"ad/{group.key}/{ad.key}"
            if not comparing.stands_surely(spec, ad_key):
                yield Step(ad_key, "ad", creates=(ad_key,))
        if is_new:
            yield switches.activate(key)


def _waits(spec: CampaignSpec, key: str, *, path: Path, gone: tuple[str, ...]) -> bool:
    """Whether an ad group's budget rises while another ad group goes: then the other one goes first."""
    new = fields(spec, key, path=path).get("budget")
    if new is None or not any(_kind(each) == "ad_group" for each in gone):
        return False
    return any(new > before["budget"] for before in comparing.befores(spec, key, path=path))


def settable(key: str, *, path: Path) -> frozenset[str]:
    """The fields of an object that an update can set."""
    kind = _kind(key)
    if kind == "ad":
        return AD_FIELDS
    return CAMPAIGN_FIELDS[path] if kind == "campaign" else GROUP_FIELDS[path]


def _whole(state: Mapping[str, Any], found: Mapping[str, Any], *, kind: str, path: Path) -> dict[str, Any]:
    """The changed fields with those that belong to them; what is None is not said, for its companion says it."""
    names = set(found)
    for company in _TOGETHER:
        names |= company if company & names else set()
    allowed = GROUP_FIELDS[path] if kind == "ad_group" else CAMPAIGN_FIELDS[path] if kind == "campaign" else AD_FIELDS
    return {name: value for name, value in state.items() if name in names & allowed and value is not None}


def _nested(spec: CampaignSpec, key: str, *, sent: dict[str, Any]) -> dict[str, Any]:
    """Smart+ takes targeting as a whole."""
    if not TARGETING_FIELDS & set(sent):
        return sent
    rest = {name: value for name, value in sent.items() if name not in TARGETING_FIELDS}
    return rest | {"targeting_spec": audience.body(comparing.groups(spec)[key].targeting)}


def _ad(spec: CampaignSpec, key: str, *, ids: Mapping[str, str], path: Path) -> dict[str, Any]:
    group, ad = comparing.ads(spec)[key]
    found = fields(spec, key, path=path)
    creative = payloads.creative(spec, ad=ad, ids=ids)
    own = {"advertiser_id": spec.account.external_id}
    if path is paths.SMART_PLUS:
        return own | {path.ids["ad"]: payloads.known(ids, key)} | smart_plus.lists(creative)
    own["adgroup_id"] = payloads.known(ids, f"ad_group/{group.key}")
    ad_id = {"ad_id": payloads.known(ids, key)}
    if set(found) <= PATCHED:
        return {**own, "patch_update": True, "creatives": [ad_id | _whole(creative, found, kind="ad", path=path)]}
    return {**own, "creatives": [ad_id | creative]}


def _kind(key: str) -> str:
    return key.split("/")[0]


def _ads_first(key: str) -> bool:
    return _kind(key) != "ad"
