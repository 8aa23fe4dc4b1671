"""TikTok's login on the sandbox: codes, tokens, refusals in whatever words, and the end of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.platforms.conftest import Live

from adloom.core.errors import CredentialsExpired, Invalid, Rejected, Throttled
from adloom.core.time import now
from adloom.platforms.access import App
from adloom.platforms.contract import Credentials
from adloom.platforms.tiktok import oauth
from adloom.platforms.types import Platform


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.TIKTOK_ADS)


def _app(live: Live, **changes: str) -> App:
    token = live.sandbox.line["tiktok_ads"]
    known = {"client_id": token["client_id"], "client_secret": token["client_secret"]}
    return App(**(known | changes), redirect_uri="http://127.0.0.1:8420/connections/callback")


def test_the_page_is_told_who_asks_and_where_to_send_the_person(live: Live) -> None:
    url = urlsplit(live.adapter.authorize_url(app=_app(live), state="s/1", challenge=None))
    assert url.path.endswith("/portal/auth")
    assert parse_qs(url.query) == {
        "app_id": [_app(live).client_id],
        "state": ["s/1"],
        "redirect_uri": ["http://127.0.0.1:8420/connections/callback"],
    }


def test_a_code_that_nobody_gave_needs_a_person_and_a_wrong_secret_an_operator(live: Live) -> None:
    with pytest.raises(CredentialsExpired):
        live.adapter.exchange(live.connection.http, app=_app(live), code="nobody", verifier=None)
    with pytest.raises(Rejected):
        live.adapter.exchange(live.connection.http, app=_app(live, client_secret="x"), code="nobody", verifier=None)


def test_a_throttled_exchange_can_be_tried_again(live: Live) -> None:
    live.fault("throttle", match="oauth2/access_token")
    with pytest.raises(Throttled):
        live.adapter.exchange(live.connection.http, app=_app(live), code="c", verifier=None)


def test_a_login_without_its_app_cannot_be_ended_from_here(live: Live) -> None:
    with pytest.raises(Invalid):
        live.adapter.revoke(live.connection.http, credentials=Credentials("token"))


@pytest.mark.parametrize(
    ("more", "lasts"),
    [({}, None), ({"expires_in": 0}, None), ({"expires_in": None}, None), ({"expires_in": "86400"}, timedelta(days=1))],
)
def test_a_token_lasts_until_it_is_revoked_unless_tiktok_says_otherwise(
    live: Live, more: dict[str, object], lasts: timedelta | None
) -> None:
    made = oauth.credentials({"access_token": "t", "advertiser_ids": ["1"], "scope": [1], **more}, app=_app(live))
    assert (made.access_token, made.client_id) == ("t", _app(live).client_id)
    if lasts is None:
        assert made.expires_at is None
    else:
        assert made.expires_at is not None
        assert abs(made.expires_at - now() - lasts) < timedelta(minutes=1)
