"""Words that no table holds are survived on every platform, shown as they are, and counted."""

from __future__ import annotations

import pytest

from adloom.core.errors import AdloomError
from adloom.platforms import surprises
from adloom.platforms.http import Answer, Request
from adloom.platforms.meta import errors as meta_errors
from adloom.platforms.meta import observing as meta
from adloom.platforms.microsoft import observing as microsoft
from adloom.platforms.tiktok import errors as tiktok_errors
from adloom.platforms.tiktok import observing as tiktok
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    surprises.take()


def _noted() -> list[tuple[Platform, str, str]]:
    return sorted((each.platform, each.kind, each.word) for each in surprises.take())


def test_metas_new_status_is_unknown_and_counted() -> None:
    assert meta._state({"effective_status": "DREAMING"}) is DeliveryState.UNKNOWN
    assert meta._state({"effective_status": "PAUSED"}) is DeliveryState.PAUSED
    assert _noted() == [(Platform.FACEBOOK_ADS, "status", "DREAMING")]


def test_microsofts_new_status_is_unknown_and_counted() -> None:
    found = microsoft._ad({"Id": "1", "Status": "Active", "EditorialStatus": "Dreaming"}, group_id="2")
    assert (found.delivery, found.status) == (DeliveryState.UNKNOWN, RemoteStatus.ACTIVE)
    assert microsoft._ad({"Id": "1", "Status": "Paused"}, group_id="2").delivery is DeliveryState.PAUSED
    assert _noted() == [(Platform.MICROSOFT_ADS, "ad status", "Active, editorial Dreaming")]


def test_tiktoks_new_status_is_unknown_and_counted() -> None:
    assert tiktok._state({"secondary_status": "AD_STATUS_DREAMING"}) is DeliveryState.UNKNOWN
    assert tiktok._state({"secondary_status": "AD_STATUS_DISABLE"}) is DeliveryState.PAUSED
    assert _noted() == [(Platform.TIKTOK_ADS, "status", "AD_STATUS_DREAMING")]


def test_new_error_codes_are_refusals_in_the_platforms_words_and_counted() -> None:
    meta_call = Request(Platform.FACEBOOK_ADS, "POST", "", "POST campaigns", is_write=True)
    tiktok_call = Request(Platform.TIKTOK_ADS, "POST", "", "POST campaign/create", is_write=True)
    for body, call, checked in (
        (b'{"error": {"code": 987654, "message": "Dreaming."}}', meta_call, meta_errors.checked),
        (b'{"code": 41999, "message": "Dreaming."}', tiktok_call, tiktok_errors.checked),
    ):
        with pytest.raises(AdloomError, match="Dreaming") as refused:
            checked(Answer(400 if call is meta_call else 200, {}, body, call))
        assert refused.value.code == "rejected"
    assert _noted() == [
        (Platform.FACEBOOK_ADS, "error code", "987654"),
        (Platform.TIKTOK_ADS, "error code", "41999"),
    ]
