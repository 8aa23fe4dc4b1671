"""What a long-lived process has loaded stays: the garbage collector need not walk it again and again."""

from __future__ import annotations

import gc


def settle() -> None:
    """Takes all that there is now out of the collector's sight; called once, when a process has loaded what it needs.

    Some hundred thousand objects of the modules live as long as the process. A collection that walks them takes tens
    of milliseconds and stops every thread; a worker's batches of jobs and a server's pages cause one every few batches.
    """
    gc.collect()
    gc.freeze()
