"""The short form of `make torture`: each platform, each operation, each moment of a worker's death, at one step.

The long form (`tests/torture/__main__.py`) dies at every step.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis.stateful import run_state_machine_as_test
from tests.databases import Servers
from tests.housing import media
from tests.torture import deaths, interleavings, lives, points, stack
from tests.torture.interleavings import AnyOrder
from tests.torture.lives import Rehearsal, Tried
from tests.torture.points import Moment
from tests.torture.stack import Stack

from adloom.platforms.types import Operation, Platform

__all__ = ["media"]


@pytest.fixture(scope="module")
def standing(servers: Servers, media: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack for the module."""
    with stack.running(servers.cluster(), media, tmp_path_factory.mktemp("stack")) as made:
        yield made


@pytest.fixture
def running(standing: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The module's stack, as this process's installation."""
    standing.settle(monkeypatch)
    return standing


@pytest.fixture(scope="module")
def rehearsal(standing: Stack) -> Rehearsal:
    """The undisturbed life."""
    return lives.rehearse(standing)


def test_every_step_is_one_write_and_so_one_place_to_die_at(rehearsal: Rehearsal) -> None:
    steps = {operation: sum(map(len, each.values())) for operation, each in rehearsal.steps.items()}
    assert rehearsal.writes == steps
    assert set(rehearsal.steps) == set(Operation)
    assert all(set(each) == set(Platform) for each in rehearsal.steps.values())


def test_every_death_is_planned_once(rehearsal: Rehearsal) -> None:
    planned = points.every(rehearsal.steps, list(Moment))
    assert len(planned) == len(set(planned)) == sum(rehearsal.writes.values()) * len(Moment)
    rounds = points.rounds(planned)
    assert sorted(point for each in rounds.values() for round_ in each for point in round_.values()) == sorted(planned)


def test_a_worker_dies_in_every_operation_and_each_object_stands_once(running: Stack, rehearsal: Rehearsal) -> None:
    chosen = points.few(rehearsal.steps, list(Moment))
    tried: list[Tried] = []
    lives.disturb(running, rehearsal, chosen, deaths.kill, tell=tried.append)
    assert {each.point for each in tried} == set(chosen)
    assert len(chosen) == len(Platform) * len(Operation) * len(Moment)
    assert [each for each in tried if not each.verdict.is_clean] == []
    assert {(each.attempts, each.deaths) for each in tried} == {(1, 1)}, "a worker's death spends no attempt"


def test_words_and_deaths_in_any_order_leave_what_was_said_last(running: Stack) -> None:
    machine = type("Interleavings", (AnyOrder,), {"stack": running})
    run_state_machine_as_test(machine, settings=interleavings.lives(2, derandomize=True))
