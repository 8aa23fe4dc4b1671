"""Tables in a terminal: what people and platforms named is shown as it is, and does nothing there."""

from __future__ import annotations

import pytest

from adloom.cli import session


@pytest.mark.parametrize(
    "name", ["Sale [/x]", "Sale [red]now[/red]", "[link=https://evil.example]Sale[/link]", ":smile:"]
)
def test_a_name_is_shown_as_it_was_written(capsys: pytest.CaptureFixture[str], name: str) -> None:
    session.table(name, ["Campaign"], [[name]])
    title, _, cell = capsys.readouterr().out.splitlines()
    assert (title.strip(), cell.strip()) == (name, name)


def test_a_name_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    session.table("t", ["Campaign"], [["Sale\x1b[2J\x07\x9b1m"], [session.Alarm("un\x1bexplained")]])
    shown = capsys.readouterr().out
    assert "Sale�[2J��1m" in shown
    assert "un�explained" in shown


def test_nothing_is_an_empty_cell(capsys: pytest.CaptureFixture[str]) -> None:
    session.table("t", ["A", "B"], [[None, 0]], right=("B",))
    assert capsys.readouterr().out.splitlines()[-1].split() == ["0"]
