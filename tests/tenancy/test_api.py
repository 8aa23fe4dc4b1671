"""Nobody reaches another tenant's or another client's rows through any endpoint of the API's document.

A new endpoint without a case here fails the first test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text
from tests.databases import Cluster
from tests.doors.serving import served
from tests.doors.visitors import Visitor
from tests.rooms.ads.writing import plain_ad
from tests.rooms.assets.media import picture
from tests.tenancy.conftest import World

from adloom.api import app as api
from adloom.core.actor import Actor
from adloom.db import engine
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.files import storage

Sent = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """How an endpoint is asked. `{name}` in a text is the id of that name of whoever's rows are meant."""

    sent: Sent = field(default_factory=dict)
    #: Changes something, so that a viewer may not.
    changes: bool = False
    #: Lists or sums: it is asked without an id, and must name nothing of anybody else's.
    lists: bool = False
    #: What other rows it can be made to name, beside those in its path: each is a request of its own.
    names: tuple[Sent, ...] = ()


def _json(**body: Any) -> Sent:
    return {"json": body}


#: What `filling` gives one id.
_ONE_ID = ("ad_id", "asset_id", "campaign_id", "deployment_id", "job_id", "report_id", "account_id")
_READ = Case()
_LIST = Case(lists=True)
_CHANGE = Case(changes=True)
_AD_WITH_ASSET = plain_ad()
_AD_WITH_ASSET["creative"]["images"] = [{"asset": "{asset_id}", "role": "LANDSCAPE"}]
_PICTURE = {"file": ("a.jpg", picture((1200, 628)), "image/jpeg")}
_TOKEN = {"access_token": "x"}

#: Every account was compared with its platform's own total, with nothing to tell.
_COMPARED = """
INSERT INTO background_jobs (user_id, client_id, job_type, job_data, status, completed_at, result)
SELECT
    user_id,
    client_id,
    'metrics.reconcile',
    jsonb_build_object('account_id', id),
    'completed',
    now(),
    jsonb_build_object(
        'account_id', id, 'platform', platform, 'external_id', external_id, 'time_zone', 'UTC', 'from', '2026-11-01',
        'to', '2026-11-01', 'compared_at', '2026-11-02', 'unexplained', 0, 'days', '[]'::jsonb
    )
FROM platform_accounts
"""

#: Endpoints that act for a person and no tenant, or let one in: `test_sessions_are_a_persons_own` has the rest.
PERSONS = {
    "POST /v1/auth/signup",
    "POST /v1/auth/login",
    "POST /v1/auth/refresh",
    "POST /v1/auth/logout",
    "POST /v1/auth/password",
    "GET /v1/auth/sessions",
    "DELETE /v1/auth/sessions/{session_id}",
    "GET /v1/tenants",
}

