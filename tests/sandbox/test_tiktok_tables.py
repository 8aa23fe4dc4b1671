"""Every operation of TikTok's: each field that must be there, each type and enumeration, and each unknown field.

The requests are made from the operation's own table, so that no field of it goes untested; what the tables hold is
proved by the official SDK (`tests/contract`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.sandbox.tiktok_client import TikTok

from adsandbox.schema import Field
from adsandbox.tiktok import platform

OPERATIONS = {each.path: each for each in platform.operations()}
TEXTS = ("1", "2026-11-23 18:00:00", "2026-11-23", "https://example.com", "1" * 336, "x")
#: What is no value of a kind. Texts of a query are always texts, so that they have none there.
WRONG: Mapping[str, Any] = {
    "enum": "NOT_A_WORD",
    "integer": "some",
    "number": "some",
    "boolean": "maybe",
    "array": "some",
    "object": "some",
}


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


def _sample(field: Field) -> Any:
    """A value that the field takes."""
    match field.kind:
        case "enum":
            return min(field.values or ())
        case "string":
            return next(each for each in TEXTS if field.pattern is None or field.pattern.fullmatch(each))
        case "integer" | "number":
            return int(max(field.least or 1, 1))
        case "boolean":
            return True
        case "array":
            return [_sample(field.item) for _ in range(int(field.least or 1))] if field.item else []
        case "object":
            return _least(field.children or {})
    raise AssertionError(field.kind)


def _least(table: Mapping[str, Field]) -> dict[str, Any]:
    return {name: _sample(field) for name, field in table.items() if field.required}


def _wrongs(table: Mapping[str, Field], *, in_query: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Requests with one thing wrong, and what has to be named."""
    good = _least(table)
    yield "colour", good | {"colour": "red"}
    for name, field in table.items():
        if field.required:
            yield name, {key: value for key, value in good.items() if key != name}
        if field.kind in WRONG:
            yield name, good | {name: WRONG[field.kind]}
        elif field.kind == "string" and not in_query:
            yield name, good | {name: 7}


@pytest.mark.parametrize("path", sorted(OPERATIONS))
def test_whatever_is_missing_unknown_or_of_another_kind_is_named(tiktok, path):
    operation = OPERATIONS[path]
    seen = 0
    for name, request in _wrongs(operation.table, in_query=operation.method == "GET"):
        answer = tiktok.raw(path, request).json() if operation.method == "GET" else tiktok.post(path, request)
        assert (answer["code"], answer["message"].split(":")[0]) == (40002, name), (request, answer)
        seen += 1
    assert seen


@pytest.mark.parametrize("path", sorted(OPERATIONS))
def test_another_method_is_refused(tiktok, sandbox, path):
    other = "POST" if OPERATIONS[path].method == "GET" else "GET"
    answer = sandbox.http.request(other, f"/tiktok/open_api/v1.3/{path}/", headers={"Access-Token": "any"})
    assert answer.status_code == 405
