"""Meta's words and Adloom's, as tables and pure functions: objectives, events, money, states, error codes.

No request is made here. Sources are Meta's Marketing API pages and the enums of its SDK 26.0.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from adloom.core.errors import (
    AdloomError,
    CredentialsExpired,
    Missing,
    Rejected,
    Throttled,
    Unavailable,
)
from adloom.platforms.facts import Dimension
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import (
    BidStrategy,
    ConversionEvent,
    DeliveryState,
    Objective,
    RemoteStatus,
    Weekday,
)

API_VERSION = "v26.0"

#: A day may cost three quarters more than the daily budget, a week never more than seven of them (Meta's help pages;
#: the API page "Budgets" says a quarter, and the higher one is planned for: meta.md, limits).
WORST_DAY = Decimal("1.75")

#: What a person is asked to allow (Permissions reference): ads, and the Pages and pixels that they are shown for.
SCOPES = (
    "ads_management",
    "ads_read",
    "business_management",
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_ads",
)

OBJECTIVES: Mapping[Objective, str] = MappingProxyType(
    {
        Objective.TRAFFIC: "OUTCOME_TRAFFIC",
        Objective.CONVERSIONS: "OUTCOME_SALES",
        Objective.AWARENESS: "OUTCOME_AWARENESS",
        Objective.VIDEO_VIEWS: "OUTCOME_ENGAGEMENT",
        Objective.LEADS: "OUTCOME_LEADS",
    }
)

#: What each objective optimises for where the bidding strategy does not say.
GOALS: Mapping[Objective, str] = MappingProxyType(
    {
        Objective.TRAFFIC: "LINK_CLICKS",
        Objective.CONVERSIONS: "OFFSITE_CONVERSIONS",
        Objective.AWARENESS: "REACH",
        Objective.VIDEO_VIEWS: "THRUPLAY",
        Objective.LEADS: "OFFSITE_CONVERSIONS",
    }
)

#: Where people are sent; awareness has no such choice.
DESTINATIONS: Mapping[Objective, str] = MappingProxyType(
    {
        Objective.TRAFFIC: "WEBSITE",
        Objective.CONVERSIONS: "WEBSITE",
        Objective.VIDEO_VIEWS: "ON_VIDEO",
        Objective.LEADS: "WEBSITE",
    }
)

#: Objectives whose goal a bidding strategy may choose, because the pixel is named.
WITH_PIXEL = (Objective.CONVERSIONS, Objective.LEADS)

STRATEGIES: Mapping[BidStrategy, str] = MappingProxyType(
    {
        BidStrategy.MAX_CLICKS: "LOWEST_COST_WITHOUT_CAP",
        BidStrategy.MAX_CONVERSIONS: "LOWEST_COST_WITHOUT_CAP",
        BidStrategy.MAX_VALUE: "LOWEST_COST_WITHOUT_CAP",
        BidStrategy.TARGET_CPA: "COST_CAP",
        BidStrategy.BID_CAP: "LOWEST_COST_WITH_BID_CAP",
        BidStrategy.TARGET_ROAS: "LOWEST_COST_WITH_MIN_ROAS",
    }
)

#: `promoted_object.custom_event_type`. CUSTOM needs the event's own name, which a unified ad does not carry.
EVENTS: Mapping[ConversionEvent, str] = MappingProxyType(
    {
        ConversionEvent.PURCHASE: "PURCHASE",
        ConversionEvent.LEAD: "LEAD",
        ConversionEvent.SIGN_UP: "COMPLETE_REGISTRATION",
        ConversionEvent.ADD_TO_CART: "ADD_TO_CART",
    }
)

#: The one `actions[].action_type` that is counted for an event; overlapping types are never summed.
ACTION_TYPES: Mapping[ConversionEvent, str] = MappingProxyType(
    {
        ConversionEvent.PURCHASE: "offsite_conversion.fb_pixel_purchase",
        ConversionEvent.LEAD: "offsite_conversion.fb_pixel_lead",
        ConversionEvent.SIGN_UP: "offsite_conversion.fb_pixel_complete_registration",
        ConversionEvent.ADD_TO_CART: "offsite_conversion.fb_pixel_add_to_cart",
        ConversionEvent.CUSTOM: "offsite_conversion.fb_pixel_custom",
    }
)

#: What stands before the deed in an action type's last word, by where it was done or by whom it was noticed.
_PLACES_IN_WORDS = (
    "fb_pixel_",
    "fb_mobile_",
    "omni_",
    "onsite_web_app_",
    "onsite_web_",
    "onsite_app_",
    "web_in_store_",
)

#: Where an action happened, by the first part of its type; others are named without.
ACTION_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "offsite_conversion": "website",
        "onsite_conversion": "on Meta",
        "app_custom_event": "app",
        "offline_conversion": "offline",
    }
)

#: Values of the breakdowns `gender` and `device_platform`, which counts tablets as mobile.
AUDIENCE_VALUES: Mapping[tuple[Dimension, str], str] = MappingProxyType(
    {
        (Dimension.GENDER, "male"): "MALE",
        (Dimension.GENDER, "female"): "FEMALE",
        (Dimension.DEVICE, "mobile_app"): "MOBILE",
        (Dimension.DEVICE, "mobile_web"): "MOBILE",
        (Dimension.DEVICE, "mobile"): "MOBILE",
        (Dimension.DEVICE, "desktop"): "DESKTOP",
        (Dimension.DEVICE, "connected_tv"): "TV",
    }
)

SPECIAL_CATEGORIES = frozenset(
    {
        "CREDIT",
        "EMPLOYMENT",
        "FINANCIAL_PRODUCTS_SERVICES",
        "HOUSING",
        "ISSUES_ELECTIONS_POLITICS",
        "ONLINE_GAMBLING_AND_GAMING",
    }
)

#: Categories that forbid narrowing by age, gender and postal code (Meta's rule on discrimination).
PROTECTED_CATEGORIES = frozenset({"CREDIT", "EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES", "HOUSING"})

#: Meta's own table "Currency codes" (developers.facebook.com), not ISO 4217's digits.
_WHOLE = "CLP COP CRC HUF ISK IDR JPY KRW PYG TWD VND"
_HUNDREDTH = (
    "AED ARS AUD BDT BGN BHD BOB BRL CAD CHF CNY CZK DKK DZD EGP EUR GBP GTQ HKD HNL HRK ILS INR JOD KES "
    "LTL LVL MOP MXN MYR NGN NIO NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD SKK THB TRY UAH USD "
    "UYU VEF ZAR"
)
WHOLE_UNIT_CURRENCIES = frozenset(_WHOLE.split())
HUNDREDTH_CURRENCIES = frozenset(_HUNDREDTH.split())

#: Places where the Digital Services Act asks who benefits and who pays: EU, EEA, and the territories that are
#: part of the EU though they have a country code of their own.
_DSA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO AX GF GP MF MQ RE YT"
DSA_COUNTRIES = frozenset(_DSA.split())


@dataclass(frozen=True, slots=True)
class Regulation:
    """A country's rule that beneficiary and payer are verified: its name for people, and Meta's words for it.

    `category` stands in `regional_regulated_categories`; the fields of `regional_regulation_identities` begin with
    `prefix` and go on with `beneficiary` and `payer`.
    """

    name: str
    category: str
    prefix: str


#: Places where Meta wants a verified beneficiary and payer by their ids, which no edge of its interface lists
#: (facebook-java-business-sdk#493): fields of SDK 26.0.3, `RegionalRegulationIdentities`; the SDK has the categories as
#: bare numbers, their words are those of requests that are public.
VERIFIED_COUNTRIES: Mapping[str, Regulation] = MappingProxyType(
    {
        "SG": Regulation("Singapore", "SINGAPORE_UNIVERSAL", "singapore_universal"),
        "TW": Regulation("Taiwan", "TAIWAN_UNIVERSAL", "taiwan_universal"),
    }
)

#: 0 is Sunday.
WEEKDAYS: Mapping[Weekday, int] = MappingProxyType(
    {
        Weekday.SUN: 0,
        Weekday.MON: 1,
        Weekday.TUE: 2,
        Weekday.WED: 3,
        Weekday.THU: 4,
        Weekday.FRI: 5,
        Weekday.SAT: 6,
    }
)

STATUSES: Mapping[str, RemoteStatus] = MappingProxyType(
    {
        "ACTIVE": RemoteStatus.ACTIVE,
        "PAUSED": RemoteStatus.PAUSED,
        "DELETED": RemoteStatus.DELETED,
        "ARCHIVED": RemoteStatus.DELETED,
    }
)

#: `effective_status` of campaigns, ad sets and ads.
DELIVERY: Mapping[str, DeliveryState] = MappingProxyType(
    {
        "ACTIVE": DeliveryState.ACTIVE,
        "IN_PROCESS": DeliveryState.IN_REVIEW,
        "PENDING_REVIEW": DeliveryState.IN_REVIEW,
        "PREAPPROVED": DeliveryState.IN_REVIEW,
        "WITH_ISSUES": DeliveryState.LIMITED,
        "PAUSED": DeliveryState.PAUSED,
        "CAMPAIGN_PAUSED": DeliveryState.PAUSED,
        "ADSET_PAUSED": DeliveryState.PAUSED,
        "DISAPPROVED": DeliveryState.REJECTED,
        "PENDING_BILLING_INFO": DeliveryState.BILLING_BLOCKED,
        "DELETED": DeliveryState.DELETED,
        "ARCHIVED": DeliveryState.DELETED,
    }
)

ACCOUNT_STATUSES: Mapping[int, str] = MappingProxyType(
    {
        1: "ACTIVE",
        2: "DISABLED",
        3: "UNSETTLED",
        7: "PENDING_RISK_REVIEW",
        8: "PENDING_SETTLEMENT",
        9: "IN_GRACE_PERIOD",
        100: "PENDING_CLOSURE",
        101: "CLOSED",
        201: "ANY_ACTIVE",
        202: "ANY_CLOSED",
    }
)

#: Error code, or (code, subcode), to our class. What is not here is Rejected for 4xx and unavailable for 5xx.
ERRORS: Mapping[int | tuple[int, int], type[AdloomError]] = MappingProxyType(
    {
        1: Unavailable,
        2: Unavailable,
        4: Throttled,
        10: Rejected,
        17: Throttled,
        32: Throttled,
        100: Rejected,
        (100, 33): Missing,
        102: CredentialsExpired,
        190: CredentialsExpired,
        200: Rejected,
        294: Rejected,
        341: Throttled,
        368: Rejected,
        613: Throttled,
        803: Missing,
        2635: Rejected,
        3018: Rejected,
        **dict.fromkeys((80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014), Throttled),
    }
)


def account_status(value: Any) -> str:
    """Meta's word for an account's state, which it gives as a number; one that nobody knows stays a number."""
    text = str(value)
    return ACCOUNT_STATUSES.get(int(text), text) if text.isdigit() else text


def currency_offset(currency: str) -> int | None:
    """How many of Meta's units one unit of a currency has: 1 or 100; None where Meta does not know it."""
    if currency in WHOLE_UNIT_CURRENCIES:
        return 1
    return 100 if currency in HUNDREDTH_CURRENCIES else None


