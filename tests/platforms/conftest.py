"""A sandbox in a process of its own, and connections to it: what adapters' tests talk to."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.platforms import specs

from adloom.core import ids as ids_module
from adloom.core.settings import Settings
from adloom.core.settings import load as load_settings
from adloom.platforms import registry
from adloom.platforms.contract import Adapter, Connection, Credentials, Step, StepResult
from adloom.platforms.http import Http
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import Operation, Platform

SOURCE = Path(__file__).parents[2] / "src"

#: Our setting for each of the sandbox's prefixes.
_URLS = {
    "google_api_url": "google",
    "google_oauth_url": "google-oauth",
    "google_authorize_url": "google-authorize",
    "meta_graph_url": "meta",
    "meta_dialog_url": "meta-dialog",
    "microsoft_campaign_url": "microsoft-campaign",
    "microsoft_reporting_url": "microsoft-reporting",
    "microsoft_customer_url": "microsoft-customer",
    "microsoft_oauth_url": "microsoft-oauth",
    "tiktok_api_url": "tiktok",
    "tiktok_authorize_url": "tiktok-authorize",
}
_CREDENTIALS = ("access_token", "refresh_token", "client_id", "client_secret")
_LOGIN_EXTRAS = ("developer_token", "login_customer_id", "customer_id")


class TestLogin:
    """A login in memory: hands out its credentials, and renews them by the adapter's own refresh."""

    __test__ = False

    def __init__(self, adapter: Adapter, http: Http, *, credentials: Credentials) -> None:
        self.adapter, self.http, self.current = adapter, http, credentials
        self.renewals = 0

    def credentials(self) -> Credentials:
        return self.current

    def renew(self) -> Credentials:
        self.renewals += 1
        self.current = self.adapter.refresh(self.http, credentials=self.current)
        return self.current


@dataclasses.dataclass(frozen=True, slots=True)
class Sandbox:
    """The running simulator: `line` is its first line, `control` its own API."""

    line: Mapping[str, Any]
    client: httpx.Client

    def control(self, path: str, body: Mapping[str, Any] | None = None, **params: str) -> Any:
        """One call of the control API: POST with a body, GET without."""
        answer = self.control_answer(path, body, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def control_answer(self, path: str, body: Mapping[str, Any] | None = None, **params: str) -> httpx.Response:
        """The same, with the answer as it came, refusals included."""
        headers = {"X-Sandbox-Key": self.line["control_key"]}
        method = "GET" if body is None else "POST"
        return self.client.request(method, f"/_sandbox/{path}", json=body, params=params, headers=headers)

    def fault(self, platform: Platform, fault: str, *, match: str = "", times: int = 1) -> None:
        """The next matching request fails in this way."""
        self.control("faults", {"platform": platform.value, "match": match, "fault": fault, "times": times})


@dataclasses.dataclass(frozen=True, slots=True)
class Live:
    """One platform's adapter, connected to the sandbox, with the account that the sandbox seeds."""

    sandbox: Sandbox
    platform: Platform
    adapter: Adapter
    connection: Connection
    login: TestLogin
    account: Account

    def spec(self, **changes: Any) -> CampaignSpec:
        """An ad that this platform takes, whose flight has begun."""
        return specs.live_spec(self.platform, account=self.account, **changes)

    def run(self, spec: CampaignSpec, operation: Operation, ids: dict[str, str]) -> list[tuple[Step, StepResult]]:
        """Does an operation's steps in order; `ids` grows. After each one, `find` has to find it."""
        done = []
        for step in self.adapter.steps(spec, operation=operation):
            key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
            body = self.adapter.request(spec, step=step, ids=ids, key=key)
            assert body == self.adapter.request(spec, step=step, ids=ids, key=key)
            result = self.adapter.execute(self.connection, spec=spec, step=step, ids=ids, key=key)
            found = self.adapter.find(self.connection, spec=spec, step=step, ids=ids, key=key)
            assert found is not None, f"{step.key} was done and is not found"
            assert _ids(found.objects) == _ids(result.objects), step.key
            ids.update(_ids(result.objects))
            assert set(step.creates) <= set(ids), step.key
            done.append((step, result))
        return done

    def objects(self) -> list[Mapping[str, Any]]:
        """What the sandbox really holds for this platform."""
        objects: list[Mapping[str, Any]] = self.sandbox.control("ledger", platform=self.platform.value)["objects"]
        return objects

    def fault(self, fault: str, *, match: str = "", times: int = 1) -> None:
        """The platform's next matching request fails in this way."""
        self.sandbox.fault(self.platform, fault, match=match, times=times)


def _ids(objects: Any) -> dict[str, str]:
    return {each.key: each.platform_id for each in objects}


@contextmanager
def running(*arguments: str) -> Iterator[Sandbox]:
    """A sandbox in a process of its own, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "adsandbox", "--port", "0", "--seed", "7", "--exit-with-parent", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    with httpx.Client(base_url=f"http://127.0.0.1:{line['port']}", timeout=30) as client:
        yield Sandbox(line, client)
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """The sandbox, emptied for this test."""
    sandbox_process.control("reset", {})
    return sandbox_process


@pytest.fixture
def settings(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings that point every platform at the sandbox."""
    base = str(sandbox.client.base_url).rstrip("/")
    for name, prefix in _URLS.items():
        monkeypatch.setenv(f"ADLOOM_{name.upper()}", f"{base}/{prefix}")
    load_settings.cache_clear()
    yield load_settings()
    load_settings.cache_clear()


@pytest.fixture
def connect(sandbox: Sandbox, settings: Settings) -> Iterator[Any]:
    """Connects one platform: `connect(Platform.GOOGLE_ADS)` gives a `Live`."""
    http = Http.from_settings(settings)

    def connected(platform: Platform) -> Live:
        adapter, token = registry.adapter(platform), sandbox.line[platform.value]
        credentials = Credentials(
            **{name: token.get(name) for name in _CREDENTIALS},
            extra={name: token[name] for name in _LOGIN_EXTRAS if token.get(name)},
        )
        login = TestLogin(adapter, http, credentials=credentials)
        fixed = {*_CREDENTIALS, "account_id", "currency", "time_zone"}
        attributes = {name: value for name, value in token.items() if name not in fixed and value}
        account = Account(token["account_id"], token["currency"], token["time_zone"], attributes)
        return Live(sandbox, platform, adapter, Connection(http, login), login, account)

    yield connected
    http.close()
