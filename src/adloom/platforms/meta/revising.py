"""What an update changes on Meta, in people's words, with what it brings about, and what Meta cannot change. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import FieldError
from adloom.platforms.changes import Action, Change, Effect, Revision
from adloom.platforms.meta import diffs, preflight, saying, steps
from adloom.platforms.meta.diffs import Difference, Part
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation

_LEARNS = frozenset({Effect.MAY_RESET_LEARNING})
_REVIEWS = frozenset({Effect.RE_REVIEW})
_REPLACES = frozenset({Effect.REPLACES_OBJECT, Effect.RE_REVIEW, Effect.MAY_RESET_LEARNING})

#: Meta's fields that stand for a unified one as they are, and what changing them brings about (Ad Set reference,
#: "significant edits" of the page about the learning phase).
_FIELDS: Mapping[str, tuple[str, frozenset[Effect]]] = {
    "name": ("name", frozenset()),
    "daily_budget": ("budget.amount", _LEARNS),
    "lifetime_budget": ("budget.amount", _LEARNS),
    "bid_strategy": ("budget.bidding.strategy", _LEARNS),
    "bid_amount": ("budget.bidding.target", _LEARNS),
    "bid_constraints": ("budget.bidding.target", _LEARNS),
    "start_time": ("schedule.start", frozenset()),
    "end_time": ("schedule.end", frozenset()),
    "adset_schedule": ("schedule.dayparting", frozenset()),
    "special_ad_categories": ("declarations.special_categories", _REVIEWS),
    "special_ad_category_country": ("declarations.special_category_countries", _REVIEWS),
    "dsa_beneficiary": ("declarations.dsa.beneficiary", frozenset()),
    "dsa_payor": ("declarations.dsa.payor", frozenset()),
    "regional_regulation_identities": ("platforms.facebook_ads.verified", frozenset()),
}

#: What an object keeps for life, the unified field that decides it, and why (Ad Set and Campaign references).
_FOR_LIFE: Mapping[str, tuple[str, str]] = {
    "objective": ("objective", "Meta keeps a campaign's objective."),
    "optimization_goal": ("budget.bidding.strategy", "Meta keeps what an ad set with ads optimises for."),
    "promoted_object": ("conversion.event", "Meta keeps the pixel and the event of an ad set with ads."),
}
_ANEW = "Delete the campaign and deploy the ad anew, or take the edit back."


def revise(spec: CampaignSpec) -> Revision:
    """All changes in the order of the steps; empty where the ad itself cannot stand on Meta (preflight says why)."""
    if preflight.check(spec).errors:
        return Revision()
    found = {(each.action, each.key): each for each in diffs.differences(spec)}
    errors = tuple(dict.fromkeys([*_moved(spec), *(error for each in found.values() for error in _forbidden(each))]))
    if errors:
        return Revision(errors=errors)
    ordered = [found[key] for key in _order(spec) if key in found]
    return Revision(tuple(dict.fromkeys(change for each in ordered for change in _changes(each))))


def unified(path: str) -> str:
    """The unified field that one of Meta's stands for, else Meta's own."""
    head = path.partition(".")[0]
    return _FIELDS[head][0] if head in _FIELDS else path


def _order(spec: CampaignSpec) -> Iterator[tuple[Action, str]]:
    for step in steps.plan(spec, operation=Operation.UPDATE):
        if step.key.startswith(steps.UPDATE):
            yield Action.UPDATE, steps.target(step)
        elif step.key.startswith(steps.DELETE):
            yield Action.DELETE, steps.target(step)
        elif step.creates:
            yield Action.CREATE, step.key


def _moved(spec: CampaignSpec) -> Iterator[FieldError]:
    for before in spec.standing:
        for name in ("external_id", "currency", "time_zone"):
            if getattr(before.account, name) != getattr(spec.account, name):
                rule = f"a campaign on Meta stays in its ad account ({before.account.external_id})."
                yield FieldError("platforms.facebook_ads.account", rule, _ANEW)


def _forbidden(difference: Difference) -> Iterator[FieldError]:
    if difference.action is not Action.UPDATE:
        return
    part = difference.part
    for before in difference.before:
        kinds = [{"daily_budget", "lifetime_budget"} & set(each.body) for each in (before, part)]
        if kinds[0] != kinds[1]:
            yield FieldError("budget.type", "Meta keeps daily and lifetime budgets apart.", _ANEW)
    for name, (field, rule) in _FOR_LIFE.items():
        if name in difference.fields and not _follows(name, difference):
            is_pixel = name == "promoted_object" and not _has_other_event(difference)
            yield FieldError("platforms.facebook_ads.pixel" if is_pixel else field, rule, _ANEW)


def _has_other_event(difference: Difference) -> bool:
    return len({part.spec.conversion for part in (difference.part, *difference.before)}) > 1


def _follows(name: str, difference: Difference) -> bool:
    """Whether a field changed only because the objective did, which is refused already."""
    objectives = {part.spec.objective for part in (difference.part, *difference.before)}
    return name != "objective" and len(objectives) > 1


def _changes(difference: Difference) -> Iterator[Change]:
    if difference.action is Action.DELETE:
        yield Change(difference.key, Action.DELETE, effects=frozenset({Effect.IRREVERSIBLE}))
    elif difference.action is Action.CREATE:
        yield Change(difference.key, Action.CREATE, effects=_LEARNS if _joins(difference.part) else frozenset())
    else:
        for name in difference.fields:
            yield from _of_field(name, difference)


def _joins(part: Part) -> bool:
    """Whether a new ad comes into an ad set that stands, and may be learning or have learned."""
    groups = {group.key for before in part.spec.standing for group in before.groups}
    return part.ad is not None and part.group is not None and part.group.key in groups


def _of_field(name: str, difference: Difference) -> Iterator[Change]:
    part = difference.part
    before = next((each for each in difference.before if each.value(name) != part.value(name)), None)
    if before is None:
        return  # it only travels with another one
    if name == "creative":
        yield from _of_texts(before, part)
    elif name == "targeting":
        yield from _of_audience(before, part)
    elif name in _FIELDS:
        field, effects = _FIELDS[name]
        yield _change(part.key, field, before, part, effects)


def _of_audience(before: Part, after: Part) -> Iterator[Change]:
    old, new = before.body["targeting"], after.body["targeting"]
    fields = dict.fromkeys(saying.AUDIENCE.get(name, "targeting") for name in _differing(old, new))
    for field in fields:
        yield _change(after.key, field, before, after, _REVIEWS | _LEARNS)


def _of_texts(before: Part, after: Part) -> Iterator[Change]:
    """What a new creative shows differently."""
    fields = [field for field in saying.CREATIVE if saying.text(field, before) != saying.text(field, after)]
    for field in fields or ["creative"]:
        yield _change(after.key, field, before, after, _REPLACES)


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [name for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name)]


def _change(key: str, field: str, before: Part, after: Part, effects: frozenset[Effect]) -> Change:
    return Change(key, Action.UPDATE, field, saying.text(field, before), saying.text(field, after), effects)
