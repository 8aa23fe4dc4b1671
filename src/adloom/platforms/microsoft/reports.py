"""Microsoft's daily numbers: a report is asked for, waited for, downloaded and read (`microsoft.md`, 7)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from adloom.core.errors import Unavailable
from adloom.platforms.facts import DailyFact
from adloom.platforms.microsoft import csv_report, payloads, zones
from adloom.platforms.microsoft.client import REPORTING, Client
from adloom.platforms.types import Platform

MAX_WAIT_S = 300.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 15.0
_DOWNLOADS = 3
_YEARS_PER_REPORT = 1

COLUMNS = (
    "TimePeriod",
    "CampaignId",
    "CurrencyCode",
    "Impressions",
    "Clicks",
    "Spend",
    "ConversionsQualified",
    "Revenue",
)


def daily(client: Client, *, since: date, until: date, time_zone: str) -> Iterator[DailyFact]:
    """Every campaign's days, a year per report; raises Unavailable where one is not whole or does not come."""
    for first, last in _years(since, until):
        content = _content(client, request=_request(client, since=first, until=last, time_zone=time_zone))
        if content is not None:
            yield from csv_report.daily(csv_report.unzip(content))


def _years(since: date, until: date) -> Iterator[tuple[date, date]]:
    first = since
    while first <= until:
        last = min(until, date(first.year, 12, 31))
        yield first, last
        first = date(last.year + _YEARS_PER_REPORT, 1, 1)


def _request(client: Client, *, since: date, until: date, time_zone: str) -> Mapping[str, Any]:
    """Header and footer are wanted: they prove that the file is whole."""
    zone = zones.of_report(time_zone)
    return {
        "ReportRequest": {
            "Type": "CampaignPerformanceReportRequest",
            "ReportName": "Adloom daily",
            "Format": "Csv",
            "FormatVersion": "2.0",
            "ReturnOnlyCompleteData": False,
            "ExcludeReportHeader": False,
            "ExcludeReportFooter": False,
            "ExcludeColumnHeaders": False,
            "Aggregation": "Daily",
            "Scope": {"AccountIds": [client.account]},
            "Time": {
                "CustomDateRangeStart": payloads.day_of(since),
                "CustomDateRangeEnd": payloads.day_of(until),
                **({"ReportTimeZone": zone} if zone else {}),
            },
            "Columns": list(COLUMNS),
        }
    }


def _content(client: Client, *, request: Mapping[str, Any]) -> bytes | None:
    """The report's zip file; None for a report without data. A link that lapsed (5 minutes) is asked for anew."""
    report_id = str(client.query("GenerateReport/Submit", request, service=REPORTING)["ReportRequestId"])
    for _ in range(_DOWNLOADS):
        url = _wait(client, report_id=report_id)
        if url is None:
            return None
        answer = client.connection.http.follow(url, platform=Platform.MICROSOFT_ADS, max_bytes=csv_report.MAX_ZIP_BYTES)
        if answer.status == 200:
            return answer.body
    raise _unavailable(f"a report's download answered {answer.status}")


def _wait(client: Client, *, report_id: str) -> str | None:
    deadline, pause = time.monotonic() + MAX_WAIT_S, _FIRST_WAIT_S
    while time.monotonic() < deadline:
        body = client.query("GenerateReport/Poll", {"ReportRequestId": report_id}, service=REPORTING)
        status = body["ReportRequestStatus"]
        if status["Status"] == "Success":
            return status.get("ReportDownloadUrl") or None
        if status["Status"] == "Error":
            raise _unavailable("a report failed")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_WAIT_S)
    raise _unavailable(f"a report did not come within {MAX_WAIT_S:g} s")


def _unavailable(what: str) -> Unavailable:
    return Unavailable(f"Microsoft Advertising: {what}.", platform=Platform.MICROSOFT_ADS.value)
