"""Takes back what was done to an ad's campaigns, from its history: the inverse plan first, then the same machinery.

An update is undone by an update to what was applied before, a pause by a resume and the other way round, a creation by
a delete. What was deleted on a platform is gone for good. Undoing the same change a second time changes nothing and
gives the same answer; an undo is a change like others, and is undone by its own id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.ads.types import Ad, AdOrigin
from adloom.campaigns import (
    approvals,
    deployments,
    differences,
    fingerprints,
    guards,
    past,
    queries,
    reverting,
    specs,
    store,
)
from adloom.campaigns.asked import Terms
from adloom.campaigns.fingerprints import Basis, Tell
from adloom.campaigns.past import Done
from adloom.campaigns.planning import Plan
from adloom.campaigns.queueing import queue
from adloom.campaigns.requests import Asked, Beside
from adloom.campaigns.reverting import BY, Inverse
from adloom.campaigns.types import Change, DeploymentType, Reason
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Invalid
from adloom.db import session as db
from adloom.db.session import ReadSession, Session


@dataclass(frozen=True, slots=True)
class Undoing:
    """What would be taken back and how. `undone_by` are the deployments that have done so, or are at it."""

    done: tuple[Done, ...]
    undone_by: tuple[Done, ...]
    reverts_ad: bool
    plan: Plan
    named: UUID | None = None

    @property
    def operations(self) -> tuple[DeploymentType, ...]:
        """What would be asked of the platforms, all of it."""
        return tuple(BY[each.type] for each in self.done if each.type in BY)

    @property
    def beside(self) -> Beside:
        """The undo as a second person applies it."""
        again = "--undo" if self.named is None else f"--undo --deployment {self.named}"
        return Beside(Asked.UNDO, self.plan.fingerprint, self.as_json(), again)

    def as_json(self) -> dict[str, Any]:
        """The undo as API and CLI show it; `reverts_ad` says whether the ad's own content goes back as well."""
        return {
            "undoes": [each.as_json() for each in self.done],
            "undone_by": [str(each.id) for each in self.undone_by],
            "reverts_ad": self.reverts_ad,
            **self.plan.as_json(),
        }


def plan(actor: Actor, *, ad_id: UUID, deployment_id: UUID | None = None) -> Undoing:
    """What undoing the ad's last change (or the one that is named) would do. Local; sends nothing, keeps nothing."""
    with db.transaction(actor) as session:
        return plan_in(session, actor, ads.hold(session, ad_id=ad_id), deployment_id)


def plan_in(session: Session, actor: Actor, held: Ad, deployment_id: UUID | None) -> Undoing:
    """The same, in the caller's transaction, which holds the ad."""
    return _plan(session, actor, held, deployment_id)[0]


