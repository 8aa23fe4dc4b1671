"""What v26 messages may hold, as far as the sandbox imitates them: names, types and enums of the official
protos.

Fields of kind "output" are the platform's own: they may stand in a request, as protobuf lets them, and are
ignored there.
"""

from collections.abc import Mapping
from dataclasses import replace

from adsandbox.google import absent
from adsandbox.schema import Field, anything, array, boolean, enum, int64, integer, number, obj, text

STATUS = ("ENABLED", "PAUSED", "REMOVED")
CHANNELS = (
    "SEARCH", "DISPLAY", "SHOPPING", "HOTEL", "VIDEO", "MULTI_CHANNEL", "LOCAL", "SMART", "PERFORMANCE_MAX",
    "LOCAL_SERVICES", "TRAVEL", "DEMAND_GEN",
)  # fmt: skip
AD_GROUP_TYPES = (
    "SEARCH_STANDARD", "DISPLAY_STANDARD", "SHOPPING_PRODUCT_ADS", "HOTEL_ADS", "SHOPPING_SMART_ADS",
    "VIDEO_BUMPER", "VIDEO_TRUE_VIEW_IN_STREAM", "VIDEO_TRUE_VIEW_IN_DISPLAY",
    "VIDEO_NON_SKIPPABLE_IN_STREAM", "SEARCH_DYNAMIC_ADS", "SHOPPING_COMPARISON_LISTING_ADS",
    "PROMOTED_HOTEL_ADS", "VIDEO_RESPONSIVE", "VIDEO_EFFICIENT_REACH", "SMART_CAMPAIGN_ADS",
    "TRAVEL_ADS", "YOUTUBE_AUDIO",
)  # fmt: skip
AUTOMATIONS = (
    "TEXT_ASSET_AUTOMATION", "GENERATE_VERTICAL_YOUTUBE_VIDEOS", "GENERATE_SHORTER_YOUTUBE_VIDEOS",
    "GENERATE_LANDING_PAGE_PREVIEW", "GENERATE_LANDING_PAGE_TEXT", "GENERATE_ENHANCED_YOUTUBE_VIDEOS",
    "GENERATE_IMAGE_ENHANCEMENT", "GENERATE_IMAGE_EXTRACTION", "GENERATE_DESIGN_VERSIONS_FOR_IMAGES",
    "FINAL_URL_EXPANSION_TEXT_ASSET_AUTOMATION", "GENERATE_VIDEOS_FROM_OTHER_ASSETS",
    "GENERATE_ANIMATED_IMAGES_FROM_OTHER_ASSETS", "AUTOMATED_VIDEO_CRAWL",
)  # fmt: skip
DIMENSIONS = (
    "KEYWORD", "AUDIENCE", "TOPIC", "GENDER", "AGE_RANGE", "PLACEMENT", "PARENTAL_STATUS", "INCOME_RANGE",
)  # fmt: skip
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
MINUTES = ("ZERO", "FIFTEEN", "THIRTY", "FORTY_FIVE")
PINS = ("HEADLINE_1", "HEADLINE_2", "HEADLINE_3", "DESCRIPTION_1", "DESCRIPTION_2")
EU_POLITICAL = ("CONTAINS_EU_POLITICAL_ADVERTISING", "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING")
AGES = {
    "AGE_RANGE_18_24": "503001",
    "AGE_RANGE_25_34": "503002",
    "AGE_RANGE_35_44": "503003",
    "AGE_RANGE_45_54": "503004",
    "AGE_RANGE_55_64": "503005",
    "AGE_RANGE_65_UP": "503006",
    "AGE_RANGE_UNDETERMINED": "503999",
}
GENDERS = {"MALE": "10", "FEMALE": "11", "UNDETERMINED": "20"}
DEVICES = {"DESKTOP": "30000", "MOBILE": "30001", "TABLET": "30002", "CONNECTED_TV": "30004"}


def output() -> Field:
    """A field that only the platform sets."""
    return replace(anything(), kind="output")


def without_required(table: Mapping[str, Field]) -> dict[str, Field]:
    """The same table for updates, in which only the masked fields count."""
    return {name: replace(field, required=False) for name, field in table.items()}


_CUSTOM_PARAMETERS = array(obj({"key": text(), "value": text()}))
_URL_FIELDS: dict[str, Field] = {
    "trackingUrlTemplate": text(),
    "finalUrlSuffix": text(),
    "urlCustomParameters": _CUSTOM_PARAMETERS,
}

