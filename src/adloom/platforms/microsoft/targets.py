"""Whom and when a Microsoft campaign addresses: its target criteria, each with a key of its own. Pure.

`microsoft.md`, 5. All ad groups of a campaign share them; ages and genders too, where all ad groups ask the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adloom.platforms import flight, search_ads
from adloom.platforms.microsoft import mapping, places
from adloom.platforms.spec import CampaignSpec, Location, Targeting
from adloom.platforms.types import LocationType

Item = Mapping[str, Any]

PER_CALL = 100
#: What tells criteria of a kind apart; its bid, and whether it excludes, may change.
MARKS: Mapping[str, tuple[str, ...]] = {
    "LocationCriterion": ("LocationId",),
    "RadiusCriterion": ("LatitudeDegrees", "LongitudeDegrees", "Radius", "RadiusUnit"),
    "DeviceCriterion": ("DeviceName",),
    "DayTimeCriterion": ("Day", "FromHour", "FromMinute", "ToHour", "ToMinute"),
    "AgeCriterion": ("AgeRange",),
    "GenderCriterion": ("GenderType",),
}


def of(spec: CampaignSpec) -> tuple[Item, ...]:
    """The campaign's target criteria without their campaign's id, each once."""
    targeting = spec.groups[0].targeting
    items = (
        *(_place(place) for place in targeting.locations),
        *_devices(targeting),
        *_hours(spec),
        *_demographics(spec),
    )
    return tuple({mark(item): item for item in items}.values())


def mark(item: Item) -> tuple[str, ...]:
    """What tells a criterion from others of its campaign, as it is sent and as it is read back: kind and place."""
    criterion = item.get("Criterion") or {}
    for kind, names in MARKS.items():
        if criterion.get(names[0]) is not None:
            return (kind, *(_plain(criterion.get(name)) for name in names))
    return (str(criterion.get("Type")),)


def key(item: Item) -> str:
    """Our key of a criterion: the same wherever it stands in an ad."""
    kind, *values = mark(item)
    return "/".join(("criterion", kind.removesuffix("Criterion"), "-".join(values)))


def excludes(item: Item) -> bool:
    """Whether a criterion leaves its place out."""
    return str(item.get("Type", "")).startswith("Negative")


def bid(item: Item) -> Decimal:
    """By how many per cent bids are adjusted; 0 where nothing says so."""
    return Decimal(str((item.get("CriterionBid") or {}).get("Multiplier") or 0))


def looks(item: Item) -> tuple[Any, ...]:
    """What has to be the same for a criterion to stand as it was sent."""
    return (mark(item), excludes(item), bid(item))


def chunks(items: Sequence[Item]) -> tuple[tuple[Item, ...], ...]:
    """Portions that one call takes."""
    return tuple(tuple(items[start : start + PER_CALL]) for start in range(0, len(items), PER_CALL))


def body(items: Sequence[Item], *, campaign_id: str) -> Item:
    """Add- or UpdateCampaignCriterions."""
    return {"CriterionType": "Targets", "CampaignCriterions": [{**item, "CampaignId": campaign_id} for item in items]}


def removal(ids: Sequence[str], *, campaign_id: str) -> Item:
    """DeleteCampaignCriterions."""
    return {"CampaignId": campaign_id, "CriterionType": "Targets", "CampaignCriterionIds": list(ids)}


def intent(spec: CampaignSpec, *, campaign_id: str, criterion_id: str | None = None) -> Item:
    """AddCampaignCriterions, or with an id UpdateCampaignCriterions, of people who are in the places.

    Microsoft adds a wider intent by itself with a campaign's first criterion (docs "LocationIntentCriterion").
    """
    option = mapping.INTENTS[spec.groups[0].targeting.location_intent]
    item = {
        "Type": "BiddableCampaignCriterion",
        "Criterion": {"Type": "LocationIntentCriterion", "IntentOption": option},
        **({"Id": criterion_id} if criterion_id else {}),
    }
    return body([item], campaign_id=campaign_id)


def window(item: Item) -> tuple[str, int, int] | None:
    """The day and the minutes of a window; None for another criterion."""
    criterion = item["Criterion"]
    if "Day" not in criterion:
        return None
    minutes = {name: minute for minute, name in mapping.MINUTES.items()}
    start = criterion["FromHour"] * 60 + minutes[criterion["FromMinute"]]
    return criterion["Day"], start, criterion["ToHour"] * 60 + minutes[criterion["ToMinute"]]


def _plain(value: Any) -> str:
    """A value as text, the same for 52.5 and 52.50."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return format(Decimal(str(value)).normalize(), "f")
    return str(value)


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
    location = {"Type": "LocationCriterion", "LocationId": places.id_of(place)}
    if place.exclude:
        return {"Type": "NegativeCampaignCriterion", "Criterion": location}
    return _biddable(location)


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
    if not asks_alike(spec):
        return
    targeting = spec.groups[0].targeting
    if search_ads.has_age_limit(targeting, brackets=mapping.AGES):
        inner = search_ads.inner_brackets(targeting, brackets=mapping.AGES)
        for bracket in mapping.AGES:
            multiplier = 0 if bracket in inner else mapping.LOWEST_BID
            yield _biddable({"Type": "AgeCriterion", "AgeRange": bracket[0]}, multiplier=multiplier)
    if (only := search_ads.only_gender(targeting)) is not None:
        for gender, name in mapping.GENDERS.items():
            multiplier = 0 if gender is only else mapping.LOWEST_BID
            yield _biddable({"Type": "GenderCriterion", "GenderType": name}, multiplier=multiplier)


def asks_alike(spec: CampaignSpec) -> bool:
    """Whether all ad groups ask for the same ages and genders: only then can the campaign bid on them."""
    return len({(each.targeting.age_min, each.targeting.age_max, each.targeting.genders) for each in spec.groups}) == 1
