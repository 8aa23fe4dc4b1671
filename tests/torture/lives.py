"""A life of one ad on all platforms: made, changed, paused, resumed, deleted; in peace, or disturbed in each of these.

The first life is undisturbed. It says what each operation leaves, and how many steps there are to be disturbed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from tests.flows import test_updating as updating
from tests.installation import FRESH_QUOTAS, until
from tests.torture import points as points_
from tests.torture import verdict
from tests.torture.aim import Target
from tests.torture.points import Point, Round
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
BUDGETS = {Operation.CREATE: Decimal(60)} | dict.fromkeys(OPERATIONS[1:-1], Decimal(75))
_OWN = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12}$")
_PATIENCE_S = 240.0

_JOBS = """
SELECT
    campaigns.platform,
    background_jobs.status,
    background_jobs.attempts,
    background_jobs.deaths,
    background_jobs.error
FROM campaign_deployments
JOIN campaigns ON campaigns.id = campaign_deployments.campaign_id
JOIN background_jobs ON background_jobs.id = campaign_deployments.job_id
WHERE background_jobs.id = ANY(%s)
"""

# As if the time had come that a platform, or our own backoff, made them wait for.
_DUE = "UPDATE background_jobs SET scheduled_at = now() WHERE id = ANY(%s) AND status = 'pending'"


@dataclass(frozen=True, slots=True)
class Tried:
    """A point that an operation was disturbed at, and what came of it."""

    point: Point
    step: str
    verdict: Verdict
    attempts: int
    deaths: int


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
        """Asks for an operation; its job on each platform that has anything to do."""
        actor = self.stack.house.actor
        if operation is Operation.UPDATE:
            groups = updating.variants("Ann", "Cay")
            updating.edit(self.stack.house, self.ad_id, budget=updating.money("75.00"), ad_groups=groups)
        if operation in (Operation.CREATE, Operation.UPDATE):
            asked = campaigns.deploy(actor, ad_id=self.ad_id, accept_losses=True).job_ids
        else:
            asked = campaigns.change(actor, ad_id=self.ad_id, operation=operation).job_ids
        history = campaign_queries.history(actor, ad_id=self.ad_id)
        return {d.platform: d.job_id for d in history if d.job_id in asked and d.job_id is not None}

    def steps(self, jobs: Mapping[Platform, UUID]) -> dict[Platform, tuple[str, ...]]:
        """The keys of what these jobs have to do, as the adapters' step tables have them."""
        actor, found = self.stack.house.actor, {}
        for each in campaign_queries.history(actor, ad_id=self.ad_id):
            if each.job_id in jobs.values():
                (rows,) = db.at_once(actor, deployments.loading(each.id))
                deployment = deployments.loaded(rows)
                assert deployment is not None
                with db.reading(actor) as session:
                    spec = specs.build(session, deployment)
                steps = registry.adapter(each.platform).steps(spec, operation=each.type)
                found[each.platform] = tuple(step.key for step in steps)
        return found

    def ended(self, jobs: Iterable[UUID], *, hurry: bool = False) -> dict[Platform, dict[str, Any]]:
        """Waits until the jobs have ended, well or not; their rows. In a hurry, nothing that waits waits long."""
        ids = list(jobs)
        with psycopg.connect(self.stack.database, autocommit=True, row_factory=dict_row) as connection:

            def rows() -> list[dict[str, Any]]:
                if hurry:
                    connection.execute(FRESH_QUOTAS)
                    connection.execute(_DUE, [ids])
                return connection.execute(_JOBS, [ids]).fetchall()

            until(
                lambda: all(row["status"] in ("completed", "failed") for row in rows()),
                what=f"jobs {ids} end",
                patience_s=_PATIENCE_S,
            )
            return {Platform(row["platform"]): row for row in rows()}

    def shape(self) -> Shape:
        """What stands of the ad."""
        return verdict.shape(self.stack.house, [self.ad_id], before=self.before)


@dataclass(slots=True)
class Rehearsal:
    """The undisturbed life: the steps of each operation, how many writes they were, and what each operation left."""

    steps: dict[Operation, dict[Platform, tuple[str, ...]]] = field(default_factory=dict)
    writes: dict[Operation, int] = field(default_factory=dict)
    shapes: dict[Operation, Shape] = field(default_factory=dict)


