"""Ending a login: at the platform, then here whatever it said; what runs on is named first, and confirmed."""

from __future__ import annotations

import threading
import time as clock
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.installation import Installation, finished, work_off
from tests.rooms import rows
from tests.rooms.connections.test_connecting import account, connect, login, sealed
from tests.rooms.connections.test_refreshing import chore

from adloom.campaigns import leaving
from adloom.connections import logins, queries, rules
from adloom.connections.types import CredentialView
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, CredentialsExpired, Forbidden, NotFound
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs.types import JobView
from adloom.operations import doctor
from adloom.platforms import registry
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.types import Platform

GOOGLE, META, MICROSOFT, TIKTOK = Platform
ENDED_BY_A_CALL = (GOOGLE, META, TIKTOK)


def leave(actor: Actor, platform: Platform, *, confirmed: bool = False) -> JobView:
    job_id = leaving.disconnect(actor, platform=platform, confirmed=confirmed)
    work_off()
    return finished(actor, job_id)


@pytest.mark.parametrize("platform", list(Platform))
def test_a_login_is_ended_there_and_erased_here(installed: Installation, actor: Actor, platform: Platform) -> None:
    connect(actor, installed, platform)
    with logins.open_connection(actor, platform=platform) as connection:
        old = Connection(connection.http, _Held(connection.login.credentials()))
        job = leave(actor, platform)
        assert job.status == "completed", job.error
        assert job.result == {
            "platform": platform.value,
            "ended_at_platform": True,
            "words": "",
            "accounts": [account(actor).external_id],
        }
        if platform in ENDED_BY_A_CALL:
            with pytest.raises(CredentialsExpired):
                registry.adapter(platform).accounts(old)
    assert sealed(actor)[:2] == ("", None)
    assert (login(actor).is_active, login(actor).is_connected, login(actor).error_message) == (False, False, None)
    assert account(actor).status == "disconnected"
    assert leave(actor, platform).result == job.result


