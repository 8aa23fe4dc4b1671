"""`/v1/stop-everything`: the kill switch, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from adloom.api.depends import Acting, Writing
from adloom.api.shapes import Body, Queued, Shape
from adloom.campaigns import stopped, stopping
from adloom.campaigns.types import NotStopped
from adloom.platforms.types import Platform

router = APIRouter(prefix="/v1/stop-everything", tags=["campaigns"])

ClientId = Annotated[UUID | None, Query(description="Only this client's.")]
Account = Annotated[str | None, Query(max_length=100, description="Only this ad account's.")]
Everyone = Annotated[bool, Query(alias="all", description="Every owner's, for an administrator.")]


class Stop(Body):
    """Without a field: all that you may write. `account` is an ad account's id, ours or the platform's.

    `all` is every owner's campaigns; only an administrator of the installation may say it.
    """

    client_id: UUID | None = None
    account: str | None = None
    all: bool = False


class Named(Shape):
    id: UUID
    name: str


class StoppedCampaign(Shape):
    """It stands paused, this many seconds after the call."""

    campaign: Named
    ad: Named
    platform: Platform
    platform_campaign_id: str | None
    seconds: float


class RunningCampaign(Shape):
    """It may deliver on: why, in the platform's words where it had some, and what to do about it."""

    campaign: Named
    ad: Named
    platform: Platform
    platform_campaign_id: str | None
    reason: str
    cure: str


class Stopping(Queued):
    """What was queued, one job for each campaign. Ask for the outcome with `since` = `asked_at`.

    `not_stopped` are those that could not even be queued.
    """

    asked_at: datetime
    not_stopped: list[RunningCampaign]


class StopOutcome(Shape):
    """`seconds` lie between the call and the last campaign that stood paused.

    `is_over`: nothing is under way any more that would end soon. Until then `not_stopped` are also those under way.
    """

    stopped: list[StoppedCampaign]
    not_stopped: list[RunningCampaign]
    seconds: float
    is_over: bool


@router.post("", status_code=202)
def stop_everything(write: Writing, body: Stop | None = None) -> Stopping:
    """Pause every campaign that delivers or may come to, in parallel, ahead of everything else.

    What is being paused already is followed, and what is paused is left alone: repeating is safe.
    """
    asked = body or Stop()

    def work() -> Stopping:
        scope = stopping.scope(write.actor, client_id=asked.client_id, account=asked.account, everyone=asked.all)
        return _stopping(stopping.stop(write.actor, scope=scope))

    return write.once(work, status=202)


@router.get("")
def outcome(
    acting: Acting,
    since: Annotated[AwareDatetime, Query(description="`asked_at` of the call.")],
    client_id: ClientId = None,
    account: Account = None,
    everyone: Everyone = False,
) -> StopOutcome:
    """What stands paused of what was under way then, or was asked for since; by name what does not, and the cure."""
    scope = stopping.scope(acting, client_id=client_id, account=account, everyone=everyone)
    return StopOutcome.model_validate(stopped.outcome(acting, scope=scope, since=since))


def _stopping(asked: stopping.Stopping) -> Stopping:
    return Stopping(
        job_id=next(iter(asked.job_ids), None),
        job_ids=list(asked.job_ids),
        deployment_ids=list(asked.deployment_ids),
        asked_at=asked.asked_at,
        not_stopped=[_running(each) for each in asked.not_asked],
    )


def _running(each: NotStopped) -> RunningCampaign:
    return RunningCampaign.model_validate(each)
