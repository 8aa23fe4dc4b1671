"""The roll-ups of daily facts: written from what an ingest changed, and counted again from the facts.

What is added is always a difference, so that one statement serves an ingest and the mending of a wrong row. The caller
holds the account's lock (`ingest`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from adloom.core.actor import Actor
from adloom.core.errors import Forbidden
from adloom.db import session as db
from adloom.db.session import ReadSession, Session
from adloom.metrics import locks, windows

_SUMMED = (
    "facts",
    "impressions",
    "clicks",
    "conversions",
    "conversions_told",
    "conversion_value",
    "conversion_value_told",
    "spend_amount",
)


def _signed(sign: str, *, prefix: str) -> str:
    """A fact's part in each sum; what was not reported adds nothing, and is not counted as told."""
    return f"""
            {sign}1 AS facts,
            {sign}{prefix}impressions AS impressions,
            {sign}{prefix}clicks AS clicks,
            {sign}coalesce({prefix}conversions, 0) AS conversions,
            {sign}num_nonnulls({prefix}conversions) AS conversions_told,
            {sign}coalesce({prefix}conversion_value, 0) AS conversion_value,
            {sign}num_nonnulls({prefix}conversion_value) AS conversion_value_told,
            {sign}{prefix}spend_amount AS spend_amount
    """


_NEW = f"""
        SELECT
            campaign_id,
            date,
            spend_currency,
            {_signed("", prefix="")}
        FROM changed
"""  # noqa: S608  (constant names)

_CHANGED = f"""
        {_NEW}
        UNION ALL
        SELECT
            campaign_id,
            date,
            old_spend_currency,
            {_signed("-", prefix="old_")}
        FROM changed
        WHERE NOT is_new
"""  # noqa: S608  (constant names)

#: SQL: whether a day, or a week's Monday, is one of those that are counted again at once.
_COUNTED = "{of}.date >= CAST(:since AS date) AND {of}.date < CAST(:next AS date)"

_FACTS = f"""
        SELECT
            campaign_id,
            date,
            spend_currency,
            {_signed("", prefix="")}
        FROM campaign_metrics
        WHERE {_COUNTED.format(of="campaign_metrics")}
"""  # noqa: S608  (constant names)


def _added_up(parts: str, key: Mapping[str, str]) -> str:
    """SQL: the parts added up by what is said of the key's columns, without those that come to nothing."""
    sums = [f"sum(parts.{name})" for name in _SUMMED]
    return f"""
        SELECT
            {", ".join(f"{said} AS {name}" for name, said in key.items())},
            {", ".join(f"{total} AS {name}" for total, name in zip(sums, _SUMMED, strict=True))}
        FROM {parts} AS parts
        GROUP BY {", ".join(map(str, range(1, len(key) + 1)))}
        HAVING {" OR ".join(f"{total} <> 0" for total in sums)}
        """  # noqa: S608  (constant names)


@dataclass(frozen=True, slots=True)
class _RollUp:
    """A table of sums. `key` says of each column of its key what it is for a fact in `parts` of a row in `campaigns`.

    `held` says which of its rows are counted again: those of campaigns that there are.
    """

    table: str
    key: Mapping[str, str]
    held: str

    def parts(self, facts: str) -> str:
        """SQL: what these facts add, by key. Of one account, or of every one where `:account_id` is NULL."""
        return f"""
        SELECT
            {", ".join(f"{said} AS {name}" for name, said in self.key.items())},
            {", ".join(f"parts.{name}" for name in _SUMMED)}
        FROM ({facts}) AS parts
        JOIN campaigns ON campaigns.id = parts.campaign_id
        WHERE CAST(:account_id AS uuid) IS NULL OR campaigns.platform_account_id = CAST(:account_id AS uuid)
        """  # noqa: S608  (constant names)

    def missed(self) -> str:
        """SQL: what the facts of some days say, less what is held of them."""
        return f"""
        {self.parts(_FACTS)}
        UNION ALL
        SELECT
            {", ".join(f"held.{name}" for name in self.key)},
            {", ".join(f"-held.{name}" for name in _SUMMED)}
        FROM {self.table} AS held
        {self.held}
            AND {_COUNTED.format(of="held")}
        """  # noqa: S608  (constant names)

    def differences(self, parts: str) -> str:
        """SQL: the parts added up by key, without those that come to nothing."""
        return _added_up(f"({parts})", {name: f"parts.{name}" for name in self.key})

    def adding(self, parts: str) -> str:
        """SQL: adds the parts to what is held."""
        return f"""
        INSERT INTO {self.table} AS held ({", ".join(self.key)}, {", ".join(_SUMMED)})
        {self.differences(parts)}
        ON CONFLICT ({", ".join(self.key)}) DO UPDATE
        SET
            {", ".join(f"{name} = held.{name} + excluded.{name}" for name in _SUMMED)},
            updated_at = clock_timestamp()
        """  # noqa: S608  (constant names)


