"""TikTok's objects over HTTP: created once, read back, reviewed, shown, switched, changed, deleted."""

import httpx
import pytest
from tests.sandbox.tiktok_client import ABSENT, TikTok, data


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


def objects(sandbox, type_):
    return [o for o in sandbox.ledger(platform="tiktok_ads")["objects"] if o["type"] == type_]


def shown(sandbox):
    return sum(row["impressions"] for row in sandbox.ledger(platform="tiktok_ads")["delivery"])


def spent(sandbox):
    return sum(float(row["spend"]) for row in sandbox.ledger(platform="tiktok_ads")["delivery"])


# creating


def test_everything_is_switched_on_unless_the_request_says_otherwise(tiktok):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status=ABSENT)
    group = tiktok.new_group(tiktok.group(campaign, operation_status=ABSENT))
    tiktok.new_ads(group, tiktok.creative(video, cover))
    for level in ("campaign", "adgroup", "ad"):
        assert data(tiktok.get(f"{level}/get"))["list"][0]["operation_status"] == "ENABLE"


def test_what_was_written_is_what_is_read(tiktok):
    body = tiktok.campaign(budget_mode="BUDGET_MODE_DAY", budget=120.5)
    campaign = data(tiktok.post("campaign/create", body))["campaign_id"]
    read = data(tiktok.get("campaign/get"))["list"][0]
    assert read["campaign_id"] == campaign
    assert len(campaign) == 19
    for field in ("campaign_name", "objective_type", "budget_mode", "budget", "operation_status"):
        assert read[field] == body[field]
    body = tiktok.group(campaign, dayparting="1" * 24 + "0" * 312)
    tiktok.new_group(body)
    read = data(tiktok.get("adgroup/get"))["list"][0]
    assert {k: read[k] for k in body if k != "request_id"} == {k: body[k] for k in body if k != "request_id"}


def test_the_same_request_id_creates_once_and_says_so_the_second_time(sandbox, tiktok):
    body = tiktok.campaign()
    campaign = data(tiktok.post("campaign/create", body))["campaign_id"]
    answer = tiktok.post("campaign/create", body)
    assert (answer["code"], answer["data"]) == (40050, {})
    assert tiktok.post("campaign/create", body | {"campaign_name": "another"})["code"] == 40050
    group = tiktok.group(campaign, request_id=body["request_id"])
    tiktok.new_group(group)
    assert tiktok.post("adgroup/create", group)["code"] == 40050
    assert [len(objects(sandbox, t)) for t in ("campaign", "adgroup")] == [1, 1]


def test_a_write_whose_answer_was_lost_is_not_repeated(sandbox, tiktok):
    body = tiktok.campaign()
    sandbox.fault("tiktok_ads", "cut", "campaign/create")
    with pytest.raises(httpx.TransportError):
        tiktok.post("campaign/create", body)
    assert tiktok.post("campaign/create", body)["code"] == 40050
    found = data(tiktok.get("campaign/get", {"filtering": {"campaign_name": body["campaign_name"]}}))
    assert [c["campaign_name"] for c in found["list"]] == [body["campaign_name"]]
    assert len(objects(sandbox, "campaign")) == 1


def test_campaign_names_are_unique_in_the_account_until_deleted(tiktok):
    campaign = tiktok.new_campaign(campaign_name="Spring")
    answer = tiktok.post("campaign/create", tiktok.campaign(campaign_name="Spring"))
    assert answer["code"] == 40002
    assert answer["message"] == "Campaign name already exists. Please try another one."
    other = tiktok.new_campaign(campaign_name="Summer")
    rename = {"advertiser_id": tiktok.account, "campaign_id": other, "campaign_name": "Spring"}
    assert tiktok.post("campaign/update", rename)["code"] == 40002
    data(tiktok.switch("campaign", [campaign], "DELETE"))
    data(tiktok.post("campaign/update", rename))


def test_ad_group_names_are_unique_in_their_campaign(tiktok):
    first, second = tiktok.new_campaign(), tiktok.new_campaign()
    tiktok.new_group(tiktok.group(first, adgroup_name="main"))
    assert tiktok.post("adgroup/create", tiktok.group(first, adgroup_name="main"))["code"] == 40002
    tiktok.new_group(tiktok.group(second, adgroup_name="main"))


def test_ads_of_one_request_are_made_all_or_none(sandbox, tiktok):
    video, cover = tiktok.files()
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    ids = tiktok.new_ads(group, *(tiktok.creative(video, cover) for _ in range(3)))
    assert len(set(ids)) == 3
    assert tiktok.new_ads(group, tiktok.creative(video, cover, ad_name=""))[0] in {
        o["name"] for o in objects(sandbox, "ad")
    }


