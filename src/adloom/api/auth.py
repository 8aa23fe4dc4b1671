"""`/v1/auth`: signing up, in and out, and where one is signed in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from adloom.api.depends import Address, Agent, SignedIn
from adloom.api.shapes import Body, ListOf, Shape
from adloom.identity import sessions

router = APIRouter(prefix="/v1/auth", tags=["auth"])


class Login(Body):
    email: str = Field(max_length=255)
    password: str = Field(max_length=1024)


class Refresh(Body):
    refresh_token: str = Field(max_length=200)


class SignUp(Body):
    email: str = Field(max_length=255)
    password: str = Field(max_length=1024)
    first_name: str | None = Field(default=None, min_length=1, max_length=100)
    last_name: str | None = Field(default=None, min_length=1, max_length=100)


class NewPassword(Body):
    current: str = Field(max_length=1024)
    new: str = Field(max_length=1024)


class Tokens(Shape):
    """The access token goes into `Authorization: Bearer …`; `expires_in` are its seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class Account(Shape):
    id: UUID


class Place(Shape):
    """Where somebody is signed in."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str | None
    agent: str | None
    is_current: bool


@router.post("/signup", status_code=201)
def sign_up(body: SignUp, address: Address) -> Account:
    """Make an account: the first one always, later ones as ADLOOM_SIGNUP lets."""
    return Account(id=sessions.sign_up(**body.model_dump(), address=address))


@router.post("/login")
def login(body: Login, address: Address, agent: Agent) -> Tokens:
    """Sign in. A wrong e-mail and a wrong password are answered alike; too many of either with 429."""
    return Tokens.model_validate(sessions.login(body.email, body.password, address=address, agent=agent))


@router.post("/refresh")
def refresh(body: Refresh, address: Address, agent: Agent) -> Tokens:
    """New tokens for a refresh token, which is spent by it. Using a spent one ends every session of that log-in."""
    return Tokens.model_validate(sessions.refresh(body.refresh_token, address=address, agent=agent))


@router.post("/logout", status_code=204)
def logout(signed: SignedIn, address: Address, agent: Agent) -> None:
    """Sign out, at once."""
    sessions.logout(signed, address=address, agent=agent)


@router.get("/sessions")
def places(signed: SignedIn) -> ListOf[Place]:
    """Where you are signed in, last used first."""
    return ListOf(items=[Place.model_validate(place) for place in sessions.of_person(signed)])


@router.delete("/sessions/{session_id}", status_code=204)
def revoke(session_id: UUID, signed: SignedIn) -> None:
    """Sign out somewhere else."""
    sessions.revoke(signed, session_id=session_id)


@router.post("/password", status_code=204)
def change_password(body: NewPassword, signed: SignedIn, address: Address, agent: Agent) -> None:
    """Set another password; every other session ends."""
    sessions.change_password(signed, current=body.current, new=body.new, address=address, agent=agent)
