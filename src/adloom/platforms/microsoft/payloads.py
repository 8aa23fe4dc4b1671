"""The bodies that Microsoft gets for a search campaign, one write after the other. Pure (`microsoft.md`, 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adloom.platforms import flight, search_ads
from adloom.platforms.microsoft import mapping, zones
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Location, Targeting
from adloom.platforms.types import BidStrategy, LocationType

KEYWORDS_PER_CALL = 1000


def campaign(spec: CampaignSpec) -> Mapping[str, Any]:
    """AddCampaigns: one paused search campaign; whatever would widen it is sent off, not left to a default."""
    targeting = spec.groups[0].targeting
    languages = [mapping.LANGUAGES[each] for each in targeting.languages] or [mapping.ALL_LANGUAGES]
    zone = zones.of_campaign(spec.account.time_zone) or spec.account.attributes.get("time_zone_name")
    suffix = search_ads.url_suffix(spec)
    fields = {
        "Name": spec.name,
        "Status": "Paused",
        "CampaignType": "Search",
        "BudgetType": "DailyBudgetStandard",
        "DailyBudget": spec.budget.money.amount,
        "BiddingScheme": _bidding(spec),
        "Languages": list(dict.fromkeys(languages)),
        "IsPolitical": bool(spec.declarations.eu_political),
        "AudienceAdsBidAdjustment": mapping.EXCLUDED,
        "MultimediaAdsBidAdjustment": mapping.EXCLUDED,
        **({"TimeZone": zone} if zone else {}),
        **({"AdScheduleUseSearcherTimeZone": False} if spec.schedule.dayparting else {}),
        **({"FinalUrlSuffix": suffix} if suffix else {}),
    }
    return {"AccountId": spec.account.external_id, "Campaigns": [fields]}


def criteria(spec: CampaignSpec) -> tuple[Mapping[str, Any], ...]:
    """The campaign's target criteria without their campaign's id, in the order of our keys."""
    targeting = spec.groups[0].targeting
    return (
        *(_place(place) for place in dict.fromkeys(targeting.locations)),
        *_devices(targeting),
        *_hours(spec),
        *_demographics(spec),
    )


def add_criteria(spec: CampaignSpec, *, campaign_id: str) -> Mapping[str, Any]:
    """AddCampaignCriterions for all of them."""
    items = [{**each, "CampaignId": campaign_id} for each in criteria(spec)]
    return {"CriterionType": "Targets", "CampaignCriterions": items}


def location_intent(spec: CampaignSpec, *, campaign_id: str, criterion_id: str | None = None) -> Mapping[str, Any]:
    """AddCampaignCriterions, or with an id UpdateCampaignCriterions, of people who are in the places.

    Microsoft adds a wider intent by itself with a campaign's first criterion (docs "LocationIntentCriterion").
    """
    option = mapping.INTENTS[spec.groups[0].targeting.location_intent]
    item = {
        "Type": "BiddableCampaignCriterion",
        "CampaignId": campaign_id,
        "Criterion": {"Type": "LocationIntentCriterion", "IntentOption": option},
        **({"Id": criterion_id} if criterion_id else {}),
    }
    return {"CriterionType": "Targets", "CampaignCriterions": [item]}


def ad_group(spec: CampaignSpec, group: AdGroupSpec, *, campaign_id: str) -> Mapping[str, Any]:
    """AddAdGroups: one live ad group (its campaign is paused), in whole days of the account's zone."""
    zone = spec.account.time_zone
    partners = bool(spec.overrides.get("search_partners", False))
    dates = {
        "StartDate": flight.first_day(spec.schedule, time_zone=zone),
        "EndDate": flight.last_day(spec.schedule, time_zone=zone),
    }
    fields = {
        "Name": group.name,
        "Status": "Active",
        "Network": "OwnedAndOperatedAndSyndicatedSearch" if partners else "OwnedAndOperatedOnly",
        **{name: day_of(day) for name, day in dates.items() if day is not None},
    }
    return {"CampaignId": campaign_id, "AdGroups": [fields]}


def keyword_chunks(group: AdGroupSpec) -> tuple[tuple[Mapping[str, Any], ...], ...]:
    """An ad group's keywords in portions that one call takes."""
    items = [
        {"Text": each.text, "MatchType": mapping.MATCH_TYPES[each.match], "Status": "Active"}
        for each in search_ads.unique_keywords(group.targeting.keywords)
    ]
    return tuple(tuple(items[start : start + KEYWORDS_PER_CALL]) for start in range(0, len(items), KEYWORDS_PER_CALL))


def negatives(group: AdGroupSpec) -> tuple[Mapping[str, Any], ...]:
    """An ad group's negative keywords; a broad one becomes a phrase, the widest that Microsoft excludes."""
    items = [
        {
            "Type": "NegativeKeyword",
            "Text": each.text,
            "MatchType": mapping.NEGATIVE_MATCH_TYPES[each.match],
        }
        for each in search_ads.unique_keywords(group.targeting.negative_keywords)
    ]
    return tuple({(each["Text"].casefold(), each["MatchType"]): each for each in items}.values())


def add_negatives(group: AdGroupSpec, *, group_id: str) -> Mapping[str, Any]:
    """AddNegativeKeywordsToEntities for one ad group."""
    entity = {"EntityId": group_id, "EntityType": "AdGroup", "NegativeKeywords": list(negatives(group))}
    return {"EntityNegativeKeywords": [entity]}


