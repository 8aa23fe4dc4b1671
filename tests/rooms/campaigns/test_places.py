"""Places that only a platform can number: asked once, kept for all, and sent as they were when the ad was deployed."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests import installation
from tests.doors.serving import served
from tests.doors.visitors import Visitor
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import META, campaign_of, deploy, give_up, meddle, newest, remote, take_up

from adloom.ads import actions as ads
from adloom.ads import finding
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries, whereabouts
from adloom.campaigns.types import DeploymentStatus
from adloom.cli import demo_media
from adloom.core.actor import Role
from adloom.core.errors import Conflict, Invalid, Refused
from adloom.db import session as db
from adloom.jobs import queries as jobs

CALIFORNIA = {"type": "REGION", "code": "US-CA"}
CHICAGO = {"type": "CITY", "country": "US", "name": "Chicago"}
SPRINGFIELD = {"type": "CITY", "country": "US", "name": "Springfield"}
NOT_ASKED = "the platform was not asked yet"


@pytest.fixture(autouse=True)
def _nothing_is_known(desk: House) -> None:
    meddle(desk, "DELETE FROM platform_places")
    meddle(desk, "DELETE FROM background_jobs WHERE job_type = 'ads.look_up_places'")


def an_ad(desk: House, *locations: dict[str, Any]) -> UUID:
    """An ad for Meta alone that reaches these places."""
    document = demo_media.demo_ad(desk.media, desk.installed.line)
    targeting = {**document["targeting"], "locations": [*locations]}
    return desk.ad(platforms={META.value: document["platforms"][META.value]}, targeting=targeting)


def rules(desk: House, ad_id: UUID) -> list[str]:
    """What is wrong with the ad on Meta."""
    return [error["rule"] for error in campaigns.plan(desk.actor, ad_id=ad_id)[META.value]["errors"]]


def look_ups(desk: House, ad_id: UUID) -> tuple[UUID, ...]:
    return campaigns.whole_plan(desk.actor, ad_id=ad_id).look_ups


def edit(desk: House, ad_id: UUID, **changes: Any) -> None:
    data = copy.deepcopy(dict(ad_queries.get(desk.actor, ad_id=ad_id).data))
    ads.update(desk.actor, ad_id=ad_id, data={**data, **changes})


def places_of(desk: House, ad_id: UUID) -> dict[str, Any]:
    """Where the ad sets of the ad deliver, as the platform has it."""
    campaign = campaign_of(desk, ad_id)
    found = desk.installed.objects(META.value, "adset")
    (adset,) = [o for o in found if o["parent_id"] == campaign.platform_campaign_id]
    geo: dict[str, Any] = adset["fields"]["targeting"]["geo_locations"]
    return {kind: [each["key"] for each in geo[kind]] for kind in ("regions", "cities") if kind in geo}


def tell(desk: House, name: str, *ids: str) -> None:
    """The platform says otherwise since, and somebody has asked it."""
    listed = ", ".join(f'{{"id": "{each}", "name": "{name} {each}"}}' for each in ids)
    meddle(desk, f"UPDATE platform_places SET places = '[{listed}]' WHERE name = '{name}'")


# Asking -------------------------------------------------------------------------------------------


def test_places_are_asked_for_once_an_ad_is_written_and_then_it_can_be_deployed(desk: House) -> None:
    ad_id = an_ad(desk, CALIFORNIA, CHICAGO)
    assert [NOT_ASKED in rule for rule in rules(desk, ad_id)] == [True, True]
    with pytest.raises(Invalid, match="cannot be deployed"):
        campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True)
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()
    work_off()
    assert rules(desk, ad_id) == []
    deploy(desk, ad_id=ad_id)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert places_of(desk, ad_id) == {"regions": ["3847"], "cities": ["2438177"]}


def test_what_one_ad_has_asked_for_is_known_to_every_other(desk: House) -> None:
    an_ad(desk, CHICAGO)
    work_off()
    ad_id = an_ad(desk, CHICAGO)
    assert (look_ups(desk, ad_id), rules(desk, ad_id)) == ((), [])


def test_the_same_questions_are_one_job_while_it_waits(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    first, second = look_ups(desk, ad_id), whereabouts.look_up(desk.actor, ad_id=ad_id)
    assert len(first) == 1
    assert first == second
    assert [job.type for job in work_off()] == ["ads.look_up_places"]
    assert look_ups(desk, ad_id) == ()


def test_an_edit_asks_for_what_is_new(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    work_off()
    targeting = ad_queries.get(desk.actor, ad_id=ad_id).data["targeting"]
    edit(desk, ad_id, targeting={**targeting, "locations": [CHICAGO, CALIFORNIA]})
    (job,) = work_off()
    assert jobs.get(desk.actor, job_id=job.id).result == {"platform": META.value, "asked": 1}
    assert rules(desk, ad_id) == []


def test_a_country_is_not_asked_for_where_its_letters_are_enough(desk: House) -> None:
    ad_id = an_ad(desk, {"type": "COUNTRY", "country": "US"})
    assert (look_ups(desk, ad_id), rules(desk, ad_id)) == ((), [])
    deploy(desk, ad_id=ad_id)
    work_off()
    with db.reading(desk.actor) as session:
        spec = session.execute(text("SELECT spec FROM campaigns WHERE ad_id = :id"), {"id": ad_id}).scalar_one()
    assert "places" not in spec


def test_a_name_of_several_places_is_refused_with_their_names_until_its_region_is_said(desk: House) -> None:
    ad_id = an_ad(desk, SPRINGFIELD)
    work_off()
    (rule,) = rules(desk, ad_id)
    assert "is one of several: Springfield, Illinois, US; Springfield, Missouri, US" in rule
    with pytest.raises(Invalid):
        campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True)
    other = an_ad(desk, {**SPRINGFIELD, "code": "US-IL"})
    work_off()
    assert rules(desk, other) == []


def test_what_the_platform_does_not_know_is_asked_again_a_day_later(desk: House) -> None:
    ad_id = an_ad(desk, {**CHICAGO, "name": "Atlantis"})
    work_off()
    assert "knows no place" in rules(desk, ad_id)[0]
    assert look_ups(desk, ad_id) == ()
    meddle(desk, "UPDATE platform_places SET looked_up_at = looked_up_at - interval '25 hours'")
    assert len(look_ups(desk, ad_id)) == 1


def test_an_old_answer_counts_while_it_is_asked_for_again(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    work_off()
    meddle(desk, "UPDATE platform_places SET looked_up_at = looked_up_at - interval '29 days'")
    assert look_ups(desk, ad_id) == ()
    meddle(desk, "UPDATE platform_places SET looked_up_at = looked_up_at - interval '2 days'")
    assert (len(look_ups(desk, ad_id)), rules(desk, ad_id)) == (1, [])
    work_off()
    assert look_ups(desk, ad_id) == ()


def test_why_a_platform_could_not_be_asked_is_in_the_plan_and_it_is_left_alone_for_a_minute(desk: House) -> None:
    desk.installed.fault(META.value, r"GET .*/search", "server_error", times=99)
    ad_id = an_ad(desk, CHICAGO)
    job = work_off(only_due=False)[-1]
    desk.installed.control("faults", method="DELETE")
    failed = jobs.get(desk.actor, job_id=job.id)
    assert failed is not None
    assert failed.status == "failed"
    assert [rule for rule in rules(desk, ad_id) if "that failed" in rule]
    assert look_ups(desk, ad_id) == ()
    meddle(
        desk, "UPDATE background_jobs SET completed_at = completed_at - interval '61 s' WHERE id = %(id)s", id=job.id
    )
    assert len(look_ups(desk, ad_id)) == 1
    work_off()
    assert rules(desk, ad_id) == []


def test_a_deployment_that_the_api_refuses_has_begun_to_ask(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    meddle(desk, "DELETE FROM background_jobs WHERE job_type = 'ads.look_up_places'")
    with served() as http:
        owner = Visitor.signed_in(http, desk.actor.tenant_id).sending(Idempotency_Key="places")
        refused = owner.ask("POST", f"/v1/ads/{ad_id}/deploy", json={"accept_losses": True})
        assert refused.status_code == 422
        assert NOT_ASKED in refused.text
        assert [job.type for job in work_off()] == ["ads.look_up_places"]
        plan = owner.post(f"/v1/ads/{ad_id}/plan")
    assert (plan["look_ups"], plan["platforms"][META.value]["errors"]) == ([], [])


def test_a_viewer_sees_what_is_missing_and_begins_nothing(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    meddle(desk, "DELETE FROM background_jobs WHERE job_type = 'ads.look_up_places'")
    viewer = replace(desk.actor, role=Role.VIEWER)
    plan = campaigns.whole_plan(viewer, ad_id=ad_id)
    assert plan.look_ups == ()
    assert NOT_ASKED in plan.platforms[META].found.errors[0].rule
    assert work_off() == []


def test_nobody_but_a_worker_writes_what_a_platform_has_answered(desk: House) -> None:
    an_ad(desk, CHICAGO)
    work_off()
    stranger = installation.owner("stranger@example.com")
    with db.reading(stranger) as session:
        (name,) = session.execute(text("SELECT places -> 0 ->> 'name' FROM platform_places")).scalars()
    assert name == "Chicago, Illinois, US"
    for statement in (
        "UPDATE platform_places SET places = '[]'",
        "DELETE FROM platform_places",
        "INSERT INTO platform_places (platform, type, country, places) VALUES ('google_ads', 'COUNTRY', 'US', '[]')",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), db.transaction(stranger) as session:
            session.execute(text(statement))


# What is sent -------------------------------------------------------------------------------------


def test_a_queued_deployment_sends_what_was_known_when_it_was_queued(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    work_off()
    plan = campaigns.whole_plan(desk.actor, ad_id=ad_id).fingerprint
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, plan=plan)
    tell(desk, "Chicago", "2420379")
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert places_of(desk, ad_id) == {"cities": ["2438177"]}


def test_a_creation_that_is_continued_goes_where_it_began(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    work_off()
    desk.installed.fault(META.value, r"POST .*/adsets", "throttle")
    deploy(desk, ad_id=ad_id)
    work_off()
    give_up(desk, ad_id)
    take_up(desk)
    meddle(desk, "DELETE FROM platform_quotas")
    assert newest(desk, ad_id).status is DeploymentStatus.FAILED
    tell(desk, "Chicago", "2420379", "2421836")
    deploy(desk, ad_id=ad_id)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert places_of(desk, ad_id) == {"cities": ["2438177"]}


def test_what_stands_keeps_its_place_when_something_else_is_edited(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    work_off()
    deploy(desk, ad_id=ad_id)
    work_off()
    tell(desk, "Chicago", "2420379", "2421836")
    edit(desk, ad_id, name="Autumn sale")
    changed = {change["field"] for change in campaigns.plan(desk.actor, ad_id=ad_id)[META.value]["changes"]}
    assert changed == {"name", "tracking.params"}
    deploy(desk, ad_id=ad_id)
    work_off()
    assert campaign_of(desk, ad_id).name == "Autumn sale"
    assert places_of(desk, ad_id) == {"cities": ["2438177"]}


def test_an_edited_place_is_planned_and_changed(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    work_off()
    deploy(desk, ad_id=ad_id)
    work_off()
    targeting = ad_queries.get(desk.actor, ad_id=ad_id).data["targeting"]
    edit(desk, ad_id, targeting={**targeting, "locations": [CALIFORNIA]})
    work_off()
    (change,) = campaigns.plan(desk.actor, ad_id=ad_id)[META.value]["changes"]
    assert ("Chicago" in change["from"], "California" in change["to"]) == (True, True)
    deploy(desk, ad_id=ad_id)
    work_off()
    assert places_of(desk, ad_id) == {"regions": ["3847"]}


def test_an_answer_that_is_another_one_makes_a_plan_stale(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    work_off()
    plan = campaigns.whole_plan(desk.actor, ad_id=ad_id).fingerprint
    meddle(desk, "UPDATE platform_places SET places = jsonb_set(places, '{0,name}', '\"Chicago, IL\"')")
    assert campaigns.whole_plan(desk.actor, ad_id=ad_id).fingerprint == plan, "it is the same place by another name"
    tell(desk, "Chicago", "2420379")
    with pytest.raises(Refused) as refused:
        campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, plan=plan)
    assert [error.rule for error in refused.value.errors] == ["what the platform says of a place is not what it was."]


def test_the_worker_sends_nothing_where_it_is_not_known_where(desk: House) -> None:
    ad_id = an_ad(desk, CHICAGO)
    work_off()
    deploy(desk, ad_id=ad_id)
    meddle(desk, "UPDATE campaign_deployments SET spec = spec - 'places' WHERE status = 'pending'")
    work_off()
    failed = newest(desk, ad_id)
    assert failed.status is DeploymentStatus.FAILED
    assert failed.error is not None
    assert "Nobody knows where" in failed.error["message"]
    assert remote(desk, ad_id) == []


# Looking a place up ------------------------------------------------------------------------------


def test_a_person_sees_what_a_platform_has_of_a_name(desk: House) -> None:
    asked = finding.find(desk.actor, platform=META, place=SPRINGFIELD)
    assert (asked.places, asked.job_id is not None) == (None, True)
    work_off()
    found = finding.find(desk.actor, platform=META, place=SPRINGFIELD)
    assert found.places is not None
    assert [place.name for place in found.places] == ["Springfield, Illinois, US", "Springfield, Missouri, US"]
    assert found.job_id is None


def test_what_needs_no_number_is_not_asked_for_and_what_no_ad_may_name_is_refused(desk: House) -> None:
    found = finding.find(desk.actor, platform=META, place={"type": "COUNTRY", "country": "US"})
    assert (found.is_numbered, found.job_id) == (False, None)
    with pytest.raises(Invalid) as refused:
        finding.find(desk.actor, platform=META, place={**SPRINGFIELD, "code": "Illinois"})
    assert "is not a region code" in refused.value.errors[0].rule
    with pytest.raises(Conflict):
        finding.find(installation.owner("nobody@example.com"), platform=META, place=SPRINGFIELD)
