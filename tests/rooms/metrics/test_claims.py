"""What conversions are worth is told with them: by which rule each platform counts, and where the rule changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from tests.rooms import rows

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import claims, ingest, queries, staging
from adloom.metrics.grains import DAY
from adloom.metrics.ingest import Pull
from adloom.metrics.staging import Asked
from adloom.metrics.types import By
from adloom.platforms.facts import DailyFact
from adloom.platforms.types import Platform

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
START = datetime(2026, 12, 1, tzinfo=UTC)
ZONE = "America/Los_Angeles"


def pull(actor: Actor, account_id: UUID, name: str, *, after: int, by: str | None, conversions: int | None = 1) -> None:
    said = Pull(uuid4(), actor.tenant_id, account_id, FIRST, LAST, ZONE, START + timedelta(hours=after), by)
    counted = None if conversions is None else Decimal(conversions)
    fact = DailyFact(name, FIRST, 10, 1, Decimal(1), "USD", conversions=counted, conversion_value=counted)
    with staging.spooled([fact], Asked(ZONE, "USD", FIRST, LAST)) as lines, db.transaction(actor) as session:
        ingest.ingest(session, lines, grain=DAY, pull=said)


@pytest.fixture
def accounts(actor: Actor) -> dict[Platform, UUID]:
    made = {}
    for platform in (Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS):
        made[platform] = rows.account(actor, platform)
        rows.campaign(actor, made[platform], platform_campaign_id=platform.value, name=platform.value)
    return made


def told(actor: Actor, *by: By) -> list[dict[str, object] | None]:
    found = claims.of(actor, since=FIRST, until=LAST)
    return [found.label(row) for row in queries.show(actor, since=FIRST, until=LAST, by=by)]


def test_a_sum_over_platforms_says_that_it_is_what_each_claims_and_by_which_rules(
    actor: Actor, accounts: dict[Platform, UUID]
) -> None:
    for platform, rule in ((Platform.GOOGLE_ADS, "30d click"), (Platform.FACEBOOK_ADS, "7d_click_1d_view")):
        pull(actor, accounts[platform], platform.value, after=0, by=rule)
    windows = {"google_ads": ["30d click"], "facebook_ads": ["7d_click_1d_view"]}
    assert told(actor) == [{"note": claims.SENTENCE, "windows": windows, "breaks": []}]
    assert [each and (each["note"], each["windows"]) for each in told(actor, By.PLATFORM)] == [
        (None, {"google_ads": ["30d click"]}),
        (None, {"facebook_ads": ["7d_click_1d_view"]}),
    ]


def test_a_row_without_conversions_claims_nothing(actor: Actor, accounts: dict[Platform, UUID]) -> None:
    pull(actor, accounts[Platform.GOOGLE_ADS], "google_ads", after=0, by=None, conversions=None)
    assert told(actor) == [None]


def test_a_rule_that_changes_between_two_pulls_is_a_marked_break(actor: Actor, accounts: dict[Platform, UUID]) -> None:
    for hours, rule in enumerate(("30d click", "30d click", None, "90d click")):
        pull(actor, accounts[Platform.GOOGLE_ADS], "google_ads", after=hours, by=rule)
    (found,) = claims.of(actor, since=FIRST, until=LAST).breaks
    assert (found.before, found.after, found.at) == ("30d click", "90d click", START + timedelta(hours=3))
    assert claims.of(actor, since=FIRST, until=LAST, moment=found.at).breaks == ()
    assert claims.of(actor, since=LAST + timedelta(days=1), until=LAST + timedelta(days=2)).breaks == ()


def test_a_rule_is_told_as_it_was_at_the_moment_that_is_asked_about(
    actor: Actor, accounts: dict[Platform, UUID]
) -> None:
    for hours, rule in ((0, "30d click"), (24, "90d click")):
        pull(actor, accounts[Platform.GOOGLE_ADS], "google_ads", after=hours, by=rule)

    def at(hours: int) -> tuple[dict[Platform, list[str]], list[tuple[str, str]]]:
        found = claims.of(actor, since=FIRST, until=LAST, as_of=START + timedelta(hours=hours))
        return found.windows, [(each.before, each.after) for each in found.breaks]

    assert at(-1) == ({}, []), "nothing was told then"
    assert at(0) == at(23) == ({Platform.GOOGLE_ADS: ["30d click"]}, [])
    assert at(24) == at(25) == ({Platform.GOOGLE_ADS: ["90d click"]}, [("30d click", "90d click")])


def test_another_tenants_rules_are_not_told(actor: Actor, second_tenant: Actor, accounts: dict[Platform, UUID]) -> None:
    pull(actor, accounts[Platform.GOOGLE_ADS], "google_ads", after=0, by="30d click")
    assert claims.of(second_tenant, since=FIRST, until=LAST) == claims.Claims((), ())
