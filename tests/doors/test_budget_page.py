"""The page on which the budget of a campaign that others made is set: shown first, then applied as it was shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.doors.browsing import Browser
from tests.doors.visitors import PASSWORD
from tests.rooms import rows

from adloom.campaigns import queries as campaigns
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.identity import actions as identity
from adloom.platforms.types import Platform

DAILY = {"type": "DAILY", "amount": {"value": "60.00", "currency": "USD"}}


@pytest.fixture
def owner(http: httpx.Client) -> Iterator[Browser]:
    person_id = identity.create_user(email="owner@example.com", password=PASSWORD)
    with httpx.Client(base_url=http.base_url, timeout=30) as client:
        found = Browser(client, person_id)
        assert found.sign_in("owner@example.com").status_code == 303
        yield found


def theirs(actor: Actor, *, budget: dict[str, Any], note: str | None = None, client_id: UUID | None = None) -> UUID:
    """The ad of a campaign that others made on Meta."""
    account_id = rows.account(actor, Platform.FACEBOOK_ADS, external_id="act_7", client_id=client_id)
    rows.campaign(actor, account_id, platform_campaign_id="700", name="Theirs")
    (campaign,) = campaigns.all_of(actor)
    data = {"platforms": {"facebook_ads": {}}, "imported": {"budget": note} if note else {}}
    with db.owner_connection() as connection:
        connection.execute(
            "UPDATE ads SET unified_data = %s, budget_data = %s WHERE id = %s",
            (json.dumps(data), json.dumps(budget), campaign.ad_id),
        )
    return campaign.ad_id


def fingerprint(page: str) -> str:
    found = re.search(r'name="plan" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_a_budget_is_shown_before_and_after_and_then_set_as_it_was_shown(owner: Browser) -> None:
    ad_id = theirs(owner.actor, budget=DAILY)
    page = f"/ads/{ad_id}/budget"
    assert f'href="{page}"' in owner.look(f"/ads/{ad_id}")
    asks = owner.look(page)
    assert "$60.00 a day" in asks
    assert 'name="plan"' not in asks, "nothing is set that nobody has looked at"
    planned = owner.look(f"{page}?amount=80.00")
    for wanted in ("$60.00 a day → <b>$80.00 a day</b>", "$1,824.00 →", "$2,432.00"):
        assert wanted in planned, wanted
    stale = owner.send(page, {"amount": "90.00", "plan": fingerprint(planned)})
    assert (stale.status_code, "another one by now" in stale.text) == (422, True)
    assert owner.done(page, {"amount": "80.00", "plan": fingerprint(planned)}) == f"/ads/{ad_id}"
    (asked,) = campaigns.history(owner.actor, ad_id=ad_id)
    assert asked.type.value == "update"


def test_the_names_that_it_was_given_there_stand_in_its_history(owner: Browser) -> None:
    ad_id = theirs(owner.actor, budget=DAILY)
    with db.owner_connection() as connection:
        connection.execute(
            "UPDATE campaigns SET earlier_names = %s",
            (json.dumps([{"name": "Spring", "until": "2026-11-02T10:00:00+00:00"}]),),
        )
    page = owner.look(f"/ads/{ad_id}")
    assert "Renamed there" in page
    assert "Spring → Theirs." in page


def test_what_is_no_amount_or_nothing_new_is_said_so(owner: Browser) -> None:
    page = f"/ads/{theirs(owner.actor, budget=DAILY)}/budget"
    assert 'role="alert"' in owner.look(f"{page}?amount=many", status=422)
    assert "USD has 2 decimals" in owner.look(f"{page}?amount=80.001", status=422)
    assert "nothing would be sent" in owner.look(f"{page}?amount=60")


def test_a_budget_far_beyond_the_last_one_has_to_be_written_down(owner: Browser) -> None:
    ad_id = theirs(owner.actor, budget=DAILY)
    planned = owner.look(f"/ads/{ad_id}/budget?amount=6000")
    (sentence,) = re.findall(r"<label><b>([^<]+)</b>", planned)
    form = {"amount": "6000", "plan": fingerprint(planned)}
    refused = owner.send(f"/ads/{ad_id}/budget", form)
    assert refused.status_code >= 400
    assert sentence in refused.text
    assert owner.done(f"/ads/{ad_id}/budget", {**form, "confirm": sentence}) == f"/ads/{ad_id}"


def test_a_shared_budget_is_refused_with_the_platforms_reason(owner: Browser) -> None:
    ad_id = theirs(owner.actor, budget={}, note="Its budget is shared with other campaigns.")
    page = owner.look(f"/ads/{ad_id}/budget")
    assert "cannot be changed from here: Its budget is shared with other campaigns." in page
    assert 'name="amount"' not in page


def test_a_client_with_two_people_is_told_why_nobody_sets_it_here(owner: Browser) -> None:
    client_id = rows.client(owner.actor, "Acme")
    ad_id = theirs(owner.actor, budget=DAILY, client_id=client_id)
    identity.require_second_person(owner.actor, client_id=client_id, required=True)
    page = owner.look(f"/ads/{ad_id}/budget")
    assert "requires that another person applies" in page
    assert 'name="amount"' not in page
    sent = owner.send(f"/ads/{ad_id}/budget", {"amount": "80.00", "plan": "0" * 16})
    assert sent.status_code >= 400
    assert campaigns.history(owner.actor, ad_id=ad_id) == ()
