"""What stands on TikTok under a campaign's marker, found by name, and how one of them is taken away by its id.

TikTok's filter by name may match parts of it, so names are compared here. `create_time` is read as UTC without an
offset, as TikTok's schedule times are; no public page was found that says so of this field. Were it another zone, a
surplus object would be a person's decision and not be taken for ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from adloom.core.errors import Missing, Rejected, Unavailable
from adloom.platforms.contract import StepResult
from adloom.platforms.marked import Marked, Removal
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import mapping, paths, readback, shapes
from adloom.platforms.tiktok.client import Client
from adloom.platforms.tiktok.paths import Path
from adloom.platforms.types import Platform, RemoteStatus

_PARENTS = {"campaign": None, "ad_group": "campaign_id", "ad": "adgroup_id"}


def find(client: Client, *, spec: CampaignSpec) -> tuple[Marked, ...]:
    """Campaigns of the marker, then the ad groups and ads beneath them that carry it."""
    path = paths.of(spec)
    by_name = {mapping.NAMES["campaign"]: spec.name}
    campaigns = tuple(_listed(client, kind="campaign", path=path, spec=spec, filtering=by_name))
    found = list(campaigns)
    for start in range(0, len(campaigns), readback.MOST_IDS):
        below = {"campaign_ids": [each.platform_id for each in campaigns[start : start + readback.MOST_IDS]]}
        for kind in ("ad_group", "ad"):
            found += _listed(client, kind=kind, path=path, spec=spec, filtering=below)
    return tuple(found)


def remove(client: Client, gone: Removal, *, spec: CampaignSpec) -> StepResult:
    """Deletes one object; TikTok refuses to delete what is deleted, which is what was wanted."""
    path = paths.of(spec)
    body = {
        "advertiser_id": spec.account.external_id,
        f"{path.ids[gone.kind]}s": [gone.platform_id],
        "operation_status": "DELETE",
    }
    try:
        client.post(f"{path.folders[gone.kind]}/status/update", body=body)
    except Rejected:
        found = find_removed(client, gone, spec=spec)
        if found is None:
            raise
        return found
    return StepResult(words="DELETE", response={"id": gone.platform_id})


def find_removed(client: Client, gone: Removal, *, spec: CampaignSpec) -> StepResult | None:
    """Whether it is gone."""
    try:
        row = readback.by_id(client, kind=gone.kind, path=paths.of(spec), platform_id=gone.platform_id)
    except Missing:
        row = None
    if row is not None and not readback.is_deleted(row):
        return None
    return StepResult(words="DELETE", response={"id": gone.platform_id}, adopted=True)


def _listed(
    client: Client, *, kind: str, path: Path, spec: CampaignSpec, filtering: Mapping[str, Any]
) -> Iterator[Marked]:
    params = {"advertiser_id": client.advertiser_id, "filtering": filtering}
    for row in client.rows(f"{path.folders[kind]}/get", params=params):
        if spec.marker in str(row.get(mapping.NAMES[kind])) and not readback.is_deleted(row):
            yield _marked(row, kind=kind, path=path)


def _marked(row: Mapping[str, Any], *, kind: str, path: Path) -> Marked:
    platform_id, parent = shapes.an_id(row.get(path.ids[kind])), _PARENTS[kind]
    if not platform_id:
        raise Unavailable(f"TikTok named no id of a {kind}.", platform=Platform.TIKTOK_ADS.value)
    return Marked(
        kind,
        platform_id,
        campaign_id=shapes.an_id(row.get("campaign_id")),
        parent_id=None if parent is None else shapes.an_id(row.get(parent)),
        name=str(row.get(mapping.NAMES[kind])),
        status=mapping.STATUSES.get(str(row.get("operation_status")), RemoteStatus.ACTIVE),
        made_at=_instant(row.get("create_time")),
    )


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.strptime(shapes.text(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
