"""`/v1/metrics`: what the platforms report, summed. The same rows as `adloom metrics show --json`."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from adloom.ads import queries as ads
from adloom.api.compared import Reconciled
from adloom.api.depends import Acting, Writing
from adloom.api.shapes import Body, Day, Item, ListOf, Queued, Shape
from adloom.campaigns.types import CampaignStatus
from adloom.identity import queries as identity
from adloom.metrics import actions, answers, backfill, caveats, claims, conversion, history, outcomes, pacing, queries
from adloom.metrics import people as reached
from adloom.metrics.grains import GrainName
from adloom.metrics.people import Figure
from adloom.platforms.types import BudgetType, Platform

router = APIRouter(prefix="/v1/metrics", tags=["metrics"])

From = Annotated[Day | None, Query(alias="from", description="First day; default 30 days before the last.")]
To = Annotated[Day | None, Query(alias="to", description="Last day; default today.")]


class Answered(ListOf[Item]):
    """`data_as_of` is the moment of the data that was read: now, or a replica's last replayed transaction."""

    data_as_of: AwareDatetime


class CampaignName(Shape):
    id: UUID
    name: str
    platform_campaign_id: str | None


class Rates(Shape):
    """The exchange rates that a row took: on `carried_days` an earlier day's, `age_days` old at most."""

    source: str
    oldest: date
    age_days: int
    carried_days: int


class AttributionBreak(Shape):
    """Since `at` an account's platform attributes by another rule: figures before and after are not comparable.

    `day` is the first of the days that are told by it, where one before it is told by the old one.
    """

    platform: Platform
    external_id: str
    before: str
    after: str
    at: str
    day: str | None


class Claims(Shape):
    """What a row's conversions, their value and ROAS are worth: by which rules each platform claims them.

    `note` stands where the row sums over platforms. `windows` are the rules in each platform's own words.
    """

    note: str | None
    windows: dict[str, list[str]]
    breaks: list[AttributionBreak]


class MetricRow(Shape):
    """Sums in one currency. Keys that are not grouped by are null; a null sum is one that was not reported.

    Money, conversions and ratios are decimal strings; `as_of` is the oldest pull that covers the row. Of
    `unknown_days` of its days not everything is known, which is not zero, and `partial_days` were last pulled before
    they were over; conversions of the days since `restating_from` may still be told otherwise by their platforms.
    `people` are the figures asked for by that name: decimal strings, null where the platform does not report them.
    """

    platform: Platform | None
    campaign: CampaignName | None
    date: str | None
    currency: str
    impressions: int
    clicks: int
    conversions: str | None
    conversion_value: str | None
    spend: str
    ctr: str | None
    cpc: str | None
    roas: str | None
    as_of: str | None
    rates: Rates | None = None
    note: str | None = None
    claims: Claims | None = None
    restating_from: str | None = None
    unknown_days: int = 0
    partial_days: int = 0
    people: dict[Figure, str | None] | None = Field(default=None, exclude_if=lambda value: value is None)


class Gap(Shape):
    """Days in a row on which an account's campaigns stood. `unknown`: no pull covers them, which is not zero.

    `uncertain`: they may be the days before or after, for it is open in which zone the account's reports count.
    """

    account_id: UUID
    platform: Platform
    external_id: str
    since: str = Field(validation_alias="from", serialization_alias="from")
    until: str = Field(validation_alias="to", serialization_alias="to")


class Sums(Answered[MetricRow]):
    """`unknown` are the days of which some account told nothing: no row of them is no zero.

    Those in `partial` are over, and were pulled last before they were: their figures are those up to then.
    """

    unknown: list[Gap]
    partial: list[Gap]


class Figures(Shape):
    """Counts, and decimal strings; null is not reported."""

    impressions: int
    clicks: int
    conversions: str | None
    conversion_value: str | None
    spend: str


class Restated(Shape):
    """A campaign's day, as it was said then and as it is said now; `changed_at` is the pull that said it last."""

    platform: Platform
    campaign: CampaignName
    date: str
    currency: str
    changed_at: str
    before: Figures
    now: Figures


