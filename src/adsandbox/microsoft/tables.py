"""What Microsoft's objects may hold on the wire. Names and enums are those of msads 13.0.30.1.

Types, unknown elements and enum values are checked here; the rules that Microsoft gives numbers are in the
modules of the objects.
"""

from collections.abc import Mapping

from adsandbox.microsoft.money import amount
from adsandbox.microsoft.zones import ZONES
from adsandbox.schema import Field, anything, array, boolean, enum, integer, obj, text

#: Nearly every element may be null, which is the same as absent.
NULL = {"nullable": True}

STATUSES = ("Active", "Paused", "BudgetPaused", "BudgetAndManualPaused", "Deleted", "Suspended")
TYPES = ("Search", "Shopping", "DynamicSearchAds", "Audience", "Hotel", "PerformanceMax", "App")
SCHEMES = (
    "MaxClicksBiddingScheme", "MaxConversionsBiddingScheme", "MaxConversionValueBiddingScheme",
    "EnhancedCpcBiddingScheme", "TargetImpressionShareBiddingScheme", "TargetCpaBiddingScheme",
    "TargetRoasBiddingScheme", "ManualCpcBiddingScheme", "ManualCpmBiddingScheme", "ManualCpvBiddingScheme",
    "InheritFromParentBiddingScheme", "PercentCpcBiddingScheme", "CommissionBiddingScheme",
    "CostPerSaleBiddingScheme",
)  # fmt: skip


def long_id() -> Field:
    """An identifier: a long as a JSON string; a JSON number is refused."""
    return text(**NULL)


def words(**more: object) -> Field:
    """A text that may be null."""
    return text(**NULL, **more)  # type: ignore[arg-type]


BID = obj({"Amount": amount()}, **NULL)
DATE = obj({"Year": integer(required=True), "Month": integer(required=True), "Day": integer(required=True)}, **NULL)
SCHEME = obj(
    {
        "Type": enum(*SCHEMES, *(one.removesuffix("BiddingScheme") for one in SCHEMES), required=True),
        "MaxCpc": BID,
        "TargetCpa": amount(),
        "TargetRoas": amount(),
        "ManualCpc": amount(),
        "TargetAdPosition": enum("Top", "AbsoluteTop", "Anywhere", **NULL),
        "TargetImpressionShare": amount(),
        "InheritedBidStrategyType": words(),
    },
    **NULL,
)
PARAMETERS = obj({"Parameters": array(obj({"Key": text(required=True), "Value": text(required=True)}), **NULL)}, **NULL)
SETTINGS = array(
    obj(
        {
            "Type": text(required=True),
            "Details": array(
                obj({"CriterionTypeGroup": text(required=True), "TargetAndBid": boolean(required=True)}), **NULL
            ),
        }
    ),
    **NULL,
)
_TRACKING = {
    "TrackingUrlTemplate": words(most=2048),
    "FinalUrlSuffix": words(most=2048),
    "UrlCustomParameters": PARAMETERS,
    "ForwardCompatibilityMap": anything(),
}
ADJUSTMENT = integer(least=-100, most=900, **NULL)

CAMPAIGN: Mapping[str, Field] = {
    "Id": long_id(),
    "Name": words(),
    "Status": enum(*STATUSES, **NULL),
    "CampaignType": enum(*TYPES, **NULL),
    "SubType": words(),
    "BudgetType": enum("DailyBudgetStandard", "DailyBudgetAccelerated", "LifetimeBudgetStandard", **NULL),
    "DailyBudget": amount(),
    "BudgetId": long_id(),
    "TimeZone": words(),
    "Languages": array(text(), **NULL),
    "BiddingScheme": SCHEME,
    "BidStrategyId": long_id(),
    "AudienceAdsBidAdjustment": ADJUSTMENT,
    "MultimediaAdsBidAdjustment": ADJUSTMENT,
    "AdScheduleUseSearcherTimeZone": boolean(**NULL),
    "Settings": SETTINGS,
    "ExperimentId": long_id(),
    "GoalIds": array(text(), **NULL),
    "DealIds": array(text(), **NULL),
    "IsDealCampaign": boolean(**NULL),
    "IsPolitical": boolean(**NULL),
    "StartDate": words(),
    "EndDate": words(),
    "UseCampaignLevelDates": boolean(**NULL),
    "MarketingObjective": words(),
    "BusinessName": words(most=25),
    "PrivacyStatus": anything(),
    **_TRACKING,
}

#: A conversion goal of a campaign's own (msads 13.0.30.1, `CampaignConversionGoal`).
CAMPAIGN_GOAL: Mapping[str, Field] = {"CampaignId": long_id(), "GoalId": long_id()}

