"""Insights: what was delivered, as the Graph API reports it. Every number is a string.

Hourly rows carry no off-site conversions and no reach (Marketing API, Insights breakdowns). Conversions are
those of the ad set's `promoted_object`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox.accounts import Account
from adsandbox.delivery import Row
from adsandbox.faults import Fault
from adsandbox.meta import actions, breakdowns, edges, errors, fields, money, request, status
from adsandbox.meta.call import Call
from adsandbox.meta.graph import NAME, Graph
from adsandbox.meta.request import Asked
from adsandbox.shares import split, split_money
from adsandbox.store import Entity

#: How long a report run takes, with the fault slow_report, and how long its id is known (Insights API, Limits and Best
#: Practices: it expires after 30 days).
RUN = timedelta(seconds=1)
SLOW_RUN = timedelta(minutes=10)
RUN_LIFE = timedelta(days=30)

_A_DAY = timedelta(days=1)


@dataclass(slots=True)
class Sum:
    """What one row of a report adds up."""

    impressions: int = 0
    link_clicks: int = 0
    clicks: int = 0
    video_views: int = 0
    spend: Decimal = Decimal(0)
    conversions: dict[str, int] = field(default_factory=dict)  # by custom event
    values: dict[str, Decimal] = field(default_factory=dict)

    def add(self, row: Row, event: str | None, *, as_of: datetime) -> None:
        """Add an hour of an ad as it is known at `as_of`; `clicks` count all clicks, not only those on
        links."""
        self.impressions += row.impressions
        self.link_clicks += row.clicks
        self.clicks += row.clicks + row.clicks // 4
        self.video_views += row.video_views
        self.spend += row.spend
        for one in row.conversions:
            if event is not None and one.known_at <= as_of:
                self.conversions[event] = self.conversions.get(event, 0) + one.count
                self.values[event] = self.values.get(event, Decimal(0)) + one.value

    def join(self, other: "Sum") -> None:
        """Add what another one adds up."""
        self.impressions += other.impressions
        self.link_clicks += other.link_clicks
        self.clicks += other.clicks
        self.video_views += other.video_views
        self.spend += other.spend
        for event, count in other.conversions.items():
            self.conversions[event] = self.conversions.get(event, 0) + count
            self.values[event] = self.values.get(event, Decimal(0)) + other.values[event]

    def cut(self, shares: Mapping[str, int], *, unit: Decimal) -> dict[str, "Sum"]:
        """Its figures cut by weight; the parts add up to it exactly."""
        parts = {name: Sum() for name in shares}
        for figure in ("impressions", "link_clicks", "clicks", "video_views"):
            for name, count in split(getattr(self, figure), shares).items():
                setattr(parts[name], figure, count)
        for name, amount in split_money(self.spend, shares, unit=unit).items():
            parts[name].spend = amount
        for event, total in self.conversions.items():
            worth = split_money(self.values[event], shares, unit=Decimal("0.01"))
            for name, count in split(total, shares).items():
                parts[name].conversions[event], parts[name].values[event] = count, worth[name]
        return parts

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to report."""
        return not (self.impressions or self.clicks or self.spend or any(self.conversions.values()))


@dataclass(frozen=True, slots=True)
class Key:
    """What a row stands for: an object, a span of days, and its value of each breakdown."""

    id: str
    first: date
    last: date
    parts: tuple[str, ...] = ()


def report(graph: Graph, scope: Entity | Account, asked: Asked, *, as_of: datetime) -> list[dict[str, Any]]:
    """The rows of a report, ordered by day, part and object; what did not deliver has none."""
    account = scope if isinstance(scope, Account) else graph.account_of(scope)
    if asked.ranges:
        each = [replace(asked, first=first, last=last, ranges=()) for first, last in asked.ranges]
        return [row for one in each for row in report(graph, scope, one, as_of=as_of)]
    if breakdowns.OPT_IN & set(asked.breakdowns) or (asked.hourly and graph.keeps_hours):
        return []
    sums: dict[Key, Sum] = {}
    for key, total in _summed(graph, scope, account, asked=asked, as_of=as_of):
        sums.setdefault(key, Sum()).join(total)
    ordered = sorted(sums.items(), key=lambda item: (item[0].first, item[0].parts, item[0].id))
    rows = [_shown(graph, account, asked, key, total) for key, total in ordered if not total.is_empty]
    name, _, order = asked.sort.rpartition("_")
    return sorted(rows, key=lambda row: _rank(row.get(name)), reverse=order == "descending") if name else rows


def _rank(value: Any) -> tuple[Decimal, str]:
    try:
        return Decimal(str(value or 0)), ""
    except ArithmeticError:
        return Decimal(0), str(value)


