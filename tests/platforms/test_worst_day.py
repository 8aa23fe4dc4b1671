"""What the platforms may charge for one day, against the daily budget: as they document it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.platforms import feed_specs, specs

from adloom.platforms import registry
from adloom.platforms.spec import Schedule
from adloom.platforms.types import Objective, Platform


@pytest.mark.parametrize(
    ("platform", "factor"),
    [
        (Platform.GOOGLE_ADS, Decimal(2)),
        (Platform.MICROSOFT_ADS, Decimal(2)),
    ],
)
def test_a_search_campaign_may_cost_twice_its_daily_budget(platform: Platform, factor: Decimal) -> None:
    assert registry.adapter(platform).worst_day(specs.search_spec()) == factor


def test_meta_may_take_three_quarters_more() -> None:
    assert registry.adapter(Platform.FACEBOOK_ADS).worst_day(feed_specs.feed_spec()) == Decimal("1.75")


def test_tiktok_keeps_a_plain_daily_budget_and_stretches_the_dynamic_one_of_smart_plus() -> None:
    adapter = registry.adapter(Platform.TIKTOK_ADS)
    late = Schedule(start=datetime(2030, 1, 1, tzinfo=UTC), end=None)
    plain = feed_specs.feed_spec(objective=Objective.TRAFFIC, schedule=late)
    dynamic = feed_specs.feed_spec(objective=Objective.CONVERSIONS, schedule=late)
    assert (adapter.worst_day(plain), adapter.worst_day(dynamic)) == (Decimal(1), Decimal("1.25"))
