"""Google's OAuth 2: the consent page (which agrees at once), the token endpoint, revocation."""

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from adsandbox.accounts import Standing, Token
from adsandbox.world import World

PLATFORM = "google_ads"
SCOPE = "https://www.googleapis.com/auth/adwords"
CLIENT_ID = "sandbox-client.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-sandbox-secret"  # noqa: S105 - the sandbox prints it in its first line
ACCESS_LIFE = timedelta(seconds=3600)
CODE_LIFE = timedelta(minutes=10)


class OAuth:
    """The three endpoints over one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def authorize_routes(self) -> list[Route]:
        """What answers under accounts.google.com."""
        return [Route("/o/oauth2/v2/auth", self.authorize, methods=["GET"])]

    def token_routes(self) -> list[Route]:
        """What answers under oauth2.googleapis.com."""
        return [
            Route("/token", self.token, methods=["POST"]),
            Route("/revoke", self.revoke, methods=["POST", "GET"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """Consent is given at once: back to `redirect_uri` with a code and the state."""
        query = request.query_params
        if query.get("client_id") != CLIENT_ID or query.get("response_type") != "code":
            return JSONResponse({"error": "invalid_request"}, status_code=400)
        if SCOPE not in query.get("scope", "").split() or not query.get("redirect_uri"):
            return JSONResponse({"error": "invalid_scope"}, status_code=400)
        offline = query.get("access_type") == "offline"
        data = {
            "redirect_uri": query["redirect_uri"],
            "offline": offline,
            "challenge": query.get("code_challenge"),
            "method": query.get("code_challenge_method", "plain"),
        }
        code = self._world.tokens.issue(PLATFORM, "code", lifetime=CODE_LIFE, data=data)
        back = {"code": code.value, "scope": SCOPE}
        if "state" in query:
            back["state"] = query["state"]
        mark = "&" if "?" in query["redirect_uri"] else "?"
        return RedirectResponse(query["redirect_uri"] + mark + urlencode(back), status_code=302)

    async def token(self, request: Request) -> Response:
        """A code or a refresh token for an access token."""
        form = await request.form()
        given = {name: str(value) for name, value in form.items()}
        if given.get("client_id") != CLIENT_ID or given.get("client_secret") != CLIENT_SECRET:
            return _error(401, "invalid_client", "The OAuth client was not found.")
        grant = given.get("grant_type")
        if grant == "authorization_code":
            return self._code(given)
        if grant == "refresh_token":
            return self._refresh(given)
        return _error(400, "unsupported_grant_type", f"Invalid grant_type: {grant}")

    def _code(self, given: dict[str, str]) -> Response:
        tokens = self._world.tokens
        code = tokens.get(PLATFORM, "code", given.get("code"))
        if code is None or tokens.standing(PLATFORM, "code", code.value) is not Standing.VALID:
            return _error(400, "invalid_grant", "Malformed auth code.")
        if code.data["redirect_uri"] != given.get("redirect_uri"):
            return _error(400, "redirect_uri_mismatch", "Bad Request")
        if not _proves(given.get("code_verifier"), code):
            return _error(400, "invalid_grant", "Invalid code verifier.")
        tokens.revoke(code)
        answer = self._access(grant=code.value)
        if code.data["offline"]:
            value = "1//0" + self._world.store.next_key(PLATFORM, "refresh", length=44)
            refresh = tokens.issue(PLATFORM, "refresh", lifetime=None, value=value, data={"grant": code.value})
            answer["refresh_token"] = refresh.value
        return _good(answer)

    def _refresh(self, given: dict[str, str]) -> Response:
        value = given.get("refresh_token")
        if self._world.tokens.standing(PLATFORM, "refresh", value) is not Standing.VALID:
            return _error(400, "invalid_grant", "Token has been expired or revoked.")
        known = self._world.tokens.get(PLATFORM, "refresh", value)
        return _good(self._access(grant=known.data["grant"] if known else ""))

    def _access(self, *, grant: str) -> dict[str, Any]:
        value = "ya29." + self._world.store.next_key(PLATFORM, "access", length=60)
        token = self._world.tokens.issue(PLATFORM, "access", lifetime=ACCESS_LIFE, value=value, data={"grant": grant})
        seconds = int(ACCESS_LIFE.total_seconds()) - 1
        return {"access_token": token.value, "expires_in": seconds, "scope": SCOPE, "token_type": "Bearer"}

    async def revoke(self, request: Request) -> Response:
        """Make a token worthless, and with it every token of the same consent."""
        form = await request.form()
        value = str(form.get("token") or request.query_params.get("token") or "")
        found = [self._world.tokens.get(PLATFORM, kind, value) for kind in ("access", "refresh")]
        known: list[Token] = [token for token in found if token is not None and not token.revoked]
        if not known:
            return _error(400, "invalid_token", "Token expired or revoked")
        self._world.tokens.revoke_where(PLATFORM, lambda t: t.data.get("grant") == known[0].data["grant"])
        return JSONResponse({})


def _proves(verifier: str | None, code: Token) -> bool:
    """PKCE: the verifier hashes to the challenge of the consent, where one was given (RFC 7636)."""
    challenge, method = code.data["challenge"], code.data["method"]
    if challenge is None:
        return True
    if method == "S256":
        digest = hashlib.sha256((verifier or "").encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return bool(verifier == challenge)


def _good(answer: dict[str, Any]) -> Response:
    return JSONResponse(answer, headers={"cache-control": "no-store"})


def _error(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status_code=status)
