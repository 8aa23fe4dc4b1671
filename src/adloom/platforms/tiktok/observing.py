"""How a campaign stands on TikTok: its own switch, and what becomes of its ad groups and ads. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.core.errors import Missing, Rejected
from adloom.platforms import delivery
from adloom.platforms.contract import Observation, RemoteObject
from adloom.platforms.tiktok import calls, mapping
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import DeliveryState, RemoteStatus

GONE = Observation(RemoteStatus.DELETED, DeliveryState.DELETED, "CAMPAIGN_STATUS_DELETE")


def observe(client: Client, *, campaign_id: str) -> Observation:
    """A campaign and all its parts; a vanished one is DELETED."""
    try:
        campaigns = calls.by_id(client, folder="campaign", field="campaign_ids", value=campaign_id)
    except Missing:
        return GONE
    if not campaigns or _state(campaigns[0]) is DeliveryState.DELETED:
        return GONE
    groups = calls.by_id(client, folder="adgroup", field="campaign_ids", value=campaign_id)
    ads = calls.by_id(client, folder="ad", field="campaign_ids", value=campaign_id)
    rejected = [str(row["ad_id"]) for row in ads if _state(row) is DeliveryState.REJECTED]
    return judge(campaigns[0], groups=groups, ads=ads, reasons=_review(client, ad_ids=rejected))


def judge(
    campaign: Mapping[str, Any],
    *,
    groups: list[dict[str, Any]],
    ads: list[dict[str, Any]],
    reasons: tuple[str, ...] = (),
) -> Observation:
    """The observation of what TikTok said; pure."""
    group_parts = [_part(row, name="adgroup_id", parent="campaign_id") for row in groups]
    ad_parts = [_part(row, name="ad_id", parent="adgroup_id") for row in ads]
    objects = (
        _seen("campaign", campaign, name="campaign_id"),
        *(_seen("ad_group", row, name="adgroup_id") for row in groups),
        *(_seen("ad", row, name="ad_id") for row in ads),
    )
    own = [str(row.get("reject_reason") or "") for row in ads if row.get("reject_reason")]
    return Observation(
        status=_switch(campaign),
        delivery=delivery.of_campaign(_state(campaign), groups=group_parts, ads=ad_parts),
        words=_words(campaign, ads=ads),
        reasons=tuple(dict.fromkeys([*own, *reasons])),
        objects=objects,
    )


def _state(row: Mapping[str, Any]) -> DeliveryState:
    return mapping.delivery_state(row.get("secondary_status"), operation=row.get("operation_status"))


def _switch(row: Mapping[str, Any]) -> RemoteStatus:
    """What is set; a deleted object keeps its last switch, so its state decides."""
    if _state(row) is DeliveryState.DELETED:
        return RemoteStatus.DELETED
    return mapping.STATUSES.get(str(row.get("operation_status")), RemoteStatus.PAUSED)


def _part(row: Mapping[str, Any], *, name: str, parent: str) -> delivery.Part:
    return delivery.Part(str(row[name]), str(row.get(parent)), _switch(row), _state(row))


def _words(campaign: Mapping[str, Any], *, ads: list[dict[str, Any]]) -> str:
    """The campaign's status, then those of its ads."""
    own = _word(campaign)
    others = sorted({_word(row) for row in ads} - {own})
    return f"{own} (ads: {', '.join(others)})" if others else own


def _word(row: Mapping[str, Any]) -> str:
    return str(row.get("secondary_status") or row.get("operation_status") or "")


def _seen(kind: str, row: Mapping[str, Any], *, name: str) -> RemoteObject:
    platform_id = str(row[name])
    return RemoteObject(f"{kind}/{platform_id}", kind, platform_id, status=_word(row))


def _review(client: Client, *, ad_ids: list[str]) -> tuple[str, ...]:
    """Why ads were rejected. The endpoint is not in every account's API, so its refusal says nothing."""
    if not ad_ids:
        return ()
    params = {"advertiser_id": client.advertiser_id, "ad_ids": ad_ids}
    try:
        data = client.get("ad/review_info", params=params)
    except Rejected:
        return ()
    reviews = data.get("ad_review_map") or {}
    problems = [problem for review in reviews.values() for problem in review.get("reject_info") or ()]
    return tuple(str(reason) for problem in problems for reason in problem.get("reasons") or ())
