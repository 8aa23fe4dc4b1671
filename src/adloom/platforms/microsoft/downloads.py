"""Microsoft's reports as files: asked for, waited for, downloaded, and their rows put on the account's calendar.

Microsoft's pages say both that rows are UTC's and that they are the campaign's zone's; the account's attribute
`report_zone` (`account`, or `utc`) says which was seen (`microsoft.md`, 10).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as clock
from typing import Any

from adloom.core.errors import Rejected, Unavailable
from adloom.core.time import today
from adloom.core.time import zone as zone_of
from adloom.platforms import vanished
from adloom.platforms.microsoft import csv_report, payloads, zones
from adloom.platforms.microsoft.client import REPORTING, Client
from adloom.platforms.microsoft.csv_report import Row
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform

MAX_WAIT_S = 300.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 15.0
_DOWNLOADS = 3
#: One hourly report holds a month at most, a daily one a year, so that each stays small.
_HOURLY_SPAN, _DAILY_SPAN = timedelta(days=31), timedelta(days=366)
_UTC = "UTC"
#: No report zone is UTC; London's today is UTC's, or an hour ahead of it.
_UTC_REPORTS = "GreenwichMeanTimeDublinEdinburghLisbonLondon"
#: ReportingServiceInvalidCustomDateRangeEnd: Microsoft's today is not ours yet.
_NOT_YET = ("ReportingServiceInvalidCustomDateRangeEnd", "2010")
#: Not every account has the first ones yet (column value sets), and the account knows its own currency.
_LACKED = frozenset(("ConversionsQualified", "AllConversionsQualified", "Revenue", "AllRevenue", "CurrencyCode"))


@dataclass(frozen=True, slots=True)
class Report:
    """A kind of report with the columns that are asked for; `hourly_days` is how far back it surely has hours.

    Microsoft keeps them for 6 months, 1 month or 14 days (guides/report-data-retention-time-periods.md).
    """

    kind: str
    columns: tuple[str, ...]
    hourly_days: int

    @property
    def needed(self) -> frozenset[str]:
        """The columns without which a file says nothing: what accounts may lack (new features, goals) is left out."""
        return frozenset(self.columns) - _LACKED


@dataclass(frozen=True, slots=True)
class HourlyRow:
    """A row of an hourly report, on the clock of the report's zone."""

    date: date
    hour: int
    row: Row

    def local(self, zone: tzinfo) -> datetime:
        """The hour's beginning in a zone."""
        return datetime.combine(self.date, clock(self.hour), zone)


def zone_of_reports(account: Account) -> str:
    """The IANA zone in which reports of this account count days and hours."""
    return _UTC if account.attributes.get("report_zone") == "utc" else account.time_zone


def days(client: Client, report: Report, *, account: Account, since: date, until: date) -> Iterator[tuple[date, Row]]:
    """Rows with their day in the account's zone, some of them by the hour where UTC's days are not the account's.

    An hour belongs to the day in which it begins. Days from before a report's hours are kept remain UTC's.
    """
    if zone_of_reports(account) == account.time_zone:
        yield from _daily(client, report, account=account, since=since, until=until)
        return
    oldest = today(_UTC) - timedelta(days=report.hourly_days)
    if since < oldest:
        yield from _daily(client, report, account=account, since=since, until=min(until, oldest - timedelta(days=1)))
    zone, first = zone_of(account.time_zone), max(since, oldest)
    begin = datetime.combine(first, clock(), zone).astimezone(UTC).date()
    end = (datetime.combine(until + timedelta(days=1), clock(), zone) - timedelta(seconds=1)).astimezone(UTC).date()
    for each in hours(client, report, account=account, since=begin, until=min(end, max(until, today(_UTC)))):
        day = each.local(UTC).astimezone(zone).date()
        if first <= day <= until:
            yield day, each.row


def hours(client: Client, report: Report, *, account: Account, since: date, until: date) -> Iterator[HourlyRow]:
    """Rows with their hour in the report's zone. Microsoft keeps hours for some months only."""
    for first, last in _spans(since, until, span=_HOURLY_SPAN):
        rows = _rows(client, report, account=account, since=first, until=last, aggregation="Hourly")
        yield from by_hour(rows, since=first, until=last)


def by_hour(rows: Iterable[Row], *, since: date, until: date) -> Iterator[HourlyRow]:
    """Rows with their hour; raises Unavailable for one of another day than was asked for. Pure."""
    for row in rows:
        day = _within(csv_report.day(row["TimePeriod"]), since=since, until=until)
        yield HourlyRow(day, csv_report.hour(row["TimePeriod"]), row)


def summed(client: Client, report: Report, *, account: Account, since: date, until: date, key: str) -> Iterator[Row]:
    """Rows without a day, of all these days; a day more on both sides where hours of UTC make up the account's days.

    Nothing but the column `key` has to be among them. Figures of such rows are not to be used: they may be incomplete.
    """
    if zone_of_reports(account) != account.time_zone:
        oldest = today(_UTC) - timedelta(days=report.hourly_days)
        since = since - timedelta(days=1) if since > oldest else since
        until = max(until, min(until + timedelta(days=1), today(_UTC)))
    for start, end in _spans(since, until, span=_DAILY_SPAN):
        content = _asked(client, report, account=account, since=start, until=end, aggregation="Summary")
        if content is not None:
            yield from csv_report.rows(csv_report.unzip(content), needed=(key,))


