"""Google's OAuth: new access tokens for lapsed ones (`google.md`, 1). The refresh token stays the same."""

from __future__ import annotations

from datetime import timedelta

from adloom.core import settings
from adloom.core.errors import CredentialsExpired, Unavailable
from adloom.core.time import now
from adloom.platforms.contract import Credentials
from adloom.platforms.http import Http, Request
from adloom.platforms.types import Platform


def refresh(http: Http, *, credentials: Credentials) -> Credentials:
    """Credentials with a new access token; raises CredentialsExpired where Google gives none any more."""
    if not credentials.refresh_token:
        raise _expired("there is no refresh token", code="no_refresh_token")
    answer = http.send(_request(credentials))
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable(f"Google's sign-in answered {answer.status}.", platform=Platform.GOOGLE_ADS.value)
    body = answer.json()
    if answer.status >= 400:
        raise _expired(str(body.get("error_description", "")), code=str(body.get("error", answer.status)))
    return Credentials(
        access_token=body["access_token"],
        refresh_token=body.get("refresh_token") or credentials.refresh_token,
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
        expires_at=now() + timedelta(seconds=int(body.get("expires_in", 3600))),
        extra=credentials.extra,
    )


def _request(credentials: Credentials) -> Request:
    config = settings.load()
    secret = config.google_client_secret.get_secret_value() if config.google_client_secret else ""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": credentials.refresh_token or "",
        "client_id": credentials.client_id or config.google_client_id or "",
        "client_secret": credentials.client_secret or secret,
    }
    url = config.platform_urls()["google_oauth_url"] + "/token"
    return Request(Platform.GOOGLE_ADS, "POST", url, "POST token", form=form)


def _expired(words: str, *, code: str) -> CredentialsExpired:
    return CredentialsExpired(
        f"Google Ads has to be connected again: {words or code}",
        platform=Platform.GOOGLE_ADS.value,
        platform_code=code,
        words=words,
    )
