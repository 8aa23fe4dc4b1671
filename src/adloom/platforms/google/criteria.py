"""Whom and where: Google's criteria of a campaign and of an ad group, each with a key that says what it is. Pure.

A criterion cannot be edited on Google, so what it is makes its key: another place is another criterion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adloom.platforms import flight, search_ads
from adloom.platforms.google import mapping
from adloom.platforms.google.countries import geo_target
from adloom.platforms.spec import AdGroupSpec, CampaignSpec, Keyword, Location
from adloom.platforms.types import Channel, LocationType

#: The taxonomy of interests whose keys are Google's own ids (user interests: affinity and in-market).
TAXONOMY = "google_ads"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: the last part of its key, its kind, the unified field it comes from, and what is created."""

    key: str
    kind: str
    field: str
    body: Mapping[str, Any]


def of_campaign(spec: CampaignSpec) -> Iterator[Criterion]:
    """Places, languages, devices that are left out, hours."""
    targeting = spec.groups[0].targeting
    yield from {each.key: each for each in map(_place, targeting.locations)}.values()
    for language in dict.fromkeys(targeting.languages):
        for constant in mapping.LANGUAGES[language]:
            body: dict[str, Any] = {"language": {"languageConstant": f"languageConstants/{constant}"}}
            yield Criterion(f"language/{constant}", "criterion", "targeting.languages", body)
    for device in search_ads.excluded_devices(targeting):
        word = mapping.DEVICES[device]
        body = {"device": {"type": word}, "bidModifier": 0}
        yield Criterion(f"device/{word}", "criterion", "targeting.devices", body)
    for day, spans in flight.windows(spec.schedule).items():
        for start, end in spans:
            yield _window(mapping.WEEKDAYS[day], start, end)


def of_group(spec: CampaignSpec, group: AdGroupSpec) -> Iterator[Criterion]:
    """Keywords where they are searched for, audiences, and who shall not see it."""
    if spec.channel is Channel.SEARCH:
        for keyword in search_ads.unique_keywords(group.targeting.keywords):
            body = {"status": "ENABLED", "keyword": _words(keyword)}
            yield Criterion(_keyword_key(keyword), "keyword", "targeting.keywords", body)
    yield from _audiences(spec, group)
    yield from _negatives(spec, group)


def audiences(spec: CampaignSpec, group: AdGroupSpec) -> tuple[str, ...]:
    """The interests and lists that an ad group is limited to, by Google's ids; none is everybody."""
    interests = [each.key for each in group.targeting.interests if each.taxonomy == TAXONOMY]
    return (*(interests if spec.channel is Channel.DISPLAY else ()), *group.targeting.audiences_include)


def _place(place: Location) -> Criterion:
    field = "targeting.locations"
    if place.type is LocationType.RADIUS:
        lat, lon, radius = (value or Decimal(0) for value in (place.lat, place.lon, place.radius_km))
        point = {
            "latitudeInMicroDegrees": int(lat * mapping.MICROS),
            "longitudeInMicroDegrees": int(lon * mapping.MICROS),
        }
        body: dict[str, Any] = {"proximity": {"geoPoint": point, "radius": radius, "radiusUnits": "KILOMETERS"}}
        return Criterion(f"radius/{lat:f},{lon:f},{radius:f}", "criterion", field, body)
    is_country = place.type is LocationType.COUNTRY
    constant = geo_target(place.country or "") if is_country else f"geoTargetConstants/{place.place_id}"
    key = place.country if is_country else place.place_id
    body = {"location": {"geoTargetConstant": constant}}
    if place.exclude:
        return Criterion(f"not_location/{key}", "criterion", field, body | {"negative": True})
    return Criterion(f"location/{key}", "criterion", field, body)


def _window(day: str, start: int, end: int) -> Criterion:
    body = {
        "adSchedule": {
            "dayOfWeek": day,
            "startHour": start // 60,
            "startMinute": mapping.MINUTES[start % 60],
            "endHour": end // 60,
            "endMinute": mapping.MINUTES[end % 60],
        }
    }
    return Criterion(f"hours/{day}/{start}-{end}", "criterion", "schedule.dayparting", body)


def _audiences(spec: CampaignSpec, group: AdGroupSpec) -> Iterator[Criterion]:
    customer = f"customers/{spec.account.external_id}"
    lists = group.targeting.audiences_include
    for each in dict.fromkeys(audiences(spec, group)):
        if each in lists:
            body: dict[str, Any] = {"status": "ENABLED", "userList": {"userList": f"{customer}/userLists/{each}"}}
            yield Criterion(f"list/{each}", "audience", "targeting.audiences.include", body)
        else:
            name = f"{customer}/userInterests/{each}"
            body = {"status": "ENABLED", "userInterest": {"userInterestCategory": name}}
            yield Criterion(f"interest/{each}", "audience", "targeting.interests", body)


def _negatives(spec: CampaignSpec, group: AdGroupSpec) -> Iterator[Criterion]:
    """Who shall not see it: on Search a positive age or gender only bids, so the others are left out.

    People whose age or gender Google does not know are left out as well: they may be outside of it.
    """
    targeting = group.targeting
    if spec.channel is Channel.SEARCH:
        for keyword in search_ads.unique_keywords(targeting.negative_keywords):
            body: dict[str, Any] = {"negative": True, "keyword": _words(keyword)}
            yield Criterion(_keyword_key(keyword), "negative", "targeting.negative_keywords", body)
    for each in dict.fromkeys(targeting.audiences_exclude):
        name = f"customers/{spec.account.external_id}/userLists/{each}"
        body = {"negative": True, "userList": {"userList": name}}
        yield Criterion(f"list/{each}", "negative", "targeting.audiences.exclude", body)
    for word in _other_ages(group):
        yield Criterion(f"age/{word}", "negative", "targeting.age", {"negative": True, "ageRange": {"type": word}})
    for word in _other_genders(group):
        body = {"negative": True, "gender": {"type": word}}
        yield Criterion(f"gender/{word}", "negative", "targeting.genders", body)


def _other_ages(group: AdGroupSpec) -> Iterator[str]:
    if not search_ads.has_age_limit(group.targeting, brackets=mapping.AGES):
        return
    inner = search_ads.inner_brackets(group.targeting, brackets=mapping.AGES)
    yield from (bracket[0] for bracket in mapping.AGES if bracket not in inner)
    yield mapping.AGE_UNKNOWN


def _other_genders(group: AdGroupSpec) -> Iterator[str]:
    only = search_ads.only_gender(group.targeting)
    if only is None:
        return
    yield from (word for gender, word in mapping.GENDERS.items() if gender is not only)
    yield mapping.GENDER_UNKNOWN


def _words(keyword: Keyword) -> Mapping[str, str]:
    return {"text": keyword.text, "matchType": mapping.MATCH_TYPES[keyword.match]}


def _keyword_key(keyword: Keyword) -> str:
    """Google takes keywords that differ in case for one."""
    return f"{keyword.match.value}/{keyword.text.casefold()}"
