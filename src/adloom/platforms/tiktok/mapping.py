"""TikTok's words and Adloom's, as tables and pure functions: objectives, ages, money, states, error codes.

No request is made here. Sources are TikTok's API for Business v1.3 and its SDK 1.1.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from adloom.core.errors import (
    AdloomError,
    CredentialsExpired,
    Duplicate,
    Missing,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unavailable,
)
from adloom.platforms.types import (
    BidStrategy,
    CallToAction,
    ConversionEvent,
    DeliveryState,
    Gender,
    Objective,
    RemoteStatus,
    Weekday,
)

API_VERSION = "v1.3"

#: A plain daily budget is never passed; a dynamic one, which Smart+ has, by a quarter on a day, and never by more than
#: seven of it in a week (tiktok.md, budget modes).
WORST_DAY = Decimal(1)
DYNAMIC_WORST_DAY = Decimal("1.25")

#: The field of an object's name, by our kind.
NAMES: Mapping[str, str] = MappingProxyType({"campaign": "campaign_name", "ad_group": "adgroup_name", "ad": "ad_name"})

OBJECTIVES: Mapping[Objective, str] = MappingProxyType(
    {
        Objective.TRAFFIC: "TRAFFIC",
        Objective.CONVERSIONS: "WEB_CONVERSIONS",
        Objective.AWARENESS: "REACH",
        Objective.VIDEO_VIEWS: "VIDEO_VIEWS",
        Objective.LEADS: "LEAD_GENERATION",
    }
)

#: `optimization_goal` and the only `billing_event` that goes with it.
GOALS: Mapping[Objective, tuple[str, str]] = MappingProxyType(
    {
        Objective.TRAFFIC: ("CLICK", "CPC"),
        Objective.CONVERSIONS: ("CONVERT", "OCPM"),
        Objective.AWARENESS: ("REACH", "CPM"),
        Objective.VIDEO_VIEWS: ("ENGAGED_VIEW", "CPV"),
        Objective.LEADS: ("CONVERT", "OCPM"),
    }
)

#: Objectives that need a pixel and one event of it.
WITH_PIXEL = (Objective.CONVERSIONS, Objective.LEADS)

#: `optimization_event` of a web pixel. CUSTOM would need an id that a unified ad does not carry.
EVENTS: Mapping[ConversionEvent, str] = MappingProxyType(
    {
        ConversionEvent.PURCHASE: "SHOPPING",
        ConversionEvent.LEAD: "FORM",
        ConversionEvent.SIGN_UP: "ON_WEB_REGISTER",
        ConversionEvent.ADD_TO_CART: "ON_WEB_CART",
    }
)

#: Strategies without a target of their own, and those with one; the others need an allow-list at TikTok.
FREE_STRATEGIES = (BidStrategy.MAX_CLICKS, BidStrategy.MAX_CONVERSIONS)
TARGET_STRATEGIES = (BidStrategy.TARGET_CPA, BidStrategy.BID_CAP)

BUTTONS: Mapping[CallToAction, str] = MappingProxyType(
    {action: "DOWNLOAD_NOW" if action is CallToAction.DOWNLOAD else action.value for action in CallToAction}
)

GENDERS: Mapping[Gender, str] = MappingProxyType(
    {Gender.MALE: "GENDER_MALE", Gender.FEMALE: "GENDER_FEMALE", Gender.ANY: "GENDER_UNLIMITED"}
)

#: TikTok's age groups with their first and last year; the last one has no end.
AGE_GROUPS: tuple[tuple[str, int, int | None], ...] = (
    ("AGE_13_17", 13, 17),
    ("AGE_18_24", 18, 24),
    ("AGE_25_34", 25, 34),
    ("AGE_35_44", 35, 44),
    ("AGE_45_54", 45, 54),
    ("AGE_55_100", 55, None),
)

#: Where TikTok refuses ads to people under 18 (error 40065): US, Canada, UK, Switzerland, EU, EEA, Latin America.
_ADULTS_ONLY = (
    "US CA GB CH AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO "
    "AR BO BR CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV UY VE"
)
ADULTS_ONLY = frozenset(_ADULTS_ONLY.split())

#: Languages that an ad group can ask for (`/tool/language/`).
_LANGUAGES = (
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja km ko lt lv ms my nl no pl pt ro ru sk sl sr sv ta "
    "te th tl tr uk ur vi zh"
)
LANGUAGES = frozenset(_LANGUAGES.split())
#: ISO 639-1 codes of languages that TikTok calls by another.
LANGUAGE_WORDS: Mapping[str, str] = MappingProxyType({"nb": "no", "nn": "no", "iw": "he", "in": "id"})

#: Categories that TikTok asks for in the US and Canada.
SPECIAL_INDUSTRIES = frozenset({"HOUSING", "EMPLOYMENT", "CREDIT"})

#: Status of an advertiser that works.
ENABLED = "STATUS_ENABLE"

#: Codes that say that the login lacks a right: no permission, not on the allow-list, developer or scope without it.
NO_RIGHT = frozenset({"40001", "40117", "40118", "40125", "40130"})

#: Identities that may carry a new campaign; custom identities are phased out since January 2026.
IDENTITY_TYPES = ("TT_USER", "BC_AUTH_TT")

WEEK = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI, Weekday.SAT, Weekday.SUN)

#: Currencies of ad accounts; TikTok's money is in major units, of these with the decimals below and no finer.
_WITHOUT_DECIMALS = "CLP ISK JPY KRW PYG VND"
_WITH_DECIMALS = (
    "AED ARS AUD BDT BGN BHD BIF BOB BRL CAD CHF CNY COP CRC CZK DKK DZD EGP EUR GBP GTQ HKD HNL HUF IDR ILS "
    "INR JOD KES KHR KWD KZT LBP LKR MAD MOP MXN MYR NGN NIO NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB SAR "
    "SEK SGD THB TRY TWD TZS UAH UGX USD UYU UZS VES ZAR"
)
CURRENCY_DECIMALS: Mapping[str, int] = MappingProxyType(
    {**dict.fromkeys(_WITH_DECIMALS.split(), 2), **dict.fromkeys(_WITHOUT_DECIMALS.split(), 0)}
)

#: What a dollar is, very roughly, in currencies of small units. TikTok's help names its least budgets in dollars alone,
#: and its table of other currencies is not public: a budget that may be too small is refused here rather than there.
_PER_DOLLAR = {
    "CLP": 800, "COP": 3000, "CRC": 500, "CZK": 20, "HUF": 300, "IDR": 10_000, "INR": 50, "ISK": 100, "JPY": 100,
    "KRW": 1000, "MXN": 15, "PHP": 50, "PYG": 6000, "RUB": 50, "THB": 30, "TRY": 15, "TWD": 30, "VND": 10_000,
}  # fmt: skip


def ad_group_minimum(currency: str) -> Decimal:
    """What an ad group's daily budget has to exceed: 20, or what is about as much in currencies of small units."""
    return Decimal(20 * _PER_DOLLAR.get(currency, 1))