def test_the_fault_partial_makes_half_of_the_ads_and_says_so(sandbox, tiktok):
    video, cover = tiktok.files()
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    sandbox.fault("tiktok_ads", "partial", "POST .*ad/create")
    creatives = [tiktok.creative(video, cover) for _ in range(4)]
    body = {"advertiser_id": tiktok.account, "adgroup_id": group, "creatives": creatives}
    answer = tiktok.post("ad/create", body)
    assert answer["code"] == 20001
    assert len(answer["data"]["ad_ids"]) == len(objects(sandbox, "ad")) == 2


# reading


def test_lists_are_paged(tiktok):
    made = [tiktok.new_campaign() for _ in range(12)]
    first = data(tiktok.get("campaign/get"))
    assert first["page_info"] == {"page": 1, "page_size": 10, "total_number": 12, "total_page": 2}
    second = data(tiktok.get("campaign/get", {"page": 2}))
    found = [c["campaign_id"] for c in first["list"] + second["list"]]
    assert found == made[::-1]
    for query in ({"page": 0}, {"page_size": 1001}, {"page": "two"}):
        assert tiktok.get("campaign/get", query)["code"] == 40002


def test_half_a_page_can_be_had(sandbox, tiktok):
    for _ in range(4):
        tiktok.new_campaign()
    sandbox.fault("tiktok_ads", "truncated_page", "campaign/get")
    page = data(tiktok.get("campaign/get"))
    assert (len(page["list"]), page["page_info"]["total_number"]) == (2, 4)


def test_filters_find_by_id_name_status_and_objective(tiktok):
    on = tiktok.new_campaign(campaign_name="Shoes red", operation_status="ENABLE")
    off = tiktok.new_campaign(campaign_name="Shoes blue", objective_type="REACH")

    def found(**wanted):
        return {c["campaign_id"] for c in data(tiktok.get("campaign/get", {"filtering": wanted}))["list"]}

    assert found(campaign_ids=[on]) == {on}
    assert found(campaign_name="shoes") == {on, off}
    assert found(campaign_name="blue") == {off}
    assert found(primary_status="STATUS_DISABLE") == {off}
    assert found(secondary_status="CAMPAIGN_STATUS_ENABLE") == {on}
    assert found(objective_type="REACH") == {off}
    assert found(creation_filter_start_time="2026-11-24 00:00:00") == set()
    for wrong in ({"status": "ON"}, {"campaign_ids": on}, {"campaign_ids": []}, {"primary_status": "ON"}):
        assert tiktok.get("campaign/get", {"filtering": wrong})["code"] == 40002
    assert tiktok.get("campaign/get", {"filtering": "{campaign}"})["code"] == 40002


def test_fields_choose_what_is_answered(tiktok):
    tiktok.new_campaign()
    page = data(tiktok.get("campaign/get", {"fields": ["campaign_id", "secondary_status"]}))
    assert set(page["list"][0]) == {"campaign_id", "secondary_status"}
    assert tiktok.get("campaign/get", {"fields": ["colour"]})["code"] == 40002
    lean = data(tiktok.get("campaign/get", {"exclude_field_types_in_response": ["NULL_FIELD"]}))["list"][0]
    assert None not in lean.values()


def test_what_is_deleted_shows_only_when_asked_for(tiktok):
    campaign, group, ad = tiktok.tree()
    data(tiktok.switch("campaign", [campaign], "DELETE"))
    for level in ("campaign", "adgroup", "ad"):
        assert data(tiktok.get(f"{level}/get"))["list"] == []
        everything = {"filtering": {"primary_status": "STATUS_ALL"}}
        assert len(data(tiktok.get(f"{level}/get", everything))["list"]) == 1
        deleted = {"filtering": {"primary_status": "STATUS_DELETE"}}
        assert len(data(tiktok.get(f"{level}/get", deleted))["list"]) == 1
    assert tiktok.status("campaign", campaign) == "CAMPAIGN_STATUS_DELETE"
    assert tiktok.status("adgroup", group) == "ADGROUP_STATUS_CAMPAIGN_DELETE"
    assert tiktok.status("ad", ad) == "AD_STATUS_CAMPAIGN_DELETE"


# switching


