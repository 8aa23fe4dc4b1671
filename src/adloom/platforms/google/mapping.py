"""Google's words and units against ours: tables and pure functions, after `google.md` (API v26)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adloom.platforms.search_ads import Bracket, MoneyLimits
from adloom.platforms.types import (
    CallToAction,
    DeliveryState,
    Device,
    Gender,
    LocationIntent,
    MatchType,
    RemoteStatus,
    Weekday,
)

MICROS = 1_000_000

#: A day may cost twice the average daily budget (Google Ads help, "About overdelivery"; google.md, limits: "a day may
#: reach 2x"); over 30.4 days it never costs more than 30.4 daily budgets.
WORST_DAY = Decimal(2)

#: Language criteria by ISO 639-1 (Google Ads API docs, "Codes and formats": languagecodes.csv).
#: Norwegian, Hebrew and Filipino have older or broader codes as well; Chinese is two languages.
LANGUAGES: Mapping[str, tuple[int, ...]] = {
    "ar": (1019,),
    "bg": (1020,),
    "bn": (1056,),
    "ca": (1038,),
    "cs": (1021,),
    "da": (1009,),
    "de": (1001,),
    "el": (1022,),
    "en": (1000,),
    "es": (1003,),
    "et": (1043,),
    "fa": (1064,),
    "fi": (1011,),
    "fr": (1002,),
    "gu": (1072,),
    "he": (1027,),
    "hi": (1023,),
    "hr": (1039,),
    "hu": (1024,),
    "id": (1025,),
    "is": (1026,),
    "it": (1004,),
    "iw": (1027,),
    "ja": (1005,),
    "kn": (1086,),
    "ko": (1012,),
    "lt": (1029,),
    "lv": (1028,),
    "ml": (1098,),
    "mr": (1101,),
    "ms": (1102,),
    "nb": (1013,),
    "nl": (1010,),
    "no": (1013,),
    "pa": (1110,),
    "pl": (1030,),
    "pt": (1014,),
    "ro": (1032,),
    "ru": (1031,),
    "sk": (1033,),
    "sl": (1034,),
    "sr": (1035,),
    "sv": (1015,),
    "ta": (1130,),
    "te": (1131,),
    "th": (1044,),
    "tl": (1042,),
    "tr": (1037,),
    "uk": (1036,),
    "ur": (1041,),
    "vi": (1040,),
    "zh": (1017, 1018),
}

#: The smallest amount that may be sent, by currency: a multiple of Google's billable unit
#: (`currency_constant.billable_unit_micros`, 10,000 micros for USD). Where Google's own unit is not certain,
#: the coarser one stands here: each multiple of it is a multiple of the finer one too. Absent: refused.
_WHOLE = "CLP COP CRC HUF IDR ISK JPY KRW PYG TWD UGX TZS VND XAF XOF"
_CENTS = """
AED ARS AUD BDT BGN BHD BND BOB BRL CAD CHF CNY CZK DKK DOP DZD EGP EUR FJD GBP GHS GTQ HKD HNL ILS
INR JOD KES KWD KZT LKR MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD SAR SEK SGD THB TND
TRY UAH USD UYU ZAR
"""
UNITS: Mapping[str, Decimal] = {
    **dict.fromkeys(_WHOLE.split(), Decimal(1)),
    **dict.fromkeys(_CENTS.split(), Decimal("0.01")),
}

#: So many units are the most that somebody can mean. Google has a limit (MONEY_AMOUNT_TOO_LARGE), and tells none.
_MOST_UNITS = 10**11


def money_limits(currency: str) -> MoneyLimits | None:
    """What budgets and bids may be in a currency: whole units of it, up to a thousand million dollars or the like."""
    unit = UNITS.get(currency)
    return None if unit is None else MoneyLimits(unit, (unit, unit * _MOST_UNITS), (unit, unit * _MOST_UNITS))


AGES: tuple[Bracket, ...] = (
    ("AGE_RANGE_18_24", 18, 24),
    ("AGE_RANGE_25_34", 25, 34),
    ("AGE_RANGE_35_44", 35, 44),
    ("AGE_RANGE_45_54", 45, 54),
    ("AGE_RANGE_55_64", 55, 64),
    ("AGE_RANGE_65_UP", 65, None),
)
AGE_UNKNOWN = "AGE_RANGE_UNDETERMINED"

GENDERS: Mapping[Gender, str] = {Gender.MALE: "MALE", Gender.FEMALE: "FEMALE"}
GENDER_UNKNOWN = "UNDETERMINED"

DEVICES: Mapping[Device, str] = {
    Device.MOBILE: "MOBILE",
    Device.DESKTOP: "DESKTOP",
    Device.TABLET: "TABLET",
}

#: The button of a responsive display ad is a text of at most 30 columns.
CALLS: Mapping[CallToAction, str] = {each: each.value.replace("_", " ").capitalize() for each in CallToAction}

MATCH_TYPES: Mapping[MatchType, str] = {
    MatchType.EXACT: "EXACT",
    MatchType.PHRASE: "PHRASE",
    MatchType.BROAD: "BROAD",
}

LOCATION_INTENTS: Mapping[LocationIntent, str] = {
    LocationIntent.PRESENCE: "PRESENCE",
    LocationIntent.PRESENCE_OR_INTEREST: "PRESENCE_OR_INTEREST",
}

WEEKDAYS: Mapping[Weekday, str] = {
    Weekday.MON: "MONDAY",
    Weekday.TUE: "TUESDAY",
    Weekday.WED: "WEDNESDAY",
    Weekday.THU: "THURSDAY",
    Weekday.FRI: "FRIDAY",
    Weekday.SAT: "SATURDAY",
    Weekday.SUN: "SUNDAY",
}
MINUTES = {0: "ZERO", 15: "FIFTEEN", 30: "THIRTY", 45: "FORTY_FIVE"}

STATUSES: Mapping[str, RemoteStatus] = {
    "ENABLED": RemoteStatus.ACTIVE,
    "PAUSED": RemoteStatus.PAUSED,
    "REMOVED": RemoteStatus.DELETED,
}

_PRIMARY: Mapping[str, DeliveryState] = {
    "ELIGIBLE": DeliveryState.ACTIVE,
    "LEARNING": DeliveryState.ACTIVE,
    "LIMITED": DeliveryState.LIMITED,
    "PAUSED": DeliveryState.PAUSED,
    "REMOVED": DeliveryState.DELETED,
    "ENDED": DeliveryState.ENDED,
    "PENDING": DeliveryState.SCHEDULED,
    "MISCONFIGURED": DeliveryState.REJECTED,
    "NOT_ELIGIBLE": DeliveryState.BILLING_BLOCKED,
}

#: What a reason says about a campaign that is pending or not eligible, where the status says too little.
_REASONS: Mapping[str, DeliveryState] = {
    "MOST_ADS_UNDER_REVIEW": DeliveryState.IN_REVIEW,
    "HAS_ADS_DISAPPROVED": DeliveryState.REJECTED,
    "CAMPAIGN_ENDED": DeliveryState.ENDED,
    "CAMPAIGN_PAUSED": DeliveryState.PAUSED,
    "CAMPAIGN_PENDING": DeliveryState.SCHEDULED,
    "AD_GROUPS_PAUSED": DeliveryState.PAUSED,
    "AD_GROUP_ADS_PAUSED": DeliveryState.PAUSED,
    "KEYWORDS_PAUSED": DeliveryState.PAUSED,
    "NO_AD_GROUPS": DeliveryState.REJECTED,
    "NO_AD_GROUP_ADS": DeliveryState.REJECTED,
    "NO_KEYWORDS": DeliveryState.REJECTED,
    "MISSING_LOCATION_TARGETING": DeliveryState.REJECTED,
}

_APPROVALS: Mapping[str, DeliveryState] = {
    "DISAPPROVED": DeliveryState.REJECTED,
    "APPROVED_LIMITED": DeliveryState.LIMITED,
    "AREA_OF_INTEREST_ONLY": DeliveryState.LIMITED,
    "APPROVED": DeliveryState.ACTIVE,
}

#: What a review says of an ad that no approval says anything of yet.
_REVIEWS: Mapping[str, DeliveryState] = {
    "REVIEW_IN_PROGRESS": DeliveryState.IN_REVIEW,
    "ELIGIBLE_MAY_SERVE": DeliveryState.ACTIVE,
}

#: Every word that is understood in answers, by the field of a row that holds it: others are survived, and shown.
READ: Mapping[str, frozenset[str]] = {
    "campaign.status": frozenset(STATUSES),
    "campaign.primary_status": frozenset(_PRIMARY),
    "campaign.primary_status_reasons": frozenset(_REASONS),
    "campaign.serving_status": frozenset(("SERVING", "NONE", "ENDED", "PENDING", "SUSPENDED")),
    "ad_group.status": frozenset(STATUSES),
    "ad_group.primary_status": frozenset(("ELIGIBLE", "PAUSED", "REMOVED", "PENDING", "NOT_ELIGIBLE", "LIMITED")),
    "ad_group_ad.status": frozenset(STATUSES),
    "ad_group_ad.policy_summary.approval_status": frozenset(_APPROVALS),
    "ad_group_ad.policy_summary.review_status": frozenset(("REVIEWED", "UNDER_APPEAL", *_REVIEWS)),
    "ad_group_criterion.age_range.type": frozenset((AGE_UNKNOWN, *(name for name, _, _ in AGES))),
    "ad_group_criterion.gender.type": frozenset((GENDER_UNKNOWN, *GENDERS.values())),
    "segments.device": frozenset(("CONNECTED_TV", "OTHER", *DEVICES.values())),
    "billing_setup.status": frozenset(("CANCELLED",)),
    "account_budget.status": frozenset(("APPROVED",)),
    "customer.status": frozenset(("ENABLED", "SUSPENDED", "CANCELED", "CLOSED")),
}


def to_micros(amount: Decimal) -> str:
    """Micros of an amount as the int64 string that Google takes; raises ValueError for parts of one."""
    micros = amount * MICROS
    if micros != micros.to_integral_value():
        raise ValueError(f"{amount} has more than six decimals")
    return str(int(micros))


def from_micros(micros: Any) -> Decimal:
    """The amount of an int64 of micros, exactly."""
    return Decimal(int(micros)) / MICROS


def age(word: Any) -> str:
    """`18-24` or `65+`, UNKNOWN for people whose age Google does not know; another word as it is."""
    for name, low, high in AGES:
        if name == word:
            return f"{low}+" if high is None else f"{low}-{high}"
    return _known(word, unknown=(AGE_UNKNOWN,))


def gender(word: Any) -> str:
    """`MALE` or `FEMALE`, UNKNOWN where Google does not know; another word as it is."""
    return _known(word, unknown=(GENDER_UNKNOWN,))


def device(word: Any) -> str:
    """`MOBILE`, `DESKTOP`, `TABLET` or `TV`; another word as it is."""
    return "TV" if word == "CONNECTED_TV" else _known(word)


def _known(word: Any, *, unknown: tuple[str, ...] = ()) -> str:
    return "UNKNOWN" if word in (None, "", "UNSPECIFIED", "UNKNOWN", *unknown) else str(word)


def campaign_state(campaign: Mapping[str, Any]) -> DeliveryState:
    """A campaign's delivery state of its `primaryStatus`, its reasons, `servingStatus` and `status`."""
    if campaign.get("servingStatus") == "SUSPENDED":
        return DeliveryState.BILLING_BLOCKED
    primary = str(campaign.get("primaryStatus", ""))
    if primary in ("NOT_ELIGIBLE", "PENDING", "MISCONFIGURED"):
        for reason in campaign.get("primaryStatusReasons", ()):
            if reason in _REASONS:
                return _REASONS[reason]
    return _PRIMARY.get(primary, DeliveryState.UNKNOWN)


