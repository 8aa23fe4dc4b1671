"""Cuts what was shown into parts of its audience: age, gender, device, country. The parts add up again.

A part that a campaign leaves out gets nothing. The shares are the same every day; they follow what is targeted now.
"""

from collections.abc import Mapping
from decimal import Decimal

from adsandbox import shares
from adsandbox.accounts import Account
from adsandbox.delivery import Totals
from adsandbox.google import geography, tables
from adsandbox.google.resources.base import PLATFORM
from adsandbox.store import Entity
from adsandbox.world import World

_AGES = dict(zip(tables.AGES, (12, 23, 21, 16, 11, 8, 9), strict=True))
_GENDERS = {"MALE": 44, "FEMALE": 47, "UNDETERMINED": 9}
_DEVICES = {"MOBILE": 62, "DESKTOP": 31, "TABLET": 6, "CONNECTED_TV": 1}
#: Who sees a campaign without a country of its own, by geo target constant.
_ELSEWHERE = {"2840": 70, "2826": 18, "2124": 12}
#: Of a hundred, people elsewhere who are only interested in the place.
_INTERESTED = 4
_MICRO, _CENT = Decimal("0.000001"), Decimal("0.01")


def ages(world: World, group_id: str) -> dict[str, int]:
    """The ages that an ad group may be shown to, with their weights."""
    return _without(_AGES, _negatives(world, group_id, "ageRange"))


def genders(world: World, group_id: str) -> dict[str, int]:
    """The genders that an ad group may be shown to, with their weights."""
    return _without(_GENDERS, _negatives(world, group_id, "gender"))


def devices(world: World, campaign_id: str) -> dict[str, int]:
    """The devices that a campaign has not opted out of, with their weights."""
    criteria = world.store.children(PLATFORM, campaign_id, type_="campaign_criterion")
    out = {c.fields["device"]["type"] for c in criteria if "device" in c.fields and c.fields.get("bidModifier") == 0}
    return _without(_DEVICES, out)


def countries(world: World, campaign_id: str) -> dict[str, int]:
    """The countries that people are in who see a campaign, with their weights."""
    criteria = world.store.children(PLATFORM, campaign_id, type_="campaign_criterion")
    targeted, excluded = _places(criteria, negative=False), _places(criteria, negative=True)
    campaign = world.store.get(PLATFORM, "campaign", campaign_id)
    setting = campaign.fields.get("geoTargetTypeSetting", {}) if campaign else {}
    weights = {place: 100 - _INTERESTED for place in targeted}
    if not weights or setting.get("positiveGeoTargetType") != "PRESENCE":
        more = {place: weight if not weights else _INTERESTED for place, weight in _ELSEWHERE.items()}
        weights = more | weights
    return _without(weights, set(excluded))


def is_targeted(world: World, campaign_id: str, country: str) -> bool:
    """Whether a country is one of a campaign's places."""
    criteria = world.store.children(PLATFORM, campaign_id, type_="campaign_criterion")
    return country in _places(criteria, negative=False)


def all_countries(world: World, account: Account) -> list[str]:
    """The countries of all campaigns of a customer, each once."""
    campaigns = world.store.all(PLATFORM, type_="campaign", deleted=True)
    found = (place for c in campaigns if c.account_id == account.id for place in countries(world, c.id))
    return list(dict.fromkeys(found))


def cut(totals: Totals, weights: Mapping[str, int]) -> dict[str, Totals]:
    """Sums in proportion to the weights; the parts sum to them exactly."""
    counts = {
        name: shares.split(getattr(totals, name), weights)
        for name in ("impressions", "clicks", "video_views", "conversions")
    }
    spend = shares.split_money(totals.spend, weights, unit=_MICRO)
    value = shares.split_money(totals.conversion_value, weights, unit=_CENT)
    return {
        part: Totals(
            impressions=counts["impressions"][part],
            clicks=counts["clicks"][part],
            spend=spend[part],
            video_views=counts["video_views"][part],
            conversions=counts["conversions"][part],
            conversion_value=value[part],
            counted=totals.counted,
            currency=totals.currency,
        )
        for part in weights
    }


def add(into: Totals, more: Totals) -> None:
    """Adds sums to sums."""
    into.impressions += more.impressions
    into.clicks += more.clicks
    into.spend += more.spend
    into.video_views += more.video_views
    into.conversions += more.conversions
    into.conversion_value += more.conversion_value
    into.counted = into.counted or more.counted
    into.currency = into.currency or more.currency


def _without(weights: Mapping[str, int], out: set[str]) -> dict[str, int]:
    """The weights of what is left; all of them where nothing would be, as nothing would then be shown."""
    left = {name: weight for name, weight in weights.items() if name not in out}
    return left or dict(weights)


def _negatives(world: World, group_id: str, kind: str) -> set[str]:
    criteria = world.store.children(PLATFORM, group_id, type_="ad_group_criterion")
    return {c.fields[kind]["type"] for c in criteria if kind in c.fields and c.fields["negative"]}


def _places(criteria: list[Entity], *, negative: bool) -> list[str]:
    named = (c.fields["location"]["geoTargetConstant"] for c in criteria if _is_place(c, negative=negative))
    found = [name.rpartition("/")[2] for name in named]
    if negative:  # a part of a country that is left out leaves the rest of it
        return [place for place in found if geography.country_of(place) == place]
    return list(dict.fromkeys(geography.country_of(place) for place in found))


def _is_place(criterion: Entity, *, negative: bool) -> bool:
    return "location" in criterion.fields and criterion.fields["negative"] is negative
