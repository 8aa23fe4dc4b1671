"""What Meta's and TikTok's feed ads have in common: covers, names, places, interests, links. Pure, and of neither."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from adloom.platforms import geography
from adloom.platforms.findings import Findings, ad_field, group_field
from adloom.platforms.geography import PlaceQuery
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Creative, Location, MediaFile, Targeting
from adloom.platforms.types import LocationType, Platform

MAX_URL = 2048
RATIO_TOLERANCE = 0.02


def cover_of(creative: Creative) -> MediaFile | None:
    """The first video's cover: its own, else an image of the same ratio; None where there is neither."""
    for video in creative.videos:
        if video.file is None:
            continue
        if video.cover is not None:
            return video.cover
        return next((image.file for image in creative.images if has_ratio(image.file, video.file)), None)
    return None


def video_of(creative: Creative) -> MediaFile | None:
    """The first video that is a file."""
    return next((video.file for video in creative.videos if video.file is not None), None)


def has_ratio(one: MediaFile, other: MediaFile) -> bool:
    """Whether two pictures have the same shape, within two parts in a hundred."""
    if not (one.width and one.height and other.width and other.height):
        return False
    return abs((one.width * other.height) / (one.height * other.width) - 1) <= RATIO_TOLERANCE


def own_interests(targeting: Targeting, *, platform: Platform) -> tuple[str, ...]:
    """The interests that are given as this platform's own ids."""
    return tuple(item.key for item in targeting.interests if item.taxonomy == platform)


def place_queries(spec: CampaignSpec, *, kinds: Collection[LocationType]) -> tuple[PlaceQuery, ...]:
    """What to ask of the places of these kinds, each once, in the ad's order."""
    asked = (place for group in spec.groups for place in group.targeting.locations if place.type in kinds)
    found = (geography.query_of(place) for place in asked)
    return tuple(dict.fromkeys(query for query in found if query is not None))


def check_overlaps(targeting: Targeting, found: Findings, *, field: str, rule: str) -> None:
    """Adds an error for every place that is named twice, or lies within another one that is reached as well."""
    for part, whole in _overlaps([place for place in targeting.locations if not place.exclude]):
        found.error(field, f"{rule}: {part} lies within {whole}.", "Drop one of the two.")


def _overlaps(places: list[Location]) -> Iterator[tuple[str, str]]:
    lines = [line for place in places if (line := _line(place))]
    for position, one in enumerate(lines):
        for other in (*lines[:position], *(line for line in lines[position + 1 :] if line != one)):
            if one == other or one.endswith(f", {other}"):
                yield one, other


def _line(place: Location) -> str:
    """A place with all that holds it, as far as it is known; empty where nothing is."""
    if place.places is not None and len(place.places) == 1:
        return place.places[0].name
    if place.type is LocationType.COUNTRY:
        return place.country or ""
    return f"{place.code}, {place.country}" if place.type is LocationType.POSTAL else ""


def age_label(low: int, high: int | None) -> str:
    """'18–44', or '18+' for an open range."""
    return f"{low}+" if high is None else f"{low}–{high}"


def check_names(spec: CampaignSpec, found: Findings, *, longest: int) -> None:
    """Adds an error for every name that the platform would not take for its length."""
    names = [spec.name]
    for group in spec.groups:
        names += [group.name, *(ad.name for ad in group.ads)]
    for name in names:
        if not 1 <= len(name) <= longest:
            found.error("name", f"names have 1 to {longest} characters here, not {len(name)}.", "Shorten the name.")


def check_structure(spec: CampaignSpec, found: Findings, *, platform: Platform) -> None:
    """Adds an error for a campaign without ads, for a wrong currency, and for overrides nobody knows."""
    if not spec.groups or not all(group.ads for group in spec.groups):
        found.error("ad_groups", "every ad group needs an ad.", "Add one, or drop the group.")
    money, account = spec.budget.money, spec.account
    if money.currency != account.currency:
        found.error(
            "budget.amount",
            f"the account bills in {account.currency}, the budget is in {money.currency}.",
            f"Give this platform a budget in {account.currency}.",
        )
    for name in sorted(spec.overrides):
        found.error(f"platforms.{platform}.overrides.{name}", "there is no such override.", "Remove it.")


def check_keywords(spec: CampaignSpec, found: Findings, *, group: AdGroupSpec) -> None:
    """Adds keywords as a loss: feeds have none, and reach nobody whom the rest leaves out."""
    for name, words in (
        ("targeting.keywords", group.targeting.keywords),
        ("targeting.negative_keywords", group.targeting.negative_keywords),
    ):
        if words:
            found.dropped(group_field(spec, group=group, name=name), ", ".join(word.text for word in words))


def check_interests(spec: CampaignSpec, found: Findings, *, group: AdGroupSpec, platform: Platform) -> None:
    """Adds interests that this platform cannot be told.

    Another platform's ids are meant for that platform: a loss only where this one has none of its own.
    """
    asked = group.targeting.interests
    lost = [item.key for item in asked if item.taxonomy not in set(Platform)]
    if not lost and not own_interests(group.targeting, platform=platform):
        lost = [item.key for item in asked]
    if lost:
        field = group_field(spec, group=group, name="targeting.interests")
        found.dropped(field, ", ".join(lost), is_targeting=True)


def check_link(spec: CampaignSpec, found: Findings, *, group: AdGroupSpec, ad: AdSpec) -> None:
    """Adds an error for a landing page that is no https link."""
    url = ad.creative.landing_url
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or any(char.isspace() for char in url) or len(url) > MAX_URL:
        field = ad_field(spec, group=group, ad=ad, name="creative.landing_url")
        found.error(field, f"it must be an https link of at most {MAX_URL} characters.", "Use https://….")
