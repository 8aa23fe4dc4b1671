"""Campaign and ad group criterions: places, times, ages, devices. Nested partial errors, one collection per
item.

Sources: Microsoft's CampaignCriterion and Criterion data object pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adsandbox import schema
from adsandbox.microsoft import batches, customers, errors, geo, money, tables
from adsandbox.microsoft.desk import NAME, Call, Desk
from adsandbox.microsoft.errors import ItemError
from adsandbox.schema import Field, anything, enum, text
from adsandbox.store import Entity

MOST = 100
MOST_WINDOWS_A_DAY, MOST_WINDOWS = 7, 49
#: With the first criterions of a campaign or ad group Microsoft adds an intent by itself, the widest, unless one is
#: among them; it can be changed and never deleted. The third option has been taken for the widest since April 2024
#: (LocationIntentCriterion data object page).
AUDIENCE = "AudienceCriterion"
INTENT, WIDEST_INTENT = "LocationIntentCriterion", "PeopleInOrSearchingForOrViewingPages"


@dataclass(frozen=True, slots=True)
class Level:
    """Where criterions hang: on campaigns or on ad groups, with the words of each."""

    word: str  # Campaign or AdGroup
    missing: int  # the code for a parent that does not exist
    has_audiences: bool = False

    @property
    def type(self) -> str:
        """The entity type of its criterions."""
        return f"{self.word}Criterion"

    @property
    def criteria(self) -> Mapping[str, Mapping[str, Field]]:
        """The kinds of criterion that hang here."""
        return {**tables.CRITERIA, AUDIENCE: tables.AUDIENCE} if self.has_audiences else tables.CRITERIA

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Which kinds a call writes that names a CriterionType."""
        return {**tables.GROUPS, "Audience": (AUDIENCE,)} if self.has_audiences else tables.GROUPS

    @property
    def parent_id(self) -> str:
        """The element that names the parent."""
        return f"{self.word}Id"


CAMPAIGN = Level("Campaign", 1100)
AD_GROUP = Level("AdGroup", 1201, has_audiences=True)
LEVELS = {"CampaignCriterions": CAMPAIGN, "AdGroupCriterions": AD_GROUP}


def add(desk: Desk, level: Level, call: Call) -> dict[str, Any]:
    """`POST CampaignCriterions` or `AdGroupCriterions`."""
    answer = _each(desk, level, call, lambda item: _add(desk, level, item, call.body["CriterionType"]))
    _with_intent(desk, level, {item[level.parent_id] for item in call.body[f"{level.type}s"]})
    return answer


def update(desk: Desk, level: Level, call: Call) -> dict[str, Any]:
    """`PUT` of the same."""
    answer = _each(desk, level, call, lambda item: _update(desk, level, item))
    return {"NestedPartialErrors": answer["NestedPartialErrors"]}


def _each(desk: Desk, level: Level, call: Call, one: Any) -> dict[str, Any]:
    customers.writable(desk)
    listed = f"{level.type}s"
    table = {
        "CriterionType": enum(*level.groups, required=True),
        listed: schema.array(anything(), nullable=True),
    }
    for refusal in schema.check(call.body, table):
        raise errors.malformed(refusal)
    given = batches.items(call.body, listed, most=MOST, empty=1420, over=1425)
    for index, item in enumerate(given):
        _read(item, level, (listed, index))
    results, refused = batches.run(desk, call, given, one)
    nested = [errors.nested([{**error, "Index": 0}], error["Index"]) for error in refused]
    return {f"{level.type}Ids": results, "NestedPartialErrors": nested}


def _read(item: Any, level: Level, path: tuple[str | int, ...]) -> None:
    """Refuse the request for an item that is no criterion of this level."""
    table: dict[str, Field] = {
        "Type": enum(f"Biddable{level.type}", f"Negative{level.type}", required=True),
        "Id": tables.long_id(),
        level.parent_id: text(required=True),
        "Status": enum("Active", "Paused", "Deleted", nullable=True),
        "Criterion": anything(required=True),
        "CriterionBid": tables.CRITERION_BID,
        "CriterionCashback": anything(),
        "EditorialStatus": anything(),
        **({"ForwardCompatibilityMap": anything()} if level is CAMPAIGN else {}),
    }
    for refusal in schema.check(item, table, path=path):
        raise errors.malformed(refusal)
    criterion = item["Criterion"]
    kind = {"Type": enum(*level.criteria, required=True)}
    only = {"Type": criterion["Type"]} if isinstance(criterion, dict) and "Type" in criterion else {}
    for refusal in schema.check(only, kind, path=(*path, "Criterion")):
        raise errors.malformed(refusal)
    for refusal in schema.check(criterion, {**kind, **level.criteria[only["Type"]]}, path=(*path, "Criterion")):
        raise errors.malformed(refusal)


