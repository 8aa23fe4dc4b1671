"""What a person does with a plan that a second person has to apply: asks for it, and looks at what waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.ads.types import Ad, AdOrigin
from adloom.campaigns import actions, approvals, fingerprints, previewing, reconciling, store, undoing
from adloom.campaigns.planning import Plan
from adloom.campaigns.reconciling import How
from adloom.campaigns.requests import Asked, Beside, RequestStatus, RequestView, Wait, about
from adloom.campaigns.types import CampaignStatus, DeploymentType
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Refused
from adloom.db import session as db
from adloom.db.session import ReadSession, Session


def request(actor: Actor, *, ad_id: UUID, operation: Asked = Asked.DEPLOY, plan: str | None = None) -> RequestView:
    """Asks that somebody else applies what would be done now, and returns the request; again returns the same one.

    A request for another plan takes its place. Nothing is sent. Raises Invalid for an ad that cannot go out as it is,
    Conflict where nothing would be done or nobody has to ask, Refused where `plan` names another one than this.
    """
    with _asking(actor) as session:
        held = ads.hold(session, ad_id=ad_id)
        if not is_required_for(session, ad_id=ad_id, client_id=held.client_id):
            raise Conflict("No second person is needed for this ad: do it yourself.")
        if operation not in (Asked.DEPLOY, Asked.RESUME):
            raise Invalid.field("operation", "it is of one change or one campaign.", "Name that as well.")
        if operation is Asked.DEPLOY:
            made = previewing.plan_in(session, actor, held)
            if plan is not None:
                fingerprints.refuse_stale(plan, now=made.fingerprint, tell=previewing.telling(session, held, made))
            _refuse_what_cannot_go((platform, each.found.errors) for platform, each in made.platforms.items())
            if not any(each.is_to_be_judged for each in made.platforms.values()):
                raise Conflict("The ad stands as it says: there is nothing to apply.")
            fingerprint, kept = made.fingerprint, made.as_json()
        else:
            fingerprint, kept = actions.resuming(session, ad_id), {}
            if not any(c.status is CampaignStatus.PAUSED for c in store.live_of_ad(session, ad_id)):
                raise Conflict("Nothing of this ad stands paused: there is nothing to resume.")
        return _asked(session, actor, ad_id, operation, fingerprint, kept)


def request_undo(
    actor: Actor, *, ad_id: UUID, deployment_id: UUID | None = None, plan: str | None = None
) -> RequestView:
    """Asks that somebody else undoes the ad's last change, or the one that is named; as `request` does.

    An undo that only lets the ad deliver again is asked for as a resume. Raises Conflict where nobody has to ask.
    """
    with _asking(actor) as session:
        held = ads.hold(session, ad_id=ad_id)
        found = undoing.plan_in(session, actor, held, deployment_id)
        if found.undone_by:
            raise Conflict("It was taken back already.")
        return _ask_beside(session, actor, held, found.plan, found.operations, found.beside, seen=plan)


def request_put_back(
    actor: Actor, *, ad_id: UUID, campaign_id: UUID, fields: Collection[str] = (), plan: str | None = None
) -> RequestView:
    """Asks that somebody else puts back what was changed in one of the ad's campaigns; as `request_undo` does."""
    with _asking(actor) as session:
        found = reconciling.plan_in(session, actor, campaign_id=campaign_id, how=How.PUT_BACK, fields=fields)
        if not found.taken:
            raise Conflict("There is nothing that could be put back.")
        held = ads.hold(session, ad_id=ad_id)
        if found.campaign.ad_id != ad_id:
            raise NotFound(f"Ad {ad_id} has no campaign {campaign_id}.")
        return _ask_beside(session, actor, held, found.plan, found.operations, found.beside, seen=plan)


@contextmanager
def _asking(actor: Actor) -> Iterator[Session]:
    actor.may_write()
    if actor.person_id is None:
        raise Forbidden("A plan is made by a person.")
    with db.transaction(actor) as session:
        yield session


def _ask_beside(
    session: Session,
    actor: Actor,
    held: Ad,
    plan: Plan,
    operations: Iterable[DeploymentType],
    beside: Beside,
    *,
    seen: str | None,
) -> RequestView:
    """Asks for an undo or a putting back, whose plan this is."""
    operation = approvals.asked_by(operations, beside.operation)
    if operation is None or not is_required_for(session, ad_id=held.id, client_id=held.client_id):
        raise Conflict("No second person is needed for this: do it yourself.")
    if seen is not None:
        fingerprints.refuse_stale(seen, now=plan.fingerprint)
    _refuse_what_cannot_go((platform, each.found.errors) for platform, each in plan.platforms.items())
    if operation is Asked.RESUME:
        return _asked(session, actor, held.id, operation, actions.resuming(session, held.id), {})
    kept = {**beside.plan, "again": beside.again}
    return _asked(session, actor, held.id, operation, beside.fingerprint, kept)


