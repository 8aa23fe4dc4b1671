"""docs/deployments.md draws what the code has: the same states, the same ends."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest
from tests.torture import asleep, troubles
from tests.torture.__main__ import PARTS
from tests.torture.points import Moment

from adloom.campaigns.types import DeploymentStatus, DeploymentType, StepState
from adsandbox.faults import Fault

PAGE = (Path(__file__).parents[2] / "docs" / "deployments.md").read_text()
_ARROW = re.compile(r"^ +(\S+) --> ([^\s:]+)", re.MULTILINE)


def drawn(heading: str) -> set[tuple[str, str]]:
    """The arrows of the diagram below a heading."""
    found = re.search(rf"^## {heading}$.*?```mermaid\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return set(_ARROW.findall(found[1]))


@pytest.mark.parametrize(("heading", "states"), [("A deployment", DeploymentStatus), ("A step", StepState)])
def test_each_state_is_drawn_and_can_be_reached(heading: str, states: type[StrEnum]) -> None:
    arrows = drawn(heading)
    assert {state for arrow in arrows for state in arrow} == {"[*]", *states}
    reached = {"[*]"}
    while more := {to for start, to in arrows if start in reached} - reached:
        reached |= more
    assert reached == {"[*]", *states}


def test_a_deployment_ends_where_its_status_is_final() -> None:
    assert {start for start, to in drawn("A deployment") if to == "[*]"} == {s for s in DeploymentStatus if s.is_final}


def test_a_step_that_may_have_landed_is_no_end() -> None:
    ends = {start for start, to in drawn("A step") if to == "[*]"}
    assert ends == set(StepState) - {StepState.PLANNED, StepState.SENT, StepState.UNCERTAIN}


def test_every_way_every_part_and_every_operation_stands_on_the_page() -> None:
    ways = {*Moment, *Fault, troubles.OUTAGE, troubles.RESTART, asleep.HOW}
    assert [way for way in ways if way not in PAGE] == []
    assert [part for part in PARTS if part not in PAGE] == []
    assert [operation for operation in DeploymentType if operation not in PAGE] == []


def test_every_fault_of_the_sandbox_is_tried() -> None:
    assert {*troubles.OF_WRITES, *troubles.SLOW, *troubles.OF_READS} == set(Fault)
