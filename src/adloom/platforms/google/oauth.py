"""Google's OAuth: agreement with PKCE, codes and refresh tokens for access tokens, revocation (`google.md`, 1).

The paths are those of developers.google.com/identity/protocols/oauth2/web-server. A refresh token stays the same.
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

SCOPE = "https://www.googleapis.com/auth/adwords"


def authorize_url(*, app: App, state: str, challenge: str | None) -> str:
    """The consent page. `offline` and `consent` are what makes Google give a refresh token, every time."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
        "response_type": "code",
        "scope": SCOPE,
        "access_type": "offline",
        "prompt": "consent",
        "state": state,
    }
    if challenge is not None:
        query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return f"{settings.load().platform_urls()['google_authorize_url']}/o/oauth2/v2/auth?{urlencode(query)}"


def exchange(http: Http, *, app: App, code: str, verifier: str | None) -> Credentials:
    """Credentials for a code; raises CredentialsExpired where it is not taken, or agreed without the right to ads."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": app.client_id,
        "client_secret": app.client_secret or _secret(),
        "redirect_uri": app.redirect_uri,
        **({"code_verifier": verifier} if verifier is not None else {}),
    }
    body = _answered(http.send(_request("token", form)))
    granted = str(body.get("scope", SCOPE)).split()
    if SCOPE not in granted:
        raise _expired("the right to manage Google Ads campaigns was not ticked on Google's page", code="scope")
    fresh = Credentials("", client_id=app.client_id, client_secret=app.client_secret)
    return _credentials(body, before=fresh)


def refresh(http: Http, *, credentials: Credentials) -> Credentials:
    """Credentials with a new access token; raises CredentialsExpired where Google gives none any more."""
    if not credentials.refresh_token:
        raise _expired("there is no refresh token", code="no_refresh_token")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": credentials.refresh_token,
        "client_id": credentials.client_id or settings.load().google_client_id or "",
        "client_secret": credentials.client_secret or _secret(),
    }
    return _credentials(_answered(http.send(_request("token", form))), before=credentials)


def revoke(http: Http, *, credentials: Credentials) -> None:
    """Ends the consent, and with it all its tokens; Google calls a token that is none any more invalid, which is fine.

    Raises Unavailable where Google cannot tell now; any other refusal is CredentialsExpired, with its words.
    """
    form = {"token": credentials.refresh_token or credentials.access_token}
    answer = http.send(_request("revoke", form))
    if answer.status == 400 and _json(answer).get("error") == "invalid_token":
        return
    _answered(answer)


def _answered(answer: Answer) -> Mapping[str, Any]:
    """The body of a good answer; raises what another one is."""
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable(f"Google's sign-in answered {answer.status}.", platform=Platform.GOOGLE_ADS.value)
    body = _json(answer)
    if answer.status >= 400:
        raise _expired(str(body.get("error_description", "")), code=str(body.get("error", answer.status)))
    return body


def _json(answer: Answer) -> Mapping[str, Any]:
    """The body as an object; an empty one where an answer has none."""
    body = answer.json() if answer.body.strip() else {}
    return body if isinstance(body, dict) else {}


def _credentials(body: Mapping[str, Any], *, before: Credentials) -> Credentials:
    if not body.get("access_token"):
        raise Unavailable("Google's sign-in answered without a token.", platform=Platform.GOOGLE_ADS.value)
    return Credentials(
        access_token=str(body["access_token"]),
        refresh_token=body.get("refresh_token") or before.refresh_token,
        client_id=before.client_id,
        client_secret=before.client_secret,
        expires_at=now() + timedelta(seconds=int(body.get("expires_in", 3600))),
        extra=before.extra,
    )


def _secret() -> str:
    secret = settings.load().google_client_secret
    return secret.get_secret_value() if secret else ""


def _request(name: str, form: Mapping[str, str]) -> Request:
    """A call to the token host. What it gives can be asked for again, so that a lost answer is no unknown outcome."""
    url = f"{settings.load().platform_urls()['google_oauth_url']}/{name}"
    return Request(Platform.GOOGLE_ADS, "POST", url, f"POST {name}", form=form)


def _expired(words: str, *, code: str) -> CredentialsExpired:
    return CredentialsExpired(
        f"Google Ads has to be connected again: {words or code}",
        platform=Platform.GOOGLE_ADS.value,
        platform_code=code,
        words=words,
    )
