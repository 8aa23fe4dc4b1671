"""Drift rows: what stands on a platform otherwise than it was applied, since when, and what was decided about it.

Every function joins the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.campaigns.types import Decision, DriftView
from adloom.db.session import ReadSession, Session
from adloom.platforms import drifting
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Platform

_COLUMNS = """
    campaign_drifts.id,
    campaign_drifts.campaign_id,
    campaigns.platform,
    campaign_drifts.object,
    campaign_drifts.kind,
    campaign_drifts.field,
    campaign_drifts.ours,
    campaign_drifts.theirs,
    campaign_drifts.value,
    campaign_drifts.first_seen_at,
    campaign_drifts.last_seen_at,
    campaign_drifts.ended_at,
    campaign_drifts.decision,
    campaign_drifts.decided_by,
    campaign_drifts.decided_at,
    campaign_drifts.deployment_id
"""

_STANDING = text(
    f"""
    SELECT {_COLUMNS}
    FROM campaign_drifts
    JOIN campaigns ON campaigns.id = campaign_drifts.campaign_id
    WHERE campaign_drifts.campaign_id = :campaign_id
        AND campaign_drifts.ended_at IS NULL
    ORDER BY
        campaign_drifts.first_seen_at,
        campaign_drifts.object,
        campaign_drifts.field
    """  # noqa: S608  (a constant list of columns)
)

_ALL = text(
    f"""
    SELECT {_COLUMNS}
    FROM campaign_drifts
    JOIN campaigns ON campaigns.id = campaign_drifts.campaign_id
    WHERE (CAST(:campaign_id AS uuid) IS NULL OR campaign_drifts.campaign_id = CAST(:campaign_id AS uuid))
        AND (CAST(:ad_id AS uuid) IS NULL OR campaigns.ad_id = CAST(:ad_id AS uuid))
    ORDER BY
        campaign_drifts.first_seen_at DESC,
        campaign_drifts.object,
        campaign_drifts.field
    """  # noqa: S608  (a constant list of columns)
)

# What was decided about and is seen all the same, or is seen with another value, has been changed there once more:
# another row, so that the history tells each change, and a plan that was made in between how it is stale.
_CLOSE_CHANGED = text(
    """
    UPDATE campaign_drifts
    SET ended_at = clock_timestamp()
    WHERE campaign_id = :campaign_id
        AND ended_at IS NULL
        AND (
            decision IS NOT NULL
            OR EXISTS (
                SELECT
                FROM jsonb_to_recordset(CAST(:seen AS jsonb))
                    AS seen (object text, kind text, field text, theirs text)
                WHERE seen.object = campaign_drifts.object
                    AND seen.kind = campaign_drifts.kind
                    AND seen.field = campaign_drifts.field
                    AND seen.theirs IS DISTINCT FROM campaign_drifts.theirs
            )
        )
    """
)

_SEEN = text(
    """
    INSERT INTO campaign_drifts (
        user_id,
        campaign_id,
        object,
        kind,
        field,
        ours,
        theirs,
        value
    )
    SELECT
        :user_id,
        :campaign_id,
        seen.object,
        seen.kind,
        seen.field,
        seen.ours,
        seen.theirs,
        seen.value
    FROM jsonb_to_recordset(CAST(:seen AS jsonb))
        AS seen (object text, kind text, field text, ours text, theirs text, value jsonb)
    ON CONFLICT (campaign_id, object, field, kind) WHERE ended_at IS NULL DO UPDATE
    SET
        ours = excluded.ours,
        theirs = excluded.theirs,
        value = excluded.value,
        last_seen_at = clock_timestamp()
    """
)

_CLOSE_UNSEEN = text(
    """
    UPDATE campaign_drifts
    SET ended_at = clock_timestamp()
    WHERE campaign_id = :campaign_id
        AND ended_at IS NULL
        AND NOT EXISTS (
            SELECT
            FROM jsonb_to_recordset(CAST(:seen AS jsonb)) AS seen (object text, kind text, field text)
            WHERE seen.object = campaign_drifts.object
                AND seen.kind = campaign_drifts.kind
                AND seen.field = campaign_drifts.field
        )
    """
)

_CHECKED = text("UPDATE campaigns SET drift_checked_at = clock_timestamp() WHERE id = :campaign_id")

_DECIDE = text(
    """
    UPDATE campaign_drifts
    SET
        decision = :decision,
        decided_by = :decided_by,
        decided_at = clock_timestamp(),
        deployment_id = CAST(:deployment_id AS uuid),
        ended_at = CASE WHEN :is_over THEN clock_timestamp() END
    WHERE id = ANY(:ids)
        AND ended_at IS NULL
    """
)

_CLOSE_OF = text(
    """
    UPDATE campaign_drifts
    SET ended_at = clock_timestamp()
    WHERE deployment_id = :deployment_id
        AND ended_at IS NULL
    """
)


def seen(session: Session, *, user_id: UUID, campaign_id: UUID, found: Collection[Drift]) -> None:
    """Keeps all that stands otherwise now; what is not among it stands no more."""
    rows = json.dumps([as_row(each) for each in found], default=str)
    session.execute(_CLOSE_CHANGED, {"campaign_id": campaign_id, "seen": rows})
    session.execute(_SEEN, {"user_id": user_id, "campaign_id": campaign_id, "seen": rows})
    session.execute(_CLOSE_UNSEEN, {"campaign_id": campaign_id, "seen": rows})
    session.execute(_CHECKED, {"campaign_id": campaign_id})


def standing(session: ReadSession, campaign_id: UUID) -> tuple[DriftView, ...]:
    """What stands otherwise, as far as was seen; oldest first."""
    rows = session.execute(_STANDING, {"campaign_id": campaign_id}).mappings()
    return tuple(_view(row) for row in rows)


def history(
    session: ReadSession, *, campaign_id: UUID | None = None, ad_id: UUID | None = None
) -> tuple[DriftView, ...]:
    """All that ever stood otherwise in a campaign (or in an ad's campaigns), newest first."""
    rows = session.execute(_ALL, {"campaign_id": campaign_id, "ad_id": ad_id}).mappings()
    return tuple(_view(row) for row in rows)


def decide(
    session: Session,
    drifts: Collection[DriftView],
    *,
    decision: Decision,
    by: UUID | None,
    deployment_id: UUID | None,
    is_over: bool,
) -> None:
    """What a person decided, and which deployment does it; `is_over`: it stands otherwise no more."""
    values = {
        "ids": [each.id for each in drifts],
        "decision": decision.value,
        "decided_by": by,
        "deployment_id": deployment_id,
        "is_over": is_over,
    }
    session.execute(_DECIDE, values)


def close_of(session: Session, *, deployment_id: UUID) -> None:
    """What a deployment has put back stands otherwise no more."""
    session.execute(_CLOSE_OF, {"deployment_id": deployment_id})


def as_it_stands(session: ReadSession, campaign_id: UUID, spec: CampaignSpec | None) -> CampaignSpec | None:
    """What was applied last with the budget that somebody has set on the platform since: the last budget there is."""
    if spec is None:
        return None
    budgets = [each.drift for each in standing(session, campaign_id) if each.drift.field == "budget.amount"]
    return drifting.overlaid(spec, [each for each in budgets if each.value is not None])


def as_row(drift: Drift) -> dict[str, Any]:
    """A drift as JSON, as rows and deployments keep it."""
    return {
        "object": drift.object,
        "kind": drift.kind.value,
        "field": drift.field or "",
        "ours": drift.ours,
        "theirs": drift.theirs,
        "value": drift.value,
    }


def of_rows(rows: Sequence[Mapping[str, Any]]) -> tuple[Drift, ...]:
    """The drifts that a deployment keeps."""
    return tuple(_drift(row) for row in rows)


def _drift(row: Mapping[Any, Any]) -> Drift:
    return Drift(
        object=row["object"],
        kind=DriftKind(row["kind"]),
        field=row["field"] or None,
        ours=row["ours"],
        theirs=row["theirs"],
        value=row["value"],
    )


def _view(row: RowMapping) -> DriftView:
    return DriftView(
        id=row["id"],
        campaign_id=row["campaign_id"],
        platform=Platform(row["platform"]),
        drift=_drift(row),
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
        ended_at=row["ended_at"],
        decision=None if row["decision"] is None else Decision(row["decision"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        deployment_id=row["deployment_id"],
    )
