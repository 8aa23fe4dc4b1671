"""How many people were reached, and how often: told as the platform told it, for a campaign's day, and never added up.

Somebody who saw an ad on Monday and on Tuesday is one person, so that a sum over days, campaigns or platforms would
count them twice. What a platform does not report is None, not 0; so is what its report of days does not have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core import money
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.db import session as db
from adloom.metrics.types import By, MetricRow

#: What has to tell rows apart before any of this can stand in one.
_ONE = frozenset((By.CAMPAIGN, By.DAY))

# A day that the platform took back reached nobody.
_TOLD = text(
    """
    SELECT
        said.campaign_id,
        said.date,
        said.impressions,
        said.platform_metrics
    FROM (
        SELECT campaign_id, date, impressions, platform_metrics
        FROM campaign_metrics
        WHERE date BETWEEN :since AND :until
            AND (CAST(:as_of AS timestamptz) IS NULL OR valid_from <= CAST(:as_of AS timestamptz))
        UNION ALL
        SELECT campaign_id, date, impressions, platform_metrics
        FROM campaign_metrics_ledger
        WHERE date BETWEEN :since AND :until
            AND valid_from <= CAST(:as_of AS timestamptz)
            AND valid_to > CAST(:as_of AS timestamptz)
    ) AS said
    JOIN campaigns ON campaigns.id = said.campaign_id
    WHERE said.platform_metrics IS NOT NULL
        AND (CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid))
    """
)

Told = Mapping[tuple[UUID, date], Mapping[str, str]]


class Figure(StrEnum):
    """What is stored as it was told, and never summed. `reach` and `unique_users` are people, `frequency` is how often
    each of them was shown an ad.
    """

    REACH = "reach"
    FREQUENCY = "frequency"
    UNIQUE_USERS = "unique_users"


def figures(text_: str, *, by: Collection[By], field: str) -> tuple[Figure, ...]:
    """The figures that `reach,frequency` names; raises Invalid for others, and for rows in which they would be sums."""
    try:
        found = tuple(Figure(name.strip()) for name in text_.split(",") if name.strip())
    except ValueError:
        raise Invalid.field(field, f"{text_!r} is no such figure.", f"Use some of: {', '.join(Figure)}.") from None
    if found and not set(by) >= _ONE:
        rule = f"{', '.join(found)} cannot be added up: the same people would be counted again."
        raise Invalid.field(field, rule, "Group by campaign and day: only of these it is reported.")
    return found


def told(
    actor: Actor,
    asked: Collection[Figure],
    *,
    since: date,
    until: date,
    client_id: UUID | None = None,
    as_of: datetime | None = None,
) -> Told:
    """What platforms told of each campaign's day, both days included; with `as_of` as it was held at that moment."""
    if not asked:
        return {}
    values = {"since": since, "until": until, "client_id": client_id, "as_of": as_of}
    with db.reader(actor) as (session, _):
        return {
            (row.campaign_id, row.date): {
                name: "0" if not row.impressions else money.plain(Decimal(str(value)))
                for name, value in row.platform_metrics.items()
                if name in asked
            }
            for row in session.execute(_TOLD, values)
        }


def beside(row: MetricRow, told_: Told, asked: Collection[Figure]) -> Mapping[str, Any]:
    """What stands beside a row's figures; nothing where none was asked for."""
    if not asked or row.campaign is None or row.date is None:
        return {}
    found = told_.get((row.campaign.id, row.date), {})
    return {"people": {figure.value: found.get(figure.value) for figure in asked}}
