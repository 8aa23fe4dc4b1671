"""Who may apply what on an ad's page, where its client requires that a second person does. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from adloom.campaigns.requests import Asked, RequestView
from adloom.web import words

_WORDS = {
    Asked.DEPLOY: "Deployment",
    Asked.RESUME: "Resume",
    Asked.UNDO: "Undo",
    Asked.PUT_BACK: "Put ours back",
}


class Way(StrEnum):
    """What a person can do about a deployment or a resume: do it, ask another one, or wait for one."""

    APPLY = "apply"
    ASK = "ask"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan that somebody made for another person to apply; `page` is where that is done, if not here."""

    what: str
    by: str
    at: str
    fingerprint: str
    is_stale: bool
    page: str = ""


@dataclass(frozen=True, slots=True)
class Second:
    """How this person deploys and resumes the ad, and what waits. `is_required`: its client asks for two people."""

    is_required: bool
    deploy: Way
    resume: Way
    waiting: tuple[Waiting, ...]


ALONE = Second(is_required=False, deploy=Way.APPLY, resume=Way.APPLY, waiting=())


def second(requests: Sequence[RequestView], *, me: UUID | None, fingerprint: str) -> Second:
    """For an ad whose client requires two; `fingerprint` is that of the plan on the page, empty where none is made."""
    open_ = {each.operation: each for each in requests}
    deploy = open_.get(Asked.DEPLOY)
    is_fresh = deploy is not None and deploy.fingerprint == fingerprint
    return Second(
        is_required=True,
        deploy=_way(deploy if is_fresh else None, me=me),
        resume=_way(open_.get(Asked.RESUME), me=me),
        waiting=tuple(_waiting(each, fingerprint=fingerprint) for each in requests),
    )


def _way(request: RequestView | None, *, me: UUID | None) -> Way:
    if request is None:
        return Way.ASK
    return Way.WAIT if request.requested_by == me else Way.APPLY


def _waiting(request: RequestView, *, fingerprint: str) -> Waiting:
    is_deploy = request.operation is Asked.DEPLOY
    return Waiting(
        what=_WORDS[request.operation],
        by=request.requester or "somebody who is gone",
        at=words.moment(request.requested_at),
        fingerprint=request.fingerprint if is_deploy else "",
        is_stale=is_deploy and bool(fingerprint) and request.fingerprint != fingerprint,
        page=_page(request),
    )


def _page(request: RequestView) -> str:
    """The page that shows it and has the button."""
    page = f"/ads/{request.ad_id}"
    if request.operation is Asked.PUT_BACK:
        return f"{page}/reconcile?campaign={request.plan['campaign_id']}&how=put_back"
    if request.operation is Asked.UNDO:
        undone = [each["deployment_id"] for each in request.plan["undoes"]]
        return f"{page}/undo?deployment={undone[0]}" if len(undone) == 1 else f"{page}/undo"
    return ""
