"""`/v1/ads/{id}/…`: what a deployment would do, and putting an ad on its platforms, pausing, resuming, deleting it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from adloom.ads import queries
from adloom.api import campaigns as shown
from adloom.api.campaigns import Campaign
from adloom.api.depends import Acting, Writing
from adloom.api.shapes import Body, Queued, Shape
from adloom.campaigns import actions as campaigns
from adloom.campaigns import whereabouts
from adloom.campaigns.types import Change, Duplicates, OnFailure
from adloom.edge.repeats import Write
from adloom.platforms.types import Operation, Platform

router = APIRouter(prefix="/v1/ads", tags=["ads"])


class OnPlatforms(Body):
    """`platforms` null is all that the ad is for."""

    platforms: list[Platform] | None = None


class Deployment(OnPlatforms):
    """Without `accept_losses` a loss of targeting is refused; losses of creative are only listed.

    `confirm`: the sentences that confirm budgets far beyond the last ones; the plan and the refusal name them.
    `plan`: the fingerprint of the plan that you have seen; where another one would be made now, nothing is done.
    `on_failure`: what becomes of a campaign whose creation fails for good: it stays paused until the next deployment
    completes it (`complete`, the default), or what was made of it is deleted (`remove`).
    `duplicates`: what becomes of the objects that the last deployment named in `surplus`, and stopped for.
    """

    accept_losses: bool = False
    plan: str | None = Field(default=None, max_length=100)
    confirm: list[str] = Field(default_factory=list, max_length=20)
    on_failure: OnFailure | None = None
    duplicates: Duplicates | None = None


class Resuming(OnPlatforms):
    """`duplicates`: what becomes of the objects that the last deployment named in `surplus`, and stopped for."""

    duplicates: Duplicates | None = None


class Deleting(OnPlatforms):
    """`only_unfinished`: those campaigns alone whose creation has failed for good."""

    only_unfinished: bool = False


class Loss(Shape):
    """What a platform cannot express: `from` becomes `to`."""

    field: str
    kind: str
    before: Any = Field(serialization_alias="from")
    after: Any = Field(serialization_alias="to")


class Changing(Queued):
    """What was queued, how the ad's campaigns stand now, and what the platforms cannot express."""

    campaigns: list[Campaign]
    losses: dict[Platform, list[Loss]]


class WrongPart(Shape):
    field: str
    rule: str
    fix: str


class PlannedLoss(Shape):
    field: str
    kind: str
    from_: Any = Field(alias="from")
    to: Any
    is_targeting: bool


class PlannedChange(Shape):
    """One change of one object. `effects`: `re_review`, `may_reset_learning`, `replaces_object`, `irreversible`."""

    object: str
    action: str
    field: str | None
    from_: Any = Field(alias="from")
    to: Any
    effects: list[str]


class Outlay(Shape):
    """What may be spent, as decimal strings. `flight` is null where the flight has no end.

    `per_day` is the budget that is set, of a lifetime budget its even share; `per_month` is 30.4 days, or
    the flight where that is less; `worst_day` is what the platform may charge for one day, of a lifetime
    budget all of it.
    """

    currency: str
    per_day: str
    per_month: str
    flight: str | None
    worst_day: str


class Spending(Shape):
    """Before and after the deployment; null where nothing stands, or nothing is known."""

    before: Outlay | None
    after: Outlay | None


class Objection(WrongPart):
    """What the platform itself would refuse; `words`, `code` and `request_id` are its own.

    `object` is what it is about (`campaign`, `ad/main/a`, …), empty for the ad account or the whole.
    """

    object: str
    words: str
    code: str
    request_id: str


class Unjudged(Shape):
    """What the platform could not judge yet, and why."""

    object: str
    why: str


class Verdict(Shape):
    """What the platform itself said. `manner`: `validated` by its dry run, or `read` where it has none.

    `reason` says why there is no verdict; `job_id` is the job that asks.
    """

    id: UUID | None
    reason: str | None
    manner: str | None
    errors: list[Objection]
    unjudged: list[Unjudged]
    asked_at: datetime | None
    answered_at: datetime | None
    job_id: UUID | None


class PlatformPlan(Shape):
    """`operation` is what a deployment would do there: `create`, `update`, or nothing (null).

    `platform_check` is `pending` until the platform has given its own verdict, then `done`, or `unavailable`.
    A refused verdict keeps nothing from being deployed: the platform decides then.
    """

    operation: str | None
    errors: list[WrongPart]
    losses: list[PlannedLoss]
    changes: list[PlannedChange]
    money: Spending
    platform_check: str
    verdict: Verdict


