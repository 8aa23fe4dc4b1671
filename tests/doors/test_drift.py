"""What was changed on a platform itself, and undoing, through the API and on the page of an ad."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.doors import showing
from tests.doors.browsing import Browser
from tests.doors.visitors import PASSWORD, Visitor
from tests.rooms.ads.writing import plain_ad

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.core.actor import Actor
from adloom.identity import actions as identity
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.types import Platform

BUDGET = Drift("campaign", DriftKind.CHANGED, "budget.amount", "60.00 USD", "99.00 USD", "99.00")
NAME = Drift("ad_group/main", DriftKind.CHANGED, "name", "main x", "Other people", "Other people")


def standing(actor: Actor) -> tuple[UUID, UUID, UUID]:
    """An ad, its campaign on Google with two things changed there, and the deployment that made it."""
    account_id = showing.account(actor, Platform.GOOGLE_ADS, external_id="1234567890")
    ad_id = ads.create(actor, data=plain_ad(platforms={"google_ads": {"account": "1234567890"}})).id
    campaign_id = showing.campaign(actor, ad_id=ad_id, account_id=account_id, platform=Platform.GOOGLE_ADS)
    showing.applied(actor, campaign_id, ad=dict(ad_queries.get(actor, ad_id=ad_id).data))
    deployment_id = showing.deployed(actor, campaign_id)
    showing.drifted(actor, campaign_id, BUDGET, NAME)
    return ad_id, campaign_id, deployment_id


@pytest.fixture
def browser(http: httpx.Client) -> Iterator[Browser]:
    person_id = identity.create_user(email="owner@example.com", password=PASSWORD)
    with httpx.Client(base_url=http.base_url, timeout=30) as client:
        found = Browser(client, person_id)
        assert found.sign_in("owner@example.com").status_code == 303
        yield found


def test_drift_is_shown_adopted_once_and_stays_in_the_history(owner: Visitor) -> None:
    _, campaign_id, _ = standing(owner.actor)
    path = f"/v1/campaigns/{campaign_id}"
    shown: list[dict[str, Any]] = owner.get(path)["drift"]
    assert sorted((each["object"], each["field"], each["ours"], each["theirs"]) for each in shown) == [
        ("ad_group/main", "name", "main x", "Other people"),
        ("campaign", "budget.amount", "60.00 USD", "99.00 USD"),
    ]
    plan = owner.post(f"{path}/reconcile/plan", {"how": "adopt"})
    assert [each["field"] for each in plan["taken"]] == ["budget.amount"]
    assert [(each["field"], bool(each["why"])) for each in plan["left"]] == [("name", True)]
    adopted = owner.post(f"{path}/reconcile", {"how": "adopt", "plan": plan["fingerprint"]}, status=202)
    assert (len(adopted["deployment_ids"]), adopted["job_ids"]) == (1, [])
    assert [each["field"] for each in owner.get(path)["drift"]] == ["name"]
    refused = owner.post(f"{path}/reconcile", {"how": "adopt"}, status=422)
    assert [each["field"] for each in refused["errors"]] == ["name"]
    history = owner.get(f"{path}/history")["items"]
    assert [each["what"] for each in history] == ["deployment", "drift", "drift", "deployment"]
    newest = history[0]["deployment"]
    assert (newest["reason"], newest["actor_id"]) == ("adopt", str(owner.id))
    assert {each["field"] for each in newest["changes"]} == {"platforms.google_ads.budget"}


def test_putting_back_is_planned_and_queued_once(owner: Visitor) -> None:
    _, campaign_id, _ = standing(owner.actor)
    path = f"/v1/campaigns/{campaign_id}/reconcile"
    plan = owner.post(f"{path}/plan", {"how": "put_back", "fields": ["budget.amount"]})
    (change,) = plan["platforms"]["google_ads"]["changes"]
    assert change["field"] == "budget.amount"
    body = {"how": "put_back", "fields": ["budget.amount"], "plan": plan["fingerprint"]}
    first, second = (owner.post(path, body, status=202) for _ in range(2))
    assert first["deployment_ids"] == second["deployment_ids"]
    stale = owner.post(path, {"how": "put_back", "plan": "00000000-00000000-00000000-00000000-00000000"}, status=409)
    assert "under way" in stale["detail"]


def test_an_undo_is_planned_and_queued_once(owner: Visitor) -> None:
    ad_id, _, deployment_id = standing(owner.actor)
    plan = owner.post(f"/v1/ads/{ad_id}/undo/plan")
    assert [each["deployment_id"] for each in plan["undoes"]] == [str(deployment_id)]
    assert plan["platforms"]["google_ads"]["changes"][0]["effects"] == ["irreversible"]
    first, second = (owner.post(f"/v1/ads/{ad_id}/undo", {"plan": plan["fingerprint"]}, status=202) for _ in range(2))
    assert first["deployment_ids"] == second["deployment_ids"]
    assert owner.post(f"/v1/ads/{ad_id}/undo/plan")["undone_by"] == first["deployment_ids"]


def test_the_page_shows_ours_and_theirs_and_asks_before_anything_is_done(browser: Browser) -> None:
    ad_id, campaign_id, deployment_id = standing(browser.actor)
    page = browser.look(f"/ads/{ad_id}")
    for text in ("Changed on Google Ads itself", "60.00 USD", "99.00 USD", "Other people", "Put ours back", "Undo"):
        assert text in page
    back = browser.look(f"/ads/{ad_id}/reconcile?campaign={campaign_id}&how=put_back")
    assert "Budget amount" in back
    assert "What may be spent" in back
    adopting = browser.look(f"/ads/{ad_id}/reconcile?campaign={campaign_id}&how=adopt")
    assert "What stays as it is there" in adopting
    undo = browser.look(f"/ads/{ad_id}/undo?deployment={deployment_id}")
    assert "cannot be brought back" in undo
    form = {"campaign": str(campaign_id), "how": "adopt"}
    assert browser.done(f"/ads/{ad_id}/reconcile", form) == f"/ads/{ad_id}"
    assert "Adopted" in browser.look(f"/ads/{ad_id}")
    refused = browser.send(f"/ads/{ad_id}/reconcile", {**form, "how": "adopt"})
    assert refused.status_code == 422
    assert browser.done(f"/ads/{ad_id}/undo", {"deployment": str(deployment_id)}) == f"/ads/{ad_id}"
