"""What people may ask of campaigns, and what is queued for it. No platform is called here."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.rooms import rows
from tests.rooms.ads.writing import plain_ad

from adloom.ads import actions as ads
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries
from adloom.campaigns.types import DeploymentStatus
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs import actions as jobs
from adloom.jobs import queries as job_queries
from adloom.platforms.types import Operation, Platform


def an_ad(actor: Actor, *, client_id: UUID | None = None, **changes: Any) -> UUID:
    """An ad for Google alone."""
    platforms = {"google_ads": {"account": "1234567890"}}
    return ads.create(actor, data=plain_ad(platforms=platforms, **changes), client_id=client_id).id


def says(actor: Actor, ad_id: UUID) -> list[tuple[str, str]]:
    """The deployments of an ad, oldest first, with their status; `superseded` for those that were overtaken."""
    history = queries.history(actor, ad_id=ad_id)
    return [(d.type.value, (d.error or {}).get("code") or d.status.value) for d in reversed(history)]


def test_an_ad_whose_account_is_not_connected_is_refused_and_nothing_is_queued(actor: Actor) -> None:
    ad_id = an_ad(actor)
    with pytest.raises(Invalid) as refused:
        campaigns.deploy(actor, ad_id=ad_id)
    assert [error.field for error in refused.value.errors] == ["google_ads: platforms.google_ads.account"]
    assert queries.of_ad(actor, ad_id=ad_id) == ()


@pytest.mark.parametrize("status", ["changed", "disconnected"])
def test_an_account_that_is_not_what_it_was_gets_nothing(actor: Actor, status: str) -> None:
    rows.account(actor, status=status)
    with pytest.raises(Invalid):
        campaigns.deploy(actor, ad_id=an_ad(actor))


def test_the_account_of_one_client_does_not_pay_for_another(actor: Actor) -> None:
    rows.account(actor, client_id=rows.client(actor, "Acme"))
    for ad_id in (an_ad(actor), an_ad(actor, client_id=rows.client(actor, "Other"), name="Other's")):
        with pytest.raises(Invalid, match="cannot be deployed"):
            campaigns.deploy(actor, ad_id=ad_id)
        assert campaigns.plan(actor, ad_id=ad_id)["google_ads"]["errors"][0]["rule"].endswith("another client.")


def test_a_member_of_a_client_deploys_sees_the_job_and_follows_the_owners(actor: Actor) -> None:
    client_id = rows.client(actor)
    rows.account(actor, client_id=client_id)
    ad_id = an_ad(actor, client_id=client_id)
    member = replace(actor, client_id=client_id)
    first = campaigns.deploy(actor, ad_id=ad_id)
    again = campaigns.deploy(member, ad_id=ad_id)
    assert again.job_ids == first.job_ids, "the owner's job is theirs to follow"
    assert job_queries.get(member, job_id=again.job_ids[0]) is not None
    elsewhere = replace(actor, client_id=rows.client(actor, "Elsewhere"))
    assert job_queries.get(elsewhere, job_id=again.job_ids[0]) is None
    with pytest.raises(NotFound):
        campaigns.deploy(elsewhere, ad_id=ad_id)


def test_a_viewer_changes_nothing_and_a_stranger_finds_nothing(actor: Actor, second_tenant: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    viewer = replace(actor, role=Role.VIEWER)
    for ask in (
        lambda who: campaigns.deploy(who, ad_id=ad_id),
        lambda who: campaigns.change(who, ad_id=ad_id, operation=Operation.PAUSE),
        lambda who: campaigns.sync(who, ad_id=ad_id),
    ):
        with pytest.raises(Forbidden):
            ask(viewer)
    with pytest.raises(NotFound):
        campaigns.deploy(second_tenant, ad_id=ad_id)


def test_a_loss_of_targeting_is_refused_until_it_is_accepted_and_then_followed(actor: Actor) -> None:
    rows.account(actor)
    narrowed = {**plain_ad()["targeting"], "age": {"min": 18, "max": 49}}
    ad_id = an_ad(actor, targeting=narrowed)
    with pytest.raises(Refused) as refused:
        campaigns.deploy(actor, ad_id=ad_id)
    assert refused.value.code == "losses_not_accepted"
    accepted = campaigns.deploy(actor, ad_id=ad_id, accept_losses=True)
    assert campaigns.deploy(actor, ad_id=ad_id).job_ids == accepted.job_ids, "what is under way is followed"


def test_an_ad_that_is_under_way_cannot_be_deleted(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    campaigns.deploy(actor, ad_id=ad_id)
    with pytest.raises(Conflict):
        ads.delete(actor, ad_id=ad_id)


def test_what_was_never_deployed_cannot_be_paused(actor: Actor) -> None:
    with pytest.raises(Conflict):
        campaigns.change(actor, ad_id=an_ad(actor), operation=Operation.PAUSE)


def test_words_overtake_each_other_and_the_last_one_stays(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    campaigns.deploy(actor, ad_id=ad_id)
    for operation in (Operation.PAUSE, Operation.PAUSE, Operation.RESUME, Operation.PAUSE):
        campaigns.change(actor, ad_id=ad_id, operation=operation)
    assert says(actor, ad_id) == [
        ("create", "pending"),
        ("pause", "superseded"),
        ("resume", "superseded"),
        ("pause", "pending"),
    ]


def test_following_a_deployment_does_not_take_back_a_pause(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    first = campaigns.deploy(actor, ad_id=ad_id)
    campaigns.change(actor, ad_id=ad_id, operation=Operation.PAUSE)
    assert campaigns.deploy(actor, ad_id=ad_id).job_ids == first.job_ids
    assert says(actor, ad_id) == [("create", "pending"), ("pause", "pending")]


def test_nothing_is_deployed_or_resumed_where_a_delete_is_under_way(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    campaigns.deploy(actor, ad_id=ad_id)
    (deleting,) = campaigns.change(actor, ad_id=ad_id, operation=Operation.DELETE).job_ids
    with pytest.raises(Conflict, match="being deleted"):
        campaigns.deploy(actor, ad_id=ad_id)
    for operation in (Operation.PAUSE, Operation.RESUME):
        assert campaigns.change(actor, ad_id=ad_id, operation=operation).job_ids == ()
    assert campaigns.change(actor, ad_id=ad_id, operation=Operation.DELETE).job_ids == (deleting,)


def test_a_job_that_was_given_up_is_taken_up_by_the_next_deploy(actor: Actor) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    (job_id,) = campaigns.deploy(actor, ad_id=ad_id).job_ids
    jobs.cancel(actor, job_id=job_id)
    again = campaigns.deploy(actor, ad_id=ad_id)
    assert again.job_ids != (job_id,)
    (deployment,) = queries.history(actor, ad_id=ad_id)
    assert (deployment.status, deployment.job_id) == (DeploymentStatus.PENDING, again.job_ids[0])


def test_an_ad_that_is_not_for_a_platform_is_not_deployed_there(actor: Actor) -> None:
    rows.account(actor)
    with pytest.raises(Invalid, match="platform"):
        campaigns.deploy(actor, ad_id=an_ad(actor), platforms=[Platform.TIKTOK_ADS])


def test_the_ad_of_an_imported_campaign_is_not_deployed(actor: Actor) -> None:
    campaign_id = rows.campaign(actor, rows.account(actor), platform_campaign_id="77")
    found = queries.get(actor, campaign_id=campaign_id)
    assert found is not None
    with pytest.raises(Conflict, match="found on its platform"):
        campaigns.deploy(actor, ad_id=found.ad_id)


def test_two_deployments_at_the_same_moment_make_one_campaign(actor: Actor, database: Urls) -> None:
    rows.account(actor)
    ad_id = an_ad(actor)
    found: list[tuple[UUID, ...]] = []
    barrier = threading.Barrier(4)

    def ask() -> None:
        barrier.wait()
        found.append(campaigns.deploy(actor, ad_id=ad_id).job_ids)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    with db.transaction(actor) as session:
        counted = session.execute(text("SELECT count(*) FROM campaigns")).scalar_one()
    assert counted == 1
