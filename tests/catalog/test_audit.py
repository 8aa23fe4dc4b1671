"""Who changed what is written by the database itself: once per change, with who and from where, and without secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
from sqlalchemy import RowMapping, text
from tests.conftest import Registering
from tests.tenancy import filling

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.urls import Urls


def _logs(actor: Actor, entity: str) -> list[RowMapping]:
    with db.reading(actor) as session:
        return list(
            session.execute(
                text("SELECT * FROM audit_logs WHERE entity_type = :entity ORDER BY created_at"), {"entity": entity}
            ).mappings()
        )


def _run(actor: Actor, statement: str, **values: Any) -> None:
    with db.transaction(actor) as session:
        session.execute(text(statement), values)


def test_creating_changing_and_deleting_leave_one_row_each(actor: Actor) -> None:
    client = filling.add_client(actor, "Acme")
    _run(actor, "UPDATE clients SET name = 'Acme & Co', currency = 'EUR' WHERE id = :id", id=client)
    _run(actor, "UPDATE clients SET deleted_at = now() WHERE id = :id", id=client)
    created, changed, deleted = _logs(actor, "clients")
    assert [row["action"] for row in (created, changed, deleted)] == ["create", "update", "delete"]
    assert created["old_values"] is None
    assert created["new_values"]["name"] == "Acme"
    assert changed["old_values"] == {"name": "Acme", "currency": None}
    assert changed["new_values"] == {"name": "Acme & Co", "currency": "EUR"}
    assert list(deleted["new_values"]) == ["deleted_at"]
    assert {row["entity_id"] for row in (created, changed, deleted)} == {client}


def test_a_row_says_tenant_person_address_and_agent(actor: Actor, register: Registering) -> None:
    member = register("member@example.com")
    acting = replace(actor, person_id=member.person_id, address="2001:db8::1", agent="a browser")
    filling.add_client(acting, "Acme")
    (log,) = _logs(actor, "clients")
    assert (log["user_id"], log["actor_id"]) == (actor.tenant_id, member.person_id)
    assert (str(log["ip_address"]), log["user_agent"]) == ("2001:db8::1", "a browser")


def test_an_address_that_is_none_does_not_stop_a_change(actor: Actor) -> None:
    filling.add_client(replace(actor, address="testclient", agent="x" * 9000), "Acme")
    (log,) = _logs(actor, "clients")
    assert log["ip_address"] is None
    assert len(log["user_agent"]) == 500


def test_the_systems_own_change_has_no_person(actor: Actor) -> None:
    filling.add_client(replace(actor, person_id=None), "Acme")
    assert _logs(actor, "clients")[0]["actor_id"] is None


def test_secrets_are_redacted_when_made_and_when_changed(actor: Actor, database: Urls) -> None:
    filling.fill_tenant(actor)
    _run(actor, "UPDATE user_api_credentials SET credentials_encrypted = 'sealed anew', candidate_encrypted = 'other'")
    _run(actor, "UPDATE users SET password_hash = 'another hash'")
    created, changed = _logs(actor, "user_api_credentials")
    assert created["new_values"]["credentials_encrypted"] == "[redacted]"
    assert changed["new_values"] == {"credentials_encrypted": "[redacted]", "candidate_encrypted": "[redacted]"}
    assert changed["old_values"] == {"credentials_encrypted": "[redacted]", "candidate_encrypted": None}
    with psycopg.connect(database.owner) as connection:
        everything = str(connection.execute("SELECT array_agg(a::text) FROM audit_logs AS a").fetchone())
    assert not [secret for secret in ("sealed", "another hash", "no password", "other") if secret in everything]


def test_what_is_only_observed_is_no_change(actor: Actor) -> None:
    filling.fill_tenant(actor)
    id_ = filling.fill(actor)
    before = {entity: len(_logs(actor, entity)) for entity in ("campaigns", "platform_accounts", "reports", "users")}
    for statement in (
        "UPDATE campaigns SET last_sync_at = now(), delivery_state = 'ACTIVE', delivery_words = 'ok' WHERE id = :id",
        "UPDATE platform_accounts SET last_synced_at = now() WHERE id = :id",
        "UPDATE reports SET last_generated_at = now() WHERE id = :id",
        "UPDATE campaigns SET campaign_name = campaign_name WHERE id = :id",
    ):
        _run(actor, statement, id=id_)
    with db.anonymous() as session:
        session.execute(text("SELECT record_login(:person)"), {"person": actor.person_id})
    after = {entity: len(_logs(actor, entity)) for entity in before}
    assert after == {**before, "users": before["users"] + 1}
    assert _logs(actor, "users")[-1]["action"] == "login"


def test_every_audited_table_writes_when_its_row_is_made(actor: Actor, register: Registering) -> None:
    member = register("member@example.com")
    client = filling.add_client(actor, "Acme")
    filling.add_member(actor, member, client_id=client)
    filling.fill_tenant(actor)
    filling.fill(actor, client_id=client)
    with db.reading(actor) as session:
        found = session.execute(text("SELECT DISTINCT entity_type FROM audit_logs")).scalars().all()
    assert set(found) == {
        "users",
        "user_api_credentials",
        "clients",
        "members",
        "platform_accounts",
        "assets",
        "ads",
        "ad_assets",
        "approval_requests",
        "campaigns",
        "reports",
        "fault_answers",
    }


def test_taking_an_asset_from_an_ad_is_a_delete(actor: Actor) -> None:
    filling.fill_tenant(actor)
    filling.fill(actor)
    _run(actor, "DELETE FROM ad_assets")
    deleted = _logs(actor, "ad_assets")[-1]
    assert deleted["action"] == "delete"
    assert deleted["new_values"] is None
    assert deleted["old_values"]["asset_type"] == "primary_image"


def test_a_change_that_is_taken_back_leaves_no_trace(actor: Actor) -> None:
    with db.transaction(actor) as session:
        with session.begin_nested() as savepoint:
            session.execute(text("INSERT INTO clients (user_id, name) VALUES (:id, 'Acme')"), {"id": actor.tenant_id})
            savepoint.rollback()
    assert _logs(actor, "clients") == []


def test_erasing_an_owner_keeps_the_log_without_the_owner(actor: Actor, database: Urls) -> None:
    """Only the schema's owner can; what cascades is logged although its tenant is gone."""
    filling.fill_tenant(actor)
    filling.fill(actor)
    with psycopg.connect(database.owner) as connection:
        connection.execute("DELETE FROM users WHERE id = %s", [actor.tenant_id])
        row = connection.execute(
            "SELECT count(*), count(user_id), count(*) FILTER (WHERE action = 'delete') FROM audit_logs"
        ).fetchone()
        metrics = connection.execute("SELECT count(*) FROM campaign_metrics").fetchone()
    assert row is not None
    assert row[1] == 0
    assert row[2] >= 8
    assert metrics == (1,)
