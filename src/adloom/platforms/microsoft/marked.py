"""What stands at Microsoft under a campaign's marker, and how one of them is taken away by its id.

Names are unique there; ads have none, and are told apart by what they show. Microsoft tells nobody when an object was
made (Campaign, AdGroup and Ad data objects have no such element).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adloom.core.errors import Missing
from adloom.platforms.contract import StepResult
from adloom.platforms.marked import Marked, Removal
from adloom.platforms.microsoft import diffs, mapping, observing, payloads, readback
from adloom.platforms.microsoft.client import Client
from adloom.platforms.microsoft.readback import Row
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import RemoteStatus


def find(client: Client, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Marked, ...]:
    """Campaigns of the marker and the ad groups beneath them that carry it; of our own ad groups, their ads."""
    query = {"AccountId": client.account, "CampaignType": "Search"}
    rows = client.rows("Campaigns/QueryByAccountId", query, "Campaigns")
    found = [_marked(row, "campaign", str(row["Id"]), None) for row in rows if _carries(row, spec.marker)]
    for campaign_id in [each.platform_id for each in found]:
        groups = readback.ad_groups(client, campaign_id=campaign_id)
        found += [_marked(row, "ad_group", campaign_id, campaign_id) for row in groups if _carries(row, spec.marker)]
    ours = {value for key, value in ids.items() if key.startswith("ad_group/")}
    for group in [each for each in found if each.kind == "ad_group" and each.platform_id in ours]:
        found += _ads(client, group, ids=ids)
    return tuple(each for each in found if each.status is not RemoteStatus.DELETED)


def request(gone: Removal, *, spec: CampaignSpec) -> Row:
    """The body that deletes one object."""
    if gone.kind == "campaign":
        return payloads.delete(spec, campaign_id=gone.platform_id)
    if gone.kind == "ad_group":
        return {"CampaignId": gone.parent_id, "AdGroupIds": [gone.platform_id]}
    return {"AdGroupId": gone.parent_id, "AdIds": [gone.platform_id]}


def remove(client: Client, gone: Removal, *, spec: CampaignSpec) -> StepResult:
    """Deletes one object; what is gone already is done."""
    path = {"campaign": "Campaigns", "ad_group": "AdGroups", "ad": "Ads"}[gone.kind]
    try:
        client.write("DELETE", path, request(gone, spec=spec))
    except Missing:
        return StepResult(words="Deleted", adopted=True)
    return StepResult(words="Deleted", response={"id": gone.platform_id})


def find_removed(client: Client, gone: Removal) -> StepResult | None:
    """Whether it is gone."""
    try:
        row = readback.by_id(_beside(client, gone), gone.platform_id)
    except Missing:
        row = None
    if row is not None and row.get("Status") != "Deleted":
        return None
    return StepResult(words="Deleted", response={"id": gone.platform_id}, adopted=True)


def _beside(client: Client, gone: Removal) -> Sequence[Row]:
    if gone.kind == "campaign":
        row = observing.status_row(client, campaign_id=gone.platform_id)
        return [] if row is None else [row]
    if gone.kind == "ad_group":
        return readback.ad_groups(client, campaign_id=gone.parent_id)
    return readback.ads(client, group_id=gone.parent_id)


def _ads(client: Client, group: Marked, *, ids: Mapping[str, str]) -> Iterator[Marked]:
    """The ads of an ad group that are ours, or show what one of ours shows."""
    rows = readback.ads(client, group_id=group.platform_id)
    ours = {value for key, value in ids.items() if key.startswith("ad/")}
    shown = {diffs.ad_looks(row) for row in rows if str(row["Id"]) in ours}
    for row in rows:
        if diffs.ad_looks(row) in shown:
            yield _marked(row, "ad", group.campaign_id, group.platform_id)


def _carries(row: Row, marker: str) -> bool:
    return marker in str(row.get("Name", "")).casefold()


def _marked(row: Row, kind: str, campaign_id: str, parent_id: str | None) -> Marked:
    status = mapping.STATUSES.get(str(row.get("Status")), RemoteStatus.ACTIVE)
    return Marked(kind, str(row["Id"]), campaign_id, parent_id, str(row.get("Name") or ""), status)
