"""Which login goes where, by the settings alone; no server is asked."""

from __future__ import annotations

from typing import Any

import pytest

from adloom.core.errors import Invalid
from adloom.core.settings import Settings
from adloom.db import server, urls

APP = "postgresql://adloom_app:a%40b@pooler.example:6432/ads?sslmode=require"
OWNER = "postgresql://adloom_owner:o@pooler.example:6432/ads"


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, database_url=APP, **values)  # type: ignore[call-arg]


def test_an_external_database_is_used_as_it_is_given() -> None:
    with server.running(settings(owner_database_url=OWNER)) as found:
        assert (found.app, found.owner, found.superuser, found.embedded) == (APP, OWNER, None, False)
    assert server.status(settings()) == server.ServerStatus(embedded=False)
    assert server.stop(settings())


@pytest.mark.parametrize(
    ("role", "field"),
    [
        ("owner", "ADLOOM_OWNER_DATABASE_URL"),
        ("worker", "ADLOOM_WORKER_DATABASE_URL"),
        ("readonly", "ADLOOM_DATABASE_URL"),
        ("backup", "ADLOOM_DATABASE_URL"),
    ],
)
def test_a_login_that_is_missing_is_asked_for_by_its_settings_name(role: str, field: str) -> None:
    found = urls.external(settings())
    with pytest.raises(Invalid) as refusal:
        getattr(found, role)
    assert refusal.value.errors[0].field == field


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_the_scheme_means_postgresql(scheme: str) -> None:
    assert urls.parse(f"{scheme}://a:b@host/db", setting="X") == "postgresql://a:b@host/db"


@pytest.mark.parametrize("url", ["mysql://a@host/db", "postgresql://host/db", "postgresql://a@host", "a@host/db", ""])
def test_what_is_no_usable_url_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        urls.parse(url, setting="ADLOOM_DATABASE_URL")
    assert refusal.value.errors[0].field == "ADLOOM_DATABASE_URL"
    assert not url or url not in str(refusal.value)


def test_past_the_pooler_each_login_stays_who_it_is() -> None:
    found = urls.external(
        settings(
            owner_database_url="postgresql://adloom_owner:o@db.example/ads",
            worker_database_url="postgresql://adloom_worker:w@pooler.example:6432/ads",
            direct_database_url="postgresql://anybody:x@db.example:5432/ads?sslmode=require",
        )
    )
    assert found.pooled
    assert found.direct(found.app) == "postgresql://adloom_app:a%40b@db.example:5432/ads?sslmode=require"
    assert found.direct(found.worker) == "postgresql://adloom_worker:w@db.example:5432/ads?sslmode=require"
    assert found.direct(found.owner) == found.owner
    plain = urls.external(settings())
    assert not plain.pooled
    assert plain.direct(plain.app) == plain.app


def test_another_database_of_the_same_server_keeps_logins_and_options() -> None:
    found = urls.external(settings()).at("scratch")
    assert found.app == "postgresql://adloom_app:a%40b@pooler.example:6432/scratch?sslmode=require"
    mine = urls.embedded({"adloom_app": "p/w"}, port=5433)
    assert mine.app == "postgresql://adloom_app:p%2Fw@127.0.0.1:5433/adloom"
    assert mine.at("scratch").app == "postgresql://adloom_app:p%2Fw@127.0.0.1:5433/scratch"


def test_a_password_does_not_show_where_urls_are_logged() -> None:
    found = urls.external(settings(direct_database_url="postgresql://anybody:secret@db.example/ads"))
    assert "a%40b" not in repr(found)
    assert "secret" not in repr(found)