CASES: dict[str, Case] = {
    "GET /v1/me": _LIST,
    "GET /v1/clients": _LIST,
    "GET /v1/clients/{client_id}": _READ,
    "POST /v1/clients": Case(_json(name="New"), changes=True, lists=True),
    "PUT /v1/clients/{client_id}/caps": Case(
        _json(currency="USD", daily_cap="100.00", monthly_budget=None), changes=True
    ),
    "PUT /v1/clients/{client_id}/second-person": Case(_json(required=True), changes=True),
    "GET /v1/members": _LIST,
    "POST /v1/members": Case(
        _json(email="member@example.com", role="viewer"),
        changes=True,
        names=(_json(email="member@example.com", role="viewer", client_id="{client_id}"),),
    ),
    "DELETE /v1/members/{membership_id}": _CHANGE,
    "GET /v1/connections": _LIST,
    "POST /v1/connections": Case(
        _json(platform="google_ads", token=_TOKEN),
        changes=True,
        lists=True,
        names=(_json(platform="google_ads", token=_TOKEN, client_id="{client_id}"),),
    ),
    "GET /v1/connections/accounts": _LIST,
    "GET /v1/connections/accounts/{account_id}": _READ,
    "PUT /v1/connections/accounts/{account_id}/client": Case(_json(client_id=None), changes=True),
    "PUT /v1/connections/accounts/{account_id}/cap": Case(_json(daily_cap="100.00"), changes=True),
    "PATCH /v1/connections/accounts/{account_id}": Case(_json(settings={}), changes=True),
    "POST /v1/connections/accounts/{account_id}/inspect": _CHANGE,
    "POST /v1/connections/accounts/{account_id}/import": Case(_json(ongoing=True), changes=True),
    "DELETE /v1/connections/accounts/{account_id}/import": _CHANGE,
    "POST /v1/connections/accounts/{account_id}/faults/{code}/mend": Case(
        _json(answers={"eu_political": "no"}), changes=True
    ),
    "POST /v1/connections/authorizations": Case(
        _json(platform="google_ads", state="x", code="y"), changes=True, lists=True
    ),
    "GET /v1/connections/authorizations/{authorization_id}": _READ,
    "POST /v1/connections/authorizations/{authorization_id}/confirm": Case(
        _json(accounts=["1"]),
        changes=True,
        names=(_json(accounts=["1"], client_id="{client_id}"),),
    ),
    "POST /v1/connections/{platform}/authorize": Case(changes=True, lists=True),
    "POST /v1/connections/{platform}/disconnect": Case(_json(confirmed=True), changes=True, lists=True),
    "GET /v1/stop-everything": Case(
        {"params": {"since": "2026-01-01T00:00:00Z"}},
        names=(
            {"params": {"since": "2026-01-01T00:00:00Z", "client_id": "{client_id}"}},
            {"params": {"since": "2026-01-01T00:00:00Z", "account": "{account_id}"}},
        ),
    ),
    "POST /v1/stop-everything": Case(
        _json(),
        changes=True,
        lists=True,
        names=(_json(client_id="{client_id}"), _json(account="{account_id}")),
    ),
    "GET /v1/places": Case(
        {"params": {"platform": "google_ads", "type": "CITY", "country": "US", "name": "Springfield"}}, lists=True
    ),
    "GET /v1/assets": _LIST,
    "POST /v1/assets": Case(
        {"files": _PICTURE},
        changes=True,
        lists=True,
        names=({"files": _PICTURE, "data": {"client_id": "{client_id}"}},),
    ),
    "GET /v1/assets/{asset_id}": _READ,
    "GET /v1/assets/{asset_id}/file": _READ,
    "GET /v1/assets/{asset_id}/thumbnail": _READ,
    "DELETE /v1/assets/{asset_id}": _CHANGE,
    "GET /v1/ads": Case(lists=True, names=({"params": {"client_id": "{client_id}"}},)),
    "POST /v1/ads": Case(
        {"json": plain_ad()},
        changes=True,
        lists=True,
        names=({"json": plain_ad(client="{client_id}")}, {"json": _AD_WITH_ASSET}),
    ),
    "GET /v1/ads/{ad_id}": _READ,
    "PUT /v1/ads/{ad_id}": Case({"json": plain_ad()}, changes=True),
    "DELETE /v1/ads/{ad_id}": _CHANGE,
    "POST /v1/ads/{ad_id}/plan": _READ,
    "GET /v1/ads/{ad_id}/plan": _READ,
    "GET /v1/ads/{ad_id}/requests": _READ,
    "POST /v1/ads/{ad_id}/requests": _CHANGE,
    "POST /v1/ads/{ad_id}/deploy": _CHANGE,
    "POST /v1/ads/{ad_id}/pause": _CHANGE,
    "POST /v1/ads/{ad_id}/resume": _CHANGE,
    "POST /v1/ads/{ad_id}/delete": _CHANGE,
    "POST /v1/ads/{ad_id}/sync": _CHANGE,
    "POST /v1/ads/{ad_id}/undo/plan": _READ,
    "POST /v1/ads/{ad_id}/undo": _CHANGE,
    "GET /v1/ads/{ad_id}/campaigns": _READ,
    "GET /v1/campaigns": _LIST,
    "GET /v1/campaigns/{campaign_id}": _READ,
    "GET /v1/campaigns/{campaign_id}/deployments": _READ,
    "GET /v1/campaigns/{campaign_id}/history": _READ,
    "POST /v1/campaigns/{campaign_id}/budget/plan": Case(_json(amount="10.00")),
    "POST /v1/campaigns/{campaign_id}/budget": Case(_json(amount="10.00"), changes=True),
    "POST /v1/campaigns/{campaign_id}/reconcile/plan": Case(_json(how="adopt")),
    "POST /v1/campaigns/{campaign_id}/reconcile": Case(_json(how="put_back"), changes=True),
    "GET /v1/campaigns/{campaign_id}/objects": _READ,
    "GET /v1/deployments/{deployment_id}": _READ,
    "GET /v1/jobs/{job_id}": _READ,
    "POST /v1/jobs/{job_id}/cancel": _CHANGE,
    "GET /v1/metrics": Case(
        {"params": {"from": "2026-11-01", "to": "2026-11-30", "by": "campaign"}},
        lists=True,
        names=({"params": {"ad_id": "{ad_id}"}}, {"params": {"client_id": "{client_id}"}}),
    ),
    "GET /v1/metrics/changes": Case(
        {"params": {"since": "2026-06-01T00:00:00Z", "from": "2026-11-01", "to": "2026-11-30"}},
        lists=True,
        names=({"params": {"since": "2026-06-01T00:00:00Z", "client_id": "{client_id}"}},),
    ),
    "GET /v1/metrics/coverage": _LIST,
    "GET /v1/metrics/backfill": _LIST,
    "POST /v1/metrics/backfill": Case(changes=True, lists=True),
    "GET /v1/metrics/pacing": _LIST,
    "GET /v1/metrics/reconciliation": _LIST,
    "POST /v1/metrics/reconciliation": Case(changes=True, lists=True),
    "POST /v1/metrics/sync": Case(changes=True, lists=True),
    "GET /v1/reports": _LIST,
    "POST /v1/reports": Case(
        _json(name="New"),
        changes=True,
        lists=True,
        names=(_json(name="New", ad_id="{ad_id}"), _json(name="New", client_id="{client_id}")),
    ),
    "GET /v1/reports/{report_id}": _READ,
    "POST /v1/reports/{report_id}/run": _CHANGE,
    "GET /v1/reports/{report_id}/instances": _READ,
    "GET /v1/reports/{report_id}/instances/{instance_id}": _READ,
    "GET /v1/reports/{report_id}/instances/{instance_id}/file": _READ,
    "GET /v1/audit": _LIST,
}

