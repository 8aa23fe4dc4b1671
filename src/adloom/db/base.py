"""What every room's models stand on: one declarative base, our column types, names equal to PostgreSQL's own.

Knows no table. Models never leave their room; doors and higher rooms see dataclasses.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import (
    TIMESTAMP,
    Boolean,
    Date,
    Dialect,
    FetchedValue,
    MetaData,
    Numeric,
    Text,
    TypeDecorator,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(constraint_name)s",
    "uq": "%(constraint_name)s",
}

Enumeration = TypeVar("Enumeration", bound=StrEnum)


class Base(DeclarativeBase):
    """The base of every table of every room: all of them share its metadata."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 SQLAlchemy declares it so
        str: Text,
        bool: Boolean,
        date: Date,
        datetime: TIMESTAMP(timezone=True),
        Decimal: Numeric,
        UUID: Uuid,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Identified:
    """A row with an id of its own; it is made here, so that it is known before the row is written."""

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid4, server_default=text("gen_random_uuid()"), sort_order=-10
    )


class Created:
    """A row that knows when it was made, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"), sort_order=90)


class Dated(Created):
    """A row that also knows when it was last changed: by trigger, never by code."""

    updated_at: Mapped[datetime] = mapped_column(
        server_default=text("now()"), server_onupdate=FetchedValue(), sort_order=91
    )


class Deletable(Dated):
    """A row that a person can delete and that stays."""

    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=92)


class TextEnum(TypeDecorator[Enumeration], Generic[Enumeration]):
    """Text with a CHECK in the database, a StrEnum here: for states that are ours and may shrink."""

    impl = Text
    cache_ok = True

    def __init__(self, enumeration: type[Enumeration]) -> None:
        super().__init__()
        self.enumeration = enumeration

    def process_bind_param(self, value: Enumeration | None, dialect: Dialect) -> str | None:
        return None if value is None else self.enumeration(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Enumeration | None:
        return None if value is None else self.enumeration(value)


@cache
def pg_enum(enumeration: type[StrEnum], name: str) -> ENUM:
    """The column type of one of the specification's enums; values come back as members."""
    return ENUM(
        enumeration,
        name=name,
        values_callable=lambda members: [member.value for member in members],
        metadata=Base.metadata,
    )
