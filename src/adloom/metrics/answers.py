"""An answer about metrics: its rows, and the moment of the data that they were read from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

Row = TypeVar("Row")


class Answer(list[Row]):
    """Rows of one reading. `data_as_of` is the moment of the data: now on the primary, and on a replica that of the
    last transaction which it had replayed. It is not `as_of`, the moment at which a platform was asked.
    """

    def __init__(self, rows: Iterable[Row], *, data_as_of: datetime) -> None:
        super().__init__(rows)
        self.data_as_of = data_as_of
