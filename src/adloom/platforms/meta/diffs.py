"""What differs between what may stand on Meta and what shall stand, object by object, in Meta's own fields. Pure.

Bodies are compared with our keys in the place of platform ids, so that the same ad has the same body everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adloom.platforms.changes import Action
from adloom.platforms.meta import payloads
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec

#: What an object is found or made by, and what is set by steps of its own.
_FIXED = ("status", "campaign_id", "adset_id", "buying_type", "is_adset_budget_sharing_enabled")

#: What a field is where a body leaves it out, so that it can be taken back (Ad Set reference: 0 is no end).
CLEARED: Mapping[str, Any] = {
    "end_time": 0,
    "adset_schedule": [],
    "pacing_type": ["standard"],
    "special_ad_category_country": [],
}

#: Fields that Meta judges together: one of them changed, all of them are sent.
TOGETHER = (
    ("bid_strategy", "bid_amount", "bid_constraints"),
    ("adset_schedule", "pacing_type"),
    ("dsa_beneficiary", "dsa_payor"),
    ("regional_regulated_categories", "regional_regulation_identities"),
    ("special_ad_categories", "special_ad_category_country"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a spec: what it is made of, and the body that Meta would get, with our keys as ids."""

    key: str
    spec: CampaignSpec
    group: AdGroupSpec | None
    ad: AdSpec | None
    body: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """campaign, ad_group or ad."""
        return self.key.split("/")[0]

    def value(self, field: str) -> Any:
        """A field's value; what Meta takes for none where the body has none."""
        return self.body.get(field, CLEARED.get(field))


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that has to come, change or go. `before` are its states that may stand, the likeliest first."""

    action: Action
    after: Part | None
    before: tuple[Part, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def part(self) -> Part:
        """The object, as it shall be or as it was."""
        return self.after or self.before[0]

    @property
    def key(self) -> str:
        """Our key of the object."""
        return self.part.key


def parts(spec: CampaignSpec) -> dict[str, Part]:
    """Every object of a spec by our key, parents first."""
    return {key: _part(key, spec, group, ad) for key, group, ad in _keyed(spec)}


def change(spec: CampaignSpec, *, key: str) -> Difference | None:
    """How one object that shall stand differs from what may stand; None where it does not."""
    after, *before = (_only(each, key) for each in (spec, *spec.standing))
    stood = tuple(part for part in before if part is not None)
    fields = _changed(after, stood) if after is not None else ()
    return Difference(Action.UPDATE, after, stood, fields) if fields else None


def _only(spec: CampaignSpec, key: str) -> Part | None:
    return next((_part(key, spec, group, ad) for each, group, ad in _keyed(spec) if each == key), None)


def _keyed(spec: CampaignSpec) -> Iterator[tuple[str, AdGroupSpec | None, AdSpec | None]]:
    yield "campaign", None, None
    for group in spec.groups:
        yield f"ad_group/{group.key}", group, None
        for ad in group.ads:
            yield f"ad/{group.key}/{ad.key}", group, ad


def _part(key: str, spec: CampaignSpec, group: AdGroupSpec | None, ad: AdSpec | None) -> Part:
    if group is None:
        body = payloads.campaign(spec)
    elif ad is None:
        body = payloads.ad_set(spec, group=group, ids=payloads.SYMBOLS)
    else:
        body = payloads.ad_body(spec, group=group, ad=ad, ids=payloads.SYMBOLS)
    return Part(key, spec, group, ad, _settable(body))


def differences(spec: CampaignSpec) -> tuple[Difference, ...]:
    """All that an update has to do; what comes or changes in the spec's order, then what goes.

    An ad that goes with its ad set is not named. What an update that ended half-way may have made, or taken away, is
    both made, for where it does not stand, and changed, for where it stands as it was then.
    """
    now, stood = parts(spec), [parts(each) for each in spec.standing]
    return (*_wanted(now, stood), *_gone(now, stood))


def sent(part: Part, fields: tuple[str, ...]) -> dict[str, Any]:
    """What sets some fields of an object to what they shall be."""
    return {field: part.value(field) for field in fields if part.value(field) is not None}


def _wanted(now: Mapping[str, Part], stood: list[dict[str, Part]]) -> Iterator[Difference]:
    for key, part in now.items():
        if not stood or any(key not in each for each in stood):
            yield Difference(Action.CREATE, part)
        before = tuple(each[key] for each in stood if key in each)
        if fields := _changed(part, before):
            yield Difference(Action.UPDATE, part, before, fields)


def _gone(now: Mapping[str, Part], stood: list[dict[str, Part]]) -> Iterator[Difference]:
    seen: set[str] = set(now)
    for each in stood:
        for key, part in each.items():
            parent = f"ad_group/{part.group.key}" if part.group else ""
            if key not in seen and (part.ad is None or parent in now):
                yield Difference(Action.DELETE, None, (part,))
            seen.add(key)


def _changed(part: Part, before: tuple[Part, ...]) -> tuple[str, ...]:
    """The fields that differ from any state, and those that go with them; what cannot be taken back is none."""
    names = dict.fromkeys([*part.body, *CLEARED])
    found = {name for name in names if any(part.value(name) != each.value(name) for each in before)}
    for group in TOGETHER:
        if found & set(group):
            found |= {name for name in group if part.value(name) is not None}
    return tuple(name for name in names if name in found)


def _settable(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in _FIXED}
