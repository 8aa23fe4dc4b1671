"""Roll-ups say what the facts say, whatever came in and whoever owns it; one that does not is found and set right."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from sqlalchemy import text
from tests.installation import work_off
from tests.rooms import rows
from tests.rooms.metrics.test_ingest import fact, put

from adloom.core.actor import Actor, Role
from adloom.core.errors import Forbidden
from adloom.db import retention
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs import actions as jobs
from adloom.metrics import queries, ranking, rollups, summing, windows
from adloom.metrics.types import By, MetricRow
from adloom.operations import doctor
from adloom.platforms.facts import DailyFact
from adloom.platforms.types import Platform

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
START = datetime(2026, 12, 1, tzinfo=UTC)
GROUPINGS: tuple[tuple[By, ...], ...] = ((), (By.PLATFORM,), (By.DAY,), (By.PLATFORM, By.DAY))
CAMPAIGNS = ("a", "b", "c")
CURRENCIES = ("USD", "EUR")


class Desk:
    """A tenant with accounts in two currencies and of a client, and campaigns `a`, `b`, `c` in each of them."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._hours = itertools.count()
        self.client = rows.client(actor)
        self.accounts = {
            "USD": rows.account(actor),
            "EUR": rows.account(actor, Platform.TIKTOK_ADS, external_id="2", currency="EUR"),
            "client": rows.account(actor, Platform.FACEBOOK_ADS, external_id="3", client_id=self.client),
        }
        self.campaigns = {
            (where, name): rows.campaign(actor, account_id, platform_campaign_id=name, name=name)
            for where, account_id in self.accounts.items()
            for name in CAMPAIGNS
        }

    def put(self, where: str, *facts: DailyFact) -> None:
        """A pull that is younger than every one before it."""
        currency = "EUR" if where == "EUR" else "USD"
        told = [replace(each, currency=currency) for each in facts]
        put(
            self.actor,
            self.accounts[where],
            told,
            currency=currency,
            pulled_at=START + timedelta(hours=next(self._hours)),
        )

    def client_member(self) -> Actor:
        return replace(self.actor, client_id=self.client)


@pytest.fixture
def desk(actor: Actor) -> Desk:
    return Desk(actor)


@pytest.fixture
def from_facts(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[MetricRow]]:
    """What `queries.show` would say if there were no roll-up."""

    def show(actor: Actor, **values: Any) -> list[MetricRow]:
        with monkeypatch.context() as patch:
            patch.setattr(summing, "_ROLLED_UP", summing._NOW)
            return queries.show(actor, **values)

    return show


def superuser(database: Urls) -> psycopg.Connection[Any]:
    assert database.superuser is not None
    return psycopg.connect(database.superuser, autocommit=True)


def some(where: int) -> DailyFact:
    """A fact like many: known and unknown conversions, in some campaign on some day."""
    chance = random.Random(where)
    return fact(
        chance.choice(CAMPAIGNS),
        chance.randint(1, 30),
        impressions=chance.randint(0, 5),
        clicks=chance.randint(0, 3),
        spend=Decimal(chance.randint(0, 10**7)).scaleb(-6),
        conversions=chance.choice([None, Decimal(0), Decimal("0.333333")]),
        conversion_value=chance.choice([None, Decimal(0), Decimal("7.77")]),
    )


def once(facts: list[DailyFact]) -> list[DailyFact]:
    return list({(each.platform_campaign_id, each.date): each for each in facts}.values())


Pulls = list[tuple[str, list[int]]]
PULLS = st.lists(
    st.tuples(st.sampled_from(["USD", "EUR", "client"]), st.lists(st.integers(0, 200), max_size=12)),
    min_size=1,
    max_size=5,
)


