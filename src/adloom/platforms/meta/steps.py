"""The writes of each operation on Meta, in order, and the body of each one. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adloom.core.errors import Invalid
from adloom.platforms import http
from adloom.platforms.changes import Action
from adloom.platforms.contract import Step
from adloom.platforms.meta import diffs, media, payloads
from adloom.platforms.meta.diffs import Difference
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, MediaFile
from adloom.platforms.types import Operation, RemoteStatus

#: The status that each operation sets on the campaign itself.
CAMPAIGN_STATUS = {"pause": "PAUSED", "resume": "ACTIVE", "delete": "DELETED"}
#: What the key of a step begins with that changes an object, before our key of the object.
ACTIVATE, UPDATE, DELETE = "activate/", "update/", "delete/"


def plan(spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
    """The steps of an operation, parents first. Everything is created paused; the campaign goes live last."""
    match operation:
        case Operation.CREATE:
            return tuple(_create(spec))
        case Operation.UPDATE:
            return tuple({step.key: step for step in _update(spec)}.values())
        case Operation.RESUME:
            return (*_children(_ads(spec), spec.groups), Step("resume", "campaign", activates=True))
        case Operation.PAUSE | Operation.DELETE:
            return (Step(operation.value, "campaign"),)


def body(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str]) -> dict[str, Any]:
    """What a step sends; for files what identifies them. Raises Conflict where a parent is missing.

    Empty where a step takes away what never came to stand.
    """
    if step.asset_id is not None:
        file = asset(spec, asset_id=step.asset_id)
        return {"filename": file.filename, "sha256": file.sha256, "size": file.size, "type": file.mime_type}
    if step.key in CAMPAIGN_STATUS or step.key.startswith(ACTIVATE):
        return {"id": payloads.known(ids, target(step)), "status": CAMPAIGN_STATUS.get(step.key, "ACTIVE")}
    if step.key.startswith(DELETE):
        return {"id": ids[target(step)], "status": "DELETED"} if target(step) in ids else {}
    if step.key.startswith(UPDATE):
        return {"id": payloads.known(ids, target(step)), **_changes(spec, target(step), ids=ids)}
    if step.key == "campaign":
        return payloads.campaign(spec)
    return _part_body(spec, step=step, ids=ids)


def applied(spec: CampaignSpec, *, key: str, ids: Mapping[str, str]) -> dict[str, Any]:
    """All that an object of the ad is set to, once an update is through; its status apart."""
    made = Step(key, key.split("/")[0])
    whole = payloads.campaign(spec) if key == "campaign" else _part_body(spec, step=made, ids=ids)
    return storable({name: value for name, value in whole.items() if name != "status"})


def _part_body(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str]) -> dict[str, Any]:
    for group in spec.groups:
        if step.key == f"ad_group/{group.key}":
            return payloads.ad_set(spec, group=group, ids=ids)
        for ad in group.ads:
            own = f"creative/{group.key}/{ad.key}"
            if step.key == own or (
                step.key.startswith(own) and step.key == payloads.creative_key(spec, group=group, ad=ad)
            ):
                return payloads.creative(spec, group=group, ad=ad, ids=ids)
            if step.key == f"ad/{group.key}/{ad.key}":
                return payloads.ad_body(spec, group=group, ad=ad, ids=ids)
    raise ValueError(f"{step.key!r} is no step of this ad")


def _changes(spec: CampaignSpec, key: str, *, ids: Mapping[str, str]) -> dict[str, Any]:
    """The fields of one object that differ, as they shall be."""
    found = diffs.change(spec, key=key)
    if found is None:
        raise ValueError(f"nothing of {key!r} differs")
    part, changed = found.part, diffs.sent(found.part, found.fields)
    if "creative" in changed and part.group and part.ad:
        shown = payloads.creative_id(spec, group=part.group, ad=part.ad, ids=ids)
        changed["creative"] = {"creative_id": shown}
    return changed


def storable(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as plain JSON values, decimals as strings."""
    stored: dict[str, Any] = json.loads(http.dumps(body), parse_float=str)
    return stored


def target(step: Step) -> str:
    """Our key of the object that a step changes."""
    for prefix in (ACTIVATE, UPDATE, DELETE):
        if step.key.startswith(prefix):
            return step.key.removeprefix(prefix)
    return "campaign"


def asset(spec: CampaignSpec, *, asset_id: str) -> MediaFile:
    """The file of an asset step."""
    return next(file for file in _files(spec, (ad for _, ad in _ads(spec))) if file.asset_id == asset_id)


