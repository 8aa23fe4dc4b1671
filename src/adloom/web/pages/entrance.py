"""Signing in, signing up where that is open, and signing out, which acts at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from adloom.core import settings
from adloom.core.errors import AdloomError, Forbidden, OverLimit, Refused
from adloom.edge import asking, problems
from adloom.identity import sessions
from adloom.identity.tokens import Audience
from adloom.web import render
from adloom.web.guard import PersonSending

router = APIRouter()

_HOME = "/"
_CROSS_SITE = "This form was sent by another site. Open this page again, and sign in here."

Short = Annotated[str, Form(max_length=255)]
Password = Annotated[str, Form(max_length=1024)]


@router.get("/login")
def login_form(request: Request, next: str = _HOME) -> Response:
    """The form to sign in with."""
    return _form(request, "login.html", next=next)


@router.post("/login")
def login(request: Request, email: Short, password: Password, next: Annotated[str, Form()] = _HOME) -> Response:
    """Signs in and leads to where the person wanted to go; a refusal does not tell whether the address exists."""
    _refuse_other_sites(request)
    try:
        return _signed_in(request, email, password, wanted=next)
    except (Refused, OverLimit) as refusal:
        return _form(request, "login.html", email=email, next=next, refusal=refusal)


@router.get("/sign-up")
def sign_up_form(request: Request) -> Response:
    """The form to make an account with, while sign-up is open."""
    _refuse_unless_open()
    return _form(request, "sign_up.html")


@router.post("/sign-up")
def sign_up(
    request: Request, email: Short, password: Password, first_name: Short = "", last_name: Short = ""
) -> Response:
    """Makes an account and signs in with it."""
    _refuse_other_sites(request)
    _refuse_unless_open()
    try:
        sessions.sign_up(
            email=email,
            password=password,
            first_name=first_name.strip() or None,
            last_name=last_name.strip() or None,
            address=asking.address(request),
        )
        return _signed_in(request, email, password, wanted=_HOME)
    except Refused as refusal:
        return _form(request, "sign_up.html", email=email, refusal=refusal)


@router.post("/logout")
def logout(request: Request, who: PersonSending) -> Response:
    """Ends the session on the server, then forgets it in the browser."""
    sessions.logout(who.person, address=asking.address(request), agent=asking.agent(request))
    answer = render.see_other("/login")
    asking.clear_session_cookie(answer)
    answer.delete_cookie(asking.TENANT_COOKIE, path="/")
    return answer


def _signed_in(request: Request, email: str, password: str, *, wanted: str) -> Response:
    made = sessions.login(
        email.strip(),
        password,
        address=asking.address(request),
        agent=asking.agent(request),
        audience=Audience.WEB,
    )
    answer = render.see_other(_local(wanted))
    asking.set_session_cookie(answer, made.access_token, request=request)
    answer.delete_cookie(asking.TENANT_COOKIE, path="/")
    return answer


def _form(
    request: Request, template: str, *, email: str = "", next: str = _HOME, refusal: AdloomError | None = None
) -> Response:
    return render.page(
        request,
        template,
        status=200 if refusal is None else problems.status_of(refusal),
        email=email,
        next=_local(next),
        refusal=None if refusal is None else render.complaint(refusal),
        is_open=settings.load().signup == "open",
    )


def _local(path: str) -> str:
    """A path of this server; anything that could lead to another one is the start page."""
    is_path = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_path else _HOME


def _refuse_other_sites(request: Request) -> None:
    """Nobody is signed in yet, so no token can stand in the form: the browser's word has to do."""
    if not asking.from_our_page(request):
        raise Forbidden(_CROSS_SITE, code="cross_site")


def _refuse_unless_open() -> None:
    if settings.load().signup != "open":
        raise Forbidden("Sign-up is closed here. Ask the administrator for an account.")
