"""A life of one ad on all platforms: made, changed, paused, resumed, deleted; and a worker killed in each of these.

The first life is undisturbed. It says what each operation leaves, and how many steps there are to be killed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from tests import installation
from tests.flows import test_updating as updating
from tests.torture import points as points_
from tests.torture import verdict
from tests.torture.aim import Aim, Target
from tests.torture.points import Point, Round, Steps
from tests.torture.stack import Stack
from tests.torture.verdict import Shape, Verdict
from tests.torture.wire import Write

from adloom.campaigns import actions as campaigns
from adloom.campaigns import deployments, specs
from adloom.campaigns import queries as campaign_queries
from adloom.db import session as db
from adloom.platforms import registry
from adloom.platforms.types import Operation, Platform

OPERATIONS = (Operation.CREATE, Operation.UPDATE, Operation.PAUSE, Operation.RESUME, Operation.DELETE)
#: What an ad may spend a day after each operation.
_BUDGET = {Operation.CREATE: Decimal(60)} | dict.fromkeys(OPERATIONS[1:-1], Decimal(75))
_OWN = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12}$")

_JOB = "SELECT status, attempts, deaths, error_message FROM background_jobs WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Tried:
    """A point that a worker died at, and what came of it."""

    point: Point
    step: str
    verdict: Verdict
    spent: int  # attempts beyond the first that the death has cost


@dataclass(slots=True)
class Life:
    """An ad, and what stood before it."""

    stack: Stack
    ad_id: UUID
    before: frozenset[tuple[str, str, str]]

    @classmethod
    def begin(cls, stack: Stack) -> Life:
        """A new ad, of which nothing stands anywhere."""
        before = verdict.known(stack.house)
        return cls(stack, stack.ad(ad_groups=updating.variants("Ann", "Bob")), before)

    def queue(self, operation: Operation) -> dict[Platform, UUID]:
        """Asks for an operation; the job on each platform."""
        actor = self.stack.house.actor
        if operation is Operation.UPDATE:
            groups = updating.variants("Ann", "Cay")
            updating.edit(self.stack.house, self.ad_id, budget=updating.money("75.00"), ad_groups=groups)
        if operation in (Operation.CREATE, Operation.UPDATE):
            asked = campaigns.deploy(actor, ad_id=self.ad_id, accept_losses=True).job_ids
        else:
            asked = campaigns.change(actor, ad_id=self.ad_id, operation=operation).job_ids
        history = campaign_queries.history(actor, ad_id=self.ad_id)
        jobs = {d.platform: d.job_id for d in history if d.job_id in asked and d.job_id is not None}
        assert set(jobs) == set(Platform)
        return jobs

    def steps(self, jobs: Mapping[Platform, UUID]) -> dict[Platform, tuple[str, ...]]:
        """The keys of what these jobs have to do, as the adapters' step tables have them."""
        actor, found = self.stack.house.actor, {}
        for each in campaign_queries.history(actor, ad_id=self.ad_id):
            if each.job_id in jobs.values():
                with db.reading(actor) as session:
                    deployment = deployments.load(session, each.id)
                assert deployment is not None
                spec = specs.build(actor, deployment)
                steps = registry.adapter(each.platform).steps(spec, operation=each.type)
                found[each.platform] = tuple(step.key for step in steps)
        return found

    def finish(self, jobs: Iterable[UUID]) -> None:
        """Waits until the jobs are done, well."""
        ended = [installation.finished(self.stack.house.actor, job_id) for job_id in jobs]
        assert [job.error for job in ended if job.status != "completed"] == []

    def shape(self) -> Shape:
        """What stands of the ad."""
        return verdict.shape(self.stack.house, self.ad_id, before=self.before)


@dataclass(slots=True)
class Rehearsal:
    """The undisturbed life: the steps of each operation, how many writes they were, and what each operation left."""

    steps: dict[Operation, dict[Platform, tuple[str, ...]]] = field(default_factory=dict)
    writes: dict[Operation, int] = field(default_factory=dict)
    shapes: dict[Operation, Shape] = field(default_factory=dict)


