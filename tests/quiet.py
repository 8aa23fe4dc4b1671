"""A worker process that does what is queued and nothing because of the clock: a test that moves the clock by months, or
that stops the worker at a certain write, would otherwise meet the installation's own chores in the middle of them.

`tests/torture` has workers with all their chores.
"""

from __future__ import annotations

from adloom import worker
from adloom.cli import session

if __name__ == "__main__":
    with session.database(serving=True):
        worker.run(with_schedule=False)
