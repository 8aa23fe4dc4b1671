"""Who is asking: the person of a token or cookie, and the Actor they are in the tenant they name.

Bearers carry an access token; browsers a cookie, which works for changes only where the request demonstrably comes
from a page of our own.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from adloom.core import settings
from adloom.core.actor import Actor, Role
from adloom.core.errors import Forbidden, Invalid, NotFound, Unauthenticated
from adloom.db import awaited
from adloom.identity import queries, sessions
from adloom.identity.tokens import LIFETIME, Audience
from adloom.identity.types import Signed, TenantView

SESSION_COOKIE = "adloom_session"
TENANT_COOKIE = "adloom_tenant"
TENANT_HEADER = "X-Adloom-Tenant"
CLIENT_HEADER = "X-Adloom-Client"

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def address(request: Request) -> str | None:
    """Where the request comes from. Behind a proxy the server has put the real client there."""
    return request.client.host if request.client else None


def agent(request: Request) -> str | None:
    """What the client calls itself."""
    return request.headers.get("user-agent")


def signed(request: Request) -> Signed:
    """Who is signed in; raises Unauthenticated, and Forbidden for a change that another site's page asks for.

    A bearer token comes first. A cookie is sent by browsers on their own, so it needs more (`from_our_page`).
    """
    found: Signed | None = getattr(request.state, "signed", None)
    if found is None:
        token, audience = carried(request)
        found = request.state.signed = sessions.authenticate(token, audience=audience)
    return found


async def signed_soon(request: Request) -> Signed:
    """The same, waited for by the event loop."""
    found: Signed | None = getattr(request.state, "signed", None)
    if found is None:
        token, audience = carried(request)
        claims = sessions.claimed(token, audience=audience)
        (rows,) = await awaited.read(None, sessions.question(claims))
        found = request.state.signed = await sessions.answered(claims, rows)
    return found


def actor(request: Request) -> Actor:
    """Who acts, and for whom: the person's own tenant, or the one that X-Adloom-Tenant names.

    X-Adloom-Client narrows it to one client. Raises Unauthenticated; NotFound for a tenant where this person is
    nobody; Invalid where a choice has to be made.
    """
    person = signed(request)
    return _acting(request, person, _place(person, _wanted_tenant(request), _id(request.headers.get(CLIENT_HEADER))))


async def actor_soon(request: Request) -> Actor:
    """The same, waited for by the event loop; a thread is taken where more than the session has to be looked at."""
    person = await signed_soon(request)
    if names_no_place(request) and person.role is not Role.VIEWER:
        return _acting(request, person, _own(person))
    return await to_thread.run_sync(actor, request)


def names_no_place(request: Request) -> bool:
    """Whether no tenant and no client is named: then an owner acts for themselves."""
    return _wanted_tenant(request) is None and CLIENT_HEADER not in request.headers


def carried(request: Request) -> tuple[str, Audience]:
    """The token that the request carries, not yet looked at, and whose it may be. Raises as `signed` does."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip(), Audience.API
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is None:
        raise Unauthenticated("Sign in first: POST /v1/auth/login, then send Authorization: Bearer ACCESS_TOKEN.")
    if request.method not in _SAFE_METHODS and not from_our_page(request):
        raise Forbidden("This request does not come from a page of this server.", code="cross_site")
    return cookie, Audience.WEB


def set_session_cookie(response: Response, access_token: str, *, request: Request) -> None:
    """Signs a browser in. No script reads the cookie, and no other site's form sends it along."""
    public_url = settings.load().public_url or ""
    response.set_cookie(
        SESSION_COOKIE,
        access_token,
        max_age=int(LIFETIME[Audience.WEB].total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https" or public_url.startswith("https://"),
    )


def clear_session_cookie(response: Response) -> None:
    """Signs a browser out, on its side."""
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")


def from_our_page(request: Request) -> bool:
    """Whether a browser vouches that a page of this very origin sends this. Other sites' scripts cannot forge it."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


def _wanted_tenant(request: Request) -> UUID | None:
    given = request.headers.get(TENANT_HEADER)
    if given is None and "authorization" not in request.headers:
        given = request.cookies.get(TENANT_COOKIE)
    return _id(given)


def _id(given: str | None) -> UUID | None:
    if given is None:
        return None
    try:
        return UUID(given)
    except ValueError:
        raise NotFound("There is no such tenant or client.") from None


def _place(person: Signed, tenant_id: UUID | None, client_id: UUID | None) -> TenantView:
    is_own = tenant_id in (None, person.person_id) and person.role is not Role.VIEWER
    if is_own and client_id is None:  # the common case needs no second look
        return _own(person)
    known = queries.tenants(person.person_id)
    places = [place for place in known if tenant_id in (None, place.tenant_id)]
    if tenant_id is None and not is_own and len({place.tenant_id for place in places}) > 1:
        raise Invalid.field(TENANT_HEADER, "you read in several tenants.", "Name one; GET /v1/tenants lists them.")
    if is_own:
        places = [place for place in known if place.tenant_id == person.person_id]
    return _narrowed(person, places, client_id)


def _own(person: Signed) -> TenantView:
    return TenantView(person.person_id, person.email, "", person.role, None, None)


def _acting(request: Request, person: Signed, place: TenantView) -> Actor:
    return Actor(
        tenant_id=place.tenant_id,
        person_id=person.person_id,
        role=place.role,
        client_id=place.client_id,
        address=address(request),
        agent=agent(request),
    )


def _narrowed(person: Signed, places: list[TenantView], client_id: UUID | None) -> TenantView:
    """The one place out of those in a tenant; a membership for all clients is wider than one for a single one."""
    if not places:
        raise NotFound("There is no such tenant.")
    whole = next((place for place in places if place.client_id is None), None)
    if client_id is None and whole is None and len(places) > 1:
        raise Invalid.field(CLIENT_HEADER, "you work for several clients there.", "Name one of them.")
    if client_id is None:
        return whole or places[0]
    found = next((place for place in places if place.client_id == client_id), None)
    if found is not None:
        return found
    if whole is None:
        raise NotFound(f"There is no client {client_id}.")
    owner = Actor(tenant_id=whole.tenant_id, person_id=person.person_id, role=whole.role)
    client = queries.client(owner, client_id=client_id)
    return TenantView(whole.tenant_id, whole.email, whole.name, whole.role, client.id, client.name)
