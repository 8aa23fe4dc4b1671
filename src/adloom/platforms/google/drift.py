"""What of a campaign stands on Google otherwise than it was applied. Reads only, one query a kind of object.

Compared are the fields that an update can set (`changing.SETTINGS`), statuses, and which objects there are. What Google
makes by itself (a criterion for each device that is shown on, an end in 2037) is no drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from adloom.core.money import Money, plain
from adloom.core.time import zone
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.google import changing, goals, mapping, payloads, readback
from adloom.platforms.google.client import Client
from adloom.platforms.google.payloads import Planned
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import BidStrategy, Channel, RemoteStatus

Row = Mapping[str, Any]

_SCHEMES = "campaign.bidding_strategy_type"
#: What a field is asked by, and from where; a campaign's budget comes along with it.
_FROM: Mapping[str, tuple[str, str]] = {
    "campaignBudgetOperation": ("campaign_budget", "campaign"),
    "campaignOperation": ("campaign", "campaign"),
    "adGroupOperation": ("ad_group", "ad_group"),
    "adGroupAdOperation": ("ad_group_ad", "ad_group_ad"),
}
#: The content of ads that a channel does not have.
_OTHERS: Mapping[Channel, tuple[str, ...]] = {
    Channel.SEARCH: ("responsiveDisplayAd",),
    Channel.DISPLAY: ("responsiveSearchAd",),
    Channel.FEED: (),
}
_CRITERIA = ("campaignCriterionOperation", "adGroupCriterionOperation")
#: Criteria of a campaign that a person adds; others come by themselves, or with these.
_ADDED: Mapping[str, str] = {
    "location": "targeting.locations",
    "proximity": "targeting.locations",
    "language": "targeting.languages",
    "adSchedule": "schedule.dayparting",
}
_WORDS: Mapping[RemoteStatus, str] = {ours: word for word, ours in mapping.STATUSES.items()}


def drift(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> tuple[Drift, ...]:
    """All that differs; of a campaign that is gone, that alone."""
    tree = payloads.tree(spec, ids=ids)
    above = ("campaignOperation", "campaignBudgetOperation")
    rows = list(_select(client, spec, above, ids["campaign"]))
    if not rows or rows[0]["campaign"].get("status") == "REMOVED":
        return (Drift("campaign", DriftKind.GONE),)
    return (
        *_above(spec, tree, rows[0]),
        *goals.drift(client, spec, ids=ids),
        *_below(client, spec, tree, "adGroupOperation", ids=ids),
        *_below(client, spec, tree, "adGroupAdOperation", ids=ids),
        *(each for operation in _CRITERIA for each in _criteria(client, tree, operation, ids=ids)),
    )


def _select(client: Client, spec: CampaignSpec, operations: Sequence[str], campaign_id: str) -> Iterator[Row]:
    fields = {"campaign.id", "campaign.status"}
    others = _OTHERS[spec.channel]
    for operation in operations:
        resource, source = _FROM[operation]
        fields |= {f"{resource}.resource_name"}
        for setting in changing.SETTINGS[operation]:
            if not any(other in setting.path for other in others):
                fields.add(f"{resource}.{readback.snake(setting.path.removesuffix('.text'))}")
    below = "" if source == "campaign" else f" AND {source}.status != 'REMOVED'"
    fields |= {_SCHEMES} if source == "campaign" else {f"{source}.status"}
    if source == "ad_group_ad":
        fields, below = fields | {"ad_group_ad.ad_group"}, f"{below} AND ad_group.status != 'REMOVED'"
    where = f"campaign.id = {int(campaign_id)}{below}"
    asked = ", ".join(sorted(fields))
    return client.search(f"SELECT {asked} FROM {source} WHERE {where}")  # noqa: S608  (GAQL, of our own names)


def _above(spec: CampaignSpec, tree: Sequence[Planned], row: Row) -> Iterator[Drift]:
    """The campaign itself, and its budget as a part of it."""
    wanted = _WORDS[spec.desired_status]
    if (status := row["campaign"].get("status")) != wanted:
        yield Drift("campaign", DriftKind.CHANGED, "status", wanted, str(status), value=_status(status))
    for each in tree:
        if each.operation == "campaignBudgetOperation":
            yield from _fields(spec, each, row.get("campaignBudget", {}), key="campaign")
        if each.operation == "campaignOperation":
            yield from _fields(spec, each, row["campaign"], key="campaign")


def _below(
    client: Client, spec: CampaignSpec, tree: Sequence[Planned], operation: str, *, ids: Mapping[str, str]
) -> Iterator[Drift]:
    """Ad groups, or ads: those that are ours with their fields, those that are gone, those that were added."""
    wanted = [each for each in tree if each.operation == operation]
    resource = "adGroup" if operation == "adGroupOperation" else "adGroupAd"
    rows = {_identity(row[resource]): row[resource] for row in _select(client, spec, (operation,), ids["campaign"])}
    for each in wanted:
        row = rows.get(ids.get(each.key, ""))
        if row is None:
            if each.parent == "campaign" or each.parent in ids:
                yield Drift(each.key, DriftKind.GONE)
            continue
        if (status := row.get("status")) != each.create["status"]:
            yield Drift(each.key, DriftKind.CHANGED, "status", each.create["status"], str(status), _status(status))
        yield from _fields(spec, each, row, key=each.key)
    known = set(ids.values())
    kind = operation.removesuffix("Operation")
    for identity, row in rows.items():
        if identity not in known and (kind == "adGroup" or _identity_of(row.get("adGroup")) in known):
            name = row.get("name") or ", ".join(_texts(_content(row).get("headlines")))
            yield Drift(f"{'ad_group' if kind == 'adGroup' else 'ad'}/{identity}", DriftKind.ADDED, theirs=name)


def _criteria(client: Client, tree: Sequence[Planned], operation: str, *, ids: Mapping[str, str]) -> Iterator[Drift]:
    wanted = [each for each in tree if each.operation == operation]
    resource, rows = readback.below(client, operation, campaign_id=ids["campaign"])
    found = {each.key: row for each, row in readback.matched(wanted, rows, ids=ids, parents={})}
    for each in wanted:
        if each.key not in found:
            if each.parent == "campaign" or each.parent in ids:
                yield _gone(each)
        elif "status" in each.create and found[each.key].get("status") != each.create["status"]:
            status = found[each.key].get("status")
            yield Drift(each.key, DriftKind.CHANGED, "status", each.create["status"], str(status), _status(status))
    ours = {_identity(row) for row in found.values()} | set(ids.values())
    groups = {identity: key for key, identity in ids.items() if key.startswith("ad_group/")}
    for row in rows:
        if _identity(row) not in ours and (added := _added(row, resource, groups)) is not None:
            yield added


def _gone(each: Planned) -> Drift:
    """A criterion that is gone: a keyword by its words, another as a change of what it is for."""
    if each.kind in ("keyword", "negative") and "keyword" in each.create:
        value = _word(each.create, group=each.key.split("/")[1])
        return Drift(each.key, DriftKind.GONE, each.field, ours=str(each.create["keyword"]["text"]), value=value)
    holder = each.parent if each.parent and each.parent.startswith("ad_group/") else "campaign"
    return Drift(holder, DriftKind.CHANGED, each.field, ours=each.key.partition("/")[2], theirs="removed there")


def _added(row: Row, resource: str, groups: Mapping[str, str]) -> Drift | None:
    if resource == "adGroupCriterion":
        key = groups.get(_identity_of(row.get("adGroup")))
        if "keyword" not in row or key is None:
            return None
        kind = "negative" if row.get("negative") else "keyword"
        field = "targeting.negative_keywords" if row.get("negative") else "targeting.keywords"
        value = _word(row, group=key.removeprefix("ad_group/"))
        return Drift(f"{kind}/{_identity(row)}", DriftKind.ADDED, field, theirs=row["keyword"].get("text"), value=value)
    name = next((name for name in _ADDED if name in row), None)
    if name is None:
        return None
    told = ", ".join(str(each) for each in row[name].values())
    return Drift(f"criterion/{_identity(row)}", DriftKind.ADDED, _ADDED[name], theirs=told)


def _word(thing: Row, *, group: str) -> Mapping[str, str]:
    return {"group": group, "text": thing["keyword"].get("text", ""), "match": thing["keyword"].get("matchType", "")}


def _fields(spec: CampaignSpec, planned: Planned, row: Row, *, key: str) -> Iterator[Drift]:
    """The unified fields of an object that stand otherwise, each once."""
    told: set[str] = set()
    for setting in changing.SETTINGS[planned.operation]:
        if setting.field not in told and not _holds(planned, row, setting.path):
            told.add(setting.field)
            ours, theirs = (_text(spec, thing, setting.field) for thing in (planned.create, row))
            yield Drift(key, DriftKind.CHANGED, setting.field, ours, theirs, _value(spec, row, setting.field))


def _holds(planned: Planned, row: Row, path: str) -> bool:
    """Whether one path stands as it was sent. What was left to Google (a start at once) is Google's to say."""
    head = path.split(".")[0]
    if path == "startDateTime" and path not in planned.create:
        return True
    if head in changing.SCHEMES:
        if head not in planned.create:
            return True
        if row.get("biddingStrategyType") != changing.SCHEMES[head]:
            return False
    if not changing.is_sent(planned.create, path):
        return True
    wanted, stands = (readback.value(thing, path) for thing in (planned.create, row))
    if isinstance(wanted, list) or isinstance(stands, list):
        return sorted(wanted or []) == sorted(stands or [])
    return bool(_nothing(wanted) == _nothing(stands))


