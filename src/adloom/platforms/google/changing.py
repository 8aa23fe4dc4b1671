"""What an update sends to Google: the difference between what may stand and the ad, as one atomic mutate. Pure.

Objects are told apart by our keys. What is there in none of the standing ads is created, what the ad has no more is
removed, and of what is there in any of them, fields that differ are set. Google has no edit for criteria: their key
says what they are, so another place is another criterion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from adloom.platforms.changes import Effect
from adloom.platforms.google import creatives, payloads
from adloom.platforms.google.payloads import Planned
from adloom.platforms.spec import CampaignSpec

_REVIEW = frozenset((Effect.RE_REVIEW,))
_LEARNING = frozenset((Effect.MAY_RESET_LEARNING,))


class Setting(NamedTuple):
    """A field of an object that can be set: its path in the body, the unified field, and what setting it brings."""

    path: str
    field: str
    effects: frozenset[Effect] = frozenset()


#: Bidding schemes: setting any part of one takes the place of another.
SCHEMES: Mapping[str, str] = {
    "targetSpend": "TARGET_SPEND",
    "maximizeConversions": "MAXIMIZE_CONVERSIONS",
    "maximizeConversionValue": "MAXIMIZE_CONVERSION_VALUE",
}

#: By operation, all that can be set of its objects. An empty message cannot be named in a mask: its fields are
#: (developers.google.com/google-ads/api/docs/client-libs/python/field-masks).
SETTINGS: Mapping[str, tuple[Setting, ...]] = {
    "campaignBudgetOperation": (
        Setting("amountMicros", "budget.amount"),
        Setting("totalAmountMicros", "budget.amount"),
    ),
    "campaignOperation": (
        Setting("name", "name"),
        Setting("networkSettings.targetSearchNetwork", "overrides.search_partners"),
        Setting("geoTargetTypeSetting.positiveGeoTargetType", "targeting.location_intent"),
        Setting("containsEuPoliticalAdvertising", "declarations.eu_political"),
        Setting("startDateTime", "schedule.start"),
        Setting("endDateTime", "schedule.end"),
        Setting("targetSpend.cpcBidCeilingMicros", "budget.bidding", _LEARNING),
        Setting("maximizeConversions.targetCpaMicros", "budget.bidding", _LEARNING),
        Setting("maximizeConversionValue.targetRoas", "budget.bidding", _LEARNING),
        Setting("finalUrlSuffix", "tracking"),
    ),
    "adGroupOperation": (
        Setting("name", "name"),
        Setting("targetingSetting.targetRestrictions", "targeting.audiences.include"),
    ),
    "adGroupAdOperation": (
        Setting("ad.finalUrls", "creative.landing_url", _REVIEW),
        Setting("ad.responsiveSearchAd.headlines", "creative.headlines", _REVIEW),
        Setting("ad.responsiveSearchAd.descriptions", "creative.descriptions", _REVIEW),
        Setting("ad.responsiveSearchAd.path1", "creative.display_paths", _REVIEW),
        Setting("ad.responsiveSearchAd.path2", "creative.display_paths", _REVIEW),
        Setting("ad.responsiveDisplayAd.headlines", "creative.headlines", _REVIEW),
        Setting("ad.responsiveDisplayAd.longHeadline.text", "creative.long_headline", _REVIEW),
        Setting("ad.responsiveDisplayAd.descriptions", "creative.descriptions", _REVIEW),
        Setting("ad.responsiveDisplayAd.businessName", "creative.brand_name", _REVIEW),
        Setting("ad.responsiveDisplayAd.callToActionText", "creative.call_to_action", _REVIEW),
        Setting("ad.responsiveDisplayAd.marketingImages", "creative.images", _REVIEW),
        Setting("ad.responsiveDisplayAd.squareMarketingImages", "creative.images", _REVIEW),
        Setting("ad.responsiveDisplayAd.logoImages", "creative.images", _REVIEW),
        Setting("ad.responsiveDisplayAd.squareLogoImages", "creative.images", _REVIEW),
    ),
}

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Update:
    """Fields of one standing object that are set."""

    planned: Planned
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What an update does. `wanted` is what has to stand and does not surely stand, parents first: ids tell."""

    wanted: tuple[Planned, ...]
    updates: tuple[Update, ...]
    removes: tuple[Planned, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.wanted or self.updates or self.removes)


def difference(spec: CampaignSpec, *, ids: Mapping[str, str]) -> Difference:
    """Compares the ad with all of what may stand."""
    plain = payloads.tree(spec, ids={})
    wanted = payloads.tree(spec, ids=ids)
    trees = [_by_key(before) for before in spec.standing]
    missing, updates = [], []
    for compared, each in zip(plain, wanted, strict=True):
        known = [tree[each.key] for tree in trees if each.key in tree]
        if len(known) < len(trees):
            missing.append(each)
        if settings := _settings(compared, known):
            updates.append(Update(each, settings))
    return Difference(tuple(missing), tuple(updates), tuple(_gone(spec, plain, ids=ids)))


