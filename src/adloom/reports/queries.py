"""Reads of reports, and of the figures they show."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.core import paging
from adloom.core.actor import Actor
from adloom.core.paging import Page
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.metrics import caveats
from adloom.metrics import queries as metrics
from adloom.metrics.types import By
from adloom.platforms.types import Platform
from adloom.reports.figures import summed
from adloom.reports.types import Account, Figures, InstanceView, ReportInstanceStatus, ReportType, ReportView

_REPORTS = text(
    """
    SELECT
        id,
        name,
        report_type,
        configuration,
        client_id,
        last_generated_at,
        created_at
    FROM reports
    WHERE deleted_at IS NULL
        AND (CAST(:id AS uuid) IS NULL OR id = CAST(:id AS uuid))
    ORDER BY
        created_at DESC,
        id DESC
    """
)

_PAGE = text(
    """
    SELECT
        id,
        name,
        report_type,
        configuration,
        client_id,
        last_generated_at,
        created_at
    FROM reports
    WHERE deleted_at IS NULL
        AND (
            CAST(:created_at AS timestamptz) IS NULL
            OR (created_at, id) < (CAST(:created_at AS timestamptz), CAST(:id AS uuid))
        )
    ORDER BY
        created_at DESC,
        id DESC
    LIMIT :limit
    """
)

_INSTANCES = text(
    """
    SELECT
        id,
        report_id,
        status,
        file_url,
        file_size,
        generated_at,
        error_message,
        metadata
    FROM report_instances
    WHERE (CAST(:id AS uuid) IS NULL OR id = CAST(:id AS uuid))
        AND (CAST(:report_id AS uuid) IS NULL OR report_id = CAST(:report_id AS uuid))
    ORDER BY
        created_at DESC,
        id DESC
    """
)

_ACCOUNTS = text(
    """
    SELECT
        campaigns.id,
        platform_accounts.platform,
        platform_accounts.external_id,
        platform_accounts.time_zone
    FROM campaigns
    JOIN platform_accounts ON platform_accounts.id = campaigns.platform_account_id
    WHERE campaigns.id = ANY (CAST(:campaign_ids AS uuid[]))
    """
)

_OWNER = text("SELECT concat_ws(' ', first_name, last_name) FROM users WHERE id = :id")


def list_(actor: Actor) -> tuple[ReportView, ...]:
    """Every report of the tenant, newest first."""
    with db.reading(actor) as session:
        return tuple(_report(row) for row in session.execute(_REPORTS, {"id": None}).mappings())


def page(actor: Actor, *, limit: int = 50, after: str | None = None) -> Page[ReportView]:
    """A page of the tenant's reports, newest first; `after` is `next` of the page before."""
    place = paging.position(after)
    values = {
        "created_at": place.created_at if place else None,
        "id": place.id if place else None,
        "limit": paging.bounded(limit) + 1,
    }
    with db.reading(actor) as session:
        found = tuple(_report(row) for row in session.execute(_PAGE, values).mappings())
    return paging.page(found, limit=limit, position=lambda view: paging.Position(view.created_at, view.id))


def get(actor: Actor, *, report_id: UUID) -> ReportView | None:
    """One report's definition, or None."""
    with db.reading(actor) as session:
        row = session.execute(_REPORTS, {"id": report_id}).mappings().first()
    return None if row is None else _report(row)


def instances(actor: Actor, *, report_id: UUID) -> tuple[InstanceView, ...]:
    """What was made of a report, newest first."""
    with db.reading(actor) as session:
        rows = session.execute(_INSTANCES, {"id": None, "report_id": report_id}).mappings()
        return tuple(_instance(row) for row in rows)


def instance(actor: Actor, *, instance_id: UUID) -> InstanceView | None:
    """One made report, or None."""
    with db.reading(actor) as session:
        row = session.execute(_INSTANCES, {"id": instance_id, "report_id": None}).mappings().first()
    return None if row is None else _instance(row)


def figures(actor: Actor, *, report: ReportView, made_at: datetime, as_of: datetime | None = None) -> Figures:
    """Everything a performance report shows, of one reading: its totals are the sums of its lines.

    With `as_of` what it would have shown at that moment, and without days those up to it.
    """
    configuration = report.configuration
    since, until = metrics.period(
        since=_day(configuration.get("since")), until=_day(configuration.get("until")), now=as_of
    )
    ad_id = UUID(configuration["ad_id"]) if configuration.get("ad_id") else None
    with db.snapshot(actor) as (session, data_as_of):
        days = metrics.show(
            actor,
            since=since,
            until=until,
            by=(By.PLATFORM, By.CAMPAIGN, By.DAY),
            ad_id=ad_id,
            client_id=report.client_id,
            as_of=as_of,
            reporting_currency=configuration.get("reporting_currency"),
        )
        told = caveats.of(actor, since=since, until=until, client_id=report.client_id, ad_id=ad_id, as_of=as_of)
        accounts = _accounts(session, {row.campaign.id for row in days if row.campaign})
        owner = _owner(session, actor)
    return Figures(
        title=report.name,
        owner=owner,
        since=since,
        until=until,
        made_at=made_at,
        totals=tuple(sorted(summed(days), key=lambda row: row.currency)),
        platforms=summed(days, By.PLATFORM),
        campaigns=summed(days, By.PLATFORM, By.CAMPAIGN),
        days=tuple(days),
        data_as_of=min(data_as_of, as_of or made_at),
        caveats=told,
        accounts=accounts,
        as_of=as_of,
    )


def _accounts(session: ReadSession, campaign_ids: Collection[UUID]) -> dict[UUID, Account]:
    found = session.execute(_ACCOUNTS, {"campaign_ids": list(campaign_ids)}).all()
    return {row.id: Account(Platform(row.platform), row.external_id, row.time_zone) for row in found}


def _owner(session: ReadSession, actor: Actor) -> str:
    return str(session.execute(_OWNER, {"id": actor.tenant_id}).scalar() or "")


def _report(row: RowMapping) -> ReportView:
    values = dict(row)
    return ReportView(type=ReportType(values.pop("report_type")), **values)


def _instance(row: RowMapping) -> InstanceView:
    values = dict(row)
    return InstanceView(status=ReportInstanceStatus(values.pop("status")), **values)


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