def ad_state(ad: Mapping[str, Any]) -> DeliveryState:
    """An ad's delivery state: set aside, under review, then what the review said."""
    status = str(ad.get("status", ""))
    if status in ("PAUSED", "REMOVED"):
        return _PRIMARY[status]
    policy = ad.get("policySummary", {})
    approval = _APPROVALS.get(str(policy.get("approvalStatus", "")))
    if approval is DeliveryState.REJECTED:
        return approval
    review = _REVIEWS.get(str(policy.get("reviewStatus", "")))
    if review is DeliveryState.IN_REVIEW:
        return review
    return approval or review or DeliveryState.UNKNOWN


def group_state(group: Mapping[str, Any]) -> DeliveryState:
    """An ad group's delivery state of its `primaryStatus`; what it set itself comes first."""
    status = str(group.get("status", ""))
    if status in ("PAUSED", "REMOVED"):
        return _PRIMARY[status]
    primary = str(group.get("primaryStatus", ""))
    if primary in ("NOT_ELIGIBLE", "PENDING"):
        for reason in group.get("primaryStatusReasons", ()):
            if reason in _REASONS:
                return _REASONS[reason]
    return DeliveryState.LIMITED if primary == "NOT_ELIGIBLE" else _PRIMARY.get(primary, DeliveryState.UNKNOWN)


def unknown(field: str, word: Any) -> bool:
    """Whether a word of an answer is new to us; what Google itself calls unknown, or leaves out, is not."""
    return word not in (None, "", "UNKNOWN", "UNSPECIFIED") and word not in READ[field]
