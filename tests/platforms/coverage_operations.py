"""Every operation of an adapter, done once on the sandbox, with what it gave in a word: for a page of docs."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.platforms import feed_specs, specs
from tests.platforms.conftest import Live, TestLogin

from adloom.core.money import Money
from adloom.platforms.access import App
from adloom.platforms.contract import Connection
from adloom.platforms.facts import Dimension
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import ConversionEvent, Operation

_BACK, _VERIFIER = "http://127.0.0.1:8420/connections/callback", "v" * 64
_MEASURES = ("impressions", "clicks", "spend", "conversions", "conversion_value")


def of(live: Live) -> Mapping[str, str]:
    """What each operation gave, by its name; fails where one fails."""
    ids: dict[str, str] = {}
    spec = _sold(live)
    live.run(spec, Operation.CREATE, ids)
    live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    found = {"create": "yes", "observe": "yes"} | _changes(live, spec, ids)
    found |= _reports(live, ids["campaign"]) | {"inspect": _inspected(live)} | _access(live)
    for operation in (Operation.PAUSE, Operation.RESUME, Operation.DELETE):
        live.run(spec, operation, ids)
        found[operation.value] = "yes"
    return found


def _sold(live: Live) -> CampaignSpec:
    """An ad that sells, where the platform's plain ad can."""
    return feed_specs.selling(live.spec(groups=2, ads=2))


def _changes(live: Live, spec: CampaignSpec, ids: dict[str, str]) -> Mapping[str, str]:
    budget = dataclasses.replace(spec.budget, money=Money(Decimal("123.45"), "USD"))
    after = dataclasses.replace(spec, budget=budget, standing=(spec,))
    after = specs.with_creative(after, landing_url="https://example.com/autumn")
    assert live.adapter.revise(after).errors == ()
    live.run(after, Operation.UPDATE, ids)
    return {"update": "yes"}


def _reports(live: Live, campaign_id: str) -> Mapping[str, str]:
    now = live.sandbox.control("clock", {"advance": "P3D"})["now"]
    until = date.fromisoformat(now[:10])
    asked: dict[str, Any] = {"account": live.account, "since": until - timedelta(days=4), "until": until}
    adapter, connection, events = live.adapter, live.connection, {campaign_id: ConversionEvent.PURCHASE}
    found = {
        "daily": _told(adapter.daily(connection, **asked, events=events)),
        "hourly": _told(adapter.hourly(connection, **asked, events=events)),
        "conversions": _told(adapter.conversions(connection, **asked)),
    }
    for dimension in Dimension:
        if dimension in adapter.dimensions:
            found[f"audience by {dimension}"] = _told(adapter.audience(connection, **asked, dimension=dimension))
        else:
            found[f"audience by {dimension}"] = "no"
    return found


def _told(facts: Iterable[Any]) -> str:
    """What a report tells of: all measures, or all but some."""
    rows = list(facts)
    assert rows
    known = [name for name in _MEASURES if hasattr(rows[0], name)]
    missing = [name for name in known if all(getattr(row, name) is None for row in rows)]
    return f"yes, without {' and '.join(missing).replace('_', ' ')}" if missing else "yes"


def _inspected(live: Live) -> str:
    kinds = {each.kind.value for each in live.adapter.inspect(live.connection, account=live.account).resources}
    return ", ".join(sorted(kind.replace("_", " ") for kind in kinds)) or "the account alone"


def _access(live: Live) -> Mapping[str, str]:
    """A person lets us in with a code, the login is renewed where it can be, and ended."""
    token, adapter, http = live.sandbox.line[live.platform.value], live.adapter, live.connection.http
    app = App(token["client_id"], token["client_secret"], _BACK)
    digest = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).decode().rstrip("=")
    challenge = digest if adapter.uses_pkce else None
    answer = live.sandbox.client.get(adapter.authorize_url(app=app, state="s", challenge=challenge))
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    code = (query.get("code") or query["auth_code"])[0]
    made = adapter.exchange(http, app=app, code=code, verifier=_VERIFIER if adapter.uses_pkce else None)
    fresh = dataclasses.replace(made, extra={**live.login.current.extra, **made.extra})
    login = TestLogin(adapter, http, credentials=fresh)
    assert adapter.accounts(Connection(http, login))
    adapter.revoke(http, credentials=login.current)
    return {
        "connect": "authorisation code, PKCE" if adapter.uses_pkce else "authorisation code",
        "refresh": _lapse(fresh.expires_at is not None, has_refresh_token=fresh.refresh_token is not None),
        "accounts": "yes",
    }


def _lapse(lapses: bool, *, has_refresh_token: bool) -> str:
    if has_refresh_token:
        return "by a refresh token"
    return "before the token lapses" if lapses else "the token never lapses"


LABELS: Mapping[str, str] = {
    "connect": "let in",
    "refresh": "renewed",
    "accounts": "ad accounts listed",
    "inspect": "what an ad may need, listed",
    "create": "created (several ad groups and ads)",
    "update": "updated by difference",
    "pause": "paused",
    "resume": "resumed",
    "delete": "deleted",
    "observe": "status, review and delivery",
    "daily": "days",
    "hourly": "hours",
    "conversions": "days by conversion action",
    **{f"audience by {dimension}": f"days by {dimension}" for dimension in Dimension},
}
