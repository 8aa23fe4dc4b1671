"""What of a campaign stands on TikTok otherwise than it was applied. Reads only: the campaign, its ad groups, its ads.

Compared are the fields that an update can set, on either path. A start that has passed is TikTok's to say, as is the
end of a flight that has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from adloom.core import time
from adloom.core.errors import Missing
from adloom.core.money import Money, plain
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import comparing, countries, mapping, paths, readback, revising, shapes, updates
from adloom.platforms.tiktok.client import Client
from adloom.platforms.tiktok.paths import Path
from adloom.platforms.types import BidStrategy, Gender, RemoteStatus

Row = Mapping[str, Any]

_BIDDING = ("bid_type", "bid_price", "conversion_bid_price")
#: Told by the type of the schedule, and by who speaks: no person changes them by themselves.
_NOT_COMPARED = frozenset({"identity_type", "identity_id", "identity_authorized_bc_id"})
_NAMES = {"ad_group": "adgroup_name", "ad": "ad_name", "campaign": "campaign_name"}
_WORDS = {RemoteStatus.ACTIVE: "ENABLE", RemoteStatus.PAUSED: "DISABLE", RemoteStatus.DELETED: "DELETE"}
_NO_LIST: Mapping[str, Any] = {}


def drift(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> tuple[Drift, ...]:
    """All that differs; of a campaign that is gone, that alone."""
    path, campaign_id = paths.of(spec), ids["campaign"]
    try:
        row = readback.by_id(client, kind="campaign", path=path, platform_id=campaign_id)
    except Missing:
        row = None
    if row is None or readback.is_deleted(row):
        return (Drift("campaign", DriftKind.GONE),)
    found = list(_status("campaign", row, wanted=spec.desired_status))
    found += _fields(spec, "campaign", row, path=path, ids=ids, total=_number(row.get("budget")))
    for kind, keys in (("ad_group", comparing.groups(spec)), ("ad", comparing.ads(spec))):
        rows = readback.below(client, kind=kind, path=path, campaign_id=campaign_id)
        standing = [each for each in rows if not readback.is_deleted(each)]
        found += _children(spec, kind, tuple(keys), standing, path=path, ids=ids)
    return tuple(found)


def _children(
    spec: CampaignSpec, kind: str, keys: Sequence[str], rows: Sequence[Row], *, path: Path, ids: Mapping[str, str]
) -> Iterator[Drift]:
    by_id = {shapes.an_id(row.get(path.ids[kind])): row for row in rows}
    total = _total(spec, keys, by_id, path=path, ids=ids) if kind == "ad_group" else None
    for key in keys:
        row = by_id.get(ids.get(key, ""))
        if row is None:
            if kind == "ad_group" or f"ad_group/{key.split('/')[1]}" in ids:
                yield Drift(key, DriftKind.GONE)
            continue
        yield from _status(key, row, wanted=RemoteStatus.ACTIVE)
        yield from _fields(spec, key, _flat(row), path=path, ids=ids, total=total)
    known = set(ids.values())
    for identity, row in by_id.items():
        if identity not in known and (kind == "ad_group" or shapes.an_id(row.get("adgroup_id")) in known):
            yield Drift(f"{kind}/{identity}", DriftKind.ADDED, theirs=shapes.text(row.get(_NAMES[kind])))


def _status(key: str, row: Row, *, wanted: RemoteStatus) -> Iterator[Drift]:
    stands = mapping.STATUSES.get(str(row.get("operation_status")))
    if stands is not None and stands is not wanted:
        yield Drift(key, DriftKind.CHANGED, "status", _WORDS[wanted], str(row.get("operation_status")), stands.value)


def _flat(row: Row) -> Row:
    """An object of either path with its own fields beside each other, as they are compared."""
    flat = {**row, **shapes.an_object(row.get("targeting_spec")), **shapes.an_object(row.get("ad_configuration"))}
    for name, field in (
        ("ad_text_list", "ad_text"),
        ("call_to_action_list", "call_to_action"),
        ("landing_page_url_list", "landing_page_url"),
    ):
        if texts := shapes.objects(row.get(name)):
            flat[field] = texts[0].get(field)
    if creatives := shapes.objects(row.get("creative_list")):
        info = shapes.an_object(creatives[0].get("creative_info"))
        flat |= {name: info[name] for name in ("aigc_disclosure_type",) if name in info}
        flat["video_id"] = shapes.an_object(info.get("video_info")).get("video_id")
        flat["image_ids"] = [each.get("web_uri") for each in shapes.objects(info.get("image_info"))]
    return flat


# fields


def _fields(
    spec: CampaignSpec, key: str, row: Row, *, path: Path, ids: Mapping[str, str], total: Decimal | None
) -> Iterator[Drift]:
    ours = comparing.state(spec, key, path=path) or {}
    settable = updates.settable(key, path=path) - _NOT_COMPARED
    sent = {name: _with_ids(value, ids) for name, value in ours.items() if name in settable}
    changed = [name for name, value in sent.items() if not _holds(spec, name, row, value)]
    for field in dict.fromkeys(revising.FIELDS[name] for name in changed):
        own = {name: value for name, value in row.items() if name in ours}
        mine, theirs = (_text(spec, thing, field) for thing in (ours, own))
        name = "tracking" if field.startswith("tracking") else field
        yield Drift(key, DriftKind.CHANGED, name, mine, theirs, _value(spec, own, field, total=total))


def _with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_ids(each, ids) for each in value]
    return ids.get(value, value) if isinstance(value, str) and value.startswith("asset/") else value


def _holds(spec: CampaignSpec, name: str, row: Row, wanted: Any) -> bool:
    stands = row.get(name)
    if name not in row:
        return True  # what TikTok does not tell of an object cannot be compared
    if name == "schedule_start_time":
        ours, theirs = _instant(wanted), _instant(stands)
        return ours == theirs or (ours is not None and theirs is not None and max(ours, theirs) <= time.now())
    if name == "schedule_end_time" and spec.schedule.end is None:
        return True
    if wanted in (None, []):
        return not stands or mapping.number(stands) == 0
    if name == "image_ids":
        return not stands or readback.same(stands, wanted)
    return readback.same(stands, wanted)


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def _text(spec: CampaignSpec, thing: Row, field: str) -> str | None:
    if field == "budget.amount":
        amount = _number(thing.get("budget"))
        return None if amount is None else str(Money(amount, spec.budget.money.currency))
    return revising.text(thing, field, spec=spec) or None


def _number(value: Any) -> Decimal | None:
    """An amount as TikTok writes it; None for none."""
    found = mapping.number(value)
    return found if found else None


def _total(
    spec: CampaignSpec, keys: Sequence[str], rows: Mapping[str, Row], *, path: Path, ids: Mapping[str, str]
) -> Decimal | None:
    """What all ad groups together may spend as they stand; of one that is gone, as it was."""
    amounts = []
    for key in keys:
        ours = _number((comparing.state(spec, key, path=path) or {}).get("budget"))
        amounts.append(_number(rows.get(ids.get(key, ""), _NO_LIST).get("budget")) or ours or Decimal(0))
    return sum(amounts, Decimal(0))


def _value(spec: CampaignSpec, row: Row, field: str, *, total: Decimal | None) -> Any:
    """A field's value as `drifting` reads it; None where it has no form there."""
    match field:
        case "name":
            return next((row[name] for name in mapping.NAMES.values() if name in row), None)
        case "budget.amount":
            return None if not total or total == spec.budget.money.amount else plain(total)
        case "budget.bidding":
            return _bidding(spec, row)
        case "schedule.start":
            found = _instant(row.get("schedule_start_time"))
            return None if found is None else found.isoformat()
        case "schedule.end":
            has_end = row.get("schedule_type") != "SCHEDULE_FROM_NOW"
            found = _instant(row.get("schedule_end_time")) if has_end else None
            return None if found is None else found.isoformat()
        case "creative.primary_text":
            return row.get("ad_text")
        case "creative.landing_url":
            return row.get("landing_page_url")
        case "creative.call_to_action":
            words = {word: ours.value for ours, word in mapping.BUTTONS.items()}
            return words.get(str(row.get("call_to_action")))
        case _:
            return _audience(row, field)


