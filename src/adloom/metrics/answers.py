"""An answer about metrics: its rows, and the moment of the data that they were read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from adloom.core.actor import Actor
from adloom.db import session as db

Row = TypeVar("Row")


class Answer(list[Row]):
    """Rows of one reading. `data_as_of` is the moment of the data: now on the primary, and on a replica that of the
    last transaction which it had replayed. It is not `as_of`, the moment at which a platform was asked.
    """

    def __init__(self, rows: Iterable[Row], *, data_as_of: datetime) -> None:
        super().__init__(rows)
        self.data_as_of = data_as_of


@contextmanager
def of_one_moment(actor: Actor) -> Iterator[datetime]:
    """Figures, and what has to be known beside them, that are read inside are of one snapshot: its moment.

    It holds a connection: read figures inside (`metrics`), and all else before or after.
    """
    with db.snapshot(actor) as (_, data_as_of):
        yield data_as_of
