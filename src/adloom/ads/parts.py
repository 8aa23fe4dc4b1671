"""The parts of a unified ad in the words of `platforms.spec`, with defaults filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adloom.ads import creative as own
from adloom.ads import flight, regions
from adloom.ads import targeting as whom
from adloom.core.money import Money
from adloom.platforms import geography, spec
from adloom.platforms.geography import Answers
from adloom.platforms.types import BidStrategy, Device, Gender, LocationIntent, LocationType, Objective, Platform

_BIDDING = {
    Objective.TRAFFIC: BidStrategy.MAX_CLICKS,
    Objective.AWARENESS: BidStrategy.MAX_CLICKS,
    Objective.VIDEO_VIEWS: BidStrategy.MAX_CLICKS,
    Objective.CONVERSIONS: BidStrategy.MAX_CONVERSIONS,
    Objective.LEADS: BidStrategy.MAX_CONVERSIONS,
}


def creative(fields: own.CreativeFields, *, media: Mapping[str, spec.MediaFile]) -> spec.Creative:
    """A creative with its files; what is not in `media` is left out."""
    return spec.Creative(
        headlines=fields.headlines or (),
        descriptions=fields.descriptions or (),
        landing_url=fields.landing_url or "",
        primary_text=fields.primary_text,
        long_headline=fields.long_headline,
        call_to_action=fields.call_to_action,
        display_paths=fields.display_paths or (),
        brand_name=fields.brand_name,
        images=tuple(
            spec.Image(media[image.asset], image.role) for image in fields.images or () if image.asset in media
        ),
        videos=tuple(_video(video, media=media) for video in fields.videos or () if _is_there(video, media=media)),
    )


def targeting(fields: whom.Targeting, *, platform: Platform, places: Answers) -> spec.Targeting:
    """Whom to reach on a platform; by default people of 18 and over who are there, on every device.

    `places` is what this platform answered about places; what it was not asked for stays without an answer.
    """
    age = fields.age or whom.Age()
    audiences = fields.audiences or whom.Audiences()
    return spec.Targeting(
        locations=tuple(location(place, places=places) for place in fields.locations or ()),
        location_intent=fields.location_intent or LocationIntent.PRESENCE,
        languages=fields.languages or (),
        age_min=age.min,
        age_max=age.max,
        genders=fields.genders or (Gender.ANY,),
        devices=fields.devices or tuple(Device),
        interests=tuple(spec.Interest(interest.taxonomy, interest.key) for interest in fields.interests or ()),
        keywords=_keywords(fields.keywords),
        negative_keywords=_keywords(fields.negative_keywords),
        audiences_include=getattr(audiences.include, platform.value),
        audiences_exclude=getattr(audiences.exclude, platform.value),
    )


def location(place: whom.Location, *, places: Answers) -> spec.Location:
    """A place with what its platform answered, where it was asked; a region without a name has the standard's."""
    found = spec.Location(
        type=place.type,
        country=place.country,
        code=place.code,
        name=place.name or _name_of_region(place),
        lat=place.lat,
        lon=place.lon,
        radius_km=place.radius_km,
        exclude=place.exclude,
    )
    query = geography.query_of(found)
    return found if query is None else replace(found, places=places.get(query))


def budget(fields: flight.Budget, *, objective: Objective) -> spec.Budget:
    """What a platform may spend; bidding that is not said follows the objective."""
    bidding = fields.bidding or flight.Bidding(strategy=_BIDDING[objective])
    return spec.Budget(
        type=fields.type,
        money=Money(fields.amount.value, fields.amount.currency),
        bidding=spec.Bidding(bidding.strategy, bidding.target),
    )


def conversion(fields: flight.Conversion | None) -> spec.Conversion | None:
    """What counts as a conversion."""
    return None if fields is None else spec.Conversion(fields.event, fields.value)


def declarations(fields: flight.Declarations) -> spec.Declarations:
    """A person's legal statements, unanswered ones included."""
    return spec.Declarations(
        eu_political=fields.eu_political,
        special_categories=fields.special_categories,
        special_category_countries=fields.special_category_countries,
        dsa_beneficiary=fields.dsa.beneficiary,
        dsa_payor=fields.dsa.payor,
        ai_generated=fields.ai_generated,
    )


def _is_there(video: own.VideoRef, *, media: Mapping[str, spec.MediaFile]) -> bool:
    return video.asset in media or video.youtube_id is not None


def _video(video: own.VideoRef, *, media: Mapping[str, spec.MediaFile]) -> spec.Video:
    return spec.Video(media.get(video.asset or ""), media.get(video.cover or ""), video.youtube_id)


def _name_of_region(place: whom.Location) -> str | None:
    is_region = place.type is LocationType.REGION and place.code is not None
    return regions.name_of(place.code or "") if is_region else None


def _keywords(keywords: tuple[whom.Keyword, ...] | None) -> tuple[spec.Keyword, ...]:
    return tuple(spec.Keyword(keyword.text, keyword.match) for keyword in keywords or ())
