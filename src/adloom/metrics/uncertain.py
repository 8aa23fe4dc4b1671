"""Marks figures of days that may be other days: of accounts whose report zone nobody knows yet (`report_zones`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text

from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.db.session import ReadSession
from adloom.db.trips import Query
from adloom.metrics import claims, report_zones
from adloom.metrics.types import MetricRow

_CAMPAIGNS = text("SELECT id FROM campaigns WHERE platform_account_id = ANY(:account_ids)")

#: Whether `marked` may find anything; where it does not, there is no need to ask it.
MAY_BE = Query(
    text(
        """
        SELECT EXISTS (
            SELECT
            FROM platform_accounts
            WHERE CAST(platform AS text) = ANY (CAST(:platforms AS text[]))
                AND coalesce(attributes ->> :attribute, '') = ''
                AND time_zone <> 'UTC'
        )
        """
    ),
    {
        "platforms": sorted(platform.value for platform in report_zones.DOUBTED),
        "attribute": report_zones.ATTRIBUTE,
    },
)

#: How a figure's note begins where its days are uncertain.
MARK = "uncertain days"
NOTE = f"{MARK}, for it is not decided yet whether reports of {{accounts}} count in the account's zone or in UTC"


def accounts(session: ReadSession) -> list[AccountView]:
    """Those whose report zone is open."""
    return [
        each
        for platform in sorted(report_zones.DOUBTED)
        for each in connections.accounts_in(session, platform=platform)
        if report_zones.is_doubted(each)
    ]


def marked(session: ReadSession, rows: Sequence[MetricRow]) -> list[MetricRow]:
    """The rows, those with days of an account whose report zone is open with a note that says so."""
    if not any(row.platform is None or row.platform in report_zones.DOUBTED for row in rows):
        return list(rows)
    open_ = accounts(session)
    if not open_:
        return list(rows)
    campaigns: Collection[UUID] = ()
    if any(row.campaign for row in rows):
        found = session.execute(_CAMPAIGNS, {"account_ids": [each.id for each in open_]})
        campaigns = frozenset(found.scalars())

    def noted(row: MetricRow) -> MetricRow:
        about = [each for each in open_ if claims.is_of(row, each.platform, each.currency)]
        if not about or (row.campaign is not None and row.campaign.id not in campaigns):
            return row
        note = NOTE.format(accounts=", ".join(each.external_id for each in about))
        return replace(row, note="; ".join(filter(None, (row.note, note))))

    return [noted(row) for row in rows]
