"""TikTok's reports, told at once or by a task: equal to the ledger, within their limits, strict in their words."""

import csv
import io
from collections import defaultdict
from decimal import Decimal

import pytest
from tests.sandbox.tiktok_client import ABSENT, TikTok, data

METRICS = ["spend", "impressions", "clicks", "conversion", "total_complete_payment_rate"]


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


def query(**change):
    asked = {
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id", "stat_time_day"],
        "metrics": METRICS,
        "start_date": "2026-11-23",
        "end_date": "2026-12-22",
        "page_size": 1000,
    } | change
    return {k: v for k, v in asked.items() if v is not ABSENT}


def report(tiktok, **change):
    return data(tiktok.get("report/integrated/get", query(**change)))["list"]


def truth(sandbox, *keys, **params):
    """The ledger's sums by these keys, as texts of TikTok's metrics."""
    found = defaultdict(lambda: [Decimal(0)] * 5)
    for row in sandbox.ledger(platform="tiktok_ads", **params)["delivery"]:
        numbers = (row["spend"], row["impressions"], row["clicks"], row["conversions"], row["conversion_value"])
        key = tuple(row[k] for k in keys)
        found[key] = [a + Decimal(b or 0) for a, b in zip(found[key], numbers, strict=True)]
    return dict(found)


def told(rows, *keys):
    return {tuple(row["dimensions"][k] for k in keys): [Decimal(row["metrics"][m]) for m in METRICS] for row in rows}


def test_days_equal_the_ledger_to_the_cent(sandbox, tiktok):
    tiktok.tree(converts=True)
    tiktok.tree()
    sandbox.advance("P20D")
    rows = report(tiktok)
    assert {r["dimensions"]["stat_time_day"][10:] for r in rows} == {" 00:00:00"}
    by_day = {(c, d[:10]): v for (c, d), v in told(rows, "campaign_id", "stat_time_day").items()}
    true = truth(sandbox, "campaign_id", "date")
    assert by_day == true
    assert len(true) == 42


def test_hours_equal_the_ledger_in_the_advertisers_time_zone(sandbox, tiktok):
    tiktok.tree(converts=True)
    sandbox.advance("P2D")
    day = {"start_date": "2026-11-24", "end_date": "2026-11-24"}
    rows = report(tiktok, dimensions=["campaign_id", "stat_time_hour"], **day)
    by_hour = {(c, int(h[11:13])): v for (c, h), v in told(rows, "campaign_id", "stat_time_hour").items()}
    assert by_hour == truth(sandbox, "campaign_id", "hour", grain="hour", first="2026-11-24", to="2026-11-24")
    assert rows[0]["dimensions"]["stat_time_hour"].startswith("2026-11-24 0")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata"])
def test_days_are_those_of_the_accounts_time_zone(sandbox, tiktok, zone):
    sandbox.control("account", {"platform": "tiktok_ads", "action": "time_zone", "value": zone})
    tiktok.tree()
    sandbox.advance("P2D")
    by_day = {(d[:10],): v for (d,), v in told(report(tiktok), "stat_time_day").items()}
    assert by_day == truth(sandbox, "date")


def test_levels_add_up(sandbox, tiktok):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status="ENABLE")
    for _ in range(2):
        group = tiktok.new_group(tiktok.group(campaign))
        tiktok.new_ads(group, tiktok.creative(video, cover), tiktok.creative(video, cover))
    sandbox.advance("P2D")
    total = [sum(column) for column in zip(*truth(sandbox, "date").values(), strict=True)]
    for level, dimension, count in (
        ("AUCTION_ADVERTISER", "advertiser_id", 1),
        ("AUCTION_CAMPAIGN", "campaign_id", 1),
        ("AUCTION_ADGROUP", "adgroup_id", 2),
        ("AUCTION_AD", "ad_id", 4),
    ):
        found = told(report(tiktok, data_level=level, dimensions=[dimension]), dimension)
        assert len(found) == count
        assert [sum(column) for column in zip(*found.values(), strict=True)] == total


def test_conversions_are_null_in_the_ledger_and_zero_here_without_an_event(sandbox, tiktok):
    tiktok.tree()
    sandbox.advance("P5D")
    rows = sandbox.ledger(platform="tiktok_ads")["delivery"]
    assert {(r["conversions"], r["conversion_value"]) for r in rows} == {(None, None)}
    assert {r["metrics"]["conversion"] for r in report(tiktok)} == {"0"}


