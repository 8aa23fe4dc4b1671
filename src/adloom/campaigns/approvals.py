"""A second person applies: whether one is needed, the plans that wait for one, and who may apply them.

A client may require it for its ads. What lets money flow, or more of it, is planned by one person and applied by
another: who asks for it is a row here, and the database keeps that the two differ. What stops money is never held up.
Every function joins the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.campaigns import fingerprints
from adloom.campaigns.asked import Deployment
from adloom.campaigns.fingerprints import Tell
from adloom.campaigns.requests import Asked, Beside, RequestStatus, RequestView, about
from adloom.campaigns.types import DeploymentType
from adloom.core.actor import Actor
from adloom.core.errors import Refused
from adloom.db.session import ReadSession, Session
from adloom.identity import queries as identity

CODE = "second_person"

_COLUMNS = """
    approval_requests.id,
    approval_requests.ad_id,
    approval_requests.operation,
    approval_requests.status,
    approval_requests.fingerprint,
    approval_requests.requested_by,
    requester.email AS requester,
    approval_requests.created_at AS requested_at,
    approval_requests.applied_by,
    applier.email AS applier,
    approval_requests.applied_at,
    approval_requests.plan
"""

_FOUND = text(
    f"""
    SELECT {_COLUMNS}
    FROM approval_requests
    LEFT JOIN users AS requester ON requester.id = approval_requests.requested_by
    LEFT JOIN users AS applier ON applier.id = approval_requests.applied_by
    WHERE approval_requests.ad_id = :ad_id
        AND (CAST(:operation AS text) IS NULL OR approval_requests.operation = CAST(:operation AS text))
        AND (CAST(:status AS text) IS NULL OR approval_requests.status = CAST(:status AS text))
    ORDER BY
        approval_requests.created_at DESC,
        approval_requests.id
    LIMIT 20
    """  # noqa: S608  (a constant list of columns)
)

_REPLACE = text(
    """
    UPDATE approval_requests
    SET status = 'replaced'
    WHERE ad_id = :ad_id
        AND operation = :operation
        AND status = 'requested'
    """
)

_INSERT = text(
    """
    INSERT INTO approval_requests (user_id, ad_id, operation, fingerprint, requested_by, plan)
    VALUES (:user_id, :ad_id, :operation, :fingerprint, :requested_by, CAST(:plan AS jsonb))
    """
)

_APPLY = text(
    """
    UPDATE approval_requests
    SET
        status = 'applied',
        applied_by = :applied_by,
        applied_at = clock_timestamp()
    WHERE id = :id
    """
)


def is_required(session: ReadSession, client_ids: Iterable[UUID | None]) -> bool:
    """Whether one of these clients requires that a second person applies."""
    found = (identity.client_in(session, client_id=client_id) for client_id in set(client_ids))
    return any(client is not None and client.second_person for client in found)


def of_ad(session: ReadSession, ad_id: UUID) -> tuple[RequestView, ...]:
    """What was asked for an ad, newest first, whatever became of it; at most 20."""
    return _found(session, ad_id=ad_id)


def open_request(session: ReadSession, *, ad_id: UUID, operation: Asked) -> RequestView | None:
    """What waits for a second person, if anything does."""
    return next(iter(_found(session, ad_id=ad_id, operation=operation, status=RequestStatus.REQUESTED)), None)


def ask(
    session: Session, actor: Actor, *, ad_id: UUID, operation: Asked, fingerprint: str, plan: Mapping[str, Any]
) -> None:
    """Keeps a plan for somebody else to apply, in the place of one that waited before."""
    values = {"ad_id": ad_id, "operation": operation.value}
    session.execute(_REPLACE, values)
    more = {"user_id": actor.tenant_id, "fingerprint": fingerprint, "requested_by": actor.person_id}
    session.execute(_INSERT, {**values, **more, "plan": json.dumps(plan, default=str)})


def take(
    session: Session,
    actor: Actor,
    *,
    ad_id: UUID,
    operation: Asked,
    fingerprint: str,
    tell: Tell = fingerprints.nothing_told,
    beside: Beside | None = None,
) -> UUID:
    """Applies what another person planned, and returns who that is; `beside` is what it is about, beside the ad.

    Raises Refused where nobody planned it, where this very person did, and where another plan would be made now.
    """
    found = open_request(session, ad_id=ad_id, operation=operation)
    is_about_this = found is not None and (beside is None or about(found.plan) == beside.about)
    if actor.person_id is None or found is None or not is_about_this:
        raise Refused(_unasked(ad_id, operation, beside), code=CODE)
    if found.requested_by == actor.person_id:
        raise Refused(
            "You planned this yourself. This client requires that another person applies what one has planned.",
            code=CODE,
        )
    _refuse_stale(found, now=fingerprint, tell=tell)
    session.execute(_APPLY, {"id": found.id, "applied_by": actor.person_id})
    return found.requested_by


def take_beside(
    session: Session,
    actor: Actor,
    *,
    ad_id: UUID,
    client_ids: Iterable[UUID | None],
    operations: Iterable[DeploymentType],
    standing: str,
    beside: Beside,
    tell: Tell = fingerprints.nothing_told,
) -> UUID | None:
    """Who planned what is done beside the ad itself, an undo or a putting back; None where nobody had to.

    What only lets the ad deliver again goes by the request to resume it, made for what stands (`standing`), anything
    else by a request for exactly this (`beside`). What stops money needs nobody.
    """
    asked = asked_by(operations, beside.operation)
    if asked is None or not is_required(session, client_ids):
        return None
    if asked is Asked.RESUME:
        return take(session, actor, ad_id=ad_id, operation=asked, fingerprint=standing)
    return take(session, actor, ad_id=ad_id, operation=asked, fingerprint=beside.fingerprint, tell=tell, beside=beside)


def asked_by(operations: Iterable[DeploymentType], own: Asked) -> Asked | None:
    """By which request these are asked for together: a resume's where they only resume; None where they stop money."""
    flowing = set(operations) - {DeploymentType.PAUSE, DeploymentType.DELETE}
    if not flowing:
        return None
    return Asked.RESUME if flowing == {DeploymentType.RESUME} else own