BUDGET: Mapping[str, Field] = {
    **absent.fields("campaignBudget"),
    "resourceName": text(),
    "id": output(),
    "name": text(),
    "amountMicros": int64(),
    "totalAmountMicros": int64(),
    "status": output(),
    "deliveryMethod": enum("STANDARD", "ACCELERATED"),
    "explicitlyShared": boolean(),
    "referenceCount": output(),
    "period": enum("DAILY", "CUSTOM_PERIOD"),
    "type": enum("STANDARD", "FIXED_CPA", "SMART_CAMPAIGN", "LOCAL_SERVICES"),
}

#: The bidding schemes that a Search campaign can be made with, and the `biddingStrategyType` they lead to.
SCHEMES = {
    "manualCpc": "MANUAL_CPC",
    "targetSpend": "TARGET_SPEND",
    "maximizeConversions": "MAXIMIZE_CONVERSIONS",
    "maximizeConversionValue": "MAXIMIZE_CONVERSION_VALUE",
    "targetImpressionShare": "TARGET_IMPRESSION_SHARE",
    "targetCpa": "TARGET_CPA",
    "targetRoas": "TARGET_ROAS",
}

CAMPAIGN: Mapping[str, Field] = {
    **absent.fields("campaign"),
    "resourceName": text(),
    "id": output(),
    "name": text(required=True),
    "status": enum(*STATUS),
    "servingStatus": output(),
    "primaryStatus": output(),
    "primaryStatusReasons": output(),
    "advertisingChannelType": enum(*CHANNELS, required=True),
    "campaignBudget": text(required=True),
    "containsEuPoliticalAdvertising": enum(*EU_POLITICAL, required=True),
    "networkSettings": obj(
        {
            "targetGoogleSearch": boolean(),
            "targetSearchNetwork": boolean(),
            "targetContentNetwork": boolean(),
            "targetPartnerSearchNetwork": boolean(),
            "targetYoutube": boolean(),
            "targetGoogleTvNetwork": boolean(),
        },
        required=True,
    ),
    "geoTargetTypeSetting": obj(
        {
            "positiveGeoTargetType": enum("PRESENCE_OR_INTEREST", "SEARCH_INTEREST", "PRESENCE"),
            "negativeGeoTargetType": enum("PRESENCE_OR_INTEREST", "PRESENCE"),
        }
    ),
    "startDateTime": text(),
    "endDateTime": text(),
    "adServingOptimizationStatus": enum(
        "OPTIMIZE", "CONVERSION_OPTIMIZE", "ROTATE", "ROTATE_INDEFINITELY", "UNAVAILABLE"
    ),
    **_URL_FIELDS,
    "biddingStrategyType": output(),
    "missingEuPoliticalAdvertisingDeclaration": output(),
    "aiMaxSetting": obj({"enableAiMax": boolean(), "bundlingRequired": output()}),
    "assetAutomationSettings": array(
        obj(
            {
                "assetAutomationType": enum(*AUTOMATIONS, required=True),
                "assetAutomationStatus": enum("OPTED_IN", "OPTED_OUT", required=True),
            }
        )
    ),
    "selectiveOptimization": obj({"conversionActions": array(text())}),
    "manualCpc": obj({"enhancedCpcEnabled": boolean()}),
    "targetSpend": obj({"targetSpendMicros": int64(), "cpcBidCeilingMicros": int64()}),
    "maximizeConversions": obj(
        {"cpcBidCeilingMicros": int64(), "cpcBidFloorMicros": int64(), "targetCpaMicros": int64()}
    ),
    "maximizeConversionValue": obj(
        {
            "targetRoas": number(),
            "cpcBidCeilingMicros": int64(),
            "cpcBidFloorMicros": int64(),
            "targetRoasTolerancePercentMillis": int64(),
        }
    ),
    "targetImpressionShare": obj(
        {
            "location": enum("ANYWHERE_ON_PAGE", "TOP_OF_PAGE", "ABSOLUTE_TOP_OF_PAGE"),
            "locationFractionMicros": int64(),
            "cpcBidCeilingMicros": int64(),
        }
    ),
    "targetCpa": obj({"targetCpaMicros": int64(), "cpcBidCeilingMicros": int64(), "cpcBidFloorMicros": int64()}),
    "targetRoas": obj({"targetRoas": number(), "cpcBidCeilingMicros": int64(), "cpcBidFloorMicros": int64()}),
}

