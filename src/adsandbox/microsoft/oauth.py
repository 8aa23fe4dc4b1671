"""The Microsoft identity platform, as far as an advertiser's app uses it: authorise, redeem, refresh.

Every refresh gives a new refresh token and ends the old one, except the seeded one, which never ends. The
authorise page asks nobody. Source: Microsoft's authentication guides.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from adsandbox.accounts import Standing, Token
from adsandbox.microsoft.desk import NAME, Desk

ACCESS_LIFE, REFRESH_LIFE, CODE_LIFE = timedelta(hours=1), timedelta(days=90), timedelta(minutes=10)
SCOPE = "https://ads.microsoft.com/msads.manage"
_PATHS = {"authorize": "/common/oauth2/v2.0/authorize", "token": "/common/oauth2/v2.0/token"}


class GrantError(Exception):
    """A refusal of the token endpoint."""

    def __init__(self, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.body = {"error": error, "error_description": text, "error_codes": [], "trace_id": "sandbox"}
        self.status = status


async def answer(desk: Desk, request: Request) -> Response:
    """The answer to a request below /microsoft-oauth; raises GrantError."""
    if request.url.path == _PATHS["authorize"] and request.method == "GET":
        return _authorize(desk, request)
    if request.url.path == _PATHS["token"] and request.method == "POST":
        given = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        return JSONResponse(_token(desk, given), headers={"Cache-Control": "no-store"})
    raise GrantError("invalid_request", f"no such endpoint: {request.url.path}", 404)


def _authorize(desk: Desk, request: Request) -> Response:
    query = request.query_params
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        if not query.get(name):
            raise GrantError("invalid_request", f"The required field '{name}' is missing.")
    if query["client_id"] != desk.client_id:
        raise GrantError("unauthorized_client", "The client does not exist or is not enabled.")
    back = {"state": query["state"]} if "state" in query else {}
    if query.get("deny") == "1":
        back |= {"error": "access_denied", "error_description": "The user has denied access."}
    else:
        data = {"redirect_uri": query["redirect_uri"], "challenge": query.get("code_challenge")}
        back["code"] = desk.world.tokens.issue(NAME, "code", lifetime=CODE_LIFE, data=data).value
    return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", status_code=302)


def _token(desk: Desk, given: dict[str, str]) -> dict[str, Any]:
    if given.get("client_id") != desk.client_id:
        raise GrantError("unauthorized_client", "The client does not exist or is not enabled.")
    secret = given.get("client_secret")
    if secret is not None and not hmac.compare_digest(secret, desk.client_secret):
        raise GrantError("invalid_client", "Invalid client secret provided.", 401)
    kind = given.get("grant_type")
    if kind == "authorization_code":
        _redeem(desk, given)
    elif kind == "refresh_token":
        _spend(desk, _valid(desk, "refresh", given.get("refresh_token")))
    else:
        raise GrantError("unsupported_grant_type", f"The grant type {kind!r} is not supported.")
    return _issued(desk, given)


def _valid(desk: Desk, kind: str, value: str | None) -> Token:
    tokens = desk.world.tokens
    found = tokens.get(NAME, kind, value)
    if found is None or tokens.standing(NAME, kind, value) is not Standing.VALID:
        raise GrantError(
            "invalid_grant",
            "The user could not be authenticated or the grant is expired. The user must first sign in and if"
            " needed grant the client application access to the requested scope.",
        )
    return found


def _redeem(desk: Desk, given: dict[str, str]) -> None:
    code = _valid(desk, "code", given.get("code"))
    if given.get("redirect_uri") != code.data["redirect_uri"]:
        raise GrantError("invalid_grant", "The redirect URI does not match that of the authorization request.")
    challenge = code.data["challenge"]
    if challenge is not None and challenge not in _challenges(given.get("code_verifier", "")):
        raise GrantError("invalid_grant", "The code_verifier does not match the code_challenge.")
    desk.world.tokens.revoke(code)


def _challenges(verifier: str) -> tuple[str, str]:
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _spend(desk: Desk, token: Token) -> None:
    if token.expires_at is not None:
        desk.world.tokens.revoke(token)


def _issued(desk: Desk, given: dict[str, str]) -> dict[str, Any]:
    access = desk.world.tokens.issue(NAME, "access", lifetime=ACCESS_LIFE)
    refresh = desk.world.tokens.issue(NAME, "refresh", lifetime=REFRESH_LIFE)
    return {
        "token_type": "Bearer",
        "scope": SCOPE,
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "ext_expires_in": int(ACCESS_LIFE.total_seconds()),
        "access_token": access.value,
        "refresh_token": refresh.value,
    }
