"""The shapes of a comparison with the platforms' own totals, as `/v1/metrics/reconciliation` tells it."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from adloom.api.shapes import Shape
from adloom.metrics.differences import Explanation
from adloom.platforms.types import Platform


class Summed(Shape):
    """What adds up over campaigns; money and conversions, which may be parts of one, are decimal strings.

    Conversions and their value are null where they are not told, and absent in results of before they were compared.
    """

    impressions: int
    clicks: int
    spend: str
    conversions: str | None = None
    conversion_value: str | None = None


class ComparedDay(Shape):
    """A day's two sums; `difference` is theirs less ours, and `ours` is null where no pull covers the day.

    A figure that is null on either side is not compared, and null in `difference`. `foreign` is what the platform
    counts in campaigns that Adloom does not know; null where that was not asked.
    """

    date: str
    currency: str
    ours: Summed | None
    theirs: Summed
    difference: Summed | None
    foreign: Summed | None
    explanation: Explanation


class Reconciled(Shape):
    """An account's days against the platform's own account-level totals, as the job `job_id` found them.

    `pull_job_id` is the pull of the days that were restated; null where there were none.
    """

    job_id: UUID
    account_id: UUID
    platform: Platform
    external_id: str
    time_zone: str
    since: str = Field(validation_alias="from", serialization_alias="from")
    until: str = Field(validation_alias="to", serialization_alias="to")
    compared_at: str
    unexplained: int
    pull_job_id: UUID | None = None
    days: list[ComparedDay]
