"""What every platform's adapter promises, and the values that pass between it and the rooms above.

An adapter knows its platform's wire protocol and nothing else: no database, no queue, no clock of its own. Every
outward write is one `Step`; who calls an adapter writes the step's intent before and its result after.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from adloom.core.errors import FieldError
from adloom.core.money import Money
from adloom.platforms.access import App, Inspection
from adloom.platforms.changes import Drift, Revision
from adloom.platforms.facts import AccountFact, AudienceFact, ConversionFact, DailyFact, Dimension, HourlyFact
from adloom.platforms.geography import PlaceAnswer, PlaceQuery
from adloom.platforms.http import Http
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import (
    BudgetType,
    ConversionEvent,
    DeliveryState,
    LossKind,
    Operation,
    Platform,
    RemoteStatus,
)
from adloom.platforms.verdicts import Judgement

if TYPE_CHECKING:
    from adloom.platforms.marked import Marked


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login as the platform gave it. Sealed at rest; `repr` never shows it.

    `extra` holds what else its token requests or headers need (developer_token, login_customer_id, customer_id).
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)


class Login(Protocol):
    """A login in use: hands out valid credentials, and renews them once when the platform says they have lapsed."""

    def credentials(self) -> Credentials:
        """Credentials that are good now, refreshed before they lapse. Raises CredentialsExpired."""
        ...

    def renew(self) -> Credentials:
        """Credentials refreshed now, whatever their expiry says. Raises CredentialsExpired where none can be had."""
        ...


@dataclass(frozen=True, slots=True)
class Connection:
    """What an adapter needs to talk: the one HTTP client, and a login."""

    http: Http
    login: Login


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An ad account that a login reaches. `status` is the platform's word; `attributes` as in `spec.Account`."""

    external_id: str
    name: str
    currency: str
    time_zone: str
    status: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loss:
    """A unified field that the platform cannot express as asked. `is_targeting`: needs the person's consent."""

    field: str
    kind: LossKind
    before: str
    after: str
    is_targeting: bool = False


