"""The fault `expired`: a cursor or a download link that a request brings has lapsed, in each platform's words."""

import pytest
from tests.sandbox.google_client import Google, codes, tree
from tests.sandbox.meta_client import Meta
from tests.sandbox.microsoft_client import Microsoft
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