def test_conversions_that_come_late_change_days_that_were_told(sandbox, tiktok):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status="ENABLE", objective_type="WEB_CONVERSIONS")
    group = tiktok.new_group(tiktok.converting(campaign, budget=2000))
    tiktok.new_ads(group, tiktok.creative(video, cover))
    sandbox.advance("P3D")
    days = {"start_date": "2026-11-23", "end_date": "2026-11-25"}
    before = told(report(tiktok, **days), "stat_time_day")
    sandbox.advance("P10D")
    after = told(report(tiktok, **days), "stat_time_day")
    assert [v[1] for v in before.values()] == [v[1] for v in after.values()]
    assert all(late[0] <= early[0] for early, late in zip(before.values(), after.values(), strict=True))
    assert sum(v[3] for v in after.values()) > sum(v[3] for v in before.values())


def test_what_is_deleted_is_left_out_unless_asked_for(sandbox, tiktok):
    campaign, _, _ = tiktok.tree()
    sandbox.advance("P2D")
    tiktok.switch("campaign", [campaign], "DELETE")
    assert report(tiktok) == []
    everything = [{"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}]
    by_day = told(report(tiktok, filtering=everything), "stat_time_day")
    assert {(d[:10],): v for (d,), v in by_day.items()} == truth(sandbox, "date")
    account = report(tiktok, data_level="AUCTION_ADVERTISER", dimensions=["stat_time_day"])
    assert told(account, "stat_time_day") == by_day


def test_a_filter_by_ids_leaves_the_others_out(sandbox, tiktok):
    first, _, _ = tiktok.tree()
    tiktok.tree()
    sandbox.advance("P1D")
    only = [{"field_name": "campaign_ids", "filter_type": "IN", "filter_value": f'["{first}"]'}]
    for level in ("AUCTION_CAMPAIGN", "AUCTION_AD"):
        rows = report(tiktok, data_level=level, dimensions=["stat_time_day"], filtering=only)
        assert {(d[:10],): v for (d,), v in told(rows, "stat_time_day").items()} == {
            (d,): v for (c, d), v in truth(sandbox, "campaign_id", "date").items() if c == first
        }


def test_without_a_time_every_object_has_a_row_and_with_one_only_those_with_data(tiktok):
    campaign = tiktok.new_campaign()
    rows = report(tiktok, dimensions=["campaign_id"])
    assert [(r["dimensions"]["campaign_id"], r["metrics"]["spend"]) for r in rows] == [(campaign, "0.00")]
    assert report(tiktok) == []


def test_pages_orders_totals_and_attributes(sandbox, tiktok):
    tiktok.tree()
    sandbox.advance("P9D")
    asked = query(metrics=[*METRICS, "campaign_name", "currency", "reach"], page_size=4, page=3)
    page = data(tiktok.get("report/integrated/get", asked | {"enable_total_metrics": True}))
    assert page["page_info"] == {"page": 3, "page_size": 4, "total_number": 10, "total_page": 3}
    assert len(page["list"]) == 2
    assert page["list"][0]["metrics"]["campaign_name"].startswith("Spring")
    assert page["list"][0]["metrics"]["currency"] == "USD"
    total = sum(values[0] for values in truth(sandbox, "date").values())
    assert Decimal(page["total_metrics"]["spend"]) == total
    ordered = [Decimal(r["metrics"]["clicks"]) for r in report(tiktok, order_field="clicks", order_type="ASC")]
    assert ordered == sorted(ordered)
    default = data(tiktok.get("report/integrated/get", query(metrics=ABSENT, page_size=ABSENT)))
    assert set(default["list"][0]["metrics"]) == {"spend", "impressions"}
    assert default["page_info"]["page_size"] == 10


def test_reach_does_not_add_up_and_is_not_told_by_the_hour(sandbox, tiktok):
    tiktok.tree()
    sandbox.advance("P5D")
    days = [int(r["metrics"]["reach"]) for r in report(tiktok, metrics=["reach"])]
    whole = report(tiktok, metrics=["reach"], dimensions=["campaign_id"])[0]["metrics"]["reach"]
    assert max(days) < int(whole) < sum(days)
    hours = {"dimensions": ["campaign_id", "stat_time_hour"], "end_date": "2026-11-23"}
    assert {r["metrics"]["reach"] for r in report(tiktok, metrics=["reach"], **hours)} == {"-"}


@pytest.mark.parametrize("dimension", ["age", "gender", "country_code", "platform"])
def test_an_audience_adds_up_to_the_days(sandbox, tiktok, dimension):
    tiktok.tree(converts=True)
    sandbox.advance("P5D")
    rows = report(tiktok, report_type="AUDIENCE", dimensions=["campaign_id", "stat_time_day", dimension])
    found = defaultdict(lambda: [Decimal(0)] * 5)
    for (campaign, day, _), values in told(rows, "campaign_id", "stat_time_day", dimension).items():
        found[campaign, day[:10]] = [a + b for a, b in zip(found[campaign, day[:10]], values, strict=True)]
    assert dict(found) == truth(sandbox, "campaign_id", "date")
    assert len({row["dimensions"][dimension] for row in rows}) >= (1 if dimension == "country_code" else 2)


def test_an_audience_holds_nobody_whom_the_ad_group_leaves_out(sandbox, tiktok):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status="ENABLE")
    asked = {"age_groups": ["AGE_25_34"], "gender": "GENDER_FEMALE", "operating_systems": ["IOS"]}
    tiktok.new_ads(tiktok.new_group(tiktok.group(campaign, **asked)), tiktok.creative(video, cover))
    sandbox.advance("P2D")
    for dimension, values in (
        ("age", {"AGE_25_34", "NONE"}),
        ("gender", {"FEMALE"}),
        ("platform", {"IPHONE", "IPAD"}),
        ("country_code", {"US"}),
    ):
        rows = report(tiktok, report_type="AUDIENCE", dimensions=[dimension])
        assert {row["dimensions"][dimension] for row in rows} == values


def test_each_event_of_a_pixel_is_counted_by_itself(sandbox, tiktok):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status="ENABLE", objective_type="WEB_CONVERSIONS")
    for event in ("SHOPPING", "FORM"):
        group = tiktok.new_group(tiktok.converting(campaign, budget=500, optimization_event=event))
        tiktok.new_ads(group, tiktok.creative(video, cover))
    sandbox.advance("P5D")
    metrics = ["conversion", "complete_payment", "form", "web_event_add_to_cart", "total_form_value"]
    (row,) = report(tiktok, metrics=metrics, dimensions=["campaign_id"])
    told_of = {name: Decimal(text) for name, text in row["metrics"].items()}
    assert told_of["conversion"] == told_of["complete_payment"] + told_of["form"]
    assert 0 < told_of["form"] < told_of["conversion"]
    assert told_of["web_event_add_to_cart"] == 0 < told_of["total_form_value"]