_DAYS = _RollUp(
    "account_metrics",
    {
        "user_id": "campaigns.user_id",
        "date": "parts.date",
        "platform_account_id": "campaigns.platform_account_id",
        "platform": "campaigns.platform",
        "spend_currency": "parts.spend_currency",
        "client_id": "campaigns.client_id",
    },
    held="WHERE (CAST(:account_id AS uuid) IS NULL OR held.platform_account_id = CAST(:account_id AS uuid))",
)
_WEEKS = _RollUp(
    "campaign_weeks",
    {
        "user_id": "campaigns.user_id",
        "date": "parts.date - (parts.date - DATE '0001-01-01') % 7",  # a Monday; in integers, for speed
        "campaign_id": "parts.campaign_id",
        "spend_currency": "parts.spend_currency",
    },
    held="""
        JOIN campaigns ON campaigns.id = held.campaign_id
        WHERE (CAST(:account_id AS uuid) IS NULL OR campaigns.platform_account_id = CAST(:account_id AS uuid))
    """,
)

_BY_AGE = {
    "campaign_id": "parts.campaign_id",
    "date": _WEEKS.key["date"],
    "age": windows.AGE,
    "spend_currency": "parts.spend_currency",
}


def _adding_changed(facts: str) -> tuple[TextClause, TextClause]:
    """Add what was changed to days, and to weeks and windows. The latter are written of one adding up by campaign."""
    weeks = _WEEKS.adding(_WEEKS.parts("SELECT * FROM by_age"))
    by_campaign = f"""
        WITH by_age AS MATERIALIZED (
            {_added_up(f"({facts})", _BY_AGE)}
        ),
        weeks AS (
            {weeks}
        )
        {windows.adding("by_age")}
    """
    return text(_DAYS.adding(_DAYS.parts(facts))), text(by_campaign)


_ADD_NEW, _ADD_CHANGED = _adding_changed(_NEW), _adding_changed(_CHANGED)
_ADD_MISSED = tuple(text(roll_up.adding(roll_up.missed())) for roll_up in (_DAYS, _WEEKS))
_WRONG_DAYS = text(f"{_DAYS.differences(_DAYS.missed())} ORDER BY platform_account_id, date, spend_currency")
_WRONG_WEEKS = text(
    f"""
    SELECT
        campaign_id,
        count(*) AS weeks
    FROM ({_WEEKS.differences(_WEEKS.missed())}) AS wrong
    GROUP BY campaign_id
    """  # noqa: S608  (constant names)
)
_ACCOUNTS = text("SELECT id, platform_account_id FROM campaigns WHERE id = ANY (:campaigns)")
_FIRST_AND_LAST = text(
    """
    SELECT
        min(date) AS first,
        max(date) AS last
    FROM (
        SELECT date FROM campaign_metrics
        UNION ALL
        SELECT date FROM account_metrics
        UNION ALL
        SELECT date FROM campaign_weeks
    ) AS known
    """
)
#: Days that are counted again at once: whole weeks, and few enough for a statement, whatever a tenant's history.
_AT_ONCE = timedelta(weeks=8)

