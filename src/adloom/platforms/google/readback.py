"""Reads what of a campaign stands on Google and gives each object our key again. Reads only.

Protobuf's JSON leaves zero values out and writes int64 as text: what is read is compared in a plain form.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adloom.platforms.contract import RemoteObject
from adloom.platforms.google import changing, creatives
from adloom.platforms.google.client import Client
from adloom.platforms.google.payloads import Planned
from adloom.platforms.spec import MediaFile

Row = Mapping[str, Any]

_CAMPAIGN = """SELECT campaign.id, campaign.name, campaign.status, campaign.campaign_budget
FROM campaign WHERE campaign.name = '{name}' AND campaign.status != 'REMOVED'"""
_ASSET = "SELECT asset.id, asset.name FROM asset WHERE asset.name = '{name}' AND asset.type = 'IMAGE'"

#: By kind of operation, in the order of parents: the resource's key in a row, and the query for a campaign's objects.
_QUERIES = {
    "campaignCriterionOperation": (
        "campaignCriterion",
        """SELECT campaign_criterion.resource_name, campaign_criterion.negative, campaign_criterion.status,
campaign_criterion.location.geo_target_constant, campaign_criterion.language.language_constant,
campaign_criterion.device.type, campaign_criterion.bid_modifier,
campaign_criterion.proximity.geo_point.latitude_in_micro_degrees,
campaign_criterion.proximity.geo_point.longitude_in_micro_degrees, campaign_criterion.proximity.radius,
campaign_criterion.ad_schedule.day_of_week, campaign_criterion.ad_schedule.start_hour,
campaign_criterion.ad_schedule.start_minute, campaign_criterion.ad_schedule.end_hour,
campaign_criterion.ad_schedule.end_minute
FROM campaign_criterion WHERE campaign.id = {id} AND campaign_criterion.status != 'REMOVED'""",
    ),
    "adGroupOperation": (
        "adGroup",
        """SELECT ad_group.resource_name, ad_group.name, ad_group.status
FROM ad_group WHERE campaign.id = {id} AND ad_group.status != 'REMOVED'""",
    ),
    "adGroupCriterionOperation": (
        "adGroupCriterion",
        """SELECT ad_group_criterion.resource_name, ad_group_criterion.ad_group, ad_group_criterion.negative,
ad_group_criterion.status, ad_group_criterion.keyword.text, ad_group_criterion.keyword.match_type,
ad_group_criterion.age_range.type, ad_group_criterion.gender.type, ad_group_criterion.user_list.user_list,
ad_group_criterion.user_interest.user_interest_category FROM ad_group_criterion
WHERE campaign.id = {id} AND ad_group_criterion.status != 'REMOVED' AND ad_group.status != 'REMOVED'""",
    ),
    "adGroupAdOperation": (
        "adGroupAd",
        """SELECT ad_group_ad.resource_name, ad_group_ad.ad_group, ad_group_ad.status, ad_group_ad.ad.final_urls,
ad_group_ad.ad.responsive_search_ad.headlines, ad_group_ad.ad.responsive_search_ad.descriptions,
ad_group_ad.ad.responsive_display_ad.headlines, ad_group_ad.ad.responsive_display_ad.descriptions,
ad_group_ad.ad.responsive_display_ad.marketing_images, ad_group_ad.ad.responsive_display_ad.square_marketing_images
FROM ad_group_ad
WHERE campaign.id = {id} AND ad_group_ad.status != 'REMOVED' AND ad_group.status != 'REMOVED'""",
    ),
}
#: The same resources with what was removed of them, and the states that say so.
_ALL = {
    "campaignCriterionOperation": """SELECT campaign_criterion.resource_name, campaign_criterion.status
FROM campaign_criterion WHERE campaign.id = {id}""",
    "adGroupOperation": "SELECT ad_group.resource_name, ad_group.status FROM ad_group WHERE campaign.id = {id}",
    "adGroupCriterionOperation": """SELECT ad_group_criterion.resource_name, ad_group_criterion.status, ad_group.status
FROM ad_group_criterion WHERE campaign.id = {id}""",
    "adGroupAdOperation": """SELECT ad_group_ad.resource_name, ad_group_ad.status, ad_group.status
