"""What Google's ads do over time: review, schedule, budget, status; and that reports tell what the ledger knows."""

from decimal import Decimal

import pytest
from tests.sandbox.google_client import Google, changed, create, tree

SUMS = "metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.conversions, metrics.conversions_value"


@pytest.fixture
def google(sandbox):
    return Google(sandbox)


def _delivery(sandbox, **params):
    return sandbox.ledger(platform="google_ads", **params)["delivery"]


def _spend(sandbox, **params):
    return sum(Decimal(row["spend"]) for row in _delivery(sandbox, **params))


def test_an_ad_is_reviewed_for_twenty_minutes_and_then_serves(sandbox, google):
    google.made(tree())
    assert google.state("ad_group_ad", "primary_status") == ["PENDING"]
    assert google.state("ad_group_ad", "primary_status_reasons") == [["AD_GROUP_AD_UNDER_REVIEW"]]
    assert google.state("campaign", "primary_status_reasons") == [["MOST_ADS_UNDER_REVIEW"]]
    sandbox.advance("PT15M")
    assert google.state("ad_group_ad", "primary_status") == ["PENDING"]
    assert _delivery(sandbox) == []
    sandbox.advance("PT10M")
    assert google.state("campaign", "primary_status") == ["ELIGIBLE"]
    summary = google.rows("SELECT ad_group_ad.policy_summary.approval_status, "
                          "ad_group_ad.policy_summary.review_status FROM ad_group_ad")[0]  # fmt: skip
    assert summary["adGroupAd"]["policySummary"] == {"approvalStatus": "APPROVED", "reviewStatus": "REVIEWED"}
    sandbox.advance("P1D")
    assert _spend(sandbox) > 0


def test_reports_equal_the_ledger_to_the_micro(sandbox, google):
    google.made(tree("One"))
    google.made(tree("Two"))
    sandbox.advance("P10D")
    rows = google.rows(
        f"SELECT campaign.id, segments.date, {SUMS} FROM campaign WHERE segments.date DURING LAST_30_DAYS"
    )
    told = {
        (row["campaign"]["id"], row["segments"]["date"]): (
            int(row["metrics"]["impressions"]),
            int(row["metrics"]["clicks"]),
            Decimal(row["metrics"]["costMicros"]) / 1_000_000,
            Decimal(str(row["metrics"]["conversions"])),
            Decimal(str(row["metrics"]["conversionsValue"])),
        )
        for row in rows
    }
    truth = {
        (row["campaign_id"], row["date"]): (
            row["impressions"],
            row["clicks"],
            Decimal(row["spend"]),
            Decimal(row["conversions"]),
            Decimal(row["conversion_value"]),
        )
        for row in _delivery(sandbox, to="2026-12-02")
    }
    assert told == truth
    assert len(told) == 20


@pytest.mark.parametrize("resource", ["customer", "campaign", "ad_group", "ad_group_ad"])
def test_every_level_and_grain_adds_up_to_the_same_sums(sandbox, google, resource):
    google.made(tree("One"))
    google.made(tree("Two"))
    sandbox.advance("P3D")
    truth = sum(row["clicks"] for row in _delivery(sandbox))
    for segments in ("", "segments.date, ", "segments.date, segments.hour, ", "segments.week, "):
        rows = google.rows(
            f"SELECT {segments}metrics.clicks FROM {resource} WHERE segments.date BETWEEN '2026-11-01' AND '2026-12-31'"
        )
        assert sum(int(row["metrics"]["clicks"]) for row in rows) == truth


def test_rows_without_impressions_are_left_out_only_when_segmented(sandbox, google):
    google.made(changed(tree(), "1.create.status", "PAUSED"))
    sandbox.advance("P2D")
    window = "WHERE segments.date DURING LAST_7_DAYS"
    assert google.rows(f"SELECT segments.date, metrics.clicks FROM campaign {window}") == []
    assert google.rows(f"SELECT metrics.clicks FROM campaign {window}")[0]["metrics"] == {"clicks": "0"}


def test_a_day_never_costs_more_than_twice_its_budget(sandbox, google):
    google.made(changed(tree(), "0.create.amountMicros", "5000000"))
    sandbox.advance("P20D")
    days = _delivery(sandbox)
    assert len(days) >= 19
    assert all(Decimal(row["spend"]) <= 10 for row in days)
    assert 50 < sum(Decimal(row["spend"]) for row in days) <= 5 * 21


