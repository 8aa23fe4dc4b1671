"""A person deploys an ad to a sandbox's platforms, watches it happen, and sees its figures.

Without a film, which takes longer to make than all the rest: `tests/flows` has all four platforms.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect
from tests import installation
from tests.browser.watching import Window
from tests.installation import Installation
from tests.rooms.ads.writing import plain_ad
from tests.rooms.assets.media import picture

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.assets import actions as assets
from adloom.campaigns import actions as campaigns
from adloom.connections import actions as connections
from adloom.core import settings
from adloom.core.actor import Actor
from adloom.db.urls import Urls
from adloom.metrics import actions as metrics
from adloom.platforms.types import Platform

PLATFORMS = (Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS, Platform.MICROSOFT_ADS)
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
    """A draft for platforms that are connected."""
    blocks = {}
    for platform in PLATFORMS:
        token = installed.line[platform]
        connecting = connections.connect(owner, platform=platform, token=token, account=token["account_id"])
        assert installation.finished(owner, connecting.job_id).status == "completed"
        blocks[platform.value] = {"account": token["account_id"]}
    blocks[Platform.FACEBOOK_ADS.value] |= {
        name: installed.line[Platform.FACEBOOK_ADS][f"{name}_id"] for name in ("page", "pixel")
    }
    asset = assets.add(owner, filename="shoe.jpg", data=picture((1080, 1080)))
    ad = plain_ad(platforms=blocks, desired_status="ACTIVE")
    ad["creative"]["images"] = [{"asset": str(asset.id), "role": "SQUARE"}]
    return ads.create(owner, data=ad).id


def test_a_person_sees_what_an_edit_would_change_and_updates_it(
    installed: Installation, owner: Actor, ad_id: UUID, window: Window
) -> None:
    page = window.page
    for job_id in campaigns.deploy(owner, ad_id=ad_id, accept_losses=True).job_ids:
        assert installation.finished(owner, job_id).status == "completed"
    edited = copy.deepcopy(dict(ad_queries.get(owner, ad_id=ad_id).data))
    edited["budget"]["amount"]["value"] = "75.00"
    edited["creative"] |= {"primary_text": "Autumn sale", "headlines": ["Autumn sale", "Run faster", "Free shipping"]}
    ads.update(owner, ad_id=ad_id, data=edited)
    window.sign_in()
    page.goto(f"/ads/{ad_id}")
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    expect(page.locator("#live .edit")).to_have_count(len(PLATFORMS))
    expect(page.get_by_role("button", name="Deploy")).to_have_count(0)
    row = page.get_by_role("region", name="Changes on Meta Ads").get_by_role("row").filter(has_text="75")
    expect(row).to_contain_text("60")
    expect(page.locator("#live .edit").first).to_contain_text("reviewed again")
    assert not window.is_wider_than_it_shows()
    page.get_by_role("button", name="Update").click()
    expect(page.locator("#live[hx-get]")).to_have_count(0, timeout=_PATIENCE_MS)
    expect(page.get_by_role("heading", name="What would change")).to_have_count(0)
    expect(page.get_by_role("button", name="Update")).to_have_count(0)
    updates = page.locator("#history summary").filter(has_text="Update")
    expect(updates).to_have_count(len(PLATFORMS))
    page.locator("tr.parts summary").first.click()
    expect(page.locator("tr.parts details[open] .seen li").first).to_contain_text("main")


def test_a_person_writes_down_a_budget_far_beyond_the_last_before_it_is_set(
    installed: Installation, owner: Actor, ad_id: UUID, window: Window
) -> None:
    page = window.page
    for job_id in campaigns.deploy(owner, ad_id=ad_id, accept_losses=True).job_ids:
        assert installation.finished(owner, job_id).status == "completed"
    edited = copy.deepcopy(dict(ad_queries.get(owner, ad_id=ad_id).data))
    edited["budget"]["amount"]["value"] = "6000.00"
    ads.update(owner, ad_id=ad_id, data=edited)
    window.sign_in()
    page.goto(f"/ads/{ad_id}")
    table = page.get_by_role("region", name="What may be spent")
    expect(table.get_by_role("row").filter(has_text="Meta Ads")).to_contain_text("$10,500.00")
    expect(table.get_by_role("row").filter(has_text="Together in USD")).to_contain_text("$180.00 → $18,000.00")
    fields = page.locator("form.confirm label")
    expect(fields).to_have_count(len(PLATFORMS))
    assert not window.is_wider_than_it_shows()
    for field in fields.all():
        field.locator("input").fill(field.locator("b").inner_text())
    page.get_by_role("button", name="Update").click()
    expect(page.locator("#live[hx-get]")).to_have_count(0, timeout=_PATIENCE_MS)
    expect(page.locator("form.confirm")).to_have_count(0)
    expect(table.first).to_contain_text("$18,000.00")


def test_a_person_deploys_an_ad_watches_it_and_sees_its_figures(
    installed: Installation, owner: Actor, ad_id: UUID, window: Window
) -> None:
    page = window.page
    window.sign_in()
    page.goto(f"/ads/{ad_id}")
    expect(page.locator(".previews img")).to_have_count(1)
    page.get_by_role("button", name="Deploy").click()
    expect(page.locator("#live[hx-get]")).to_have_count(0, timeout=_PATIENCE_MS)
    assert page.url.endswith(f"/ads/{ad_id}")
    expect(page.locator("#history details")).to_have_count(len(PLATFORMS))
    expect(page.locator("#history summary .badge.good")).to_have_count(len(PLATFORMS))

    page.locator("#history summary").first.click()
    expect(page.locator("#history details[open] tbody tr").first).to_be_visible()

    page.get_by_role("button", name="Pause on Meta Ads").click()
    expect(page.get_by_role("button", name="Resume on Meta Ads")).to_be_visible(timeout=_PATIENCE_MS)

    installed.pass_time("P3D")
    for job_id in metrics.sync(owner):
        assert installation.finished(owner, job_id).status == "completed"
    window.sign_in()  # a browser stays signed in for a day
    page.goto("/?days=7")
    expect(page.locator(".clock")).to_contain_text("shifted by +3 d")
    expect(page.locator(".chart svg .mark-area path").first).to_be_visible()
    expect(page.get_by_role("row", name="Google Ads $").first).to_be_visible()

    page.goto(f"/ads/{ad_id}")
    page.get_by_role("link", name="Delete …").click()
    expect(page.get_by_role("listitem").filter(has_text="spent so far")).to_have_count(len(PLATFORMS))
    page.get_by_role("button", name="Delete on all platforms").click()
    expect(page.locator("#live[hx-get]")).to_have_count(0, timeout=_PATIENCE_MS)
    expect(page.get_by_role("button", name="Deploy")).to_be_visible()


def test_a_person_stops_everything_and_is_told_what_did_not_stop(
    window: Window, installed: Installation, owner: Actor, ad_id: UUID
) -> None:
    for job_id in campaigns.deploy(owner, ad_id=ad_id, accept_losses=True).job_ids:
        assert installation.finished(owner, job_id).status == "completed"
    installed.fault(Platform.FACEBOOK_ADS.value, "POST", "throttle", times=20)
    page = window.page
    window.sign_in()
    page.goto("/campaigns")
    page.get_by_role("link", name="Stop everything …").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{len(PLATFORMS)} campaigns deliver, or may come to")
    page.get_by_role("button", name=f"Stop all {len(PLATFORMS)} now").click()
    expect(page.locator("#live")).to_contain_text("2 stopped", timeout=_PATIENCE_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not everything stopped", timeout=_PATIENCE_MS)
    running = page.locator("section[aria-labelledby=running]")
    expect(running).to_contain_text("Meta")
    expect(running.get_by_role("link", name="open Meta Ads")).to_be_visible()
    assert not window.is_wider_than_it_shows()