class _Counting:
    """A watch that counts."""

    def __init__(self) -> None:
        self.writes = 0

    def leaving(self, write: Write) -> bool:
        self.writes += 1
        return True

    def answered(self, write: Write) -> bool:
        return True

    def told(self, write: Write) -> None:
        return


def rehearse(stack: Stack) -> Rehearsal:
    """Lives the whole life once, in peace."""
    found, life = Rehearsal(), Life.begin(stack)
    for operation in OPERATIONS:
        stack.wire.watch = counting = _Counting()
        stack.kill_all()
        jobs = life.queue(operation)
        found.steps[operation] = life.steps(jobs)
        stack.worker()
        life.finish(jobs.values())
        found.writes[operation] = counting.writes
        found.shapes[operation] = life.shape()
    stack.wire.watch = None
    return found


def die(stack: Stack, rehearsal: Rehearsal, points: Iterable[Point], tell: Callable[[Tried], None]) -> None:
    """Dies at every one of these points; each ad lives on from one operation to the next, as long as there are any."""
    rounds = points_.rounds(points)
    while any(rounds.values()):
        life = Life.begin(stack)
        for number, operation in enumerate(OPERATIONS):
            if not any(rounds.get(each) for each in OPERATIONS[number:]):
                break
            waiting = rounds.get(operation)
            for tried in _disturbed(life, rehearsal, operation, waiting.pop(0) if waiting else {}):
                tell(tried)


def _disturbed(life: Life, rehearsal: Rehearsal, operation: Operation, round_: Round) -> list[Tried]:
    """One operation, its worker killed where the round says, done to its end by another one, and judged."""
    stack = life.stack
    keys = rehearsal.steps[operation]
    stack.kill_all()
    jobs = life.queue(operation)
    steps = life.steps(jobs)
    assert {p: _alike(each) for p, each in steps.items()} == {p: _alike(each) for p, each in keys.items()}
    targets = {p: Target(steps[p][point.position], point.moment) for p, point in round_.items()}
    aim = Aim(_database(stack), life.ad_id, targets)
    stack.wire.watch = aim
    victim = stack.worker()
    try:
        aim.wait()
        if targets:
            stack.kill(victim)
    finally:
        aim.let_go()
        stack.wire.watch = None
    if targets:
        stack.worker()
    life.finish(jobs.values())
    return _judged(life, rehearsal, operation, round_, steps=steps, jobs=jobs)


def _judged(
    life: Life,
    rehearsal: Rehearsal,
    operation: Operation,
    round_: Round,
    *,
    steps: Mapping[Platform, tuple[str, ...]],
    jobs: Mapping[Platform, UUID],
) -> list[Tried]:
    house = life.stack.house
    verdicts = verdict.judge(house, life.ad_id, found=life.shape(), wanted=rehearsal.shapes[operation])
    if operation is not Operation.DELETE:
        assert verdict.budgets(house, life.ad_id) == {p: {_BUDGET[operation]} for p in Platform}
    untouched = {p: v for p, v in verdicts.items() if p not in round_ and not v.is_clean}
    assert not untouched, untouched
    with psycopg.connect(_database(life.stack)) as connection:
        rows: dict[Platform, Any] = {p: connection.execute(_JOB, [id_]).fetchone() for p, id_ in jobs.items()}
    assert all(rows[p][2] >= 1 for p in round_), f"nobody died: {rows}"
    return [
        Tried(point, steps[platform][point.position], verdicts[platform], spent=rows[platform][1] - 1)
        for platform, point in round_.items()
    ]


def _alike(keys: Iterable[str]) -> list[str]:
    """Keys without what belongs to one ad alone: the ids of its files, the hash of its words."""
    return [_OWN.sub("…", key) for key in keys]


def _database(stack: Stack) -> str:
    return stack.house.cluster.superuser(stack.house.installed.urls.app.rpartition("/")[2].partition("?")[0])


def steps_of(rehearsal: Rehearsal) -> Steps:
    """The rehearsal's steps, for the points."""
    return rehearsal.steps
