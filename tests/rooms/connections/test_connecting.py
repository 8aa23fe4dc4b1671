"""Connecting a login: tried first, sealed, kept with its accounts or not at all; a good one is never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from tests.installation import Installation, finished, work_off
from tests.platforms.canned import serving
from tests.rooms import rows

from adloom.connections import actions as connections
from adloom.connections import keeping, queries
from adloom.connections.types import AccountView, CredentialView
from adloom.core.actor import Actor, Role
from adloom.core.errors import Forbidden, NotFound
from adloom.db import session as db
from adloom.jobs.types import JobView
from adloom.platforms.types import Platform

GOOGLE, META, MICROSOFT, TIKTOK = Platform


def offer(actor: Actor, installed: Installation, platform: Platform, **changes: Any) -> UUID:
    """Offers the sandbox's login, with changes; returns the job."""
    token = installed.line[platform] | {k: v for k, v in changes.items() if k not in ("account", "client_id")}
    account = changes.get("account", token["account_id"])
    made = connections.connect(
        actor, platform=platform, token=token, account=account, client_id=changes.get("client_id")
    )
    return made.job_id


def connect(actor: Actor, installed: Installation, platform: Platform, **changes: Any) -> JobView:
    job_id = offer(actor, installed, platform, **changes)
    work_off()
    return finished(actor, job_id)


def login(actor: Actor) -> CredentialView:
    (found,) = queries.credentials(actor)
    return found


def account(actor: Actor) -> AccountView:
    (found,) = queries.accounts(actor)
    return found


def sealed(actor: Actor) -> tuple[str, str | None, Mapping[str, Any]]:
    with db.worker_transaction(actor.tenant_id) as session:
        row = session.execute(
            text("SELECT credentials_encrypted, candidate_encrypted, attributes FROM user_api_credentials")
        ).one()
    return row.credentials_encrypted, row.candidate_encrypted, row.attributes


@pytest.mark.parametrize("platform", list(Platform))
def test_a_login_is_tried_and_kept_with_its_account(installed: Installation, actor: Actor, platform: Platform) -> None:
    job = connect(actor, installed, platform)
    assert job.status == "completed", job.error
    line = installed.line[platform]
    found = account(actor)
    assert (job.result or {})["accounts"] == [
        {
            "id": str(found.id),
            "external_id": found.external_id,
            "currency": line["currency"],
            "time_zone": line["time_zone"],
            "status": "active",
        }
    ]
    assert (login(actor).is_active, login(actor).error_message) == (True, None)
    secret, candidate, _ = sealed(actor)
    assert secret.startswith("v1:test:")
    assert line["access_token"] not in secret
    assert candidate is None


def test_connecting_twice_changes_nothing_but_the_secret(installed: Installation, actor: Actor) -> None:
    first = connect(actor, installed, GOOGLE).result
    assert connect(actor, installed, GOOGLE).result == first


def test_a_bad_token_does_not_take_the_place_of_a_good_one(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, GOOGLE)
    good = sealed(actor)
    job = connect(actor, installed, GOOGLE, access_token="nonsense", refresh_token="nonsense")
    assert (job.status, (job.error or {})["code"]) == ("failed", "credentials_expired")
    assert sealed(actor) == good
    assert login(actor).is_active


def test_a_first_login_that_is_bad_says_why_and_is_not_used(installed: Installation, actor: Actor) -> None:
    job = connect(actor, installed, TIKTOK, access_token="nonsense")
    assert job.status == "failed"
    assert (login(actor).is_active, bool(login(actor).error_message)) == (False, True)
    assert queries.accounts(actor) == ()
    assert connect(actor, installed, TIKTOK).status == "completed"
    assert (login(actor).is_active, login(actor).error_message) == (True, None)


def test_of_two_logins_that_are_offered_at_once_the_newer_one_is_kept(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, META)
    bad = offer(actor, installed, META, access_token="nonsense")
    good = offer(actor, installed, META)
    work_off()
    assert finished(actor, bad).status == "failed"
    assert finished(actor, good).status == "completed", "the older one's end must not take the newer one along"
    assert sealed(actor)[1] is None


def test_the_same_login_offered_by_two_at_once_is_kept_for_both(installed: Installation, actor: Actor) -> None:
    for _ in range(2):  # anew, and while it is in use
        jobs = [offer(actor, installed, GOOGLE), offer(actor, installed, GOOGLE)]
        work_off()
        assert [finished(actor, job).status for job in jobs] == ["completed", "completed"]
        assert finished(actor, jobs[0]).result == finished(actor, jobs[1]).result
        assert sealed(actor)[1] is None


def test_a_login_that_is_offered_again_is_tried_again_for_it_may_have_ended_meanwhile(
    installed: Installation, actor: Actor
) -> None:
    connect(actor, installed, MICROSOFT)
    used = sealed(actor)[2]["login"]
    again = offer(actor, installed, MICROSOFT)
    with db.worker_transaction(actor.tenant_id) as session:
        assert not keeping.accepted(session, platform=MICROSOFT, offer=used)
    work_off()
    assert finished(actor, again).status == "completed"