def _bidding(spec: CampaignSpec, row: Row) -> Mapping[str, str | None] | None:
    ours = spec.budget.bidding.strategy
    if row.get("bid_type") == "BID_TYPE_NO_BID":
        free = ours if ours in mapping.FREE_STRATEGIES else BidStrategy.MAX_CLICKS
        return {"strategy": free.value, "target": None}
    target = _number(row.get("conversion_bid_price")) or _number(row.get("bid_price"))
    if target is None:
        return None
    bound = BidStrategy.TARGET_CPA if _number(row.get("conversion_bid_price")) else BidStrategy.BID_CAP
    return {"strategy": (ours if ours in mapping.TARGET_STRATEGIES else bound).value, "target": plain(target)}


def _audience(row: Row, field: str) -> Any:
    if field == "targeting.age":
        groups = [group for group in mapping.AGE_GROUPS if group[0] in (row.get("age_groups") or ())]
        is_whole = all(one[2] is not None and one[2] + 1 == other[1] for one, other in pairwise(groups))
        return {"min": groups[0][1], "max": groups[-1][2]} if groups and is_whole else None
    if field == "targeting.genders":
        words = {word: ours.value for ours, word in mapping.GENDERS.items()}
        return [words.get(str(row.get("gender")), Gender.ANY.value)]
    if field == "targeting.locations":
        codes = {place: code for code, place in countries.LOCATION_IDS.items()}
        found = [codes.get(str(each)) for each in row.get("location_ids") or ()]
        return found if all(found) else None
    if field == "targeting.languages":
        codes = {word: code for code, word in mapping.LANGUAGE_WORDS.items()}
        return [codes.get(each, each) for each in shapes.texts(row.get("languages"))]
    lists = {"targeting.audiences.include": "audience_ids", "targeting.audiences.exclude": "excluded_audience_ids"}
    if field in lists:
        return [str(each) for each in row.get(lists[field]) or ()]
    return None
