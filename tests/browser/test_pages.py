"""Every page in a real browser: drawn, silent, wide enough, and reached by keyboard."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import pytest
from playwright.sync_api import expect
from tests.browser.watching import Window
from tests.doors import showing
from tests.rooms.ads.writing import plain_ad
from tests.rooms.assets.media import picture

from adloom.ads import actions as ads
from adloom.assets import actions as assets
from adloom.core import time
from adloom.core.actor import Actor
from adloom.metrics.differences import Explanation
from adloom.platforms.types import Platform

PLACES = (
    "/",
    "/ads",
    "/campaigns",
    "/pacing",
    "/reconciliation",
    "/assets",
    "/reports",
    "/connections",
    "/audit",
    "/stop-everything",
    "/account",
    "/login",
)
ACCOUNTS = {
    Platform.GOOGLE_ADS: "1234567890",
    Platform.FACEBOOK_ADS: "act_1",
    Platform.MICROSOFT_ADS: "1",
    Platform.TIKTOK_ADS: "7000",
}


@pytest.fixture
def ad_id(owner: Actor) -> UUID:
    """An ad on all four platforms, with a month of figures."""
    asset = assets.add(owner, filename="a-picture-with-a-rather-long-name.jpg", data=picture((1200, 628)))
    ad = plain_ad()
    ad["creative"]["images"] = [{"asset": str(asset.id), "role": "LANDSCAPE"}]
    made = ads.create(owner, data=ad).id
    for platform, external_id in ACCOUNTS.items():
        account = showing.account(owner, platform, external_id=external_id)
        campaign = showing.campaign(owner, ad_id=made, account_id=account, platform=platform)
        newest = time.today("America/Los_Angeles")
        showing.figures(owner, campaign_id=campaign, platform=platform, newest=newest, days=70, spend="1234.56")
    return made


def test_the_overview_draws_its_chart(window: Window, owner: Actor, ad_id: UUID) -> None:
    window.sign_in()
    expect(window.page.locator(".tile .value").first).to_have_text("$148,147.20")
    expect(window.page.locator(".chart svg .mark-area path")).to_have_count(len(Platform))
    window.page.locator(".chart svg").hover(position={"x": 400, "y": 150})
    expect(window.page.locator("#vg-tooltip-element")).to_contain_text("Spend")
    window.page.get_by_role("link", name="7 days").click()
    expect(window.page.locator(".tile .value").first).to_have_text("$34,567.68")
    expect(window.page.locator(".chart svg .mark-area path")).to_have_count(len(Platform))


def test_a_page_cannot_ask_another_server_or_run_what_is_not_ours(window: Window) -> None:
    window.page.goto("/login")
    window.page.evaluate("new Image().src = 'https://another.example/pixel.png'")
    window.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = true' }))"
    )
    window.page.wait_for_timeout(100)
    refused = [complaint for complaint in window.complaints if "CSP: " in complaint]
    assert [refusal.partition("CSP: ")[2].partition(" ")[0] for refusal in refused] == [
        "https://another.example/pixel.png",
        "inline",
    ]
    assert window.page.evaluate("window.ran") is None
    window.complaints.clear()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_no_page_has_to_be_scrolled_sideways(
    window: Window, owner: Actor, ad_id: UUID, width: int, scheme: Literal["light", "dark"]
) -> None:
    window.page.set_viewport_size({"width": width, "height": 844})
    window.page.emulate_media(color_scheme=scheme)
    window.sign_in()
    expect(window.page.locator(".chart svg")).to_be_visible()
    assert not window.is_wider_than_it_shows()
    for place in (*PLACES[1:], f"/ads/{ad_id}", f"/ads/{ad_id}/delete"):
        window.page.goto(place)
        assert not window.is_wider_than_it_shows(), place
        assert window.page.locator("h1").count() == 1, place


@pytest.mark.parametrize("width", [1440, 390])
def test_differences_of_every_kind_are_seen_whole(window: Window, owner: Actor, ad_id: UUID, width: int) -> None:
    spent = {"impressions": 99999, "clicks": 1234, "spend": "12345.67"}
    differs = {**spent, "conversions": "-12.333333", "conversion_value": "-9876.54"}
    day = {"currency": "USD", "ours": spent, "theirs": differs, "difference": differs, "foreign": None}
    days = [{**day, "date": f"2026-11-{n:02}", "explanation": word.value} for n, word in enumerate(Explanation, 1)]
    showing.compared(owner, days=days)
    window.page.set_viewport_size({"width": width, "height": 844})
    window.sign_in()
    window.page.goto("/reconciliation")
    expect(window.page.locator(".scroll")).to_have_count(len(Platform))
    cut = "() => [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert (window.page.evaluate(cut), window.is_wider_than_it_shows()) == (0, False)
    expect(window.page.locator(".facts > div")).to_have_count(len(Explanation) - 1)
    for word in ("Restated", "Attribution", "Time zone", "Unexplained"):
        expect(window.page.locator("dt").get_by_text(word, exact=True)).to_be_visible()


def test_a_page_can_be_used_without_a_mouse(window: Window, owner: Actor, ad_id: UUID) -> None:
    window.sign_in()
    window.page.keyboard.press("Tab")
    expect(window.page.locator(".skip")).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(window.page.locator("main")).to_be_focused()
    window.page.keyboard.press("Tab")
    expect(window.page.get_by_role("link", name="7 days")).to_be_focused()
    unnamed = "() => [...document.querySelectorAll('a,button,input,select')].filter(e => e.type !== 'hidden' && !"
    unnamed += "(e.ariaLabel || e.innerText.trim() || e.labels?.length || e.title)).map(e => e.outerHTML)"
    for place in (f"/ads/{ad_id}", "/assets", "/reports", "/account"):
        window.page.goto(place)
        assert window.page.evaluate(unnamed) == [], place
