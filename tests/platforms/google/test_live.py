"""Google's own ways, against the sandbox: the atomic tree, managers, review, paging, the EU's block."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.platforms.conftest import Live
from tests.platforms.specs import with_creative, with_targeting

from adloom.core.errors import CredentialsExpired, Rejected
from adloom.core.money import Money
from adloom.core.time import today
from adloom.platforms.spec import Bidding, Budget, Daypart, Location
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    DeliveryState,
    Device,
    Gender,
    LocationType,
    Operation,
    Platform,
    RemoteStatus,
    Weekday,
)


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.GOOGLE_ADS)


def test_the_account_is_reached_through_its_manager(live: Live) -> None:
    (account,) = live.adapter.accounts(live.connection)
    assert account.attributes == {"login_customer_id": live.sandbox.line["google_ads"]["login_customer_id"]}


def test_a_refresh_keeps_the_refresh_token(live: Live) -> None:
    first = live.login.current
    second = live.login.renew()
    assert second.refresh_token == first.refresh_token
    assert second.access_token != first.access_token
    assert live.adapter.accounts(live.connection)


def test_a_revoked_login_has_to_be_connected_again(live: Live) -> None:
    live.sandbox.control("account", {"platform": "google_ads", "action": "revoke"})
    with pytest.raises(CredentialsExpired) as caught:
        live.adapter.accounts(live.connection)
    assert caught.value.words


def test_a_tree_with_one_bad_part_leaves_nothing_behind(live: Live) -> None:
    spec = with_creative(live.spec(), headlines=("One", "Two", "x" * 31))
    step = live.adapter.steps(spec, operation=Operation.CREATE)[0]
    before = len(live.objects())
    with pytest.raises(Rejected) as caught:
        live.adapter.execute(live.connection, spec=spec, step=step, ids={}, key="k")
    assert caught.value.errors[0].field.startswith("mutate_operations[")
    assert len(live.objects()) == before


def test_everything_that_can_be_targeted_is_taken_and_found_again(live: Live) -> None:
    places = (
        Location(LocationType.COUNTRY, country="DE"),
        Location(LocationType.COUNTRY, country="FR", exclude=True),
        Location(LocationType.RADIUS, lat=Decimal("52.52"), lon=Decimal("13.405"), radius_km=Decimal(10)),
    )
    spec = with_targeting(
        live.spec(groups=2),
        locations=places,
        languages=("en", "zh"),
        age_min=25,
        age_max=44,
        genders=(Gender.FEMALE,),
        devices=(Device.MOBILE, Device.TABLET),
    )
    hours = (Daypart((Weekday.MON, Weekday.TUE), 0, 18 * 60 + 30), Daypart((Weekday.MON,), 20 * 60, 24 * 60))
    spec = dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, dayparting=hours))
    assert live.adapter.preflight(spec).errors == ()
    live.run(spec, Operation.CREATE, {})


@pytest.mark.parametrize("strategy", BidStrategy)
@pytest.mark.parametrize("kind", BudgetType)
def test_every_bid_strategy_and_budget_is_taken(live: Live, strategy: BidStrategy, kind: BudgetType) -> None:
    has_target = strategy in (BidStrategy.TARGET_CPA, BidStrategy.TARGET_ROAS, BidStrategy.BID_CAP)
    bidding = Bidding(strategy, Decimal("2.5") if has_target else None)
    spec = live.spec(budget=Budget(kind, Money(Decimal("500.00"), "USD"), bidding))
    assert live.adapter.preflight(spec).errors == ()
    live.run(spec, Operation.CREATE, {})


def test_an_ad_in_review_is_in_review_and_a_rejected_one_says_why(live: Live) -> None:
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    observed = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert observed.delivery is DeliveryState.IN_REVIEW
    ad = ids["ad/g0/a0"]
    body = {"platform": "google_ads", "ad": ad.partition("~")[2], "verdict": "reject", "reason": "ALCOHOL"}
    live.sandbox.control("review", body)
    observed = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert observed.delivery is DeliveryState.REJECTED
    assert observed.status is RemoteStatus.ACTIVE
    assert observed.reasons


def test_a_suspended_account_blocks_delivery(live: Live) -> None:
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    live.sandbox.control("account", {"platform": "google_ads", "action": "suspend"})
    observed = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert observed.delivery is DeliveryState.BILLING_BLOCKED


def test_a_campaign_that_starts_later_is_scheduled(live: Live) -> None:
    spec = live.spec()
    later = (spec.schedule.start + timedelta(days=10)).replace(second=0, microsecond=0)
    spec = dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, start=later))
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    live.sandbox.control("clock", {"advance": "P2D"})
    observed = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert observed.delivery is DeliveryState.SCHEDULED


def test_a_report_of_several_pages_is_whole(live: Live) -> None:
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    live.sandbox.control("clock", {"advance": "P6D"})
    since = today(live.account.time_zone)
    until = since + timedelta(days=6)

    def days() -> list[object]:
        return list(live.adapter.daily(live.connection, account=live.account, since=since, until=until, events={}))

    whole = days()
    live.fault("truncated_page", match="googleAds:search")
    assert days() == whole
    assert len(whole) >= 5


@pytest.mark.parametrize(("action", "code"), [("cap", "capped"), ("unpaid", "unpaid")])
def test_an_account_without_money_is_a_fault_and_shows_nothing(live: Live, action: str, code: str) -> None:
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    live.sandbox.control("clock", {"advance": "P1D"})
    live.sandbox.control("account", {"platform": "google_ads", "action": action})
    assert [each.code for each in live.adapter.inspect(live.connection, account=live.account).faults] == [code]
    observed = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert observed.delivery is DeliveryState.BILLING_BLOCKED
