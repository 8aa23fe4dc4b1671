"""Access tokens say who, for whom and until when, and nothing that was not signed here is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from adloom.core.errors import Unauthenticated
from adloom.identity import tokens
from adloom.identity.tokens import LIFETIME, Audience

KEY, NOW, PERSON = b"k" * 32, datetime(2026, 11, 23, 12, tzinfo=UTC), uuid4()


def _issue(audience: Audience = Audience.API) -> str:
    return tokens.issue(KEY, person_id=PERSON, jti="a session", audience=audience, now=NOW)


def _read(token: str, **changes: Any) -> tokens.Claims:
    return tokens.read(**{"key": KEY, "token": token, "audience": Audience.API, "now": NOW, **changes})


def test_a_token_says_who_and_by_which_session() -> None:
    assert _read(_issue()) == tokens.Claims(person_id=PERSON, jti="a session")


@pytest.mark.parametrize("audience", list(Audience))
def test_a_token_lapses_after_its_lifetime_on_the_clock_that_is_given(audience: Audience) -> None:
    token, end = _issue(audience), NOW + LIFETIME[audience]
    assert _read(token, audience=audience, now=end - timedelta(seconds=1)).person_id == PERSON
    assert _read(token, audience=audience, now=NOW - timedelta(days=400)).person_id == PERSON
    with pytest.raises(Unauthenticated) as refused:
        _read(token, audience=audience, now=end)
    assert refused.value.code == "token_lapsed"


def test_an_access_token_of_a_program_lives_a_quarter_of_an_hour() -> None:
    assert LIFETIME[Audience.API] == timedelta(minutes=15)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": b"x" * 32},
        {"audience": Audience.WEB},
        {"token": ""},
        {"token": "a.b.c"},
        {"token": jwt.encode({"sub": "1"}, None, algorithm="none")},
    ],
)
def test_what_was_not_signed_here_for_this_use_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        _read(**{"token": _issue(), **changes})


@pytest.mark.parametrize("missing", ["sub", "jti", "iat", "exp", "aud", "iss"])
def test_a_token_that_leaves_something_out_is_refused(missing: str) -> None:
    claims = jwt.decode(_issue(), KEY, algorithms=["HS256"], options={"verify_signature": False})
    claims.pop(missing)
    with pytest.raises(Unauthenticated):
        _read(jwt.encode(claims, KEY, algorithm="HS256"))


def test_refresh_tokens_are_random_and_only_their_hash_is_kept() -> None:
    made = {tokens.new_refresh() for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) >= 43 for token in made)  # 256 bits in base64
    token = made.pop()
    assert tokens.fingerprint(token) == tokens.fingerprint(token)
    assert token not in tokens.fingerprint(token)
