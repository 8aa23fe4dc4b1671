"""How much a request may bring, and what every answer carries to keep browsers safe."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

MEBIBYTE = 1024 * 1024
LONGEST_BODY = MEBIBYTE
LONGEST_UPLOAD = 600 * MEBIBYTE
#: What is read past the limit and thrown away, so that a caller who sends on gets the answer, not a cut connection.
_THROWN_AWAY = 16 * MEBIBYTE
#: Where files arrive; they are streamed to a temporary file, and never held in memory.
UPLOADS = frozenset({"/v1/assets", "/assets"})

_CSP = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
#: Swagger's own style sheet has its icons as data.
_CSP_DOCS = f"{_CSP}; img-src 'self' data:"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class TooLarge(HTTPException):
    """More than this path takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"A request here has at most {limit} bytes.", {"Connection": "close"})


def limit_of(scope: Scope) -> int:
    """How many bytes a request to this path may bring."""
    return LONGEST_UPLOAD if scope["path"] in UPLOADS else LONGEST_BODY


def announced(scope: Scope) -> int:
    """How many bytes the request says it brings; 0 where it does not say."""
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given) if given.isdigit() else 0


def limited(receive: Receive, *, limit: int) -> Receive:
    """The same stream, which raises TooLarge where it brings more than `limit`."""
    total = 0

    async def receiving() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            if message.get("more_body"):
                await throw_away(receive)
            raise TooLarge(limit)
        return message

    return receiving


async def throw_away(receive: Receive) -> None:
    """Reads what is still coming, within reason."""
    left = _THROWN_AWAY
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if not message.get("more_body"):
            return


def protect(scope: Scope, headers: MutableHeaders, *, secure: bool) -> None:
    """Adds what keeps an answer from being framed, sniffed, cached or mixed with foreign content."""
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", _CSP_DOCS if scope["path"] == "/docs" else _CSP)
    if scope["path"].startswith("/v1/"):
        headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
