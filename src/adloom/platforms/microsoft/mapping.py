"""Microsoft's words and units against ours: tables and pure functions, after `microsoft.md` (REST v13)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adloom.platforms.search_ads import Bracket, MoneyLimits
from adloom.platforms.types import (
    DeliveryState,
    Device,
    Gender,
    LocationIntent,
    MatchType,
    RemoteStatus,
    Weekday,
)

#: A day "usually" stays below twice the daily budget (docs "Campaign data object", DailyBudget; microsoft.md, limits).
WORST_DAY = Decimal(2)

#: Countries whose LocationId is certain (`microsoft.md`, 5). All others are asked for (`places.py`).
LOCATION_IDS: Mapping[str, str] = {"AU": "9", "CA": "32", "DE": "72", "FR": "66", "GB": "188", "US": "190"}

#: Campaign languages (docs "Ad Languages"); Microsoft's one Chinese is the traditional one.
LANGUAGES: Mapping[str, str] = {
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "hr": "Croatian",
    "hu": "Hungarian",
    "it": "Italian",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mt": "Maltese",
    "nb": "Norwegian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sv": "Swedish",
    "zh": "TraditionalChinese",
}
ALL_LANGUAGES = "All"

#: The least daily budget and bid in each account currency (docs "Microsoft Advertising Currencies"; where its
#: editions differ, the higher). Absent: refused.
LEAST: Mapping[str, tuple[Decimal, Decimal]] = {
    "ARS": (Decimal("0.05"), Decimal("0.05")),
    "AUD": (Decimal("0.05"), Decimal("0.05")),
    "BRL": (Decimal("0.10"), Decimal("0.01")),
    "CAD": (Decimal("0.05"), Decimal("0.05")),
    "CHF": (Decimal("0.05"), Decimal("0.05")),
    "CLP": (Decimal("5.10"), Decimal("5.10")),
    "COP": (Decimal("18.05"), Decimal("18.05")),
    "DKK": (Decimal("0.06"), Decimal("0.06")),
    "EUR": (Decimal("0.05"), Decimal("0.05")),
    "GBP": (Decimal("0.05"), Decimal("0.05")),
    "HKD": (Decimal("1.00"), Decimal("1.00")),
    "IDR": (Decimal("480.00"), Decimal("35.00")),
    "INR": (Decimal("0.82"), Decimal("0.50")),
    "MXN": (Decimal("0.14"), Decimal("0.14")),
    "MYR": (Decimal("0.15"), Decimal("0.01")),
    "NOK": (Decimal("0.06"), Decimal("0.06")),
    "NZD": (Decimal("0.05"), Decimal("0.01")),
    "PEN": (Decimal("0.03"), Decimal("0.03")),
    "PHP": (Decimal("2.00"), Decimal("0.20")),
    "PLN": (Decimal("0.10"), Decimal("0.01")),
    "SEK": (Decimal("0.07"), Decimal("0.07")),
    "SGD": (Decimal("0.11"), Decimal("0.01")),
    "THB": (Decimal("2.00"), Decimal("0.14")),
    "TRY": (Decimal("10.00"), Decimal("1.00")),
    "TWD": (Decimal("100.00"), Decimal("3.00")),
    "USD": (Decimal("0.05"), Decimal("0.05")),
    "VEF": (Decimal("0.05"), Decimal("0.05")),
    "ZAR": (Decimal("0.10"), Decimal("0.01")),
}
UNIT = Decimal("0.01")

#: The most for a bid, and for the budget of a month (docs "Microsoft Advertising Currencies"). Every row is some
#: 20,000 of its least bid and 30,000 of its most bid; the rows that are not here are taken for such ones, or smaller.
_MOST: Mapping[str, tuple[int, int]] = {
    "ARS": (5_000, 152_500_000),
    "AUD": (1_000, 30_000_000),
    "BRL": (2_000, 60_000_000),
    "CAD": (1_000, 7_500_000),
    "CLP": (510_000, 15_555_000_000),
    "COP": (1_805_000, 55_052_500_000),
    "THB": (31_000, 927_000_000),
    "USD": (1_000, 30_000_000),
    "VEF": (5_000, 152_500_000),
}
_DAYS_OF_A_MONTH = Decimal("30.4")


def money_limits(currency: str) -> MoneyLimits | None:
    """What budgets and bids may be in a currency; None where Microsoft does not bill in it."""
    if currency not in LEAST:
        return None
    budget, bid = LEAST[currency]
    scale = max(Decimal(1), bid / LEAST["USD"][1])
    most_bid, month = _MOST.get(currency, (1_000 * scale, 7_500_000 * scale))
    return MoneyLimits(UNIT, (budget, (month / _DAYS_OF_A_MONTH).quantize(Decimal(1))), (bid, Decimal(most_bid)))


AGES: tuple[Bracket, ...] = (
    ("EighteenToTwentyFour", 18, 24),
    ("TwentyFiveToThirtyFour", 25, 34),
    ("ThirtyFiveToFourtyNine", 35, 49),  # Microsoft's spelling
    ("FiftyToSixtyFour", 50, 64),
    ("SixtyFiveAndAbove", 65, None),
)
GENDERS: Mapping[Gender, str] = {Gender.MALE: "Male", Gender.FEMALE: "Female"}

#: On Search, ages and genders can only be bid down, and this is the lowest (docs "BidMultiplier").
LOWEST_BID = -90
#: A device at -100 % is left out.
EXCLUDED = -100

DEVICES: Mapping[Device, str] = {
    Device.DESKTOP: "Computers",
    Device.MOBILE: "Smartphones",
    Device.TABLET: "Tablets",
}

MATCH_TYPES: Mapping[MatchType, str] = {
    MatchType.EXACT: "Exact",
    MatchType.PHRASE: "Phrase",
    MatchType.BROAD: "Broad",
}
#: Negative keywords know no broad match (docs "NegativeKeyword").
NEGATIVE_MATCH_TYPES: Mapping[MatchType, str] = {**MATCH_TYPES, MatchType.BROAD: "Phrase"}

INTENTS: Mapping[LocationIntent, str] = {
    LocationIntent.PRESENCE: "PeopleIn",
    LocationIntent.PRESENCE_OR_INTEREST: "PeopleInOrSearchingForOrViewingPages",
}

WEEKDAYS: Mapping[Weekday, str] = {
    Weekday.MON: "Monday",
    Weekday.TUE: "Tuesday",
    Weekday.WED: "Wednesday",
    Weekday.THU: "Thursday",
    Weekday.FRI: "Friday",
    Weekday.SAT: "Saturday",
    Weekday.SUN: "Sunday",
}
MINUTES = {0: "Zero", 15: "Fifteen", 30: "Thirty", 45: "FortyFive"}

#: What a person set, by what a campaign, ad group or ad answers.
STATUSES: Mapping[str, RemoteStatus] = {
    "Active": RemoteStatus.ACTIVE,
    "BudgetPaused": RemoteStatus.ACTIVE,
    "Suspended": RemoteStatus.ACTIVE,
    "Expired": RemoteStatus.ACTIVE,
    "Paused": RemoteStatus.PAUSED,
    "BudgetAndManualPaused": RemoteStatus.PAUSED,
    "Inactive": RemoteStatus.PAUSED,
    "Deleted": RemoteStatus.DELETED,
}

_STATES: Mapping[str, DeliveryState] = {
    "Active": DeliveryState.ACTIVE,
    "BudgetPaused": DeliveryState.LIMITED,
    "Suspended": DeliveryState.BILLING_BLOCKED,
    "Expired": DeliveryState.ENDED,
    "Paused": DeliveryState.PAUSED,
    "BudgetAndManualPaused": DeliveryState.PAUSED,
    "Inactive": DeliveryState.PAUSED,
    "Deleted": DeliveryState.DELETED,
}

_EDITORIAL: Mapping[str, DeliveryState] = {
    "Inactive": DeliveryState.IN_REVIEW,
    "Active": DeliveryState.ACTIVE,
    "ActiveLimited": DeliveryState.LIMITED,
    "Disapproved": DeliveryState.REJECTED,
}


def state(status: str) -> DeliveryState:
    """What a campaign's or ad group's status says of its delivery."""
    return _STATES.get(status, DeliveryState.UNKNOWN)


def ad_state(ad: Mapping[str, Any]) -> DeliveryState:
    """An ad's delivery state: switched off, else what the editorial review says."""
    own = state(str(ad.get("Status")))
    if own is not DeliveryState.ACTIVE:
        return own
    return _EDITORIAL.get(str(ad.get("EditorialStatus")), DeliveryState.UNKNOWN)
