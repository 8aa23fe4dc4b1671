"""Facebook Login: where a person agrees, tokens for codes, longer tokens for shorter ones, and the login's end.

Meta has no refresh tokens: a token of about 60 days is exchanged for another one before it lapses. Sources: pages
"Manually Build a Login Flow", "Long-Lived Tokens", "Permissions" of Facebook Login.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from adloom.core import settings, time
from adloom.core.errors import CredentialsExpired, Rejected, Unavailable
from adloom.platforms import http
from adloom.platforms.access import App
from adloom.platforms.contract import Credentials
from adloom.platforms.meta import errors, graph, mapping
from adloom.platforms.types import Platform


def authorize_url(*, app: App, state: str) -> str:
    """The dialog in which a person agrees; rights that they refused before are asked for again."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
        "state": state,
        "response_type": "code",
        "scope": ",".join(mapping.SCOPES),
        "auth_type": "rerequest",
    }
    base = settings.load().platform_urls()["meta_dialog_url"]
    return f"{base}/{mapping.API_VERSION}/dialog/oauth?{urlencode(query)}"


def exchange(client: http.Http, *, app: App, code: str) -> Credentials:
    """A token of about 60 days for a code; raises CredentialsExpired where Meta does not take the code."""
    if not app.client_secret:
        raise _lost("Meta gives a token only to an app that knows its secret. Set the app's secret.")
    short = Credentials("", client_id=app.client_id, client_secret=app.client_secret)
    asked = {"redirect_uri": app.redirect_uri, "code": code}
    answer = _token(client, short, asked, refused="Meta does not take the code that came back")
    return refresh(client, credentials=replace(short, access_token=str(answer["access_token"])))


def refresh(client: http.Http, *, credentials: Credentials) -> Credentials:
    """A fresh long-lived token for one that has not lapsed (`fb_exchange_token`); about 60 days.

    Raises CredentialsExpired where Meta refuses it or the app is not known: a person has to log in again. A
    system user's token has no expiry, so nothing is to be done for it until Meta refuses it.
    """
    if not credentials.client_id or not credentials.client_secret:
        raise _lost("Meta's tokens are renewed with the app's id and secret, which are not known. Connect again.")
    asked = {"grant_type": "fb_exchange_token", "fb_exchange_token": credentials.access_token}
    answer = _token(client, credentials, asked, refused="Meta does not renew this login")
    fresh = replace(credentials, access_token=str(answer["access_token"]))
    return replace(fresh, expires_at=_ends(answer.get("expires_in")) or _inspected(client, fresh))


def revoke(client: http.Http, *, credentials: Credentials) -> None:
    """Takes back all that the person allowed our app (`DELETE /me/permissions`); done already is done."""
    request = http.Request(
        Platform.FACEBOOK_ADS,
        "DELETE",
        graph.url("me/permissions"),
        "DELETE me/permissions",
        headers=graph.headers(credentials),
        params=graph.proof(credentials),
        is_write=True,
    )
    try:
        errors.checked(client.send(request))
    except CredentialsExpired:
        return


def _token(client: http.Http, app: Credentials, asked: Mapping[str, str], *, refused: str) -> Mapping[str, Any]:
    """The answer of `oauth/access_token`, which holds a token."""
    request = http.Request(
        Platform.FACEBOOK_ADS,
        "GET",
        graph.url("oauth/access_token"),
        "GET oauth/access_token",
        params={"client_id": app.client_id or "", "client_secret": app.client_secret or "", **asked},
    )
    try:
        answer = errors.checked(client.send(request))
    except (Rejected, CredentialsExpired) as refusal:
        raise _lost(f"{refused}: {refusal.words}. Connect again.", refusal) from None
    if not isinstance(answer, Mapping) or not answer.get("access_token"):
        raise _lost(f"{refused}: its answer holds no token. Connect again.")
    return answer


def _ends(seconds: Any) -> datetime | None:
    return time.now() + timedelta(seconds=_whole(seconds)) if seconds else None


def _whole(seconds: Any) -> int:
    """A number of seconds that Meta told; raises Unavailable where it is none that a clock knows."""
    text = str(seconds)
    if isinstance(seconds, bool) or not text.isdigit() or len(text) > len("9999999999"):
        raise Unavailable("Meta does not say when the login ends.", platform=Platform.FACEBOOK_ADS)
    return int(text)


def _inspected(client: http.Http, credentials: Credentials) -> datetime | None:
    """When a token lapses whose answer did not say; None for one that never does (`debug_token`: 0)."""
    request = http.Request(
        Platform.FACEBOOK_ADS,
        "GET",
        graph.url("debug_token"),
        "GET debug_token",
        headers={"Authorization": f"Bearer {credentials.client_id}|{credentials.client_secret}"},
        params={"input_token": credentials.access_token},
    )
    answer = errors.checked(client.send(request))
    found = answer.get("data") if isinstance(answer, Mapping) else None
    ends = _whole((found.get("expires_at") or 0) if isinstance(found, Mapping) else None)
    return datetime.fromtimestamp(ends, UTC) if ends else None


def _lost(message: str, refusal: Rejected | CredentialsExpired | None = None) -> CredentialsExpired:
    return CredentialsExpired(
        message,
        platform=Platform.FACEBOOK_ADS,
        words=refusal.words if refusal else "",
        request_id=refusal.request_id if refusal else "",
    )