_BY_ID = {name: case for name, case in CASES.items() if "_id}" in name}
#: They answer with the ids of new jobs, one for each account.
_QUEUED = ("POST /v1/metrics/sync", "POST /v1/metrics/reconciliation")
_LISTS = {name: case for name, case in CASES.items() if case.lists}
_NAMING = [(name, sent) for name, case in CASES.items() for sent in case.names]
_CHANGES = {name: case for name, case in CASES.items() if case.changes}


@dataclass(frozen=True)
class Street:
    """The world, with a server before it and everybody signed in. `ids` are whose rows are called what."""

    world: World
    owner: Visitor
    restricted: Visitor
    stranger: Visitor
    ids: dict[str, dict[str, str]]

    def foreign(self, who: str) -> list[str]:
        """Whose rows are none of this person's business."""
        return {"restricted": ["own", "b", "stranger"], "stranger": ["own", "a", "b"]}[who]

    def visitor(self, who: str) -> Visitor:
        return {"restricted": self.restricted, "stranger": self.stranger, "owner": self.owner}[who]


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Urls]:
    """The embedded version alone: that the policies hold on the oldest one too is `test_isolation`'s to show."""
    with cluster.lent() as urls:
        engine.configure(urls)
        yield urls
        engine.dispose()


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    """A client of a server; which database it asks is the process's engine's to say."""
    with served() as client:
        yield client


@pytest.fixture
def street(world: World, http: httpx.Client, database: Urls) -> Street:
    """Files behind the rows, so that nothing is missing for another reason than whose it is."""
    storage.put("a", b"x")  # as long as its row says
    storage.put("a.thumbnail", b"picture")
    with psycopg.connect(database.owner, autocommit=True) as connection:
        connection.execute("UPDATE assets SET thumbnail_url = 'x'")
        connection.execute('UPDATE reports SET configuration = \'{"format": "csv"}\'')
        connection.execute(_COMPARED)
        connection.execute("UPDATE report_instances SET file_url = 'a', status = 'completed'")
        rows = connection.execute("SELECT report_id, id FROM report_instances").fetchall()
        memberships = connection.execute("SELECT id FROM members").fetchall()
    instances = {str(report_id): str(id_) for report_id, id_ in rows}
    clients = {"a": world.client_a, "b": world.client_b}
    ids = {
        who: {
            **dict.fromkeys(_ONE_ID, str(row)),
            "instance_id": instances[str(row)],
            "client_id": str(clients.get(who, world.client_b)),
            "membership_id": str(memberships[0][0]),
            "authorization_id": str((world.stranger if who == "stranger" else world.owner).tenant_id),
            "code": "eu_declaration_missing",
            "platform": "google_ads",
        }
        for who, row in world.rows.items()
    }
    restricted = _signed_in(http, world.restricted)
    return Street(
        world=world,
        owner=_signed_in(http, world.owner),
        restricted=restricted.sending(x_adloom_tenant=str(world.owner.tenant_id)),
        stranger=_signed_in(http, world.stranger),
        ids=ids,
    )


