"""Preflight of one ad group's audience on TikTok: what is refused, and what is narrowed or dropped. Pure."""

from __future__ import annotations

from adloom.platforms import feed_ads
from adloom.platforms.findings import Findings, group_field
from adloom.platforms.geography import place_error
from adloom.platforms.spec import AdGroupSpec, CampaignSpec, Location
from adloom.platforms.tiktok import audience, countries, mapping, payloads, places
from adloom.platforms.types import Device, LocationIntent, LocationType, Platform

#: `location_ids` and `zipcode_ids` of an ad group together (TikTok API for Business, `/adgroup/create/`).
MAX_PLACES = 3000


def check(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    """Adds every error and loss of a group's targeting."""
    _places(spec, group=group, found=found)
    _ages(spec, group=group, found=found)
    _languages(spec, group=group, found=found)
    _devices(spec, group=group, found=found)
    feed_ads.check_interests(spec, found, group=group, platform=Platform.TIKTOK_ADS)
    feed_ads.check_keywords(spec, found, group=group)


def _places(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    field = group_field(spec, group=group, name="targeting.locations")
    target = group.targeting
    for place in target.locations:
        _place(place, field=field, found=found)
    if not any(not place.exclude for place in target.locations):
        found.error(field, "TikTok needs at least one place.", "Name a country.")
    if len(target.locations) > MAX_PLACES:
        found.error(field, f"TikTok takes at most {MAX_PLACES} places.", "Name larger ones.")
    if payloads.special_industries(spec) and any(place.type is LocationType.POSTAL for place in target.locations):
        found.error(field, "TikTok takes no postal codes in a special category.", "Use a city or a region.")
    feed_ads.check_overlaps(target, found, field=field, rule="TikTok takes no places that overlap")
    if target.location_intent is LocationIntent.PRESENCE_OR_INTEREST:
        found.narrowed(
            group_field(spec, group=group, name="targeting.location_intent"),
            LocationIntent.PRESENCE_OR_INTEREST.value,
            after=LocationIntent.PRESENCE.value,
        )


def _place(place: Location, *, field: str, found: Findings) -> None:
    if place.exclude:
        found.error(field, "TikTok cannot leave a place out.", "Name the places to reach instead.")
    elif place.type is LocationType.RADIUS:
        found.error(field, "TikTok has no circles.", "Name a country, regions or cities for TikTok.")
    elif place.type is LocationType.COUNTRY:
        if place.country not in countries.LOCATION_IDS:
            found.error(field, f"{place.country!r} is no country's ISO code.", "Use two capital letters, such as US.")
    elif place.type is LocationType.POSTAL and not places.has_code(place):
        found.error(
            field,
            f"TikTok does not take {place.code!r}: it has postal codes of the USA (five digits) and of Canada (the "
            "first three characters).",
            "Write it so, or name a city or a region for TikTok.",
        )
    elif error := place_error(field, place):
        found.error(error.field, error.rule, error.fix)


def _ages(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    field = group_field(spec, group=group, name="targeting.age")
    asked = feed_ads.age_label(group.targeting.age_min, group.targeting.age_max)
    got = audience.age_text(group.targeting)
    if not got:
        found.error(
            field,
            f"no age group that TikTok has there lies within {asked} (18–24, 25–34, 35–44, 45–54, 55+, and 13–17 where "
            "minors may be reached).",
            "Widen the range.",
        )
    elif got != asked:
        found.narrowed(field, asked, after=got)


def _languages(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    """To drop the only language would reach everybody."""
    asked, got = group.targeting.languages, audience.languages(group.targeting)
    lost = [code for code in asked if mapping.LANGUAGE_WORDS.get(code, code) not in mapping.LANGUAGES]
    field = group_field(spec, group=group, name="targeting.languages")
    if lost and not got:
        found.error(field, f"TikTok has no {', '.join(lost)}.", "Name a language that TikTok has, or none.")
    elif lost:
        found.narrowed(field, ", ".join(asked), after=", ".join(got))


def _devices(spec: CampaignSpec, *, group: AdGroupSpec, found: Findings) -> None:
    """TikTok is an app. Who asked for every device loses nothing that could be had; who chose some, does."""
    asked = group.targeting.devices
    field = group_field(spec, group=group, name="targeting.devices")
    if Device.MOBILE not in asked:
        found.error(field, "TikTok runs on mobile devices only.", "Add MOBILE, or leave TikTok out.")
    elif Device.DESKTOP in asked:
        is_chosen = set(asked) != set(Device)
        found.narrowed(field, ", ".join(asked), after=Device.MOBILE.value, is_targeting=is_chosen)
