"""The Reporting service: submit, poll, and a ZIP with one CSV behind an address that lives five minutes.

Sources: Microsoft's report guides; days and hours are the account's, or UTC after `POST /_sandbox/account`
with the action `report_zone` (Microsoft's pages say both).
"""

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox import schema
from adsandbox.faults import Fault
from adsandbox.microsoft import columns, errors, sheet, zones
from adsandbox.microsoft.desk import NAME, Call, Desk, envelope
from adsandbox.schema import array, boolean, enum, obj, text

#: How long a report takes, with the fault slow_report, how long its address lives (ReportRequestStatus page) and how
#: long its id (PollGenerateReport page).
WAIT, SLOW_WAIT, LIFE = timedelta(seconds=1), timedelta(minutes=10), timedelta(minutes=5)
ID_LIFE = timedelta(days=1)
AGGREGATIONS = (
    "Summary", "Hourly", "Daily", "Weekly", "WeeklyStartingMonday", "Monthly", "Yearly", "HourOfDay",
    "DayOfWeek",
)  # fmt: skip
PERIODS = (
    "Today", "Yesterday", "LastSevenDays", "Last14Days", "Last30Days", "ThisMonth", "LastMonth",
)  # fmt: skip
#: How many days back hourly and other reports reach.
HOURLY_DAYS, DAYS = 184, 36 * 31