@given(pulls=PULLS)
@options(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_question_has_the_answer_that_the_facts_give(
    desk: Desk, from_facts: Callable[..., list[MetricRow]], pulls: Pulls
) -> None:
    for where, numbers in pulls:
        desk.put(where, *once([some(number) for number in numbers]))
    for by in GROUPINGS:
        for who, client_id in ((desk.actor, None), (desk.actor, desk.client), (desk.client_member(), None)):
            asked: dict[str, Any] = {"since": FIRST, "until": date(2026, 11, 20), "by": by, "client_id": client_id}
            assert queries.show(who, **asked) == from_facts(who, **asked)
    assert rollups.recount(desk.actor).wrong == 0


@pytest.mark.parametrize("reporting_currency", [None, "GBP"])
def test_two_periods_of_one_reading_are_what_each_of_them_is(desk: Desk, reporting_currency: str | None) -> None:
    for where in desk.accounts:
        desk.put(where, *once([some(number) for number in range(len(where), 160, 3)]))
    since, until, before = date(2026, 11, 11), date(2026, 11, 19), date(2026, 11, 2)
    for by in (*GROUPINGS, (By.PLATFORM, By.CAMPAIGN)):
        for who in (desk.actor, desk.client_member()):
            asked: dict[str, Any] = {"by": by, "reporting_currency": reporting_currency}
            both = queries.compared(who, since=since, until=until, **asked)
            assert both.now == queries.show(who, since=since, until=until, **asked) != []
            assert both.before == queries.show(who, since=before, until=since - timedelta(days=1), **asked) != []


def test_a_reporting_currency_is_answered_alike(desk: Desk, from_facts: Callable[..., list[MetricRow]]) -> None:
    desk.put("USD", fact("a", 1, conversions=Decimal(1)), fact("b", 1))
    desk.put("EUR", fact("a", 2))
    asked: dict[str, Any] = {"since": FIRST, "until": LAST, "by": (By.PLATFORM,), "reporting_currency": "GBP"}
    assert queries.show(desk.actor, **asked) == from_facts(desk.actor, **asked)


def test_what_nobody_reported_is_unknown_and_what_one_did_is_a_sum(desk: Desk) -> None:
    desk.put("USD", fact("a", 1), fact("b", 1))
    assert queries.show(desk.actor, since=FIRST, until=LAST, by=())[0].conversions is None
    desk.put("USD", fact("a", 1), fact("b", 1, conversions=Decimal(0)))
    assert queries.show(desk.actor, since=FIRST, until=LAST, by=())[0].conversions == 0
    desk.put("USD", fact("a", 1), fact("b", 1))
    assert queries.show(desk.actor, since=FIRST, until=LAST, by=())[0].conversions is None


def test_a_member_of_a_client_sees_its_sums_alone(desk: Desk) -> None:
    desk.put("USD", fact("a", 1, clicks=100))
    desk.put("client", fact("a", 1, clicks=7))
    (seen,) = queries.show(desk.client_member(), since=FIRST, until=LAST, by=())
    assert seen.clicks == 7


def test_a_second_pull_of_the_same_writes_no_sum(desk: Desk) -> None:
    desk.put("USD", fact("a", 1))
    before = written(desk)
    desk.put("USD", fact("a", 1))
    assert written(desk) == before


def written(desk: Desk) -> Any:
    with db.reading(desk.actor) as session:
        return session.execute(text("SELECT max(updated_at), count(*) FROM account_metrics")).one()


def test_a_campaign_that_changes_its_client_takes_its_sums_along(
    database: Urls, desk: Desk, from_facts: Callable[..., list[MetricRow]]
) -> None:
    desk.put("USD", fact("a", 1, clicks=5), fact("b", 1, clicks=7))
    desk.put("USD", fact("a", 1, clicks=4), fact("b", 1, clicks=7))
    with superuser(database) as connection:
        moved = (desk.client, desk.campaigns["USD", "a"])
        connection.execute("UPDATE campaigns SET client_id = %s WHERE id = %s", moved)
    (seen,) = queries.show(desk.client_member(), since=FIRST, until=LAST, by=())
    assert seen.clicks == 4
    asked: dict[str, Any] = {"since": FIRST, "until": LAST, "by": (By.DAY,)}
    assert queries.show(desk.actor, **asked) == from_facts(desk.actor, **asked)
    assert rollups.recount(desk.actor).wrong == 0


def test_a_campaign_that_moves_to_another_account_takes_its_sums_along(database: Urls, desk: Desk) -> None:
    desk.put("USD", fact("a", 1, clicks=5), fact("b", 1, clicks=7))
    other = rows.account(desk.actor, external_id="9")
    with superuser(database) as connection:
        moved = (other, desk.campaigns["USD", "a"])
        connection.execute("UPDATE campaigns SET platform_account_id = %s WHERE id = %s", moved)
    assert rollups.recount(desk.actor).wrong == 0
    with db.reading(desk.actor) as session:
        clicks = session.execute(
            text("SELECT clicks FROM account_metrics WHERE platform_account_id = :id"), {"id": other}
        ).scalar_one()
    assert clicks == 5


def test_a_campaign_that_is_erased_takes_its_sums_away(database: Urls, desk: Desk) -> None:
    desk.put("USD", fact("a", 1, clicks=5), fact("b", 1, clicks=7))
    desk.put("EUR", fact("a", 1))
    with superuser(database) as connection:
        connection.execute("DELETE FROM campaigns WHERE id = %s", [desk.campaigns["USD", "a"]])
        connection.execute("DELETE FROM campaigns WHERE platform_account_id = %s", [desk.accounts["EUR"]])
    (left,) = queries.show(desk.actor, since=FIRST, until=LAST, by=())
    assert (left.currency, left.clicks) == ("USD", 7)
    assert rollups.recount(desk.actor).wrong == 0


def test_a_tenant_that_is_erased_leaves_no_sum_that_anybody_sees(database: Urls, desk: Desk) -> None:
    desk.put("USD", fact("a", 1))
    with superuser(database) as connection:
        connection.execute("DELETE FROM campaigns WHERE user_id = %s", [desk.actor.tenant_id])
        connection.execute("DELETE FROM users WHERE id = %s", [desk.actor.tenant_id])
        left = connection.execute("SELECT sum(facts), sum(spend_amount) FROM account_metrics").fetchone()
    assert left == (0, 0)


def test_a_campaign_that_is_deleted_on_its_platform_keeps_its_sums(desk: Desk) -> None:
    desk.put("USD", fact("a", 1, clicks=5))
    with db.transaction(desk.actor) as session:
        session.execute(text("UPDATE campaigns SET deleted_at = now(), delivery_state = 'DELETED'"))
    assert queries.show(desk.actor, since=FIRST, until=LAST, by=())[0].clicks == 5
    assert rollups.recount(desk.actor).wrong == 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE account_metrics SET spend_amount = spend_amount + 0.000001 WHERE date = '2026-11-02'",
        "UPDATE account_metrics SET conversions_told = 0 WHERE date = '2026-11-02'",
        "DELETE FROM account_metrics WHERE date = '2026-11-02'",
        "UPDATE account_metrics SET client_id = (SELECT id FROM clients LIMIT 1) WHERE date = '2026-11-02'",
        "UPDATE campaign_metrics SET clicks = clicks + 1 WHERE date = '2026-11-02'",
        "DELETE FROM campaign_metrics WHERE date = '2026-11-02'",
    ],
)
def test_a_wrong_sum_is_found_and_set_right(database: Urls, desk: Desk, damage: str) -> None:
    desk.put("USD", fact("a", 1), fact("a", 2, conversions=Decimal(3)), fact("b", 3))
    with superuser(database) as connection:
        connection.execute(damage)
    assert {day.date for day in rollups.recount(desk.actor).days} == {date(2026, 11, 2)}
    assert rollups.mend(desk.actor).wrong > 0
    assert rollups.recount(desk.actor).wrong == 0


