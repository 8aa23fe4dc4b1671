"""One delivery state of many: how a campaign stands, judged by its parts that are switched on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adloom.platforms.types import DeliveryState, RemoteStatus

#: Worst first.
ORDER = (
    DeliveryState.DELETED,
    DeliveryState.BILLING_BLOCKED,
    DeliveryState.REJECTED,
    DeliveryState.ENDED,
    DeliveryState.PAUSED,
    DeliveryState.IN_REVIEW,
    DeliveryState.UNKNOWN,
    DeliveryState.SCHEDULED,
    DeliveryState.LIMITED,
    DeliveryState.ACTIVE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """An ad group or an ad. `status` is its own switch, `delivery` what its platform says of it."""

    platform_id: str
    parent_id: str
    status: RemoteStatus
    delivery: DeliveryState


def worst(states: Iterable[DeliveryState]) -> DeliveryState:
    """The worst of some states; UNKNOWN of none."""
    return min(states, key=ORDER.index, default=DeliveryState.UNKNOWN)


def of_campaign(campaign: DeliveryState, *, groups: Iterable[Part], ads: Iterable[Part]) -> DeliveryState:
    """How a campaign delivers: the worst of itself and of its parts that are switched on.

    A part that somebody switched off says nothing of the others; where all of a level are off, it is PAUSED.
    """
    all_groups, all_ads = list(groups), list(ads)
    live_groups = [part for part in all_groups if part.status is RemoteStatus.ACTIVE]
    live_ids = {part.platform_id for part in live_groups}
    live_ads = [part for part in all_ads if part.status is RemoteStatus.ACTIVE and part.parent_id in live_ids]
    states = [campaign, *_level(all_groups, live=live_groups), *_level(all_ads, live=live_ads)]
    return worst(states)


def _level(parts: list[Part], *, live: list[Part]) -> list[DeliveryState]:
    if parts and not live:
        return [DeliveryState.PAUSED]
    return [part.delivery for part in live]
