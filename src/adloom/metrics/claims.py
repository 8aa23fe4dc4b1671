"""By which rules platforms count conversions, and what a sum over them is worth: each claims what it thinks it caused.

A pull keeps the attribution setting that its platform told with it; where the setting changed between two pulls, the
figures before and after are not comparable: a marked break.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics.types import MetricRow
from adloom.platforms.types import Platform

#: Stands beside conversions, their value and ROAS wherever they are summed over platforms.
SENTENCE = "as claimed by each platform; one sale may be counted more than once"

_SETTINGS = text(
    """
    SELECT
        platform_accounts.platform,
        platform_accounts.external_id,
        metric_pulls.attribution,
        min(metric_coverage.date) AS since,
        max(metric_coverage.date) AS until
    FROM metric_coverage
    JOIN metric_pulls ON metric_pulls.id = metric_coverage.pull_id
    JOIN platform_accounts ON platform_accounts.id = metric_coverage.platform_account_id
    WHERE metric_coverage.grain = 'day'
        AND metric_coverage.date BETWEEN :since AND :until
        AND metric_pulls.attribution IS NOT NULL
        AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
    GROUP BY
        platform_accounts.platform,
        platform_accounts.external_id,
        metric_pulls.attribution
    ORDER BY
        platform_accounts.platform,
        platform_accounts.external_id,
        since,
        metric_pulls.attribution
    """
)

# Two pulls are compared where they tell of the same days: what a platform says of others may be of other campaigns.
_BREAKS = text(
    """
    SELECT
        platform_accounts.platform,
        platform_accounts.external_id,
        earlier.attribution AS before,
        told.attribution,
        told.pulled_at
    FROM metric_pulls AS told
    JOIN platform_accounts ON platform_accounts.id = told.platform_account_id
    CROSS JOIN LATERAL (
        SELECT metric_pulls.attribution
        FROM metric_pulls
        WHERE metric_pulls.platform_account_id = told.platform_account_id
            AND metric_pulls.grain = told.grain
            AND metric_pulls.attribution IS NOT NULL
            AND metric_pulls.pulled_at < told.pulled_at
            AND metric_pulls.since <= told.until
            AND metric_pulls.until >= told.since
        ORDER BY metric_pulls.pulled_at DESC
        LIMIT 1
    ) AS earlier
    WHERE told.grain = 'day'
        AND told.attribution <> earlier.attribution
        AND told.since <= :until
        AND told.until >= :since
        AND (CAST(:moment AS timestamptz) IS NULL OR told.pulled_at > CAST(:moment AS timestamptz))
        AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
    ORDER BY
        platform_accounts.platform,
        platform_accounts.external_id,
        told.pulled_at
    """
)


@dataclass(frozen=True, slots=True)
class Setting:
    """By which rule an account's conversions of these days were attributed, in its platform's own words."""

    platform: Platform
    external_id: str
    attribution: str
    since: date
    until: date

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {
            "platform": self.platform.value,
            "external_id": self.external_id,
            "attribution": self.attribution,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Break:
    """A pull that was attributed by another rule than the one before it: their conversions are not comparable."""

    platform: Platform
    external_id: str
    before: str
    after: str
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {
            "platform": self.platform.value,
            "external_id": self.external_id,
            "before": self.before,
            "after": self.after,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Claims:
    """What is to be known about conversions of some days: the rules by account, and where they changed."""

    settings: tuple[Setting, ...]
    breaks: tuple[Break, ...]

    def label(self, row: MetricRow) -> dict[str, Any] | None:
        """What stands beside a row's conversions; None where it has none, or nothing is to be said of them.

        `note` is there where the row sums over several platforms: of a row that names no platform, all may be in it.
        """
        if row.conversions is None and row.conversion_value is None:
            return None
        platform = row.platform
        settings = [each for each in self.settings if platform in (None, each.platform)]
        breaks = [each for each in self.breaks if platform in (None, each.platform)]
        is_sum = platform is None and row.campaign is None
        if not (settings or breaks or is_sum):
            return None
        return {
            "note": SENTENCE if is_sum else None,
            "windows": _windows(settings),
            "breaks": [each.as_json() for each in breaks],
        }

    def sentences(self) -> tuple[str, ...]:
        """The label in words, for a page's or a report's foot: first that it is a claim, then by which rules."""
        rules = (f"{name}: {', '.join(found)}" for name, found in _windows(self.settings).items())
        breaks = (
            f"{each.platform.value} {each.external_id} counts by another rule since {each.at:%Y-%m-%d}: "
            f"{each.after}, before {each.before}"
            for each in self.breaks
        )
        return (f"Conversions, their value and ROAS: {SENTENCE}.", *rules, *breaks)


def of(
    actor: Actor, *, since: date, until: date, client_id: UUID | None = None, moment: datetime | None = None
) -> Claims:
    """The rules of the pulls that cover the days, both included; with a `moment` only breaks since then."""
    values = {"since": since, "until": until, "client_id": client_id, "moment": moment}
    with db.reading(actor) as session:
        settings = session.execute(_SETTINGS, values).all()
        breaks = session.execute(_BREAKS, values).all()
    return Claims(
        tuple(Setting(Platform(r.platform), r.external_id, r.attribution, r.since, r.until) for r in settings),
        tuple(Break(Platform(r.platform), r.external_id, r.before, r.attribution, r.pulled_at) for r in breaks),
    )


def _windows(settings: Collection[Setting]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in settings:
        words = found.setdefault(each.platform.value, [])
        if each.attribution not in words:
            words.append(each.attribution)
    return found
