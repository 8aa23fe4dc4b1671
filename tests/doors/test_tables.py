"""Tables in a terminal: what people and platforms named is shown as it is, and does nothing there."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from adloom.campaigns.types import Named, NotStopped
from adloom.cli import failure, figures_table, session, stop
from adloom.core.errors import Rejected
from adloom.metrics.caveats import Caveats
from adloom.metrics.claims import Claims
from adloom.metrics.types import MetricRow
from adloom.platforms.types import Platform


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


def test_a_name_turns_no_figures_round(capsys: pytest.CaptureFixture[str]) -> None:
    session.table("t", ["Campaign", "Spend"], [["Sale\u202e", "12.34"], ["\u2067Sale", "5"]])
    shown = capsys.readouterr().out
    assert not {"\u202e", "\u2067"} & set(shown)


def test_what_did_not_stop_cannot_be_hidden_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    name = Named(uuid4(), "Sale\x1b[2A\x1b[J")
    running = NotStopped(
        campaign=name, ad=name, platform=Platform.TIKTOK_ADS, platform_campaign_id="7", reason="\x1b[8mNo", cure="Wait"
    )
    stop._print_not_stopped((running,))
    assert "\x1b" not in capsys.readouterr().out
    failure.report(Rejected("No\x1b[2J", platform="tiktok_ads", words="\x9b2J"), as_json=False)
    assert not {"\x1b", "\x9b"} & set(capsys.readouterr().err)


def test_people_who_were_reached_stand_in_the_table_where_they_are_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    spent = MetricRow(Platform.GOOGLE_ADS, None, None, "USD", 10, 1, None, None, Decimal(1), None)
    asked = [{"reach": "12345", "frequency": "1.25"}, {"reach": None, "frequency": None}]
    nothing = Caveats(Claims((), ()))
    figures_table.show("t", [spent, spent], nothing, reach=asked, notes=())
    _, heads, *lines = (line.split() for line in capsys.readouterr().out.splitlines())
    assert [line[-2:] for line in (heads, *lines)] == [["Reach", "Frequency"], ["12,345", "1.25"], ["–", "–"]]
    figures_table.show("t", [spent], nothing, reach=[{}], notes=())
    assert "Reach" not in capsys.readouterr().out


def test_nothing_is_an_empty_cell(capsys: pytest.CaptureFixture[str]) -> None:
    session.table("t", ["A", "B"], [[None, 0]], right=("B",))
    assert capsys.readouterr().out.splitlines()[-1].split() == ["0"]
