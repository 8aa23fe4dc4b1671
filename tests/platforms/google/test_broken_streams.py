"""Google's answers that begin as a success and are none: an error among the rows, conversions of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.platforms.canned import Canned, reaching, standing_in

from adloom.core.errors import PlatformError, Rejected, Throttled, Unavailable
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform

ADAPTER = registry.adapter(Platform.GOOGLE_ADS)
DAYS: dict[str, Any] = {
    "account": Account("1234567890", "EUR", "Europe/Berlin"),
    "since": date(2026, 11, 1),
    "until": date(2026, 11, 30),
}


@pytest.fixture
def google() -> Iterator[Canned]:
    with standing_in("GOOGLE_API_URL", "GOOGLE_OAUTH_URL") as canned:
        yield canned


@pytest.fixture
def connection(google: Canned) -> Iterator[Connection]:
    with reaching(Platform.GOOGLE_ADS, "access", "refresh", "client", "secret") as connection:
        yield connection


def row(day: str, **parts: Any) -> dict[str, Any]:
    return {"campaign": {"id": "22"}, "segments": {"date": day}, "metrics": {"impressions": "5"}} | parts


def error(code: int, **failure: str) -> dict[str, Any]:
    details = [{"errors": [{"errorCode": failure, "message": "Its words."}], "requestId": "r1"}] if failure else []
    return {"error": {"code": code, "message": "Outer.", "status": "X", "details": details}}


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (error(500), Unavailable),
        (error(500, internalError="TRANSIENT_ERROR"), Unavailable),
        (error(429, quotaError="RESOURCE_EXHAUSTED"), Throttled),
        (error(400, queryError="UNRECOGNIZED_FIELD"), Rejected),
    ],
)
def test_an_error_after_rows_or_in_their_place_is_no_whole_report(
    google: Canned, connection: Connection, told: dict[str, Any], kind: type[PlatformError]
) -> None:
    """A stream's status is sent with its first rows: what breaks afterwards comes as one more element of its list."""
    for body in (told, [told], [{"results": [row("2026-11-01")], "requestId": "x"}, told]):
        google.say(body)
        with pytest.raises(kind):
            list(ADAPTER.daily(connection, events={}, **DAYS))


def test_conversions_are_told_by_the_actions_name_where_it_has_no_resource_and_never_left_out(
    google: Canned, connection: Connection
) -> None:
    segments = {"date": "2026-11-01", "conversionActionName": 'The "big" one', "conversionActionCategory": "PURCHASE"}
    metrics = {"allConversions": 1.9999999, "allConversionsValue": 12}
    google.say({"results": [row("2026-11-01", segments=segments, metrics=metrics)]})
    (fact,) = ADAPTER.conversions(connection, **DAYS)
    assert (fact.action, fact.name, str(fact.conversions)) == ('The "big" one', 'The "big" one', "1.9999999")
    google.say({"results": [row("2026-11-01", metrics=metrics)]})
    with pytest.raises(Unavailable, match="no action"):
        list(ADAPTER.conversions(connection, **DAYS))
    google.say({"results": [row("2026-11-01"), row("2026-11-01")]})
    assert list(ADAPTER.conversions(connection, **DAYS)) == []


def test_figures_do_not_wait_for_a_rule_that_a_login_may_not_read(google: Canned, connection: Connection) -> None:
    google.say(error(403, authorizationError="USER_PERMISSION_DENIED"), status=403)
    google.say({"results": [row("2026-11-01")]})
    for _ in range(2):
        assert ADAPTER.attribution(connection, **DAYS) is None
    google.say(error(500), status=500)
    with pytest.raises(Unavailable):
        ADAPTER.attribution(connection, **DAYS)


def test_a_campaign_or_an_account_that_cannot_be_read_is_an_error_of_ours(
    google: Canned, connection: Connection
) -> None:
    campaign = {"id": "22", "name": "Spring"}
    for odd in (
        {},
        {"campaign": 7},
        {"campaign": campaign, "campaignBudget": "50"},
        {"campaign": campaign, "campaignBudget": {"amountMicros": "0.5"}},
        {"campaign": {**campaign, "startDateTime": "soon"}},
    ):
        google.say({"results": [odd]})
        with pytest.raises(Unavailable):
            list(ADAPTER.campaigns(connection, account=DAYS["account"]))
    google.say({"results": [{"customer": "1234567890"}]})
    with pytest.raises(Unavailable):
        ADAPTER.account_now(connection, account=DAYS["account"])
