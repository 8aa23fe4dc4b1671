"""TikTok's adapter on the sandbox, beyond the common contract: kinds of ads, windows, review, replays."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs
from tests.platforms.conftest import Live

from adloom.core import ids as ids_module
from adloom.core.errors import CredentialsExpired, Duplicate, Invalid, OutcomeUnknown, Throttled
from adloom.core.money import Money
from adloom.core.time import now, today
from adloom.platforms.access import ResourceKind
from adloom.platforms.facts import DailyFact
from adloom.platforms.spec import CampaignSpec, Conversion, Daypart, Location
from adloom.platforms.tiktok import calls, mapping
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import (
    BudgetType,
    ConversionEvent,
    DeliveryState,
    Gender,
    LocationType,
    Objective,
    Operation,
    Platform,
    Weekday,
)


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.TIKTOK_ADS)


def _deploy(live: Live, spec: CampaignSpec) -> dict[str, str]:
    assert live.adapter.preflight(spec).errors == ()
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    return ids


def _fields(live: Live, platform_id: str) -> Mapping[str, Any]:
    found = next(each for each in live.objects() if each["id"] == platform_id)
    fields: Mapping[str, Any] = found["fields"]
    return fields


def _daily(live: Live, *, days: int, events: Mapping[str, ConversionEvent]) -> list[DailyFact]:
    since = today("America/Los_Angeles") - timedelta(days=1)
    until = since + timedelta(days=days)
    return list(live.adapter.daily(live.connection, account=live.account, since=since, until=until, events=events))


def test_two_months_come_in_pieces_and_equal_the_ledger(live: Live) -> None:
    ids = _deploy(live, feed_specs.selling(live.spec(days=90)))
    live.sandbox.control("clock", {"advance": "P62D"})
    facts = _daily(live, days=64, events={ids["campaign"]: ConversionEvent.PURCHASE})
    rows = live.sandbox.control("ledger", platform="tiktok_ads", grain="day")["delivery"]
    truth = {row["date"]: row for row in rows if row["impressions"]}
    assert {fact.date.isoformat() for fact in facts} == set(truth)
    assert len(facts) > 55
    for fact in facts:
        row = truth[fact.date.isoformat()]
        assert (fact.impressions, fact.clicks, fact.spend) == (
            row["impressions"],
            row["clicks"],
            Decimal(row["spend"]),
        )
        assert fact.conversions == Decimal(row["conversions"])
        assert fact.conversion_value == Decimal(row["conversion_value"])


def test_a_campaign_without_an_event_has_unknown_conversions(live: Live) -> None:
    _deploy(live, live.spec())
    live.sandbox.control("clock", {"advance": "P3D"})
    facts = _daily(live, days=4, events={})
    assert facts
    assert {(fact.conversions, fact.conversion_value) for fact in facts} == {(None, None)}


def test_everything_that_tiktok_can_be_told_is_taken(live: Live) -> None:
    spec = feed_specs.with_targeting(
        live.spec(days=20, groups=2),
        age_min=21,
        age_max=54,
        genders=(Gender.FEMALE,),
        locations=(
            Location(LocationType.COUNTRY, country="US"),
            Location(LocationType.COUNTRY, country="DE"),
        ),
    )
    spec = dataclasses.replace(
        spec,
        budget=dataclasses.replace(spec.budget, type=BudgetType.LIFETIME, money=Money(Decimal("2000.01"), "USD")),
        schedule=dataclasses.replace(spec.schedule, dayparting=(Daypart((Weekday.SUN, Weekday.SAT), 9 * 60, 18 * 60),)),
        declarations=dataclasses.replace(spec.declarations, ai_generated=True),
    )
    ids = _deploy(live, spec)
    budgets = [Decimal(str(_fields(live, ids[f"ad_group/g{n}"])["budget"])) for n in (0, 1)]
    assert budgets == [Decimal("1000.01"), Decimal("1000.00")]


@pytest.mark.parametrize("objective", list(Objective))
def test_every_objective_stands_on_the_platform(live: Live, objective: Objective) -> None:
    spec = live.spec(objective=objective)
    if objective in (Objective.CONVERSIONS, Objective.LEADS):
        spec = dataclasses.replace(spec, conversion=Conversion(ConversionEvent.SIGN_UP))
    assert _deploy(live, spec)["campaign"]


@pytest.mark.parametrize("event", [event for event in ConversionEvent if event is not ConversionEvent.CUSTOM])
def test_every_conversion_event_is_one_of_tiktoks(live: Live, event: ConversionEvent) -> None:
    assert _deploy(live, feed_specs.selling(live.spec(), event=event))["campaign"]


def test_a_rejected_ad_says_why(live: Live) -> None:
    ids = _deploy(live, live.spec())
    live.sandbox.control(
        "review",
        {"platform": "tiktok_ads", "ad": ids["ad/g0/a0"], "verdict": "reject", "reason": "Misleading claims"},
    )
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.REJECTED
    assert "AD_STATUS_AUDIT_DENY" in seen.words
    assert any("Misleading claims" in reason for reason in seen.reasons)


def test_review_comes_before_delivery(live: Live) -> None:
    ids = _deploy(live, live.spec())
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.IN_REVIEW
    live.sandbox.control("clock", {"advance": "P2D"})
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.ACTIVE


def test_the_same_key_makes_one_campaign_and_another_key_is_told_that_the_name_is_taken(live: Live) -> None:
    spec = live.spec()
    ids = _deploy(live, spec)
    step = next(step for step in live.adapter.steps(spec, operation=Operation.CREATE) if step.key == "campaign")
    for generation in (1, 2):
        key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=generation)
        with pytest.raises(Duplicate):
            live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key=key)
    assert len([each for each in live.objects() if each["type"] == "campaign"]) == 1


def test_partial_success_is_no_success_until_the_platform_was_asked(live: Live) -> None:
    spec = live.spec()
    ids = _deploy(live, spec)
    live.fault("partial", match="status/update")
    step = live.adapter.steps(spec, operation=Operation.PAUSE)[0]
    with pytest.raises(OutcomeUnknown):
        live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")
    assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k") is None


def test_a_throttle_lasts_a_second_five_minutes_or_until_midnight(live: Live) -> None:
    live.fault("throttle")
    with pytest.raises(Throttled) as caught:
        live.adapter.accounts(live.connection)
    assert timedelta(0) < caught.value.retry_at - now() <= timedelta(days=1)


def test_a_revoked_login_needs_a_person(live: Live) -> None:
    live.sandbox.control("account", {"platform": "tiktok_ads", "action": "revoke"})
    with pytest.raises(CredentialsExpired):
        live.adapter.accounts(live.connection)


def test_a_film_that_is_not_ready_in_time_is_asked_for_again_and_not_sent_again(live: Live) -> None:
    spec = live.spec()
    step = next(step for step in live.adapter.steps(spec, operation=Operation.CREATE) if step.asset_id == "film")
    client = Client(live.connection, advertiser_id=live.account.external_id)
    with pytest.raises(OutcomeUnknown):
        calls.execute(client, spec=spec, step=step, ids={}, key="k", sleep=lambda _: None)
    found = calls.find(client, spec=spec, step=step, ids={}, key="k")
    assert found is not None
    assert found.adopted


def _account_action(live: Live, action: str, value: str | None = None) -> None:
    live.sandbox.control("account", {"platform": "tiktok_ads", "action": action, "value": value})


def test_an_identity_of_a_business_center_is_found_and_carries_ads(live: Live) -> None:
    _account_action(live, "business_identity", "Acme on TikTok")
    found = live.adapter.inspect(live.connection, account=live.account).resources
    identity = next(each for each in found if each.attributes.get("identity_type") == "BC_AUTH_TT")
    assert identity.name == "Acme on TikTok"
    attributes = {**live.account.attributes, **identity.attributes, "identity_id": identity.external_id}
    _deploy(live, dataclasses.replace(live.spec(), account=dataclasses.replace(live.account, attributes=attributes)))


def test_a_pixel_names_the_events_that_an_ad_can_ask_for(live: Live) -> None:
    found = live.adapter.inspect(live.connection, account=live.account).resources
    (pixel,) = (each for each in found if each.kind is ResourceKind.PIXEL)
    assert pixel.external_id == live.account.attributes["pixel_id"]
    assert {*mapping.EVENTS.values()} <= set(pixel.attributes["events"].split(","))


def test_a_punished_account_and_an_empty_one_are_faults(live: Live) -> None:
    _account_action(live, "balance", "0")
    (unpaid,) = live.adapter.inspect(live.connection, account=live.account).faults
    assert (unpaid.code, unpaid.blocks_writes) == ("unpaid", False)
    assert "0" in unpaid.words
    _account_action(live, "punish")
    faults = {fault.code: fault for fault in live.adapter.inspect(live.connection, account=live.account).faults}
    assert faults["suspended"].words == "STATUS_LIMIT"
    assert faults["suspended"].blocks_writes


def test_no_fault_of_tiktoks_can_be_mended_from_here(live: Live) -> None:
    with pytest.raises(Invalid):
        live.adapter.mend(live.connection, account=live.account, fault="suspended", answers={})


def test_a_campaign_of_a_punished_account_is_blocked(live: Live) -> None:
    ids = _deploy(live, live.spec())
    live.sandbox.control("clock", {"advance": "P1D"})
    _account_action(live, "punish")
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.BILLING_BLOCKED
    assert "PUNISH" in seen.words


def test_an_identity_that_was_lost_stops_its_ads_and_is_no_longer_offered(live: Live) -> None:
    ids = _deploy(live, live.spec())
    live.sandbox.control("clock", {"advance": "P1D"})
    _account_action(live, "lose_identity", live.account.attributes["identity_id"])
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.REJECTED
    assert "ASSET_AUTHORIZATION_LOST" in seen.words
    found = live.adapter.inspect(live.connection, account=live.account).resources
    assert not [each for each in found if each.kind is ResourceKind.IDENTITY]


def test_a_right_that_the_login_lacks_is_named_and_the_rest_is_found(live: Live) -> None:
    _account_action(live, "lose_right", "pixel/list")
    found = live.adapter.inspect(live.connection, account=live.account)
    assert found.missing_rights == ("Pixel Management (pixel/list)",)
    assert [each.kind for each in found.resources] == [ResourceKind.IDENTITY]
    assert found.faults == ()
