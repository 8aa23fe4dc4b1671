"""The client makes a whole campaign, reads it back, changes, pauses and deletes it. Prints how it met each answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import speak

Said = Mapping[str, Any]
M = speak.models("campaign")


class Story:
    """What happened, step by step: `told` is the result."""

    def __init__(self, said: Said) -> None:
        self.said, self.told = said, dict[str, Any]()
        self.account = said["login"]["account_id"]
        self.api = speak.campaigns(said)

    def tell(self, name: str, call: Callable[[], Any], *, of: str = "campaign") -> Any:
        """Does one call, and keeps how the client met its answer."""
        self.told[name] = speak.met(call, of=of)
        return self.told[name].get("answer") or {}


def links(*texts: str) -> list[Any]:
    """Texts as links to assets."""
    return [M.AssetLink(Asset=M.TextAsset(Text=text)) for text in texts]


def ad(last: str) -> Any:
    """A responsive search ad; the last headline tells it apart."""
    return M.ResponsiveSearchAd(
        FinalUrls=["https://example.com/spring"],
        Headlines=links("Spring Sale", "Run Faster", last),
        Descriptions=links("Save 20% on all shoes.", "Order today, ships today."),
        Path1="shoes",
        Path2="sale",
        Status="Active",
    )


def biddable(campaign: str, criterion: Any, *, percent: float = 0.0, identity: str | None = None) -> Any:
    """A criterion of a campaign that is bid on."""
    bid = M.BidMultiplier(Multiplier=percent)
    return M.BiddableCampaignCriterion(Id=identity, CampaignId=campaign, Criterion=criterion, CriterionBid=bid)


def signs_in(story: Story) -> None:
    """The refresh token is spent for new ones, the user and their accounts are found."""
    app = speak.authentication(story.said)
    tokens = app.request_oauth_tokens_by_refresh_token(story.said["login"]["refresh_token"])
    story.told["tokens"] = [
        bool(tokens.access_token),
        bool(tokens.refresh_token),
        tokens.access_token_expires_in_seconds,
    ]
    fresh = {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token}
    api, their = speak.customers(story.said, **fresh), speak.models("customer")
    user = story.tell("user", lambda: api.GetUser(their.GetUserRequest(UserId=None)), of="customer")
    predicate = their.Predicate(Field="UserId", Operator="Equals", Value=user["User"]["Id"])
    for name, index in (("accounts", 0), ("accounts_after_the_last", 1)):
        asked = their.SearchAccountsRequest(Predicates=[predicate], PageInfo=their.Paging(Index=index, Size=1))
        story.tell(name, lambda asked=asked: api.SearchAccounts(asked), of="customer")
    one = their.GetAccountRequest(AccountId=story.account)
    story.tell("account", lambda: api.GetAccount(one), of="customer")
    again = speak.authentication(story.said)
    for name in ("first_use", "second_use"):
        try:
            again.request_oauth_tokens_by_refresh_token(tokens.refresh_token)
            story.told[name] = None
        except Exception as error:  # noqa: BLE001 - what the client raises is what is told
            story.told[name] = [type(error).__name__, error.error_code]


def makes(story: Story) -> None:
    """The whole tree, parents first."""
    fields = {
        "Name": "Witness",
        "Status": "Paused",
        "CampaignType": "Search",
        "BudgetType": "DailyBudgetStandard",
        "DailyBudget": 50.0,
        "BiddingScheme": M.MaxConversionsBiddingScheme(TargetCpa=12.5),
        "Languages": ["English", "German"],
        "IsPolitical": False,
        "AudienceAdsBidAdjustment": -100,
        "MultimediaAdsBidAdjustment": -100,
        "FinalUrlSuffix": "utm_source=witness",
    }
    asked = M.AddCampaignsRequest(AccountId=story.account, Campaigns=[M.Campaign(**fields)])
    story.campaign = story.tell("campaign", lambda: story.api.AddCampaigns(asked))["CampaignIds"][0]
    _targets(story)
    groups = [
        M.AdGroup(
            Name=name, Status="Active", Network="OwnedAndOperatedOnly", EndDate=M.Date(Year=2027, Month=12, Day=31)
        )
        for name in ("One", "Two")
    ]
    added = M.AddAdGroupsRequest(CampaignId=story.campaign, AdGroups=groups)
    story.groups = story.tell("groups", lambda: story.api.AddAdGroups(added))["AdGroupIds"]
    for index, group in enumerate(story.groups):
        _fill(story, index, group)


def _targets(story: Story) -> None:
    times = {"Day": "Monday", "FromHour": 9, "FromMinute": "Zero", "ToHour": 18, "ToMinute": "Thirty"}
    circle = {"LatitudeDegrees": 48.2, "LongitudeDegrees": 11.6, "Radius": "25", "RadiusUnit": "Kilometers"}
    made = [
        biddable(story.campaign, M.LocationCriterion(LocationId="190")),
        biddable(story.campaign, M.RadiusCriterion(**circle)),
        biddable(story.campaign, M.DayTimeCriterion(**times)),
        biddable(story.campaign, M.DeviceCriterion(DeviceName="Tablets"), percent=-100.0),
        biddable(story.campaign, M.DeviceCriterion(DeviceName="Computers")),
        biddable(story.campaign, M.DeviceCriterion(DeviceName="Smartphones")),
        biddable(story.campaign, M.AgeCriterion(AgeRange="EighteenToTwentyFour"), percent=-90.0),
        biddable(story.campaign, M.GenderCriterion(GenderType="Male"), percent=-90.0),
        M.NegativeCampaignCriterion(CampaignId=story.campaign, Criterion=M.LocationCriterion(LocationId="4084")),
    ]
    asked = M.AddCampaignCriterionsRequest(CriterionType="Targets", CampaignCriterions=made)
    story.tell("targets", lambda: story.api.AddCampaignCriterions(asked))


def _fill(story: Story, index: int, group: str) -> None:
    words = [
        M.Keyword(Text=text, MatchType=match, Status="Active", Bid=M.Bid(Amount=1.25))
        for text, match in (("running shoes", "Phrase"), ("trail shoes", "Exact"))
    ]
    keywords = M.AddKeywordsRequest(AdGroupId=group, Keywords=words)
    story.tell(f"keywords_{index}", lambda: story.api.AddKeywords(keywords))
    negative = M.NegativeKeyword(Text="free", MatchType="Phrase")
    entity = M.EntityNegativeKeyword(EntityId=group, EntityType="AdGroup", NegativeKeywords=[negative])
    negatives = M.AddNegativeKeywordsToEntitiesRequest(EntityNegativeKeywords=[entity])
    story.tell(f"negatives_{index}", lambda: story.api.AddNegativeKeywordsToEntities(negatives))
    _people(story, index, group)
    made = M.AddAdsRequest(AdGroupId=group, Ads=[ad(last) for last in ("First", "Second", "Third")])
    story.ads = story.tell(f"ads_{index}", lambda: story.api.AddAds(made))["AdIds"]


def _people(story: Story, index: int, group: str) -> None:
    let_in = M.BiddableAdGroupCriterion(
        AdGroupId=group,
        Status="Active",
        Criterion=M.AudienceCriterion(AudienceId="804000001"),
        CriterionBid=M.BidMultiplier(Multiplier=0.0),
    )
    left_out = M.NegativeAdGroupCriterion(AdGroupId=group, Criterion=M.AudienceCriterion(AudienceId="804000002"))
    asked = M.AddAdGroupCriterionsRequest(CriterionType="Audience", AdGroupCriterions=[let_in, left_out])
    story.tell(f"people_{index}", lambda: story.api.AddAdGroupCriterions(asked))
    detail = M.TargetSettingDetail(CriterionTypeGroup="Audience", TargetAndBid=True)
    only = M.AdGroup(Id=group, Settings=[M.TargetSetting(Details=[detail])])
    changed = M.UpdateAdGroupsRequest(CampaignId=story.campaign, AdGroups=[only])
    story.tell(f"only_people_{index}", lambda: story.api.UpdateAdGroups(changed))


def reads(story: Story, prefix: str) -> None:
    """Everything that stands, as the client sees it."""
    api, group = story.api, story.groups[0]
    more = "AdScheduleUseSearcherTimeZone,MultimediaAdsBidAdjustment"
    listed = M.GetCampaignsByAccountIdRequest(
        AccountId=story.account, CampaignType="Search", ReturnAdditionalFields=more
    )
    by_id = M.GetCampaignsByIdsRequest(AccountId=story.account, CampaignIds=[story.campaign], CampaignType="Search")
    targets = M.GetCampaignCriterionsByIdsRequest(CampaignId=story.campaign, CriterionType="Targets")
    negatives = M.GetNegativeKeywordsByEntityIdsRequest(
        EntityIds=[group], EntityType="AdGroup", ParentEntityId=story.campaign
    )
    below = M.GetAdGroupsByCampaignIdRequest(CampaignId=story.campaign)
    shown = M.GetAdsByAdGroupIdRequest(AdGroupId=group, AdTypes=["ResponsiveSearch"])
    keywords = M.GetKeywordsByAdGroupIdRequest(AdGroupId=group)
    people = M.GetAdGroupCriterionsByIdsRequest(AdGroupId=group, CriterionType="RemarketingList")
    for name, call in {
        "people": lambda: api.GetAdGroupCriterionsByIds(people),
        "campaigns": lambda: api.GetCampaignsByAccountId(listed),
        "campaign_by_id": lambda: api.GetCampaignsByIds(by_id),
        "targets": lambda: api.GetCampaignCriterionsByIds(targets),
        "groups": lambda: api.GetAdGroupsByCampaignId(below),
        "ads": lambda: api.GetAdsByAdGroupId(shown),
        "keywords": lambda: api.GetKeywordsByAdGroupId(keywords),
        "negatives": lambda: api.GetNegativeKeywordsByEntityIds(negatives),
    }.items():
        story.tell(f"{prefix}_{name}", call)


def changes(story: Story) -> None:
    """Every level is updated; what is not named stays."""
    api, group = story.api, story.groups[0]
    campaign = M.Campaign(
        Id=story.campaign, DailyBudget=40.0, Status="Active", BiddingScheme=M.MaxClicksBiddingScheme()
    )
    budget = M.UpdateCampaignsRequest(AccountId=story.account, Campaigns=[campaign])
    story.tell("update_campaign", lambda: api.UpdateCampaigns(budget))
    renamed = M.UpdateAdGroupsRequest(CampaignId=story.campaign, AdGroups=[M.AdGroup(Id=group, Name="Uno")])
    story.tell("update_group", lambda: api.UpdateAdGroups(renamed))
    written = M.ResponsiveSearchAd(Id=story.ads[0], Headlines=links("Autumn Sale", "Run Faster", "Free Shipping"))
    texts = M.UpdateAdsRequest(AdGroupId=story.groups[1], Ads=[written])
    story.tell("update_ad", lambda: api.UpdateAds(texts))
    rows = story.told["before_targets"]["answer"]["CampaignCriterions"]
    tablets = next(row for row in rows if row["Criterion"].get("DeviceName") == "Tablets")
    device = biddable(story.campaign, M.DeviceCriterion(DeviceName="Tablets"), percent=-50.0, identity=tablets["Id"])
    bids = M.UpdateCampaignCriterionsRequest(CriterionType="Targets", CampaignCriterions=[device])
    story.tell("update_targets", lambda: api.UpdateCampaignCriterions(bids))
    keyword = story.told["before_keywords"]["answer"]["Keywords"][0]["Id"]
    off = M.UpdateKeywordsRequest(AdGroupId=group, Keywords=[M.Keyword(Id=keyword, Status="Paused")])
    story.tell("update_keyword", lambda: api.UpdateKeywords(off))
    still = M.Campaign(Id=story.campaign, Status="Paused")
    pause = M.UpdateCampaignsRequest(AccountId=story.account, Campaigns=[still])
    story.tell("pause", lambda: api.UpdateCampaigns(pause))


def looks_around(story: Story) -> None:
    """Editorial reasons, goals, tags, places."""
    api = story.api
    pair = M.EntityIdToParentIdAssociation(EntityId=story.ads[0], ParentId=story.groups[1])
    why = M.GetEditorialReasonsByIdsRequest(
        AccountId=story.account, EntityIdToParentIdAssociations=[pair], EntityType="Ad"
    )
    story.tell("reasons", lambda: api.GetEditorialReasonsByIds(why))
    tags = story.tell("tags", lambda: api.GetUetTagsByIds(M.GetUetTagsByIdsRequest(TagIds=None)))
    asked = M.GetConversionGoalsByTagIdsRequest(
        TagIds=[each["Id"] for each in tags["UetTags"]], ConversionGoalTypes="Event,Url"
    )
    goals = story.tell("goals", lambda: api.GetConversionGoalsByTagIds(asked))
    _counts_a_goal(story, goals["ConversionGoals"][0]["Id"])
    places = M.GetGeoLocationsFileUrlRequest(Version="2.0", LanguageLocale="en")
    story.tell("places", lambda: api.GetGeoLocationsFileUrl(places))


def _counts_a_goal(story: Story, goal: str) -> None:
    """A goal becomes the campaign's own in both ways that the client knows, and is taken away in the one."""
    api, account = story.api, story.account
    own = [M.CampaignConversionGoal(CampaignId=story.campaign, GoalId=goal)]
    listed = [M.Campaign(Id=story.campaign, GoalIds=[goal])]
    read = M.GetCampaignsByIdsRequest(
        AccountId=account,
        CampaignIds=[story.campaign],
        CampaignType="Search",
        ReturnAdditionalFields="CampaignConversionGoal",
    )
    gone = M.DeleteCampaignConversionGoalsRequest(CampaignConversionGoal=own)
    ways = {
        "added": lambda: api.AddCampaignConversionGoals(
            M.AddCampaignConversionGoalsRequest(CampaignConversionGoal=own)
        ),
        "listed": lambda: api.UpdateCampaigns(M.UpdateCampaignsRequest(AccountId=account, Campaigns=listed)),
    }
    for name, way in ways.items():
        story.tell(f"goal_{name}", way)
        story.tell(f"goal_{name}_read", lambda: api.GetCampaignsByIds(read))
        story.tell(f"goal_{name}_gone", lambda: api.DeleteCampaignConversionGoals(gone))
        story.tell(f"goal_{name}_gone_read", lambda: api.GetCampaignsByIds(read))