def test_a_total_budget_is_never_exceeded_and_the_end_ends_it(sandbox, google):
    total = changed(tree(), "0.create.amountMicros")
    total = changed(changed(total, "0.create.period", "CUSTOM_PERIOD"), "0.create.totalAmountMicros", "30000000")
    google.made(changed(total, "1.create.endDateTime", "2026-12-02 23:59:59"))
    sandbox.advance("P20D")
    assert 15 < _spend(sandbox) <= 30
    assert max(row["date"] for row in _delivery(sandbox)) <= "2026-12-02"
    assert google.state("campaign", "primary_status") == ["ENDED"]
    assert google.state("campaign", "serving_status") == ["ENDED"]


def test_a_campaign_waits_for_its_start_in_the_accounts_time_zone(sandbox, google):
    google.made(changed(tree(), "1.create.startDateTime", "2026-12-01 00:00:00"))
    assert google.state("campaign", "primary_status") == ["PENDING"]
    sandbox.control("clock", {"at": "2026-12-01T07:59:00Z"})
    assert _delivery(sandbox) == []
    sandbox.control("clock", {"at": "2026-12-02T08:00:00Z"})
    assert {row["date"] for row in _delivery(sandbox)} == {"2026-12-01"}


@pytest.mark.parametrize(("level", "index"), [("campaigns", 1), ("adGroups", 4), ("adGroupAds", 6)])
def test_a_pause_at_any_level_stops_delivery_and_history_stays(sandbox, google, level, index):
    name = google.made(tree())[index]
    sandbox.advance("P2D")
    before = _delivery(sandbox, grain="hour")
    assert google.update(level, name, status="PAUSED").status_code == 200
    sandbox.advance("P5D")
    # What was running when the pause came is told once its hour is over; nothing else is added.
    after = _delivery(sandbox, grain="hour", as_of="2026-12-25T00:00:00Z")
    assert [row for row in after if row["date"] > "2026-11-25"] == []
    assert [(row["date"], row["hour"]) for row in after][: len(before)] == [
        (row["date"], row["hour"]) for row in before
    ]
    assert len(after) <= len(before) + 1
    google.update(level, name, status="ENABLED")
    sandbox.advance("P1D")
    assert max(row["date"] for row in _delivery(sandbox)) == "2026-12-01"


def test_a_campaign_without_keywords_is_not_eligible_and_never_shows(sandbox, google):
    operations = tree()
    del operations[5]
    google.made(operations)
    sandbox.advance("P2D")
    assert google.state("campaign", "primary_status_reasons") == [["NO_KEYWORDS"]]
    assert _delivery(sandbox) == []


def test_a_schedule_limits_delivery_to_its_hours(sandbox, google):
    hours = {"dayOfWeek": "TUESDAY", "startHour": 9, "startMinute": "ZERO", "endHour": 12, "endMinute": "ZERO"}
    google.made([*tree(), create("campaignCriterion", campaign=tree()[4]["adGroupOperation"]["create"]["campaign"],
                                 adSchedule=hours)])  # fmt: skip
    sandbox.advance("P14D")
    rows = _delivery(sandbox, grain="hour")
    assert {row["date"] for row in rows} == {"2026-11-24", "2026-12-01"}
    assert {row["hour"] for row in rows} <= {9, 10, 11}


@pytest.mark.parametrize(
    ("verdict", "approval", "primary", "shows"),
    [("reject", "DISAPPROVED", "NOT_ELIGIBLE", False), ("limit", "APPROVED_LIMITED", "LIMITED", True)],
)
def test_a_reviewers_verdict_is_told_with_its_topic_and_decides_delivery(
    sandbox, google, verdict, approval, primary, shows
):
    ad = google.made(tree())[6].rpartition("~")[2]
    sandbox.control("review", {"platform": "google_ads", "ad": ad, "verdict": verdict, "reason": "Casino"})
    row = google.rows("SELECT ad_group_ad.policy_summary.approval_status, ad_group_ad.primary_status, "
                      "ad_group_ad.policy_summary.policy_topic_entries FROM ad_group_ad")[0]["adGroupAd"]  # fmt: skip
    assert row["policySummary"]["approvalStatus"] == approval
    assert row["policySummary"]["policyTopicEntries"][0]["topic"] == "CASINO"
    assert row["primaryStatus"] == primary
    sandbox.advance("P2D")
    assert bool(_delivery(sandbox)) is shows


