"""The worker's part of a verdict: asks a platform what it would say to a plan, and keeps the answer.

What keeps a platform from answering is a finding, not a failure: the plan says so, and is as good as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.assets import remote
from adloom.campaigns import findings, objects, previewing, verdicts
from adloom.campaigns.verdicts import Question
from adloom.connections import logins
from adloom.connections.types import AccountView
from adloom.core.errors import AdloomError, Conflict, PlatformError, Refused, Throttled
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import outcomes
from adloom.jobs.types import Job
from adloom.platforms import registry
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, Platform
from adloom.platforms.verdicts import Judgement

_IS_ANOTHER = "Another plan would be made now. Plan again."
_BEING_MADE = "The campaign is being made there; what is changed in it can be judged once it stands."


@dataclass(frozen=True, slots=True)
class _Case:
    """What a platform is asked about: the ad as it would be sent, and what of it stands."""

    spec: CampaignSpec
    operation: Operation
    ids: Mapping[str, str]


def judge(job: Job) -> Mapping[str, Any]:
    """Asks one platform about one plan; a question that was answered, or is gone, is not asked again."""
    verdict_id = UUID(job.data["verdict_id"])
    with db.reading(job.actor()) as session:
        question = verdicts.question(session, verdict_id)
    if question is None or not question.is_open:
        return {"asked": False}
    try:
        judgement = _judgement(job, question)
    except (PlatformError, Refused) as error:
        if not _is_final(job, error):
            raise
        with db.transaction(job.actor()) as session:
            verdicts.give_up(session, verdict_id, reason=error.message)
        return {"asked": True, "unavailable": error.message}
    with db.transaction(job.actor()) as session:
        verdicts.answer(session, verdict_id, judgement)
    return {"asked": True, "objections": len(judgement.objections)}


def _judgement(job: Job, question: Question) -> Judgement:
    with db.transaction(job.actor()) as session:
        case = _case(session, job, question)
    with logins.open_connection(job.actor(), platform=question.platform) as connection:
        adapter = registry.adapter(question.platform)
        return adapter.judge(connection, spec=case.spec, operation=case.operation, ids=case.ids)


def _case(session: Session, job: Job, question: Question) -> _Case:
    """The plan, made again as it was; raises Conflict where it is another one, or cannot be judged yet."""
    held = ads.hold(session, ad_id=question.ad_id)
    made = previewing.plan_in(session, job.actor(), held)
    plan = made.platforms.get(question.platform)
    account = findings.accounts(session, ad_queries.as_unified(held)).get(question.platform)
    if plan is None or account is None or plan.spec is None or plan.operation is None:
        raise Conflict(_IS_ANOTHER)
    if made.fingerprint_for(question.platform) != question.fingerprint:
        raise Conflict(_IS_ANOTHER)
    ids = _ids(session, question.platform, plan.spec, operation=plan.operation, account=account)
    if plan.operation is Operation.UPDATE and "campaign" not in ids:
        raise Conflict(_BEING_MADE)
    return _Case(plan.spec, plan.operation, ids)


def _ids(
    session: Session, platform: Platform, spec: CampaignSpec, *, operation: Operation, account: AccountView
) -> dict[str, str]:
    """What of the campaign stands, and what of its files is in the account already."""
    found = objects.known_ids(session, campaign_id=spec.campaign_id)
    for step in registry.adapter(platform).steps(spec, operation=operation):
        if step.asset_id is None or step.key in found:
            continue
        uploaded = remote.find(session, asset_id=UUID(step.asset_id), platform_account_id=account.id)
        if uploaded is not None:
            found[step.key] = uploaded.platform_asset_id
    return found


def _is_final(job: Job, error: AdloomError) -> bool:
    """Whether nobody waits for a better answer: a quota that is used up is not waited for, either."""
    return isinstance(error, Throttled) or isinstance(outcomes.next_step(job, error), outcomes.GiveUp)
