"""/report/integrated/get/: the synchronous report, by day, by hour, or for a whole range.

Source: TikTok API for Business, "Run a synchronous report". Dates and hours are the advertiser's.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from adsandbox.delivery import Row, Totals
from adsandbox.schema import Field, array, boolean, enum, obj, text
from adsandbox.store import Entity
from adsandbox.tiktok import audiences, standing, vocabulary, wire
from adsandbox.tiktok.api import Call, Operation, ids, page, page_fields
from adsandbox.tiktok.metrics import ATTRIBUTES, EVENT_METRICS, METRICS, NOT_HOURLY
from adsandbox.tiktok.standing import Observer

LEVELS = {
    "AUCTION_ADVERTISER": "advertiser",
    "AUCTION_CAMPAIGN": "campaign",
    "AUCTION_ADGROUP": "adgroup",
    "AUCTION_AD": "ad",
}
_TIMES = {"stat_time_day": "%Y-%m-%d 00:00:00", "stat_time_hour": "%Y-%m-%d %H:00:00"}
_MOST_DAYS = {"stat_time_hour": 1, "stat_time_day": 30, "": 365}

_DATE = text(pattern=re.compile(r"\d{4}-\d\d-\d\d"))
FILTER = obj(
    {
        "field_name": enum(
            "campaign_ids", "adgroup_ids", "ad_ids", "campaign_status", "adgroup_status", "ad_status",
            required=True,
        ),
        "filter_type": enum("IN", required=True),
        "filter_value": text(required=True),
    }
)  # fmt: skip
QUERY: dict[str, Field] = {
    "advertiser_id": text(least=1),
    "advertiser_ids": ids(most=5),
    "report_type": enum("BASIC", "AUDIENCE", "PLAYABLE_MATERIAL", "CATALOG", "BC", "TT_SHOP", required=True),
    "data_level": enum(*LEVELS, required=True),
    "service_type": enum("AUCTION"),
    "dimensions": array(text(), required=True, least=1, most=4),
    "metrics": array(text()),
    "start_date": _DATE,
    "end_date": _DATE,
    "query_lifetime": boolean(),
    "filtering": array(FILTER),
    "order_field": text(),
    "order_type": enum("ASC", "DESC"),
}
SYNCHRONOUS: dict[str, Field] = {
    **QUERY,
    "enable_total_metrics": boolean(),
    "bc_id": text(),
    "multi_adv_report_in_utc_time": boolean(),
    "query_mode": enum("REGULAR", "CHUNK"),
    **page_fields(),
}


@dataclass(frozen=True, slots=True)
class Query:
    """A checked question: what by, what of, when, of which objects."""

    level: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    first: date | None
    last: date | None
    only: Mapping[str, frozenset[str]]
    status: str
    order: tuple[str, bool] | None
    audience: str = ""

    @property
    def time(self) -> str:
        """The time dimension, or nothing."""
        return next((name for name in self.dimensions if name in _TIMES), "")

    @property
    def by_object(self) -> bool:
        """Whether the object's id is a dimension."""
        return f"{LEVELS[self.level]}_id" in self.dimensions


@dataclass(slots=True)
class Cell:
    """One row's sums: of everything, and of each optimization event by itself."""

    totals: Totals
    events: dict[str, Totals] = field(default_factory=dict)

    def add(self, other: Totals, *, event: str) -> None:
        """Add sums that belong to ad groups with this event."""
        _merge(self.totals, other)
        _merge(self.events.setdefault(event, Totals()), other)

    def metric(self, name: str) -> str:
        """A metric as TikTok writes it."""
        if name in METRICS:
            return METRICS[name](self.totals)
        event, read = EVENT_METRICS[name]
        return read(replace(self.events.get(event, Totals()), spend=self.totals.spend))


def integrated(call: Call) -> dict[str, Any]:
    """Rows of the report, each with its dimensions and its metrics as texts."""
    query = question(call)
    rows = answer(call, query)
    shown, numbers = page(call, rows)
    data: dict[str, Any] = {"list": shown, "page_info": numbers}
    if call.args.get("enable_total_metrics"):
        everything = Cell(Totals())
        for cell in _sums(call, query).values():
            for event, totals in cell.events.items():
                everything.add(totals, event=event)
        data["total_metrics"] = {name: everything.metric(name) for name in query.metrics if _is_number(name)}
    return data


def _is_number(name: str) -> bool:
    return name in METRICS or name in EVENT_METRICS


