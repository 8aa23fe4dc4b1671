"""A person's browser without a screen: it keeps cookies, says where a form comes from, and fills in its token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from tests.doors.visitors import PASSWORD

from adloom.core.actor import Actor

_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass
class Browser:
    """Somebody who looks at pages. `id` is the person's, once they are signed in."""

    http: httpx.Client
    id: UUID

    @property
    def actor(self) -> Actor:
        """The same person in their own tenant, for rooms."""
        return Actor(tenant_id=self.id, person_id=self.id)

    @property
    def origin(self) -> str:
        """What a browser says about a form of this server's."""
        return str(self.http.base_url).rstrip("/")

    def sign_in(self, email: str, password: str = PASSWORD, *, next: str = "/") -> httpx.Response:
        """Sends the form to sign in with."""
        form = {"email": email, "password": password, "next": next}
        return self.http.post("/login", data=form, headers={"Origin": self.origin})

    def look(self, path: str, *, status: int = 200) -> str:
        """A page's text; the page has to answer with this status."""
        answer = self.http.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{answer.text[:2000]}"
        return answer.text

    def token(self) -> str:
        """What stands in every form of this session."""
        found = _TOKEN.search(self.look("/account"))
        assert found is not None
        return found[1]

    def send(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """The answer to a form, sent as a page of this server would send it."""
        filled = {"csrf": self.token(), **(form or {})}
        return self.http.post(path, data=filled, headers={"Origin": self.origin}, **more)

    def done(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> str:
        """Where a form leads to that has to be accepted."""
        answer = self.send(path, form, **more)
        assert answer.status_code == 303, f"{path}: {answer.status_code}\n{answer.text[:2000]}"
        return answer.headers["location"]
