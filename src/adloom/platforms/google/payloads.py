"""The bodies that Google gets for a search campaign, in the order of its one atomic mutate. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adloom.platforms import flight, search_ads
from adloom.platforms.google import mapping
from adloom.platforms.google.countries import geo_target
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Location, Schedule, Targeting
from adloom.platforms.types import BidStrategy, BudgetType, LocationType, RemoteStatus


@dataclass(frozen=True, slots=True)
class Planned:
    """One object of the tree: our key, its kind and parent, Google's operation name, and what is created."""

    key: str
    kind: str
    parent: str | None
    operation: str
    create: Mapping[str, Any]


def tree(spec: CampaignSpec) -> tuple[Planned, ...]:
    """Budget, campaign, criteria, ad groups with their keywords and ads: parents before children."""
    customer = f"customers/{spec.account.external_id}"
    budget, campaign = f"{customer}/campaignBudgets/-1", f"{customer}/campaigns/-2"
    planned = [
        Planned("budget", "budget", "campaign", "campaignBudgetOperation", _budget(spec, name=budget)),
        Planned("campaign", "campaign", None, "campaignOperation", _campaign(spec, name=campaign, budget=budget)),
    ]
    for index, criterion in enumerate(_campaign_criteria(spec)):
        create = {"campaign": campaign, **criterion}
        planned.append(Planned(f"criterion/{index}", "criterion", "campaign", "campaignCriterionOperation", create))
    for index, group in enumerate(spec.groups):
        name = f"{customer}/adGroups/{-3 - index}"
        planned += _group(spec, group, name=name, campaign=campaign)
    return tuple(planned)


def mutate(planned: tuple[Planned, ...]) -> Mapping[str, Any]:
    """The body of `googleAds:mutate` that creates all of it, or nothing."""
    return {
        "partialFailure": False,
        "mutateOperations": [{each.operation: {"create": dict(each.create)}} for each in planned],
    }


def set_status(spec: CampaignSpec, *, campaign_id: str, status: RemoteStatus) -> Mapping[str, Any]:
    """The body that sets a campaign's status, or removes it."""
    name = f"customers/{spec.account.external_id}/campaigns/{campaign_id}"
    if status is RemoteStatus.DELETED:
        return {"mutateOperations": [{"campaignOperation": {"remove": name}}]}
    word = next(word for word, ours in mapping.STATUSES.items() if ours is status)
    update = {"updateMask": "status", "update": {"resourceName": name, "status": word}}
    return {"mutateOperations": [{"campaignOperation": update}]}


def _budget(spec: CampaignSpec, *, name: str) -> Mapping[str, Any]:
    micros = mapping.to_micros(spec.budget.money.amount)
    if spec.budget.type is BudgetType.LIFETIME:
        money = {"totalAmountMicros": micros, "period": "CUSTOM_PERIOD"}
    else:
        money = {"amountMicros": micros, "period": "DAILY"}
    return {"resourceName": name, "deliveryMethod": "STANDARD", "explicitlyShared": False, **money}


def _campaign(spec: CampaignSpec, *, name: str, budget: str) -> Mapping[str, Any]:
    """Everything that would widen or rewrite is sent off, not left to a default."""
    partners = bool(spec.overrides.get("search_partners", False))
    political = "CONTAINS" if spec.declarations.eu_political else "DOES_NOT_CONTAIN"
    intent = mapping.LOCATION_INTENTS[spec.groups[0].targeting.location_intent]
    suffix = search_ads.url_suffix(spec)
    return {
        "resourceName": name,
        "name": spec.name,
        "status": "PAUSED",
        "advertisingChannelType": "SEARCH",
        "campaignBudget": budget,
        "networkSettings": {
            "targetGoogleSearch": True,
            "targetSearchNetwork": partners,
            "targetContentNetwork": False,
            "targetPartnerSearchNetwork": False,
        },
        "geoTargetTypeSetting": {"positiveGeoTargetType": intent},
        "assetAutomationSettings": [
            {"assetAutomationType": kind, "assetAutomationStatus": "OPTED_OUT"} for kind in _AUTOMATIONS
        ],
        "containsEuPoliticalAdvertising": f"{political}_EU_POLITICAL_ADVERTISING",
        **_dates(spec.schedule, time_zone=spec.account.time_zone),
        **_bidding(spec),
        **({"finalUrlSuffix": suffix} if suffix else {}),
    }


#: What Google may make of a search ad by itself.
_AUTOMATIONS = ("TEXT_ASSET_AUTOMATION", "GENERATE_IMAGE_EXTRACTION")


def _dates(schedule: Schedule, *, time_zone: str) -> Mapping[str, str]:
    dates = {}
    if first := flight.first_day(schedule, time_zone=time_zone):
        dates["startDateTime"] = f"{first} 00:00:00"
    if last := flight.last_day(schedule, time_zone=time_zone):
        dates["endDateTime"] = f"{last} 23:59:59"
    return dates


