"""Words that a platform invents are survived, counted, kept, and shown by the doctor."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from adloom.connections import logins
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.operations import doctor
from adloom.platforms import queries, surprises
from adloom.platforms.types import Platform

GOOGLE = Platform.GOOGLE_ADS


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    surprises.take()


def _keep(actor: Actor) -> None:
    with db.as_worker(), logins.open_connection(actor, platform=GOOGLE):
        pass


def test_a_word_is_counted_once_a_time_and_shown(actor: Actor, database: Urls) -> None:
    for _ in range(3):
        surprises.note(GOOGLE, "ad status", "DREAMING")
    _keep(actor)
    surprises.note(GOOGLE, "ad status", "DREAMING")
    _keep(actor)
    (seen,) = queries.recent_surprises()
    assert (seen.platform, seen.kind, seen.word, seen.times) == (GOOGLE, "ad status", "DREAMING", 4)
    assert any("DREAMING" in finding.what and finding.level == "warning" for finding in doctor.examine(database))


def test_an_absent_word_is_none_and_a_token_in_a_word_is_hidden(actor: Actor) -> None:
    surprises.note(GOOGLE, "ad status", None)
    surprises.note(GOOGLE, "ad status", "")
    surprises.note(GOOGLE, "error code", "Bearer SECRETSECRET")
    assert [each.word for each in surprises.take()] == ["[hidden]"]


def test_words_are_noted_again_where_the_database_is_gone(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    surprises.note(GOOGLE, "ad status", "DREAMING")
    with monkeypatch.context() as patch:
        patch.setattr(db, "worker_transaction", gone)
        _keep(actor)
    assert queries.recent_surprises() == ()
    _keep(actor)
    assert len(queries.recent_surprises()) == 1


def test_a_flood_of_words_is_not_kept_whole() -> None:
    for number in range(2_000):
        surprises.note(GOOGLE, "ad status", f"WORD {number}")
    assert len(surprises.take()) == 500
