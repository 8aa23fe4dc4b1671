"""Reads about people: who acts at the command line, in which tenants, for which clients."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.core.actor import Actor, Role
from adloom.core.errors import NotFound
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.identity.types import ClientView, MemberRole, MemberView, TenantView

_BY_EMAIL = text("SELECT user_id, role FROM find_login(:email)")

_ONLY_ONE = text("SELECT find_only_user()")

_TENANTS = text(
    """
    SELECT
        tenant_id,
        tenant_email,
        tenant_name,
        role,
        client_id,
        client_name
    FROM tenants_of(:person_id)
    """
)

_CLIENTS = text(
    """
    SELECT
        id,
        name,
        currency,
        time_zone,
        CAST(caps ->> 'per_day' AS numeric) AS daily_cap,
        trim_scale(monthly_budget) AS monthly_budget,
        second_person
    FROM clients
    WHERE deleted_at IS NULL
        AND (CAST(:name AS text) IS NULL OR lower(name) = lower(CAST(:name AS text)))
        AND (CAST(:id AS uuid) IS NULL OR id = CAST(:id AS uuid))
    ORDER BY lower(name)
    """
)

_EMAIL = text("SELECT email FROM users WHERE id = :id")

_MEMBERS = text(
    """
    SELECT
        members.id,
        members.member_id AS person_id,
        users.email,
        concat_ws(' ', users.first_name, users.last_name) AS name,
        members.role,
        members.client_id,
        clients.name AS client_name,
        members.created_at
    FROM members
    JOIN users ON users.id = members.member_id
    LEFT JOIN clients ON clients.id = members.client_id
    WHERE members.deleted_at IS NULL
        AND users.deleted_at IS NULL
        AND (CAST(:id AS uuid) IS NULL OR members.id = CAST(:id AS uuid))
    ORDER BY
        lower(users.email),
        members.id
    """
)


def operator(*, email: str | None, client: str | None = None, member: str | None = None) -> Actor:
    """Who a command acts for: the user of that address, or the only one there is; with a client, restricted to it.

    `member` is the address of who acts, with the rights that they have there; else the owner does. Raises NotFound
    naming what to do.
    """
    with db.anonymous() as session:
        if email is None:
            user_id = session.execute(_ONLY_ONE).scalar()
        else:
            row = session.execute(_BY_EMAIL, {"email": email}).first()
            user_id = None if row is None else row.user_id
    if user_id is None:
        raise NotFound(_nobody(email))
    tenant = next((t for t in tenants(user_id) if t.tenant_id == user_id), None)
    if tenant is None:
        raise NotFound(f"{email} is a viewer and owns nothing; name the owner with --user.")
    actor = Actor(tenant_id=tenant.tenant_id, person_id=tenant.tenant_id, role=tenant.role, agent="adloom cli")
    client_id = None if client is None else client_named(actor, name=client).id
    if member is None:
        return replace(actor, client_id=client_id)
    return _member_acting(actor, email=member, client_id=client_id)


def _member_acting(owner: Actor, *, email: str, client_id: UUID | None) -> Actor:
    """The owner, or a member of theirs, acting: for the client that is named, else as far as they may."""
    with db.anonymous() as session:
        row = session.execute(_BY_EMAIL, {"email": email}).first()
    places = [] if row is None else [t for t in tenants(row.user_id) if t.tenant_id == owner.tenant_id]
    fitting = [t for t in places if client_id is None or t.client_id in (None, client_id)]
    place = next((t for t in fitting if t.client_id is None), fitting[0] if len(fitting) == 1 else None)
    if row is None or not places:
        raise NotFound(f"{email} is no member here. Add them: adloom member add {email}")
    if place is None:
        raise NotFound(f"{email} acts for other clients here. Name one of theirs: --client NAME")
    return replace(owner, person_id=row.user_id, role=place.role, client_id=client_id or place.client_id)


def tenants(person_id: UUID) -> tuple[TenantView, ...]:
    """Where a person may act or read: their own tenant first, then those they are a member of."""
    with db.anonymous() as session:
        rows = session.execute(_TENANTS, {"person_id": person_id}).all()
    return tuple(
        TenantView(
            tenant_id=row.tenant_id,
            email=row.tenant_email,
            name=row.tenant_name,
            role=Role(row.role),
            client_id=row.client_id,
            client_name=row.client_name,
        )
        for row in rows
    )


def clients(actor: Actor) -> tuple[ClientView, ...]:
    """The clients this actor may see, by name."""
    with db.reading(actor) as session:
        rows = session.execute(_CLIENTS, {"name": None, "id": None}).mappings()
        return tuple(ClientView(**row) for row in rows)


def client_named(actor: Actor, *, name: str) -> ClientView:
    """The client of this name, in any case of letters; raises NotFound."""
    with db.reading(actor) as session:
        row = session.execute(_CLIENTS, {"name": name, "id": None}).mappings().first()
    if row is None:
        raise NotFound(f"There is no client {name!r}. Add it: adloom client add {name!r}")
    return ClientView(**row)


def client(actor: Actor, *, client_id: UUID) -> ClientView:
    """One client; raises NotFound where this actor has none of that id."""
    with db.reading(actor) as session:
        found = client_in(session, client_id=client_id)
    if found is None:
        raise NotFound(f"There is no client {client_id}.")
    return found


def client_in(session: ReadSession, *, client_id: UUID | None) -> ClientView | None:
    """The client of this id, in the caller's transaction; None where there is none, or none is meant."""
    if client_id is None:
        return None
    row = session.execute(_CLIENTS, {"name": None, "id": client_id}).mappings().first()
    return None if row is None else ClientView(**row)


def email_in(session: ReadSession, *, person_id: UUID | None) -> str | None:
    """The e-mail of a person of this tenant; None for nobody, and for who has no account any more."""
    found = None if person_id is None else session.execute(_EMAIL, {"id": person_id}).scalar()
    return None if found is None else str(found)


def members(actor: Actor) -> tuple[MemberView, ...]:
    """Who may act or read here, by e-mail; a member of one client sees that client's members."""
    with db.reading(actor) as session:
        return tuple(_member(row) for row in session.execute(_MEMBERS, {"id": None}).mappings())


def addresses(actor: Actor) -> dict[UUID, str]:
    """The e-mail of everybody who can act or read here, by id: the owner, the members, and who asks."""
    owners = {place.tenant_id: place.email for place in tenants(actor.person_id or actor.tenant_id)}
    return {**owners, **{each.person_id: each.email for each in members(actor)}}


def member(actor: Actor, *, membership_id: UUID) -> MemberView:
    """One membership; raises NotFound."""
    with db.reading(actor) as session:
        row = session.execute(_MEMBERS, {"id": membership_id}).mappings().first()
    if row is None:
        raise NotFound(f"There is no membership {membership_id}.")
    return _member(row)


def _member(row: RowMapping) -> MemberView:
    return MemberView(**{**row, "role": MemberRole(row["role"])})


def _nobody(email: str | None) -> str:
    if email is not None:
        return f"Nobody has the address {email}. Make the user: adloom user create --email {email}"
    return "Say whom to act for: --user EMAIL, or ADLOOM_USER. Where nobody has an account yet: adloom user create"
