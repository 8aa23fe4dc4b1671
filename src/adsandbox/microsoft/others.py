"""The smaller operations of Campaign Management: negative keywords, media, editorial reasons, goals, places."""

import base64
import binascii
from typing import Any

from adsandbox import images, schema
from adsandbox.microsoft import ads, batches, customers, errors, keywords, tables
from adsandbox.microsoft.desk import NAME, Call, Desk, envelope
from adsandbox.microsoft.errors import ItemError
from adsandbox.schema import anything, array, enum, obj, text
from adsandbox.store import Entity

_ENTITY = {"Campaign": 1100, "AdGroup": 1201}
_SETS = array(
    obj(
        {
            "EntityId": text(required=True),
            "EntityType": enum(*_ENTITY, required=True),
            "NegativeKeywords": array(tables.NEGATIVE_KEYWORD, required=True),
        }
    ),
    nullable=True,
)


def add_negatives(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST EntityNegativeKeywords`: ids per entity, nested partial errors."""
    customers.writable(desk)
    body = envelope(call.body, {"EntityNegativeKeywords": _SETS})
    sets = batches.items(body, "EntityNegativeKeywords", most=1, empty=1034, over=1034)
    ids: list[Any] = []
    nested: list[dict[str, Any]] = []
    for index, one in enumerate(sets):
        entity = desk.get(one["EntityType"], one["EntityId"])
        if entity is None:
            nested.append(errors.nested([ItemError(_ENTITY[one["EntityType"]]).shown(0)], index))
            ids.append(None)
            continue
        results, refused = batches.run(desk, call, one["NegativeKeywords"], _negative(desk, entity))
        ids.append({"Ids": results})
        nested += [errors.nested(refused, index)] if refused else []
    return {"NegativeKeywordIds": ids, "NestedPartialErrors": nested}


def _negative(desk: Desk, entity: Entity) -> Any:
    def one(item: dict[str, Any]) -> str:
        if item.get("Id") is not None:
            raise ItemError(1004)
        keywords.check_negative(item)
        mark = (item["Text"].lower(), item.get("MatchType", "Exact"))
        for other in desk.below(entity, "NegativeKeyword"):
            if ((other.name or "").lower(), other.fields["MatchType"]) == mark:
                raise ItemError(1043)
        made = desk.world.store.add(
            NAME,
            "NegativeKeyword",
            desk.new_id("NegativeKeyword"),
            account_id=desk.account.id,
            parent_id=entity.id,
            name=item["Text"],
            status="Active",
            fields={"MatchType": mark[1], "EntityType": entity.type},
        )
        return made.id

    return one


def query_negatives(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST NegativeKeywords/QueryByEntityIds`."""
    table = {
        "EntityIds": array(text(), nullable=True),
        "EntityType": enum(*_ENTITY, required=True),
        "ParentEntityId": text(nullable=True),
    }
    body = envelope(call.body, table)
    rows: list[Any] = []
    for id_ in batches.ids(body, "EntityIds", empty=514):
        entity = desk.get(body["EntityType"], id_)
        found = [] if entity is None else desk.below(entity, "NegativeKeyword")
        shown = [
            {"Id": one.id, "MatchType": one.fields["MatchType"], "Text": one.name, "Type": "NegativeKeyword"}
            for one in found
            if desk.world.lag.lists(one)
        ]
        row = {"EntityId": id_, "EntityType": body["EntityType"], "NegativeKeywords": shown}
        rows.append(None if entity is None else row)
    code = _ENTITY[body["EntityType"]]
    refused = [ItemError(code).shown(i) for i, row in enumerate(rows) if row is None]
    return {"EntityNegativeKeywords": rows, "PartialErrors": refused}


def delete_negatives(desk: Desk, call: Call) -> dict[str, Any]:
    """`DELETE EntityNegativeKeywords`: by the ids in the sets."""
    customers.writable(desk)
    body = envelope(call.body, {"EntityNegativeKeywords": _SETS})
    nested = []
    for index, one in enumerate(body.get("EntityNegativeKeywords") or ()):
        refused = []
        for place, item in enumerate(one["NegativeKeywords"]):
            found = desk.get("NegativeKeyword", item.get("Id"))
            if found is None or found.parent_id != one["EntityId"]:
                refused.append(ItemError(1044).shown(place))
            else:
                desk.world.store.delete(found, status="Deleted")
        nested += [errors.nested(refused, index)] if refused else []
    return {"NestedPartialErrors": nested}


#: Least width and height of each type of image, and its ratio where it has one.
_IMAGES = {
    "GenericImage": (40, 20), "Image16x9": (640, 360), "Image15x10": (300, 200), "Image4x3": (100, 75),
    "Image1x1": (128, 128), "Image191x100": (703, 368), "Image4x1": (512, 128),
}  # fmt: skip


def add_media(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST Media`: images in base64; a fault for the first that is refused, as this operation has no partial
    errors."""
    body = envelope(call.body, {"AccountId": text(nullable=True), "Media": array(obj(tables.MEDIA), nullable=True)})
    if body.get("AccountId") != desk.account.id:
        raise errors.operation_fault(1102)
    given = batches.items(body, "Media", most=10, empty=514, over=514)
    return {"MediaIds": [_image(desk, one) for one in given]}


def _image(desk: Desk, item: dict[str, Any]) -> str:
    try:
        data = base64.b64decode(item["Data"], validate=True)
    except binascii.Error:
        raise errors.operation_fault(201, details="Media.Data: not base64") from None
    image = images.probe(data)
    least = _IMAGES[item["MediaType"]]
    if image is None or len(data) > 5 * 1024 * 1024:
        raise errors.operation_fault(201, details="Media.Data: no GIF, JPEG or PNG file up to 5 MB")
    if image.width < least[0] or image.height < least[1]:
        raise errors.operation_fault(201, details=f"Media.Data: {item['MediaType']} needs {least[0]}×{least[1]}")
    made = desk.world.store.add(
        NAME,
        "Image",
        desk.new_id("Media"),
        account_id=desk.account.id,
        name=item.get("Text"),
        status="Active",
        fields={"MediaType": item["MediaType"], "Width": image.width, "Height": image.height},
    )
    return made.id


def media_of_account(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST MediaMetaData/QueryByAccountId`."""
    table = {"MediaEnabledEntities": text(nullable=True), "PageInfo": anything(), "ReturnAdditionalFields": anything()}
    envelope(call.body, table)
    found = desk.world.store.all(NAME, type_="Image", where=desk.world.lag.lists)
    return {
        "MediaMetaData": [
            {
                "Id": one.id,
                "MediaType": one.fields["MediaType"],
                "Type": "Image",
                "Text": one.name,
                "Representations": [],
            }
            for one in found
        ]
    }


def delete_media(desk: Desk, call: Call) -> dict[str, Any]:
    """`DELETE Media`."""
    body = envelope(call.body, {"AccountId": text(nullable=True), "MediaIds": array(text(), nullable=True)})

    def one(id_: str) -> None:
        found = desk.get("Image", id_)
        if found is None:
            raise ItemError(1044)
        desk.world.store.delete(found, status="Deleted")

    _, refused = batches.run(desk, call, batches.ids(body, "MediaIds", empty=514), one)
    return {"PartialErrors": refused}


def editorial_reasons(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST EditorialReasons/QueryByIds`: why ads or keywords are disapproved or limited."""
    pair = obj({"EntityId": text(required=True), "ParentId": text(required=True)})
    table = {
        "AccountId": text(nullable=True),
        "EntityIdToParentIdAssociations": array(pair, required=True),
        "EntityType": enum("Ad", "Keyword", required=True),
    }
    body = envelope(call.body, table)
    rows: list[Any] = []
    for one in body["EntityIdToParentIdAssociations"]:
        entity = desk.get(body["EntityType"], one["EntityId"])
        rows.append(None if entity is None else _reasons(desk, entity))
    refused = [ItemError(1044).shown(i) for i, row in enumerate(rows) if row is None]
    return {"EditorialReasons": rows, "PartialErrors": refused}


def _reasons(desk: Desk, entity: Entity) -> dict[str, Any]:
    found = entity.review or entity.private.get("review")
    broken = ads.editorial(desk, entity) in ("Disapproved", "ActiveLimited")
    reason = {
        "Location": "AdDescription" if entity.type == "Ad" else "Keyword",
        "PublisherCountries": ["US"],
        "ReasonCode": 37,
        "Term": found.reason if found is not None else None,
    }
    return {
        "AdGroupId": entity.parent_id,
        "AdOrKeywordId": entity.id,
        "AppealStatus": "Appealable" if broken else "NotAppealable",
        "Reasons": [reason] if broken else [],
    }


def goals(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST ConversionGoals/QueryByIds` or `QueryByTagIds`: the seeded goal."""
    table = {
        "ConversionGoalIds": array(text(), nullable=True),
        "TagIds": array(text(), nullable=True),
        "ConversionGoalTypes": text(nullable=True),
        "ReturnAdditionalFields": text(nullable=True),
    }
    body = envelope(call.body, table)
    ids, tags = body.get("ConversionGoalIds"), body.get("TagIds")
    found = list(desk.world.store.all(NAME, type_="ConversionGoal"))
    found = [one for one in found if tags is None or one.fields["TagId"] in tags]
    return _by_ids(found, ids, "ConversionGoals")


def tags(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST UetTags/QueryByIds`: the seeded tag."""
    body = envelope(call.body, {"TagIds": array(text(), nullable=True), "ReturnAdditionalFields": anything()})
    found = list(desk.world.store.all(NAME, type_="UetTag"))
    return _by_ids(found, body.get("TagIds"), "UetTags")


def _by_ids(found: list[Entity], ids: list[str] | None, name: str) -> dict[str, Any]:
    by_id = {one.id: one.fields | {"Id": one.id, "Name": one.name} for one in found}
    if not ids:
        return {name: list(by_id.values()), "PartialErrors": []}
    rows = [by_id.get(id_) for id_ in ids]
    refused = [ItemError(1044).shown(i) for i, row in enumerate(rows) if row is None]
    return {name: rows, "PartialErrors": refused}


def geo_file(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST GeoLocationsFileUrl/Query`: where the file of locations is."""
    table = {
        "Version": enum("1.0", "2.0", required=True),
        "LanguageLocale": text(required=True),
        "CompressionType": enum("None", "GZip", "Zip", nullable=True),
    }
    for refusal in schema.check(call.body, table):
        raise errors.malformed(refusal)
    return {
        "FileUrl": f"{call.base}/GeoLocations.csv",
        "FileUrlExpiryTimeUtc": "2099-01-01T00:00:00Z",
        "LastModifiedTimeUtc": "2026-10-01T00:00:00Z",
    }
