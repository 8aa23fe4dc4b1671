"""How a campaign stands on Meta: its own status, and what becomes of its ad sets and ads. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from adloom.core import time
from adloom.core.errors import Missing, Unavailable
from adloom.platforms import delivery, surprises
from adloom.platforms.contract import Observation, RemoteObject
from adloom.platforms.meta import mapping
from adloom.platforms.meta.graph import Graph
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus

GONE = Observation(RemoteStatus.DELETED, DeliveryState.DELETED, "DELETED")

_FIELDS = "id,name,status,effective_status,issues_info"
_FIELDS_OF_AD_SETS = "start_time,end_time,learning_stage_info"
_FIELDS_OF_ADS = "adset_id,ad_review_feedback,failed_delivery_checks"


def observe(graph: Graph, *, campaign_id: str) -> Observation:
    """A campaign and all its parts; a vanished or archived one is DELETED."""
    fields = f"{_FIELDS},start_time,stop_time"
    try:
        campaign = graph.get(campaign_id, endpoint="campaign", params={"fields": fields})
    except Missing:
        return GONE
    if _status(campaign) is RemoteStatus.DELETED:
        return GONE
    ad_sets = _children(graph, campaign_id=campaign_id, edge="adsets", fields=_FIELDS_OF_AD_SETS)
    ads = _children(graph, campaign_id=campaign_id, edge="ads", fields=_FIELDS_OF_ADS)
    return judge({**campaign, "id": campaign_id}, ad_sets=ad_sets, ads=ads, now=time.now())


def judge(
    campaign: Mapping[str, Any],
    *,
    ad_sets: list[dict[str, Any]],
    ads: list[dict[str, Any]],
    now: datetime,
) -> Observation:
    """The observation of what Meta said; pure."""
    groups = [_part(row, parent=campaign["id"], state=_flight(row, now=now)) for row in ad_sets]
    parts = [_part(row, parent=str(row.get("adset_id")), state=_state(row)) for row in ads]
    effective = str(campaign.get("effective_status") or "")
    objects = [
        _seen("campaign", campaign),
        *(_seen("ad_group", row) for row in ad_sets),
        *(_seen("ad", row) for row in ads),
    ]
    return Observation(
        status=_status(campaign),
        delivery=delivery.of_campaign(_state(campaign), groups=groups, ads=parts),
        words=_words(effective, ads=ads),
        reasons=tuple(dict.fromkeys(_reasons([campaign, *ad_sets, *ads]))),
        objects=tuple(objects),
    )


def _children(graph: Graph, *, campaign_id: str, edge: str, fields: str) -> list[dict[str, Any]]:
    params = {"fields": f"{_FIELDS},{fields}"}
    rows = list(graph.rows(f"{campaign_id}/{edge}", endpoint=f"campaign/{edge}", params=params))
    if not all(row.get("id") for row in rows):
        raise Unavailable(f"Meta, GET campaign/{edge}: a part without its id.", platform=Platform.FACEBOOK_ADS)
    return rows


def _state(row: Mapping[str, Any]) -> DeliveryState:
    word = row.get("effective_status")
    if (found := mapping.DELIVERY.get(str(word))) is None:
        surprises.note(Platform.FACEBOOK_ADS, "status", word)
    return found or DeliveryState.UNKNOWN


def _flight(row: Mapping[str, Any], *, now: datetime) -> DeliveryState:
    """An ad set is ACTIVE for Meta before its flight and after it as well."""
    state = _state(row)
    if state is not DeliveryState.ACTIVE:
        return state
    start, end = mapping.instant(row.get("start_time")), mapping.instant(row.get("end_time"))
    if end is not None and end <= now:
        return DeliveryState.ENDED
    return DeliveryState.SCHEDULED if start is not None and start > now else state


def _part(row: Mapping[str, Any], *, parent: str, state: DeliveryState) -> delivery.Part:
    return delivery.Part(str(row["id"]), parent, _status(row), state)


def _status(row: Mapping[str, Any]) -> RemoteStatus:
    """What is set. A word that nobody knows counts as on: what may spend is never shown as paused."""
    for name in ("status", "effective_status"):
        if found := mapping.STATUSES.get(str(row.get(name))):
            return found
    return RemoteStatus.ACTIVE


def _words(effective: str, *, ads: Iterable[Mapping[str, Any]]) -> str:
    """The campaign's effective status, then those of its ads where they differ."""
    others = sorted({str(row.get("effective_status")) for row in ads} - {effective})
    return f"{effective} (ads: {', '.join(others)})" if others else effective


def _reasons(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        for issue in _objects(row.get("issues_info")):
            yield str(issue.get("error_summary") or issue.get("error_message") or issue.get("error_code"))
        yield from _feedback(row.get("ad_review_feedback"))
        for check in _objects(row.get("failed_delivery_checks")):
            yield str(check.get("summary") or check.get("description") or check.get("check_name"))
        learning = row.get("learning_stage_info")
        if isinstance(learning, Mapping) and learning.get("status") == "FAIL":
            yield "Learning limited: too few results to leave the learning phase."


def _feedback(feedback: Any) -> Iterator[str]:
    """Meta's words per policy: for all places, then for single ones (`placement_specific`: place, policy, text)."""
    if not isinstance(feedback, Mapping):
        return
    places = feedback.get("placement_specific")
    for found in (feedback.get("global"), *(places.values() if isinstance(places, Mapping) else ())):
        if isinstance(found, Mapping):
            yield from (f"{policy}: {text}" for policy, text in found.items())


def _objects(found: Any) -> list[Mapping[str, Any]]:
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _seen(kind: str, row: Mapping[str, Any]) -> RemoteObject:
    platform_id = str(row["id"])
    return RemoteObject(f"{kind}/{platform_id}", kind, platform_id, status=str(row.get("effective_status") or ""))
