"""When a login is refreshed, and what a token file may say: tables, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from adloom.connections import rules, tokens
from adloom.core.errors import Invalid
from adloom.platforms.contract import Credentials, FoundAccount
from adloom.platforms.types import Platform

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(("left", "soon"), [(None, False), (1, True), (299, True), (301, False), (-5, True)])
def test_a_login_in_use_is_refreshed_five_minutes_before_it_lapses(left: int | None, soon: bool) -> None:
    expires_at = None if left is None else NOW + timedelta(seconds=left)
    assert rules.lapses_soon(expires_at, now=NOW) is soon


@pytest.mark.parametrize(
    ("platform", "left", "due"),
    [
        ("facebook_ads", timedelta(days=6), True),  # Meta's can be exchanged only while they are good
        ("facebook_ads", timedelta(days=8), False),
        ("google_ads", timedelta(minutes=19), True),
        ("microsoft_ads", timedelta(minutes=21), False),
        ("tiktok_ads", None, False),
    ],
)
def test_the_schedule_refreshes_a_login_in_time(platform: str, left: timedelta | None, due: bool) -> None:
    expires_at = None if left is None else NOW + left
    assert rules.is_due(Platform(platform), expires_at, now=NOW) is due


def test_a_token_file_gives_credentials_and_what_belongs_to_the_account() -> None:
    token = {
        "account_id": "1",
        "access_token": "a",
        "refresh_token": "r",
        "client_id": "c",
        "client_secret": "s",
        "developer_token": "d",
        "customer_id": 2,
        "page_id": "",
        "currency": "USD",
    }
    credentials, attributes = tokens.parse(Platform.MICROSOFT_ADS, token)
    assert (credentials.access_token, credentials.extra) == ("a", {"developer_token": "d", "customer_id": "2"})
    assert attributes == {"customer_id": "2"}
    whole_line = {"microsoft_ads": token, "control_key": "k"}
    assert tokens.parse(Platform.MICROSOFT_ADS, whole_line)[0] == credentials


@pytest.mark.parametrize("token", [{}, {"access_token": None}, {"access_token": {"a": 1}}, {"refresh_token": "r"}])
def test_a_token_file_that_cannot_be_used_is_refused_by_field(token: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        tokens.parse(Platform.GOOGLE_ADS, token)
    assert [error.field for error in refused.value.errors] == ["access_token"]


def test_credentials_come_out_as_they_were_sealed_and_show_nothing() -> None:
    held = Credentials("a", "r", "c", "s", expires_at=NOW, extra={"developer_token": "d"})
    assert tokens.from_json(tokens.to_json(held)) == held
    assert "'a'" not in repr(held)
    assert tokens.bound_to(uuid4(), Platform.GOOGLE_ADS) != tokens.bound_to(uuid4(), Platform.GOOGLE_ADS)


@pytest.mark.parametrize(
    ("zone", "currency", "is_refused"),
    [
        ("Asia/Kathmandu", "NPR", False),
        ("Pacific/Apia", "XBT", False),  # a currency that is none is kept as given
        ("", "USD", True),
        ("Mars/Phobos", "USD", True),
        ("Etc/GMT+8", "", True),
    ],
)
def test_an_account_without_days_or_money_that_can_be_told_is_refused(
    zone: str, currency: str, is_refused: bool
) -> None:
    account = FoundAccount("7", "Shoes", currency, zone, "ACTIVE")
    if not is_refused:
        rules.refuse_unknown_days([account])
        return
    with pytest.raises(Invalid, match="7 counts in") as refused:
        rules.refuse_unknown_days([account])
    assert [error.field for error in refused.value.errors] == ["account"]


@pytest.mark.parametrize(("left", "right"), [("123-456-7890", "1234567890"), ("act_7", "7")])
def test_two_spellings_of_an_account_are_one(left: str, right: str) -> None:
    assert tokens.same_account(Platform.FACEBOOK_ADS, left, right)