AD_GROUP: Mapping[str, Field] = {
    "Id": long_id(),
    "Name": words(),
    "Status": enum("Active", "Paused", "Expired", "Deleted", **NULL),
    "StartDate": DATE,
    "EndDate": DATE,
    "Language": words(),
    "Network": enum(
        "OwnedAndOperatedAndSyndicatedSearch", "OwnedAndOperatedOnly", "SyndicatedSearchOnly",
        "InHousePromotion", **NULL,
    ),
    "CpcBid": BID,
    "CpmBid": BID,
    "CpvBid": BID,
    "AdRotation": obj(
        {
            "Type": enum("OptimizeForClicks", "RotateAdsEvenly", "None", **NULL),
            "StartDate": words(),
            "EndDate": words(),
        },
        **NULL,
    ),
    "AudienceAdsBidAdjustment": ADJUSTMENT,
    "MultimediaAdsBidAdjustment": ADJUSTMENT,
    "BiddingScheme": SCHEME,
    "Settings": SETTINGS,
    "AdScheduleUseSearcherTimeZone": boolean(**NULL),
    "AdGroupType": words(),
    "UseOptimizedTargeting": boolean(**NULL),
    "UsePredictiveTargeting": boolean(**NULL),
    "FrequencyCapSettings": anything(),
    "PrivacyStatus": anything(),
    **_TRACKING,
}  # fmt: skip

ASSET_LINK = obj(
    {
        "Asset": obj(
            {
                "Type": enum("TextAsset", "ImageAsset", "VideoAsset", required=True),
                "Id": long_id(),
                "Name": words(),
                "Text": words(),
            },
            required=True,
        ),
        "PinnedField": words(),
        "AssetPerformanceLabel": words(),
        "EditorialStatus": words(),
    }
)
AD_TYPES = (
    "ResponsiveSearch", "ResponsiveSearchAd", "ResponsiveAd", "Text", "TextAd", "ExpandedText",
    "ExpandedTextAd", "DynamicSearch", "DynamicSearchAd", "Product", "ProductAd", "AppInstall",
    "AppInstallAd", "Hotel", "HotelAd",
)  # fmt: skip
AD: Mapping[str, Field] = {
    "Type": enum(*AD_TYPES, **NULL),
    "Id": long_id(),
    "Status": enum("Active", "Paused", "Inactive", "Deleted", **NULL),
    "EditorialStatus": words(),
    "FinalUrls": array(text(), **NULL),
    "FinalMobileUrls": array(text(), **NULL),
    "FinalAppUrls": anything(),
    "DevicePreference": words(),
    "AdFormatPreference": words(),
    "Headlines": array(ASSET_LINK, **NULL),
    "Descriptions": array(ASSET_LINK, **NULL),
    "Path1": words(),
    "Path2": words(),
    "Domain": words(),
    **_TRACKING,
}

KEYWORD: Mapping[str, Field] = {
    "Id": long_id(),
    "Text": words(),
    "MatchType": enum("Exact", "Phrase", "Broad", **NULL),
    "Status": enum("Active", "Paused", "Deleted", "Inactive", **NULL),
    "EditorialStatus": words(),
    "Bid": BID,
    "BiddingScheme": SCHEME,
    "FinalUrls": array(text(), **NULL),
    "FinalMobileUrls": array(text(), **NULL),
    "FinalAppUrls": anything(),
    "DestinationUrl": words(),
    "Param1": words(most=1022),
    "Param2": words(most=70),
    "Param3": words(most=70),
    **_TRACKING,
}

