"""What became of a stop: how many campaigns stand paused and after how long, and by name which do not, and the cure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, text

from adloom.campaigns import cures, stopping
from adloom.campaigns.stopping import Stopping
from adloom.campaigns.types import Named, NotStopped, Scope, Stopped
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.platforms.types import Platform

#: A person who stops everything is told after this long at the latest what still runs, and acts by hand.
PATIENCE = timedelta(seconds=120)
_POLL_S = 0.1

# The newest pause or deletion of each campaign that was under way at that moment, or was asked for since. A member of
# one client does not see the ad account, where it is shared.
_ROWS = text(
    """
    SELECT DISTINCT ON (campaigns.id)
        campaigns.id,
        campaigns.campaign_name AS name,
        campaigns.ad_id,
        ads.name AS ad_name,
        campaigns.platform,
        campaigns.platform_campaign_id,
        platform_accounts.external_id AS account,
        platform_accounts.attributes,
        asked.status = 'completed' OR campaigns.deleted_at IS NOT NULL AS is_stopped,
        asked.status IN ('pending', 'in_progress')
            AND coalesce(background_jobs.status IN ('pending', 'running'), false) AS is_under_way,
        CASE WHEN background_jobs.status = 'pending' THEN background_jobs.scheduled_at END AS tried_again_at,
        coalesce(
            asked.error_details,
            CASE WHEN background_jobs.status IN ('pending', 'failed') THEN background_jobs.error END
        ) AS error,
        EXTRACT(EPOCH FROM coalesce(asked.completed_at, campaigns.deleted_at) - CAST(:since AS timestamptz)) AS seconds
    FROM campaign_deployments AS asked
    JOIN campaigns ON campaigns.id = asked.campaign_id
    JOIN ads ON ads.id = campaigns.ad_id
    LEFT JOIN platform_accounts ON platform_accounts.id = campaigns.platform_account_id
    LEFT JOIN background_jobs ON background_jobs.id = asked.job_id
    WHERE asked.deployment_type IN ('pause', 'delete')
        AND (asked.status IN ('pending', 'in_progress') OR asked.completed_at >= CAST(:since AS timestamptz))
        AND (CAST(:client_id AS uuid) IS NULL OR CAST(:client_id AS uuid) IN (campaigns.client_id, ads.client_id))
        AND (CAST(:account_ids AS uuid[]) IS NULL OR campaigns.platform_account_id = ANY(CAST(:account_ids AS uuid[])))
    ORDER BY
        campaigns.id,
        asked.created_at DESC
    """
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a stop stands. `seconds` lie between the call and the last campaign that stood paused.

    `is_over`: nothing is under way any more that would end within PATIENCE of the call.
    """

    stopped: tuple[Stopped, ...]
    not_stopped: tuple[NotStopped, ...]
    seconds: float
    is_over: bool

    def as_json(self) -> dict[str, Any]:
        """The outcome as API and CLI show it."""
        return {
            "stopped": [each.as_json() for each in self.stopped],
            "not_stopped": [each.as_json() for each in self.not_stopped],
            "seconds": self.seconds,
        }


def outcome(actor: Actor, *, scope: Scope, since: datetime) -> Outcome:
    """What became of the pauses in the scope that were under way at `since`, or were asked for since then."""
    rows = [row for each in stopping.tenants(actor, scope=scope) for row in _rows(each, scope, since)]
    stopped = tuple(_stopped(row) for row in rows if row["is_stopped"])
    return Outcome(
        stopped=stopped,
        not_stopped=tuple(_not_stopped(row) for row in rows if not row["is_stopped"]),
        seconds=max((each.seconds for each in stopped), default=0.0),
        is_over=not any(_is_waited_for(row, since=since) for row in rows),
    )


def follow(actor: Actor, asked: Stopping, *, scope: Scope, seen: Callable[[Outcome], None] = lambda _: None) -> Outcome:
    """Waits until all that was asked for has ended, PATIENCE at most, and tells `seen` each time how it stands.

    What a platform keeps waiting beyond that is not waited for. What could not be asked for is among what did not stop.
    """
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while True:
        found = outcome(actor, scope=scope, since=asked.asked_at)
        seen(found)
        if found.is_over or time.monotonic() > deadline:
            return Outcome(found.stopped, (*asked.not_asked, *found.not_stopped), found.seconds, is_over=True)
        time.sleep(_POLL_S)


def _rows(actor: Actor, scope: Scope, since: datetime) -> Iterable[RowMapping]:
    with db.reading(actor) as session:
        return session.execute(_ROWS, {**scope.values(), "since": since}).mappings().all()


def _is_waited_for(row: RowMapping, *, since: datetime) -> bool:
    if row["is_stopped"] or not row["is_under_way"]:
        return False
    return row["tried_again_at"] is None or row["tried_again_at"] - since <= PATIENCE


def _stopped(row: RowMapping) -> Stopped:
    return Stopped(**_campaign(row), seconds=round(max(float(row["seconds"]), 0.0), 3))


def _not_stopped(row: RowMapping) -> NotStopped:
    cure = cures.cure(
        row["error"],
        platform=Platform(row["platform"]),
        account=row["account"],
        attributes=row["attributes"] or {},
        campaign_id=row["platform_campaign_id"],
        is_under_way=row["is_under_way"],
        tried_again_at=row["tried_again_at"],
    )
    return NotStopped(**_campaign(row), reason=cures.reason(row["error"]), cure=cure)


def _campaign(row: RowMapping) -> Mapping[str, Any]:
    return {
        "campaign": Named(row["id"], row["name"]),
        "ad": Named(row["ad_id"], row["ad_name"]),
        "platform": Platform(row["platform"]),
        "platform_campaign_id": row["platform_campaign_id"],
    }
