"""What can be set for an ad account: the page, pixel or identity its ads use, and which pixel, goal or action each
unified conversion event is. Chosen among what was found there, kept in the account's attributes. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from adloom.core.errors import FieldError, Invalid
from adloom.platforms.access import ResourceKind
from adloom.platforms.types import ConversionEvent, Platform


class Found(Protocol):
    """A resource, as an adapter or a row has it."""

    @property
    def kind(self) -> ResourceKind: ...
    @property
    def external_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting: its key for people, what it is chosen among, and the attribute that holds the chosen id.

    `beside` are the resource's own attributes that are kept with it. `event` is the conversion event that it defines.
    """

    key: str
    kind: ResourceKind
    attribute: str
    beside: tuple[str, ...] = ()
    event: ConversionEvent | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        """Every attribute that it sets."""
        return (self.attribute, *self.beside)

    def of(self, resource: Found) -> dict[str, str]:
        """The attributes that say that this resource is chosen."""
        named = {name: resource.attributes[name] for name in self.beside if resource.attributes.get(name)}
        return {self.attribute: resource.external_id, **named}


_PIXEL = Choice("pixel", ResourceKind.PIXEL, "pixel_id")
_BESIDE = {
    Platform.FACEBOOK_ADS: (
        Choice("page", ResourceKind.PAGE, "page_id"),
        Choice("instagram", ResourceKind.INSTAGRAM, "instagram_user_id"),
        _PIXEL,
    ),
    Platform.TIKTOK_ADS: (
        Choice("identity", ResourceKind.IDENTITY, "identity_id", ("identity_type", "identity_bc_id")),
        _PIXEL,
    ),
}
#: What a conversion event is on each platform.
_EVENTS = {
    Platform.GOOGLE_ADS: ResourceKind.CONVERSION_ACTION,
    Platform.FACEBOOK_ADS: ResourceKind.PIXEL,
    Platform.MICROSOFT_ADS: ResourceKind.GOAL,
    Platform.TIKTOK_ADS: ResourceKind.PIXEL,
}
#: What is not found at the account and has only these words: whose days and hours its reports count in, where the
#: platform's own pages say both.
_WORDS = {Platform.MICROSOFT_ADS: {"report_zone": ("account", "utc")}}
#: Chosen by itself where there is but one: an ad needs it, and it widens nothing.
_OBVIOUS = frozenset({ResourceKind.PAGE, ResourceKind.PIXEL, ResourceKind.IDENTITY})


def choices(platform: Platform) -> tuple[Choice, ...]:
    """Everything that can be set for an account of this platform."""
    return (*_BESIDE.get(platform, ()), *_of_events(platform))


def chosen(platform: Platform, attributes: Mapping[str, str]) -> dict[str, str | None]:
    """The id that is chosen for each setting, None where none is."""
    words = {key: attributes.get(key) for key in _WORDS.get(platform, {})}
    return {**{choice.key: attributes.get(choice.attribute) for choice in choices(platform)}, **words}


def only_ones(platform: Platform, found: Sequence[Found]) -> dict[str, str]:
    """Attributes for what leaves no choice: one page, one pixel, one identity."""
    attributes: dict[str, str] = {}
    for choice in _BESIDE.get(platform, ()):
        there = [resource for resource in found if resource.kind is choice.kind]
        if choice.kind in _OBVIOUS and len(there) == 1:
            attributes |= choice.of(there[0])
    return attributes


def settled(
    platform: Platform, attributes: Mapping[str, str], wanted: Mapping[str, str | None], *, found: Iterable[Found]
) -> dict[str, str]:
    """The account's attributes with these settings (None takes one away); raises Invalid for what was not found."""
    known, there = {choice.key: choice for choice in choices(platform)}, list(found)
    errors, result = [], dict(attributes)
    for key, external_id in wanted.items():
        if (words := _WORDS.get(platform, {}).get(key)) is not None:
            result = {name: value for name, value in result.items() if name != key}
            result |= {key: external_id} if external_id else {}
            errors += _no_word(key, external_id, words)
            continue
        choice = known.get(key)
        candidates = [each for each in there if choice is not None and each.kind is choice.kind]
        picked = next((each for each in candidates if each.external_id == external_id), None)
        if choice is None:
            names = ", ".join((*known, *_WORDS.get(platform, {})))
            errors.append(FieldError(key, "there is no such setting.", f"Use one of: {names}."))
        elif external_id and picked is None:
            errors.append(_not_found(choice, external_id, candidates))
        else:
            result = {name: value for name, value in result.items() if name not in choice.attributes}
            result |= choice.of(picked) if picked else {}
    if errors:
        raise Invalid("The account's settings cannot be kept.", errors=tuple(errors))
    return result


def for_event(platform: Platform, attributes: Mapping[str, str], event: ConversionEvent | None) -> dict[str, str]:
    """Attributes of the account as an ad that counts this event sees them: its own pixel, goal or action."""
    choice = next((each for each in _of_events(platform) if each.event is event), None)
    external_id = attributes.get(choice.attribute) if choice else None
    return {_counts_by(platform): external_id} if external_id else {}


def goal(platform: Platform, attributes: Mapping[str, str], event: ConversionEvent | None) -> dict[str, str]:
    """What a deployment keeps of it: the one attribute by which the event is counted, where anything was chosen."""
    found = {**attributes, **for_event(platform, attributes, event)}.get(_counts_by(platform))
    return {_counts_by(platform): found} if event is not None and found else {}


def as_kept(
    platform: Platform, attributes: Mapping[str, str], event: ConversionEvent | None, *, kept: Mapping[str, str]
) -> dict[str, str]:
    """The account's attributes as an ad saw them for which `goal` was kept, whatever was chosen since."""
    if event is None:
        return dict(attributes)
    others = {name: value for name, value in attributes.items() if name != _counts_by(platform)}
    return {**others, **kept}


def _counts_by(platform: Platform) -> str:
    return "pixel_id" if _EVENTS.get(platform) is ResourceKind.PIXEL else "conversion_actions"


def _of_events(platform: Platform) -> tuple[Choice, ...]:
    kind = _EVENTS.get(platform)
    if kind is None:
        return ()
    return tuple(
        Choice(event.value.lower(), kind, f"conversion_{event.value.lower()}", event=event) for event in ConversionEvent
    )


def _no_word(key: str, value: str | None, words: Sequence[str]) -> list[FieldError]:
    if not value or value in words:
        return []
    return [FieldError(key, f"{value!r} is none of its words.", f"Use one of: {', '.join(words)}.")]


def _not_found(choice: Choice, external_id: str, candidates: Sequence[Found]) -> FieldError:
    there = ", ".join(f"{each.external_id} ({each.name})" for each in candidates)
    fix = f"Choose one of: {there}." if there else "Make one at the platform, and have the account looked at again."
    return FieldError(choice.key, f"no {choice.kind.replace('_', ' ')} {external_id} was found there.", fix)