@dataclass(frozen=True, slots=True)
class Preflight:
    """Everything that is wrong for this platform, and everything that would be lost on it. Pure and complete."""

    errors: tuple[FieldError, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One outward write.

    `key` is unique within an operation and the same for every attempt (`campaign`, `ad_group/main`, `ad/main/a`,
    `asset/<asset id>`, `activate/campaign`). `creates` are the keys of the remote objects it brings into being: where
    all of them are known, the step is done; an UPDATE may bring another one into being under a known key, and is asked
    (`find`). `removes` are those that are gone once it is done, with all beneath them. `kind` is shown to people.
    `activates` marks what can start delivery.
    """

    key: str
    kind: str
    creates: tuple[str, ...] = ()
    asset_id: str | None = None
    activates: bool = False
    removes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteObject:
    """An object on the platform. `key` is ours (as in Step.creates), `platform_id` theirs, `parent_key` ours."""

    key: str
    kind: str
    platform_id: str
    parent_key: str | None = None
    status: str | None = None
    applied: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step left on the platform. `words` are the platform's, `response` is small and carries no secret."""

    objects: tuple[RemoteObject, ...] = ()
    words: str = ""
    response: Mapping[str, Any] = field(default_factory=dict)
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """How a campaign stands on its platform now.

    `status` is what is set, `delivery` what really happens (the worst of its parts), `words` the platform's own, and
    `reasons` its explanations, in its words. `objects` are the parts that were seen.
    """

    status: RemoteStatus
    delivery: DeliveryState
    words: str
    reasons: tuple[str, ...] = ()
    objects: tuple[RemoteObject, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignCampaign:
    """A campaign of an account as its platform lists it, whoever made it.

    `kind` is the platform's word for what it is. `budget` is its own, in the account's currency; where it has none,
    `note` says where its money comes from. `start` is when it starts, or was made where the platform tells only that;
    None where it tells neither. `way` is as `CampaignSpec.way`: what a later step on it has to be spoken to by.
    """

    platform_id: str
    name: str
    status: RemoteStatus
    delivery: DeliveryState
    words: str
    kind: str = ""
    budget: Money | None = None
    budget_type: BudgetType | None = None
    note: str = ""
    start: datetime | None = None
    end: datetime | None = None
    way: str = ""


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """The version an adapter speaks, and the day the platform ends it (None: none announced)."""

    name: str
    ends_on: date | None
    source: str


class Adapter(Protocol):
    """One platform. Pure: `preflight`, `steps`, `request`. Talking: the rest.

    Talking methods raise errors of `core.errors` only: Rejected, Duplicate, Missing, CredentialsExpired, Throttled,
    Unavailable (surely nothing happened), OutcomeUnknown (a write whose answer never came). They never retry a write.
    """

    platform: Platform
    version: ApiVersion
    #: Whether `authorize_url` takes a code challenge (RFC 7636, S256) and `exchange` its verifier.
    uses_pkce: bool
    #: By what `audience` can split.
    dimensions: frozenset[Dimension]

    def authorize_url(self, *, app: App, state: str, challenge: str | None) -> str:
        """Where a person agrees that our app acts for them; the platform sends them back with a code. Pure."""
        ...

    def exchange(self, http: Http, *, app: App, code: str, verifier: str | None) -> Credentials:
        """Credentials for a code that a person came back with, as long-lived as the platform gives them.

        Raises CredentialsExpired where the code is not taken (used, lapsed, another redirect URI).
        """
        ...

    def revoke(self, http: Http, *, credentials: Credentials) -> None:
        """Ends the login at the platform; done already is done. Does nothing where a platform has no way to."""
        ...

    def inspect(self, connection: Connection, *, account: Account) -> Inspection:
        """What ads on this account can use, what is wrong with it, and which rights the login lacks. Reads only."""
        ...

    def mend(self, connection: Connection, *, account: Account, fault: str, answers: Mapping[str, str]) -> None:
        """Mends a fault with a person's answers (`Fault.asks`), and changes nothing else; raises Invalid otherwise."""
        ...

    def refresh(self, http: Http, *, credentials: Credentials) -> Credentials:
        """New credentials for lapsed ones (a rotated refresh token included); raises CredentialsExpired."""
        ...

    def accounts(self, connection: Connection) -> tuple[FoundAccount, ...]:
        """Every ad account this login reaches."""
        ...

    def account_now(self, connection: Connection, *, account: Account) -> FoundAccount | None:
        """The account as its platform tells of it at this moment; None where it does not. Reads only."""
        ...

    def preflight(self, spec: CampaignSpec) -> Preflight:
        """All errors and losses of this ad on this platform. Pure."""
        ...

    def place_queries(self, spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
        """The places of this ad that the platform must be asked for, each once (not what it takes as it is). Pure."""
        ...

    def places(
        self, connection: Connection, *, account: Account, queries: tuple[PlaceQuery, ...]
    ) -> tuple[PlaceAnswer, ...]:
        """The platform's own places for each query, in the same order. Reads only."""
        ...

    def worst_day(self, spec: CampaignSpec) -> Decimal:
        """How many times its daily budget the campaign may cost on one day, as the platform documents it. Pure."""
        ...

    def way(self, spec: CampaignSpec) -> str:
        """Which of the platform's ways of making campaigns this ad takes; empty where there is but one. Pure.

        What was kept (`spec.way`, of what stands first) decides, whatever a setting says since.
        """
        ...

    def revise(self, spec: CampaignSpec) -> Revision:
        """What an UPDATE would change, from what may stand (`spec.standing`) to the spec itself. Pure.

        Errors are what the platform cannot change; `preflight` still tells what is wrong with the spec itself.
        """
        ...

    def steps(self, spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
        """The outward writes of an operation, in order, parents first; nothing can deliver before the last. Pure.

        An UPDATE sends what differs from any of `spec.standing` and nothing else, none where nothing does. What it
        adds stands whole before it can deliver; what it takes away goes last. It never changes the campaign's own
        status. Of what others made (`spec.is_foreign`) it sends the amount of the budget alone, where that is another
        one (`foreign.py`). Steps that set fields may be done again; their `find` compares what stands with what they
        would send.
        """
        ...

    def request(self, spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> Mapping[str, Any]:
        """The body that `execute` sends, without secrets and file bytes; what is hashed and kept. Pure.

        `ids` are platform ids by our key (`campaign`, `ad_group/main`, `asset/<asset id>`, …) of all that stands.
        """
        ...

    def execute(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult:
        """Does the step, once: of `steps`, or of `marked.removal`. `key` is the same for every attempt."""
        ...

    def find(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult | None:
        """Asks whether the step took effect already, by marker, name or state; None where not. Reads only."""
        ...

    def marked(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Marked, ...]:
        """Every campaign, ad group and ad that the account shows under this campaign's marker, all pages; none deleted.

        `ids` are of all that stands. What of it is not among them may be too new to be listed. What is among them
        beside it was made by a request that nobody waited for any more, or by somebody else. Reads only.
        """
        ...

    def judge(
        self, connection: Connection, *, spec: CampaignSpec, operation: Operation, ids: Mapping[str, str]
    ) -> Judgement:
        """The platform's own verdict on a CREATE or UPDATE, as `execute` would send it; changes nothing there.

        `ids` are of all that stands, uploaded files included. What the platform refuses is an objection and no error;
        what cannot be judged before something else stands is told. Raises Conflict where a dry run did something.
        """
        ...

    def observe(self, connection: Connection, *, account: Account, campaign_id: str) -> Observation:
        """How the campaign with this platform id stands; a vanished one is DELETED, not an error."""
        ...

    def drift(self, connection: Connection, *, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Drift, ...]:
        """What stands otherwise than this spec, the one that was applied last, would have it. Reads only.

        `ids` are platform ids by our key of all that stands. Defaults, units, orders and fields that the platform
        fills in or changes by itself are no drift, nor is what the platform does not tell. `desired_status` is what
        the campaign was last switched to. A campaign that is gone is one drift, without its parts.
        """
        ...

    def campaigns(self, connection: Connection, *, account: Account) -> Iterator[ForeignCampaign]:
        """Every campaign of the account that is not deleted (nor archived), each once, ours among them. Reads only.

        Pages by itself; raises Unavailable where the list is not whole.
        """
        ...

    def identify(
        self, connection: Connection, *, account: Account, ids: Collection[str], since: date, until: date
    ) -> Iterator[ForeignCampaign]:
        """What the platform still tells of these campaigns of the account, deleted and archived ones too (DELETED).

        They have figures on days from `since` to `until`: where a platform tells of deleted ones in reports alone, that
        is where it is asked. Each once; those of which it tells nothing are left out. Reads only.
        """
        ...

    def daily(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[DailyFact]:
        """Every campaign's days from `since` to `until`, both included; days without delivery are absent.

        `events` says, by platform campaign id, which conversion event counts where the platform leaves the choice.
        Pages, polls, and splits the range into the platform's windows by itself; raises Unavailable when a report is
        not whole. Nothing is yielded twice.
        """
        ...

    def hourly(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[HourlyFact]:
        """Every campaign's hours of these days, as `daily` gives days; hours without delivery are absent."""
        ...

    def conversions(
        self, connection: Connection, *, account: Account, since: date, until: date
    ) -> Iterator[ConversionFact]:
        """Every campaign's days by conversion action, all actions that the platform counts; absent is none."""
        ...

    def audience(
        self, connection: Connection, *, account: Account, since: date, until: date, dimension: Dimension
    ) -> Iterator[AudienceFact]:
        """Every campaign's days by one of `dimensions`; raises Invalid for another one."""
        ...

    def attribution(self, connection: Connection, *, account: Account, since: date, until: date) -> str | None:
        """By which rule conversions of these days are attributed, in one line: windows, and the model where it is told.

        The same settings give the same line, in the platform's words; several rules stand in order, between
        semicolons. None where nothing is set up that could convert, or the login may not see what is. Reads only.
        """
        ...

    def totals(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent] | None = None,
    ) -> Iterator[AccountFact]:
        """The account's own days, from its account-level report and never summed up from campaigns' rows.

        Clicks and conversions are those that `daily` counts by the same `events`; conversions are None where it counts
        them by several rules, for then no total of the account is their sum. Days without delivery are absent, none
        comes twice; raises Unavailable when the report is not whole.
        """
        ...


AdapterFactory = Callable[[], Adapter]
