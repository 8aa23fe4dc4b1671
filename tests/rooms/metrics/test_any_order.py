"""Pulls of one account in any order, twice, and killed half-way leave what they leave in order and once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests.rooms import rows

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import ingest, staging
from adloom.metrics.grains import DAY, HOUR, Grain
from adloom.metrics.ingest import Pull
from adloom.metrics.staging import Asked, Fact
from adloom.platforms.facts import DailyFact, HourlyFact

ZONE = "America/Los_Angeles"
#: The first of the days; hours are kept for a week only.
FIRST = datetime.now(UTC).date() - timedelta(days=4)
START = datetime(2026, 12, 1, tzinfo=UTC)
DAYS = range(4)

#: How a pull may end before it is whole: in the middle of its report, and with everything written but the commit.
DEATHS = ("none", "in the report", "before the commit")


@dataclass(frozen=True, slots=True)
class Said:
    """What the platform answered to the pull that was asked as the `number`-th, of some days, both included."""

    number: int
    since: int
    until: int
    clicks: dict[tuple[str, int], int]

    def facts(self, grain: Grain, account_id: UUID) -> Iterator[Fact]:
        for (campaign, day), clicks in self.clicks.items():
            if self.since <= day <= self.until:
                name, of = f"{campaign} of {account_id}", FIRST + timedelta(days=day)
                counts: dict[str, Any] = {"impressions": 9, "clicks": clicks, "spend": Decimal(clicks)}
                if grain is HOUR:
                    yield HourlyFact(name, of, 5, ZONE, currency="USD", **counts)
                else:
                    yield DailyFact(name, of, currency="USD", **counts)


@st.composite
def _stories(draw: st.DrawFn) -> tuple[list[Said], list[tuple[int, str]]]:
    """Some pulls in the order in which they were asked, and that in which they are merged, some of them killed."""
    told: list[Said] = []
    for number in range(draw(st.integers(1, 4))):
        since = draw(st.sampled_from(DAYS))
        until = draw(st.integers(since, DAYS[-1]))
        told.append(Said(number, since, until, draw(_CLICKS)))
    numbers = st.sampled_from(range(len(told)))
    noise = draw(st.lists(st.tuples(numbers, st.sampled_from(DEATHS)), max_size=3))
    whole = [(number, "none") for number in range(len(told))]
    return told, draw(st.permutations([*whole, *noise]))


_CLICKS = st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from(DAYS)), st.integers(0, 2), max_size=5)


class _Cut:
    """A report of which only the beginning comes."""

    def __init__(self, lines: staging.Readable) -> None:
        self.lines: staging.Readable | None = lines

    def read(self, size: int, /) -> bytes:
        if self.lines is None:
            raise ConnectionError("the line is cut")
        lines, self.lines = self.lines, None
        return lines.read(size)


def _merge(actor: Actor, account_id: UUID, said: Said, grain: Grain, *, death: str = "none") -> None:
    since, until = (FIRST + timedelta(days=day) for day in (said.since, said.until))
    pull = Pull(uuid4(), actor.tenant_id, account_id, since, until, ZONE, START + timedelta(hours=said.number))
    facts = said.facts(grain, account_id)
    with staging.spooled(facts, Asked(ZONE, "USD", since, until)) as lines, db.transaction(actor) as session:
        ingest.ingest(session, _Cut(lines) if death == "in the report" else lines, grain=grain, pull=pull)
        if death == "before the commit":
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def _account(actor: Actor) -> UUID:
    made = rows.account(actor, external_id=uuid4().hex)
    for name in "ab":
        rows.campaign(actor, made, platform_campaign_id=f"{name} of {made}", name=name)
    return made


def _all(actor: Actor, statement: str, account_id: UUID) -> list[tuple[Any, ...]]:
    with db.reading(actor) as session:
        return [tuple(row) for row in session.execute(text(statement), {"account_id": account_id})]


def _held(actor: Actor, account_id: UUID, grain: Grain) -> list[tuple[Any, ...]]:
    """What is said now. A fact that was taken back stands as zeros where it was held once; inside coverage that is the
    same as none."""
    return _all(
        actor,
        f"""
        SELECT campaign_name, {grain.moment}, impressions, clicks, spend_amount
        FROM {grain.facts} AS facts
        JOIN campaigns ON campaigns.id = facts.campaign_id
        WHERE platform_account_id = :account_id
            AND (impressions, clicks, spend_amount) <> (0, 0, 0)
        ORDER BY 1, 2
        """,
        account_id,
    )


def _covered(actor: Actor, account_id: UUID) -> list[tuple[Any, ...]]:
    statement = "SELECT date, pulled_at FROM metric_coverage WHERE platform_account_id = :account_id ORDER BY date"
    return _all(actor, statement, account_id)


def _gaps(actor: Actor, account_id: UUID, grain: Grain) -> list[tuple[Any, ...]]:
    """Versions that do not go on where the one before them ended; the last one is what is said now."""
    return _all(
        actor,
        f"""
        WITH versions AS (
            SELECT campaign_id, {grain.moment} AS moment, valid_from, valid_to FROM {grain.ledger}
            UNION ALL
            SELECT campaign_id, {grain.moment}, valid_from, 'infinity' FROM {grain.facts}
        )
        SELECT *
        FROM (
            SELECT
                moment,
                valid_to,
                lead(valid_from) OVER (PARTITION BY campaign_id, moment ORDER BY valid_from) AS goes_on
            FROM versions
            JOIN campaigns ON campaigns.id = versions.campaign_id
            WHERE platform_account_id = :account_id
        ) AS steps
        WHERE coalesce(goes_on, 'infinity') <> valid_to
        """,
        account_id,
    )


@pytest.mark.parametrize("grain", [DAY, HOUR], ids=["days", "hours"])
@options(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=_stories(), at_once=st.sampled_from([1, 2, 200_000]))
def test_any_order_twice_killed_half_way_and_in_parts_is_as_good_as_in_order_and_once(
    actor: Actor, grain: Grain, story: tuple[Sequence[Said], Sequence[tuple[int, str]]], at_once: int
) -> None:
    """Those parts are of a large report, which is compared some rows at once."""
    told, merged = story
    tidy, untidy = _account(actor), _account(actor)
    for said in told:
        _merge(actor, tidy, said, grain)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "_AT_ONCE", at_once)
        for number, death in merged:
            with suppress(OperationalError, ConnectionError):
                _merge(actor, untidy, told[number], grain, death=death)
    assert _held(actor, untidy, grain) == _held(actor, tidy, grain)
    assert _covered(actor, untidy) == _covered(actor, tidy)
    assert (_gaps(actor, tidy, grain), _gaps(actor, untidy, grain)) == ([], [])


def test_of_two_pulls_the_one_that_was_asked_later_decides_on_each_of_its_days(actor: Actor) -> None:
    account_id = _account(actor)
    later = Said(2, 1, 2, {("a", 1): 7})
    earlier = Said(1, 0, 3, {("a", day): 1 for day in DAYS} | {("b", 2): 1})
    for said in (later, earlier, earlier):
        _merge(actor, account_id, said, DAY)
    held = [(name, (day - FIRST).days, clicks) for name, day, _, clicks, _ in _held(actor, account_id, DAY)]
    assert held == [("a", 0, 1), ("a", 1, 7), ("a", 3, 1)]
    at = {number: START + timedelta(hours=number) for number in (1, 2)}
    assert [moment for _, moment in _covered(actor, account_id)] == [at[1], at[2], at[2], at[1]]


def test_a_pull_that_came_too_late_for_some_days_is_not_said_to_have_known_them(actor: Actor) -> None:
    account_id = _account(actor)
    for said in (Said(2, 1, 2, {}), Said(1, 0, 3, {})):
        _merge(actor, account_id, said, DAY)
    spans = "SELECT since, until FROM metric_pulls WHERE platform_account_id = :account_id ORDER BY pulled_at, since"
    days: list[tuple[date, date]] = [(row[0], row[1]) for row in _all(actor, spans, account_id)]
    assert [((since - FIRST).days, (until - FIRST).days) for since, until in days] == [(0, 0), (3, 3), (1, 2)]
