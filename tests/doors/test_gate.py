"""What every request passes: limits, headers, ids, measurements, and the last handler."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest
from tests.databases import Cluster
from tests.doors import visitors
from tests.doors.visitors import PASSWORD, Visitor

from adloom.core.errors import Refused
from adloom.db import engine
from adloom.db.urls import Urls
from adloom.edge import limits


def test_every_answer_keeps_browsers_to_this_server(http: httpx.Client) -> None:
    for path in ("/healthz", "/v1/me", "/nowhere", "/openapi.json"):
        headers = http.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'; object-src 'none'")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "strict-transport-security" not in headers
    assert http.get("/v1/me").headers["cache-control"] == "no-store"


def test_a_request_keeps_the_id_that_it_came_with(http: httpx.Client) -> None:
    answer = http.get("/v1/me", headers={"X-Request-ID": "trace-12345"})
    assert answer.headers["x-request-id"] == "trace-12345"
    assert answer.json()["request_id"] == "trace-12345"


@pytest.mark.parametrize("given", ["short", "with spaces and so", "x" * 200, 'quote"quote"'])
def test_an_id_that_would_not_look_good_in_a_log_is_replaced(http: httpx.Client, given: str) -> None:
    assert http.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"] != given


def test_a_body_that_is_too_large_is_refused_before_it_is_read(owner: Visitor) -> None:
    refused = owner.ask("POST", "/v1/clients", content=b" " * (limits.LONGEST_BODY + 1))
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("pieces", [[b" " * (limits.LONGEST_BODY + 1)], [b" " * 65_536] * 64])
def test_a_body_that_does_not_say_how_large_it_is_is_counted(owner: Visitor, pieces: list[bytes]) -> None:
    refused = owner.ask("POST", "/v1/clients", content=iter(pieces), headers={"Content-Type": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


def test_what_is_not_there_and_what_is_not_done_are_problems(http: httpx.Client) -> None:
    missing, wrong = http.get("/v1/nothing"), http.put("/v1/auth/login")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"
    for answer in (missing, wrong):
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_request_is_told_each_field_with_its_rule_and_fix(owner: Visitor) -> None:
    refused = owner.post("/v1/clients", {"nam": "Acme"}, status=422)
    assert {error["field"]: error["fix"] for error in refused["errors"]} == {"name": "Add it.", "nam": "Leave it out."}
    assert all(error["message"] == f"{error['field']}: {error['rule']}" for error in refused["errors"])


def test_a_character_that_the_database_does_not_take_is_no_bug(owner: Visitor) -> None:
    assert owner.post("/v1/clients", {"name": "A\0B"}, status=422)["code"] == "invalid"


def test_what_is_not_json_is_refused_as_such(owner: Visitor) -> None:
    refused = owner.ask("POST", "/v1/clients", content=b"{", headers={"Content-Type": "application/json"})
    assert refused.status_code == 422
    refused = owner.ask("POST", "/v1/ads", content=b"{// no", headers={"Content-Type": "application/json"})
    assert refused.status_code == 422
    assert "not JSON" in refused.json()["errors"][0]["rule"]


def test_a_bug_tells_the_caller_its_id_and_nothing_else(cluster: Cluster, door: str) -> None:
    with cluster.migrated() as urls, httpx.Client(base_url=door) as http:
        engine.configure(urls)
        owner = Visitor.signed_in(http, visitors.register("owner@example.com"))
        with psycopg.connect(urls.owner, autocommit=True) as connection:
            connection.execute("ALTER TABLE reports RENAME TO secret_reports")
        answer = owner.ask("GET", "/v1/reports")
        engine.dispose()
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "about:blank",
        "title": "A bug",
        "status": 500,
        "detail": f"This is a bug. The log has it under {answer.headers['x-request-id']}.",
        "code": "bug",
        "errors": [],
        "request_id": answer.headers["x-request-id"],
    }
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_database_that_is_away_is_no_bug_and_no_reason_to_restart(http: httpx.Client, database: Urls) -> None:
    engine.configure(database.at("not_there"))
    try:
        assert http.get("/healthz").status_code == 200
        ready = http.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, False)
        login = http.post("/v1/auth/login", json={"email": "a@example.com", "password": PASSWORD})
        assert (login.status_code, login.json()["code"]) == (503, "unavailable")
        assert "retry-after" in login.headers
        assert http.get("/metrics").status_code == 200
    finally:
        engine.configure(database)


def test_an_older_schema_is_not_ready(cluster: Cluster, door: str) -> None:
    with cluster.migrated() as urls, httpx.Client(base_url=door) as http:
        engine.configure(urls)
        assert http.get("/readyz").json() == {"status": "ready", "database": True, "pending": []}
        with psycopg.connect(urls.owner, autocommit=True) as connection:
            version = connection.execute("SELECT max(version) FROM schema_migrations").fetchone()
            connection.execute("DELETE FROM schema_migrations WHERE version = %s", version)
        ready = http.get("/readyz")
        engine.dispose()
    assert version is not None
    assert (ready.status_code, ready.json()["pending"]) == (503, [version[0]])


def test_requests_are_counted_by_route_and_jobs_by_status(owner: Visitor) -> None:
    owner.get(f"/v1/jobs/{owner.id}", status=404)
    owner.ask("GET", f"/anything/{owner.id}")
    told = owner.http.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    assert 'adloom_http_requests_total{method="GET",route="/v1/jobs/{job_id}",status="404"}' in told.text
    assert 'adloom_http_request_seconds_count{method="GET",route="/v1/jobs/{job_id}"}' in told.text
    assert 'adloom_jobs{status="pending"} 0.0' in told.text
    assert str(owner.id) not in told.text


def test_an_address_that_is_taken_is_said_plainly(http: httpx.Client) -> None:
    from adloom import server

    with pytest.raises(Refused, match="Cannot listen on"):
        server.run(host="127.0.0.1", port=http.base_url.port or 0)


def test_more_requests_than_threads_wait_and_none_is_lost(owner: Visitor) -> None:
    """Each holds a connection, and under a key two: together more than the pool has, were threads not bounded."""

    def ask(number: int) -> int:
        body = {"email": f"{number}@example.com", "role": "viewer"}
        return owner.ask("POST", "/v1/members", json=body, headers={"Idempotency-Key": f"key-{number}"}).status_code

    with ThreadPoolExecutor(40) as threads:
        assert set(threads.map(ask, range(80))) == {404}