def campaign_minimum(currency: str) -> Decimal:
    """What a campaign's own budget, which Smart+ has, has to exceed, daily or total: 50, or about as much."""
    return Decimal(50 * _PER_DOLLAR.get(currency, 1))


STATUSES: Mapping[str, RemoteStatus] = MappingProxyType(
    {"ENABLE": RemoteStatus.ACTIVE, "DISABLE": RemoteStatus.PAUSED, "DELETE": RemoteStatus.DELETED}
)

#: `secondary_status` without its CAMPAIGN_STATUS_, ADGROUP_STATUS_ or AD_STATUS_ (TikTok API for Business,
#: "Enumerations", secondary statuses); those of the account itself have no such beginning.
DELIVERY: Mapping[str, DeliveryState] = MappingProxyType(
    {
        "ENABLE": DeliveryState.ACTIVE,
        "DELIVERY_OK": DeliveryState.ACTIVE,
        "PARTIAL_AUDIT_DELIVERY_OK": DeliveryState.LIMITED,
        "PARTIAL_AUDIT_AND_DELIVERY_OK": DeliveryState.LIMITED,
        "BUDGET_EXCEED": DeliveryState.LIMITED,
        "CAMPAIGN_EXCEED": DeliveryState.LIMITED,
        "ADGROUP_EXCEED": DeliveryState.LIMITED,
        "ADVERTISER_BUDGET_EXCEED": DeliveryState.LIMITED,
        "PARTIAL_AUDIT_DENY": DeliveryState.LIMITED,
        "AD_QUOTA_LIMIT": DeliveryState.LIMITED,
        "CREATE": DeliveryState.IN_REVIEW,
        "AUDIT": DeliveryState.IN_REVIEW,
        "REAUDIT": DeliveryState.IN_REVIEW,
        "TRANSCODING": DeliveryState.IN_REVIEW,
        "PROCESS_AUDIO": DeliveryState.IN_REVIEW,
        "PARTIAL_AUDIT_NO_DELIVERY": DeliveryState.IN_REVIEW,
        "SHADOW_ADGROUP_REAUDIT": DeliveryState.IN_REVIEW,
        "ADVERTISER_AUDIT": DeliveryState.IN_REVIEW,
        "ADVERTISER_CONTRACT_PENDING": DeliveryState.IN_REVIEW,
        "AUDIT_DENY": DeliveryState.REJECTED,
        "ADVERTISER_AUDIT_DENY": DeliveryState.REJECTED,
        "REVIEW_DISAPPROVED": DeliveryState.REJECTED,
        "TRANSCODING_FAIL": DeliveryState.REJECTED,
        "ADGROUP_AUDIT_DENY": DeliveryState.REJECTED,
        "AD_UNAVAILABLE": DeliveryState.REJECTED,
        "PRODUCT_UNAVAILABLE": DeliveryState.REJECTED,
        "PIXEL_UNBIND": DeliveryState.REJECTED,
        "ASSET_AUTHORIZATION_LOST": DeliveryState.REJECTED,
        "ADGROUP_ASSET_AUTHORIZATION_LOST": DeliveryState.REJECTED,
        "MUSIC_AUTHORIZATION_MISSING": DeliveryState.REJECTED,
        **{
            f"{level}INDUSTRY_QUALIFICATION_{what}": DeliveryState.REJECTED
            for level in ("", "ADGROUP_")
            for what in ("MISSING", "EXPIRED", "DENY")
        },
        "NOT_START": DeliveryState.SCHEDULED,
        "LIVE_NOT_START": DeliveryState.SCHEDULED,
        "LIVE_OFFLINE": DeliveryState.SCHEDULED,
        "TIME_DONE": DeliveryState.ENDED,
        "DONE": DeliveryState.ENDED,
        "DISABLE": DeliveryState.PAUSED,
        "CAMPAIGN_DISABLE": DeliveryState.PAUSED,
        "ADGROUP_DISABLE": DeliveryState.PAUSED,
        "FROZEN": DeliveryState.PAUSED,
        "BALANCE_EXCEED": DeliveryState.BILLING_BLOCKED,
        "ADVERTISER_ACCOUNT_PUNISH": DeliveryState.BILLING_BLOCKED,
        "ADVERTISER_PUNISH": DeliveryState.BILLING_BLOCKED,
        "DELETE": DeliveryState.DELETED,
        "CAMPAIGN_DELETE": DeliveryState.DELETED,
        "ADGROUP_DELETE": DeliveryState.DELETED,
    }
)

