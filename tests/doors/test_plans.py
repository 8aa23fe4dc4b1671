"""A plan at every door: what platforms say to it, why a stale one is refused, and who applies another one's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.doors import showing
from tests.doors.browsing import Browser
from tests.doors.conftest import Visiting
from tests.doors.test_drift import standing
from tests.doors.visitors import PASSWORD, Visitor
from tests.rooms.ads.writing import plain_ad

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import queries as campaigns
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.identity import actions as identity
from adloom.identity import queries as people
from adloom.platforms.types import Platform

GOOGLE = {"google_ads": {"account": "1234567890"}}

#: How a plan comes to be stale: by what is done meanwhile, and how it is told.
STALE = {
    "edited": "the ad was edited since. name: Spring sale → Another name.",
    "changed there": (
        "the ad account, or what is set for it, is not what it was. google_ads account status: ENABLED → LIMITED."
    ),
    "begun": "the start date has passed since.",
}

Meanwhile = Callable[[str, UUID], None]


@pytest.fixture
def ad(owner: Visitor) -> UUID:
    """A draft for Google, whose account is connected and whose flight begins in a few minutes."""
    showing.account(owner.actor, Platform.GOOGLE_ADS, external_id="1234567890")
    start = (
        (time.now() + timedelta(minutes=5)).astimezone(time.zone("America/Los_Angeles")).strftime("%Y-%m-%dT%H:%M:00")
    )
    return ads.create(owner.actor, data=plain_ad(platforms=GOOGLE, schedule={"start": start})).id


@pytest.fixture
def meanwhile(owner: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Meanwhile:
    def happens(reason: str, ad_id: UUID) -> None:
        if reason == "edited":
            data = {**dict(ad_queries.get(owner.actor, ad_id=ad_id).data), "name": "Another name"}
            ads.update(owner.actor, ad_id=ad_id, data=data)
        elif reason == "begun":
            (tmp_path / "clock").write_text("PT7M")
            monkeypatch.setenv("ADLOOM_CLOCK", f"file:{tmp_path / 'clock'}")
        else:
            with db.transaction(owner.actor) as session:
                session.execute(text("UPDATE platform_accounts SET status = 'LIMITED'"))

    return happens


@pytest.fixture
def browsing(http: httpx.Client) -> Iterator[Callable[[str], Browser]]:
    """Signs a person who has an account into a browser of their own."""
    clients: list[httpx.Client] = []

    def open_(email: str) -> Browser:
        clients.append(httpx.Client(base_url=http.base_url, timeout=30))
        browser = Browser(clients[-1], people.operator(email=email).tenant_id)
        assert browser.sign_in(email, PASSWORD).status_code == 303
        return browser

    yield open_
    for client in clients:
        client.close()


def colleague(owner: Visitor, visiting: Visiting, email: str = "second@example.com") -> Visitor:
    """A member of the owner's tenant who may deploy, acting there."""
    person = visiting(email)
    identity.add_member(owner.actor, email=email, role="editor")
    return person.sending(x_adloom_tenant=str(owner.id))


def two_needed(owner: Visitor, ad_id: UUID) -> UUID:
    """Makes the ad one of a client that requires two people."""
    client = owner.post("/v1/clients", {"name": "Two Eyes"}, status=201)
    assert client["second_person"] is False
    with db.transaction(owner.actor) as session:
        session.execute(
            text("UPDATE ads SET client_id = :client WHERE id = :ad"), {"client": client["id"], "ad": ad_id}
        )
    path = f"/v1/clients/{client['id']}/second-person"
    answer = owner.ask("PUT", path, json={"required": True})
    assert answer.json()["second_person"] is True
    return UUID(client["id"])


# What the platforms say ----------------------------------------------------------------------------------------------


