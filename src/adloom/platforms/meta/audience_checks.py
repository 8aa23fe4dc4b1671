"""Preflight of one ad group's audience on Meta: what is refused, and what is narrowed or dropped. Pure."""

from __future__ import annotations

from adloom.platforms import feed_ads
from adloom.platforms.findings import Findings, group_field
from adloom.platforms.geography import place_error
from adloom.platforms.meta import languages, mapping, targeting
from adloom.platforms.spec import AdGroupSpec, CampaignSpec, Location
from adloom.platforms.types import Device, Gender, LocationIntent, LocationType, Platform

#: Places that Meta takes by codes that everybody knows.
_OWN_KEYS = (LocationType.COUNTRY, LocationType.POSTAL)


def check(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    """Adds every error and loss of a group's targeting."""
    _places(spec, group=group, found=found)
    _ages(spec, group=group, found=found)
    _languages(spec, group=group, found=found)
    _devices(spec, group=group, found=found)
    feed_ads.check_interests(spec, found, group=group, platform=Platform.FACEBOOK_ADS)
    feed_ads.check_keywords(spec, found, group=group)
    if mapping.PROTECTED_CATEGORIES & set(spec.declarations.special_categories or ()):
        _protected(spec, group=group, found=found)


def _places(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    field = group_field(spec, group=group, name="targeting.locations")
    asked = group.targeting.locations
    if not any(not place.exclude for place in asked):
        found.error(field, "Meta needs at least one place to reach.", "Name a country.")
    for place in asked:
        _place(place, field=field, found=found)
    _regulated(spec, group=group, field=field, found=found)
    feed_ads.check_overlaps(group.targeting, found, field=field, rule="Meta takes no places that overlap")
    _both_ways(asked, field=field, found=found)
    if group.targeting.location_intent is LocationIntent.PRESENCE_OR_INTEREST:
        found.narrowed(
            group_field(spec, group=group, name="targeting.location_intent"),
            LocationIntent.PRESENCE_OR_INTEREST.value,
            after=LocationIntent.PRESENCE.value,
        )


def _regulated(spec: CampaignSpec, *, group: AdGroupSpec, field: str, found: Findings) -> None:
    known = spec.account.attributes
    if known.get("verified_beneficiary_id") and known.get("verified_payer_id"):
        return
    for rule in targeting.regulations(group.targeting):
        found.error(
            field,
            f"Meta wants a verified beneficiary and payer for {rule.name}, by ids that only Ads Manager shows.",
            "Give them as `verified` of facebook_ads, or leave the place out here.",
        )


def _both_ways(places: tuple[Location, ...], *, field: str, found: Findings) -> None:
    """What is left out and reached at once would reach nobody there."""
    forms = [{_form(place) for place in places if place.exclude is exclude} for exclude in (False, True)]
    for name in sorted(name for name in forms[0] & forms[1] if name):
        found.error(field, f"{name} is both targeted and excluded.", "Drop one of the two.")


def _form(place: Location) -> str:
    if place.places is not None and len(place.places) == 1:
        return place.places[0].name
    return " ".join(filter(None, (place.code, place.country))) if place.type in _OWN_KEYS else ""


def _place(place: Location, *, field: str, found: Findings) -> None:
    if place.type in (LocationType.REGION, LocationType.CITY):
        if error := place_error(field, place):
            found.error(error.field, error.rule, error.fix)
    elif place.type is LocationType.RADIUS:
        if place.lat is None or place.lon is None or not place.radius_km or not 1 <= place.radius_km <= 80:
            found.error(field, "a radius needs lat, lon and 1 to 80 km.", "Give them.")
    elif not place.country or len(place.country) != 2:
        found.error(field, f"a {place.type} needs its country.", "Give the ISO code of two letters.")
    elif place.type is LocationType.POSTAL and not place.code:
        found.error(field, "a postal place needs its code.", "Give the code.")


def _ages(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    field = group_field(spec, group=group, name="targeting.age")
    target = group.targeting
    asked, got = feed_ads.age_label(target.age_min, target.age_max), targeting.ages(target)
    if got is None:
        found.error(field, f"Meta has no ages within {asked} (13 to 64, or 65 and older).", "Widen the range.")
    elif got.text() != asked:
        found.narrowed(field, asked, after=got.text())


def _languages(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    asked = group.targeting.languages
    known = [code for code in asked if code in languages.LOCALES]
    if len(known) == len(asked):
        return
    field = group_field(spec, group=group, name="targeting.languages")
    if known:
        found.narrowed(field, ", ".join(asked), after=", ".join(known))
    else:
        found.dropped(field, ", ".join(asked), after="every language", is_targeting=True)


def _devices(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    asked = set(group.targeting.devices)
    field = group_field(spec, group=group, name="targeting.devices")
    if not targeting.device_platforms(group.targeting):
        found.error(field, "Meta cannot reach tablets alone.", "Add MOBILE or DESKTOP.")
    elif Device.TABLET in asked and Device.MOBILE not in asked:
        found.narrowed(field, "DESKTOP, TABLET", after="DESKTOP")


def _protected(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    rule = "Meta forbids it in this special ad category"
    target = group.targeting
    if target.age_min != 18 or target.age_max is not None:
        found.error(group_field(spec, group=group, name="targeting.age"), f"{rule}.", "Ask for 18 and older.")
    if set(target.genders) not in ({Gender.ANY}, {Gender.MALE, Gender.FEMALE}):
        found.error(group_field(spec, group=group, name="targeting.genders"), f"{rule}.", "Ask for ANY.")
    if any(place.type is LocationType.POSTAL for place in target.locations):
        found.error(group_field(spec, group=group, name="targeting.locations"), f"{rule}.", "Use no postal codes.")
