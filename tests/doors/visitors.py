"""A person at the door: requests with their token, as a program would send them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx

from adloom.core.actor import Actor

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in; `headers` go with each of their requests."""

    http: httpx.Client
    id: UUID
    tokens: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def signed_in(cls, http: httpx.Client, email: str, person_id: UUID) -> Visitor:
        answer = http.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
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
