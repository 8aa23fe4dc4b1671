"""Days of 25 and 23 hours as each platform's report by the hour tells them, and Microsoft's two zones on such a day."""

from collections import defaultdict

import pytest
from tests.sandbox.google_client import Google
from tests.sandbox.meta_client import Meta
from tests.sandbox.microsoft_client import Microsoft
from tests.sandbox.test_tiktok_reports import report
from tests.sandbox.tiktok_client import TikTok

#: The day, when the sandbox begins, and the hours that the day's reports have: one o'clock twice, or no two o'clock.
LONG = ("2026-11-01", "2026-10-31T07:00:00Z", list(range(24)))
SHORT = ("2027-03-14", "2027-03-13T08:00:00Z", [hour for hour in range(24) if hour != 2])


def google(sandbox, day):
    query = f"SELECT segments.hour, metrics.impressions FROM campaign WHERE segments.date = '{day}'"
    return [(row["segments"]["hour"], row["metrics"]["impressions"]) for row in Google(sandbox).rows(query)]


def meta(sandbox, day):
    hourly = "hourly_stats_aggregated_by_advertiser_time_zone"
    asked = {"fields": "impressions", "breakdowns": hourly, "time_range": {"since": day, "until": day}}
    rows = Meta(sandbox).insights(Meta(sandbox).account, **asked)
    return [(int(row[hourly][:2]), row["impressions"]) for row in rows]


def microsoft(sandbox, day):
    year, month, number = (int(part) for part in day.split("-"))
    when = {"Year": year, "Month": month, "Day": number}
    time = {"CustomDateRangeStart": when, "CustomDateRangeEnd": when}
    rows = Microsoft(sandbox).rows(Aggregation="Hourly", Time=time)
    return [(int(row["TimePeriod"].partition("|")[2]), row["Impressions"]) for row in rows]


def tiktok(sandbox, day):
    asked = {"dimensions": ["campaign_id", "stat_time_hour"], "start_date": day, "end_date": day}
    rows = report(TikTok(sandbox), **asked)
    return [(int(row["dimensions"]["stat_time_hour"][11:13]), row["metrics"]["impressions"]) for row in rows]


PLATFORMS = {"google_ads": google, "facebook_ads": meta, "microsoft_ads": microsoft, "tiktok_ads": tiktok}


def summed(rows):
    """Impressions by hour."""
    found = defaultdict(int)
    for hour, impressions in rows:
        found[hour] += int(impressions)
    return dict(sorted(found.items()))


@pytest.mark.parametrize(("day", "start", "hours"), [LONG, SHORT], ids=["25 hours", "23 hours"])
def test_the_reports_of_such_a_day_hold_its_hours_and_equal_the_ledger(start_sandbox, day, start, hours):
    sandbox = start_sandbox("--start", start)
    for platform in PLATFORMS:
        sandbox.control("seed", {"platform": platform, "campaigns": 2})
    sandbox.advance("P3D")
    for platform, told in PLATFORMS.items():
        rows = sandbox.ledger(platform=platform, grain="hour", first=day, to=day)["delivery"]
        found = summed(told(sandbox, day))
        assert found == summed((row["hour"], row["impressions"]) for row in rows), platform
        assert list(found) == hours, platform


def test_microsofts_hours_in_utc_tell_apart_what_its_account_counts_as_one(start_sandbox):
    day, start, _ = LONG
    sandbox = start_sandbox("--start", start)
    sandbox.control("seed", {"platform": "microsoft_ads", "campaigns": 2})
    sandbox.advance("P3D")
    local = summed(microsoft(sandbox, day))
    sandbox.control("account", {"platform": "microsoft_ads", "action": "report_zone", "value": "utc"})
    utc = summed(microsoft(sandbox, day))
    assert list(utc) == list(range(24))
    assert (local[0], local[1], local[2]) == (utc[7], utc[8] + utc[9], utc[10])
