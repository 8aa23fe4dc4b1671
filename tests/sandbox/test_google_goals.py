"""Google's conversion goals in the sandbox: custom goals of the account, and what each campaign bids for."""

import pytest
from tests.sandbox.google_client import CUSTOMER, Google, codes, tree

ACTION, OTHER = (f"customers/{CUSTOMER}/conversionActions/70000000{number}" for number in (1, 2))
CONFIG = """SELECT conversion_goal_campaign_config.goal_config_level,
conversion_goal_campaign_config.custom_conversion_goal FROM conversion_goal_campaign_config WHERE campaign.id = {}"""
GOALS = """SELECT campaign_conversion_goal.resource_name, campaign_conversion_goal.category,
campaign_conversion_goal.biddable FROM campaign_conversion_goal WHERE campaign.id = {}"""


@pytest.fixture
def google(sandbox) -> Google:
    return Google(sandbox)


def goal(google: Google, name: str = "Purchases", action: str = ACTION, word: str = "create"):
    return google.one("customConversionGoals", {word: {"name": name, "conversionActions": [action]}})


def made(google: Google, **given: str) -> str:
    answer = goal(google, **given)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"][0]["resourceName"]


def campaign(google: Google) -> str:
    return google.made(tree())[1]


def use(google: Google, campaign_name: str, **fields: str):
    name = campaign_name.replace("/campaigns/", "/conversionGoalCampaignConfigs/")
    return google.update("conversionGoalCampaignConfigs", name, **fields)


def biddable(google: Google, name: str) -> dict[str, bool]:
    rows = google.rows(GOALS.format(name.rpartition("/")[2]))
    found = (row["campaignConversionGoal"] for row in rows)
    return {each["category"]: each["biddable"] for each in found}


def test_a_campaign_counts_what_the_account_counts_until_it_is_told_otherwise(google: Google):
    name = campaign(google)
    (row,) = google.rows(CONFIG.format(name.rpartition("/")[2]))
    assert row["conversionGoalCampaignConfig"]["goalConfigLevel"] == "CUSTOMER"
    assert biddable(google, name) == {"PURCHASE": True, "SUBMIT_LEAD_FORM": True}
    account = google.rows("SELECT customer_conversion_goal.category FROM customer_conversion_goal")
    assert [row["customerConversionGoal"]["category"] for row in account] == ["PURCHASE", "SUBMIT_LEAD_FORM"]


def test_a_custom_goal_is_added_to_the_campaigns_goals_and_takes_none_of_them_away(google: Google):
    name, own = campaign(google), made(google)
    assert use(google, name, goalConfigLevel="CAMPAIGN", customConversionGoal=own).status_code == 200
    (row,) = google.rows(CONFIG.format(name.rpartition("/")[2]))
    shown = row["conversionGoalCampaignConfig"]
    assert (shown["goalConfigLevel"], shown["customConversionGoal"]) == ("CAMPAIGN", own)
    assert all(biddable(google, name).values())


def test_a_goal_of_its_own_puts_a_campaign_at_its_own_level_and_back_it_has_the_accounts_again(google: Google):
    name = campaign(google)
    goals = [row["campaignConversionGoal"]["resourceName"] for row in google.rows(GOALS.format(name[-11:]))]
    changes = [{"update": {"resourceName": each, "biddable": False}, "updateMask": "biddable"} for each in goals]
    answer = google.one("campaignConversionGoals", *changes)
    assert [each["resourceName"] for each in answer.json()["results"]] == goals
    assert not any(biddable(google, name).values())
    (row,) = google.rows(CONFIG.format(name.rpartition("/")[2]))
    assert row["conversionGoalCampaignConfig"]["goalConfigLevel"] == "CAMPAIGN"
    assert codes(use(google, name, goalConfigLevel="CAMPAIGN")) == [
        "conversionGoalCampaignConfigError.EMPTY_CONVERSION_GOALS"
    ]
    assert use(google, name, goalConfigLevel="CUSTOMER").status_code == 200
    assert all(biddable(google, name).values())


def test_of_a_name_and_of_the_same_actions_there_is_one_goal(google: Google):
    made(google)
    assert codes(goal(google, action=OTHER)) == ["customConversionGoalError.CUSTOM_GOAL_DUPLICATE_NAME"]
    assert codes(goal(google, name="Twin")) == ["customConversionGoalError.DUPLICATE_CONVERSION_ACTION_LIST"]


def test_a_goal_that_a_campaign_uses_stays_and_goes_once_none_does(google: Google):
    name, own = campaign(google), made(google)
    assert use(google, name, goalConfigLevel="CAMPAIGN", customConversionGoal=own).status_code == 200
    refused = google.one("customConversionGoals", {"remove": own})
    assert codes(refused) == ["customConversionGoalError.CANNOT_REMOVE_LINKED_CUSTOM_CONVERSION_GOAL"]
    assert google.one("campaigns", {"remove": name}).status_code == 200
    assert google.one("customConversionGoals", {"remove": own}).status_code == 200
    assert made(google) != own


def test_a_campaigns_goals_are_neither_made_nor_removed(google: Google):
    name = campaign(google).replace("/campaigns/", "/conversionGoalCampaignConfigs/")
    answer = google.one("conversionGoalCampaignConfigs", {"remove": name})
    assert 'Unknown name "remove"' in answer.json()["error"]["message"]


def test_what_is_refused_as_a_whole_leaves_a_campaigns_goals_as_they_were(google: Google):
    name, own = campaign(google), made(google)
    config = name.replace("/campaigns/", "/conversionGoalCampaignConfigs/")
    update = {"resourceName": config, "goalConfigLevel": "CAMPAIGN", "customConversionGoal": own}
    answer = google.mutate(
        [
            {
                "conversionGoalCampaignConfigOperation": {
                    "update": update,
                    "updateMask": "goalConfigLevel,customConversionGoal",
                }
            },
            {"campaignOperation": {"remove": f"customers/{CUSTOMER}/campaigns/1"}},
        ]
    )
    assert answer.status_code == 400
    (row,) = google.rows(CONFIG.format(name.rpartition("/")[2]))
    assert row["conversionGoalCampaignConfig"]["goalConfigLevel"] == "CUSTOMER"