def refuse_alone(session: ReadSession, deployment: Deployment) -> None:
    """Returns where a deployment may be begun as far as this goes; raises Refused where a second person is missing."""
    if not is_required(session, (deployment.ad_client_id, deployment.client_id)):
        return
    if None in (deployment.planned_by, deployment.actor_id) or deployment.planned_by == deployment.actor_id:
        operation = Asked.RESUME if deployment.type is DeploymentType.RESUME else Asked.DEPLOY
        raise Refused(_unasked(deployment.ad_id, operation), code=CODE)


def _refuse_stale(found: RequestView, *, now: str, tell: Tell) -> None:
    if found.operation is not Asked.RESUME:
        fingerprints.refuse_stale(found.fingerprint, now=now, tell=tell)
    elif found.fingerprint != now:
        fingerprints.refuse_different({"stands": found.fingerprint}, now={"stands": now}, tell=tell)


def _unasked(ad_id: UUID, operation: Asked, beside: Beside | None = None) -> str:
    option = " --resume" if operation is Asked.RESUME else f" {beside.again}" if beside is not None else ""
    return (
        "This client requires that a second person applies: one asks for it (adloom ad request "
        f"{ad_id}{option}; API: POST /v1/ads/{ad_id}/requests), then another one does it."
    )


def _found(
    session: ReadSession, *, ad_id: UUID, operation: Asked | None = None, status: RequestStatus | None = None
) -> tuple[RequestView, ...]:
    values = {
        "ad_id": ad_id,
        "operation": None if operation is None else operation.value,
        "status": None if status is None else status.value,
    }
    return tuple(_view(row) for row in session.execute(_FOUND, values).mappings())


def _view(row: RowMapping) -> RequestView:
    typed = {"operation": Asked(row["operation"]), "status": RequestStatus(row["status"])}
    return RequestView(**{**row, **typed})
