"""One contract over all adapters: how a person lets us in, what is found there, and how the login ends."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.platforms.conftest import Live, TestLogin

from adloom.core.errors import CredentialsExpired
from adloom.platforms.access import App, ResourceKind
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.types import Platform

PLATFORMS = (Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS, Platform.MICROSOFT_ADS, Platform.TIKTOK_ADS)
REDIRECT = "http://127.0.0.1:8420/connections/callback"
VERIFIER = "v" * 64
#: What the sandbox's account holds of what an ad may need.
FOUND = {
    Platform.GOOGLE_ADS: {ResourceKind.CONVERSION_ACTION},
    Platform.FACEBOOK_ADS: {ResourceKind.PAGE, ResourceKind.PIXEL, ResourceKind.INSTAGRAM},
    Platform.MICROSOFT_ADS: {ResourceKind.GOAL},
    Platform.TIKTOK_ADS: {ResourceKind.IDENTITY, ResourceKind.PIXEL},
}

Connect = Callable[[Platform], Live]


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.value)
def live(request: pytest.FixtureRequest, connect: Connect) -> Live:
    return connect(request.param)


def _app(live: Live) -> App:
    token = live.sandbox.line[live.platform.value]
    return App(token["client_id"], token["client_secret"], REDIRECT)


def _challenge(live: Live) -> str | None:
    if not live.adapter.uses_pkce:
        return None
    return base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def _agree(live: Live, *, state: str = "s-1") -> str:
    """Goes to the platform's page as a person who agrees, and returns the code that comes back."""
    url = live.adapter.authorize_url(app=_app(live), state=state, challenge=_challenge(live))
    answer = live.sandbox.client.get(url)
    assert answer.status_code in (302, 303), answer.text
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == REDIRECT
    query = parse_qs(back.query)
    assert query["state"] == [state]
    return (query.get("code") or query["auth_code"])[0]


def _exchanged(live: Live, code: str) -> Credentials:
    verifier = VERIFIER if live.adapter.uses_pkce else None
    fresh = live.adapter.exchange(live.connection.http, app=_app(live), code=code, verifier=verifier)
    return dataclasses.replace(fresh, extra={**live.login.current.extra, **fresh.extra})


def _as(live: Live, credentials: Credentials) -> Connection:
    return Connection(live.connection.http, TestLogin(live.adapter, live.connection.http, credentials=credentials))


def test_a_code_becomes_a_login_that_reaches_the_account(live: Live) -> None:
    credentials = _exchanged(live, _agree(live))
    assert credentials.client_id == _app(live).client_id
    reached = {each.external_id for each in live.adapter.accounts(_as(live, credentials))}
    assert live.account.external_id in reached


def test_a_code_is_good_once(live: Live) -> None:
    code = _agree(live)
    _exchanged(live, code)
    with pytest.raises(CredentialsExpired):
        _exchanged(live, code)


def test_a_login_that_was_ended_is_of_no_use_and_can_be_ended_again(live: Live) -> None:
    credentials = _exchanged(live, _agree(live))
    live.adapter.revoke(live.connection.http, credentials=credentials)
    live.adapter.revoke(live.connection.http, credentials=credentials)
    if live.platform is Platform.MICROSOFT_ADS:
        return  # it has no call that ends a login: its pages do
    with pytest.raises(CredentialsExpired):
        live.adapter.accounts(_as(live, credentials))


def test_what_an_ad_may_need_is_found(live: Live) -> None:
    found = live.adapter.inspect(live.connection, account=live.account)
    assert FOUND[live.platform] <= {each.kind for each in found.resources}
    assert all(each.external_id and each.name for each in found.resources)
    assert (found.faults, found.missing_rights) == ((), ())


def test_a_suspended_account_is_a_fault_that_says_what_to_do(live: Live) -> None:
    live.sandbox.control("account", {"platform": live.platform.value, "action": "suspend"})
    faults = live.adapter.inspect(live.connection, account=live.account).faults
    assert [each.code for each in faults] == ["suspended"]
    assert faults[0].blocks_writes
    assert faults[0].words
    assert faults[0].fix