def _add(desk: Desk, level: Level, item: dict[str, Any], group: str) -> str:
    if item.get("Id") is not None:
        raise ItemError(1004, field="Id")
    parent = desk.get(level.word, item[level.parent_id])
    if parent is None:
        raise ItemError(level.missing, field=level.parent_id)
    if item["Criterion"]["Type"] not in level.groups[group]:
        raise ItemError(1429, field="Criterion", details=f"not of CriterionType {group}")
    _check(item)
    _windows(desk.below(parent, level.type), item["Criterion"])
    mark = _mark(item["Criterion"])
    for other in desk.below(parent, level.type):
        if _mark(other.fields["Criterion"]) == mark:
            raise ItemError(807, field="Criterion")
    return _stored(desk, level, parent, _kept(item)).id


def _with_intent(desk: Desk, level: Level, parent_ids: set[str]) -> None:
    """Give each parent that has criterions now, and no intent among them, the widest."""
    for id_ in sorted(parent_ids):
        parent = desk.get(level.word, id_)
        kinds = {one.name for one in desk.below(parent, level.type)} - {AUDIENCE} if parent is not None else set()
        if parent is not None and kinds and INTENT not in kinds:
            widest = {"Type": INTENT, "IntentOption": WIDEST_INTENT}
            _stored(desk, level, parent, {"Type": f"Biddable{level.type}", "Criterion": widest, "CriterionBid": None})


def _stored(desk: Desk, level: Level, parent: Entity, fields: dict[str, Any]) -> Entity:
    return desk.world.store.add(
        NAME,
        level.type,
        desk.new_id("Criterion"),
        account_id=desk.account.id,
        parent_id=parent.id,
        name=fields["Criterion"]["Type"],
        status="Active",
        fields=fields,
    )


def _update(desk: Desk, level: Level, item: dict[str, Any]) -> None:
    found = desk.get(level.type, item.get("Id"))
    if found is None or found.parent_id != item[level.parent_id]:
        raise ItemError(1401, field="Id")
    if item["Type"] != found.fields["Type"] or item["Criterion"]["Type"] != found.name:
        raise ItemError(5804, field="Criterion")
    _check(item)
    desk.world.store.update(found, fields=_kept(item))


def _check(item: dict[str, Any]) -> None:
    criterion = item["Criterion"]
    negative = item["Type"].startswith("Negative")
    if negative and criterion["Type"] not in ("LocationCriterion", "AgeCriterion", "GenderCriterion", AUDIENCE):
        raise ItemError(1435, field="Criterion")
    checks = {
        "LocationCriterion": _location,
        "RadiusCriterion": _radius,
        "DayTimeCriterion": _day_time,
        AUDIENCE: _audience,
    }
    checks.get(criterion["Type"], lambda one: None)(criterion)
    _multiplier(item, negative)


def _multiplier(item: dict[str, Any], negative: bool) -> None:
    bid = item.get("CriterionBid")
    if bid is None:
        return
    if negative:
        raise ItemError(1435, field="CriterionBid")
    value = bid.get("Multiplier")
    least = -100 if item["Criterion"]["Type"] == "DeviceCriterion" else -90
    if bid["Type"] != "BidMultiplier" or value is None or not least <= value <= 900:
        raise ItemError(5803, field="CriterionBid")


def _location(criterion: dict[str, Any]) -> None:
    if criterion["LocationId"] not in geo.LOCATIONS:
        raise ItemError(1464, field="LocationId", details=criterion["LocationId"])


def _audience(criterion: dict[str, Any]) -> None:
    if criterion["AudienceId"] not in tables.AUDIENCES:
        raise ItemError(1429, field="AudienceId", details=criterion["AudienceId"])


def _radius(criterion: dict[str, Any]) -> None:
    if not -90 <= criterion["LatitudeDegrees"] <= 90:
        raise ItemError(1458, field="LatitudeDegrees")
    if not -180 <= criterion["LongitudeDegrees"] <= 180:
        raise ItemError(1459, field="LongitudeDegrees")
    if not criterion["Radius"].isdigit() or not 1 <= int(criterion["Radius"]) <= 800:
        raise ItemError(1429, field="Radius")


def _day_time(criterion: dict[str, Any]) -> None:
    begin, end = _span(criterion)
    whole = criterion["ToHour"] != 24 or criterion["ToMinute"] == "Zero"
    if not (0 <= criterion["FromHour"] <= 23 and 0 <= criterion["ToHour"] <= 24 and whole and begin < end):
        raise ItemError(1404, field="ToHour")


def _windows(standing: list[Entity], new: dict[str, Any]) -> None:
    """Windows of a day overlap nowhere, and are 7 a day and 49 a week at most (DayTime criterion pages)."""
    if new["Type"] != "DayTimeCriterion":
        return
    others = [one.fields["Criterion"] for one in standing if one.name == "DayTimeCriterion"]
    same_day = [one for one in others if one["Day"] == new["Day"]]
    if len(others) >= MOST_WINDOWS or len(same_day) >= MOST_WINDOWS_A_DAY:
        raise ItemError(1425, field="Criterion")
    begin, end = _span(new)
    for one in same_day:
        since, until = _span(one)
        if (since, until) != (begin, end) and begin < until and since < end:
            raise ItemError(1404, field="FromHour", details="it overlaps another window of the day")


