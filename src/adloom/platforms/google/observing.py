"""How a campaign stands on Google: the words of the campaign, its ad groups and ads, as one observation. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.platforms import delivery
from adloom.platforms.contract import Observation, RemoteObject
from adloom.platforms.google import mapping
from adloom.platforms.google.client import Client
from adloom.platforms.types import DeliveryState, RemoteStatus

_CAMPAIGN = """SELECT campaign.id, campaign.name, campaign.status, campaign.serving_status,
campaign.primary_status, campaign.primary_status_reasons FROM campaign WHERE campaign.id = {id}"""
_STATUS = "SELECT campaign.id, campaign.status FROM campaign WHERE campaign.id = {id}"
_ADS = """SELECT ad_group.id, ad_group.name, ad_group.status, ad_group_ad.resource_name, ad_group_ad.status,
ad_group_ad.policy_summary.review_status, ad_group_ad.policy_summary.approval_status,
ad_group_ad.policy_summary.policy_topic_entries FROM ad_group_ad
WHERE campaign.id = {id} AND ad_group_ad.status != 'REMOVED' AND ad_group.status != 'REMOVED'"""


def observe(client: Client, *, campaign_id: str) -> Observation:
    """How the campaign and its ads stand; a vanished campaign is DELETED."""
    rows = list(client.search(_CAMPAIGN.format(id=int(campaign_id))))
    if not rows or rows[0]["campaign"].get("status") == "REMOVED":
        return Observation(RemoteStatus.DELETED, DeliveryState.DELETED, "REMOVED")
    return _observation(rows[0]["campaign"], list(client.search(_ADS.format(id=int(campaign_id)))))


def status(client: Client, *, campaign_id: str) -> RemoteStatus | None:
    """What is set of a campaign: DELETED where it is gone, None for a word that nobody knows."""
    rows = list(client.search(_STATUS.format(id=int(campaign_id))))
    return mapping.STATUSES.get(str(rows[0]["campaign"].get("status"))) if rows else RemoteStatus.DELETED


def _observation(campaign: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Observation:
    groups = {row["adGroup"]["id"]: _group_part(row, campaign_id=str(campaign["id"])) for row in rows}
    ads = [_ad_part(row) for row in rows]
    topics = [
        f"{topic.get('topic')} ({topic.get('type')})"
        for row in rows
        for topic in row["adGroupAd"].get("policySummary", {}).get("policyTopicEntries", ())
    ]
    objects = [RemoteObject("campaign", "campaign", str(campaign["id"]), status=str(campaign.get("status")))]
    objects += [_seen_ad(row["adGroupAd"]) for row in rows]
    return Observation(
        status=mapping.STATUSES.get(str(campaign.get("status")), RemoteStatus.PAUSED),
        delivery=delivery.of_campaign(mapping.campaign_state(campaign), groups=groups.values(), ads=ads),
        words=" / ".join(str(campaign[name]) for name in ("status", "primaryStatus") if name in campaign),
        reasons=(*(str(each) for each in campaign.get("primaryStatusReasons", ())), *dict.fromkeys(topics)),
        objects=tuple(objects),
    )


def _group_part(row: Mapping[str, Any], *, campaign_id: str) -> delivery.Part:
    group = row["adGroup"]
    return delivery.Part(str(group["id"]), campaign_id, _set(group), DeliveryState.ACTIVE)


def _ad_part(row: Mapping[str, Any]) -> delivery.Part:
    ad, group = row["adGroupAd"], row["adGroup"]
    return delivery.Part(str(ad["resourceName"]), str(group["id"]), _set(ad), mapping.ad_state(ad))


def _set(thing: Mapping[str, Any]) -> RemoteStatus:
    """What a person set; a word that nobody knows is taken for switched on, so that it is looked at."""
    return mapping.STATUSES.get(str(thing.get("status")), RemoteStatus.ACTIVE)


def _seen_ad(ad: Mapping[str, Any]) -> RemoteObject:
    """An ad as seen; our key is not known here, so Google's id stands in it."""
    identity = str(ad["resourceName"]).rpartition("/")[2]
    return RemoteObject(f"ad/{identity}", "ad", identity, "campaign", status=mapping.ad_state(ad).value)
