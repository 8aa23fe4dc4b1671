"""By which rules platforms count conversions, and what a sum over them is worth: each claims what it thinks it caused.

A pull keeps the attribution setting that its platform told with it; where the setting changed between two pulls, the
figures before and after are not comparable: a marked break.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import covering
from adloom.metrics.types import MetricRow
from adloom.platforms.types import Platform

#: Stands beside conversions, their value and ROAS wherever they are summed over platforms.
SENTENCE = "as claimed by each platform; one sale may be counted more than once"

# The days that are asked about, each with the pull that told of it by some rule.
_DAYS = """
    FROM COVERED
    JOIN metric_pulls ON metric_pulls.id = metric_coverage.pull_id
    JOIN platform_accounts ON platform_accounts.id = metric_coverage.platform_account_id
    WHERE metric_coverage.grain = 'day'
        AND metric_coverage.date BETWEEN :since AND :until
        AND metric_pulls.attribution IS NOT NULL
        AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
        AND (
            CAST(:ad_id AS uuid) IS NULL
            OR platform_accounts.id IN (
                SELECT platform_account_id FROM campaigns WHERE ad_id = CAST(:ad_id AS uuid)
            )
        )
"""

_SETTINGS = f"""
    SELECT
        platform_accounts.id AS account_id,
        platform_accounts.platform,
        platform_accounts.external_id,
        platform_accounts.currency,
        metric_pulls.attribution,
        min(metric_coverage.date) AS since,
        max(metric_coverage.date) AS until
    {_DAYS}
    GROUP BY
        platform_accounts.id,
        metric_pulls.attribution
    ORDER BY
        platform_accounts.platform,
        platform_accounts.external_id,
        since,
        metric_pulls.attribution
    """

# Two pulls are compared where they tell of the same days: what a platform says of others may be of other campaigns.
# Most accounts have one rule, and nearly every pull says what the last one said: these are looked at no further.
_BREAKS = text(
    """
    WITH changed AS (
        SELECT metric_pulls.platform_account_id
        FROM metric_pulls
        WHERE metric_pulls.grain = 'day'
            AND metric_pulls.since <= :until
            AND metric_pulls.until >= :since
        GROUP BY metric_pulls.platform_account_id
        HAVING min(metric_pulls.attribution) <> max(metric_pulls.attribution)
    ),
    pulls AS (
        SELECT
            metric_pulls.platform_account_id,
            platform_accounts.platform,
            platform_accounts.external_id,
            platform_accounts.currency,
            metric_pulls.attribution,
            metric_pulls.pulled_at,
            metric_pulls.since,
            metric_pulls.until,
            lag(metric_pulls.attribution) OVER earlier AS last_attribution,
            lag(metric_pulls.since) OVER earlier AS last_since,
            lag(metric_pulls.until) OVER earlier AS last_until
        FROM changed
        JOIN metric_pulls ON metric_pulls.platform_account_id = changed.platform_account_id
        JOIN platform_accounts ON platform_accounts.id = changed.platform_account_id
        WHERE metric_pulls.grain = 'day'
            AND metric_pulls.attribution IS NOT NULL
            AND metric_pulls.since <= :until
            AND metric_pulls.until >= :since
            AND (CAST(:as_of AS timestamptz) IS NULL OR metric_pulls.pulled_at <= CAST(:as_of AS timestamptz))
            AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
            AND (
                CAST(:ad_id AS uuid) IS NULL
                OR platform_accounts.id IN (
                    SELECT platform_account_id FROM campaigns WHERE ad_id = CAST(:ad_id AS uuid)
                )
            )
        WINDOW earlier AS (PARTITION BY metric_pulls.platform_account_id ORDER BY metric_pulls.pulled_at)
    )
    SELECT
        told.platform_account_id AS account_id,
        told.platform,
        told.external_id,
        told.currency,
        earlier.attribution AS before,
        told.attribution,
        told.pulled_at
    FROM pulls AS told
    CROSS JOIN LATERAL (
        SELECT metric_pulls.attribution
        FROM metric_pulls
        WHERE metric_pulls.platform_account_id = told.platform_account_id
            AND metric_pulls.grain = 'day'
            AND metric_pulls.attribution IS NOT NULL
            AND metric_pulls.pulled_at < told.pulled_at
            AND metric_pulls.since <= told.until
            AND metric_pulls.until >= told.since
        ORDER BY metric_pulls.pulled_at DESC
        LIMIT 1
    ) AS earlier
    WHERE told.attribution <> earlier.attribution
        AND (
            told.last_attribution IS DISTINCT FROM told.attribution
            OR told.last_since > told.until
            OR told.last_until < told.since
        )
        AND (CAST(:moment AS timestamptz) IS NULL OR told.pulled_at > CAST(:moment AS timestamptz))
    ORDER BY
        told.platform,
        told.external_id,
        told.pulled_at
    """
)

# Days side by side that are told by different rules: what lies before and after is not of one kind.
_EDGES = f"""
    SELECT
        told.account_id,
        told.platform,
        told.external_id,
        told.currency,
        told.before,
        told.attribution,
        told.date,
        told.pulled_at
    FROM (
        SELECT
            platform_accounts.id AS account_id,
            platform_accounts.platform,
            platform_accounts.external_id,
            platform_accounts.currency,
            metric_coverage.date,
            metric_pulls.pulled_at,
            metric_pulls.attribution,
            lag(metric_pulls.attribution) OVER (
                PARTITION BY platform_accounts.id
                ORDER BY metric_coverage.date
            ) AS before
        {_DAYS}
    ) AS told
    WHERE told.before <> told.attribution
        AND (CAST(:moment AS timestamptz) IS NULL OR told.pulled_at > CAST(:moment AS timestamptz))
    ORDER BY
        told.platform,
        told.external_id,
        told.date
    """  # noqa: S608  (constants)

_STATEMENTS = covering.both(_SETTINGS, _EDGES)


@dataclass(frozen=True, slots=True)
class Setting:
    """By which rule an account's conversions of these days were attributed, in its platform's own words."""

    platform: Platform
    external_id: str
    currency: str
    attribution: str
    since: date
    until: date
    account_id: UUID | None = None

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
    """A pull that was attributed by another rule than the one before it: their conversions are not comparable.

    `day` is the first of the days that are told by the new rule where one before it is not; None where all are.
    """

    platform: Platform
    external_id: str
    currency: str
    before: str
    after: str
    at: datetime
    day: date | None = None
    account_id: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {
            "platform": self.platform.value,
            "external_id": self.external_id,
            "before": self.before,
            "after": self.after,
            "at": self.at.isoformat(),
            "day": self.day.isoformat() if self.day else None,
        }

    @property
    def change(self) -> tuple[Platform, str, str, str]:
        """What makes two of them one: the account, and from which rule to which."""
        return (self.platform, self.external_id, self.before, self.after)


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
        found = self.about([row])
        is_sum = row.platform is None and row.campaign is None
        if not (found.settings or found.breaks or is_sum):
            return None
        return {
            "note": SENTENCE if is_sum else None,
            "windows": {name.value: rules for name, rules in found.windows.items()},
            "breaks": [each.as_json() for each in found.breaks],
        }

    def about(self, rows: Collection[MetricRow]) -> Claims:
        """Those of the accounts that these rows may be about."""
        return Claims(
            tuple(each for each in self.settings if any(is_of(row, each.platform, each.currency) for row in rows)),
            tuple(each for each in self.breaks if any(is_of(row, each.platform, each.currency) for row in rows)),
        )

    def of_account(self, account_id: UUID | None) -> Claims:
        """Those of one account, as of a campaign that stands there."""
        return Claims(
            tuple(each for each in self.settings if each.account_id == account_id),
            tuple(each for each in self.breaks if each.account_id == account_id),
        )

    @property
    def windows(self) -> dict[Platform, list[str]]:
        """The distinct rules of each platform, in its own words, the oldest first."""
        return _windows(self.settings)

    def breaks_of(self, platform: Platform) -> list[Break]:
        """Those of one platform's accounts."""
        return [each for each in self.breaks if each.platform is platform]


