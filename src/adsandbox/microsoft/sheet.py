"""The CSV of a report: rows from what was delivered, cells as Microsoft writes them."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox.delivery import Row, Totals, money_text
from adsandbox.microsoft import goals, splits
from adsandbox.microsoft.columns import KINDS, Kind
from adsandbox.microsoft.desk import NAME, Desk
from adsandbox.store import Entity

BLANK = "--"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Key = tuple[str, str]


def rows(
    desk: Desk, level: str, request: dict[str, Any], *, first: date, last: date, as_of: datetime
) -> list[list[str]]:
    """The data rows of a report as texts, in the order of the asked columns."""
    zone = ZoneInfo("UTC") if desk.utc_reports else ZoneInfo(desk.account.time_zone)
    sums: dict[Key, Totals] = {}
    margin = timedelta(days=1)
    found = desk.world.delivery.rows(NAME, first=first - margin, last=last + margin, as_of=as_of)
    for row in found:
        local = row.at.astimezone(zone)
        if first <= local.date() <= last and _inside(row, request.get("Scope") or {}):
            key = (_period(local, request), _id(row, level))
            sums.setdefault(key, Totals()).add(row, as_of=as_of)
    by = [name for name in request["Columns"] if name in _kind(request).splits]
    return [
        _row(desk, level, request, key, part, dict(cells))
        for key, total in sorted(sums.items())
        for cells, part in splits.parts(desk, total, by)
        if part.conversions or part.conversion_value or "Goal" not in by
    ]


def _kind(request: dict[str, Any]) -> Kind:
    return KINDS[request["Type"].removesuffix("Request")]


def _inside(row: Row, scope: dict[str, Any]) -> bool:
    campaigns = {one["CampaignId"] for one in scope.get("Campaigns") or ()}
    groups = {one["AdGroupId"] for one in scope.get("AdGroups") or ()}
    if scope.get("AccountIds") or not (campaigns or groups):
        return True
    return row.line.campaign_id in campaigns or row.line.group_id in groups


def _id(row: Row, level: str) -> str:
    line = row.line
    ids = {"Campaign": line.campaign_id, "AdGroup": line.group_id, "Ad": line.ad_id}
    return ids.get(level, line.account_id)


def _period(local: datetime, request: dict[str, Any]) -> str:
    """The TimePeriod cell; a key that sorts."""
    day, old = local.date(), request.get("FormatVersion") == "1.0"
    kind = request.get("Aggregation") or "Summary"
    sunday = day - timedelta(days=(day.weekday() + 1) % 7)
    periods: dict[str, Callable[[], str]] = {
        "Summary": lambda: "",
        "Hourly": lambda: f"{_day(day, old)}|{local.hour}" if not old else f"{_day(day, old)} 12:00:00 AM|{local.hour}",
        "Daily": lambda: _day(day, old),
        "Weekly": lambda: _day(sunday, old),
        "WeeklyStartingMonday": lambda: _day(day - timedelta(days=day.weekday()), old),
        "Monthly": lambda: _day(day.replace(day=1), old),
        "Yearly": lambda: str(day.year),
        "HourOfDay": lambda: str(local.hour),
        "DayOfWeek": lambda: _DAYS[day.weekday()],
    }
    return periods[kind]()


def _day(day: date, old: bool) -> str:
    return day.strftime("%m/%d/%Y") if old else day.isoformat()


def _row(desk: Desk, level: str, request: dict[str, Any], key: Key, total: Totals, part: dict[str, Any]) -> list[str]:
    period, id_ = key
    counted = goals.counted(desk, total, own=_own_goals(desk, level, id_))
    cells = {"TimePeriod": period} | _attributes(desk, level, id_) | _measures(total, counted) | part
    if "Goal" in part:
        cells |= _goal(desk, part["Goal"])
    return [str(cells.get(name, BLANK)) for name in request["Columns"]]


def _goal(desk: Desk, name: str) -> dict[str, Any]:
    for goal in desk.world.store.all(NAME, type_="ConversionGoal"):
        if goal.name == name:
            return {"GoalId": goal.id, "GoalType": goal.fields["Type"]}
    return {}


def _attributes(desk: Desk, level: str, id_: str) -> dict[str, Any]:
    account = desk.account
    cells: dict[str, Any] = {
        "AccountName": account.name,
        "AccountNumber": account.fields["number"],
        "AccountId": account.id,
        "AccountStatus": "Suspended" if account.suspended else "Active",
        "CustomerId": desk.customer_id,
        "CustomerName": "Adloom Sandbox",
        "CurrencyCode": account.currency,
    }
    entity = desk.world.store.get(NAME, level, id_)
    while entity is not None:
        cells |= _of(entity, level)
        entity = desk.world.store.parent(entity)
    return cells


def _of(entity: Entity, level: str) -> dict[str, Any]:
    cells = {f"{entity.type}Id": entity.id, f"{entity.type}Name": entity.name, f"{entity.type}Status": entity.status}
    if entity.type == "Campaign":
        cells["CampaignType"] = "Search & content"
    if entity.type == "AdGroup":
        cells |= {"Language": entity.fields.get("Language") or BLANK}
        cells |= {"Status": entity.status} if level == "AdGroup" else {}
    if entity.type == "Ad":
        cells |= {"AdTitle": entity.name, "AdType": "Responsive search ad", "FinalUrl": entity.fields["FinalUrls"][0]}
        cells |= {name: entity.fields.get(name) or BLANK for name in ("Path1", "Path2")}
    return cells


def _own_goals(desk: Desk, level: str, id_: str) -> frozenset[str]:
    """The goals of the campaign that a row is of or below; none of an account's row, which counts all."""
    entity = desk.world.store.get(NAME, level, id_)
    while entity is not None and entity.type != "Campaign":
        entity = desk.world.store.parent(entity)
    return frozenset() if entity is None else frozenset(goals.of(entity))