def undo(
    actor: Actor,
    *,
    ad_id: UUID,
    deployment_id: UUID | None = None,
    confirm: Collection[str] = (),
    plan: str | None = None,
) -> Change:
    """Queues what takes the ad's last change back, or the one that is named, on each platform that it was made on.

    A second time follows what is under way, or changes nothing. Raises NotFound, Invalid with why it cannot be undone,
    Refused as a deployment does, Conflict while another change is under way.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        held = ads.hold(session, ad_id=ad_id)
        found, inverses = _plan(session, actor, held, deployment_id)
        queued: list[tuple[UUID, UUID | None]] = [(each.id, each.job_id) for each in found.undone_by]
        if not found.undone_by:
            if plan is not None:
                fingerprints.refuse_stale(plan, now=found.plan.fingerprint, tell=_telling(session, held, inverses))
            queued = _apply(session, actor, held, found, inverses, confirm=confirm)
        stands = [queries.get_in(session, campaign_id=each.campaign_id) for each in found.done]
    return Change(
        campaigns=tuple(each for each in stands if each is not None),
        job_ids=tuple(job_id for _, job_id in queued if job_id is not None),
        deployment_ids=tuple(each for each, _ in queued),
        losses={},
    )


def _telling(session: ReadSession, held: Ad, inverses: Sequence[Inverse]) -> Tell:
    return differences.of_plan(
        session,
        held,
        campaigns=[each.campaign for each in inverses],
        accounts=[each.account for each in inverses],
        platforms=[each.done.platform for each in inverses],
    )


def _plan(session: Session, actor: Actor, held: Ad, deployment_id: UUID | None) -> tuple[Undoing, tuple[Inverse, ...]]:
    if held.origin is AdOrigin.IMPORTED:
        raise Conflict(
            "This ad was found on its platform; what was done to it there is not known here. What was done from here "
            f"is taken back by its own command: adloom ad resume {held.id}, adloom campaign budget CAMPAIGN AMOUNT."
        )
    history = past.history(session, held.id)
    done = past.chosen(history, deployment_id)
    undone = tuple(each for each in (past.undone_by(history, each) for each in done) if each is not None)
    open_ = [] if undone else [each for each in done if not _is_quiet(session, each)]
    if open_:
        raise Conflict(f"A change on {open_[0].platform.value} is under way. Undo once that has ended.")
    inverses = () if undone else tuple(reverting.of(session, history, each) for each in done)
    ad = ad_queries.as_unified(held)
    looked = guards.look(session, reverting.asked(session, held, inverses))
    now = time.now()
    bases = {
        each.done.platform: fingerprints.basis(
            session,
            ad,
            campaign=each.campaign,
            account=each.account,
            places=specs.places_in(each.snapshot or {}),
            now=now,
        )
        for each in inverses
    }
    plans = {each.done.platform: reverting.on_platform(session, each, looked) for each in inverses}
    whole = Plan(plans, tuple(looked.sentences.values()), bases, made_by=actor.person_id, made_at=now)
    return Undoing(done, undone, reverting.said_before(ad, inverses) is not None, whole, deployment_id), inverses


def _is_quiet(session: ReadSession, done: Done) -> bool:
    return not any(deployments.unfinished(session, done.campaign_id, type_) for type_ in DeploymentType)


def _apply(
    session: Session,
    actor: Actor,
    held: Ad,
    found: Undoing,
    inverses: Sequence[Inverse],
    *,
    confirm: Collection[str],
) -> list[tuple[UUID, UUID | None]]:
    errors = [error for plan in found.plan.platforms.values() for error in plan.found.errors]
    if errors:
        raise Invalid("It cannot be undone.", errors=tuple(errors))
    asked = reverting.asked(session, held, inverses)
    guards.one_at_a_time(session)
    guards.look(session, asked).refuse(confirmed=confirm)
    planned_by = approvals.take_beside(
        session,
        actor,
        ad_id=held.id,
        client_ids=(held.client_id, *(each.campaign.client_id for each in inverses)),
        operations=found.operations,
        standing=fingerprints.standing(session, store.live_of_ad(session, held.id)),
        beside=found.beside,
        tell=_telling(session, held, inverses),
    )
    before = reverting.said_before(ad_queries.as_unified(held), inverses)
    if before is not None:
        ads.replace(session, actor, held, before)
    return [
        _queue(session, actor, each, found.plan.bases[each.done.platform], confirm, planned_by) for each in inverses
    ]


def _queue(
    session: Session, actor: Actor, each: Inverse, basis: Basis, confirm: Collection[str], planned_by: UUID | None
) -> tuple[UUID, UUID | None]:
    """The inverse as a deployment; the plan that it keeps leaves the ad out, whose content goes back with it."""
    operation = BY[each.done.type]
    kept = {name: digest for name, digest in basis.as_json().items() if name in ("stands", "account")}
    terms = Terms(tuple(confirm), kept, planned_by=planned_by, reason=Reason.UNDO, undoes=each.done.id)
    spec = each.snapshot if operation is DeploymentType.UPDATE else deployments.last_spec(session, each.campaign.id)
    return queue(session, actor, each.campaign, operation, spec=spec, terms=terms)
