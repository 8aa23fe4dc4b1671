"""Microsoft's OAuth: new tokens for lapsed ones. Each answer brings a new refresh token, and the old one is done."""

from __future__ import annotations

from datetime import timedelta

from adloom.core import settings
from adloom.core.errors import CredentialsExpired, Unavailable
from adloom.core.time import now
from adloom.platforms.contract import Credentials
from adloom.platforms.http import Http, Request
from adloom.platforms.types import Platform

SCOPE = "https://ads.microsoft.com/msads.manage offline_access"


def refresh(http: Http, *, credentials: Credentials) -> Credentials:
    """New credentials, the rotated refresh token among them; raises CredentialsExpired where none can be had."""
    if not credentials.refresh_token:
        raise _expired("there is no refresh token", code="no_refresh_token")
    answer = http.send(_request(credentials))
    if answer.status >= 500 or answer.status == 429:
        message = f"Microsoft's sign-in answered {answer.status}."
        raise Unavailable(message, platform=Platform.MICROSOFT_ADS.value)
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
    secret = config.microsoft_client_secret.get_secret_value() if config.microsoft_client_secret else ""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": credentials.refresh_token or "",
        "client_id": credentials.client_id or config.microsoft_client_id or "",
        "scope": SCOPE,
    }
    if secret := credentials.client_secret or secret:
        form["client_secret"] = secret
    url = config.platform_urls()["microsoft_oauth_url"] + "/common/oauth2/v2.0/token"
    return Request(Platform.MICROSOFT_ADS, "POST", url, "POST token", form=form)


def _expired(words: str, *, code: str) -> CredentialsExpired:
    return CredentialsExpired(
        f"Microsoft Advertising has to be connected again: {words or code}",
        platform=Platform.MICROSOFT_ADS.value,
        platform_code=code,
        words=words,
    )