def test_every_endpoint_has_a_case() -> None:
    paths = api.create().openapi()["paths"]
    assert {
        f"{method.upper()} {path}" for path, methods in paths.items() for method in methods
    } == CASES.keys() | PERSONS


def test_rows_of_others_are_not_there(street: Street, database: Urls) -> None:
    before = _everything(database)
    for who in ("restricted", "stranger"):
        for whose in street.foreign(who):
            for name, case in _BY_ID.items():
                if _is_shared(name, who, whose):
                    continue
                answer = _ask(street.visitor(who), name, case.sent, street.ids[whose])
                assert answer.status_code in _refusals(name, who), f"{who} asks {name} of {whose}: {answer.text}"
                _tells_nothing(answer, asked=street.ids[whose])
    assert _everything(database) == before


def test_lists_name_nothing_of_others(street: Street) -> None:
    for who in ("restricted", "stranger"):
        for name, case in _LISTS.items():
            if name in _QUEUED:
                continue  # answers with new jobs alone; `test_what_is_queued_is_of_ones_own_accounts`
            answer = _ask(street.visitor(who), name, case.sent, street.ids["own"])
            for whose in street.foreign(who):
                own = street.ids["a" if who == "restricted" else "stranger"].values()
                strangers = set(street.ids[whose].values()) - set(own)
                named = {id_ for id_ in strangers if id_ in answer.text}
                assert named == set(), f"{who} sees {whose} in {name}: {answer.text}"


def test_requests_that_name_rows_of_others_are_refused(street: Street, database: Urls) -> None:
    before = _everything(database)
    for who in ("restricted", "stranger"):
        for whose in ("b",) if who == "restricted" else ("a", "b"):
            for name, sent in _NAMING:
                answer = _ask(street.visitor(who), name, sent, street.ids[whose])
                if name == "GET /v1/ads":  # a filter: what it names is not there, so nothing is found
                    assert answer.json() == {"items": [], "next": None}
                    continue
                assert answer.status_code in (403, 404, 422), f"{who} asks {name} with {sent}: {answer.text}"
                _tells_nothing(answer, asked=street.ids[whose])
    assert _everything(database) == before


def test_another_tenant_or_client_cannot_be_entered(street: Street) -> None:
    intruders = (
        street.stranger.sending(x_adloom_tenant=str(street.world.owner.tenant_id)),
        street.restricted.sending(x_adloom_tenant=str(street.world.stranger.tenant_id)),
        street.restricted.sending(x_adloom_client=str(street.world.client_b)),
        street.stranger.sending(x_adloom_client=str(street.world.client_a)),
    )
    for intruder in intruders:
        for name, case in CASES.items():
            answer = _ask(intruder, name, case.sent, street.ids["own"])
            assert answer.status_code == 404, f"{name}: {answer.text}"


def test_nobody_gets_anything_without_signing_in(street: Street, database: Urls) -> None:
    before = _everything(database)
    nobody = replace(street.owner, headers={})
    for name, case in CASES.items():
        answer = _ask(nobody, name, case.sent, street.ids["own"])
        assert answer.status_code == 401, f"{name}: {answer.text}"
    assert _everything(database) == before


def test_a_viewer_changes_nothing_through_any_endpoint(street: Street, database: Urls) -> None:
    with psycopg.connect(database.owner, autocommit=True) as connection:
        connection.execute("UPDATE members SET role = 'viewer', client_id = NULL")
    before = _everything(database)
    for name, case in _CHANGES.items():
        answer = _ask(street.restricted, name, case.sent, street.ids["own"])
        assert answer.status_code == 403, f"{name}: {answer.text}"
    assert _everything(database) == before


