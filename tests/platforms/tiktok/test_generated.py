"""Ads that nobody thought of: TikTok's preflight refuses them with a reason, or the platform takes all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.platforms import feed_specs
from tests.platforms.conftest import Live

from adloom.core import ids as ids_module
from adloom.core.money import Money
from adloom.core.settings import load
from adloom.core.time import now
from adloom.platforms.spec import (
    Bidding,
    Budget,
    CampaignSpec,
    Conversion,
    Daypart,
    Interest,
    Location,
    Schedule,
    Targeting,
)
from adloom.platforms.tiktok import countries, paths
from adloom.platforms.tiktok.paths import Path
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    CallToAction,
    ConversionEvent,
    Device,
    Gender,
    LocationIntent,
    LocationType,
    Objective,
    Operation,
    Platform,
    RemoteStatus,
    Weekday,
)

#: Countries that the sandbox knows, one that it does not matter for, and one that is none.
PLACES = ("US", "DE", "JP", "BR", "GB", "FR", "CA")
SELLING = (Objective.CONVERSIONS, Objective.LEADS)
TARGETED = ("locations", "location_intent", "languages", "age_min", "age_max", "genders", "devices", "interests")
Change = Callable[[Any, CampaignSpec], CampaignSpec]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=0, max_size=110)
MONEY = st.decimals(Decimal("0.01"), Decimal(5000), places=2)


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.TIKTOK_ADS)


def _locations() -> st.SearchStrategy[tuple[Location, ...]]:
    country = st.builds(Location, st.just(LocationType.COUNTRY), country=st.sampled_from(PLACES))
    return st.lists(country, max_size=3).map(tuple)


def _targeting() -> st.SearchStrategy[Targeting]:
    return st.builds(
        Targeting,
        locations=_locations(),
        location_intent=st.sampled_from(LocationIntent),
        languages=st.lists(st.sampled_from(["en", "de", "nb", "xx", "zh", "ja"]), max_size=3).map(tuple),
        age_min=st.integers(13, 70),
        age_max=st.none() | st.integers(13, 80),
        genders=st.lists(st.sampled_from(Gender), min_size=1, max_size=2, unique=True).map(tuple),
        devices=st.lists(st.sampled_from(Device), min_size=1, unique=True).map(tuple),
        interests=st.lists(st.sampled_from(["10", "22101", "28"]), max_size=2, unique=True).map(
            lambda keys: tuple(Interest("tiktok_ads", key) for key in keys)
        ),
    )


def _schedules() -> st.SearchStrategy[Schedule]:
    window = st.builds(
        Daypart,
        days=st.lists(st.sampled_from(Weekday), min_size=1, unique=True).map(tuple),
        start_minute=st.integers(0, 1439),
        end_minute=st.integers(1, 1440),
    )
    begins = now().replace(microsecond=0)
    later = datetime(2027, 3, 1, tzinfo=UTC)
    days = st.none() | st.integers(1, 90)
    return st.builds(
        lambda start, length, windows: Schedule(
            start, None if length is None else start + timedelta(days=length), tuple(windows)
        ),
        st.sampled_from([begins, later]),
        days,
        st.lists(window, max_size=2),
    )


def _budgets() -> st.SearchStrategy[Budget]:
    bidding = st.builds(Bidding, st.sampled_from(BidStrategy), st.none() | MONEY)
    return st.builds(Budget, st.sampled_from(BudgetType), MONEY.map(lambda amount: Money(amount, "USD")), bidding)


def _set(**strategies: st.SearchStrategy[Any]) -> Change:
    return lambda draw, spec: dataclasses.replace(spec, **{name: draw(each) for name, each in strategies.items()})


def _made(**strategies: st.SearchStrategy[Any]) -> Change:
    return lambda draw, spec: feed_specs.with_creative(spec, **{name: draw(each) for name, each in strategies.items()})


def _declared(**strategies: st.SearchStrategy[Any]) -> Change:
    return lambda draw, spec: dataclasses.replace(
        spec,
        declarations=dataclasses.replace(spec.declarations, **{name: draw(each) for name, each in strategies.items()}),
    )


def _aimed(name: str) -> Change:
    return lambda draw, spec: feed_specs.with_targeting(spec, **{name: getattr(draw(_targeting()), name)})


def _bids(draw: Any, spec: CampaignSpec) -> CampaignSpec:
    bidding = Bidding(
        draw(st.sampled_from(BidStrategy)), draw(st.none() | st.sampled_from([Decimal("1.5"), Decimal(60)]))
    )
    return dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, bidding=bidding))


def _sells(draw: Any, spec: CampaignSpec) -> CampaignSpec:
    spec = feed_specs.selling(spec, event=draw(st.sampled_from(ConversionEvent)))
    return dataclasses.replace(spec, objective=draw(st.sampled_from(SELLING)))


CHANGES: list[Change] = [
    *(_aimed(field.name) for field in dataclasses.fields(Targeting) if field.name in TARGETED),
    _bids,
    _sells,
    _sells,
    _set(objective=st.sampled_from(Objective)),
    _set(conversion=st.none() | st.builds(Conversion, st.sampled_from(ConversionEvent))),
    _set(budget=_budgets()),
    _set(schedule=_schedules()),
    _set(schedule=_schedules()),
    _set(tracking=st.dictionaries(st.sampled_from(["utm_source", "utm_term"]), st.just("x"))),
    _set(desired_status=st.sampled_from([RemoteStatus.ACTIVE, RemoteStatus.PAUSED])),
    _made(primary_text=TEXT),
    _made(call_to_action=st.none() | st.sampled_from(CallToAction)),
    _made(landing_url=st.sampled_from(["https://example.com/a?b=c", "http://example.com", "https://exa mple.com"])),
    _declared(ai_generated=st.none() | st.booleans()),
    _declared(special_categories=st.sampled_from([None, (), ("HOUSING", "CREDIT"), ("POLITICS",)])),
]


@st.composite
def ads(draw: Any) -> CampaignSpec:
    """An ad that TikTok takes, changed in some ways; on an account that is put in later."""
    spec = feed_specs.feed_spec(groups=draw(st.integers(1, 2)), ads=draw(st.integers(1, 2)))
    begins = now().replace(microsecond=0)
    spec = dataclasses.replace(spec, schedule=Schedule(begins, begins + timedelta(days=30)))
    spec = feed_specs.with_budget(spec, "120.40")
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=4)):
        spec = change(draw, spec)
    return spec


def _deploy(live: Live, spec: CampaignSpec, *, assets: dict[str, str]) -> None:
    ids = dict(assets)
    for step in live.adapter.steps(spec, operation=Operation.CREATE):
        if step.creates and set(step.creates) <= set(ids):
            continue
        key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
        result = live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key=key)
        ids.update({each.key: each.platform_id for each in result.objects})
    assets.update({key: value for key, value in ids.items() if key.startswith("asset/")})


@pytest.mark.parametrize(("ends_on", "path"), [("2028-01-01", paths.MANUAL), ("2026-01-01", paths.SMART_PLUS)])
def test_whatever_preflight_lets_pass_is_taken(
    live: Live, monkeypatch: pytest.MonkeyPatch, ends_on: str, path: Path
) -> None:
    monkeypatch.setenv("ADLOOM_TIKTOK_MANUAL_ENDS_ON", ends_on)
    load.cache_clear()
    assets: dict[str, str] = {}
    taken: list[tuple[Objective, Path]] = []

    @settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(spec=ads())
    def check(spec: CampaignSpec) -> None:
        spec = dataclasses.replace(spec, account=live.account)
        found = live.adapter.preflight(spec)
        assert all(error.field and error.rule and error.fix for error in found.errors)
        if not found.errors:
            _deploy(live, spec, assets=assets)
            taken.append((spec.objective, paths.of(spec)))

    check()
    assert len(taken) > 20
    assert len({objective for objective, _ in taken}) > 3
    assert [each for objective, each in taken if objective in SELLING].count(path) > 3


def test_the_sandbox_knows_the_places_of_this_test() -> None:
    assert set(PLACES) <= set(countries.LOCATION_IDS)