def test_retention_takes_nothing_from_sums_and_a_recount_afterwards_finds_nothing(database: Urls, desk: Desk) -> None:
    old = replace(fact("a", 1, clicks=7), date=date(2022, 1, 3))
    with db.worker_transaction() as session:
        for table in ("campaign_metrics", "account_metrics", "campaign_weeks"):
            session.execute(text("SELECT create_monthly_partition(:table, '2022-01-01')"), {"table": table})
    put(desk.actor, desk.accounts["USD"], [old], since=old.date, until=old.date)
    retention.apply(database.owner, now=START)
    assert rollups.recount(desk.actor).wrong == 0
    assert queries.show(desk.actor, since=old.date, until=old.date, by=())[0].clicks == 7


def test_a_wrong_week_is_found_and_set_right(database: Urls, desk: Desk) -> None:
    desk.put("USD", fact("a", 1), fact("a", 9))
    with superuser(database) as connection:
        connection.execute("UPDATE campaign_weeks SET clicks = clicks - 1 WHERE date = '2026-11-09'")
    assert rollups.recount(desk.actor) == rollups.Recount(days=[], weeks=1, windows=0)
    rollups.mend(desk.actor)
    assert rollups.recount(desk.actor).wrong == 0


def test_the_nightly_recount_is_told_by_doctor_until_one_finds_nothing(database: Urls, desk: Desk) -> None:
    desk.put("USD", fact("a", 1))
    with superuser(database) as connection:
        connection.execute("UPDATE account_metrics SET clicks = 0")
    done("metrics.recount_all")
    (found,) = told(database)
    assert found.startswith("Sums of metrics that were not those of their facts on ")
    assert found.endswith(": 1")
    rollups.mend(desk.actor)
    done("metrics.recount_all")
    assert told(database) == []


