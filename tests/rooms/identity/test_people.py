"""People, clients and members: made once, listed to those who may see them."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.conftest import Registering

from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Forbidden, Invalid, NotFound
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.identity import actions, queries

PASSWORD = "correct horse battery"


def test_names_are_made_of_the_address_where_they_are_not_given(database: Urls) -> None:
    ada = actions.create_user(email="ada.lovelace@example.com", password=PASSWORD)
    assert queries.tenants(ada)[0].name == "Ada Lovelace"


def test_the_same_person_again_is_the_same_and_with_another_password_is_a_conflict(database: Urls) -> None:
    ada = actions.create_user(email="ada@example.com", password=PASSWORD)
    assert actions.create_user(email="ADA@example.com", password=PASSWORD) == ada
    with pytest.raises(Conflict):
        actions.create_user(email="ada@example.com", password="another password")


def test_a_password_is_kept_as_argon2id(database: Urls) -> None:
    actions.create_user(email="ada@example.com", password=PASSWORD)
    with db.anonymous() as session:
        kept = session.execute(text("SELECT password_hash FROM find_login('ada@example.com')")).scalar_one()
    assert kept.startswith("$argon2id$")


def test_a_client_is_added_once(actor: Actor) -> None:
    made = actions.add_client(actor, name=" Acme ", currency="USD", time_zone="Europe/Berlin")
    assert actions.add_client(actor, name="ACME") == made
    assert queries.clients(actor) == (made,)
    assert queries.client(actor, client_id=made.id) == made


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "Acme", "currency": "XYZ1"}, "currency"),
        ({"name": "Acme", "time_zone": "Mars/Base"}, "time_zone"),
    ],
)
def test_a_wrong_client_is_refused_by_field(actor: Actor, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_client(actor, **values)
    assert [error.field for error in refused.value.errors] == [field]


def test_members_are_listed_with_what_they_may(actor: Actor, second_tenant: Actor) -> None:
    client = actions.add_client(actor, name="Acme")
    made = actions.add_member(actor, email="stranger@example.com", role="viewer", client="acme")
    assert actions.add_member(actor, email="stranger@example.com", role="editor", client="acme") == made
    member = queries.member(actor, membership_id=made)
    assert queries.members(actor) == (member,)
    assert (member.person_id, member.email) == (second_tenant.person_id, "stranger@example.com")
    assert (member.role, member.client_id, member.client_name) == ("editor", client.id, "Acme")
    assert actions.remove_member(actor, email="stranger@example.com", client="Acme") == 1
    assert queries.members(actor) == ()
    with pytest.raises(NotFound):
        queries.member(actor, membership_id=made)


def test_a_tenants_clients_and_members_are_its_own(actor: Actor, second_tenant: Actor, register: Registering) -> None:
    register("member@example.com")
    client = actions.add_client(actor, name="Acme")
    membership = actions.add_member(actor, email="member@example.com", role="viewer")
    assert queries.clients(second_tenant) == ()
    assert queries.members(second_tenant) == ()
    with pytest.raises(NotFound):
        queries.client(second_tenant, client_id=client.id)
    with pytest.raises(NotFound):
        queries.member(second_tenant, membership_id=membership)
    with pytest.raises(NotFound):
        queries.client(actor, client_id=uuid4())


def test_only_the_owner_manages_clients_and_members(actor: Actor, second_tenant: Actor) -> None:
    member = replace(actor, person_id=second_tenant.person_id)
    for somebody in (member, replace(actor, role=Role.VIEWER), replace(actor, client_id=uuid4())):
        with pytest.raises(Forbidden):
            actions.add_client(somebody, name="Acme")
        with pytest.raises(Forbidden):
            actions.add_member(somebody, email="stranger@example.com", role="viewer")
        with pytest.raises(Forbidden):
            actions.remove_member(somebody, email="stranger@example.com")


def test_an_owner_is_no_member_and_an_unknown_person_neither(actor: Actor) -> None:
    with pytest.raises(Conflict):
        actions.add_member(actor, email="owner@example.com", role="editor")
    with pytest.raises(NotFound):
        actions.add_member(actor, email="nobody@example.com", role="editor")
    with pytest.raises(Invalid):
        actions.add_member(actor, email="owner@example.com", role="admin")


def test_the_command_line_acts_for_the_only_user_or_the_one_that_is_named(actor: Actor, register: Registering) -> None:
    assert queries.operator(email=None).tenant_id == actor.tenant_id
    second = register("second@example.com")
    with pytest.raises(NotFound):
        queries.operator(email=None)
    assert queries.operator(email="SECOND@example.com").tenant_id == second.tenant_id
    client = actions.add_client(second, name="Acme")
    assert queries.operator(email="second@example.com", client="acme").client_id == client.id
    with pytest.raises(NotFound):
        queries.operator(email="third@example.com")
