"""Keywords and negative keywords. Sources: Microsoft's Keyword and NegativeKeyword data object pages."""

from typing import Any

from adsandbox import review
from adsandbox.microsoft import batches, bidding, tables
from adsandbox.microsoft.desk import NAME, Desk
from adsandbox.microsoft.errors import ItemError
from adsandbox.store import Entity

MOST_TEXT, MOST_WORDS = 100, 10
#: Keywords per ad group.
MOST = 20_000


def add(desk: Desk, group: Entity, item: dict[str, Any] | None) -> str:
    """Add one keyword to an ad group; its id. Active unless said otherwise, and in editorial review."""
    if item is None:
        raise ItemError(1500)
    fields = batches.given(item)
    if "Id" in fields:
        raise ItemError(1004, field="Id")
    _check(desk, fields)
    if "MatchType" not in fields:
        raise ItemError(700, field="MatchType", details="MatchType")
    taken = {_same(one.name, one.fields["MatchType"]) for one in desk.below(group, "Keyword")}
    if _same(fields["Text"], fields["MatchType"]) in taken:
        raise ItemError(1517, field="Text")
    if len(taken) >= MOST:
        raise ItemError(1519)
    keyword = desk.world.store.add(
        NAME,
        "Keyword",
        desk.new_id("Keyword"),
        account_id=desk.account.id,
        parent_id=group.id,
        name=fields["Text"],
        status=fields.get("Status", "Active"),
        fields=_kept(desk, fields),
    )
    keyword.private["review"] = review.submit(desk.now, [fields["Text"]])
    return keyword.id


def update(desk: Desk, group: Entity, item: dict[str, Any] | None) -> None:
    """Update one keyword: its text and match type are fixed."""
    if item is None:
        raise ItemError(1500)
    fields = batches.given(item)
    keyword = desk.get("Keyword", fields.get("Id"))
    if keyword is None or keyword.parent_id != group.id:
        raise ItemError(1501, field="Id")
    if fields.get("Text", keyword.name) != keyword.name:
        raise ItemError(1504, field="Text")
    if fields.get("MatchType", keyword.fields["MatchType"]) != keyword.fields["MatchType"]:
        raise ItemError(5804, field="MatchType")
    _check(desk, {"Text": keyword.name} | fields)
    desk.world.store.update(keyword, status=fields.get("Status"), fields=_kept(desk, fields))


def check_negative(item: dict[str, Any]) -> None:
    """Refuse a negative keyword that is empty, too long or of a wrong match type."""
    text = item.get("Text") or ""
    if not _fits(text) or item.get("MatchType", "Exact") not in ("Exact", "Phrase"):
        raise ItemError(1005, field="NegativeKeywords")


def _fits(text: str) -> bool:
    return bool(text.strip()) and len(text) <= MOST_TEXT and len(text.split()) <= MOST_WORDS and "\n" not in text


def _same(text: str | None, match: str) -> tuple[str, str]:
    return " ".join((text or "").lower().split()), match


def _check(desk: Desk, fields: dict[str, Any]) -> None:
    batches.bounds(fields, tables.KEYWORD)
    if not _fits(fields.get("Text") or ""):
        raise ItemError(1503, field="Text")
    if fields.get("Status", "Active") not in ("Active", "Paused"):
        raise ItemError(1531, field="Status")
    if fields.get("DestinationUrl"):
        raise ItemError(204, field="DestinationUrl")
    bidding.bid(fields.get("Bid"), currency=desk.account.currency)


def _kept(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    apart = ("Id", "Text", "Status", "EditorialStatus", "BiddingScheme", "ForwardCompatibilityMap")
    kept = {name: value for name, value in fields.items() if name not in apart}
    if "Bid" in kept:
        kept["Bid"] = bidding.bid(kept["Bid"], currency=desk.account.currency)
    return {name: (None if value == "" else value) for name, value in kept.items()}