#: Starts workers, disturbs what they do at the targets, and leaves at least one worker at work.
Disturb = Callable[[Life, Mapping[Platform, Target]], None]


class Counting:
    """A watch that counts the writes and lets them pass."""

    def __init__(self) -> None:
        self.writes = 0

    def leaving(self, write: Write) -> bool:
        """Of the wire's watch."""
        self.writes += 1
        return True

    def answered(self, write: Write) -> bool:
        """Of the wire's watch."""
        return True

    def told(self, write: Write) -> None:
        """Of the wire's watch."""


def rehearse(stack: Stack) -> Rehearsal:
    """Lives the whole life once, in peace."""
    found, life = Rehearsal(), Life.begin(stack)
    for operation in OPERATIONS:
        stack.wire.watch = counting = Counting()
        stack.kill_all()
        jobs = life.queue(operation)
        found.steps[operation] = life.steps(jobs)
        stack.worker()
        rows = life.ended(jobs.values())
        assert {row["status"] for row in rows.values()} == {"completed"}, rows
        found.writes[operation] = counting.writes
        found.shapes[operation] = life.shape()
    stack.wire.watch = None
    return found


def disturb(
    stack: Stack, rehearsal: Rehearsal, points: Iterable[Point], how: Disturb, *, tell: Callable[[Tried], None]
) -> None:
    """Disturbs at every one of these points; each ad lives on to the next operation, as long as there is a point."""
    rounds = points_.rounds(points)
    while any(rounds.values()):
        life = Life.begin(stack)
        for number, operation in enumerate(OPERATIONS):
            if not any(rounds.get(each) for each in OPERATIONS[number:]):
                break
            waiting = rounds.get(operation)
            for tried in _operation(life, rehearsal, operation, waiting.pop(0) if waiting else {}, how):
                tell(tried)


def _operation(life: Life, rehearsal: Rehearsal, operation: Operation, round_: Round, how: Disturb) -> list[Tried]:
    """One operation, disturbed as the round says, done to its end, and judged."""
    stack = life.stack
    stack.kill_all()
    jobs = life.queue(operation)
    steps = life.steps(jobs)
    assert {p: _alike(each) for p, each in steps.items()} == {
        p: _alike(each) for p, each in rehearsal.steps[operation].items()
    }
    targets = {p: Target(steps[p][point.position], point.how) for p, point in round_.items()}
    if targets:
        how(life, targets)
    else:
        stack.worker()
    rows = life.ended(jobs.values(), hurry=True)
    stack.house.installed.control("faults", method="DELETE")
    while failed := {p: row["error"] for p, row in rows.items() if row["status"] != "completed"}:
        _mend(life, failed)
        jobs |= (again := life.queue(operation))
        rows |= life.ended(again.values(), hurry=True)
    return _judged(life, rehearsal, operation, round_, steps=steps, rows=rows)


def _mend(life: Life, failed: Mapping[Platform, Any]) -> None:
    """What a person does about a login that has lapsed; anything else must not fail."""
    codes = {error["code"] for error in failed.values()}
    assert codes == {"credentials_expired"}, failed
    life.stack.house.installed.connect(life.stack.house.actor)


def _judged(
    life: Life,
    rehearsal: Rehearsal,
    operation: Operation,
    round_: Round,
    *,
    steps: Mapping[Platform, tuple[str, ...]],
    rows: Mapping[Platform, Mapping[str, Any]],
) -> list[Tried]:
    house = life.stack.house
    verdicts = verdict.judge(house, [life.ad_id], found=life.shape(), wanted=rehearsal.shapes[operation])
    if operation is not Operation.DELETE:
        assert verdict.budgets(house, life.ad_id) == {p: {BUDGETS[operation]} for p in Platform}
    untouched = {p: v for p, v in verdicts.items() if p not in round_ and not v.is_clean}
    assert not untouched, untouched
    return [
        Tried(
            point,
            steps[platform][point.position],
            verdicts[platform],
            attempts=rows[platform]["attempts"],
            deaths=rows[platform]["deaths"],
        )
        for platform, point in round_.items()
    ]


def _alike(keys: Iterable[str]) -> list[str]:
    """Keys without what belongs to one ad alone: the ids of its files, the hash of its words."""
    return [_OWN.sub("…", key) for key in keys]
