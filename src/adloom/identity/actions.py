"""Making people, clients and members. Signing in and out is `sessions`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.errors import CheckViolation, UniqueViolation
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Forbidden, Invalid, NotFound
from adloom.core.money import cap, known_currencies, plain
from adloom.db import session as db
from adloom.identity import limits, passwords, queries
from adloom.identity.limits import Limit
from adloom.identity.types import ClientView, MemberRole, UserRole

_ADDRESS = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$|^[^@\s]+@localhost$")
_LONGEST_ADDRESS = 255

_REGISTER = text(
    """
    SELECT register_user(
        :email,
        :password_hash,
        :first_name,
        :last_name,
        CAST(:role AS text),
        :signup
    )
    """
)

_FIND_LOGIN = text("SELECT user_id, password_hash FROM find_login(:email)")

_ADD_CLIENT = text(
    """
    INSERT INTO clients (user_id, name, currency, time_zone)
    VALUES (:user_id, :name, :currency, :time_zone)
    ON CONFLICT (user_id, lower(name)) WHERE deleted_at IS NULL DO NOTHING
    """
)

_SET_CAPS = text(
    """
    UPDATE clients
    SET
        currency = :currency,
        monthly_budget = :monthly_budget,
        caps = CASE
            WHEN CAST(:daily_cap AS text) IS NULL THEN caps - 'per_day'
            ELSE caps || jsonb_build_object('per_day', CAST(:daily_cap AS text))
        END
    WHERE id = :id
    """
)

_SET_SECOND_PERSON = text("UPDATE clients SET second_person = :required WHERE id = :id")

_ADD_MEMBER = text(
    """
    INSERT INTO members (user_id, member_id, client_id, role)
    VALUES (:user_id, :member_id, :client_id, :role)
    ON CONFLICT (user_id, member_id, client_id) WHERE deleted_at IS NULL DO UPDATE
    SET role = excluded.role
    RETURNING id
    """
)

_CLIENTS = text("SELECT count(*) FROM clients WHERE deleted_at IS NULL")

_MEMBERS = text("SELECT count(DISTINCT member_id) FROM members WHERE deleted_at IS NULL")

_REMOVE_MEMBER = text(
    """
    UPDATE members
    SET deleted_at = clock_timestamp()
    WHERE member_id = :member_id
        AND client_id IS NOT DISTINCT FROM CAST(:client_id AS uuid)
        AND deleted_at IS NULL
    RETURNING id
    """
)


def create_user(
    *,
    email: str,
    password: str,
    role: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
    signup: str = "open",
) -> UUID:
    """Makes a user and returns the id; the first one of an installation becomes its administrator.

    The same address with the same password again is the same user. Names are made of the address where they are not
    given. Raises Invalid, Conflict (the address is taken), Forbidden (sign-up is closed).
    """
    values = {
        "email": _address(email),
        "password_hash": passwords.hash_(password),
        "role": _role(role),
        "signup": signup,
        **_names(email, first_name, last_name),
    }
    try:
        with db.anonymous() as session:
            return UUID(str(session.execute(_REGISTER, values).scalar_one()))
    except IntegrityError as error:
        if isinstance(error.orig, CheckViolation):
            raise Forbidden("Sign-up is closed here. Ask the administrator for an account.") from None
        if not isinstance(error.orig, UniqueViolation):
            raise
    return _same_user(email, password)


def add_client(actor: Actor, *, name: str, currency: str | None = None, time_zone: str | None = None) -> ClientView:
    """Adds a client; one of this name, in any case of letters, is returned as it is. Raises Invalid."""
    _may_manage(actor)
    if not name.strip() or len(name) > 255:
        raise Invalid.field("name", "a client's name has 1 to 255 characters.", "Give it a shorter name.")
    if currency is not None and currency not in known_currencies():
        raise Invalid.field("currency", f"{currency!r} is not an ISO 4217 code.", "Use a code such as USD.")
    if time_zone is not None:
        time.zone(time_zone)
    values = {"user_id": actor.tenant_id, "name": name.strip(), "currency": currency, "time_zone": time_zone}
    with db.transaction(actor) as session:
        session.execute(_ADD_CLIENT, values)
        limits.hold(session, Limit.CLIENTS, used=lambda: int(session.execute(_CLIENTS).scalar_one()))
    return queries.client_named(actor, name=name.strip())


def set_caps(
    actor: Actor,
    *,
    client_id: UUID,
    currency: str | None,
    daily_cap: Decimal | None,
    monthly_budget: Decimal | None,
) -> ClientView:
    """Sets what the budgets of a client's ads may come to together, a day and in 30.4 days; None is no cap.

    They are in the client's currency, which is needed for them. Raises Invalid, NotFound, and Forbidden for all but the
    owner.
    """
    _may_manage(actor)
    if currency is not None and currency not in known_currencies():
        raise Invalid.field("currency", f"{currency!r} is not an ISO 4217 code.", "Use a code such as USD.")
    if currency is None and (daily_cap is not None or monthly_budget is not None):
        raise Invalid.field("currency", "a cap needs the client's currency.", "Give the client one, such as USD.")
    values = {
        "id": queries.client(actor, client_id=client_id).id,
        "currency": currency,
        "daily_cap": None if daily_cap is None else plain(cap("daily_cap", daily_cap)),
        "monthly_budget": None if monthly_budget is None else cap("monthly_budget", monthly_budget),
    }
    with db.transaction(actor) as session:
        session.execute(_SET_CAPS, values)
    return queries.client(actor, client_id=client_id)


def require_second_person(actor: Actor, *, client_id: UUID, required: bool) -> ClientView:
    """Sets whether who planned a change of a client's ads may apply it; pausing and deleting is everybody's always.

    Raises NotFound, and Forbidden for all but the owner.
    """
    _may_manage(actor)
    values = {"id": queries.client(actor, client_id=client_id).id, "required": required}
    with db.transaction(actor) as session:
        session.execute(_SET_SECOND_PERSON, values)
    return queries.client(actor, client_id=client_id)


def add_member(actor: Actor, *, email: str, role: str, client: str | None = None) -> UUID:
    """Lets a person who has an account act (`editor`) or read (`viewer`) here, for one client or all of them.

    A second time only sets the role. Raises Invalid, NotFound, and Conflict for the owner.
    """
    _may_manage(actor)
    try:
        wanted = MemberRole(role)
    except ValueError:
        raise Invalid.field("role", f"{role!r} is not one.", "Use editor or viewer.") from None
    member_id = _person(email)
    if member_id == actor.tenant_id:
        raise Conflict("The owner needs no membership.")
    values = {
        **_place(actor, client),
        "member_id": member_id,
        "role": wanted.value,
        "user_id": actor.tenant_id,
    }
    with db.transaction(actor) as session:
        member = UUID(str(session.execute(_ADD_MEMBER, values).scalar_one()))
        limits.hold(session, Limit.MEMBERS, used=lambda: int(session.execute(_MEMBERS).scalar_one()))
        return member


def remove_member(actor: Actor, *, email: str, client: str | None = None) -> int:
    """Takes a membership back and returns how many there were: 1 or 0."""
    _may_manage(actor)
    values = {**_place(actor, client), "member_id": _person(email)}
    with db.transaction(actor) as session:
        return len(session.execute(_REMOVE_MEMBER, values).all())


def _may_manage(actor: Actor) -> None:
    actor.may_write()
    if actor.client_id is not None:
        raise Forbidden("A member of one client cannot manage clients or members.")
    if actor.person_id is not None and actor.person_id != actor.tenant_id:
        raise Forbidden("Only the owner manages clients and members.")


def _place(actor: Actor, client: str | None) -> dict[str, Any]:
    return {"client_id": None if client is None else queries.client_named(actor, name=client).id}


def _person(email: str) -> UUID:
    with db.anonymous() as session:
        found = session.execute(_FIND_LOGIN, {"email": email}).first()
    if found is None:
        raise NotFound(f"Nobody with the address {email} has an account here. Make one: adloom user create")
    return UUID(str(found.user_id))


def _same_user(email: str, password: str) -> UUID:
    with db.anonymous() as session:
        found = session.execute(_FIND_LOGIN, {"email": email}).first()
    if found is None or not passwords.matches(password, found.password_hash):
        raise Conflict(f"{email} has an account already, with another password.")
    return UUID(str(found.user_id))


def _address(email: str) -> str:
    if not _ADDRESS.match(email) or len(email) > _LONGEST_ADDRESS:
        raise Invalid.field("email", f"{email!r} is not an e-mail address.", "Write name@example.com.")
    return email


def _role(role: str | None) -> str:
    try:
        return UserRole(role or UserRole.USER).value
    except ValueError:
        raise Invalid.field("role", f"{role!r} is not one.", "Use admin, user or viewer.") from None


def _names(email: str, first: str | None, last: str | None) -> dict[str, str]:
    """First and last name of the address where they are not given: ada.lovelace@example.com is Ada Lovelace."""
    parts = [part.capitalize() for part in re.split(r"[._+-]+", email.partition("@")[0]) if part]
    given = (first or (parts[0] if parts else email))[:100]
    return {"first_name": given, "last_name": (last or (parts[-1] if len(parts) > 1 else given))[:100]}
