"""TikTok's login (`tiktok.md`, 1): a person agrees, a code becomes a token that lasts until somebody revokes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn
from urllib.parse import urlencode

from adloom.core import settings, time
from adloom.core.errors import CredentialsExpired, Invalid, Rejected, Unavailable
from adloom.platforms.access import App
from adloom.platforms.contract import Credentials
from adloom.platforms.http import Answer, Http, Request
from adloom.platforms.tiktok import errors, shapes
from adloom.platforms.tiktok.client import url
from adloom.platforms.tiktok.mapping import number
from adloom.platforms.types import Platform

#: What TikTok calls a code in its refusals, where it does not answer 40110 (generic 40000 and 40002).
_CODE_WORDS = ("auth_code", "auth code")


def authorize_url(*, app: App, state: str) -> str:
    """The page where a person agrees; it sends them back with `auth_code`, good once and for an hour."""
    query = {"app_id": app.client_id, "state": state, "redirect_uri": app.redirect_uri}
    return f"{settings.load().platform_urls()['tiktok_authorize_url']}/portal/auth?{urlencode(query)}"


def exchange(http: Http, *, app: App, code: str) -> Credentials:
    """A login for a code. The token of the Marketing API does not lapse; where TikTok says when, it is kept."""
    body = {"app_id": app.client_id, "secret": app.client_secret or "", "auth_code": code}
    try:
        data = errors.checked(_post(http, "oauth2/access_token", body=body))
    except Rejected as refused:
        if any(word in refused.words.lower() for word in _CODE_WORDS):
            raise _spent(refused) from None
        raise
    if not shapes.text(shapes.an_object(data).get("access_token")):
        raise Unavailable("TikTok answered without a token.", platform=Platform.TIKTOK_ADS.value)
    return credentials(data, app=app)


def credentials(data: Mapping[str, Any], *, app: App) -> Credentials:
    """The login of a token's answer; pure but for the clock, which an expiry counts from."""
    lasts = int(number(data.get("expires_in")) or 0)
    return Credentials(
        access_token=str(data["access_token"]),
        refresh_token=str(data["refresh_token"]) if data.get("refresh_token") else None,
        client_id=app.client_id,
        client_secret=app.client_secret,
        expires_at=time.now() + timedelta(seconds=lasts) if lasts > 0 else None,
    )


def revoke(http: Http, *, credentials: Credentials) -> None:
    """Ends a token (`oauth2/revoke_token`); one that TikTok no longer knows has ended already."""
    if not credentials.client_id or not credentials.client_secret:
        raise Invalid.field(
            "client_secret", "TikTok ends a login only for its app.", "Give client_id and client_secret."
        )
    body = {
        "app_id": credentials.client_id,
        "secret": credentials.client_secret,
        "access_token": credentials.access_token,
    }
    try:
        errors.checked(_post(http, "oauth2/revoke_token", body=body))
    except CredentialsExpired:
        return


def refresh() -> NoReturn:
    """Raises CredentialsExpired: a long-term token of the Marketing API dies by revocation alone.

    (Tokens that can be refreshed belong to TikTok's Accounts API, which Adloom does not use.)
    """
    raise CredentialsExpired(
        "TikTok no longer takes this token, and its tokens cannot be renewed. Connect again.",
        platform=Platform.TIKTOK_ADS.value,
    )


def _post(http: Http, path: str, *, body: Mapping[str, str]) -> Answer:
    return http.send(Request(Platform.TIKTOK_ADS, "POST", url(path), f"POST {path}", json=body))


def _spent(refused: Rejected) -> CredentialsExpired:
    return CredentialsExpired(
        refused.message,
        platform=Platform.TIKTOK_ADS.value,
        platform_code=refused.platform_code,
        words=refused.words,
        request_id=refused.request_id,
    )
