"""Carries an update out, and finds out whether one took effect: what stands is asked first, and then compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adloom.platforms.contract import RemoteObject, StepResult
from adloom.platforms.google import changing, readback
from adloom.platforms.google.client import Client
from adloom.platforms.google.payloads import Planned
from adloom.platforms.spec import CampaignSpec


def update(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult:
    """Sends what differs. What an earlier attempt, or a person, has done already is left out of it."""
    actual = outstanding(client, spec, ids=ids)
    planned = changing.created(changing.difference(spec, ids=actual), ids=actual)
    body = changing.body(spec, ids=actual)
    results = client.mutate(body) if body["mutateOperations"] else ()
    made = created(planned, results[len(results) - len(planned) :]).objects
    stood = [RemoteObject(each.key, each.kind, actual[each.key], each.parent) for each in _wanted(spec, actual)]
    return StepResult(objects=(*stood, *made), words=f"{len(results)} operations done")


def outstanding(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> Mapping[str, str]:
    """`ids` as Google has them now, so that an update names what stands and nothing else."""
    return _removable(client, spec, ids=ids, actual=_actual(client, spec, ids=ids))


def find(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult | None:
    """What the update created, where all of it stands, nothing of what it removes does, and every field is set."""
    actual = _actual(client, spec, ids=ids)
    found = changing.difference(spec, ids=actual)
    if changing.created(found, ids=actual) or any(each.key in actual for each in found.removes):
        return None
    updates = [changing.update(spec, each, ids=actual) for each in found.updates if each.planned.key in actual]
    if not all(readback.holds(client, each) for each in updates):
        return None
    stood = [RemoteObject(each.key, each.kind, actual[each.key], each.parent) for each in found.wanted]
    return StepResult(objects=tuple(stood), words="found as it shall be", adopted=True)


def _actual(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> Mapping[str, str]:
    """`ids`, with those that an update creates or removes as Google has them now."""
    found = changing.difference(spec, ids=ids)
    asked = (*found.wanted, *found.removes)
    stands = readback.standing(client, campaign_id=ids["campaign"], planned=asked, ids=ids)
    keys = {each.key for each in asked}
    return {key: value for key, value in ids.items() if key not in keys} | {
        each.key: each.platform_id for each in stands
    }


def _removable(
    client: Client, spec: CampaignSpec, *, ids: Mapping[str, str], actual: Mapping[str, str]
) -> Mapping[str, str]:
    """`actual`, with what is to be removed and is not listed, unless Google shows it as removed already.

    What is too new to be listed would else be left standing without a word.
    """
    removes = changing.difference(spec, ids=ids).removes
    missing = [each for each in removes if each.key in ids and each.key not in actual]
    gone = readback.removed(client, campaign_id=ids["campaign"], planned=missing, ids=ids)
    return {**actual, **{each.key: ids[each.key] for each in missing if each.key not in gone}}


def _wanted(spec: CampaignSpec, actual: Mapping[str, str]) -> Iterator[Planned]:
    """What an update would create and what stands already."""
    return (each for each in changing.difference(spec, ids=actual).wanted if each.key in actual)


def created(planned: Sequence[Planned], results: Sequence[Mapping[str, Any]]) -> StepResult:
    """The objects of a mutate: results come in the order of its operations."""
    objects = [
        RemoteObject(each.key, each.kind, identity(result), each.parent, status=each.create.get("status"))
        for each, result in zip(planned, results, strict=True)
    ]
    return StepResult(objects=tuple(objects), words=f"{len(objects)} objects created")


def identity(result: Mapping[str, Any]) -> str:
    return str(next(iter(result.values()))["resourceName"]).rpartition("/")[2]
