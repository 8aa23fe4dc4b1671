"""A plan that was seen is what is applied; where another one would be made now, nothing is, and it is said why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests import installation
from tests.housing import House
from tests.installation import work_off
from tests.rooms import rows
from tests.rooms.ads.writing import plain_ad
from tests.rooms.campaigns.desks import META, campaign_of, deploy, meddle, newest, remote

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import importing, queries
from adloom.campaigns.types import DeploymentStatus
from adloom.connections import actions as connections
from adloom.connections import ad_accounts
from adloom.core import time
from adloom.core.actor import Actor, Role
from adloom.core.errors import Invalid, NotFound, Refused
from adloom.db import session as db
from adloom.identity import actions as identity
from adloom.platforms.types import Operation


def an_ad(actor: Actor, **changes: Any) -> UUID:
    return ads.create(actor, data=plain_ad(platforms={"google_ads": {"account": "1234567890"}}, **changes)).id


def edit(actor: Actor, ad_id: UUID, **changes: Any) -> None:
    ads.update(actor, ad_id=ad_id, data={**dict(ad_queries.get(actor, ad_id=ad_id).data), **changes})


def seen(actor: Actor, ad_id: UUID) -> str:
    return campaigns.whole_plan(actor, ad_id=ad_id).fingerprint


def rules(actor: Actor, ad_id: UUID, plan: str) -> list[str]:
    """Why a deployment by this plan is refused."""
    with pytest.raises(Refused) as refused:
        campaigns.deploy(actor, ad_id=ad_id, accept_losses=True, plan=plan)
    assert refused.value.code == "plan_is_stale"
    return [error.rule for error in refused.value.errors]


def test_a_plan_says_who_made_it_and_when_and_the_same_plan_has_one_name(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    first, second = (campaigns.whole_plan(actor, ad_id=ad_id) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    assert first.made_at < second.made_at
    assert first.as_json()["made_by"] == str(actor.person_id)


def test_what_was_planned_is_deployed_and_a_second_time_changes_nothing(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    plan = seen(actor, ad_id)
    first = campaigns.deploy(actor, ad_id=ad_id, accept_losses=True, plan=plan)
    again = campaigns.deploy(actor, ad_id=ad_id, accept_losses=True, plan=plan)
    assert (again.job_ids, again.deployment_ids) == (first.job_ids, first.deployment_ids)


def test_an_edited_ad_makes_its_plan_stale(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    plan = seen(actor, ad_id)
    edit(actor, ad_id, name="Another name")
    edit(actor, ad_id, budget={"type": "DAILY", "amount": {"value": "75.00", "currency": "USD"}})
    assert rules(actor, ad_id, plan) == [
        "the ad was edited since. name: Spring sale → Another name; budget.amount: 60.00 USD → 75.00 USD."
    ]
    assert queries.of_ad(actor, ad_id=ad_id) == ()


def test_an_ad_that_goes_to_another_platform_since_says_so(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    plan = seen(actor, ad_id)
    more = {"google_ads": {"account": "1234567890"}, "microsoft_ads": {"account": "1", "customer": "2"}}
    edit(actor, ad_id, platforms=more)
    assert "platforms.microsoft_ads.account: (none) → 1" in rules(actor, ad_id, plan)[0]


def test_a_member_of_one_client_is_told_no_earlier_version_that_they_may_not_see(actor: Actor) -> None:
    client = identity.add_client(actor, name="Shoes", currency="USD")
    account_id = rows.account(actor)
    connections.assign(actor, account_id=account_id, client_id=client.id)
    ad_id = an_ad(actor, client="Shoes")
    theirs = replace(actor, client_id=client.id, role=Role.USER)
    plan = seen(theirs, ad_id)
    edit(actor, ad_id, name="Another name")
    assert rules(theirs, ad_id, plan) == ["the ad was edited since."], "the audit log is not theirs"
    assert "name: Spring sale → Another name" in rules(actor, ad_id, plan)[0]


def test_a_long_value_is_told_on_one_line(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    plan = seen(actor, ad_id)
    creative = {name: f"{name} of another kind" for name in ("primary_text",)}
    edit(
        actor, ad_id, name="Other", creative={**plain_ad()["creative"], **creative, "headlines": ["x " * 14, "b", "c"]}
    )
    (rule,) = rules(actor, ad_id, plan)
    assert "creative.primary_text: Spring sale: 20% off all shoes → primary_text of another kind" in rule
    assert "creative.headlines: Spring sale, Run faster, Free shipping → " in rule


def test_an_account_that_changed_makes_a_plan_stale(actor: Actor) -> None:
    account_id = rows.account(actor)
    ad_id = an_ad(actor)
    plan = seen(actor, ad_id)
    connections.set_cap(actor, account_id=account_id, daily_cap=Decimal(5000))
    assert rules(actor, ad_id, plan) == [
        "the ad account, or what is set for it, is not what it was. google_ads account daily_cap: (none) → 5000."
    ]


def test_that_others_campaigns_are_imported_makes_no_plan_stale(actor: Actor) -> None:
    account_id = rows.account(actor)
    ad_id = an_ad(actor)
    plan = seen(actor, ad_id)
    importing.begin(actor, account_id=account_id)
    with db.transaction(actor) as session:
        assert [ad_accounts.begins_history(session, account_id=account_id) for _ in range(2)] == [True, False]
    assert seen(actor, ad_id) == plan
    assert campaigns.deploy(actor, ad_id=ad_id, accept_losses=True, plan=plan).job_ids


@pytest.mark.parametrize("plan", ["", "x", "12345678-12345678", "plan", "a" * 44])
def test_what_is_no_fingerprint_is_refused(actor: Actor, plan: str) -> None:
    rows.account(actor)
    with pytest.raises(Invalid):
        campaigns.deploy(actor, ad_id=an_ad(actor), accept_losses=True, plan=plan)


def test_another_tenant_learns_nothing_of_a_plan(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    plan = seen(actor, ad_id)
    with pytest.raises(NotFound):
        campaigns.deploy(installation.owner("stranger@example.com"), ad_id=ad_id, plan=plan)


def test_what_a_platform_shows_otherwise_makes_a_plan_stale(desk: House) -> None:
    ad_id = deploy(desk)
    work_off()
    edit(desk.actor, ad_id, name="Autumn sale")
    plan = seen(desk.actor, ad_id)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    assert "what stands on the platform, or how, is not what it was. facebook_ads status: active → paused." in rules(
        desk.actor, ad_id, plan
    )


def test_an_update_goes_by_its_plan(desk: House) -> None:
    ad_id = deploy(desk)
    work_off()
    edit(desk.actor, ad_id, name="Autumn sale")
    everywhere = seen(desk.actor, ad_id)
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], plan=everywhere)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert campaign_of(desk, ad_id).name == "Autumn sale"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE ads SET name = 'Edited since' WHERE id = %(ad_id)s", " → Edited since."),
        (
            'UPDATE platform_accounts SET attributes = attributes || \'{"note": "9"}\' WHERE id = %(account_id)s',
            "the ad account, or what is set for it, is not what it was.",
        ),
    ],
)
def test_the_worker_compares_again_before_it_sends_anything(desk: House, statement: str, rule: str) -> None:
    ad_id = desk.ad()
    plan = seen(desk.actor, ad_id)
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], plan=plan)
    account_id = campaign_of(desk, ad_id).platform_account_id
    with_account = {"account_id": account_id, "ad_id": ad_id}
    meddle(desk, statement, **{name: value for name, value in with_account.items() if f"%({name})s" in statement})
    work_off()
    ended = newest(desk, ad_id)
    assert ended.status is DeploymentStatus.FAILED
    assert rule in str(ended.error)
    assert ended.steps == ()
    assert remote(desk, ad_id) == []


def test_a_start_that_has_passed_makes_a_plan_stale(
    actor: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    rows.account(actor)
    start = (time.now() + timedelta(days=2)).strftime("%Y-%m-%dT00:00:00")
    ad_id = an_ad(actor, schedule={"start": start})
    plan = seen(actor, ad_id)
    (tmp_path / "clock").write_text("P3D")
    monkeypatch.setenv("ADLOOM_CLOCK", f"file:{tmp_path / 'clock'}")
    assert rules(actor, ad_id, plan) == ["the start date has passed since."]


def test_the_worker_sends_nothing_of_a_plan_whose_start_has_passed_since_it_was_applied(
    desk: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    start = (time.now() + timedelta(days=2)).strftime("%Y-%m-%dT00:00:00")
    ad_id = desk.ad(schedule={"start": start})
    plan = seen(desk.actor, ad_id)
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], plan=plan)
    (tmp_path / "clock").write_text("P3D")
    monkeypatch.setenv("ADLOOM_CLOCK", f"file:{tmp_path / 'clock'}")
    work_off()
    ended = newest(desk, ad_id)
    assert ended.status is DeploymentStatus.FAILED
    assert (ended.error or {})["code"] == "plan_is_stale"
    assert "the start date has passed since." in str(ended.error)
    assert ended.steps == ()
    assert remote(desk, ad_id) == []


def test_the_worker_tells_how_what_stands_is_not_what_the_plan_was_made_of(desk: House) -> None:
    ad_id = deploy(desk)
    work_off()
    edit(desk.actor, ad_id, name="Autumn sale")
    plan = seen(desk.actor, ad_id)
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], plan=plan)
    meddle(desk, "UPDATE campaigns SET status = 'paused' WHERE ad_id = %(ad_id)s", ad_id=ad_id)
    work_off()
    ended = newest(desk, ad_id)
    assert ended.status is DeploymentStatus.FAILED
    assert "facebook_ads status: active → paused." in str(ended.error)
    assert ended.steps == ()