def test_the_api_answers_at_once_and_is_asked_again_for_the_verdict(owner: Visitor, ad: UUID) -> None:
    first = owner.post(f"/v1/ads/{ad}/plan")
    google = first["platforms"]["google_ads"]
    assert google["platform_check"] == "pending"
    job = owner.get(f"/v1/jobs/{google['verdict']['job_id']}")
    assert (job["type"], job["status"]) == ("campaigns.judge", "pending")
    again = owner.get(f"/v1/ads/{ad}/plan")
    assert again["fingerprint"] == first["fingerprint"]
    assert again["platforms"]["google_ads"]["verdict"]["id"] == google["verdict"]["id"]
    assert owner.post(f"/v1/ads/{ad}/plan")["platforms"]["google_ads"]["verdict"]["id"] == google["verdict"]["id"]


def test_reading_a_plan_asks_nobody(owner: Visitor, ad: UUID) -> None:
    google = owner.get(f"/v1/ads/{ad}/plan")["platforms"]["google_ads"]
    assert google["platform_check"] == "unavailable"
    assert google["verdict"]["reason"] == "The platform was not asked about this plan."


def test_the_page_asks_by_itself_and_follows_the_answer(
    owner: Visitor, ad: UUID, browsing: Callable[[str], Browser]
) -> None:
    browser = browsing("owner@example.com")
    page = browser.look(f"/ads/{ad}")
    assert f'hx-post="/ads/{ad}/verdict" hx-trigger="load"' in page
    asked = browser.send(f"/ads/{ad}/verdict").text
    found = re.search(r'hx-get="(/ads/[^"]+)" hx-trigger="every 1s"', asked)
    assert found is not None
    assert "Asked" in browser.look(found[1])
    with db.transaction(owner.actor) as session:
        session.execute(
            text(
                """
                UPDATE platform_verdicts
                SET
                    status = 'done',
                    manner = 'validated',
                    answered_at = now(),
                    objections = '[{"object": "budget", "field": "budget.amount", "rule": "Google Ads refuses it.",
                        "fix": "Change it.", "words": "Too <low>.", "code": "x", "request_id": "req-1"}]'
                """
            )
        )
    answered = browser.look(found[1])
    assert "Would refuse it" in answered
    assert "<q>Too &lt;low&gt;.</q>" in answered
    assert "req-1" in answered
    assert "hx-trigger" not in answered
    whole = browser.look(f"/ads/{ad}")
    assert "Would refuse it" in whole
    assert "Deploy</button>" in whole, "a refused verdict keeps nobody from deploying"
    assert "planned by owner@example.com" in whole


def test_another_tenant_reads_no_verdict_on_a_page(
    owner: Visitor, stranger: Visitor, ad: UUID, browsing: Callable[[str], Browser]
) -> None:
    browser = browsing("owner@example.com")
    asked = browser.send(f"/ads/{ad}/verdict").text
    found = re.search(r'hx-get="(/ads/[^"]+)"', asked)
    assert found is not None
    browsing("stranger@example.com").look(found[1].replace("&amp;", "&"), status=404)


# What is stale -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", STALE)
def test_the_api_refuses_a_stale_plan_and_says_what_is_different(
    owner: Visitor, ad: UUID, meanwhile: Meanwhile, reason: str
) -> None:
    plan = owner.post(f"/v1/ads/{ad}/plan")["fingerprint"]
    meanwhile(reason, ad)
    refused = owner.post(f"/v1/ads/{ad}/deploy", {"accept_losses": True, "plan": plan}, status=422)
    assert refused["code"] == "plan_is_stale"
    assert [error["rule"] for error in refused["errors"]] == [STALE[reason]]
    assert campaigns.of_ad(owner.actor, ad_id=ad) == ()


@pytest.mark.parametrize("reason", STALE)
def test_the_page_refuses_a_stale_plan_and_shows_the_new_one(
    owner: Visitor, ad: UUID, meanwhile: Meanwhile, browsing: Callable[[str], Browser], reason: str
) -> None:
    browser = browsing("owner@example.com")
    shown = re.search(r'name="plan" value="([^"]+)"', browser.look(f"/ads/{ad}"))
    assert shown is not None
    meanwhile(reason, ad)
    refused = browser.send(f"/ads/{ad}/deploy", {"accept_losses": "true", "plan": shown[1]})
    assert refused.status_code == 422
    assert STALE[reason] in refused.text
    newer = re.search(r'name="plan" value="([^"]+)"', refused.text)
    assert newer is not None
    assert newer[1] != shown[1]