def test_of_two_logins_at_once_the_one_that_was_not_kept_says_so(installed: Installation, actor: Actor) -> None:
    older = offer(actor, installed, META, access_token="another")
    offer(actor, installed, META)
    work_off()
    ended = finished(actor, older).error or {}
    assert (ended["code"], "meanwhile" in ended["message"]) == ("conflict", True), ended


def test_a_verification_that_is_cut_off_after_it_accepted_is_finished_by_the_next_one(
    installed: Installation, actor: Actor
) -> None:
    job_id = offer(actor, installed, GOOGLE)
    work_off()
    with db.owner_connection() as connection:  # as if the worker had died before it kept the accounts
        connection.execute("DELETE FROM platform_accounts")
        connection.execute(
            "UPDATE background_jobs SET status = 'pending', completed_at = NULL WHERE id = %s", (job_id,)
        )
    work_off()
    assert finished(actor, job_id).status == "completed"
    assert account(actor).external_id == installed.line[GOOGLE]["account_id"]


def test_an_account_that_the_login_does_not_reach_is_refused_by_name(installed: Installation, actor: Actor) -> None:
    job = connect(actor, installed, GOOGLE, account="999")
    assert (job.error or {})["errors"][0]["field"] == "account"
    assert installed.line[GOOGLE]["account_id"] in (job.error or {})["errors"][0]["fix"]
    assert queries.accounts(actor) == ()


def test_an_account_whose_days_nobody_knows_is_not_kept(
    installed: Installation, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One such account would be in every sum, and no page could tell one."""
    with serving() as canned:
        monkeypatch.setenv("ADLOOM_META_GRAPH_URL", canned.url)
        canned.say({"data": [{"id": "act_7", "name": "Shoes", "currency": "USD", "account_status": 1}]})
        job = connect(actor, installed, META, account="act_7")
    assert job.status == "failed"
    assert "act_7 counts in no time zone that is known" in str(job.error)
    assert (queries.accounts(actor), login(actor).is_active) == ((), False)


@pytest.mark.parametrize(("action", "value"), [("currency", "EUR"), ("time_zone", "Europe/Berlin")])
@pytest.mark.parametrize("platform", [META, TIKTOK])
def test_an_account_that_changed_its_money_or_its_days_is_not_merged_over(
    installed: Installation, actor: Actor, platform: Platform, action: str, value: str
) -> None:
    connect(actor, installed, platform)
    before = account(actor)
    installed.control("account", {"platform": platform.value, "action": action, "value": value})
    job = connect(actor, installed, platform)
    assert (job.error or {})["code"] == "conflict"
    after = account(actor)
    assert (after.currency, after.time_zone) == (before.currency, before.time_zone)
    assert after.status == "changed"
    installed.control("account", {"platform": platform.value, "action": action, "value": getattr(before, action)})
    assert connect(actor, installed, platform).status == "completed"
    assert account(actor).status == "active"


def test_an_account_stays_with_its_client(installed: Installation, actor: Actor) -> None:
    acme, other = rows.client(actor, "Acme"), rows.client(actor, "Other")
    assert connect(actor, installed, GOOGLE, client_id=acme).status == "completed"
    assert account(actor).client_id == acme
    assert (connect(actor, installed, GOOGLE, client_id=other).error or {})["code"] == "conflict"
    assert account(actor).client_id == acme
    connections.assign(actor, account_id=account(actor).id, client_id=other)
    assert connect(actor, installed, GOOGLE, client_id=other).status == "completed"
    with pytest.raises(NotFound):
        connections.assign(actor, account_id=actor.tenant_id, client_id=None)


def test_only_the_owner_and_who_may_write_connects(installed: Installation, actor: Actor) -> None:
    for who in (replace(actor, role=Role.VIEWER), replace(actor, client_id=rows.client(actor))):
        with pytest.raises(Forbidden):
            offer(who, installed, GOOGLE)


def test_the_application_cannot_read_what_it_has_sealed(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, GOOGLE)
    for column in ("credentials_encrypted", "candidate_encrypted"):
        with pytest.raises(ProgrammingError, match="permission denied"), db.reading(actor) as session:
            session.execute(text(f"SELECT {column} FROM user_api_credentials"))


def test_another_tenants_login_is_not_there(installed: Installation, actor: Actor, second_tenant: Actor) -> None:
    connect(actor, installed, GOOGLE)
    assert queries.credentials(second_tenant) == ()
    assert queries.accounts(second_tenant) == ()
    with db.worker_transaction(second_tenant.tenant_id) as session:
        assert session.execute(text("SELECT credentials_encrypted FROM user_api_credentials")).all() == []
