"""Answers of TikTok's that lack something, or hold something else than they should: errors of ours, never a crash."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.platforms import feed_specs
from tests.platforms.conftest import Live

from adloom.core import ids as ids_module
from adloom.core.errors import AdloomError
from adloom.core.settings import Settings
from adloom.core.time import today
from adloom.platforms.contract import Connection
from adloom.platforms.facts import Dimension
from adloom.platforms.geography import PlaceQuery
from adloom.platforms.http import Answer, Http, Request
from adloom.platforms.types import LocationType, Operation, Platform

#: What stands in a damaged place. A place can also be gone altogether.
RUBBISH = (None, "", "-", 0, -1, "0", True, [], {}, [None], "abc", 1.5, [{}], {"list": None})


class Damaging(Http):
    """The client that the product uses, for a platform that damages one place of each answer."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.chance = random.Random(1)
        self.is_on = False

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        if not self.is_on or not answer.body.startswith(b"{"):
            return answer
        body = json.loads(answer.body)
        self._damage(body)
        return dataclasses.replace(answer, body=json.dumps(body).encode())

    def _damage(self, value: Any) -> None:
        """Goes down some way, and leaves rubbish or nothing where it ends."""
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        place = self.chance.choice(places)
        inner = value[place]
        if isinstance(inner, (dict, list)) and inner and self.chance.random() < 0.85:
            self._damage(inner)
        elif self.chance.random() < 0.3:
            del value[place]
        else:
            value[place] = self.chance.choice(RUBBISH)


@pytest.fixture
def damaging(settings: Settings) -> Iterator[Damaging]:
    made = Damaging.from_settings(settings)
    assert isinstance(made, Damaging)
    yield made
    made.close()


@pytest.fixture
def live(connect: Callable[[Platform], Live], damaging: Damaging) -> Live:
    known = connect(Platform.TIKTOK_ADS)
    return dataclasses.replace(known, connection=Connection(damaging, known.login))


def _reads(live: Live, ids: dict[str, str]) -> list[Callable[[], Any]]:
    adapter, connection, account = live.adapter, live.connection, live.account
    since = today("America/Los_Angeles")
    asked: dict[str, Any] = {"account": account, "since": since, "until": since + timedelta(days=3)}
    return [
        lambda: adapter.accounts(connection),
        lambda: adapter.inspect(connection, account=account),
        lambda: adapter.observe(connection, account=account, campaign_id=ids["campaign"]),
        lambda: list(adapter.daily(connection, **asked, events={})),
        lambda: list(adapter.hourly(connection, **asked, events={})),
        lambda: list(adapter.conversions(connection, **asked)),
        lambda: list(adapter.audience(connection, **asked, dimension=Dimension.AGE)),
        lambda: list(adapter.audience(connection, **asked, dimension=Dimension.DEVICE)),
    ]


def test_reads_of_damaged_answers_fail_in_our_own_words(live: Live, damaging: Damaging) -> None:
    ids: dict[str, str] = {}
    live.run(feed_specs.selling(live.spec()), Operation.CREATE, ids)
    live.sandbox.control("clock", {"advance": "P3D"})
    live.sandbox.control("review", {"platform": "tiktok_ads", "ad": ids["ad/g0/a0"], "verdict": "reject"})
    damaging.is_on = True
    ends = {"good": 0, "error": 0}
    for _ in range(60):
        for read in _reads(live, ids):
            try:
                read()
                ends["good"] += 1
            except AdloomError:
                ends["error"] += 1
    assert min(ends.values()) > 20


def test_places_of_damaged_answers_are_places_or_errors(live: Live, damaging: Damaging) -> None:
    queries = (
        PlaceQuery(LocationType.CITY, "US", "US-MO", "Springfield"),
        PlaceQuery(LocationType.POSTAL, "US", "94103"),
    )
    damaging.is_on = True
    for query in queries * 60:
        with contextlib.suppress(AdloomError):
            (answer,) = live.adapter.places(live.connection, account=live.account, queries=(query,))
            assert all(place.id.isdigit() and place.name for place in answer.places)


def test_writes_with_damaged_answers_end_in_our_own_words_and_make_nothing_twice(
    live: Live, damaging: Damaging
) -> None:
    for _ in range(6):
        spec, ids = live.spec(ads=2), {}
        for step in live.adapter.steps(spec, operation=Operation.CREATE):
            key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
            asked: dict[str, Any] = {"spec": spec, "step": step, "ids": ids, "key": key}
            damaging.is_on = step.kind != "asset"
            for call in (live.adapter.execute, live.adapter.find):
                with contextlib.suppress(AdloomError):
                    call(live.connection, **asked)
            damaging.is_on = False
            found = live.adapter.find(live.connection, **asked)
            assert found is not None, step.key
            ids.update({each.key: each.platform_id for each in found.objects})
        names = [item["name"] for item in live.objects() if item["name"] == spec.name]
        assert len(names) == 1
