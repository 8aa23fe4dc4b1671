"""Facts go in once: whatever the order, however often, with what the platform takes back, and never a row lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from sqlalchemy import text
from tests.rooms import rows

from adloom.core.actor import Actor
from adloom.db import partitions
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.metrics import ingest, queries, staging
from adloom.metrics.grains import DAY, Grain
from adloom.metrics.ingest import Pull
from adloom.metrics.staging import Asked, Fact
from adloom.metrics.types import By, Ingested
from adloom.platforms.facts import DailyFact

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
PULLED = datetime(2026, 12, 1, tzinfo=UTC)


def fact(campaign: str, day: int, **values: Any) -> DailyFact:
    given_: dict[str, Any] = {"impressions": 1000, "clicks": 10, "spend": Decimal("12.345678"), "currency": "USD"}
    return DailyFact(campaign, date(2026, 11, day), **{**given_, **values})


def put(
    actor: Actor,
    account_id: UUID,
    facts: Iterable[Fact],
    *,
    since: date = FIRST,
    until: date = LAST,
    pulled_at: datetime = PULLED,
    currency: str = "USD",
    grain: Grain = DAY,
) -> Ingested:
    asked = Asked("America/Los_Angeles", currency, since, until)
    pull = Pull(uuid4(), actor.tenant_id, account_id, since, until, asked.time_zone, pulled_at)
    with staging.spooled(facts, asked) as lines, db.transaction(actor) as session:
        return ingest.ingest(session, lines, grain=grain, pull=pull)


def held(actor: Actor) -> dict[tuple[str, date], tuple[Any, ...]]:
    with db.reading(actor) as session:
        found = session.execute(
            text(
                """
                SELECT
                    campaigns.platform_campaign_id,
                    campaign_metrics.date,
                    impressions,
                    clicks,
                    spend_amount,
                    spend_currency,
                    conversions,
                    conversion_value
                FROM campaign_metrics
                JOIN campaigns ON campaigns.id = campaign_metrics.campaign_id
                """
            )
        ).all()
    return {(row[0], row[1]): tuple(row[2:]) for row in found}


def as_held(facts: Sequence[DailyFact]) -> dict[tuple[str, date], tuple[Any, ...]]:
    return {
        (f.platform_campaign_id, f.date): (
            f.impressions,
            f.clicks,
            f.spend,
            f.currency,
            f.conversions,
            f.conversion_value,
        )
        for f in facts
    }


@pytest.fixture
def account_id(actor: Actor) -> UUID:
    """An account with the campaigns `a` and `b`."""
    made = rows.account(actor)
    for name in ("a", "b"):
        rows.campaign(actor, made, platform_campaign_id=name, name=name)
    return made


def test_the_same_pull_twice_changes_nothing(actor: Actor, account_id: UUID) -> None:
    facts = [fact("a", 1, conversions=Decimal("0.333333")), fact("a", 2), fact("b", 1, conversions=Decimal(0))]
    assert put(actor, account_id, facts).changed == 3
    assert held(actor) == as_held(facts)
    assert put(actor, account_id, facts).changed == 0


def test_what_is_not_reported_stays_unknown_and_is_no_zero(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [fact("a", 1), fact("b", 1, conversions=Decimal(0), conversion_value=Decimal(0))])
    unknown, zero = held(actor)["a", FIRST], held(actor)["b", FIRST]
    assert (unknown[-2:], zero[-2:]) == ((None, None), (0, 0))
    (a, b) = queries.show(actor, since=FIRST, until=LAST, by=(By.CAMPAIGN,))
    assert (a.conversions, a.roas, b.conversions, b.roas) == (None, None, 0, 0)


def test_a_restatement_takes_the_place_of_what_was_said_before(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [fact("a", 1), fact("a", 2, conversions=Decimal(1))])
    restated = [fact("a", 1), fact("a", 2, conversions=Decimal(3), spend=Decimal("11.5"), clicks=9)]
    assert put(actor, account_id, restated).changed == 1
    assert held(actor) == as_held(restated)


def test_a_day_that_the_platform_took_back_is_nothing_and_no_longer_what_it_was(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [fact("a", 1, conversions=Decimal(2)), fact("b", 1), fact("a", 2)])
    assert put(actor, account_id, [fact("a", 2)]).changed == 2
    assert held(actor)["a", FIRST] == (0, 0, 0, "USD", 0, None)
    assert held(actor)["b", FIRST] == (0, 0, 0, "USD", None, None), "what was unknown stays unknown"
    assert put(actor, account_id, [fact("a", 2)]).changed == 0


def test_a_day_outside_of_what_was_asked_is_left_alone(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [fact("a", 1), fact("a", 20)])
    put(actor, account_id, [], since=date(2026, 11, 10), until=LAST)
    assert held(actor)["a", FIRST][0] == 1000
    assert held(actor)["a", date(2026, 11, 20)][0] == 0


def test_campaigns_that_are_not_ours_are_counted_and_named_and_harm_nothing(
    actor: Actor, second_tenant: Actor, account_id: UUID
) -> None:
    other = rows.account(second_tenant)
    rows.campaign(second_tenant, other, platform_campaign_id="theirs")
    done = put(actor, account_id, [fact("a", 1), fact("x", 1), fact("x", 2), fact("theirs", 1)])
    assert (done.rows, done.changed, dict(done.foreign)) == (4, 1, {"theirs": 1, "x": 2})
    assert set(held(actor)) == {("a", FIRST)}
    assert held(second_tenant) == {}


def test_a_report_that_breaks_half_way_leaves_nothing_behind(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [fact("a", 1)])

    def breaking() -> Any:
        yield fact("a", 2)
        raise RuntimeError("the page broke off")

    with pytest.raises(RuntimeError):
        put(actor, account_id, breaking(), since=date(2026, 11, 2))
    assert set(held(actor)) == {("a", FIRST)}
    with db.reading(actor) as session:
        covered = queries.covered_days(session, account_id=account_id, time_zone="UTC")
    assert set(covered) == {FIRST + timedelta(days=n) for n in range(30)}


def test_a_day_older_than_every_partition_is_kept_and_moved_to_its_own(
    actor: Actor, account_id: UUID, database: Urls
) -> None:
    old = replace(fact("a", 1), date=date(2019, 3, 4))
    put(actor, account_id, [old], since=old.date, until=old.date)
    assert held(actor) == as_held([old])
    (waiting,) = [table for table in partitions.tables(database.owner) if table.table == "campaign_metrics"]
    assert waiting.default_rows == 1
    assert partitions.drain(database.owner) == {"account_metrics": 1, "campaign_metrics": 1, "campaign_weeks": 1}
    assert held(actor) == as_held([old])
    assert put(actor, account_id, [old], since=old.date, until=old.date).changed == 0


def test_two_pulls_of_one_account_wait_for_each_other(actor: Actor, account_id: UUID) -> None:
    failures: list[BaseException] = []

    def pull(clicks: int) -> None:
        try:
            put(actor, account_id, [fact("a", day, clicks=clicks) for day in range(1, 29)])
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=pull, args=(clicks,)) for clicks in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({values[1] for values in held(actor).values()}) == 1, "all days are of one pull"


def test_a_campaign_of_one_client_is_not_seen_by_another_ones_member(actor: Actor) -> None:
    acme, other = rows.client(actor, "Acme"), rows.client(actor, "Other")
    theirs = rows.account(actor, client_id=acme)
    rows.campaign(actor, theirs, platform_campaign_id="a")
    put(actor, theirs, [fact("a", 1)])
    shown = [
        len(queries.show(replace(actor, client_id=client), since=FIRST, until=LAST, by=()))
        for client in (None, acme, other)
    ]
    assert shown == [1, 1, 0]


def test_sums_are_of_one_currency_and_say_how_old_they_are(actor: Actor, account_id: UUID) -> None:
    euros = rows.account(actor, external_id="2", currency="EUR")
    rows.campaign(actor, euros, platform_campaign_id="e", name="e")
    put(actor, account_id, [fact("a", 1), fact("a", 2), fact("b", 2)])
    put(actor, euros, [fact("e", 1, currency="EUR")], currency="EUR", pulled_at=PULLED - timedelta(hours=1))
    totals = queries.show(actor, since=FIRST, until=LAST, by=())
    assert [(row.currency, row.spend, row.as_of) for row in totals] == [
        ("EUR", Decimal("12.345678"), PULLED - timedelta(hours=1)),
        ("USD", Decimal("37.037034"), PULLED),
    ]
    assert totals[1].ctr == Decimal("0.0100")
    by_day = queries.show(actor, since=FIRST, until=LAST, by=(By.DAY,))
    assert [(row.date, row.currency, row.impressions) for row in by_day] == [
        (FIRST, "EUR", 1000),
        (FIRST, "USD", 1000),
        (date(2026, 11, 2), "USD", 2000),
    ]


_VALUES = st.fixed_dictionaries(
    {
        "impressions": st.integers(0, 10**9),
        "clicks": st.integers(0, 10**8),
        "spend": st.decimals(0, 10**9, places=6),
        "conversions": st.one_of(st.none(), st.decimals(0, 10**6, places=6)),
        "conversion_value": st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=6)),
    }
)
_PULLS = st.lists(st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(1, 30)), _VALUES), max_size=4)


@options(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_PULLS, st.randoms(use_true_random=False))
def test_what_is_held_is_what_the_newest_pull_said(
    actor: Actor, account_id: UUID, pulls: list[dict[tuple[str, int], dict[str, Any]]], chance: random.Random
) -> None:
    for pull in [*pulls, {}]:
        facts = [fact(campaign, day, **values) for (campaign, day), values in pull.items()]
        chance.shuffle(facts)
        put(actor, account_id, facts)
        something = {key: values for key, values in held(actor).items() if key in as_held(facts)}
        assert something == as_held(facts)
        nothing = {values[:3] for key, values in held(actor).items() if key not in as_held(facts)}
        assert nothing <= {(0, 0, Decimal(0))}