def _asked(
    session: Session, actor: Actor, ad_id: UUID, operation: Asked, fingerprint: str, kept: Mapping[str, Any]
) -> RequestView:
    """The request that waits for exactly this: the one that is there, or a new one in the place of another."""
    found = approvals.open_request(session, ad_id=ad_id, operation=operation)
    if found is None or found.fingerprint != fingerprint or about(found.plan) != about(kept):
        approvals.ask(session, actor, ad_id=ad_id, operation=operation, fingerprint=fingerprint, plan=kept)
        found = approvals.open_request(session, ad_id=ad_id, operation=operation)
    if found is None:
        raise Conflict("The request is gone already.")
    return found


def of_ad(actor: Actor, *, ad_id: UUID) -> tuple[RequestView, ...]:
    """What was asked for an ad, newest first; of what waits, whether another plan would be made now.

    Raises NotFound for an ad that is not there.
    """
    with db.transaction(actor) as session:
        ad_queries.get_in(session, ad_id=ad_id)
        found = approvals.of_ad(session, ad_id)
        if not any(each.status is RequestStatus.REQUESTED for each in found):
            return found
        held = ads.hold(session, ad_id=ad_id)
        now = {Asked.RESUME: actions.resuming(session, ad_id)}
        if held.origin is AdOrigin.COMPOSED:
            now[Asked.DEPLOY] = previewing.plan_in(session, actor, held).fingerprint
        for each in found:
            if each.status is RequestStatus.REQUESTED and each.operation in (Asked.UNDO, Asked.PUT_BACK):
                now[each.operation] = _now_beside(session, actor, held, each)
    return tuple(replace(each, is_stale=_is_stale(each, now.get(each.operation))) for each in found)


def _now_beside(session: Session, actor: Actor, held: Ad, request: RequestView) -> str:
    """The name of the plan that would be made now of what was asked for; empty where none can be."""
    deployments = [UUID(each["deployment_id"]) for each in request.plan.get("undoes", ())]
    try:
        if request.operation is Asked.UNDO:
            named = deployments[0] if len(deployments) == 1 else None
            beside = undoing.plan_in(session, actor, held, named).beside
        else:
            campaign_id, fields = UUID(request.plan["campaign_id"]), tuple(request.plan["fields"])
            found = reconciling.plan_in(session, actor, campaign_id=campaign_id, how=How.PUT_BACK, fields=fields)
            beside = found.beside
    except Refused:
        return ""
    return beside.fingerprint if beside.about == about(request.plan) else ""


def waiting(actor: Actor, *, ad_id: UUID) -> tuple[RequestView, ...]:
    """What waits for a second person, without a plan being made."""
    with db.reading(actor) as session:
        return tuple(each for each in approvals.of_ad(session, ad_id) if each.status is RequestStatus.REQUESTED)


def waiting_for(actor: Actor, *, ad_id: UUID, beside: Beside, operations: Iterable[DeploymentType]) -> Wait:
    """Whether an undo or a putting back has to be asked for, was asked for, or may be done by this person now."""
    with db.reading(actor) as session:
        operation = approvals.asked_by(operations, beside.operation)
        client_id = ad_queries.get_in(session, ad_id=ad_id).client_id
        if operation is None or not is_required_for(session, ad_id=ad_id, client_id=client_id):
            return Wait.NONE
        found = approvals.open_request(session, ad_id=ad_id, operation=operation)
        is_this = found is not None and (operation is Asked.RESUME or about(found.plan) == beside.about)
        if found is None or not is_this:
            return Wait.TO_ASK
        return Wait.FOR_ANOTHER if found.requested_by == actor.person_id else Wait.NONE


def is_required(actor: Actor, *, ad_id: UUID) -> bool:
    """Whether a second person has to apply what is planned for this ad."""
    with db.reading(actor) as session:
        client_id = ad_queries.get_in(session, ad_id=ad_id).client_id
        return is_required_for(session, ad_id=ad_id, client_id=client_id)


def is_required_for(session: ReadSession, *, ad_id: UUID, client_id: UUID | None) -> bool:
    """The same, in the caller's transaction: the ad's client asks for it, or that of an account it stands in."""
    return approvals.is_required(session, (client_id, *store.clients_of(session, ad_id)))


def _is_stale(request: RequestView, now: str | None) -> bool:
    return request.status is RequestStatus.REQUESTED and request.fingerprint != now


def _refuse_what_cannot_go(found: Iterable[tuple[str, tuple[FieldError, ...]]]) -> None:
    errors = [FieldError(f"{name}: {each.field}", each.rule, each.fix) for name, of_one in found for each in of_one]
    if errors:
        raise Invalid("The ad cannot be deployed as it is.", errors=tuple(errors))
