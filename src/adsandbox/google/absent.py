"""What v26 has and the sandbox does not imitate: refused as such, and not as unknown to Google."""

from collections.abc import Mapping
from dataclasses import replace

from adsandbox.schema import Field, anything

KIND = "not imitated"

_FIELDS: Mapping[str, str] = {
    "campaignBudget": (
        "hasRecommendedBudget recommendedBudgetAmountMicros recommendedBudgetEstimatedChangeWeeklyClicks "
        "recommendedBudgetEstimatedChangeWeeklyCostMicros recommendedBudgetEstimatedChangeWeeklyInteractions "
        "recommendedBudgetEstimatedChangeWeeklyViews alignedBiddingStrategyId "
    ),
    "campaign": (
        "biddingStrategySystemStatus advertisingChannelSubType localServicesCampaignSettings "
        "travelCampaignSettings demandGenCampaignSettings videoCampaignSettings pmaxCampaignSettings "
        "realTimeBiddingSetting hotelSetting dynamicSearchAdsSetting shoppingSetting targetingSetting "
        "audienceSetting localCampaignSetting appCampaignSetting labels experimentType baseCampaign "
        "accessibleBiddingStrategy campaignGroup frequencyCaps vanityPharma optimizationGoalSetting "
        "trackingSetting paymentMode optimizationScore excludedParentAssetFieldTypes "
        "excludedParentAssetSetTypes performanceMaxUpgrade hotelPropertyAssetSet listingType keywordMatchType "
        "brandGuidelinesEnabled brandGuidelines textGuidelines thirdPartyIntegrationPartners feedTypes "
        "viewThroughConversionOptimizationEnabled liftMeasurementConfig acaMigrationDateTime "
        "broadMatchMigrationDateTime biddingStrategy commission manualCpa manualCpm manualCpv percentCpc "
        "targetCpm fixedCpm targetCpv targetCpc "
    ),
    "campaignCriterion": (
        "requireEuPoliticalAdvertisingDeclaration placement mobileAppCategory mobileApplication ageRange "
        "gender incomeRange parentalStatus userList youtubeVideo youtubeChannel topic listingScope ipBlock "
        "contentLabel carrier userInterest webpage operatingSystemVersion mobileDevice locationGroup "
        "customAffinity customAudience combinedAudience keywordTheme localServiceId brandList lifeEvent "
        "webpageList videoLineup extendedDemographic "
    ),
    "adGroup": (
        "baseAdGroup cpvBidMicros targetCpmMicros percentCpcBidMicros fixedCpmMicros targetCpvMicros "
        "targetCpcMicros displayCustomBidDimension "
        "audienceSetting effectiveTargetCpaMicros effectiveTargetCpaSource "
        "effectiveTargetRoas effectiveTargetRoasSource effectiveTargetCpc effectiveTargetCpcSource labels "
        "excludedParentAssetFieldTypes excludedParentAssetSetTypes demandGenAdGroupSettings "
        "videoAdGroupSettings aiMaxAdGroupSetting verticalAdsFormatSetting "
    ),
    "adGroupCriterion": (
        "qualityInfo disapprovalReasons labels cpmBidMicros cpvBidMicros percentCpcBidMicros "
        "effectiveCpmBidMicros effectiveCpvBidMicros effectivePercentCpcBidMicros effectiveCpcBidSource "
        "effectiveCpmBidSource effectiveCpvBidSource effectivePercentCpcBidSource positionEstimates "
        "primaryStatusReasons requireEuPoliticalAdvertisingDeclaration placement mobileAppCategory "
        "mobileApplication listingGroup incomeRange parentalStatus youtubeVideo youtubeChannel topic "
        "webpage appPaymentModel customAffinity customIntent customAudience combinedAudience audience "
        "location language lifeEvent videoLineup extendedDemographic brandList verticalAdsItemGroupRuleList "
        "retailFilterBundle entityBid "
    ),
    "adGroupAd": ("startDateTime endDateTime actionItems labels adGroupAdAssetAutomationSettings "),
    "ad": (
        "finalAppUrls devicePreference urlCollections systemManagedResourceSource syntheticContentInfo "
        "hotelAd shoppingSmartAd shoppingProductAd legacyResponsiveDisplayAd appAd legacyAppInstallAd localAd "
        "displayUploadAd appEngagementAd shoppingComparisonListingAd smartCampaignAd appPreRegistrationAd "
        "demandGenCarouselAd demandGenVideoResponsiveAd demandGenProductAd travelAd "
    ),
    "asset": (
        "finalUrls finalMobileUrls trackingUrlTemplate urlCustomParameters finalUrlSuffix "
        "fieldTypePolicySummaries orientation mediaBundleAsset leadFormAsset "
        "bookOnGoogleAsset promotionAsset calloutAsset structuredSnippetAsset sitelinkAsset pageFeedAsset "
        "dynamicEducationAsset mobileAppAsset hotelCalloutAsset callAsset priceAsset callToActionAsset "
        "dynamicRealEstateAsset dynamicCustomAsset dynamicHotelsAndRentalsAsset dynamicFlightsAsset "
        "demandGenCarouselCardAsset dynamicTravelAsset dynamicLocalAsset dynamicJobsAsset locationAsset "
        "hotelPropertyAsset businessMessageAsset appDeepLinkAsset youtubeVideoListAsset "
    ),
}

_OPERATIONS = (
    "adGroupAdLabelOperation adGroupAssetOperation adGroupBidModifierOperation "
    "adGroupCriterionCustomizerOperation adGroupCriterionLabelOperation adGroupCustomizerOperation "
    "adGroupLabelOperation adParameterOperation assetGroupAssetOperation "
    "assetGroupListingGroupFilterOperation assetGroupSignalOperation assetGroupOperation "
    "assetSetAssetOperation assetSetOperation audienceOperation biddingDataExclusionOperation "
    "biddingSeasonalityAdjustmentOperation biddingStrategyOperation bookCampaignsOperation "
    "campaignAssetOperation campaignAssetSetOperation campaignBidModifierOperation "
    "campaignCustomizerOperation campaignDraftOperation "
    "campaignGroupOperation campaignLabelOperation campaignSharedSetOperation conversionActionOperation "
    "conversionCustomVariableOperation conversionValueRuleOperation "
    "conversionValueRuleSetOperation customerAssetOperation "
    "customerConversionGoalOperation customerCustomizerOperation customerLabelOperation "
    "customerNegativeCriterionOperation customerOperation customizerAttributeOperation experimentOperation "
    "experimentArmOperation keywordPlanAdGroupOperation keywordPlanAdGroupKeywordOperation "
    "keywordPlanCampaignKeywordOperation keywordPlanCampaignOperation keywordPlanOperation labelOperation "
    "quoteCampaignsOperation recommendationSubscriptionOperation remarketingActionOperation "
    "sharedCriterionOperation sharedSetOperation smartCampaignSettingOperation userListOperation "
)


def fields(word: str) -> dict[str, Field]:
    """The fields of a kind of object (`campaign`, `adGroup` …) that v26 has and the sandbox does not imitate."""
    return dict.fromkeys(_FIELDS[word].split(), _absent())


def operations() -> dict[str, Field]:
    """The operations of `googleAds:mutate` that the sandbox does not imitate."""
    return dict.fromkeys(_OPERATIONS.split(), _absent())


def _absent() -> Field:
    return replace(anything(), accepts=lambda value: False, kind=KIND)
