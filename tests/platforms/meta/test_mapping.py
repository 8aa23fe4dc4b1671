"""Meta's tables: money in its own units, states, error codes, waits."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms import feed_specs

from adloom.core.errors import (
    CredentialsExpired,
    Missing,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unavailable,
)
from adloom.core.time import now
from adloom.platforms.http import Answer, Request
from adloom.platforms.meta import errors, mapping, payloads
from adloom.platforms.types import (
    BidStrategy,
    CallToAction,
    ConversionEvent,
    Objective,
    Platform,
    Weekday,
)

READ = Request(Platform.FACEBOOK_ADS, "GET", "https://graph.facebook.com/v26.0/1", "GET campaign")
WRITE = Request(Platform.FACEBOOK_ADS, "POST", "https://graph.facebook.com/v26.0/1", "POST campaign", is_write=True)


def _answer(request: Request, *, status: int = 400, headers: dict[str, str] | None = None, **error: Any) -> Answer:
    return Answer(status, headers or {}, json.dumps({"error": error}).encode(), request)


@pytest.mark.parametrize(
    ("currency", "amount", "units"),
    [
        ("USD", "50.00", 5000),
        ("HUF", "20000", 20000),
        ("IDR", "750000", 750000),
        ("TWD", "1500", 1500),
        ("COP", "200000", 200000),
        ("CRC", "25000", 25000),
        ("JPY", "8000", 8000),
        ("RSD", "6000", 600000),
        ("BHD", "25.25", 2525),
        ("JOD", "40.50", 4050),
    ],
)
def test_money_goes_by_metas_table_and_not_by_iso_digits(currency: str, amount: str, units: int) -> None:
    assert mapping.minor_units(Decimal(amount), currency) == units


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "0.5"), ("HUF", "100.50"), ("USD", "1.005"), ("BHD", "1.001"), ("XAU", "1")]
)
def test_what_meta_has_no_unit_for_is_no_number(currency: str, amount: str) -> None:
    assert mapping.minor_units(Decimal(amount), currency) is None


def test_exactly_eleven_currencies_have_no_cents() -> None:
    assert sorted(mapping.WHOLE_UNIT_CURRENCIES) == [
        "CLP",
        "COP",
        "CRC",
        "HUF",
        "IDR",
        "ISK",
        "JPY",
        "KRW",
        "PYG",
        "TWD",
        "VND",
    ]
    assert not mapping.WHOLE_UNIT_CURRENCIES & mapping.HUNDREDTH_CURRENCIES


@given(cents=st.integers(1, 10**9), groups=st.integers(1, 20))
def test_shares_of_a_budget_add_up_to_the_cent(cents: int, groups: int) -> None:
    spec = feed_specs.with_budget(feed_specs.feed_spec(groups=groups), str(Decimal(cents) / 100))
    shares = payloads.shares(spec)
    assert sum(shares) == cents
    assert max(shares) - min(shares) <= 1


def test_every_unified_word_has_metas() -> None:
    assert set(mapping.OBJECTIVES) == set(mapping.GOALS) == set(Objective)
    assert set(mapping.STRATEGIES) == set(BidStrategy)
    assert set(mapping.ACTION_TYPES) == set(ConversionEvent)
    assert set(mapping.WEEKDAYS) == set(Weekday)
    assert mapping.WEEKDAYS[Weekday.SUN] == 0
    assert {action.value for action in CallToAction} >= {"DOWNLOAD", "SHOP_NOW"}


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (100, 1885272, Rejected),
        (100, 33, Missing),
        (190, 463, CredentialsExpired),
        (80004, 2446079, Throttled),
        (17, 2446079, Throttled),
        (613, 1487742, Throttled),
        (10, 0, Rejected),
        (294, 0, Rejected),
        (2635, 0, Rejected),
        (999999, 0, Rejected),
        (1, 0, Unavailable),
        (2, 0, Unavailable),
    ],
)
def test_a_code_of_metas_becomes_our_class(code: int, subcode: int, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        errors.checked(_answer(READ, code=code, error_subcode=subcode, message="no", fbtrace_id="AbC"))
    assert type(caught.value) is kind
    assert caught.value.request_id == "AbC"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "error", [{"code": 2}, {"code": 1}, {"code": 100, "is_transient": True}, {"code": 424242, "status": 503}]
)
def test_a_write_that_meta_fumbled_is_unknown_and_a_read_unavailable(error: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        errors.checked(_answer(WRITE, **error))
    with pytest.raises(Unavailable):
        errors.checked(_answer(READ, **error))


def test_metas_words_and_the_blamed_field_reach_the_person() -> None:
    blamed = json.dumps({"blame_field_specs": [["daily_budget"]]})
    with pytest.raises(Rejected) as caught:
        errors.checked(
            _answer(
                WRITE,
                code=100,
                error_subcode=1885272,
                message="Invalid parameter",
                error_user_title="Budget Is Too Low",
                error_user_msg="Your budget must be at least $1.00.",
                error_data=blamed,
            )
        )
    assert caught.value.words == "Budget Is Too Low: Your budget must be at least $1.00."
    assert caught.value.platform_code == "100/1885272"
    assert [error.field for error in caught.value.errors] == ["daily_budget"]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (
            {"x-business-use-case-usage": '{"7": [{"type": "ads_management", "estimated_time_to_regain_access": 19}]}'},
            timedelta(minutes=19),
        ),
        ({"x-ad-account-usage": '{"acc_id_util_pct": 100, "reset_time_duration": 100}'}, timedelta(seconds=100)),
        ({"x-business-use-case-usage": "not json"}, timedelta(minutes=5)),
        ({}, timedelta(minutes=5)),
    ],
)
def test_the_wait_is_the_headers(headers: dict[str, str], wait: timedelta) -> None:
    with pytest.raises(Throttled) as caught:
        errors.checked(_answer(READ, headers=headers, code=80004, message="too many calls"))
    assert abs(caught.value.retry_at - now() - wait) < timedelta(seconds=5)


def test_the_counted_action_is_the_events_else_the_accounts_else_none() -> None:
    chosen = dataclasses.replace(feed_specs.ACCOUNT, attributes={"conversion_actions": "offsite_conversion.custom.12"})
    named = dataclasses.replace(feed_specs.ACCOUNT, attributes={"conversion_actions": "LEAD"})
    event = ConversionEvent.PURCHASE
    assert mapping.action_types(feed_specs.ACCOUNT, None) == ()
    assert mapping.action_types(chosen, None) == ("offsite_conversion.custom.12",)
    assert mapping.action_types(named, None) == ("offsite_conversion.fb_pixel_lead",)
    assert mapping.action_types(chosen, event) == ("offsite_conversion.fb_pixel_purchase",)


@pytest.mark.parametrize(
    ("chosen", "counted"),
    [
        ("PURCHASE, LEAD", "offsite_conversion.fb_pixel_purchase offsite_conversion.fb_pixel_lead"),
        ("omni_purchase,purchase,offsite_conversion.fb_pixel_purchase", "omni_purchase"),
        (
            "onsite_conversion.lead_grouped,lead,leadgen.other,omni_purchase",
            "onsite_conversion.lead_grouped omni_purchase",
        ),
        ("PURCHASE,offsite_conversion.custom.12", "offsite_conversion.fb_pixel_purchase"),
        ("offsite_conversion.custom.12,offsite_conversion.custom.13,LEAD", "offsite_conversion.custom.12"),
        (",", ""),
    ],
)
def test_all_chosen_actions_count_but_none_that_overlap(chosen: str, counted: str) -> None:
    account = dataclasses.replace(feed_specs.ACCOUNT, attributes={"conversion_actions": chosen})
    assert mapping.action_types(account, None) == tuple(counted.split())