def question(call: Call) -> Query:
    """The request's question; refused with 40002 in what does not go together."""
    args = call.args
    for name in ("advertiser_ids", "bc_id"):
        if name in args:
            wire.bad(name, "Not imitated by this sandbox.")
    if "advertiser_id" not in args:
        wire.bad("advertiser_id", "Missing data for required field.")
    if args["report_type"] not in ("BASIC", "AUDIENCE"):
        wire.bad("report_type", f"{args['report_type']} is not imitated by this sandbox.")
    level, dimensions = args["data_level"], tuple(args["dimensions"])
    audience = _audience(args, level, dimensions)
    if len(set(dimensions)) != len(dimensions) or set(_TIMES) <= set(dimensions):
        wire.bad("dimensions", "At most one time dimension, and none twice.")
    metrics = tuple(args.get("metrics", ("spend", "impressions")))
    if wrong := [name for name in metrics if not _is_number(name) and level not in ATTRIBUTES.get(name, ())]:
        wire.refuse(wire.BAD_PARAMETER, f"Invalid metric fields: {wrong}.")
    first, last = _range(args, next((name for name in dimensions if name in _TIMES), ""))
    only, status = _filters(args.get("filtering", []), LEVELS[level])
    return Query(level, dimensions, metrics, first, last, only, status, _order(args, metrics), audience)


def _audience(args: Mapping[str, Any], level: str, dimensions: tuple[str, ...]) -> str:
    """The audience dimension of an audience report, nothing of a basic one."""
    asks = args["report_type"] == "AUDIENCE"
    allowed = {f"{LEVELS[level]}_id", "stat_time_day"} | (set(audiences.DIMENSIONS) if asks else set(_TIMES))
    if wrong := [name for name in dimensions if name not in allowed]:
        wire.refuse(wire.BAD_PARAMETER, f"Invalid dimension fields: {wrong}.")
    if not asks:
        return ""
    found = [name for name in dimensions if name in audiences.DIMENSIONS]
    if len(found) != 1:
        wire.bad("dimensions", "An audience report takes one audience dimension in this sandbox.")
    if args.get("query_lifetime"):
        wire.bad("query_lifetime", "Not supported by audience reports.")
    if wrong := [name for name in args.get("metrics", ()) if name in NOT_HOURLY]:
        wire.refuse(wire.BAD_PARAMETER, f"Invalid metric fields: {wrong}.")
    return found[0]


def _order(args: Mapping[str, Any], metrics: tuple[str, ...]) -> tuple[str, bool] | None:
    name = args.get("order_field")
    if name is None:
        return None
    if name not in metrics or not _is_number(name) or name == "currency":
        wire.bad("order_field", f"{name} is not one of the metrics asked for.")
    return name, args.get("order_type", "DESC") == "DESC"


def _range(args: Mapping[str, Any], time: str) -> tuple[date | None, date | None]:
    if args.get("query_lifetime"):
        if time:
            wire.bad("query_lifetime", f"Not supported together with {time}.")
        return None, None
    first, last = (_date(args, name) for name in ("start_date", "end_date"))
    if last < first:
        wire.bad("end_date", "Must not be earlier than start_date.")
    most = _MOST_DAYS[time]
    if (last - first) >= timedelta(days=most):
        wire.bad("end_date", f"The time range may not exceed {most} day(s) with these dimensions.")
    return first, last


def _date(args: Mapping[str, Any], name: str) -> date:
    if name not in args:
        wire.bad(name, "Missing data for required field.")
    try:
        return date.fromisoformat(args[name])
    except ValueError:
        wire.bad(name, "Not a valid date, YYYY-MM-DD.")


def _filters(filters: list[dict[str, str]], level: str) -> tuple[dict[str, frozenset[str]], str]:
    """Ids by type, and the primary status that objects of the level must have."""
    only: dict[str, frozenset[str]] = {}
    status = "STATUS_ALL" if level == "advertiser" else "STATUS_NOT_DELETE"
    for one in filters:
        type_, kind = one["field_name"].split("_")
        values = _values(one["filter_value"])
        if kind == "ids":
            only[type_] = frozenset(values)
        elif len(values) != 1 or values[0] not in vocabulary.PRIMARY_STATUS:
            wire.bad("filtering", f"{one['field_name']} takes one of {', '.join(vocabulary.PRIMARY_STATUS)}.")
        elif type_ == level or values[0] == "STATUS_ALL":
            status = values[0]
    return only, status


def _values(text: str) -> list[str]:
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, list) or not all(isinstance(v, str | int) for v in values):
        wire.bad("filtering", "filter_value of IN must be a JSON array in a string.")
    return [str(value) for value in values]


#: Object, time, and value of the audience dimension; nothing where it is not asked for.
Key = tuple[str, str, str]


def answer(call: Call, query: Query) -> list[dict[str, Any]]:
    """All rows, in order. Without a time dimension every object has a row, with one only those with data."""
    sums = _sums(call, query)
    if query.by_object and not query.time and not query.audience:
        for entity in _objects(call, query):
            sums.setdefault((entity.id, "", ""), Cell(Totals(currency=call.account.currency)))
    keys = sorted(sums)
    if query.order is not None:
        name, falling = query.order
        keys.sort(key=lambda key: float(sums[key].metric(name)), reverse=falling)
    return [_row(call, query, key, sums[key]) for key in keys]