WRONG = [
    {"report_type": ABSENT},
    {"report_type": "AUDIENCE"},
    {"report_type": "CATALOG"},
    {"advertiser_ids": ["1", "2"]},
    {"bc_id": "1"},
    {"report_type": "DAILY"},
    {"dimensions": ["campaign_id", "stat_time_day", "age"]},
    {"report_type": "AUDIENCE", "dimensions": ["campaign_id", "stat_time_hour", "age"]},
    {"report_type": "AUDIENCE", "dimensions": ["campaign_id", "stat_time_day", "age", "gender"]},
    {"report_type": "AUDIENCE", "dimensions": ["campaign_id", "age"], "query_lifetime": True},
    {"report_type": "AUDIENCE", "dimensions": ["campaign_id", "age"], "metrics": ["reach"]},
    {"report_type": "AUDIENCE", "dimensions": ["campaign_id", "stat_time_day", "colour"]},
    {"data_level": ABSENT},
    {"data_level": "CAMPAIGN"},
    {"dimensions": ABSENT},
    {"dimensions": []},
    {"dimensions": "campaign_id"},
    {"dimensions": ["ad_id"]},
    {"dimensions": ["campaign_id", "stat_time_day", "stat_time_hour"]},
    {"metrics": ["cost"]},
    {"metrics": ["spend", "ad_name"]},
    {"start_date": ABSENT},
    {"end_date": ABSENT},
    {"start_date": "2026-11-31"},
    {"start_date": "20261123"},
    {"end_date": "2026-11-22"},
    {"end_date": "2026-12-23"},
    {"dimensions": ["campaign_id", "stat_time_hour"]},
    {"dimensions": ["campaign_id"], "end_date": "2027-11-23"},
    {"query_lifetime": True},
    {"page_size": 1001},
    {"order_field": "ctr"},
    {"filtering": [{"field_name": "campaign_ids", "filter_type": "IN"}]},
    {"filtering": [{"field_name": "campaign_ids", "filter_type": "IN", "filter_value": "1"}]},
    {"filtering": [{"field_name": "campaign_status", "filter_type": "IN", "filter_value": '["ON"]'}]},
    {"filtering": [{"field_name": "colour", "filter_type": "IN", "filter_value": '["red"]'}]},
    {"from": "2026-11-23"},
]


