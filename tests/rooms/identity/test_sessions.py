"""Sessions: what a log-in leaves, how it is renewed, and how it ends."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.doors import visitors
from tests.doors.visitors import PASSWORD

from adloom.core import settings, time
from adloom.core.errors import NotFound, OverLimit, Unauthenticated
from adloom.db import engine
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.identity import queries, sessions, throttle
from adloom.identity.tokens import Audience
from adloom.identity.types import Signed, Tokens

EMAIL = "ada@example.com"


@pytest.fixture(autouse=True)
def _ada(database: Urls) -> None:
    visitors.register(EMAIL)


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that moves this process's business clock. (A shifted clock is for sandboxes: settings come first.)"""
    settings.load()
    monkeypatch.setenv("ADLOOM_CLOCK", f"file:{tmp_path / 'clock'}")
    return tmp_path / "clock"


def _login(audience: Audience = Audience.API) -> Tokens:
    return sessions.begin(_person(EMAIL), address="192.0.2.1", agent="a test", audience=audience)


def _person(email: str) -> UUID:
    return queries.operator(email=email).tenant_id


def _refresh(tokens: Tokens) -> Tokens:
    return sessions.refresh(tokens.refresh_token, address=None, agent=None)


def _alive(tokens: Tokens, audience: Audience = Audience.API) -> bool:
    try:
        sessions.authenticate(tokens.access_token, audience=audience)
    except Unauthenticated:
        return False
    return True


def test_a_log_in_is_found_again_by_its_token() -> None:
    tokens = _login()
    signed = sessions.authenticate(tokens.access_token)
    assert (signed.email, signed.role) == (EMAIL, "admin")
    assert "token" not in repr(tokens).replace("Tokens", "")
    place = sessions.of_person(signed)[0]
    assert (place.address, place.agent, place.is_current) == ("192.0.2.1", "a test", True)
    assert timedelta(days=29) < place.expires_at - time.now() <= timedelta(days=30)


def test_an_address_that_differs_in_case_is_the_same_person() -> None:
    tokens = sessions.login("ADA@example.com", PASSWORD, address=None, agent=None)
    assert sessions.authenticate(tokens.access_token).email == EMAIL


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD), ("", "")])
def test_whatever_is_wrong_is_one_answer(email: str, password: str) -> None:
    with pytest.raises(Unauthenticated, match="do not belong together"):
        sessions.login(email, password, address=None, agent=None)


def test_a_blocked_address_is_refused_before_its_password_is_looked_at() -> None:
    for _ in range(5):
        throttle.failed(email=EMAIL, address=None)
    with pytest.raises(OverLimit):
        sessions.login(EMAIL, PASSWORD, address=None, agent=None)


def test_of_two_that_use_one_refresh_token_at_once_at_most_one_gets_tokens() -> None:
    tokens = _login()
    made: list[Tokens | None] = []

    def use() -> None:
        try:
            made.append(_refresh(tokens))
        except Unauthenticated:
            made.append(None)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = [tokens for tokens in made if tokens is not None]
    assert len(fresh) == 1
    assert not _alive(fresh[0])  # the others used a spent one: the family has ended


def test_a_chain_of_refreshes_is_one_family_and_logging_out_ends_it() -> None:
    first = _login()
    second = _refresh(first)
    third = _refresh(second)
    assert [_alive(tokens) for tokens in (first, second, third)] == [False, False, True]
    sessions.logout(sessions.authenticate(third.access_token), address=None, agent=None)
    assert not _alive(third)
    with pytest.raises(Unauthenticated):
        _refresh(third)


def test_a_refresh_renews_the_thirty_days(clock: Path) -> None:
    tokens = _login()
    for days in (20, 40, 60):
        clock.write_text(f"P{days}D")
        tokens = _refresh(tokens)
    assert _alive(tokens)
    clock.write_text("P91D")
    with pytest.raises(Unauthenticated):
        _refresh(tokens)


def test_a_browsers_session_lives_a_day_and_is_revocable(clock: Path) -> None:
    tokens = _login(Audience.WEB)
    assert tokens.expires_in == 24 * 3600
    assert not _alive(tokens)
    clock.write_text("PT23H")
    signed = sessions.authenticate(tokens.access_token, audience=Audience.WEB)
    clock.write_text("PT25H")
    assert not _alive(tokens, Audience.WEB)
    clock.write_text("PT0S")
    sessions.revoke(signed, session_id=signed.session_id)
    assert not _alive(tokens, Audience.WEB)


def test_a_session_is_dated_when_it_is_used_but_not_at_every_request() -> None:
    tokens = _login()
    sessions.authenticate(tokens.access_token)

    def used(back: str) -> bool:
        with engine.owner_connection() as connection:
            connection.execute(f"UPDATE user_sessions SET last_used_at = now() - interval '{back}'")
            before = connection.execute("SELECT last_used_at FROM user_sessions").fetchone()
            sessions.authenticate(tokens.access_token)
            return connection.execute("SELECT last_used_at FROM user_sessions").fetchone() != before

    assert not used("4 minutes")
    assert used("6 minutes")


def test_another_persons_session_cannot_be_ended() -> None:
    visitors.register("bob@example.com")
    ada = sessions.authenticate(_login().access_token)
    bob_tokens = sessions.begin(_person("bob@example.com"), address=None, agent=None)
    bob = sessions.authenticate(bob_tokens.access_token)
    with pytest.raises(NotFound):
        sessions.revoke(ada, session_id=bob.session_id)
    assert _alive(bob_tokens)


def test_a_new_password_is_in_the_audit_log_without_its_value() -> None:
    signed: Signed = sessions.authenticate(_login().access_token)
    sessions.change_password(signed, current=PASSWORD, new="another password", address="192.0.2.7", agent="a test")
    with db.reading(queries.operator(email=EMAIL)) as session:
        row = session.execute(
            text(
                """
                SELECT new_values, host(ip_address) AS address
                FROM audit_logs
                WHERE entity_type = 'users'
                    AND action = 'update'
                """
            )
        ).one()
    assert row.new_values == {"password_hash": "[redacted]"}
    assert row.address == "192.0.2.7"
