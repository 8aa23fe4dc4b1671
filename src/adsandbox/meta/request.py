"""What an insights request asks for, checked: level, days, breakdown, fields. It computes no numbers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox import schema
from adsandbox.accounts import Account
from adsandbox.meta import actions, breakdowns, edges, errors, fields, names, status
from adsandbox.meta.call import Call, fitted
from adsandbox.meta.graph import Graph
from adsandbox.meta.words import words
from adsandbox.schema import Field, anything, array, enum, obj, text
from adsandbox.store import Entity

_LEVELS = ("account", "campaign", "adset", "ad")
_OBJECTS = ("campaign", "adset", "ad")
#: How far back reports reach.
MOST_MONTHS = 37

_ID_FIELDS = frozenset(f"{level}_{part}" for level in _LEVELS for part in ("id", "name"))
_ACTIONS = frozenset(
    words("""
        actions action_values conversions conversion_values purchase_roas website_purchase_roas
        cost_per_action_type video_play_actions video_thruplay_watched_actions
        video_p25_watched_actions video_p50_watched_actions video_p75_watched_actions
        video_p95_watched_actions video_p100_watched_actions video_30_sec_watched_actions
        video_avg_time_watched_actions outbound_clicks unique_actions cost_per_thruplay
        cost_per_conversion cost_per_outbound_click unique_outbound_clicks mobile_app_purchase_roas
        conversion_rate_ranking
    """)
)
FIELDS = (
    _ID_FIELDS
    | _ACTIONS
    | frozenset(
        words("""
            account_currency attribution_setting buying_type objective optimization_goal impressions clicks
            inline_link_clicks inline_link_click_ctr inline_post_engagement spend social_spend
            reach frequency ctr cpc cpm cpp cost_per_inline_link_click unique_clicks unique_ctr
            unique_inline_link_clicks unique_link_clicks_ctr quality_ranking
            engagement_rate_ranking date_start date_stop created_time updated_time results
            cost_per_result full_view_impressions full_view_reach
        """)
    )
)
_DEFAULT = {
    "account": ("account_id",),
    "campaign": ("account_id", "campaign_id"),
    "adset": ("account_id", "campaign_id", "adset_id"),
    "ad": ("account_id", "campaign_id", "adset_id", "ad_id"),
}
_RANGE = {"since": text(required=True), "until": text(required=True)}
_PRESETS = words("""
    today yesterday last_3d last_7d last_14d last_28d last_30d last_90d this_month last_month maximum
    data_maximum last_quarter last_week_mon_sun last_week_sun_sat last_year this_quarter
    this_week_mon_today this_week_sun_today this_year
""")
TABLE: dict[str, Field] = {
    "level": enum(*_LEVELS),
    "fields": anything(),
    "time_range": obj(_RANGE),
    "time_ranges": array(obj(_RANGE), least=1),
    "sort": array(text(pattern=re.compile("[a-z_]+_(ascending|descending)")), most=1),
    "time_increment": text(),
    "date_preset": enum(*_PRESETS),
    "breakdowns": anything(),
    "action_attribution_windows": array(enum(*actions.WINDOWS)),
    "action_breakdowns": anything(),
    "action_report_time": enum("impression", "conversion", "mixed", "lifetime"),
    "use_unified_attribution_setting": anything(),
    "use_account_attribution_setting": anything(),
    "filtering": anything(),
    "limit": anything(),
    "after": text(),
    "before": text(),
    "summary": anything(),
    "default_summary": schema.boolean(),
    "async": anything(),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked insights request. `increment` is a number of days, "monthly" or "all_days"."""

    level: str
    fields: tuple[str, ...]
    first: date
    last: date
    increment: int | str
    breakdowns: tuple[str, ...]
    windows: tuple[str, ...]
    filters: tuple[tuple[str, Callable[[Any], bool]], ...]
    sort: str = ""
    summary: tuple[str, ...] = ()
    ranges: tuple[tuple[date, date], ...] = ()  # several times, each with rows of its own

    @property
    def hourly(self) -> bool:
        """Whether the report is by the hour of the account's time zone."""
        return breakdowns.HOURLY in self.breakdowns

    @property
    def counts_conversions(self) -> bool:
        """Whether off-site conversions are told in this report."""
        return not breakdowns.WITHOUT_CONVERSIONS & set(self.breakdowns)

    def span(self, day: date) -> tuple[date, date]:
        """First and last day of the row to which a day belongs."""
        if self.increment == "all_days":
            return self.first, self.last
        if self.increment == "monthly":
            following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            return max(day.replace(day=1), self.first), min(following - timedelta(days=1), self.last)
        assert isinstance(self.increment, int)
        begin = self.first + timedelta(days=(day - self.first).days // self.increment * self.increment)
        return begin, min(begin + timedelta(days=self.increment - 1), self.last)


def parse(graph: Graph, scope: Entity | Account, call: Call) -> Asked:
    """The request of an insights edge; GraphError for what Meta would refuse."""
    given = fitted(call.params, TABLE)
    account = scope if isinstance(scope, Account) else graph.account_of(scope)
    today = graph.now.astimezone(ZoneInfo(account.time_zone)).date()
    ranges = _ranges(given, today)
    first, last = ranges[0]
    level = given.get("level") or (scope.type if isinstance(scope, Entity) else "account")
    asked = fields_of(call) or _default(level)
    return Asked(
        level=level,
        fields=asked,
        first=first,
        last=last,
        increment="all_days" if len(ranges) > 1 else _increment(given.get("time_increment", "all_days")),
        breakdowns=_breakdowns(given, asked),
        windows=tuple(given.get("action_attribution_windows", ())),
        filters=tuple(edges.filters(call)),
        sort=_sort(given),
        summary=_summary(given, asked),
        ranges=tuple(ranges) if len(ranges) > 1 else (),
    )


def fields_of(call: Call) -> tuple[str, ...]:
    """The names in `fields`, checked."""
    return _known(call.params.get("fields"))


def _known(given: Any) -> tuple[str, ...]:
    found = tuple(one.name for one in fields.parse(given))
    for name in found:
        if name not in FIELDS:
            raise errors.plain(f"(#100) {name} is not valid for fields param. please check {_LIST}")
    return found


_LIST = "https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values"


def _default(level: str) -> tuple[str, ...]:
    return (*_DEFAULT[level], "impressions", "spend")


def _sort(given: dict[str, Any]) -> str:
    """Such as `spend_descending`: the way in which rows are ordered."""
    found = str(next(iter(given.get("sort", ())), ""))
    if found and found.rpartition("_")[0] not in FIELDS - _ACTIONS:
        raise errors.plain(f"(#100) {found} is not valid for sort param. please check {_LIST}")
    return found


def _summary(given: dict[str, Any], asked: tuple[str, ...]) -> tuple[str, ...]:
    """The fields of which a sum over all rows is wanted."""
    wanted = given.get("summary")
    if wanted in (None, "true", "false", True, False):
        return asked if given.get("default_summary") else ()
    return _known(wanted)


def _ranges(given: dict[str, Any], today: date) -> list[tuple[date, date]]:
    windows = [given["time_range"]] if "time_range" in given else given.get("time_ranges", [])
    if not windows:
        return [_preset(given.get("date_preset", "last_30d"), today)]
    return [_days(window, today) for window in windows]


def _days(window: dict[str, Any], today: date) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(window[name]) for name in ("since", "until"))
    except ValueError:
        raise errors.plain("(#100) Must be a date representation in the format YYYY-MM-DD") from None
    if first > last:
        raise errors.plain("(#100) The start date of the time range must not be after its end date")
    if _months(first, today) > MOST_MONTHS:
        raise errors.plain(
            "(#3018) The start date of the time range cannot be beyond 37 months from the current date",
            code=3018,
        )
    return first, last


