"""Facebook Login: the dialog, codes, short and long-lived tokens, their inspection, and proof of the app
secret.

The dialog asks nobody: it sends the browser back at once with a code, as if the person had agreed.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adsandbox.accounts import Standing, Token
from adsandbox.meta import edges, errors, trouble
from adsandbox.meta.call import Call
from adsandbox.meta.graph import NAME, Graph

CODE_LIFE = timedelta(minutes=10)
SHORT_LIFE = timedelta(hours=2)
LONG_LIFE = timedelta(days=60)
SCOPES = (
    "ads_management", "ads_read", "business_management", "pages_show_list", "pages_read_engagement",
    "pages_manage_ads",
)  # fmt: skip


def dialog(graph: Graph, request: Request) -> Response:
    """`GET /v26.0/dialog/oauth`: redirect with a code, or with `error=access_denied` when the query says
    `deny=1`."""
    query = request.query_params
    for name in ("client_id", "redirect_uri"):
        if not query.get(name):
            raise errors.plain(f"(#100) The parameter {name} is required")
    if query["client_id"] != graph.app_id:
        raise errors.plain("Invalid App ID: The provided app ID does not look like a valid app ID.", code=101)
    back = {"state": query["state"]} if "state" in query else {}
    if query.get("deny") == "1":
        back |= {"error": "access_denied", "error_code": "200", "error_reason": "user_denied"}
    else:
        wanted = query.get("scope", "").replace(",", " ").split()
        data = {"redirect_uri": query["redirect_uri"], "scopes": wanted or ["public_profile"]}
        token = graph.world.tokens.issue(NAME, "code", lifetime=CODE_LIFE, data=data)
        back |= {"code": token.value}
    return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", status_code=302)


def access_token(graph: Graph, call: Call) -> dict[str, Any]:
    """`/oauth/access_token`: a code for a short token, a short token for one of 60 days, or the app's own."""
    given = call.params
    _client(graph, given)
    kind = given.get("grant_type", "authorization_code" if "code" in given else "")
    if kind == "client_credentials":
        return {"access_token": f"{graph.app_id}|{graph.app_secret}", "token_type": "bearer"}
    if kind == "fb_exchange_token":
        return _exchange(graph, given)
    if kind == "authorization_code":
        return _redeem(graph, given)
    raise errors.plain("Missing authorization code", code=1)


def _client(graph: Graph, given: dict[str, Any]) -> None:
    for name in ("client_id", "client_secret"):
        if not given.get(name):
            raise errors.plain(f"Missing {name} parameter.", code=101)
    if given["client_id"] != graph.app_id:
        raise errors.plain("Error validating application. Cannot get application info due to a system error.", code=101)
    if not hmac.compare_digest(str(given["client_secret"]), graph.app_secret):
        raise errors.plain("Error validating client secret.", code=1)


def _redeem(graph: Graph, given: dict[str, Any]) -> dict[str, Any]:
    tokens = graph.world.tokens
    code = tokens.get(NAME, "code", given.get("code"))
    standing = tokens.standing(NAME, "code", given.get("code"))
    if code is None or standing is Standing.UNKNOWN:
        raise errors.plain("Invalid verification code format.", code=100)
    if standing is Standing.REVOKED:
        raise errors.plain("This authorization code has been used.", code=100, subcode=36009)
    if standing is Standing.EXPIRED:
        raise errors.plain("This authorization code has expired.", code=100, subcode=36007)
    if given.get("redirect_uri") != code.data["redirect_uri"]:
        raise errors.plain(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one"
            " you used in the OAuth dialog request",
            code=100,
            subcode=36008,
        )
    tokens.revoke(code)
    return _issued(graph, SHORT_LIFE, code.data["scopes"])


def _exchange(graph: Graph, given: dict[str, Any]) -> dict[str, Any]:
    token = check(graph, given.get("fb_exchange_token"))
    return _issued(graph, LONG_LIFE, token.data.get("scopes", list(SCOPES)))


