"""What stands on Google under a campaign's marker, and how one of them is taken away by its resource name.

Names of campaigns are unique in an account, those of ad groups in a campaign, and the tree is made by one atomic
write; ads have no name and are told apart by what they show. Google tells nobody when a campaign was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Missing, Rejected
from adloom.platforms.contract import StepResult
from adloom.platforms.google import mapping, payloads, readback
from adloom.platforms.google.client import Client
from adloom.platforms.google.readback import Row
from adloom.platforms.marked import Marked, Removal
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import RemoteStatus

_CAMPAIGNS = """SELECT campaign.id, campaign.name, campaign.status FROM campaign
WHERE campaign.name LIKE '%{marker}%' AND campaign.status != 'REMOVED'"""
_GROUPS = """SELECT campaign.id, ad_group.id, ad_group.name, ad_group.status FROM ad_group
WHERE campaign.name LIKE '%{marker}%' AND campaign.status != 'REMOVED' AND ad_group.status != 'REMOVED'"""
_WRITES = {
    "campaign": ("campaignOperation", "campaigns"),
    "ad_group": ("adGroupOperation", "adGroups"),
    "ad": ("adGroupAdOperation", "adGroupAds"),
}
_GONE = {
    "campaign": "SELECT campaign.status FROM campaign WHERE campaign.id = {id}",
    "ad_group": "SELECT ad_group.status FROM ad_group WHERE ad_group.id = {id}",
    "ad": "SELECT ad_group_ad.status FROM ad_group_ad WHERE ad_group_ad.ad.id = {id} AND ad_group.id = {group}",
}


def find(client: Client, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Marked, ...]:
    """Campaigns of the marker, the ad groups beneath them, and of our own campaign the ads: one query each."""
    campaigns = [row["campaign"] for row in client.search(_CAMPAIGNS.format(marker=spec.marker))]
    groups = client.search(_GROUPS.format(marker=spec.marker)) if campaigns else ()
    found = [_marked(row, "campaign", str(row["id"]), str(row["id"]), None) for row in campaigns]
    found += [
        _marked(row["adGroup"], "ad_group", str(row["adGroup"]["id"]), campaign, campaign)
        for row in groups
        if spec.marker in str(row["adGroup"].get("name"))
        for campaign in [str(row["campaign"]["id"])]
    ]
    return (*found, *(_ads(client, ids=ids) if campaigns and "campaign" in ids else ()))


def request(gone: Removal, *, spec: CampaignSpec) -> Mapping[str, Any]:
    """The body that removes one object."""
    operation, collection = _WRITES[gone.kind]
    name = f"customers/{spec.account.external_id}/{collection}/{gone.platform_id}"
    return payloads.atomic([{operation: {"remove": name}}])


def remove(client: Client, gone: Removal, *, spec: CampaignSpec) -> StepResult:
    """Removes one object; what is gone already is done."""
    try:
        client.mutate(request(gone, spec=spec))
    except Missing:
        return StepResult(words="REMOVED", adopted=True)
    except Rejected:
        # Of an ad that is removed already Google says that it cannot be operated on.
        if (found := find_removed(client, gone)) is None:
            raise
        return found
    return StepResult(words="REMOVED", response={"id": gone.platform_id})


def find_removed(client: Client, gone: Removal) -> StepResult | None:
    """Whether it is gone."""
    group, _, own = gone.platform_id.rpartition("~")
    rows = list(client.search(_GONE[gone.kind].format(id=int(own), group=int(group or 0))))
    if any("REMOVED" not in {part.get("status") for part in row.values()} for row in rows):
        return None
    return StepResult(words="REMOVED", response={"id": gone.platform_id}, adopted=True)


def _ads(client: Client, *, ids: Mapping[str, str]) -> Iterator[Marked]:
    """The ads of our campaign that are ours, or show what one of ours shows in the same ad group."""
    campaign = ids["campaign"]
    ours = {value for key, value in ids.items() if key.startswith("ad/")}
    rows = readback.ads_by_looks(client, campaign_id=campaign)
    shown = {looks for identity, looks, _ in rows if identity in ours}
    for identity, looks, row in rows:
        if looks in shown:
            yield _marked(row, "ad", identity, campaign, identity.partition("~")[0])


def _marked(row: Row, kind: str, identity: str, campaign: str, parent: str | None) -> Marked:
    status = mapping.STATUSES.get(str(row.get("status")), RemoteStatus.ACTIVE)
    return Marked(kind, identity, campaign, parent, str(row.get("name") or ""), status)
