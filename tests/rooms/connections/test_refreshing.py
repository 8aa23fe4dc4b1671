"""Logins in use: refreshed before they lapse, by one at a time, kept whatever happens, and known to be dead in time."""

from __future__ import annotations

import threading
import time as clock
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.databases import Cluster
from tests.installation import Installation, outage, work_off
from tests.rooms.connections.test_connecting import account, connect, login

from adloom.connections import logins, rules, tokens
from adloom.core import secrets, settings
from adloom.core.actor import Actor
from adloom.core.errors import CredentialsExpired
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs import actions as jobs
from adloom.jobs.types import Job
from adloom.operations import doctor
from adloom.platforms.contract import Credentials
from adloom.platforms.types import Platform

GOOGLE, META, MICROSOFT, TIKTOK = Platform


def held(actor: Actor, platform: Platform) -> Credentials:
    with db.worker_transaction(actor.tenant_id) as session:
        sealed = session.execute(text("SELECT credentials_encrypted FROM user_api_credentials")).scalar_one()
    ring = secrets.load_ring(settings.load())
    return tokens.from_json(ring.open(sealed, bound_to=tokens.bound_to(actor.tenant_id, platform)))


def refreshes(installed: Installation, platform: Platform) -> int:
    requests = installed.control(f"ledger?platform={platform.value}")["requests"]
    return sum("token" in item["path"] for item in requests)


def lapse(actor: Actor, platform: Platform, *, left: timedelta) -> None:
    """The login ends so soon."""
    ring = secrets.load_ring(settings.load())
    ends = datetime.now(UTC) + left
    before = held(actor, platform)
    plain = Credentials(
        before.access_token, before.refresh_token, before.client_id, before.client_secret, ends, before.extra
    )
    sealed = ring.seal(tokens.to_json(plain), bound_to=tokens.bound_to(actor.tenant_id, platform))
    with db.owner_connection() as connection:
        connection.execute(
            "UPDATE user_api_credentials SET credentials_encrypted = %s, expires_at = %s", (sealed, ends)
        )


def chore(job_type: str) -> list[Job]:
    with db.worker_transaction() as session:
        jobs.enqueue(session, job_type=job_type, data={}, actor=None)
    return work_off()


def test_two_workers_that_find_a_login_lapsed_refresh_it_once(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, MICROSOFT)
    lapse(actor, MICROSOFT, left=timedelta(seconds=1))
    found: list[str] = []
    barrier = threading.Barrier(4)

    def use() -> None:
        with logins.open_connection(actor, platform=MICROSOFT) as connection:
            barrier.wait()
            found.append(connection.login.credentials().access_token)

    before = refreshes(installed, MICROSOFT)
    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refreshes(installed, MICROSOFT) == before + 1
    assert set(found) == {held(actor, MICROSOFT).access_token}
    assert len(found) == 4


def test_a_rotated_refresh_token_is_kept_although_the_database_is_gone_for_a_while(
    installed: Installation, actor: Actor, cluster: Cluster, database: Urls
) -> None:
    connect(actor, installed, MICROSOFT)
    first = held(actor, MICROSOFT).refresh_token
    fault = installed.fault(MICROSOFT.value, "POST .*/token", "hold")
    done = threading.Event()

    def renew() -> None:
        with logins.open_connection(actor, platform=MICROSOFT) as connection:
            connection.login.credentials()
            connection.login.renew()
            done.set()

    thread = threading.Thread(target=renew)
    thread.start()
    while not any(item["left"] == 0 for item in installed.control("faults")["faults"]):
        clock.sleep(0.02)
    with outage(cluster, database):
        installed.control(f"faults/{fault}", method="DELETE")
        clock.sleep(1.5)
    thread.join(30)
    assert done.is_set()
    second = held(actor, MICROSOFT).refresh_token
    assert second != first
    with logins.open_connection(actor, platform=MICROSOFT) as connection:
        assert connection.login.renew().access_token, "the kept one is good"


def test_a_login_is_refreshed_by_schedule_before_it_lapses_and_shows_when_it_will(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, GOOGLE)
    assert login(actor).expires_at is None, "the seeded one never lapses"
    assert [job.type for job in chore("connections.refresh_due")] == ["connections.refresh_due"]
    lapse(actor, GOOGLE, left=timedelta(minutes=15))
    assert [job.type for job in chore("connections.refresh_due")] == ["connections.refresh_due", "connections.check"]
    expires_at = login(actor).expires_at
    assert expires_at is not None
    assert expires_at - datetime.now(UTC) > timedelta(minutes=50)
    assert held(actor, GOOGLE).expires_at == expires_at
    assert [job.type for job in chore("connections.refresh_due")] == ["connections.refresh_due"]


def test_a_login_that_cannot_be_refreshed_is_shown_as_lapsed_and_the_chores_leave_it_alone(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, TIKTOK)
    installed.control("account", {"platform": TIKTOK.value, "action": "revoke", "value": None})
    with (
        pytest.raises(CredentialsExpired),
        logins.open_connection(actor, platform=TIKTOK) as connection,
    ):
        connection.login.renew()
    assert (login(actor).is_active, bool(login(actor).error_message)) == (False, True)
    with db.worker_transaction() as session:
        targets = session.execute(text("SELECT * FROM list_pull_targets()")).all()
    assert targets == []


def test_a_login_that_cannot_be_renewed_ahead_stays_in_use_and_is_not_asked_for_again_and_again(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, META, client_secret="")
    lapse(actor, META, left=timedelta(days=5))
    assert [job.type for job in chore("connections.check_all")] == ["connections.check_all", "connections.check"]
    assert (login(actor).is_active, login(actor).error_message) == (True, None)
    assert rules.ends_soon(login(actor), now=datetime.now(UTC))
    assert [job.type for job in chore("connections.refresh_due")] == ["connections.refresh_due"]


def test_a_login_of_sixty_days_is_renewed_ahead_where_the_platform_does_that(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, META)
    lapse(actor, META, left=timedelta(days=5))
    chore("connections.check_all")
    expires_at = login(actor).expires_at
    assert expires_at is not None
    assert expires_at - datetime.now(UTC) > timedelta(days=50)
    assert not rules.ends_soon(login(actor), now=datetime.now(UTC))


def test_a_login_that_was_given_up_and_works_again_is_found_by_the_daily_check(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, META)
    with db.owner_connection() as connection:
        connection.execute("UPDATE user_api_credentials SET is_active = false, error_message = 'lapsed'")
    chore("connections.check_all")
    assert (login(actor).is_active, login(actor).error_message) == (True, None)


def test_the_daily_check_finds_an_account_that_changed_its_money_and_one_that_changed_back(
    installed: Installation, actor: Actor, database: Urls
) -> None:
    connect(actor, installed, META)
    installed.control("account", {"platform": META.value, "action": "currency", "value": "EUR"})
    chore("connections.check_all")
    assert (account(actor).status, account(actor).currency) == ("changed", "USD")
    (told,) = [found for found in doctor.examine(database) if "is told in USD and" in found.what]
    assert (told.level, account(actor).external_id in told.what) == ("wrong", True)
    installed.control("account", {"platform": META.value, "action": "currency", "value": "USD"})
    chore("connections.check_all")
    assert account(actor).status == "active"
    assert not [found for found in doctor.examine(database) if "is told in USD and" in found.what]
