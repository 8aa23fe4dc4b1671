"""Microsoft Advertising behind the one contract: which write comes when, and what comes back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adloom.core.errors import Duplicate, Invalid, Missing
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
    RemoteObject,
    Step,
    StepResult,
)
from adloom.platforms.facts import AccountFact, AudienceFact, ConversionFact, DailyFact, Dimension, HourlyFact
from adloom.platforms.geography import PlaceAnswer, PlaceQuery
from adloom.platforms.http import Http
from adloom.platforms.marked import Marked, removed_by
from adloom.platforms.microsoft import (
    accounts,
    attributing,
    drift,
    foreign,
    inspecting,
    kinds,
    listing,
    mapping,
    marked,
    oauth,
    observing,
    payloads,
    places,
    preflight,
    reports,
    revising,
    steps,
)
from adloom.platforms.microsoft.client import VERSION, Client
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import ConversionEvent, Operation, Platform, RemoteStatus
from adloom.platforms.verdicts import Judgement

_WORDS = {RemoteStatus.ACTIVE: "Active", RemoteStatus.PAUSED: "Paused", RemoteStatus.DELETED: "Deleted"}


class MicrosoftAdapter:
    """Microsoft Advertising, search campaigns."""

    platform = Platform.MICROSOFT_ADS
    version = ApiVersion(VERSION, None, "MicrosoftDocs/Advertising: v13 has no announced successor")

    uses_pkce = True
    dimensions = reports.DIMENSIONS

    def authorize_url(self, *, app: App, state: str, challenge: str | None) -> str:
        """Microsoft's page on which a person agrees."""
        return oauth.authorize_url(app=app, state=state, challenge=challenge)

    def exchange(self, http: Http, *, app: App, code: str, verifier: str | None) -> Credentials:
        """The login for a code; raises CredentialsExpired where it is not taken."""
        return oauth.exchange(http, app=app, code=code, verifier=verifier)

    def revoke(self, http: Http, *, credentials: Credentials) -> None:
        """Does nothing: an app cannot end a login at Microsoft, a person does in their account's pages."""

    def inspect(self, connection: Connection, *, account: Account) -> Inspection:
        """Tags, goals, what is wrong with the account, and whether the login may only look."""
        return inspecting.inspect(connection, account=account)

    def mend(self, connection: Connection, *, account: Account, fault: str, answers: Mapping[str, str]) -> None:
        """Raises Invalid: no fault of an account can be mended through Microsoft's API."""
        rule = f"{fault} cannot be mended through Microsoft Advertising's API."
        raise Invalid.field("fault", rule, "Mend it in Microsoft Advertising's own pages.")

    def refresh(self, http: Http, *, credentials: Credentials) -> Credentials:
        """New credentials, the rotated refresh token included; raises CredentialsExpired."""
        return oauth.refresh(http, credentials=credentials)

    def accounts(self, connection: Connection) -> tuple[FoundAccount, ...]:
        """Every ad account this login reaches."""
        return tuple(accounts.find(connection))

    def account_now(self, connection: Connection, *, account: Account) -> FoundAccount | None:
        return accounts.now(Client.of(connection, account), account=account)

    def preflight(self, spec: CampaignSpec) -> Preflight:
        """All errors and losses of this ad on Microsoft Advertising."""
        return preflight.check(spec)

    def place_queries(self, spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
        """The regions, cities and postal codes of this ad, and the countries whose LocationId is not known."""
        return places.queries(spec)

    def places(
        self, connection: Connection, *, account: Account, queries: tuple[PlaceQuery, ...]
    ) -> tuple[PlaceAnswer, ...]:
        """The LocationIds that Microsoft's file of locations has for each query."""
        return places.ask(Client.of(connection, account), queries)

    def worst_day(self, spec: CampaignSpec) -> Decimal:
        return mapping.WORST_DAY

    def way(self, spec: CampaignSpec) -> str:
        return ""

    def revise(self, spec: CampaignSpec) -> Revision:
        """What an update changes here, and what Microsoft Advertising cannot change."""
        return common.revise(spec) if spec.is_foreign else revising.revise(spec)

    def steps(self, spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
        """One call per level, each of which may fail alone; the campaign goes live last."""
        if operation is Operation.UPDATE and spec.is_foreign:
            return common.steps(spec)
        return steps.of(spec, operation=operation)

    def request(self, spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> Mapping[str, Any]:
        """The body that the step sends. Microsoft knows no idempotency key: names and contents serve as one."""
        if (gone := removed_by(step)) is not None:
            return marked.request(gone, spec=spec)
        if common.is_step(step):
            return foreign.body(spec, ids=ids)
        if step.key == "delete":
            return payloads.delete(spec, campaign_id=payloads.known(ids, "campaign"))
        if step.key in steps.SETS:
            word = _WORDS[steps.SETS[step.key]]
            return payloads.set_status(spec, campaign_id=payloads.known(ids, "campaign"), status=word)
        planned = steps.planned(spec, step=step)
        return kinds.KINDS[planned.write].body(spec, planned, ids)

    def execute(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult:
        """Does the step, once."""
        client = Client.of(connection, spec.account)
        if (gone := removed_by(step)) is not None:
            return marked.remove(client, gone, spec=spec)
        if common.is_step(step):
            return foreign.send(client, spec, ids=ids)
        if step.key in steps.SETS:
            return self._set_status(client, spec=spec, step=step, ids=ids)
        planned = steps.planned(spec, step=step)
        kind = kinds.KINDS[planned.write]
        try:
            return StepResult(kind.send(client, spec, planned, ids))
        except Duplicate:
            # Of several items an earlier attempt may have left some: with the rest now made, all of them stand.
            objects = kind.find(client, spec, planned, ids) if len(step.creates) > 1 else None
            if objects is None:
                raise
            return StepResult(objects, words="found by content", adopted=True)

    def find(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult | None:
        """Campaign and ad groups by name, the rest by content, what was set by reading it."""
        client = Client.of(connection, spec.account)
        if (gone := removed_by(step)) is not None:
            return marked.find_removed(client, gone)
        if common.is_step(step):
            return foreign.find(client, spec, ids=ids)
        if step.key in steps.SETS:
            return _found_status(client, step=step, campaign_id=payloads.known(ids, "campaign"))
        planned = steps.planned(spec, step=step)
        objects = kinds.KINDS[planned.write].find(client, spec, planned, ids)
        return None if objects is None else StepResult(objects, words="found as it was asked for", adopted=True)

    def marked(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Marked, ...]:
        """By the name, and of ads by what they show."""
        return marked.find(Client.of(connection, spec.account), spec=spec, ids=ids)

    def judge(
        self, connection: Connection, *, spec: CampaignSpec, operation: Operation, ids: Mapping[str, str]
    ) -> Judgement:
        """What can be read: Microsoft has no dry run (Campaign Management, v13: no operation takes such an option)."""
        is_new = operation is Operation.CREATE
        account, campaign_id = spec.account, ids.get("campaign", "")
        seen = None if is_new else self.observe(connection, account=account, campaign_id=campaign_id)
        return verdicts.read(
            "Microsoft Advertising", spec, account=self.inspect(connection, account=account), campaign=seen
        )

    def observe(self, connection: Connection, *, account: Account, campaign_id: str) -> Observation:
        """How the campaign and its ads stand; a vanished campaign is DELETED."""
        client = Client.of(connection, account)
        return observing.observe(client, campaign_id=campaign_id, time_zone=account.time_zone)

    def drift(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Drift, ...]:
        """What stands otherwise than it was applied: three reads, and three for each ad group."""
        return drift.drift(Client.of(connection, spec.account), spec, ids=ids)

    def campaigns(self, connection: Connection, *, account: Account) -> Iterator[ForeignCampaign]:
        """Every campaign of the account that is not deleted, whoever made it."""
        return listing.campaigns(Client.of(connection, account), currency=account.currency)

    def identify(
        self, connection: Connection, *, account: Account, ids: Collection[str], since: date, until: date
    ) -> Iterator[ForeignCampaign]:
        """These campaigns as their report names them, deleted ones too."""
        return listing.identify(Client.of(connection, account), account=account, ids=ids, since=since, until=until)

    def daily(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[DailyFact]:
        """Every campaign's days. What counts as a conversion is the account's goals: `events` is unused."""
        return reports.daily(Client.of(connection, account), account=account, since=since, until=until)

    def hourly(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[HourlyFact]:
        """Every campaign's hours, conversions included; `events` is unused as in `daily`."""
        return reports.hourly(Client.of(connection, account), account=account, since=since, until=until)

    def conversions(
        self, connection: Connection, *, account: Account, since: date, until: date
    ) -> Iterator[ConversionFact]:
        """Every campaign's days by conversion goal."""
        return reports.conversions(Client.of(connection, account), account=account, since=since, until=until)

    def audience(
        self, connection: Connection, *, account: Account, since: date, until: date, dimension: Dimension
    ) -> Iterator[AudienceFact]:
        """Every campaign's days by age, gender, device or country."""
        client = Client.of(connection, account)
        return reports.audience(client, account=account, since=since, until=until, dimension=dimension)

    def attribution(self, connection: Connection, *, account: Account, since: date, until: date) -> str | None:
        """The windows and models of the account's conversion goals."""
        return attributing.attribution(Client.of(connection, account))

    def totals(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent] | None = None,
    ) -> Iterator[AccountFact]:
        return reports.totals(Client.of(connection, account), account=account, since=since, until=until)

    def _set_status(self, client: Client, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str]) -> StepResult:
        body = self.request(spec, step=step, ids=ids, key="")
        try:
            client.write("DELETE" if step.key == "delete" else "PUT", "Campaigns", body)
        except Missing:
            if step.key != "delete":
                raise
        return _status_result(payloads.known(ids, "campaign"), steps.SETS[step.key])


def _found_status(client: Client, *, step: Step, campaign_id: str) -> StepResult | None:
    row = observing.status_row(client, campaign_id=campaign_id)
    status = mapping.STATUSES.get(str(row.get("Status"))) if row else RemoteStatus.DELETED
    wanted = steps.SETS[step.key]
    return _status_result(campaign_id, wanted, adopted=True) if status is wanted else None


def _status_result(campaign_id: str, status: RemoteStatus, *, adopted: bool = False) -> StepResult:
    campaign = RemoteObject("campaign", "campaign", campaign_id, status=_WORDS[status])
    return StepResult((campaign,), words=_WORDS[status], adopted=adopted)
