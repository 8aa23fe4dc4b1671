"""What was said before is kept: any figure can be told as it was held at a moment, in every grain."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.rooms import rows

from adloom.campaigns import store
from adloom.core.actor import Actor
from adloom.core.errors import Invalid, Unavailable
from adloom.db import session as db
from adloom.metrics import history, ingest, people, pulling, queries, rules, staging
from adloom.metrics.grains import AUDIENCE, CONVERSION, DAY, HOUR, Grain
from adloom.metrics.ingest import Pull
from adloom.metrics.staging import Asked, Fact, OtherCurrency
from adloom.metrics.types import By, Ingested
from adloom.platforms.facts import AudienceFact, ConversionFact, DailyFact, Dimension, HourlyFact
from adloom.reports import figures

ZONE = "America/Los_Angeles"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
START = datetime(2026, 12, 1, tzinfo=UTC)


def day(campaign: str, number: int, **values: Any) -> DailyFact:
    given_: dict[str, Any] = {"impressions": 100, "clicks": 10, "spend": Decimal("1.5"), "currency": "USD"}
    return DailyFact(campaign, date(2026, 11, number), **{**given_, **values})


def put(
    actor: Actor,
    account_id: UUID,
    facts: Iterable[Fact],
    *,
    after: int,
    grain: Grain = DAY,
    since: date = FIRST,
    until: date = LAST,
    dimensions: Sequence[Dimension] = tuple(Dimension),
) -> Ingested:
    """A pull `after` so many hours."""
    pull = Pull(
        uuid4(),
        actor.tenant_id,
        account_id,
        since,
        until,
        ZONE,
        START + timedelta(hours=after),
        dimensions=dimensions,
    )
    with staging.spooled(facts, Asked(ZONE, "USD", since, until)) as lines, db.transaction(actor) as session:
        return ingest.ingest(session, lines, grain=grain, pull=pull)


def clicks(actor: Actor, *, after: float | None) -> list[tuple[date | None, int, datetime | None]]:
    as_of = None if after is None else START + timedelta(hours=after)
    found = queries.show(actor, since=FIRST, until=LAST, by=(By.DAY,), as_of=as_of)
    return [(row.date, row.clicks, row.as_of) for row in found]


def all_of(actor: Actor, statement: str) -> list[tuple[Any, ...]]:
    with db.reading(actor) as session:
        return [tuple(row) for row in session.execute(text(statement))]


@pytest.fixture
def account_id(actor: Actor) -> UUID:
    """An account with the campaigns `a` and `b`."""
    made = rows.account(actor)
    for name in ("a", "b"):
        rows.campaign(actor, made, platform_campaign_id=name, name=name)
    return made


def test_a_figure_is_told_as_it_was_held_at_any_moment(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [day("a", 1)], after=0)
    put(actor, account_id, [day("a", 1, clicks=12), day("a", 2)], after=24)
    put(actor, account_id, [day("a", 2)], after=48)
    at = {hours: START + timedelta(hours=hours) for hours in (0, 24, 48)}
    assert clicks(actor, after=-1) == [], "nothing was known then"
    assert clicks(actor, after=0) == clicks(actor, after=23.9) == [(FIRST, 10, at[0])]
    assert clicks(actor, after=24) == [(FIRST, 12, at[24]), (date(2026, 11, 2), 10, at[24])]
    assert clicks(actor, after=48) == [(FIRST, 0, at[48]), (date(2026, 11, 2), 10, at[48])]
    assert clicks(actor, after=None) == clicks(actor, after=10**4)


def test_a_sum_over_what_is_not_reported_says_so(actor: Actor, account_id: UUID) -> None:
    told = {"conversions": Decimal(3), "conversion_value": Decimal(9)}
    put(actor, account_id, [day("a", 1, **told), day("b", 1), day("a", 2, **told), day("b", 3)], after=0)

    def found(*by: By, as_of: datetime | None) -> list[tuple[Decimal | None, str | None]]:
        shown = queries.show(actor, since=FIRST, until=LAST, by=by, as_of=as_of)
        return [(row.conversions, row.note) for row in shown]

    for as_of in (None, START + timedelta(hours=1)):
        assert found(By.PLATFORM, as_of=as_of) == [(6, queries.PARTLY_TOLD)]
        assert found(By.CAMPAIGN, as_of=as_of) == [(6, None), (None, None)]
        assert found(By.DAY, as_of=as_of) == [(3, queries.PARTLY_TOLD), (3, None), (None, None)]


def test_a_sum_over_conversions_of_which_some_are_worth_nothing_that_is_known_says_so(
    actor: Actor, account_id: UUID
) -> None:
    """Of leads TikTok tells no value: a ROAS over their spend too is less than what was earned."""
    worth = {"conversions": Decimal(3), "conversion_value": Decimal(9)}
    put(actor, account_id, [day("a", 1, **worth), day("b", 1, conversions=Decimal(2))], after=0)
    for as_of in (None, START + timedelta(hours=1)):
        for by in ((), (By.PLATFORM,), (By.DAY,)):
            (row,) = queries.show(actor, since=FIRST, until=LAST, by=by, as_of=as_of)
            assert (row.conversions, row.conversion_value, row.note) == (5, 9, queries.VALUE_PARTLY_TOLD)
        each = queries.show(actor, since=FIRST, until=LAST, by=(By.CAMPAIGN,), as_of=as_of)
        assert [row.note for row in each] == [None, None]
        (total,) = figures.summed(each)
        assert total.note == queries.VALUE_PARTLY_TOLD, "in a report, too"
    (row,) = queries.show(actor, since=FIRST, until=LAST, by=(), reporting_currency="USD")
    assert row.note == queries.VALUE_PARTLY_TOLD


def test_people_are_told_as_they_were_and_never_added_up(actor: Actor, account_id: UUID) -> None:
    def seen(reach: str) -> dict[str, str]:
        return {"reach": reach, "frequency": "1.25", "clicks_all": "3"}

    put(actor, account_id, [day("a", 1, platform_metrics=seen("80")), day("b", 1), day("a", 2)], after=0)
    put(actor, account_id, [day("a", 1, platform_metrics=seen("90")), day("b", 1)], after=2)
    one = (By.CAMPAIGN, By.DAY)
    asked = people.figures("reach, frequency", by=one, field="people")

    def told(as_of: datetime | None) -> list[tuple[str | None, str | None]]:
        found = people.told(actor, asked, since=FIRST, until=LAST, as_of=as_of)
        shown = queries.show(actor, since=FIRST, until=LAST, by=one, as_of=as_of)
        besides = [people.beside(row, found, asked)["people"] for row in shown]
        return [(each["reach"], each["frequency"]) for each in besides]

    assert told(None) == [("90", "1.25"), (None, None), (None, None)], "what is not reported is not 0"
    assert told(START + timedelta(hours=1)) == [("80", "1.25"), (None, None), (None, None)]
    put(actor, account_id, [], after=4)
    assert told(None)[0] == ("0", "0"), "what was taken back reached nobody"
    for by in ((), (By.PLATFORM,), (By.DAY,), (By.CAMPAIGN,), (By.PLATFORM, By.DAY)):
        with pytest.raises(Invalid, match="cannot be added up"):
            people.figures("reach", by=by, field="people")
    with pytest.raises(Invalid, match="no such figure"):
        people.figures("impressions", by=one, field="people")


def test_only_what_changed_is_kept_twice(actor: Actor, account_id: UUID) -> None:
    for hours in (0, 1, 2):
        put(actor, account_id, [day("a", 1), day("a", 2, clicks=hours)], after=hours)
    kept = all_of(actor, "SELECT date, clicks, valid_from, valid_to FROM campaign_metrics_ledger ORDER BY valid_to")
    second = date(2026, 11, 2)
    assert kept == [
        (second, 0, START, START + timedelta(hours=1)),
        (second, 1, START + timedelta(hours=1), START + timedelta(hours=2)),
    ]
    pulls = all_of(actor, "SELECT rows, changed FROM metric_pulls ORDER BY pulled_at")
    assert pulls == [(2, 2), (2, 1), (2, 1)]


def test_two_pulls_of_one_moment_leave_the_last(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [day("a", 1)], after=0)
    put(actor, account_id, [day("a", 1, clicks=7)], after=0)
    assert clicks(actor, after=0) == [(FIRST, 7, START)]


def test_what_no_fact_can_be_is_refused_with_a_reason_and_nothing_is_kept(actor: Actor, account_id: UUID) -> None:
    today = datetime.now(UTC).date()
    put(actor, account_id, [day("a", 1)], after=0)
    for facts, grain, words in (
        ([day("a", 2, spend=Decimal("1e20"))], DAY, "numeric field overflow"),
        ([day("a", 2, impressions=10**30)], DAY, "out of range"),
        ([day("a", 2, clicks=-1)], DAY, "below zero"),
        ([day("a", 2), day("a", 2)], DAY, "one fact twice"),
        ([day("a", 1, clicks=11), day("a", 1, clicks=12)], DAY, "one fact twice"),
        ([hour(5, today), hour(5, today)], HOUR, "one fact twice"),
    ):
        span = {"since": today, "until": today} if grain is HOUR else {}
        with pytest.raises(Unavailable, match=words), pulling.sound():
            put(actor, account_id, facts, after=1, grain=grain, **span)
    assert clicks(actor, after=None) == [(FIRST, 10, START)]


def test_hours_without_a_partition_are_not_the_report_s_fault(actor: Actor, account_id: UUID) -> None:
    long_ago = date(2020, 1, 1)
    with pytest.raises(IntegrityError, match="no partition"), pulling.sound():
        put(actor, account_id, [hour(5, long_ago)], after=0, grain=HOUR, since=long_ago, until=long_ago)


def test_a_report_in_another_currency_is_not_read(actor: Actor, account_id: UUID) -> None:
    with pytest.raises(OtherCurrency, match="EUR"):
        put(actor, account_id, [day("a", 1), day("a", 2, currency="EUR")], after=0)
    assert clicks(actor, after=None) == []


def test_a_day_that_was_not_asked_for_makes_a_report_untrustworthy(actor: Actor, account_id: UUID) -> None:
    with pytest.raises(Unavailable, match="2026-11-01"):
        put(actor, account_id, [day("a", 1)], after=0, since=date(2026, 11, 2))


def hour(number: int, of: date = FIRST, **values: Any) -> HourlyFact:
    given_: dict[str, Any] = {"impressions": 9, "clicks": 3, "spend": Decimal("0.25"), "currency": "USD"}
    return HourlyFact("a", of, number, ZONE, **{**given_, **values})


def test_an_hour_that_comes_twice_is_booked_to_its_first_instant_and_flagged(actor: Actor, account_id: UUID) -> None:
    today = datetime.now(UTC).date()
    put(actor, account_id, [hour(5, today)], after=0, grain=HOUR, since=today, until=today)
    assert all_of(actor, "SELECT clicks, conversions, platform_metrics FROM campaign_metrics_hourly") == [
        (3, None, None)
    ]
    spring, autumn = date(2026, 3, 8), FIRST
    zone = staging.ZoneInfo(ZONE)
    told = [staging.instant(hour(n, of), zone) for of, n in ((autumn, 0), (autumn, 1), (autumn, 2), (spring, 2))]
    assert [moment.hour for moment, _ in told] == [7, 8, 10, 10]
    assert ["twice" in (words or "") for _, words in told] == [False, True, False, False]


def test_days_of_23_and_25_hours_are_as_long_as_they_are() -> None:
    lengths = [
        last - first
        for first, last in (staging.bounds(of, of, ZONE) for of in (date(2026, 3, 8), FIRST, date(2026, 11, 2)))
    ]
    assert lengths == [timedelta(hours=23), timedelta(hours=25), timedelta(hours=24)]


def test_texts_of_any_kind_are_kept_as_they_came(actor: Actor, account_id: UUID) -> None:
    texts = ["", "plain", r"\N", 'a "quoted, one"', "two\nlines\r\n", r"back\slash", "Käufe 購入"]
    named = list(zip(texts, reversed(texts), strict=True))
    facts = [ConversionFact("a", FIRST, action, name, Decimal(1), "USD") for action, name in named]
    put(actor, account_id, facts, after=0, grain=CONVERSION)
    held = all_of(actor, "SELECT action, name, conversion_value FROM campaign_conversions")
    assert sorted(held) == sorted((action, name, None) for action, name in named)


def test_hours_are_restated_and_taken_back_like_days(actor: Actor, account_id: UUID) -> None:
    today = datetime.now(UTC).date()
    span = {"grain": HOUR, "since": today, "until": today}
    put(actor, account_id, [hour(5, today), hour(6, today)], after=0, **span)  # type: ignore[arg-type]
    done = put(actor, account_id, [hour(6, today, clicks=4)], after=1, **span)  # type: ignore[arg-type]
    assert done.changed == 2
    held = all_of(actor, "SELECT clicks, spend_amount FROM campaign_metrics_hourly ORDER BY hour_timestamp")
    before = all_of(actor, "SELECT clicks FROM campaign_metrics_hourly_ledger ORDER BY hour_timestamp")
    assert (held, before) == ([(0, 0), (4, Decimal("0.25"))], [(3,), (3,)])


def test_hours_of_a_report_in_utc_are_told_twice_as_once(actor: Actor, account_id: UUID) -> None:
    today = datetime.now(UTC).date()
    facts = [HourlyFact("a", today, n, "UTC", 9, 3, Decimal("0.25"), "USD") for n in (0, 12, 23)]
    done = [put(actor, account_id, facts, after=n, grain=HOUR, since=today, until=today).changed for n in (0, 1)]
    assert done == [3, 0]
    assert put(actor, account_id, facts[1:], after=2, grain=HOUR, since=today, until=today).changed == 1


def test_conversions_are_kept_by_action(actor: Actor, account_id: UUID) -> None:
    def said(action: str, number: str) -> ConversionFact:
        return ConversionFact("a", FIRST, action, action.title(), Decimal(number), "USD", Decimal(5))

    put(actor, account_id, [said("lead", "1.5"), said("sale", "2")], after=0, grain=CONVERSION)
    put(actor, account_id, [said("lead", "1.5"), said("sale", "3")], after=1, grain=CONVERSION)
    held = all_of(actor, "SELECT action, name, conversions FROM campaign_conversions ORDER BY action")
    assert held == [("lead", "Lead", Decimal("1.5")), ("sale", "Sale", Decimal(3))]
    assert all_of(actor, "SELECT action, conversions FROM campaign_conversions_ledger") == [("sale", Decimal(2))]


def test_only_the_dimension_that_was_asked_for_is_taken_back(actor: Actor, account_id: UUID) -> None:
    def part(dimension: Dimension, value: str) -> AudienceFact:
        return AudienceFact("a", FIRST, dimension, value, 10, 1, "USD")

    put(actor, account_id, [part(Dimension.AGE, "18-24"), part(Dimension.GENDER, "MALE")], after=0, grain=AUDIENCE)
    put(actor, account_id, [], after=1, grain=AUDIENCE, dimensions=[Dimension.AGE])
    held = all_of(actor, "SELECT dimension, impressions, spend_amount FROM campaign_audience ORDER BY dimension")
    assert held == [("age", 0, None), ("gender", 10, None)]


def test_a_moment_without_offset_is_utc_and_nonsense_is_refused() -> None:
    assert queries.moment("2026-11-20T12:00:00") == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert queries.moment(None) is None
    with pytest.raises(Invalid, match="tuesday"):
        queries.moment("tuesday")


_VALUES = st.fixed_dictionaries(
    {
        "clicks": st.integers(0, 5),
        "conversions": st.one_of(st.none(), st.decimals(0, 9, places=2)),
    }
)
_PULLS = st.lists(st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(1, 3)), _VALUES), min_size=1, max_size=5)


@options(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_PULLS, st.randoms(use_true_random=False))
def test_every_earlier_state_can_be_told_again(
    actor: Actor, account_id: UUID, pulls: list[dict[tuple[str, int], dict[str, Any]]], chance: random.Random
) -> None:
    base = max((row[0] for row in all_of(actor, "SELECT max(pulled_at) FROM metric_pulls") if row[0]), default=START)
    offset = int((base - START) / timedelta(hours=1)) + 1
    for number, pull in enumerate(pulls):
        facts = [day(campaign, of, **values) for (campaign, of), values in pull.items()]
        chance.shuffle(facts)
        for _ in range(chance.randint(1, 2)):
            put(actor, account_id, facts, after=offset + number)
    for number, pull in enumerate(pulls):
        moment = START + timedelta(hours=offset + number, minutes=chance.randint(0, 59))
        shown = queries.show(actor, since=FIRST, until=LAST, by=(By.CAMPAIGN, By.DAY), as_of=moment)
        told = {(row.campaign.name, row.date.day): row for row in shown if row.campaign and row.date}
        said = {key: (values["clicks"], values["conversions"]) for key, values in pull.items()}
        assert {key: (told[key].clicks, told[key].conversions) for key in said} == said
        assert {told[key].impressions for key in told.keys() - said.keys()} <= {0}


def test_a_campaign_is_told_under_the_name_that_it_bore_at_the_moment(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [day("a", 1)], after=0)
    with db.transaction(actor) as session:
        for name, hours in (("spring", 2), ("spring", 3), ("summer", 4)):
            session.execute(
                text(
                    f"UPDATE campaigns SET earlier_names = {store.EARLIER_NAMES}, campaign_name = :name "
                    "WHERE platform_campaign_id = 'a'"
                ),
                {"name": name, "renamed_at": START + timedelta(hours=hours)},
            )

    def called(after: float | None) -> list[str]:
        as_of = None if after is None else START + timedelta(hours=after)
        found = queries.show(actor, since=FIRST, until=LAST, by=(By.CAMPAIGN,), as_of=as_of)
        return [row.campaign.name for row in found if row.campaign]

    assert [called(after) for after in (0, 1.9, 2, 3.9, 4, None)] == [
        ["a"],
        ["a"],
        ["spring"],
        ["spring"],
        ["summer"],
        ["summer"],
    ]


def test_campaigns_stand_in_the_order_of_the_names_that_they_bore(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [day("a", 1), day("b", 1)], after=0)
    with db.transaction(actor) as session:
        session.execute(
            text(
                f"UPDATE campaigns SET earlier_names = {store.EARLIER_NAMES}, campaign_name = :name "
                "WHERE platform_campaign_id = 'a'"
            ),
            {"name": "z", "renamed_at": START + timedelta(hours=2)},
        )

    def order(as_of: datetime | None) -> list[str]:
        found = queries.show(actor, since=FIRST, until=LAST, by=(By.CAMPAIGN, By.DAY), as_of=as_of)
        return [row.campaign.name for row in found if row.campaign]

    assert (order(START), order(None)) == (["a", "b"], ["b", "z"])


def test_what_changed_since_a_moment_is_told_with_both_figures(actor: Actor, account_id: UUID) -> None:
    put(actor, account_id, [day("a", 1), day("b", 1), day("a", 2)], after=0)
    put(
        actor,
        account_id,
        [day("a", 1, clicks=12, conversions=Decimal(2)), day("b", 1), day("a", 2)],
        after=2,
    )
    span = {"since": FIRST, "until": LAST}
    (found,) = history.changes(actor, moment=START + timedelta(hours=1), **span)
    assert (found.campaign.name, found.date, found.changed_at) == ("a", FIRST, START + timedelta(hours=2))
    assert (found.before["clicks"], found.now["clicks"]) == (10, 12)
    assert found.as_json()["before"]["conversions"] is None
    assert history.changes(actor, moment=START + timedelta(hours=2), **span) == []
    assert history.changes(actor, moment=START - timedelta(hours=1), **span) == [], "nothing was known then"


def test_what_was_absent_inside_coverage_changed_from_zero(actor: Actor, account_id: UUID) -> None:
    with db.owner_connection() as connection:
        connection.execute("UPDATE campaigns SET created_at = %s", [START - timedelta(days=31)])
    put(actor, account_id, [day("a", 1)], after=0, until=date(2026, 11, 9))
    put(actor, account_id, [day("a", 1), day("b", 3, conversions=Decimal(2)), day("b", 20)], after=2)
    put(actor, account_id, [day("a", 1), day("b", 3, clicks=11, conversions=Decimal(2)), day("b", 20)], after=4)
    told = history.changes(actor, moment=START + timedelta(hours=1), since=FIRST, until=LAST)
    assert [(each.campaign.name, each.date.day, each.before["clicks"], each.now["clicks"]) for each in told] == [
        ("b", 3, 0, 11)
    ], "of the 20th nothing was known"
    assert [each.before[name] for each in told for name in ("spend", "conversions", "conversion_value")] == [0, 0, None]


def test_a_campaign_that_nobody_knew_changed_nothing(actor: Actor, account_id: UUID) -> None:
    """It was imported since: what it did before was not said otherwise."""
    put(actor, account_id, [], after=-24 * 30, until=date(2026, 11, 9))
    put(actor, account_id, [day("a", 1)], after=2)
    assert history.changes(actor, moment=START - timedelta(days=20), since=FIRST, until=LAST) == []


def test_a_figure_that_came_back_to_what_it_was_is_no_change(actor: Actor, account_id: UUID) -> None:
    for number, hours in ((10, 0), (11, 1), (10, 2)):
        put(actor, account_id, [day("a", 1, clicks=number)], after=hours)
    assert history.changes(actor, moment=START, since=FIRST, until=LAST) == []


def test_what_is_known_is_told_as_spans_of_days(actor: Actor, account_id: UUID) -> None:
    for first, last, hours in ((1, 5, 0), (4, 7, 3), (20, 21, 5)):
        put(actor, account_id, [], after=hours, since=date(2026, 11, first), until=date(2026, 11, last))
    spans = [(each.since.day, each.until.day, each.oldest, each.newest) for each in history.coverage(actor)]
    at = [START + timedelta(hours=hours) for hours in (0, 3, 5)]
    assert spans == [(1, 7, at[0], at[1]), (20, 21, at[2], at[2])]


def test_hours_that_are_not_kept_any_more_are_not_known(actor: Actor, account_id: UUID) -> None:
    """A row that is absent inside a span is zero: of hours that were dropped by now nobody may read that."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    for grain in (DAY, HOUR):
        put(actor, account_id, [], after=0, grain=grain, since=today - timedelta(days=20), until=today)
    spans = {each.grain: (today - each.since).days for each in history.coverage(actor)}
    assert spans == {DAY.name: 20, HOUR.name: 6}
    assert rules.first_day_of_hours(today) == today - timedelta(days=6), "which is what is asked for"
