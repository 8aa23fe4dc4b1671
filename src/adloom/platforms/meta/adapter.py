"""Meta's adapter: the contract's methods, each one line into the module that does it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adloom.core.errors import Invalid
from adloom.platforms import foreign as common
from adloom.platforms.access import App, Inspection
from adloom.platforms.changes import Drift, Revision
from adloom.platforms.contract import (
    ApiVersion,
    Connection,
    Credentials,
    ForeignCampaign,
    FoundAccount,
    Observation,
    Preflight,
    Step,
    StepResult,
)
from adloom.platforms.facts import AccountFact, AudienceFact, ConversionFact, DailyFact, Dimension, HourlyFact
from adloom.platforms.geography import PlaceAnswer, PlaceQuery
from adloom.platforms.http import Http
from adloom.platforms.marked import Marked, removed_by
from adloom.platforms.meta import (
    accounts,
    attributing,
    calls,
    drift,
    foreign,
    judging,
    listing,
    mapping,
    marked,
    oauth,
    observing,
    places,
    preflight,
    reports,
    revising,
    steps,
)
from adloom.platforms.meta.graph import Graph
from adloom.platforms.meta.inspecting import Inspecting
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import ConversionEvent, Operation, Platform
from adloom.platforms.verdicts import Judgement


class MetaAdapter:
    """Facebook and Instagram feeds: one image or video per ad. Docstrings stand in `contract.Adapter`."""

    platform = Platform.FACEBOOK_ADS
    version = ApiVersion(
        mapping.API_VERSION, ends_on=None, source="Meta's changelog: released 2026-07-29, no end announced"
    )

    uses_pkce = False
    dimensions = frozenset(reports.BREAKDOWNS)

    def authorize_url(self, *, app: App, state: str, challenge: str | None) -> str:
        return oauth.authorize_url(app=app, state=state)

    def exchange(self, http: Http, *, app: App, code: str, verifier: str | None) -> Credentials:
        return oauth.exchange(http, app=app, code=code)

    def revoke(self, http: Http, *, credentials: Credentials) -> None:
        oauth.revoke(http, credentials=credentials)

    def inspect(self, connection: Connection, *, account: Account) -> Inspection:
        return Inspecting(Graph(connection, account=mapping.account_path(account.external_id))).look()

    def mend(self, connection: Connection, *, account: Account, fault: str, answers: Mapping[str, str]) -> None:
        raise Invalid.field("fault", f"Meta's interface mends no {fault!r}.", "Mend it in Meta's own pages.")

    def refresh(self, http: Http, *, credentials: Credentials) -> Credentials:
        return oauth.refresh(http, credentials=credentials)

    def accounts(self, connection: Connection) -> tuple[FoundAccount, ...]:
        return accounts.reached(connection)

    def account_now(self, connection: Connection, *, account: Account) -> FoundAccount | None:
        return accounts.now(Graph(connection, account=mapping.account_path(account.external_id)))

    def preflight(self, spec: CampaignSpec) -> Preflight:
        return preflight.check(spec)

    def place_queries(self, spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
        return places.queries(spec)

    def places(
        self, connection: Connection, *, account: Account, queries: tuple[PlaceQuery, ...]
    ) -> tuple[PlaceAnswer, ...]:
        return places.ask(Graph(connection, account=mapping.account_path(account.external_id)), queries)

    def worst_day(self, spec: CampaignSpec) -> Decimal:
        return mapping.WORST_DAY

    def way(self, spec: CampaignSpec) -> str:
        return ""

    def revise(self, spec: CampaignSpec) -> Revision:
        return foreign.revise(spec) if spec.is_foreign else revising.revise(spec)

    def steps(self, spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
        if operation is Operation.UPDATE and spec.is_foreign:
            return common.steps(spec)
        return steps.plan(spec, operation=operation)

    def request(self, spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> Mapping[str, Any]:
        if (gone := removed_by(step)) is not None:
            return {"id": gone.platform_id, "status": "DELETED"}
        if common.is_step(step):
            return foreign.body(spec, ids=ids)
        return steps.storable(steps.body(spec, step=step, ids=ids))

    def execute(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult:
        graph = Graph(connection, account=calls.account(spec))
        if (gone := removed_by(step)) is not None:
            return marked.remove(graph, gone)
        if common.is_step(step):
            return foreign.send(graph, spec, ids=ids)
        return calls.execute(graph, spec=spec, step=step, ids=ids)

    def find(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult | None:
        graph = Graph(connection, account=calls.account(spec))
        if (gone := removed_by(step)) is not None:
            return marked.find_removed(graph, gone)
        if common.is_step(step):
            return foreign.find(graph, spec, ids=ids)
        return calls.find(graph, spec=spec, step=step, ids=ids)

    def marked(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Marked, ...]:
        return marked.find(Graph(connection, account=calls.account(spec)), spec=spec)

    def judge(
        self, connection: Connection, *, spec: CampaignSpec, operation: Operation, ids: Mapping[str, str]
    ) -> Judgement:
        return judging.judge(Graph(connection, account=calls.account(spec)), spec, operation=operation, ids=ids)

    def observe(self, connection: Connection, *, account: Account, campaign_id: str) -> Observation:
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return observing.observe(graph, campaign_id=campaign_id)

    def drift(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Drift, ...]:
        return drift.drift(Graph(connection, account=calls.account(spec)), spec, ids=ids)

    def campaigns(self, connection: Connection, *, account: Account) -> Iterator[ForeignCampaign]:
        """Every campaign of the account that is not deleted, whoever made it."""
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return listing.campaigns(graph, currency=account.currency)

    def identify(
        self, connection: Connection, *, account: Account, ids: Collection[str], since: date, until: date
    ) -> Iterator[ForeignCampaign]:
        """These campaigns by their ids, deleted and archived ones too."""
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return listing.identify(graph, currency=account.currency, ids=ids)

    def daily(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[DailyFact]:
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return reports.daily(graph, account=account, since=since, until=until, events=events)

    def hourly(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[HourlyFact]:
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return reports.hourly(graph, account=account, since=since, until=until)

    def conversions(
        self, connection: Connection, *, account: Account, since: date, until: date
    ) -> Iterator[ConversionFact]:
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return reports.conversions(graph, account=account, since=since, until=until)

    def audience(
        self, connection: Connection, *, account: Account, since: date, until: date, dimension: Dimension
    ) -> Iterator[AudienceFact]:
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return reports.audience(graph, account=account, since=since, until=until, dimension=dimension)

    def attribution(self, connection: Connection, *, account: Account, since: date, until: date) -> str | None:
        """The attribution settings of campaigns that delivered on these days."""
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return attributing.attribution(graph, since=since, until=until, window=reports.DAYS)

    def totals(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent] | None = None,
    ) -> Iterator[AccountFact]:
        graph = Graph(connection, account=mapping.account_path(account.external_id))
        return reports.totals(graph, account=account, since=since, until=until, events=events or {})
