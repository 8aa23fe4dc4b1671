"""`/account`: a person's own page: where they may act, where they are signed in, and their password."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from adloom.core import settings
from adloom.core.errors import NotFound, Refused
from adloom.edge import asking, problems
from adloom.identity import actions as identity
from adloom.identity import queries, sessions
from adloom.web import render
from adloom.web.guard import Person, PersonSending, Visitor
from adloom.web.views import account as view

router = APIRouter(prefix="/account")

Password = Annotated[str, Form(max_length=1024)]


@router.get("")
def show(request: Request, who: Person) -> Response:
    """The page."""
    return _page(request, who)


@router.post("/tenant")
def switch(request: Request, who: PersonSending, tenant: Annotated[UUID, Form()]) -> Response:
    """Looks at another tenant from now on; raises NotFound for one where this person is nobody."""
    if tenant not in {place.tenant_id for place in queries.tenants(who.person.person_id)}:
        raise NotFound("There is no such tenant.")
    answer = render.see_other("/")
    is_secure = request.url.scheme == "https" or (settings.load().public_url or "").startswith("https://")
    answer.set_cookie(asking.TENANT_COOKIE, str(tenant), path="/", httponly=True, samesite="lax", secure=is_secure)
    return answer


@router.post("/sessions/{session_id}/end")
def end(who: PersonSending, session_id: UUID) -> Response:
    """Signs this person out somewhere else."""
    sessions.revoke(who.person, session_id=session_id)
    return render.see_other("/account")


@router.post("/password")
def change_password(request: Request, who: PersonSending, current: Password, new: Password) -> Response:
    """Sets another password; every other session ends."""
    try:
        sessions.change_password(
            who.person, current=current, new=new, address=asking.address(request), agent=asking.agent(request)
        )
    except Refused as refusal:
        return _page(request, who, refusal=refusal)
    return _page(request, who, said="The password is changed, and you are signed out everywhere else.")


@router.post("/clients/{client_id}/second-person")
def second_person(who: PersonSending, client_id: UUID, required: Annotated[bool, Form()] = False) -> Response:
    """Requires that a second person applies what one has planned for a client's ads, or not any more."""
    identity.require_second_person(who.actor, client_id=client_id, required=required)
    return render.see_other("/account")


def _page(request: Request, who: Visitor, *, refusal: Refused | None = None, said: str = "") -> Response:
    shown: dict[str, Any] = {
        "places": view.places(queries.tenants(who.person.person_id), current=who.actor.tenant_id),
        "clients": queries.clients(who.actor),
        "is_owner": who.actor.person_id == who.actor.tenant_id and who.actor.client_id is None,
        "sessions": view.sessions(sessions.of_person(who.person)),
    }
    return render.page(
        request,
        "account.html",
        status=200 if refusal is None else problems.status_of(refusal),
        nav="account",
        refusal=None if refusal is None else render.complaint(refusal),
        said=said,
        **shown,
    )