@pytest.mark.parametrize("change", WRONG)
def test_a_report_that_cannot_be_told_is_refused(tiktok, change):
    answer = tiktok.get("report/integrated/get", query(**change))
    assert (answer["code"], answer["data"]) == (40002, {})


def test_wrong_metrics_and_dimensions_are_named(tiktok):
    answer = tiktok.get("report/integrated/get", query(metrics=["spend", "placement"]))
    assert answer["message"] == "Invalid metric fields: ['placement']."
    answer = tiktok.get("report/integrated/get", query(dimensions=["ad_id"]))
    assert answer["message"] == "Invalid dimension fields: ['ad_id']."


def test_lifetime_ignores_dates(sandbox, tiktok):
    tiktok.tree()
    sandbox.advance("P40D")
    lifetime = {"query_lifetime": True, "dimensions": ["campaign_id"], "start_date": ABSENT, "end_date": ABSENT}
    rows = report(tiktok, **lifetime)
    total = sum(values[0] for values in truth(sandbox, "date").values())
    assert Decimal(rows[0]["metrics"]["spend"]) == total


# tasks


def start(tiktok, **change):
    body = query(page_size=ABSENT, advertiser_id=tiktok.account, **change)
    return data(tiktok.post("report/task/create", body))["task_id"]


def state(tiktok, task):
    return data(tiktok.get("report/task/check", {"task_id": task}))["status"]


def test_a_task_makes_the_same_report_as_csv(sandbox, tiktok):
    tiktok.tree(converts=True)
    sandbox.advance("P3D")
    task = start(tiktok, enable_report_title_translation=False)
    assert state(tiktok, task) in ("QUEUING", "PROCESSING")
    early = tiktok.get("report/task/download", {"task_id": task})
    assert early["code"] == 40201
    sandbox.advance("PT10S")
    assert state(tiktok, task) == "SUCCESS"
    text = tiktok.raw("report/task/download", {"advertiser_id": tiktok.account, "task_id": task}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    found = {(r["campaign_id"], r["stat_time_day"]): [Decimal(r[m]) for m in METRICS] for r in rows}
    assert found == told(report(tiktok), "campaign_id", "stat_time_day")


def test_titles_are_translated_unless_that_is_switched_off(sandbox, tiktok):
    task = start(tiktok)
    sandbox.advance("PT10S")
    text = tiktok.raw("report/task/download", {"advertiser_id": tiktok.account, "task_id": task}).text
    assert text.splitlines()[0].startswith("Campaign ID,By Day,Cost,Impressions,")


def test_a_download_link_lasts_an_hour_and_needs_no_token(sandbox, tiktok):
    task = start(tiktok, output_format="CSV_DOWNLOAD", file_name="spring")
    sandbox.advance("PT10S")
    found = data(tiktok.get("report/task/download", {"task_id": task}))
    assert (found["file_name"], found["output_format"]) == ("spring.csv", "CSV_DOWNLOAD")
    assert found["download_url"].startswith(sandbox.url)
    assert sandbox.http.get(found["download_url"]).text.startswith("Campaign ID")
    sandbox.advance("PT61M")
    assert sandbox.http.get(found["download_url"]).status_code == 403


def test_a_slow_task_and_a_canceled_one(sandbox, tiktok):
    sandbox.fault("tiktok_ads", "slow_report", "report/task/create")
    slow, other = start(tiktok), start(tiktok)
    sandbox.advance("PT10M")
    assert (state(tiktok, slow), state(tiktok, other)) == ("PROCESSING", "SUCCESS")
    data(tiktok.post("report/task/cancel", {"advertiser_id": tiktok.account, "task_id": slow}))
    assert state(tiktok, slow) == "CANCELED"
    assert tiktok.get("report/task/check", {"task_id": "1"})["code"] == 40007


@pytest.mark.parametrize("change", [*WRONG[:23], {"output_format": "XLSX"}, {"page": 1}])
def test_a_task_is_as_strict_as_the_report(tiktok, change):
    body = query(page_size=ABSENT, advertiser_id=tiktok.account, **change)
    assert tiktok.post("report/task/create", body)["code"] == 40002
