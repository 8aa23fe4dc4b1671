"""What has to be known beside figures of some days: by which rules conversions are claimed, which days nobody has told
anything of, and since when they may still be told otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import Snapshot
from adloom.metrics import claims, covering
from adloom.metrics.begun import BEGAN
from adloom.metrics.claims import Break, Claims, Setting
from adloom.metrics.gaps import Gap
from adloom.metrics.rules import restatement_days
from adloom.metrics.types import CampaignName, MetricRow
from adloom.platforms.types import Platform

_COVERED = """
        SELECT platform_account_id, date, pulled_at
        FROM COVERED
        WHERE grain = 'day'
            AND date BETWEEN :since AND :until
            AND (
                CAST(:ad_id AS uuid) IS NULL
                OR platform_account_id IN (
                    SELECT campaigns.platform_account_id FROM campaigns WHERE campaigns.ad_id = CAST(:ad_id AS uuid)
                )
            )
"""

# Days on which a campaign of ours stood there, or one that was imported; a day that is not over is not missed yet. Of
# one that was pulled while it went on, and not since, a part is told.
_GAPS = f"""
    WITH covered AS (
        {_COVERED}
    ),
    measured AS (
        SELECT
            platform_accounts.id AS account_id,
            platform_accounts.platform,
            platform_accounts.external_id,
            platform_accounts.currency,
            platform_accounts.time_zone,
            CAST(min({BEGAN}) AT TIME ZONE platform_accounts.time_zone AS date) AS first,
            CAST(
                max(coalesce(campaigns.deleted_at, 'infinity')) AT TIME ZONE platform_accounts.time_zone AS date
            ) AS last,
            CAST(CAST(:now AS timestamptz) AT TIME ZONE platform_accounts.time_zone AS date) - 1 AS over
        FROM campaigns
        JOIN ads ON ads.id = campaigns.ad_id
        JOIN platform_accounts ON platform_accounts.id = campaigns.platform_account_id
        WHERE campaigns.platform_campaign_id IS NOT NULL
            AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
            AND (CAST(:ad_id AS uuid) IS NULL OR campaigns.ad_id = CAST(:ad_id AS uuid))
        GROUP BY platform_accounts.id
    ),
    missed AS (
        SELECT
            measured.account_id,
            measured.platform,
            measured.external_id,
            measured.currency,
            CAST(day AS date) AS date,
            covered.date IS NOT NULL AS is_partial,
            CAST(day AS date) - CAST(
                row_number() OVER (PARTITION BY measured.account_id, covered.date IS NOT NULL ORDER BY day) AS integer
            ) AS span
        FROM measured
        CROSS JOIN generate_series(
            CAST(greatest(measured.first, :since) AS timestamp),
            CAST(least(measured.last, measured.over, :until) AS timestamp),
            INTERVAL '1 day'
        ) AS day
        LEFT JOIN covered ON covered.platform_account_id = measured.account_id
            AND covered.date = CAST(day AS date)
        WHERE covered.date IS NULL
            OR covered.pulled_at < (day + INTERVAL '1 day') AT TIME ZONE measured.time_zone
    )
    SELECT
        account_id,
        platform,
        external_id,
        currency,
        is_partial,
        min(date) AS since,
        max(date) AS until
    FROM missed
    GROUP BY
        account_id,
        platform,
        external_id,
        currency,
        is_partial,
        span
    ORDER BY
        platform,
        external_id,
        since
"""  # noqa: S608  (constants)

# A day is final once it was pulled after its platform's window (`rules.range_to_pull`).
_RESTATING = f"""
    WITH covered AS (
        {_COVERED}
    )
    SELECT
        covered.platform_account_id AS account_id,
        platform_accounts.platform,
        platform_accounts.currency,
        min(covered.date) AS since
    FROM covered
    JOIN platform_accounts ON platform_accounts.id = covered.platform_account_id
    JOIN unnest(CAST(:platforms AS text[]), CAST(:windows AS integer[])) AS restated (platform, days)
        ON restated.platform = CAST(platform_accounts.platform AS text)
    WHERE CAST(covered.pulled_at AT TIME ZONE platform_accounts.time_zone AS date) < covered.date + restated.days
        AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
    GROUP BY
        covered.platform_account_id,
        platform_accounts.platform,
        platform_accounts.currency
