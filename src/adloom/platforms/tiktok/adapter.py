"""TikTok's adapter: the contract's methods, each one line into the module that does it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adloom.core.errors import Invalid
from adloom.platforms import foreign as common
from adloom.platforms import verdicts
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
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.tiktok import (
    accounts,
    attributing,
    breakdowns,
    calls,
    drift,
    foreign,
    inspecting,
    listing,
    mapping,
    marked,
    oauth,
    observing,
    paths,
    places,
    preflight,
    reports,
    revising,
    steps,
)
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import ConversionEvent, Operation, Platform
from adloom.platforms.verdicts import Judgement


class TikTokAdapter:
    """TikTok's feed: one video per ad. Docstrings stand in `contract.Adapter`."""

    platform = Platform.TIKTOK_ADS
    #: TikTok's page takes no code challenge.
    uses_pkce = False
    dimensions = frozenset(breakdowns.AUDIENCES)
    version = ApiVersion(mapping.API_VERSION, ends_on=None, source="TikTok API for Business: no end announced")

    def authorize_url(self, *, app: App, state: str, challenge: str | None) -> str:
        return oauth.authorize_url(app=app, state=state)

    def exchange(self, http: Http, *, app: App, code: str, verifier: str | None) -> Credentials:
        return oauth.exchange(http, app=app, code=code)

    def revoke(self, http: Http, *, credentials: Credentials) -> None:
        oauth.revoke(http, credentials=credentials)

    def inspect(self, connection: Connection, *, account: Account) -> Inspection:
        return inspecting.inspect(Client(connection, advertiser_id=account.external_id))

    def mend(self, connection: Connection, *, account: Account, fault: str, answers: Mapping[str, str]) -> None:
        """TikTok's faults are mended on its own pages alone."""
        raise Invalid.field("fault", f"{fault!r} cannot be mended from here.", "Mend it in TikTok Ads Manager.")

    def refresh(self, http: Http, *, credentials: Credentials) -> Credentials:
        oauth.refresh()

    def accounts(self, connection: Connection) -> tuple[FoundAccount, ...]:
        return accounts.reached(connection)

    def account_now(self, connection: Connection, *, account: Account) -> FoundAccount | None:
        return accounts.now(Client(connection, advertiser_id=account.external_id), account=account)

    def preflight(self, spec: CampaignSpec) -> Preflight:
        return preflight.check(spec)

    def place_queries(self, spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
        return places.queries(spec)

    def places(
        self, connection: Connection, *, account: Account, queries: tuple[PlaceQuery, ...]
    ) -> tuple[PlaceAnswer, ...]:
        return places.ask(Client(connection, advertiser_id=account.external_id), queries)

    def worst_day(self, spec: CampaignSpec) -> Decimal:
        return mapping.DYNAMIC_WORST_DAY if paths.of(spec) is paths.SMART_PLUS else mapping.WORST_DAY

    def way(self, spec: CampaignSpec) -> str:
        return paths.of(spec).name

    def revise(self, spec: CampaignSpec) -> Revision:
        return common.revise(spec) if spec.is_foreign else revising.revise(spec)

    def steps(self, spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
        if operation is Operation.UPDATE and spec.is_foreign:
            return common.steps(spec)
        return steps.plan(spec, operation=operation)

    def request(self, spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> Mapping[str, Any]:
        if (gone := removed_by(step)) is not None:
            return {"id": gone.platform_id, "operation_status": "DELETE"}
        if common.is_step(step):
            return steps.storable(foreign.body(spec, ids=ids))
        return steps.storable(steps.body(spec, step=step, ids=ids, key=key))

    def execute(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult:
        client = Client(connection, advertiser_id=spec.account.external_id)
        if (gone := removed_by(step)) is not None:
            return marked.remove(client, gone, spec=spec)
        if common.is_step(step):
            return foreign.send(client, spec, ids=ids)
        return calls.execute(client, spec=spec, step=step, ids=ids, key=key)

    def find(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult | None:
        client = Client(connection, advertiser_id=spec.account.external_id)
        if (gone := removed_by(step)) is not None:
            return marked.find_removed(client, gone, spec=spec)
        if common.is_step(step):
            return foreign.find(client, spec, ids=ids)
        return calls.find(client, spec=spec, step=step, ids=ids, key=key)

    def marked(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Marked, ...]:
        client = Client(connection, advertiser_id=spec.account.external_id)
        return marked.find(client, spec=spec)

    def judge(
        self, connection: Connection, *, spec: CampaignSpec, operation: Operation, ids: Mapping[str, str]
    ) -> Judgement:
        """What can be read: TikTok has no dry run (TikTok API for Business, v1.3: no endpoint takes such an option)."""
        is_new = operation is Operation.CREATE
        account, campaign_id = spec.account, ids.get("campaign", "")
        seen = None if is_new else self.observe(connection, account=account, campaign_id=campaign_id)
        return verdicts.read("TikTok", spec, account=self.inspect(connection, account=account), campaign=seen)

    def observe(self, connection: Connection, *, account: Account, campaign_id: str) -> Observation:
        client = Client(connection, advertiser_id=account.external_id)
        return observing.observe(client, campaign_id=campaign_id)

    def drift(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Drift, ...]:
        client = Client(connection, advertiser_id=spec.account.external_id)
        return drift.drift(client, spec, ids=ids)

    def campaigns(self, connection: Connection, *, account: Account) -> Iterator[ForeignCampaign]:
        """Every campaign of the account that is not deleted, whoever made it."""
        client = Client(connection, advertiser_id=account.external_id)
        return listing.campaigns(client, currency=account.currency)

    def identify(
        self, connection: Connection, *, account: Account, ids: Collection[str], since: date, until: date
    ) -> Iterator[ForeignCampaign]:
        """These campaigns by their ids, deleted ones too."""
        client = Client(connection, advertiser_id=account.external_id)
        return listing.identify(client, currency=account.currency, ids=ids)

    def daily(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[DailyFact]:
        client = Client(connection, advertiser_id=account.external_id)
        return reports.daily(client, account=account, since=since, until=until, events=events)

    def hourly(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[HourlyFact]:
        client = Client(connection, advertiser_id=account.external_id)
        return reports.hourly(client, account=account, since=since, until=until, events=events)

    def conversions(
        self, connection: Connection, *, account: Account, since: date, until: date
    ) -> Iterator[ConversionFact]:
        client = Client(connection, advertiser_id=account.external_id)
        return breakdowns.conversions(client, account=account, since=since, until=until)

    def audience(
        self, connection: Connection, *, account: Account, since: date, until: date, dimension: Dimension
    ) -> Iterator[AudienceFact]:
        client = Client(connection, advertiser_id=account.external_id)
        return breakdowns.audience(client, account=account, since=since, until=until, dimension=dimension)

    def attribution(self, connection: Connection, *, account: Account, since: date, until: date) -> str | None:
        """The attribution windows of the account's ad groups."""
        return attributing.attribution(Client(connection, advertiser_id=account.external_id))

    def totals(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent] | None = None,
    ) -> Iterator[AccountFact]:
        client = Client(connection, advertiser_id=account.external_id)
        return reports.totals(client, account=account, since=since, until=until)