def _daily(client: Client, report: Report, *, account: Account, since: date, until: date) -> Iterator[tuple[date, Row]]:
    for first, last in _spans(since, until, span=_DAILY_SPAN):
        for row in _rows(client, report, account=account, since=first, until=last, aggregation="Daily"):
            yield _within(csv_report.day(row["TimePeriod"]), since=first, until=last), row


def _within(day: date, *, since: date, until: date) -> date:
    if not since <= day <= until:
        raise csv_report.broken(f"{day.isoformat()} was not asked for")
    return day


def _spans(since: date, until: date, *, span: timedelta) -> Iterator[tuple[date, date]]:
    first = since
    while first <= until:
        last = min(until, first + span - timedelta(days=1))
        yield first, last
        first = last + timedelta(days=1)


def _rows(
    client: Client, report: Report, *, account: Account, since: date, until: date, aggregation: str
) -> Iterator[Row]:
    content = _asked(client, report, account=account, since=since, until=until, aggregation=aggregation)
    if content is not None:
        is_over = until < min(today(account.time_zone), today(_UTC))
        yield from csv_report.rows(csv_report.unzip(content), needed=report.needed, is_over=is_over)


def _asked(
    client: Client, report: Report, *, account: Account, since: date, until: date, aggregation: str
) -> bytes | None:
    """The report's file; where Microsoft's last day is not ours yet, without ours."""
    body = request(report, account=account, since=since, until=until, aggregation=aggregation)
    try:
        return _content(client, request=body)
    except Rejected as error:
        if error.platform_code not in _NOT_YET or until <= since:
            raise
        earlier = until - timedelta(days=1)
        body = request(report, account=account, since=since, until=earlier, aggregation=aggregation)
        return _content(client, request=body)


def request(report: Report, *, account: Account, since: date, until: date, aggregation: str) -> Mapping[str, Any]:
    """The body that asks for a report. Header and footer are wanted: they prove that the file is whole. Pure."""
    in_utc = zone_of_reports(account) == _UTC
    zone = _UTC_REPORTS if in_utc else zones.of_report(account.time_zone)
    return {
        "ReportRequest": {
            "Type": f"{report.kind}Request",
            "ReportName": f"Adloom {report.kind}",
            "Format": "Csv",
            "FormatVersion": "2.0",
            "ReturnOnlyCompleteData": False,
            "ExcludeReportHeader": False,
            "ExcludeReportFooter": False,
            "ExcludeColumnHeaders": False,
            "Aggregation": aggregation,
            "Scope": {"AccountIds": [account.external_id]},
            "Time": {
                "CustomDateRangeStart": payloads.day_of(since),
                "CustomDateRangeEnd": payloads.day_of(until),
                **({"ReportTimeZone": zone} if zone else {}),
            },
            "Columns": list(report.columns),
        }
    }


def _content(client: Client, *, request: Mapping[str, Any]) -> bytes | None:
    """The report's zip file; None for a report without data. A link that lapsed (5 minutes) is asked for anew."""
    report_id = client.query("GenerateReport/Submit", request, service=REPORTING).get("ReportRequestId")
    if not report_id:
        raise _unavailable("a report was not given an id")
    for _ in range(_DOWNLOADS):
        url = _wait(client, report_id=str(report_id))
        if url is None:
            return None
        answer = client.connection.http.follow(url, platform=Platform.MICROSOFT_ADS, max_bytes=csv_report.MAX_ZIP_BYTES)
        if answer.status == 200:
            return answer.body
    raise _unavailable(f"a report's download answered {answer.status}")


def _wait(client: Client, *, report_id: str) -> str | None:
    """The link of a report that is ready; None where it holds nothing. Any word but the two ends is waited out."""
    deadline, pause = time.monotonic() + MAX_WAIT_S, _FIRST_WAIT_S
    while time.monotonic() < deadline:
        with vanished.asked_anew():  # an identifier is good for a day at most: ReportingServiceInvalidReportId, 2100
            body = client.query("GenerateReport/Poll", {"ReportRequestId": report_id}, service=REPORTING)
        status = body.get("ReportRequestStatus")
        if not isinstance(status, Mapping):
            raise _unavailable("nothing was said of how a report stands")
        if status.get("Status") == "Success":
            return status.get("ReportDownloadUrl") or None
        if status.get("Status") == "Error":
            raise _unavailable("a report failed")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_WAIT_S)
    raise _unavailable(f"a report did not come within {MAX_WAIT_S:g} s")


def _unavailable(what: str) -> Unavailable:
    return Unavailable(f"Microsoft Advertising: {what}.", platform=Platform.MICROSOFT_ADS.value)
