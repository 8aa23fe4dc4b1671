"""Microsoft Advertising's error codes: number to symbol and text.

Source: Microsoft's "Operation Error Codes" guide. Only what the sandbox answers with.
"""

CODES: dict[int, tuple[str, str]] = {
    0: ("InternalError", "An internal error has occurred."),
    100: ("NullRequest", "The request message is null."),
    105: (
        "InvalidCredentials",
        "Authentication failed. Either supplied credentials are invalid or the account is inactive.",
    ),
    106: ("UserIsNotAuthorized", "The user is not authorized to perform this action."),
    109: (
        "AuthenticationTokenExpired",
        "Authentication token expired. Please renew it or obtain a new token.",
    ),
    113: ("InvalidDateObject", "The date specified in the request is not valid."),
    116: ("RequestMissingHeaders", "One or more required header elements are missing from the request."),
    117: (
        "CallRateExceeded",
        "You have exceeded the number of calls that you are allowed to make in a minute. Please reduce the number"
        " of calls that you make per minute.",
    ),
    201: ("ApiInputValidationError", "One or more input elements failed validation."),
    204: ("OperationNotSupported", "The operation is not supported."),
    207: (
        "ConcurrentRequestOverLimit",
        "You have already reached the maximum number of concurrent report requests. Please wait until the"
        " previous reports are completed and then try to submit a new request.",
    ),
    514: ("CampaignServiceIdsNotPassed", "Ids passed are null or empty."),
    515: ("DuplicateId", "Duplicate IDs are contained in the request."),
    700: ("RequiredElementMissing", "One or more required elements are missing."),
    807: ("DuplicateCriterion", "You cannot specify duplicate criteria."),
    1004: (
        "CampaignServiceIdShouldBeNullOnAdd",
        "The identifier property must be null for an add operation.",
    ),
    1005: ("CampaignServiceInvalidNegativeKeyword", "The negative keyword property is not valid."),
    1008: (
        "CampaignServiceInvalidAccountStatus",
        "The account status is not valid for the requested operation.",
    ),
    1014: ("CampaignServiceTimeZoneValueInvalid", "The time zone value is not valid."),
    1016: ("CampaignServiceInvalidEntityState", "The entity status is not valid."),
    1030: (
        "CampaignServiceAccountIdHasToBeSpecified",
        "The CustomerAccountId element must be specified for this operation.",
    ),
    1034: ("CampaignServiceNegativeKeywordsNotPassed", "The array of negative keywords is null or empty."),
    1043: ("CampaignServiceEntityAlreadyExists", "The specified entity already exists."),
    1044: ("CampaignServiceEntityDoesNotExist", "The specified entity does not exist."),
    1046: ("CampaignServiceEntityIdNotPassed", "The entity ID field cannot be null or empty."),
    1100: ("CampaignServiceInvalidCampaignId", "The campaign identifier is not valid."),
    1101: ("CampaignServiceInvalidCampaignName", "The campaign name is not valid."),
    1102: ("CampaignServiceInvalidAccountId", "The account identifier is not valid."),
    1103: ("CampaignServiceNullCampaign", "The campaign object is null."),
    1106: ("CampaignServiceInvalidDailyBudget", "The campaign daily budget is not valid."),
    1107: (
        "CampaignServiceDuplicateCampaignIds",
        "Duplicate identifiers are contained in the array of campaigns.",
    ),
    1113: ("CampaignServiceCampaignsArrayShouldNotBeNullOrEmpty", "The array of campaigns is null or empty."),
    1114: ("CampaignServiceCampaignsArrayExceedsLimit", "The list of campaigns exceeds the limit."),
    1115: (
        "CampaignServiceCannotCreateDuplicateCampaign",
        "An attempt was made to create a duplicate of a campaign that already exists.",
    ),
    1117: (
        "CampaignServiceMaximumCampaignsReached",
        "No more campaigns can be added to the specified account.",
    ),
    1118: (
        "CampaignServiceCampaignIdsArrayShouldNotBeNullOrEmpty",
        "The array of campaign identifiers is null or empty.",
    ),
    1119: (
        "CampaignServiceCampaignIdsArrayExceedsLimit",
        "The list of campaign identifiers exceeds the limit.",
    ),
    1120: (
        "CampaignServiceInvalidCampaignStatus",
        "The campaign status is not valid for the requested operation.",
    ),
    1121: ("CampaignServiceInvalidBudgetType", "The campaign budget type is missing or is not valid."),
    1151: (
        "CampaignServiceInvalidSettingForCampaignType",
        "One or more settings are not supported for the campaign type.",
    ),
    1155: (
        "CampaignServiceCampaignTypeImmutable",
        "The campaign type field of a campaign cannot be updated.",
    ),
    1200: ("CampaignServiceNullAdGroup", "The ad group is null or empty."),
    1201: ("CampaignServiceInvalidAdGroupId", "The ad group ID is not valid."),
    1202: ("CampaignServiceInvalidAdGroupName", "The ad group name is not valid."),
    1203: (
        "CampaignServiceDuplicateInAdGroupIds",
        "Duplicate identifiers are contained in the array of ad groups.",
    ),
    1204: (
        "CampaignServiceAdGroupEndDateShouldBeAfterStartDate",
        "The ad group end date must be later than the ad group start date.",
    ),
    1209: (
        "CampaignServiceAdGroupsArrayShouldNotBeNullOrEmpty",
        "The array of ad groups cannot be null or empty.",
    ),
    1210: ("CampaignServiceAdGroupsArrayExceedsLimit", "The number of ad groups exceeds the limit."),
    1212: (
        "CampaignServiceAdGroupStartDateLessThanCurrentDate",
        "The ad group start date must not be prior to today's date.",
    ),
    1213: ("CampaignServiceMaximumAdGroupsReached", "No more ad groups can be added to the campaign."),
    1214: (
        "CampaignServiceCannotCreateDuplicateAdGroup",
        "An attempt was made to create a duplicate of an ad group that already exists.",
    ),
    1216: ("CampaignServiceCannotUpdateAdGroupInSubmittedState", "The ad group property cannot be updated."),
    1218: (
        "CampaignServiceAdGroupIdsArrayShouldNotBeNullOrEmpty",
        "The array of ad group identifiers cannot be null or empty.",
    ),
    1219: (
        "CampaignServiceAdGroupIdsArrayExceedsLimit",
        "The number of ad group identifiers exceeds the limit.",
    ),
    1232: (
        "CampaignServiceAdGroupInvalidStartDate",
        "The start date specified in the ad group is not valid.",
    ),
    1233: ("CampaignServiceAdGroupInvalidEndDate", "The end date specified in the ad group is not valid."),
    1257: ("CampaignServiceMissingLanguage", "The language is not provided."),
    1300: ("CampaignServiceNullAd", "The ad object is null."),
    1302: ("CampaignServiceInvalidAdDestinationUrl", "The ad destination URL is not valid."),
    1304: ("CampaignServiceAdIdIsNonNull", "The ad identifier must not be set."),
    1308: ("CampaignServiceInvalidAdId", "The ad identifier is not valid."),
    1309: ("CampaignServiceDuplicateInAdIds", "The array of ad identifiers contains one or more duplicates."),
    1310: ("CampaignServiceAdsArrayShouldNotBeNullOrEmpty", "The array of ads cannot be null or empty."),
    1311: ("CampaignServiceAdsArrayExceedsLimit", "The number of ads exceeds the limit."),
    1312: ("CampaignServiceMaxAdsReached", "No more ads can be added to the ad group."),
    1313: (
        "CampaignServiceDuplicateAd",
        "An attempt was made to create a duplicate of an ad that already exists.",
    ),
    1327: (
        "CampaignServiceTooMuchAdTextInDestinationUrl",
        "The destination URL of the text ad exceeds the maximum length.",
    ),
    1351: (
        "CampaignServiceAdIdsArrayShouldNotBeNullOrEmpty",
        "The array of ad identifiers cannot be null or empty.",
    ),
    1352: ("CampaignServiceAdIdsArrayExceedsLimit", "The array of ad identifiers exceeds the limit."),
    1359: (
        "CampaignServiceInvalidAdDestinationUrlFormat",
        "The format of the ad destination URL is not valid.",
    ),
    1366: (
        "CampaignServiceAdTypeInvalidForCustomer",
        "The customer account is not enabled to create ads of the specified type.",
    ),
    1382: ("CampaignServiceInvalidAdStatus", "The ad status is not valid."),
    1386: (
        "CampaignServiceAdTypeDoesNotMatchExistingValue",
        "The ad object type does not match the existing ad type.",
    ),
    1397: (
        "CampaignServiceEditorialGenericError",
        "The ad failed one or more checks during editorial review.",
    ),
    1399: (
        "CampaignServiceAdTypeInvalidForCampaign",
        "The campaign type is not enabled to create ads of this type.",
    ),
    1401: ("CampaignServiceInvalidTargetId", "The target identifier is not valid."),
    1403: ("CampaignServiceInvalidDayTarget", "The day target is not valid."),
    1404: ("CampaignServiceInvalidHourTarget", "The hour target is not valid."),
    1406: ("CampaignServiceInvalidGenderTarget", "The gender target is not valid."),
    1407: ("CampaignServiceInvalidAgeTarget", "The age target is not valid."),
    1420: ("CampaignServiceTargetsNotPassed", "No targets were passed to the operation."),
    1425: ("CampaignServiceTargetsArrayExceedsLimit", "The number of targets exceeds the limit."),
    1429: ("CampaignServiceInvalidTarget", "The target is not valid."),
    1435: (
        "CampaignServiceNegativeBiddingNotAllowedForThisTargetType",
        "Negative bidding is not allowed for the specified target type.",
    ),
    1458: ("CampaignServiceInvalidLatitude", "The latitude of the radius target bid is not valid."),
    1459: ("CampaignServiceInvalidLongitude", "The longitude of the radius target bid is not valid."),
    1464: ("CampaignServiceInvalidLocationId", "The location identifier is not valid."),
    1500: ("CampaignServiceNullKeyword", "The keyword is null or empty."),
    1501: ("CampaignServiceInvalidKeywordId", "The keyword identifier is not valid."),
    1502: (
        "CampaignServiceDuplicateInKeywordIds",
        "The array of keyword identifiers contains one or more duplicates.",
    ),
    1503: ("CampaignServiceInvalidKeywordText", "The keyword text is not valid."),
    1504: ("CampaignServiceCannotChangeTextOnUpdate", "The keyword text cannot be updated."),
    1505: (
        "CampaignServiceKeywordsArrayShouldNotBeNullOrEmpty",
        "The array of keywords cannot be null or empty.",
    ),
    1506: ("CampaignServiceKeywordsArrayExceedsLimit", "The number of keywords exceeds the maximum limit."),
    1515: (
        "CampaignServiceBidAmountsLessThanFloorPrice",
        "The bid amount of a keyword, ad group, or product group is less than the minimum bid.",
    ),
    1516: (
        "CampaignServiceBidAmountsGreaterThanCeilingPrice",
        "One or more of the bid values exceeds the budget that you specified for the campaign.",
    ),
    1517: (
        "CampaignServiceDuplicateKeyword",
        "An attempt was made to create a duplicate of a keyword that already exists.",
    ),
    1519: ("CampaignServiceMaxKeywordsReachedForAdGroup", "No more keywords can be added to this ad group."),
    1529: (
        "CampaignServiceKeywordIdsArrayShouldNotBeNullOrEmpty",
        "The array of keyword identifiers cannot be empty or null.",
    ),
    1530: (
        "CampaignServiceKeywordIdsArrayExceedsLimit",
        "The number of keyword identifiers exceeds the maximum limit.",
    ),
    1531: (
        "CampaignServiceInvalidKeywordStatus",
        "The keyword status is not valid for the requested operation.",
    ),
    1538: ("CampaignServiceInvalidBidAmount", "The bid amount is invalid."),
    2001: ("ReportingServiceNullReportRequest", "The report request is null."),
    2002: ("ReportingServiceUnknownReportType", "The report request type is not valid."),
    2003: (
        "ReportingServiceAccountNotAuthorized",
        "The specified report request contains at least one account that you do not have privileges to access.",
    ),
    2004: (
        "ReportingServiceNoCompleteDataAvaliable",
        "You requested a report with complete data for all included campaigns. Currently only partial data is"
        " available in the respective time zone of one or more campaigns. Please try again later or submit a"
        " report request for partial data.",
    ),
    2007: (
        "ReportingServiceInvalidReportAggregation",
        "The report aggregation is not valid for the specified report time period.",
    ),
    2008: (
        "ReportingServiceInvalidReportTimeSelection",
        "The report time is null or contains more than one predefined time, custom date, or custom date "
        "range start and end.",
    ),
    2009: (
        "ReportingServiceInvalidCustomDateRangeStart",
        "The report time contains a custom date range start value that is not valid.",
    ),
    2010: (
        "ReportingServiceInvalidCustomDateRangeEnd",
        "The report time contains a custom date range end value that is not valid.",
    ),
    2011: (
        "ReportingServiceEndDateBeforeStartDate",
        "The report time contains a custom date range that is not valid; the end date cannot be earlier "
        "than the start date.",
    ),
    2014: (
        "ReportingServiceNullColumns",
        "The list of columns to include in the report cannot be null or empty.",
    ),
    2015: (
        "ReportingServiceRequiredColumnsNotSelected",
        "The list of columns to include in the report must contain all required columns.",
    ),
    2016: (
        "ReportingServiceDuplicateColumns",
        "The list of columns to include in the report contains duplicate.",
    ),
    2017: (
        "ReportingServiceNoMeasureSelected",
        "The report request does not specify at least one measurement column.",
    ),
    2018: (
        "ReportingServiceInvalidAccountIdInCampaignReportScope",
        "The campaign report scope contains an account identifier that is not valid.",
    ),
    2100: ("ReportingServiceInvalidReportId", "The report identifier is not valid."),
    4910: ("CampaignServiceBudgetAmountMissing", "The budget amount is not provided."),
    4911: ("CampaignServiceBudgetAmountIsAboveLimit", "The budget amount is above the limit."),
    4912: ("CampaignServiceBudgetAmountIsBelowLimit", "The budget amount is below the limit."),
    4916: ("CampaignServiceBudgetIdInvalid", "The budget id is invalid."),
    5700: ("CustomerNotEligibleForAudienceCampaign", "Customer Not Eligible For Audience Campaign."),
    5703: ("NotSupportedForThisCampaignType", "Not Supported For This Campaign Type."),
    5803: ("InvalidBidMultiplier", "The bid multiplier is invalid."),
    5804: ("ImmutableProperty", "The property is immutable."),
    6200: ("CampaignServiceResponsiveSearchAdHeadlinesNullOrEmpty", "The headlines cannot be null or empty."),
    6201: (
        "CampaignServiceResponsiveSearchAdDescriptionsNullOrEmpty",
        "The descriptions cannot be null or empty.",
    ),
    6202: ("CampaignServiceResponsiveSearchAdDuplicateHeadlines", "Duplicate headlines are not allowed."),
    6203: (
        "CampaignServiceResponsiveSearchAdDuplicateDescriptions",
        "Duplicate descriptions are not allowed.",
    ),
    6204: (
        "CampaignServiceResponsiveSearchAdHeadlinesPinnedFieldMismatch",
        "Incorrect pinned field for headline.",
    ),
    6205: (
        "CampaignServiceResponsiveSearchAdDescriptionsPinnedFieldMismatch",
        "Incorrect pinned field for description.",
    ),
    6206: ("CampaignServiceResponsiveSearchAdInvalidHeadline", "Headline is not valid."),
    6207: ("CampaignServiceResponsiveSearchAdInvalidDescription", "Description is not valid."),
    6208: ("CampaignServiceResponsiveSearchAdHeadlineTooLong", "Headline is too long."),
    6209: ("CampaignServiceResponsiveSearchAdDescriptionTooLong", "Description is too long."),
    6210: (
        "CampaignServiceResponsiveSearchAdHeadlinesMaxCountExceeded",
        "The number of headlines is more than maximum allowed.",
    ),
    6211: (
        "CampaignServiceResponsiveSearchAdDescriptionsMaxCountExceeded",
        "The number of descriptions is more than maximum allowed.",
    ),
    6212: (
        "CampaignServiceResponsiveSearchAdHeadlinesLessThanMinRequired",
        "The number of headlines is less than minimum allowed.",
    ),
    6213: (
        "CampaignServiceResponsiveSearchAdDescriptionsLessThanMinRequired",
        "The number of descriptions is less than minimum allowed.",
    ),
    6214: (
        "CampaignServiceResponsiveSearchAdPinnedFieldInvalid",
        "The pinned field of asset link is invalid.",
    ),
    6215: (
        "CampaignServiceResponsiveSearchAdAssetTypeInvalidForField",
        "The provided asset type is not valid for this field.",
    ),
    6217: ("CampaignServiceResponsiveSearchAdPath1TooLong", "Path 1 is over the character limit."),
    6218: ("CampaignServiceResponsiveSearchAdPath2TooLong", "Path 2 is over the character limit."),
    6219: ("CampaignServiceResponsiveSearchAdPath1Invalid", "Path 1 is not valid."),
    6220: ("CampaignServiceResponsiveSearchAdPath2Invalid", "Path 2 is not valid."),
    6221: ("CampaignServiceResponsiveSearchAdPath2SetWithoutPath1", "Path2 is set without path1."),
    6222: (
        "CampaignServiceResponsiveSearchAdFinalUrlDomainTooLong",
        "Final Url domain is too long to be used as Ad Display URL.",
    ),
    6226: (
        "CampaignServiceMaxActiveResponsiveSearchAdsPerAdGroupLimitReached",
        "The number of active Responsive Search Ads per ad group would be exceeded.",
    ),
}