def _months(first: date, today: date) -> float:
    return (today.year - first.year) * 12 + today.month - first.month + (today.day > first.day)


def _preset(name: str, today: date) -> tuple[date, date]:
    if name.startswith("last_") and name[-1] == "d":
        return today - timedelta(days=int(name[5:-1])), today - timedelta(days=1)
    if name == "yesterday":
        return today - timedelta(days=1), today - timedelta(days=1)
    begin = _begin(name, today)
    if name.startswith("last_"):
        before = begin - timedelta(days=1)
        return _begin(name, before), before
    return begin, today


def _begin(name: str, day: date) -> date:
    """The first day of the week, month, quarter or year in which a day lies; else of all that is kept."""
    if "week" in name:
        return day - timedelta(days=day.weekday() if "mon" in name else (day.weekday() + 1) % 7)
    if name.endswith("month"):
        return day.replace(day=1)
    if name.endswith("quarter"):
        return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
    if name.endswith("year"):
        return day.replace(day=1, month=1)
    return day if name == "today" else day - timedelta(days=MOST_MONTHS * 30)


def _increment(text: str) -> int | str:
    if text in ("all_days", "monthly"):
        return text
    if text.isdigit() and 1 <= int(text) <= 90:
        return int(text)
    raise errors.plain("(#100) time_increment must be one of monthly, all_days or an integer between 1 and 90")


def _breakdowns(given: dict[str, Any], asked: tuple[str, ...]) -> tuple[str, ...]:
    wanted = tuple(one.name for one in fields.parse(given.get("breakdowns")))
    breakdowns.check(wanted)
    unique = {"reach", "frequency", "cpp", "unique_clicks", "unique_ctr", "unique_inline_link_clicks"}
    if breakdowns.HOURLY in wanted:
        refused = sorted(name for name in asked if name in unique or name.startswith("video_"))
        if refused:
            raise errors.plain(f"(#100) {', '.join(refused)} cannot be combined with the breakdown {breakdowns.HOURLY}")
    return wanted


def facts(graph: Graph, type_: str, id_: str) -> dict[str, Any]:
    """Id, name and effective status of an object, for filters."""
    found = graph.get(type_, id_)
    if found is None:
        return {"id": id_, "name": None, "effective_status": None}
    return {"id": id_, "name": found.name, "effective_status": status.effective(graph, found)}


def identity(graph: Graph, account: Account, level: str, id_: str) -> dict[str, Any]:
    """What a row says of the objects that it stands for."""
    found: dict[str, Any] = {
        "account_id": account.id.removeprefix("act_"),
        "account_name": account.name,
        "account_currency": account.currency,
        "attribution_setting": "7d_click_1d_view",
    }
    at = graph.get(level, id_) if level in _OBJECTS else None
    while at is not None:
        found |= {f"{at.type}_id": at.id, f"{at.type}_name": at.name}
        found |= {n: at.fields[n] for n in ("objective", "buying_type", "optimization_goal") if n in at.fields}
        at = graph.world.store.parent(at)
    return found


def known_run_fields(wanted: Iterable[str]) -> None:
    """Refuse fields that a report run does not have."""
    for name in wanted:
        if name not in names.RUN:
            raise errors.nonexisting_field(name, "AdReportRun")
