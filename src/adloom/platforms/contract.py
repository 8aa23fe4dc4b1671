"""What every platform's adapter promises, and the values that pass between it and the rooms above.

An adapter knows its platform's wire protocol and nothing else: no database, no queue, no clock of its own. Every
outward write is one `Step`; who calls an adapter writes the step's intent before and its result after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from adloom.core.errors import FieldError
from adloom.platforms.http import Http
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import (
    ConversionEvent,
    DeliveryState,
    LossKind,
    Operation,
    Platform,
    RemoteStatus,
)


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
    all of them are known, the step is done. `kind` is shown to people. `activates` marks what can start delivery.
    """

    key: str
    kind: str
    creates: tuple[str, ...] = ()
    asset_id: str | None = None
    activates: bool = False


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
class DailyFact:
    """One campaign's day, in the account's time zone and currency. None is 'not reported', which is not 0."""

    platform_campaign_id: str
    date: date
    impressions: int
    clicks: int
    spend: Decimal
    currency: str
    conversions: Decimal | None = None
    conversion_value: Decimal | None = None
    platform_metrics: Mapping[str, Any] = field(default_factory=dict)


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

    def refresh(self, http: Http, *, credentials: Credentials) -> Credentials:
        """New credentials for lapsed ones (a rotated refresh token included); raises CredentialsExpired."""
        ...

    def accounts(self, connection: Connection) -> tuple[FoundAccount, ...]:
        """Every ad account this login reaches."""
        ...

    def preflight(self, spec: CampaignSpec) -> Preflight:
        """All errors and losses of this ad on this platform. Pure."""
        ...

    def steps(self, spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
        """The outward writes of an operation, in order, parents first; nothing can deliver before the last. Pure."""
        ...

    def request(self, spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> Mapping[str, Any]:
        """The body that `execute` sends, without secrets and file bytes; what is hashed and kept. Pure.

        `ids` are platform ids by our key (`campaign`, `ad_group/main`, `asset/<asset id>`, …) of all that stands.
        """
        ...

    def execute(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult:
        """Does the step, once. `key` is the step's idempotency key, the same for every attempt."""
        ...

    def find(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult | None:
        """Asks whether the step took effect already, by marker, name or state; None where not. Reads only."""
        ...

    def observe(self, connection: Connection, *, account: Account, campaign_id: str) -> Observation:
        """How the campaign with this platform id stands; a vanished one is DELETED, not an error."""
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


AdapterFactory = Callable[[], Adapter]
