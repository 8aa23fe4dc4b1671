"""What of a campaign stands on Meta otherwise than it was applied. Reads only: the campaign, its ad sets, its ads.

A creative cannot be edited on Meta, so an ad whose words were changed there shows another one: its words are read with
the ad. A start that has passed is Meta's to say.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from adloom.core import time
from adloom.core.errors import Missing
from adloom.core.money import Money, plain
from adloom.platforms import http
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.meta import diffs, mapping, payloads, saying, standing
from adloom.platforms.meta.diffs import Part
from adloom.platforms.meta.graph import Graph
from adloom.platforms.meta.targeting import OLDEST
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import BidStrategy, Gender, RemoteStatus

Row = Mapping[str, Any]

#: Meta's fields by the unified one, as far as a person can change them.
_FIELDS: Mapping[str, str] = {
    "name": "name",
    "daily_budget": "budget.amount",
    "lifetime_budget": "budget.amount",
    "bid_strategy": "budget.bidding",
    "bid_amount": "budget.bidding",
    "bid_constraints": "budget.bidding",
    "start_time": "schedule.start",
    "end_time": "schedule.end",
    "adset_schedule": "schedule.dayparting",
    "special_ad_categories": "declarations.special_categories",
    "special_ad_category_country": "declarations.special_category_countries",
    "dsa_beneficiary": "declarations.dsa.beneficiary",
    "dsa_payor": "declarations.dsa.payor",
}
_AUDIENCE: Mapping[str, str] = {
    **saying.AUDIENCE,
    "custom_audiences": "targeting.audiences.include",
    "excluded_custom_audiences": "targeting.audiences.exclude",
    **dict.fromkeys(("publisher_platforms", "facebook_positions", "instagram_positions"), "targeting.placements"),
    "targeting_automation": "targeting.automation",
}
_STORY = "creative{id,object_story_spec,url_tags}"
_BUDGETS = ("daily_budget", "lifetime_budget")
#: Strategies that a word of Meta's stands for with a target; without one it stands for several.
_BOUND: Mapping[str, BidStrategy] = {
    mapping.STRATEGIES[each]: each for each in (BidStrategy.TARGET_CPA, BidStrategy.BID_CAP, BidStrategy.TARGET_ROAS)
}


def drift(graph: Graph, spec: CampaignSpec, *, ids: Mapping[str, str]) -> tuple[Drift, ...]:
    """All that differs; of a campaign that is gone, that alone."""
    parts = diffs.parts(spec)
    try:
        row = graph.get(ids["campaign"], endpoint="campaign", params={"fields": _names(parts.values(), "campaign")})
    except Missing:
        return (Drift("campaign", DriftKind.GONE),)
    if mapping.STATUSES.get(str(row.get("status"))) is RemoteStatus.DELETED:
        return (Drift("campaign", DriftKind.GONE),)
    found = [*_status("campaign", row, wanted=spec.desired_status), *_fields(parts["campaign"], row)]
    for kind, edge in (("ad_group", "adsets"), ("ad", "ads")):
        params = {"fields": _names(parts.values(), kind)}
        rows = list(graph.rows(f"{ids['campaign']}/{edge}", endpoint=f"campaign/{edge}", params=params))
        found += _children(spec, [part for part in parts.values() if part.kind == kind], rows, ids=ids)
    return tuple(found)


def _names(parts: Any, kind: str) -> str:
    names = {name for part in parts if part.kind == kind for name in part.body if name in _FIELDS}
    more = {"ad_group": {"targeting", "end_time", "adset_schedule"}, "ad": {"adset_id", _STORY}}
    return ",".join(sorted({"id", "status", *names, *more.get(kind, set())}))


def _children(
    spec: CampaignSpec, parts: Sequence[Part], rows: Sequence[Row], *, ids: Mapping[str, str]
) -> Iterator[Drift]:
    by_id = {str(row.get("id")): row for row in rows}
    total = _total(parts, by_id, ids)
    for part in parts:
        row = by_id.get(ids.get(part.key, ""))
        if row is None:
            if part.ad is None or (part.group and f"ad_group/{part.group.key}" in ids):
                yield Drift(part.key, DriftKind.GONE)
            continue
        if spec.desired_status is RemoteStatus.ACTIVE:
            yield from _status(part.key, row, wanted=RemoteStatus.ACTIVE)
        yield from _fields(part, row, total=total)
        yield from _audience(part, row)
        yield from _creative(part, row, ids=ids)
    known = set(ids.values())
    for identity, row in by_id.items():
        if identity not in known and str(row.get("adset_id", "")) in {"", *known}:
            kind = "ad" if "adset_id" in row else "ad_group"
            yield Drift(f"{kind}/{identity}", DriftKind.ADDED, theirs=str(row.get("name")))


def _status(key: str, row: Row, *, wanted: RemoteStatus) -> Iterator[Drift]:
    stands = mapping.STATUSES.get(str(row.get("status")))
    if stands is not None and stands is not wanted:
        yield Drift(key, DriftKind.CHANGED, "status", wanted.value.upper(), str(row.get("status")), stands.value)


# fields


def _fields(part: Part, row: Row, *, total: Decimal | None = None) -> Iterator[Drift]:
    own = dict.fromkeys([*part.body, *(("end_time", "adset_schedule") if part.kind == "ad_group" else ())])
    changed = [name for name in own if name in _FIELDS and not _holds(part, row, name)]
    for field in dict.fromkeys(_FIELDS[name] for name in changed):
        ours, theirs = _words(part, part.body, field), _words(part, row, field)
        yield Drift(part.key, DriftKind.CHANGED, field, ours, theirs, _value(part, row, field, total=total))


def _holds(part: Part, row: Row, name: str) -> bool:
    wanted, stands = part.value(name), row.get(name)
    if name in ("start_time", "end_time"):
        ours, theirs = mapping.instant(wanted), mapping.instant(stands)
        has_begun = ours is not None and theirs is not None and max(ours, theirs) <= time.now()
        return ours == theirs or (name == "start_time" and has_begun)
    if name == "special_ad_categories":
        return sorted(set(stands or ()) - {"NONE"}) == sorted(set(wanted or ()) - {"NONE"})
    return standing.is_field(name, stands, wanted)


def _words(part: Part, thing: Row, field: str) -> str | None:
    currency = part.spec.budget.money.currency
    values = [thing.get(name) for name, unified in _FIELDS.items() if unified == field and thing.get(name)]
    if field == "budget.amount":
        amount = _amount(thing)
        return None if amount is None else str(Money(mapping.major_units(amount, currency), currency))
    if not values:
        return None
    return ", ".join(each if isinstance(each, str) else http.dumps(each) for each in values)


def _amount(thing: Row) -> int | None:
    found = next((thing[name] for name in _BUDGETS if str(thing.get(name) or "0") != "0"), None)
    return int(str(found)) if found is not None and str(found).isdigit() else None


def _total(parts: Sequence[Part], rows: Mapping[str, Row], ids: Mapping[str, str]) -> Decimal | None:
    """What all ad sets together may spend as they stand; of one that is gone, as it was."""
    if not parts or parts[0].kind != "ad_group":
        return None
    amounts = [_amount(rows.get(ids.get(part.key, ""), {})) or _amount(part.body) or 0 for part in parts]
    return mapping.major_units(sum(amounts), parts[0].spec.budget.money.currency)


def _value(part: Part, row: Row, field: str, *, total: Decimal | None) -> Any:
    match field:
        case "name":
            return row.get("name")
        case "budget.amount":
            return None if total is None or total == part.spec.budget.money.amount else plain(total)
        case "budget.bidding":
            return _bidding(part, row)
        case "schedule.end" | "schedule.start":
            found = mapping.instant(row.get(field.replace("schedule.", "") + "_time"))
            return None if found is None else found.isoformat()
        case _:
            return None


def _bidding(part: Part, row: Row) -> Mapping[str, str | None] | None:
    ours, currency = part.spec.budget.bidding, part.spec.budget.money.currency
    word = str(row.get("bid_strategy"))
    strategy = ours.strategy if mapping.STRATEGIES[ours.strategy] == word else _BOUND.get(word)
    if strategy is None:
        return None
    floor = (row.get("bid_constraints") or {}).get("roas_average_floor")
    if strategy is BidStrategy.TARGET_ROAS and floor:
        return {"strategy": strategy.value, "target": plain(Decimal(str(floor)) / 10000)}
    amount = str(row.get("bid_amount") or "")
    target = plain(mapping.major_units(int(amount), currency)) if amount.isdigit() else None
    return {"strategy": strategy.value, "target": target} if target or strategy not in _BOUND.values() else None


# audiences


def _audience(part: Part, row: Row) -> Iterator[Drift]:
    wanted, stands = part.body.get("targeting"), row.get("targeting")
    if not isinstance(wanted, Mapping) or not isinstance(stands, Mapping):
        return
    names = [name for name in dict.fromkeys((*wanted, *_AUDIENCE)) if not standing.is_audience(name, stands, wanted)]
    for field in dict.fromkeys(_AUDIENCE.get(name, f"targeting.{name}") for name in names):
        own = [name for name in (*wanted, *stands) if _AUDIENCE.get(name, f"targeting.{name}") == field]
        theirs = {name: stands[name] for name in dict.fromkeys(own) if stands.get(name)}
        ours = {name: wanted[name] for name in dict.fromkeys(own) if name in wanted}
        value = _audience_value(field, stands)
        yield Drift(part.key, DriftKind.CHANGED, field, _plainly(ours), _plainly(theirs), value)


def _plainly(values: Row) -> str | None:
    return ", ".join(f"{name} {http.dumps(value)}" for name, value in values.items()) or None


def _audience_value(field: str, stands: Row) -> Any:
    if field == "targeting.age" and str(stands.get("age_min", "")).isdigit():
        high = int(str(stands.get("age_max") or OLDEST))
        return {"min": int(str(stands["age_min"])), "max": None if high == OLDEST else high}
    if field == "targeting.genders":
        words = {"1": Gender.MALE.value, "2": Gender.FEMALE.value}
        return [words[str(each)] for each in stands.get("genders") or () if str(each) in words] or [Gender.ANY.value]
    places = stands.get("geo_locations") or {}
    if field == "targeting.locations" and set(places) <= {"countries", "location_types"}:
        return list(places.get("countries") or ()) if not stands.get("excluded_geo_locations") else None
    return None


# creatives


def _creative(part: Part, row: Row, *, ids: Mapping[str, str]) -> Iterator[Drift]:
    if part.group is None or part.ad is None:
        return
    known = ChainMap(dict(ids), payloads.SYMBOLS)  # type: ignore[arg-type]  # a mapping that is only read
    stands = row.get("creative")
    ours_id = payloads.creative_id(part.spec, group=part.group, ad=part.ad, ids=known)
    if not isinstance(stands, Mapping) or str(stands.get("id")) == ours_id or "object_story_spec" not in stands:
        return
    ours = _shown(payloads.creative(part.spec, group=part.group, ad=part.ad, ids=known))
    theirs = _shown(stands)
    for field in ours:
        if ours[field] != theirs[field]:
            value: Any = theirs[field]
            if field in ("creative.headlines", "creative.descriptions"):
                value = [] if value is None else [value]
            yield Drift(part.key, DriftKind.CHANGED, field, ours[field], theirs[field], _paths(field, value))


def _shown(creative: Row) -> dict[str, str | None]:
    """What a creative says, by unified field, of what is sent as of what is read."""
    story = creative.get("object_story_spec") or {}
    data = story.get("link_data") or story.get("video_data") or {}
    button = data.get("call_to_action") or {}
    link = data.get("link") or (button.get("value") or {}).get("link")
    caption = data.get("caption")
    return {
        "creative.primary_text": data.get("message"),
        "creative.headlines": data.get("name") or data.get("title"),
        "creative.descriptions": data.get("description") or data.get("link_description"),
        "creative.landing_url": link,
        "creative.display_paths": caption if caption != urlsplit(str(link)).hostname else None,
        "creative.call_to_action": button.get("type"),
        "creative.images": data.get("image_hash") if "link_data" in story else None,
        "creative.videos": data.get("video_id"),
        "tracking": creative.get("url_tags") or None,
    }


def _paths(field: str, value: Any) -> Any:
    if field == "creative.display_paths":
        return str(value).split("/")[1:] if value else []
    if field in ("creative.images", "creative.videos", "tracking"):
        return None
    return value
