"""One state of many parts: the worst of those that are switched on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adloom.platforms import delivery
from adloom.platforms.delivery import Part
from adloom.platforms.types import DeliveryState, RemoteStatus

ON, OFF = RemoteStatus.ACTIVE, RemoteStatus.PAUSED
GROUP = Part("g", "c", ON, DeliveryState.ACTIVE)


def _ad(state: DeliveryState, *, status: RemoteStatus = ON, parent: str = "g") -> Part:
    return Part(f"ad-{state}", parent, status, state)


def test_every_state_has_a_rank() -> None:
    assert set(delivery.ORDER) == set(DeliveryState)
    assert len(delivery.ORDER) == len(DeliveryState)


@pytest.mark.parametrize(
    ("ads", "state"),
    [
        ([_ad(DeliveryState.ACTIVE)], DeliveryState.ACTIVE),
        ([_ad(DeliveryState.ACTIVE), _ad(DeliveryState.IN_REVIEW)], DeliveryState.IN_REVIEW),
        ([_ad(DeliveryState.ACTIVE), _ad(DeliveryState.REJECTED)], DeliveryState.REJECTED),
        ([_ad(DeliveryState.ACTIVE), _ad(DeliveryState.UNKNOWN)], DeliveryState.UNKNOWN),
        ([_ad(DeliveryState.ACTIVE), _ad(DeliveryState.PAUSED, status=OFF)], DeliveryState.ACTIVE),
        ([_ad(DeliveryState.PAUSED, status=OFF)], DeliveryState.PAUSED),
        ([_ad(DeliveryState.REJECTED, status=OFF)], DeliveryState.PAUSED),
        ([], DeliveryState.ACTIVE),
    ],
)
def test_the_worst_live_ad_speaks_for_the_campaign(ads: list[Part], state: DeliveryState) -> None:
    assert delivery.of_campaign(DeliveryState.ACTIVE, groups=[GROUP], ads=ads) is state


def test_ads_of_a_group_that_is_off_say_nothing_of_the_others() -> None:
    groups = [GROUP, Part("h", "c", OFF, DeliveryState.PAUSED)]
    ads = [_ad(DeliveryState.ACTIVE), _ad(DeliveryState.PAUSED, parent="h")]
    assert delivery.of_campaign(DeliveryState.ACTIVE, groups=groups, ads=ads) is DeliveryState.ACTIVE


@given(
    campaign=st.sampled_from(DeliveryState),
    states=st.lists(st.sampled_from(DeliveryState), max_size=5),
)
def test_a_campaign_never_looks_better_than_itself(campaign: DeliveryState, states: list[DeliveryState]) -> None:
    judged = delivery.of_campaign(campaign, groups=[GROUP], ads=[_ad(state) for state in states])
    assert delivery.ORDER.index(judged) <= delivery.ORDER.index(campaign)
