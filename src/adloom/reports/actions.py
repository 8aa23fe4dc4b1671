"""Defining reports, and asking for them to be made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text

from adloom.ads import queries as ads
from adloom.assets import ownership
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Invalid, NotFound
from adloom.db import session as db
from adloom.files import storage
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.metrics import conversion
from adloom.reports import queries
from adloom.reports.types import ReportFormat, ReportType

_CREATE = text(
    """
    INSERT INTO reports (user_id, client_id, name, report_type, configuration)
    VALUES (:user_id, :client_id, :name, CAST(:type AS report_type), CAST(:configuration AS jsonb))
    RETURNING id
    """
)

# The same definition again is the same report.
_SAME = text(
    """
    SELECT id
    FROM reports
    WHERE deleted_at IS NULL
        AND name = :name
        AND report_type = CAST(:type AS report_type)
        AND client_id IS NOT DISTINCT FROM :client_id
        AND configuration = CAST(:configuration AS jsonb)
    ORDER BY created_at
    LIMIT 1
    """
)

_INSTANCE = text(
    """
    INSERT INTO report_instances (user_id, report_id)
    SELECT
        user_id,
        id
    FROM reports
    WHERE id = :report_id
        AND deleted_at IS NULL
    RETURNING
        id,
        (SELECT client_id FROM reports WHERE id = :report_id) AS client_id
    """
)

#: Since then stands what was held before anything was kept of its past (docs/decisions/0019-ledger.md).
_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


@dataclass(frozen=True, slots=True)
class Making:
    """A report that is being made by a job."""

    instance_id: UUID
    job_id: UUID


def create(
    actor: Actor,
    *,
    name: str,
    report_type: str = ReportType.PERFORMANCE,
    file_format: str = ReportFormat.PDF,
    since: date | None = None,
    until: date | None = None,
    ad_id: UUID | None = None,
    client_id: UUID | None = None,
    reporting_currency: str | None = None,
) -> UUID:
    """Keeps a report's definition and returns its id; the same definition again is the same report.

    Without days it covers the 30 days up to the day it is made. With `reporting_currency` its figures are told in it,
    as far as there are rates; the rest stays in its own currency, with a note. Raises Invalid, naming the field, and
    NotFound for an ad or a client that this actor does not have.
    """
    actor.may_write()
    configuration = {
        "format": _format(file_format),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "ad_id": str(ad_id) if ad_id else None,
    }
    if reporting_currency:
        configuration["reporting_currency"] = conversion.currency(reporting_currency, field="reporting_currency")
    values: dict[str, object] = {
        "user_id": actor.tenant_id,
        "name": _name(name),
        "type": _type(report_type),
        "configuration": json.dumps(_checked(configuration, since, until)),
    }
    with db.transaction(actor) as session:
        if ad_id is not None:
            ads.get_in(session, ad_id=ad_id)
        values["client_id"] = ownership.client_id(session, actor, wanted=client_id)
        session.execute(_ONE_AT_A_TIME, {"key": f"report:{actor.tenant_id}:{values['name']}"})
        same = session.execute(_SAME, values).scalar()
        return UUID(str(same or session.execute(_CREATE, values).scalar_one()))


def run(actor: Actor, *, report_id: UUID, as_of: datetime | None = None) -> Making:
    """Queues the making of a report as it stands now, or of what it would have shown at the moment `as_of`.

    Raises NotFound, Forbidden for a viewer, Invalid for a moment that is still to come, or before there were figures.
    """
    actor.may_write()
    _check_moment(as_of)
    with db.transaction(actor) as session:
        row = session.execute(_INSTANCE, {"report_id": report_id}).one_or_none()
        if row is None:
            raise NotFound(f"There is no report {report_id}.")
        instance_id: UUID = row.id
        job_id = jobs.enqueue(
            session,
            job_type="reports.generate",
            data={"instance_id": instance_id, **({"as_of": as_of.isoformat()} if as_of else {})},
            actor=actor,
            client_id=row.client_id,
            dedupe_key=f"report:{instance_id}",
            priority=Priority.PERSON,
        )
    return Making(instance_id=instance_id, job_id=job_id)


def read(actor: Actor, *, instance_id: UUID) -> bytes:
    """The file of a made report; raises NotFound where there is none (yet)."""
    made = queries.instance(actor, instance_id=instance_id)
    if made is None or made.file_url is None:
        raise NotFound(f"There is no file of report {instance_id}.")
    return storage.get(made.file_url)


def _check_moment(as_of: datetime | None) -> None:
    if as_of is None or _FIRST_MOMENT <= as_of <= time.now():
        return
    rule = "is still to come" if as_of > _FIRST_MOMENT else "is before there were any figures"
    raise Invalid.field("as_of", f"{as_of.isoformat()} {rule}.", "Give a moment that is past, or none.")


def _name(name: str) -> str:
    if not name.strip() or len(name) > 255:
        raise Invalid.field("name", "a report's name has 1 to 255 characters.", "Give it a shorter name.")
    return name.strip()


def _type(report_type: str) -> str:
    if report_type != ReportType.PERFORMANCE:
        known = [kind.value for kind in ReportType]
        rule = "only performance reports are made so far." if report_type in known else f"{report_type!r} is unknown."
        raise Invalid.field("type", rule, "Use performance.")
    return ReportType.PERFORMANCE.value


def _format(file_format: str) -> str:
    try:
        return ReportFormat(file_format).value
    except ValueError:
        raise Invalid.field("format", f"{file_format!r} is not one.", "Use pdf or csv.") from None


def _checked(configuration: dict[str, str | None], since: date | None, until: date | None) -> dict[str, str | None]:
    if since is not None and until is not None and until < since:
        raise Invalid.field("until", f"{until} is before {since}.", "Give a later day.")
    return configuration
