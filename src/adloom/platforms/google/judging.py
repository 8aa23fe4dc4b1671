"""Google's own verdict on a plan: the very mutate that a deployment would send, checked and not done (`validateOnly`).

A file is uploaded on deployment alone, and a dry run may name nothing that does not stand: what shows one that Google
has not got yet is left out and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from adloom.core.errors import FieldError, Rejected
from adloom.platforms.google import changing, creatives, goals, payloads, updating
from adloom.platforms.google.client import Client
from adloom.platforms.google.payloads import Planned
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Channel, Operation
from adloom.platforms.verdicts import Judgement, Manner, Objection, Unjudged

Planning = tuple[Planned, Mapping[str, Any]]

_RULE = "Google Ads refuses it."
_FIX = "Change it, and plan again."
_NOT_UPLOADED = "Its images are uploaded on deployment, and Google judges no ad whose images it has not got."
#: Where in the mutate an error is: `mutate_operations[3].campaign_budget_operation.create.amount_micros`.
_PLACE = re.compile(r"mutate_operations\[(\d+)\](?:\.\w+_operation)?(?:\.(?:create|update|remove))?\.?(.*)")


def judge(client: Client, spec: CampaignSpec, *, operation: Operation, ids: Mapping[str, str]) -> Judgement:
    """What Google would refuse of a creation or an update; nothing is sent where nothing is left to judge."""
    waiting = _waiting_for_images(spec, ids=ids)
    planned = [*_goal(client, spec, operation=operation), *_operations(client, spec, operation=operation, ids=ids)]
    judged = [each for each in planned if each[0].key not in waiting or _is_removal(each[1])]
    unjudged = tuple(Unjudged(each.key, _NOT_UPLOADED) for each, _ in planned if each.key in waiting)
    return Judgement(Manner.VALIDATED, objections=tuple(_objections(client, judged)), unjudged=unjudged)


def _operations(
    client: Client, spec: CampaignSpec, *, operation: Operation, ids: Mapping[str, str]
) -> Sequence[Planning]:
    """What is left to be done of the operation; a creation is atomic, so that it stands whole or not at all."""
    if operation is Operation.UPDATE:
        return changing.operations(spec, ids=updating.outstanding(client, spec, ids=ids))
    if "campaign" in ids:
        return ()
    return [(each, changing.create(each)) for each in payloads.tree(spec, ids=ids)]


def _goal(client: Client, spec: CampaignSpec, *, operation: Operation) -> Iterator[Planning]:
    """The account's goal of the chosen conversion action, where it does not stand and would be made."""
    step = goals.custom(spec)
    is_wanted = operation is Operation.CREATE or goals.use(spec, operation=operation) is not None
    if step is not None and is_wanted and goals.find_custom(client, spec, step) is None:
        each = goals.planned(spec, action=step.key.removeprefix("goal/"))
        yield each, changing.create(each)


def _waiting_for_images(spec: CampaignSpec, *, ids: Mapping[str, str]) -> set[str]:
    """The keys of ads that show an image which is not in the account yet."""
    if spec.channel is not Channel.DISPLAY:
        return set()
    return {
        f"ad/{group.key}/{ad.key}"
        for group in spec.groups
        for ad in group.ads
        if any(creatives.has_place(each) and f"asset/{each.file.asset_id}" not in ids for each in ad.creative.images)
    }


def _is_removal(operation: Mapping[str, Any]) -> bool:
    return any("remove" in body for body in operation.values())


def _objections(client: Client, judged: Sequence[Planning]) -> Iterator[Objection]:
    if not judged:
        return
    try:
        client.validate(payloads.atomic(operation for _, operation in judged))
    except Rejected as refused:
        for error in refused.errors or (FieldError("google_ads", refused.words, ""),):
            yield _objection(error, refused, planned=[each for each, _ in judged])


def _objection(error: FieldError, refused: Rejected, *, planned: Sequence[Planned]) -> Objection:
    """One of Google's errors, with our key and unified field where its path leads to one."""
    place = _PLACE.fullmatch(error.field)
    about = planned[int(place[1])] if place and int(place[1]) < len(planned) else None
    return Objection(
        object=about.key if about else "",
        field=_unified(about, place[2]) if about and place else error.field,
        rule=_RULE,
        fix=error.fix or _FIX,
        words=error.rule or refused.words,
        code=refused.platform_code,
        request_id=refused.request_id,
    )


def _unified(about: Planned, path: str) -> str:
    """The unified field of an object's path, else the path as Google writes it."""
    if about.field:
        return about.field
    camel = re.sub(r"_(\w)", lambda found: found[1].upper(), re.sub(r"\[\d+\]", "", path))
    settings = changing.SETTINGS.get(about.operation, ())
    return next(_matching(camel, settings), path or about.kind)


def _matching(path: str, settings: Iterable[changing.Setting]) -> Iterator[str]:
    for setting in settings:
        own = {setting.path, setting.path.removeprefix("ad.")}
        if any(path == each or path.startswith(f"{each}.") for each in own):
            yield setting.field