AD_GROUP: Mapping[str, Field] = {
    **absent.fields("adGroup"),
    "resourceName": text(),
    "id": output(),
    "name": text(required=True),
    "campaign": text(required=True),
    "type": enum(*AD_GROUP_TYPES, required=True),
    "status": enum(*STATUS),
    "primaryStatus": output(),
    "primaryStatusReasons": output(),
    "cpcBidMicros": int64(),
    "cpmBidMicros": int64(),
    "targetCpaMicros": int64(),
    "targetRoas": number(),
    "effectiveCpcBidMicros": output(),
    "adRotationMode": enum("OPTIMIZE", "ROTATE_FOREVER"),
    "optimizedTargetingEnabled": boolean(),
    "excludeDemographicExpansion": boolean(),
    "targetingSetting": obj(
        {
            "targetRestrictions": array(
                obj({"targetingDimension": enum(*DIMENSIONS, required=True), "bidOnly": boolean()})
            ),
            "targetRestrictionOperations": anything(),
        }
    ),
    **_URL_FIELDS,
}

_TEXT_ASSET = obj(
    {
        "text": text(required=True),
        "pinnedField": enum(*PINS),
        "assetPerformanceLabel": output(),
        "policySummaryInfo": output(),
    }
)
RSA: Mapping[str, Field] = {
    "headlines": array(_TEXT_ASSET, required=True),
    "descriptions": array(_TEXT_ASSET, required=True),
    "path1": text(),
    "path2": text(),
}

_IMAGES = array(obj({"asset": text(required=True)}))
RDA: Mapping[str, Field] = {
    "marketingImages": replace(_IMAGES, required=True),
    "squareMarketingImages": replace(_IMAGES, required=True),
    "logoImages": _IMAGES,
    "squareLogoImages": _IMAGES,
    "headlines": array(_TEXT_ASSET, required=True),
    "longHeadline": replace(_TEXT_ASSET, required=True),
    "descriptions": array(_TEXT_ASSET, required=True),
    "youtubeVideos": array(obj({"asset": text(required=True)})),
    "businessName": text(),
    "mainColor": text(),
    "accentColor": text(),
    "allowFlexibleColor": boolean(),
    "callToActionText": text(),
    "pricePrefix": text(),
    "promoText": text(),
    "formatSetting": enum("ALL_FORMATS", "NON_NATIVE", "NATIVE"),
    "controlSpec": obj({"enableAssetEnhancements": boolean(), "enableAutogenVideo": boolean()}),
}

#: Kinds of ad that v26 knows and the sandbox does not make; refused in Google's words.
OTHER_ADS = {
    "textAd": ("adGroupAdError", "CANNOT_CREATE_TEXT_ADS"),
    "expandedTextAd": ("adGroupAdError", "CANNOT_CREATE_DEPRECATED_ADS"),
    "expandedDynamicSearchAd": ("adError", "CANNOT_USE_AD_SUBCLASS_FOR_OPERATOR"),
    "imageAd": ("adError", "CANNOT_USE_AD_SUBCLASS_FOR_OPERATOR"),
    "videoAd": ("adError", "CANNOT_USE_AD_SUBCLASS_FOR_OPERATOR"),
    "videoResponsiveAd": ("adError", "CANNOT_USE_AD_SUBCLASS_FOR_OPERATOR"),
    "demandGenMultiAssetAd": ("adError", "CANNOT_USE_AD_SUBCLASS_FOR_OPERATOR"),
}
AD: Mapping[str, Field] = {
    **absent.fields("ad"),
    "resourceName": text(),
    "id": output(),
    "name": text(),
    "type": output(),
    "displayUrl": output(),
    "addedByGoogleAds": output(),
    "finalUrls": array(text(), required=True),
    "finalMobileUrls": array(text()),
    **_URL_FIELDS,
    "responsiveSearchAd": obj(RSA),
    "responsiveDisplayAd": obj(RDA),
    **{name: anything() for name in OTHER_ADS},
}
AD_GROUP_AD: Mapping[str, Field] = {
    **absent.fields("adGroupAd"),
    "resourceName": text(),
    "adGroup": text(required=True),
    "ad": obj(AD, required=True),
    "status": enum(*STATUS),
    "policySummary": output(),
    "adStrength": output(),
    "primaryStatus": output(),
    "primaryStatusReasons": output(),
}

_KEYWORD = obj({"text": text(required=True), "matchType": enum("EXACT", "PHRASE", "BROAD", required=True)})
_AGE = obj({"type": enum(*AGES, required=True)})
_GENDER = obj({"type": enum(*GENDERS, required=True)})

