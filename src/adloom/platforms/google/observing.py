"""How a campaign stands on Google: the words of the campaign, its ad groups and ads, as one observation. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.platforms import delivery, surprises
from adloom.platforms.contract import Observation, RemoteObject
from adloom.platforms.google import mapping
from adloom.platforms.google.client import Client
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus

Row = Mapping[str, Any]

_CAMPAIGN = """SELECT campaign.id, campaign.name, campaign.status, campaign.serving_status,
campaign.primary_status, campaign.primary_status_reasons FROM campaign WHERE campaign.id = {id}"""
_STATUS = "SELECT campaign.id, campaign.status FROM campaign WHERE campaign.id = {id}"
_GROUPS = """SELECT ad_group.id, ad_group.status, ad_group.primary_status, ad_group.primary_status_reasons
FROM ad_group WHERE campaign.id = {id} AND ad_group.status != 'REMOVED'"""
_ADS = """SELECT ad_group.id, ad_group_ad.resource_name, ad_group_ad.status,
ad_group_ad.policy_summary.review_status, ad_group_ad.policy_summary.approval_status,
ad_group_ad.policy_summary.policy_topic_entries FROM ad_group_ad
WHERE campaign.id = {id} AND ad_group_ad.status != 'REMOVED' AND ad_group.status != 'REMOVED'"""


def observe(client: Client, *, campaign_id: str) -> Observation:
    """How the campaign and its ads stand; a vanished campaign is DELETED."""
    rows = list(client.search(_CAMPAIGN.format(id=int(campaign_id))))
    if not rows or rows[0]["campaign"].get("status") == "REMOVED":
        return Observation(RemoteStatus.DELETED, DeliveryState.DELETED, "REMOVED")
    groups, ads = (list(client.search(query.format(id=int(campaign_id)))) for query in (_GROUPS, _ADS))
    seen = _observation(rows[0]["campaign"], [row["adGroup"] for row in groups], ads)
    for field, word in _words(rows[0], groups, ads):
        if mapping.unknown(field, word):
            surprises.note(Platform.GOOGLE_ADS, field, word)
    return seen


def status(client: Client, *, campaign_id: str) -> RemoteStatus | None:
    """What is set of a campaign: DELETED where it is gone, None for a word that nobody knows."""
    rows = list(client.search(_STATUS.format(id=int(campaign_id))))
    return mapping.STATUSES.get(str(rows[0]["campaign"].get("status"))) if rows else RemoteStatus.DELETED


def _words(campaign: Row, groups: list[Row], ads: list[Row]) -> Iterator[tuple[str, Any]]:
    """Every word that an observation reads, by its field."""
    for name, theirs in (
        ("status", "status"),
        ("primary_status", "primaryStatus"),
        ("serving_status", "servingStatus"),
    ):
        yield f"campaign.{name}", campaign["campaign"].get(theirs)
    for row in groups:
        yield "ad_group.status", row["adGroup"].get("status")
        yield "ad_group.primary_status", row["adGroup"].get("primaryStatus")
    for row in ads:
        policy = row["adGroupAd"].get("policySummary", {})
        yield "ad_group_ad.status", row["adGroupAd"].get("status")
        yield "ad_group_ad.policy_summary.review_status", policy.get("reviewStatus")
        yield "ad_group_ad.policy_summary.approval_status", policy.get("approvalStatus")


def _observation(campaign: Row, groups: list[Row], rows: list[Row]) -> Observation:
    ads = [_ad_part(row) for row in rows]
    topics = [
        f"{topic.get('topic')} ({topic.get('type')})"
        for row in rows
        for topic in row["adGroupAd"].get("policySummary", {}).get("policyTopicEntries", ())
    ]
    objects = [RemoteObject("campaign", "campaign", str(campaign["id"]), status=str(campaign.get("status")))]
    objects += [_seen("ad_group", str(each["id"]), mapping.group_state(each)) for each in groups]
    objects += [_seen("ad", _identity(row["adGroupAd"]), mapping.ad_state(row["adGroupAd"])) for row in rows]
    parts = [_group_part(each, campaign_id=str(campaign["id"])) for each in groups]
    return Observation(
        status=mapping.STATUSES.get(str(campaign.get("status")), RemoteStatus.PAUSED),
        delivery=delivery.of_campaign(mapping.campaign_state(campaign), groups=parts, ads=ads),
        words=" / ".join(str(campaign[name]) for name in ("status", "primaryStatus") if name in campaign),
        reasons=(*(str(each) for each in campaign.get("primaryStatusReasons", ())), *dict.fromkeys(topics)),
        objects=tuple(objects),
    )


def _group_part(group: Row, *, campaign_id: str) -> delivery.Part:
    return delivery.Part(str(group["id"]), campaign_id, _set(group), DeliveryState.ACTIVE)


def _ad_part(row: Row) -> delivery.Part:
    ad, group = row["adGroupAd"], row["adGroup"]
    return delivery.Part(str(ad["resourceName"]), str(group["id"]), _set(ad), mapping.ad_state(ad))


def _set(thing: Row) -> RemoteStatus:
    """What a person set; a word that nobody knows is taken for switched on, so that it is looked at."""
    return mapping.STATUSES.get(str(thing.get("status")), RemoteStatus.ACTIVE)


def _seen(kind: str, identity: str, state: DeliveryState) -> RemoteObject:
    """A part as seen; our key is not known here, so Google's id stands in it."""
    return RemoteObject(f"{kind}/{identity}", kind, identity, "campaign", status=state.value)


def _identity(ad: Row) -> str:
    return str(ad["resourceName"]).rpartition("/")[2]
