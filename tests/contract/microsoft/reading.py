"""The client asks for reports as its documentation does: submitted, tracked, downloaded, read. Prints their rows.

Standard input has `reports`: of each `name`, `kind`, `columns`, `aggregation`, and the days `since` and `until`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from typing import Any

import speak
from bingads.v13.reporting.reporting_download_parameters import ReportingDownloadParameters
from bingads.v13.reporting.reporting_service_manager import ReportingServiceManager

Said = Mapping[str, Any]


def main(said: Said) -> Mapping[str, Any]:
    """Rows of every report by its name; None where the client says that there is no data."""
    location = f"{said['base']}/microsoft-reporting"
    with tempfile.TemporaryDirectory() as folder:
        manager = ReportingServiceManager(
            authorization_data=speak.authorization(said),
            poll_interval_in_milliseconds=200,
            working_directory=folder,
            location=location,
        )
        return {each["name"]: _rows(manager, said, each, folder) for each in said["reports"]}


def _rows(manager: Any, said: Said, asked: Said, folder: str) -> Any:
    parameters = ReportingDownloadParameters(
        report_request=_request(said, asked),
        result_file_directory=folder,
        result_file_name=f"{asked['name']}.csv",
        overwrite_result_file=True,
        timeout_in_milliseconds=60_000,
    )
    report = manager.download_report(parameters)
    if report is None:
        return None
    names = report.report_columns
    rows = [[record.value(name) for name in names] for record in report.report_records]
    told = {
        "columns": names,
        "rows": rows,
        "promised": report.record_count,
        "name": report.report_name,
        "aggregation": report.report_aggregation,
        "since": str(report.report_time_start),
        "until": str(report.report_time_end),
        "size": os.path.getsize(os.path.join(folder, f"{asked['name']}.csv")),
    }
    report.close()
    return told


def _request(said: Said, asked: Said) -> Any:
    models = speak.models("reporting")
    time = models.ReportTime(
        CustomDateRangeStart=models.Date(**asked["since"]),
        CustomDateRangeEnd=models.Date(**asked["until"]),
        ReportTimeZone="PacificTimeUSCanadaTijuana",
    )
    kind = getattr(models, f"{asked['kind']}Request")
    scopes = {"AccountPerformanceReport": models.AccountReportScope}
    scope = scopes.get(asked["kind"], _scope(models, asked["kind"]))
    return kind(
        ReportName=f"Witness {asked['name']}",
        Format="Csv",
        FormatVersion="2.0",
        ReturnOnlyCompleteData=False,
        ExcludeReportHeader=False,
        ExcludeReportFooter=False,
        ExcludeColumnHeaders=False,
        Aggregation=asked["aggregation"],
        Scope=scope(AccountIds=[said["login"]["account_id"]]),
        Time=time,
        Columns=asked["columns"],
    )


def _scope(models: Any, kind: str) -> Any:
    if kind == "CampaignPerformanceReport":
        return models.AccountThroughCampaignReportScope
    return models.AccountThroughAdGroupReportScope


if __name__ == "__main__":
    speak.say(main(speak.given()))