class Plan(Shape):
    """What a deployment would do, by platform, and what it would cost, by currency. Nothing is sent, nothing kept.

    `confirm` are the sentences that a deployment needs, because a budget is far beyond the last one. `fingerprint` is
    what a deployment takes as `plan`. `look_ups` are the jobs that ask platforms where places of the ad are: plan again
    once they have ended.
    """

    platforms: dict[Platform, PlatformPlan]
    money: dict[str, Spending]
    confirm: list[str]
    fingerprint: str
    look_ups: list[UUID]
    made_by: UUID | None
    maker: str | None
    made_at: datetime


@router.post("/{ad_id}/plan")
def plan(ad_id: UUID, acting: Acting) -> Plan:
    """What a deployment would do on each platform: errors, losses, changes, money. At once, and nothing is sent.

    The platforms are asked for their own verdict, within the hour once for the same plan; `GET` reads it.
    """
    return Plan.model_validate(campaigns.whole_plan(acting, ad_id=ad_id, asks=True).as_json())


@router.get("/{ad_id}/plan")
def read_plan(ad_id: UUID, acting: Acting) -> Plan:
    """The same, with what the platforms have answered so far; asks nobody."""
    return Plan.model_validate(campaigns.whole_plan(acting, ad_id=ad_id).as_json())


@router.post("/{ad_id}/deploy", status_code=202)
def deploy(ad_id: UUID, write: Writing, body: Deployment | None = None) -> Changing:
    """Put the ad on its platforms, exactly once: again follows what is under way, or continues what failed.

    Where it stands already and was edited since, what differs is updated; nothing that differs, nothing to do. While
    a platform has not said yet where a place is, it is asked, and the deployment is refused.
    """
    asked = body or Deployment()
    whereabouts.look_up(write.actor, ad_id=ad_id)  # apart from the rest, which a refusal undoes
    return write.once(
        lambda: changing(
            campaigns.deploy(
                write.actor,
                ad_id=ad_id,
                accept_losses=asked.accept_losses,
                platforms=asked.platforms,
                confirm=asked.confirm,
                plan=asked.plan,
                on_failure=asked.on_failure,
                duplicates=asked.duplicates,
            )
        ),
        status=202,
    )


@router.post("/{ad_id}/pause", status_code=202)
def pause(ad_id: UUID, write: Writing, body: OnPlatforms | None = None) -> Changing:
    """Stop delivery on the platforms."""
    return _change(ad_id, write, body, Operation.PAUSE)


@router.post("/{ad_id}/resume", status_code=202)
def resume(ad_id: UUID, write: Writing, body: Resuming | None = None) -> Changing:
    """Let paused campaigns deliver."""
    return _change(ad_id, write, body, Operation.RESUME, duplicates=None if body is None else body.duplicates)


@router.post("/{ad_id}/delete", status_code=202)
def delete_campaigns(ad_id: UUID, write: Writing, body: Deleting | None = None) -> Changing:
    """Delete the ad's campaigns on the platforms for good. The ad, its history and its numbers stay."""
    return _change(ad_id, write, body, Operation.DELETE, only_unfinished=body is not None and body.only_unfinished)


@router.post("/{ad_id}/sync", status_code=202)
def sync(ad_id: UUID, write: Writing) -> Queued:
    """Look at each of the ad's campaigns on its platform."""

    def work() -> Queued:
        queries.get(write.actor, ad_id=ad_id)
        job_ids = campaigns.sync(write.actor, ad_id=ad_id)
        return Queued(job_id=next(iter(job_ids), None), job_ids=list(job_ids))

    return write.once(work, status=202)


def _change(
    ad_id: UUID,
    write: Write,
    body: OnPlatforms | None,
    operation: Operation,
    *,
    duplicates: Duplicates | None = None,
    only_unfinished: bool = False,
) -> Changing:
    return write.once(
        lambda: changing(
            campaigns.change(
                write.actor,
                ad_id=ad_id,
                operation=operation,
                platforms=None if body is None else body.platforms,
                duplicates=duplicates,
                only_unfinished=only_unfinished,
            )
        ),
        status=202,
    )


def changing(change: Change) -> Changing:
    """What an action has set in motion, as the API shows it."""
    return Changing(
        job_id=next(iter(change.job_ids), None),
        job_ids=list(change.job_ids),
        deployment_ids=list(change.deployment_ids),
        campaigns=[shown.campaign(view) for view in change.campaigns],
        losses={
            platform: [Loss(field=x.field, kind=x.kind.value, before=x.before, after=x.after) for x in lost]
            for platform, lost in change.losses.items()
        },
    )