def _sums(call: Call, query: Query) -> dict[Key, Cell]:
    """The cells of a report: first by ad group, whose event and audience are its own, then together."""
    sums: dict[Key, Cell] = {}
    for (id_, time, group_id), totals in _by_group(call, query).items():
        group = call.world.store.get(wire.NAME, "adgroup", group_id)
        if group is None:
            raise LookupError(f"ad group {group_id} delivered and is not there")
        event = str(group.fields.get("optimization_event") or "")
        for value, part in _parts(query, group, totals).items():
            cell = sums.setdefault((id_, time, value), Cell(Totals(currency=totals.currency)))
            cell.add(part, event=event)
    return sums


def _parts(query: Query, group: Entity, totals: Totals) -> dict[str, Totals]:
    if not query.audience:
        return {"": totals}
    return audiences.cut(totals, audiences.weights(query.audience, group))


def _by_group(call: Call, query: Query) -> dict[Key, Totals]:
    observer, verdicts = Observer(call.world, call.now), {}

    def wanted(row: Row) -> bool:
        id_ = _id(row, LEVELS[query.level])
        if id_ not in verdicts:
            verdicts[id_] = _has_status(call, observer, LEVELS[query.level], id_, query.status)
        return verdicts[id_] and all(_id(row, type_) in ids for type_, ids in query.only.items())

    def by(row: Row, local: datetime) -> Key:
        if not wanted(row):
            return ("", "leave out", "")
        id_ = _id(row, LEVELS[query.level]) if query.by_object else ""
        return id_, local.strftime(_TIMES[query.time]) if query.time else "", row.line.group_id

    sums = call.world.delivery.grouped(wire.NAME, by, account_id=call.account.id, first=query.first, last=query.last)
    sums.pop(("", "leave out", ""), None)
    return sums


def _id(row: Row, type_: str) -> str:
    line = row.line
    return {
        "advertiser": line.account_id,
        "campaign": line.campaign_id,
        "adgroup": line.group_id,
        "ad": line.ad_id,
    }[type_]


def _has_status(call: Call, observer: Observer, type_: str, id_: str, wanted: str) -> bool:
    entity = call.world.store.get(wire.NAME, type_, id_)
    if type_ == "advertiser" or wanted == "STATUS_ALL" or entity is None:
        return True
    read = {"campaign": observer.campaign, "adgroup": observer.adgroup, "ad": observer.ad}[type_]
    return standing.fits(read(entity), wanted)


def _objects(call: Call, query: Query) -> list[Entity]:
    observer, type_ = Observer(call.world, call.now), LEVELS[query.level]
    return [
        entity
        for entity in call.world.store.all(wire.NAME, type_=type_, deleted=True)
        if entity.account_id == call.account.id
        and _has_status(call, observer, type_, entity.id, query.status)
        and all(_above(call, entity, t) in wanted for t, wanted in query.only.items())
    ]


def _above(call: Call, entity: Entity, type_: str) -> str | None:
    at: Entity | None = entity
    while at is not None and at.type != type_:
        at = call.world.store.parent(at)
    return None if at is None else at.id


def _row(call: Call, query: Query, key: Key, cell: Cell) -> dict[str, Any]:
    id_, time, value = key
    names = {query.time: time, query.audience: value}
    dimensions = {name: names.get(name, id_) for name in query.dimensions}
    metrics: dict[str, str] = {}
    for name in query.metrics:
        if not _is_number(name):
            metrics[name] = _attribute(call, LEVELS[query.level], id_, name)
        elif name in NOT_HOURLY and query.time == "stat_time_hour":
            metrics[name] = "-"
        else:
            metrics[name] = cell.metric(name)
    return {"dimensions": dimensions, "metrics": metrics}


def _attribute(call: Call, type_: str, id_: str, name: str) -> str:
    if name == "advertiser_id":
        return call.account.id
    at = call.world.store.get(wire.NAME, type_, id_)
    if name == "objective_type":
        name = "campaign_objective"
    wanted, what = name.split("_")
    while at is not None and at.type != wanted:
        at = call.world.store.parent(at)
    if at is None:
        return "-"
    return str({"id": at.id, "name": at.name, "objective": at.fields.get("objective_type")}[what])


def _merge(into: Totals, other: Totals) -> None:
    into.impressions += other.impressions
    into.clicks += other.clicks
    into.spend += other.spend
    into.video_views += other.video_views
    into.conversions += other.conversions
    into.conversion_value += other.conversion_value
    into.currency = other.currency


OPERATIONS = (Operation("GET", "report/integrated/get", SYNCHRONOUS, integrated),)