def deletes(story: Story) -> None:
    """From the bottom up, until nothing is returned any more."""
    api, group = story.api, story.groups[1]
    who = story.told["after_people"]["answer"]["AdGroupCriterions"][0]["Id"]
    nobody = M.DeleteAdGroupCriterionsRequest(
        AdGroupId=story.groups[0], CriterionType="Audience", AdGroupCriterionIds=[who]
    )
    story.tell("delete_people", lambda: api.DeleteAdGroupCriterions(nobody))
    one = M.DeleteAdsRequest(AdGroupId=group, AdIds=[story.ads[2]])
    story.tell("delete_ad", lambda: api.DeleteAds(one))
    story.tell("delete_ad_again", lambda: api.DeleteAds(one))
    below = M.DeleteAdGroupsRequest(CampaignId=story.campaign, AdGroupIds=[group])
    story.tell("delete_group", lambda: api.DeleteAdGroups(below))
    top = M.DeleteCampaignsRequest(AccountId=story.account, CampaignIds=[story.campaign])
    story.tell("delete_campaign", lambda: api.DeleteCampaigns(top))
    left = M.GetCampaignsByAccountIdRequest(AccountId=story.account, CampaignType="Search")
    story.tell("campaigns_left", lambda: api.GetCampaignsByAccountId(left))


if __name__ == "__main__":
    story = Story(speak.given())
    signs_in(story)
    makes(story)
    reads(story, "before")
    changes(story)
    reads(story, "after")
    looks_around(story)
    deletes(story)
    speak.say(story.told)