def test_what_is_deleted_cannot_be_switched_nor_changed(tiktok):
    campaign, group, ad = tiktok.tree()
    data(tiktok.switch("campaign", [campaign], "DELETE"))
    for level, id_ in (("campaign", campaign), ("adgroup", group), ("ad", ad)):
        for status in ("ENABLE", "DISABLE", "DELETE"):
            assert tiktok.switch(level, [id_], status)["code"] == 40002
    body = {"advertiser_id": tiktok.account, "campaign_id": campaign, "campaign_name": "again"}
    assert tiktok.post("campaign/update", body)["code"] == 40002
    assert tiktok.post("adgroup/create", tiktok.group(campaign))["code"] == 40002


def test_a_status_update_is_all_or_none(tiktok):
    campaign = tiktok.new_campaign()
    assert tiktok.switch("campaign", [campaign, "1"], "ENABLE")["code"] == 40002
    assert tiktok.status("campaign", campaign) == "CAMPAIGN_STATUS_DISABLE"
    answer = data(tiktok.switch("campaign", [campaign], "ENABLE"))
    assert (answer["campaign_ids"], answer["status"]) == ([campaign], "ENABLE")


def test_ad_groups_can_be_switched_in_part(tiktok):
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    answer = tiktok.switch("adgroup", [group, "1"], "DISABLE", allow_partial_success=True)
    assert answer["code"] == 20001
    assert answer["data"]["adgroup_ids"] == [group]
    assert [e["adgroup_id"] for e in answer["data"]["error_list"]] == ["1"]
    assert data(tiktok.switch("adgroup", [group], "ENABLE", allow_partial_success=True))["error_list"] == []


def test_the_secondary_status_follows_the_hierarchy(sandbox, tiktok):
    campaign, group, ad = tiktok.tree()
    assert tiktok.status("adgroup", group) == "ADGROUP_STATUS_AUDIT"
    sandbox.advance("PT30M")
    steps = [
        ("ad", ad, "DISABLE", "ENABLE", "DELIVERY_OK", "DISABLE"),
        ("ad", ad, "ENABLE", "ENABLE", "DELIVERY_OK", "DELIVERY_OK"),
        ("adgroup", group, "DISABLE", "ENABLE", "DISABLE", "ADGROUP_DISABLE"),
        ("adgroup", group, "ENABLE", "ENABLE", "DELIVERY_OK", "DELIVERY_OK"),
        ("campaign", campaign, "DISABLE", "DISABLE", "CAMPAIGN_DISABLE", "CAMPAIGN_DISABLE"),
    ]
    for level, id_, verb, *after in steps:
        data(tiktok.switch(level, [id_], verb))
        levels = (("campaign", campaign), ("adgroup", group), ("ad", ad))
        seen = [tiktok.status(at, i).split("_STATUS_")[1] for at, i in levels]
        assert seen == after, (level, verb)


def test_a_schedule_is_in_utc_and_decides_when_an_ad_shows(sandbox, tiktok):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status="ENABLE")
    times = {"schedule_start_time": "2026-11-24 18:00:00", "schedule_end_time": "2026-11-25 18:00:00"}
    group = tiktok.new_group(tiktok.group(campaign, **times))
    ad = tiktok.new_ads(group, tiktok.creative(video, cover))[0]
    sandbox.control("clock", {"at": "2026-11-24T17:59:00Z"})
    assert tiktok.status("ad", ad) == "AD_STATUS_NOT_START"
    assert tiktok.status("adgroup", group) == "ADGROUP_STATUS_NOT_START"
    assert spent(sandbox) == 0
    sandbox.control("clock", {"at": "2026-11-25T17:59:00Z"})
    assert tiktok.status("ad", ad) == "AD_STATUS_DELIVERY_OK"
    before = spent(sandbox)
    assert before > 0
    sandbox.control("clock", {"at": "2026-11-25T18:01:00Z"})
    assert tiktok.status("ad", ad) == "AD_STATUS_DONE"
    assert tiktok.status("adgroup", group) == "ADGROUP_STATUS_TIME_DONE"
    after = shown(sandbox)
    sandbox.advance("P2D")
    assert shown(sandbox) == after


def test_dayparting_is_in_the_advertisers_time_zone_monday_first(sandbox, tiktok):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status="ENABLE")
    tuesday_nine_to_noon = "".join("1" if 48 + 18 <= at < 48 + 24 else "0" for at in range(336))
    group = tiktok.new_group(tiktok.group(campaign, dayparting=tuesday_nine_to_noon))
    tiktok.new_ads(group, tiktok.creative(video, cover))
    sandbox.advance("P7D")
    rows = sandbox.ledger(platform="tiktok_ads", grain="hour")["delivery"]
    assert {(r["date"], r["hour"]) for r in rows} == {("2026-11-24", h) for h in (9, 10, 11)}