#: Body code to our class. What is not here is Rejected below 50000 and unavailable from there on.
ERRORS: Mapping[int, type[AdloomError]] = MappingProxyType(
    {
        20001: OutcomeUnknown,
        40000: Rejected,
        40001: Rejected,
        40002: Rejected,
        40006: Rejected,
        40007: Missing,
        40016: Throttled,
        40050: Duplicate,
        40051: Rejected,
        40065: Rejected,
        40100: Throttled,
        40102: CredentialsExpired,
        40103: CredentialsExpired,
        40104: CredentialsExpired,
        40105: CredentialsExpired,
        40106: Rejected,
        40107: CredentialsExpired,
        40110: CredentialsExpired,
        40113: Rejected,
        40118: Rejected,
        40119: Rejected,
        40125: Rejected,
        40132: Throttled,
        40133: Throttled,
        40201: Unavailable,
        40202: Unavailable,
        40300: Rejected,
        40301: Rejected,
        40502: Rejected,
        40901: Unavailable,
        40902: Rejected,
        40903: Rejected,
        40907: Rejected,
        40908: Rejected,
        40911: Duplicate,
        40913: Rejected,
        41001: Rejected,
        60001: Unavailable,
    }
)

#: Codes from which on TikTok itself failed, so that a write may have taken effect.
FIRST_SERVER_ERROR = 50000
MAINTENANCE = 60001

#: 40002 is TikTok's bucket for everything; a taken name is told by these texts alone, all in one message.
TAKEN = ("name", "already exist")
#: How TikTok words a limit of calls, whatever the code.
TOO_MANY = ("too frequent", "qps limit", "rate limit", "too many requests")


_NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][-+]?\d{1,2})?")

#: AD_STAUS_ is TikTok's own spelling of one of them.
_BEGINNINGS = ("CAMPAIGN_STATUS_", "ADGROUP_STATUS_", "AD_STATUS_", "AD_STAUS_")


def delivery_state(secondary: object, *, operation: object) -> DeliveryState:
    """The state of a `secondary_status`; where TikTok sends none, that of the switch alone."""
    if not secondary or not isinstance(secondary, str):
        return DELIVERY.get(operation, DeliveryState.UNKNOWN) if isinstance(operation, str) else DeliveryState.UNKNOWN
    word = secondary
    for prefix in _BEGINNINGS:
        word = word.removeprefix(prefix)
    return DELIVERY.get(word, DeliveryState.UNKNOWN)


def has_exact_form(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than TikTok takes of its currency."""
    decimals = CURRENCY_DECIMALS.get(currency)
    return decimals is not None and amount == amount.quantize(Decimal(1).scaleb(-decimals))


def number(value: object) -> Decimal | None:
    """A number as TikTok writes it, text or not; None for '-', for nothing, and for what is no number.

    A comma may part thousands and nothing else: what could be read in two ways is not read.
    """
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    if not _NUMBER.fullmatch(text):
        return None
    return Decimal(text.replace(",", ""))


def plain(amount: Decimal) -> str:
    """An amount as people write it, without an exponent."""
    return format(amount, "f")