CAMPAIGN_CRITERIA: Mapping[str, Field] = {
    "location": obj({"geoTargetConstant": text(required=True)}),
    "language": obj({"languageConstant": text(required=True)}),
    "adSchedule": obj(
        {
            "dayOfWeek": enum(*DAYS, required=True),
            "startHour": integer(required=True),
            "startMinute": enum(*MINUTES, required=True),
            "endHour": integer(required=True),
            "endMinute": enum(*MINUTES, required=True),
        }
    ),
    "device": obj({"type": enum(*DEVICES, "OTHER", required=True)}),
    "proximity": obj(
        {
            "geoPoint": obj(
                {
                    "longitudeInMicroDegrees": integer(required=True),
                    "latitudeInMicroDegrees": integer(required=True),
                }
            ),
            "radius": number(required=True),
            "radiusUnits": enum("MILES", "KILOMETERS"),
            "address": anything(),
        }
    ),
    "keyword": _KEYWORD,
}
CAMPAIGN_CRITERION: Mapping[str, Field] = {
    **absent.fields("campaignCriterion"),
    "resourceName": text(),
    "campaign": text(required=True),
    "criterionId": output(),
    "displayName": output(),
    "type": output(),
    "bidModifier": number(),
    "negative": boolean(),
    "status": enum(*STATUS),
    **CAMPAIGN_CRITERIA,
}

AD_GROUP_CRITERIA: Mapping[str, Field] = {
    "keyword": _KEYWORD,
    "ageRange": _AGE,
    "gender": _GENDER,
    "userInterest": obj({"userInterestCategory": text(required=True)}),
    "userList": obj({"userList": text(required=True)}),
}
AD_GROUP_CRITERION: Mapping[str, Field] = {
    **absent.fields("adGroupCriterion"),
    "resourceName": text(),
    "adGroup": text(required=True),
    "criterionId": output(),
    "displayName": output(),
    "type": output(),
    "status": enum(*STATUS),
    "negative": boolean(),
    "bidModifier": number(),
    "cpcBidMicros": int64(),
    "finalUrls": array(text()),
    "finalMobileUrls": array(text()),
    **_URL_FIELDS,
    "approvalStatus": output(),
    "systemServingStatus": output(),
    "primaryStatus": output(),
    "effectiveCpcBidMicros": output(),
    **AD_GROUP_CRITERIA,
}

CUSTOM_GOAL: Mapping[str, Field] = {
    "resourceName": text(),
    "id": output(),
    "name": text(required=True),
    "conversionActions": array(text(), required=True),
    "status": enum("ENABLED", "REMOVED"),
}

GOAL_CONFIG: Mapping[str, Field] = {
    "resourceName": text(),
    "campaign": text(),
    "goalConfigLevel": enum("CUSTOMER", "CAMPAIGN"),
    "customConversionGoal": text(),
}

CATEGORIES = (
    "DEFAULT", "PAGE_VIEW", "PURCHASE", "SIGNUP", "DOWNLOAD", "ADD_TO_CART", "BEGIN_CHECKOUT", "SUBSCRIBE_PAID",
    "PHONE_CALL_LEAD", "IMPORTED_LEAD", "SUBMIT_LEAD_FORM", "BOOK_APPOINTMENT", "REQUEST_QUOTE", "GET_DIRECTIONS",
    "OUTBOUND_CLICK", "CONTACT", "ENGAGEMENT", "STORE_VISIT", "STORE_SALE", "QUALIFIED_LEAD", "CONVERTED_LEAD",
    "YOUTUBE_FOLLOW_ON_VIEWS", "MESSAGE_LEAD", "IN_APP_AD_REVENUE",
)  # fmt: skip
ORIGINS = (
    "WEBSITE", "GOOGLE_HOSTED", "APP", "CALL_FROM_ADS", "STORE", "YOUTUBE_HOSTED", "LOCAL_SERVICES_ADS",
)  # fmt: skip

CAMPAIGN_GOAL: Mapping[str, Field] = {
    "resourceName": text(),
    "campaign": text(),
    "category": enum(*CATEGORIES),
    "origin": enum(*ORIGINS),
    "biddable": boolean(),
}

_ATTESTATION = obj(
    {
        "status": enum("NOT_SYNTHETIC", "IS_SYNTHETIC"),
        "source": enum(
            "ADVERTISER_ATTESTED", "GOOGLE_GENERATED_ADVERTISER_REVIEWED", "GOOGLE_GENERATED_FULLY_AUTOMATED"
        ),
    }
)

ASSET: Mapping[str, Field] = {
    **absent.fields("asset"),
    "resourceName": text(),
    "id": output(),
    "name": text(),
    "type": output(),
    "source": output(),
    "policySummary": output(),
    "imageAsset": obj({"data": text(required=True), "fileSize": output(), "mimeType": output(), "fullSize": output()}),
    "youtubeVideoAsset": obj({"youtubeVideoId": text(required=True), "youtubeVideoTitle": output()}),
    "textAsset": obj({"text": text(required=True)}),
    "syntheticContentInfo": obj({"advertiserAttestation": _ATTESTATION, "systemAttestation": output()}),
}
