"""Ninety days of an ad on four platforms: what is held is what the platforms know, for each day, as of each pull.

The truth is the sandbox's ledger, which generates delivery by the hour and restates it; nothing here sums like Adloom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text
from tests.housing import House
from tests.installation import finished, work_off

from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries as campaign_queries
from adloom.core import time
from adloom.db import session as db
from adloom.metrics import actions as metric_actions
from adloom.metrics import history
from adloom.metrics import queries as metrics
from adloom.metrics.grains import GrainName
from adloom.metrics.types import By
from adloom.platforms.types import Platform

ALWAYS = (date(2020, 1, 1), date(2100, 1, 1))

#: By platform, day: impressions, clicks, conversions, value, spend.
Days = dict[tuple[str, str], tuple[int, int, Decimal | None, Decimal | None, Decimal]]


@pytest.fixture
def desk(lent_house: House) -> House:
    """The house without a worker of its own."""
    for process in lent_house.installed.workers:
        if process.poll() is None:
            lent_house.installed.kill(process)
    return lent_house


def pull(desk: House, grain: GrainName) -> None:
    job_ids = metric_actions.sync(desk.actor, grain=grain)
    work_off()
    ended = [finished(desk.actor, job_id) for job_id in job_ids]
    assert {job.status for job in ended} == {"completed"}, [job.error for job in ended]


def truth(desk: House, *, as_of: datetime) -> Days:
    """What the platforms' reports could show at a moment, by day; days without delivery are left out."""
    told = desk.installed.control(f"ledger?grain=day&as_of={quote(as_of.isoformat())}")["delivery"]
    ours = {c.platform_campaign_id for c in campaign_queries.all_of(desk.actor)}
    return {
        (row["platform"], row["date"]): (
            row["impressions"],
            row["clicks"],
            _decimal(row["conversions"]),
            _decimal(row["conversion_value"]),
            Decimal(row["spend"]),
        )
        for row in told
        if row["campaign_id"] in ours and (row["impressions"] or row["clicks"] or Decimal(row["spend"]))
    }


def held(desk: House, *, as_of: datetime | None) -> Days:
    rows = metrics.show(desk.actor, since=ALWAYS[0], until=ALWAYS[1], by=(By.PLATFORM, By.DAY), as_of=as_of)
    return {
        (row.platform.value, row.date.isoformat()): (
            row.impressions,
            row.clicks,
            row.conversions,
            row.conversion_value,
            row.spend,
        )
        for row in rows
        if row.platform and row.date and (row.impressions or row.clicks or row.spend)
    }


def test_ninety_days_are_right_to_the_last_digit_as_of_every_pull(desk: House) -> None:
    campaigns.deploy(desk.actor, ad_id=desk.ad(), accept_losses=True)
    work_off()
    moments: list[datetime] = []
    for _ in range(9):
        desk.installed.pass_time("P10D")
        pull(desk, GrainName.DAY)
        moments.append(time.now())
    then = [truth(desk, as_of=moment) for moment in moments]
    for moment, known in zip(moments, then, strict=True):
        assert _differences(held(desk, as_of=moment), known) == {}
    assert len(then[-1]) >= 4 * 90
    assert held(desk, as_of=None) == held(desk, as_of=moments[-1])
    restated = history.changes(desk.actor, moment=moments[-2], since=ALWAYS[0], until=ALWAYS[1])
    assert {row.platform for row in restated} == set(Platform), "or nothing above was put to the test"
    pull(desk, GrainName.HOUR)
    assert _differences(hours(desk), true_hours(desk, as_of=time.now())) == {}


def hours(desk: House) -> dict[tuple[str, datetime], tuple[int, int, Decimal]]:
    with db.reading(desk.actor) as session:
        rows = session.execute(
            text(
                """
                SELECT platform, hour_timestamp, sum(impressions), sum(clicks), sum(spend_amount)
                FROM campaign_metrics_hourly
                GROUP BY platform, hour_timestamp
                """
            )
        )
        return {(row[0], row[1]): (int(row[2]), int(row[3]), row[4]) for row in rows if row[2] or row[3] or row[4]}


def true_hours(desk: House, *, as_of: datetime) -> dict[tuple[str, datetime], tuple[int, int, Decimal]]:
    """The hours that are kept: a week back, in the account's zone."""
    zone = time.zone("America/Los_Angeles")
    first = time.today("America/Los_Angeles") - timedelta(days=6)
    told = desk.installed.control(f"ledger?grain=hour&from={first}&as_of={quote(as_of.isoformat())}")["delivery"]
    ours = {c.platform_campaign_id for c in campaign_queries.all_of(desk.actor)}
    found: Mapping[tuple[str, datetime], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for row in told:
        if row["campaign_id"] not in ours:
            continue
        day = date.fromisoformat(row["date"])
        moment = datetime(day.year, day.month, day.day, int(row["hour"]), tzinfo=zone).astimezone(UTC)
        sums = found[row["platform"], moment]
        for place, value in enumerate((row["impressions"], row["clicks"], row["spend"])):
            sums[place] += Decimal(value)
    return {key: (int(sums[0]), int(sums[1]), sums[2]) for key, sums in found.items() if any(sums)}


def _differences(ours: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    return {key: (ours.get(key), theirs.get(key)) for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)}


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
