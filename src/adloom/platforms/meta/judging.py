"""Meta's own verdict on a plan: each body that would be sent, with `execution_options: ["validate_only"]`.

Campaigns, ad sets, creatives and ads take the option on creation; campaigns, ad sets and ads on a change as well
(Marketing API, Ad reference, `execution_options`: the rules are run, nothing is mutated; the SDK has it among the
parameters of `create_campaign`, `create_ad_set`, `create_ad_creative`, `create_ad`, and of `api_update` of all but the
creative). What hangs on something that does not stand yet cannot be judged, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Conflict, FieldError, Missing, Rejected
from adloom.platforms import http
from adloom.platforms.contract import Step
from adloom.platforms.meta import calls, revising, steps
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation
from adloom.platforms.verdicts import Judgement, Manner, Objection, Unjudged

_CHECK = ("validate_only",)
#: Of ads Meta looks at what they say as well ("should always be specified with validate_only", Ad reference).
_CHECK_ADS = ("validate_only", "synchronous_ad_review")

_RULE = "Meta refuses it."
_FIX = "Change it, and plan again."


def judge(graph: Graph, spec: CampaignSpec, *, operation: Operation, ids: Mapping[str, str]) -> Judgement:
    """What Meta would refuse of a creation or an update, object by object."""
    objections: list[Objection] = []
    unjudged: list[Unjudged] = []
    planned = [each for each in steps.plan(spec, operation=operation) if _is_to_judge(each, ids=ids)]
    for step in planned:
        try:
            body = _judgeable(spec, step=step, ids=ids, new={key for each in planned for key in each.creates})
            if body:
                _ask(graph, step=step, body=body)
        except Conflict as error:
            if error.code == MADE:
                raise
            unjudged.append(Unjudged(steps.target(step) if step.key.startswith(steps.UPDATE) else step.key, str(error)))
        except Rejected as refused:
            objections += [each for each in _objections(step, refused) if not _is_told(each, objections)]
    return Judgement(Manner.VALIDATED, objections=tuple(objections), unjudged=tuple(unjudged))


#: The code of the error where a dry run was no dry run.
MADE = "made_in_a_dry_run"


def _is_to_judge(step: Step, *, ids: Mapping[str, str]) -> bool:
    """Whether the step sends fields; files and switches are not judged, and what stands already is not made."""
    if step.asset_id is not None:
        return False
    return step.key.startswith(steps.UPDATE) or any(key not in ids for key in step.creates)


def _judgeable(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], new: set[str]) -> dict[str, Any]:
    """The body that the step would send now. Raises Conflict where what it names does not stand yet."""
    key = steps.target(step) if step.key.startswith(steps.UPDATE) else step.key
    if step.kind == "ad" and any(each.startswith(f"{key.replace('ad/', 'creative/', 1)}/") for each in new):
        raise Conflict(f"The creative of {key!r} does not stand on Meta yet, so the ad cannot be shown with it.")
    return steps.body(spec, step=step, ids=ids)


def _ask(graph: Graph, *, step: Step, body: Mapping[str, Any]) -> None:
    """Sends one body to be checked; raises what Meta would refuse it for, and Conflict where Meta made something."""
    options = list(_CHECK_ADS if step.kind == "ad" else _CHECK)
    is_change = step.key.startswith(steps.UPDATE)
    path = str(body["id"]) if is_change else f"{graph.account}/{calls.EDGES[step.kind]}"
    fields = {name: value for name, value in body.items() if name != "id"}
    endpoint = step.kind if is_change else calls.EDGES[step.kind]
    answer = graph.ask(path, endpoint=endpoint, body={**fields, "execution_options": options})
    if isinstance(answer, Mapping) and answer.get("id") is not None:
        raise Conflict(f"Meta was asked to check {step.key}, and made {answer['id']}.", code=MADE)
    if answer is not True and not (isinstance(answer, Mapping) and answer.get("success") is True):
        raise Rejected(f"Meta does not take {step.key}.", words=http.dumps(answer)[:500])


def _is_told(new: Objection, told: list[Objection]) -> bool:
    """Whether the same was said already of something that is no field: of the account, it is said of every object."""
    return any((each.words, each.code) == (new.words, new.code) and not each.field for each in told)


def _objections(step: Step, refused: Rejected) -> Iterator[Objection]:
    key = steps.target(step) if step.key.startswith(steps.UPDATE) else step.key
    rule = "it is gone on Meta." if isinstance(refused, Missing) else _RULE
    for error in refused.errors or (FieldError("", refused.words, ""),):
        yield Objection(
            object=key,
            field=revising.unified(error.field),
            rule=rule,
            fix=error.fix or _FIX,
            words=refused.words or error.rule,
            code=refused.platform_code,
            request_id=refused.request_id,
        )
