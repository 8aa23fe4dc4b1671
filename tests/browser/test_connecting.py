"""A person connects a platform in a real browser: there, back, the account chosen, settled, and left again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests import installation
from tests.browser.watching import Window
from tests.installation import Installation
from tests.rooms.connections import consenting

from adloom.core import settings
from adloom.core.actor import Actor
from adloom.db.urls import Urls
from adloom.platforms.types import Platform

_PATIENCE_MS = 30_000


@pytest.fixture
def installed(database: Urls, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An installation with a worker and an app at each platform, which knows its own address."""
    with installation.sandbox_process() as (url, line):
        made = Installation(home=tmp_path / "installation", urls=database, sandbox_url=url, line=line)
        made.settle(monkeypatch)
        monkeypatch.setenv("ADLOOM_PUBLIC_URL", address)
        consenting.register_apps(line, monkeypatch)
        made.worker()
        yield made
        made.close()
    settings.load.cache_clear()


@pytest.mark.parametrize("platform", [Platform.FACEBOOK_ADS, Platform.GOOGLE_ADS])
def test_a_person_connects_settles_and_disconnects(
    installed: Installation, owner: Actor, window: Window, platform: Platform
) -> None:
    page, name = window.page, {"facebook_ads": "Meta Ads", "google_ads": "Google Ads"}[platform]
    window.elsewhere = (f"{installed.sandbox_url}/",)
    window.sign_in()
    page.goto("/connections")
    page.get_by_role("button", name=f"Connect {name}").click()
    expect(page.get_by_role("heading", name="Which of these ad accounts?")).to_be_visible(timeout=_PATIENCE_MS)
    assert "code" not in page.url
    external_id = installed.line[platform]["account_id"]
    page.get_by_role("row", name=external_id).get_by_role("checkbox").check()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text(f"{name} is connected.")).to_be_visible(timeout=_PATIENCE_MS)
    assert not window.is_wider_than_it_shows()

    page.get_by_role("link", name="To the connections").click()
    section = page.get_by_role("region", name=name, exact=True)
    section.get_by_role("link", name="Sandbox").click()
    _shown_in_time(page, page.locator(".card:has(#found) tbody tr").first)
    page.locator("select[name=purchase]").select_option(index=1)
    page.get_by_role("button", name="Keep these settings").click()
    expect(page.locator("select[name=purchase]")).not_to_have_value("")
    assert not window.is_wider_than_it_shows()

    page.goto("/connections")
    page.get_by_role("link", name=f"Disconnect … {name}").click()
    page.get_by_role("button", name="Disconnect").click()
    page.wait_for_url(f"{window.address}/connections")
    accounts = page.get_by_role("region", name=f"Ad accounts of {name}")
    _shown_in_time(page, accounts.get_by_role("row", name=external_id).get_by_text("Disconnected"))


def _shown_in_time(page: Page, wanted: Locator) -> None:
    """Waits for what a job makes, as a person would: by looking again."""
    for _ in range(_PATIENCE_MS // 200):
        if wanted.count():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(wanted).to_be_visible()
