"""Which writes a Microsoft operation is made of, in order: parents first, children live, the campaign last. Pure.

What an update adds stands whole before it can deliver, and what it takes away goes last; a budget that falls comes
first and one that rises late, so that nothing spends more meanwhile than before or after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adloom.core.errors import Invalid
from adloom.platforms.contract import Step
from adloom.platforms.microsoft import audiences, diffs, payloads, targets
from adloom.platforms.microsoft.diffs import AudienceDiff, CriteriaDiff, GroupDiff
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.types import Operation, RemoteStatus

Item = Mapping[str, Any]

#: What each step that changes no more than the campaign's status sets.
SETS = {
    "activate/campaign": RemoteStatus.ACTIVE,
    "pause": RemoteStatus.PAUSED,
    "resume": RemoteStatus.ACTIVE,
    "delete": RemoteStatus.DELETED,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A step with what it is about: `write` names the kind of call, `items` are what it adds, changes or removes.

    `fields` are what it sets of one object, `status` in which state it creates one.
    """

    step: Step
    write: str
    group: AdGroupSpec | None = None
    ad: AdSpec | None = None
    items: tuple[Item, ...] = ()
    fields: Item = field(default_factory=dict)
    status: str = "Active"


def of(spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
    """The steps of an operation; raises Invalid for an UPDATE of what nobody knows to stand."""
    if operation is Operation.UPDATE:
        if not spec.standing:
            raise Invalid.field("operation", "what stands on Microsoft Advertising is not known.", "Deploy it first.")
        return tuple(planned.step for planned in _update(spec))
    if operation is not Operation.CREATE:
        return (Step(operation.value, "status", activates=operation is Operation.RESUME),)
    steps = tuple(planned.step for planned in _create(spec))
    if spec.desired_status is RemoteStatus.ACTIVE:
        return (*steps, Step("activate/campaign", "status", activates=True))
    return steps


def planned(spec: CampaignSpec, *, step: Step) -> Planned:
    """What a step is about: of an update where something stands, else of a create."""
    for plan in (_update, _create) if spec.standing else (_create,):
        for each in plan(spec):
            if each.step.key == step.key:
                return each
    raise ValueError(f"{step.key!r} is no step of this ad")


def _create(spec: CampaignSpec) -> Iterator[Planned]:
    yield Planned(Step("campaign", "campaign", creates=("campaign",)), "campaign")
    yield from _add_criteria(targets.of(spec), key="criteria")
    yield _intent()
    for group in spec.groups:
        yield from _new_group(group, AudienceDiff(added=audiences.of(group)), status="Active")


def _new_group(group: AdGroupSpec, people: AudienceDiff, *, status: str) -> Iterator[Planned]:
    key = f"ad_group/{group.key}"
    yield Planned(Step(key, "ad_group", creates=(key,)), "ad_group", group, status=status)
    yield from _audiences(group, people, key=f"audiences/{group.key}")
    yield from _add_keywords(group, payloads.keywords(group), key=f"keywords/{group.key}")
    yield from _add_negatives(group, payloads.negatives(group), key=f"negatives/{group.key}")
    for ad in group.ads:
        yield _new_ad(group, ad)


def _new_ad(group: AdGroupSpec, ad: AdSpec, *, status: str = "Active") -> Planned:
    key = f"ad/{group.key}/{ad.key}"
    return Planned(Step(key, "ad", creates=(key,)), "ad", group, ad, status=status)


def _intent() -> Planned:
    return Planned(Step("location_intent", "criterion", creates=("location_intent",)), "location_intent")


def _add_criteria(items: Sequence[Item], *, key: str) -> Iterator[Planned]:
    for index, chunk in enumerate(targets.chunks(items)):
        creates = tuple(targets.key(item) for item in chunk)
        yield Planned(Step(_numbered(key, index), "criterion", creates=creates), "criteria", items=chunk)


def _remove_criteria(items: Sequence[Item], *, key: str, keeps: bool = False) -> Iterator[Planned]:
    for index, chunk in enumerate(targets.chunks(items)):
        removes = () if keeps else tuple(targets.key(item) for item in chunk)
        step = Step(_numbered(key, index), "criterion", removes=removes)
        yield Planned(step, "remove_criteria", items=chunk)


def _add_keywords(group: AdGroupSpec, items: Sequence[Item], *, key: str) -> Iterator[Planned]:
    for index, chunk in enumerate(payloads.keyword_chunks(items)):
        creates = tuple(payloads.word_key("keyword", group, item) for item in chunk)
        yield Planned(Step(f"{key}/{index}", "keyword", creates=creates), "keywords", group, items=chunk)


def _remove_keywords(group: AdGroupSpec, items: Sequence[Item]) -> Iterator[Planned]:
    for index, chunk in enumerate(payloads.keyword_chunks(items)):
        removes = tuple(payloads.word_key("keyword", group, item) for item in chunk)
        step = Step(f"update/keywords/{group.key}/remove/{index}", "keyword", removes=removes)
        yield Planned(step, "remove_keywords", group, items=chunk)


def _add_negatives(group: AdGroupSpec, items: Sequence[Item], *, key: str) -> Iterator[Planned]:
    if items:
        creates = tuple(payloads.word_key("negative", group, item) for item in items)
        yield Planned(Step(key, "negative", creates=creates), "negatives", group, items=tuple(items))


def _remove_negatives(group: AdGroupSpec, items: Sequence[Item]) -> Iterator[Planned]:
    if items:
        removes = tuple(payloads.word_key("negative", group, item) for item in items)
        step = Step(f"update/negatives/{group.key}/remove", "negative", removes=removes)
        yield Planned(step, "remove_negatives", group, items=tuple(items))


def _audiences(group: AdGroupSpec, people: AudienceDiff, *, key: str) -> Iterator[Planned]:
    """Audiences that come or change sides; those that are let in first, so that at no time none is left."""
    yield from _add_audiences(group, people.added, key=key)
    for old, new in people.turned:
        turning = f"update/{audiences.key(group, new)}"
        yield Planned(Step(f"{turning}/remove", "audience"), "remove_audiences", group, items=(old,))
        yield from _add_audiences(group, (new,), key=f"{turning}/add")


def _add_audiences(group: AdGroupSpec, items: Sequence[Item], *, key: str) -> Iterator[Planned]:
    for index, chunk in enumerate(targets.chunks(items)):
        creates = tuple(audiences.key(group, item) for item in chunk)
        yield Planned(Step(_numbered(key, index), "audience", creates=creates), "audiences", group, items=chunk)


def _remove_audiences(group: AdGroupSpec, items: Sequence[Item]) -> Iterator[Planned]:
    for index, chunk in enumerate(targets.chunks(items)):
        removes = tuple(dict.fromkeys(audiences.key(group, item) for item in chunk))
        step = Step(_numbered(f"update/audiences/{group.key}/remove", index), "audience", removes=removes)
        yield Planned(step, "remove_audiences", group, items=chunk)


def _update(spec: CampaignSpec) -> Iterator[Planned]:
    diff = diffs.of(spec)
    own = [_change_campaign(diff.fields)] if diff.fields else []
    rises = any(each.budget.money.amount < spec.budget.money.amount for each in spec.standing)
    yield from [] if rises else own
    yield from _criteria(diff.criteria)
    for group in diff.groups:
        yield from _group(group)
    yield from own if rises else []
    yield from _remove_goals(diff.goals_removed)
    for group in diff.groups:
        yield from _leavings(group)
    yield from _remove_groups(diff.groups_removed)
    yield from _remove_criteria(diff.criteria.removed, key="update/criteria/remove")


def _change_campaign(fields: Item) -> Planned:
    return Planned(Step("update/campaign", "campaign"), "change_campaign", fields=fields)


def _remove_goals(goals: Sequence[str]) -> Iterator[Planned]:
    """Behind the goal that takes their place: no day is without, and what the change took away is not asked for."""
    if goals:
        items = tuple({"GoalId": each} for each in goals)
        yield Planned(Step("update/goals/remove", "campaign"), "remove_goals", items=items)


def _criteria(diff: CriteriaDiff) -> Iterator[Planned]:
    yield from _add_criteria(diff.added, key="update/criteria/add")
    for index, exchange in enumerate(diff.exchanged):
        keys = {targets.key(item) for item in exchange.added}
        is_turned = any(targets.key(item) in keys for item in exchange.removed)
        key = f"update/criteria/exchange/{index}"
        yield from _remove_criteria(exchange.removed, key=f"{key}/remove", keeps=is_turned)
        yield from _add_criteria(exchange.added, key=f"{key}/add")
    for index, chunk in enumerate(targets.chunks(diff.rebid)):
        step = Step(_numbered("update/criteria/bids", index), "criterion")
        yield Planned(step, "rebid", items=chunk)
    if diff.intent:
        yield _intent()


def _group(diff: GroupDiff) -> Iterator[Planned]:
    """An ad group's changes, and what it gains; one that may not stand is built paused, and live at its end."""
    group = diff.group
    if diff.is_new:
        yield from _new_group(group, diff.audiences, status="Paused")
        yield from _change_group(diff)
        yield Planned(Step(f"activate/ad_group/{group.key}", "status"), "activate_ad_group", group)
        return
    yield from _audiences(group, diff.audiences, key=f"update/audiences/{group.key}/add")
    yield from _change_group(diff)
    yield from _add_negatives(group, diff.negatives.added, key=f"update/negatives/{group.key}/add")
    yield from _add_keywords(group, diff.keywords.added, key=f"update/keywords/{group.key}/add")
    for ad, fields in diff.ads_changed:
        step = Step(f"update/ad/{group.key}/{ad.key}", "ad")
        yield Planned(step, "change_ad", group, ad, fields=fields)
    for ad in diff.ads_added:
        yield _new_ad(group, ad, status="Paused" if diff.is_full else "Active")


def _change_group(diff: GroupDiff) -> Iterator[Planned]:
    """Behind its audiences' coming, and before their going: it says whether others than they are left out."""
    if diff.fields:
        step = Step(f"update/ad_group/{diff.group.key}", "ad_group")
        yield Planned(step, "change_ad_group", diff.group, fields=diff.fields)


def _leavings(diff: GroupDiff) -> Iterator[Planned]:
    """What an ad group loses; ads for which there was no room before go live behind it."""
    group = diff.group
    if diff.ads_stale:
        items = tuple(payloads.ad(ad) for ad in diff.ads_stale)
        yield Planned(Step(f"update/ads/{group.key}/stale", "ad"), "remove_stale_ads", group, items=items)
    for ad in diff.ads_removed:
        key = f"ad/{group.key}/{ad.key}"
        yield Planned(Step(f"update/{key}/remove", "ad", removes=(key,)), "remove_ad", group, ad)
    if diff.is_full and not diff.is_new:
        for ad in diff.ads_added:
            step = Step(f"activate/ad/{group.key}/{ad.key}", "status")
            yield Planned(step, "activate_ad", group, ad)
    yield from _remove_keywords(group, diff.keywords.removed)
    yield from _remove_audiences(group, diff.audiences.removed)
    yield from _remove_negatives(group, diff.negatives.removed)


def _remove_groups(groups: Sequence[AdGroupSpec]) -> Iterator[Planned]:
    for group in groups:
        key = f"ad_group/{group.key}"
        yield Planned(Step(f"update/{key}/remove", "ad_group", removes=(key,)), "remove_ad_group", group)


def _numbered(key: str, index: int) -> str:
    return f"{key}/{index}" if index else key