def _create(spec: CampaignSpec) -> Iterator[Step]:
    yield from _uploads(spec, (ad for _, ad in _ads(spec)))
    yield _made("campaign")
    for group in spec.groups:
        yield _made(f"ad_group/{group.key}")
        for ad in group.ads:
            yield _made(f"creative/{group.key}/{ad.key}")
            yield _made(f"ad/{group.key}/{ad.key}")
    if spec.desired_status is RemoteStatus.ACTIVE:
        yield from _children(_ads(spec), spec.groups)
        yield Step("activate/campaign", "campaign", activates=True)


def _update(spec: CampaignSpec) -> Iterator[Step]:
    """Budgets that fall come first and those that rise late, so that the sum is never above both."""
    if not spec.standing:
        raise Invalid.field("operation", "what stands on Meta is not known.", "Deploy it first.")
    found = diffs.differences(spec)
    changed = {each.key: each for each in found if each.action is Action.UPDATE}
    added = {each.key: each for each in found if each.action is Action.CREATE}
    above = [each for key, each in changed.items() if each.part.ad is None and key not in added]
    yield from (_changing(each) for each in above if not _raises_budget(each))
    stood = {file.asset_id for file in _files(spec.standing[0], (ad for _, ad in _ads(spec.standing[0])))}
    yield from (step for step in _uploads(spec, _shown_anew(found)) if step.asset_id not in stood)
    for each in (*added.values(), *(each for each in changed.values() if each.part.ad is not None)):
        yield from _anew(each, changed.get(each.key))
    yield from _live(added.values())
    yield from (_changing(each) for each in above if _raises_budget(each))
    gone = [each for each in found if each.action is Action.DELETE]
    yield from (Step(DELETE + each.key, each.part.kind, removes=(each.key,)) for each in gone)


def _shown_anew(found: Iterable[Difference]) -> Iterator[AdSpec]:
    """The ads that get a creative."""
    for each in found:
        if each.part.ad and (each.action is Action.CREATE or "creative" in each.fields):
            yield each.part.ad


def _anew(difference: Difference, change: Difference | None) -> Iterator[Step]:
    """Makes what is new of an object: its creative, itself; and sets it right where half of it stood already."""
    part = difference.part
    if part.group and part.ad and (difference.action is Action.CREATE or "creative" in difference.fields):
        yield _made(payloads.creative_key(part.spec, group=part.group, ad=part.ad))
    if difference.action is Action.CREATE:
        yield _made(difference.key)
    if change is not None:
        yield _changing(change)


def _live(added: Iterable[Difference]) -> Iterator[Step]:
    parts = [each.part for each in added]
    ads = [(part.group, part.ad) for part in parts if part.group and part.ad]
    yield from _children(ads, [part.group for part in parts if part.group and not part.ad])


def _raises_budget(difference: Difference) -> bool:
    """Whether an ad set may spend more afterwards than it may have been allowed to."""
    part, before = difference.part, difference.before
    return any(
        (part.value(name) or 0) > max(each.value(name) or 0 for each in before)
        for name in ("daily_budget", "lifetime_budget")
    )


def _changing(difference: Difference) -> Step:
    return Step(UPDATE + difference.key, difference.part.kind)


def _children(ads: Iterable[tuple[AdGroupSpec, AdSpec]], groups: Iterable[AdGroupSpec]) -> Iterator[Step]:
    """Sets ads, then ad sets live, below a campaign whose own status decides."""
    for group, ad in ads:
        yield Step(f"{ACTIVATE}ad/{group.key}/{ad.key}", "ad")
    for group in groups:
        yield Step(f"{ACTIVATE}ad_group/{group.key}", "ad_group")


def _made(key: str) -> Step:
    return Step(key, key.split("/")[0], creates=(key,))


def _uploads(spec: CampaignSpec, ads: Iterable[AdSpec]) -> Iterator[Step]:
    for file in _files(spec, ads):
        key = f"asset/{file.asset_id}"
        yield Step(key, "asset", creates=(key,), asset_id=file.asset_id)


def _files(spec: CampaignSpec, ads: Iterable[AdSpec]) -> tuple[MediaFile, ...]:
    """Every file that some ads show, each once."""
    found: dict[str, MediaFile] = {}
    for ad in ads:
        for file in media.files(media.choose(spec, ad.creative)):
            found.setdefault(file.asset_id, file)
    return tuple(found.values())


def _ads(spec: CampaignSpec) -> Iterator[tuple[AdGroupSpec, AdSpec]]:
    for group in spec.groups:
        for ad in group.ads:
            yield group, ad
