"""Renews Meta's long-lived user tokens. Meta has no refresh tokens: a token is exchanged before it lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adloom.core import time
from adloom.core.errors import CredentialsExpired, Rejected
from adloom.platforms import http
from adloom.platforms.contract import Credentials
from adloom.platforms.meta import errors, graph
from adloom.platforms.types import Platform


def refresh(client: http.Http, *, credentials: Credentials) -> Credentials:
    """A fresh long-lived token for one that has not lapsed (`fb_exchange_token`); about 60 days.

    Raises CredentialsExpired where Meta refuses it or the app is not known: a person has to log in again. A
    system user's token has no expiry, so nothing is to be done for it until Meta refuses it.
    """
    if not credentials.client_id or not credentials.client_secret:
        raise CredentialsExpired(
            "Meta's tokens are renewed with the app's id and secret, which are not known. Connect again.",
            platform=Platform.FACEBOOK_ADS,
        )
    request = http.Request(
        Platform.FACEBOOK_ADS,
        "GET",
        graph.url("oauth/access_token"),
        "GET oauth/access_token",
        params={
            "grant_type": "fb_exchange_token",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "fb_exchange_token": credentials.access_token,
        },
    )
    try:
        data = errors.checked(client.send(request))
    except Rejected as refusal:
        raise CredentialsExpired(
            f"Meta does not renew this login: {refusal.words}. Connect again.",
            platform=Platform.FACEBOOK_ADS,
            words=refusal.words,
            request_id=refusal.request_id,
        ) from None
    seconds = data.get("expires_in")
    expires_at = time.now() + timedelta(seconds=int(seconds)) if seconds else None
    return replace(credentials, access_token=data["access_token"], expires_at=expires_at)
