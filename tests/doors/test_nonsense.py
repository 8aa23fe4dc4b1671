"""Nothing that a caller sends is a bug: every endpoint answers nonsense with a refusal that says so."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.doors.visitors import Visitor
from tests.rooms.ads.writing import plain_ad

from adloom.api import app as api

_JSON = {"Content-Type": "application/json"}
_BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"NaN",
    b'"\\u0000"',
    b'{"a": "\\ud800"}',
    b'{"name": "\\ud800", "email": "\\ud800", "password": "\\ud800", "refresh_token": "\\ud800"}',
    b'{"name": "a\\u0000b", "email": "a\\u0000b", "password": "a\\u0000b", "refresh_token": "a\\u0000b"}',
    b"\xff\xfe",
    b"[" * 100_000,
    b"9" * 10_000,
    b'{"name": ' + b"9" * 10_000 + b"}",
]
_QUERIES = ["limit=0", "limit=99999999999999999999", "after=%00", "after=%ff", "from=%00", "by=%00", "entity_type=%00"]

_HEADERS = [
    {"Authorization": "Bearer"},
    {"Authorization": "Basic YTpi"},
    {"Authorization": "Bearer " + "x" * 5000},
    {"X-Adloom-Tenant": "%00"},
    {"X-Adloom-Client": "x"},
    {"User-Agent": "x" * 5000},
    {"Idempotency-Key": "x" * 300},
    {"Content-Type": "text/plain"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Accept": "nothing/at-all"},
    {"Cookie": "adloom_session=x; adloom_tenant=y"},
]


def _operations() -> list[tuple[str, str]]:
    paths = api.create().openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def _path(template: str, id_: object) -> str:
    return re.sub(r"\{[a-z_]+\}", str(id_), template)


def _refused(visitor: Visitor, method: str, path: str, **sent: Any) -> None:
    answer = visitor.ask(method, path, **sent)
    assert answer.status_code < 500, f"{method} {path} with {str(sent)[:200]}: {answer.text}"
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_nonsense_is_refused_everywhere(owner: Visitor) -> None:
    nobody = Visitor(owner.http, owner.id, {})
    for method, path in _operations():
        if method in ("POST", "PUT") and path != "/v1/auth/logout":
            asker = nobody if path.startswith("/v1/auth/") else owner
            for body in _BODIES:
                _refused(asker, method, _path(path, owner.id), content=body, headers=_JSON)


def test_a_question_that_is_nonsense_is_refused_everywhere(owner: Visitor) -> None:
    for method, path in _operations():
        if method == "GET":
            for query in _QUERIES:
                _refused(owner, method, f"{_path(path, owner.id)}?{query}")


def test_an_id_that_is_nonsense_is_refused_everywhere(owner: Visitor) -> None:
    for method, path in _operations():
        if "{" in path:
            for id_ in ("0", "%00", "..%2f..", "x" * 300, "%ff"):
                _refused(owner, method, _path(path, id_))


def test_headers_that_are_nonsense_are_refused_or_passed_over(owner: Visitor) -> None:
    for headers in _HEADERS:
        for method, path in (("GET", "/v1/me"), ("POST", "/v1/clients"), ("POST", "/v1/assets"), ("POST", "/v1/ads")):
            _refused(owner, method, path, headers=headers, content=b"{}")


def test_an_ad_with_strange_texts_is_no_bug(owner: Visitor) -> None:
    for field in ("name", "client", "objective"):
        for text in (r"\ud800", r"a\u0000b", r"\u202e", "x" * 100_000, " "):
            body = json.dumps(plain_ad(**{field: "TEXT"})).replace("TEXT", text).encode()
            _refused(owner, "POST", "/v1/ads", content=body, headers=_JSON)


def test_what_is_not_written_as_a_day_is_not_taken_for_another_one(owner: Visitor) -> None:
    for day in ("1764547200", "0", "2026-12-01T00:00:00", "20261201", "2026-02-31", "２０２６-12-01", ""):
        for asked in ({"params": {"from": day}}, {"params": {"to": day}}):
            _names(owner.ask("GET", "/v1/metrics", **asked), *asked["params"])
        for path in ("/v1/metrics/sync", "/v1/metrics/reconciliation"):
            _names(owner.ask("POST", path, json={"from": day}), "from")
    for number in (0, 1764547200, 20261201.0, True):
        _names(owner.ask("POST", "/v1/metrics/sync", json={"to": number}), "to")


def test_a_reporting_currency_without_letters_is_named(owner: Visitor) -> None:
    for code in ("", "   ", "€€€", "E R"):
        _names(owner.ask("GET", "/v1/metrics", params={"reporting_currency": code}), "reporting_currency")


def _names(answer: Any, field: str) -> None:
    """The refusal names the field, the rule and the fix."""
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["rule"]
    assert error["fix"]