def test_the_same_requests_find_what_is_ones_own(street: Street) -> None:
    """Else the tests above would hold of endpoints that find nothing for anybody."""
    for name, case in _LISTS.items():
        if name.startswith("GET ") and name not in ("GET /v1/me", "GET /v1/places"):
            assert len(_ask(street.owner, name, case.sent, {}).json()["items"]) > 0, name
    last = sorted(_BY_ID, key=lambda name: ("DELETE" in name or name.endswith("/cancel"), name))
    for name in last:
        answer = _ask(street.owner, name, _BY_ID[name].sent, street.ids["b"])
        assert answer.status_code not in (401, 403, 404, 500), f"{name}: {answer.text}"


@pytest.mark.parametrize("name", _QUEUED)
def test_what_is_queued_is_of_ones_own_accounts(street: Street, name: str) -> None:
    queued = street.restricted.post(name.removeprefix("POST "), status=202)["job_ids"]
    assert len(queued) == 1
    with db.reading(street.world.owner) as session:
        pulled = session.execute(
            text("SELECT job_data ->> 'account_id' FROM background_jobs WHERE id::text = ANY(:ids)"), {"ids": queued}
        ).scalars()
        assert set(pulled) == {street.ids["a"]["account_id"]}


def test_sessions_are_a_persons_own(street: Street) -> None:
    mine = street.owner.get("/v1/auth/sessions")["items"]
    for other in (street.restricted, street.stranger):
        assert not {place["id"] for place in mine} & {place["id"] for place in other.get("/v1/auth/sessions")["items"]}
        for place in mine:
            assert other.ask("DELETE", f"/v1/auth/sessions/{place['id']}").status_code == 404
    tenants = {place["tenant_id"] for place in street.stranger.get("/v1/tenants")["items"]}
    assert tenants == {str(street.world.stranger.tenant_id)}
    assert street.owner.get("/v1/me")["id"] == str(street.world.owner.person_id)


def _is_shared(name: str, who: str, whose: str) -> bool:
    """Paths by a client or a membership have one row for all that is the owner's: asked once, not per row."""
    by_client = "{client_id}" in name or "{membership_id}" in name
    if not by_client:
        return False
    return whose == "stranger" or ("{membership_id}" in name and who == "restricted") or whose != "b"


def _refusals(name: str, who: str) -> set[int]:
    """A member of one client is told that logins, members, caps and keys are the owner's, whatever they name."""
    of_client = name.endswith(("/caps", "/second-person"))
    owners_alone = "/v1/connections/" in name or "/v1/members" in name or of_client
    return {403, 404} if who == "restricted" and owners_alone and not name.startswith("GET ") else {404}


def _tells_nothing(answer: httpx.Response, *, asked: dict[str, str]) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    for word in ("An ad", "A campaign", "A report", "Account", "a.png", "storage"):
        assert word not in answer.text.replace("ad account", ""), answer.text
    assert answer.json().keys() == {"type", "title", "status", "detail", "code", "errors", "request_id"}


def _ask(visitor: Visitor, name: str, sent: Sent, ids: dict[str, str]) -> httpx.Response:
    method, path = name.split(" ")
    return visitor.ask(method, path.format(**ids), **_filled(sent, ids))


def _filled(value: Any, ids: dict[str, str]) -> Any:
    """The same, with ids in place of their names."""
    if isinstance(value, dict):
        return {name: _filled(entry, ids) for name, entry in value.items()}
    if isinstance(value, list):
        return [_filled(entry, ids) for entry in value]
    if isinstance(value, str) and value.startswith("{"):
        return value.format(**ids)
    return value


def _signed_in(http: httpx.Client, actor: Actor) -> Visitor:
    assert actor.person_id is not None
    return Visitor.signed_in(http, actor.person_id)


def _everything(database: Urls) -> dict[str, str]:
    """A fingerprint of every tenant-owned table but the sessions, which reading renews."""
    with psycopg.connect(database.owner) as connection:
        names = connection.execute(
            """
            SELECT relname
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace
                AND relkind IN ('r', 'p')
                AND NOT relispartition
                AND relname NOT IN ('user_sessions', 'login_attempts')
            """
        ).fetchall()
        return {
            name: str(
                connection.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t").fetchone()
            )
            for (name,) in names
        }
