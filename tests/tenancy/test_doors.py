"""The short list of functions that work before a tenant is known, or across tenants: what each answers, and to whom."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from sqlalchemy import RowMapping, text
from sqlalchemy.exc import DBAPIError
from tests.tenancy import filling
from tests.tenancy.conftest import World

from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Forbidden
from adloom.db import session as db
from adloom.db import violations
from adloom.db.urls import Urls

#: Everything that runs with the owner's rights, and which logins may call it.
_CALLERS = {
    "attach_partition": set(),
    "block_quota": {"adloom_app", "adloom_worker"},
    "create_daily_partition": {"adloom_worker"},
    "create_monthly_partition": {"adloom_worker"},
    "ensure_partitions": {"adloom_worker"},
    "find_login": {"adloom_app"},
    "find_only_user": {"adloom_app"},
    "find_refresh": {"adloom_app"},
    "find_session": {"adloom_app"},
    "has_budget_beyond": {"adloom_app"},
    "largest_budgets": {"adloom_app"},
    "list_budgets": {"adloom_app"},
    "list_credentials": {"adloom_worker"},
    "list_owners_to_stop": {"adloom_app"},
    "list_pull_targets": {"adloom_worker"},
    "list_sync_targets": {"adloom_worker"},
    "login_blocked_until": {"adloom_app"},
    "note_login_attempt": {"adloom_app"},
    "move_account_metrics": set(),
    "notify_jobs": set(),
    "record_login": {"adloom_app"},
    "record_logout": {"adloom_app"},
    "refuse_partition": set(),
    "register_user": {"adloom_app"},
    "next_turn": {"adloom_app", "adloom_worker"},
    "note_surprise": {"adloom_worker"},
    "reserve_quota": {"adloom_app", "adloom_worker"},
    "reserve_quotas": {"adloom_app", "adloom_worker"},
    "revoke_session_family": {"adloom_app"},
    "set_updated_at": set(),
    "swap_enum": set(),
    "tenants_of": {"adloom_app"},
    "write_audit": set(),
    "current_client": {"adloom_app", "adloom_readonly", "adloom_worker"},
    "current_person": {"adloom_app", "adloom_readonly", "adloom_worker"},
    "current_tenant": {"adloom_app", "adloom_readonly", "adloom_worker"},
}


def _ask(statement: str, **values: Any) -> list[RowMapping]:
    with db.anonymous() as session:
        return list(session.execute(text(statement), values).mappings())


def _ask_as_worker(statement: str, **values: Any) -> list[RowMapping]:
    with db.worker_transaction() as session:
        return list(session.execute(text(statement), values).mappings())


def test_every_function_is_granted_to_its_callers_and_to_nobody_else(database: Urls) -> None:
    with psycopg.connect(database.owner) as connection:
        rows = connection.execute(
            """
            SELECT
                p.proname,
                array_remove(array_agg(acl.grantee::regrole::text), 'adloom_owner')
            FROM pg_proc AS p
            CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
            WHERE p.pronamespace = 'public'::regnamespace
                AND p.proowner = 'adloom_owner'::regrole
            GROUP BY p.oid
            """
        ).fetchall()
    assert {name: set(callers) for name, callers in rows} == _CALLERS


def test_every_function_runs_with_a_fixed_search_path(database: Urls) -> None:
    with psycopg.connect(database.owner) as connection:
        loose = connection.execute(
            """
            SELECT proname
            FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace
                AND proowner = 'adloom_owner'::regrole
                AND NOT coalesce(array_to_string(proconfig, ' '), '') ~ 'search_path=(public|pg_catalog), pg_temp'
            """
        ).fetchall()
    assert loose == []


def test_no_function_names_an_enum_in_its_signature(database: Urls) -> None:
    with psycopg.connect(database.owner) as connection:
        naming = connection.execute(
            """
            SELECT p.proname
            FROM pg_proc AS p
            JOIN pg_type AS t ON t.oid = p.prorettype
                OR t.oid = ANY (p.proargtypes)
                OR t.oid = ANY (p.proallargtypes)
            WHERE p.pronamespace = 'public'::regnamespace
                AND t.typtype = 'e'
            """
        ).fetchall()
    assert naming == []


def test_the_first_user_becomes_administrator_whatever_the_setting(database: Urls) -> None:
    _ask("SELECT register_user('first@example.com', 'h', 'F', 'P', 'viewer', 'closed')")
    assert _ask("SELECT role FROM find_login('first@example.com')")[0]["role"] == "admin"


@pytest.mark.parametrize("signup", ["closed", "invite", None])
def test_later_users_need_an_open_door(actor: Actor, signup: str | None) -> None:
    rule = {"sign_up_is_closed": lambda: Forbidden("closed")}
    with pytest.raises(Forbidden, match="closed"), violations.translated(rule):
        _ask("SELECT register_user('x@example.com', 'h', 'F', 'P', signup => :signup)", signup=signup)
    assert _ask("SELECT * FROM find_login('x@example.com')") == []


def test_an_address_is_taken_once_in_any_case_of_letters(actor: Actor) -> None:
    rule = {"idx_users_email": lambda: Conflict("taken")}
    with pytest.raises(Conflict, match="taken"), violations.translated(rule):
        _ask("SELECT register_user('OWNER@example.com', 'h', 'F', 'P', signup => 'open')")


def test_a_deleted_user_frees_the_address(actor: Actor) -> None:
    with db.transaction(actor) as session:
        session.execute(text("UPDATE users SET deleted_at = now()"))
    _ask("SELECT register_user('owner@example.com', 'h', 'F', 'P', signup => 'open')")
    assert _ask("SELECT user_id FROM find_login('owner@example.com')")[0]["user_id"] != actor.tenant_id


def test_of_two_first_users_at_once_one_is_administrator(database: Urls) -> None:
    def register(number: int) -> None:
        _ask("SELECT register_user(:email, 'h', 'F', 'P', signup => 'open')", email=f"{number}@example.com")

    threads = [threading.Thread(target=register, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [_ask("SELECT role FROM find_login(:email)", email=f"{n}@example.com")[0]["role"] for n in range(4)]
    assert sorted(found) == ["admin", "user", "user", "user"]


def test_a_login_is_found_in_any_case_of_letters(actor: Actor) -> None:
    found = _ask("SELECT * FROM find_login('Owner@Example.COM')")
    assert [row["user_id"] for row in found] == [actor.tenant_id]
    assert found[0]["password_hash"] == "no password"
    assert _ask("SELECT * FROM find_login('nobody@example.com')") == []


def test_the_only_user_is_found_while_there_is_one(actor: Actor, register: Any) -> None:
    assert _ask("SELECT find_only_user() AS id")[0]["id"] == actor.tenant_id
    register("second@example.com")
    assert _ask("SELECT find_only_user() AS id")[0]["id"] is None


def test_nobody_is_the_only_user_of_an_empty_installation(database: Urls) -> None:
    assert _ask("SELECT find_only_user() AS id")[0]["id"] is None


def test_a_session_is_found_by_its_token_until_it_is_revoked(world: World) -> None:
    jti = str(world.owner.tenant_id)
    found = _ask("SELECT * FROM find_session(:jti)", jti=jti)
    assert [(row["user_id"], row["email"], row["role"]) for row in found] == [
        (world.owner.person_id, "owner@example.com", "admin")
    ]
    with db.transaction(world.owner) as session:
        session.execute(text("UPDATE user_sessions SET revoked_at = now()"))
    assert _ask("SELECT * FROM find_session(:jti)", jti=jti) == []


def test_reuse_of_a_rotated_refresh_token_can_revoke_its_whole_family(actor: Actor) -> None:
    with db.transaction(actor) as session:
        session.execute(
            text(
                """
                WITH second AS (
                    INSERT INTO user_sessions (user_id, token_jti, refresh_token_hash, expires_at)
                    VALUES (:user_id, 'second', 'hash 2', now() + interval '1 day')
                    RETURNING id, family_id
                )
                INSERT INTO user_sessions (
                    user_id, token_jti, refresh_token_hash, expires_at, revoked_at, family_id, replaced_by
                )
                SELECT :user_id, 'first', 'hash 1', now() + interval '1 day', now(), family_id, id
                FROM second
                """
            ),
            {"user_id": actor.person_id},
        )
    (rotated,) = _ask("SELECT * FROM find_refresh('hash 1')")
    (living,) = _ask("SELECT * FROM find_refresh('hash 2')")
    assert rotated["revoked_at"] is not None
    assert rotated["replaced_by"] == living["session_id"]
    revoked = _ask("SELECT revoke_session_family(:family) AS n", family=rotated["family_id"])
    assert revoked[0]["n"] == 1
    assert _ask("SELECT * FROM find_session('second')") == []


def test_people_act_in_their_own_tenant_and_where_they_are_members(world: World) -> None:
    found = _ask("SELECT * FROM tenants_of(:person)", person=world.restricted.person_id)
    assert {(row["tenant_id"], row["role"], row["client_id"], row["client_name"]) for row in found} == {
        (world.restricted.person_id, "user", None, None),
        (world.owner.tenant_id, "user", world.client_a, "A"),
    }


def test_everyones_campaigns_are_an_administrators_to_stop_and_nobody_elses(world: World) -> None:
    def owners(person: Actor) -> set[Any]:
        with db.transaction(person) as session:
            return set(session.execute(text("SELECT user_id FROM list_owners_to_stop()")).scalars())

    everybody = {world.owner.tenant_id, world.stranger.tenant_id}
    assert owners(world.owner) == everybody, "who came first is the administrator"
    assert owners(world.stranger) == owners(world.restricted) == set()
    assert owners(Actor(tenant_id=world.owner.tenant_id)) == set(), "nor the system's own chores"


def test_a_viewer_has_no_tenant_of_their_own_and_writes_nowhere(world: World) -> None:
    _ask("SELECT register_user('viewer@example.com', 'h', 'V', 'W', 'viewer', 'open')")
    viewer = _ask("SELECT user_id FROM find_login('viewer@example.com')")[0]["user_id"]
    filling.add_member(world.owner, Actor(tenant_id=viewer, person_id=viewer), client_id=None, role="editor")
    found = _ask("SELECT * FROM tenants_of(:person)", person=viewer)
    assert [(row["tenant_id"], row["role"]) for row in found] == [(world.owner.tenant_id, "viewer")]


def test_a_former_member_acts_there_no_more(world: World) -> None:
    with db.transaction(world.owner) as session:
        session.execute(text("UPDATE members SET deleted_at = now()"))
    found = _ask("SELECT * FROM tenants_of(:person)", person=world.restricted.person_id)
    assert [row["tenant_id"] for row in found] == [world.restricted.person_id]


def test_failed_log_ins_are_free_five_times_and_then_block_ever_longer(database: Urls) -> None:
    note = "SELECT note_login_attempt('key', false) AS until"
    assert [_ask(note)[0]["until"] for _ in range(4)] == [None] * 4
    blocks = [
        _ask("SELECT extract(epoch FROM note_login_attempt('key', false) - now())::int AS s")[0]["s"] for _ in range(12)
    ]
    assert blocks == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert _ask("SELECT login_blocked_until('key') AS until")[0]["until"] is not None
    assert _ask("SELECT login_blocked_until('another') AS until")[0]["until"] is None


def test_a_success_forgets_failed_log_ins(database: Urls) -> None:
    for _ in range(8):
        _ask("SELECT note_login_attempt('key', false)")
    _ask("SELECT note_login_attempt('key', true)")
    assert _ask("SELECT login_blocked_until('key') AS until")[0]["until"] is None
    assert _ask("SELECT note_login_attempt('key', false) AS until")[0]["until"] is None


def test_log_in_and_log_out_leave_a_trace(actor: Actor) -> None:
    _ask("SELECT record_login(:person, '192.0.2.1', 'a browser')", person=actor.person_id)
    _ask("SELECT record_logout(:person)", person=actor.person_id)
    with db.reading(actor) as session:
        traces = session.execute(
            text(
                """
                SELECT action, actor_id, entity_id, host(ip_address) AS ip, user_agent
                FROM audit_logs
                WHERE action IN ('login', 'logout')
                ORDER BY action
                """
            )
        ).all()
        last = session.execute(text("SELECT last_login_at FROM users")).scalar_one()
    person = actor.person_id
    assert [tuple(row) for row in traces] == [
        ("login", person, person, "192.0.2.1", "a browser"),
        ("logout", person, person, None, None),
    ]
    assert last is not None


def test_workers_learn_what_to_do_for_every_tenant_and_no_secret(world: World) -> None:
    both = {world.owner.tenant_id, world.stranger.tenant_id}
    credentials = _ask_as_worker("SELECT * FROM list_credentials()")
    assert {row["user_id"] for row in credentials} == both
    assert set(credentials[0]) == {"user_id", "credential_id", "platform", "is_active", "expires_at"}
    pulls = _ask_as_worker("SELECT * FROM list_pull_targets()")
    assert {row["platform_account_id"] for row in pulls} == set(world.rows.values())
    syncs = _ask_as_worker("SELECT * FROM list_sync_targets()")
    assert {row["campaign_id"] for row in syncs} == set(world.rows.values())


def test_nothing_is_pulled_or_synced_without_a_login_or_after_disconnecting(world: World) -> None:
    with db.transaction(world.stranger) as session:
        session.execute(text("UPDATE user_api_credentials SET is_active = false"))
    with db.transaction(world.owner) as session:
        session.execute(
            text("UPDATE platform_accounts SET status = 'disconnected' WHERE id = :id"), {"id": world.rows["a"]}
        )
        session.execute(text("UPDATE campaigns SET deleted_at = now() WHERE id = :id"), {"id": world.rows["b"]})
    pulls = _ask_as_worker("SELECT * FROM list_pull_targets()")
    assert {row["platform_account_id"] for row in pulls} == {world.rows["own"], world.rows["b"]}
    syncs = _ask_as_worker("SELECT * FROM list_sync_targets()")
    assert {row["campaign_id"] for row in syncs} == {world.rows["own"]}


def _reserve(**more: Any) -> tuple[bool, Any]:
    values = {"cost": 1, "reserve": 0, "urgent": False, "tenant": None, "window": "1 day", **more}
    (row,) = _ask_as_worker(
        """
        SELECT *
        FROM reserve_quota(
            'google_ads', 'account', '123', 'mutate', 10, CAST(:window AS interval), :cost, :reserve, :urgent, :tenant
        )
        """,
        **values,
    )
    return row["is_granted"], row["retry_at"]


def test_a_quota_is_granted_until_it_is_spent(database: Urls) -> None:
    assert [_reserve(cost=4)[0] for _ in range(3)] == [True, True, False]
    assert _reserve(cost=2) == (True, None)
    granted, retry_at = _reserve()
    assert not granted
    assert (retry_at.hour, retry_at.minute, retry_at.second) == (0, 0, 0)


def test_a_part_of_the_quota_is_kept_for_what_is_urgent(database: Urls) -> None:
    assert [_reserve(cost=4, reserve=2)[0] for _ in range(3)] == [True, True, False]
    assert _reserve(cost=2, reserve=2, urgent=True)[0]
    assert not _reserve(cost=1, reserve=2, urgent=True)[0]


def test_workers_at_once_never_overspend(database: Urls) -> None:
    granted: list[bool] = []
    threads = [threading.Thread(target=lambda: granted.append(_reserve(cost=3)[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 3


def test_a_cost_above_the_whole_quota_is_never_granted(database: Urls) -> None:
    assert not _reserve(cost=11)[0]


def test_nothing_is_granted_before_the_platform_said_to_come_back(database: Urls) -> None:
    _ask_as_worker("SELECT block_quota('google_ads', 'account', '123', '*', now() + interval '5 minutes')")
    _ask_as_worker("SELECT block_quota('google_ads', 'account', '123', '*', now() + interval '1 minute')")
    granted, retry_at = _reserve(urgent=True)
    (until,) = _ask_as_worker("SELECT max(blocked_until) AS until FROM platform_quotas")
    assert (granted, retry_at) == (False, until["until"])
    _ask_as_worker("SELECT block_quota('google_ads', 'account', '456', '*', now() + interval '1 hour')")
    assert _reserve(urgent=True)[1] == until["until"]


def test_a_reservation_counts_as_its_tenants_share(actor: Actor) -> None:
    _reserve(cost=2, tenant=actor.tenant_id)
    _reserve(cost=3, tenant=actor.tenant_id)
    _reserve(cost=9, tenant=actor.tenant_id)
    with db.reading(actor) as session:
        assert session.execute(text("SELECT requests_count FROM api_rate_limits")).scalars().all() == [5]


def test_the_application_calls_no_workers_function(actor: Actor) -> None:
    for statement in (
        "SELECT * FROM list_pull_targets()",
        "SELECT * FROM list_sync_targets()",
        "SELECT * FROM list_credentials()",
        "SELECT ensure_partitions()",
        "SELECT swap_enum('ad_status', '{}')",
    ):
        with pytest.raises(DBAPIError, match="permission denied for function"):
            _ask(statement)
