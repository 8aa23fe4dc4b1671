"""The reports: which columns each has, which identify a row, which split it, which measure.

Sources: the column value sets of Microsoft's reporting service, with their required columns; msads 13.0.30.1.
"""

from dataclasses import dataclass

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
_OF_PEOPLE = frozenset(
    """Impressions Clicks Spend Conversions ConversionsQualified Revenue AllConversions AllConversionsQualified
    AllRevenue ViewThroughConversions Assists""".split()  # noqa: SIM905
)
_OF_GOALS = frozenset(
    "AllConversions AllConversionsQualified AllRevenue ViewThroughConversions Assists".split()  # noqa: SIM905
)
_OF_PLACES = MEASURES - {name for name in MEASURES if "Video" in name}
_WHO = "TimePeriod AccountName AccountNumber AccountId AccountStatus"
_COMMON = f"{_WHO} CustomerId CustomerName CurrencyCode"
_CAMPAIGN = "CampaignName CampaignId CampaignStatus CampaignType"
_GROUP = f"{_CAMPAIGN} AdGroupName AdGroupId"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report. `level` None follows the columns that are asked for; `splits` cut each row in parts."""

    level: str | None
    attributes: frozenset[str]
    measures: frozenset[str] = MEASURES
    splits: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """All that may be asked for."""
        return self.attributes | self.measures | self.splits

    def level_of(self, asked: list[str]) -> str:
        """What a row of this report is about."""
        if self.level is not None:
            return self.level
        found = [level for level in ("AdGroup", "Campaign") if any(name.startswith(level) for name in asked)]
        return found[0] if found else "Account"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DEVICE = frozenset({"DeviceType"})
KINDS = {
    "AccountPerformanceReport": Kind("Account", _words(_COMMON), splits=_DEVICE),
    "CampaignPerformanceReport": Kind("Campaign", _words(f"{_COMMON} {_CAMPAIGN}"), splits=_DEVICE),
    "AdGroupPerformanceReport": Kind("AdGroup", _words(f"{_COMMON} {_GROUP} Status Language"), splits=_DEVICE),
    "AdPerformanceReport": Kind(
        "Ad",
        _words(f"{_COMMON} {_GROUP} AdGroupStatus AdId AdTitle AdStatus AdType FinalUrl Path1 Path2 Language"),
        splits=_DEVICE,
    ),
    "AgeGenderAudienceReport": Kind(
        None,
        _words(f"{_WHO} {_GROUP} AdGroupStatus Language"),
        _OF_PEOPLE,
        splits=frozenset({"AgeGroup", "Gender"}),
        required=("AgeGroup", "Gender", "TimePeriod"),
    ),
    "GoalsAndFunnelsReport": Kind(
        None,
        _words(f"{_WHO} {_GROUP} AdGroupStatus GoalId GoalType"),
        _OF_GOALS,
        splits=frozenset({"Goal", "DeviceType"}),
        required=("Goal", "TimePeriod"),
    ),
    "UserLocationPerformanceReport": Kind(
        None,
        _words(f"{_WHO} CurrencyCode {_GROUP}"),
        _OF_PLACES,
        splits=frozenset({"Country", "DeviceType"}),
        required=("TimePeriod",),
    ),
    "GeographicPerformanceReport": Kind(
        None,
        _words(f"{_WHO} CurrencyCode {_GROUP} AdGroupStatus LocationType"),
        _OF_PLACES,
        splits=frozenset({"Country", "DeviceType"}),
        required=("TimePeriod",),
    ),
}
#: How many days back each report has hours; the others have as many as these say for months of 31 days.
HOURLY_DAYS = {
    "GoalsAndFunnelsReport": 31,
    "UserLocationPerformanceReport": 14,
    "GeographicPerformanceReport": 14,
}
