"""The API's document and its page: typed, complete, and served without the outside world."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from adloom.ads.unified import UnifiedAd
from adloom.api import app as api

_KEYLESS = {
    "POST /v1/auth/signup",  # nobody is signed in yet; the same account again is the same
    "POST /v1/auth/login",
    "POST /v1/auth/refresh",
    "POST /v1/auth/logout",
    "DELETE /v1/auth/sessions/{session_id}",
    "POST /v1/auth/password",
    "POST /v1/assets",  # the same content is the same asset
    "POST /v1/ads/{ad_id}/plan",  # keeps nothing
    "POST /v1/ads/{ad_id}/undo/plan",
    "POST /v1/campaigns/{campaign_id}/budget/plan",
    "POST /v1/campaigns/{campaign_id}/reconcile/plan",
    "POST /v1/connections/{platform}/authorize",  # its answer holds a state, which is kept nowhere
}
_OPEN = {"POST /v1/auth/signup", "POST /v1/auth/login", "POST /v1/auth/refresh"}


def _operations() -> dict[str, dict[str, Any]]:
    paths = api.create().openapi()["paths"]
    return {f"{method.upper()} {path}": op for path, ops in paths.items() for method, op in ops.items()}


def test_every_change_takes_an_idempotency_key() -> None:
    keyless = {
        name
        for name, operation in _operations().items()
        if not name.startswith("GET ")
        and "Idempotency-Key" not in [parameter["name"] for parameter in operation.get("parameters", ())]
    }
    assert keyless == _KEYLESS


def test_every_operation_asks_who_is_there_but_those_that_let_people_in() -> None:
    assert {name for name, operation in _operations().items() if "security" not in operation} == _OPEN


def test_every_operation_is_described_and_its_refusals_are_problems() -> None:
    for name, operation in _operations().items():
        assert operation["description"], name
        refusal = operation["responses"]["default"]["content"]
        assert refusal == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, name
        assert "422" not in operation["responses"], name


def test_every_answer_with_a_body_is_typed() -> None:
    for name, operation in _operations().items():
        for status, response in operation["responses"].items():
            for media_type, content in response.get("content", {}).items():
                assert content["schema"], f"{name} {status} {media_type}"


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for operation in _operations().values()]
    assert len(names) == len(set(names))


def test_the_unified_ad_is_part_of_the_document_and_no_name_means_two_things() -> None:
    document = api.create().openapi()
    shapes = document["components"]["schemas"]
    ad = UnifiedAd.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, shape in ad.pop("$defs").items():
        assert shapes[name] == shape, name
    assert shapes["UnifiedAd"] == ad
    named = set(re.findall(r"#/components/schemas/([A-Za-z0-9_]+)", str(document)))
    assert named <= shapes.keys()


def test_the_document_is_served(http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    assert document["info"]["title"] == "Adloom"
    assert "/v1/ads/{ad_id}/deploy" in document["paths"]
    assert not [path for path in document["paths"] if not path.startswith("/v1/")]


def test_the_page_names_no_other_server_and_runs_no_inline_script(http: httpx.Client) -> None:
    page = http.get("/docs")
    assert page.headers["content-security-policy"].endswith("img-src 'self' data:")
    assert re.findall(r"<script(?![^>]* src=)", page.text) == []
    assert re.findall(r"<style|\son[a-z]+=|javascript:", page.text) == []
    loaded = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page.text)
    assert len(loaded) == 3
    for path in loaded:
        assert path.startswith("/docs/")
        file = http.get(path)
        assert file.status_code == 200
        assert file.headers["content-type"].startswith(("text/css", "text/javascript"))
        assert len(file.content) > 100


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
def test_the_frameworks_own_pages_are_not_there(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404
