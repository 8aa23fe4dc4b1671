"""The columns of the performance reports: which a report has, which identify a row, which measure."""

LEVELS = {
    "AccountPerformanceReport": "Account",
    "CampaignPerformanceReport": "Campaign",
    "AdGroupPerformanceReport": "AdGroup",
    "AdPerformanceReport": "Ad",
}
IDENTITY = {"Account": "AccountId", "Campaign": "CampaignId", "AdGroup": "AdGroupId", "Ad": "AdId"}
NAMES = {"Account": "AccountName", "Campaign": "CampaignName", "AdGroup": "AdGroupName", "Ad": "AdTitle"}

#: Columns with a number, in the order in which their formulas need no other.
MEASURES = frozenset(
    """Impressions Clicks Ctr AverageCpc AverageCpm Spend Conversions ConversionsQualified ConversionRate
    CostPerConversion Revenue ReturnOnAdSpend RevenuePerConversion AllConversions AllConversionsQualified
    AllRevenue AllConversionRate AllCostPerConversion AllReturnOnAdSpend ViewThroughConversions VideoViews
    VideoViewsAt25Percent VideoViewsAt50Percent VideoViewsAt75Percent CompletedVideoViews AveragePosition
    Assists""".split()  # noqa: SIM905 - a list of words reads better
)
_COMMON = "TimePeriod AccountName AccountNumber AccountId AccountStatus CustomerId CustomerName CurrencyCode"
_ATTRIBUTES = {
    "Account": "",
    "Campaign": "CampaignName CampaignId CampaignStatus CampaignType",
    "AdGroup": "CampaignName CampaignId CampaignStatus CampaignType AdGroupName AdGroupId Status Language",
    "Ad": "CampaignName CampaignId CampaignStatus CampaignType AdGroupName AdGroupId AdGroupStatus AdId AdTitle"
    " AdStatus AdType FinalUrl Path1 Path2 Language",
}


def of(level: str) -> frozenset[str]:
    """The columns of the report of a level."""
    return MEASURES | frozenset(_COMMON.split()) | frozenset(_ATTRIBUTES[level].split())
