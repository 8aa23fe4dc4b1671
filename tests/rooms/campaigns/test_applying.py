"""Deployments on the sandbox, step by step: what is asked, what is sent again, what is taken up, what is kept.

The queue is worked off in this process, so that a test can look, and meddle, between any two attempts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.housing import House
from tests.installation import living_worker, work_off
from tests.rooms.ads.writing import plain_ad
from tests.rooms.campaigns.desks import (
    campaign_of,
    deploy,
    give_up,
    meddle,
    newest,
    remote,
    states,
    take_up,
)

from adloom.ads import actions as ads
from adloom.campaigns import actions as campaigns
from adloom.campaigns import alone, ledger, queries, rules
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentType, StepState
from adloom.db import engine
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs import claims
from adloom.jobs.types import Job, Snooze
from adloom.platforms.contract import Step
from adloom.platforms.types import DeliveryState, Operation, Platform

META, GOOGLE, TIKTOK = Platform.FACEBOOK_ADS, Platform.GOOGLE_ADS, Platform.TIKTOK_ADS


def test_a_write_without_an_answer_is_asked_for_before_it_is_sent_again(desk: House) -> None:
    desk.installed.fault(META.value, r"POST .*/campaigns$", "cut")
    ad_id = deploy(desk)
    work_off()
    first = newest(desk, ad_id)
    assert states(first)["campaign"] is StepState.UNCERTAIN
    assert (first.status, (first.error or {})["code"]) == (DeploymentStatus.IN_PROGRESS, "outcome_unknown")
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert len(remote(desk, ad_id)) == 1
    (step,) = [step for step in newest(desk, ad_id).steps if step.key == "campaign"]
    assert (step.attempts, (step.response or {})["adopted"]) == (1, True), "found, and not sent again"


def test_not_found_right_after_it_was_sent_is_not_believed(desk: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "INDEXED_WITHIN", timedelta(minutes=1))
    desk.installed.fault(META.value, r"POST .*/campaigns$", "server_error")
    ad_id = deploy(desk)
    work_off()
    assert states(newest(desk, ad_id))["campaign"] is StepState.UNCERTAIN
    with db.worker_transaction() as session:
        session.execute(text("UPDATE background_jobs SET scheduled_at = now() WHERE status = 'pending'"))
    work_off()
    assert remote(desk, ad_id) == []
    assert states(newest(desk, ad_id))["campaign"] is StepState.UNCERTAIN, "it is waited for"
    monkeypatch.setattr(rules, "INDEXED_WITHIN", timedelta(0))
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert len(remote(desk, ad_id)) == 1


def test_an_upload_whose_end_nobody_saw_is_not_repeated(desk: House) -> None:
    meddle(desk, "DELETE FROM platform_assets WHERE platform = 'facebook_ads'")
    before = _uploads(desk)
    desk.installed.fault(META.value, r"GET .*/\d+$", "server_error")  # the film arrives, and its state cannot be read
    budget = {"type": "DAILY", "amount": {"value": "60.00", "currency": "USD"}}
    ad_id = deploy(desk, META, desk.ad(objective="VIDEO_VIEWS", conversion=None, budget=budget))
    work_off()
    assert set(states(newest(desk, ad_id)).values()) == {StepState.UNCERTAIN}
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert _uploads(desk) == before + 1


def test_what_surely_failed_says_so_and_is_continued_by_the_next_deploy(desk: House) -> None:
    ad_id = deploy(desk, GOOGLE)
    give_up(desk, ad_id)
    take_up(desk)
    failed = newest(desk, ad_id)
    assert (failed.status, (failed.error or {})["code"]) == (DeploymentStatus.FAILED, "given_up")
    assert (campaign_of(desk, ad_id).status, campaign_of(desk, ad_id).error_message) == (
        CampaignStatus.ERROR,
        "every worker that took this job died",
    )
    deploy(desk, GOOGLE, ad_id)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    assert len(remote(desk, ad_id)) == 1


def test_a_deployment_in_doubt_is_taken_up_by_itself_less_and_less_often(desk: House) -> None:
    desk.installed.fault(META.value, r"POST .*/campaigns$", "cut")
    ad_id = deploy(desk)
    work_off()
    give_up(desk, ad_id, long_ago=False)
    take_up(desk)
    assert newest(desk, ad_id).status is DeploymentStatus.IN_PROGRESS, "not at once"
    give_up(desk, ad_id)
    take_up(desk)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert len(remote(desk, ad_id)) == 1


def test_a_login_that_lapses_over_an_open_question_leaves_it_open(desk: House) -> None:
    desk.installed.fault(TIKTOK.value, r"POST .*/campaign/create/", "cut")
    ad_id = deploy(desk, TIKTOK)
    work_off()
    desk.installed.fault(TIKTOK.value, r"GET .*/campaign/get/", "token_expired")
    work_off(only_due=False)
    waiting = newest(desk, ad_id)
    assert (waiting.status, (waiting.error or {})["code"]) == (DeploymentStatus.IN_PROGRESS, "credentials_expired")
    assert states(waiting)["campaign"] is StepState.UNCERTAIN
    deploy(desk, TIKTOK, ad_id)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert len(remote(desk, ad_id)) == 1


def test_a_cancelled_deployment_is_asked_about_and_not_continued(desk: House) -> None:
    desk.installed.fault(META.value, r"POST .*/campaigns$", "cut")
    ad_id = deploy(desk)
    work_off()
    give_up(desk, ad_id, cancelled=True)
    take_up(desk)
    ended = newest(desk, ad_id)
    assert (ended.status, (ended.error or {})["code"]) == (DeploymentStatus.FAILED, "cancelled")
    assert states(ended)["campaign"] is StepState.DONE, "it did arrive"
    assert not any(key.startswith("ad_group/") for key in states(ended)), "and nothing was sent after it"
    assert [item["status"] for item in remote(desk, ad_id)] == ["PAUSED"]
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE)
    work_off()
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()


def test_a_deployment_that_was_cancelled_before_anything_was_sent_just_ends(desk: House) -> None:
    ad_id = deploy(desk)
    give_up(desk, ad_id, cancelled=True)
    take_up(desk)
    ended = newest(desk, ad_id)
    assert (ended.status, (ended.error or {})["code"], ended.steps) == (DeploymentStatus.FAILED, "cancelled", ())


def test_a_worker_that_lost_its_claim_ends_nothing(desk: House) -> None:
    ad_id = deploy(desk)
    with living_worker() as runner:
        (old,) = _claimed(runner.name)
        meddle(desk, "UPDATE background_jobs SET fence = fence + 1 WHERE id = %(id)s", id=old.id)
        with db.as_worker():
            runner.do(old)
    deployment = newest(desk, ad_id)
    assert deployment.status is DeploymentStatus.IN_PROGRESS
    assert remote(desk, ad_id) == [], "and sends nothing"


def test_a_claim_that_will_not_last_for_a_whole_write_is_not_written_with(desk: House) -> None:
    ad_id = deploy(desk, GOOGLE)
    with living_worker() as runner:
        (job,) = _claimed(runner.name, lease=timedelta(seconds=30))
        with db.as_worker():
            runner.do(job)
    assert remote(desk, ad_id) == []
    assert newest(desk, ad_id).status is DeploymentStatus.IN_PROGRESS
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED


def test_a_step_that_is_done_is_not_undone_by_who_comes_late(desk: House) -> None:
    ad_id = deploy(desk, GOOGLE)
    work_off()
    (tree, *_) = newest(desk, ad_id).steps
    with db.transaction(desk.actor) as session:
        step_id = session.execute(
            text("SELECT id FROM deployment_steps WHERE key = :key AND deployment_id = :id"),
            {"key": tree.key, "id": newest(desk, ad_id).id},
        ).scalar_one()
        ledger.mark_stopped(session, step_id, attempts=1, state=StepState.UNCERTAIN, error={"code": "late"})
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    (late,) = _claimed("late")
    intent = ledger.intent(step_id, request_hash="late", job=late, time_left=timedelta(0))
    (held,) = db.at_once(desk.actor, intent)
    assert held, "the claim stands, and what is done stands as well"
    with db.reading(desk.actor) as session:
        state = session.execute(text("SELECT state FROM deployment_steps WHERE id = :id"), {"id": step_id}).scalar()
    assert state == "done"


def test_who_lost_its_claim_keeps_no_intent(desk: House) -> None:
    ad_id = deploy(desk, GOOGLE)
    (job,) = _claimed("one")
    opening = ledger.opening(
        user_id=desk.actor.tenant_id,
        deployment_id=newest(desk, ad_id).id,
        campaign_id=campaign_of(desk, ad_id).id,
        type_=DeploymentType.CREATE,
        position=0,
        step=Step("campaign", "campaign"),
        generation=1,
        idempotency_key="key",
    )
    ((row,),) = db.at_once(desk.actor, opening)
    step = ledger.opened(row)
    for lost in ({"fence": job.fence + 1}, {"worker": "another"}):
        other = Job(**{**_fields(job), **lost})
        intent = ledger.intent(step.id, request_hash="x", job=other, time_left=timedelta(0))
        assert list(db.at_once(desk.actor, intent)[0]) == []
    assert newest(desk, ad_id).steps[0].state is StepState.PLANNED
    too_short = ledger.intent(step.id, request_hash="x", job=job, time_left=timedelta(hours=1))
    assert list(db.at_once(desk.actor, too_short)[0]) == []


def test_a_stopped_worker_keeps_its_campaign_only_until_its_request_must_have_ended(
    desk: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ad_id = deploy(desk, GOOGLE)
    with living_worker() as runner:
        (stopped,) = _claimed(runner.name)
        campaign_id = campaign_of(desk, ad_id).id
        with alone.with_campaign(stopped, campaign_id) as held:
            meddle(desk, "UPDATE background_jobs SET lease_expires_at = now() WHERE id = %(id)s", id=stopped.id)
            taking_over = Job(**{**_fields(stopped), "fence": stopped.fence + 1})
            with pytest.raises(Snooze), alone.with_campaign(taking_over, campaign_id):
                pass
            held.confirm()  # its last request may still be under way
            monkeypatch.setattr(alone, "WRITE_DEADLINE", timedelta(0))
            with pytest.raises(Snooze), alone.with_campaign(taking_over, campaign_id):
                pass
            with pytest.raises(engine.psycopg.OperationalError):
                held.confirm()
    with pytest.raises(engine.psycopg.OperationalError):
        held.confirm()


def test_a_living_workers_campaign_is_never_taken(desk: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "WRITE_DEADLINE", timedelta(0))
    ad_id = deploy(desk, GOOGLE)
    with living_worker() as runner:
        (job,) = _claimed(runner.name)
        with alone.with_campaign(job, campaign_of(desk, ad_id).id) as held:
            other = Job(**{**_fields(job), "fence": job.fence + 1})
            for _ in range(3):
                with pytest.raises(Snooze), alone.with_campaign(other, campaign_of(desk, ad_id).id):
                    pass
            held.confirm()


def test_a_campaign_that_is_gone_from_its_platform_is_deleted_here_and_can_be_deployed_anew(desk: House) -> None:
    ad_id = deploy(desk, META)
    work_off()
    gone = campaign_of(desk, ad_id)
    edited = {"platform": META.value, "id": gone.platform_campaign_id, "field": "status", "value": "DELETED"}
    desk.installed.control("edit", edited)
    campaigns.sync(desk.actor, ad_id=ad_id)
    work_off()
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()
    found = queries.get(desk.actor, campaign_id=gone.id)
    assert found is not None
    assert (found.status, found.delivery_state) == (CampaignStatus.COMPLETED, DeliveryState.DELETED)
    deploy(desk, META, ad_id)
    work_off()
    assert campaign_of(desk, ad_id).id != gone.id
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE


def test_an_edit_at_the_platform_shows_after_a_sync_and_can_be_undone(desk: House) -> None:
    ad_id = deploy(desk, GOOGLE)
    work_off()
    edited = {
        "platform": GOOGLE.value,
        "id": campaign_of(desk, ad_id).platform_campaign_id,
        "field": "status",
        "value": "PAUSED",
    }
    desk.installed.control("edit", edited)
    campaigns.sync(desk.actor, ad_id=ad_id)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    assert campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME).job_ids
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE


def test_looking_does_not_make_whole_what_is_not(desk: House) -> None:
    desk.installed.fault(META.value, r"POST .*/adsets$", "cut")
    ad_id = deploy(desk, META)
    work_off()
    assert campaign_of(desk, ad_id).platform_campaign_id is not None, "its numbers are ours from the first"
    campaigns.sync(desk.actor, ad_id=ad_id)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.PENDING
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE


def test_a_refusal_keeps_the_platforms_words_and_what_was_made_stays_paused(desk: House) -> None:
    desk.installed.fault(META.value, r"POST .*/ads$", "token_expired", times=2)
    ad_id = deploy(desk, META)
    work_off()
    failed = newest(desk, ad_id)
    assert failed.status is DeploymentStatus.FAILED
    assert (failed.error or {})["code"] == "credentials_expired"
    assert campaign_of(desk, ad_id).status is CampaignStatus.ERROR
    assert [item["status"] for item in remote(desk, ad_id)] == ["PAUSED"]
    assert campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME).job_ids == (), "never half of it"


@pytest.mark.parametrize("status", ["changed", "disconnected"])
def test_an_account_that_changes_while_the_job_waits_gets_nothing_more_and_can_still_be_stopped(
    desk: House, status: str
) -> None:
    ad_id = deploy(desk, GOOGLE)
    meddle(
        desk,
        "UPDATE platform_accounts SET status = %(status)s WHERE id = %(id)s",
        status=status,
        id=campaign_of(desk, ad_id).platform_account_id,
    )
    work_off()
    refused = newest(desk, ad_id)
    assert (refused.status, (refused.error or {})["code"]) == (DeploymentStatus.FAILED, "conflict")
    assert remote(desk, ad_id) == []
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE)
    work_off()
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()
    meddle(desk, "UPDATE platform_accounts SET status = 'active'")


def test_a_pause_that_was_overtaken_while_it_was_under_way_stays_in_doubt_no_longer(desk: House) -> None:
    ad_id = deploy(desk, META)
    work_off()
    desk.installed.fault(META.value, r"POST .*/\d+$", "cut")
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    assert states(newest(desk, ad_id))["pause"] is StepState.UNCERTAIN
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    open_ = [
        step.state
        for deployment in queries.history(desk.actor, ad_id=ad_id)
        for step in deployment.steps
        if step.state in (StepState.SENT, StepState.UNCERTAIN)
    ]
    assert open_ == []


def test_chores_queue_a_sync_of_what_may_have_changed_and_not_of_what_was_just_seen(desk: House) -> None:
    ad_id = deploy(desk, GOOGLE)
    work_off()
    meddle(
        desk,
        "UPDATE campaigns SET delivery_state = 'ACTIVE', last_sync_at = now() - %(ago)s WHERE id = %(id)s",
        id=campaign_of(desk, ad_id).id,
        ago=timedelta(minutes=20),
    )
    assert campaign_of(desk, ad_id).id not in _synced(desk)
    meddle(
        desk,
        "UPDATE campaigns SET last_sync_at = now() - INTERVAL '2 hours' WHERE id = %(id)s",
        id=campaign_of(desk, ad_id).id,
    )
    assert campaign_of(desk, ad_id).id in _synced(desk)


def test_an_ad_without_media_goes_to_the_search_platforms_in_two_steps(desk: House) -> None:
    line = desk.installed.line[GOOGLE]
    document = plain_ad(name="Search only", platforms={"google_ads": {"account": line["account_id"]}})
    ad_id = ads.create(desk.actor, data=document).id
    campaigns.deploy(desk.actor, ad_id=ad_id)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED, "as the ad says"
    assert list(states(newest(desk, ad_id)).values()) == [StepState.DONE]


def _claimed(name: str, *, lease: timedelta = timedelta(seconds=120)) -> list[Job]:
    with db.worker_transaction() as session:
        return claims.claim(session, worker=name, job_types=["campaigns.apply"], limit=1, lease=lease)


def _fields(job: Job) -> Mapping[str, Any]:
    return {name: getattr(job, name) for name in job.__slots__}


def _uploads(desk: House) -> int:
    requests = desk.installed.control("ledger?platform=facebook_ads")["requests"]
    return sum(item["method"] == "POST" and item["path"].endswith("/advideos") for item in requests)


def _synced(desk: House) -> set[UUID]:
    with db.worker_transaction() as session:
        jobs.enqueue(session, job_type="campaigns.sync_all", data={}, actor=None)
    return {UUID(job.data["campaign_id"]) for job in work_off() if job.type == "campaigns.sync"}
