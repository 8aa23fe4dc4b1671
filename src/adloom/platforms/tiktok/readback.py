"""Reads what stands on TikTok: by id, by name, below a campaign; and whether it holds what a request would set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adloom.core.errors import Unavailable
from adloom.platforms.tiktok import audience, mapping, paths, shapes
from adloom.platforms.tiktok.client import Client
from adloom.platforms.tiktok.paths import Path
from adloom.platforms.types import DeliveryState, Platform

#: A filter takes so many ids (`/adgroup/get/`, filtering.campaign_ids; FilteringCampaignGet of TikTok's SDK).
MOST_IDS = 100
#: What names an object in a body and is not set by it.
_ADDRESS = ("advertiser_id", "campaign_id", "adgroup_id", "ad_id", "smart_plus_ad_id")


def below(client: Client, *, kind: str, path: Path, campaign_id: str) -> list[dict[str, Any]]:
    """All objects of a kind in a campaign, or the campaign itself; deleted ones included."""
    return _filtered(client, kind=kind, path=path, filtering={"campaign_ids": [campaign_id]})


def by_id(client: Client, *, kind: str, path: Path, platform_id: str) -> dict[str, Any] | None:
    """One object, deleted or not; None where there is none."""
    rows = _filtered(client, kind=kind, path=path, filtering={f"{path.ids[kind]}s": [platform_id]})
    return next((row for row in rows if shapes.an_id(row.get(path.ids[kind])) == platform_id), None)


def by_ids(client: Client, *, kind: str, path: Path, platform_ids: Sequence[str]) -> list[dict[str, Any]]:
    """All of these objects that there are, deleted ones included."""
    field, found = f"{path.ids[kind]}s", list[dict[str, Any]]()
    for start in range(0, len(platform_ids), MOST_IDS):
        some = list(platform_ids[start : start + MOST_IDS])
        found += _filtered(client, kind=kind, path=path, filtering={field: some})
    return found


def named(client: Client, *, kind: str, path: Path, name: str, body: Mapping[str, Any]) -> str | None:
    """The id of what has exactly this name below its parent; deleted ones do not count.

    TikTok's filter by name may match parts of it, and Smart+ has none for ads, so names are compared here.
    """
    field = mapping.NAMES[kind]
    filtering: dict[str, Any] = {} if kind == "ad" and path is paths.SMART_PLUS else {field: name}
    if kind == "ad_group":
        filtering["campaign_ids"] = [body["campaign_id"]]
    if kind == "ad":
        filtering["adgroup_ids"] = [body["adgroup_id"]]
    params = {"advertiser_id": client.advertiser_id, "filtering": filtering}
    rows = client.rows(f"{path.folders[kind]}/get", params=params)
    found = [shapes.an_id(row.get(path.ids[kind])) for row in rows if row.get(field) == name]
    if "" in found:
        raise Unavailable(f"TikTok named no id of {name!r}.", platform=Platform.TIKTOK_ADS.value)
    return min(found, key=int, default=None)


def is_deleted(row: Mapping[str, Any]) -> bool:
    """Whether an object is gone for good, by itself or with what it belonged to."""
    state = mapping.delivery_state(row.get("secondary_status"), operation=row.get("operation_status"))
    return state is DeliveryState.DELETED


def holds(row: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether an object has every value that an update's body would give it; pure."""
    sent = dict(body["creatives"][0]) if "creatives" in body else dict(body)
    sent = {name: value for name, value in sent.items() if name not in (*_ADDRESS, "patch_update")}
    return all(same(row.get(name), value) for name, value in sent.items())


def _filtered(client: Client, *, kind: str, path: Path, filtering: Mapping[str, Any]) -> list[dict[str, Any]]:
    params = {
        "advertiser_id": client.advertiser_id,
        "filtering": {**filtering, "primary_status": "STATUS_ALL"},
    }
    return list(client.rows(f"{path.folders[kind]}/get", params=params))


def same(stands: Any, wanted: Any) -> bool:
    """Whether a value stands as it was sent.

    TikTok adds fields of its own to objects, orders lists as it likes, and says nothing where nothing is set.
    """
    if isinstance(wanted, Mapping):
        return isinstance(stands, Mapping) and all(same(stands.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, (list, tuple)):
        return _same_list(stands or [], wanted)
    if wanted == audience.ALWAYS:
        return not stands or (isinstance(stands, str) and len(set(stands)) == 1)
    if isinstance(wanted, (bool, str)) or wanted is None:
        return bool(stands == wanted)
    return mapping.number(stands) == mapping.number(wanted)


def _same_list(stands: Any, wanted: Any) -> bool:
    if not isinstance(stands, list) or len(stands) != len(wanted):
        return False
    if any(isinstance(item, Mapping) for item in wanted):
        return all(same(one, other) for one, other in zip(stands, wanted, strict=True))
    return sorted(map(str, stands)) == sorted(map(str, wanted))
