"""TikTok's official SDK reads what its ads did on the sandbox: reports at once, page by page, and as a task."""

import datetime
import urllib.parse
import urllib.request

import business_api_client as tiktok
import manual
import person
from person import ADVERTISER, GIVEN, TOKEN, data

EVERYTHING = {"field_name": "campaign_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}


def at_once(first, last, **more):
    """Rows of the synchronous report, all pages."""
    usual = {
        "advertiser_id": ADVERTISER,
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id", "stat_time_day"],
        "metrics": ["spend", "impressions", "clicks"],
        "start_date": first,
        "end_date": last,
        "filtering": [EVERYTHING],
        "page_size": 2,
    }
    rows, page = [], 1
    while True:
        kind = more.get("report_type", "BASIC")
        arguments = {name: value for name, value in (usual | more).items() if name != "report_type"}
        answer = data(person.reports.report_integrated_get(kind, TOKEN, page=page, **arguments))
        rows += answer["list"]
        if page >= answer["page_info"]["total_page"]:
            return rows
        page += 1


def as_a_task(first, last):
    """The report as a CSV; its download is no call of the SDK's."""
    body = tiktok.ReportTaskCreateBody(
        advertiser_id=ADVERTISER,
        report_type="BASIC",
        data_level="AUCTION_CAMPAIGN",
        dimensions=["campaign_id", "stat_time_day"],
        metrics=["spend", "impressions"],
        start_date=first,
        end_date=last,
        filtering=[tiktok.ReportTaskCreateBodyFiltering(**EVERYTHING)],
        enable_report_title_translation=False,
    )
    task_id = data(person.reports.report_task_create(TOKEN, body=body))["task_id"]
    before = data(person.reports.report_task_check(task_id, ADVERTISER, TOKEN))["status"]
    person.control("clock", {"advance": "PT1M"})
    after = data(person.reports.report_task_check(task_id, ADVERTISER, TOKEN))["status"]
    query = urllib.parse.urlencode({"advertiser_id": ADVERTISER, "task_id": task_id})
    request = urllib.request.Request(
        f"{GIVEN['base']}/tiktok/open_api/v1.3/report/task/download/?{query}", headers={"Access-Token": TOKEN}
    )
    with urllib.request.urlopen(request) as answer:
        return {"statuses": [before, after], "csv": answer.read().decode().splitlines()}


def day_before(instant):
    """The account's day may be the one before that of UTC."""
    return str(datetime.date.fromisoformat(instant[:10]) - datetime.timedelta(days=1))


def main():
    """A campaign that delivers for three days, and what reports tell of it."""
    made = manual.tree(person.upload_video(), person.upload_image())
    manual.switch(made, "ENABLE")
    person.settle()
    first = day_before(person.control("clock", {"advance": "PT1S"})["now"])
    last = person.control("clock", {"advance": "P3D"})["now"][:10]
    found = {"days": at_once(first, last), "task": as_a_task(first, last)}
    last = max(row["dimensions"]["stat_time_day"][:10] for row in found["days"])
    found["hours"] = at_once(last, last, dimensions=["campaign_id", "stat_time_hour"], page_size=1000)
    for name in ("age", "gender", "country_code", "platform"):
        dimensions = ["campaign_id", "stat_time_day", name]
        found[name] = at_once(first, last, report_type="AUDIENCE", dimensions=dimensions, page_size=1000)
    person.say(found)


main()