def _nothing(value: Any) -> Any:
    """A zero that is left out of an answer is one that stands."""
    return "" if value == "0" else value


# in words


def _text(spec: CampaignSpec, thing: Row, field: str) -> str | None:
    value = _value(spec, thing, field)
    if field == "budget.amount" and value is not None:
        return str(Money(Decimal(value), spec.budget.money.currency))
    if field == "budget.bidding" and value is not None:
        return " ".join(filter(None, (value["strategy"], value["target"])))
    if field == "tracking":
        return thing.get("finalUrlSuffix") or None
    if isinstance(value, list):
        return ", ".join(value) or None
    return None if value is None else str(value)


def _value(spec: CampaignSpec, thing: Row, field: str) -> Any:
    """A field's value as `drifting` reads it, of what was sent as of what stands."""
    match field:
        case "budget.amount":
            micros = thing.get("amountMicros") or thing.get("totalAmountMicros")
            return None if micros is None else plain(Decimal(str(micros)) / mapping.MICROS)
        case "budget.bidding":
            return _bidding(thing)
        case "name":
            return thing.get("name")
        case "overrides.search_partners":
            return bool((thing.get("networkSettings") or {}).get("targetSearchNetwork"))
        case "targeting.location_intent":
            word = (thing.get("geoTargetTypeSetting") or {}).get("positiveGeoTargetType")
            return word if word in mapping.LOCATION_INTENTS.values() else None
        case "schedule.start":
            return _instant(spec, thing.get("startDateTime"))
        case "schedule.end":
            return _instant(spec, thing.get("endDateTime"))
        case _ if field.startswith("creative."):
            return _creative(thing, field.removeprefix("creative."))
        case _:
            return None


