"""A spec as it stands on a platform, once what was changed there by hand is laid over what was applied. Pure.

What has no form in Adloom's words is made different from ours all the same: an update that is compared with it then
sends ours again, and that is all that it is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from adloom.core.money import Money
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.spec import (
    AdGroupSpec,
    AdSpec,
    Bidding,
    CampaignSpec,
    Creative,
    Keyword,
    Location,
    MediaFile,
    Targeting,
)
from adloom.platforms.types import (
    BidStrategy,
    CallToAction,
    Device,
    Gender,
    LocationIntent,
    LocationType,
    MatchType,
)

_WORDS = {"keyword": "keywords", "negative": "negative_keywords"}
#: What an audience is made where nobody knows how it stands: anything but what was applied.
_OTHERWISE: Mapping[str, tuple[Any, Any]] = {
    "locations": ((), (Location(LocationType.COUNTRY, country="US"),)),
    "languages": ((), ("en",)),
    "genders": ((Gender.ANY,), (Gender.MALE,)),
    "devices": ((Device.MOBILE, Device.DESKTOP, Device.TABLET), (Device.MOBILE,)),
    "interests": ((), ()),
    "audiences_include": ((), ()),
    "audiences_exclude": ((), ()),
    "location_intent": (LocationIntent.PRESENCE, LocationIntent.PRESENCE_OR_INTEREST),
}


def overlaid(spec: CampaignSpec, drifts: Iterable[Drift]) -> CampaignSpec:
    """What was applied, with what stands otherwise in its place; what cannot be said of a spec is left out."""
    for drift in drifts:
        spec = _overlaid(spec, drift)
    return spec


def can_put_back(spec: CampaignSpec, drift: Drift) -> bool:
    """Whether an update can send ours again: whether what stands can be told apart from it."""
    return overlaid(spec, [drift]) != spec


def _overlaid(spec: CampaignSpec, drift: Drift) -> CampaignSpec:
    kind = drift.object.partition("/")[0]
    if drift.kind is not DriftKind.CHANGED and kind in _WORDS:
        return _with_word(spec, drift, _WORDS[kind])
    if drift.kind is DriftKind.GONE and drift.field is None:
        return _without(spec, drift.object)
    if drift.field is None or drift.kind is DriftKind.ADDED:
        return spec
    change = _CAMPAIGN.get(drift.field)
    if drift.field == "name":
        return _named(spec, drift)
    if change is not None:
        return change(spec, drift.value)
    if drift.field.startswith("targeting."):
        field = drift.field.removeprefix("targeting.")
        return _each_group(spec, drift.object, lambda group: replace(group, targeting=_aimed(group, field, drift)))
    if drift.field.startswith("creative."):
        field = drift.field.removeprefix("creative.")
        return _each_ad(spec, drift.object, lambda ad: replace(ad, creative=_said(ad.creative, field, drift.value)))
    return spec


# whole objects


def _without(spec: CampaignSpec, key: str) -> CampaignSpec:
    """The spec without one of its ad groups or ads; the campaign itself cannot be left out."""
    groups = (group for group in spec.groups if key != f"ad_group/{group.key}")
    return replace(
        spec,
        groups=tuple(
            replace(group, ads=tuple(ad for ad in group.ads if key != f"ad/{group.key}/{ad.key}")) for group in groups
        ),
    )


def _with_word(spec: CampaignSpec, drift: Drift, name: str) -> CampaignSpec:
    """A keyword is gone, or another stands: `value` says its group, text and match."""
    value = drift.value
    if not isinstance(value, Mapping):
        return spec
    word = Keyword(str(value["text"]), MatchType(value["match"]))

    def aimed(group: AdGroupSpec) -> AdGroupSpec:
        words = tuple(each for each in getattr(group.targeting, name) if _folded(each) != _folded(word))
        if drift.kind is DriftKind.ADDED:
            words = (*words, word)
        changes: dict[str, Any] = {name: words}
        return replace(group, targeting=replace(group.targeting, **changes))

    return _each_group(spec, f"ad_group/{value['group']}", aimed)


def _folded(word: Keyword) -> tuple[str, MatchType]:
    return " ".join(word.text.casefold().split()), word.match


# fields


def _named(spec: CampaignSpec, drift: Drift) -> CampaignSpec:
    name = str(drift.value)
    if drift.object == "campaign":
        return replace(spec, name=name)
    if drift.object.startswith("ad_group/"):
        return _each_group(spec, drift.object, lambda group: replace(group, name=name))
    return _each_ad(spec, drift.object, lambda ad: replace(ad, name=name))


def _amount(spec: CampaignSpec, value: Any) -> CampaignSpec:
    ours = spec.budget.money
    money = Money(ours.amount + 1 if value is None else Decimal(str(value)), ours.currency)
    return replace(spec, budget=replace(spec.budget, money=money))


def _bidding(spec: CampaignSpec, value: Any) -> CampaignSpec:
    ours = spec.budget.bidding
    if isinstance(value, Mapping):
        target = value.get("target")
        theirs = Bidding(BidStrategy(value["strategy"]), None if target is None else Decimal(str(target)))
    elif ours.target is not None:
        theirs = replace(ours, target=ours.target + 1)
    else:
        theirs = Bidding(BidStrategy.BID_CAP, Decimal(1))
    return replace(spec, budget=replace(spec.budget, bidding=theirs))


def _start(spec: CampaignSpec, value: Any) -> CampaignSpec:
    start = spec.schedule.start - timedelta(days=1) if value is None else datetime.fromisoformat(str(value))
    return replace(spec, schedule=replace(spec.schedule, start=start))


def _end(spec: CampaignSpec, value: Any) -> CampaignSpec:
    return replace(
        spec, schedule=replace(spec.schedule, end=None if value is None else datetime.fromisoformat(str(value)))
    )


def _hours(spec: CampaignSpec, value: Any) -> CampaignSpec:
    return replace(spec, schedule=replace(spec.schedule, dayparting=()))


def _tracking(spec: CampaignSpec, value: Any) -> CampaignSpec:
    return replace(spec, tracking={} if spec.tracking else {"there": "1"})


def _partners(spec: CampaignSpec, value: Any) -> CampaignSpec:
    return replace(spec, overrides={**spec.overrides, "search_partners": bool(value)})


def _political(spec: CampaignSpec, value: Any) -> CampaignSpec:
    said = spec.declarations
    return replace(spec, declarations=replace(said, eu_political=not said.eu_political))


def _uncounted(spec: CampaignSpec, value: Any) -> CampaignSpec:
    """The spec as if no goal had been chosen for its conversion event."""
    attributes = {name: each for name, each in spec.account.attributes.items() if name != "conversion_actions"}
    return replace(spec, account=replace(spec.account, attributes=attributes))


_CAMPAIGN: Mapping[str, Callable[[CampaignSpec, Any], CampaignSpec]] = {
    "budget.amount": _amount,
    "budget.bidding": _bidding,
    "schedule.start": _start,
    "schedule.end": _end,
    "schedule.dayparting": _hours,
    "tracking": _tracking,
    "overrides.search_partners": _partners,
    "declarations.eu_political": _political,
    "conversion.event": _uncounted,
}


def _aimed(group: AdGroupSpec, field: str, drift: Drift) -> Targeting:
    targeting, value = group.targeting, drift.value
    if field == "age" and isinstance(value, Mapping):
        return replace(targeting, age_min=value["min"], age_max=value["max"])
    name = field.replace(".", "_")
    if name not in _OTHERWISE:  # a part of an audience that is only set as a whole
        return replace(targeting, age_min=targeting.age_min + 1)
    theirs = _typed(name, value)
    if theirs is None:
        wide, narrow = _OTHERWISE[name]
        theirs = narrow if getattr(targeting, name) == wide else wide
    return replace(targeting, **{name: theirs})


def _typed(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return LocationIntent(value) if name == "location_intent" and value is not None else None
    if name == "locations":
        return tuple(Location(LocationType.COUNTRY, country=str(each)) for each in value)
    kinds: Mapping[str, Callable[[Any], Any]] = {"genders": Gender, "devices": Device}
    return tuple(kinds.get(name, str)(each) for each in value) if name != "interests" else None


def _said(creative: Creative, field: str, value: Any) -> Creative:
    if field == "images":
        return replace(creative, images=tuple(replace(each, file=_other(each.file)) for each in creative.images))
    if field == "videos":
        films = (replace(each, file=each.file and _other(each.file)) for each in creative.videos)
        return replace(creative, videos=tuple(films))
    if field not in Creative.__dataclass_fields__:
        return creative
    if field == "call_to_action":
        return replace(creative, call_to_action=CallToAction(value) if value is not None else None)
    said: dict[str, Any] = {field: "" if value is None and field == "landing_url" else value}
    if field in ("headlines", "descriptions", "display_paths"):
        said = {field: tuple(map(str, value or ()))}
    return replace(creative, **said)


def _other(file: MediaFile) -> MediaFile:
    """A file that is not this one, of the same form."""
    return replace(file, asset_id=f"not {file.asset_id}")


def _each_group(spec: CampaignSpec, key: str, change: Callable[[AdGroupSpec], AdGroupSpec]) -> CampaignSpec:
    """One ad group changed; all of them where the campaign's own audience is meant."""
    return replace(
        spec,
        groups=tuple(change(group) if key in ("campaign", f"ad_group/{group.key}") else group for group in spec.groups),
    )


def _each_ad(spec: CampaignSpec, key: str, change: Callable[[AdSpec], AdSpec]) -> CampaignSpec:
    return replace(
        spec,
        groups=tuple(
            replace(
                group,
                ads=tuple(change(ad) if key in ("campaign", f"ad/{group.key}/{ad.key}") else ad for ad in group.ads),
            )
            for group in spec.groups
        ),
    )