def minor_units(amount: Decimal, currency: str) -> int | None:
    """An amount in Meta's integer units; None where it has no exact one, or the currency is unknown."""
    offset = currency_offset(currency)
    if offset is None or amount * offset != int(amount * offset):
        return None
    return int(amount * offset)


def major_units(amount: int, currency: str) -> Decimal:
    """What so many of Meta's integer units are in the currency; raises ValueError where Meta does not know it."""
    offset = currency_offset(currency)
    if offset is None:
        raise ValueError(f"Meta does not know {currency}")
    return Decimal(amount) / offset


def goal(spec: CampaignSpec) -> str:
    """The ad sets' `optimization_goal`: the strategy's where the objective leaves the choice."""
    strategy = spec.budget.bidding.strategy
    if spec.objective in WITH_PIXEL:
        if strategy in (BidStrategy.MAX_VALUE, BidStrategy.TARGET_ROAS):
            return "VALUE"
        if strategy is BidStrategy.MAX_CLICKS:
            return "LINK_CLICKS"
    return GOALS[spec.objective]


def action_types(account: Account, event: ConversionEvent | None) -> tuple[str, ...]:
    """The action types that count as conversions: the event's, else those that the account chose, else none.

    Of types that count the same deed (`omni_purchase` has `purchase` in it) the first one chosen counts alone; beside
    a custom conversion, which may be made of any deed, none does.
    """
    if event is not None:
        return (ACTION_TYPES[event],)
    words = [word.strip() for word in account.attributes.get("conversion_actions", "").split(",") if word.strip()]
    chosen = [ACTION_TYPES[ConversionEvent(word)] if word in ConversionEvent.__members__ else word for word in words]
    distinct: dict[str, str] = {}
    for each in chosen:
        distinct.setdefault(_deed(each), each)
    return tuple(chosen[:1] if any("custom" in deed for deed in distinct) else distinct.values())


