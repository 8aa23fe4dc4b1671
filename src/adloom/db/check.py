"""Whether live database, migrations and models agree: all three laid side by side, and what differs is named.

Makes two scratch databases beside the live one and drops them; the live one is only read.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql
from sqlalchemy import MetaData, create_engine
from sqlalchemy.pool import NullPool

from adloom.core.errors import Forbidden
from adloom.db import catalog, migrate
from adloom.db.catalog import Listing
from adloom.db.engine import sqlalchemy_url

#: The books of migrations themselves, which no model describes.
_BOOKS = ("alembic_version", "schema_migrations")


def differences(owner_url: str, metadata: MetaData) -> list[str]:
    """Sentences on what differs between the live catalog, a database migrated from zero, and the models.

    Empty where all agree. Raises Forbidden where the owner may not create the scratch databases.
    """
    pending = [f"migration {version} is not applied" for version in migrate.status(owner_url).pending]
    live = _read(owner_url)
    with _scratch(owner_url) as migrated_url:
        migrate.migrate(migrated_url)
        migrated = _read(migrated_url)
    with _scratch(owner_url) as modelled_url:
        _create_all(modelled_url, metadata)
        modelled = _modelled(_read(modelled_url))
    drifted = catalog.differences(migrated, live)
    unmodelled = catalog.differences(_modelled(migrated), modelled)
    return [
        *pending,
        *(f"in the database, {sentence}" for _, sentence in drifted),
        *(f"in the models, {sentence}" for _, sentence in unmodelled),
    ]


def _modelled(listing: Listing) -> Listing:
    """What models can describe of a schema."""
    return {
        (kind, name): definition
        for (kind, name), definition in listing.items()
        if kind in catalog.MODELLED and not name.startswith(_BOOKS)
    }


def _read(url: str) -> Listing:
    with psycopg.connect(url) as connection:
        return catalog.read(connection)


def _create_all(url: str, metadata: MetaData) -> None:
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    metadata.create_all(engine)


@contextmanager
def _scratch(owner_url: str) -> Iterator[str]:
    """A database of its own on the same server, dropped afterwards."""
    name = f"adloom_check_{secrets.token_hex(6)}"
    with psycopg.connect(owner_url, autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise Forbidden("The owner may not create a scratch database. Run `adloom db roles`.") from error
        try:
            yield urlsplit(owner_url)._replace(path=f"/{quote(name)}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