def _issued(graph: Graph, life: timedelta, scopes: list[str]) -> dict[str, Any]:
    data = {"scopes": scopes, "issued_at": int(graph.now.timestamp())}
    token = graph.world.tokens.issue(NAME, "access", lifetime=life, data=data)
    return {"access_token": token.value, "token_type": "bearer", "expires_in": int(life.total_seconds())}


def check(graph: Graph, value: Any) -> Token:
    """The token that opens things, or the GraphError for one that does not."""
    tokens = graph.world.tokens
    text = str(value) if value else None
    found = tokens.get(NAME, "access", text)
    if text is None:
        raise errors.no_token()
    if found is None:
        raise errors.bad_token()
    standing = tokens.standing(NAME, "access", text)
    if standing is Standing.EXPIRED:
        assert found.expires_at is not None
        raise errors.session_expired(found.expires_at, graph.now)
    if standing is Standing.REVOKED:
        raise errors.revoked()
    return found


def authenticate(graph: Graph, call: Call) -> None:
    """Require a valid token, and a valid `appsecret_proof` where one is sent."""
    call.token = check(graph, call.common.get("access_token"))
    proof = call.common.get("appsecret_proof")
    if proof is not None and not hmac.compare_digest(str(proof), proof_of(graph, call.token.value)):
        raise errors.bad_proof()


def proof_of(graph: Graph, token: str) -> str:
    """HMAC-SHA256 of a token with the app secret, in hexadecimal."""
    return hmac.new(graph.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def allowed(graph: Graph, call: Call) -> None:
    """Refuse with 200 what the token's permissions do not cover: ads_management for writes, ads_read for
    reads."""
    scopes = set(trouble.scopes(graph, call.token, SCOPES))
    wanted = {"ads_management", "ads_read"} if call.method == "GET" else {"ads_management"}
    if not scopes & wanted:
        raise errors.not_granted()


def debug_token(graph: Graph, call: Call) -> dict[str, Any]:
    """`GET /debug_token`: what a token is worth. Asked with the app's token or a valid one."""
    asked_by = str(call.common.get("access_token", ""))
    if asked_by != f"{graph.app_id}|{graph.app_secret}":
        authenticate(graph, call)
    value = str(call.params.get("input_token", ""))
    token = graph.world.tokens.get(NAME, "access", value)
    if token is None:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    ends = 0 if token.expires_at is None else int(token.expires_at.timestamp())
    valid = graph.world.tokens.standing(NAME, "access", value) is Standing.VALID
    return {
        "data": {
            "app_id": graph.app_id,
            "type": "USER" if ends else "SYSTEM_USER",
            "application": "Adloom sandbox",
            "data_access_expires_at": 0,
            "expires_at": ends,
            "is_valid": valid,
            "issued_at": token.data.get("issued_at", 0),
            "scopes": trouble.scopes(graph, token, SCOPES),
            "granular_scopes": [],
            "user_id": "10000000000000001",
        }
    }


def permissions(graph: Graph, call: Call) -> dict[str, Any]:
    """`GET /me/permissions`: what was granted, and what the person declined."""
    edges.only(call, edges.PARAMS | {"permission", "status"})
    granted = trouble.scopes(graph, call.token, SCOPES)
    found = [{"permission": one, "status": "granted"} for one in granted]
    found += [{"permission": one, "status": "declined"} for one in sorted(graph.declined)]
    wanted = {name: call.params[name] for name in ("permission", "status") if name in call.params}
    return {"data": [one for one in found if all(one[name] == value for name, value in wanted.items())]}


def revoke(graph: Graph, call: Call) -> dict[str, Any]:
    """`DELETE /me/permissions`: the person removes the app; the token dies."""
    if call.token is not None:
        graph.world.tokens.revoke(call.token)
    return {"success": True}
