"""Settings that would do harm are refused, and the refusal names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from adloom.core import settings
from adloom.core.errors import Invalid

SANDBOX = "http://127.0.0.1:9100"
#: What Adloom itself talks to, each a variable's middle part.
TALKS_TO = (
    "GOOGLE_API",
    "GOOGLE_OAUTH",
    "META_GRAPH",
    "MICROSOFT_CAMPAIGN",
    "MICROSOFT_REPORTING",
    "MICROSOFT_CUSTOMER",
    "MICROSOFT_OAUTH",
    "TIKTOK_API",
)


@pytest.fixture
def shifted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A shifted clock, and all that Adloom talks to on loopback; where people go stays real."""
    (tmp_path / "clock").write_text("P5D")
    monkeypatch.setenv("ADLOOM_CLOCK", f"file:{tmp_path / 'clock'}")
    for name in TALKS_TO:
        monkeypatch.setenv(f"ADLOOM_{name}_URL", f"{SANDBOX}/{name.lower()}")
    settings.load.cache_clear()
    return monkeypatch


def test_a_clock_may_be_shifted_where_nothing_real_is_talked_to(shifted: pytest.MonkeyPatch) -> None:
    assert settings.load().clock.startswith("file:")


@pytest.mark.parametrize("name", TALKS_TO)
def test_a_shifted_clock_is_refused_beside_one_real_platform(shifted: pytest.MonkeyPatch, name: str) -> None:
    shifted.delenv(f"ADLOOM_{name}_URL")
    with pytest.raises(Invalid, match=f"ADLOOM_{name}_URL is not on loopback") as refused:
        settings.load()
    assert refused.value.errors[0].field == "ADLOOM_CLOCK"


def test_a_platform_is_not_talked_to_without_encryption(shifted: pytest.MonkeyPatch) -> None:
    shifted.setenv("ADLOOM_TIKTOK_API_URL", "http://example.com")
    with pytest.raises(Invalid) as refused:
        settings.load()
    assert refused.value.errors[0].field == "ADLOOM_TIKTOK_API_URL"
