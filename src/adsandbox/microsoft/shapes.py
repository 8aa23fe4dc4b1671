"""Objects as Microsoft gives them back: every element, null where there is no value."""

from typing import Any

from adsandbox.microsoft import ad_groups, ads, money
from adsandbox.microsoft.desk import Desk
from adsandbox.store import Entity

_TRACKING = ("TrackingUrlTemplate", "FinalUrlSuffix", "UrlCustomParameters", "ForwardCompatibilityMap")
_CAMPAIGN = (
    "AudienceAdsBidAdjustment", "BiddingScheme", "BudgetId", "BudgetType", "CampaignType", "ExperimentId",
    "Languages", "Settings", "SubType", "TimeZone", *_TRACKING,
)  # fmt: skip
#: Elements that come only when ReturnAdditionalFields names them.
_CAMPAIGN_MORE = (
    "AdScheduleUseSearcherTimeZone", "MultimediaAdsBidAdjustment", "BidStrategyId", "DealIds",
    "IsDealCampaign",
)  # fmt: skip
#: Bidding schemes, and elements of one, that come only when ReturnAdditionalFields names them.
_SCHEMES_MORE = ("MaxConversionValueBiddingScheme", "TargetImpressionShareBiddingScheme")
_ELEMENTS_MORE = {
    ("MaxConversionValueBiddingScheme", "MaxCpc"): "MaxConversionValueWithMaxCpc",
}
_AD_GROUP = (
    "AdRotation", "AudienceAdsBidAdjustment", "EndDate", "Language", "Network", "Settings", "StartDate",
    *_TRACKING,
)  # fmt: skip
_AD_GROUP_MORE = (
    "AdGroupType", "AdScheduleUseSearcherTimeZone", "CpvBid", "CpmBid", "MultimediaAdsBidAdjustment",
    "UseOptimizedTargeting", "UsePredictiveTargeting", "FrequencyCapSettings",
)  # fmt: skip
_AD = (
    "AdFormatPreference", "DevicePreference", "FinalAppUrls", "FinalMobileUrls", "FinalUrls", "Path1", "Path2",
    *_TRACKING,
)  # fmt: skip
_KEYWORD = (
    "DestinationUrl", "FinalAppUrls", "FinalMobileUrls", "FinalUrls", "MatchType", "Param1", "Param2",
    "Param3", *_TRACKING,
)  # fmt: skip


def campaign(desk: Desk, entity: Entity, more: set[str]) -> dict[str, Any]:
    """A Campaign; `more` are the additional fields that were asked for."""
    found = _pick(entity, (*_CAMPAIGN, *(name for name in _CAMPAIGN_MORE if name in more)))
    if "CampaignConversionGoal" in more:
        found |= _pick(entity, ("GoalIds",))
    if "UnifiedCampaignFields" in more:
        found |= _pick(entity, ("BusinessName",))
    status = "Suspended" if desk.account.suspended else entity.status
    return found | {
        "Id": entity.id,
        "Name": entity.name,
        "Status": status,
        "DailyBudget": money.shown(entity.fields.get("DailyBudget")),
        "BiddingScheme": _asked(_scheme(entity.fields["BiddingScheme"]), more),
        "PrivacyStatus": None,
    }


def _asked(scheme: dict[str, Any], more: set[str]) -> dict[str, Any] | None:
    """A scheme as far as it was asked for: newer kinds and elements come on request only."""
    if scheme["Type"] in _SCHEMES_MORE and scheme["Type"] not in more:
        return None
    hidden = {name for (kind, name), field in _ELEMENTS_MORE.items() if scheme["Type"] == kind and field not in more}
    return {name: value for name, value in scheme.items() if name not in hidden}


def ad_group(desk: Desk, entity: Entity, more: set[str]) -> dict[str, Any]:
    """An AdGroup, Expired after its end date."""
    found = _pick(entity, (*_AD_GROUP, *(name for name in _AD_GROUP_MORE if name in more)))
    last = ad_groups.ends(entity)
    expired = last is not None and last < desk.today()
    return found | {
        "Id": entity.id,
        "Name": entity.name,
        "Status": "Expired" if expired else entity.status,
        "EndDate": entity.fields.get("EndDate") if last is not None else None,
        "CpcBid": _bid(entity.fields.get("CpcBid")),
        "BiddingScheme": {"Type": "InheritFromParentBiddingScheme", "InheritedBidStrategyType": None},
        "PrivacyStatus": None,
    }


def ad(desk: Desk, entity: Entity, more: set[str]) -> dict[str, Any]:
    """A ResponsiveSearchAd with the editorial status of ad and assets."""
    standing = ads.editorial(desk, entity)
    links = {
        name: [link | {"AssetPerformanceLabel": None, "EditorialStatus": standing} for link in entity.fields[name]]
        for name in ("Headlines", "Descriptions")
    }
    domain = entity.fields["FinalUrls"][0].split("/")[2]
    return _pick(entity, _AD) | {
        "Id": entity.id,
        "Type": "ResponsiveSearch",
        "Status": entity.status,
        "EditorialStatus": standing,
        "Domain": domain,
        **links,
    }


def keyword(desk: Desk, entity: Entity, more: set[str]) -> dict[str, Any]:
    """A Keyword."""
    return _pick(entity, _KEYWORD) | {
        "Id": entity.id,
        "Text": entity.name,
        "Status": entity.status,
        "EditorialStatus": ads.editorial(desk, entity),
        "Bid": _bid(entity.fields.get("Bid")),
        "BiddingScheme": {"Type": "InheritFromParentBiddingScheme", "InheritedBidStrategyType": None},
    }


def _pick(entity: Entity, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: entity.fields.get(name) for name in names}


def _bid(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if kept is None else {"Amount": money.shown(kept["Amount"])}


def _scheme(kept: dict[str, Any]) -> dict[str, Any]:
    found = dict(kept)
    for name, value in kept.items():
        if name == "MaxCpc":
            found[name] = _bid(value)
        elif name not in ("Type", "TargetAdPosition"):
            found[name] = money.shown(value)
    return found