def test_words_in_the_ad_decide_a_review_by_themselves(sandbox, google):
    google.made(changed(tree(), "6.create.ad.responsiveSearchAd.headlines.0.text", "A miracle cure"))
    sandbox.advance("PT1H")
    assert google.state("campaign", "primary_status_reasons") == [["HAS_ADS_DISAPPROVED"]]


def test_conversions_come_late_and_old_days_restate(sandbox, google):
    google.made(changed(tree(), "0.create.amountMicros", "2000000000"))
    sandbox.advance("P10D")
    window = {"first": "2026-11-24", "to": "2026-12-01"}
    early = sum(Decimal(r["conversions"]) for r in _delivery(sandbox, **window))
    as_of = "2026-12-03T18:00:00Z"
    sandbox.advance("P10D")
    late = sum(Decimal(r["conversions"]) for r in _delivery(sandbox, **window))
    assert late > early > 0
    again = sum(Decimal(r["conversions"]) for r in _delivery(sandbox, as_of=as_of, **window))
    assert again == early
    sandbox.advance("P30D")
    assert sum(Decimal(r["conversions"]) for r in _delivery(sandbox, **window)) == late


def test_conversions_by_action_sum_to_all(sandbox, google):
    google.made(changed(tree(), "0.create.amountMicros", "2000000000"))
    sandbox.advance("P5D")
    window = "WHERE segments.date DURING LAST_30_DAYS"
    named = google.rows(f"SELECT segments.conversion_action_name, metrics.conversions FROM campaign {window}")
    whole = google.rows(f"SELECT metrics.conversions FROM campaign {window}")
    assert named[0]["segments"]["conversionActionName"] == "Purchase"
    assert named[0]["metrics"] == whole[0]["metrics"]


def test_the_same_seed_and_clock_give_the_same_answers(start_sandbox):
    def history():
        running = start_sandbox("--seed", "3", "--start", "2026-11-23T18:00:00Z", "--platforms", "google_ads")
        google = Google(running)
        names = google.made(tree())
        running.advance("P3D")
        return names, running.ledger(grain="hour")["delivery"]

    first, second = history(), history()
    assert first == second
    assert first[1]


def test_no_delivery_means_none(start_sandbox):
    running = start_sandbox("--no-delivery", "--platforms", "google_ads")
    Google(running).made(tree())
    running.advance("P3D")
    assert running.ledger()["delivery"] == []


def test_seeded_campaigns_are_live_at_once(sandbox, google):
    seeded = sandbox.control("seed", {"platform": "google_ads", "campaigns": 3})["campaigns"]
    assert len({campaign["id"] for campaign in seeded}) == 3
    assert google.state("campaign", "primary_status") == ["ELIGIBLE"] * 3
    sandbox.advance("P1D")
    assert {row["campaign_id"] for row in _delivery(sandbox)} == {campaign["id"] for campaign in seeded}


def test_days_of_23_and_25_hours_hold_their_hours(start_sandbox):
    running = start_sandbox("--start", "2026-10-31T07:00:00Z", "--platforms", "google_ads")
    google = Google(running)
    google.made(changed(tree(), "0.create.amountMicros", "5000000000"))
    running.control("clock", {"at": "2027-03-16T07:00:00Z"})
    hours = running.ledger(grain="hour", first="2026-11-01", to="2027-03-14")["delivery"]
    of = {day: [r["hour"] for r in hours if r["date"] == day] for day in ("2026-11-01", "2026-12-01", "2027-03-14")}
    assert of["2026-12-01"] == list(range(24))
    assert of["2026-11-01"] == list(range(24))  # one o'clock twice is one row
    assert of["2027-03-14"] == [hour for hour in range(24) if hour != 2]


def test_an_account_in_yen_delivers_in_yen(sandbox, google):
    sandbox.control("account", {"platform": "google_ads", "action": "currency", "value": "JPY"})
    google.made(changed(changed(tree(), "4.create.cpcBidMicros"), "0.create.amountMicros", "5000000000"))
    sandbox.advance("P3D")
    rows = _delivery(sandbox)
    assert {row["currency"] for row in rows} == {"JPY"}
    assert all(0 < Decimal(row["spend"]) <= 10000 for row in rows)
    assert all(Decimal(row["spend"]) / row["clicks"] > 40 for row in rows)
