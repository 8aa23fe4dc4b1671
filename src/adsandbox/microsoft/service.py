"""The Campaign Management service: add, update, delete and query campaigns, ad groups, ads and keywords.

Each operation is a path and a method; the rules of the objects stand in their own modules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adsandbox.microsoft import ad_groups, ads, batches, campaigns, customers, errors, keywords, shapes, tables
from adsandbox.microsoft.desk import NAME, Call, Desk, envelope
from adsandbox.microsoft.errors import ItemError
from adsandbox.schema import Field, anything, array, boolean, text
from adsandbox.store import Entity


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: words, limits and codes of its operations."""

    type: str
    parent: str | None  # the type above; None hangs on the account
    table: Mapping[str, Field]
    most: int
    empty: int
    over: int
    ids_empty: int
    invalid: int  # an id that does not exist
    parent_invalid: int
    show: Callable[[Desk, Entity, set[str]], dict[str, Any]]

    @property
    def parent_id(self) -> str:
        """The element that names the parent."""
        return f"{self.parent}Id" if self.parent else "AccountId"

    @property
    def plural(self) -> str:
        """The element of the array."""
        return f"{self.type}s"


CAMPAIGN = Kind("Campaign", None, tables.CAMPAIGN, 100, 1113, 1114, 1118, 1100, 1102, shapes.campaign)
AD_GROUP = Kind("AdGroup", "Campaign", tables.AD_GROUP, 1000, 1209, 1210, 1218, 1201, 1100, shapes.ad_group)
AD = Kind("Ad", "AdGroup", tables.AD, 50, 1310, 1311, 1351, 1308, 1201, shapes.ad)
KEYWORD = Kind("Keyword", "AdGroup", tables.KEYWORD, 1000, 1505, 1506, 1529, 1501, 1201, shapes.keyword)
KINDS = {"Campaigns": CAMPAIGN, "AdGroups": AD_GROUP, "Ads": AD, "Keywords": KEYWORD}

_ADD: dict[str, Callable[[Desk, Entity, Any], str]] = {
    "AdGroup": ad_groups.add,
    "Ad": ads.add,
    "Keyword": keywords.add,
}
_UPDATE: dict[str, Callable[[Desk, Entity, Any], None]] = {
    "AdGroup": ad_groups.update,
    "Ad": ads.update,
    "Keyword": keywords.update,
}
_EXTRA = {
    "ReturnInheritedBidStrategyTypes": boolean(nullable=True),
    "UpdateAudienceAdsBidAdjustment": boolean(nullable=True),
}


def _envelope(kind: Kind, call: Call, **more: Field) -> dict[str, Any]:
    table = {kind.parent_id: text(nullable=True), "AssetGroupId": text(nullable=True), **_EXTRA, **more}
    return envelope(call.body, table)


def parent(desk: Desk, kind: Kind, body: dict[str, Any]) -> Entity | None:
    """The object that the request names above its items; None for the account; a fault when there is none."""
    id_ = body.get(kind.parent_id)
    if kind.parent is None:
        if id_ != desk.account.id:
            raise errors.operation_fault(kind.parent_invalid)
        return None
    found = desk.get(kind.parent, id_)
    if found is None:
        raise errors.operation_fault(kind.parent_invalid)
    return found


def add(desk: Desk, kind: Kind, call: Call) -> dict[str, Any]:
    """`POST <plural>`: ids, null where an item is refused, and PartialErrors."""
    customers.writable(desk)
    body = _envelope(kind, call, **{kind.plural: array(anything(), nullable=True)})
    above = parent(desk, kind, body)
    given = batches.items(body, kind.plural, most=kind.most, empty=kind.empty, over=kind.over)
    batches.well_formed(given, kind.table, kind.plural)

    def one(item: Any) -> str:
        return campaigns.add(desk, item) if above is None else _ADD[kind.type](desk, above, item)

    results, refused = batches.run(desk, call, given, one)
    return {f"{kind.type}Ids": results, "PartialErrors": refused} | _inherited(desk, body, above, results)


def _inherited(desk: Desk, body: dict[str, Any], above: Entity | None, results: list[str | None]) -> dict[str, Any]:
    """The campaign's scheme for every item, where the request asks for it."""
    if not body.get("ReturnInheritedBidStrategyTypes") or above is None:
        return {}
    top = above if above.type == "Campaign" else desk.parent(above)
    name = top.fields["BiddingScheme"]["Type"].removesuffix("BiddingScheme")
    return {"InheritedBidStrategyTypes": [None if one is None else name for one in results]}


