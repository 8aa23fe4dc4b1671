"""Whatever Meta answers, callers get a result or an error of ours: no answer makes the adapter fall over."""

from __future__ import annotations

import dataclasses
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from tests.platforms import feed_specs

from adloom.core.errors import AdloomError
from adloom.core.settings import load as load_settings
from adloom.platforms.access import App
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.facts import Dimension
from adloom.platforms.geography import PlaceQuery
from adloom.platforms.http import Http
from adloom.platforms.meta import calls, runs
from adloom.platforms.meta.adapter import MetaAdapter
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import LocationType, Operation

SEEDS = (1, 2, 3)
CALLS = 200
DAY = date(2026, 11, 1)
ACCOUNT = Account("act_1", "USD", "America/Los_Angeles", {"conversion_actions": "PURCHASE"})
SPRING = PlaceQuery(LocationType.CITY, "US", None, "Spring")
LOGIN = Credentials("token", client_id="1", client_secret="secret")
#: What stands in an answer that makes sense.
SENSE = {
    "id": "120",
    "campaign_id": "120",
    "date_start": "2026-11-01",
    "status": "ACTIVE",
    "effective_status": "ACTIVE",
    "name": "Spring",
}
SCALARS = (
    *(None, True, False, 0, 1, -3, 1.5, "", "0", "12", "12.50", "abc", "ACTIVE", "PAUSED", "SOMETHING_NEW"),
    *("2026-11-01", "2026-11-01T00:00:00-0800", "18-24", "13:00:00 - 13:59:59", [], {}, 10**15, "Job Completed"),
)
KEYS = """
    id name status effective_status campaign_id date_start date_stop impressions spend inline_link_clicks clicks
    actions action_values account_currency currency timezone_name account_status disable_reason spend_cap
    amount_spent user_tasks issues_info ad_review_feedback learning_stage_info failed_delivery_checks adset_id
    start_time end_time hourly_stats_aggregated_by_advertiser_time_zone age gender country device_platform permission
    tasks username instagram_business_account is_unavailable report_run_id async_status async_percent_completion
    success key type region country_code hash images title funding_source_details access_token expires_in
"""
CODES = (1, 2, 4, 10, 17, 100, "190", 190, 200, 613, 80004, None, "x")


class Nonsense:
    """Answers that are right in parts: fields of a wrong type, errors of every shape, pages that lead nowhere."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def status(self) -> int:
        return self._dice.choice([200] * 9 + [400, 401, 403, 404, 429, 500, 503])

    def body(self) -> bytes:
        if self._dice.random() < 0.03:
            return b"<html>"
        make = self._dice.choices([self._scalar, self._error, self._page, self._object], [6, 12, 57, 25])[0]
        return json.dumps(make()).encode()

    def _scalar(self) -> Any:
        return self._dice.choice(SCALARS)

    def _object(self, depth: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = dict(SENSE) if self._dice.random() < 0.6 else {}
        names = self._dice.sample(KEYS.split(), self._dice.randint(0, 14))
        return found | {name: self._value(name, depth) for name in names}

    def _value(self, name: str, depth: int) -> Any:
        if depth > 2 or self._dice.random() < 0.45:
            return self._scalar()
        if name in ("actions", "action_values"):
            return [{"action_type": self._scalar(), "value": self._scalar()}, self._scalar()]
        if name == "ad_review_feedback":
            return {"global": self._scalar(), "placement_specific": {"facebook": self._scalar()}}
        return [self._object(depth + 1)] if self._dice.random() < 0.5 else self._object(depth + 1)

    def _page(self) -> dict[str, Any]:
        rows = [self._object() for _ in range(self._dice.randint(0, 3))]
        after = self._dice.choice([None, "b", str(self._dice.random())])
        paging = self._dice.choice(
            [None, {}, {"cursors": {"after": after}}, {"cursors": {"after": after}, "next": "n"}]
        )
        return {"data": rows if self._dice.random() < 0.9 else self._scalar(), "paging": paging}

    def _error(self) -> dict[str, Any]:
        data = [{"blame_field_specs": [["a", "b"], "c"]}, '{"blame_field_specs": [["a"]]}', "not JSON", None, []]
        error = {
            "code": self._dice.choice(CODES),
            "error_subcode": self._dice.choice([33, 463, None, "2446079", 1487534]),
            "message": self._scalar(),
            "error_data": self._dice.choice(data),
            "is_transient": self._scalar(),
            "error_user_msg": self._scalar(),
        }
        return {"error": self._dice.choice([error, error, error, "text", None, []])}


class Login:
    """A login that never lapses and is renewed into itself."""

    def credentials(self) -> Credentials:
        return LOGIN

    renew = credentials


class Everything(dict[str, str]):
    """Ids of all that anybody asks for."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return "9"


