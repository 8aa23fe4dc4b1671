"""TikTok's tables: states, error codes, waits, countries, numbers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms import feed_specs

from adloom.core.errors import (
    CredentialsExpired,
    Duplicate,
    Missing,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unavailable,
)
from adloom.core.time import now
from adloom.platforms import repeated_hours
from adloom.platforms.facts import Dimension, HourlyFact
from adloom.platforms.http import Answer, Request
from adloom.platforms.tiktok import breakdowns, countries, errors, inspecting, mapping, payloads, reports
from adloom.platforms.types import (
    CallToAction,
    ConversionEvent,
    DeliveryState,
    Objective,
    Platform,
)

URL = "https://business-api.tiktok.com/open_api/v1.3/campaign/create/"
READ = Request(Platform.TIKTOK_ADS, "GET", URL, "GET campaign/get")
WRITE = Request(Platform.TIKTOK_ADS, "POST", URL, "POST campaign/create", is_write=True)


def _answer(request: Request, code: int, message: str = "no", *, status: int = 200) -> Answer:
    body = {"code": code, "message": message, "request_id": "20261123", "data": {}}
    return Answer(status, {}, json.dumps(body).encode(), request)


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (40002, "Your budget setting must not be less than £50", Rejected),
        (40002, "Campaign name already exists. Please try another one.", Duplicate),
        (40050, "Duplicated requests have been sent", Duplicate),
        (40911, "Duplicated material name", Duplicate),
        (40007, "does not exist", Missing),
        (40105, "Access token is incorrect or has been revoked.", CredentialsExpired),
        (40102, "expired", CredentialsExpired),
        (40104, "null", CredentialsExpired),
        (40001, "no permission", Rejected),
        (40100, "Requests made too frequently.", Throttled),
        (40133, "QPS (5) reaches QPS limit", Throttled),
        (40901, "transcoding", Unavailable),
        (40202, "conflict", Unavailable),
        (60001, "maintenance", Unavailable),
        (49999, "new", Rejected),
        (40016, "limit", Throttled),
        (40132, "limit", Throttled),
        (40002, "Request is too frequent, please retry later", Throttled),
        (40002, "Ad group name already exists. Please try another one.", Duplicate),
        (40002, "The identity already exists in another account", Rejected),
        (40000, "Campaign name already exists.", Duplicate),
    ],
)
def test_a_code_of_tiktoks_becomes_our_class(code: int, message: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        errors.checked(_answer(WRITE, code, message))
    assert type(caught.value) is kind
    assert (caught.value.words, caught.value.request_id) == (message, "20261123")  # type: ignore[attr-defined]


@pytest.mark.parametrize(("code", "status"), [(50000, 200), (50002, 200), (51305, 200), (20001, 200), (0, 503)])
def test_a_write_that_tiktok_fumbled_is_unknown_and_a_read_unavailable(code: int, status: int) -> None:
    with pytest.raises(OutcomeUnknown):
        errors.checked(_answer(WRITE, code, status=status))
    with pytest.raises(Unavailable):
        errors.checked(_answer(READ, code, status=status))


def test_a_code_that_comes_as_text_is_the_same_code() -> None:
    assert errors.checked(Answer(200, {}, b'{"code": "0", "data": {"a": 1}}', READ)) == {"a": 1}
    with pytest.raises(CredentialsExpired):
        errors.checked(Answer(200, {}, b'{"code": "40105", "message": "revoked"}', READ))


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"code": null}', b'{"code": "OK"}', b'"hello"', b'{"data": {}}'])
def test_an_answer_without_a_code_is_never_a_success_and_no_refusal_either(body: bytes) -> None:
    with pytest.raises(Unavailable):
        errors.checked(Answer(200, {}, body, READ))
    with pytest.raises(OutcomeUnknown):
        errors.checked(Answer(200, {}, body, WRITE))


def test_too_many_requests_is_a_throttle_whatever_the_body_says() -> None:
    with pytest.raises(Throttled):
        errors.checked(Answer(429, {}, b"{}", WRITE))


def test_nothing_where_data_should_be_is_nothing() -> None:
    assert errors.checked(Answer(200, {}, b'{"code": 0, "message": "OK", "data": null}', READ)) == {}


def test_http_200_alone_is_no_success() -> None:
    assert errors.checked(Answer(200, {}, b'{"code": 0, "data": {"campaign_id": "1"}}', READ)) == {"campaign_id": "1"}
    with pytest.raises(Rejected):
        errors.checked(_answer(READ, 40000))


@pytest.mark.parametrize(
    ("code", "message", "wait"),
    [
        (40133, "Advertiser (7)'s QPS (9) reaches QPS limit 9", timedelta(seconds=1)),
        (40132, "limit", timedelta(seconds=1)),
        (40100, "QPM limit reached", timedelta(minutes=5)),
        (40100, "Requests made too frequently.", timedelta(minutes=5)),
    ],
)
def test_the_wait_is_that_of_the_window(code: int, message: str, wait: timedelta) -> None:
    assert abs(errors.retry_at(code, message=message) - now() - wait) < timedelta(seconds=2)


def test_a_days_quota_comes_back_at_midnight_utc() -> None:
    at = errors.retry_at(40100, message="QPD limit reached")
    assert at == datetime.combine(now().astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)


@pytest.mark.parametrize(
    ("secondary", "state"),
    [
        ("CAMPAIGN_STATUS_ENABLE", DeliveryState.ACTIVE),
        ("CAMPAIGN_STATUS_DISABLE", DeliveryState.PAUSED),
        ("CAMPAIGN_STATUS_DELETE", DeliveryState.DELETED),
        ("ADGROUP_STATUS_DELIVERY_OK", DeliveryState.ACTIVE),
        ("ADGROUP_STATUS_CAMPAIGN_DISABLE", DeliveryState.PAUSED),
        ("ADGROUP_STATUS_NOT_START", DeliveryState.SCHEDULED),
        ("ADGROUP_STATUS_TIME_DONE", DeliveryState.ENDED),
        ("ADGROUP_STATUS_BALANCE_EXCEED", DeliveryState.BILLING_BLOCKED),
        ("ADGROUP_STATUS_PARTIAL_AUDIT_DELIVERY_OK", DeliveryState.LIMITED),
        ("AD_STATUS_AUDIT", DeliveryState.IN_REVIEW),
        ("AD_STATUS_REAUDIT", DeliveryState.IN_REVIEW),
        ("AD_STATUS_AUDIT_DENY", DeliveryState.REJECTED),
        ("AD_STATUS_DONE", DeliveryState.ENDED),
        ("AD_STATUS_SOMETHING_NEW", DeliveryState.UNKNOWN),
        ("UNHEARD_OF", DeliveryState.UNKNOWN),
        ("ADVERTISER_ACCOUNT_PUNISH", DeliveryState.BILLING_BLOCKED),
        ("ADVERTISER_CONTRACT_PENDING", DeliveryState.IN_REVIEW),
        ("AD_STAUS_PIXEL_UNBIND", DeliveryState.REJECTED),
        ("ADGROUP_STATUS_INDUSTRY_QUALIFICATION_EXPIRED", DeliveryState.REJECTED),
        ("AD_STATUS_ADGROUP_INDUSTRY_QUALIFICATION_DENY", DeliveryState.REJECTED),
        ("ADGROUP_STATUS_FROZEN", DeliveryState.PAUSED),
    ],
)
def test_a_secondary_status_becomes_our_state(secondary: str, state: DeliveryState) -> None:
    assert mapping.delivery_state(secondary, operation="ENABLE") is state


def test_without_a_secondary_status_the_switch_speaks() -> None:
    assert mapping.delivery_state(None, operation="DISABLE") is DeliveryState.PAUSED
    assert mapping.delivery_state(None, operation="ENABLE") is DeliveryState.ACTIVE
    assert mapping.delivery_state(None, operation=None) is DeliveryState.UNKNOWN


def test_every_unified_word_has_tiktoks() -> None:
    assert set(mapping.OBJECTIVES) == set(mapping.GOALS) == set(Objective)
    assert set(mapping.BUTTONS) == set(CallToAction)
    assert mapping.BUTTONS[CallToAction.DOWNLOAD] == "DOWNLOAD_NOW"
    assert mapping.BUTTONS[CallToAction.SHOP_NOW] == "SHOP_NOW"


@pytest.mark.parametrize(
    ("country", "id_"),
    [
        ("US", "6252001"),
        ("GB", "2635167"),
        ("CA", "6251999"),
        ("DE", "2921044"),
        ("FR", "3017382"),
        ("JP", "1861060"),
        ("ZW", "878675"),
        ("SS", "7909807"),
    ],
)
def test_countries_are_geonames_ids(country: str, id_: str) -> None:
    assert countries.LOCATION_IDS[country] == id_


def test_every_country_is_there_once() -> None:
    assert len(countries.LOCATION_IDS) == 250
    assert len(set(countries.LOCATION_IDS.values())) == 250


@pytest.mark.parametrize(
    ("currency", "amount", "is_exact"),
    [
        ("USD", "50.25", True),
        ("USD", "50.255", False),
        ("HUF", "20000", True),
        ("IDR", "750000", True),
        ("TWD", "1500.50", True),
        ("COP", "200000", True),
        ("CRC", "25000", True),
        ("RSD", "6000.50", True),
        ("BHD", "25.25", True),
        ("BHD", "25.255", False),
        ("JOD", "40.5", True),
        ("JPY", "8000", True),
        ("JPY", "8000.5", False),
        ("XAU", "1", False),
    ],
)
def test_money_is_in_major_units(currency: str, amount: str, is_exact: bool) -> None:
    assert mapping.has_exact_form(Decimal(amount), currency) is is_exact


@given(cents=st.integers(1, 10**9), groups=st.integers(1, 20))
def test_shares_of_a_budget_add_up_to_the_cent(cents: int, groups: int) -> None:
    spec = feed_specs.with_budget(feed_specs.feed_spec(groups=groups), str(Decimal(cents) / 100))
    assert sum(payloads.shares(spec)) == Decimal(cents) / 100


@given(
    since=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(0, 200),
)
def test_windows_cover_every_day_once_and_never_exceed_thirty(since: date, days: int) -> None:
    until = since + timedelta(days=days)
    covered: list[date] = []
    for first, last in reports.windows(since, until):
        assert (last - first).days < reports.MAX_DAYS
        covered += [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert covered == [since + timedelta(days=n) for n in range(days + 1)]


def _row(**metrics: str) -> dict[str, Any]:
    return {"dimensions": {"campaign_id": "18", "stat_time_day": "2026-11-20 00:00:00"}, "metrics": metrics}


@pytest.mark.parametrize(
    ("events", "conversions", "value"),
    [
        ({"18": ConversionEvent.PURCHASE}, Decimal(2), Decimal("19.80")),
        ({"18": ConversionEvent.LEAD}, Decimal(2), None),
        ({}, None, None),
        ({"19": ConversionEvent.PURCHASE}, None, None),
    ],
)
def test_conversions_are_known_only_where_an_event_is(
    events: dict[str, ConversionEvent], conversions: Decimal | None, value: Decimal | None
) -> None:
    row = _row(spend="12.34", impressions="1000", clicks="20", conversion="2", total_complete_payment_rate="19.80")
    fact = reports.to_fact(row, account=feed_specs.ACCOUNT, events=events)
    assert (fact.impressions, fact.clicks, fact.spend) == (1000, 20, Decimal("12.34"))
    assert fact.date == date(2026, 11, 20)
    assert (fact.conversions, fact.conversion_value) == (conversions, value)


def test_a_dash_is_no_number() -> None:
    row = _row(spend="-", impressions="-", clicks="-", conversion="-", total_complete_payment_rate="-")
    fact = reports.to_fact(row, account=feed_specs.ACCOUNT, events={"18": ConversionEvent.PURCHASE})
    assert (fact.impressions, fact.clicks, fact.spend) == (0, 0, Decimal(0))
    assert (fact.conversions, fact.conversion_value) == (None, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.34", "12.34"),
        (12, "12"),
        (Decimal("0.5"), "0.5"),
        ("1,234.50", "1234.50"),
        ("1E+3", "1000"),
        (" 7 ", "7"),
        ("-0.01", "-0.01"),
        *[(text, None) for text in ("-", "", None, "N/A", "1,5", "12,34", "NaN", "Infinity", True, "12%", [], "1.2.3")],
    ],
)
def test_a_number_is_read_in_one_way_or_not_at_all(text: object, value: str | None) -> None:
    assert mapping.number(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("dimensions", "metrics"),
    [
        ({"campaign_id": "18", "stat_time_day": "2026-11-20"}, {"impressions": "1"}),
        ({"campaign_id": "18", "stat_time_day": "2026-11-20"}, {"spend": "cheap"}),
        ({"campaign_id": "18", "stat_time_day": "2026-11-20"}, {"spend": "1", "clicks": "some"}),
        ({"campaign_id": "18", "stat_time_day": "2026-11-20"}, {"spend": "1", "clicks": "1.5"}),
        ({"campaign_id": "-", "stat_time_day": "2026-11-20"}, {"spend": "1"}),
        ({"stat_time_day": "2026-11-20"}, {"spend": "1"}),
        ({"campaign_id": "18"}, {"spend": "1"}),
        ({"campaign_id": "18", "stat_time_day": "yesterday"}, {"spend": "1"}),
        (None, None),
    ],
)
def test_a_row_that_cannot_be_read_is_a_report_that_is_not_whole(dimensions: Any, metrics: Any) -> None:
    with pytest.raises(Unavailable):
        reports.to_fact({"dimensions": dimensions, "metrics": metrics}, account=feed_specs.ACCOUNT, events={})


def test_ids_may_be_numbers_and_metrics_may_be_missing() -> None:
    row = {"dimensions": {"campaign_id": 18, "stat_time_day": "2026-11-20"}, "metrics": {"spend": 3}}
    fact = reports.to_fact(row, account=feed_specs.ACCOUNT, events={"18": ConversionEvent.LEAD})
    assert (fact.platform_campaign_id, fact.spend, fact.impressions) == ("18", Decimal(3), 0)
    assert fact.conversions is None


def test_people_of_a_day_are_told_where_tiktok_tells_them() -> None:
    told = {"spend": "1", "reach": "900", "frequency": "-"}
    row = {"dimensions": {"campaign_id": "18", "stat_time_day": "2026-11-20"}, "metrics": told}
    fact = reports.to_fact(row, account=feed_specs.ACCOUNT, events={})
    assert fact.platform_metrics == {"reach": "900"}


def test_an_hour_is_on_the_advertisers_clock() -> None:
    row = {
        "dimensions": {"campaign_id": "18", "stat_time_hour": "2026-11-20 13:00:00"},
        "metrics": {"spend": "1.50", "impressions": "9", "clicks": "1", "conversion": "0"},
    }
    fact = reports.to_hour(row, account=feed_specs.ACCOUNT, events={})
    assert (fact.date, fact.hour, fact.zone) == (date(2026, 11, 20), 13, "America/Los_Angeles")


@pytest.mark.parametrize(
    ("dimension", "word", "value"),
    [
        (Dimension.AGE, "AGE_18_24", "18-24"),
        (Dimension.AGE, "AGE_55_100", "55+"),
        (Dimension.AGE, "NONE", "UNKNOWN"),
        (Dimension.AGE, "ELDERLY", "ELDERLY"),
        (Dimension.GENDER, "FEMALE", "FEMALE"),
        (Dimension.GENDER, "GENDER_MALE", "MALE"),
        (Dimension.GENDER, "-", "UNKNOWN"),
        (Dimension.DEVICE, "ANDROID", "MOBILE"),
        (Dimension.DEVICE, "IPHONE", "MOBILE"),
        (Dimension.DEVICE, "IPAD", "TABLET"),
        (Dimension.DEVICE, "FRIDGE", "FRIDGE"),
        (Dimension.COUNTRY, "us", "US"),
        (Dimension.COUNTRY, "", "UNKNOWN"),
    ],
)
def test_a_part_of_an_audience_in_our_words(dimension: Dimension, word: str, value: str) -> None:
    assert breakdowns.value_of(word, dimension=dimension) == value


@pytest.mark.parametrize(
    ("advertiser", "codes", "blocks"),
    [
        ({"status": "STATUS_ENABLE", "balance": "120.50"}, [], False),
        ({"status": "STATUS_ENABLE"}, [], False),
        ({}, [], False),
        ({"status": "STATUS_ENABLE", "balance": 0}, ["unpaid"], False),
        ({"status": "STATUS_ENABLE", "balance": "-3.2", "currency": "EUR"}, ["unpaid"], False),
        ({"status": "STATUS_DISABLE", "balance": 1}, ["suspended"], True),
        ({"status": "STATUS_LIMIT", "rejection_reason": "Policy"}, ["suspended"], True),
        ({"status": "STATUS_PENDING_CONFIRM"}, ["in_review"], True),
        ({"status": "STATUS_CONFIRM_FAIL"}, ["rejected"], True),
        ({"status": "STATUS_PENDING_VERIFIED"}, ["unverified"], True),
        ({"status": "STATUS_SOMETHING_NEW"}, ["unknown_status"], False),
    ],
)
def test_what_is_wrong_with_an_account_says_what_to_do(
    advertiser: dict[str, Any], codes: list[str], blocks: bool
) -> None:
    found = inspecting.faults(advertiser)
    assert [fault.code for fault in found] == codes
    assert any(fault.blocks_writes for fault in found) is blocks
    assert all(fault.words and fault.fix for fault in found)


def _hour(day: date, hour: int, spend: str) -> HourlyFact:
    return HourlyFact("18", day, hour, "America/Los_Angeles", 10, 1, Decimal(spend), "USD", conversions=Decimal(1))


def test_an_hour_that_the_clock_shows_twice_is_one_and_any_other_that_comes_twice_stays_two() -> None:
    zone, back = ZoneInfo("America/Los_Angeles"), date(2026, 11, 1)
    facts = [_hour(back, 1, "1.10"), _hour(back, 2, "3"), _hour(back, 1, "2.20"), _hour(back, 2, "3")]
    found = list(repeated_hours.together(facts, zone=zone))
    assert [(fact.hour, fact.spend) for fact in found] == [(2, Decimal(3)), (2, Decimal(3)), (1, Decimal("3.30"))]
    assert (found[-1].impressions, found[-1].conversions) == (20, Decimal(2))
    thrice = list(repeated_hours.together([_hour(back, 1, "1")] * 3, zone=zone))
    assert len(thrice) == 2
    with pytest.raises(Unavailable):
        list(reports.once(thrice, by=lambda fact: fact.hour))
