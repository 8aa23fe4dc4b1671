"""A broken rule of the database as an error of the domain, by the constraint's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from adloom.core.errors import AdloomError

#: From a constraint's (or unique index's) name to the error that a caller can act on.
Table = Mapping[str, Callable[[], AdloomError]]


def constraint_of(error: BaseException) -> str | None:
    """The name of the constraint that a statement broke; None for any other error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return cause.diag.constraint_name if isinstance(cause, psycopg.errors.IntegrityError) else None


def translate(error: BaseException, table: Table) -> BaseException:
    """The domain's error for a broken constraint that `table` names; any other error as it is."""
    name = constraint_of(error)
    return table[name]() if name is not None and name in table else error


@contextmanager
def translated(table: Table) -> Iterator[None]:
    """Raises the domain's error for a constraint that is broken inside. Put it around the whole transaction."""
    try:
        yield
    except DBAPIError as error:
        known = translate(error, table)
        if known is error:
            raise
        raise known from error
