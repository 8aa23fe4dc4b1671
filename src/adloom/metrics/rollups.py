"""The roll-up of daily facts, `account_metrics`: written from what an ingest changed, and counted again from the facts.

What is added is always a difference, so that one statement serves an ingest and the mending of a wrong row. The caller
holds the account's lock (`ingest`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.core.errors import Forbidden
from adloom.db import session as db
from adloom.db.session import ReadSession, Session
from adloom.metrics import locks, windows

_KEY = ("user_id", "date", "platform_account_id", "platform", "spend_currency", "client_id")
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


_CHANGED = f"""
    SELECT
        campaigns.user_id,
        parts.date,
        campaigns.platform_account_id,
        campaigns.platform,
        parts.spend_currency,
        campaigns.client_id,
        {", ".join(f"parts.{name}" for name in _SUMMED)}
    FROM (
        SELECT
            campaign_id,
            date,
            spend_currency,
            {_signed("", prefix="")}
        FROM changed
        UNION ALL
        SELECT
            campaign_id,
            date,
            old_spend_currency,
            {_signed("-", prefix="old_")}
        FROM changed
        WHERE NOT is_new
    ) AS parts
    JOIN campaigns ON campaigns.id = parts.campaign_id
"""  # noqa: S608  (constant names)

# What the facts say, less what is held. NULL asks of every account.
_MISSED = f"""
    SELECT
        campaigns.user_id,
        facts.date,
        campaigns.platform_account_id,
        facts.platform,
        facts.spend_currency,
        campaigns.client_id,
        {_signed("", prefix="facts.")}
    FROM campaign_metrics AS facts
    JOIN campaigns ON campaigns.id = facts.campaign_id
    WHERE CAST(:account_id AS uuid) IS NULL OR campaigns.platform_account_id = CAST(:account_id AS uuid)
    UNION ALL
    SELECT
        {", ".join(_KEY)},
        {", ".join(f"-{name}" for name in _SUMMED)}
    FROM account_metrics
    WHERE CAST(:account_id AS uuid) IS NULL OR platform_account_id = CAST(:account_id AS uuid)
"""  # noqa: S608  (constant names)


def _differences(parts: str) -> str:
    """SQL: the parts added up by key, without those that come to nothing."""
    sums = [f"sum(parts.{name})" for name in _SUMMED]
    return f"""
    SELECT
        {", ".join(f"parts.{name}" for name in _KEY)},
        {", ".join(f"{total} AS {name}" for total, name in zip(sums, _SUMMED, strict=True))}
    FROM (
        {parts}
    ) AS parts
    GROUP BY
        {", ".join(f"parts.{name}" for name in _KEY)}
    HAVING
        {" OR ".join(f"{total} <> 0" for total in sums)}
    """  # noqa: S608  (constant names)


def _added(parts: str) -> str:
    """SQL: adds the parts to what is held."""
    added = ", ".join(f"{name} = held.{name} + excluded.{name}" for name in _SUMMED)
    return f"""
    INSERT INTO account_metrics AS held ({", ".join(_KEY)}, {", ".join(_SUMMED)})
    {_differences(parts)}
    ON CONFLICT ({", ".join(_KEY)}) DO UPDATE
    SET
        {added},
        updated_at = clock_timestamp()
    """  # noqa: S608  (constant names)


_ADD_CHANGED = text(_added(_CHANGED))
_ADD_MISSED = text(_added(_MISSED))
_WRONG = text(_differences(_MISSED) + " ORDER BY platform_account_id, date, spend_currency")


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
    """What a recount found: wrong days of accounts, and how many windows of campaigns are not their facts'."""

    days: Sequence[Wrong]
    windows: int

    @property
    def wrong(self) -> int:
        """How many rows are wrong."""
        return len(self.days) + self.windows

    def as_json(self) -> dict[str, Any]:
        """As a door shows it."""
        return {"wrong": self.wrong, "windows": self.windows, "days": [day.as_json() for day in self.days]}


def write(session: Session) -> None:
    """Adds what an ingest of days changed, in its transaction."""
    session.execute(_ADD_CHANGED)


def recount(actor: Actor) -> Recount:
    """Compares every roll-up of the tenant with its facts, at one moment each; changes nothing."""
    with db.reading(actor) as session:
        return Recount(days=_wrong(session), windows=windows.wrong(session))


def mend(actor: Actor) -> Recount:
    """Sets right what a recount finds, account by account, and returns what was wrong.

    Raises Forbidden for who may not write, or sees one client alone.
    """
    actor.may_write()
    if actor.client_id is not None:
        raise Forbidden("Sums are set right for the whole of a tenant.")
    found = recount(actor)
    for account_id in sorted({day.account_id for day in found.days}):
        with db.transaction(actor) as session:
            locks.take(session, account_id=account_id)
            session.execute(_ADD_MISSED, {"account_id": account_id})
    if found.windows:
        windows.make_anew(actor)
    return found


def _wrong(session: ReadSession) -> list[Wrong]:
    rows = session.execute(_WRONG, {"account_id": None})
    return [Wrong(row.platform_account_id, row.date, row.spend_currency, int(row.facts)) for row in rows]