def _measures(total: Totals, of_goals: tuple[int, Decimal]) -> dict[str, Any]:
    """All numbers of a row; `of_goals` are what counts as conversions and their worth, beside all of them."""
    cells = _counts(total, *of_goals)
    whole = _counts(total, total.conversions, total.conversion_value)
    cells |= {f"All{name}": whole[name] for name in ("Conversions", "ConversionsQualified", "Revenue")}
    cells |= {"AllConversionRate": whole["ConversionRate"], "AllCostPerConversion": whole["CostPerConversion"]}
    return cells | {"AllReturnOnAdSpend": whole["ReturnOnAdSpend"]}


def _counts(total: Totals, conversions: int, value: Decimal) -> dict[str, Any]:
    spend, counted = total.spend, Decimal(conversions)
    return {
        "Impressions": total.impressions,
        "Clicks": total.clicks,
        "Spend": money_text(spend),
        "Ctr": _percent(total.clicks, total.impressions),
        "AverageCpc": _ratio(spend, total.clicks),
        "AverageCpm": _ratio(1000 * spend, total.impressions),
        "Revenue": money_text(value),
        "ReturnOnAdSpend": _ratio(value, spend),
        "Conversions": conversions,
        "ConversionsQualified": f"{counted:.2f}",
        "ConversionRate": _percent(counted, total.clicks),
        "CostPerConversion": _ratio(spend, counted),
        "RevenuePerConversion": _ratio(value, counted),
        "ViewThroughConversions": 0,
        "VideoViews": total.video_views,
        "Assists": 0,
    }


def _ratio(top: Decimal, bottom: Decimal | int) -> str:
    return BLANK if not bottom else f"{top / bottom:.2f}"


def _percent(top: Decimal | int, bottom: Decimal | int) -> str:
    return BLANK if not bottom else f"{100 * Decimal(top) / bottom:.2f}%"


def text(desk: Desk, request: dict[str, Any], data: list[list[str]], *, first: date, last: date) -> str:
    """The whole file: preamble of ten lines and a blank one, headings, rows, copyright."""
    out = io.StringIO()
    tab = "\t" if request.get("Format") == "Tsv" else ","
    writer = csv.writer(out, delimiter=tab, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    if not request.get("ExcludeReportHeader"):
        for line in _preamble(desk, request, data, first=first, last=last):
            writer.writerow([line])
        out.write("\r\n")
    if not request.get("ExcludeColumnHeaders"):
        writer.writerow(request["Columns"])
    writer.writerows(data)
    if not request.get("ExcludeReportFooter"):
        out.write("\r\n")
        writer.writerow([f"©{desk.now.astimezone(UTC).year} Microsoft Corporation. All rights reserved. "])
    return out.getvalue()


def _preamble(desk: Desk, request: dict[str, Any], data: list[list[str]], *, first: date, last: date) -> list[str]:
    done = desk.now.astimezone(UTC)
    kind = request["Type"].removesuffix("Request")
    return [
        f"Report Name: {request.get('ReportName') or kind}",
        f"Report Time: {first.month}/{first.day}/{first.year},{last.month}/{last.day}/{last.year}",
        f"Time Zone: {desk.account.fields['time_zone_name']}",
        f"Last Completed Available Day: {done:%m/%d/%Y %I:%M:%S %p} (GMT)",
        f"Last Completed Available Hour: {done:%m/%d/%Y %I:%M:%S %p} (GMT)",
        f"Report Aggregation: {request.get('Aggregation') or 'Summary'}",
        "Report Filter: ",
        "Potential Incomplete Data: " + ("true" if last >= desk.today() else "false"),
        f"Rows: {len(data)}",
        f"Account: {desk.account.name}",
    ]
