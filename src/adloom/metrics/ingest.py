"""Puts one account's report into the facts: COPY into a temporary table, one comparison, all or nothing.

The comparison finds what the report says otherwise than what is held; facts, ledger and roll-ups are written from it,
so the same pull twice changes nothing and writes nothing. What the report no longer shows, inside what was asked,
becomes zero: the platform took it back. Campaigns that Adloom does not know are counted and named, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, TextClause, text

from adloom.db.session import Session
from adloom.metrics import locks, rollups, staging
from adloom.metrics.grains import Grain, GrainName
from adloom.metrics.types import Ingested
from adloom.platforms.facts import Dimension

# A report of a million rows is sorted and hashed in memory; as much again is what the server lends any statement.
_ROOM = text("SELECT set_config('work_mem', '32MB', true)")

_PULL = text(
    """
    INSERT INTO metric_pulls (
        id,
        user_id,
        platform_account_id,
        grain,
        since,
        until,
        pulled_at,
        attribution,
        rows,
        changed
    )
    VALUES (:pull_id, :user_id, :account_id, :grain, :since, :until, :pulled_at, :attribution, :rows, :changed)
    """
)

_COVER = text(
    """
    INSERT INTO metric_coverage (user_id, platform_account_id, grain, date, pull_id, pulled_at)
    SELECT
        :user_id,
        :account_id,
        :grain,
        CAST(day AS date),
        :pull_id,
        :pulled_at
    FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS day
    WHERE CAST(day AS date) <> ALL (:kept)
    ON CONFLICT (platform_account_id, grain, date) DO UPDATE
    SET
        pull_id = excluded.pull_id,
        pulled_at = excluded.pulled_at
    """
)

# The days that are held already; where a report was asked for later, what this one says of them is older.
_HELD = text(
    """
    SELECT
        date,
        pulled_at > :pulled_at AS is_newer
    FROM metric_coverage
    WHERE platform_account_id = :account_id
        AND grain = :grain
        AND date BETWEEN :since AND :until
    ORDER BY date
    """
)

_FOREIGN = text(
    """
    SELECT
        platform_campaign_id,
        count(*) AS facts
    FROM pulled
    WHERE NOT EXISTS (
        SELECT
        FROM campaigns
        WHERE campaigns.platform_account_id = :account_id
            AND campaigns.platform_campaign_id = pulled.platform_campaign_id
    )
    GROUP BY platform_campaign_id
    ORDER BY platform_campaign_id
    """
)

_A_DAY = timedelta(days=1)
#: So many rows are compared at once with what is held of the same days: both sides then fit into the memory that a
#: statement is lent, and what is changed is written in the order in which it lies.
_AT_ONCE = 200_000
#: What facts know of their campaign.
_WHOSE = ("user_id", "campaign_id", "platform")

_ZONE = text("SELECT time_zone FROM pulled LIMIT 1")

_SYNCED = text("UPDATE platform_accounts SET last_synced_at = clock_timestamp() WHERE id = :account_id")


@dataclass(frozen=True, slots=True)
class Pull:
    """One successful report: what was asked of which account, and when. Its days are the account's, both included.

    `pulled_at` is the moment before it was asked for; `dimensions`, for the audience, are those it was asked by.
    """

    id: UUID
    user_id: UUID
    account_id: UUID
    since: date
    until: date
    time_zone: str
    pulled_at: datetime
    attribution: str | None = None
    dimensions: Collection[Dimension] = tuple(Dimension)


def ingest(session: Session, lines: staging.Readable, *, grain: Grain, pull: Pull) -> Ingested:
    """Merges a staged report and marks its days as covered, in the caller's transaction.

    Two pulls of one account wait for each other. What was asked for later decides, day by day, whichever is merged
    last: of days that a later pull covers nothing is taken over, and coverage never goes back.
    """
    locks.take(session, account_id=pull.account_id)
    session.execute(_ROOM)
    rows = _stage(session, lines, grain)
    values = _values(grain, pull, zone=session.execute(_ZONE).scalar() or pull.time_zone)
    known = session.execute(_HELD, values).all()
    kept = values["kept"] = [row.date for row in known if row.is_newer]
    if kept:
        session.execute(_drop_kept(grain), values)
    slices = list(_slices(grain, values, parts=-(-rows // _AT_ONCE) if known else 1))
    changed, new = _changed(session, grain, values, slices)
    foreign = {row.platform_campaign_id: row.facts for row in session.execute(_FOREIGN, values)}
    for number, (since, until) in enumerate(spans_without(kept, since=pull.since, until=pull.until)):
        span = {"pull_id": pull.id if number == 0 else uuid4(), "since": since, "until": until}
        session.execute(_PULL, {**values, "rows": rows, "changed": changed, **span})
    session.execute(_COVER, values)
    if grain.name is GrainName.DAY:
        if changed:
            rollups.write(session, user_id=pull.user_id, are_new=new == changed)
        session.execute(_SYNCED, values)
    return Ingested(changed=changed, rows=rows, foreign=foreign)


def _values(grain: Grain, pull: Pull, *, zone: str) -> dict[str, Any]:
    """`zone` is the report's: its days are other hours than the account's where a platform reports in UTC."""
    first, next_ = staging.bounds(pull.since, pull.until, zone)
    by_hour = grain.name is GrainName.HOUR
    return {
        "pull_id": pull.id,
        "user_id": pull.user_id,
        "account_id": pull.account_id,
        "grain": grain.name.value,
        "since": pull.since,
        "until": pull.until,
        "pulled_at": pull.pulled_at,
        "attribution": pull.attribution,
        "first": first if by_hour else pull.since,
        "last": next_ if by_hour else pull.until,
        "zone": zone,
        "dimensions": [dimension.value for dimension in pull.dimensions],
    }


def spans_without(kept: Collection[date], *, since: date, until: date) -> Iterator[tuple[date, date]]:
    """The days from `since` to `until` in rows, those left out that are kept: of them a pull says nothing. Pure."""
    first = since
    for day in (*sorted(kept), until + _A_DAY):
        if first < day:
            yield first, day - _A_DAY
        first = day + _A_DAY


def _stage(session: Session, lines: staging.Readable, grain: Grain) -> int:
    """Copies the report into temporary tables that end with the transaction, and returns its rows."""
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with connection.cursor() as cursor:
        cursor.execute(_tables(grain))
        with cursor.copy(f"COPY pulled FROM STDIN (FORMAT csv, NULL '{staging.NULL}')") as copy:
            for piece in staging.chunks(lines):
                copy.write(piece)
        rows: int = cursor.rowcount
        # What is joined by; statistics of every column would take longer than a small report.
        cursor.execute(f"ANALYZE pulled (platform_campaign_id, {grain.moment})")
    return rows


def _slices(grain: Grain, values: Mapping[str, Any], *, parts: int) -> Iterator[tuple[Any, Any]]:
    """The report's moments in so many parts of whole days: each part's first moment, and the next one's."""
    since, days = values["since"], (values["until"] - values["since"]).days + 1
    edges: list[Any] = [since + timedelta(days=part * days // parts) for part in range(1, parts)]
    if grain.name is GrainName.HOUR:
        edges = [staging.bounds(edge, edge, values["zone"])[0] for edge in edges]
    return pairwise(["-infinity", *edges, "infinity"])


def _changed(
    session: Session, grain: Grain, values: Mapping[str, Any], slices: Iterable[tuple[Any, Any]]
) -> tuple[int, int]:
    """How many facts are not what was held, and how many of these were not held at all; writes them, and the ledger."""
    changed = sum(_count(session, _compare(grain), {**values, "start": start, "end": end}) for start, end in slices)
    new = _count(session, _insert(grain), values) if changed else 0
    if new < changed:
        session.execute(_remember(grain), values)
        session.execute(_update(grain), values)
    return changed, new


def _count(session: Session, statement: TextClause, values: Mapping[str, Any]) -> int:
    """How many rows the statement wrote."""
    written = session.execute(statement, values)
    assert isinstance(written, CursorResult)
    return written.rowcount


@cache
def _tables(grain: Grain) -> str:
    staged = ", ".join(f"{column} {type_}" for column, type_ in {**grain.key, **grain.values}.items())
    earlier = ", ".join(f"old_{column} {type_}" for column, type_ in grain.values.items())
    return f"""
        CREATE TEMPORARY TABLE pulled (platform_campaign_id text NOT NULL, {staged}) ON COMMIT DROP;
        CREATE TEMPORARY TABLE changed (
            user_id uuid,
            campaign_id uuid,
            platform platform_type,
            {staged},
            is_new boolean,
            old_valid_from timestamptz,
            {earlier}
        ) ON COMMIT DROP
    """


@cache
def _compare(grain: Grain) -> TextClause:
    """Fills `changed`: facts that are new, said otherwise, or taken back, each with what is held of it."""
    held = ", ".join(f"held.{column}" for column in grain.values)
    said = ", ".join(f"said.{column}" for column in grain.values)
    nothing = ", ".join(map(_nothing, grain.values.items()))
    same_fact = " AND ".join(f"held.{column} = said.{column}" for column in ("campaign_id", *grain.key))
    either = ", ".join(f"coalesce(said.{name}, held.{name})" for name in (*_WHOSE, *grain.key))
    now = ", ".join(
        f"CASE WHEN said.campaign_id IS NULL THEN {_nothing((name, type_))} ELSE said.{name} END"
        for name, type_ in grain.values.items()
    )
    return text(
        f"""
        INSERT INTO changed
        SELECT
            {either},
            {now},
            held.campaign_id IS NULL,
            held.valid_from,
            {held}
        FROM (
            SELECT
                campaigns.user_id,
                campaigns.id AS campaign_id,
                campaigns.platform,
                {", ".join(f"pulled.{column}" for column in grain.columns)}
            FROM pulled
            JOIN campaigns ON campaigns.platform_campaign_id = pulled.platform_campaign_id
            WHERE campaigns.platform_account_id = :account_id
                AND {_within(grain, "pulled")}
        ) AS said
        FULL JOIN (
            SELECT
                held.user_id,
                held.campaign_id,
                held.platform,
                held.valid_from,
                {", ".join(f"held.{column}" for column in grain.columns)}
            FROM {grain.facts} AS held
            JOIN campaigns ON campaigns.id = held.campaign_id
            WHERE campaigns.platform_account_id = :account_id
                AND {_asked(grain)}
                AND {_within(grain, "held")}
        ) AS held ON {same_fact}
        WHERE CASE
            WHEN said.campaign_id IS NULL THEN ({held}) IS DISTINCT FROM ({nothing})
            ELSE held.campaign_id IS NULL OR ({held}) IS DISTINCT FROM ({said})
        END
        """  # noqa: S608  (constant names)
    )


def _within(grain: Grain, of: str) -> str:
    """What of the facts is compared at once."""
    type_ = grain.key[grain.moment]
    return f"{of}.{grain.moment} >= CAST(:start AS {type_}) AND {of}.{grain.moment} < CAST(:end AS {type_})"


@cache
def _drop_kept(grain: Grain) -> TextClause:
    """Leaves out of the staged report what a later one says already."""
    return text(f"DELETE FROM pulled WHERE {_day_of(grain, 'pulled')} = ANY (:kept)")  # noqa: S608


def _day_of(grain: Grain, of: str) -> str:
    """The day of coverage to which a fact belongs, by the report's clock."""
    if grain.name is GrainName.HOUR:
        return f"CAST({of}.hour_timestamp AT TIME ZONE :zone AS date)"
    return f"{of}.date"


def _asked(grain: Grain) -> str:
    """What of the facts was asked about; anything else is left alone."""
    unkept = f"{_day_of(grain, 'held')} <> ALL (:kept)"
    match grain.name:
        case GrainName.HOUR:
            return f"held.hour_timestamp >= :first AND held.hour_timestamp < :last AND {unkept}"
        case GrainName.AUDIENCE:
            return f"held.date BETWEEN :first AND :last AND held.dimension = ANY (:dimensions) AND {unkept}"
        case _:
            return f"held.date BETWEEN :first AND :last AND {unkept}"


def _nothing(column: tuple[str, str]) -> str:
    """A value of a fact that was taken back: what was counted becomes 0, what was unknown stays so."""
    name, type_ = column
    return f"held.{name} * 0" if type_.startswith(("bigint", "numeric")) else f"held.{name}"


@cache
def _remember(grain: Grain) -> TextClause:
    columns, keys = ", ".join(grain.values), ", ".join(grain.key)
    earlier = ", ".join(f"old_{column}" for column in grain.values)
    return text(
        f"""
        INSERT INTO {grain.ledger} (user_id, campaign_id, platform, {keys}, {columns}, valid_from, valid_to)
        SELECT
            user_id,
            campaign_id,
            platform,
            {keys},
            {earlier},
            old_valid_from,
            :pulled_at
        FROM changed
        WHERE NOT is_new
            AND old_valid_from < :pulled_at
        """  # noqa: S608  (constant names)
    )


@cache
def _insert(grain: Grain) -> TextClause:
    """In the order of the indexes, where they grow at their ends: smaller and written faster than in a report's."""
    return text(f"{_write(grain)} WHERE is_new ORDER BY {grain.moment} DESC, campaign_id")


@cache
def _update(grain: Grain) -> TextClause:
    """By the key's index, for a join would read the account's whole past for a few rows; and in its order."""
    values = ",\n            ".join(f"{column} = excluded.{column}" for column in grain.values)
    return text(
        f"""
        {_write(grain)}
        WHERE NOT is_new
        ORDER BY {grain.moment} DESC, campaign_id
        ON CONFLICT (campaign_id, {", ".join(grain.key)}) DO UPDATE
        SET
            {values},
            valid_from = excluded.valid_from,
            updated_at = clock_timestamp()
        """  # noqa: S608  (constant names)
    )


def _write(grain: Grain) -> str:
    columns = ", ".join(grain.columns)
    return f"""
        INSERT INTO {grain.facts} (user_id, campaign_id, platform, {columns}, valid_from)
        SELECT
            user_id,
            campaign_id,
            platform,
            {columns},
            CAST(:pulled_at AS timestamptz)
        FROM changed
    """  # noqa: S608  (constant names)
