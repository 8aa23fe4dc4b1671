"""`/v1/me`, `/v1/tenants`, `/v1/clients`, `/v1/members`: who one is, for whom one may act, and who else may."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from adloom.api.depends import Acting, SignedIn, Writing
from adloom.api.shapes import Body, ListOf, Shape
from adloom.core.actor import Role
from adloom.identity import actions as identity
from adloom.identity import queries
from adloom.identity.types import MemberRole

router = APIRouter(prefix="/v1", tags=["people"])


class Me(Shape):
    """The person, and the tenant that this request acts for."""

    id: UUID
    email: str
    tenant_id: UUID
    role: Role
    client_id: UUID | None


class Tenant(Shape):
    """A tenant in which you may act (or read, as a viewer); `client_id` where it is for one client only."""

    tenant_id: UUID
    email: str
    name: str
    role: Role
    client_id: UUID | None
    client_name: str | None


class Client(Shape):
    id: UUID
    name: str
    currency: str | None
    time_zone: str | None
    daily_cap: Decimal | None
    monthly_budget: Decimal | None
    second_person: bool


class SecondPerson(Body):
    """`required`: who planned a change of the brand's ads does not apply it; pausing and deleting is never held up."""

    required: bool


class Caps(Body):
    """What the budgets of a client's ads may come to, in `currency`: a day, and in 30.4 days; null is no cap."""

    currency: str | None
    daily_cap: Decimal | None
    monthly_budget: Decimal | None


class NewClient(Body):
    name: str = Field(max_length=255)
    currency: str | None = None
    time_zone: str | None = None


class Member(Shape):
    id: UUID
    person_id: UUID
    email: str
    name: str
    role: MemberRole
    client_id: UUID | None
    client_name: str | None
    created_at: datetime


class NewMember(Body):
    """`client_id` null is all clients."""

    email: str = Field(max_length=255)
    role: MemberRole
    client_id: UUID | None = None


@router.get("/me")
def me(signed: SignedIn, acting: Acting) -> Me:
    """Who you are, and for whom this request acts."""
    return Me(
        id=signed.person_id,
        email=signed.email,
        tenant_id=acting.tenant_id,
        role=acting.role,
        client_id=acting.client_id,
    )


@router.get("/tenants")
def tenants(signed: SignedIn) -> ListOf[Tenant]:
    """Where you may act or read; name one of another owner in X-Adloom-Tenant."""
    return ListOf(items=[Tenant.model_validate(tenant) for tenant in queries.tenants(signed.person_id)])


@router.get("/clients")
def clients(acting: Acting) -> ListOf[Client]:
    """The brands you work for, by name."""
    return ListOf(items=[Client.model_validate(client) for client in queries.clients(acting)])


@router.get("/clients/{client_id}")
def client(client_id: UUID, acting: Acting) -> Client:
    """One brand."""
    return Client.model_validate(queries.client(acting, client_id=client_id))


@router.post("/clients", status_code=201)
def add_client(body: NewClient, write: Writing) -> Client:
    """Add a brand; one of this name is returned as it is."""
    return write.once(lambda: Client.model_validate(identity.add_client(write.actor, **body.model_dump())), status=201)


@router.put("/clients/{client_id}/caps")
def set_caps(client_id: UUID, body: Caps, write: Writing) -> Client:
    """Bound what the ads of a brand may be given; only the owner does."""
    return write.once(
        lambda: Client.model_validate(identity.set_caps(write.actor, client_id=client_id, **body.model_dump()))
    )


@router.put("/clients/{client_id}/second-person")
def require_second_person(client_id: UUID, body: SecondPerson, write: Writing) -> Client:
    """Require that a second person applies what one has planned for a brand's ads, or not; only the owner does."""
    return write.once(
        lambda: Client.model_validate(
            identity.require_second_person(write.actor, client_id=client_id, required=body.required)
        )
    )


@router.get("/members")
def members(acting: Acting) -> ListOf[Member]:
    """Who else may act or read for you."""
    return ListOf(items=[Member.model_validate(member) for member in queries.members(acting)])


@router.post("/members", status_code=201)
def add_member(body: NewMember, write: Writing) -> Member:
    """Let a person who has an account act (editor) or read (viewer) for you; again only sets the role."""

    def work() -> Member:
        name = None if body.client_id is None else queries.client(write.actor, client_id=body.client_id).name
        made = identity.add_member(write.actor, email=body.email, role=body.role, client=name)
        return Member.model_validate(queries.member(write.actor, membership_id=made))

    return write.once(work, status=201)


@router.delete("/members/{membership_id}", status_code=204)
def remove_member(membership_id: UUID, write: Writing) -> None:
    """Take a membership back."""

    def work() -> None:
        member = queries.member(write.actor, membership_id=membership_id)
        identity.remove_member(write.actor, email=member.email, client=member.client_name)

    write.once(work, status=204)
