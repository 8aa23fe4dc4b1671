"""Which writes a Microsoft operation is made of, in order: parents first, children live, the campaign last. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adloom.core.errors import Invalid
from adloom.platforms.contract import Step
from adloom.platforms.microsoft import payloads
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.types import Operation, RemoteStatus

#: What each step that changes no more than the campaign's status sets.
SETS = {
    "activate/campaign": RemoteStatus.ACTIVE,
    "pause": RemoteStatus.PAUSED,
    "resume": RemoteStatus.ACTIVE,
    "delete": RemoteStatus.DELETED,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of a CREATE with what it is about: `write` names the kind of call, `chunk` the portion of keywords."""

    step: Step
    write: str
    group: AdGroupSpec | None = None
    ad: AdSpec | None = None
    chunk: int = 0


def of(spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
    """The steps of an operation; raises Invalid for UPDATE, which is not built yet."""
    if operation is Operation.UPDATE:
        rule = "changing a campaign that stands on Microsoft Advertising is not built yet."
        raise Invalid.field("operation", rule, "Delete the campaign and deploy the ad anew.")
    if operation is not Operation.CREATE:
        return (Step(operation.value, "status", activates=operation is Operation.RESUME),)
    steps = tuple(planned.step for planned in _create(spec))
    if spec.desired_status is RemoteStatus.ACTIVE:
        return (*steps, Step("activate/campaign", "status", activates=True))
    return steps


def planned(spec: CampaignSpec, *, step: Step) -> Planned:
    """What a step of a CREATE is about."""
    return next(each for each in _create(spec) if each.step.key == step.key)


def _create(spec: CampaignSpec) -> Iterator[Planned]:
    yield Planned(Step("campaign", "campaign", creates=("campaign",)), "campaign")
    keys = tuple(f"criterion/{index}" for index in range(len(payloads.criteria(spec))))
    yield Planned(Step("criteria", "criterion", creates=keys), "criteria")
    yield Planned(Step("location_intent", "criterion", creates=("location_intent",)), "location_intent")
    for group in spec.groups:
        yield from _group(group)


def _group(group: AdGroupSpec) -> Iterator[Planned]:
    key = f"ad_group/{group.key}"
    yield Planned(Step(key, "ad_group", creates=(key,)), "ad_group", group)
    start = 0
    for index, chunk in enumerate(payloads.keyword_chunks(group)):
        keys = tuple(f"keyword/{group.key}/{start + offset}" for offset in range(len(chunk)))
        yield Planned(Step(f"keywords/{group.key}/{index}", "keyword", creates=keys), "keywords", group, chunk=index)
        start += len(chunk)
    if count := len(payloads.negatives(group)):
        keys = tuple(f"negative/{group.key}/{index}" for index in range(count))
        yield Planned(Step(f"negatives/{group.key}", "negative", creates=keys), "negatives", group)
    for ad in group.ads:
        key = f"ad/{group.key}/{ad.key}"
        yield Planned(Step(key, "ad", creates=(key,)), "ad", group, ad)
