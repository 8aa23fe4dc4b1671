"""A report or a list that was begun and is gone when it is asked for again: to be asked for anew, not given up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from adloom.core.errors import Rejected, Unavailable


@contextmanager
def asked_anew() -> Iterator[None]:
    """Around questions about a report or a cursor that its platform gave us: raises Unavailable where it refuses them.

    Platforms keep what they began for some time only, and refuse an identifier that has lapsed as if it were wrong.
    Nothing of what we send in such a question can be mended but the identifier, and a new one comes with a new report.
    """
    try:
        yield
    except Rejected as refusal:
        raise Unavailable(
            f"{refusal.message} What was begun is gone there; it is asked for anew.",
            platform=refusal.platform,
            platform_code=refusal.platform_code,
            words=refusal.words,
            request_id=refusal.request_id,
            details=refusal.details,
        ) from refusal