@pytest.fixture(params=SEEDS)
def connection(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A login at a platform that answers nonsense."""
    nonsense = Nonsense(request.param)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = nonsense.body()
            self.send_response(nonsense.status())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the names are the base class's

        def log_message(self, format: str, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("ADLOOM_META_GRAPH_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setattr(runs, "WAITS_S", (0.0, 0.0))
        monkeypatch.setattr(calls, "VIDEO_WAITS_S", (0.0,))
        load_settings.cache_clear()
        http = Http.from_settings()
        yield Connection(http, Login())
        http.close()
        server.shutdown()
    load_settings.cache_clear()


def _asking(connection: Connection) -> list[Callable[[], object]]:
    """Everything that the adapter can be asked."""
    adapter, http = MetaAdapter(), connection.http
    days: dict[str, Any] = {"account": ACCOUNT, "since": DAY, "until": DAY}
    return [
        lambda: adapter.accounts(connection),
        lambda: adapter.inspect(connection, account=ACCOUNT),
        lambda: adapter.observe(connection, account=ACCOUNT, campaign_id="120"),
        lambda: adapter.places(connection, account=ACCOUNT, queries=(SPRING,)),
        lambda: list(adapter.daily(connection, **days, events={})),
        lambda: list(adapter.hourly(connection, **days, events={})),
        lambda: list(adapter.conversions(connection, **days)),
        *(_audience(connection, days, dimension) for dimension in Dimension),
        lambda: adapter.refresh(http, credentials=LOGIN),
        lambda: adapter.exchange(http, app=App("1", "secret", "https://x"), code="c", verifier=None),
        lambda: adapter.revoke(http, credentials=LOGIN),
        *_steps(connection),
    ]


def _audience(connection: Connection, days: dict[str, Any], dimension: Dimension) -> Callable[[], object]:
    return lambda: list(MetaAdapter().audience(connection, **days, dimension=dimension))


def _steps(connection: Connection) -> Iterator[Callable[[], object]]:
    """Every step of a creation and of an update: done, and asked for."""
    spec = feed_specs.feed_spec(name="Spring")
    before = feed_specs.with_creative(spec, primary_text="Before")
    for operation, each in (
        (Operation.CREATE, spec),
        (Operation.UPDATE, dataclasses.replace(spec, standing=(before,))),
        (Operation.DELETE, spec),
    ):
        for step in MetaAdapter().steps(each, operation=operation):
            for name in ("execute", "find"):
                yield _step(connection, each, step, name)


def _step(connection: Connection, spec: CampaignSpec, step: Any, name: str) -> Callable[[], object]:
    method = getattr(MetaAdapter(), name)
    return lambda: method(connection, spec=spec, step=step, ids=Everything(), key="k")


def test_no_answer_makes_the_adapter_fall_over(connection: Connection) -> None:
    asking, outcomes = _asking(connection), Counter[str]()
    for number in range(CALLS):
        try:
            asking[number % len(asking)]()
            outcomes["answered"] += 1
        except AdloomError as error:
            outcomes[type(error).__name__] += 1
    assert set(outcomes) >= {"answered", "Rejected", "Throttled", "Unavailable", "OutcomeUnknown", "CredentialsExpired"}
