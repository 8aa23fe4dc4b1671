"""Reads a campaign's parts back from Microsoft and gives each object our key again. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adloom.platforms.contract import RemoteObject
from adloom.platforms.microsoft.client import Client

Row = Mapping[str, Any]


def campaign_by_name(client: Client, *, name: str) -> Row | None:
    """The campaign of this name, compared as Microsoft does: without case."""
    body = client.query("Campaigns/QueryByAccountId", {"AccountId": client.account, "CampaignType": "Search"})
    return _first(body.get("Campaigns"), lambda row: str(row.get("Name", "")).casefold() == name.casefold())


def campaign(client: Client, *, campaign_id: str) -> Row | None:
    """The campaign with this id; None where Microsoft returns none. Raises Missing where it says so."""
    ids = {"AccountId": client.account, "CampaignIds": [campaign_id], "CampaignType": "Search"}
    body = client.query("Campaigns/QueryByIds", ids)
    return _first(body.get("Campaigns"), lambda row: str(row.get("Id")) == campaign_id)


def ad_groups(client: Client, *, campaign_id: str) -> Sequence[Row]:
    """A campaign's ad groups."""
    return _rows(client.query("AdGroups/QueryByCampaignId", {"CampaignId": campaign_id}).get("AdGroups"))


def ads(client: Client, *, group_id: str) -> Sequence[Row]:
    """An ad group's responsive search ads."""
    body = {"AdGroupId": group_id, "AdTypes": ["ResponsiveSearch"]}
    return _rows(client.query("Ads/QueryByAdGroupId", body).get("Ads"))


def keywords(client: Client, *, group_id: str) -> Sequence[Row]:
    """An ad group's keywords."""
    return _rows(client.query("Keywords/QueryByAdGroupId", {"AdGroupId": group_id}).get("Keywords"))


def negatives(client: Client, *, group_id: str, campaign_id: str) -> Sequence[Row]:
    """An ad group's negative keywords."""
    query = {"EntityIds": [group_id], "EntityType": "AdGroup", "ParentEntityId": campaign_id}
    entities = _rows(client.query("NegativeKeywords/QueryByEntityIds", query).get("EntityNegativeKeywords"))
    return [row for entity in entities for row in _rows(entity.get("NegativeKeywords"))]


def criteria(client: Client, *, campaign_id: str) -> Sequence[Row]:
    """A campaign's target criteria, its location intent among them."""
    query = {"CampaignId": campaign_id, "CriterionType": "Targets"}
    return _rows(client.query("CampaignCriterions/QueryByIds", query).get("CampaignCriterions"))


def matched(
    wanted: Iterable[tuple[str, Row]],
    rows: Sequence[Row],
    *,
    looks: Callable[[Row], Any],
    kind: str,
    parent: str,
) -> tuple[RemoteObject, ...]:
    """Each wanted object (our key, what was sent) with the first row that looks like it; a row serves once."""
    left, found = list(rows), []
    for key, sent in wanted:
        row = _first(left, lambda each, sent=sent: looks(each) == looks(sent))  # type: ignore[misc]
        if row is not None:
            left.remove(row)
            found.append(RemoteObject(key, kind, str(row["Id"]), parent, status=row.get("Status")))
    return tuple(found)


def keyword_looks(row: Row) -> tuple[str, str]:
    """What tells keywords apart."""
    return str(row.get("Text", "")).casefold(), str(row.get("MatchType"))


def ad_looks(row: Row) -> tuple[Any, ...]:
    """What tells ads apart: link and texts, in whatever order they come back."""
    texts = [sorted(str(each["Asset"]["Text"]) for each in row.get(name) or ()) for name in _TEXTS]
    return (tuple(row.get("FinalUrls") or ()), *map(tuple, texts), row.get("Path1"), row.get("Path2"))


def criterion_looks(row: Row) -> tuple[Any, ...]:
    """What tells criteria apart: their kind and the fields that Adloom sends."""
    criterion = row.get("Criterion") or {}
    return (str(row.get("Type", "")).startswith("Negative"), *(str(criterion.get(name)) for name in _CRITERION))


_TEXTS = ("Headlines", "Descriptions")
_CRITERION = (
    "LocationId",
    "Radius",
    "DeviceName",
    "Day",
    "FromHour",
    "FromMinute",
    "ToHour",
    "ToMinute",
    "AgeRange",
    "GenderType",
)


def _rows(rows: Any) -> Sequence[Row]:
    return [row for row in rows or () if row]


def _first(rows: Any, test: Callable[[Row], bool]) -> Row | None:
    return next((row for row in _rows(rows) if test(row)), None)
