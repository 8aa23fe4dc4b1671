"""Worlds without a process around them, with one campaign whose lines a test sets: for what the core does by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from adsandbox.clock import Clock, instant
from adsandbox.delivery import Budget, Line
from adsandbox.world import World

PLATFORM = "google_ads"


class Source:
    """A platform that has one campaign, whose lines are whatever a test says."""

    name = PLATFORM
    campaign_type = "campaign"

    def __init__(self, world, *lines):
        self.world = world
        self.now_showing = list(lines)
        self.campaign = world.store.add(PLATFORM, "campaign", "c", account_id="a")
        world.delivery.source(self)

    def lines(self, campaign):
        return self.now_showing

    def affected(self, entity):
        return None

    def change(self, *lines):
        self.now_showing = list(lines)
        self.world.store.update(self.campaign)


def line(**changes):
    """An ad that may show from the beginning of time, with 50 a day."""
    usual = Line(
        PLATFORM, "a", "c", "g", "ad", datetime(2026, 1, 1, tzinfo=UTC), None, (Budget("b", Decimal(50)),),
        "USD", "America/Los_Angeles",
    )  # fmt: skip
    return replace(usual, **changes)


def world(start="2026-09-01T07:00:00Z", *, seed=7):
    return World(Clock(instant(start)), seed=seed)


def run(made, **duration):
    made.clock.advance(timedelta(**duration))
    made.delivery.catch_up()