_DAY = obj(
    {
        "Day": schema.integer(required=True),
        "Month": schema.integer(required=True),
        "Year": schema.integer(required=True),
    },
    nullable=True,
)
REQUEST = {
    "Type": text(required=True),
    "ReportName": text(nullable=True, most=200),
    "Format": enum("Csv", "Tsv", "Xml", nullable=True),
    "FormatVersion": enum("1.0", "2.0", nullable=True),
    "ReturnOnlyCompleteData": boolean(nullable=True),
    "ExcludeReportHeader": boolean(nullable=True),
    "ExcludeReportFooter": boolean(nullable=True),
    "ExcludeColumnHeaders": boolean(nullable=True),
    "Aggregation": enum(*AGGREGATIONS, nullable=True),
    "Columns": array(text(), nullable=True),
    "Filter": schema.Field(lambda v: v is None, "null: filters are not imitated", nullable=True),
    "Scope": obj(
        {
            "AccountIds": array(text(), nullable=True),
            "Campaigns": array(
                obj({"AccountId": text(required=True), "CampaignId": text(required=True)}), nullable=True
            ),
            "AdGroups": array(
                obj(
                    {
                        "AccountId": text(required=True),
                        "CampaignId": text(required=True),
                        "AdGroupId": text(required=True),
                    }
                ),
                nullable=True,
            ),
        },
        nullable=True,
    ),
    "Time": obj(
        {
            "PredefinedTime": enum(*PERIODS, nullable=True),
            "CustomDateRangeStart": _DAY,
            "CustomDateRangeEnd": _DAY,
            "ReportTimeZone": text(nullable=True),
        },
        nullable=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Report:
    """A submitted report, checked."""

    id: str
    level: str
    request: dict[str, Any]
    first: date
    last: date
    begun: datetime
    ready: datetime


def submit(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST GenerateReport/Submit`: `{"ReportRequestId": …}`."""
    body = envelope(call.body, {"ReportRequest": obj(REQUEST, nullable=True)})
    request = body.get("ReportRequest")
    if request is None:
        raise errors.operation_fault(2001)
    kind = columns.KINDS.get(request["Type"].removesuffix("Request"))
    if kind is None:
        raise errors.operation_fault(2002)
    _columns(request, kind)
    _scope(desk, request)
    first, last = _days(desk, request)
    wait = SLOW_WAIT if call.fault is Fault.SLOW_REPORT else WAIT
    id_ = desk.new_id("Report")
    desk.reports[id_] = Report(id_, kind.level_of(request["Columns"]), request, first, last, desk.now, desk.now + wait)
    return {"ReportRequestId": id_}


def _columns(request: dict[str, Any], kind: columns.Kind) -> None:
    asked = request.get("Columns")
    if not asked:
        raise errors.operation_fault(2014)
    if len(set(asked)) != len(asked):
        raise errors.operation_fault(2016)
    if unknown := [name for name in asked if name not in kind.columns]:
        raise errors.operation_fault(201, details=f"Columns: {', '.join(unknown)}")
    if request.get("Aggregation", "Summary") not in (None, "Summary") and "TimePeriod" not in asked:
        raise errors.operation_fault(2015, details="TimePeriod")
    if request.get("Aggregation") in (None, "Summary") and "TimePeriod" in asked:
        raise errors.operation_fault(2007)
    if missing := [name for name in kind.required if name not in asked and name != "TimePeriod"]:
        raise errors.operation_fault(2015, details=", ".join(missing))
    level = kind.level
    if level is not None and columns.IDENTITY[level] not in asked and columns.NAMES[level] not in asked:
        raise errors.operation_fault(2015, details=columns.IDENTITY[level])
    if not set(asked) & kind.measures:
        raise errors.operation_fault(2017)


def _scope(desk: Desk, request: dict[str, Any]) -> None:
    scope = request.get("Scope") or {}
    parts = [*(scope.get("Campaigns") or ()), *(scope.get("AdGroups") or ())]
    accounts = {*(scope.get("AccountIds") or ()), *(one["AccountId"] for one in parts)}
    if not accounts:
        raise errors.operation_fault(2018)
    if accounts != {desk.account.id}:
        raise errors.operation_fault(2003)


def _days(desk: Desk, request: dict[str, Any]) -> tuple[date, date]:
    time, today = request.get("Time") or {}, desk.today()
    start, end = time.get("CustomDateRangeStart"), time.get("CustomDateRangeEnd")
    if (time.get("PredefinedTime") is None) == (start is None and end is None):
        raise errors.operation_fault(2008)
    if time.get("PredefinedTime") is not None:
        first, last = _period(time["PredefinedTime"], today)
    else:
        first, last = _date(start, 2009), _date(end, 2010)
        if last < first:
            raise errors.operation_fault(2011)
        if last > _today(desk, time.get("ReportTimeZone")):
            raise errors.operation_fault(2010)
    hourly = columns.HOURLY_DAYS.get(request["Type"].removesuffix("Request"), HOURLY_DAYS)
    back = hourly if request.get("Aggregation") in ("Hourly", "HourOfDay") else DAYS
    if first < today - timedelta(days=back):
        raise errors.operation_fault(2009)
    if request.get("ReturnOnlyCompleteData") and last >= today:
        raise errors.operation_fault(2004)
    return first, last


def _today(desk: Desk, name: str | None) -> date:
    """Today where the report's time zone says: the last day that may be asked for (ReportTime data object page)."""
    if name is not None and name not in zones.REPORT_ZONES:
        raise errors.operation_fault(201, details=f"ReportTimeZone: {name}")
    return desk.now.astimezone(ZoneInfo(zones.REPORT_ZONES[name or zones.DEFAULT_REPORT_ZONE])).date()


def _date(given: dict[str, int] | None, code: int) -> date:
    try:
        if given is None:
            raise errors.operation_fault(code)
        return date(given["Year"], given["Month"], given["Day"])
    except (ValueError, OverflowError):
        raise errors.operation_fault(code) from None


def _period(name: str, today: date) -> tuple[date, date]:
    yesterday, month = today - timedelta(days=1), today.replace(day=1)
    before = month - timedelta(days=1)
    back = {"LastSevenDays": 7, "Last14Days": 14, "Last30Days": 30}
    if name in back:
        return today - timedelta(days=back[name]), yesterday
    return {
        "Today": (today, today),
        "Yesterday": (yesterday, yesterday),
        "ThisMonth": (month, today),
        "LastMonth": (before.replace(day=1), before),
    }[name]


def poll(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST GenerateReport/Poll`: Pending, then Success with an address, or without one when there is no
    data."""
    body = envelope(call.body, {"ReportRequestId": text(nullable=True)})
    report = desk.reports.get(str(body.get("ReportRequestId")))
    if report is None or desk.now - report.begun > ID_LIFE:
        raise errors.operation_fault(2100, details="ReportRequestId")
    if desk.now < report.ready:
        return {"ReportRequestStatus": {"ReportDownloadUrl": None, "Status": "Pending"}}
    rows = sheet.rows(desk, report.level, report.request, first=report.first, last=report.last, as_of=report.ready)
    url = _address(desk, call, report, rows) if rows else None
    return {"ReportRequestStatus": {"ReportDownloadUrl": url, "Status": "Success"}}


def _address(desk: Desk, call: Call, report: Report, rows: list[list[str]]) -> str:
    key = desk.world.store.next_key(NAME, "download", length=32)
    desk.downloads[key] = (desk.now + LIFE, report, rows)
    return f"{call.base}/Download/{key}.zip"


def download(desk: Desk, key: str) -> bytes | None:
    """The ZIP of an address, or None when it has expired or never was."""
    found = desk.downloads.get(key)
    if found is None or found[0] <= desk.now:
        return None
    _, report, rows = found
    text_ = sheet.text(desk, report.request, rows, first=report.first, last=report.last)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(f"{report.id}.csv", date_time=desk.now.astimezone(UTC).timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text_.encode("utf-8-sig"))
    return packed.getvalue()
