"""A person deploys an ad to the four platforms of a sandbox, watches it happen, and sees its figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect
from tests import installation
from tests.browser.watching import Window
from tests.installation import Installation

from adloom.ads import actions as ads
from adloom.cli import demo_media
from adloom.connections import actions as connections
from adloom.core import settings
from adloom.core.actor import Actor
from adloom.db.urls import Urls
from adloom.metrics import actions as metrics
from adloom.platforms.types import Platform

_PATIENCE_MS = 30_000


@pytest.fixture
def installed(database: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An installation with a worker, on a sandbox of its own."""
    with installation.sandbox_process() as (url, line):
        home = tmp_path / "installation"
        home.mkdir()
        (home / "clock").write_text("PT0S")
        for name, value in installation.environment(home, database, url).items():
            monkeypatch.setenv(name, value)
        settings.load.cache_clear()
        made = Installation(home=home, urls=database, sandbox_url=url, line=line)
        made.worker()
        yield made
        made.close()
    settings.load.cache_clear()


@pytest.fixture
def ad_id(installed: Installation, owner: Actor) -> UUID:
    """The demo's ad, as a draft, with all four platforms connected."""
    for platform in Platform:
        token = installed.line[platform]
        connecting = connections.connect(owner, platform=platform, token=token, account=token["account_id"])
        assert installation.finished(owner, connecting.job_id).status == "completed"
    media = installed.home / "media"
    demo_media.draw(media)
    return ads.create(owner, data=demo_media.demo_ad(media, installed.line), base=media).id


def test_a_person_deploys_an_ad_watches_it_and_sees_its_figures(
    installed: Installation, owner: Actor, ad_id: UUID, window: Window
) -> None:
    page = window.page
    window.sign_in()
    page.goto(f"/ads/{ad_id}")
    expect(page.locator(".previews img")).to_have_count(2)
    page.get_by_role("button", name="Deploy").click()
    expect(page.locator("#live[hx-get]")).to_have_count(0, timeout=_PATIENCE_MS)
    assert page.url.endswith(f"/ads/{ad_id}")
    expect(page.locator("#history details")).to_have_count(len(Platform))
    expect(page.locator("#history summary .badge.good")).to_have_count(len(Platform))

    page.locator("#history summary").first.click()
    expect(page.locator("#history details[open] tbody tr").first).to_be_visible()

    page.get_by_role("button", name="Pause on TikTok Ads").click()
    expect(page.get_by_role("button", name="Resume on TikTok Ads")).to_be_visible(timeout=_PATIENCE_MS)

    installed.pass_time("P20D")
    for job_id in metrics.sync(owner):
        assert installation.finished(owner, job_id).status == "completed"
    page.goto("/?days=7")
    expect(page.locator(".clock")).to_contain_text("shifted by +20 d")
    expect(page.locator(".chart svg .mark-area path").first).to_be_visible()
    expect(page.get_by_role("row", name="Google Ads $").first).to_be_visible()

    page.goto(f"/ads/{ad_id}")
    page.get_by_role("link", name="Delete …").click()
    expect(page.get_by_role("listitem").filter(has_text="spent so far")).to_have_count(len(Platform))
    page.get_by_role("button", name="Delete on all platforms").click()
    expect(page.locator("#live[hx-get]")).to_have_count(0, timeout=_PATIENCE_MS)
    expect(page.get_by_role("button", name="Deploy")).to_be_visible()
