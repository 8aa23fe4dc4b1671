"""What stands in a unified field of an object, as a text for people: before and after an update. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from adloom.core.money import Money, plain
from adloom.platforms import feed_ads
from adloom.platforms.meta import mapping
from adloom.platforms.meta.diffs import Part
from adloom.platforms.spec import Creative, Daypart, Location, Targeting
from adloom.platforms.types import LocationType, Platform

#: Meta's fields of `targeting`, by the unified field that decides them.
AUDIENCE: Mapping[str, str] = {
    "geo_locations": "targeting.locations",
    "excluded_geo_locations": "targeting.locations",
    "age_min": "targeting.age",
    "age_max": "targeting.age",
    "genders": "targeting.genders",
    "locales": "targeting.languages",
    "device_platforms": "targeting.devices",
    "flexible_spec": "targeting.interests",
    "custom_audiences": "targeting.audiences",
    "excluded_custom_audiences": "targeting.audiences",
    "publisher_platforms": "platforms.facebook_ads.instagram_user",
    "instagram_positions": "platforms.facebook_ads.instagram_user",
}

#: Fields that a creative shows.
CREATIVE = (
    "creative.headlines",
    "creative.descriptions",
    "creative.primary_text",
    "creative.call_to_action",
    "creative.landing_url",
    "creative.display_paths",
    "creative.images",
    "creative.videos",
    "tracking.params",
    "platforms.facebook_ads.page",
    "platforms.facebook_ads.instagram_user",
)


def text(field: str, part: Part) -> str | None:
    """A unified field of an object; None where it is empty."""
    if field.startswith("targeting.") and part.group:
        return _AUDIENCE[field](part.group.targeting) or None
    if field.startswith("creative.") and part.ad:
        return _CREATIVE[field](part.ad.creative) or None
    found = _CAMPAIGN.get(field)
    return (found(part) or None) if found else None


def _budget(part: Part) -> str:
    amount = part.value("daily_budget") or part.value("lifetime_budget") or 0
    currency = part.spec.budget.money.currency
    return str(Money(mapping.major_units(amount, currency), currency))


def _target(part: Part) -> str:
    target = part.spec.budget.bidding.target
    return "" if target is None else plain(target)


def _page(name: str) -> Callable[[Part], str]:
    return lambda part: part.spec.account.attributes.get(name, "")


def _joined(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)


def _instant(name: str) -> Callable[[Part], str]:
    return lambda part: str(part.value(name) or "")


def _daypart(part: Daypart) -> str:
    begin, end = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in (part.start_minute, part.end_minute))
    return f"{_joined(part.days)} {begin}–{end}"


def _place(place: Location) -> str:
    if place.type is LocationType.RADIUS:
        name = f"{place.radius_km} km around {place.lat}, {place.lon}"
    elif place.places is not None and len(place.places) == 1:
        name = place.places[0].name
    else:
        name = place.name or " ".join(filter(None, (place.country, place.code)))
    return f"not {name}" if place.exclude else name


def _audiences(targeting: Targeting) -> str:
    return _joined([*targeting.audiences_include, *(f"not {each}" for each in targeting.audiences_exclude)])


_CAMPAIGN: Mapping[str, Callable[[Part], str]] = {
    "name": lambda part: str(part.body["name"]),
    "budget.amount": _budget,
    "budget.bidding.strategy": lambda part: part.spec.budget.bidding.strategy.value,
    "budget.bidding.target": _target,
    "schedule.start": _instant("start_time"),
    "schedule.end": _instant("end_time"),
    "schedule.dayparting": lambda part: "; ".join(map(_daypart, part.spec.schedule.dayparting)),
    "declarations.special_categories": lambda part: _joined(part.spec.declarations.special_categories or ()),
    "declarations.special_category_countries": lambda p: _joined(p.spec.declarations.special_category_countries),
    "declarations.dsa.beneficiary": lambda part: part.spec.declarations.dsa_beneficiary or "",
    "declarations.dsa.payor": lambda part: part.spec.declarations.dsa_payor or "",
    "tracking.params": lambda part: _joined(f"{name}={value}" for name, value in part.spec.tracking.items()),
    "platforms.facebook_ads.page": _page("page_id"),
    "platforms.facebook_ads.verified": lambda part: _joined(
        part.spec.account.attributes.get(f"verified_{role}_id", "") for role in ("beneficiary", "payer")
    ),
    "platforms.facebook_ads.instagram_user": _page("instagram_user_id"),
}

_AUDIENCE: Mapping[str, Callable[[Targeting], str]] = {
    "targeting.locations": lambda each: _joined(map(_place, each.locations)),
    "targeting.age": lambda each: feed_ads.age_label(each.age_min, each.age_max),
    "targeting.genders": lambda each: _joined(each.genders),
    "targeting.languages": lambda each: _joined(each.languages),
    "targeting.devices": lambda each: _joined(each.devices),
    "targeting.interests": lambda each: _joined(feed_ads.own_interests(each, platform=Platform.FACEBOOK_ADS)),
    "targeting.audiences": _audiences,
}

_CREATIVE: Mapping[str, Callable[[Creative], str]] = {
    "creative.headlines": lambda each: each.headlines[0] if each.headlines else "",
    "creative.descriptions": lambda each: each.descriptions[0] if each.descriptions else "",
    "creative.primary_text": lambda each: each.primary_text or "",
    "creative.call_to_action": lambda each: each.call_to_action.value if each.call_to_action else "",
    "creative.landing_url": lambda each: each.landing_url,
    "creative.display_paths": lambda each: "/".join(each.display_paths),
    "creative.images": lambda each: _joined(image.file.filename for image in each.images),
    "creative.videos": lambda each: _joined(each_.file.filename if each_.file else "" for each_ in each.videos),
}
