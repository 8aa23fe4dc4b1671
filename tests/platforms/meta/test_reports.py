"""Meta's numbers: rows of every shape that Meta gives, reports that fail at once and come as runs, hours kept back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs
from tests.platforms.canned import Canned, reaching, standing_in
from tests.platforms.conftest import Live

from adloom.core.errors import Invalid, Unavailable
from adloom.core.time import today
from adloom.platforms.facts import Dimension
from adloom.platforms.meta import accounts, listing, mapping, reports, runs
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import Account
from adloom.platforms.types import ConversionEvent, Operation, Platform

ACCOUNT = Account("act_1", "USD", "America/Los_Angeles")
PURCHASE = "offsite_conversion.fb_pixel_purchase"
ROW = {"campaign_id": "120", "date_start": "2026-11-01", "date_stop": "2026-11-01"}


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.FACEBOOK_ADS)


def _delivered(live: Live, days: int = 3) -> tuple[date, date]:
    live.run(feed_specs.selling(live.spec()), Operation.CREATE, {})
    live.sandbox.control("clock", {"advance": f"P{days}D"})
    until = date.fromisoformat(live.sandbox.control("clock")["now"][:10])
    return today("America/Los_Angeles") - timedelta(days=1), until


def _daily(live: Live, since: date, until: date) -> list[Any]:
    return list(live.adapter.daily(live.connection, account=live.account, since=since, until=until, events={}))


READABLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "numbers as text": (
        {"impressions": "1200", "inline_link_clicks": "30", "spend": "12.50"},
        {"impressions": 1200, "clicks": 30, "spend": Decimal("12.50")},
    ),
    "numbers as numbers": (
        {"impressions": 1200, "spend": Decimal("0.1")},
        {"impressions": 1200, "spend": Decimal("0.1")},
    ),
    "major units, where budgets have none": ({"spend": "1234", "account_currency": "JPY"}, {"spend": Decimal(1234)}),
    "nothing but the day": ({}, {"impressions": 0, "clicks": 0, "spend": Decimal(0), "conversions": Decimal(0)}),
    "nulls": ({"impressions": None, "actions": None, "spend": ""}, {"impressions": 0, "conversions": Decimal(0)}),
    "an id as number": ({"campaign_id": 120}, {"platform_campaign_id": "120"}),
    "the row's own currency": ({"account_currency": "EUR"}, {"currency": "EUR"}),
    "the account's currency": ({}, {"currency": "USD"}),
    "an action among others": (
        {"actions": [{"action_type": "link_click", "value": "9"}, {"action_type": PURCHASE, "value": "2"}]},
        {"conversions": Decimal(2)},
    ),
    "an action with its windows": (
        {"actions": [{"action_type": PURCHASE, "value": "3", "7d_click": "2", "1d_view": "1"}]},
        {"conversions": Decimal(3)},
    ),
    "an action in two parts": (
        {"actions": [{"action_type": PURCHASE, "value": "3"}, {"action_type": PURCHASE, "value": "0.5"}]},
        {"conversions": Decimal("3.5")},
    ),
    "an action without a value": ({"actions": [{"action_type": PURCHASE}]}, {"conversions": Decimal(0)}),
    "what is no action": ({"actions": ["odd", {"value": "1"}]}, {"conversions": Decimal(0)}),
    "people": (
        {"clicks": "40", "reach": "900", "frequency": "1.333333"},
        {"platform_metrics": {"clicks_all": 40, "reach": "900", "frequency": "1.333333"}},
    ),
    "an action by its windows alone that does not count": (
        {"actions": [{"action_type": "video_view", "7d_click": "2"}, {"action_type": PURCHASE, "value": "3"}]},
        {"conversions": Decimal(3)},
    ),
    "no people told": ({"reach": None}, {"platform_metrics": {"clicks_all": 0}}),
    "a value": (
        {"action_values": [{"action_type": PURCHASE, "value": "146.43"}]},
        {"conversion_value": Decimal("146.43")},
    ),
}


@pytest.mark.parametrize("name", READABLE)
def test_a_row_of_any_shape_is_read(name: str) -> None:
    given, wanted = READABLE[name]
    fact = reports.to_fact({**ROW, **given}, account=ACCOUNT, event=ConversionEvent.PURCHASE)
    assert {field: getattr(fact, field) for field in wanted} == wanted


UNREADABLE: dict[str, dict[str, Any]] = {
    "no campaign": {"campaign_id": None},
    "no day": {"date_start": None, "date_stop": None},
    "a day that is none": {"date_start": "01.11.2026", "date_stop": "01.11.2026"},
    "a month for a day": {"date_stop": "2026-11-30"},
    "a figure that is none": {"spend": "12,50"},
    "a figure that is no number": {"spend": "NaN"},
    "half an impression": {"impressions": "1.5"},
    "a truth for a figure": {"impressions": True},
    "an action by its windows alone": {"actions": [{"action_type": PURCHASE, "7d_click": "2", "1d_view": "1"}]},
    "a value by its windows alone": {"action_values": [{"action_type": PURCHASE, "value": None, "1d_ev": "9.50"}]},
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_row_that_cannot_be_read_is_never_guessed(name: str) -> None:
    with pytest.raises(Unavailable, match="not used"):
        reports.to_fact({**ROW, **UNREADABLE[name]}, account=ACCOUNT, event=ConversionEvent.PURCHASE)


def test_all_actions_that_an_account_chose_are_counted_once() -> None:
    account = dataclasses.replace(ACCOUNT, attributes={"conversion_actions": "PURCHASE,omni_purchase,LEAD"})
    told = {PURCHASE: "2", "omni_purchase": "2", "purchase": "2", "offsite_conversion.fb_pixel_lead": "3"}
    actions = [{"action_type": type_, "value": value} for type_, value in told.items()]
    fact = reports.to_fact({**ROW, "actions": actions, "action_values": actions[:1]}, account=account, event=None)
    assert (fact.conversions, fact.conversion_value) == (5, 2)


def test_conversions_are_not_reported_where_nobody_chose_what_counts() -> None:
    row = {**ROW, "actions": [{"action_type": PURCHASE, "value": "2"}]}
    assert reports.to_fact(row, account=ACCOUNT, event=None).conversions is None


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (PURCHASE, "Purchase (website)"),
        ("offsite_conversion.fb_pixel_add_to_cart", "Add to cart (website)"),
        ("offsite_conversion.custom.123", "Custom conversion 123 (website)"),
        ("onsite_conversion.lead_grouped", "Lead grouped (on Meta)"),
        ("link_click", "Link click"),
        ("omni_purchase", "Omni purchase"),
        ("new_kind.of_thing", "Of thing (new_kind)"),
    ],
)
def test_an_action_has_a_name_for_people(action: str, name: str) -> None:
    assert mapping.action_name(action) == name


@pytest.mark.parametrize(
    ("dimension", "value", "ours"),
    [
        (Dimension.AGE, "18-24", "18-24"),
        (Dimension.AGE, "65+", "65+"),
        (Dimension.AGE, "Unknown", "UNKNOWN"),
        (Dimension.GENDER, "female", "FEMALE"),
        (Dimension.GENDER, "unknown", "UNKNOWN"),
        (Dimension.DEVICE, "mobile_app", "MOBILE"),
        (Dimension.DEVICE, "desktop", "DESKTOP"),
        (Dimension.DEVICE, "headset", "headset"),
        (Dimension.COUNTRY, "us", "US"),
        (Dimension.COUNTRY, None, "UNKNOWN"),
    ],
)
def test_a_part_of_an_audience_is_told_in_our_words(dimension: Dimension, value: str | None, ours: str) -> None:
    assert mapping.audience_value(dimension, value) == ours


def test_tablets_and_telephones_are_one_device(live: Live) -> None:
    since, until = _delivered(live)
    asked = {"account": live.account, "since": since, "until": until}
    parts = list(live.adapter.audience(live.connection, **asked, dimension=Dimension.DEVICE))
    assert {part.value for part in parts} == {"MOBILE", "DESKTOP"}
    days = _daily(live, since, until)
    assert sum(part.spend or 0 for part in parts) == sum(day.spend for day in days)


def test_a_report_that_fails_at_once_comes_as_a_run(live: Live) -> None:
    since, until = _delivered(live)
    whole = _daily(live, since, until)
    live.fault("server_error", match="GET .*act_.*/insights")
    assert _daily(live, since, until) == whole
    assert any(each["method"] == "POST" for each in _asked(live))


def test_a_report_that_fails_as_a_run_too_comes_in_halves(live: Live) -> None:
    since, until = _delivered(live)
    whole = _daily(live, since, until)
    for match in ("GET .*act_.*/insights", "POST .*insights"):
        live.fault("server_error", match=match)
    assert _daily(live, since, until) == whole


def test_a_report_of_one_day_that_never_comes_is_unavailable(live: Live) -> None:
    since, _ = _delivered(live)
    live.fault("server_error", match="insights", times=2)
    with pytest.raises(Unavailable):
        _daily(live, since, since)


def test_a_run_that_takes_longer_than_anybody_waits_is_unavailable(live: Live) -> None:
    since, _ = _delivered(live)
    graph = Graph(live.connection, account=live.account.external_id)
    waited: list[float] = []
    live.fault("server_error", match="GET .*act_.*/insights")
    live.fault("slow_report", match="POST .*insights")
    spans = runs.spans(graph, params={"level": "campaign"}, since=since, until=since, window=1, sleep=waited.append)
    with pytest.raises(Unavailable, match="too long"):
        list(spans)
    assert sum(waited) > 300


@pytest.fixture
def graph() -> Iterator[tuple[Canned, Graph]]:
    """The Graph API that says what it is told."""
    with standing_in("META_GRAPH_URL") as canned, reaching(Platform.FACEBOOK_ADS, "access") as connection:
        yield canned, Graph(connection, account="act_1")


def test_an_hour_that_clocks_show_twice_may_come_in_two_rows_and_no_other(graph: tuple[Canned, Graph]) -> None:
    canned, asked = graph
    day = date(2026, 11, 1)

    def told(*hours: int) -> list[tuple[int, int, Decimal]]:
        rows = [
            {**ROW, reports.HOURLY: f"{n:02}:00:00 - {n:02}:59:59", "impressions": "7", "spend": "0.50"} for n in hours
        ]
        canned.say({"data": rows, "paging": {}})
        facts = reports.hourly(asked, account=ACCOUNT, since=day, until=day)
        return sorted((fact.hour, fact.impressions, fact.spend) for fact in facts)

    assert told(0, 1, 1, 2) == [(0, 7, Decimal("0.50")), (1, 14, Decimal("1.00")), (2, 7, Decimal("0.50"))]
    for twice in ((0, 0), (1, 1, 1)):
        with pytest.raises(Unavailable, match="twice"):
            told(*twice)


LEAD = "offsite_conversion.fb_pixel_lead"


@pytest.mark.parametrize(
    ("told", "events", "chosen", "wanted"),
    [
        ({"actions": [{"action_type": PURCHASE, "value": "2"}]}, ("PURCHASE", "PURCHASE"), "", (2, 0)),
        ({"actions": [{"action_type": PURCHASE, "value": "2"}]}, (), "PURCHASE", (2, 0)),
        ({"actions": [{"action_type": LEAD, "value": "2"}]}, ("PURCHASE",), "PURCHASE", (0, 0)),
        ({"action_values": [{"action_type": PURCHASE, "value": "9.50"}]}, ("PURCHASE",), "", (0, Decimal("9.50"))),
        ({"actions": [{"action_type": PURCHASE, "value": "2"}]}, ("PURCHASE", "LEAD"), "", (None, None)),
        ({"actions": [{"action_type": PURCHASE, "value": "2"}]}, ("PURCHASE",), "LEAD", (None, None)),
        ({"actions": [{"action_type": PURCHASE, "value": "2"}]}, (), "", (None, None)),
        ({"actions": None}, ("PURCHASE",), "", (None, None)),
        ({}, ("PURCHASE",), "", (None, None)),
    ],
)
def test_an_account_has_conversions_where_all_its_campaigns_count_the_same_and_meta_tells_of_any(
    graph: tuple[Canned, Graph], told: dict[str, Any], events: tuple[str, ...], chosen: str, wanted: tuple[Any, Any]
) -> None:
    canned, to = graph
    canned.say({"data": [{"date_start": "2026-11-01", "impressions": "5", "spend": "1.00", **told}], "paging": {}})
    account = dataclasses.replace(ACCOUNT, attributes={"conversion_actions": chosen})
    counted = {str(number): ConversionEvent(event) for number, event in enumerate(events)}
    day = date(2026, 11, 1)
    (fact,) = reports.totals(to, account=account, since=day, until=day, events=counted)
    assert (fact.conversions, fact.conversion_value) == wanted
    assert (fact.impressions, fact.spend) == (5, Decimal("1.00"))


def test_a_run_that_is_completed_with_an_error_is_no_report(graph: tuple[Canned, Graph]) -> None:
    canned, asked = graph
    day, waited = date(2026, 11, 1), list[float]()
    done = {"async_status": "Job Completed", "async_percent_completion": 100}
    for run in (done, {**done, "error_message": "Some data could not be read."}):
        canned.say({"error": {"code": 1, "message": "Please reduce the amount of data."}}, status=500)
        canned.say({"report_run_id": "7"})
        canned.say({**done, "async_status": "Job Running"})
        canned.say(run)
        canned.say({"data": [], "paging": {}})
    spans = {"params": {"level": "campaign"}, "since": day, "until": day, "window": 1, "sleep": waited.append}
    assert [span.rows for span in runs.spans(asked, **spans)] == [()]
    with pytest.raises(Unavailable, match="Some data could not be read"):
        list(runs.spans(asked, **spans))


@pytest.mark.parametrize("told", [{}, {"async_percent_completion": "100"}, {"async_percent_completion": 100.0}])
def test_a_completed_run_is_whole_whether_or_how_it_tells_its_percentage(
    graph: tuple[Canned, Graph], told: dict[str, Any]
) -> None:
    canned, asked = graph
    day, waited = date(2026, 11, 1), list[float]()
    canned.say({"error": {"code": 1, "message": "Please reduce the amount of data."}}, status=500)
    canned.say({"report_run_id": 7})
    canned.say({"async_status": "Job Running", "async_percent_completion": 100, "is_running": True})
    canned.say({"async_status": "Job Completed", **told})
    canned.say({"data": [ROW]})
    spans = runs.spans(asked, params={}, since=day, until=day, window=1, sleep=waited.append)
    assert [span.rows for span in spans] == [(ROW,)]
    assert len(waited) == 1


def test_empty_pages_are_gone_through_and_not_for_ever(graph: tuple[Canned, Graph]) -> None:
    """Meta has given a next page after the last one, without end (facebook-php-business-sdk#333)."""
    canned, asked = graph
    for number in range(3):
        canned.say({"data": [], "paging": {"cursors": {"after": str(number)}, "next": "https://x"}})
    canned.say({"data": [ROW], "paging": {"cursors": {"after": "9"}}})
    assert list(asked.rows("act_1/insights", endpoint="insights", params={})) == [ROW]
    for number in range(200):
        canned.say({"data": [], "paging": {"cursors": {"after": str(number)}, "next": "https://x"}})
    with pytest.raises(Unavailable, match="do not go on"):
        list(asked.rows("act_1/insights", endpoint="insights", params={}))


@pytest.mark.parametrize("paging", [7, "x", [], {"cursors": "x"}, {"cursors": {"after": 7}, "next": "https://x"}])
def test_pages_that_cannot_be_followed_are_no_whole_report(graph: tuple[Canned, Graph], paging: Any) -> None:
    canned, asked = graph
    canned.say({"data": [ROW], "paging": paging})
    with pytest.raises(Unavailable):
        list(asked.rows("act_1/insights", endpoint="insights", params={}))


@pytest.mark.parametrize("paging", [None, {}, {"cursors": None}, {"cursors": {"after": "x"}, "next": None}])
def test_a_page_that_names_no_next_one_is_the_last(graph: tuple[Canned, Graph], paging: Any) -> None:
    canned, asked = graph
    canned.say({"data": [ROW], "paging": paging})
    assert list(asked.rows("act_1/insights", endpoint="insights", params={})) == [ROW]


def test_an_account_is_known_without_its_least_budget_and_no_campaigns_budget_is_guessed(
    graph: tuple[Canned, Graph],
) -> None:
    canned, asked = graph
    canned.say({"id": "act_1", "currency": "USD", "timezone_name": "America/Los_Angeles", "min_daily_budget": ""})
    found = accounts.now(asked)
    assert found is not None
    assert (found.currency, found.time_zone, dict(found.attributes)) == ("USD", "America/Los_Angeles", {})
    canned.say({"data": [{"id": "120", "daily_budget": "50.00"}]})
    with pytest.raises(Unavailable, match="daily_budget"):
        list(listing.campaigns(asked, currency="USD"))


def test_a_run_that_is_gone_when_it_is_asked_for_is_asked_for_anew_and_not_given_up(live: Live) -> None:
    since, _ = _delivered(live)
    graph = Graph(live.connection, account=live.account.external_id)
    live.fault("server_error", match="GET .*act_.*/insights")
    live.fault("slow_report", match="POST .*insights")

    def a_month_passes(_: float) -> None:
        live.sandbox.control("clock", {"advance": "P31D"})

    spans = runs.spans(graph, params={"level": "campaign"}, since=since, until=since, window=1, sleep=a_month_passes)
    with pytest.raises(Unavailable, match="asked for anew") as caught:
        list(spans)
    assert caught.value.platform_code == "100/33"


def _asked(live: Live) -> list[Any]:
    rows: list[Any] = live.sandbox.control("ledger", platform="facebook_ads")["requests"]
    return [each for each in rows if "insights" in each["path"]]


def test_a_long_time_is_asked_for_in_pieces(live: Live) -> None:
    since, until = _delivered(live, days=1)
    before = len(_asked(live))
    _daily(live, since - timedelta(days=70), until)
    assert len(_asked(live)) - before == 3


def test_hours_of_a_time_without_delivery_are_none(live: Live) -> None:
    since, _ = _delivered(live, days=1)
    old = since - timedelta(days=20)
    asked = {"account": live.account, "since": old, "until": old}
    assert list(live.adapter.hourly(live.connection, **asked, events={})) == []


def test_hours_that_meta_keeps_back_are_unknown_and_not_zero(live: Live) -> None:
    since, until = _delivered(live)
    live.sandbox.control("account", {"platform": "facebook_ads", "action": "hours", "value": "kept"})
    asked = {"account": live.account, "since": since, "until": until}
    with pytest.raises(Unavailable, match="keeps hours back"):
        list(live.adapter.hourly(live.connection, **asked, events={}))


def test_another_dimension_is_refused_with_those_there_are(live: Live) -> None:
    graph = Graph(live.connection, account=live.account.external_id)
    day = date(2026, 11, 1)
    rows = reports.audience(graph, account=ACCOUNT, since=day, until=day, dimension="weather")  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="splits by no weather"):
        list(rows)
