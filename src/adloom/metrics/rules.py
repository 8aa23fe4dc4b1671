"""Of which accounts numbers are asked for, of which days, and in which pieces. Pure, but for an operator's settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from adloom.connections.types import AccountStatus, AccountView
from adloom.core import settings
from adloom.core.errors import Conflict
from adloom.platforms.types import Platform

#: How many months back each platform surely still reports days. Google, TikTok: no end is documented, and what Adloom
#: asks for ends here; Meta: 37 (`meta.md`: code 3018 beyond); Microsoft: 36 (`microsoft.md`: retention).
HISTORY_MONTHS = {
    Platform.GOOGLE_ADS: 36,
    Platform.FACEBOOK_ADS: 36,
    Platform.MICROSOFT_ADS: 36,
    Platform.TIKTOK_ADS: 36,
}

#: Routine pulls look for gaps so far back; what is older is brought in in the background.
ROUTINE_DAYS = 92

#: Hours are kept so long (`retention.HOURLY`); what is older is not asked for.
HOURS_KEPT = timedelta(days=7)
#: Of these days figures still move by the hour; of older ones within a platform's window once a day is enough.
RECENT_DAYS = 3

#: A pull asks for so many days at a time: what broke off goes on with what is not covered yet.
PIECE_DAYS = 31


def restatement_days(platform: Platform) -> int:
    """How far back a platform still changes its figures, by the operator's setting: 28 to 90 days.

    A conversion may come as long after a click as an account's windows allow (`unified.md`, 8: re-pull).
    """
    given = settings.load()
    days: Mapping[Platform, int] = {
        Platform.GOOGLE_ADS: given.google_restatement_days,
        Platform.FACEBOOK_ADS: given.meta_restatement_days,
        Platform.MICROSOFT_ADS: given.microsoft_restatement_days,
        Platform.TIKTOK_ADS: given.tiktok_restatement_days,
    }
    return days[platform]


def range_to_pull(
    platform: Platform, *, first_day: date, today: date, covered: Mapping[date, date], is_hourly: bool = False
) -> tuple[date, date]:
    """The smallest range that holds every day whose numbers may not be final yet; it ends today.

    `first_day` is the first one that can have numbers, `covered` says by day on which day it was last pulled. A day is
    final once it was pulled after the platform's restatement window: until then half of it may be missing. What comes
    round every hour (`is_hourly`) asks once a day for days that are not quite recent.
    """
    window = timedelta(days=restatement_days(platform))
    recent = today - (timedelta(days=RECENT_DAYS) if is_hourly else window)
    day = first_day
    while day < max(first_day, recent) and day in covered:
        is_final, was_asked_today = covered[day] >= day + window, is_hourly and covered[day] >= today
        if not is_final and not was_asked_today:
            break
        day += timedelta(days=1)
    return min(day, today), today


def first_day_of_hours(today: date) -> date:
    """The first day whose hours are still kept whole."""
    return today - HOURS_KEPT + timedelta(days=1)


def first_day_of_history(platform: Platform, *, today: date) -> date:
    """The oldest day that is asked for: a day short of the platform's months, whose clock may be ahead of ours."""
    months = today.year * 12 + today.month - 1 - HISTORY_MONTHS[platform]
    return date(months // 12, months % 12 + 1, 1) + timedelta(days=today.day)


def first_day_of_routine(today: date) -> date:
    """The oldest day that a pull without dates asks for."""
    return today - timedelta(days=ROUTINE_DAYS)


def newest_piece(missing: Collection[date]) -> tuple[date, date]:
    """The newest days that lack, as one range of a month or so, beginning and ending with one that does."""
    last = max(missing)
    return min(day for day in missing if day > last - timedelta(days=PIECE_DAYS)), last


def pieces(since: date, until: date) -> Iterator[tuple[date, date]]:
    """The range cut into months or so, the newest first: what people look at is there first."""
    while since <= until:
        first = max(since, until - timedelta(days=PIECE_DAYS - 1))
        yield first, until
        until = first - timedelta(days=1)


def refuse_what_is_not_active(account: AccountView) -> None:
    """Raises Conflict for an account whose numbers cannot be asked for, or would be mixed."""
    if account.status == AccountStatus.DISCONNECTED:
        raise Conflict(f"The ad account {account.external_id} is disconnected. Connect it again.")
    if account.status == AccountStatus.CHANGED:
        raise Conflict(
            f"The currency or time zone of {account.external_id} is another one than when it was connected. Its "
            "numbers are not mixed: set it back at the platform, or use another account."
        )
