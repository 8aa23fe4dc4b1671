"""Signing in over HTTP: tokens, throttling, and what a stolen one is worth."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from tests.doors.conftest import Visiting
from tests.doors.visitors import PASSWORD, Visitor

from adloom.core import settings
from adloom.core.errors import Unauthenticated
from adloom.db import session as db
from adloom.identity import sessions, throttle


def _login(http: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return http.post("/v1/auth/login", json={"email": email, "password": password})


def test_an_access_token_says_who_asks(owner: Visitor) -> None:
    assert owner.tokens["expires_in"] == 900
    me = owner.get("/v1/me")
    assert (me["id"], me["tenant_id"], me["role"]) == (str(owner.id), str(owner.id), "admin")


def test_without_a_token_nobody_is_anybody(http: httpx.Client) -> None:
    answer = http.get("/v1/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."])
def test_a_forged_token_is_worth_nothing(http: httpx.Client, token: str) -> None:
    assert http.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(owner: Visitor) -> None:
    known = _login(owner.http, "owner@example.com", "wrong password").json()
    unknown = _login(owner.http, "nobody@example.com", "wrong password").json()
    assert known.pop("request_id") != unknown.pop("request_id")
    assert known == unknown
    assert known["status"] == 401


def test_an_unknown_address_costs_as_much_work_as_a_wrong_password(owner: Visitor) -> None:
    def least(email: str) -> float:
        spans = []
        for _ in range(2):
            started = time.process_time()  # our own work alone, however busy the machine is
            with pytest.raises(Unauthenticated):
                sessions.login(email, "wrong password", address=None, agent=None)
            spans.append(time.process_time() - started)
        return min(spans)

    known, unknown = least("owner@example.com"), least("nobody@example.com")
    assert known / 2 < unknown < known * 2  # both verify an argon2id hash, which is nearly all of it


def test_too_many_wrong_passwords_are_throttled_and_the_right_one_waits_with_them(owner: Visitor) -> None:
    answers = [_login(owner.http, "owner@example.com", "wrong password") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401] * 5
    throttled = _login(owner.http, "OWNER@example.com")
    assert throttled.status_code == 429
    assert int(throttled.headers["retry-after"]) >= 1
    assert throttled.json()["code"] == "over_limit"


def test_an_unknown_address_is_throttled_as_a_known_one(owner: Visitor) -> None:
    statuses = [_login(owner.http, "nobody@example.com", "wrong password").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_one_network_cannot_try_address_after_address(owner: Visitor) -> None:
    for number in range(30):
        throttle.failed(email=f"{number}@example.com", address="127.0.0.1")
    assert _login(owner.http, "owner@example.com").status_code == 429


def test_a_success_forgets_the_failures_of_its_address(owner: Visitor) -> None:
    for _ in range(2):
        for _ in range(4):
            throttle.failed(email="owner@example.com", address="192.0.2.1")
        assert _login(owner.http, "owner@example.com").status_code == 200


def test_a_log_in_and_a_log_out_are_in_the_audit_log(owner: Visitor) -> None:
    owner.post("/v1/auth/logout", status=204)
    again = Visitor.with_password(owner.http, "owner@example.com", owner.id)
    entries = again.get("/v1/audit", params={"entity_type": "users"})["items"]
    assert [entry["action"] for entry in entries] == ["login", "logout", "login", "create"]
    assert all(entry["address"] == "127.0.0.1" for entry in entries[:3])


def test_logging_out_acts_at_once(owner: Visitor) -> None:
    owner.post("/v1/auth/logout", status=204)
    assert owner.ask("GET", "/v1/me").status_code == 401
    spent = owner.http.post("/v1/auth/refresh", json={"refresh_token": owner.tokens["refresh_token"]})
    assert spent.status_code == 401


def test_a_refresh_token_makes_new_tokens_and_is_spent(owner: Visitor) -> None:
    fresh = owner.post("/v1/auth/refresh", {"refresh_token": owner.tokens["refresh_token"]})
    assert fresh["refresh_token"] != owner.tokens["refresh_token"]
    renewed = owner.sending(Authorization=f"Bearer {fresh['access_token']}")
    assert renewed.get("/v1/me")["id"] == str(owner.id)
    assert owner.ask("GET", "/v1/me").status_code == 401  # its session has a successor


def test_a_spent_refresh_token_ends_every_session_of_its_log_in(owner: Visitor) -> None:
    other = Visitor.signed_in(owner.http, owner.id)
    fresh = owner.post("/v1/auth/refresh", {"refresh_token": owner.tokens["refresh_token"]})
    stolen = owner.http.post("/v1/auth/refresh", json={"refresh_token": owner.tokens["refresh_token"]})
    assert stolen.status_code == 401
    renewed = owner.sending(Authorization=f"Bearer {fresh['access_token']}")
    assert renewed.ask("GET", "/v1/me").status_code == 401
    dead = owner.http.post("/v1/auth/refresh", json={"refresh_token": fresh["refresh_token"]})
    assert dead.status_code == 401
    assert other.get("/v1/me")["id"] == str(owner.id)  # another log-in, another family


def test_no_token_is_stored_in_the_clear(owner: Visitor) -> None:
    with db.reading(owner.actor) as session:
        rows = session.execute(text("SELECT user_sessions::text FROM user_sessions")).scalars().all()
    assert rows
    assert all(owner.tokens[name] not in row for row in rows for name in ("access_token", "refresh_token"))


def test_sessions_are_listed_and_ended_from_elsewhere(owner: Visitor) -> None:
    phone = Visitor.signed_in(owner.http, owner.id)
    listed = owner.get("/v1/auth/sessions")["items"]
    assert sorted(place["is_current"] for place in listed) == [False, True]
    other = next(place for place in listed if not place["is_current"])
    assert owner.ask("DELETE", f"/v1/auth/sessions/{other['id']}").status_code == 204
    assert phone.ask("GET", "/v1/me").status_code == 401
    assert owner.ask("DELETE", f"/v1/auth/sessions/{other['id']}").status_code == 404


def test_another_password_ends_the_other_sessions(owner: Visitor) -> None:
    other = Visitor.signed_in(owner.http, owner.id)
    wrong = owner.ask("POST", "/v1/auth/password", json={"current": "wrong one", "new": "another password"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    owner.post("/v1/auth/password", {"current": PASSWORD, "new": "another password"}, status=204)
    assert other.ask("GET", "/v1/me").status_code == 401
    assert owner.get("/v1/me")["id"] == str(owner.id)
    assert _login(owner.http, "owner@example.com").status_code == 401
    assert _login(owner.http, "owner@example.com", "another password").status_code == 200


def test_an_access_token_lapses_on_the_installations_clock(
    owner: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = tmp_path / "clock"
    monkeypatch.setenv("ADLOOM_CLOCK", f"file:{clock}")
    clock.write_text("PT14M")
    assert owner.get("/v1/me")["id"] == str(owner.id)
    clock.write_text("PT16M")
    lapsed = owner.ask("GET", "/v1/me")
    assert (lapsed.status_code, lapsed.json()["code"]) == (401, "token_lapsed")
    fresh = owner.post("/v1/auth/refresh", {"refresh_token": owner.tokens["refresh_token"]})
    clock.write_text("P60D")
    late = owner.http.post("/v1/auth/refresh", json={"refresh_token": fresh["refresh_token"]})
    assert late.status_code == 401


# Signing up ---------------------------------------------------------------------------------------


def _sign_up(http: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return http.post("/v1/auth/signup", json={"email": email, "password": password})


def _setting(monkeypatch: pytest.MonkeyPatch, signup: str) -> None:
    monkeypatch.setenv("ADLOOM_SIGNUP", signup)
    settings.load.cache_clear()


def test_the_first_account_is_the_administrators_and_then_sign_up_is_closed(http: httpx.Client) -> None:
    first = _sign_up(http, "ada.lovelace@example.com")
    assert first.status_code == 201
    ada = Visitor.with_password(http, "ada.lovelace@example.com", first.json()["id"])
    assert ada.get("/v1/me")["role"] == "admin"
    second = _sign_up(http, "second@example.com")
    assert (second.status_code, second.json()["code"]) == (403, "forbidden")
    taken = _sign_up(http, "ada.lovelace@example.com")
    assert second.json()["detail"] == taken.json()["detail"]  # closed is closed: it tells of no address


def test_sign_up_by_invitation_says_so(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    _setting(monkeypatch, "invite")
    refused = _sign_up(owner.http, "second@example.com")
    assert refused.status_code == 403
    assert "invitation" in refused.json()["detail"]


def test_open_sign_up_takes_everybody_once(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    _setting(monkeypatch, "open")
    assert _sign_up(owner.http, "second@example.com").status_code == 201
    assert _sign_up(owner.http, "Second@example.com", "another password").status_code == 409


def test_open_sign_up_is_no_way_to_try_passwords_out(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    _setting(monkeypatch, "open")
    statuses = [_sign_up(owner.http, "owner@example.com", f"a wrong guess {number}").status_code for number in range(6)]
    assert statuses == [409] * 5 + [429]


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [("no address", PASSWORD, "email"), ("a@example.com", "short", "password")],
)
def test_what_is_wrong_with_an_account_is_said_by_field(
    http: httpx.Client, email: str, password: str, field: str
) -> None:
    refused = _sign_up(http, email, password)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert refused.json()["errors"][0]["fix"]


def test_a_removed_person_is_signed_out(owner: Visitor, visiting: Visiting) -> None:
    leaving = visiting("leaving@example.com")
    with db.transaction(leaving.actor) as session:
        session.execute(text("UPDATE users SET deleted_at = now() WHERE id = :id"), {"id": leaving.id})
    assert leaving.ask("GET", "/v1/me").status_code == 401
