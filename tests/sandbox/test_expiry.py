"""Cursors, report ids and download links lapse on the sandbox's clock, and at once by the fault `expired`: in each
platform's words."""

import pytest
from tests.sandbox.google_client import Google, codes, tree
from tests.sandbox.meta_client import Meta
from tests.sandbox.microsoft_client import REPORTING, Microsoft
from tests.sandbox.test_tiktok_reports import start
from tests.sandbox.tiktok_client import TikTok, data


def test_googles_page_token_expires_and_the_first_page_never_does(sandbox):
    google = Google(sandbox)
    for name in ("One", "Two", "Three"):
        google.made(tree(name))
    query = "SELECT campaign.id FROM campaign"
    sandbox.fault("google_ads", "truncated_page", "search")
    token = google.query(query).json()["nextPageToken"]
    sandbox.fault("google_ads", "expired")
    assert google.query(query).status_code == 200
    assert codes(google.query(query, pageToken=token)) == ["requestError.EXPIRED_PAGE_TOKEN"]
    assert google.query(query, pageToken=token).status_code == 200


def test_metas_cursor_expires_and_the_first_page_never_does(sandbox):
    meta = Meta(sandbox)
    for _ in range(3):
        meta.tree()
    sandbox.fault("facebook_ads", "expired")
    page = meta.get(f"{meta.account}/campaigns", limit=2)
    after = page["paging"]["cursors"]["after"]
    refused = meta.call("GET", f"{meta.account}/campaigns", {"after": after})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 100)
    assert len(meta.get(f"{meta.account}/campaigns", after=after)["data"]) == 1


def test_microsofts_download_link_expires_and_a_new_one_is_had(sandbox):
    microsoft = Microsoft(sandbox)
    microsoft.tree()
    sandbox.advance("P3D")
    report = microsoft.submit()
    sandbox.advance("PT2S")
    sandbox.fault("microsoft_ads", "expired")
    assert sandbox.http.get(microsoft.poll(report)["ReportDownloadUrl"]).status_code == 403
    assert sandbox.http.get(microsoft.poll(report)["ReportDownloadUrl"]).status_code == 200


def test_tiktoks_download_link_expires_and_a_new_one_is_had(sandbox):
    tiktok = TikTok(sandbox)
    tiktok.tree()
    sandbox.advance("P3D")
    task = start(tiktok, output_format="CSV_DOWNLOAD")
    sandbox.advance("PT1M")
    sandbox.fault("tiktok_ads", "expired")

    def link():
        return data(tiktok.get("report/task/download", {"task_id": task}))["download_url"]

    assert sandbox.http.get(link()).status_code == 403
    assert sandbox.http.get(link()).status_code == 200


@pytest.mark.parametrize("platform", ["google_ads", "facebook_ads", "microsoft_ads", "tiktok_ads"])
def test_it_waits_for_a_request_that_brings_one(sandbox, platform):
    sandbox.fault(platform, "expired")
    Google(sandbox).query("SELECT campaign.id FROM campaign")
    Meta(sandbox).get(Meta(sandbox).account)
    Microsoft(sandbox).campaigns()
    TikTok(sandbox).get("campaign/get")
    assert [fault["left"] for fault in sandbox.control("faults")["faults"]] == [1]


# by the clock alone


def test_googles_page_token_is_good_for_two_hours(sandbox):
    google = Google(sandbox)
    for name in ("One", "Two", "Three"):
        google.made(tree(name))
    query = "SELECT campaign.id FROM campaign"
    sandbox.fault("google_ads", "truncated_page", "search")
    token = google.query(query).json()["nextPageToken"]
    sandbox.advance("PT119M")
    assert google.query(query, pageToken=token).status_code == 200
    sandbox.advance("PT2M")
    assert codes(google.query(query, pageToken=token)) == ["requestError.EXPIRED_PAGE_TOKEN"]
    assert codes(google.query(f"{query} LIMIT 3", pageToken=token)) == ["requestError.INVALID_PAGE_TOKEN"]
    assert google.query(query).status_code == 200


def test_metas_cursors_are_not_to_be_kept_over_night(sandbox):
    meta = Meta(sandbox)
    for _ in range(3):
        meta.tree()
    after = meta.get(f"{meta.account}/campaigns", limit=2)["paging"]["cursors"]["after"]
    sandbox.advance("PT23H")
    assert len(meta.get(f"{meta.account}/campaigns", after=after)["data"]) == 1
    sandbox.advance("PT2H")
    refused = meta.call("GET", f"{meta.account}/campaigns", {"after": after}).json()["error"]
    assert (refused["code"], refused["message"]) == (100, "(#100) Invalid cursors values: after")


def test_metas_report_run_is_forgotten_after_thirty_days(sandbox):
    meta = Meta(sandbox)
    run = meta.post(f"{meta.account}/insights")["report_run_id"]
    sandbox.advance("P29D")
    assert meta.get(run)["async_status"] == "Job Completed"
    sandbox.advance("P2D")
    for path in (run, f"{run}/insights"):
        assert meta.call("GET", path).json()["error"]["error_subcode"] == 33


def test_microsofts_report_id_is_good_for_a_day_and_its_link_for_five_minutes(sandbox):
    microsoft = Microsoft(sandbox)
    microsoft.tree()
    sandbox.advance("P3D")
    report = microsoft.submit()
    sandbox.advance("PT23H")
    link = microsoft.poll(report)["ReportDownloadUrl"]
    sandbox.advance("PT6M")
    assert sandbox.http.get(link).status_code == 403
    assert sandbox.http.get(microsoft.poll(report)["ReportDownloadUrl"]).status_code == 200
    sandbox.advance("PT1H")
    body = {"ReportRequestId": report}
    refused = microsoft.call("POST", "GenerateReport/Poll", body, service=REPORTING)
    assert (refused.status_code, refused.json()["OperationErrors"][0]["Code"]) == (400, 2100)


def test_tiktoks_link_lapses_for_good_when_a_new_one_is_had(sandbox):
    tiktok = TikTok(sandbox)
    task = start(tiktok, output_format="CSV_DOWNLOAD")
    sandbox.advance("PT1M")

    def link():
        return data(tiktok.get("report/task/download", {"task_id": task}))["download_url"]

    old = link()
    sandbox.advance("PT61M")
    new = link()
    assert [sandbox.http.get(one).status_code for one in (old, new)] == [403, 200]