def _summed_up(graph: Graph, scope: Entity | Account, asked: Asked, *, as_of: datetime) -> dict[str, Any]:
    """The sum over all rows of a report, in the fields that are wanted of it."""
    account = scope if isinstance(scope, Account) else graph.account_of(scope)
    total = Sum()
    for _, part in _summed(graph, scope, account, asked=asked, as_of=as_of):
        total.join(part)
    values = _measured(account, asked, total)
    found = {name: values[name] for name in asked.summary if values.get(name) is not None}
    return found | {"date_start": asked.first.isoformat(), "date_stop": asked.last.isoformat()}


def _summed(
    graph: Graph, scope: Entity | Account, account: Account, *, asked: Asked, as_of: datetime
) -> Iterator[tuple[Key, Sum]]:
    """The figures of each ad set, cut by the breakdowns of people, whom its targeting names."""
    sums: dict[tuple[Key, str], Sum] = {}
    for row, local in _rows(graph, scope, account, asked, as_of):
        adset_id = row.line.group_id
        hour = (_hour(local),) if asked.hourly else ()
        key = Key(_level_id(row, asked.level, account), *asked.span(local.date()), hour)
        sums.setdefault((key, adset_id), Sum()).add(row, event_of(graph, adset_id), as_of=as_of)
    for (key, adset_id), total in sums.items():
        if asked.hourly or not asked.breakdowns:
            yield key, total
            continue
        adset = graph.get("adset", adset_id)
        shares = breakdowns.weights(asked.breakdowns, (adset.fields.get("targeting") if adset else None) or {})
        for name, part in total.cut(shares, unit=money.unit(account.currency)).items():
            yield replace(key, parts=tuple(name.split(breakdowns.JOINT))), part


def _rows(
    graph: Graph, scope: Entity | Account, account: Account, asked: Asked, as_of: datetime
) -> Iterator[tuple[Row, datetime]]:
    """The rows of the asked days, each with its hour; both are those of the account's clock as it goes now."""
    zone = ZoneInfo(account.time_zone)
    first = asked.first - _A_DAY  # rows are kept by the days of the clock of then
    for row in graph.world.delivery.rows(NAME, account_id=account.id, first=first, as_of=as_of):
        local = row.local(zone)
        if not asked.first <= local.date() <= asked.last:
            continue
        above = (row.line.ad_id, row.line.group_id, row.line.campaign_id)
        inside = isinstance(scope, Account) or scope.id in above
        if not inside or _is_left_out(graph, scope, asked, row):
            continue
        if all(test(_filtered(graph, name, row)) for name, test in asked.filters):
            yield row, local


def _is_left_out(graph: Graph, scope: Entity | Account, asked: Asked, row: Row) -> bool:
    """Whether a row's object is deleted, and an account's report did not ask for such (page "Manage your ad object's
    status"); what is archived is told."""
    if not isinstance(scope, Account) or asked.level == "account":
        return False
    if any(name.endswith("effective_status") for name, _ in asked.filters):
        return False
    entity = graph.get(asked.level, _level_id(row, asked.level, scope))
    return entity is not None and status.effective(graph, entity) == "DELETED"


def _filtered(graph: Graph, name: str, row: Row) -> Any:
    """The value of a filter's field for a row: `campaign.id`, `ad.name`, `adset.effective_status` …"""
    ids = {"campaign": row.line.campaign_id, "adset": row.line.group_id, "ad": row.line.ad_id}
    type_, _, own = name.partition(".")
    if type_ not in ids or own not in ("id", "name", "effective_status"):
        raise errors.plain(f"(#100) Filtering field {name} is not valid")
    return request.facts(graph, type_, ids[type_])[own]


def _level_id(row: Row, level: str, account: Account) -> str:
    line = row.line
    return {"ad": line.ad_id, "adset": line.group_id, "campaign": line.campaign_id}.get(level, account.id)


def _hour(local: datetime) -> str:
    return f"{local.hour:02d}:00:00 - {local.hour:02d}:59:59"


def event_of(graph: Graph, adset_id: str) -> str | None:
    """The custom event that an ad set counts, or None."""
    adset = graph.get("adset", adset_id)
    promoted = (adset.fields.get("promoted_object") if adset else None) or {}
    found: str | None = promoted.get("custom_event_type")
    return found


def _shown(graph: Graph, account: Account, asked: Asked, key: Key, total: Sum) -> dict[str, Any]:
    values = request.identity(graph, account, asked.level, key.id) | _measured(account, asked, total)
    row = {name: values[name] for name in asked.fields if values.get(name) is not None}
    row |= {"date_start": key.first.isoformat(), "date_stop": key.last.isoformat()}
    return row | dict(zip(asked.breakdowns, key.parts, strict=True))


