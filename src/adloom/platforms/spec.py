"""One ad as one platform's adapter gets it: resolved, typed, in Adloom's words. Pure data; knows no room above.

`campaigns` builds these from a unified ad, with the platform's overrides merged in, names and keys made, files
probed and every instant resolved, and stores them, so that a repeated attempt sends the same request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from adloom.core.money import Money
from adloom.platforms.geography import Place
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    CallToAction,
    Channel,
    ConversionEvent,
    Device,
    Gender,
    ImageRole,
    LocationIntent,
    LocationType,
    MatchType,
    Objective,
    RemoteStatus,
    Weekday,
)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A probed file. `read` returns its bytes and is called only when they are needed.

    `link` returns an address from which a platform can fetch the file for some hours, None where there is none.
    """

    asset_id: str
    filename: str
    mime_type: str
    size: int
    sha256: str
    md5: str
    width: int
    height: int
    duration_ms: int | None
    read: Callable[[], bytes] = field(compare=False, repr=False)
    link: Callable[[], str | None] = field(default=lambda: None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Image:
    file: MediaFile
    role: ImageRole


@dataclass(frozen=True, slots=True)
class Video:
    """A video; `cover` is a picture of the same ratio, `youtube_id` the same film on YouTube."""

    file: MediaFile | None
    cover: MediaFile | None = None
    youtube_id: str | None = None


@dataclass(frozen=True, slots=True)
class Creative:
    headlines: tuple[str, ...]
    descriptions: tuple[str, ...]
    landing_url: str
    primary_text: str | None = None
    long_headline: str | None = None
    call_to_action: CallToAction | None = None
    display_paths: tuple[str, ...] = ()
    brand_name: str | None = None
    images: tuple[Image, ...] = ()
    videos: tuple[Video, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """`country` is ISO 3166-1 alpha-2; `code` ISO 3166-2 or a postal code; RADIUS uses lat, lon and radius_km.

    `places` is what the platform answered when it was asked for this place: None never asked, empty not known there.
    """

    type: LocationType
    country: str | None = None
    code: str | None = None
    name: str | None = None
    lat: Decimal | None = None
    lon: Decimal | None = None
    radius_km: Decimal | None = None
    exclude: bool = False
    places: tuple[Place, ...] | None = None

    @property
    def place_id(self) -> str | None:
        """The platform's own id of this place, where its answer left no choice."""
        return self.places[0].id if self.places is not None and len(self.places) == 1 else None


@dataclass(frozen=True, slots=True)
class Keyword:
    text: str
    match: MatchType


@dataclass(frozen=True, slots=True)
class Interest:
    """`taxonomy` is `unified`, or a platform's name when `key` is that platform's own id."""

    taxonomy: str
    key: str


@dataclass(frozen=True, slots=True)
class Targeting:
    """`age_max` None is an open end; `languages` are ISO 639-1, empty is all; audiences are ids on this platform."""

    locations: tuple[Location, ...]
    location_intent: LocationIntent = LocationIntent.PRESENCE
    languages: tuple[str, ...] = ()
    age_min: int = 18
    age_max: int | None = None
    genders: tuple[Gender, ...] = (Gender.ANY,)
    devices: tuple[Device, ...] = (Device.MOBILE, Device.DESKTOP, Device.TABLET)
    interests: tuple[Interest, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    negative_keywords: tuple[Keyword, ...] = ()
    audiences_include: tuple[str, ...] = ()
    audiences_exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdSpec:
    """`key` is unique in its group, `name` unique on the platform (it carries the marker)."""

    key: str
    name: str
    creative: Creative


@dataclass(frozen=True, slots=True)
class AdGroupSpec:
    key: str
    name: str
    targeting: Targeting
    ads: tuple[AdSpec, ...]


@dataclass(frozen=True, slots=True)
class Bidding:
    """`target` is money per conversion or per click for TARGET_CPA and BID_CAP, a ratio for TARGET_ROAS."""

    strategy: BidStrategy
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What this platform may spend: per day on average (DAILY) or over the whole flight (LIFETIME)."""

    type: BudgetType
    money: Money
    bidding: Bidding


@dataclass(frozen=True, slots=True)
class Daypart:
    """Hours of the account's time zone in which ads may run; `start` and `end` are minutes of the day (0..1440)."""

    days: tuple[Weekday, ...]
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the flight starts and ends (aware instants; no end is None)."""

    start: datetime
    end: datetime | None = None
    dayparting: tuple[Daypart, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversion:
    event: ConversionEvent
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Declarations:
    """Legal statements of a person. None is 'not answered', which is never taken for an answer."""

    eu_political: bool | None = None
    special_categories: tuple[str, ...] | None = None
    special_category_countries: tuple[str, ...] = ()
    dsa_beneficiary: str | None = None
    dsa_payor: str | None = None
    ai_generated: bool | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An ad account on its platform. `attributes` are what the platform needs beside the id.

    Known keys: login_customer_id, customer_id, page_id, instagram_user_id, pixel_id, identity_id, identity_type,
    identity_bc_id, verified_beneficiary_id and verified_payer_id (whom Meta has verified), conversion_actions (in an
    ad's spec the goal or action that its conversion event is, where one was chosen, as it was kept with what was sent;
    `pixel_id` likewise),
    conversion_purchase, conversion_lead and so on (the chosen pixel, goal or action), min_daily_budget (the least of a
    day, in the platform's units).
    """

    external_id: str
    currency: str
    time_zone: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CampaignSpec:
    """Everything one adapter needs to put one ad on its platform.

    `tracking` are query parameters for landing pages, macros already resolved. `overrides` is the platform's typed
    allow-list. `desired_status` is what the campaign shall be once all of it stands. `standing`, for an update, is
    what may stand on the platform: the spec that was applied last, then those of updates that ended half-way since.
    `way` is `Adapter.way` as it was when the campaign was asked for, kept with it; empty where nothing was kept.
    `is_foreign`: others made it. It has no parts that are ours, and an update sets the amount of its budget alone.
    """

    campaign_id: UUID
    marker: str
    name: str
    objective: Objective
    account: Account
    groups: tuple[AdGroupSpec, ...]
    budget: Budget
    schedule: Schedule
    channel: Channel = Channel.SEARCH
    conversion: Conversion | None = None
    tracking: Mapping[str, str] = field(default_factory=dict)
    declarations: Declarations = Declarations()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    desired_status: RemoteStatus = RemoteStatus.PAUSED
    standing: tuple[CampaignSpec, ...] = ()
    way: str = ""
    is_foreign: bool = False
