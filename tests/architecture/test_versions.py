"""No adapter speaks a version of an API that its platform has ended; the failure names the line to change."""

from __future__ import annotations

import ast
import inspect
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adloom.platforms import registry, versions
from adloom.platforms.contract import ApiVersion
from adloom.platforms.types import Platform
from adloom.platforms.versions import Ending

TODAY = date(2026, 11, 26)


def over(today: date) -> list[str]:
    """Where the versions stand that have ended by this day."""
    ended = versions.endings(registry.versions(), today=today, ahead=0)
    return [f"{_place(each.platform)}: {each.platform} {each.version} ended on {each.ends_on}" for each in ended]


def _place(platform: Platform) -> str:
    """File and line of the adapter's `version = ApiVersion(…)`."""
    path = Path(inspect.getfile(type(registry.adapter(platform))))
    for node in ast.walk(ast.parse(path.read_text())):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "version" for target in targets):
            return f"{path}:{node.lineno}"
    raise AssertionError(f"{path} names no version")


def test_no_adapter_speaks_a_version_that_has_ended() -> None:
    assert over(datetime.now(UTC).date()) == []


def test_every_adapters_version_has_a_line_and_a_source() -> None:
    for platform, version in registry.versions():
        path, _, line = _place(platform).rpartition(":")
        assert "ApiVersion(" in Path(path).read_text().splitlines()[int(line) - 1]
        assert version.name
        assert version.source


@pytest.mark.parametrize(
    ("ends_on", "days", "is_over"), [(91, None, False), (90, 90, False), (1, 1, False), (0, 0, True)]
)
def test_a_version_is_warned_of_for_ninety_days_and_then_is_over(ends_on: int, days: int | None, is_over: bool) -> None:
    end = date.fromordinal(TODAY.toordinal() + ends_on)
    found = versions.endings([(Platform.FACEBOOK_ADS, ApiVersion("v26.0", end, "a page"))], today=TODAY)
    wanted = [] if days is None else [Ending(Platform.FACEBOOK_ADS, "v26.0", end, days)]
    assert found == wanted
    assert [each.is_over for each in found] == [is_over] * len(wanted)


def test_a_version_without_an_announced_end_is_not_warned_of() -> None:
    known = [
        (Platform.GOOGLE_ADS, ApiVersion("v26", None, "a page")),
        (Platform.TIKTOK_ADS, ApiVersion("v1.3", date(2026, 12, 24), "a page")),
        (Platform.MICROSOFT_ADS, ApiVersion("13", date(2026, 12, 1), "a page")),
    ]
    assert [each.platform for each in versions.endings(known, today=TODAY)] == ["microsoft_ads", "tiktok_ads"]
