"""Responsive search ads: what may be added and updated, and their editorial review.

Source: Microsoft's ResponsiveSearchAd data object page and error codes 6200 to 6226.
"""

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from adsandbox import review
from adsandbox.microsoft import batches, tables
from adsandbox.microsoft.desk import NAME, Desk
from adsandbox.microsoft.errors import ItemError
from adsandbox.review import Standing
from adsandbox.store import Entity

#: Ads of an ad group, and active responsive search ads of it.
MOST, MOST_ACTIVE = 50, 3
_OURS = ("ResponsiveSearch", "ResponsiveSearchAd")
_PINS = {"Headlines": ("Headline1", "Headline2", "Headline3"), "Descriptions": ("Description1", "Description2")}
#: Of headlines and descriptions: least, most, columns, then the codes for empty, duplicate, pinned wrongly,
#: invalid, too long, too many, too few.
_TEXTS = {
    "Headlines": (3, 15, 30, (6200, 6202, 6204, 6206, 6208, 6210, 6212)),
    "Descriptions": (2, 4, 90, (6201, 6203, 6205, 6207, 6209, 6211, 6213)),
}
_CONTENT = ("FinalUrls", "Headlines", "Descriptions", "Path1", "Path2")
_EDITORIAL = {
    Standing.PENDING: "Inactive",
    Standing.APPROVED: "Active",
    Standing.LIMITED: "ActiveLimited",
    Standing.REJECTED: "Disapproved",
}


def add(desk: Desk, group: Entity, item: dict[str, Any] | None) -> str:
    """Add one ad to an ad group; its id. It goes into editorial review, paused or not."""
    if item is None:
        raise ItemError(1300)
    fields = batches.given(item)
    if "Id" in fields:
        raise ItemError(1304, field="Id")
    _type(fields)
    status = fields.get("Status", "Active")
    _check(fields)
    if status not in ("Active", "Paused"):
        raise ItemError(1382, field="Status")
    _room(desk, group, fields, status=status, existing=None)
    ad = desk.world.store.add(
        NAME,
        "Ad",
        desk.new_id("Ad"),
        account_id=desk.account.id,
        parent_id=group.id,
        name=fields["Headlines"][0]["Asset"]["Text"],
        status=status,
        fields=_kept(desk, fields) | {"Type": "ResponsiveSearch"},
    )
    desk.world.store.set_review(ad, review.submit(desk.now, texts(ad)))
    return ad.id


def update(desk: Desk, group: Entity, item: dict[str, Any] | None) -> None:
    """Update one ad: what is absent stays as it is; new content goes into review."""
    if item is None:
        raise ItemError(1300)
    fields = batches.given(item)
    ad = desk.get("Ad", fields.get("Id"))
    if ad is None or ad.parent_id != group.id:
        raise ItemError(1308, field="Id")
    if fields.get("Type", "ResponsiveSearch") not in _OURS:
        raise ItemError(1386, field="Type")
    merged = ad.fields | fields
    _check(merged)
    status = fields.get("Status", ad.status)
    if status not in ("Active", "Paused"):
        raise ItemError(1382, field="Status")
    _room(desk, group, merged, status=status, existing=ad)
    before = content(ad.fields)
    desk.world.store.update(ad, status=status, fields=_kept(desk, fields))
    if content(ad.fields) != before:
        desk.world.store.set_review(ad, review.submit(desk.now, texts(ad)))


def texts(ad: Entity) -> list[str]:
    """Everything that a reviewer reads of an ad."""
    links = [*ad.fields.get("Headlines", ()), *ad.fields.get("Descriptions", ())]
    paths = [ad.fields.get("Path1") or "", ad.fields.get("Path2") or ""]
    return [link["Asset"]["Text"] for link in links] + paths + list(ad.fields.get("FinalUrls", ()))


def editorial(desk: Desk, entity: Entity) -> str:
    """`EditorialStatus` of an ad or a keyword: Inactive while in review."""
    found = entity.review or entity.private.get("review")
    return "Active" if found is None else _EDITORIAL[found.at(desk.now)]


def content(fields: dict[str, Any]) -> tuple[Any, ...]:
    """What makes an ad the same as another."""
    found: list[Any] = []
    for name in _CONTENT:
        value = fields.get(name)
        if name in _TEXTS:
            value = sorted((link["Asset"]["Text"], link.get("PinnedField") or "") for link in value or ())
        found.append(value)
    return tuple(found)