# Who applies ---------------------------------------------------------------------------------------------------------


def test_who_planned_through_the_api_deploys_neither_there_nor_on_the_page(
    owner: Visitor, ad: UUID, visiting: Visiting, browsing: Callable[[str], Browser]
) -> None:
    two_needed(owner, ad)
    body = {"accept_losses": True}
    assert owner.post(f"/v1/ads/{ad}/deploy", body, status=422)["code"] == "second_person"
    asked = owner.post(f"/v1/ads/{ad}/requests", status=201)
    assert (asked["status"], asked["requester"]) == ("requested", "owner@example.com")
    assert owner.post(f"/v1/ads/{ad}/deploy", body, status=422)["code"] == "second_person"
    browser = browsing("owner@example.com")
    page = browser.look(f"/ads/{ad}")
    assert "Another person has to deploy what you planned" in page
    assert "planned by owner@example.com" in page
    assert "Deploy</button>" not in page
    refused = browser.send(f"/ads/{ad}/deploy", {"accept_losses": "true"})
    assert refused.status_code == 422
    assert "You planned this yourself" in refused.text
    second = colleague(owner, visiting)
    second.post(f"/v1/ads/{ad}/deploy", body, status=202)
    (kept,) = owner.get(f"/v1/ads/{ad}/requests")["items"]
    assert (kept["status"], kept["applier"]) == ("applied", "second@example.com")


def test_who_planned_on_the_page_does_not_deploy_through_the_api_and_the_other_does_on_the_page(
    owner: Visitor, ad: UUID, visiting: Visiting, browsing: Callable[[str], Browser]
) -> None:
    two_needed(owner, ad)
    second = colleague(owner, visiting)
    mine, theirs = browsing("owner@example.com"), browsing("second@example.com")
    assert theirs.done("/account/tenant", {"tenant": str(owner.id)}) == "/"
    assert "Ask a second person</button>" in theirs.look(f"/ads/{ad}")
    theirs.done(f"/ads/{ad}/request")
    assert second.post(f"/v1/ads/{ad}/deploy", {"accept_losses": True}, status=422)["code"] == "second_person"
    page = mine.look(f"/ads/{ad}")
    assert "Deployment, planned by second@example.com" in page
    assert "Deploy</button>" in page
    mine.done(f"/ads/{ad}/deploy", {"accept_losses": "true"})
    assert len(campaigns.history(owner.actor, ad_id=ad)) == 1


def test_another_tenants_member_is_refused_at_every_door(
    owner: Visitor, stranger: Visitor, ad: UUID, browsing: Callable[[str], Browser]
) -> None:
    two_needed(owner, ad)
    owner.post(f"/v1/ads/{ad}/requests", status=201)
    for path in ("deploy", "requests"):
        stranger.post(f"/v1/ads/{ad}/{path}", status=404)
    posing = stranger.sending(x_adloom_tenant=str(owner.id))
    posing.post(f"/v1/ads/{ad}/deploy", {"accept_losses": True}, status=404)
    assert browsing("stranger@example.com").send(f"/ads/{ad}/deploy").status_code == 404
    assert campaigns.history(owner.actor, ad_id=ad) == ()


def test_a_stale_request_is_refused_with_what_is_different(
    owner: Visitor, ad: UUID, visiting: Visiting, meanwhile: Meanwhile
) -> None:
    two_needed(owner, ad)
    owner.post(f"/v1/ads/{ad}/requests", status=201)
    meanwhile("changed there", ad)
    refused = colleague(owner, visiting).post(f"/v1/ads/{ad}/deploy", {"accept_losses": True}, status=422)
    assert [error["rule"] for error in refused["errors"]] == [STALE["changed there"]]
    assert owner.get(f"/v1/ads/{ad}/requests")["items"][0]["is_stale"] is True


