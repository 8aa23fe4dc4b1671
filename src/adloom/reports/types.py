"""The values of reports: what was asked for, what was made, and the figures in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from adloom.metrics.caveats import Caveats
from adloom.metrics.types import MetricRow
from adloom.platforms.types import Platform


class ReportType(StrEnum):
    """The specification's `report_type`."""

    PERFORMANCE = "performance"
    CONVERSION = "conversion"
    AUDIENCE = "audience"
    CUSTOM = "custom"


class ReportInstanceStatus(StrEnum):
    """The specification's `report_instance_status`."""

    PENDING = "pending"
    GENERATING = "generating"
    COMPLETED = "completed"
    FAILED = "failed"


class ReportFormat(StrEnum):
    """What file a report becomes."""

    PDF = "pdf"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report's definition. `configuration` has format, since, until (or None: the last 30 days) ad_id.

    `reporting_currency` is in it where the figures are told in one.
    """

    id: UUID
    name: str
    type: ReportType
    configuration: Mapping[str, Any]
    client_id: UUID | None
    last_generated_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InstanceView:
    """A report that was made, or why not. `metadata` has pages, since, until; as_of, where one was asked for."""

    id: UUID
    report_id: UUID
    status: ReportInstanceStatus
    file_url: str | None
    file_size: int | None
    generated_at: datetime | None
    error_message: str | None
    metadata: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Account:
    """The ad account of a campaign, by its platform's own id."""

    platform: Platform
    external_id: str
    #: In which its days begin and end.
    time_zone: str = field(default="UTC", compare=False)


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a performance report shows, read in one go; every list has one row per currency."""

    title: str
    owner: str
    since: date
    until: date
    made_at: datetime
    totals: tuple[MetricRow, ...]
    platforms: tuple[MetricRow, ...]
    campaigns: tuple[MetricRow, ...]
    days: tuple[MetricRow, ...]
    #: The moment of the data that was read: a replica may be behind `made_at`.
    data_as_of: datetime
    #: What has to be known beside the figures.
    caveats: Caveats
    #: Whose each of the campaigns is.
    accounts: Mapping[UUID, Account]
    #: The moment at which they were held so; None is now.
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file in memory."""

    data: bytes
    media_type: str
    pages: int | None = None
