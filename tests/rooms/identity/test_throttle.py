"""Throttled log-in: what counts together, and how the wait grows."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adloom.core.errors import OverLimit
from adloom.db import engine
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.identity import throttle

pytestmark = pytest.mark.usefixtures("database")


def _fail(times: int, *, email: str = "a@example.com", address: str | None = "192.0.2.1") -> None:
    for _ in range(times):
        throttle.failed(email=email, address=address)


def _wait(*, email: str = "a@example.com", address: str | None = "192.0.2.1") -> int:
    """The seconds that an attempt now has to wait; 0 where it need not."""
    try:
        throttle.check(email=email, address=address)
    except OverLimit as refused:
        return refused.retry_after_s or -1
    return 0


def test_a_few_failures_are_free_and_then_the_wait_doubles() -> None:
    _fail(4)
    assert _wait() == 0
    waits = []
    for _ in range(12):
        _fail(1)
        waits.append(_wait())
    assert waits[:3] == [1, 2, 4]
    assert waits[-1] == 15 * 60


def test_an_address_counts_in_any_case_of_letters_and_from_everywhere() -> None:
    _fail(3, address="192.0.2.1")
    _fail(5, email="A@Example.com", address="198.51.100.1")
    assert _wait(address="203.0.113.1") > 0
    assert _wait(email="b@example.com", address="203.0.113.1") == 0


def test_a_network_is_an_ipv4_address_or_an_ipv6_site() -> None:
    for number in range(40):
        _fail(1, email=f"{number}@example.com", address=f"2001:db8:1:2::{number:x}")
    assert _wait(email="new@example.com", address="2001:db8:1:2:ffff::1") > 0
    assert _wait(email="new@example.com", address="2001:db8:1:3::1") == 0
    assert _wait(email="new@example.com", address=None) == 0


def test_a_success_frees_the_address_and_not_the_network() -> None:
    for _ in range(35):
        _fail(1)
    throttle.succeeded(email="A@example.com")
    assert _wait(address="203.0.113.1") == 0
    assert _wait(email="b@example.com") > 0


def test_a_quiet_hour_forgets(database: Urls) -> None:
    _fail(8)
    with engine.owner_connection() as connection:
        connection.execute("ALTER TABLE login_attempts DISABLE TRIGGER set_updated_at")
        connection.execute("UPDATE login_attempts SET updated_at = now() - interval '2 hours', blocked_until = now()")
        connection.execute("ALTER TABLE login_attempts ENABLE TRIGGER set_updated_at")
    _fail(4)
    assert _wait() == 0


def test_no_address_is_kept_in_the_clear() -> None:
    _fail(1, email="secret@example.com")
    with engine.owner_connection() as connection:
        kept = connection.execute("SELECT login_attempts::text FROM login_attempts").fetchall()
    assert len(kept) == 2
    assert "secret" not in str(kept)
    assert "192.0.2.1" not in str(kept)


def test_the_application_reaches_the_attempts_through_functions_alone() -> None:
    with db.anonymous() as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("SELECT * FROM login_attempts"))


def test_too_many_attempts_are_a_throttle_and_no_tiers_limit() -> None:
    _fail(6)
    with pytest.raises(OverLimit) as refused:
        throttle.check(email="a@example.com", address=None)
    assert refused.value.kind == "throttle"
