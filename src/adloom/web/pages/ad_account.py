"""`/connections/accounts/ID`: one ad account: what is wrong with it, what its ads use, and whose it is."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from adloom.campaigns import importing
from adloom.connections import actions, queries
from adloom.connections.types import AccountView
from adloom.core.errors import Forbidden, NotFound, Refused
from adloom.edge import problems
from adloom.identity import queries as identity
from adloom.metrics import backfill
from adloom.web import render
from adloom.web.guard import Looking, Sending, Visitor
from adloom.web.views import ad_account as view

router = APIRouter(prefix="/connections/accounts/{account_id}")

_LOOKING = "The account is being looked at; this takes a few seconds."
_TOLD = "The platform is being told what you declared; then the account is looked at again."
_SAID = {
    "looking": _LOOKING,
    "declared": _TOLD,
    "importing": "Its campaigns are being imported; nothing is changed there. They appear among the campaigns.",
    "left": "Campaigns that appear there from now on are not imported. What was imported stays.",
}


async def _fields(request: Request) -> dict[str, str]:  # asynchronous, because the body is read here
    """What a form says, whichever fields it has."""
    return {name: str(value) for name, value in (await request.form()).items() if name != "csrf"}


Fields = Annotated[dict[str, str], Depends(_fields)]


@router.get("")
def show(request: Request, who: Looking, account_id: UUID, said: str = "") -> Response:
    """The whole page."""
    return _page(request, who, account_id, said=_SAID.get(said, ""))


@router.post("/inspect")
def inspect(who: Sending, account_id: UUID) -> Response:
    """Queues a look at the account."""
    actions.inspect(who.actor, account_id=account_id)
    return render.see_other(f"/connections/accounts/{account_id}?said=looking")


@router.post("/import")
def import_(who: Sending, account_id: UUID) -> Response:
    """Queues the import of the campaigns that others made there; from now on they are imported as they appear."""
    importing.begin(who.actor, account_id=account_id)
    return render.see_other(f"/connections/accounts/{account_id}?said=importing")


@router.post("/import/end")
def end_import(who: Sending, account_id: UUID) -> Response:
    """What appears there later is left alone; what was imported stays."""
    importing.end(who.actor, account_id=account_id)
    return render.see_other(f"/connections/accounts/{account_id}?said=left")


@router.post("/settings")
def settle(request: Request, who: Sending, account_id: UUID, fields: Fields) -> Response:
    """Keeps what was chosen; the form's fields are the settings that this platform has."""
    try:
        actions.choose(who.actor, account_id=account_id, settings={key: fields[key] or None for key in fields})
    except Refused as refusal:
        return _refused(request, who, account_id, refusal)
    return render.see_other(f"/connections/accounts/{account_id}")


@router.post("/faults/{code}")
def declare(request: Request, who: Sending, account_id: UUID, code: str, fields: Fields) -> Response:
    """Queues telling the platform what a person declared; the form's fields are what the fault asks."""
    try:
        actions.declare(who.actor, account_id=account_id, fault=code, answers=fields)
    except Refused as refusal:
        return _refused(request, who, account_id, refusal)
    return render.see_other(f"/connections/accounts/{account_id}?said=declared")


def _refused(request: Request, who: Visitor, account_id: UUID, refusal: Refused) -> Response:
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    return _page(request, who, account_id, refusal=refusal)


def _account(who: Visitor, account_id: UUID) -> AccountView:
    found = queries.account(who.actor, account_id=account_id)
    if found is None:
        raise NotFound(f"There is no ad account {account_id}.")
    return found


def _page(
    request: Request, who: Visitor, account_id: UUID, *, said: str = "", refusal: Refused | None = None
) -> Response:
    page = view.page(
        _account(who, account_id),
        faults=queries.faults(who.actor, account_id=account_id),
        resources=queries.resources(who.actor, account_id=account_id),
        clients=identity.clients(who.actor),
        history=backfill.progress(who.actor, account_id=account_id),
    )
    return render.page(
        request,
        "ad_account.html",
        status=200 if refusal is None else problems.status_of(refusal),
        nav="connections",
        page=page,
        said=said,
        may_declare=who.may_write and who.actor.client_id is None,
        refusal=None if refusal is None else render.complaint(refusal),
    )
