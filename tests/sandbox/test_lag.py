"""Delays between writing and reading: lists are behind, what is asked for by its id is not."""

import pytest
from tests.sandbox.google_client import Google, tree
from tests.sandbox.meta_client import Meta
from tests.sandbox.microsoft_client import Microsoft
from tests.sandbox.tiktok_client import TikTok, data


def google(sandbox):
    Google(sandbox).made(tree())
    return lambda: len(Google(sandbox).rows("SELECT campaign.id FROM campaign"))


def meta(sandbox):
    client = Meta(sandbox)
    client.tree()
    return lambda: len(client.get(f"{client.account}/campaigns")["data"])


def microsoft(sandbox):
    Microsoft(sandbox).tree()
    return lambda: len(Microsoft(sandbox).campaigns())


def tiktok(sandbox):
    TikTok(sandbox).tree()
    return lambda: len(data(TikTok(sandbox).get("campaign/get"))["list"])


MAKES = {"google_ads": google, "facebook_ads": meta, "microsoft_ads": microsoft, "tiktok_ads": tiktok}


@pytest.mark.parametrize("platform", list(MAKES))
def test_lists_lack_what_is_younger_than_the_lag_until_it_is_old_enough(sandbox, platform):
    sandbox.control("lag", {"platform": platform, "behind": "PT30S"})
    listed = MAKES[platform](sandbox)
    assert listed() == 0
    sandbox.advance("PT31S")
    assert listed() == 1


@pytest.mark.parametrize("platform", list(MAKES))
def test_without_a_lag_and_on_other_platforms_lists_are_complete(sandbox, platform):
    for other in set(MAKES) - {platform}:
        sandbox.control("lag", {"platform": other, "behind": "PT30S"})
    assert MAKES[platform](sandbox)() == 1


def test_a_lag_ends_with_zero_and_with_a_reset(sandbox):
    sandbox.control("lag", {"platform": "tiktok_ads", "behind": "PT1H"})
    listed = tiktok(sandbox)
    assert listed() == 0
    sandbox.control("lag", {"platform": "tiktok_ads", "behind": "PT0S"})
    assert listed() == 1
    sandbox.control("lag", {"platform": "tiktok_ads", "behind": "PT1H"})
    sandbox.control("reset", {})
    assert tiktok(sandbox)() == 1


def test_what_is_asked_for_by_its_id_is_found_and_names_stay_taken(sandbox):
    for platform in ("facebook_ads", "microsoft_ads", "tiktok_ads"):
        sandbox.control("lag", {"platform": platform, "behind": "PT1H"})
    client = Meta(sandbox)
    campaign = client.tree()[0]
    assert client.get(campaign, fields="name")["id"] == campaign
    first = TikTok(sandbox)
    first.new_campaign(campaign_name="Taken")
    assert first.post("campaign/create", first.campaign(campaign_name="Taken"))["code"] == 40002


@pytest.mark.parametrize("body", [{"platform": "google_ads"}, {"platform": "x", "behind": "PT1S"}, {"behind": "PT1S"}])
def test_a_lag_that_makes_no_sense_is_refused(sandbox, body):
    assert sandbox.control_raw("lag", body).status_code == 400