def new_images(spec: CampaignSpec) -> tuple[str, ...]:
    """The ids of images that some of what may stand does not show: they may have to be uploaded first."""
    shown = [{file.asset_id for file in creatives.images(before)} for before in spec.standing]
    mine = (file.asset_id for file in creatives.images(spec))
    return tuple(each for each in mine if not shown or not all(each in known for known in shown))


def body(spec: CampaignSpec, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """The one `googleAds:mutate` of an update, where `ids` are of what stands."""
    return payloads.atomic(operation for _, operation in operations(spec, ids=ids))


def operations(spec: CampaignSpec, *, ids: Mapping[str, str]) -> tuple[tuple[Planned, Mapping[str, Any]], ...]:
    """The operations of an update in their order, each with the object that it is about."""
    found = difference(spec, ids=ids)
    return (
        *((each, remove(spec, each, ids=ids)) for each in found.removes if each.key in ids),
        *((each.planned, update(spec, each, ids=ids)) for each in found.updates if each.planned.key in ids),
        *((each, create(each)) for each in created(found, ids=ids)),
    )


def create(each: Planned) -> Mapping[str, Any]:
    """The operation that brings an object about."""
    return {each.operation: {"create": dict(each.create)}}


def created(found: Difference, *, ids: Mapping[str, str]) -> tuple[Planned, ...]:
    """What of the wanted does not stand yet, parents first."""
    return tuple(each for each in found.wanted if each.key not in ids)


def remove(spec: CampaignSpec, each: Planned, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """The operation that takes a standing object away."""
    name = f"customers/{spec.account.external_id}/{payloads.COLLECTIONS[each.operation]}/{ids[each.key]}"
    return {each.operation: {"remove": name}}


def update(spec: CampaignSpec, change: Update, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """The operation that sets fields of a standing object. An ad's content is an object of its own (`ads:mutate`)."""
    each, identity = change.planned, ids[change.planned.key]
    customer = f"customers/{spec.account.external_id}"
    paths = [setting.path for setting in change.settings]
    if each.operation == "adGroupAdOperation":
        name = f"{customer}/ads/{identity.rpartition('~')[2]}"
        own = [path.removeprefix("ad.") for path in paths]
        return _operation("adOperation", name, own, each.create["ad"])
    name = f"{customer}/{payloads.COLLECTIONS[each.operation]}/{identity}"
    return _operation(each.operation, name, paths, _started(spec, each.create))


def _operation(operation: str, name: str, paths: list[str], create: Mapping[str, Any]) -> Mapping[str, Any]:
    fields: dict[str, Any] = {"resourceName": name}
    for path in paths:
        _put(fields, create, path.split("."))
    return {operation: {"updateMask": ",".join(paths), "update": fields}}


def _put(fields: dict[str, Any], create: Mapping[str, Any], path: list[str]) -> None:
    """Takes one path over; what is masked and not there is cleared, and a message is there even when it is empty."""
    head, *rest = path
    if head not in create:
        return
    if not rest:
        fields[head] = create[head]
        return
    _put(fields.setdefault(head, {}), create[head], rest)


def _started(spec: CampaignSpec, create: Mapping[str, Any]) -> Mapping[str, Any]:
    """A campaign that shall start at once instead of later needs a day: the day on which that was asked for."""
    if "advertisingChannelType" not in create or "startDateTime" in create:
        return create
    return {**create, "startDateTime": payloads.first_moment(spec)}


def _by_key(spec: CampaignSpec) -> Mapping[str, Planned]:
    return {each.key: each for each in payloads.tree(spec, ids={})}


def _settings(wanted: Planned, known: list[Planned]) -> tuple[Setting, ...]:
    return tuple(
        setting
        for setting in SETTINGS.get(wanted.operation, ())
        if is_sent(wanted.create, setting.path)
        and any(_at(each.create, setting.path) != _at(wanted.create, setting.path) for each in known)
    )


def is_sent(create: Mapping[str, Any], path: str) -> bool:
    """Of the alternatives in a oneof, only the one that is there is sent."""
    head = path.split(".")[0]
    if head in SCHEMES or head in ("amountMicros", "totalAmountMicros"):
        return head in create
    if head == "ad" and "." in path.removeprefix("ad."):
        return path.split(".")[1] in create["ad"]
    return True


def _at(create: Mapping[str, Any], path: str) -> Any:
    """The value at a path: None where its message is there without it, `_ABSENT` where the message is not."""
    at: Any = create
    *above, last = path.split(".")
    for part in above:
        if part not in at:
            return _ABSENT
        at = at[part]
    return at.get(last)


def _gone(spec: CampaignSpec, plain: tuple[Planned, ...], *, ids: Mapping[str, str]) -> Iterator[Planned]:
    """What may stand and is wanted no more, the newest ad's first; what is below a removed ad group goes with it."""
    kept = {each.key for each in plain}
    seen: set[str] = set()
    for before in reversed(spec.standing):
        for each in payloads.tree(before, ids=ids):
            is_below_removed = each.parent is not None and each.parent not in kept
            if each.key not in kept and each.key not in seen and not is_below_removed:
                seen.add(each.key)
                yield each