class _Held:
    """The login as it was before it was ended."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def credentials(self) -> Credentials:
        return self._credentials

    def renew(self) -> Credentials:
        raise CredentialsExpired("It has ended.")


def test_nothing_asks_for_a_login_that_was_ended_until_another_one_is_given(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, META)
    leave(actor, META)
    jobs = [job.type for job in chore("connections.check_all")]
    assert jobs == ["connections.check_all", "connections.check"]
    assert [job.type for job in chore("connections.inspect_all")] == ["connections.inspect_all"]
    assert (login(actor).is_active, account(actor).status) == (False, "disconnected")
    installed.control("reset", {})  # the seeded tokens are good again
    assert connect(actor, installed, META).status == "completed"
    assert (login(actor).is_active, account(actor).status) == (True, "active")


def test_a_platform_that_cannot_be_reached_is_told_and_the_login_erased_nevertheless(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, TIKTOK)
    installed.fault(TIKTOK.value, "POST .*revoke_token", "server_error", times=10)
    job_id = leaving.disconnect(actor, platform=TIKTOK)
    for _ in range(3):
        with db.owner_connection() as connection:
            connection.execute("UPDATE background_jobs SET scheduled_at = now() WHERE status = 'pending'")
        work_off()
    job = finished(actor, job_id)
    assert job.status == "completed"
    assert ((job.result or {})["ended_at_platform"], bool((job.result or {})["words"])) == (False, True)
    assert sealed(actor)[:2] == ("", None)
    assert "did not confirm" in (login(actor).error_message or "")
    assert account(actor).status == "disconnected"
    assert leave(actor, TIKTOK).result == job.result, "what is still to be done is told again"
    assert "did not confirm" in (login(actor).error_message or "")


def test_a_login_that_is_renewed_while_it_is_ended_stays_ended(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, MICROSOFT)
    fault = installed.fault(MICROSOFT.value, "POST .*/token", "hold")
    renewing = threading.Thread(target=_renew, args=(actor,))
    renewing.start()
    while not any(item["left"] == 0 for item in installed.control("faults")["faults"]):
        clock.sleep(0.02)
    assert leave(actor, MICROSOFT).status == "completed"
    installed.control(f"faults/{fault}", method="DELETE")
    renewing.join(30)
    assert sealed(actor)[:2] == ("", None)
    assert (login(actor).is_active, login(actor).is_connected) == (False, False)


def _renew(actor: Actor) -> None:
    with logins.open_connection(actor, platform=MICROSOFT) as connection:
        connection.login.credentials()
        connection.login.renew()


def test_campaigns_that_run_are_named_and_their_running_on_is_confirmed(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, META)
    rows.campaign(actor, account(actor).id, platform_campaign_id="4711", name="Spring sale")
    with pytest.raises(Conflict, match="go on delivering") as refused:
        leaving.disconnect(actor, platform=META)
    assert refused.value.code == "campaigns_run_on"
    assert [(error.field, "4711" in error.rule) for error in refused.value.errors] == [("Spring sale", True)]
    assert work_off() == []
    assert login(actor).is_active
    assert leave(actor, META, confirmed=True).status == "completed"


def test_campaigns_that_are_paused_or_on_another_platform_do_not_hold_it_up(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, META)
    rows.campaign(actor, account(actor).id, platform_campaign_id="4711")
    with db.owner_connection() as connection:
        connection.execute("UPDATE campaigns SET status = 'paused'")
    rows.campaign(actor, rows.account(actor, GOOGLE), platform_campaign_id="1")
    assert leaving.running(actor, platform=META) == ()
    assert len(leaving.running(actor, platform=GOOGLE)) == 1
    assert leave(actor, META).status == "completed"
    assert {each.platform: each.status for each in queries.accounts(actor)} == {
        "facebook_ads": "disconnected",
        "google_ads": "active",
    }


def test_what_is_being_deployed_counts_as_running(installed: Installation, actor: Actor) -> None:
    campaign_id = rows.campaign(actor, rows.account(actor, GOOGLE), platform_campaign_id="1")
    with db.owner_connection() as connection:
        connection.execute("UPDATE campaigns SET status = 'pending'")
        connection.execute(
            """
            INSERT INTO campaign_deployments (user_id, campaign_id, deployment_type, status)
            VALUES (%s, %s, 'create', 'in_progress')
            """,
            (actor.tenant_id, campaign_id),
        )
    assert [each.id for each in leaving.running(actor, platform=GOOGLE)] == [campaign_id]


def test_only_who_deals_with_the_owners_logins_ends_one(
    installed: Installation, actor: Actor, second_tenant: Actor
) -> None:
    connect(actor, installed, META)
    for who in (replace(actor, role=Role.VIEWER), replace(actor, client_id=rows.client(actor))):
        with pytest.raises(Forbidden):
            leaving.disconnect(who, platform=META)
    with pytest.raises(NotFound):
        leaving.disconnect(second_tenant, platform=META)
    assert leaving.running(second_tenant, platform=META) == ()


# How long a login lasts -----------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "renews", "soon"),
    [
        (22, False, False),
        (20, False, True),
        (0, False, True),
        (-3, False, True),
        (1, True, False),
        (None, False, False),
    ],
)
def test_a_login_that_nothing_renews_is_told_of_three_weeks_ahead(days: int | None, renews: bool, soon: bool) -> None:
    ends = None if days is None else NOW + timedelta(days=days)
    view = CredentialView(UUID(int=1), META, True, None, ends, None, is_connected=True, renews=renews)
    assert rules.ends_soon(view, now=NOW) is soon
    assert rules.ends_soon(replace(view, is_connected=False), now=NOW) is False


@pytest.mark.parametrize("platform", list(Platform))
def test_a_login_knows_whether_it_renews_itself(installed: Installation, actor: Actor, platform: Platform) -> None:
    connect(actor, installed, platform)
    assert login(actor).renews is (installed.line[platform].get("refresh_token") is not None)


def test_the_doctor_names_logins_that_end_or_have_ended_faults_and_missing_rights(
    installed: Installation, actor: Actor, database: Urls
) -> None:
    connect(actor, installed, META)
    found = {finding.what for finding in doctor.examine(database) if finding.level != "fine"}
    assert not [what for what in found if "facebook_ads" in what]
    with db.owner_connection() as connection:
        connection.execute("UPDATE user_api_credentials SET expires_at = now() + interval '20 days'")
        connection.execute("""UPDATE platform_accounts SET missing_rights = '["ads_management"]'""")
        connection.execute(
            """
            INSERT INTO account_faults (user_id, platform_account_id, code, words, fix, blocks_writes, seen_at)
            SELECT user_id, id, 'suspended', 'It is disabled.', 'Ask Meta.', true, now() FROM platform_accounts
            """
        )
    told = {(finding.level, finding.what.split(":")[0].split(" of ")[0]) for finding in doctor.examine(database)}
    external_id = account(actor).external_id
    assert ("warning", "facebook_ads") in told
    assert ("wrong", f"facebook_ads account {external_id}") in told
    assert ("warning", f"facebook_ads account {external_id}") in told
    with db.owner_connection() as connection:
        connection.execute("UPDATE user_api_credentials SET is_active = false, error_message = 'Revoked.'")
    wrong = [finding for finding in doctor.examine(database) if "does not work" in finding.what]
    assert [(finding.level, finding.mend) for finding in wrong] == [
        ("wrong", "adloom connect facebook_ads --user owner@example.com")
    ]


def test_an_active_login_without_a_secret_is_not_a_row(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, META)
    leave(actor, META)
    with pytest.raises(Exception, match="login_in_use_is_sealed"), db.worker_transaction(actor.tenant_id) as session:
        session.execute(text("UPDATE user_api_credentials SET is_active = true"))
