"""Reads a campaign's tree back from Google and gives each object our key again. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from adloom.platforms.contract import RemoteObject
from adloom.platforms.google import payloads
from adloom.platforms.google.client import Client

_CAMPAIGN = """SELECT campaign.id, campaign.name, campaign.status, campaign.campaign_budget
FROM campaign WHERE campaign.name = '{name}' AND campaign.status != 'REMOVED'"""

#: GAQL per kind of operation: the resource's key in a row, and the query for a campaign's objects.
_QUERIES = {
    "campaignCriterionOperation": (
        "campaignCriterion",
        """SELECT campaign_criterion.resource_name, campaign_criterion.negative,
campaign_criterion.location.geo_target_constant, campaign_criterion.language.language_constant,
campaign_criterion.device.type, campaign_criterion.proximity.radius,
campaign_criterion.ad_schedule.day_of_week, campaign_criterion.ad_schedule.start_hour,
campaign_criterion.ad_schedule.start_minute, campaign_criterion.ad_schedule.end_hour,
campaign_criterion.ad_schedule.end_minute FROM campaign_criterion WHERE campaign.id = {id}""",
    ),
    "adGroupOperation": (
        "adGroup",
        """SELECT ad_group.resource_name, ad_group.name, ad_group.status
FROM ad_group WHERE campaign.id = {id} AND ad_group.status != 'REMOVED'""",
    ),
    "adGroupCriterionOperation": (
        "adGroupCriterion",
        """SELECT ad_group_criterion.resource_name, ad_group.name, ad_group_criterion.negative,
ad_group_criterion.keyword.text, ad_group_criterion.keyword.match_type,
ad_group_criterion.age_range.type, ad_group_criterion.gender.type
FROM ad_group_criterion WHERE campaign.id = {id}""",
    ),
    "adGroupAdOperation": (
        "adGroupAd",
        """SELECT ad_group_ad.resource_name, ad_group.name, ad_group_ad.status, ad_group_ad.ad.final_urls,
ad_group_ad.ad.responsive_search_ad.headlines, ad_group_ad.ad.responsive_search_ad.descriptions
FROM ad_group_ad WHERE campaign.id = {id} AND ad_group_ad.status != 'REMOVED'""",
    ),
}


def quoted(text: str) -> str:
    """A text as it stands between single quotes in GAQL."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def tree(client: Client, *, planned: tuple[payloads.Planned, ...]) -> tuple[RemoteObject, ...]:
    """The objects of a planned tree that stand on Google; none where the campaign does not."""
    name = next(each.create["name"] for each in planned if each.key == "campaign")
    rows = list(client.search(_CAMPAIGN.format(name=quoted(str(name)))))
    if not rows:
        return ()
    campaign = rows[0]["campaign"]
    found = [
        RemoteObject("budget", "budget", str(campaign["campaignBudget"]).rpartition("/")[2], "campaign"),
        RemoteObject("campaign", "campaign", str(campaign["id"]), status=campaign.get("status")),
    ]
    group_names = {each.create["resourceName"]: each.create["name"] for each in planned if each.kind == "ad_group"}
    for operation, (resource, query) in _QUERIES.items():
        rows = list(client.search(query.format(id=campaign["id"])))
        wanted = [each for each in planned if each.operation == operation]
        found += _matched(wanted, rows, resource=resource, group_names=group_names)
    return tuple(found)


def _matched(
    wanted: Iterable[payloads.Planned],
    rows: list[Mapping[str, Any]],
    *,
    resource: str,
    group_names: Mapping[str, str],
) -> Iterator[RemoteObject]:
    """Each planned object with the first row that looks like it; a row serves once."""
    left = list(rows)
    for each in wanted:
        group = group_names.get(str(each.create.get("adGroup", "")))
        looks = _looks(each.create)
        for row in left:
            if group in (None, row.get("adGroup", {}).get("name")) and _looks(row[resource]) == looks:
                left.remove(row)
                identity = str(row[resource]["resourceName"]).rpartition("/")[2]
                status = row[resource].get("status")
                yield RemoteObject(each.key, each.kind, identity, each.parent, status=status)
                break


def _looks(thing: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells objects apart: the same for what was sent and for what is read back."""
    ad = thing.get("ad", {})
    search = ad.get("responsiveSearchAd", {})
    return (
        bool(thing.get("negative", False)),
        thing.get("name"),
        _plain(thing.get("location")),
        _plain(thing.get("language")),
        _plain(thing.get("device")),
        _plain({"radius": thing["proximity"].get("radius")}) if "proximity" in thing else (),
        _plain(thing.get("adSchedule")),
        _plain(thing.get("keyword")),
        _plain(thing.get("ageRange")),
        _plain(thing.get("gender")),
        tuple(ad.get("finalUrls", ())),
        tuple(sorted(str(each.get("text")) for each in search.get("headlines", ()))),
        tuple(sorted(str(each.get("text")) for each in search.get("descriptions", ()))),
    )


def _plain(thing: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """Fields as text, numbers without needless zeros; a zero may be left out of an answer, so it is here too."""
    texts = ((name, _text(value)) for name, value in (thing or {}).items())
    return tuple(sorted((name, text) for name, text in texts if text != "0"))


def _text(value: Any) -> str:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return format(Decimal(value).normalize(), "f")
    return str(value)
