"""What doors say of whole accounts is read from roll-ups alone, and is what the facts say, to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.doors.browsing import Browser
from tests.doors.visitors import Visitor
from tests.rooms import rows

from adloom.connections import queries as connections
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.metrics import queries, rollups, windows
from adloom.metrics.types import By
from adloom.platforms.types import Platform
from adloom.reports import words
from adloom.web.views.overview import MOST

_SUMS = text(
    """
    SELECT
        campaigns.platform,
        CASE WHEN :by_day THEN campaign_metrics.date END AS date,
        sum(impressions) AS impressions,
        sum(clicks) AS clicks,
        sum(conversions) AS conversions,
        sum(conversion_value) AS conversion_value,
        sum(spend_amount) AS spend
    FROM campaign_metrics
    JOIN campaigns ON campaigns.id = campaign_metrics.campaign_id
    WHERE date BETWEEN :since AND :until
    GROUP BY
        1,
        2
    ORDER BY
        1,
        2
    """
)

# One campaign in five has figures of 70 days, the others of the last one.
_DAYS = text(
    """
    INSERT INTO campaign_metrics (
        user_id, campaign_id, platform, date, time_zone, impressions, clicks, conversions, conversion_value,
        spend_amount, spend_currency
    )
    SELECT
        user_id, id, platform, CAST(:last AS date) - day, 'UTC', 1000 + day, 50, 0.333333, 7.77,
        (CAST(:spent AS numeric[]))[1 + number % 3], 'USD'
    FROM (SELECT *, row_number() OVER (ORDER BY platform, campaign_name) AS number FROM campaigns) AS listed
    CROSS JOIN generate_series(0, 69) AS day
    WHERE day = 0 OR number % 5 = 0
    """
)


@contextmanager
def without_facts(database: Urls) -> Iterator[None]:
    """Meanwhile whoever reads a day of a campaign is refused by the database itself."""
    assert database.superuser is not None
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute("REVOKE SELECT ON campaign_metrics FROM adloom_app")
        try:
            yield
        finally:
            connection.execute("GRANT SELECT ON campaign_metrics TO adloom_app")


@pytest.fixture
def until(owner: Visitor) -> date:
    """The last day of 70 with figures, of more campaigns than a page lists, on two platforms."""
    for platform, campaigns in ((Platform.GOOGLE_ADS, MOST), (Platform.TIKTOK_ADS, 3)):
        account = rows.account(owner.actor, platform, external_id=platform.value)
        for number in range(campaigns):
            rows.campaign(owner.actor, account, platform_campaign_id=f"{number}", name=f"{platform.value} {number}")
    last = windows.last_over(connections.accounts(owner.actor))
    with db.transaction(owner.actor) as session:
        session.execute(_DAYS, {"last": last, "spent": [Decimal("3.333333"), Decimal("0.000001"), Decimal("12.5")]})
    rollups.mend(owner.actor)
    windows.make_anew(owner.actor)
    return last


def by_facts(actor: Actor, since: date, until: date, *, by_day: bool = False) -> list[tuple[Any, ...]]:
    with db.reading(actor) as session:
        values = {"since": since, "until": until, "by_day": by_day}
        return [tuple(row) for row in session.execute(_SUMS, values)]


def told(item: dict[str, Any]) -> tuple[Any, ...]:
    """A row of the API as numbers."""
    amounts = (Decimal(item[name]) for name in ("conversions", "conversion_value", "spend"))
    day = item["date"] and date.fromisoformat(item["date"])
    return (item["platform"], day, item["impressions"], item["clicks"], *amounts)


def test_the_api_reads_no_fact_for_sums_of_platforms_and_days(owner: Visitor, until: date, database: Urls) -> None:
    for days in (1, 7, 45):
        since = until - timedelta(days=days - 1)
        span = {"from": since.isoformat(), "to": until.isoformat()}
        with without_facts(database):
            platforms = owner.get("/v1/metrics", params={**span, "by": "platform"})["items"]
            both = owner.get("/v1/metrics", params={**span, "by": "platform,day"})["items"]
        assert [told(item) for item in platforms] == by_facts(owner.actor, since, until) != []
        assert [told(item) for item in both] == by_facts(owner.actor, since, until, by_day=True)
    with without_facts(database), pytest.raises(DBAPIError):
        queries.show(owner.actor, since=until, until=until, by=(By.CAMPAIGN,))


def test_the_overview_reads_no_fact_and_lists_the_campaigns_that_spent_most(
    owner: Visitor, until: date, http: httpx.Client, database: Urls
) -> None:
    with httpx.Client(base_url=http.base_url, timeout=30) as client:
        browser = Browser(client, owner.actor.tenant_id)
        assert browser.sign_in("owner@example.com").status_code == 303
        with without_facts(database):
            page = browser.look("/?days=30")
        elsewhere = browser.look("/?days=29")
    assert f"The {MOST} campaigns that spent most." in page
    for days, seen in ((30, page), (29, elsewhere)):
        found = by_facts(owner.actor, until - timedelta(days=days - 1), until)
        for spend in (*(row[-1] for row in found), sum(row[-1] for row in found)):
            assert words.money(spend, "USD") in seen