def _span(criterion: dict[str, Any]) -> tuple[int, int]:
    begin = criterion["FromHour"] * 60 + tables.MINUTES[criterion["FromMinute"]]
    return begin, criterion["ToHour"] * 60 + tables.MINUTES[criterion["ToMinute"]]


def _mark(criterion: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two criterions the same."""
    kind = criterion["Type"]
    if kind == "LocationIntentCriterion":
        return (kind,)
    table = tables.AUDIENCE if kind == AUDIENCE else tables.CRITERIA[kind]
    own = (name for name, field in table.items() if field.required)
    return (kind, *(str(criterion.get(name)) for name in own))


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    criterion = {
        name: money.kept(value) if isinstance(value, Decimal) else value for name, value in item["Criterion"].items()
    }
    if criterion.get("IntentOption") == "PeopleSearchingForOrViewingPages":
        criterion["IntentOption"] = WIDEST_INTENT
    bid = item.get("CriterionBid")
    if bid is not None:
        bid = {"Type": bid["Type"], "Multiplier": money.kept(bid["Multiplier"])}
    return {"Type": item["Type"], "Criterion": criterion, "CriterionBid": bid}


def query(desk: Desk, level: Level, call: Call) -> dict[str, Any]:
    """`POST …Criterions/QueryByIds`: all of a parent, or those of the given ids."""
    body = call.body
    table = {
        level.parent_id: text(required=True),
        "CriterionType": enum(*_readable(level), required=True),
        f"{level.type}Ids": schema.array(text(), nullable=True),
        "ReturnAdditionalFields": anything(),
    }
    for refusal in schema.check(body, table):
        raise errors.malformed(refusal)
    parent = desk.get(level.word, body[level.parent_id])
    if parent is None:
        raise errors.operation_fault(level.missing)
    wanted = body.get(f"{level.type}Ids")
    found = [one for one in desk.below(parent, level.type) if _is_of(one, body["CriterionType"])]
    if wanted is None:
        return _answer(level, [shown(one, level) for one in found if desk.world.lag.lists(one)], [])
    by_id = {one.id: one for one in found}
    rows = [shown(by_id[id_], level) if id_ in by_id else None for id_ in wanted]
    missing = [ItemError(1401).shown(i) for i, row in enumerate(rows) if row is None]
    return _answer(level, rows, missing)


def _answer(level: Level, rows: list[Any], missing: list[dict[str, Any]]) -> dict[str, Any]:
    """Of ad groups a wrong id is a null and no more (GetAdGroupCriterionsByIds page)."""
    return {f"{level.type}s": rows, **({"PartialErrors": missing} if level is CAMPAIGN else {})}


def _readable(level: Level) -> tuple[str, ...]:
    """What may be asked for; of ad groups neither all targets nor all audiences (GetAdGroupCriterionsByIds page)."""
    if not level.has_audiences:
        return tuple(level.groups)
    return (*(group for group in level.groups if group not in ("Targets", "Audience")), *tables.AUDIENCE_KINDS)


def _is_of(criterion: Entity, group: str) -> bool:
    if criterion.name == AUDIENCE:
        return tables.AUDIENCES[criterion.fields["Criterion"]["AudienceId"]] == group
    return criterion.name in tables.GROUPS.get(group, ())


def shown(criterion: Entity, level: Level) -> dict[str, Any]:
    """A criterion as it is read back."""
    fields = criterion.fields
    numbers = ("LatitudeDegrees", "LongitudeDegrees")
    own = {n: money.shown(v) if n in numbers else v for n, v in fields["Criterion"].items()}
    if criterion.name == AUDIENCE:
        own["AudienceType"] = tables.AUDIENCES[str(own["AudienceId"])].removesuffix("Audience")
    found = {
        "Id": criterion.id,
        level.parent_id: criterion.parent_id,
        "Type": fields["Type"],
        "Status": criterion.status,
        "Criterion": own,
        **({"ForwardCompatibilityMap": None} if level is CAMPAIGN else {}),
    }
    if fields["Type"].startswith("Biddable"):
        bid = fields["CriterionBid"] or {"Type": "BidMultiplier", "Multiplier": "0"}
        found["CriterionBid"] = bid | {"Multiplier": money.shown(bid["Multiplier"])}
        found["CriterionCashback"] = None
    return found


def delete(desk: Desk, level: Level, call: Call) -> dict[str, Any]:
    """`DELETE CampaignCriterions` or `AdGroupCriterions`."""
    customers.writable(desk)
    body = call.body
    table = {
        level.parent_id: text(required=True),
        "CriterionType": enum(*level.groups, required=True),
        f"{level.type}Ids": schema.array(text(), nullable=True),
    }
    for refusal in schema.check(body, table):
        raise errors.malformed(refusal)
    wanted = batches.ids(body, f"{level.type}Ids", empty=1420)

    def one(id_: str) -> None:
        found = desk.get(level.type, id_)
        if found is None or found.parent_id != body[level.parent_id]:
            raise ItemError(1401)
        if found.name == INTENT:
            raise ItemError(204, details="A location intent cannot be deleted.")
        desk.world.store.delete(found, status="Deleted")

    _, refused = batches.run(desk, call, wanted, one)
    return {"PartialErrors": refused}