def done(job_type: str) -> None:
    with db.worker_transaction() as session:
        jobs.enqueue(session, job_type=job_type, data={}, actor=None)
    assert work_off()


def told(database: Urls) -> list[str]:
    return [finding.what for finding in doctor.examine(database) if "Sums of metrics" in finding.what]


def test_who_sees_one_client_or_only_reads_sets_nothing_right(desk: Desk) -> None:
    for who in (desk.client_member(), replace(desk.actor, role=Role.VIEWER)):
        with pytest.raises(Forbidden):
            rollups.mend(who)


def test_a_recount_of_one_tenant_reads_no_other(second_tenant: Actor, desk: Desk, database: Urls) -> None:
    desk.put("USD", fact("a", 1))
    with superuser(database) as connection:
        connection.execute("UPDATE account_metrics SET clicks = 0")
    assert rollups.recount(second_tenant).wrong == 0
    assert rollups.recount(desk.actor).wrong == 1


# Windows -----------------------------------------------------------------------------------------


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Sets the day that is the newest one over."""

    def set_(day: date) -> None:
        monkeypatch.setattr(windows, "last_over", lambda accounts: day)

    return set_


def test_a_long_history_is_counted_again_some_weeks_and_campaigns_at_a_time(
    database: Urls, desk: Desk, today: Callable[[date], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "_AT_ONCE", 1)
    today(LAST)
    ends = [date(2025, 1, 1), date(2025, 2, 26), LAST]
    old = [replace(fact(name, 1, clicks=7), date=day) for name in CAMPAIGNS for day in ends]
    put(desk.actor, desk.accounts["USD"], old, since=ends[0], until=ends[-1])
    windows.make_anew(desk.actor)
    assert rollups.recount(desk.actor).wrong == 0
    with superuser(database) as connection:
        for table in ("account_metrics", "campaign_weeks", "campaign_windows"):
            connection.execute(f"UPDATE {table} SET clicks = clicks + 1")
        (kept,) = connection.execute("SELECT count(*) FROM campaign_windows").fetchone() or (0,)
    found = rollups.mend(desk.actor)
    assert [day.date for day in found.days] == ends
    assert (found.weeks, found.windows, kept) == (9, 9, 9), "of three campaigns, three each"
    assert rollups.recount(desk.actor).wrong == 0


def ranked(who: Actor, until: date, days: int, **values: Any) -> tuple[ranking.Ranked, ...]:
    since = until - timedelta(days=days - 1)
    return ranking.top_campaigns(who, since=since, until=until, currency="USD", **values)


def added_up(who: Actor, until: date, days: int, **values: Any) -> tuple[ranking.Ranked, ...]:
    """The same by `queries.show`, which reads the facts of each campaign."""
    since = until - timedelta(days=days - 1)
    shift = timedelta(days=days)
    periods = [
        {
            row.campaign: row
            for row in queries.show(
                who, since=since - back, until=until - back, by=(By.PLATFORM, By.CAMPAIGN), **values
            )
            if row.currency == "USD"
        }
        for back in (timedelta(0), shift)
    ]
    found = [
        ranking.Ranked(row.platform, campaign, _figures(row), _figures(periods[1].get(campaign)))
        for campaign, row in periods[0].items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.now.spend, each.campaign.id)))


def _figures(row: MetricRow | None) -> Any:
    if row is None:
        return None
    return ranking.Figures(row.impressions, row.clicks, row.conversions, row.conversion_value, row.spend)


@given(pulls=PULLS)
@options(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_windows_say_what_the_facts_say_after_every_pull_and_every_day(
    desk: Desk, today: Callable[[date], None], pulls: Pulls
) -> None:
    for day, (where, numbers) in enumerate(pulls, start=8):
        until = date(2026, 11, day)
        today(until)
        windows.move_on(desk.actor)
        desk.put(where, *once([some(number) for number in numbers]))
        for who, client_id in ((desk.actor, None), (desk.actor, desk.client), (desk.client_member(), None)):
            for days in (*windows.PRESETS, 1, 11, 19):
                assert ranked(who, until, days, client_id=client_id) == added_up(who, until, days, client_id=client_id)
    assert rollups.recount(desk.actor).wrong == 0


def test_the_campaigns_that_spent_most_come_first_with_the_period_before(
    desk: Desk, today: Callable[[date], None]
) -> None:
    today(date(2026, 11, 14))
    windows.move_on(desk.actor)
    desk.put("USD", fact("a", 14, spend=Decimal(1)), fact("a", 7, spend=Decimal(9)), fact("b", 8, spend=Decimal(2)))
    b, a = ranked(desk.actor, date(2026, 11, 14), 7)
    assert (b.campaign.name, b.now.spend, b.before) == ("b", 2, None)
    assert (a.campaign.name, a.now.spend, a.before and a.before.spend) == ("a", 1, 9)
    assert ranked(desk.actor, date(2026, 11, 14), 7, limit=1) == (b,)


def test_windows_that_end_on_another_day_are_not_read(desk: Desk, today: Callable[[date], None]) -> None:
    today(date(2026, 11, 14))
    windows.move_on(desk.actor)
    desk.put("USD", fact("a", 15, clicks=3))
    assert ranked(desk.actor, date(2026, 11, 14), 7) == ()
    assert ranked(desk.actor, date(2026, 11, 15), 7)[0].now.clicks == 3


def test_the_worker_moves_windows_on(desk: Desk, today: Callable[[date], None]) -> None:
    desk.put("USD", fact("a", 14, clicks=3))
    today(date(2026, 11, 14))
    done("metrics.move_windows")
    with db.reading(desk.actor) as session:
        assert windows.end(session, desk.actor) == date(2026, 11, 14)
        assert session.execute(text("SELECT clicks FROM campaign_windows WHERE days = 7")).scalar_one() == 3


@pytest.mark.parametrize(
    "then",
    [
        {"conversions": None, "conversion_value": None},
        {"conversions": Decimal(0), "conversion_value": Decimal("0.5")},
        {"currency": "EUR"},
        {"spend": Decimal(0), "clicks": 0},
    ],
)
def test_windows_follow_a_figure_that_is_told_otherwise_no_more_or_in_another_currency(
    desk: Desk, today: Callable[[date], None], then: dict[str, Any]
) -> None:
    today(date(2026, 11, 20))
    windows.move_on(desk.actor)
    known = {"conversions": Decimal(2), "conversion_value": Decimal(9)}
    first = [fact("a", 20, **known), fact("b", 12, **known), fact("b", 13), fact("c", 1, **known)]
    desk.put("USD", *first)
    currency = then.get("currency", "USD")
    put(
        desk.actor,
        desk.accounts["USD"],
        [replace(each, **{"currency": currency, **then}) for each in first[:2]],
        currency=currency,
        since=date(2026, 11, 12),
        until=LAST,
        pulled_at=START + timedelta(days=1),
    )
    assert rollups.recount(desk.actor).wrong == 0
    for days in (*windows.PRESETS, 9):
        assert ranked(desk.actor, date(2026, 11, 20), days) == added_up(desk.actor, date(2026, 11, 20), days)


def test_windows_are_moved_on_once_a_day(desk: Desk, today: Callable[[date], None]) -> None:
    today(date(2026, 11, 14))
    assert windows.move_on(desk.actor)
    assert not windows.move_on(desk.actor)
    today(date(2026, 11, 15))
    assert windows.move_on(desk.actor)


def test_a_wrong_window_is_found_and_set_right(database: Urls, desk: Desk, today: Callable[[date], None]) -> None:
    today(date(2026, 11, 14))
    windows.move_on(desk.actor)
    desk.put("USD", fact("a", 14))
    with superuser(database) as connection:
        connection.execute("UPDATE campaign_windows SET clicks = clicks + 1 WHERE days = 30")
    assert rollups.recount(desk.actor) == rollups.Recount(days=[], weeks=0, windows=1)
    rollups.mend(desk.actor)
    assert rollups.recount(desk.actor).wrong == 0
