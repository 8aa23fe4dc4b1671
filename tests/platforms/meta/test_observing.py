"""How Meta's statuses are judged: flights, reasons, words that nobody knows yet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adloom.platforms.meta import mapping, observing
from adloom.platforms.types import DeliveryState, RemoteStatus

NOW = datetime(2026, 12, 10, tzinfo=UTC)
LIVE = {"id": "1", "status": "ACTIVE", "effective_status": "ACTIVE"}


def _judge(*, campaign: dict[str, Any] = LIVE, ad_set: dict[str, Any], ad: dict[str, Any] = LIVE) -> Any:
    ads = [{**ad, "id": "3", "adset_id": "2"}]
    return observing.judge(campaign, ad_sets=[{**LIVE, "id": "2", **ad_set}], ads=ads, now=NOW)


@pytest.mark.parametrize(
    ("ad_set", "state"),
    [
        ({"start_time": "2026-12-01T00:00:00-0800", "end_time": "2026-12-31T00:00:00-0800"}, DeliveryState.ACTIVE),
        ({"start_time": "2026-12-11T00:00:00-0800"}, DeliveryState.SCHEDULED),
        ({"end_time": "2026-12-09T15:59:59-0800"}, DeliveryState.ENDED),
        ({"effective_status": "CAMPAIGN_PAUSED"}, DeliveryState.PAUSED),
        ({"effective_status": "SOMETHING_NEW"}, DeliveryState.UNKNOWN),
    ],
)
def test_an_ad_set_is_judged_by_its_flight(ad_set: dict[str, Any], state: DeliveryState) -> None:
    assert _judge(ad_set=ad_set).delivery is state


@pytest.mark.parametrize(("word", "state"), list(mapping.DELIVERY.items()))
def test_every_word_of_an_ad_is_known(word: str, state: DeliveryState) -> None:
    assert _judge(ad_set={}, ad={**LIVE, "effective_status": word}).delivery is state


def test_reasons_are_metas_own() -> None:
    ad = {
        **LIVE,
        "effective_status": "DISAPPROVED",
        "ad_review_feedback": {"global": {"Unacceptable Business Practices": "The ad misleads."}},
        "issues_info": [{"level": "AD", "error_code": 1815869, "error_summary": "Ad disapproved"}],
    }
    seen = _judge(ad_set={}, ad=ad)
    assert seen.delivery is DeliveryState.REJECTED
    assert seen.reasons == ("Ad disapproved", "Unacceptable Business Practices: The ad misleads.")
    assert seen.words == "ACTIVE (ads: DISAPPROVED)"


def test_what_is_set_is_told_apart_from_what_happens() -> None:
    paused = {"id": "1", "status": "PAUSED", "effective_status": "PAUSED"}
    seen = _judge(campaign=paused, ad_set={"effective_status": "CAMPAIGN_PAUSED"})
    assert (seen.status, seen.delivery) == (RemoteStatus.PAUSED, DeliveryState.PAUSED)