"""  # noqa: S608  (constants)

_ACCOUNTS = text("SELECT id, platform_account_id FROM campaigns WHERE platform_account_id = ANY(:account_ids)")

_STATEMENTS = covering.both(_GAPS, _RESTATING)


@dataclass(frozen=True, slots=True)
class Restating:
    """Since this day an account's figures may be told otherwise: the last pull was within its platform's window."""

    account_id: UUID
    platform: Platform
    currency: str
    since: date


@dataclass(frozen=True, slots=True)
class Caveats:
    """What stands beside figures of some days. `accounts` names the account of a campaign that some of it is about.

    Days in `partial` are over, and were pulled last before they were: what is told of them is of a part of them.
    """

    claims: Claims
    gaps: tuple[Gap, ...] = ()
    restating: tuple[Restating, ...] = ()
    accounts: Mapping[UUID, UUID] | None = None
    partial: tuple[Gap, ...] = ()

    def beside(self, row: MetricRow) -> dict[str, Any]:
        """What the CLI and the API say of one row, beside its figures."""
        since = self.restating_from(row)
        return {
            "claims": self._claims_of(row).label(row),
            "restating_from": since.isoformat() if since else None,
            "unknown_days": len(self.unknown(row)),
            "partial_days": len(self.partly_pulled(row)),
        }

    def unknown(self, row: MetricRow) -> frozenset[date]:
        """The days that a row is about, and of which not everything is known."""
        return _days_of(self.gaps_in(row), row)

    def partly_pulled(self, row: MetricRow) -> frozenset[date]:
        """The days that a row is about, and that some account was asked for only before they were over."""
        return _days_of(self.partial_in(row), row)

    def partial_in(self, row: MetricRow) -> tuple[Gap, ...]:
        """The same days, of the accounts that a row is about."""
        return tuple(each for each in self.partial if self._is_in(each, row))

    def gaps_in(self, row: MetricRow) -> tuple[Gap, ...]:
        """The days that are unknown of the accounts that a row is about."""
        return tuple(gap for gap in self.gaps if self._is_in(gap, row))

    def restating_from(self, row: MetricRow) -> date | None:
        """Since when a row's conversions may still be told otherwise; None where it has none, or they are final."""
        if row.conversions is None and row.conversion_value is None:
            return None
        since = self._may_change_since(row)
        if since is None or row.date is None:
            return since
        return row.date if row.date >= since else None

    def may_change(self, row: MetricRow) -> bool:
        """Whether a platform may still tell any of a row's figures otherwise, its spend among them."""
        since = self._may_change_since(row)
        return since is not None and (row.date is None or row.date >= since)

    def _claims_of(self, row: MetricRow) -> Claims:
        """Of a campaign those of its own account: another one of its platform may count by another rule."""
        return self.claims if row.campaign is None else self.claims.of_account(self._account(row.campaign))

    def _account(self, campaign: CampaignName) -> UUID | None:
        return (self.accounts or {}).get(campaign.id)

    def _may_change_since(self, row: MetricRow) -> date | None:
        return min((each.since for each in self.restating if self._is_in(each, row)), default=None)

    def _is_in(self, each: Gap | Restating, row: MetricRow) -> bool:
        if row.campaign is not None:
            return self._account(row.campaign) == each.account_id
        return claims.is_of(row, each.platform, each.currency)


def of(
    actor: Actor,
    *,
    since: date,
    until: date,
    client_id: UUID | None = None,
    ad_id: UUID | None = None,
    as_of: datetime | None = None,
) -> Caveats:
    """What is to be said of figures of these days, both included; with `as_of` of what was known at that moment.

    Of the same snapshot as the figures where both are read within `answers.of_one_moment`.
    """
    with db.snapshot(actor) as snapshot:
        gaps, partial, restating = _days(snapshot, since, until, client_id=client_id, ad_id=ad_id, as_of=as_of)
        told = claims.of(actor, since=since, until=until, client_id=client_id, ad_id=ad_id, as_of=as_of)
        accounts = _accounts(snapshot, *gaps, *partial, *restating, *told.settings, *told.breaks)
    return Caveats(told, gaps, restating, accounts, partial)


def of_days(
    actor: Actor,
    *,
    since: date,
    until: date,
    client_id: UUID | None = None,
    ad_id: UUID | None = None,
    as_of: datetime | None = None,
) -> Caveats:
    """The same, without what conversions are worth."""
    with db.reader(actor) as snapshot:
        gaps, partial, restating = _days(snapshot, since, until, client_id=client_id, ad_id=ad_id, as_of=as_of)
        return Caveats(Claims((), ()), gaps, restating, _accounts(snapshot, *gaps, *partial, *restating), partial)


def _accounts(snapshot: Snapshot, *about: Gap | Restating | Setting | Break) -> Mapping[UUID, UUID]:
    """The account of each campaign, of the accounts that any of these is about."""
    ids = list({each.account_id for each in about})
    found = snapshot.session.execute(_ACCOUNTS, {"account_ids": ids}).all() if ids else ()
    return {row.id: row.platform_account_id for row in found}


def _days_of(gaps: Iterable[Gap], row: MetricRow) -> frozenset[date]:
    days = frozenset(day for gap in gaps for day in gap.days())
    return days if row.date is None else days & {row.date}


def _days(
    snapshot: Snapshot,
    since: date,
    until: date,
    *,
    client_id: UUID | None,
    ad_id: UUID | None,
    as_of: datetime | None,
) -> tuple[tuple[Gap, ...], tuple[Gap, ...], tuple[Restating, ...]]:
    """What is unknown, what is known of a part, and what may be told otherwise."""
    gaps, restating = _STATEMENTS[as_of is not None]
    values = {
        "since": since,
        "until": until,
        "as_of": as_of,
        "now": min(as_of or snapshot.as_of, snapshot.as_of),
        "client_id": client_id,
        "ad_id": ad_id,
        "platforms": [platform.value for platform in Platform],
        "windows": [restatement_days(platform) for platform in Platform],
    }
    missed: dict[bool, list[Gap]] = {False: [], True: []}
    for row in snapshot.session.execute(gaps, values):
        name = (row.account_id, Platform(row.platform), row.external_id, row.currency)
        missed[row.is_partial].append(Gap(*name, row.since, row.until))
    return (
        tuple(missed[False]),
        tuple(missed[True]),
        tuple(
            Restating(row.account_id, Platform(row.platform), row.currency, row.since)
            for row in snapshot.session.execute(restating, values)
        ),
    )
