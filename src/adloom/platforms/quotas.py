"""The platforms' published quotas, and what their answers say about usage. Tables and pure functions.

Limits are per our app (its OAuth client), per login, or per ad account, whoever spends them. What a platform does not
publish is counted and not limited: its own refusals decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from adloom.core.settings import Settings
from adloom.platforms.http import Answer, Request
from adloom.platforms.types import Platform

UNLIMITED = 2**31 - 1
ALL = "*"
#: What is slowed down, before it is refused, waits under this name; what stops money does not.
PACE = "pace"

#: From this share of a quota on, in percent, calls are spread: the nearer to the end, the longer the pause.
_SLOW_FROM = 75
_LONGEST_PAUSE = timedelta(seconds=60)
#: Meta's usage figures are percentages; any one of them at 100 is the end (meta.md, 8).
_PERCENTAGES = ("call_count", "total_cputime", "total_time", "acc_id_util_pct", "app_id_util_pct")

_SECOND, _MINUTE, _HOUR, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Scope(StrEnum):
    """Whose quota it is."""

    APP = "app"
    LOGIN = "login"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Quota:
    """So many calls (or operations) per window; `endpoint` names what is counted together.

    `parts`: a window that the platform may let slide is counted in so many parts, of which all count that any window
    of its length can touch. So there is no hour, wherever it begins, with more calls than one has.
    """

    scope: Scope
    calls: int
    window: timedelta
    endpoint: str = ALL
    parts: int = 1


#: Operations a day by access level; Standard has no limit (google.md, 1: per Cloud project).
_GOOGLE = {"explorer": 2_880, "basic": 15_000, "standard": UNLIMITED}

#: Calls an hour and ad account, without what each active ad adds (meta.md, 8). Meta says "within one hour", and not
#: where that begins.
_META = {"limited": (300, 600), "full": (100_000, 190_000)}
_META_PARTS = 12

#: Calls a second, a minute and a day by level, for everything and for creating ads (tiktok.md, 8).
_TIKTOK = {
    "basic": ((10, 600, 864_000), (5, 150, 86_400)),
    "advanced": ((20, 1_200, 1_728_000), (10, 200, 86_400)),
    "premium": ((30, 1_800, 2_592_000), (10, 300, 86_400)),
    "ultimate": ((50, 3_000, 4_320_000), (15, 300, 86_400)),
}
_TIKTOK_AD = "POST ad/create"

#: Percent of an allowance at which Meta throttles (Marketing API, Rate Limiting).
_FULL = 100

#: Asking for a new token spends no quota of the advertising API.
_FREE = frozenset(("POST token", "GET oauth/access_token", "GET download"))


def of(request: Request, *, config: Settings) -> tuple[Quota, ...]:
    """Every quota that a call spends; the first one is also the tenant's history. Empty where it spends none."""
    if request.endpoint in _FREE:
        return ()
    own = (Quota(Scope.ACCOUNT, UNLIMITED, _HOUR),) if request.account else ()
    match request.platform:
        case Platform.GOOGLE_ADS:
            return (Quota(Scope.APP, _GOOGLE[config.google_access], _DAY),)
        case Platform.FACEBOOK_ADS:
            return _meta(request, config) if request.account else (Quota(Scope.APP, UNLIMITED, _HOUR),)
        case Platform.MICROSOFT_ADS:
            return (Quota(Scope.LOGIN, UNLIMITED, _MINUTE), *own)
        case Platform.TIKTOK_ADS:
            return (*_tiktok(request, config), *own)


def cost(request: Request) -> int:
    """What a call spends: one, and at Google one for each operation of a mutate."""
    if request.platform is Platform.GOOGLE_ADS and isinstance(request.json, Mapping):
        return max(len(request.json.get("mutateOperations") or ()), 1)
    return 1


def refuses(request: Request) -> Scope:
    """Whose quota a refusal is about: Google's is the project's, elsewhere the account's where there is one."""
    if request.platform is Platform.GOOGLE_ADS or not request.account:
        return Scope.APP
    return Scope.ACCOUNT


def wait_of(answer: Answer) -> timedelta | None:
    """How long a successful answer asks us to wait; None where there is room left.

    Meta's `X-Business-Use-Case-Usage` counts in minutes, its `X-Ad-Account-Usage` in seconds and percent. A figure of
    any of its headers at 100 percent means that it throttles, with or without a time.
    """
    if answer.request.platform is not Platform.FACEBOOK_ADS:
        return None
    business, account = (_json(answer, name) for name in ("x-business-use-case-usage", "x-ad-account-usage"))
    rows = [row for found in business.values() if isinstance(found, list) for row in found if isinstance(row, dict)]
    waits = [_MINUTE * _number(row.get("estimated_time_to_regain_access")) for row in rows]
    if _number(account.get("acc_id_util_pct")) >= 100:
        waits.append(_SECOND * _number(account.get("reset_time_duration")))
    if _used(answer) >= _FULL:
        waits.append(_MINUTE)
    longest = max(waits, default=timedelta(0))
    return longest if longest > timedelta(0) else None


def pause_of(answer: Answer) -> timedelta | None:
    """How long calls that can wait should wait after this answer; None while there is room.

    Meta says in each answer how much of the app's and the account's hour is used; others say nothing.
    """
    if answer.request.platform is not Platform.FACEBOOK_ADS:
        return None
    used = _used(answer)
    if used < _SLOW_FROM:
        return None
    return _LONGEST_PAUSE * min((used - _SLOW_FROM + 1) / (_FULL - _SLOW_FROM), 1)


def _used(answer: Answer) -> int:
    """The fullest of Meta's allowances, in percent: of the app, of the ad account, of each use case."""
    plain = ("x-app-usage", "x-ad-account-usage", "x-fb-ads-insights-throttle")
    cases = _json(answer, "x-business-use-case-usage").values()
    rows = [row for case in cases if isinstance(case, list) for row in case if isinstance(row, dict)]
    found = [*rows, *(_json(answer, name) for name in plain)]
    return max((_number(row.get(name)) for row in found for name in _PERCENTAGES), default=0)


def _meta(request: Request, config: Settings) -> tuple[Quota, ...]:
    management, insights = _META[config.meta_access]
    if request.endpoint in ("GET insights", "POST insights"):
        return (Quota(Scope.ACCOUNT, insights, _HOUR, "insights", _META_PARTS),)
    return (Quota(Scope.ACCOUNT, management, _HOUR, "management", _META_PARTS),)


def _tiktok(request: Request, config: Settings) -> tuple[Quota, ...]:
    everything, ads = _TIKTOK[config.tiktok_access]
    windows = (_SECOND, _MINUTE, _DAY)
    quotas = [Quota(Scope.APP, calls, window) for calls, window in zip(everything, windows, strict=True)]
    if request.endpoint == _TIKTOK_AD:
        quotas += [Quota(Scope.APP, calls, window, _TIKTOK_AD) for calls, window in zip(ads, windows, strict=True)]
    return tuple(reversed(quotas))  # the day's first: it is the tenant's history


def _json(answer: Answer, name: str) -> dict[str, Any]:
    try:
        value = json.loads(answer.headers.get(name) or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> int:
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0
