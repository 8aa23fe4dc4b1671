"""Each campaign's last 7, 30 and 90 days and as many before, ready to be read: `campaign_windows`.

All windows of a tenant end on one day, the newest that is over in every ad account's time zone. An ingest makes those
of its campaigns anew, from the facts; a job moves the day on, while no ingest writes.
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

_CHANGED = "SELECT DISTINCT campaign_id FROM changed WHERE date > CAST(:until AS date) - 180 AND date <= :until"
_EVERY = "SELECT id FROM campaigns"


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


_MAKE_CHANGED = text(_make(_CHANGED))
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
    """Makes the windows anew of those campaigns that an ingest of days changed, in its transaction."""
    locks.hold_windows(session, user_id=values["user_id"])
    until = session.execute(_END, values).scalar()
    if until is not None:
        session.execute(_MAKE_CHANGED, {"until": until})


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
