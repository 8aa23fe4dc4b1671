"""The same path by a program that knows nothing but the API, from signing up to a report's file."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.doors.serving import served
from tests.doors.visitors import PASSWORD, Visitor
from tests.installation import Installation

from adloom.cli import demo_media
from adloom.platforms.types import Platform

_PATIENCE_S = 60


def _done(owner: Visitor, queued: dict[str, Any]) -> list[dict[str, Any]]:
    """The jobs of a 202 answer, once they have ended."""
    ended = []
    for job_id in queued["job_ids"]:
        until = time.monotonic() + _PATIENCE_S
        job = owner.get(f"/v1/jobs/{job_id}")
        while job["status"] not in ("completed", "failed", "cancelled"):
            assert time.monotonic() < until, job
            time.sleep(0.05)
            job = owner.get(f"/v1/jobs/{job_id}")
        assert job["status"] == "completed", job
        ended.append(job)
    return ended


def _uploaded(owner: Visitor, ad: dict[str, Any], media: Path) -> dict[str, Any]:
    """The ad with assets' ids in place of its files' names."""
    for entry in (*ad["creative"].get("images", ()), *ad["creative"].get("videos", ())):
        for name in {"asset", "cover"} & entry.keys():
            path = media / entry[name]
            with path.open("rb") as file:
                answer = owner.ask("POST", "/v1/assets", files={"file": (path.name, file)})
            assert answer.status_code == 201, answer.text
            entry[name] = answer.json()["id"]
    return ad


def test_a_program_takes_one_ad_to_four_platforms_over_http(installed: Installation, media: Path) -> None:
    installed.worker()
    with served() as http:
        signed_up = http.post("/v1/auth/signup", json={"email": "ada@example.com", "password": PASSWORD})
        owner = Visitor.with_password(http, "ada@example.com", signed_up.json()["id"])

        for platform in Platform:
            token = installed.line[platform]
            body = {"platform": platform, "token": token, "account": token["account_id"]}
            _done(owner, owner.post("/v1/connections", body, status=202))
        assert len(owner.get("/v1/connections/accounts")["items"]) == 4

        ad = _uploaded(owner, demo_media.demo_ad(media, installed.line), media)
        ad_id = owner.post("/v1/ads", ad, status=201)["id"]
        plan = owner.post(f"/v1/ads/{ad_id}/plan")["platforms"]
        assert [found["errors"] for found in plan.values()] == [[]] * 4
        deploying = owner.post(f"/v1/ads/{ad_id}/deploy", {"accept_losses": True}, status=202)
        _done(owner, deploying)
        campaigns = owner.get(f"/v1/ads/{ad_id}/campaigns")["items"]
        assert {campaign["platform"]: campaign["status"] for campaign in campaigns} == dict.fromkeys(Platform, "active")
        for campaign in campaigns:
            steps = owner.get(f"/v1/campaigns/{campaign['id']}/deployments")["items"][0]["steps"]
            assert {step["state"] for step in steps} == {"done"}

        edited = {**ad, "budget": {**ad["budget"], "amount": {"value": "75.00", "currency": "USD"}}}
        assert owner.ask("PUT", f"/v1/ads/{ad_id}", json=edited).status_code == 200
        plan = owner.post(f"/v1/ads/{ad_id}/plan")["platforms"]
        assert {found["operation"] for found in plan.values()} == {"update"}
        keyed = owner.sending(Idempotency_Key="update-1")
        updating = keyed.post(f"/v1/ads/{ad_id}/deploy", {"accept_losses": True}, status=202)
        assert len(updating["job_ids"]) == 4
        assert keyed.post(f"/v1/ads/{ad_id}/deploy", {"accept_losses": True}, status=202) == updating
        _done(owner, updating)
        plan = owner.post(f"/v1/ads/{ad_id}/plan")["platforms"]
        assert {(found["operation"], len(found["changes"])) for found in plan.values()} == {(None, 0)}
        for campaign in owner.get(f"/v1/ads/{ad_id}/campaigns")["items"]:
            objects = owner.get(f"/v1/campaigns/{campaign['id']}/objects")["items"]
            assert "ad" in {each["kind"] for each in objects}

        installed.pass_time("P10D")
        late = owner.ask("GET", "/v1/me")
        assert late.status_code == 401  # ten days have passed for tokens too
        fresh = owner.http.post("/v1/auth/refresh", json={"refresh_token": owner.tokens["refresh_token"]}).json()
        owner = owner.sending(Authorization=f"Bearer {fresh['access_token']}")

        _done(owner, owner.post("/v1/metrics/sync", status=202))
        rows = owner.get("/v1/metrics", params={"by": "platform"})["items"]
        assert {row["platform"] for row in rows} == set(Platform)
        assert all(Decimal(row["spend"]) > 0 for row in rows)

        report = owner.post("/v1/reports", {"name": "Spring", "format": "pdf"}, status=201)
        making = owner.post(f"/v1/reports/{report['id']}/run", status=202)
        _done(owner, making)
        file = owner.ask("GET", f"/v1/reports/{report['id']}/instances/{making['instance_id']}/file")
        assert file.headers["content-type"] == "application/pdf"
        assert file.content.startswith(b"%PDF-")

        deleting = owner.post(f"/v1/ads/{ad_id}/delete", status=202)
        _done(owner, deleting)
        assert owner.get(f"/v1/ads/{ad_id}/campaigns")["items"] == []