class Changes(Answered[Restated]):
    """`breaks` are changes of attribution since the moment: what they changed is not comparable with what was."""

    breaks: list[AttributionBreak]


class Covered(Shape):
    """Days in a row that pulls of an account cover."""

    account_id: UUID
    platform: Platform
    external_id: str
    grain: GrainName
    since: str = Field(validation_alias="from", serialization_alias="from")
    until: str = Field(validation_alias="to", serialization_alias="to")
    oldest_pull: str
    newest_pull: str


class History(Shape):
    """How much of an account's history is held in one grain.

    `state` is `held`, `waiting`, `pending`, `running`, or `failed` with what was said.
    """

    account_id: UUID
    platform: Platform
    external_id: str
    grain: GrainName
    since: str = Field(validation_alias="from", serialization_alias="from")
    until: str = Field(validation_alias="to", serialization_alias="to")
    days: int
    days_held: int
    state: str
    message: str | None


class ClientName(Shape):
    id: UUID
    name: str


class Pace(Shape):
    """A budget of the days `from` to `to` and what was spent of it, known up to `through`; null is unknown, see `note`.

    `elapsed` is the share of those days that had passed then, `pace` spend ÷ (budget × elapsed), so that 1 is on plan;
    `projection` is what they come to at that pace. Money and ratios are decimal strings. Where days are `unknown`
    there is neither spend nor projection; of `uncertain` ones both may be other days'.
    """

    currency: str
    budget: str | None
    since: str | None = Field(validation_alias="from", serialization_alias="from")
    until: str | None = Field(validation_alias="to", serialization_alias="to")
    days_left: int | None
    spend: str | None
    elapsed: str | None
    pace: str | None
    projection: str | None
    through: str | None
    note: str | None
    unknown: list[Gap]
    uncertain: list[Gap]


class CampaignPace(Pace):
    """Of a campaign: of its flight where the budget is for all of it, else of this month in the account's zone."""

    platform: Platform
    campaign: CampaignName
    account: str
    client_id: UUID | None
    status: CampaignStatus
    budget_type: BudgetType | None


class ClientPace(Pace):
    """Of a client's monthly budget, over all of its accounts."""

    client: ClientName


class Paces(Answered[CampaignPace]):
    """Every campaign that stands, and beside them the clients that have a monthly budget."""

    clients: list[ClientPace]


class Days(Body):
    """Without days: the last seven that are over."""

    since: Day | None = Field(default=None, alias="from")
    until: Day | None = Field(default=None, alias="to")


class Span(Body):
    """Without days: every day not covered yet, and those that may still be restated."""

    since: Day | None = Field(default=None, alias="from")
    until: Day | None = Field(default=None, alias="to")
    grain: GrainName = Field(default=GrainName.DAY, description="How finely: days, hours, conversions or audience.")


@router.get("")
def show(
    acting: Acting,
    from_: From = None,
    to: To = None,
    by: Annotated[str, Query(max_length=100, description="platform, campaign, day; several with commas.")] = "platform",
    ad_id: UUID | None = None,
    client_id: UUID | None = None,
    as_of: Annotated[AwareDatetime | None, Query(description="The figures as they were held at this moment.")] = None,
    reporting_currency: Annotated[
        str | None, Query(max_length=3, description="Told in it, each day at its own rate, and added up.")
    ] = None,
    people: Annotated[
        str, Query(max_length=100, description="reach, frequency, unique_users: of campaigns by day, never a sum.")
    ] = "",
) -> Sums:
    """Sums, one row per currency; `by` says what rows are grouped by."""
    field = "reporting_currency"
    currency = None if reporting_currency is None else conversion.currency(reporting_currency, field=field)
    if ad_id is not None:
        ads.get(acting, ad_id=ad_id)
    if client_id is not None:
        identity.client(acting, client_id=client_id)
    since, until = queries.period(since=from_, until=to)
    client = client_id or acting.client_id
    figures = reached.figures(people, by=queries.grouping(by), field="people")
    with answers.of_one_moment(acting):
        rows = queries.show(
            acting,
            since=since,
            until=until,
            by=queries.grouping(by),
            ad_id=ad_id,
            client_id=client,
            as_of=as_of,
            reporting_currency=currency,
            field=field,
        )
        told = caveats.of(acting, since=since, until=until, client_id=client, ad_id=ad_id, as_of=as_of)
        many = reached.told(acting, figures, since=since, until=until, client_id=client, as_of=as_of)
    return Sums(
        items=[
            MetricRow.model_validate({**row.as_json(), **told.beside(row), **reached.beside(row, many, figures)})
            for row in rows
        ],
        unknown=[Gap.model_validate(each.as_json()) for each in told.gaps],
        partial=[Gap.model_validate(each.as_json()) for each in told.partial],
        data_as_of=rows.data_as_of,
    )


