"""The kill switch on the sandbox: everything stops, what does not is named with a cure, and nothing starts again.

The queue is worked off in this process, so that a test can look, and meddle, between any two attempts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests import installation
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import campaign_of, connect_again, deploy, meddle, newest, remote

from adloom import worker
from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.audit import queries as audit
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries, stopped, stopping
from adloom.campaigns.stopped import Outcome
from adloom.campaigns.stopping import Stopping
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentType, Scope
from adloom.cli import demo_media, session
from adloom.core import settings
from adloom.core.actor import Actor, Role
from adloom.core.errors import Forbidden, Invalid, NotFound
from adloom.db import session as db
from adloom.identity import actions as identity
from adloom.jobs import actions as jobs
from adloom.jobs import claims
from adloom.jobs.runner import LEASE, Runner
from adloom.jobs.types import Priority
from adloom.platforms import quotas
from adloom.platforms.http import Request
from adloom.platforms.types import Operation, Platform

META, GOOGLE, TIKTOK, MICROSOFT = (
    Platform.FACEBOOK_ADS,
    Platform.GOOGLE_ADS,
    Platform.TIKTOK_ADS,
    Platform.MICROSOFT_ADS,
)
EVERYTHING = Scope()
#: How a person deletes a campaign in each platform's own pages, in its words.
DELETED = {
    GOOGLE: ("status", "REMOVED"),
    META: ("status", "DELETED"),
    MICROSOFT: ("Status", "Deleted"),
    TIKTOK: ("operation_status", "DELETE"),
}


@pytest.fixture(autouse=True)
def nothing_runs(desk: House) -> Iterator[None]:
    """What earlier tests left running is theirs, not what this one stops."""
    meddle(desk, "UPDATE campaigns SET status = 'completed' WHERE deleted_at IS NULL")
    yield
    desk.installed.control("faults", method="DELETE")
    meddle(desk, "DELETE FROM platform_quotas")


def everywhere(desk: House, actor: Actor | None = None, *, client_id: UUID | None = None) -> UUID:
    """An ad that delivers on all four platforms."""
    who = actor or desk.actor
    document = demo_media.demo_ad(desk.media, desk.installed.line) | {"name": f"Stop {next(desk.numbers)}"}
    ad_id = ads.create(who, data=document, base=desk.media, client_id=client_id).id
    campaigns.deploy(who, ad_id=ad_id, accept_losses=True)
    work_off(only_due=False)
    assert statuses(who, ad_id) == {CampaignStatus.ACTIVE}
    return ad_id


def statuses(actor: Actor, ad_id: UUID) -> set[CampaignStatus]:
    return {campaign.status for campaign in queries.of_ad(actor, ad_id=ad_id)}


def stop(actor: Actor, scope: Scope = EVERYTHING) -> tuple[Stopping, Outcome]:
    """Stops, works off what is due, and tells what became of it."""
    asked = stopping.stop(actor, scope=scope)
    work_off()
    return asked, stopped.outcome(actor, scope=scope, since=asked.asked_at)


def test_everything_that_delivers_is_paused_on_every_platform(desk: House) -> None:
    first, second = everywhere(desk), everywhere(desk)
    asked, found = stop(desk.actor)
    assert len(asked.job_ids) == len(set(asked.job_ids)) == 2 * len(Platform), "one job for each campaign"
    assert (len(found.stopped), found.not_stopped, found.is_over) == (2 * len(Platform), (), True)
    assert statuses(desk.actor, first) | statuses(desk.actor, second) == {CampaignStatus.PAUSED}
    assert found.seconds == max(each.seconds for each in found.stopped) > 0
    there = {each.platform_campaign_id for each in found.stopped}
    live = [
        item
        for platform in Platform
        for item in desk.installed.objects(platform.value)
        if item["id"] in there and str(item["status"]).lower() in {"enabled", "active", "enable"}
    ]
    assert live == [], "as the platforms themselves see it"


def test_repeating_follows_what_is_under_way_and_leaves_alone_what_is_paused(desk: House) -> None:
    everywhere(desk)
    first = stopping.stop(desk.actor, scope=EVERYTHING)
    again, found = stop(desk.actor)
    assert set(again.job_ids) == set(first.job_ids), "nothing is queued twice"
    assert set(again.deployment_ids) == set(first.deployment_ids)
    assert len(found.stopped) == len(Platform)
    third, nothing = stop(desk.actor)
    assert (third.job_ids, nothing.stopped, nothing.not_stopped, nothing.seconds) == ((), (), (), 0.0)


def test_a_platform_that_wants_us_to_wait_keeps_no_other_from_stopping_and_is_named(desk: House) -> None:
    ad_id = everywhere(desk)
    desk.installed.fault(TIKTOK.value, "POST", "throttle", times=20)
    _, found = stop(desk.actor)
    assert {each.platform for each in found.stopped} == set(Platform) - {TIKTOK}
    (running,) = found.not_stopped
    name = ad_queries.get(desk.actor, ad_id=ad_id).name
    assert (running.platform, running.ad.id, running.ad.name) == (TIKTOK, ad_id, name)
    assert running.platform_campaign_id
    assert running.reason
    assert "by itself" in running.cure, running.cure
    assert f"campaign_id={running.platform_campaign_id}" in running.cure, "where a person pauses it by hand"
    desk.installed.control("faults", method="DELETE")
    meddle(desk, "DELETE FROM platform_quotas")
    work_off(only_due=False)
    assert statuses(desk.actor, ad_id) == {CampaignStatus.PAUSED}, "it was tried again by itself"


def test_who_stops_everything_waits_for_no_worker_that_takes_nothing_any_more(desk: House) -> None:
    ad_id = everywhere(desk)
    asked = stopping.stop(desk.actor, scope=EVERYTHING)
    with idle_worker(), session.some_worker(worker.stopper, at_once=True):
        found = stopped.follow(desk.actor, asked, scope=EVERYTHING)
    assert (len(found.stopped), found.not_stopped) == (len(Platform), ())
    assert statuses(desk.actor, ad_id) == {CampaignStatus.PAUSED}


@contextmanager
def idle_worker(*, for_s: float | None = None) -> Iterator[None]:
    """A worker that lives and takes nothing, as that of a command which is ending; it goes after `for_s`."""
    stop, idle = threading.Event(), Runner({})
    thread = threading.Thread(target=idle.run, args=(stop,))
    thread.start()
    assert idle.ready.wait(10)
    end = threading.Timer(for_s or 60, idle.finish, [stop])
    end.start()
    try:
        yield
    finally:
        end.cancel()
        idle.finish(stop)
        thread.join()


def test_a_command_works_itself_once_the_worker_that_it_relied_on_has_gone(desk: House) -> None:
    ad_id = everywhere(desk)
    pausing = campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    with idle_worker(for_s=0.5):
        session.settle(desk.actor, pausing.job_ids, what="Pausing", at_most_s=20)
    assert statuses(desk.actor, ad_id) == {CampaignStatus.PAUSED}


def test_what_somebody_deleted_on_the_platform_since_is_stopped_and_not_named_as_running(desk: House) -> None:
    ad_id = everywhere(desk)
    for campaign in queries.of_ad(desk.actor, ad_id=ad_id):
        field, value = DELETED[campaign.platform]
        edit = {
            "platform": campaign.platform.value,
            "id": campaign.platform_campaign_id,
            "field": field,
            "value": value,
        }
        desk.installed.control("edit", edit)
    _, found = stop(desk.actor)
    assert found.not_stopped == (), "what is deleted delivers nothing, and nobody has to look for it by hand"
    assert {each.platform for each in found.stopped} == set(Platform)
    assert queries.of_ad(desk.actor, ad_id=ad_id) == (), "nor is it listed as running"


def test_a_login_that_has_lapsed_is_named_with_the_command_that_mends_it(desk: House) -> None:
    ad_id = everywhere(desk)
    desk.installed.fault(META.value, "", "token_expired", times=50)
    try:
        _, found = stop(desk.actor)
    finally:
        desk.installed.control("faults", method="DELETE")
        connect_again(desk)
    assert {each.platform for each in found.stopped} == set(Platform) - {META}
    assert found.is_over, "nobody tries it again by itself"
    (running,) = found.not_stopped
    assert "adloom connect facebook_ads" in running.cure
    assert f"selected_campaign_ids={running.platform_campaign_id}" in running.cure
    _, after = stop(desk.actor)
    assert [each.platform for each in after.stopped] == [META], "once connected again, the next stop goes through"
    assert statuses(desk.actor, ad_id) == {CampaignStatus.PAUSED}


def test_a_campaign_whose_creation_waits_never_delivers(desk: House) -> None:
    ad_id = deploy(desk)
    _, found = stop(desk.actor)
    work_off(only_due=False)
    assert [each.ad.id for each in found.stopped] == [ad_id]
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    assert [item["status"] for item in remote(desk, ad_id)] == ["PAUSED"]


def test_a_resumption_that_waits_is_overtaken(desk: House) -> None:
    ad_id = deploy(desk)
    work_off(only_due=False)
    for operation in (Operation.PAUSE, Operation.RESUME):
        campaigns.change(desk.actor, ad_id=ad_id, operation=operation)
        if operation is Operation.PAUSE:
            work_off(only_due=False)
    _, found = stop(desk.actor)
    work_off(only_due=False)
    assert [each.ad.id for each in found.stopped] == [ad_id]
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    resumed = next(d for d in queries.history(desk.actor, ad_id=ad_id) if d.type is DeploymentType.RESUME)
    assert (resumed.status, (resumed.error or {})["code"]) == (DeploymentStatus.FAILED, "superseded")


def test_an_edit_that_waits_or_comes_later_switches_nothing_on_again(desk: House) -> None:
    ad_id = deploy(desk)
    work_off(only_due=False)
    document = dict(ad_queries.get(desk.actor, ad_id=ad_id).data)
    for amount in ("70.00", "80.00"):
        document["budget"] = {"type": "DAILY", "amount": {"value": amount, "currency": "USD"}}
        ads.update(desk.actor, ad_id=ad_id, data=document, base=desk.media)
        campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META])
        stop(desk.actor)
        work_off(only_due=False)
        assert newest_update(desk, ad_id) is DeploymentStatus.COMPLETED
        assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
        assert [item["status"] for item in remote(desk, ad_id)] == ["PAUSED"]
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META])
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED, "deploying what stands is no word to deliver"
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE, "a person's new word is"


def newest_update(desk: House, ad_id: UUID) -> DeploymentStatus:
    return next(d.status for d in queries.history(desk.actor, ad_id=ad_id) if d.type is DeploymentType.UPDATE)


def test_a_creation_that_is_tried_again_after_a_pause_that_failed_stays_paused(desk: House) -> None:
    desk.installed.fault(META.value, r"POST .*/adsets$", "server_error")
    ad_id = deploy(desk)
    work_off()
    stopping.stop(desk.actor, scope=EVERYTHING)
    pause = newest(desk, ad_id)
    meddle(
        desk, "UPDATE background_jobs SET status = 'failed', completed_at = now() WHERE id = %(id)s", id=pause.job_id
    )
    meddle(
        desk,
        "UPDATE campaign_deployments SET status = 'failed', completed_at = now() WHERE id = %(id)s",
        id=pause.id,
    )
    work_off(only_due=False)
    assert [item["status"] for item in remote(desk, ad_id)] == ["PAUSED"], "the word counts, whatever became of it"


def test_what_is_being_deleted_is_followed_and_not_paused_as_well(desk: House) -> None:
    ad_id = deploy(desk)
    work_off(only_due=False)
    deleting = campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE)
    asked, found = stop(desk.actor)
    assert asked.job_ids == ()
    assert len(deleting.job_ids) == 1
    assert [each.ad.id for each in found.stopped] == [ad_id]


def test_an_ad_that_cannot_be_asked_for_keeps_none_of_the_others_running(
    desk: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, other = deploy(desk), deploy(desk)
    work_off(only_due=False)
    meddle(desk, "UPDATE ads SET deleted_at = now() WHERE id = %(id)s", id=held)
    asked, found = stop(desk.actor)
    meddle(desk, "UPDATE ads SET deleted_at = NULL WHERE id = %(id)s", id=held)
    assert [each.ad.id for each in found.stopped] == [other]
    (running,) = asked.not_asked
    assert (running.ad.id, running.platform, bool(running.reason)) == (held, META, True)
    assert "stop-everything" in running.cure


def test_one_account_or_one_client_is_stopped_alone(desk: House) -> None:
    ad_id = everywhere(desk)
    account = desk.installed.line[GOOGLE]["account_id"]
    by_name = stopping.scope(desk.actor, account=f"{account[:3]}-{account[3:6]}-{account[6:]}")
    assert by_name == stopping.scope(desk.actor, account=str((by_name.account_ids or ())[0])), "ours, or the platform's"
    _, found = stop(desk.actor, by_name)
    assert {each.platform for each in found.stopped} == {GOOGLE}
    client, other = (identity.add_client(desk.actor, name=name) for name in ("Acme", "Bolt"))
    clients = everywhere(desk, client_id=client.id)
    _, found = stop(desk.actor, stopping.scope(desk.actor, client_id=other.id))
    assert (found.stopped, found.not_stopped) == ((), ())
    _, found = stop(desk.actor, stopping.scope(desk.actor, client_id=client.id))
    assert {each.ad.id for each in found.stopped} == {clients}, "in shared accounts too"
    assert statuses(desk.actor, ad_id) == {CampaignStatus.ACTIVE, CampaignStatus.PAUSED}


def test_what_is_misspelt_is_refused_and_stops_nothing(desk: House) -> None:
    for wrong in ({"account": "1"}, {"client_id": uuid4()}):
        with pytest.raises(NotFound):
            stopping.scope(desk.actor, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        stopping.scope(desk.actor, account="1", everyone=True)


def test_a_member_of_one_client_stops_that_clients_campaigns_and_a_viewer_none(desk: House) -> None:
    client = identity.add_client(desk.actor, name="Acme")
    member = replace(desk.actor, client_id=client.id)
    owners = deploy(desk)
    work_off(only_due=False)
    meddle(desk, "UPDATE platform_accounts SET client_id = %(id)s", id=client.id)
    members = everywhere(desk, member)
    with pytest.raises(Forbidden):
        stopping.stop(replace(member, role=Role.VIEWER), scope=EVERYTHING)
    desk.installed.fault(META.value, "POST", "throttle", times=20)
    try:
        _, found = stop(member)
    finally:
        meddle(desk, "UPDATE platform_accounts SET client_id = NULL")
    assert [each.platform for each in found.not_stopped] == [META]
    assert found.not_stopped[0].platform_campaign_id in found.not_stopped[0].cure
    assert {each.ad.id for each in found.stopped} == {members}
    assert len(found.stopped) == len(Platform) - 1
    assert campaign_of(desk, owners).status is CampaignStatus.ACTIVE


def test_another_owners_campaigns_run_on_until_an_administrator_stops_everyones(desk: House) -> None:
    other = installation.owner(f"other-{uuid4().hex[:8]}@example.com")
    desk.installed.connect(other)
    mine, theirs = everywhere(desk), everywhere(desk, other)
    _, found = stop(desk.actor)
    assert {each.ad.id for each in found.stopped} == {mine}
    assert statuses(other, theirs) == {CampaignStatus.ACTIVE}

    everyone = Scope(everyone=True)
    with pytest.raises(Forbidden):
        stopping.stop(other, scope=everyone)
    pretender = replace(other, role=Role.ADMIN)
    assert stop(pretender, everyone)[1].stopped == (), "the database knows who is one"
    admin = replace(desk.actor, role=Role.ADMIN)
    _, found = stop(admin, everyone)
    assert {each.ad.id for each in found.stopped} == {theirs}
    assert statuses(other, theirs) == {CampaignStatus.PAUSED}
    entries = audit.list(other, entity_type="campaigns").items
    paused = [e for e in entries if (e.new_values or {}).get("status") == "paused"]
    assert {entry.actor_id for entry in paused} == {desk.actor.person_id}, "the log says who did it"


def test_a_thousand_waiting_jobs_do_not_delay_it(desk: House) -> None:
    everywhere(desk)
    with db.transaction(desk.actor) as session:
        for number in range(1000):
            jobs.enqueue(
                session,
                job_type="campaigns.sync",
                data={"campaign_id": uuid4()},
                actor=desk.actor,
                priority=Priority.PERSON if number % 2 else Priority.ROUTINE,
            )
    asked = stopping.stop(desk.actor, scope=EVERYTHING)
    with db.worker_transaction() as session:
        first = claims.claim(
            session, worker="any", job_types=list(worker.HANDLERS), limit=len(Platform), lease=timedelta(seconds=1)
        )
        assert {job.id for job in first} == set(asked.job_ids), "they are claimed before all others"
        session.rollback()
    meddle(desk, "DELETE FROM background_jobs WHERE job_type = 'campaigns.sync' AND status = 'pending'")
    work_off()


def test_a_platform_that_is_slow_takes_one_urgent_place_alone(desk: House) -> None:
    everywhere(desk), everywhere(desk)
    stopping.stop(desk.actor, scope=EVERYTHING)
    with db.worker_transaction() as session:
        found = claims.claim(
            session, worker="any", job_types=list(worker.HANDLERS), limit=50, lease=LEASE, but_lanes=[GOOGLE, META]
        )
        session.rollback()
    assert {job.lane for job in found} == {MICROSOFT, TIKTOK}
    work_off()


def test_it_spends_the_part_of_the_quota_that_is_kept_for_stopping(desk: House) -> None:
    ad_id = deploy(desk, GOOGLE)
    work_off(only_due=False)
    (quota,) = quotas.of(
        Request(GOOGLE, "POST", "https://ads.example/v1", endpoint="POST googleAds:mutate"), config=settings.load()
    )
    meddle(
        desk,
        "UPDATE platform_quotas SET used = %(used)s WHERE platform = 'google_ads' AND window_end > now()",
        used=quota.calls - quota.calls // 20,
    )
    waiting = deploy(desk, GOOGLE)
    work_off()
    assert (newest(desk, waiting).error or {})["code"] == "throttled", "for everything else it is spent"
    _, found = stop(desk.actor)
    assert {each.ad.id for each in found.stopped} == {ad_id, waiting}
