"""What the last comparisons with the platforms' own totals found: it is kept in their jobs' results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics.answers import Answer
from adloom.platforms.types import Platform

# Every account's newest outcome; one of an account that is gone is not told. And what others have found since some
# nights: a comparison of other days takes back nothing of it.
_LAST = text(
    """
    SELECT
        compared.job_id,
        compared.result,
        compared.place
    FROM (
        SELECT
            background_jobs.id AS job_id,
            background_jobs.result,
            background_jobs.completed_at,
            row_number() OVER (
                PARTITION BY platform_accounts.id ORDER BY background_jobs.completed_at DESC, background_jobs.id
            ) AS place
        FROM background_jobs
        JOIN platform_accounts ON CAST(platform_accounts.id AS text) = background_jobs.job_data ->> 'account_id'
        WHERE background_jobs.job_type = 'metrics.reconcile'
            AND background_jobs.status = 'completed'
            AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
    ) AS compared
    WHERE compared.place = 1
        OR compared.completed_at > clock_timestamp() - INTERVAL '3 days'
    ORDER BY compared.place
    """
)

# Every account is compared each night: what is older than some nights is no alert any more. Of each day the newest
# comparison counts, whatever other days were compared since.
_UNEXPLAINED = text(
    """
    SELECT
        newest.platform,
        newest.external_id,
        count(*) AS days
    FROM (
        SELECT
            platform_accounts.platform,
            platform_accounts.external_id,
            day.told ->> 'explanation' AS explanation,
            rank() OVER (
                PARTITION BY platform_accounts.id, day.told ->> 'date'
                ORDER BY background_jobs.completed_at DESC, background_jobs.id
            ) AS place
        FROM background_jobs
        JOIN platform_accounts ON CAST(platform_accounts.id AS text) = background_jobs.job_data ->> 'account_id'
        CROSS JOIN jsonb_array_elements(background_jobs.result -> 'days') AS day (told)
        WHERE background_jobs.job_type = 'metrics.reconcile'
            AND background_jobs.status = 'completed'
            AND background_jobs.completed_at > clock_timestamp() - INTERVAL '3 days'
            AND platform_accounts.status <> 'disconnected'
            AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
    ) AS newest
    WHERE newest.place = 1
        AND newest.explanation = 'unexplained'
    GROUP BY
        newest.platform,
        newest.external_id
    ORDER BY
        newest.platform,
        newest.external_id
    """
)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """An account of whose days so many are not what its platform says, for no reason that is known."""

    platform: Platform
    external_id: str
    days: int


def unexplained(actor: Actor, *, client_id: UUID | None = None) -> tuple[Unexplained, ...]:
    """The accounts whose newest comparison of the last nights found what nothing explains; by platform and account."""
    with db.reading(actor) as session:
        rows = session.execute(_UNEXPLAINED, {"client_id": client_id}).all()
    return tuple(Unexplained(Platform(row.platform), row.external_id, row.days) for row in rows)


def newest(actor: Actor, *, client_id: UUID | None = None) -> Answer[dict[str, Any]]:
    """Every account's newest comparison as its job told it, with the `job_id`; by platform and account.

    Days that one of the last nights found unexplained stand in it until they are compared again.
    """
    with db.reader(actor) as (session, data_as_of):
        rows = session.execute(_LAST, {"client_id": client_id}).all()
    compared: dict[str, list[dict[str, Any]]] = {}
    for row in rows:  # the newest first
        compared.setdefault(row.result["account_id"], []).append({"job_id": str(row.job_id), **row.result})
    found = [_with_unexplained(*each) for each in compared.values()]
    return Answer(sorted(found, key=lambda each: (each["platform"], each["external_id"])), data_as_of=data_as_of)


def _with_unexplained(newest_: dict[str, Any], *older: Mapping[str, Any]) -> dict[str, Any]:
    """An outcome with the days that an older one found unexplained, and that nobody has compared since."""
    days = list(newest_["days"])
    since = {day["date"] for day in days}
    for each in older:
        days += [day for day in each["days"] if day["explanation"] == "unexplained" and day["date"] not in since]
        since |= {day["date"] for day in each["days"]}
    unexplained_ = sum(day["explanation"] == "unexplained" for day in days)
    return {**newest_, "days": sorted(days, key=lambda day: str(day["date"])), "unexplained": unexplained_}
