"""What stands beside figures: days of which nobody told anything, and those that may still be told otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.rooms import rows

from adloom.campaigns import queries as campaigns
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import answers, caveats, ingest, queries, staging
from adloom.metrics.caveats import Caveats
from adloom.metrics.grains import DAY
from adloom.metrics.ingest import Pull
from adloom.metrics.staging import Asked
from adloom.metrics.types import By, MetricRow
from adloom.platforms.facts import DailyFact
from adloom.platforms.types import Platform
from adloom.reports import words

#: The test's campaigns are made now, and so are known to have stood there before.
FIRST, LAST = date(2026, 9, 1), date(2026, 9, 10)
ZONE = "America/Los_Angeles"


def pull(
    actor: Actor, account_id: UUID, name: str, since: int, until: int, *, on: datetime, by: str | None = None
) -> None:
    first, last = date(2026, 9, since), date(2026, 9, until)
    said = Pull(uuid4(), actor.tenant_id, account_id, first, last, ZONE, on, by)
    currency = "EUR" if name == "b" else "USD"
    facts = [DailyFact(name, first, 10, 1, Decimal(1), currency, conversions=Decimal(1))]
    with staging.spooled(facts, Asked(ZONE, currency, first, last)) as lines, db.transaction(actor) as session:
        ingest.ingest(session, lines, grain=DAY, pull=said)


@pytest.fixture
def account(actor: Actor) -> UUID:
    made = rows.account(actor, Platform.GOOGLE_ADS)
    rows.campaign(actor, made, platform_campaign_id="a", name="a")
    return made


def told(actor: Actor, as_of: datetime | None = None) -> Caveats:
    return caveats.of(actor, since=FIRST, until=LAST, as_of=as_of)


def shown(actor: Actor, *by: By) -> list[MetricRow]:
    return list(queries.show(actor, since=FIRST, until=LAST, by=by))


SEPTEMBER, NOVEMBER = datetime(2026, 9, 11, 12, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)


def test_days_that_no_pull_covers_are_unknown_and_named_by_account(actor: Actor, account: UUID) -> None:
    assert [(gap.since.day, gap.until.day) for gap in told(actor).gaps] == [(1, 10)]
    pull(actor, account, "a", 3, 6, on=NOVEMBER)
    found = told(actor)
    assert [(gap.since.day, gap.until.day) for gap in found.gaps] == [(1, 2), (7, 10)]
    assert [found.beside(row)["unknown_days"] for row in shown(actor)] == [6]
    assert [found.beside(row)["unknown_days"] for row in shown(actor, By.CAMPAIGN)] == [6]
    assert [found.beside(row)["unknown_days"] for row in shown(actor, By.DAY)] == [0]
    assert list(words.unknown(found.gaps)) == [
        "Unknown, which is not zero: Google Ads 1234567890 (1 Sep 2026 – 2 Sep 2026, 7 Sep 2026 – 10 Sep 2026)."
    ]


def test_what_was_unknown_at_a_moment_is_told_as_of_it(actor: Actor, account: UUID) -> None:
    pull(actor, account, "a", 1, 5, on=SEPTEMBER)
    pull(actor, account, "a", 1, 10, on=NOVEMBER)
    assert told(actor).gaps == ()
    (gap,) = told(actor, SEPTEMBER + timedelta(hours=1)).gaps
    assert (gap.since.day, gap.until.day) == (6, 10)


def test_a_day_that_was_last_pulled_before_it_was_over_is_told_of_a_part(actor: Actor, account: UUID) -> None:
    """The worker stopped that day: the figures of a morning look like a day on which less was spent."""
    over = datetime(2026, 9, 11, 7, tzinfo=UTC)  # the 10th, in Los Angeles
    pull(actor, account, "a", 1, 10, on=over - timedelta(hours=9))
    found = told(actor)
    (gap,) = found.partial
    assert (gap.since.day, gap.until.day, found.gaps) == (10, 10, ())
    assert [found.beside(row)["partial_days"] for row in (*shown(actor), *shown(actor, By.CAMPAIGN))] == [1, 1]
    assert [found.beside(row)["partial_days"] for row in shown(actor, By.DAY)] == [0], "the 1st was over"
    assert "Not pulled since they were over: Google Ads 1234567890 (10 Sep 2026)." in " ".join(words.caveats(found, []))
    assert told(actor, as_of=over - timedelta(minutes=1)).partial == (), "it went on"
    assert told(actor, as_of=over).partial == found.partial
    pull(actor, account, "a", 10, 10, on=over)
    assert told(actor).partial == ()


def test_rules_and_days_to_come_are_told_as_of_the_moment_too(actor: Actor, account: UUID) -> None:
    pull(actor, account, "a", 1, 10, on=SEPTEMBER, by="30d click")
    pull(actor, account, "a", 1, 10, on=NOVEMBER, by="7d click")
    (row,) = shown(actor)
    then, now = told(actor, SEPTEMBER).beside(row)["claims"], told(actor).beside(row)["claims"]
    assert (then["windows"], then["breaks"]) == ({"google_ads": ["30d click"]}, [])
    assert (now["windows"], len(now["breaks"])) == ({"google_ads": ["7d click"]}, 1)
    today = datetime.now(UTC).date()
    ahead = {"since": today - timedelta(days=3), "until": today + timedelta(days=30)}
    expected = caveats.of(actor, **ahead).gaps
    assert expected[-1].until < today + timedelta(days=1), "what is still to come is not missed yet"
    assert caveats.of(actor, **ahead, as_of=datetime.now(UTC) + timedelta(days=300)).gaps == expected


def test_conversions_are_restating_until_they_were_read_after_the_platforms_window(actor: Actor, account: UUID) -> None:
    pull(actor, account, "a", 1, 10, on=SEPTEMBER)
    (row,) = shown(actor)
    assert told(actor).beside(row)["restating_from"] == "2026-09-01"
    pull(actor, account, "a", 1, 4, on=NOVEMBER)
    found = told(actor)
    assert found.beside(row)["restating_from"] == "2026-09-05"
    assert [found.beside(day)["restating_from"] for day in shown(actor, By.DAY)] == [None], "the 1st is final"
    assert "Conversions of the days since 5 Sep 2026 are still restated" in " ".join(words.caveats(found, [row]))
    pull(actor, account, "a", 5, 10, on=NOVEMBER)
    assert told(actor).beside(row)["restating_from"] is None


def test_days_that_are_told_by_another_rule_than_those_before_are_a_break_at_that_day(
    actor: Actor, account: UUID
) -> None:
    pull(actor, account, "a", 1, 10, on=SEPTEMBER, by="30d click")
    pull(actor, account, "a", 6, 10, on=NOVEMBER, by="7d_click_1d_view")
    (found,) = told(actor).claims.breaks
    assert (found.before, found.after, found.day, found.at) == (
        "30d click",
        "7d_click_1d_view",
        date(2026, 9, 6),
        NOVEMBER,
    )
    (sentence,) = words.breaks(told(actor).claims)
    assert (
        "attributes by 7-day click 1-day view since 20 Nov 2026, which holds for its days from 6 Sep 2026" in sentence
    )


def test_of_one_ad_only_its_own_accounts_are_told(actor: Actor, account: UUID) -> None:
    other = rows.account(actor, Platform.TIKTOK_ADS, external_id="7", currency="EUR")
    rows.campaign(actor, other, platform_campaign_id="b", name="b")
    for made, name in ((account, "a"), (other, "b")):
        pull(actor, made, name, 1, 5, on=SEPTEMBER, by=name)
    its = next(each for each in campaigns.all_of(actor) if each.platform_account_id == account)
    for as_of in (None, SEPTEMBER + timedelta(hours=1)):
        found = caveats.of(actor, since=FIRST, until=LAST, ad_id=its.ad_id, as_of=as_of)
        assert {gap.account_id for gap in found.gaps} == {each.account_id for each in found.restating} == {account}
        assert [each.attribution for each in found.claims.settings] == ["a"]
    assert [len(told(actor).gaps_in(row)) for row in shown(actor)] == [1, 1], "a sum in one currency is of its accounts"


def test_a_campaigns_conversions_are_claimed_by_the_rules_of_its_own_account(actor: Actor, account: UUID) -> None:
    other = rows.account(actor, Platform.GOOGLE_ADS, external_id="7")
    rows.campaign(actor, other, platform_campaign_id="c", name="c")
    pull(actor, other, "c", 1, 10, on=SEPTEMBER, by="90d click")
    for on, rule in ((SEPTEMBER, "7d click"), (NOVEMBER, "30d click")):
        pull(actor, account, "a", 1, 10, on=on, by=rule)
    found = told(actor)
    its, others = (found.beside(row)["claims"] for row in shown(actor, By.CAMPAIGN))
    assert (its["windows"], [each["after"] for each in its["breaks"]]) == ({"google_ads": ["30d click"]}, ["30d click"])
    assert (others["windows"], others["breaks"]) == ({"google_ads": ["90d click"]}, [])
    (both,) = (found.beside(row)["claims"] for row in shown(actor, By.PLATFORM))
    assert (both["windows"], len(both["breaks"])) == ({"google_ads": ["30d click", "90d click"]}, 1)


def test_another_tenants_gaps_are_not_told(actor: Actor, second_tenant: Actor, account: UUID) -> None:
    assert told(actor).gaps != ()
    assert (told(second_tenant).gaps, told(second_tenant).restating) == ((), ())


def test_figures_and_what_stands_beside_them_are_of_one_moment(actor: Actor, account: UUID) -> None:
    pull(actor, account, "a", 1, 5, on=SEPTEMBER, by="30d click")
    with answers.of_one_moment(actor) as moment:
        (before,) = shown(actor)
        pull(actor, account, "a", 6, 10, on=NOVEMBER, by="7d click")
        found = told(actor)
        assert [(gap.since.day, gap.until.day) for gap in found.gaps] == [(6, 10)], "as the figures know them"
        assert ([each.attribution for each in found.claims.settings], found.claims.breaks) == (["30d click"], ())
        (again,) = answer = queries.show(actor, since=FIRST, until=LAST, by=())
        assert (again, answer.data_as_of) == (before, moment)
    (after,) = shown(actor)
    assert (after.spend, told(actor).gaps) == (before.spend + 1, ())


def test_what_is_of_one_moment_is_one_persons_and_only_read(actor: Actor, second_tenant: Actor, account: UUID) -> None:
    pull(actor, account, "a", 1, 10, on=SEPTEMBER)
    with db.snapshot(actor) as (session, _):
        assert queries.show(second_tenant, since=FIRST, until=LAST, by=()) == []
        with pytest.raises(DBAPIError, match="read-only transaction"):
            session.execute(text("DELETE FROM campaign_metrics"))
    assert len(shown(actor)) == 1


def test_in_an_action_the_moment_is_that_of_what_it_has_written(actor: Actor, account: UUID) -> None:
    with db.joint(actor), answers.of_one_moment(actor):
        assert shown(actor) == []
        pull(actor, account, "a", 1, 10, on=SEPTEMBER)
        assert len(shown(actor)) == 1