def _measured(account: Account, asked: Asked, total: Sum) -> dict[str, Any]:
    found: dict[str, Any] = {
        "impressions": str(total.impressions),
        "clicks": str(total.clicks),
        "inline_link_clicks": str(total.link_clicks),
        "spend": money.spend(total.spend, account.currency),
        "ctr": _ratio(100 * total.clicks, total.impressions),
        "inline_link_click_ctr": _ratio(100 * total.link_clicks, total.impressions),
        "cpc": _ratio(total.spend, total.clicks),
        "cost_per_inline_link_click": _ratio(total.spend, total.link_clicks),
        "cpm": _ratio(1000 * total.spend, total.impressions),
        **actions.video(total.video_views),
    }
    found |= actions.lists(
        link_clicks=total.link_clicks,
        video_views=total.video_views,
        conversions=total.conversions if asked.counts_conversions else {},
        values=total.values if asked.counts_conversions else {},
        spend=total.spend,
        windows=asked.windows,
    )
    if not asked.hourly:
        reach = -(-total.impressions * 7 // 10)
        found |= {"reach": str(reach), "frequency": _ratio(total.impressions, reach)}
    return found


def _ratio(top: Decimal | int, bottom: int) -> str | None:
    return None if not bottom else f"{Decimal(top) / bottom:.6f}"


# the edge


def sync(graph: Graph, scope: Entity | Account, call: Call, *, base: str) -> dict[str, Any]:
    """`GET …/insights`: one page of a report."""
    asked = request.parse(graph, scope, call)
    rows = report(graph, scope, asked, as_of=graph.now)
    answer = edges.page(call, graph.now, rows, base=base, show=lambda row: row, size=25)
    if asked.summary:
        answer["summary"] = _summed_up(graph, scope, asked, as_of=graph.now)
    return answer


@dataclass(slots=True)
class Run:
    """An asynchronous report."""

    id: str
    scope: Entity | Account
    asked: Asked
    begun: datetime
    ready: datetime


def start(graph: Graph, scope: Entity | Account, call: Call) -> dict[str, Any]:
    """`POST …/insights`: begin a report run; `{"report_run_id": …}`."""
    asked = request.parse(graph, scope, call)
    slow = call.fault is Fault.SLOW_REPORT
    run = Run(graph.new_id("run"), scope, asked, graph.now, graph.now + (SLOW_RUN if slow else RUN))
    graph.runs[run.id] = run
    return {"report_run_id": run.id}


def run_of(graph: Graph, id_: str) -> Run | None:
    """A report run by its id, as long as it is known."""
    run: Run | None = graph.runs.get(id_)
    return None if run is None or graph.now - run.begun > RUN_LIFE else run


def run_node(graph: Graph, run: Run, call: Call) -> dict[str, Any]:
    """`GET {run}`: how far it is."""
    edges.only(call, {"fields"})
    account = run.scope if isinstance(run.scope, Account) else graph.account_of(run.scope)
    done = graph.now >= run.ready
    share = (graph.now - run.begun) / (run.ready - run.begun)
    found = {
        "id": run.id,
        "account_id": account.id.removeprefix("act_"),
        "time_ref": int(run.begun.timestamp()),
        "time_completed": int(run.ready.timestamp()) if done else 0,
        "async_status": "Job Completed" if done else ("Job Started" if share < 0.1 else "Job Running"),
        "async_percent_completion": 100 if done else int(99 * share),
        "date_start": run.asked.first.isoformat(),
        "date_stop": run.asked.last.isoformat(),
        "is_running": not done,
    }
    names = [one.name for one in fields.parse(call.params.get("fields"))]
    request.known_run_fields(names)
    return {name: found[name] for name in names if name in found} | {"id": run.id} if names else found


def run_rows(graph: Graph, run: Run, call: Call, *, base: str) -> dict[str, Any]:
    """`GET {run}/insights`: the report as it was when the run ended."""
    if graph.now < run.ready:
        raise errors.plain("(#2601) Job is not completed yet", code=2601, subcode=1815107)
    edges.only(call, {"limit", "after", "before", "fields", "summary", "default_summary"})
    asked = run.asked
    if "fields" in call.params:
        asked = replace(asked, fields=request.fields_of(call))
    rows = report(graph, run.scope, asked, as_of=run.ready)
    return edges.page(call, graph.now, rows, base=base, show=lambda row: row, size=25)
