"""Preflight of one ad group's audience on TikTok: what is refused, and what is narrowed or dropped. Pure."""

from __future__ import annotations

from adloom.platforms import feed_ads
from adloom.platforms.findings import Findings, group_field
from adloom.platforms.spec import AdGroupSpec, CampaignSpec
from adloom.platforms.tiktok import audience, countries, mapping
from adloom.platforms.types import Device, LocationIntent, LocationType, Platform


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
        if place.exclude:
            found.error(field, "TikTok cannot leave a place out.", "Name the places to reach instead.")
        elif place.type is not LocationType.COUNTRY:
            found.error(field, f"TikTok has no {place.type} by its own name.", "Use whole countries for TikTok.")
        elif place.country not in countries.LOCATION_IDS:
            found.error(field, f"{place.country!r} is no country's ISO code.", "Use two capital letters, such as US.")
    if not audience.location_ids(target):
        found.error(field, "TikTok needs at least one country.", "Name one.")
    if target.location_intent is LocationIntent.PRESENCE_OR_INTEREST:
        found.narrowed(
            group_field(spec, group=group, name="targeting.location_intent"),
            LocationIntent.PRESENCE_OR_INTEREST.value,
            after=LocationIntent.PRESENCE.value,
        )


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
