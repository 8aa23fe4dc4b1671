"""What a person does with a plan that a second person has to apply: asks for it, and looks at what waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.ads.types import AdOrigin
from adloom.campaigns import actions, approvals, fingerprints, store
from adloom.campaigns.requests import Asked, RequestStatus, RequestView
from adloom.campaigns.types import CampaignStatus
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, FieldError, Forbidden, Invalid
from adloom.db import session as db
from adloom.db.session import ReadSession


def request(actor: Actor, *, ad_id: UUID, operation: Asked = Asked.DEPLOY, plan: str | None = None) -> RequestView:
    """Asks that somebody else applies what would be done now, and returns the request; again returns the same one.

    A request for another plan takes its place. Nothing is sent. Raises Invalid for an ad that cannot go out as it is,
    Conflict where nothing would be done or nobody has to ask, Refused where `plan` names another one than this.
    """
    actor.may_write()
    if actor.person_id is None:
        raise Forbidden("A plan is made by a person.")
    with db.transaction(actor) as session:
        held = ads.hold(session, ad_id=ad_id)
        if not is_required_for(session, ad_id=ad_id, client_id=held.client_id):
            raise Conflict("No second person is needed for this ad: do it yourself.")
        if operation is Asked.DEPLOY:
            made = actions.plan_in(session, actor, held)
            if plan is not None:
                fingerprints.refuse_stale(plan, now=made.fingerprint, tell=actions.telling(session, held, made))
            _refuse_what_cannot_go((platform, each.found.errors) for platform, each in made.platforms.items())
            if not any(each.is_to_be_judged for each in made.platforms.values()):
                raise Conflict("The ad stands as it says: there is nothing to apply.")
            fingerprint, kept = made.fingerprint, made.as_json()
        else:
            fingerprint, kept = actions.resuming(session, ad_id), {}
            if not any(c.status is CampaignStatus.PAUSED for c in store.live_of_ad(session, ad_id)):
                raise Conflict("Nothing of this ad stands paused: there is nothing to resume.")
        found = approvals.open_request(session, ad_id=ad_id, operation=operation)
        if found is None or found.fingerprint != fingerprint:
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
            now[Asked.DEPLOY] = actions.plan_in(session, actor, held).fingerprint
    return tuple(replace(each, is_stale=_is_stale(each, now.get(each.operation))) for each in found)


def waiting(actor: Actor, *, ad_id: UUID) -> tuple[RequestView, ...]:
    """What waits for a second person, without a plan being made."""
    with db.reading(actor) as session:
        return tuple(each for each in approvals.of_ad(session, ad_id) if each.status is RequestStatus.REQUESTED)


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
