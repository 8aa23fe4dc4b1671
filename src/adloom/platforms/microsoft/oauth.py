"""Microsoft's OAuth: a person's agreement becomes a login, and a lapsed login a new one. Its pages alone end one.

Each answer brings a new refresh token, and the old one is done (`microsoft.md`, 1). Microsoft's identity platform takes
PKCE from web apps too (docs "OAuth 2.0 authorization code flow").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from adloom.core import settings
from adloom.core.errors import CredentialsExpired, Unavailable
from adloom.core.time import now
from adloom.platforms.access import App
from adloom.platforms.contract import Credentials
from adloom.platforms.http import Answer, Http, Request
from adloom.platforms.types import Platform

SCOPE = "https://ads.microsoft.com/msads.manage offline_access"
_AUTHORIZE, _TOKEN = "/common/oauth2/v2.0/authorize", "/common/oauth2/v2.0/token"
#: What Microsoft's access tokens are good for where an answer does not say.
_LIFE_S = 3600


def authorize_url(*, app: App, state: str, challenge: str | None) -> str:
    """Where a person agrees; they choose the account themselves, whoever is signed in at Microsoft already."""
    query = {
        "client_id": app.client_id,
        "response_type": "code",
        "response_mode": "query",
        "redirect_uri": app.redirect_uri,
        "scope": SCOPE,
        "state": state,
        "prompt": "select_account",
        **({"code_challenge": challenge, "code_challenge_method": "S256"} if challenge else {}),
    }
    return f"{_base()}{_AUTHORIZE}?{urlencode(query)}"


def exchange(http: Http, *, app: App, code: str, verifier: str | None) -> Credentials:
    """The login for a code; raises CredentialsExpired where it is not taken."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uri,
        "client_id": app.client_id,
        "scope": SCOPE,
        **({"code_verifier": verifier} if verifier else {}),
        **({"client_secret": app.client_secret} if app.client_secret else {}),
    }
    given = Credentials(access_token="", client_id=app.client_id, client_secret=app.client_secret)
    return _renewed(given, http.send(_request(form)))


def refresh(http: Http, *, credentials: Credentials) -> Credentials:
    """New credentials, the rotated refresh token among them; raises CredentialsExpired where none can be had."""
    if not credentials.refresh_token:
        raise _expired("there is no refresh token", code="no_refresh_token")
    config = settings.load()
    secret = config.microsoft_client_secret.get_secret_value() if config.microsoft_client_secret else ""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": credentials.refresh_token,
        "client_id": credentials.client_id or config.microsoft_client_id or "",
        "scope": SCOPE,
    }
    if secret := credentials.client_secret or secret:
        form["client_secret"] = secret
    return _renewed(credentials, http.send(_request(form)))


def _renewed(given: Credentials, answer: Answer) -> Credentials:
    """The credentials that an answer of the token endpoint holds, the rest as it was given."""
    if answer.status >= 500 or answer.status == 429:
        message = f"Microsoft's sign-in answered {answer.status}."
        raise Unavailable(message, platform=Platform.MICROSOFT_ADS.value)
    body: Mapping[str, Any] = answer.json()
    if answer.status >= 400 or not body.get("access_token"):
        raise _expired(str(body.get("error_description") or ""), code=str(body.get("error") or answer.status))
    return Credentials(
        access_token=str(body["access_token"]),
        refresh_token=body.get("refresh_token") or given.refresh_token,
        client_id=given.client_id,
        client_secret=given.client_secret,
        expires_at=now() + timedelta(seconds=int(body.get("expires_in") or _LIFE_S)),
        extra=given.extra,
    )


def _request(form: Mapping[str, str]) -> Request:
    return Request(Platform.MICROSOFT_ADS, "POST", _base() + _TOKEN, "POST token", form=form)


def _base() -> str:
    return settings.load().platform_urls()["microsoft_oauth_url"]


def _expired(words: str, *, code: str) -> CredentialsExpired:
    return CredentialsExpired(
        f"Microsoft Advertising has to be connected again: {words or code}",
        platform=Platform.MICROSOFT_ADS.value,
        platform_code=code,
        words=words,
    )
