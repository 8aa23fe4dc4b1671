"""How a campaign stands at Microsoft: its status, its parts, and what editorial review says of them. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from adloom.core.errors import Missing
from adloom.core.time import today
from adloom.platforms import delivery, surprises
from adloom.platforms.contract import Observation, RemoteObject
from adloom.platforms.microsoft import mapping, readback
from adloom.platforms.microsoft.client import Client
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus

Row = Mapping[str, Any]
GONE = Observation(RemoteStatus.DELETED, DeliveryState.DELETED, "Deleted")


def observe(client: Client, *, campaign_id: str, time_zone: str) -> Observation:
    """The campaign as it stands; a deleted one is no longer returned by Microsoft, and DELETED here."""
    campaign = status_row(client, campaign_id=campaign_id)
    if campaign is None or campaign.get("Status") == "Deleted":
        return GONE
    day = today(time_zone)
    groups, ads = [], []
    for row in readback.ad_groups(client, campaign_id=campaign_id):
        groups.append(_group(row, campaign_id=campaign_id, day=day))
        ads += [(row, ad) for ad in readback.ads(client, group_id=str(row["Id"]))]
    parts = [_ad(ad, group_id=str(group["Id"])) for group, ad in ads]
    status = str(campaign.get("Status"))
    rejected = [(group, ad) for group, ad in ads if mapping.ad_state(ad) is DeliveryState.REJECTED]
    return Observation(
        status=mapping.STATUSES.get(status, RemoteStatus.PAUSED),
        delivery=delivery.of_campaign(_told("status", status, mapping.state(status)), groups=groups, ads=parts),
        words=status,
        reasons=tuple(_reasons(client, rejected)) if rejected else (),
        objects=(
            RemoteObject("campaign", "campaign", campaign_id, status=status),
            *(RemoteObject(f"ad/{part.platform_id}", "ad", part.platform_id, "campaign") for part in parts),
        ),
    )


def status_row(client: Client, *, campaign_id: str) -> Row | None:
    """The campaign; None where Microsoft does not return it, or says that there is none."""
    try:
        return readback.campaign(client, campaign_id=campaign_id)
    except Missing:
        return None


def _group(row: Row, *, campaign_id: str, day: date) -> delivery.Part:
    status = str(row.get("Status"))
    own = _told("status", status, mapping.state(status))
    start = _day(row.get("StartDate"))
    if own is DeliveryState.ACTIVE and start is not None and start > day:
        own = DeliveryState.SCHEDULED
    return delivery.Part(str(row["Id"]), campaign_id, mapping.STATUSES.get(status, RemoteStatus.ACTIVE), own)


def _ad(row: Row, *, group_id: str) -> delivery.Part:
    status = mapping.STATUSES.get(str(row.get("Status")), RemoteStatus.ACTIVE)
    words = f"{row.get('Status')}, editorial {row.get('EditorialStatus')}"
    return delivery.Part(str(row["Id"]), group_id, status, _told("ad status", words, mapping.ad_state(row)))


def _told(kind: str, words: str, state: DeliveryState) -> DeliveryState:
    """The state; words that none is known for are counted."""
    if state is DeliveryState.UNKNOWN:
        surprises.note(Platform.MICROSOFT_ADS, kind, words)
    return state


def _day(value: Mapping[str, Any] | None) -> date | None:
    return date(int(value["Year"]), int(value["Month"]), int(value["Day"])) if value else None


def _reasons(client: Client, rejected: Sequence[tuple[Row, Row]]) -> Iterator[str]:
    """Why ads were disapproved, in Microsoft's codes and terms."""
    pairs = [{"EntityId": str(ad["Id"]), "ParentId": str(group["Id"])} for group, ad in rejected]
    body = {"AccountId": client.account, "EntityIdToParentIdAssociations": pairs, "EntityType": "Ad"}
    answer = client.query("EditorialReasons/QueryByIds", body)
    for collection in answer.get("EditorialReasons") or ():
        for reason in (collection or {}).get("Reasons") or ():
            named = reason or {}
            words = (named.get("ReasonCode"), named.get("Location"), named.get("Term"))
            yield " ".join(str(word) for word in words if word)