def _bidding(spec: CampaignSpec) -> Mapping[str, Any]:
    strategy, target = spec.budget.bidding.strategy, spec.budget.bidding.target or Decimal(0)
    schemes: Mapping[BidStrategy, Mapping[str, Any]] = {
        BidStrategy.MAX_CLICKS: {"targetSpend": {}},
        BidStrategy.MAX_CONVERSIONS: {"maximizeConversions": {}},
        BidStrategy.MAX_VALUE: {"maximizeConversionValue": {}},
        BidStrategy.TARGET_ROAS: {"maximizeConversionValue": {"targetRoas": target}},
    }
    if strategy is BidStrategy.BID_CAP:
        return {"targetSpend": {"cpcBidCeilingMicros": mapping.to_micros(target)}}
    if strategy is BidStrategy.TARGET_CPA:
        return {"maximizeConversions": {"targetCpaMicros": mapping.to_micros(target)}}
    return schemes[strategy]


def _campaign_criteria(spec: CampaignSpec) -> Iterator[Mapping[str, Any]]:
    targeting = spec.groups[0].targeting
    for place in dict.fromkeys(targeting.locations):
        yield _place(place)
    for language in dict.fromkeys(targeting.languages):
        for constant in mapping.LANGUAGES[language]:
            yield {"language": {"languageConstant": f"languageConstants/{constant}"}}
    for device in search_ads.excluded_devices(targeting):
        yield {"device": {"type": mapping.DEVICES[device]}, "bidModifier": 0}
    for day, spans in flight.windows(spec.schedule).items():
        for start, end in spans:
            yield {
                "adSchedule": {
                    "dayOfWeek": mapping.WEEKDAYS[day],
                    "startHour": start // 60,
                    "startMinute": mapping.MINUTES[start % 60],
                    "endHour": end // 60,
                    "endMinute": mapping.MINUTES[end % 60],
                }
            }


def _place(place: Location) -> Mapping[str, Any]:
    if place.type is LocationType.RADIUS:
        point = {
            "latitudeInMicroDegrees": int((place.lat or Decimal(0)) * mapping.MICROS),
            "longitudeInMicroDegrees": int((place.lon or Decimal(0)) * mapping.MICROS),
        }
        return {"proximity": {"geoPoint": point, "radius": place.radius_km, "radiusUnits": "KILOMETERS"}}
    location: dict[str, Any] = {"location": {"geoTargetConstant": geo_target(place.country or "")}}
    return location | {"negative": True} if place.exclude else location


def _group(spec: CampaignSpec, group: AdGroupSpec, *, name: str, campaign: str) -> Iterator[Planned]:
    key = f"ad_group/{group.key}"
    create = {
        "resourceName": name,
        "campaign": campaign,
        "name": group.name,
        "status": "ENABLED",
        "type": "SEARCH_STANDARD",
    }
    yield Planned(key, "ad_group", "campaign", "adGroupOperation", create)
    for index, keyword in enumerate(search_ads.unique_keywords(group.targeting.keywords)):
        words = {"text": keyword.text, "matchType": mapping.MATCH_TYPES[keyword.match]}
        body: dict[str, Any] = {"adGroup": name, "status": "ENABLED", "keyword": words}
        yield _criterion(f"keyword/{group.key}/{index}", "keyword", key, body)
    for index, negative in enumerate(_negatives(group.targeting)):
        body = {"adGroup": name, "negative": True, **negative}
        yield _criterion(f"negative/{group.key}/{index}", "negative", key, body)
    for ad in group.ads:
        body = {"adGroup": name, "status": "ENABLED", "ad": _ad(ad)}
        yield Planned(f"ad/{group.key}/{ad.key}", "ad", key, "adGroupAdOperation", body)


def _criterion(key: str, kind: str, parent: str, body: Mapping[str, Any]) -> Planned:
    return Planned(key, kind, parent, "adGroupCriterionOperation", body)


def _negatives(targeting: Targeting) -> Iterator[Mapping[str, Any]]:
    """Who shall not see it: on Search a positive age or gender only bids, so the others are left out.

    People whose age or gender Google does not know are left out as well: they may be outside of it.
    """
    for keyword in search_ads.unique_keywords(targeting.negative_keywords):
        yield {"keyword": {"text": keyword.text, "matchType": mapping.MATCH_TYPES[keyword.match]}}
    if search_ads.has_age_limit(targeting, brackets=mapping.AGES):
        inner = search_ads.inner_brackets(targeting, brackets=mapping.AGES)
        for bracket in mapping.AGES:
            if bracket not in inner:
                yield {"ageRange": {"type": bracket[0]}}
        yield {"ageRange": {"type": mapping.AGE_UNKNOWN}}
    if (only := search_ads.only_gender(targeting)) is not None:
        for gender, word in mapping.GENDERS.items():
            if gender is not only:
                yield {"gender": {"type": word}}
        yield {"gender": {"type": mapping.GENDER_UNKNOWN}}


def _ad(ad: AdSpec) -> Mapping[str, Any]:
    creative = ad.creative
    paths = {f"path{index}": path for index, path in enumerate(creative.display_paths, start=1)}
    return {
        "finalUrls": [creative.landing_url],
        "responsiveSearchAd": {
            "headlines": [{"text": text} for text in creative.headlines],
            "descriptions": [{"text": text} for text in creative.descriptions],
            **paths,
        },
    }