def ad(spec: AdSpec) -> Mapping[str, Any]:
    """A live responsive search ad, as AddAds takes it."""
    creative = spec.creative
    paths = {f"Path{index}": path for index, path in enumerate(creative.display_paths, start=1)}
    return {
        "Type": "ResponsiveSearch",
        "Status": "Active",
        "FinalUrls": [creative.landing_url],
        "Headlines": [_text(text) for text in creative.headlines],
        "Descriptions": [_text(text) for text in creative.descriptions],
        **paths,
    }


def set_status(spec: CampaignSpec, *, campaign_id: str, status: str) -> Mapping[str, Any]:
    """UpdateCampaigns: one campaign's status."""
    return {"AccountId": spec.account.external_id, "Campaigns": [{"Id": campaign_id, "Status": status}]}


def delete(spec: CampaignSpec, *, campaign_id: str) -> Mapping[str, Any]:
    """DeleteCampaigns, whose DELETE carries a body."""
    return {"AccountId": spec.account.external_id, "CampaignIds": [campaign_id]}


def day_of(day: date) -> Mapping[str, int]:
    """A day as Microsoft's `Date`."""
    return {"Year": day.year, "Month": day.month, "Day": day.day}


def _text(text: str) -> Mapping[str, Any]:
    return {"Asset": {"Type": "TextAsset", "Text": text}}


def _bidding(spec: CampaignSpec) -> Mapping[str, Any]:
    strategy, target = spec.budget.bidding.strategy, spec.budget.bidding.target
    schemes: Mapping[BidStrategy, tuple[str, Mapping[str, Any]]] = {
        BidStrategy.MAX_CLICKS: ("MaxClicks", {}),
        BidStrategy.BID_CAP: ("MaxClicks", {"MaxCpc": {"Amount": target}}),
        BidStrategy.MAX_CONVERSIONS: ("MaxConversions", {}),
        BidStrategy.TARGET_CPA: ("MaxConversions", {"TargetCpa": target}),
        BidStrategy.MAX_VALUE: ("MaxConversionValue", {}),
        BidStrategy.TARGET_ROAS: ("MaxConversionValue", {"TargetRoas": target}),
    }
    name, fields = schemes[strategy]
    return {"Type": f"{name}BiddingScheme", **fields}


def _biddable(criterion: Mapping[str, Any], *, multiplier: int = 0) -> Mapping[str, Any]:
    return {
        "Type": "BiddableCampaignCriterion",
        "Criterion": criterion,
        "CriterionBid": {"Type": "BidMultiplier", "Multiplier": multiplier},
    }


def _place(place: Location) -> Mapping[str, Any]:
    if place.type is LocationType.RADIUS:
        circle = {
            "Type": "RadiusCriterion",
            "LatitudeDegrees": place.lat,
            "LongitudeDegrees": place.lon,
            "Radius": str(int(place.radius_km or Decimal(0))),
            "RadiusUnit": "Kilometers",
        }
        return _biddable(circle)
    country = {"Type": "LocationCriterion", "LocationId": mapping.LOCATION_IDS[place.country or ""]}
    if place.exclude:
        return {"Type": "NegativeCampaignCriterion", "Criterion": country}
    return _biddable(country)


def _devices(targeting: Targeting) -> Iterator[Mapping[str, Any]]:
    """All three or none: Microsoft takes no single one (docs "Show Ads to Your Target Audience")."""
    if not search_ads.excluded_devices(targeting):
        return
    for device, name in mapping.DEVICES.items():
        multiplier = 0 if device in targeting.devices else mapping.EXCLUDED
        yield _biddable({"Type": "DeviceCriterion", "DeviceName": name}, multiplier=multiplier)


def _hours(spec: CampaignSpec) -> Iterator[Mapping[str, Any]]:
    for day, spans in flight.windows(spec.schedule).items():
        for start, end in spans:
            yield _biddable(
                {
                    "Type": "DayTimeCriterion",
                    "Day": mapping.WEEKDAYS[day],
                    "FromHour": start // 60,
                    "FromMinute": mapping.MINUTES[start % 60],
                    "ToHour": end // 60,
                    "ToMinute": mapping.MINUTES[end % 60],
                }
            )


def _demographics(spec: CampaignSpec) -> Iterator[Mapping[str, Any]]:
    """Bids lowered as far as they go for ages and genders that were not asked for; Search excludes none.

    Only where all ad groups agree. What is lost is a loss in the preflight, and needs a person's consent.
    """
    targeting = spec.groups[0].targeting
    if not all(_asks_same(group.targeting, targeting) for group in spec.groups):
        return
    if search_ads.has_age_limit(targeting, brackets=mapping.AGES):
        inner = search_ads.inner_brackets(targeting, brackets=mapping.AGES)
        for bracket in mapping.AGES:
            multiplier = 0 if bracket in inner else mapping.LOWEST_BID
            yield _biddable({"Type": "AgeCriterion", "AgeRange": bracket[0]}, multiplier=multiplier)
    if (only := search_ads.only_gender(targeting)) is not None:
        for gender, name in mapping.GENDERS.items():
            multiplier = 0 if gender is only else mapping.LOWEST_BID
            yield _biddable({"Type": "GenderCriterion", "GenderType": name}, multiplier=multiplier)


def _asks_same(one: Targeting, other: Targeting) -> bool:
    return (one.age_min, one.age_max, one.genders) == (other.age_min, other.age_max, other.genders)
