"""Where a client requires it, what lets money flow is planned by one person and applied by another, at every door."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import text
from tests import installation
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import META, campaign_of, meddle, newest, remote
from tests.rooms.campaigns.test_drift import look, reconcile, there
from tests.rooms.campaigns.test_updating import budget

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries, requesting, stopping, undoing
from adloom.campaigns.reconciling import How
from adloom.campaigns.requests import Asked, RequestStatus, RequestView
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, Scope
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from adloom.db import session as db
from adloom.identity import actions as identity
from adloom.identity import queries as people
from adloom.platforms.types import Operation


@pytest.fixture
def desk(quiet_desk: House) -> House:
    return quiet_desk


def editor(desk: House, email: str) -> Actor:
    """Another person with the right to deploy in the same tenant."""
    person = identity.create_user(email=email, password="correct horse battery", signup="open")
    identity.add_member(desk.actor, email=email, role="editor")
    return replace(desk.actor, person_id=person, role=Role.USER)


@pytest.fixture
def strict(desk: House) -> tuple[House, UUID, Actor]:
    """An ad of a client that requires two people, and a second person."""
    client = identity.add_client(desk.actor, name="Two Eyes", currency="USD")
    identity.require_second_person(desk.actor, client_id=client.id, required=True)
    return desk, desk.ad(client="Two Eyes"), editor(desk, "second@example.com")


def deploy(actor: Actor, ad_id: UUID, **more: Any) -> None:
    campaigns.deploy(actor, ad_id=ad_id, accept_losses=True, platforms=[META], **more)


def refused(actor: Actor, ad_id: UUID) -> str:
    with pytest.raises(Refused) as found:
        deploy(actor, ad_id)
    assert found.value.code == "second_person"
    return found.value.message


def edit(desk: House, ad_id: UUID, **changes: Any) -> None:
    ads.update(desk.actor, ad_id=ad_id, data={**dict(ad_queries.get(desk.actor, ad_id=ad_id).data), **changes})


def live(strict: tuple[House, UUID, Actor]) -> tuple[House, UUID, Actor]:
    """The ad on Meta, planned by the owner and applied by the second person."""
    desk, ad_id, second = strict
    requesting.request(desk.actor, ad_id=ad_id)
    deploy(second, ad_id)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    return strict


def only(found: tuple[RequestView, ...]) -> RequestView:
    (one,) = found
    return one


def test_nobody_deploys_what_nobody_else_has_planned(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = strict
    for actor in (desk.actor, second):
        assert "a second person applies" in refused(actor, ad_id)
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()


def test_who_planned_does_not_apply_through_any_door_and_another_person_does(
    strict: tuple[House, UUID, Actor],
) -> None:
    desk, ad_id, second = strict
    requesting.request(desk.actor, ad_id=ad_id)
    for door in ("adloom cli", "a browser", "curl"):
        assert "You planned this yourself" in refused(replace(desk.actor, agent=door), ad_id)
    deploy(second, ad_id)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert len(remote(desk, ad_id)) == 1
    kept = only(requesting.of_ad(desk.actor, ad_id=ad_id))
    assert (kept.status, kept.requester, kept.applier) == (
        RequestStatus.APPLIED,
        "owner@example.com",
        "second@example.com",
    )


def test_who_planned_and_who_applied_stand_in_the_audit_log(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = live(strict)
    with db.reading(desk.actor) as session:
        rows = session.execute(
            text(
                "SELECT actor_id, action, new_values ->> 'status' AS status FROM audit_logs"
                " WHERE entity_type = 'approval_requests' AND entity_id = :id ORDER BY created_at"
            ),
            {"id": only(requesting.of_ad(desk.actor, ad_id=ad_id)).id},
        ).all()
    assert [tuple(row) for row in rows] == [
        (desk.actor.person_id, "create", "requested"),
        (second.person_id, "update", "applied"),
    ]


def test_asking_again_for_the_same_is_the_same_request(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = strict
    first = requesting.request(desk.actor, ad_id=ad_id)
    assert requesting.request(desk.actor, ad_id=ad_id).id == first.id
    mine = requesting.request(second, ad_id=ad_id)
    assert (mine.id, mine.requested_by) == (first.id, desk.actor.person_id), "it waits for them, not from them"


def test_an_edit_after_the_plan_needs_a_new_one(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = strict
    requesting.request(desk.actor, ad_id=ad_id)
    name = ad_queries.get(desk.actor, ad_id=ad_id).name
    edit(desk, ad_id, name="Another name")
    assert only(requesting.of_ad(desk.actor, ad_id=ad_id)).is_stale
    with pytest.raises(Refused) as stale:
        deploy(second, ad_id)
    assert stale.value.code == "plan_is_stale"
    assert [error.rule for error in stale.value.errors] == [f"the ad was edited since. name: {name} → Another name."]
    requesting.request(second, ad_id=ad_id)
    assert "You planned this yourself" in refused(second, ad_id)
    deploy(desk.actor, ad_id)
    newer, older = requesting.of_ad(desk.actor, ad_id=ad_id)
    assert (newer.status, older.status) == (RequestStatus.APPLIED, RequestStatus.REPLACED)


def test_an_update_needs_two_as_well_and_an_old_plan_is_used_up(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = live(strict)
    edit(desk, ad_id, name="Autumn sale")
    for actor in (desk.actor, second):
        refused(actor, ad_id)
    requesting.request(second, ad_id=ad_id)
    deploy(desk.actor, ad_id)
    work_off()
    assert campaign_of(desk, ad_id).name == "Autumn sale"


def test_what_stands_as_the_ad_says_may_be_deployed_again_by_anybody(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, _ = live(strict)
    change = campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META])
    assert change.deployment_ids == ()


def test_pausing_stopping_and_deleting_are_never_held_up(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = live(strict)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    assert stopping.stop(second, scope=Scope()).not_asked == ()
    campaigns.change(second, ad_id=ad_id, operation=Operation.DELETE)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED


def test_a_resume_is_planned_by_one_and_applied_by_another(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = live(strict)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    for actor in (desk.actor, second):
        with pytest.raises(Refused, match="second person"):
            campaigns.change(actor, ad_id=ad_id, operation=Operation.RESUME)
    requesting.request(second, ad_id=ad_id, operation=Asked.RESUME)
    with pytest.raises(Refused, match="You planned this yourself"):
        campaigns.change(second, ad_id=ad_id, operation=Operation.RESUME)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE


def test_a_resume_of_what_was_changed_meanwhile_is_refused(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = live(strict)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    requesting.request(second, ad_id=ad_id, operation=Asked.RESUME)
    name = ad_queries.get(desk.actor, ad_id=ad_id).name
    edit(desk, ad_id, name="Autumn sale")
    requesting.request(second, ad_id=ad_id)
    deploy(desk.actor, ad_id)
    work_off()
    with pytest.raises(Refused) as stale:
        campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME)
    assert stale.value.code == "plan_is_stale"
    (error,) = stale.value.errors
    assert error.rule.endswith(f"facebook_ads applied name: {name} → Autumn sale.")


@pytest.mark.parametrize("forged", ["planned_by = NULL", "actor_id = NULL"])
def test_the_worker_sends_nothing_that_one_person_alone_has_done(
    strict: tuple[House, UUID, Actor], forged: str
) -> None:
    """Whatever a door has let through: a row without two people in it is not begun."""
    desk, ad_id, second = strict
    requesting.request(desk.actor, ad_id=ad_id)
    deploy(second, ad_id)
    meddle(desk, f"UPDATE campaign_deployments SET {forged} WHERE status = 'pending'")
    work_off()
    ended = newest(desk, ad_id)
    assert ended.status is DeploymentStatus.FAILED
    assert "second person" in str(ended.error)
    assert ended.steps == ()
    assert remote(desk, ad_id) == []


def test_a_client_that_requires_it_since_has_the_worker_ask_for_it(desk: House) -> None:
    client = identity.add_client(desk.actor, name="Late Eyes", currency="USD")
    ad_id = desk.ad(client="Late Eyes")
    deploy(desk.actor, ad_id)
    identity.require_second_person(desk.actor, client_id=client.id, required=True)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.FAILED
    assert remote(desk, ad_id) == []


def test_the_database_keeps_that_the_two_are_different_people(strict: tuple[House, UUID, Actor]) -> None:
    desk, _, _ = live(strict)
    with pytest.raises(CheckViolation, match="second_person_is_another"):
        meddle(desk, "UPDATE approval_requests SET applied_by = requested_by WHERE applied_by IS NOT NULL")
    with pytest.raises(CheckViolation, match="second_person_applies"):
        meddle(desk, "UPDATE campaign_deployments SET actor_id = planned_by WHERE planned_by IS NOT NULL")


def test_a_viewer_neither_plans_for_another_nor_applies(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = strict
    viewer = replace(second, role=Role.VIEWER)
    with pytest.raises(Forbidden):
        requesting.request(viewer, ad_id=ad_id)
    requesting.request(desk.actor, ad_id=ad_id)
    with pytest.raises(Forbidden):
        deploy(viewer, ad_id)


def test_another_tenants_member_neither_sees_nor_applies_it(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, _ = strict
    requesting.request(desk.actor, ad_id=ad_id)
    stranger = installation.owner("stranger@example.com")
    with pytest.raises(NotFound):
        deploy(stranger, ad_id)
    with pytest.raises(NotFound):
        requesting.request(stranger, ad_id=ad_id)
    assert requesting.waiting(stranger, ad_id=ad_id) == ()
    assert only(requesting.of_ad(desk.actor, ad_id=ad_id)).status is RequestStatus.REQUESTED


def test_only_the_owner_says_that_two_are_needed(strict: tuple[House, UUID, Actor]) -> None:
    desk, _, second = strict
    client = people.client_named(desk.actor, name="Two Eyes")
    with pytest.raises(Forbidden):
        identity.require_second_person(second, client_id=client.id, required=False)
    assert people.client_named(desk.actor, name="Two Eyes").second_person


def test_where_nobody_has_to_be_asked_nobody_is(desk: House) -> None:
    with pytest.raises(Conflict, match="No second person"):
        requesting.request(desk.actor, ad_id=desk.ad())


def test_an_ad_that_cannot_go_out_is_not_asked_for(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, _ = strict
    edit(desk, ad_id, platforms={"google_ads": {"account": "1"}})
    with pytest.raises(Invalid):
        requesting.request(desk.actor, ad_id=ad_id)


def test_what_stands_as_the_ad_says_is_not_asked_for(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, _ = live(strict)
    edit(desk, ad_id, platforms={META.value: ad_queries.get(desk.actor, ad_id=ad_id).data["platforms"][META.value]})
    with pytest.raises(Conflict, match="nothing to apply"):
        requesting.request(desk.actor, ad_id=ad_id)


def test_an_undo_that_lets_money_flow_again_waits_for_the_second_person_and_a_pause_does_not(
    strict: tuple[House, UUID, Actor],
) -> None:
    desk, ad_id, second = live(strict)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    with pytest.raises(Refused, match="ad request"):
        undoing.undo(desk.actor, ad_id=ad_id)
    requesting.request(desk.actor, ad_id=ad_id, operation=Asked.RESUME)
    (resume,) = undoing.undo(second, ad_id=ad_id).deployment_ids
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    undoing.undo(desk.actor, ad_id=ad_id, deployment_id=resume)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED, "one person stops money"


def renamed(strict: tuple[House, UUID, Actor], *names: str) -> tuple[House, UUID, Actor]:
    """The ad, live, and edited by two people since."""
    desk, ad_id, second = live(strict)
    for name in names:
        edit(desk, ad_id, name=name)
        requesting.request(desk.actor, ad_id=ad_id)
        deploy(second, ad_id)
        work_off()
        assert campaign_of(desk, ad_id).name == name
    return strict


def test_an_undo_of_an_edit_is_asked_for_by_one_and_done_by_another(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = renamed(strict, "Another name")
    for actor in (desk.actor, second):
        with pytest.raises(Refused, match=f"adloom ad request {ad_id} --undo") as found:
            undoing.undo(actor, ad_id=ad_id)
        assert found.value.code == "second_person"
    asked = requesting.request_undo(desk.actor, ad_id=ad_id)
    assert requesting.request_undo(second, ad_id=ad_id).id == asked.id
    with pytest.raises(Refused, match="You planned this yourself"):
        undoing.undo(desk.actor, ad_id=ad_id)
    first = undoing.undo(second, ad_id=ad_id)
    assert undoing.undo(desk.actor, ad_id=ad_id).deployment_ids == first.deployment_ids, "again changes nothing"
    work_off()
    assert campaign_of(desk, ad_id).name not in ("Another name", None)
    assert ad_queries.get(desk.actor, ad_id=ad_id).name == campaign_of(desk, ad_id).name
    done = requesting.of_ad(desk.actor, ad_id=ad_id)[0]
    assert (done.operation, done.status, done.applier) == (Asked.UNDO, RequestStatus.APPLIED, "second@example.com")
    with pytest.raises(Conflict, match="taken back already"):
        requesting.request_undo(desk.actor, ad_id=ad_id)


def test_an_undo_that_was_asked_for_is_of_that_change_and_of_no_other(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = renamed(strict, "Autumn sale", "Winter sale")
    newer, older = (each.id for each in queries.history(desk.actor, ad_id=ad_id)[:2])
    requesting.request_undo(desk.actor, ad_id=ad_id, deployment_id=older)
    with pytest.raises(Refused, match=f"--undo --deployment {newer}"):
        undoing.undo(second, ad_id=ad_id, deployment_id=newer)
    undoing.undo(second, ad_id=ad_id, deployment_id=older)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED


def test_an_undo_of_what_was_edited_meanwhile_is_refused_with_the_difference(
    strict: tuple[House, UUID, Actor],
) -> None:
    desk, ad_id, second = renamed(strict, "Another name")
    requesting.request_undo(desk.actor, ad_id=ad_id)
    assert not requesting.of_ad(desk.actor, ad_id=ad_id)[0].is_stale
    edit(desk, ad_id, name="A third name")
    assert requesting.of_ad(desk.actor, ad_id=ad_id)[0].is_stale
    with pytest.raises(Refused) as stale:
        undoing.undo(second, ad_id=ad_id)
    assert [error.rule for error in stale.value.errors] == [
        "the ad was edited since. name: Another name → A third name."
    ]


def test_ours_is_put_back_by_two_people(strict: tuple[House, UUID, Actor]) -> None:
    desk, ad_id, second = live(strict)
    ours = budget(desk, ad_id)
    there(desk, ad_id, "adset", "daily_budget", 9900)
    look(desk, ad_id)
    campaign_id = campaign_of(desk, ad_id).id
    with pytest.raises(Refused, match=f"--put-back {campaign_id}"):
        reconcile(desk, ad_id, How.PUT_BACK)
    asked = requesting.request_put_back(second, ad_id=ad_id, campaign_id=campaign_id)
    assert (asked.operation, asked.is_stale) == (Asked.PUT_BACK, False)
    assert not requesting.of_ad(desk.actor, ad_id=ad_id)[0].is_stale
    reconcile(desk, ad_id, How.PUT_BACK)
    work_off()
    assert budget(desk, ad_id) == ours
    assert look(desk, ad_id) == ()


def test_what_stops_money_is_not_asked_for_and_what_only_resumes_is_asked_for_as_that(
    strict: tuple[House, UUID, Actor],
) -> None:
    desk, ad_id, second = live(strict)
    with pytest.raises(Conflict, match="No second person"):
        requesting.request_undo(desk.actor, ad_id=ad_id)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    assert requesting.request_undo(desk.actor, ad_id=ad_id).operation is Asked.RESUME
    undoing.undo(second, ad_id=ad_id)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
