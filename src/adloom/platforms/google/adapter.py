"""Google Ads behind the one contract: which write comes when, and what comes back."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adloom.core.errors import Missing
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
    RemoteObject,
    Step,
    StepResult,
)
from adloom.platforms.facts import AccountFact, AudienceFact, ConversionFact, DailyFact, Dimension, HourlyFact
from adloom.platforms.geography import PlaceAnswer, PlaceQuery
from adloom.platforms.google import (
    accounts,
    attributing,
    changing,
    creatives,
    drift,
    foreign,
    goals,
    judging,
    listing,
    mapping,
    marked,
    oauth,
    observing,
    payloads,
    places,
    preflight,
    readback,
    reports,
    revision,
    updating,
)
from adloom.platforms.google.client import VERSION, Client
from adloom.platforms.http import Http
from adloom.platforms.marked import Marked, removed_by
from adloom.platforms.spec import Account, CampaignSpec, MediaFile
from adloom.platforms.types import ConversionEvent, Operation, Platform, RemoteStatus
from adloom.platforms.verdicts import Judgement

#: What each step that changes no more than the campaign's status sets.
_SETS = {
    "activate/campaign": RemoteStatus.ACTIVE,
    "pause": RemoteStatus.PAUSED,
    "resume": RemoteStatus.ACTIVE,
    "delete": RemoteStatus.DELETED,
}


class GoogleAdapter:
    """Google Ads: search campaigns, and display campaigns of responsive display ads."""

    platform = Platform.GOOGLE_ADS
    version = ApiVersion(VERSION, None, "developers.google.com/google-ads/api/docs/sunset-dates: none announced")
    uses_pkce = True
    dimensions = reports.DIMENSIONS

    def authorize_url(self, *, app: App, state: str, challenge: str | None) -> str:
        """Google's consent page."""
        return oauth.authorize_url(app=app, state=state, challenge=challenge)

    def exchange(self, http: Http, *, app: App, code: str, verifier: str | None) -> Credentials:
        """Credentials for a code, with a refresh token; raises CredentialsExpired."""
        return oauth.exchange(http, app=app, code=code, verifier=verifier)

    def refresh(self, http: Http, *, credentials: Credentials) -> Credentials:
        """New credentials for lapsed ones; raises CredentialsExpired."""
        return oauth.refresh(http, credentials=credentials)

    def revoke(self, http: Http, *, credentials: Credentials) -> None:
        """Ends the login at Google; done already is done."""
        oauth.revoke(http, credentials=credentials)

    def accounts(self, connection: Connection) -> tuple[FoundAccount, ...]:
        """Every ad account this login reaches, directly or through a manager; managers carry no ads."""
        return accounts.reached(connection)

    def account_now(self, connection: Connection, *, account: Account) -> FoundAccount | None:
        return accounts.now(Client.of(connection, account))

    def inspect(self, connection: Connection, *, account: Account) -> Inspection:
        """Conversion actions, faults (suspended, closed, undeclared campaigns) and missing rights."""
        return accounts.inspect(Client.of(connection, account))

    def mend(self, connection: Connection, *, account: Account, fault: str, answers: Mapping[str, str]) -> None:
        """Declares the campaigns that lack their declaration about political advertising in the EU."""
        accounts.mend(Client.of(connection, account), account=account, fault=fault, answers=answers)

    def preflight(self, spec: CampaignSpec) -> Preflight:
        """All errors and losses of this ad on Google Ads."""
        return preflight.check(spec)

    def place_queries(self, spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
        """The regions, cities and postal codes of this ad."""
        return places.queries(spec)

    def places(
        self, connection: Connection, *, account: Account, queries: tuple[PlaceQuery, ...]
    ) -> tuple[PlaceAnswer, ...]:
        """Google's geo target constants for each query."""
        return places.ask(Client.of(connection, account), queries)

    def worst_day(self, spec: CampaignSpec) -> Decimal:
        return mapping.WORST_DAY

    def way(self, spec: CampaignSpec) -> str:
        return ""

    def revise(self, spec: CampaignSpec) -> Revision:
        """What an update changes, and what Google cannot change."""
        return common.revise(spec) if spec.is_foreign else revision.revise(spec)

    def steps(self, spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
        """Images first; one atomic write for the whole tree, or for all that differs; one write for a status.

        Before the tree stands the account's goal of the chosen conversion action; behind it the campaign uses the goal.
        """
        if operation is Operation.CREATE:
            return _create_steps(spec)
        if operation is Operation.UPDATE:
            return common.steps(spec) if spec.is_foreign else _update_steps(spec)
        return (Step(operation.value, "status", activates=operation is Operation.RESUME),)

    def request(self, spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> Mapping[str, Any]:
        """The body of the one `googleAds:mutate` that the step is; in an image's, its SHA-256 stands for its bytes.

        Google knows no idempotency key.
        """
        if (gone := removed_by(step)) is not None:
            return marked.request(gone, spec=spec)
        if common.is_step(step):
            return foreign.body(spec, ids=ids)
        if step.asset_id is not None:
            digest = bytes.fromhex(_file(spec, step.asset_id).sha256)
            return payloads.asset(spec, asset_id=step.asset_id, data=base64.b64encode(digest).decode())
        if goals.is_custom(step):
            return payloads.mutate([goals.planned(spec, action=step.key.removeprefix("goal/"))])
        if goals.is_use(step):
            return goals.use_body(spec, ids=ids)
        if step.key == "tree":
            return payloads.mutate(payloads.tree(spec, ids=_uploaded(ids)))
        if step.key == "update":
            return changing.body(spec, ids=ids)
        return payloads.set_status(spec, campaign_id=ids["campaign"], status=_SETS[step.key])

    def execute(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult:
        """Does the step, once. An update asks first what of it stands: what is gone already is not removed again."""
        client = Client.of(connection, spec.account)
        if (gone := removed_by(step)) is not None:
            return marked.remove(client, gone, spec=spec)
        if common.is_step(step):
            return foreign.send(client, spec, ids=ids)
        if step.asset_id is not None:
            data = base64.b64encode(_file(spec, step.asset_id).read()).decode()
            (result,) = client.mutate(payloads.asset(spec, asset_id=step.asset_id, data=data))
            return _image_result(step, updating.identity(result))
        if goals.is_custom(step):
            return goals.make(client, spec, step)
        if goals.is_use(step):
            return goals.apply(client, spec, ids=ids)
        if step.key == "tree":
            planned = payloads.tree(spec, ids=_uploaded(ids))
            return updating.created(planned, client.mutate(payloads.mutate(planned)))
        if step.key == "update":
            return updating.update(client, spec, ids=ids)
        try:
            client.mutate(self.request(spec, step=step, ids=ids, key=key))
        except Missing:
            if step.key != "delete":
                raise
        return _status_result(ids["campaign"], _SETS[step.key])

    def find(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult | None:
        """An image and the tree by their names, an update by comparing all that it sets, a status by reading it."""
        client = Client.of(connection, spec.account)
        if (gone := removed_by(step)) is not None:
            return marked.find_removed(client, gone)
        if common.is_step(step):
            return foreign.find(client, spec, ids=ids)
        if step.asset_id is not None:
            identity = readback.image(client, _file(spec, step.asset_id))
            return _image_result(step, identity, adopted=True) if identity else None
        if goals.is_custom(step):
            return goals.find_custom(client, spec, step)
        if goals.is_use(step):
            return goals.find_use(client, spec, ids=ids)
        if step.key == "tree":
            objects = readback.tree(client, planned=payloads.tree(spec, ids=_uploaded(ids)))
            return StepResult(objects=objects, words="found by name", adopted=True) if objects else None
        if step.key == "update":
            return updating.find(client, spec, ids=ids)
        wanted = _SETS[step.key]
        status = observing.status(client, campaign_id=ids["campaign"])
        return _status_result(ids["campaign"], wanted, adopted=True) if status is wanted else None

    def marked(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Marked, ...]:
        """By the name, and of ads by what they show."""
        return marked.find(Client.of(connection, spec.account), spec=spec, ids=ids)

    def judge(
        self, connection: Connection, *, spec: CampaignSpec, operation: Operation, ids: Mapping[str, str]
    ) -> Judgement:
        """What Google says to the one mutate that would be sent, by `validateOnly`."""
        return judging.judge(Client.of(connection, spec.account), spec, operation=operation, ids=ids)

    def observe(self, connection: Connection, *, account: Account, campaign_id: str) -> Observation:
        """How the campaign and its ads stand; a vanished campaign is DELETED."""
        return observing.observe(Client.of(connection, account), campaign_id=campaign_id)

    def drift(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Drift, ...]:
        """What stands otherwise than it was applied, in five reads, and two more for a conversion action."""
        return drift.drift(Client.of(connection, spec.account), spec, ids=ids)

    def campaigns(self, connection: Connection, *, account: Account) -> Iterator[ForeignCampaign]:
        """Every campaign of the account that is not deleted, whoever made it."""
        return listing.campaigns(Client.of(connection, account), account=account)

    def identify(
        self, connection: Connection, *, account: Account, ids: Collection[str], since: date, until: date
    ) -> Iterator[ForeignCampaign]:
        """These campaigns by their ids, removed ones too."""
        return listing.identify(Client.of(connection, account), account=account, ids=ids)

    def daily(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[DailyFact]:
        """Every campaign's days. What counts as a conversion is the account's setting: `events` is unused."""
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
        """Every campaign's hours on the account's clock; `events` is unused, as for days."""
        client = Client.of(connection, account)
        return reports.hourly(client, account=account, since=since, until=until)

    def conversions(
        self, connection: Connection, *, account: Account, since: date, until: date
    ) -> Iterator[ConversionFact]:
        """Every campaign's days by conversion action."""
        return reports.conversions(Client.of(connection, account), account=account, since=since, until=until)

    def audience(
        self, connection: Connection, *, account: Account, since: date, until: date, dimension: Dimension
    ) -> Iterator[AudienceFact]:
        """Every campaign's days by age, gender, device or country."""
        client = Client.of(connection, account)
        return reports.audience(client, account=account, since=since, until=until, dimension=dimension)

    def attribution(self, connection: Connection, *, account: Account, since: date, until: date) -> str | None:
        """The windows and models of the conversion actions that are counted."""
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


def _upload(asset_id: str) -> Step:
    return Step(f"asset/{asset_id}", "asset", creates=(f"asset/{asset_id}",), asset_id=asset_id)


def _uploaded(ids: Mapping[str, str]) -> Mapping[str, str]:
    """The images alone: a tree that is created has no other object yet."""
    return {key: value for key, value in ids.items() if key.startswith("asset/")}


def _create_steps(spec: CampaignSpec) -> tuple[Step, ...]:
    images = (_upload(each.asset_id) for each in creatives.images(spec))
    tree = Step("tree", "campaign", creates=tuple(each.key for each in payloads.tree(spec, ids={})))
    live = Step("activate/campaign", "status", activates=True)
    steps = (
        goals.custom(spec),
        tree,
        goals.use(spec, operation=Operation.CREATE),
        live if spec.desired_status is RemoteStatus.ACTIVE else None,
    )
    return (*images, *filter(None, steps))


def _update_steps(spec: CampaignSpec) -> tuple[Step, ...]:
    found, use = changing.difference(spec, ids={}), goals.use(spec, operation=Operation.UPDATE)
    goal = goals.custom(spec) if use is not None else None
    if found.is_empty:
        return tuple(filter(None, (goal, use)))
    creates, removes = (tuple(each.key for each in parts) for parts in (found.wanted, found.removes))
    update = Step("update", "campaign", creates=creates, removes=removes)
    return (*map(_upload, changing.new_images(spec)), *filter(None, (goal, update, use)))


def _file(spec: CampaignSpec, asset_id: str) -> MediaFile:
    return next(each for each in creatives.images(spec) if each.asset_id == asset_id)


def _image_result(step: Step, identity: str, *, adopted: bool = False) -> StepResult:
    image = RemoteObject(step.key, "asset", identity)
    return StepResult(objects=(image,), words="uploaded", adopted=adopted)


def _status_result(campaign_id: str, status: RemoteStatus, *, adopted: bool = False) -> StepResult:
    word = next(word for word, ours in mapping.STATUSES.items() if ours is status)
    campaign = RemoteObject("campaign", "campaign", campaign_id, status=word)
    return StepResult(objects=(campaign,), words=word, adopted=adopted)
