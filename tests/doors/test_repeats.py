"""Idempotency-Key: one effect, and the second answer equals the first."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text
from tests.doors.visitors import Visitor

from adloom.core.errors import OverLimit
from adloom.db import engine
from adloom.db import session as db
from adloom.edge.repeats import Write
from adloom.identity import idempotency
from adloom.identity.idempotency import Keyed

KEY = {"Idempotency-Key": "3b0c1d4e"}


def _count(owner: Visitor, table: str) -> int:
    with db.reading(owner.actor) as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def _kept(owner: Visitor) -> int:
    return _count(owner, "idempotency_keys")


def test_a_repeated_request_gets_the_first_answer_and_changes_nothing(owner: Visitor) -> None:
    first = owner.ask("POST", "/v1/clients", json={"name": "Acme"}, headers=KEY)
    second = owner.ask("POST", "/v1/clients", json={"name": "Acme"}, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["content-type"] == "application/json"
    assert _count(owner, "clients") == 1


def test_an_empty_answer_is_repeated_as_well(owner: Visitor, stranger: Visitor) -> None:
    body = {"email": "stranger@example.com", "role": "viewer"}
    membership = owner.post("/v1/members", body, status=201)["id"]
    answers = [owner.ask("DELETE", f"/v1/members/{membership}", headers=KEY) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert owner.ask("DELETE", f"/v1/members/{membership}").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"), [("/v1/clients", {"name": "Other"}), ("/v1/clients?x=1", {"name": "Acme"}), ("/v1/reports", {})]
)
def test_a_key_that_another_request_has_used_is_refused(owner: Visitor, path: str, body: Any) -> None:
    owner.post("/v1/clients", {"name": "Acme"}, status=201, headers=KEY)
    if path == "/v1/reports":
        body = {"name": "Weekly"}
    assert owner.post(path, body, status=409, headers=KEY)["code"] == "key_reused"


def test_a_refusal_is_kept_and_its_writes_are_not(owner: Visitor) -> None:
    body = {"email": "nobody@example.com", "role": "viewer"}
    first = owner.ask("POST", "/v1/members", json=body, headers=KEY)
    second = owner.ask("POST", "/v1/members", json=body, headers=KEY)
    assert (first.status_code, second.status_code) == (404, 404)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["content-type"] == "application/problem+json"
    assert _count(owner, "members") == 0


def test_nobody_and_a_malformed_request_leave_the_key_free(owner: Visitor) -> None:
    assert owner.http.post("/v1/clients", json={"name": "Acme"}, headers=KEY).status_code == 401
    owner.post("/v1/clients", {"wrong": 1}, status=422, headers=KEY)
    assert _kept(owner) == 0
    owner.post("/v1/clients", {"name": "Acme"}, status=201, headers=KEY)


@pytest.mark.parametrize("error", [RuntimeError("a bug"), OverLimit("Slowly.", kind="throttle")])
def test_a_request_that_died_or_was_throttled_leaves_neither_key_nor_writes(owner: Visitor, error: Exception) -> None:
    def dying() -> None:
        with db.transaction(owner.actor) as session:
            session.execute(text("INSERT INTO clients (user_id, name) VALUES (:id, 'Acme')"), {"id": owner.id})
        raise error

    write = Write(owner.actor, Keyed("key", "POST", "/v1/clients", "hash"), "request")
    with pytest.raises(type(error)):
        write.once(dying)
    assert (_kept(owner), _count(owner, "clients")) == (0, 0)


def test_an_action_and_its_answer_are_one_transaction(owner: Visitor) -> None:
    """What is read inside is what was written inside, and nobody outside sees it before the answer is kept."""
    seen: list[int] = []

    def work() -> None:
        with db.transaction(owner.actor) as session:
            session.execute(text("INSERT INTO clients (user_id, name) VALUES (:id, 'Acme')"), {"id": owner.id})
        seen.append(_count(owner, "clients"))
        outside = threading.Thread(target=lambda: seen.append(_count(owner, "clients")))
        outside.start()
        outside.join()

    Write(owner.actor, Keyed("key", "POST", "/v1/clients", "hash"), "request").once(work, status=204)
    assert seen == [1, 0]
    assert (_kept(owner), _count(owner, "clients")) == (1, 1)


def test_while_the_first_one_runs_the_second_is_told_to_come_again(owner: Visitor) -> None:
    with db.transaction(owner.actor) as running:
        keyed = Keyed(KEY["Idempotency-Key"], "POST", "/v1/clients", "hash")
        assert idempotency.reserve(running, owner.actor, keyed=keyed) is None
        waiting = owner.ask("POST", "/v1/clients", json={"name": "Acme"}, headers=KEY)
        assert (waiting.status_code, waiting.json()["code"]) == (409, "still_running")
        assert waiting.headers["retry-after"] == "1"


def test_two_at_once_have_one_effect(owner: Visitor) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.append(owner.ask("POST", "/v1/clients", json={"name": "Acme"}, headers=KEY).status_code)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert _count(owner, "clients") == 1


def test_after_a_day_a_key_is_free(owner: Visitor) -> None:
    owner.post("/v1/clients", {"name": "Acme"}, status=201, headers=KEY)
    with engine.owner_connection() as connection:
        left = connection.execute("SELECT expires_at - created_at FROM idempotency_keys").fetchone()
        connection.execute("UPDATE idempotency_keys SET expires_at = now()")
    assert left is not None
    assert left[0].total_seconds() == 24 * 3600
    owner.post("/v1/clients", {"name": "Other"}, status=201, headers=KEY)


def test_members_of_one_tenant_do_not_get_each_others_answers(owner: Visitor, stranger: Visitor) -> None:
    owner.post("/v1/members", {"email": "stranger@example.com", "role": "editor"}, status=201)
    member = stranger.sending(x_adloom_tenant=str(owner.id))
    body = {"name": "Weekly"}
    owner.post("/v1/reports", body, status=201, headers=KEY)
    refused = member.post("/v1/reports", body, status=409, headers=KEY)
    assert refused["code"] == "key_reused"
    assert "Weekly" not in str(refused)


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none_is_refused(owner: Visitor, key: str) -> None:
    refused = owner.post("/v1/clients", {"name": "Acme"}, status=422, headers={"Idempotency-Key": key})
    assert [error["field"] for error in refused["errors"]] == ["Idempotency-Key"]


def test_a_key_works_in_every_tenant_for_itself(owner: Visitor, stranger: Visitor) -> None:
    mine = owner.post("/v1/clients", {"name": "Acme"}, status=201, headers=KEY)
    theirs = stranger.post("/v1/clients", {"name": "Acme"}, status=201, headers=KEY)
    assert mine["id"] != theirs["id"]


def test_a_joint_transaction_is_this_actors_alone(owner: Visitor, stranger: Visitor) -> None:
    with db.joint(owner.actor), db.transaction(stranger.actor) as theirs:
        current = theirs.execute(text("SELECT current_setting('app.user_id')")).scalar_one()
    assert current == str(stranger.id)
