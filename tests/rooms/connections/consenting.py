"""A person who lets Adloom in at the sandbox's consent pages, which always agree."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from tests.installation import Installation, finished, work_off

from adloom.connections import authorizations, queries
from adloom.connections.types import AuthorizationView
from adloom.core import settings
from adloom.core.actor import Actor
from adloom.jobs.types import JobView
from adloom.platforms.types import Platform

PREFIXES = {
    Platform.GOOGLE_ADS: "GOOGLE",
    Platform.FACEBOOK_ADS: "META",
    Platform.MICROSOFT_ADS: "MICROSOFT",
    Platform.TIKTOK_ADS: "TIKTOK",
}


def register_apps(line: dict[str, Any], patch: pytest.MonkeyPatch) -> None:
    """Sets what an operator sets after registering an app at each platform."""
    for platform, prefix in PREFIXES.items():
        for name in ("client_id", "client_secret", "developer_token"):
            if name in line[platform]:
                patch.setenv(f"ADLOOM_{prefix}_{name.upper()}", str(line[platform][name]))
    patch.setenv("ADLOOM_GOOGLE_DEVELOPER_TOKEN", "a-developer-token")
    settings.load.cache_clear()


def agree(url: str) -> tuple[str, str]:
    """Goes where a person is led; returns the state and the code of the way back."""
    answer = httpx.get(url)
    assert answer.status_code in (302, 303), answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return query["state"][0], (query.get("auth_code") or query["code"])[0]


def go_and_return(actor: Actor, platform: Platform, *, session_id: UUID | None = None) -> UUID:
    """There and back, in one session; returns the authorisation, whose code waits for a worker."""
    session_id = session_id or uuid4()
    state, code = agree(authorizations.begin(actor, platform=platform, session_id=session_id).url)
    return authorizations.returned(actor, platform=platform, session_id=session_id, state=state, code=code)


def view(actor: Actor, authorization_id: UUID) -> AuthorizationView:
    """How far it is."""
    found = queries.authorization(actor, authorization_id=authorization_id)
    assert found is not None
    return found


def let_in(actor: Actor, installed: Installation, platform: Platform, *, client_id: UUID | None = None) -> JobView:
    """The whole way: there, back, and the sandbox's account chosen; returns the job that connects it."""
    authorization_id = go_and_return(actor, platform)
    work_off()
    job_id = authorizations.confirm(
        actor,
        authorization_id=authorization_id,
        accounts=[installed.line[platform]["account_id"]],
        client_id=client_id,
    )
    work_off()
    return finished(actor, job_id)