@pytest.mark.parametrize("marks", ["0", "1"])
def test_dayparting_all_on_and_all_off_both_mean_always(sandbox, tiktok, marks):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status="ENABLE")
    group = tiktok.new_group(tiktok.group(campaign, dayparting=marks * 336))
    tiktok.new_ads(group, tiktok.creative(video, cover))
    sandbox.advance("P2D")
    hours = {r["hour"] for r in sandbox.ledger(platform="tiktok_ads", grain="hour")["delivery"]}
    assert len(hours) > 20


# money


def test_no_day_exceeds_the_budgets_of_ad_group_and_campaign(sandbox, tiktok):
    video, cover = tiktok.files()
    campaign = tiktok.new_campaign(operation_status="ENABLE", budget_mode="BUDGET_MODE_DAY", budget=60)
    for _ in range(2):
        group = tiktok.new_group(tiktok.group(campaign, budget=50))
        tiktok.new_ads(group, tiktok.creative(video, cover))
    sandbox.advance("P4D")
    days = [float(r["spend"]) for r in sandbox.ledger(platform="tiktok_ads")["delivery"]]
    assert len(days) == 5
    assert 50 < max(days) <= 60


def test_with_campaign_budget_optimisation_the_ad_groups_budget_is_ignored(sandbox, tiktok):
    video, cover = tiktok.files()
    optimized = {"budget_optimize_on": True, "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "budget": 90}
    campaign = tiktok.new_campaign(operation_status="ENABLE", **optimized)
    assert tiktok.post("adgroup/create", tiktok.group(campaign, bid_type=ABSENT))["code"] == 40002
    group = tiktok.new_group(tiktok.group(campaign, budget=1))
    read = data(tiktok.get("adgroup/get"))["list"][0]
    assert (read["budget"], read["budget_mode"]) == (0.0, "BUDGET_MODE_INFINITE")
    tiktok.new_ads(group, tiktok.creative(video, cover))
    sandbox.advance("P2D")
    assert spent(sandbox) > 60


def test_budgets_of_ad_groups_change_together_or_not_at_all(tiktok):
    campaign = tiktok.new_campaign()
    groups = [tiktok.new_group(tiktok.group(campaign)) for _ in range(2)]

    def change(*budgets):
        rows = [{"adgroup_id": g, "budget": b} for g, b in zip(groups, budgets, strict=True)]
        return tiktok.post("adgroup/budget/update", {"advertiser_id": tiktok.account, "budget": rows})

    assert change(70, 10)["code"] == 40002
    assert {g["budget"] for g in data(tiktok.get("adgroup/get"))["list"]} == {50.0}
    assert data(change(70, 80))["adgroup_ids"] == groups
    assert {g["budget"] for g in data(tiktok.get("adgroup/get"))["list"]} == {70.0, 80.0}


# review


def test_an_ad_is_reviewed_for_some_minutes_and_again_after_an_edit(sandbox, tiktok):
    _, group, ad = tiktok.tree()
    assert tiktok.status("ad", ad) == "AD_STATUS_AUDIT"
    new = data(tiktok.get("ad/review_info", {"ad_ids": [ad]}))["ad_review_map"][ad]
    assert (new["review_status"], new["last_audit_time"]) == ("ALL_AVAILABLE", None)
    sandbox.advance("PT30M")
    assert tiktok.status("ad", ad) == "AD_STATUS_DELIVERY_OK"
    change = {"ad_id": ad, "ad_text": "Autumn sale"}
    body = {"advertiser_id": tiktok.account, "adgroup_id": group, "patch_update": True, "creatives": [change]}
    data(tiktok.post("ad/update", body))
    assert tiktok.status("ad", ad) == "AD_STATUS_REAUDIT"
    sandbox.advance("PT30M")
    read = data(tiktok.get("ad/get"))["list"][0]
    assert (read["secondary_status"], read["ad_text"]) == ("AD_STATUS_DELIVERY_OK", "Autumn sale")
    assert read["call_to_action"] == "SHOP_NOW"


def test_a_whole_update_replaces_the_creative(tiktok):
    _, group, ad = tiktok.tree()
    body = {
        "advertiser_id": tiktok.account,
        "adgroup_id": group,
        "creatives": [{"ad_id": ad, "ad_text": "x"}],
    }
    answer = tiktok.post("ad/update", body)
    assert (answer["code"], answer["message"][:25]) == (40002, "creatives.0.ad_format: Mi")


def test_a_rename_is_not_reviewed_again(sandbox, tiktok):
    _, group, ad = tiktok.tree()
    sandbox.advance("PT30M")
    change = {"ad_id": ad, "ad_name": "renamed"}
    body = {"advertiser_id": tiktok.account, "adgroup_id": group, "patch_update": True, "creatives": [change]}
    data(tiktok.post("ad/update", body))
    assert tiktok.status("ad", ad) == "AD_STATUS_DELIVERY_OK"


@pytest.mark.parametrize(
    ("verdict", "status", "word"),
    [
        ("reject", "AD_STATUS_AUDIT_DENY", "UNAVAILABLE"),
        ("limit", "AD_STATUS_PARTIAL_AUDIT_DELIVERY_OK", "PART_AVAILABLE"),
        ("approve", "AD_STATUS_DELIVERY_OK", "ALL_AVAILABLE"),
    ],
)
def test_a_reviewers_verdict_shows_in_status_and_review_info(sandbox, tiktok, verdict, status, word):
    _, group, ad = tiktok.tree()
    reason = "Misleading claims"
    sandbox.control("review", {"platform": "tiktok_ads", "ad": ad, "verdict": verdict, "reason": reason})
    assert tiktok.status("ad", ad) == status
    found = data(tiktok.get("ad/review_info", {"ad_ids": [ad]}))["ad_review_map"][ad]
    assert found["review_status"] == word
    assert [r for p in found["reject_info"] for r in p["reasons"]] == [reason] * (verdict != "approve")
    sandbox.advance("P1D")
    assert (spent(sandbox) > 0) == (verdict != "reject")
    if verdict == "reject":
        assert tiktok.status("adgroup", group) == "ADGROUP_STATUS_AUDIT_DENY"


def test_words_alone_can_lead_to_a_disapproval(sandbox, tiktok):
    video, cover = tiktok.files()
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign(operation_status="ENABLE")))
    ad = tiktok.new_ads(group, tiktok.creative(video, cover, ad_text="The miracle cure"))[0]
    sandbox.advance("PT30M")
    assert tiktok.status("ad", ad) == "AD_STATUS_AUDIT_DENY"


