"""The kill switch at the doors: the API's answer and its outcome, the page with its button, and who may press it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.doors import showing
from tests.doors.browsing import Browser
from tests.doors.test_web import opening
from tests.doors.visitors import Visitor
from tests.rooms.ads.writing import plain_ad

from adloom.ads import actions as ads
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries
from adloom.core.actor import Actor
from adloom.identity import actions as identity
from adloom.jobs import queries as jobs
from adloom.platforms.types import Platform

__all__ = ["opening"]

STOP = "/v1/stop-everything"
ACCOUNT = "1234567890"


def being_made(actor: Actor) -> UUID:
    """A campaign that is on its way to Google, where the account is connected."""
    showing.account(actor, Platform.GOOGLE_ADS, external_id=ACCOUNT)
    ad_id = ads.create(actor, data=plain_ad(platforms={"google_ads": {"account": ACCOUNT}})).id
    campaigns.deploy(actor, ad_id=ad_id, accept_losses=True)
    return ad_id


def outcome(visitor: Visitor, asked: dict[str, Any], **narrowed: Any) -> dict[str, Any]:
    found: dict[str, Any] = visitor.get(STOP, params={"since": asked["asked_at"], **narrowed})
    return found


def test_a_stop_is_queued_once_followed_and_told_by_name(owner: Visitor) -> None:
    ad_id = being_made(owner.actor)
    asked = owner.post(STOP, status=202)
    assert (len(asked["job_ids"]), asked["not_stopped"]) == (1, [])
    assert owner.get(f"/v1/jobs/{asked['job_id']}")["type"] == "campaigns.apply"
    again = owner.post(STOP, {}, status=202)
    assert (again["job_ids"], again["deployment_ids"]) == (asked["job_ids"], asked["deployment_ids"])
    found = outcome(owner, asked)
    assert (found["stopped"], found["seconds"], found["is_over"]) == ([], 0.0, False)
    (running,) = found["not_stopped"]
    assert (running["platform"], running["ad"]["id"]) == ("google_ads", str(ad_id))
    assert running["campaign"]["name"]
    assert running["reason"]
    assert "https://ads.google.com/" in running["cure"]


def test_a_repeated_request_gets_the_first_answer(owner: Visitor) -> None:
    being_made(owner.actor)
    first = owner.post(STOP, status=202, headers={"Idempotency-Key": "stop"})
    assert owner.post(STOP, status=202, headers={"Idempotency-Key": "stop"}) == first


def test_it_is_narrowed_to_an_account_or_a_client_that_is_there(owner: Visitor) -> None:
    being_made(owner.actor)
    client = owner.post("/v1/clients", {"name": "Acme"}, status=201)
    assert owner.post(STOP, {"client_id": client["id"]}, status=202)["job_ids"] == []
    for wrong in ({"client_id": str(uuid4())}, {"account": "99"}):
        owner.post(STOP, wrong, status=404)
    owner.post(STOP, {"account": ACCOUNT, "all": True}, status=422)
    owner.post(STOP, {"clients": "Acme"}, status=422)
    asked = owner.post(STOP, {"account": "123-456-7890"}, status=202)
    assert len(asked["job_ids"]) == 1
    assert len(outcome(owner, asked, account=ACCOUNT)["not_stopped"]) == 1
    assert outcome(owner, asked, client_id=client["id"])["not_stopped"] == []


def test_a_stranger_stops_their_own_and_only_an_administrator_everyones(owner: Visitor, stranger: Visitor) -> None:
    theirs = being_made(stranger.actor)
    assert owner.post(STOP, status=202)["job_ids"] == []
    stranger.post(STOP, {"all": True}, status=403)
    assert [d.type for d in queries.history(stranger.actor, ad_id=theirs)] == ["create"], "nothing was asked for yet"
    asked = owner.post(STOP, {"all": True}, status=202)
    assert len(asked["job_ids"]) == 1
    assert jobs.get(stranger.actor, job_id=UUID(asked["job_id"])) is not None
    stranger.get(STOP, params={"since": asked["asked_at"], "all": True}, status=403)
    assert [each["ad"]["id"] for each in outcome(owner, asked, all=True)["not_stopped"]] == [str(theirs)]


def test_a_viewer_stops_nothing(owner: Visitor, stranger: Visitor) -> None:
    ad_id = being_made(owner.actor)
    identity.add_member(owner.actor, email="stranger@example.com", role="viewer")
    viewer = stranger.sending(x_adloom_tenant=str(owner.id))
    viewer.post(STOP, status=403)
    assert len(queries.history(owner.actor, ad_id=ad_id)) == 1


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-26T00:00:00", "%00"])
def test_a_moment_that_is_none_is_refused(owner: Visitor, since: str) -> None:
    owner.get(f"{STOP}?since={since}", status=422)


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_moment_long_ago_or_far_away_is_answered(owner: Visitor, since: str) -> None:
    being_made(owner.actor)
    owner.post(STOP, status=202)
    assert len(owner.get(STOP, params={"since": since})["not_stopped"]) == 1


def test_the_button_asks_first_and_then_shows_what_becomes_of_it(opening: Callable[[str], Browser]) -> None:
    owner = opening("owner@example.com")
    assert "There is nothing to stop" in owner.look("/stop-everything")
    being_made(owner.actor)
    for place in ("/", "/campaigns"):
        assert 'href="/stop-everything"' in owner.look(place)
    page = owner.look("/stop-everything")
    assert "1 campaign delivers, or may come to" in page
    assert "Spring sale" in page
    assert "<script>" not in page
    assert [d.type for d in queries.history(owner.actor)] == ["create"], "asking stops nothing"
    place = owner.done("/stop-everything")
    assert [d.type for d in queries.history(owner.actor)] == ["pause", "create"]
    shown = owner.look(place)
    assert "Stopping …" in shown
    assert 'hx-get="/stop-everything/live?' in shown
    assert "Spring sale" in owner.look(place.replace("/outcome", "/live"))
    owner.look(re.sub(r"since=[^&]*", "since=never", place), status=422)


def test_a_form_that_is_not_ours_stops_nothing(opening: Callable[[str], Browser]) -> None:
    owner = opening("owner@example.com")
    being_made(owner.actor)
    assert owner.send("/stop-everything", {"csrf": "0" * 64}).status_code == 403
    assert len(queries.history(owner.actor)) == 1


def test_a_viewer_sees_no_button_and_is_refused(opening: Callable[[str], Browser]) -> None:
    owner, guest = opening("owner@example.com"), opening("guest@example.com")
    being_made(owner.actor)
    identity.add_member(owner.actor, email="guest@example.com", role="viewer")
    guest.done("/account/tenant", {"tenant": str(owner.id)})
    assert "/stop-everything" not in guest.look("/campaigns")
    guest.look("/stop-everything", status=403)
    assert guest.send("/stop-everything").status_code == 403
    assert len(queries.history(owner.actor)) == 1
