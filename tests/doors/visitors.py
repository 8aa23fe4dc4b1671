"""A person at the door: requests with their token, as a program would send them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.identity import passwords, sessions

PASSWORD = "correct horse battery"

_REGISTER = text("SELECT register_user(:email, :hash, 'Test', 'Person', signup => 'open')")


def register(email: str) -> UUID:
    """A person whose password is PASSWORD; who comes first is the administrator."""
    with db.anonymous() as session:
        return UUID(str(session.execute(_REGISTER, {"email": email, "hash": hashed()}).scalar_one()))


@cache
def hashed() -> str:
    """PASSWORD's hash, which takes its time once for all tests."""
    return passwords.hash_(PASSWORD)


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in; `headers` go with each of their requests."""

    http: httpx.Client
    id: UUID
    tokens: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def with_password(cls, http: httpx.Client, email: str, person_id: UUID) -> Visitor:
        """Somebody who signs in at the door."""
        answer = http.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return cls.bearing(http, person_id, answer.json())

    @classmethod
    def signed_in(cls, http: httpx.Client, person_id: UUID) -> Visitor:
        """Somebody who is signed in already: no password is verified, which is what takes the time."""
        made = sessions.begin(person_id, address="127.0.0.1", agent="a test")
        return cls.bearing(http, person_id, asdict(made))

    @classmethod
    def bearing(cls, http: httpx.Client, person_id: UUID, tokens: dict[str, Any]) -> Visitor:
        """Somebody who has these tokens."""
        return cls(http, person_id, tokens, {"Authorization": f"Bearer {tokens['access_token']}"})

    @property
    def actor(self) -> Actor:
        """The same person in their own tenant, for rooms."""
        return Actor(tenant_id=self.id, person_id=self.id)

    def sending(self, **headers: str) -> Visitor:
        """The same person, with these headers as well: `x_adloom_tenant=…`."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer, whatever it is."""
        return self.http.request(method, path, headers={**self.headers, **more.pop("headers", {})}, **more)

    def get(self, path: str, *, status: int = 200, **more: Any) -> Any:
        """The JSON of a request that has to end with this status."""
        return _json(self.ask("GET", path, **more), status)

    def post(self, path: str, body: Any = None, *, status: int = 200, **more: Any) -> Any:
        """The JSON of a request that has to end with this status."""
        return _json(self.ask("POST", path, json=body, **more), status)


def _json(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None
