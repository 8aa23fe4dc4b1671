"""A person at the door: requests with their token, as a program would send them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in; `headers` go with each of their requests."""

    http: httpx.Client
    id: UUID
    email: str
    tokens: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def signed_in(cls, http: httpx.Client, email: str, person_id: UUID) -> Visitor:
        answer = http.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        return cls(http, person_id, email, tokens, {"Authorization": f"Bearer {tokens['access_token']}"})

    def with_headers(self, **headers: str) -> Visitor:
        """The same person, sending these as well: `x_adloom_tenant=…`."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The JSON of a request that has to succeed."""
        answer = self.ask("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, status: int, **more: Any) -> Any:
        """The JSON of a request that has to end with this status."""
        answer = self.ask("POST", path, json=body, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None
