"""The SDK asks for insights: at once, page by page, as a run, by hour, by audience, and of one campaign."""

from __future__ import annotations

from typing import Any

from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.adsinsights import AdsInsights
from objects import live_tree
from opening import Opening, refused, tell

NUMBERS = ["campaign_id", "impressions", "inline_link_clicks", "spend", "account_currency"]
HOURLY = AdsInsights.Breakdowns.hourly_stats_aggregated_by_advertiser_time_zone


def plain(rows: Any) -> list[dict[str, Any]]:
    return [row.export_all_data() for row in rows]


def days(opened: Opening, made: dict[str, Any]) -> dict[str, Any]:
    whole = {"level": "campaign", "time_increment": 1, "time_range": opened.given["range"]}
    at_once = opened.account.get_insights(fields=[*NUMBERS, "actions", "action_values"], params=whole)
    paged = opened.account.get_insights(fields=NUMBERS, params={**whole, "limit": 2})
    first = len(paged)
    return {
        "days": plain(at_once),
        "first_page": first,
        "paged": plain(paged),
        "of_campaign": plain(
            made["campaign"].get_insights(fields=["impressions", "spend"], params={"time_range": opened.given["range"]})
        ),
        "presets": plain(
            opened.account.get_insights(fields=["impressions"], params={"date_preset": AdsInsights.DatePreset.last_7d})
        ),
        "summed": _summed(opened, whole),
        "hours": plain(opened.account.get_insights(fields=NUMBERS, params={**whole, "breakdowns": [HOURLY]})),
        "audiences": {
            name: plain(opened.account.get_insights(fields=NUMBERS, params={**whole, "breakdowns": breakdowns}))
            for name, breakdowns in AUDIENCES.items()
        },
    }


def _summed(opened: Opening, whole: dict[str, Any]) -> dict[str, Any]:
    asked = {**whole, "sort": ["spend_descending"], "summary": ["spend"]}
    found = opened.account.get_insights(fields=NUMBERS, params=asked)
    answer = opened.api.call("GET", (opened.line["account_id"], "insights"), params={**asked, "fields": "spend"})
    return {"spends": [row["spend"] for row in found], "sum": answer.json()["summary"]["spend"]}


AUDIENCES = {
    "age": [AdsInsights.Breakdowns.age],
    "gender": [AdsInsights.Breakdowns.gender],
    "age and gender": [AdsInsights.Breakdowns.age, AdsInsights.Breakdowns.gender],
    "country": [AdsInsights.Breakdowns.country],
    "device": [AdsInsights.Breakdowns.device_platform],
    "place": [AdsInsights.Breakdowns.publisher_platform],
}


def run(opened: Opening) -> dict[str, Any]:
    asked = {"level": "campaign", "time_increment": 1, "time_range": opened.given["range"], "fields": NUMBERS}
    opened.fault("slow_report", match="POST .*insights")
    started = opened.account.get_insights(params=asked, is_async=True)
    waiting = AdReportRun(started["report_run_id"]).api_get(fields=[])
    early = refused(started.get_result)
    opened.advance("PT15M")
    ended = AdReportRun(started["report_run_id"]).api_get(fields=["async_status", "async_percent_completion"])
    return {
        "waiting": waiting["async_status"],
        "early": early,
        "status": ended["async_status"],
        "percent": ended["async_percent_completion"],
        "rows": plain(started.get_result(params={"limit": 2})),
    }


def main() -> None:
    opened = Opening()
    sells = {
        "optimization_goal": AdSet.OptimizationGoal.link_clicks,
        "promoted_object": {"pixel_id": opened.line["pixel_id"], "custom_event_type": "PURCHASE"},
    }
    made = live_tree(opened, **sells)
    opened.advance("P4D")
    tell({"campaign": made["campaign"]["id"], **days(opened, made), "run": run(opened)})


main()
