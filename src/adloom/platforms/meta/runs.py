"""Whole insights reports: at once where that works, else as a run, else in halves. Reads only.

A report is read to its end before anything of it is used, so that nothing is used twice when a page fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from adloom.core.errors import Rejected, Unavailable
from adloom.platforms import http, vanished
from adloom.platforms.meta.graph import Graph
from adloom.platforms.types import Platform

PAGE_SIZE = "500"

#: How long a run is waited for, between questions. About ten minutes in all.
WAITS_S = (0.5, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, *(10.0,) * 58)

#: Refusals of a report at once that a run may do: too much data for one call, a cursor that has lapsed.
TOO_MUCH = ("100/1487534", "100/1504022", "2642")

#: States of a run that never become a report (Ad Report Run reference).
FAILED = ("Job Failed", "Job Skipped")
COMPLETED = "Job Completed"

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Span:
    """The whole of a report for some days, both included."""

    since: date
    until: date
    rows: tuple[Mapping[str, Any], ...]


def spans(
    graph: Graph,
    *,
    params: Mapping[str, str],
    since: date,
    until: date,
    window: int,
    sleep: Sleep = time.sleep,
) -> Iterator[Span]:
    """A report, at most so many days at a time, both ends included.

    Raises Unavailable where Meta does not give one whole, at once, as a run, or day by day.
    """
    first = since
    while first <= until:
        last = min(first + timedelta(days=window - 1), until)
        yield from _whole(graph, params=params, since=first, until=last, sleep=sleep)
        first = last + timedelta(days=1)


def _whole(graph: Graph, *, params: Mapping[str, str], since: date, until: date, sleep: Sleep) -> Iterator[Span]:
    asked = {**params, "time_range": http.dumps({"since": since.isoformat(), "until": until.isoformat()})}
    try:
        yield Span(since, until, tuple(_at_once(graph, asked, sleep=sleep)))
        return
    except Unavailable:
        if since == until:
            raise
    middle = since + (until - since) // 2
    yield from _whole(graph, params=params, since=since, until=middle, sleep=sleep)
    yield from _whole(graph, params=params, since=middle + timedelta(days=1), until=until, sleep=sleep)


def _at_once(graph: Graph, asked: Mapping[str, str], *, sleep: Sleep) -> list[dict[str, Any]]:
    try:
        return list(graph.rows(f"{graph.account}/insights", endpoint="insights", params=asked, limit=PAGE_SIZE))
    except Rejected as refusal:
        if refusal.platform_code not in TOO_MUCH:
            raise
    except Unavailable:
        pass  # too slow, or too large: a run takes its time
    return _as_run(graph, asked, sleep=sleep)


def _as_run(graph: Graph, asked: Mapping[str, str], *, sleep: Sleep) -> list[dict[str, Any]]:
    answer = graph.ask(f"{graph.account}/insights", endpoint="insights", body=asked)
    run = (answer.get("report_run_id") or answer.get("id")) if isinstance(answer, Mapping) else None
    if not run:
        raise Unavailable("Meta began no report.", platform=Platform.FACEBOOK_ADS)
    with vanished.asked_anew():  # a run is kept for 30 days, and gone with code 100, subcode 33
        _wait(graph, str(run), sleep=sleep)
        return list(graph.rows(f"{run}/insights", endpoint="insights", params={}, limit=PAGE_SIZE))


def _wait(graph: Graph, run: str, *, sleep: Sleep) -> None:
    """Returns once a run is whole; a state that nobody knows counts as running. One that names an error has failed."""
    fields = "async_status,async_percent_completion,error_message,error_user_msg"
    for wait in WAITS_S:
        found = graph.get(run, endpoint="insights", params={"fields": fields})
        status = str(found.get("async_status") or "")
        error = found.get("error_user_msg") or found.get("error_message")
        if status in FAILED or (status == COMPLETED and error):
            words = str(error or status)
            raise Unavailable(f"Meta's report failed: {words}", platform=Platform.FACEBOOK_ADS, words=words)
        if status == COMPLETED and _is_whole(found.get("async_percent_completion")):
            return
        sleep(wait)
    raise Unavailable("Meta's report takes too long.", platform=Platform.FACEBOOK_ADS)


def _is_whole(percent: object) -> bool:
    """Whether a completed run is; one that tells no percentage is as it says (both fields are optional there)."""
    return percent is None or str(percent).partition(".")[0] == "100"
