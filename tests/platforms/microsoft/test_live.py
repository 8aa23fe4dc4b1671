"""Microsoft's own ways, against the sandbox: rotation, partial success, review, slow and lapsed reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.platforms.conftest import Live
from tests.platforms.specs import with_targeting

from adloom.core.errors import Duplicate, OutcomeUnknown
from adloom.core.money import Money
from adloom.core.time import today
from adloom.platforms.contract import Step
from adloom.platforms.spec import Bidding, Budget, CampaignSpec, Daypart, Keyword, Location
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    DeliveryState,
    Device,
    Gender,
    LocationType,
    MatchType,
    Operation,
    Platform,
    Weekday,
)


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.MICROSOFT_ADS)


def steps(live: Live, spec: CampaignSpec) -> dict[str, Step]:
    return {step.key: step for step in live.adapter.steps(spec, operation=Operation.CREATE)}


def run_until(live: Live, spec: CampaignSpec, *, before: str) -> dict[str, str]:
    """Does the steps of a create up to the one named, which is left."""
    ids: dict[str, str] = {}
    for key, step in steps(live, spec).items():
        if key == before:
            return ids
        result = live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key=key)
        ids.update({each.key: each.platform_id for each in result.objects})
    raise AssertionError(f"no step {before}")


def test_every_refresh_brings_a_new_refresh_token_that_works(live: Live) -> None:
    first = live.login.current
    second = live.login.renew()
    assert second.refresh_token not in (None, first.refresh_token)
    assert second.access_token != first.access_token
    assert second.expires_at is not None
    assert second.extra == first.extra
    assert live.adapter.accounts(live.connection)
    assert live.login.renew().refresh_token != second.refresh_token


def test_the_account_says_which_customer_it_belongs_to(live: Live) -> None:
    (account,) = live.adapter.accounts(live.connection)
    assert account.attributes["customer_id"] == live.sandbox.line["microsoft_ads"]["customer_id"]
    assert account.attributes["time_zone_name"] == "PacificTimeUSCanadaTijuana"


def test_keywords_that_an_earlier_attempt_left_are_adopted_with_the_rest(live: Live) -> None:
    """Partial success: some stand, some do not; a second attempt makes the rest, and none twice."""
    spec = live.spec()
    spec = with_targeting(spec, keywords=(*spec.groups[0].targeting.keywords, Keyword("boots", MatchType.BROAD)))
    ids = run_until(live, spec, before="keywords/g0/0")
    step = steps(live, spec)["keywords/g0/0"]
    live.fault("partial", match="POST /CampaignManagement/v13/Keywords$")
    with pytest.raises(OutcomeUnknown):
        live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")
    assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k") is None
    result = live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")
    assert {each.key for each in result.objects} == set(step.creates)
    assert len([each for each in live.objects() if each["type"] == "Keyword"]) == 3


def test_a_repeated_keyword_is_a_duplicate_and_adopted(live: Live) -> None:
    spec = live.spec()
    ids = run_until(live, spec, before="negatives/g0")
    step = steps(live, spec)["keywords/g0/0"]
    again = live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")
    assert again.adopted
    assert {each.key: each.platform_id for each in again.objects}.items() <= ids.items()


def test_a_campaign_of_the_same_name_is_a_duplicate(live: Live) -> None:
    spec = live.spec()
    ids = run_until(live, spec, before="criteria")
    with pytest.raises(Duplicate):
        live.adapter.execute(live.connection, spec=spec, step=steps(live, spec)["campaign"], ids={}, key="k")
    found = live.adapter.find(live.connection, spec=spec, step=steps(live, spec)["campaign"], ids={}, key="k")
    assert found is not None
    assert found.objects[0].platform_id == ids["campaign"]


def test_an_ad_in_review_is_in_review_and_a_rejected_one_says_why(live: Live) -> None:
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    observed = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert observed.delivery is DeliveryState.IN_REVIEW
    live.sandbox.control(
        "review",
        {"platform": "microsoft_ads", "ad": ids["ad/g0/a0"], "verdict": "reject", "reason": "Unclear text"},
    )
    observed = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert observed.delivery is DeliveryState.REJECTED
    assert observed.reasons
    assert observed.words == "Active"


def test_everything_that_can_be_targeted_is_taken_and_found_again(live: Live) -> None:
    places = (
        Location(LocationType.COUNTRY, country="DE"),
        Location(LocationType.COUNTRY, country="FR", exclude=True),
        Location(LocationType.RADIUS, lat=Decimal("52.52"), lon=Decimal("13.405"), radius_km=Decimal(10)),
    )
    spec = with_targeting(
        live.spec(groups=2),
        locations=places,
        languages=("en", "de"),
        age_min=25,
        age_max=49,
        genders=(Gender.FEMALE,),
        devices=(Device.MOBILE, Device.TABLET),
    )
    hours = (Daypart((Weekday.MON, Weekday.TUE), 0, 18 * 60 + 30), Daypart((Weekday.MON,), 20 * 60, 24 * 60))
    spec = dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, dayparting=hours))
    assert live.adapter.preflight(spec).errors == ()
    live.run(spec, Operation.CREATE, {})


@pytest.mark.parametrize("strategy", BidStrategy)
def test_every_bid_strategy_is_taken(live: Live, strategy: BidStrategy) -> None:
    target = (
        Decimal("2.5") if strategy in (BidStrategy.TARGET_CPA, BidStrategy.TARGET_ROAS, BidStrategy.BID_CAP) else None
    )
    budget = Budget(BudgetType.DAILY, Money(Decimal("50.00"), "USD"), Bidding(strategy, target))
    spec = live.spec(budget=budget)
    assert live.adapter.preflight(spec).errors == ()
    live.run(spec, Operation.CREATE, {})


def test_a_report_that_takes_long_is_waited_for(live: Live) -> None:
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    live.sandbox.control("clock", {"advance": "P3D"})
    live.fault("slow_report")
    since = today(live.account.time_zone)
    until = since + timedelta(days=3)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(
            lambda: list(live.adapter.daily(live.connection, account=live.account, since=since, until=until, events={}))
        )
        while not any("Poll" in each["path"] for each in live.sandbox.control("ledger")["requests"]):
            wait([coming], timeout=0.05)
        assert not coming.done()
        live.sandbox.control("clock", {"advance": "PT11M"})
        facts = coming.result(timeout=30)
    assert {fact.platform_campaign_id for fact in facts} == {ids["campaign"]}


def test_an_account_without_delivery_has_no_days(live: Live) -> None:
    since = today(live.account.time_zone)
    facts = live.adapter.daily(live.connection, account=live.account, since=since, until=since, events={})
    assert list(facts) == []
