"""Budgets of campaigns and of clients beside what was spent of them, from the rows that pulls and deployments leave."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.rooms import rows
from tests.rooms.metrics.test_ingest import fact, put

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.identity import actions as identity
from adloom.metrics import pacing
from adloom.metrics.pacing import Paces
from adloom.platforms.types import Platform

#: Noon of 11 November in Los Angeles: of 30 days ten are over.
NOW = datetime(2026, 11, 11, 20, tzinfo=UTC)
MIDNIGHT = "2026-11-11T08:00:00+00:00"

_IMPORTED = text("UPDATE ads SET budget_data = CAST(:budget AS jsonb), unified_data = CAST(:data AS jsonb)")
_APPLIED = text("UPDATE campaigns SET spec = CAST(:spec AS jsonb) WHERE id = :id")


@pytest.fixture
def client_id(actor: Actor) -> UUID:
    """A client with 300 dollars a month."""
    made = identity.add_client(actor, name="Shoes")
    identity.set_caps(actor, client_id=made.id, currency="USD", daily_cap=None, monthly_budget=Decimal(300))
    return made.id


def shows(actor: Actor, *, budget: dict[str, Any] | None, start: str | None = None, end: str | None = None) -> None:
    """What the platforms tell of every campaign."""
    told = {"imported": {name: value for name, value in (("start", start), ("end", end)) if value}}
    with db.transaction(actor) as session:
        session.execute(_IMPORTED, {"budget": json.dumps(budget or {}), "data": json.dumps(told)})


def amount(value: str, type_: str = "DAILY", currency: str = "USD") -> dict[str, Any]:
    return {"type": type_, "amount": {"value": value, "currency": currency}}


def show(actor: Actor, *, client_id: UUID | None = None) -> Paces:
    return pacing.show(actor, client_id=client_id, now=NOW)


def one(found: Paces) -> dict[str, Any]:
    (only,) = found.campaigns
    return only.as_json()


def told(pace: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(pace[name] for name in ("budget", "spend", "elapsed", "pace", "projection", "days_left"))


def days(gaps: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(gap["external_id"], gap["from"], gap["to"]) for gap in gaps]


UNKNOWN = (None, None, None, None)


@pytest.fixture
def account_id(actor: Actor) -> UUID:
    """An account with one campaign, and the days of this month that are over: twelve dollars on each of ten."""
    made = rows.account(actor)
    rows.campaign(actor, made, platform_campaign_id="a")
    pull(actor, made)
    return made


def pull(actor: Actor, account_id: UUID, *, since: int = 1, until: int = 10, campaign: str = "a") -> None:
    facts = [fact(campaign, day, spend=Decimal(12)) for day in range(since, until + 1)]
    put(actor, account_id, facts, since=date(2026, 11, since), until=date(2026, 11, until), pulled_at=NOW)


def test_a_daily_budget_is_held_against_the_month(actor: Actor, account_id: UUID) -> None:
    shows(actor, budget=amount("10"), start="2026-01-01T08:00:00+00:00")
    found = one(show(actor))
    assert told(found) == ("300.00", "120.00", "0.3333", "1.2", "360.00", 20)
    assert (found["from"], found["to"], found["budget_type"]) == ("2026-11-01", "2026-11-30", "DAILY")
    assert datetime.fromisoformat(found["through"]) == datetime.fromisoformat(MIDNIGHT)


def test_a_lifetime_budget_is_held_against_its_flight(actor: Actor, account_id: UUID) -> None:
    shows(actor, budget=amount("200", "LIFETIME"), start="2026-11-01T07:00:00+00:00", end="2026-11-21T08:00:00+00:00")
    assert told(one(show(actor))) == ("200.00", "120.00", "0.5", "1.2", "240.00", 10)


def test_a_lifetime_budget_without_an_end_has_no_pace(actor: Actor, account_id: UUID) -> None:
    shows(actor, budget=amount("200", "LIFETIME"), start="2026-11-01T07:00:00+00:00")
    found = one(show(actor))
    assert (told(found)[1:5], found["note"]) == (UNKNOWN, "the end of its flight is not known")


def test_a_campaign_whose_budget_its_platform_does_not_tell_has_no_pace(actor: Actor, account_id: UUID) -> None:
    shows(actor, budget=None)
    found = one(show(actor))
    assert (found["budget"], told(found)[1:5]) == (None, UNKNOWN)
    assert found["note"] == "its platform tells no budget of its own"


def test_a_day_that_was_not_pulled_makes_the_spend_unknown_and_not_less(actor: Actor) -> None:
    account_id = rows.account(actor)
    rows.campaign(actor, account_id, platform_campaign_id="a")
    shows(actor, budget=amount("10"), start="2026-01-01T08:00:00+00:00")
    for since, until in ((1, 4), (6, 10)):
        pull(actor, account_id, since=since, until=until)
    found = one(show(actor))
    assert (told(found)[1:5], found["budget"], found["note"]) == (UNKNOWN, "300.00", pacing._LACKING)
    assert days(found["unknown"]) == [("1234567890", "2026-11-05", "2026-11-05")]
    pull(actor, account_id, since=5, until=5)
    found = one(show(actor))
    assert (found["spend"], found["unknown"], found["uncertain"]) == ("120.00", [], [])


def test_a_projection_of_days_that_may_be_others_says_so_and_which(actor: Actor, client_id: UUID) -> None:
    account_id = rows.account(actor, Platform.MICROSOFT_ADS, client_id=client_id)
    rows.campaign(actor, account_id, platform_campaign_id="a")
    shows(actor, budget=amount("10"), start="2026-01-01T08:00:00+00:00")
    pull(actor, account_id)
    found = show(actor)
    (client,) = found.clients
    for each in (one(found), client.as_json()):
        assert (each["projection"], each["note"], each["unknown"]) == ("360.00", pacing._UNCERTAIN, [])
        assert days(each["uncertain"]) == [("1234567890", "2026-11-01", "2026-11-10")]
    assert [(gap.since.day, gap.until.day) for gap in found.uncertain] == [(1, 10)], "each day once"
    with db.transaction(actor) as session:
        session.execute(text('UPDATE platform_accounts SET attributes = \'{"report_zone": "utc"}\''))
    decided = one(show(actor))
    assert (decided["projection"], decided["note"], decided["uncertain"]) == ("360.00", None, [])


def test_a_flight_to_come_has_no_pace_yet(actor: Actor, account_id: UUID) -> None:
    shows(actor, budget=amount("10"), start="2026-11-20T08:00:00+00:00")
    found = one(show(actor))
    assert (found["budget"], told(found)[1:5], found["note"]) == ("110.00", UNKNOWN, "its flight has not begun")
    shows(actor, budget=amount("10"), start="2026-12-20T08:00:00+00:00")
    assert one(show(actor))["note"] == "it does not run in this month"


def test_spend_in_another_currency_is_not_held_against_the_budget(actor: Actor, account_id: UUID) -> None:
    shows(actor, budget=amount("10", currency="EUR"), start="2026-01-01T08:00:00+00:00")
    found = one(show(actor))
    assert told(found)[1:5] == UNKNOWN
    assert found["note"] == "also spent, and not held against a budget in EUR: 120.00 USD"


def test_an_ad_of_ones_own_is_paced_by_what_was_applied_on_its_platform(actor: Actor, account_id: UUID) -> None:
    with db.transaction(actor) as session:
        campaign_id = session.execute(text("SELECT id FROM campaigns")).scalar_one()
        session.execute(text("UPDATE ads SET origin = 'composed'"))
        spec = {
            "start": "2026-10-01T00:00:00+00:00",
            "ad": {
                "budget": amount("99"),
                "platforms": {"google_ads": {"budget": amount("10")}},
                "schedule": {"end": "2026-11-20T23:59:59"},
            },
        }
        session.execute(_APPLIED, {"id": campaign_id, "spec": json.dumps(spec)})
    found = one(show(actor))
    assert (found["budget"], found["to"], found["spend"]) == ("200.00", "2026-11-20", "120.00")


def test_what_was_deleted_has_no_pace_but_has_spent_of_its_clients_month(actor: Actor, client_id: UUID) -> None:
    account_id = rows.account(actor, client_id=client_id)
    for name in ("a", "gone"):
        rows.campaign(actor, account_id, platform_campaign_id=name)
    facts = [fact(name, day, spend=Decimal(6)) for day in range(1, 11) for name in ("a", "gone")]
    put(actor, account_id, facts, since=date(2026, 11, 1), until=date(2026, 11, 10), pulled_at=NOW)
    shows(actor, budget=amount("10"), start="2026-01-01T08:00:00+00:00")
    with db.transaction(actor) as session:
        session.execute(text("UPDATE campaigns SET deleted_at = now() WHERE platform_campaign_id = 'gone'"))
    found = show(actor)
    assert [each.campaign.platform_campaign_id for each in found.campaigns] == ["a"]
    (client,) = found.clients
    assert told(client.as_json()) == ("300.00", "120.00", "0.3333", "1.2", "360.00", 20)


def test_a_clients_month_is_unknown_while_one_of_its_accounts_is(actor: Actor, client_id: UUID) -> None:
    first = rows.account(actor, client_id=client_id)
    rows.campaign(actor, first, platform_campaign_id="a")
    pull(actor, first)
    second = rows.account(actor, external_id="2", client_id=client_id)
    rows.campaign(actor, second, platform_campaign_id="b")
    shows(actor, budget=amount("10"), start="2026-01-01T08:00:00+00:00")
    (client,) = show(actor).clients
    assert (told(client.as_json())[1:5], client.pace.note) == (UNKNOWN, pacing._LACKING)
    assert days(client.as_json()["unknown"]) == [("2", "2026-11-01", "2026-11-10")]
    pull(actor, second, campaign="b")
    (client,) = show(actor, client_id=client_id).clients
    assert told(client.as_json()) == ("300.00", "240.00", "0.3333", "2.4", "720.00", 20)


@pytest.mark.parametrize(("deleted", "is_known"), [("2026-09-20", True), ("2026-11-03", False)])
def test_an_account_without_a_campaign_any_more_hides_no_clients_month(
    actor: Actor, client_id: UUID, account_id: UUID, deleted: str, is_known: bool
) -> None:
    """It was disconnected since, and nobody pulls it: of a month in which something stood there days are unknown."""
    left = rows.account(actor, external_id="2", client_id=client_id, status="disconnected")
    rows.campaign(actor, left, platform_campaign_id="gone")
    stands = rows.account(actor, external_id="3", client_id=client_id)
    rows.campaign(actor, stands, platform_campaign_id="b")
    pull(actor, stands, campaign="b")
    shows(actor, budget=amount("10"), start="2026-01-01T08:00:00+00:00")
    with db.transaction(actor) as session:
        session.execute(
            text("UPDATE campaigns SET deleted_at = :deleted WHERE platform_campaign_id = 'gone'"),
            {"deleted": f"{deleted}T20:00:00+00:00"},
        )
    (client,) = show(actor, client_id=client_id).clients
    if is_known:
        assert told(client.as_json()) == ("300.00", "120.00", "0.3333", "1.2", "360.00", 20)
        return
    assert days(client.as_json()["unknown"]) == [("2", "2026-11-01", "2026-11-03")]
    pull(actor, left, until=3, campaign="gone")
    (client,) = show(actor, client_id=client_id).clients
    assert told(client.as_json())[1:3] == ("156.00", "0.3333"), "what is whole delays nothing"


def test_a_client_that_spends_in_other_currencies_has_no_pace(actor: Actor, client_id: UUID) -> None:
    account_id = rows.account(actor, client_id=client_id, currency="EUR")
    rows.campaign(actor, account_id, platform_campaign_id="a")
    facts = [fact("a", day, spend=Decimal(1), currency="EUR") for day in range(1, 11)]
    put(actor, account_id, facts, since=date(2026, 11, 1), until=date(2026, 11, 10), pulled_at=NOW, currency="EUR")
    (client,) = show(actor).clients
    assert (client.pace.spend, client.pace.note) == (
        None,
        "also spent, and not held against a budget in USD: 10.00 EUR",
    )


def test_nobody_sees_anothers_budgets(actor: Actor, second_tenant: Actor, client_id: UUID, account_id: UUID) -> None:
    shows(actor, budget=amount("10"))
    found = show(second_tenant)
    assert (found.campaigns, found.clients) == ((), ())
