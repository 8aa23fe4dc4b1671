"""`/connections`: platform logins, how a person gives and ends one, and the ad accounts beneath them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from adloom.campaigns import leaving
from adloom.connections import apps, authorizations, queries
from adloom.core import time
from adloom.core.errors import Conflict, Forbidden, NotFound, Refused, Unauthenticated
from adloom.edge import problems
from adloom.identity import queries as identity
from adloom.platforms import registry, versions
from adloom.platforms.types import Platform
from adloom.web import guard, render, words
from adloom.web.guard import Looking, Sending, Undecided, Visitor
from adloom.web.views import authorization as authorization_view
from adloom.web.views import connections as view
from adloom.web.views import notices
from adloom.web.views.connections import Registration

router = APIRouter(prefix="/connections")

#: No platform's code or state is longer; what is, is nobody's.
_LONGEST = 4096
_ELSEWHERE = (
    "You are not signed in here, or act for somebody else now than when you left. Nothing was connected. Sign in at "
    "{address}, and begin again there: the way back counts only in the browser that began it."
)


@router.get("")
def list_(request: Request, who: Looking) -> Response:
    """Every platform, connected or not."""
    return _list(request, who)


@router.post("/{platform}/authorize")
def authorize(request: Request, who: Sending, platform: Platform) -> Response:
    """Says where a person is about to be led, and leads them there."""
    try:
        begun = authorizations.begin(who.actor, platform=platform, session_id=who.person.session_id)
    except Forbidden:
        raise
    except Refused as refusal:
        return _list(request, who, refusal=refusal)
    name = words.platform(platform)
    return render.page(request, "authorize.html", nav="connections", platform=name, url=begun.url)


@router.get("/{platform}/callback")
def callback(
    request: Request,
    platform: Platform,
    state: str = "",
    code: str = "",
    auth_code: str = "",
    error: str = "",
) -> Response:
    """Where a platform sends people back to. What stands in the address is shown to nobody, nor kept in it."""
    try:
        who = guard.visitor(request)
    except (Unauthenticated, Undecided):  # never on to the sign-in page: the code would go along in its address
        elsewhere = Conflict(_ELSEWHERE.format(address=apps.address()), code="not_signed_in")
        return _refused(request, platform, elsewhere)
    given = auth_code or code
    if len(state) > _LONGEST or len(given) > _LONGEST:
        state, given = "", ""
    try:
        id_ = authorizations.returned(
            who.actor,
            platform=platform,
            session_id=who.person.session_id,
            state=state,
            code=given if given and not error else None,
            refusal=error,
        )
    except Refused as refusal:
        return _refused(request, platform, refusal)
    return render.see_other(f"/connections/authorizations/{id_}")


@router.get("/authorizations/{authorization_id}")
def authorization(request: Request, who: Looking, authorization_id: UUID) -> Response:
    """How far it is, and the accounts to choose from once they are found."""
    return _authorization(request, who, authorization_id)


@router.get("/authorizations/{authorization_id}/live")
def live(request: Request, who: Looking, authorization_id: UUID) -> Response:
    """The part that changes: asked for every second while a job works on it."""
    return _authorization(request, who, authorization_id, template="authorization_live.html")


@router.post("/authorizations/{authorization_id}/confirm")
def confirm(
    request: Request,
    who: Sending,
    authorization_id: UUID,
    account: Annotated[list[str] | None, Form()] = None,
    client: Annotated[str, Form()] = "",
) -> Response:
    """Connects the accounts that are ticked, for a client or for the owner's own."""
    try:
        client_id = UUID(client) if client else None
        if client_id is not None:
            identity.client(who.actor, client_id=client_id)
        authorizations.confirm(
            who.actor, authorization_id=authorization_id, accounts=account or [], client_id=client_id
        )
    except ValueError:
        raise NotFound("There is no such client.") from None
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _authorization(request, who, authorization_id, refusal=refusal)
    return render.see_other(f"/connections/authorizations/{authorization_id}")


@router.get("/{platform}/disconnect")
def leave(request: Request, who: Looking, platform: Platform) -> Response:
    """Says what ending a login does, and what goes on without us, and asks."""
    login = _connected(who, platform)
    running = leaving.running(who.actor, platform=platform)
    return render.page(request, "disconnect.html", nav="connections", login=login, running=running)


@router.post("/{platform}/disconnect")
def disconnect(
    request: Request, who: Sending, platform: Platform, confirmed: Annotated[bool, Form()] = False
) -> Response:
    """Queues the end of a login. What runs has to be confirmed by who reads its names."""
    try:
        leaving.disconnect(who.actor, platform=platform, confirmed=confirmed)
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _list(request, who, refusal=refusal)
    return render.see_other("/connections")


def _list(request: Request, who: Visitor, *, refusal: Refused | None = None) -> Response:
    ending = versions.endings(registry.versions(), today=time.now().date())
    return render.page(
        request,
        "connections.html",
        status=200 if refusal is None else problems.status_of(refusal),
        nav="connections",
        logins=_logins(who),
        notices=notices.versions(ending),
        may_connect=who.may_write and who.actor.client_id is None,
        refusal=None if refusal is None else render.complaint(refusal),
    )


def _logins(who: Visitor) -> tuple[view.Login, ...]:
    return view.logins(
        queries.credentials(who.actor),
        queries.accounts(who.actor),
        faults=queries.faults(who.actor),
        registrations={each: Registration(apps.missing(each), apps.redirect_uri(each)) for each in Platform},
        now=time.now(),
    )


def _connected(who: Visitor, platform: Platform) -> view.Login:
    """The platform's login; raises NotFound where there is none."""
    found = next(login for login in _logins(who) if login.value == platform.value)
    if not found.is_connected:
        raise NotFound(f"{found.platform.name} is not connected.")
    return found


def _authorization(
    request: Request,
    who: Visitor,
    authorization_id: UUID,
    *,
    template: str = "authorization.html",
    refusal: Refused | None = None,
) -> Response:
    found = queries.authorization(who.actor, authorization_id=authorization_id)
    if found is None:
        raise NotFound("There is no such authorisation.")
    shown: dict[str, Any] = {
        "found": authorization_view.authorization(found, accounts=queries.accounts(who.actor)),
        "clients": identity.clients(who.actor),
        "refusal": None if refusal is None else render.complaint(refusal),
    }
    status = 200 if refusal is None else problems.status_of(refusal)
    return render.page(request, template, status=status, nav="connections", **shown)


def _refused(request: Request, platform: Platform, refusal: Refused) -> Response:
    """A page of its own, which names neither state nor code."""
    return render.page(
        request,
        "callback_refused.html",
        status=problems.status_of(refusal),
        nav="connections",
        platform=words.platform(platform),
        problem=problems.problem(refusal, id_=problems.request_id(request)),
        address=apps.address(),
    )
