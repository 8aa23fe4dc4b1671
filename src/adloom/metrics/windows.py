"""Each campaign's last 7, 30 and 90 days and as many before, ready to be read: `campaign_windows`.

All windows of a tenant end on one day, the newest that is over in every ad account's time zone. An ingest adds what it
changed; a job moves the day on and makes all of them anew, from the facts, while no ingest writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession, Session
from adloom.metrics import locks

#: The lengths of windows, in days.
PRESETS = (7, 30, 90)

_FIGURES = ("impressions", "clicks", "conversions", "conversion_value", "spend_amount")
_COUNTED = {"impressions", "clicks", "spend_amount"}  # what a fact always says; the others may be unknown

_END = text("SELECT until FROM campaign_window_ends WHERE user_id = :user_id")
_MOVE_END = text(
    """
    INSERT INTO campaign_window_ends (user_id, until)
    VALUES (:user_id, :until)
    ON CONFLICT (user_id) DO UPDATE
    SET until = excluded.until
    """
)

_EVERY = "SELECT id FROM campaigns"
_NAMED = "SELECT unnest(CAST(:campaigns AS uuid[]))"
_CHANGED = f"date > CAST(:until AS date) - {2 * max(PRESETS)} AND date <= CAST(:until AS date)"

# Where a figure is no longer told, or is in another currency, the rest may be unknown: no difference says that.
_LOST = text(
    f"""
    SELECT DISTINCT campaign_id
    FROM changed
    WHERE {_CHANGED}
        AND NOT is_new
        AND (
            spend_currency <> old_spend_currency
            OR (conversions IS NULL AND old_conversions IS NOT NULL)
            OR (conversion_value IS NULL AND old_conversion_value IS NOT NULL)
        )
    """  # noqa: S608  (constant names)
)


def _sums(which: str, *, suffix: str) -> list[str]:
    found = [f"count(*) FILTER (WHERE {which}) AS facts{suffix}"]
    for name in _FIGURES:
        total = f"sum(parts.{name}) FILTER (WHERE {which})"
        found.append(f"{f'coalesce({total}, 0)' if name in _COUNTED else total} AS {name}{suffix}")
    return found


_COLUMNS = tuple(f"{name}{suffix}" for suffix in ("", "_before") for name in ("facts", *_FIGURES))
_LAST = "parts.date > CAST(:until AS date) - parts.days"
_BEFORE = "parts.date <= CAST(:until AS date) - parts.days"


def _fresh(campaigns: str) -> str:
    """SQL: the windows of these campaigns by their facts. An array keeps the planner to the index of each campaign."""
    sums = ",\n        ".join([*_sums(_LAST, suffix=""), *_sums(_BEFORE, suffix="_before")])
    return f"""
    SELECT
        parts.user_id,
        parts.campaign_id,
        parts.days,
        parts.spend_currency,
        {sums}
    FROM (
        SELECT
            facts.user_id,
            facts.campaign_id,
            presets.days,
            facts.spend_currency,
            facts.date,
            {", ".join(f"facts.{name}" for name in _FIGURES)}
        FROM campaign_metrics AS facts
        JOIN (VALUES {", ".join(f"({days}::smallint)" for days in PRESETS)}) AS presets (days)
            ON facts.date > CAST(:until AS date) - 2 * presets.days
        WHERE facts.campaign_id = ANY (ARRAY({campaigns}))
            AND facts.date > CAST(:until AS date) - {2 * max(PRESETS)}
            AND facts.date <= CAST(:until AS date)
        UNION ALL
        SELECT
            user_id,
            campaign_id,
            days,
            spend_currency,
            NULL,
            NULL,
            NULL,
            NULL,
            NULL,
            NULL
        FROM campaign_windows
        WHERE campaign_id = ANY (ARRAY({campaigns}))
    ) AS parts
    GROUP BY
        parts.user_id,
        parts.campaign_id,
        parts.days,
        parts.spend_currency
    """  # noqa: S608  (constant names)


def _make(campaigns: str) -> str:
    """SQL: makes these campaigns' windows anew. One that its facts have left stays, and counts none."""
    new, old = (", ".join(f"{of}.{name}" for name in _COLUMNS) for of in ("excluded", "held"))
    return f"""
    INSERT INTO campaign_windows AS held (user_id, campaign_id, days, spend_currency, {", ".join(_COLUMNS)})
    {_fresh(campaigns)}
    ON CONFLICT (campaign_id, days, spend_currency) DO UPDATE
    SET
        {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)},
        updated_at = clock_timestamp()
    WHERE ({old}) IS DISTINCT FROM ({new})
    """  # noqa: S608  (constant names)


#: Ages in days at which a fact leaves a window. Between two of them all facts are in the same ones.
_EDGES = sorted({days * times for days in PRESETS for times in (1, 2)})
_AGES = ", ".join(map(str, _EDGES[:-1]))
_PLACES = ", ".join(f"({days}::smallint, {_EDGES.index(days)}, {_EDGES.index(2 * days)})" for days in PRESETS)


