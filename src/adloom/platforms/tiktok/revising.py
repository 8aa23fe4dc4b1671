"""What an update would change on TikTok, and what TikTok cannot change: for people, before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from adloom.core.errors import FieldError
from adloom.platforms import place_names
from adloom.platforms.changes import Action, Change, Effect, Revision
from adloom.platforms.findings import group_field
from adloom.platforms.spec import AdGroupSpec, CampaignSpec
from adloom.platforms.tiktok import comparing, countries, mapping, paths, switches, updates
from adloom.platforms.tiktok.paths import Path

#: The unified field that a field of TikTok's comes from.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(mapping.NAMES.values(), "name"),
        **dict.fromkeys(
            ("objective_type", "optimization_goal", "billing_event", "promotion_type", "promotion_target_type"),
            "objective",
        ),
        "sales_destination": "objective",
        "special_industries": "declarations.special_categories",
        "budget": "budget.amount",
        "budget_mode": "budget.type",
        **dict.fromkeys(("bid_type", "bid_price", "conversion_bid_price"), "budget.bidding"),
        "pixel_id": "platforms.tiktok_ads.pixel",
        "optimization_event": "conversion.event",
        "schedule_start_time": "schedule.start",
        **dict.fromkeys(("schedule_type", "schedule_end_time"), "schedule.end"),
        "dayparting": "schedule.dayparting",
        **dict.fromkeys(("location_ids", "zipcode_ids"), "targeting.locations"),
        "age_groups": "targeting.age",
        "gender": "targeting.genders",
        "languages": "targeting.languages",
        "interest_category_ids": "targeting.interests",
        "audience_ids": "targeting.audiences.include",
        "excluded_audience_ids": "targeting.audiences.exclude",
        **dict.fromkeys(("video_id", "image_ids"), "creative.videos"),
        "ad_text": "creative.primary_text",
        "call_to_action": "creative.call_to_action",
        "landing_page_url": "creative.landing_url",
        "utm_params": "tracking",
        "aigc_disclosure_type": "declarations.ai_generated",
        **dict.fromkeys(("identity_type", "identity_id", "identity_authorized_bc_id"), "platforms.tiktok_ads.identity"),
    }
)
#: What TikTok's help says of edits: what decides who sees an ad, and for how much, may send it back to learning.
LEARNS_AGAIN = ("budget.", "targeting.", "schedule.dayparting")

_ANEW = "Take it back, or delete the campaign and deploy it anew."


def revise(spec: CampaignSpec) -> Revision:
    """All changes in the order in which they are made, and an error for each that TikTok cannot make."""
    path = paths.of(spec)
    changes = tuple(dict.fromkeys(change for change in _changes(spec, path=path)))
    return Revision(changes, tuple(dict.fromkeys(_errors(spec, path=path))))


def _changes(spec: CampaignSpec, *, path: Path) -> Iterator[Change]:
    new = set()
    for step in updates.plan(spec):
        if step.kind == "asset" or step.key.startswith(switches.ACTIVATE):
            continue
        if step.creates:
            new.add(step.key)
            yield Change(step.key, Action.CREATE)
        elif step.key.startswith(switches.DELETE):
            yield Change(switches.target(step)[0], Action.DELETE, effects=frozenset({Effect.IRREVERSIBLE}))
        elif (key := step.key.removeprefix(updates.PREFIX)) not in new:
            yield from _fields(spec, key, path=path)


def _fields(spec: CampaignSpec, key: str, *, path: Path) -> Iterator[Change]:
    names = updates.fields(spec, key, path=path)
    now = comparing.state(spec, key, path=path) or {}
    is_ad = key.startswith("ad/")
    for field in dict.fromkeys(FIELDS[name] for name in names):
        new = text(now, field, spec=spec)
        olds = [text(each, field, spec=spec) for each in comparing.befores(spec, key, path=path)]
        old = next((each for each in olds if each != new), olds[0])
        yield Change(key, Action.UPDATE, field, old, new, effects=_effects(field, is_ad=is_ad))


def _effects(field: str, *, is_ad: bool) -> frozenset[Effect]:
    if is_ad:
        return frozenset() if field == "name" else frozenset({Effect.RE_REVIEW})
    return frozenset({Effect.MAY_RESET_LEARNING}) if field.startswith(LEARNS_AGAIN) else frozenset()


def text(state: Mapping[str, Any], field: str, *, spec: CampaignSpec) -> str:
    """A unified field's value in an object, as people read it."""
    values = [state[name] for name, unified in FIELDS.items() if unified == field and state.get(name) is not None]
    if field == "budget.amount":
        return f"{mapping.plain(values[0])} {spec.budget.money.currency}"
    if field == "schedule.dayparting":
        return "always" if "0" not in values[0] else f"{values[0].count('1')} half hours a week"
    if field == "targeting.locations":
        names = _place_names(spec)
        return ", ".join(names.get(id_, id_) for ids in values for id_ in ids)
    return ", ".join(_plain(each) for each in values)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "=".join(str(each) for each in value.values())
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(each) for each in value)
    return str(value).removeprefix("asset/")


def _errors(spec: CampaignSpec, *, path: Path) -> Iterator[FieldError]:
    if any(each.account.external_id != spec.account.external_id for each in spec.standing):
        yield FieldError("platforms.tiktok_ads.account", "what stands cannot move to another ad account.", _ANEW)
    for key in ("campaign", *comparing.groups(spec), *comparing.ads(spec)):
        settable = updates.fields(spec, key, path=path)
        fixed = [name for name in comparing.changed(spec, key, path=path) if name not in settable]
        for field in dict.fromkeys(FIELDS.get(name, name) for name in fixed):
            yield FieldError(field, "TikTok does not change this once it stands.", _ANEW)
    yield from _places(spec)


def _place_names(spec: CampaignSpec) -> dict[str, str]:
    """How people name a location id of this ad: a country by its code, anything else as TikTok writes it."""
    groups = [group for each in (spec, *spec.standing) for group in each.groups]
    asked = (place for group in groups for location in group.targeting.locations for place in location.places or ())
    return {id_: code for code, id_ in countries.LOCATION_IDS.items()} | {place.id: place.name for place in asked}


def _places(spec: CampaignSpec) -> Iterator[FieldError]:
    """An ad group that had the USA, or a part of it, keeps some of it (TikTok API for Business, `/adgroup/update/`,
    `location_ids` and `zipcode_ids`)."""
    stood = {key for each in spec.standing for key, group in comparing.groups(each).items() if _has_usa(group)}
    for key, group in comparing.groups(spec).items():
        if key in stood and not _has_usa(group):
            field = group_field(spec, group=group, name="targeting.locations")
            yield FieldError(field, "TikTok does not take the USA out of an ad group that had it.", _ANEW)


def _has_usa(group: AdGroupSpec) -> bool:
    return any(place_names.country_of(place) == "US" for place in group.targeting.locations)
