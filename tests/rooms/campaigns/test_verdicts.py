"""A plan is made here and at once; what the platforms say to it comes by a job, and changes nothing there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests import installation
from tests.housing import House
from tests.installation import work_off
from tests.rooms.ads.writing import plain_ad
from tests.rooms.campaigns.desks import META, campaign_of, deploy, meddle, newest

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns.checks import CheckStatus
from adloom.campaigns.planning import Plan
from adloom.campaigns.types import DeploymentStatus
from adloom.core.actor import Actor, Role
from adloom.core.errors import NotFound
from adloom.db import session as db
from adloom.platforms.types import Platform

PENDING, DONE, UNAVAILABLE = CheckStatus.PENDING, CheckStatus.DONE, CheckStatus.UNAVAILABLE


@pytest.fixture
def desk(quiet_desk: House) -> House:
    return quiet_desk


@pytest.fixture
def asked(desk: House) -> tuple[House, UUID]:
    """An ad for all four platforms, about which all four were asked; nothing is worked off."""
    ad_id = desk.ad()
    campaigns.whole_plan(desk.actor, ad_id=ad_id, asks=True)
    return desk, ad_id


def statuses(plan: Plan) -> dict[Platform, CheckStatus]:
    return {platform: plan.check(platform).status for platform in plan.platforms}


def again(desk: House, ad_id: UUID, **changes: Any) -> Plan:
    return campaigns.whole_plan(desk.actor, ad_id=ad_id, **changes)


def jobs(ad: Plan) -> set[UUID | None]:
    return {check.job_id for check in ad.checks.values()}


def objects(desk: House) -> list[dict[str, Any]]:
    return [each for platform in Platform for each in desk.installed.objects(platform.value)]


def edit(desk: House, ad_id: UUID, **changes: Any) -> None:
    ads.update(desk.actor, ad_id=ad_id, data={**dict(ad_queries.get(desk.actor, ad_id=ad_id).data), **changes})


def test_a_plan_is_there_before_any_platform_has_answered(asked: tuple[House, UUID]) -> None:
    desk, ad_id = asked
    plan = again(desk, ad_id)
    assert set(statuses(plan).values()) == {PENDING}
    shown = plan.as_json()["platforms"]["google_ads"]
    assert shown["platform_check"] == "pending"
    assert shown["verdict"]["job_id"]


def test_every_platform_answers_and_nothing_comes_to_stand_anywhere(asked: tuple[House, UUID]) -> None:
    desk, ad_id = asked
    before = objects(desk)
    work_off()
    plan = again(desk, ad_id)
    assert statuses(plan) == dict.fromkeys(Platform, DONE)
    assert all(check.objections == () for check in plan.checks.values())
    assert plan.check(Platform.GOOGLE_ADS).as_json()["verdict"]["manner"] == "validated"
    assert plan.check(Platform.TIKTOK_ADS).as_json()["verdict"]["manner"] == "read"
    assert objects(desk) == before


def test_the_same_plan_is_asked_about_once(asked: tuple[House, UUID]) -> None:
    desk, ad_id = asked
    first = jobs(again(desk, ad_id, asks=True))
    work_off()
    plan = again(desk, ad_id, asks=True)
    assert jobs(plan) == first
    assert set(statuses(plan).values()) == {DONE}


def test_an_old_answer_is_asked_for_again(asked: tuple[House, UUID]) -> None:
    desk, ad_id = asked
    work_off()
    meddle(desk, "UPDATE platform_verdicts SET answered_at = now() - interval '61 minutes'")
    assert set(statuses(again(desk, ad_id)).values()) == {DONE}
    assert set(statuses(again(desk, ad_id, asks=True)).values()) == {PENDING}


def test_an_edited_ad_has_no_verdict_and_its_old_question_is_answered_for_nobody(asked: tuple[House, UUID]) -> None:
    desk, ad_id = asked
    old = [check.id for check in again(desk, ad_id).checks.values() if check.id]
    edit(desk, ad_id, name="Another name")
    work_off()
    assert again(desk, ad_id).checks == {}
    found = campaigns.checks(desk.actor, ad_id=ad_id, ids=old)
    assert {check.status for check in found.values()} == {UNAVAILABLE}
    assert {check.reason for check in found.values()} == {"Another plan would be made now. Plan again."}


def test_what_a_platform_refuses_stands_in_the_plan_in_its_words_and_blocks_no_deployment(desk: House) -> None:
    ad_id = deploy(desk)
    work_off()
    desk.installed.control("account", {"platform": META.value, "action": "suspend"})
    edit(desk, ad_id, name="Autumn sale")
    again(desk, ad_id, asks=True)
    work_off()
    check = again(desk, ad_id).check(META)
    assert check.status is DONE
    (objection,) = check.objections
    assert {"object", "field", "rule", "fix", "words", "code", "request_id"} == set(objection)
    assert "disabled" in objection["words"]
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META])
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.FAILED
    desk.installed.control("account", {"platform": META.value, "action": "resume"})


def test_an_update_is_judged_against_what_stands(desk: House) -> None:
    ad_id = deploy(desk)
    work_off()
    before = desk.installed.objects(META.value)
    edit(desk, ad_id, name="Autumn sale")
    again(desk, ad_id, asks=True)
    work_off()
    check = again(desk, ad_id).check(META)
    assert (check.status, check.objections) == (DONE, ())
    assert desk.installed.objects(META.value) == before


def test_what_stands_as_the_ad_says_is_asked_about_nobody(desk: House) -> None:
    ad_id = deploy(desk)
    work_off()
    plan = again(desk, ad_id, asks=True)
    assert META not in plan.checks
    assert plan.check(META).reason == "There is nothing to ask the platform about."


def test_a_change_of_a_campaign_that_is_being_made_cannot_be_judged_yet(desk: House) -> None:
    ad_id = deploy(desk)
    edit(desk, ad_id, name="Autumn sale")
    again(desk, ad_id, asks=True)
    meddle(
        desk, "UPDATE background_jobs SET scheduled_at = now() + interval '1 hour' WHERE job_type = 'campaigns.apply'"
    )
    work_off()
    check = again(desk, ad_id).check(META)
    assert check.status is UNAVAILABLE
    assert "being made" in check.reason
    assert campaign_of(desk, ad_id).platform_campaign_id is None


@pytest.mark.parametrize("fault", ["throttle", "server_error"])
def test_a_platform_that_does_not_answer_leaves_a_plan_without_its_verdict(
    asked: tuple[House, UUID], fault: str
) -> None:
    desk, ad_id = asked
    desk.installed.control("faults", {"platform": META.value, "fault": fault, "times": 9})
    work_off(only_due=False)
    found = statuses(again(desk, ad_id))
    assert found.pop(META) is UNAVAILABLE
    assert set(found.values()) == {DONE}
    assert again(desk, ad_id).check(META).reason


def test_a_question_whose_job_is_gone_is_not_pending_for_ever_and_can_be_asked_again(
    asked: tuple[House, UUID],
) -> None:
    desk, ad_id = asked
    meddle(desk, "UPDATE background_jobs SET status = 'cancelled', completed_at = now() WHERE status = 'pending'")
    plan = again(desk, ad_id)
    assert set(statuses(plan).values()) == {UNAVAILABLE}
    assert plan.check(META).reason == "The question was given up before it was answered."
    assert set(statuses(again(desk, ad_id, asks=True)).values()) == {PENDING}


def test_a_viewer_asks_nobody_and_sees_what_others_asked(desk: House) -> None:
    ad_id = desk.ad()
    viewer = Actor(tenant_id=desk.actor.tenant_id, person_id=desk.actor.person_id, role=Role.VIEWER)
    assert campaigns.whole_plan(viewer, ad_id=ad_id, asks=True).checks == {}
    again(desk, ad_id, asks=True)
    assert set(statuses(campaigns.whole_plan(viewer, ad_id=ad_id)).values()) == {PENDING}


def test_an_ad_with_errors_is_asked_about_nowhere(actor: Actor) -> None:
    ad_id = ads.create(actor, data=plain_ad(platforms={"google_ads": {"account": "1234567890"}})).id
    plan = campaigns.whole_plan(actor, ad_id=ad_id, asks=True)
    assert plan.platforms[Platform.GOOGLE_ADS].found.errors
    assert plan.check(Platform.GOOGLE_ADS).reason == "The platform is asked once what is wrong here is mended."


def test_another_tenant_sees_no_verdict(asked: tuple[House, UUID]) -> None:
    desk, ad_id = asked
    ids = [check.id for check in again(desk, ad_id).checks.values() if check.id]
    stranger = installation.owner("stranger@example.com")
    with pytest.raises(NotFound):
        campaigns.checks(stranger, ad_id=ad_id, ids=ids)
    assert campaigns.checks(desk.actor, ad_id=desk.ad(), ids=ids) == {}
    with pytest.raises(NotFound):
        campaigns.whole_plan(stranger, ad_id=ad_id, asks=True)
    with db.reading(stranger) as session:
        assert session.execute(text("SELECT count(*) FROM platform_verdicts")).scalar() == 0