FROM ad_group_ad WHERE campaign.id = {id}""",
}
#: The resource that an update's operation changes, in GAQL.
_RESOURCES = {
    "campaignBudgetOperation": "campaign_budget",
    "campaignOperation": "campaign",
    "adGroupOperation": "ad_group",
    "adOperation": "ad_group_ad.ad",
}
#: What a campaign without an end shows as its end.
NEVER = "2037-12-30 23:59:59"


def tree(client: Client, *, planned: tuple[Planned, ...]) -> tuple[RemoteObject, ...]:
    """The objects of a planned tree that stand on Google, found by the campaign's name; none where it does not."""
    name = next(each.create["name"] for each in planned if each.key == "campaign")
    rows = list(client.search(_CAMPAIGN.format(name=_quoted(str(name)))))
    if not rows:
        return ()
    campaign = rows[0]["campaign"]
    budget = str(campaign["campaignBudget"]).rpartition("/")[2]
    return (
        RemoteObject("budget", "budget", budget, "campaign"),
        RemoteObject("campaign", "campaign", str(campaign["id"]), status=campaign.get("status")),
        *standing(client, campaign_id=str(campaign["id"]), planned=planned, ids={}),
    )


def standing(
    client: Client, *, campaign_id: str, planned: Sequence[Planned], ids: Mapping[str, str]
) -> tuple[RemoteObject, ...]:
    """Which of these objects stand below a campaign: by the id that is known, else by what they look like.

    An object serves once, and one that is known by another key is not taken for this one.
    """
    found: list[RemoteObject] = []
    parents: dict[str, str] = {}
    for operation, (resource, query) in _QUERIES.items():
        wanted = [each for each in planned if each.operation == operation]
        if not wanted:
            continue
        rows = [row[resource] for row in client.search(query.format(id=int(campaign_id)))]
        for each, row in matched(wanted, rows, ids=ids, parents=parents):
            name = str(row["resourceName"])
            if "resourceName" in each.create:
                parents[str(each.create["resourceName"])] = name
            found.append(
                RemoteObject(each.key, each.kind, name.rpartition("/")[2], each.parent, status=row.get("status"))
            )
    return tuple(found)


def below(client: Client, operation: str, *, campaign_id: str) -> tuple[str, list[Row]]:
    """All of a campaign that an operation makes, and what Google calls it in a row."""
    resource, query = _QUERIES[operation]
    return resource, [row[resource] for row in client.search(query.format(id=int(campaign_id)))]


def removed(client: Client, *, campaign_id: str, planned: Sequence[Planned], ids: Mapping[str, str]) -> frozenset[str]:
    """The keys of those of these objects that Google shows as removed, by themselves or with their ad group.

    What it does not show at all may be too new to be listed, and is not among them.
    """
    gone: set[str] = set()
    for operation in {each.operation for each in planned}:
        resource = _QUERIES[operation][0]
        for row in client.search(_ALL[operation].format(id=int(campaign_id))):
            if "REMOVED" in (row[resource].get("status"), row.get("adGroup", {}).get("status")):
                gone.add(str(row[resource]["resourceName"]).rpartition("/")[2])
    return frozenset(each.key for each in planned if ids[each.key] in gone)


def ads_by_looks(client: Client, *, campaign_id: str) -> list[tuple[str, tuple[Any, ...], Row]]:
    """A campaign's ads that are not removed: the id of each, what tells it apart from others, its row."""
    resource, query = _QUERIES["adGroupAdOperation"]
    rows = [row[resource] for row in client.search(query.format(id=int(campaign_id)))]
    return [
        (str(row["resourceName"]).rpartition("/")[2], _looks(row, group=str(row.get("adGroup", ""))), row)
        for row in rows
    ]


def image(client: Client, file: MediaFile) -> str | None:
    """The id of an uploaded image, by its name, which its content makes."""
    rows = list(client.search(_ASSET.format(name=_quoted(creatives.asset_name(file)))))
    return str(rows[0]["asset"]["id"]) if rows else None


def holds(client: Client, operation: Mapping[str, Any]) -> bool:
    """Whether everything that an update operation sets is so already."""
    ((kind, change),) = operation.items()
    paths, wanted = str(change["updateMask"]).split(","), change["update"]
    resource = _RESOURCES[kind]
    fields = {f"{resource}.{snake(path.removesuffix('.text'))}" for path in paths}
    schemes = [path.split(".")[0] for path in paths if path.split(".")[0] in changing.SCHEMES]
    fields |= {"campaign.bidding_strategy_type"} if schemes else set()
    rows = list(client.search(f"SELECT {', '.join(sorted(fields))} {_from(resource, str(wanted['resourceName']))}"))
    if not rows:
        return False
    actual: Any = rows[0]
    for part in resource.split("."):
        actual = actual.get(_camel(part), {})
    has_scheme = all(actual.get("biddingStrategyType") == changing.SCHEMES[scheme] for scheme in schemes)
    return has_scheme and all(value(actual, path) == value(wanted, path) for path in paths)


