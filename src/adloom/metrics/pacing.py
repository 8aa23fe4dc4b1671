"""Reads of how fast budgets are spent: each campaign's flight or month, and each client's month, in accounts' zones."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.ads import flight, instants
from adloom.campaigns.types import CampaignStatus
from adloom.core import money, time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.metrics import pace, reach, uncertain
from adloom.metrics.gaps import Gap, merged
from adloom.metrics.pace import Known, Pace, Span
from adloom.metrics.reach import Held, Reach
from adloom.metrics.types import CampaignName
from adloom.platforms.types import BudgetType, Platform

# A composed campaign by what was applied last, an imported one by what its platform showed. One that was deleted, or
# is over, has no pace any more, but may have spent of its client's month.
_CAMPAIGNS = text(
    """
    SELECT
        campaigns.id,
        campaigns.campaign_name,
        campaigns.platform_campaign_id,
        campaigns.platform,
        campaigns.status,
        campaigns.deleted_at,
        campaigns.client_id,
        campaigns.created_at,
        campaigns.platform_account_id AS account_id,
        accounts.external_id,
        accounts.time_zone,
        accounts.currency,
        ads.origin = 'imported' AS is_imported,
        CASE
            WHEN ads.origin = 'imported' THEN ads.budget_data
            ELSE coalesce(
                nullif(campaigns.spec #> ARRAY['ad', 'platforms', campaigns.platform::text, 'budget'], 'null'),
                campaigns.spec #> '{ad,budget}'
            )
        END AS budget,
        campaigns.spec #> '{ad,schedule}' AS schedule,
        CAST(coalesce(campaigns.spec ->> 'start', ads.unified_data #>> '{imported,start}') AS timestamptz) AS start,
        CAST(ads.unified_data #>> '{imported,end}' AS timestamptz) AS end
    FROM campaigns
    JOIN ads ON ads.id = campaigns.ad_id
    JOIN platform_accounts AS accounts ON accounts.id = campaigns.platform_account_id
    WHERE campaigns.platform_campaign_id IS NOT NULL
        AND (CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid))
    ORDER BY
        campaigns.platform,
        campaigns.campaign_name,
        campaigns.id
    """
)

_CLIENTS = text(
    """
    SELECT
        id,
        name,
        currency,
        monthly_budget
    FROM clients
    WHERE deleted_at IS NULL
        AND monthly_budget IS NOT NULL
        AND (CAST(:client_id AS uuid) IS NULL OR id = CAST(:client_id AS uuid))
    ORDER BY
        lower(name),
        id
    """
)

_SPENT = text(
    """
    SELECT
        asked.campaign_id,
        campaign_metrics.spend_currency AS currency,
        sum(campaign_metrics.spend_amount) AS spend
    FROM unnest(CAST(:ids AS uuid[]), CAST(:since AS date[]), CAST(:until AS date[])) AS asked (
        campaign_id, since, until
    )
    JOIN campaign_metrics ON campaign_metrics.campaign_id = asked.campaign_id
        AND campaign_metrics.date BETWEEN asked.since AND asked.until
    GROUP BY
        asked.campaign_id,
        campaign_metrics.spend_currency
    """
)

_LACKING = "some of its days have not been pulled: adloom metrics sync"

_UNCERTAIN = uncertain.MARK

Spent = Mapping[UUID, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class CampaignPace:
    """A campaign's budget and its pace: of its flight where the budget is for all of it, else of this month."""

    campaign: CampaignName
    platform: Platform
    account: str
    client_id: UUID | None
    status: CampaignStatus
    budget_type: BudgetType | None
    pace: Pace

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {
            "platform": self.platform.value,
            "campaign": {
                "id": str(self.campaign.id),
                "name": self.campaign.name,
                "platform_campaign_id": self.campaign.platform_campaign_id,
            },
            "account": self.account,
            "client_id": None if self.client_id is None else str(self.client_id),
            "status": self.status.value,
            "budget_type": None if self.budget_type is None else self.budget_type.value,
            **self.pace.as_json(),
        }


@dataclass(frozen=True, slots=True)
class ClientPace:
    """A client's budget of this month, and its pace over all of its accounts."""

    id: UUID
    name: str
    pace: Pace

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {"client": {"id": str(self.id), "name": self.name}, **self.pace.as_json()}


@dataclass(frozen=True, slots=True)
class Paces:
    """All of them, with the moment of the data."""

    campaigns: tuple[CampaignPace, ...]
    clients: tuple[ClientPace, ...]
    data_as_of: datetime

    @property
    def unknown(self) -> tuple[Gap, ...]:
        """The days without which some pace is unknown, by account."""
        return merged(gap for each in self._paces() for gap in each.unknown)

    @property
    def uncertain(self) -> tuple[Gap, ...]:
        """The days that some pace is made of, and that may be others, by account."""
        return merged(gap for each in self._paces() for gap in each.uncertain)

    def _paces(self) -> list[Pace]:
        return [*(each.pace for each in self.campaigns), *(each.pace for each in self.clients)]

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {
            "campaigns": [each.as_json() for each in self.campaigns],
            "clients": [each.as_json() for each in self.clients],
            "data_as_of": self.data_as_of.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class _Budgeted:
    """A campaign's row, read: `span` is what its budget is for, None with the reason in `note`."""

    row: RowMapping
    type: BudgetType | None
    currency: str
    budget: Decimal | None
    span: Span | None
    note: str | None

    @property
    def is_shown(self) -> bool:
        """Whether its pace is of interest: it stands, and is not over."""
        return self.row["deleted_at"] is None and self.row["status"] != CampaignStatus.COMPLETED.value


def show(actor: Actor, *, client_id: UUID | None = None, now: datetime | None = None) -> Paces:
    """The pace of every campaign that stands, by platform and name, and of every client with a monthly budget.

    `now` is the moment by which days have passed, by default this one.
    """
    now = now or time.now()
    with db.snapshot(actor) as (session, data_as_of):
        rows = session.execute(_CAMPAIGNS, {"client_id": client_id}).mappings().all()
        clients = session.execute(_CLIENTS, {"client_id": client_id}).mappings().all()
        budgeted = [_budgeted(row, now=now) for row in rows]
        shown = [each for each in budgeted if each.is_shown]
        held = reach.held(session, since=_earliest(shown, now=now))
        spent = _spent(session, shown, now=now)
        campaigns = tuple(_of_campaign(each, held, spent, now=now) for each in shown)
        months = tuple(_of_client(session, client, rows, held, now=now) for client in clients)
    return Paces(campaigns, months, data_as_of)


def _budgeted(row: RowMapping, *, now: datetime) -> _Budgeted:
    told = row["budget"] or {}
    if not told.get("amount"):
        return _Budgeted(row, None, row["currency"], None, None, "its platform tells no budget of its own")
    type_, amount = BudgetType(told.get("type", BudgetType.DAILY)), told["amount"]
    zone = time.zone(row["time_zone"])
    start, end = _flight(row)
    currency, value = amount["currency"], Decimal(str(amount["value"]))
    if type_ is BudgetType.LIFETIME:
        if start is None or end is None or end <= start:
            lacks = "start" if start is None else "end"
            return _Budgeted(row, type_, currency, value, None, f"the {lacks} of its flight is not known")
        return _Budgeted(row, type_, currency, value, Span(start, end, zone), None)
    span = pace.month(now.astimezone(zone).date(), zone, start=start, end=end)
    note = None if span else "it does not run in this month"
    return _Budgeted(row, type_, currency, value * span.days if span else None, span, note)


def _flight(row: RowMapping) -> tuple[datetime | None, datetime | None]:
    """When it begins and ends: of a composed one as it was applied."""
    if row["is_imported"] or row["start"] is None:
        return row["start"], row["end"]
    own = flight.Schedule.model_validate_json(json.dumps(row["schedule"] or {}))
    schedule = instants.schedule(own, time_zone=row["time_zone"], start=row["start"])
    return schedule.start, schedule.end


def _earliest(shown: Sequence[_Budgeted], *, now: datetime) -> date:
    """The first day whose coverage matters; of clients it is the first of the month, wherever it began last."""
    month = (now - timedelta(days=1)).date().replace(day=1) - timedelta(days=1)
    return min([month, *(each.span.since for each in shown if each.span)])


def _spent(session: ReadSession, shown: Iterable[_Budgeted], *, now: datetime) -> Spent:
    asked = [(each.row["id"], each.span.since, each.span.until) for each in shown if each.span]
    return _sums(session, asked)


def _sums(session: ReadSession, asked: Sequence[tuple[UUID, date, date]]) -> Spent:
    found: defaultdict[UUID, dict[str, Decimal]] = defaultdict(dict)
    values = {"ids": [a for a, _, _ in asked], "since": [b for _, b, _ in asked], "until": [c for _, _, c in asked]}
    for row in session.execute(_SPENT, values):
        found[row.campaign_id][row.currency] = row.spend
    return found


def _of_campaign(each: _Budgeted, held: Held, spent: Spent, *, now: datetime) -> CampaignPace:
    row = each.row
    return CampaignPace(
        CampaignName(row["id"], row["campaign_name"], row["platform_campaign_id"]),
        Platform(row["platform"]),
        row["external_id"],
        row["client_id"],
        CampaignStatus(row["status"]),
        each.type,
        _pace(each, held, spent.get(row["id"], {}), now=now),
    )


def _pace(each: _Budgeted, held: Held, spent: Mapping[str, Decimal], *, now: datetime) -> Pace:
    if each.span is None or each.budget is None:
        return Pace(each.currency, each.budget, None, None, None, None, None, None, None, each.note)
    reached, others = reach.of(each.row, each.span, held, now=now), _others(spent, each.currency)
    has_begun = each.span.begin < now
    through = reached.through if has_begun and not others else None
    found = pace.pace(
        currency=each.currency,
        budget=each.budget,
        span=each.span,
        known=Known(spent.get(each.currency, Decimal(0)), through) if through else None,
        now=now,
        is_paused=each.row["status"] == CampaignStatus.PAUSED.value,
        note=_note(others, reached) if has_begun else "its flight has not begun",
    )
    return replace(found, unknown=reached.unknown, uncertain=reached.uncertain) if has_begun else found


def _note(others: str | None, reached: Reach) -> str | None:
    """Why the spend is unknown, or not quite known."""
    lacks = _LACKING if reached.unknown else None
    return "; ".join(filter(None, (others, lacks, _UNCERTAIN if reached.uncertain else None))) or None


def _of_client(
    session: ReadSession, client: RowMapping, rows: Sequence[RowMapping], held: Held, *, now: datetime
) -> ClientPace:
    """Its month is that of the account whose day began last; what is known is known of every account."""
    own = [row for row in rows if row["client_id"] == client["id"]]
    zones = sorted({row["time_zone"] for row in own}, key=lambda name: now.astimezone(time.zone(name)).isoformat())
    zone = time.zone(zones[0] if zones else "UTC")
    today = now.astimezone(zone).date()
    span = pace.month(today, zone)
    assert span is not None
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for sums in _sums(session, [(row["id"], span.since, span.until) for row in own]).values():
        for currency, spend in sums.items():
            spent[currency] += spend
    reached, others = reach.of_all(own, held, today=today, now=now), _others(spent, client["currency"])
    found = pace.pace(
        currency=client["currency"],
        budget=client["monthly_budget"],
        span=span,
        known=Known(spent[client["currency"]], reached.through) if reached.through and not others else None,
        now=now,
        is_paused=bool(own) and all(row["status"] == CampaignStatus.PAUSED.value for row in own),
        note=_note(others, reached),
    )
    return ClientPace(
        client["id"], client["name"], replace(found, unknown=reached.unknown, uncertain=reached.uncertain)
    )


def _others(spent: Mapping[str, Decimal], currency: str) -> str | None:
    """What was spent in other currencies, in words: a budget in one currency cannot be held against it."""
    found = {other: spend for other, spend in sorted(spent.items()) if other != currency and spend}
    if not found:
        return None
    amounts = ", ".join(
        f"{money.plain(spend, digits=money.currency_digits(other))} {other}" for other, spend in found.items()
    )
    return f"also spent, and not held against a budget in {currency}: {amounts}"
