"""Every room through its endpoints: what is made can be read, listed and changed, and is a job where it has to wait."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.doors.visitors import Visitor
from tests.rooms.ads.writing import plain_ad
from tests.rooms.assets.media import document, picture

from adloom.core import time
from adloom.db import engine
from adloom.db import session as db
from adloom.files import storage
from adloom.metrics import rates, rollups

Json = dict[str, Any]


def _google_ad(**changes: Any) -> Json:
    return plain_ad(platforms={"google_ads": {"account": "1234567890"}}, **changes)


@pytest.fixture
def account(owner: Visitor) -> UUID:
    """A connected Google account, as the verifying job leaves it."""
    with db.transaction(owner.actor) as session:
        credential_id = session.execute(
            text(
                """
                INSERT INTO user_api_credentials (user_id, platform, credentials_encrypted)
                VALUES (:user_id, 'google_ads', 'sealed')
                RETURNING id
                """
            ),
            {"user_id": owner.id},
        ).scalar_one()
        found: UUID = session.execute(
            text(
                """
                INSERT INTO platform_accounts (
                    user_id, credential_id, platform, external_id, name, currency, time_zone
                )
                VALUES (:user_id, :credential_id, 'google_ads', '1234567890', 'Shoes', 'USD', 'America/Los_Angeles')
                RETURNING id
                """
            ),
            {"user_id": owner.id, "credential_id": credential_id},
        ).scalar_one()
    return found


# Ads ----------------------------------------------------------------------------------------------


def test_an_ad_is_written_once_read_changed_and_deleted(owner: Visitor) -> None:
    made = owner.post("/v1/ads", plain_ad(), status=201)
    assert made["ad"]["creative"] == plain_ad()["creative"]
    assert (made["status"], made["origin"]) == ("draft", "composed")
    assert owner.post("/v1/ads", plain_ad(), status=201)["id"] == made["id"]
    assert owner.get(f"/v1/ads/{made['id']}") == made

    changed = owner.ask(
        "PUT",
        f"/v1/ads/{made['id']}",
        json=plain_ad(name="Summer sale"),
        params={"expected_updated_at": made["updated_at"]},
    )
    assert (changed.status_code, changed.json()["name"]) == (200, "Summer sale")
    stale = owner.ask(
        "PUT", f"/v1/ads/{made['id']}", json=plain_ad(), params={"expected_updated_at": made["updated_at"]}
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")

    assert owner.ask("DELETE", f"/v1/ads/{made['id']}").status_code == 204
    owner.get(f"/v1/ads/{made['id']}", status=404)


def test_a_wrong_ad_is_told_every_broken_rule_at_once(owner: Visitor) -> None:
    refused = owner.post("/v1/ads", plain_ad(name="", objective="FAME"), status=422)
    assert {"name", "objective"} <= {error["field"] for error in refused["errors"]}
    assert all(error["rule"] and error["fix"] for error in refused["errors"])


def test_money_in_an_ad_is_a_decimal_string(owner: Visitor) -> None:
    made = owner.post("/v1/ads", plain_ad(), status=201)
    assert made["ad"]["budget"]["amount"] == {"value": "60.00", "currency": "USD"}
    wrong = plain_ad()
    wrong["budget"]["amount"]["value"] = 60.0
    owner.post("/v1/ads", wrong, status=422)


def test_an_ad_from_the_network_names_no_file_of_the_server(owner: Visitor) -> None:
    ad = plain_ad()
    ad["creative"]["images"] = [{"asset": "/etc/hostname", "role": "LANDSCAPE"}]
    refused = owner.post("/v1/ads", ad, status=422)
    assert "not an asset's id" in refused["errors"][0]["rule"]


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null", '{"name": NaN}', '{"name": "a", "name": "b"}', ""])
def test_what_is_no_ad_at_all_is_refused(owner: Visitor, body: str) -> None:
    answer = owner.ask("POST", "/v1/ads", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text


def test_a_list_is_read_page_by_page_without_gap_or_twin(owner: Visitor) -> None:
    names = [f"Ad {number}" for number in range(5)]
    for name in names:
        owner.post("/v1/ads", plain_ad(name=name), status=201)
    seen: list[str] = []
    after = None
    while True:
        page = owner.get("/v1/ads", params={"limit": 2, **({"after": after} if after else {})})
        seen += [ad["name"] for ad in page["items"]]
        after = page["next"]
        if after is None:
            break
        if len(seen) == 2:
            owner.post("/v1/ads", plain_ad(name="Newer"), status=201)  # comes while we read
    assert seen == names[::-1]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"after": "x"}, {"after": "===="}, {"status": "x"}])
def test_a_wrong_question_is_refused_by_field(owner: Visitor, query: Json) -> None:
    refused = owner.get("/v1/ads", params=query, status=422)
    assert [error["field"] for error in refused["errors"]] == list(query)


# Plan, deploy, follow -----------------------------------------------------------------------------


def test_a_plan_shows_errors_losses_and_changes_by_platform(owner: Visitor, account: UUID) -> None:
    ad = owner.post("/v1/ads", plain_ad(), status=201)
    plan = owner.post(f"/v1/ads/{ad['id']}/plan")
    platforms = plan["platforms"]
    assert set(platforms) == {"google_ads", "facebook_ads", "microsoft_ads", "tiktok_ads"}
    assert platforms["tiktok_ads"]["errors"][0].keys() == {"field", "rule", "fix"}
    assert platforms["google_ads"]["errors"] == []
    assert platforms["google_ads"]["operation"] == "create"
    assert platforms["google_ads"]["changes"][0].keys() == {"object", "action", "field", "from", "to", "effects"}
    money = platforms["google_ads"]["money"]
    assert money["before"] is None
    assert money["after"].keys() == {"currency", "per_day", "per_month", "flight", "worst_day"}
    assert Decimal(money["after"]["worst_day"]) == 2 * Decimal(money["after"]["per_day"])
    assert plan["money"] == {"USD": money}, "the other platforms are not connected"


def test_a_plan_that_was_seen_is_deployed_and_a_stale_one_is_not(owner: Visitor, account: UUID) -> None:
    path = f"/v1/ads/{owner.post('/v1/ads', _google_ad(), status=201)['id']}"
    plan = owner.post(f"{path}/plan")
    assert plan["made_by"] == owner.get("/v1/me")["id"]
    assert plan["made_at"]
    edited = {**owner.get(path)["ad"], "name": "Another name"}
    assert owner.ask("PUT", path, json=edited).status_code == 200
    body = {"accept_losses": True, "plan": plan["fingerprint"]}
    refused = owner.post(f"{path}/deploy", body, status=422)
    assert (refused["code"], refused["errors"][0]["field"]) == ("plan_is_stale", "plan")
    assert refused["errors"][0]["rule"] == "the ad was edited since. name: Spring sale → Another name."
    owner.post(f"{path}/deploy", {**body, "plan": owner.post(f"{path}/plan")["fingerprint"]}, status=202)


def test_an_unusual_budget_is_confirmed_with_the_words_that_the_refusal_gives(owner: Visitor, account: UUID) -> None:
    small = owner.post("/v1/ads", _google_ad(budget=_daily("0.50")), status=201)
    owner.post(f"/v1/ads/{small['id']}/deploy", {"accept_losses": True}, status=202)
    with db.transaction(owner.actor) as session:  # as a worker leaves it
        session.execute(text("UPDATE campaigns SET spec = (SELECT spec FROM campaign_deployments LIMIT 1)"))
    path = f"/v1/ads/{owner.post('/v1/ads', _google_ad(), status=201)['id']}"
    refused = owner.post(f"{path}/deploy", {"accept_losses": True}, status=422)
    assert refused["code"] == "confirmation_needed"
    (sentence,) = owner.post(f"{path}/plan")["confirm"]
    assert sentence in refused["errors"][0]["fix"]
    assert sentence == "60.00 USD a day on google_ads account 1234567890 for the owner"
    owner.post(f"{path}/deploy", {"accept_losses": True, "confirm": [sentence]}, status=202)


def test_caps_are_set_shown_held_and_taken_away(owner: Visitor, account: UUID) -> None:
    place = f"/v1/connections/accounts/{account}"
    ad = owner.post("/v1/ads", _google_ad(), status=201)
    assert owner.ask("PUT", f"{place}/cap", json={"daily_cap": "59.99"}).json()["daily_cap"] == "59.99"
    assert owner.get(place)["daily_cap"] == "59.99"
    refused = owner.post(f"/v1/ads/{ad['id']}/deploy", {"accept_losses": True}, status=422)
    assert refused["errors"][0]["field"] == "google_ads: budget.amount"
    assert owner.ask("PUT", f"{place}/cap", json={"daily_cap": "-1"}).status_code == 422
    assert owner.ask("PUT", f"{place}/cap", json={"daily_cap": None}).json()["daily_cap"] is None
    owner.post(f"/v1/ads/{ad['id']}/deploy", {"accept_losses": True}, status=202)

    client = owner.post("/v1/clients", {"name": "Acme"}, status=201)
    caps = {"currency": None, "daily_cap": "100.00", "monthly_budget": None}
    path = f"/v1/clients/{client['id']}/caps"
    assert owner.ask("PUT", path, json=caps).status_code == 422, "a cap needs a currency"
    assert owner.ask("PUT", path, json={**caps, "currency": "USD"}).json()["daily_cap"] == "100"
    assert owner.get(f"/v1/clients/{client['id']}")["daily_cap"] == "100"


def _daily(value: str) -> Json:
    return {"type": "DAILY", "amount": {"value": value, "currency": "USD"}}


def test_a_deployment_is_queued_once_and_followed(owner: Visitor, account: UUID) -> None:
    ad = owner.post("/v1/ads", _google_ad(), status=201)
    queued = owner.post(f"/v1/ads/{ad['id']}/deploy", {"accept_losses": True}, status=202)
    assert queued["job_ids"] == [queued["job_id"]]
    assert len(queued["deployment_ids"]) == 1
    again = owner.post(f"/v1/ads/{ad['id']}/deploy", {"accept_losses": True}, status=202)
    assert (again["job_id"], again["deployment_ids"]) == (queued["job_id"], queued["deployment_ids"])

    job = owner.get(f"/v1/jobs/{queued['job_id']}")
    assert (job["type"], job["status"], job["error"]) == ("campaigns.apply", "pending", None)
    assert {"status", "progress", "error"} <= job.keys()

    campaign = owner.get(f"/v1/ads/{ad['id']}/campaigns")["items"][0]
    assert (campaign["platform"], campaign["status"]) == ("google_ads", "pending")
    assert owner.get(f"/v1/campaigns/{campaign['id']}") == {**campaign, "drift": []}
    assert owner.get("/v1/campaigns", params={"platform": "google_ads"})["items"] == [campaign]
    assert owner.get("/v1/campaigns", params={"platform": "tiktok_ads"})["items"] == []
    history = owner.get(f"/v1/campaigns/{campaign['id']}/deployments")["items"]
    assert [(entry["type"], entry["status"], entry["steps"]) for entry in history] == [("create", "pending", [])]
    assert owner.get(f"/v1/deployments/{queued['deployment_ids'][0]}") == history[0]


def test_a_repeated_deployment_under_one_key_is_one(owner: Visitor, account: UUID) -> None:
    ad = owner.post("/v1/ads", _google_ad(), status=201)
    path, key = f"/v1/ads/{ad['id']}/deploy", {"Idempotency-Key": "deploy-1"}
    first, second = (owner.ask("POST", path, json={}, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    with db.reading(owner.actor) as session:
        jobs = session.execute(text("SELECT count(*) FROM background_jobs")).scalar_one()
    assert jobs == 1


def test_a_waiting_job_can_be_cancelled(owner: Visitor, account: UUID) -> None:
    ad = owner.post("/v1/ads", _google_ad(), status=201)
    job_id = owner.post(f"/v1/ads/{ad['id']}/deploy", status=202)["job_id"]
    assert owner.post(f"/v1/jobs/{job_id}/cancel")["status"] == "cancelled"
    assert owner.get(f"/v1/jobs/{job_id}")["completed_at"]


def test_what_cannot_be_deployed_is_refused_with_every_error(owner: Visitor) -> None:
    ad = owner.post("/v1/ads", plain_ad(), status=201)
    refused = owner.post(f"/v1/ads/{ad['id']}/deploy", {"platforms": ["tiktok_ads"]}, status=422)
    assert refused["errors"]
    assert all(error["field"].startswith("tiktok_ads: ") for error in refused["errors"])


@pytest.mark.parametrize("operation", ["pause", "resume", "delete"])
def test_what_never_stood_cannot_be_changed(owner: Visitor, operation: str) -> None:
    ad = owner.post("/v1/ads", plain_ad(), status=201)
    assert owner.post(f"/v1/ads/{ad['id']}/{operation}", status=409)["code"] == "conflict"


def test_an_undeployed_campaign_is_deleted_by_a_job(owner: Visitor, account: UUID) -> None:
    ad = owner.post("/v1/ads", _google_ad(), status=201)
    owner.post(f"/v1/ads/{ad['id']}/deploy", status=202)
    owner.post(f"/v1/ads/{ad['id']}/pause", status=202)
    deleting = owner.post(f"/v1/ads/{ad['id']}/delete", {"platforms": ["google_ads"]}, status=202)
    assert owner.get(f"/v1/jobs/{deleting['job_id']}")["type"] == "campaigns.apply"
    assert owner.post(f"/v1/ads/{ad['id']}/sync", status=202)["job_ids"]


# Assets -------------------------------------------------------------------------------------------


def test_a_picture_is_uploaded_read_back_and_deleted(owner: Visitor) -> None:
    data = picture((1200, 628))
    sent = {"file": ("../shoe ü.jpg", data, "image/jpeg")}
    made = owner.ask("POST", "/v1/assets", files=sent)
    assert made.status_code == 201, made.text
    asset = made.json()
    assert (asset["kind"], asset["width"], asset["height"], asset["size"]) == ("image", 1200, 628, len(data))
    assert "storage_key" not in asset
    assert owner.ask("POST", "/v1/assets", files=sent).json()["id"] == asset["id"]
    assert owner.get(f"/v1/assets/{asset['id']}") == asset
    assert owner.get("/v1/assets") == {"items": [asset], "next": None}

    file = owner.ask("GET", f"/v1/assets/{asset['id']}/file")
    assert (file.content, file.headers["content-type"]) == (data, "image/jpeg")
    assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert file.headers["content-disposition"] == "inline; filename*=UTF-8''shoe%20%C3%BC.jpg"
    thumbnail = owner.ask("GET", f"/v1/assets/{asset['id']}/thumbnail")
    assert (thumbnail.status_code, thumbnail.headers["content-type"]) == (200, "image/webp")

    assert owner.ask("DELETE", f"/v1/assets/{asset['id']}").status_code == 204
    for path in ("", "/file", "/thumbnail"):
        assert owner.ask("GET", f"/v1/assets/{asset['id']}{path}").status_code == 404


def test_a_document_is_handed_out_as_a_file_and_has_no_thumbnail(owner: Visitor) -> None:
    sent = {"file": ("terms.pdf", document(), "application/octet-stream")}
    asset = owner.ask("POST", "/v1/assets", files=sent).json()
    assert asset["kind"] == "document"
    file = owner.ask("GET", f"/v1/assets/{asset['id']}/file")
    assert file.headers["content-disposition"].startswith("attachment; ")
    assert owner.ask("GET", f"/v1/assets/{asset['id']}/thumbnail").status_code == 404


def test_an_asset_in_use_stays(owner: Visitor) -> None:
    asset = owner.ask("POST", "/v1/assets", files={"file": ("a.jpg", picture((1200, 628)), "image/jpeg")}).json()
    ad = plain_ad()
    ad["creative"]["images"] = [{"asset": asset["id"], "role": "LANDSCAPE"}]
    owner.post("/v1/ads", ad, status=201)
    assert owner.ask("DELETE", f"/v1/assets/{asset['id']}").status_code == 409


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"files": {"file": ("a.jpg", b"no picture", "image/jpeg")}}, "file"),
        ({"files": {"other": ("a.jpg", b"x", "image/jpeg")}}, "file"),
        ({"data": {"file": "text"}}, "file"),
        ({"files": {"file": ("a.jpg", picture(), "image/jpeg")}, "data": {"client_id": "no id"}}, "client_id"),
    ],
)
def test_what_is_no_file_is_refused(owner: Visitor, sent: Json, field: str) -> None:
    answer = owner.ask("POST", "/v1/assets", **sent)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_nobody_uploads_anything(owner: Visitor) -> None:
    answer = owner.http.post("/v1/assets", files={"file": ("a.jpg", b"x" * 4_000_000, "image/jpeg")})
    assert answer.status_code == 401


# Connections --------------------------------------------------------------------------------------


def test_a_login_is_sealed_and_tried_by_a_job(owner: Visitor) -> None:
    token = {"access_token": "very-secret-token", "refresh_token": "another-secret"}
    body = {"platform": "facebook_ads", "token": token, "account": "act_1"}
    made = owner.ask("POST", "/v1/connections", json=body, headers={"Idempotency-Key": "connect-1"})
    assert made.status_code == 202
    connecting = made.json()
    job = owner.get(f"/v1/jobs/{connecting['job_id']}")
    assert job["type"] == "connections.verify"
    login = owner.get("/v1/connections")["items"][0]
    assert (login["id"], login["platform"], login["is_active"]) == (connecting["credential_id"], "facebook_ads", False)
    audit = owner.get("/v1/audit")
    with engine.owner_connection() as connection:
        keys = connection.execute("SELECT idempotency_keys::text FROM idempotency_keys").fetchall()
        jobs = connection.execute("SELECT background_jobs::text FROM background_jobs").fetchall()
    assert "secret" not in f"{made.text}{login}{job}{audit}{keys}{jobs}".replace("[redacted]", "")


def test_a_token_that_cannot_be_used_is_refused(owner: Visitor) -> None:
    refused = owner.post("/v1/connections", {"platform": "tiktok_ads", "token": {}}, status=422)
    assert [error["field"] for error in refused["errors"]] == ["access_token"]


def test_an_ad_account_is_given_to_a_client_and_back(owner: Visitor, account: UUID) -> None:
    client = owner.post("/v1/clients", {"name": "Acme", "currency": "USD"}, status=201)
    given = owner.ask("PUT", f"/v1/connections/accounts/{account}/client", json={"client_id": client["id"]})
    assert given.json()["client_id"] == client["id"]
    assert owner.get("/v1/connections/accounts") == {"items": [given.json()], "next": None}
    back = owner.ask("PUT", f"/v1/connections/accounts/{account}/client", json={"client_id": None})
    whole = owner.get(f"/v1/connections/accounts/{account}")
    assert back.json() == {name: whole[name] for name in back.json()}
    assert whole.keys() - back.json().keys() == {
        "inspected_at",
        "missing_rights",
        "settings",
        "zone_evidence",
        "resources",
        "faults",
    }
    unknown = owner.ask("PUT", f"/v1/connections/accounts/{account}/client", json={"client_id": str(uuid4())})
    assert unknown.status_code == 404


# Metrics, reports, audit --------------------------------------------------------------------------


def _spend(owner: Visitor, campaign_id: str) -> None:
    with db.transaction(owner.actor) as session:
        session.execute(
            text(
                """
                INSERT INTO campaign_metrics (
                    user_id, campaign_id, platform, date, time_zone, impressions, clicks, spend_amount, spend_currency
                )
                VALUES (:user_id, :campaign_id, 'google_ads', '2026-11-01', 'UTC', 1000, 30, 12.5, 'USD')
                """
            ),
            {"user_id": owner.id, "campaign_id": campaign_id},
        )
    rollups.mend(owner.actor)


def test_metrics_are_the_rows_of_the_command_line(owner: Visitor, account: UUID) -> None:
    ad = owner.post("/v1/ads", _google_ad(), status=201)
    owner.post(f"/v1/ads/{ad['id']}/deploy", status=202)
    campaign = owner.get("/v1/campaigns")["items"][0]
    _spend(owner, campaign["id"])
    span = {"from": "2026-11-01", "to": "2026-11-02"}
    rows = owner.get("/v1/metrics", params={**span, "by": "platform,campaign,day", "ad_id": ad["id"]})
    assert datetime.fromisoformat(rows.pop("data_as_of")) <= time.now()
    assert rows == {
        "items": [
            {
                "platform": "google_ads",
                "campaign": {"id": campaign["id"], "name": "Spring sale", "platform_campaign_id": None},
                "date": "2026-11-01",
                "currency": "USD",
                "impressions": 1000,
                "clicks": 30,
                "conversions": None,
                "conversion_value": None,
                "spend": "12.50",
                "ctr": "0.03",
                "cpc": "0.4167",
                "roas": None,
                "as_of": None,
                "rates": None,
                "note": None,
                "claims": None,
                "restating_from": None,
                "unknown_days": 0,
                "partial_days": 0,
            }
        ],
        "next": None,
        "unknown": [],
        "partial": [],
    }
    assert owner.get("/v1/metrics", params={**span, "by": "platform"})["items"][0]["campaign"] is None
    assert owner.get("/v1/metrics", params={"from": "2026-10-01", "to": "2026-10-02"})["items"] == []


def test_a_change_of_attribution_is_told_among_what_changed(owner: Visitor, account: UUID) -> None:
    with db.transaction(owner.actor) as session:
        for day, rule in (("2026-11-03", "30d click"), ("2026-11-04", "90d click")):
            session.execute(
                text(
                    """
                    INSERT INTO metric_pulls (
                        id, user_id, platform_account_id, grain, since, until, pulled_at, attribution, rows, changed
                    )
                    VALUES (
                        gen_random_uuid(), :user_id, :account_id, 'day', '2026-11-01', '2026-11-02', :day, :rule, 0, 0
                    )
                    """
                ),
                {"user_id": owner.id, "account_id": account, "day": day, "rule": rule},
            )
    asked = {"since": "2026-11-03T12:00:00Z", "from": "2026-11-01", "to": "2026-11-02"}
    found = owner.get("/v1/metrics/changes", params=asked)
    assert [(each["before"], each["after"]) for each in found["breaks"]] == [("30d click", "90d click")]
    later = owner.get("/v1/metrics/changes", params={**asked, "since": "2026-11-05T00:00:00Z"})
    assert (later["items"], later["breaks"]) == ([], [])


def test_people_are_refused_where_they_would_be_added_up(owner: Visitor, account: UUID) -> None:
    for by in ("platform", "campaign", "platform,day"):
        refused = owner.ask("GET", "/v1/metrics", params={"by": by, "people": "reach"})
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"]) == (422, "people")
        assert "cannot be added up" in error["rule"]
        assert "campaign and day" in error["fix"]
    assert owner.get("/v1/metrics", params={"by": "campaign,day", "people": "reach"})["items"] == []
    assert owner.get("/v1/metrics", params={"to": "0001-01-01"})["items"] == [], "a day before which there is none"


def test_metrics_are_told_in_a_reporting_currency_or_refused(owner: Visitor, account: UUID, tmp_path: Path) -> None:
    ad = owner.post("/v1/ads", _google_ad(), status=201)
    owner.post(f"/v1/ads/{ad['id']}/deploy", status=202)
    _spend(owner, owner.get("/v1/campaigns")["items"][0]["id"])
    asked = {"from": "2026-11-01", "to": "2026-11-02", "reporting_currency": "EUR"}
    refused = owner.get("/v1/metrics", params=asked, status=422)
    assert [error["field"] for error in refused["errors"]] == ["reporting_currency"]
    assert "USD for 2026-11-01" in refused["errors"][0]["message"]
    (tmp_path / "rates.csv").write_text("2026-10-30,USD,1.25\n")
    rates.import_file(tmp_path / "rates.csv")
    (row,) = owner.get("/v1/metrics", params=asked)["items"]
    assert (row["currency"], row["spend"], row["cpc"]) == ("EUR", "10.00", "0.3333")
    assert row["rates"] == {"source": "own", "oldest": "2026-10-30", "age_days": 2, "carried_days": 1}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"by": "colour"}, "by"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to"),
        ({"from": "yesterday"}, "from"),
        ({"as_of": "2026-11-01T00:00:00"}, "as_of"),
        ({"reporting_currency": "QQQ"}, "reporting_currency"),
        ({"reporting_currency": "EURO"}, "reporting_currency"),
    ],
)
def test_a_question_that_metrics_cannot_answer_is_refused(owner: Visitor, query: Json, field: str) -> None:
    refused = owner.get("/v1/metrics", params=query, status=422)
    assert [error["field"] for error in refused["errors"]] == [field]


def test_a_pull_is_queued_per_account(owner: Visitor, account: UUID) -> None:
    queued = owner.post("/v1/metrics/sync", {"from": "2026-11-01", "to": "2026-11-02"}, status=202)
    assert owner.get(f"/v1/jobs/{queued['job_id']}")["type"] == "metrics.pull"
    assert len(queued["job_ids"]) == 1


def test_a_comparison_with_the_platforms_totals_is_queued_per_account_and_its_outcome_is_kept(
    owner: Visitor, account: UUID
) -> None:
    queued = owner.post("/v1/metrics/reconciliation", {"from": "2026-11-01", "to": "2026-11-01"}, status=202)
    assert owner.get(f"/v1/jobs/{queued['job_id']}")["type"] == "metrics.reconcile"
    assert owner.get("/v1/metrics/reconciliation")["items"] == []
    spent = {"impressions": 10, "clicks": 2, "spend": "5.00"}
    day = {
        "date": "2026-11-01",
        "currency": "USD",
        "ours": None,
        "theirs": spent,
        "difference": None,
        "foreign": None,
        "explanation": "not_covered",
    }
    outcome = {
        "account_id": str(account),
        "platform": "google_ads",
        "external_id": "1",
        "time_zone": "UTC",
        "from": "2026-11-01",
        "to": "2026-11-01",
        "compared_at": "2026-11-02T00:00:00+00:00",
        "unexplained": 0,
        "days": [day],
    }
    with engine.owner_connection() as connection:
        connection.execute(
            "UPDATE background_jobs SET status = 'completed', completed_at = now(), result = %s WHERE id = %s",
            (json.dumps(outcome), queued["job_id"]),
        )
    assert owner.get("/v1/metrics/reconciliation")["items"] == [{"job_id": queued["job_id"], **outcome}], (
        "as it was kept before conversions were compared"
    )
    claims = {"conversions": "2.5", "conversion_value": None}
    day |= {"theirs": {**spent, **claims}, "foreign": {**spent, **claims}, "explanation": "restated"}
    outcome |= {"pull_job_id": queued["job_id"], "days": [day]}
    with engine.owner_connection() as connection:
        connection.execute(
            "UPDATE background_jobs SET result = %s WHERE id = %s", (json.dumps(outcome), queued["job_id"])
        )
    assert owner.get("/v1/metrics/reconciliation")["items"] == [{"job_id": queued["job_id"], **outcome}]


def test_a_report_is_defined_made_by_a_job_and_fetched(owner: Visitor) -> None:
    body = {"name": "Weekly", "format": "csv", "from": "2026-11-01", "to": "2026-11-07"}
    report = owner.post("/v1/reports", body, status=201)
    assert owner.post("/v1/reports", body, status=201) == report
    assert owner.get(f"/v1/reports/{report['id']}") == report
    assert owner.get("/v1/reports") == {"items": [report], "next": None}

    making = owner.post(f"/v1/reports/{report['id']}/run", status=202)
    assert owner.get(f"/v1/jobs/{making['job_id']}")["type"] == "reports.generate"
    place = f"/v1/reports/{report['id']}/instances/{making['instance_id']}"
    assert owner.get(place)["status"] == "pending"
    owner.get(f"{place}/file", status=404)

    key = storage.put_content(owner.id, b"a,b\r\n1,2\r\n")
    with db.transaction(owner.actor) as session:
        session.execute(
            text("UPDATE report_instances SET status = 'completed', file_url = :key, generated_at = now()"),
            {"key": key},
        )
    file = owner.ask("GET", f"{place}/file")
    assert (file.content, file.headers["content-type"]) == (b"a,b\r\n1,2\r\n", "text/csv; charset=utf-8")
    assert owner.get(f"/v1/reports/{report['id']}/instances")["items"][0]["status"] == "completed"


def test_a_report_that_cannot_be_made_yet_is_refused(owner: Visitor) -> None:
    refused = owner.post("/v1/reports", {"name": "Who", "type": "audience"}, status=422)
    assert [error["field"] for error in refused["errors"]] == ["type"]


def test_the_audit_log_says_who_changed_what(owner: Visitor) -> None:
    client = owner.post("/v1/clients", {"name": "Acme"}, status=201)
    entries = owner.get("/v1/audit", params={"entity_id": client["id"]})["items"]
    assert [(entry["action"], entry["entity_type"]) for entry in entries] == [("create", "clients")]
    assert entries[0]["actor_id"] == str(owner.id)
    assert entries[0]["new_values"]["name"] == "Acme"
    assert entries[0]["agent"].startswith("python-httpx/")
    first = owner.get("/v1/audit", params={"limit": 1})
    assert first["next"]
    assert owner.get("/v1/audit", params={"limit": 1, "after": first["next"]})["items"] != first["items"]