def _from(resource: str, name: str) -> str:
    identity = name.rpartition("/")[2]
    if resource == "ad_group_ad.ad":
        return f"FROM ad_group_ad WHERE ad_group_ad.ad.id = {int(identity)} AND ad_group_ad.status != 'REMOVED'"
    return f"FROM {resource} WHERE {resource}.id = {int(identity)}"


def matched(
    wanted: Iterable[Planned], rows: list[Row], *, ids: Mapping[str, str], parents: Mapping[str, str]
) -> Iterator[tuple[Planned, Row]]:
    """Each planned object with the row that is known for it, or the first free one that looks like it."""
    by_id = {str(row["resourceName"]).rpartition("/")[2]: row for row in rows}
    claimed = set(ids.values())
    free: dict[tuple[Any, ...], deque[Row]] = defaultdict(deque)
    for identity, row in by_id.items():
        if identity not in claimed:
            free[_looks(row, group=str(row.get("adGroup", "")))].append(row)
    for each in wanted:
        group = str(each.create.get("adGroup", ""))
        alike = free[_looks(each.create, group=parents.get(group, group))]
        if (known := by_id.get(ids.get(each.key, ""))) is not None:
            yield each, known
        elif alike:
            yield each, alike.popleft()


def _looks(thing: Row, *, group: str) -> tuple[Any, ...]:
    """What tells objects apart: the same for what was sent and for what is read back."""
    ad = thing.get("ad", {})
    content = ad.get("responsiveSearchAd") or ad.get("responsiveDisplayAd") or {}
    keyword = thing.get("keyword", {})
    return (
        group,
        bool(thing.get("negative", False)),
        thing.get("name"),
        _plain(thing.get("location")),
        _plain(thing.get("language")),
        _device(thing),
        _circle(thing.get("proximity")),
        _plain(thing.get("adSchedule")),
        (str(keyword.get("text", "")).casefold(), keyword.get("matchType")),
        _plain(thing.get("ageRange")),
        _plain(thing.get("gender")),
        _plain(thing.get("userList")),
        _plain(thing.get("userInterest")),
        tuple(ad.get("finalUrls", ())),
        *(_parts(content.get(name)) for name in ("headlines", "descriptions")),
        *(_parts(content.get(name)) for name in ("marketingImages", "squareMarketingImages")),
    )


def _device(thing: Row) -> tuple[Any, ...]:
    """A device that a campaign shows on has a criterion as well: only a modifier of zero leaves it out."""
    modifier = thing.get("bidModifier")
    is_out = modifier is not None and Decimal(str(modifier)) == 0
    return (*_plain(thing.get("device")), is_out) if "device" in thing else ()


def _circle(thing: Row | None) -> tuple[str, ...]:
    """A radius comes back as a double: six decimals are enough to tell circles apart."""
    if thing is None:
        return ()
    point, radius = thing.get("geoPoint", {}), Decimal(str(thing.get("radius", 0)))
    place = (point.get("latitudeInMicroDegrees", 0), point.get("longitudeInMicroDegrees", 0))
    return (*(str(int(each)) for each in place), str(round(radius, 6).normalize()))


def _plain(thing: Row | None) -> tuple[tuple[str, str], ...]:
    """Fields as text, numbers without needless zeros; a zero may be left out of an answer, so it is here too."""
    texts = ((name, _text(value)) for name, value in (thing or {}).items())
    return tuple(sorted((name, text) for name, text in texts if text != "0"))


def _parts(parts: Iterable[Row] | None) -> tuple[str, ...]:
    """Texts or images of an ad: their order, pins and marks tell nothing apart."""
    return tuple(sorted(str(each.get("text") or each.get("asset")) for each in parts or ()))


def value(thing: Row, path: str) -> Any:
    """The value at a mask's path in a plain form: what is not there is what is empty."""
    at: Any = thing
    for part in path.split("."):
        at = at.get(part) if isinstance(at, Mapping) else None
    if path == "targetingSetting.targetRestrictions":
        return sorted((each["targetingDimension"], bool(each.get("bidOnly"))) for each in at or ())
    if isinstance(at, (list, tuple)):
        return [str(each.get("text") or each.get("asset")) if isinstance(each, Mapping) else str(each) for each in at]
    if path == "endDateTime" and at == NEVER:
        return ""
    return "" if at is None or at is False else _text(at)


def _text(value: Any) -> str:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return format(Decimal(value).normalize(), "f")
    return str(value)


def _quoted(text: str) -> str:
    """A text as it stands between single quotes in GAQL."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def snake(path: str) -> str:
    """A path of Google's JSON as GAQL writes it."""
    return re.sub("([A-Z])", lambda found: "_" + found[1].lower(), path)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
