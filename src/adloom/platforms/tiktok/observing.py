"""How a campaign stands on TikTok: its own switch, and what becomes of its ad groups and ads. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.core.errors import Missing, Rejected
from adloom.platforms import delivery, surprises
from adloom.platforms.contract import Observation, RemoteObject
from adloom.platforms.tiktok import mapping, paths, readback, shapes
from adloom.platforms.tiktok.client import Client
from adloom.platforms.tiktok.paths import Path
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus

#: `review_info` takes this many ads at once; the reasons of more are the same few.
MOST_REVIEWS = 100
GONE = Observation(RemoteStatus.DELETED, DeliveryState.DELETED, "CAMPAIGN_STATUS_DELETE")


def observe(client: Client, *, campaign_id: str) -> Observation:
    """A campaign and all its parts; a vanished one is DELETED."""
    campaign, path = _campaign(client, campaign_id=campaign_id)
    if campaign is None or readback.is_deleted(campaign):
        return GONE
    groups = readback.below(client, kind="ad_group", path=path, campaign_id=campaign_id)
    ads = readback.below(client, kind="ad", path=path, campaign_id=campaign_id)
    groups, ads = ([row for row in rows if not readback.is_deleted(row)] for rows in (groups, ads))
    rejected = [_id(row, kind="ad") for row in ads if _state(row) is DeliveryState.REJECTED]
    return judge(campaign, groups=groups, ads=ads, reasons=_review(client, ad_ids=rejected, path=path))


def _campaign(client: Client, *, campaign_id: str) -> tuple[dict[str, Any] | None, Path]:
    """A campaign and its path. Smart+ campaigns are read by calls of their own where the plain ones hide them."""
    try:
        row = readback.by_id(client, kind="campaign", path=paths.MANUAL, platform_id=campaign_id)
    except Missing:
        row = None
    if row is not None:
        return row, paths.SMART_PLUS if is_smart_plus(row) else paths.MANUAL
    try:
        row = readback.by_id(client, kind="campaign", path=paths.SMART_PLUS, platform_id=campaign_id)
    except Rejected:
        return None, paths.MANUAL
    return row, paths.SMART_PLUS


def is_smart_plus(row: Mapping[str, Any]) -> bool:
    """Whether a campaign was made by `/smart_plus/…`.

    `campaign_automation_type` says so (TikTok API for Business, MANUAL, SMART_PLUS for the old kind,
    UPGRADED_SMART_PLUS); the flag beside it is told to stay false for the new kind, so it only counts alone.
    """
    kind = row.get("campaign_automation_type")
    return kind == "UPGRADED_SMART_PLUS" if kind else bool(row.get("is_smart_performance_campaign"))


def judge(
    campaign: Mapping[str, Any],
    *,
    groups: list[dict[str, Any]],
    ads: list[dict[str, Any]],
    reasons: tuple[str, ...] = (),
) -> Observation:
    """The observation of what TikTok said; pure."""
    group_parts = [_part(row, kind="ad_group", parent="campaign_id") for row in groups]
    ad_parts = [_part(row, kind="ad", parent="adgroup_id") for row in ads]
    objects = (
        _seen("campaign", campaign),
        *(_seen("ad_group", row) for row in groups),
        *(_seen("ad", row) for row in ads),
    )
    own = [reason for row in ads if (reason := shapes.text(row.get("reject_reason")))]
    return Observation(
        status=_switch(campaign),
        delivery=delivery.of_campaign(_state(campaign), groups=group_parts, ads=ad_parts),
        words=_words(campaign, ads=ads),
        reasons=tuple(dict.fromkeys([*own, *reasons])),
        objects=objects,
    )


def _state(row: Mapping[str, Any]) -> DeliveryState:
    word = row.get("secondary_status")
    found = mapping.delivery_state(word, operation=row.get("operation_status"))
    if found is DeliveryState.UNKNOWN:
        surprises.note(Platform.TIKTOK_ADS, "status", word)
    return found


def _switch(row: Mapping[str, Any]) -> RemoteStatus:
    """What is set; a deleted object keeps its last switch, so its state decides."""
    if _state(row) is DeliveryState.DELETED:
        return RemoteStatus.DELETED
    return mapping.STATUSES.get(str(row.get("operation_status")), RemoteStatus.PAUSED)


def _part(row: Mapping[str, Any], *, kind: str, parent: str) -> delivery.Part:
    return delivery.Part(_id(row, kind=kind), str(row.get(parent)), _switch(row), _state(row))


def _id(row: Mapping[str, Any], *, kind: str) -> str:
    """An object's id on either path."""
    names = (paths.SMART_PLUS.ids[kind], paths.MANUAL.ids[kind])
    return next((found for name in names if (found := shapes.an_id(row.get(name)))), "")


def _words(campaign: Mapping[str, Any], *, ads: list[dict[str, Any]]) -> str:
    """The campaign's status, then those of its ads."""
    own = _word(campaign)
    others = sorted({_word(row) for row in ads} - {own})
    return f"{own} (ads: {', '.join(others)})" if others else own


def _word(row: Mapping[str, Any]) -> str:
    return shapes.text(row.get("secondary_status")) or shapes.text(row.get("operation_status"))


def _seen(kind: str, row: Mapping[str, Any]) -> RemoteObject:
    platform_id = _id(row, kind=kind)
    return RemoteObject(f"{kind}/{platform_id}", kind, platform_id, status=_word(row))


def _review(client: Client, *, ad_ids: list[str], path: Path) -> tuple[str, ...]:
    """Why ads were rejected. The endpoint is not in every account's API, so its refusal says nothing."""
    ad_ids = [ad_id for ad_id in ad_ids if ad_id][:MOST_REVIEWS]
    if not ad_ids:
        return ()
    field = f"{path.ids['ad']}s"
    params = {"advertiser_id": client.advertiser_id, field: ad_ids}
    try:
        data = client.get(f"{path.folders['ad']}/review_info", params=params)
    except Rejected:
        return ()
    by_ad = list(shapes.an_object(data.get("ad_review_map")).values())
    reviews = [*shapes.objects(by_ad), *shapes.objects(data.get("smart_plus_ad_review_infos"))]
    problems = [problem for review in reviews for problem in shapes.objects(review.get("reject_info"))]
    return tuple(reason for problem in problems for reason in shapes.texts(problem.get("reasons")))
