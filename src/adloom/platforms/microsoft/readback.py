"""Reads a campaign's parts back from Microsoft and gives each object our key again. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adloom.platforms.contract import RemoteObject
from adloom.platforms.microsoft import audiences as audience_criteria
from adloom.platforms.microsoft.client import Client

Row = Mapping[str, Any]

#: What Microsoft leaves out of a campaign unless it is asked for (CampaignAdditionalField value set, msads 13.0.30.1).
_CAMPAIGN_FIELDS = ", ".join(
    (
        "AdScheduleUseSearcherTimeZone",
        "CampaignConversionGoal",
        "MaxConversionValueBiddingScheme",
        "MultimediaAdsBidAdjustment",
        "TargetCpaInMaxConversion",
        "UnifiedCampaignFields",
    )
)

#: Every type of campaign; without one of them named, Microsoft answers with Search alone (value set CampaignType).
EVERY_TYPE = ", ".join(("Search", "Shopping", "DynamicSearchAds", "Audience", "Hotel", "PerformanceMax", "App"))


def campaign_by_name(client: Client, *, name: str) -> Row | None:
    """The campaign of this name, compared as Microsoft does: without case."""
    body = {"AccountId": client.account, "CampaignType": "Search"}
    return named(client.rows("Campaigns/QueryByAccountId", body, "Campaigns"), name=name)


def campaign(client: Client, *, campaign_id: str) -> Row | None:
    """The campaign with this id; None where Microsoft returns none. Raises Missing where it says so."""
    query = {
        "AccountId": client.account,
        "CampaignIds": [campaign_id],
        "CampaignType": EVERY_TYPE,
        "ReturnAdditionalFields": _CAMPAIGN_FIELDS,
    }
    return by_id(client.rows("Campaigns/QueryByIds", query, "Campaigns"), campaign_id)


def ad_groups(client: Client, *, campaign_id: str) -> Sequence[Row]:
    """A campaign's ad groups."""
    return client.rows("AdGroups/QueryByCampaignId", {"CampaignId": campaign_id}, "AdGroups")


def ads(client: Client, *, group_id: str) -> Sequence[Row]:
    """An ad group's responsive search ads."""
    body = {"AdGroupId": group_id, "AdTypes": ["ResponsiveSearch"]}
    return client.rows("Ads/QueryByAdGroupId", body, "Ads")


def keywords(client: Client, *, group_id: str) -> Sequence[Row]:
    """An ad group's keywords."""
    return client.rows("Keywords/QueryByAdGroupId", {"AdGroupId": group_id}, "Keywords")


def negatives(client: Client, *, group_id: str, campaign_id: str) -> Sequence[Row]:
    """An ad group's negative keywords."""
    query = {"EntityIds": [group_id], "EntityType": "AdGroup", "ParentEntityId": campaign_id}
    entities = client.rows("NegativeKeywords/QueryByEntityIds", query, "EntityNegativeKeywords")
    return [row for entity in entities for row in entity.get("NegativeKeywords") or () if row]


def criteria(client: Client, *, campaign_id: str) -> Sequence[Row]:
    """A campaign's target criteria, its location intent among them."""
    query = {"CampaignId": campaign_id, "CriterionType": "Targets"}
    return client.rows("CampaignCriterions/QueryByIds", query, "CampaignCriterions")


def audiences(client: Client, *, group_id: str) -> Sequence[Row]:
    """An ad group's audience criteria; Microsoft gives one kind a call (GetAdGroupCriterionsByIds page)."""
    found: list[Row] = []
    for kind in audience_criteria.KINDS:
        query = {"AdGroupId": group_id, "CriterionType": kind}
        found += client.rows("AdGroupCriterions/QueryByIds", query, "AdGroupCriterions")
    return found


def named(rows: Iterable[Row], *, name: str) -> Row | None:
    """The row of this name, compared as Microsoft does: without case."""
    return next((row for row in rows if str(row.get("Name", "")).casefold() == name.casefold()), None)


def by_id(rows: Iterable[Row], identity: str) -> Row | None:
    """The row of this id, whether ids come as texts or as numbers."""
    return next((row for row in rows if str(row.get("Id")) == identity), None)


def matched(
    wanted: Iterable[tuple[str, Row]],
    rows: Sequence[Row],
    *,
    looks: Callable[[Row], Any],
    kind: str,
    parent: str,
) -> tuple[RemoteObject, ...]:
    """Each wanted object (our key, what was sent) with the first row that looks like it; a row serves once."""
    left: dict[Any, list[Row]] = {}
    for row in rows:
        left.setdefault(looks(row), []).append(row)
    found = []
    for key, sent in wanted:
        if same := left.get(looks(sent)):
            row = same.pop(0)
            found.append(RemoteObject(key, kind, str(row["Id"]), parent, status=row.get("Status")))
    return tuple(found)