def _instant(spec: CampaignSpec, text: Any) -> str | None:
    if not text or text == readback.NEVER:
        return None
    return datetime.fromisoformat(str(text)).replace(tzinfo=zone(spec.account.time_zone)).isoformat()


def _bidding(thing: Row) -> Mapping[str, str | None] | None:
    """The strategy and its target; of what is sent, the scheme's message is there and its type is not."""
    kind = thing.get("biddingStrategyType")
    scheme = next((name for name, word in changing.SCHEMES.items() if word == kind or (not kind and name in thing)), "")
    own = thing.get(scheme) or {}
    found: Mapping[str, tuple[BidStrategy, BidStrategy, str, int]] = {
        "targetSpend": (BidStrategy.MAX_CLICKS, BidStrategy.BID_CAP, "cpcBidCeilingMicros", mapping.MICROS),
        "maximizeConversions": (BidStrategy.MAX_CONVERSIONS, BidStrategy.TARGET_CPA, "targetCpaMicros", mapping.MICROS),
        "maximizeConversionValue": (BidStrategy.MAX_VALUE, BidStrategy.TARGET_ROAS, "targetRoas", 1),
    }
    if scheme not in found:
        return None
    free, bound, name, unit = found[scheme]
    target = Decimal(str(own.get(name) or 0)) / unit
    if not target:
        return {"strategy": free.value, "target": None}
    return {"strategy": bound.value, "target": plain(target)}


def _creative(row: Row, field: str) -> Any:
    ad, content = row.get("ad") or {}, _content(row)
    match field:
        case "landing_url":
            return next(iter(ad.get("finalUrls") or ()), None)
        case "headlines" | "descriptions":
            return _texts(content.get(field))
        case "display_paths":
            return [str(content[name]) for name in ("path1", "path2") if content.get(name)]
        case "long_headline":
            return (content.get("longHeadline") or {}).get("text")
        case "brand_name":
            return content.get("businessName")
        case "call_to_action":
            said = content.get("callToActionText")
            return next((ours.value for ours, text in mapping.CALLS.items() if text == said), None)
        case _:
            return None


def _content(row: Row) -> Row:
    ad = row.get("ad") or {}
    content: Row = ad.get("responsiveSearchAd") or ad.get("responsiveDisplayAd") or {}
    return content


def _texts(parts: Any) -> list[str]:
    return [str(each.get("text", "")) for each in parts or ()]


def _status(word: Any) -> str | None:
    found = mapping.STATUSES.get(str(word))
    return None if found is None else found.value


def _identity(row: Row) -> str:
    return _identity_of(row["resourceName"])


def _identity_of(name: Any) -> str:
    return str(name).rpartition("/")[2]
