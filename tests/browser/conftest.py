"""A real browser in front of a running server: Debian's Chromium, driven by playwright, with an eye on everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests import debian
from tests.browser.watching import Window
from tests.doors.serving import served
from tests.doors.visitors import PASSWORD

from adloom.core.actor import Actor, Role
from adloom.db.urls import Urls
from adloom.identity import actions as identity

# It talks to nobody but the page's server, and keeps nothing.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for a file's tests, each with cookies of its own; no longer, for it keeps an event loop running."""
    path = debian.needs("chromium", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(path), args=[*_FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def address(database: Urls) -> Iterator[str]:
    """Where the server is."""
    with served() as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def owner(database: Urls) -> Actor:
    """Somebody who has an account."""
    person_id = identity.create_user(email="owner@example.com", password=PASSWORD)
    return Actor(tenant_id=person_id, person_id=person_id, role=Role.ADMIN)


@pytest.fixture
def window(chromium: Browser, address: str) -> Iterator[Window]:
    """A window in which nothing may go wrong unseen: it is asked at the end of each test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=address)
    opened = Window(context.new_page(), address)
    yield opened
    context.close()
    assert opened.complaints == []