def columns(text: str) -> int:
    """The width of a text: characters of East Asian scripts count double. `{Keyword:…}` counts its
    default."""
    shown = re.sub(r"\{[^}:]*:([^}]*)\}", r"\1", text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown)


def _type(fields: dict[str, Any]) -> None:
    kind = fields.get("Type")
    if kind is None:
        raise ItemError(700, field="Type", details="Type")
    if kind in _OURS:
        return
    elsewhere = kind in ("ResponsiveAd", "Product", "ProductAd", "Hotel", "HotelAd")
    raise ItemError(1399 if elsewhere else 1366, field="Type")


def _check(fields: dict[str, Any]) -> None:
    batches.bounds({n: v for n, v in fields.items() if n in tables.AD}, tables.AD)
    for name in _TEXTS:
        _links(name, fields.get(name))
    _paths(fields)
    _urls(fields.get("FinalUrls"))


def _links(name: str, links: list[dict[str, Any]] | None) -> None:
    least, most, width, codes = _TEXTS[name]
    empty, duplicate, mispinned, invalid, long_, many, few = codes
    if not links:
        raise ItemError(empty, field=name)
    if len(links) < least:
        raise ItemError(few, field=name)
    if len(links) > most:
        raise ItemError(many, field=name)
    seen: set[str] = set()
    for link in links:
        if link["Asset"]["Type"] != "TextAsset":
            raise ItemError(6215, field=name)
        text = link["Asset"].get("Text") or ""
        if not text.strip() or "\n" in text:
            raise ItemError(invalid, field=name)
        if columns(text) > width:
            raise ItemError(long_, field=name, details=text)
        if text.lower() in seen:
            raise ItemError(duplicate, field=name, details=text)
        seen.add(text.lower())
        _pin(name, link.get("PinnedField"), mispinned)


def _pin(name: str, pin: str | None, mispinned: int) -> None:
    if not pin or pin in _PINS[name]:
        return
    known = any(pin in pins for pins in _PINS.values())
    raise ItemError(mispinned if known else 6214, field=name)


def _paths(fields: dict[str, Any]) -> None:
    paths = (fields.get("Path1") or "", fields.get("Path2") or "")
    for path, long_, invalid in zip(paths, (6217, 6218), (6219, 6220), strict=True):
        if columns(path) > 15:
            raise ItemError(long_, field="Path1")
        if any(char in path for char in "/ \n"):
            raise ItemError(invalid, field="Path1")
    if paths[1] and not paths[0]:
        raise ItemError(6221, field="Path2")


def _urls(urls: list[str] | None) -> None:
    if not urls or len(urls) > 10:
        raise ItemError(1302, field="FinalUrls")
    for url in urls:
        if len(url) > 2048:
            raise ItemError(1327, field="FinalUrls")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or "." not in parts.netloc or " " in url:
            raise ItemError(1359, field="FinalUrls")
        if len(parts.netloc) > 67:
            raise ItemError(6222, field="FinalUrls")


def _room(desk: Desk, group: Entity, fields: dict[str, Any], *, status: str | None, existing: Entity | None) -> None:
    others = [ad for ad in desk.below(group, "Ad") if ad is not existing]
    if any(content(ad.fields) == content(fields) for ad in others):
        raise ItemError(1313)
    if len(others) >= MOST:
        raise ItemError(1312)
    active = sum(1 for ad in others if ad.status == "Active")
    if status == "Active" and active >= MOST_ACTIVE:
        raise ItemError(6226)


def _kept(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    apart = ("Id", "Type", "Status", "EditorialStatus", "Domain", "ForwardCompatibilityMap")
    kept = {name: value for name, value in fields.items() if name not in apart}
    for name in _TEXTS:
        if name in kept:
            kept[name] = [_kept_link(desk, link) for link in kept[name]]
    return {name: (None if value == "" else value) for name, value in kept.items()}


def _kept_link(desk: Desk, link: dict[str, Any]) -> dict[str, Any]:
    asset = link["Asset"]
    id_ = asset.get("Id") or desk.new_id("Asset")
    kept = {"Id": id_, "Name": asset.get("Name"), "Text": asset["Text"], "Type": "TextAsset"}
    return {"Asset": kept, "PinnedField": link.get("PinnedField") or None}
