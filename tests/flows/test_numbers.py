"""Ninety days of ads on four platforms, each account in its own currency and zone: what is held is what they know.

The days are those in which clocks are changed; half of the campaigns are deleted on the way, others were made by
strangers and deleted before anybody here knew of them, every pull meets a fault, and figures are restated all the
while. The truth is the sandbox's ledger, which generates delivery by the hour and restates it; nothing here sums like
Adloom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.databases import Cluster
from tests.housing import House
from tests.installation import Installation, finished, work_off

from adloom.campaigns import actions as campaigns
from adloom.campaigns import importing
from adloom.connections import queries as connections
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import actions as metric_actions
from adloom.metrics import history
from adloom.metrics import queries as metrics
from adloom.metrics.grains import GrainName
from adloom.metrics.types import By
from adloom.platforms.types import Operation, Platform

ALWAYS = (date(2020, 1, 1), date(2100, 1, 1))

PLACES = {
    Platform.GOOGLE_ADS: ("EUR", "Europe/Berlin"),
    Platform.FACEBOOK_ADS: ("JPY", "Europe/London"),  # a currency without cents
    Platform.MICROSOFT_ADS: ("CAD", "America/New_York"),
    Platform.TIKTOK_ADS: ("USD", "America/Los_Angeles"),
}

#: What the first question about a report meets, one after the other.
FAULTS = ("server_error", "cut", "truncated_page")
REPORTS = r"(?i)googleads:search|insights|report"

#: Of ninety days, those after which a pull of hours still reaches a day of 23 or 25 hours, and the last one.
WITH_HOURS = (40, 50, 60, 90)
DELETED_AFTER = 40
STRANGERS_DAYS = 4
#: What a person's deletion is called there: field and word.
DELETED = {
    Platform.GOOGLE_ADS: ("status", "REMOVED"),
    Platform.FACEBOOK_ADS: ("status", "DELETED"),
    Platform.MICROSOFT_ADS: ("Status", "Deleted"),
    Platform.TIKTOK_ADS: ("operation_status", "DELETE"),
}

#: By platform, campaign, day and currency: impressions, clicks, conversions, value, spend.
Days = dict[tuple[str, str, str, str], tuple[int, int, Decimal | None, Decimal | None, Decimal]]
Hours = dict[tuple[str, datetime], tuple[int, int, Decimal]]


@pytest.fixture
def desk(installed: Installation, actor: Actor, media: Path, cluster: Cluster) -> Iterator[House]:
    """Connected, without a worker of its own, 49 days before clocks change in Europe, and some days for strangers: in
    America they do 14 days earlier, or a week later.
    """
    ahead = _days_until_clocks_change("Europe/Berlin") - 49 - STRANGERS_DAYS
    installed.pass_time(f"P{ahead}D")
    for platform, (currency, zone) in PLACES.items():
        for action, value in (("currency", currency), ("time_zone", zone)):
            installed.control("account", {"platform": platform.value, "action": action, "value": value})
    installed.connect(actor)
    told = {each.platform: (each.currency, each.time_zone) for each in connections.accounts(actor)}
    assert told == PLACES
    yield House(installed, actor, media, cluster)
    for platform in Platform:  # the sandbox is shared
        installed.control("account", {"platform": platform.value, "action": "currency", "value": "USD"})
        home = {"platform": platform.value, "action": "time_zone", "value": "America/Los_Angeles"}
        installed.control("account", home)


def _days_until_clocks_change(zone: str) -> int:
    """Days until the first change that is at least 49 days off, once strangers are gone."""
    place, days = time.zone(zone), 49 + STRANGERS_DAYS
    noon = time.now().astimezone(place).replace(hour=12)

    def offset(day: int) -> timedelta | None:
        return (noon + timedelta(days=day)).utcoffset()

    while offset(days) == offset(days - 1):
        days += 1
    return days


def let_strangers_come_and_go(desk: House) -> set[str]:
    """Others' campaigns, one on each platform, that are deleted there before the accounts import; their ids."""
    made = [
        desk.installed.control("seed", {"platform": each.value, "campaigns": 1})["campaigns"][0] for each in Platform
    ]
    desk.installed.pass_time(f"P{STRANGERS_DAYS}D")
    for each in made:
        field, word = DELETED[Platform(each["platform"])]
        desk.installed.control("edit", {"platform": each["platform"], "id": each["id"], "field": field, "value": word})
    for account in connections.accounts(desk.actor):
        importing.begin(desk.actor, account_id=account.id)
    work_off()
    return {each["id"] for each in made}


def deploy(desk: House, platform: Platform) -> UUID:
    currency, _ = PLACES[platform]
    bidding = {"strategy": "MAX_CONVERSIONS"}
    amount = {"value": "6000" if currency == "JPY" else "60.00", "currency": currency}
    ad_id = desk.ad(budget={"type": "DAILY", "amount": amount, "bidding": bidding})
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[platform])
    return ad_id


def pull(desk: House, grain: GrainName, *, fault: str | None = None) -> None:
    """Brings all in, although each platform's first answer goes wrong."""
    for platform in Platform if fault else ():
        desk.installed.fault(platform.value, REPORTS, fault)
    job_ids = metric_actions.sync(desk.actor, grain=grain)
    work_off(only_due=False)
    ended = [finished(desk.actor, job_id) for job_id in job_ids]
    assert {job.status for job in ended} == {"completed"}, [job.error for job in ended]
    assert {each["left"] for each in desk.installed.control("faults")["faults"]} <= {0}, f"{fault} struck nowhere"
    desk.installed.control("faults", method="DELETE")