_EVERY_ACCOUNT = {"account_id": None}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A day of an account whose sums are not those of its facts; `facts` is how many more there are than were added."""

    account_id: UUID
    date: date
    currency: str
    facts: int

    def as_json(self) -> dict[str, Any]:
        """As it stands in a job's result."""
        return {
            "account_id": str(self.account_id),
            "date": self.date.isoformat(),
            "currency": self.currency,
            "facts": self.facts,
        }


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount found: wrong days of accounts, and how many weeks and windows of campaigns are wrong."""

    days: Sequence[Wrong]
    weeks: int
    windows: int

    @property
    def wrong(self) -> int:
        """How many rows are wrong."""
        return len(self.days) + self.weeks + self.windows

    def as_json(self) -> dict[str, Any]:
        """As a door shows it."""
        return {
            "wrong": self.wrong,
            "weeks": self.weeks,
            "windows": self.windows,
            "days": [day.as_json() for day in self.days],
        }


def first_days(since: date) -> dict[str, date]:
    """By partitioned table of roll-ups: the first of its days that gets something of the facts from `since` on."""
    return {_DAYS.table: since, _WEEKS.table: since - timedelta(days=since.weekday())}


def write(session: Session, *, user_id: UUID, are_new: bool) -> None:
    """Adds what an ingest of days changed, in its transaction. `are_new`: none of it was held before."""
    until = windows.held_end(session, user_id=user_id)
    lost = [] if are_new or until is None else windows.lost(session, until=until)
    for statement in _ADD_NEW if are_new else _ADD_CHANGED:
        session.execute(statement, {**_EVERY_ACCOUNT, "user_id": user_id, "until": until, "lost": lost})
    if lost and until is not None:
        windows.make(session, until=until, campaigns=lost)


def recount(actor: Actor) -> Recount:
    """Compares every roll-up of the tenant with its facts, some weeks at one moment each; changes nothing."""
    with db.reading(actor) as session:
        return _told(_found(session), windows=windows.wrong(session))


def mend(actor: Actor) -> Recount:
    """Sets right what a recount finds, by account and some weeks at a time, and returns what was wrong.

    Raises Forbidden for who may not write, or sees one client alone.
    """
    actor.may_write()
    if actor.client_id is not None:
        raise Forbidden("Sums are set right for the whole of a tenant.")
    with db.reading(actor) as session:
        found, wrong_windows = _found(session), windows.wrong(session)
    for each in found:
        for account_id in each.accounts:
            with db.transaction(actor) as session:
                locks.take(session, account_id=account_id)
                for statement in _ADD_MISSED:
                    session.execute(statement, {**each.span, "account_id": account_id})
    if wrong_windows:
        windows.make_anew(actor)
    return _told(found, windows=wrong_windows)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is wrong in some weeks: days of accounts, and how many weeks of campaigns, by account."""

    span: Mapping[str, date]
    days: Sequence[Wrong]
    weeks: Mapping[UUID, int]

    @property
    def accounts(self) -> Collection[UUID]:
        return sorted({day.account_id for day in self.days} | set(self.weeks))


def _found(session: ReadSession) -> list[_Found]:
    return [
        _Found(span, _wrong_days(session, span), _wrong_weeks(session, span))
        for span in _spans(*session.execute(_FIRST_AND_LAST).one())
    ]


def _told(found: Sequence[_Found], *, windows: int) -> Recount:
    days = sorted((day for each in found for day in each.days), key=lambda day: (day.account_id, day.date))
    return Recount(days=days, weeks=sum(sum(each.weeks.values()) for each in found), windows=windows)


def _spans(first: date | None, last: date | None) -> Iterator[Mapping[str, date]]:
    """Whole weeks, some at a time, that hold all days from the first to the last one."""
    if first is None or last is None:
        return
    since = first - timedelta(days=first.weekday())
    while since <= last:
        yield {"since": since, "next": since + _AT_ONCE}
        since += _AT_ONCE


def _wrong_days(session: ReadSession, span: Mapping[str, date]) -> list[Wrong]:
    rows = session.execute(_WRONG_DAYS, {**_EVERY_ACCOUNT, **span})
    return [Wrong(row.platform_account_id, row.date, row.spend_currency, int(row.facts)) for row in rows]


def _wrong_weeks(session: ReadSession, span: Mapping[str, date]) -> Mapping[UUID, int]:
    """How many weeks of campaigns are wrong, by account."""
    wrong = {row.campaign_id: row.weeks for row in session.execute(_WRONG_WEEKS, {**_EVERY_ACCOUNT, **span})}
    found: Counter[UUID] = Counter()
    for campaign_id, account_id in session.execute(_ACCOUNTS, {"campaigns": list(wrong)}) if wrong else ():
        found[account_id] += wrong[campaign_id]
    return found
