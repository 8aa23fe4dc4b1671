"""Audiences of Microsoft's ad groups: criterions of a call of their own, read back kind by kind."""

import pytest
from tests.sandbox.microsoft_client import Microsoft, codes


@pytest.fixture
def microsoft(sandbox):
    return Microsoft(sandbox)


LISTS = ("804000001", "804000002")


def people(group, audience, *, negative=False, **more):
    kind = "NegativeAdGroupCriterion" if negative else "BiddableAdGroupCriterion"
    bid = {} if negative else {"CriterionBid": {"Type": "BidMultiplier", "Multiplier": 0}}
    criterion = {"Type": "AudienceCriterion", "AudienceId": audience}
    return {"Type": kind, "AdGroupId": group, "Criterion": criterion, **bid, **more}


def lists_of(microsoft, group, kind):
    query = {"AdGroupId": group, "CriterionType": kind}
    return microsoft.do("POST", "AdGroupCriterions/QueryByIds", query)["AdGroupCriterions"]


def test_audiences_of_ad_groups_are_written_together_and_read_by_kind(microsoft):
    _, group, _ = microsoft.tree(live=False)
    items = [people(group, LISTS[0]), people(group, LISTS[1], negative=True)]
    body = {"CriterionType": "Audience", "AdGroupCriterions": items}
    answer = microsoft.do("POST", "AdGroupCriterions", body)
    assert answer["NestedPartialErrors"] == []
    (first,) = lists_of(microsoft, group, "RemarketingList")
    assert (first["Type"], first["Criterion"]["AudienceType"]) == ("BiddableAdGroupCriterion", "RemarketingList")
    (second,) = lists_of(microsoft, group, "CustomAudience")
    assert [first["Id"], second["Id"]] == answer["AdGroupCriterionIds"]
    assert (second["Type"], second["Criterion"]["AudienceType"]) == ("NegativeAdGroupCriterion", "Custom")
    assert lists_of(microsoft, group, "InMarketAudience") == lists_of(microsoft, group, "LocationIntent") == []
    gone = {"AdGroupId": group, "CriterionType": "Audience", "AdGroupCriterionIds": [first["Id"]]}
    assert microsoft.do("DELETE", "AdGroupCriterions", gone)["PartialErrors"] == []
    assert lists_of(microsoft, group, "RemarketingList") == []


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (people("{group}", "7"), 1429),
        (people("{group}", LISTS[0]), 807),
        (people("{group}", LISTS[0], negative=True), 807),
        (people("1", LISTS[1]), 1201),
        (people("{group}", LISTS[1], CriterionBid={"Type": "BidMultiplier", "Multiplier": -95}), 5803),
        (people("{group}", LISTS[1], Criterion={"Type": "AgeCriterion", "AgeRange": "EighteenToTwentyFour"}), 1429),
    ],
)
def test_audiences_that_are_refused(microsoft, item, code):
    _, group, _ = microsoft.tree(live=False)
    standing = {"CriterionType": "Audience", "AdGroupCriterions": [people(group, LISTS[0])]}
    microsoft.do("POST", "AdGroupCriterions", standing)
    item = {**item, "AdGroupId": item["AdGroupId"].format(group=group)}
    answer = microsoft.do("POST", "AdGroupCriterions", {"CriterionType": "Audience", "AdGroupCriterions": [item]})
    assert codes(answer["NestedPartialErrors"]) == [(0, code)]


@pytest.mark.parametrize("kind", ["Audience", "Targets", "RemarketingList CustomAudience"])
def test_criterions_of_ad_groups_are_read_one_kind_at_a_time(microsoft, kind):
    _, group, _ = microsoft.tree(live=False)
    query = {"AdGroupId": group, "CriterionType": kind}
    assert microsoft.call("POST", "AdGroupCriterions/QueryByIds", query).status_code == 400


def test_campaigns_have_no_audiences_here(microsoft):
    campaign, _, _ = microsoft.tree(live=False)
    item = {**people("1", LISTS[0]), "Type": "BiddableCampaignCriterion", "CampaignId": campaign}
    del item["AdGroupId"]
    body = {"CriterionType": "Audience", "CampaignCriterions": [item]}
    assert microsoft.call("POST", "CampaignCriterions", body).status_code == 400