MINUTES = {"Zero": 0, "Fifteen": 15, "Thirty": 30, "FortyFive": 45}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AGES = (
    "EighteenToTwentyFour", "TwentyFiveToThirtyFour", "ThirtyFiveToFourtyNine", "FiftyToSixtyFour",
    "SixtyFiveAndAbove", "Unknown", "ThirtyFiveToFiftyFour", "FiftyFiveAndAbove",
)  # fmt: skip
#: The fields of each kind of criterion, besides `Type`.
CRITERIA: Mapping[str, Mapping[str, Field]] = {
    "LocationCriterion": {
        "LocationId": text(required=True),
        "LocationType": words(),
        "DisplayName": words(),
        "EnclosedLocationIds": array(text(), **NULL),
    },
    "LocationIntentCriterion": {
        "IntentOption": enum(
            "PeopleInOrSearchingForOrViewingPages", "PeopleIn", "PeopleSearchingForOrViewingPages", required=True
        )
    },
    "AgeCriterion": {"AgeRange": enum(*AGES, required=True)},
    "GenderCriterion": {"GenderType": enum("Male", "Female", "Unknown", required=True)},
    "DeviceCriterion": {
        "DeviceName": enum("Computers", "Smartphones", "Tablets", required=True),
        "OSName": words(),
    },
    "DayTimeCriterion": {
        "Day": enum(*DAYS, required=True),
        "FromHour": integer(required=True),
        "FromMinute": enum(*MINUTES, required=True),
        "ToHour": integer(required=True),
        "ToMinute": enum(*MINUTES, required=True),
    },
    "RadiusCriterion": {
        "LatitudeDegrees": amount(required=True),
        "LongitudeDegrees": amount(required=True),
        "Radius": text(required=True),
        "RadiusUnit": enum("Miles", "Kilometers", required=True),
        "Name": words(),
    },
}
#: The kinds that a CriterionType reaches.
#: Criteria of ad groups alone.
AUDIENCE: Mapping[str, Field] = {"AudienceId": text(required=True), "AudienceType": words()}
#: Audiences that exist in every sandbox, with their kind: criteria of them are read by kind, one a call, and written
#: as "Audience" (AdGroupCriterionType value set).
AUDIENCES: Mapping[str, str] = {"804000001": "RemarketingList", "804000002": "CustomAudience"}
AUDIENCE_KINDS = (
    "CombinedList", "CustomAudience", "CustomerList", "ImpressionBasedRemarketingList", "InMarketAudience",
    "ProductAudience", "RemarketingList", "SimilarRemarketingList",
)  # fmt: skip
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Targets": tuple(CRITERIA),
    "Age": ("AgeCriterion",),
    "DayTime": ("DayTimeCriterion",),
    "Device": ("DeviceCriterion",),
    "Gender": ("GenderCriterion",),
    "Location": ("LocationCriterion",),
    "LocationIntent": ("LocationIntentCriterion",),
    "Radius": ("RadiusCriterion",),
}
CRITERION_BID = obj(
    {"Type": enum("BidMultiplier", "FixedBid", required=True), "Multiplier": amount(), "Amount": amount()}, **NULL
)

NEGATIVE_KEYWORD = obj(
    {
        "Type": words(),
        "Id": long_id(),
        "Text": words(),
        "MatchType": enum("Exact", "Phrase", "Broad", **NULL),
        "ForwardCompatibilityMap": anything(),
    }
)
MEDIA: Mapping[str, Field] = {
    "Type": enum("Image", required=True),
    "MediaType": enum(
        "GenericImage", "Image16x9", "Image15x10", "Image4x3", "Image1x1", "Image191x100", "Image4x1",
        required=True,
    ),
    "Id": long_id(),
    "Text": words(),
    "Data": text(required=True),
    "AdvertiserAILabel": anything(),
}  # fmt: skip


#: What ReturnAdditionalFields may name (msads 13.0.30.1).
MORE: Mapping[str, frozenset[str]] = {
    "Campaign": frozenset(
        """AdScheduleUseSearcherTimeZone MaxConversionValueBiddingScheme TargetImpressionShareBiddingScheme
        TargetSetting BidStrategyId CpvCpmBiddingScheme DynamicFeedSetting MultimediaAdsBidAdjustment
        VerifiedTrackingSetting DynamicDescriptionSetting DisclaimerSetting CampaignConversionGoal
        TargetCpaInMaxConversion ResponsiveSearchAdsSetting CostPerSaleBiddingScheme
        ShoppingSettingShoppableAdsEnabled ShoppingSettingFeedLabel CallToActionSetting
        PageFeedInPerformanceMaxSettings DealIds AutoGeneratedTextAndImageOptOutInPerformanceMaxSettings
        CostPerSaleOptOutInPerformanceMaxSettings VanityPharmaSetting ManualCpi IsDealCampaign AppSetting
        CallToActionOptOut ThirdPartyMeasurementSetting ManualCpc NewCustomerAcquisitionGoalSetting
        LifetimeBudgetFields MaxConversionValueWithMaxCpc PmaxAppCampaign CrossAccountBidStrategyFields
        AISearchSetting PmaxXboxCampaign NetworkDistributionSetting UnifiedCampaignFields
        PageFeedInAISearchSettings BrandExclusionSetting None""".split()  # noqa: SIM905 - a list of words
    ),
    "AdGroup": frozenset(
        """AdScheduleUseSearcherTimeZone AdGroupType CpvBid CpmBid MultimediaAdsBidAdjustment CommissionRate
        PercentCpcBid McpaBid UseOptimizedTargeting FrequencyCapSettings UsePredictiveTargeting
        MaxConversionValueWithMaxCpc BaseDomain TargetSettingForJobSeniority TargetSettingForCustomLinkedIn
        None""".split()  # noqa: SIM905
    ),
}


def zone_known(name: str) -> bool:
    """Whether Microsoft has a time zone of this name (and the sandbox knows it)."""
    return name in ZONES
