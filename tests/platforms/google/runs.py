"""Runs through all that the Google adapter can do on a sandbox: the witness listens to them, and so may any test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.platforms.conftest import Live

from adloom.core.time import today
from adloom.platforms.types import Operation


def one_ad(live: Live) -> None:
    """One ad, and its whole life."""
    spec, ids = live.spec(), {}
    for operation in (Operation.CREATE, Operation.PAUSE, Operation.RESUME, Operation.DELETE):
        live.run(spec, operation, ids)
        live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])


def two_groups_of_three_ads(live: Live) -> None:
    """Several ad groups with several ads."""
    ids: dict[str, str] = {}
    live.run(live.spec(groups=2, ads=3), Operation.CREATE, ids)
    live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])


def accounts(live: Live) -> None:
    """What a login reaches."""
    assert live.adapter.accounts(live.connection)


def reports(live: Live) -> None:
    """Every report of some days of delivery."""
    live.run(live.spec(), Operation.CREATE, {})
    live.sandbox.control("clock", {"advance": "P3D"})
    since = today(live.account.time_zone)
    until = since + timedelta(days=3)
    assert list(live.adapter.daily(live.connection, account=live.account, since=since, until=until, events={}))


ALL: tuple[Callable[[Live], None], ...] = (one_ad, two_groups_of_three_ads, accounts, reports)
