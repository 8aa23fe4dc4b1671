"""Who looks at a page, and whether a form comes from a page of ours: by the browser's word, and by a token in it."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from starlette.requests import Request

from adloom.core.actor import Actor, Role
from adloom.core.errors import AdloomError, Forbidden, Invalid, NotFound
from adloom.edge import asking
from adloom.identity.types import Signed

_STALE_FORM = "This form is too old, or does not come from a page of this server. Go back, reload the page, and repeat."


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in, in the tenant they look at. `form_token` goes into every form."""

    person: Signed
    actor: Actor
    form_token: str

    @property
    def may_write(self) -> bool:
        """Whether buttons that change something are shown; actions check it again."""
        return self.actor.role is not Role.VIEWER

    @property
    def is_elsewhere(self) -> bool:
        """Whether this person looks at somebody else's tenant."""
        return self.actor.tenant_id != self.person.person_id


class Undecided(Exception):
    """The person is signed in, but not in any one tenant: they act in several, or no more in the one they chose."""


def visitor(request: Request) -> Visitor:
    """Who looks; raises Unauthenticated, Undecided. Kept with the request, so that an error's page knows them too."""
    person = asking.signed(request)
    try:
        actor = asking.actor(request)
    except (Invalid, NotFound):
        raise Undecided from None
    return _kept(request, Visitor(person, actor, form_token(request)))


def recognise(request: Request) -> None:
    """Lets an error's page know who looks, where somebody does and it is not known yet."""
    if getattr(request.state, "visitor", None) is None:
        with suppress(Undecided, AdloomError):
            visitor(request)


def person(request: Request) -> Visitor:
    """Who looks, for pages about the person alone: where no tenant is chosen they are a viewer of nothing."""
    try:
        return visitor(request)
    except Undecided:
        signed = asking.signed(request)
        nowhere = Actor(tenant_id=signed.person_id, person_id=signed.person_id, role=Role.VIEWER)
        return _kept(request, Visitor(signed, nowhere, form_token(request)))


def sender(who: Annotated[Visitor, Depends(visitor)], csrf: Annotated[str, Form()] = "") -> Visitor:
    """Who sends a form; raises Forbidden where the form was not made for this very session."""
    return genuine(who, csrf)


def person_sending(who: Annotated[Visitor, Depends(person)], csrf: Annotated[str, Form()] = "") -> Visitor:
    """The same, for forms about the person alone."""
    return genuine(who, csrf)


def genuine(who: Visitor, csrf: str) -> Visitor:
    """Who sends a form with this token; raises Forbidden where it is another session's, or none."""
    if not hmac.compare_digest(csrf.encode(), who.form_token.encode()):
        raise Forbidden(_STALE_FORM, code="stale_form")
    return who


def form_token(request: Request) -> str:
    """A value that only pages of this session know: it derives from a cookie that no script can read."""
    cookie = request.cookies.get(asking.SESSION_COOKIE, "")
    return hmac.new(cookie.encode(), b"adloom form", hashlib.sha256).hexdigest()


def _kept(request: Request, who: Visitor) -> Visitor:
    request.state.visitor = who
    return who


Looking = Annotated[Visitor, Depends(visitor)]
Sending = Annotated[Visitor, Depends(sender)]
Person = Annotated[Visitor, Depends(person)]
PersonSending = Annotated[Visitor, Depends(person_sending)]