def truth(desk: House, *, as_of: datetime) -> Days:
    """What the platforms' reports could show at a moment; days without delivery are left out."""
    told = desk.installed.control(f"ledger?grain=day&as_of={quote(as_of.isoformat())}")["delivery"]
    return {
        (row["platform"], row["campaign_id"], row["date"], row["currency"]): (
            row["impressions"],
            row["clicks"],
            _decimal(row["conversions"]),
            _decimal(row["conversion_value"]),
            Decimal(row["spend"]),
        )
        for row in told
        if row["impressions"] or row["clicks"] or Decimal(row["spend"])
    }


def held(desk: House, *, as_of: datetime | None) -> Days:
    """What we hold, and held at a moment."""
    by = (By.PLATFORM, By.CAMPAIGN, By.DAY)
    rows = metrics.show(desk.actor, since=ALWAYS[0], until=ALWAYS[1], by=by, as_of=as_of)
    return {
        (row.platform.value, str(row.campaign.platform_campaign_id), row.date.isoformat(), row.currency): (
            row.impressions,
            row.clicks,
            row.conversions,
            row.conversion_value,
            row.spend,
        )
        for row in rows
        if row.platform and row.campaign and row.date and (row.impressions or row.clicks or row.spend)
    }


def test_ninety_days_are_right_to_the_last_digit_as_of_every_pull(desk: House) -> None:
    strangers = let_strangers_come_and_go(desk)
    to_stay = [deploy(desk, platform) for platform in Platform]
    to_go = [deploy(desk, platform) for platform in Platform]
    work_off()
    moments: list[datetime] = []
    for days, fault in zip(range(10, 91, 10), cycle(FAULTS), strict=False):
        desk.installed.pass_time("P10D")
        desk.installed.begin_an_hour()
        pull(desk, GrainName.DAY, fault=fault)
        moments.append(time.now())
        if days in WITH_HOURS:
            pull(desk, GrainName.HOUR, fault=fault)
            assert _differences(hours(desk), true_hours(desk)) == {}
        for ad_id in to_go if days == DELETED_AFTER else ():
            campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE)
            work_off()
    then = [truth(desk, as_of=moment) for moment in moments]
    for moment, known in zip(moments, then, strict=True):
        assert _differences(_counted(held(desk, as_of=moment), strangers), _counted(known, strangers)) == {}
    assert held(desk, as_of=None) == held(desk, as_of=moments[-1])
    counted = {campaign for _, campaign, *_ in then[-1]}
    assert strangers < counted, "what was deleted before it was known counts"
    assert len(counted - strangers) == len(to_stay) + len(to_go), "deleted ones keep their figures"
    assert len(then[-1]) >= 4 * (90 + DELETED_AFTER - 2)
    restated = history.changes(desk.actor, moment=moments[-2], since=ALWAYS[0], until=ALWAYS[1])
    assert {row.platform for row in restated} == set(Platform), "or nothing above was put to the test"


def _first(zone: str) -> date:
    """The first of the days whose hours are kept: a week back."""
    return time.today(zone) - timedelta(days=6)


def hours(desk: House) -> Hours:
    """The hours of the last week that we hold, each account's in its zone."""
    since = {p.value: datetime.combine(_first(z), datetime.min.time(), time.zone(z)) for p, (_, z) in PLACES.items()}
    with db.reading(desk.actor) as session:
        rows = session.execute(
            text(
                """
                SELECT platform, hour_timestamp, sum(impressions), sum(clicks), sum(spend_amount)
                FROM campaign_metrics_hourly
                GROUP BY platform, hour_timestamp
                """
            )
        ).all()
    return {
        (platform, moment): (int(impressions), int(clicks), spend)
        for platform, moment, impressions, clicks, spend in rows
        if moment >= since[platform] and (impressions or clicks or spend)
    }


def true_hours(desk: House) -> Hours:
    """What the platforms know of these hours now; one that comes twice in a night is its first."""
    found: Mapping[tuple[str, datetime], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for platform, (_, name) in PLACES.items():
        zone, first = time.zone(name), _first(name)
        asked = f"ledger?grain=hour&platform={platform.value}&from={first}&as_of={quote(time.now().isoformat())}"
        for row in desk.installed.control(asked)["delivery"]:
            day = date.fromisoformat(row["date"])
            moment = datetime(day.year, day.month, day.day, int(row["hour"]), tzinfo=zone).astimezone(UTC)
            sums = found[platform.value, moment]
            for place, value in enumerate((row["impressions"], row["clicks"], row["spend"])):
                sums[place] += Decimal(value)
    return {key: (int(sums[0]), int(sums[1]), sums[2]) for key, sums in found.items() if any(sums)}


def _counted(days: Days, strangers: set[str]) -> Days:
    """Without the conversions of strangers' campaigns: which of them count is chosen by an ad of ours."""
    return {
        key: (impressions, clicks, None, None, spend) if key[1] in strangers else (impressions, clicks, *sales, spend)
        for key, (impressions, clicks, *sales, spend) in days.items()
    }


def _differences(ours: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    return {key: (ours.get(key), theirs.get(key)) for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)}


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