def test_only_the_owner_sets_on_the_page_that_two_are_needed(
    owner: Visitor, ad: UUID, visiting: Visiting, browsing: Callable[[str], Browser]
) -> None:
    client = two_needed(owner, ad)
    colleague(owner, visiting)
    theirs = browsing("second@example.com")
    theirs.done("/account/tenant", {"tenant": str(owner.id)})
    assert "a second person applies" in theirs.look("/account")
    assert theirs.send(f"/account/clients/{client}/second-person", {"required": "false"}).status_code == 403
    mine = browsing("owner@example.com")
    assert mine.done(f"/account/clients/{client}/second-person", {"required": "false"}) == "/account"
    assert "one person is enough" in mine.look("/account")


def test_a_member_acts_at_the_command_line_with_the_rights_they_have_there(owner: Visitor, visiting: Visiting) -> None:
    second = colleague(owner, visiting)
    acting: Any = people.operator(email="owner@example.com", member="second@example.com")
    assert isinstance(acting, Actor)
    assert (acting.tenant_id, acting.person_id) == (owner.id, second.id)
    identity.add_member(owner.actor, email="second@example.com", role="viewer")
    assert people.operator(email="owner@example.com", member="second@example.com").role == "viewer"


def test_a_putting_back_is_asked_for_on_the_page_and_done_by_another_person_through_the_api(
    owner: Visitor, visiting: Visiting, browsing: Callable[[str], Browser]
) -> None:
    ad_id, campaign_id, _ = standing(owner.actor)
    two_needed(owner, ad_id)
    second = colleague(owner, visiting)
    path, body = f"/v1/campaigns/{campaign_id}/reconcile", {"how": "put_back"}
    refused = owner.post(path, body, status=422)
    assert refused["code"] == "second_person"
    assert f"adloom ad request {ad_id} --put-back {campaign_id}" in refused["detail"]
    browser = browsing("owner@example.com")
    page = f"/ads/{ad_id}/reconcile?campaign={campaign_id}&how=put_back"
    asking = browser.look(page)
    assert "The client requires that another person does it." in asking
    assert "Ask a second person</button>" in asking
    plan = re.search(r'name="plan" value="([^"]+)"', asking)
    assert plan is not None
    form = {"campaign": str(campaign_id), "operation": "put_back", "plan": plan[1]}
    assert browser.done(f"/ads/{ad_id}/request", form) == f"/ads/{ad_id}"
    assert "You asked for this: another person has to do it." in browser.look(page)
    assert "Put ours back</a>, planned by owner@example.com" in browser.look(f"/ads/{ad_id}")
    assert second.post(path, body, status=202)["deployment_ids"]
    (kept,) = owner.get(f"/v1/ads/{ad_id}/requests")["items"]
    assert (kept["operation"], kept["status"], kept["applier"]) == ("put_back", "applied", "second@example.com")


def test_an_undo_is_asked_for_through_the_api_and_what_is_of_no_campaign_is_refused(
    owner: Visitor, visiting: Visiting
) -> None:
    ad_id, campaign_id, _ = standing(owner.actor)
    two_needed(owner, ad_id)
    path = f"/v1/ads/{ad_id}/requests"
    refused = owner.post(path, {"operation": "put_back"}, status=422)
    assert refused["errors"][0]["field"] == "campaign"
    assert owner.post(path, {"operation": "undo"}, status=409)["code"] == "conflict", "a delete needs nobody"
    body = {"operation": "put_back", "campaign": str(campaign_id), "fields": ["budget.amount"]}
    asked = owner.post(path, body, status=201)
    assert asked["operation"] == "put_back"
    assert [each["field"] for each in asked["plan"]["taken"]] == ["budget.amount"]
    another = ads.create(owner.actor, data=plain_ad(platforms=GOOGLE)).id
    two = f"/v1/ads/{another}/requests"
    owner.post(two, {"operation": "put_back", "campaign": str(campaign_id)}, status=404)