def _differences() -> str:
    """SQL: what each window has to get. First by campaign and age, so that a fact is added up once for all of them."""
    # Unknown where none of these facts tells it: one that told it before still does, for lost campaigns are left out.
    added = [f"sum({name}) - coalesce(sum(old_{name}), 0) AS {name}" for name in _FIGURES]
    sums = [
        f"{f'coalesce({total}, 0)' if name in {'facts', *_COUNTED} else total} AS {name}{suffix}"
        for suffix, which in (("", "parts.age <= presets.last"), ("_before", "parts.age > presets.last"))
        for name in ("facts", *_FIGURES)
        for total in [f"sum(parts.{name}) FILTER (WHERE {which})"]
    ]
    return f"""
    SELECT
        CAST(:user_id AS uuid) AS user_id,
        parts.campaign_id,
        presets.days,
        parts.spend_currency,
        {", ".join(sums)}
    FROM (
        SELECT
            campaign_id,
            spend_currency,
            width_bucket(CAST(:until AS date) - date, ARRAY[{_AGES}]) AS age,
            count(*) FILTER (WHERE is_new) AS facts,
            {", ".join(added)}
        FROM changed
        WHERE {_CHANGED}
            AND campaign_id <> ALL (CAST(:campaigns AS uuid[]))
        GROUP BY
            campaign_id,
            spend_currency,
            age
    ) AS parts
    JOIN (VALUES {_PLACES}) AS presets (days, last, last_before) ON parts.age <= presets.last_before
    GROUP BY
        parts.campaign_id,
        presets.days,
        parts.spend_currency
    """  # noqa: S608  (constant names)


def _sum(name: str) -> str:
    """SQL: what is held and what is added, unknown where neither says it."""
    return f"coalesce(held.{name} + added.{name}, held.{name}, added.{name})"


_KEY = ("campaign_id", "days", "spend_currency")
_SAME = " AND ".join(f"held.{name} = added.{name}" for name in _KEY)
_SAYS_SOMETHING = " OR ".join(
    f"added.{name} <> 0" if name.removesuffix("_before") in {"facts", *_COUNTED} else f"added.{name} IS NOT NULL"
    for name in _COLUMNS
)

# Two ingests never write the same windows, so that no conflict has to be looked for row by row.
_ADD_CHANGED = text(
    f"""
    WITH added AS MATERIALIZED (
        {_differences()}
    ),
    moved AS (
        UPDATE campaign_windows AS held
        SET
            {", ".join(f"{name} = {_sum(name)}" for name in _COLUMNS)},
            updated_at = clock_timestamp()
        FROM added
        WHERE {_SAME}
            AND ({_SAYS_SOMETHING})
    )
    INSERT INTO campaign_windows (user_id, {", ".join((*_KEY, *_COLUMNS))})
    SELECT user_id, {", ".join((*_KEY, *_COLUMNS))}
    FROM added
    WHERE NOT EXISTS (
        SELECT
        FROM campaign_windows AS held
        WHERE {_SAME}
    )
    """  # noqa: S608  (constant names)
)
_MAKE_NAMED = text(_make(_NAMED))
_MAKE_EVERY = text(_make(_EVERY))
_COUNT_WRONG = text(
    f"""
    SELECT count(*)
    FROM ({_fresh(_EVERY)}) AS fresh
    LEFT JOIN campaign_windows AS held ON held.campaign_id = fresh.campaign_id
        AND held.days = fresh.days
        AND held.spend_currency = fresh.spend_currency
    WHERE ({", ".join(f"held.{name}" for name in _COLUMNS)})
        IS DISTINCT FROM ({", ".join(f"fresh.{name}" for name in _COLUMNS)})
    """  # noqa: S608  (constant names)
)


def last_over(accounts: Iterable[AccountView]) -> date:
    """The newest day that is over in the time zone of each of these ad accounts; of none, in UTC."""
    zones = {account.time_zone for account in accounts} or {"UTC"}
    return min(time.today(zone) for zone in zones) - timedelta(days=1)


def end(session: ReadSession, actor: Actor) -> date | None:
    """The last day of the tenant's windows; None where there are none yet."""
    found: date | None = session.execute(_END, {"user_id": actor.tenant_id}).scalar()
    return found


def write(session: Session, values: Mapping[str, Any]) -> None:
    """Adds what an ingest of days changed to the windows of its campaigns, in its transaction."""
    locks.hold_windows(session, user_id=values["user_id"])
    until = session.execute(_END, values).scalar()
    if until is None:
        return
    lost = list(session.execute(_LOST, {"until": until}).scalars())
    session.execute(_ADD_CHANGED, {"user_id": values["user_id"], "until": until, "campaigns": lost})
    if lost:
        session.execute(_MAKE_NAMED, {"until": until, "campaigns": lost})


def wrong(session: ReadSession) -> int:
    """How many windows of the session's tenant are not what the facts say."""
    until = session.execute(text("SELECT until FROM campaign_window_ends")).scalar()
    return 0 if until is None else session.execute(_COUNT_WRONG, {"until": until}).scalar_one()


def make_anew(actor: Actor) -> date:
    """Makes all windows of the tenant anew, up to the newest day that is over, and returns that day."""
    until = last_over(connections.accounts(actor))
    with db.transaction(actor) as session:
        locks.take_windows(session, user_id=actor.tenant_id)
        session.execute(_MOVE_END, {"user_id": actor.tenant_id, "until": until})
        session.execute(_MAKE_EVERY, {"until": until})
    return until


def move_on(actor: Actor) -> bool:
    """Makes the windows anew where another day is over than the one that they end on; returns whether."""
    with db.reading(actor) as session:
        held = end(session, actor)
    if held == last_over(connections.accounts(actor)):
        return False
    make_anew(actor)
    return True