# people and the account


def test_what_a_person_edits_is_what_clients_read(sandbox, tiktok):
    campaign, group, ad = tiktok.tree()
    for id_, field, value in (
        (campaign, "campaign_name", "By hand"),
        (campaign, "operation_status", "DISABLE"),
        (group, "budget", "75.50"),
        (ad, "name", "by hand too"),
    ):
        sandbox.control("edit", {"platform": "tiktok_ads", "id": id_, "field": field, "value": value})
    read = data(tiktok.get("campaign/get"))["list"][0]
    assert (read["campaign_name"], read["operation_status"]) == ("By hand", "DISABLE")
    assert data(tiktok.get("adgroup/get"))["list"][0]["budget"] == 75.5
    assert data(tiktok.get("ad/get"))["list"][0]["ad_name"] == "by hand too"
    wrong = {"platform": "tiktok_ads", "id": campaign, "field": "colour", "value": "red"}
    assert sandbox.control_raw("edit", wrong).status_code == 400


def test_campaigns_made_by_hand_are_live_and_deliver(sandbox, tiktok):
    made = sandbox.control("seed", {"platform": "tiktok_ads", "campaigns": 2})["campaigns"]
    assert [c["type"] for c in made] == ["campaign", "campaign"]
    assert {tiktok.status("campaign", c["id"]) for c in made} == {"CAMPAIGN_STATUS_ENABLE"}
    sandbox.advance("P1D")
    assert {r["campaign_id"] for r in sandbox.ledger(platform="tiktok_ads")["delivery"]} == {c["id"] for c in made}


def test_a_suspended_account_shows_nothing_and_switches_nothing_on(sandbox, tiktok):
    campaign, _, ad = tiktok.tree()
    sandbox.advance("P1D")
    sandbox.control("account", {"platform": "tiktok_ads", "action": "suspend"})
    before = shown(sandbox)
    sandbox.advance("P1D")
    assert shown(sandbox) == before
    assert tiktok.status("ad", ad) == "AD_STATUS_ADVERTISER_AUDIT_DENY"
    assert tiktok.switch("campaign", [campaign], "ENABLE")["code"] == 40002
    assert data(tiktok.switch("campaign", [campaign], "DISABLE"))["status"] == "DISABLE"
    sandbox.control("account", {"platform": "tiktok_ads", "action": "resume"})
    assert data(tiktok.switch("campaign", [campaign], "ENABLE"))["status"] == "ENABLE"
    sandbox.advance("P1D")
    assert shown(sandbox) > before


def test_after_reset_the_same_requests_get_the_same_answers(sandbox, tiktok):
    first = tiktok.tree()
    sandbox.control("reset", {})
    assert TikTok(sandbox).tree() == first
