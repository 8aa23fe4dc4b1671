"""Each campaign's last 7, 30 and 90 days and as many before, ready to be read: `campaign_windows`.

All windows of a tenant end on one day, the newest that is over in every ad account's time zone. An ingest adds what it
changed; a job moves the day on and makes all of them anew, from the facts, while no ingest writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

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

_CAMPAIGNS = text("SELECT id FROM campaigns ORDER BY id")
#: The windows of so many campaigns are made, or counted again, by one statement, so that none takes long.
_AT_ONCE = 1_000
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


def _fresh() -> str:
    """SQL: the windows of `:campaigns` by their facts. An array keeps the planner to the index of each campaign."""
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
        WHERE facts.campaign_id = ANY (CAST(:campaigns AS uuid[]))
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
        WHERE campaign_id = ANY (CAST(:campaigns AS uuid[]))
    ) AS parts
    GROUP BY
        parts.user_id,
        parts.campaign_id,
        parts.days,
        parts.spend_currency
    """  # noqa: S608  (constant names)


def _make() -> str:
    """SQL: makes the windows of `:campaigns` anew. One that its facts have left stays, and counts none."""
    new, old = (", ".join(f"{of}.{name}" for name in _COLUMNS) for of in ("excluded", "held"))
    return f"""
    INSERT INTO campaign_windows AS held (user_id, campaign_id, days, spend_currency, {", ".join(_COLUMNS)})
    {_fresh()}
    ON CONFLICT (campaign_id, days, spend_currency) DO UPDATE
    SET
        {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)},
        updated_at = clock_timestamp()
    WHERE ({old}) IS DISTINCT FROM ({new})
    """  # noqa: S608  (constant names)


#: Ages in days at which a fact leaves a window. Between two of them all facts are in the same ones.
_EDGES = sorted({days * times for days in PRESETS for times in (1, 2)})
_PLACES = ", ".join(f"({days}::smallint, {_EDGES.index(days)}, {_EDGES.index(2 * days)})" for days in PRESETS)
_KEY = ("campaign_id", "days", "spend_currency")

#: SQL: between which of these ages a fact's day lies. Negative, too high or NULL: it is in no window.
AGE = f"width_bucket(CAST(:until AS date) - parts.date, ARRAY[{', '.join(map(str, (0, *_EDGES)))}]) - 1"


def _differences(parts: str) -> str:
    """SQL: what each window gets of differences by campaign, currency and age."""
    # Unknown where none of these tells it: one that told it before still does, for lost campaigns are left out.
    told = {name: f"CASE WHEN {name} <> 0 OR {name}_told <> 0 THEN {name} END" for name in _FIGURES}
    told |= {name: name for name in ("facts", *_COUNTED)}
    sums = [
        f"{f'coalesce({total}, 0)' if name in {'facts', *_COUNTED} else total} AS {name}{suffix}"
        for suffix, which in (("", "parts.age <= presets.last"), ("_before", "parts.age > presets.last"))
        for name in ("facts", *_FIGURES)
        for total in [f"sum({told[name]}) FILTER (WHERE {which})"]
    ]
    return f"""
    SELECT
        CAST(:user_id AS uuid) AS user_id,
        parts.campaign_id,
        presets.days,
        parts.spend_currency,
        {", ".join(sums)}
    FROM {parts} AS parts
    JOIN (VALUES {_PLACES}) AS presets (days, last, last_before) ON parts.age <= presets.last_before
    WHERE parts.age >= 0
        AND parts.campaign_id <> ALL (CAST(:lost AS uuid[]))
    GROUP BY
        parts.campaign_id,
        presets.days,
        parts.spend_currency
    """  # noqa: S608  (constant names)


def adding(parts: str) -> str:
    """SQL: adds differences by campaign, currency and `AGE` to the windows, but for those of `:lost` campaigns.

    Each window is found by its key. A join would read all windows of the tenant, and where the planner does not know
    how many there are, once for each that is changed.
    """
    sums = {name: f"coalesce(held.{name} + excluded.{name}, held.{name}, excluded.{name})" for name in _COLUMNS}
    says_something = " OR ".join(
        f"excluded.{name} <> 0"
        if name.removesuffix("_before") in {"facts", *_COUNTED}
        else f"excluded.{name} IS NOT NULL"
        for name in _COLUMNS
    )
    return f"""
    INSERT INTO campaign_windows AS held (user_id, {", ".join((*_KEY, *_COLUMNS))})
    {_differences(parts)}
    ON CONFLICT ({", ".join(_KEY)}) DO UPDATE
    SET
        {", ".join(f"{name} = {total}" for name, total in sums.items())},
        updated_at = clock_timestamp()
    WHERE {says_something}
    """  # noqa: S608  (constant names)


_MAKE = text(_make())
_COUNT_WRONG = text(
    f"""
    SELECT count(*)
    FROM ({_fresh()}) AS fresh
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


def held_end(session: Session, *, user_id: UUID) -> date | None:
    """The day on which the tenant's windows end, and that nobody moves until the transaction is over."""
    locks.hold_windows(session, user_id=user_id)
    found: date | None = session.execute(_END, {"user_id": user_id}).scalar()
    return found


def lost(session: Session, *, until: date) -> list[UUID]:
    """The campaigns whose windows no difference says, of those that an ingest changed."""
    return list(session.execute(_LOST, {"until": until}).scalars())


def make(session: Session, *, until: date, campaigns: Sequence[UUID]) -> None:
    """Makes the windows of these campaigns anew, from their facts."""
    for some in _in_parts(campaigns):
        session.execute(_MAKE, {"until": until, "campaigns": some})


def wrong(session: ReadSession) -> int:
    """How many windows of the session's tenant are not what the facts say."""
    until = session.execute(text("SELECT until FROM campaign_window_ends")).scalar()
    if until is None:
        return 0
    counts = [
        session.execute(_COUNT_WRONG, {"until": until, "campaigns": some}).scalar_one()
        for some in _in_parts(_campaigns(session))
    ]
    return sum(counts)


def make_anew(actor: Actor) -> date:
    """Makes all windows of the tenant anew, up to the newest day that is over, and returns that day."""
    until = last_over(connections.accounts(actor))
    with db.transaction(actor) as session:
        locks.take_windows(session, user_id=actor.tenant_id)
        session.execute(_MOVE_END, {"user_id": actor.tenant_id, "until": until})
        make(session, until=until, campaigns=_campaigns(session))
    return until


def move_on(actor: Actor) -> bool:
    """Makes the windows anew where another day is over than the one that they end on; returns whether."""
    with db.reading(actor) as session:
        held = end(session, actor)
    if held == last_over(connections.accounts(actor)):
        return False
    make_anew(actor)
    return True


def _campaigns(session: ReadSession) -> list[UUID]:
    return list(session.execute(_CAMPAIGNS).scalars())


def _in_parts(campaigns: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (campaigns[start : start + _AT_ONCE] for start in range(0, len(campaigns), _AT_ONCE))
