"""Dry runs before witnesses: what the adapters send to have a plan judged, and what the SDK gets for the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.environments import witness
from tests.contract.holding import Tap, complaints
from tests.contract.test_meta import given
from tests.platforms.conftest import Live

from adloom.core.money import Money
from adloom.core.settings import Settings
from adloom.platforms.contract import Connection
from adloom.platforms.http import Http
from adloom.platforms.types import Operation, Platform

__all__ = ["given"]

Connect = Callable[[Platform], Live]


@pytest.mark.parametrize("platform", [Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS], ids=lambda each: each.value)
def test_a_dry_run_is_a_message_that_the_official_client_knows(
    connect: Connect, settings: Settings, platform: Platform
) -> None:
    plain, tap = connect(platform), Tap()
    http = Http.from_settings(settings, throttle=tap)
    live = dataclasses.replace(plain, connection=Connection(http, plain.login))
    spec, ids = live.spec(), {}
    live.run(spec, Operation.CREATE, ids)
    money = Money(Decimal("123.45"), "USD")
    dearer = dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, money=money), standing=(spec,))
    kept = {key: value for key, value in ids.items() if key.startswith(("asset/", "campaign"))}
    tap.answers.clear()
    live.adapter.judge(live.connection, spec=live.spec(), operation=Operation.CREATE, ids={})
    live.adapter.judge(live.connection, spec=spec, operation=Operation.CREATE, ids=kept)
    live.adapter.judge(live.connection, spec=dearer, operation=Operation.UPDATE, ids=ids)
    http.close()
    asked = [answer.request for answer in tap.answers]
    dry = [each for each in asked if "validateOnly" in str(each.json) or "validate_only" in str(each.form)]
    assert len(dry) >= 2
    assert not any(each.is_write for each in asked)
    assert complaints(platform, tap.answers) == []


def test_the_sdk_has_everything_checked_and_nothing_done(given: dict[str, Any]) -> None:
    found = witness("meta", "dry_runs.py", given=given)
    assert found["is_as_it_was"]
    assert all("id" not in answer for answer in found["creations"].values())
    assert {name: error["code"] for name, error in found["refusals"].items()} == dict.fromkeys(found["refusals"], 100)
    assert found["refusals"]["ad set"]["subcode"] == found["refusals"]["change"]["subcode"] == 1885272
