"""Who looks at a page, and whether a form comes from a page of ours: by the browser's word, and by a token in it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from starlette.requests import Request

from adloom.core.actor import Actor, Role
from adloom.core.errors import Forbidden
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


def visitor(request: Request) -> Visitor:
    """Who looks; raises Unauthenticated. Kept with the request, so that an error's page knows them too."""
    found = Visitor(asking.signed(request), asking.actor(request), form_token(request))
    request.state.visitor = found
    return found


def sender(who: Annotated[Visitor, Depends(visitor)], csrf: Annotated[str, Form()] = "") -> Visitor:
    """Who sends a form; raises Forbidden where the form was not made for this very session."""
    if not hmac.compare_digest(csrf.encode(), who.form_token.encode()):
        raise Forbidden(_STALE_FORM, code="stale_form")
    return who


def form_token(request: Request) -> str:
    """A value that only pages of this session know: it derives from a cookie that no script can read."""
    cookie = request.cookies.get(asking.SESSION_COOKIE, "")
    return hmac.new(cookie.encode(), b"adloom form", hashlib.sha256).hexdigest()


Looking = Annotated[Visitor, Depends(visitor)]
Sending = Annotated[Visitor, Depends(sender)]