def of(
    actor: Actor,
    *,
    since: date,
    until: date,
    client_id: UUID | None = None,
    ad_id: UUID | None = None,
    moment: datetime | None = None,
    as_of: datetime | None = None,
) -> Claims:
    """The rules of the pulls that cover the days, both included; with a `moment` only breaks since then.

    With `as_of` the pulls that covered them at that moment.
    """
    values = {"since": since, "until": until, "client_id": client_id, "ad_id": ad_id, "moment": moment, "as_of": as_of}
    settings_, edges_ = _STATEMENTS[as_of is not None]
    with db.reader(actor) as (session, _):
        settings = session.execute(settings_, values).all()
        breaks = session.execute(_BREAKS, values).all()
        edges = session.execute(edges_, values).all()
    return Claims(
        tuple(
            Setting(Platform(r.platform), r.external_id, r.currency, r.attribution, r.since, r.until, r.account_id)
            for r in settings
        ),
        _together([_break(row) for row in breaks], [_break(row, day=row.date) for row in edges]),
    )


def _break(r: Row[Any], *, day: date | None = None) -> Break:
    name = (Platform(r.platform), r.external_id, r.currency)
    return Break(*name, r.before, r.attribution, r.pulled_at, day, r.account_id)


def is_of(row: MetricRow, platform: Platform, currency: str) -> bool:
    """Whether an account may be in a row: of its platform, and of its currency where the row was not converted."""
    return row.platform in (None, platform) and (row.rates is not None or row.currency == currency)


def _together(pulled: Collection[Break], edges: Collection[Break]) -> tuple[Break, ...]:
    """Each change once: seen when a pull told days anew by another rule, or between days that lie side by side."""
    newest = {each.change: each for each in edges}
    seen = [replace(each, day=newest[each.change].day if each.change in newest else None) for each in pulled]
    known = {each.change for each in pulled}
    found = [*seen, *(each for change, each in newest.items() if change not in known)]
    return tuple(sorted(found, key=lambda each: (each.platform, each.external_id, each.at)))


def _windows(settings: Collection[Setting]) -> dict[Platform, list[str]]:
    found: dict[Platform, list[str]] = {}
    for each in settings:
        words = found.setdefault(each.platform, [])
        if each.attribution not in words:
            words.append(each.attribution)
    return found