def update(desk: Desk, kind: Kind, call: Call) -> dict[str, Any]:
    """`PUT <plural>`: PartialErrors."""
    customers.writable(desk)
    body = _envelope(kind, call, **{kind.plural: array(anything(), nullable=True)})
    above = parent(desk, kind, body)
    given = batches.items(body, kind.plural, most=kind.most, empty=kind.empty, over=kind.over)
    batches.well_formed(given, kind.table, kind.plural)

    def one(item: Any) -> None:
        if above is None:
            campaigns.update(desk, item)
        else:
            _UPDATE[kind.type](desk, above, item)

    _, refused = batches.run(desk, call, given, one)
    return {"PartialErrors": refused}


def delete(desk: Desk, kind: Kind, call: Call) -> dict[str, Any]:
    """`DELETE <plural>` with a body: PartialErrors. What hangs below goes along."""
    customers.writable(desk)
    body = _envelope(kind, call, **{f"{kind.type}Ids": array(text(), nullable=True)})
    above = parent(desk, kind, body)
    wanted = batches.ids(body, f"{kind.type}Ids", empty=kind.ids_empty)

    def one(id_: str) -> None:
        found = desk.get(kind.type, id_)
        if found is None or (above is not None and found.parent_id != above.id):
            raise ItemError(kind.invalid)
        remove(desk, found)

    _, refused = batches.run(desk, call, wanted, one)
    return {"PartialErrors": refused}


def remove(desk: Desk, entity: Entity) -> None:
    """Delete an object with everything below it; it is never returned again."""
    for type_ in ("AdGroup", "Ad", "Keyword", "CampaignCriterion", "AdGroupCriterion"):
        for one in desk.below(entity, type_):
            remove(desk, one)
    desk.world.store.delete(entity, status="Deleted")


def query_below(desk: Desk, kind: Kind, call: Call) -> dict[str, Any]:
    """`POST <plural>/QueryBy<Parent>Id`: everything of a parent that is not deleted."""
    more = {"ReturnAdditionalFields": text(nullable=True), "CampaignType": text(nullable=True)}
    body = _envelope(kind, call, AdTypes=array(text(), nullable=True), **more)
    above = parent(desk, kind, body)
    if above is None:
        found = list(desk.world.store.all(NAME, type_=kind.type))
        found = found if _types(body.get("CampaignType")) else []
    else:
        found = desk.below(above, kind.type)
    found = [one for one in found if desk.world.lag.lists(one)]
    if kind.type == "Ad" and not _ad_types(body):
        found = []
    return {kind.plural: [kind.show(desk, one, _more(kind, body)) for one in found]}


def query_ids(desk: Desk, kind: Kind, call: Call) -> dict[str, Any]:
    """`POST <plural>/QueryByIds`: null and an error for an id that does not exist."""
    more = {"ReturnAdditionalFields": text(nullable=True), "CampaignType": text(nullable=True)}
    ids = {f"{kind.type}Ids": array(text(), nullable=True)}
    body = _envelope(kind, call, AdTypes=array(text(), nullable=True), **more, **ids)
    above = parent(desk, kind, body)
    wanted = batches.ids(body, f"{kind.type}Ids", empty=kind.ids_empty)
    rows: list[Any] = []
    for id_ in wanted:
        found = desk.get(kind.type, id_)
        inside = found is not None and (above is None or found.parent_id == above.id)
        rows.append(kind.show(desk, found, _more(kind, body)) if found is not None and inside else None)
    refused = [ItemError(kind.invalid).shown(i) for i, row in enumerate(rows) if row is None]
    return {kind.plural: rows, "PartialErrors": refused}


def _types(asked: str | None) -> bool:
    """Whether Search campaigns are among the asked types; Search is the default."""
    names = {one.strip() for one in (asked or "Search").split(",")}
    if unknown := names - set(tables.TYPES):
        raise errors.operation_fault(201, details=f"CampaignType: {', '.join(sorted(unknown))}")
    return "Search" in names


def _ad_types(body: dict[str, Any]) -> bool:
    names = body.get("AdTypes")
    if not names:
        raise errors.operation_fault(201, details="AdTypes: the ad types must be given")
    if unknown := set(names) - set(tables.AD_TYPES) - {"Image"}:
        raise errors.operation_fault(201, details=f"AdTypes: {', '.join(sorted(unknown))}")
    return bool({"ResponsiveSearch", "ResponsiveSearchAd"} & set(names))


def _more(kind: Kind, body: dict[str, Any]) -> set[str]:
    """The additional fields that are asked for: a list with commas, as the flags of the client are written."""
    asked = {one.strip() for one in (body.get("ReturnAdditionalFields") or "").split(",")} - {""}
    if kind.type in tables.MORE and (unknown := asked - tables.MORE[kind.type]):
        raise errors.operation_fault(201, details=f"ReturnAdditionalFields: {', '.join(sorted(unknown))}")
    return asked