def _deed(action: str) -> str:
    """What was done, wherever it was: `offsite_conversion.fb_pixel_purchase` and `omni_purchase` are purchases."""
    if "custom" in action:
        return "custom"
    word = action.rpartition(".")[2]
    for place in _PLACES_IN_WORDS:
        word = word.removeprefix(place)
    return "lead" if "lead" in action else word


def action_name(action: str) -> str:
    """What people call an action type: `offsite_conversion.fb_pixel_purchase` is "Purchase (website)"."""
    kind, _, rest = action.rpartition(".")
    where = ACTION_PLACES.get(kind.partition(".")[0], kind)
    words = rest.removeprefix("fb_pixel_").replace("_", " ").strip()
    if kind == "offsite_conversion.custom":
        words = f"custom conversion {words}"
    name = (words[:1].upper() + words[1:]) or action
    return f"{name} ({where})" if where else name


def audience_value(dimension: Dimension, value: Any) -> str:
    """A part of an audience in Adloom's words; what Meta does not know is UNKNOWN, its other words stay."""
    text = str(value or "")
    if not text or text.lower() == "unknown":
        return "UNKNOWN"
    if dimension is Dimension.COUNTRY:
        return text.upper()
    return AUDIENCE_VALUES.get((dimension, text), text)


def account_path(external_id: str) -> str:
    """An ad account as it stands in a path: with `act_`."""
    return external_id if external_id.startswith("act_") else f"act_{external_id}"


def instant(text: Any) -> datetime | None:
    """An instant as Meta writes it (2026-12-01T00:00:00-0800, or seconds since 1970); None for none."""
    if isinstance(text, int) and not isinstance(text, bool) and text > 0:
        return datetime.fromtimestamp(text, UTC)
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