@router.get("/changes")
def changes(
    acting: Acting,
    since: Annotated[AwareDatetime, Query(description="The moment since which figures are told otherwise.")],
    from_: From = None,
    to: To = None,
    client_id: UUID | None = None,
) -> Changes:
    """Days whose figures were known at a moment, and are others now, and where attribution changed meanwhile."""
    if client_id is not None:
        identity.client(acting, client_id=client_id)
    first, last = queries.period(since=from_, until=to)
    client = client_id or acting.client_id
    with answers.of_one_moment(acting):
        found = history.changes(acting, moment=since, since=first, until=last, client_id=client)
        told = claims.of(acting, since=first, until=last, client_id=client, moment=since)
    return Changes(
        items=[Restated.model_validate(each.as_json()) for each in found],
        breaks=[AttributionBreak.model_validate(each.as_json()) for each in told.breaks],
        data_as_of=found.data_as_of,
    )


@router.get("/coverage")
def coverage(acting: Acting) -> Answered[Covered]:
    """Which days of which account are known: an absent row inside is zero, outside unknown."""
    found = history.coverage(acting, client_id=acting.client_id)
    return Answered(items=[Covered.model_validate(each.as_json()) for each in found], data_as_of=found.data_as_of)


@router.get("/pacing")
def pace(acting: Acting) -> Paces:
    """How fast budgets are spent: each campaign's flight or month, and each client's month."""
    found = pacing.show(acting, client_id=acting.client_id)
    return Paces(
        items=[CampaignPace.model_validate(each.as_json()) for each in found.campaigns],
        clients=[ClientPace.model_validate(each.as_json()) for each in found.clients],
        data_as_of=found.data_as_of,
    )


@router.get("/backfill")
def history_held(acting: Acting) -> ListOf[History]:
    """How much of each account's whole history is held, and how bringing in the rest stands."""
    found = backfill.progress(acting, client_id=acting.client_id)
    return ListOf(items=[History.model_validate(each.as_json()) for each in found])


@router.post("/backfill", status_code=202)
def bring_in_history(write: Writing) -> Queued:
    """Bring in the platforms' whole history, newest first, behind everything else. Safe to repeat."""

    def work() -> Queued:
        job_ids = actions.backfill(write.actor)
        return Queued(job_id=next(iter(job_ids), None), job_ids=list(job_ids))

    return write.once(work, status=202)


@router.get("/reconciliation", response_model_exclude_unset=True)
def reconciliation(acting: Acting) -> Answered[Reconciled]:
    """The newest comparison of every account: our sums against the platform's own totals, day by day."""
    found = outcomes.newest(acting, client_id=acting.client_id)
    return Answered(items=[Reconciled.model_validate(each) for each in found], data_as_of=found.data_as_of)


@router.post("/reconciliation", status_code=202)
def reconcile(write: Writing, body: Days | None = None) -> Queued:
    """Ask the platforms for their own totals, and compare."""
    days = body or Days()

    def work() -> Queued:
        job_ids = actions.reconcile(write.actor, since=days.since, until=days.until)
        return Queued(job_id=next(iter(job_ids), None), job_ids=list(job_ids))

    return write.once(work, status=202)


@router.post("/sync", status_code=202)
def sync(write: Writing, body: Span | None = None) -> Queued:
    """Pull the platforms' reports."""
    span = body or Span()

    def work() -> Queued:
        job_ids = actions.sync(write.actor, since=span.since, until=span.until, grain=span.grain)
        return Queued(job_id=next(iter(job_ids), None), job_ids=list(job_ids))

    return write.once(work, status=202)
