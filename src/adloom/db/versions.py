"""Is the schema the newest? Answered by one statement, without loading what migrates: every command asks."""

from __future__ import annotations

from pathlib import Path

import psycopg

_FOLDER = Path(__file__).parent / "migrations" / "versions"


def newest() -> str:
    """The version that the newest migration brings a database to."""
    return max(path.stem for path in _FOLDER.glob("[0-9]*.py"))


def is_newest(owner_url: str) -> bool:
    """Whether a database stands at the newest version; one without any does not."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        books = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
        if books is None or books[0] is None:
            return False
        return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]
