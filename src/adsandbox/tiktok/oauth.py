"""Authorisation: code, long-term access token, revocation, and the page where a person says yes.

Source: TikTok API for Business, "Authentication". An access token has no expiry there; a code lives an hour
and is spent once.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from adsandbox.accounts import Standing
from adsandbox.schema import Field, boolean, text
from adsandbox.tiktok import wire
from adsandbox.tiktok.api import App, Call, Operation
from adsandbox.world import World

CODE_LIVES = timedelta(hours=1)
#: Numeric permissions of the app: ads management, reporting, creative management … (an arbitrary selection).
SCOPES = [1, 2, 3, 4, 5, 6]

_APP: dict[str, Field] = {"app_id": text(required=True), "secret": text(required=True)}
_TOKEN = {**_APP, "auth_code": text(required=True), "return_advertiser_ids": boolean()}
_REVOKE = {**_APP, "access_token": text(required=True)}


def authorize(request: Request, world: World, app: App) -> Response:
    """The authorisation page, whose person always agrees: to `redirect_uri` with `auth_code` and `state`."""
    query = request.query_params
    target = query.get("redirect_uri", "")
    if query.get("app_id") != app.id or urlsplit(target).scheme not in ("http", "https"):
        return PlainTextResponse("Invalid app_id or redirect_uri.\n", 400)
    code = world.tokens.issue(wire.NAME, "code", lifetime=CODE_LIVES).value
    answer = {"auth_code": code, "code": code, "state": query.get("state", "")}
    joint = "&" if urlsplit(target).query else "?"
    return RedirectResponse(f"{target}{joint}{urlencode(answer)}", 302)


def access_token(call: Call) -> dict[str, Any]:
    """A long-term access token for a code that nobody has used."""
    _check_app(call)
    code = call.args["auth_code"]
    token = call.world.tokens.get(wire.NAME, "code", code)
    standing = call.world.tokens.standing(wire.NAME, "code", code)
    if token is None or standing is not Standing.VALID:
        wire.refuse(wire.CODE_WRONG, "Auth_code is incorrect, used or expired.")
    call.world.tokens.revoke(token)
    advertisers = [account.id for account in call.world.accounts(wire.NAME)]
    made = call.world.tokens.issue(wire.NAME, "access", lifetime=None, data={"advertiser_ids": advertisers})
    return {
        "access_token": made.value,
        "advertiser_ids": advertisers,
        "scope": SCOPES,
        "token_type": "Bearer",
    }


def advertisers(call: Call) -> dict[str, Any]:
    """The advertisers that the token opens."""
    _check_app(call)
    granted = call.token.data.get("advertiser_ids") if call.token else None
    return {
        "list": [
            {"advertiser_id": account.id, "advertiser_name": account.name}
            for account in call.world.accounts(wire.NAME)
            if (granted is None or account.id in granted) and not account.lost
        ]
    }


def revoke(call: Call) -> dict[str, Any]:
    """End an access token for ever."""
    _check_app(call)
    token = call.world.tokens.get(wire.NAME, "access", call.args["access_token"])
    if token is None or token.revoked:
        wire.refuse(wire.TOKEN_WRONG, "Access token is incorrect or has been revoked.")
    call.world.tokens.revoke(token)
    return {}


def _check_app(call: Call) -> None:
    if (call.args["app_id"], call.args["secret"]) != (call.app.id, call.app.secret):
        wire.refuse(wire.APP_WRONG, "The app_id and secret do not match.")


OPERATIONS = (
    Operation("POST", "oauth2/access_token", _TOKEN, access_token, login=False),
    Operation("GET", "oauth2/advertiser/get", _APP, advertisers),
    Operation("POST", "oauth2/revoke_token", _REVOKE, revoke, login=False),
)
