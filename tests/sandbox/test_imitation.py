"""The README's table of what is imitated: it names every route with its certainty, and nothing that is not there."""

import re

import pytest
from tests.sandbox.google_client import Google, tree
from tests.sandbox.meta_client import Meta, mp4

from adsandbox import certainty, imitation
from adsandbox.clock import Clock
from adsandbox.server import Sandbox

ENDPOINTS = [
    (name, one)
    for name, platform in Sandbox(Clock(), seed=1, delivers=False).platforms.items()
    for one in platform.endpoints()
]


def test_the_readme_holds_the_table_as_the_routes_are():
    text = imitation.README.read_text(encoding="utf-8")
    assert imitation.BEGIN in text
    assert imitation.END in text
    assert imitation.written(text) == text, "run `make sandbox-table`"


def test_every_endpoint_says_how_sure_it_is():
    for platform, one in ENDPOINTS:
        sure = certainty.of(platform, one.prefix + one.path)
        marks = " ".join((sure.address, sure.request, sure.answer, sure.refusals)).split()
        assert set(marks) <= set(certainty.LEGEND)


def test_an_endpoint_that_nobody_is_sure_of_is_an_error():
    with pytest.raises(LookupError, match=r"certainty\.py"):
        certainty.of("tiktok_ads", "/tiktok/open_api/v1.3/teleport/")


def test_no_endpoint_is_named_twice():
    assert len({(one.prefix, one.path, one.method) for _, one in ENDPOINTS}) == len(ENDPOINTS)


def login(sandbox):
    """What opens Google; the others show by other means that a path is there."""
    return {"Authorization": f"Bearer {sandbox.line['google_ads']['access_token']}"}


def lost(platform, answer):
    """Whether an answer is the platform's "there is no such path"."""
    if platform == "facebook_ads":
        return answer.status_code >= 400 and answer.json()["error"]["code"] == 2500
    if platform == "microsoft_ads":
        return "No HTTP resource was found" in answer.text
    return answer.status_code == 404


def test_every_endpoint_of_the_table_is_answered(sandbox):
    ids = {**_meta(sandbox), "cid": "1234567890", "key": "k"}
    token = sandbox.line["facebook_ads"]["access_token"]
    Google(sandbox).made(tree())
    for platform, one in sorted(ENDPOINTS, key=lambda known: known[1].method == "DELETE"):
        path = re.sub(r"\{(\w+)\}", lambda found: ids[found.group(1)], one.path)
        query = {"access_token": token} if one.prefix == "/meta" else None
        answer = sandbox.http.request(one.method, one.prefix + path, params=query, headers=login(sandbox))
        assert answer.status_code < 500, (one, answer.text)
        assert not lost(platform, answer), (one, answer.text)
        if platform == "facebook_ads" and answer.status_code >= 400:
            assert "Unsupported" not in answer.text, (one, answer.text)


def _meta(sandbox):
    """Something real for each placeholder of Graph paths, because an id that is not there hides whether the path is."""
    meta = Meta(sandbox)
    campaign, adset, ad = meta.tree()
    video = meta.call("POST", f"{meta.account}/advideos", {}, source=("v.mp4", mp4())).json()["id"]
    run = meta.post(f"{meta.account}/insights")["report_run_id"]
    return {
        "id": meta.account.removeprefix("act_"),
        "campaign": campaign,
        "adset": adset,
        "ad": ad,
        "adcreative": meta.get(ad, fields="creative")["creative"]["id"],
        "advideo": video,
        "run": run,
        "page": meta.line["page_id"],
        "instagram": meta.line["instagram_user_id"],
        "adspixel": meta.line["pixel_id"],
    }


@pytest.mark.parametrize(
    ("platform", "method", "path"),
    [
        ("google_ads", "POST", "/google/v26/customers/1234567890/teleport:mutate"),
        ("facebook_ads", "GET", "/meta/v26.0/{act}/teleport"),
        ("microsoft_ads", "POST", "/microsoft-campaign/CampaignManagement/v13/Teleport"),
        ("tiktok_ads", "GET", "/tiktok/open_api/v1.3/teleport/"),
    ],
)
def test_what_is_not_in_the_table_is_not_answered(sandbox, platform, method, path):
    address = path.replace("{act}", sandbox.line["facebook_ads"]["account_id"])
    query = {"access_token": sandbox.line["facebook_ads"]["access_token"]} if platform == "facebook_ads" else None
    answer = sandbox.http.request(method, address, params=query, headers=login(sandbox))
    assert lost(platform, answer)
