"""What of a campaign stands at Microsoft otherwise than it was applied. Reads only.

The campaign, its target criteria and its ad groups come with a call each, and each ad group's ads and keywords with one
more each; audiences, of which a call gives one kind, are asked for only where the ad has any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from typing import Any

from adloom.core.errors import Missing
from adloom.core.money import Money, plain
from adloom.core.time import zone
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.microsoft import audiences, diffs, fields, mapping, payloads, readback, revising, targets
from adloom.platforms.microsoft.client import Client
from adloom.platforms.spec import AdGroupSpec, CampaignSpec, Keyword
from adloom.platforms.types import BidStrategy, MatchType, RemoteStatus

Row = Mapping[str, Any]

_CAMPAIGN = {
    "Name": "name",
    "DailyBudget": "budget.amount",
    "BiddingScheme": "budget.bidding",
    "Languages": "targeting.languages",
    "FinalUrlSuffix": "tracking",
    "BusinessName": "creative.brand_name",
}
_AD_GROUP = {
    "Name": "name",
    "Network": "overrides.search_partners",
    "StartDate": "schedule.start",
    "EndDate": "schedule.end",
    "Settings": "targeting.audiences.include",
}
_PARTNERS = "OwnedAndOperatedAndSyndicatedSearch"
_LAST_SECOND = clock(23, 59, 59)


def drift(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> tuple[Drift, ...]:
    """All that differs; of a campaign that is gone, that alone."""
    try:
        row = readback.campaign(client, campaign_id=ids["campaign"])
    except Missing:
        row = None
    if row is None or row.get("Status") == "Deleted":
        return (Drift("campaign", DriftKind.GONE),)
    return (
        *_status("campaign", row, wanted=spec.desired_status),
        *_fields(spec, "campaign", payloads.campaign_fields(spec), row, _CAMPAIGN),
        *_criteria(spec, readback.criteria(client, campaign_id=ids["campaign"])),
        *_groups(client, spec, ids=ids),
    )


def _groups(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> Iterator[Drift]:
    rows = {str(row["Id"]): row for row in readback.ad_groups(client, campaign_id=ids["campaign"])}
    for group in spec.groups:
        key = f"ad_group/{group.key}"
        row = rows.get(ids.get(key, ""))
        if row is None:
            yield Drift(key, DriftKind.GONE)
            continue
        yield from _status(key, row, wanted=RemoteStatus.ACTIVE)
        yield from _fields(spec, key, payloads.ad_group_fields(spec, group), row, _AD_GROUP)
        yield from _ads(spec, group, readback.ads(client, group_id=ids[key]), ids=ids)
        words = readback.keywords(client, group_id=ids[key])
        yield from _words(group, "keyword", group.targeting.keywords, payloads.keywords(group), words)
        words = readback.negatives(client, group_id=ids[key], campaign_id=ids["campaign"])
        yield from _words(group, "negative", group.targeting.negative_keywords, payloads.negatives(group), words)
        if audiences.of(group):
            yield from _audiences(key, group, readback.audiences(client, group_id=ids[key]))
    yield from (
        Drift(f"ad_group/{identity}", DriftKind.ADDED, theirs=str(row.get("Name")))
        for identity, row in rows.items()
        if identity not in set(ids.values())
    )


def _status(key: str, row: Row, *, wanted: RemoteStatus) -> Iterator[Drift]:
    stands = mapping.STATUSES.get(str(row.get("Status")))
    if stands is not None and stands is not wanted:
        words = {RemoteStatus.ACTIVE: "Active", RemoteStatus.PAUSED: "Paused", RemoteStatus.DELETED: "Deleted"}
        yield Drift(key, DriftKind.CHANGED, "status", words[wanted], str(row.get("Status")), stands.value)


# fields


def _fields(spec: CampaignSpec, key: str, wanted: Row, row: Row, names: Mapping[str, str]) -> Iterator[Drift]:
    for name, field in names.items():
        sent = wanted.get(name, diffs.CLEARED.get(name))
        if sent is not None and not fields.is_value(name, row.get(name), sent):
            ours, theirs = (_text(spec, name, thing.get(name)) for thing in (wanted, row))
            yield Drift(key, DriftKind.CHANGED, field, ours, theirs, _value(spec, name, row.get(name)))


def _text(spec: CampaignSpec, name: str, value: Any) -> str | None:
    found = _value(spec, name, value)
    if name == "DailyBudget" and found is not None:
        return str(Money(Decimal(found), spec.budget.money.currency))
    if name == "BiddingScheme" and found is not None:
        return " ".join(filter(None, (found["strategy"], found["target"])))
    if name in ("StartDate", "EndDate"):
        day = _day(value)
        return None if day is None else day.isoformat()
    if name == "Settings":
        return "only they see it" if audiences.are_only_them(value) else "others see it too"
    if name in ("FinalUrlSuffix", "Languages"):
        return ", ".join(value) if isinstance(value, list) else value or None
    return None if found in (None, "") else str(found)


def _value(spec: CampaignSpec, name: str, value: Any) -> Any:
    """A field's value as `drifting` reads it; None where it has no form there."""
    match name:
        case "DailyBudget":
            return None if value is None else plain(Decimal(str(value)))
        case "BiddingScheme":
            return _bidding(value)
        case "Network":
            return value == _PARTNERS
        case "EndDate" | "StartDate":
            day = _day(value)
            time = clock() if name == "StartDate" else _LAST_SECOND
            return day and datetime.combine(day, time, zone(spec.account.time_zone)).isoformat()
        case "Languages":
            codes = {word: code for code, word in mapping.LANGUAGES.items()}
            words = list(value or ())
            return [codes[word] for word in words] if all(word in codes for word in words) else None
        case "Name" | "BusinessName":
            return value
        case _:
            return None


def _day(value: Any) -> date | None:
    if not isinstance(value, Mapping):
        return None
    day = date(int(value["Year"]), int(value["Month"]), int(value["Day"]))
    return None if day >= payloads.NO_END else day


def _bidding(value: Any) -> Mapping[str, str | None] | None:
    scheme = value if isinstance(value, Mapping) else {}
    kind = str(scheme.get("Type", "")).removesuffix("BiddingScheme")
    price = (scheme.get("MaxCpc") or {}).get("Amount")
    found: Mapping[str, tuple[BidStrategy, BidStrategy, Any]] = {
        "MaxClicks": (BidStrategy.MAX_CLICKS, BidStrategy.BID_CAP, price),
        "MaxConversions": (BidStrategy.MAX_CONVERSIONS, BidStrategy.TARGET_CPA, scheme.get("TargetCpa")),
        "MaxConversionValue": (BidStrategy.MAX_VALUE, BidStrategy.TARGET_ROAS, scheme.get("TargetRoas")),
    }
    if kind not in found:
        return None
    free, bound, target = found[kind]
    if not target:
        return {"strategy": free.value, "target": None}
    return {"strategy": bound.value, "target": plain(Decimal(str(target)))}


# criteria


def _criteria(spec: CampaignSpec, rows: Sequence[Row]) -> Iterator[Drift]:
    wanted = {targets.mark(item): item for item in targets.of(spec)}
    stands = {targets.mark(row): row for row in rows if targets.mark(row)[0] in revising.CRITERIA}
    told: set[str] = set()
    for mark in dict.fromkeys((*wanted, *stands)):
        field = revising.CRITERIA[mark[0]]
        if field not in told and not _is_same(wanted.get(mark), stands.get(mark)):
            told.add(field)
            ours, theirs = (_shown(items.values(), field) for items in (wanted, stands))
            yield Drift("campaign", DriftKind.CHANGED, field, ours, theirs, _places(field, stands.values()))
    intent = next((row["Criterion"] for row in rows if "IntentOption" in (row.get("Criterion") or {})), None)
    asked = spec.groups[0].targeting.location_intent
    if intent is not None and intent.get("IntentOption") != mapping.INTENTS[asked]:
        words = {word: ours.value for ours, word in mapping.INTENTS.items()}
        theirs = str(intent.get("IntentOption"))
        value = words.get(theirs)
        yield Drift("campaign", DriftKind.CHANGED, "targeting.location_intent", asked.value, theirs, value)


def _is_same(wanted: Row | None, stands: Row | None) -> bool:
    """A criterion that adjusts nothing is like one that is not there, places and hours apart."""
    if wanted is None and stands is not None:
        return targets.mark(stands)[0] in _BIDS and not targets.bid(stands)
    if wanted is None or stands is None:
        return wanted is not None and targets.mark(wanted)[0] in _BIDS and not targets.bid(wanted)
    return targets.looks(wanted) == targets.looks(stands)


_BIDS = ("DeviceCriterion", "AgeCriterion", "GenderCriterion")


def _shown(items: Iterable[Row], field: str) -> str | None:
    own = [item for item in items if revising.CRITERIA[targets.mark(item)[0]] == field]
    return ", ".join(sorted(revising.criterion_text(item) for item in own)) or None


def _places(field: str, items: Iterable[Row]) -> Any:
    """The countries that are addressed, where there are no places but whole countries."""
    if field != "targeting.locations":
        return None
    codes = {str(number): code for code, number in mapping.LOCATION_IDS.items()}
    own = [item for item in items if revising.CRITERIA[targets.mark(item)[0]] == field]
    found = [codes.get(str((item.get("Criterion") or {}).get("LocationId"))) for item in own]
    return found if all(found) and not any(targets.excludes(item) for item in own) else None


# ad groups' parts


def _words(
    group: AdGroupSpec, kind: str, ours: Iterable[Keyword], wanted: Iterable[Row], rows: Sequence[Row]
) -> Iterator[Drift]:
    field = "targeting.keywords" if kind == "keyword" else "targeting.negative_keywords"
    by_looks = {payloads.word_looks(row): row for row in rows}
    for item in wanted:
        key, row = payloads.word_key(kind, group, item), by_looks.pop(payloads.word_looks(item), None)
        if row is None:
            value = _word(group, item, ours)
            yield Drift(key, DriftKind.GONE, field, ours=str(item["Text"]), value=value)
        elif kind == "keyword":
            yield from _status(key, row, wanted=RemoteStatus.ACTIVE)
    for row in by_looks.values():
        value = _word(group, row, ())
        yield Drift(f"{kind}/{row['Id']}", DriftKind.ADDED, field, theirs=str(row.get("Text")), value=value)


def _word(group: AdGroupSpec, item: Row, ours: Iterable[Keyword]) -> Mapping[str, str]:
    """A keyword in our words: a negative one may have been asked for as broad."""
    text, match = payloads.word_looks(item)
    own = next((each.match for each in ours if payloads.word_looks({"Text": each.text})[0] == text), None)
    found = own or next((each for each, word in mapping.MATCH_TYPES.items() if word == match), MatchType.EXACT)
    return {"group": group.key, "text": str(item.get("Text")), "match": found.value}


def _audiences(key: str, group: AdGroupSpec, rows: Sequence[Row]) -> Iterator[Drift]:
    wanted, stands = ({audiences.looks(item) for item in items} for items in (audiences.of(group), rows))
    for field, excludes in (("targeting.audiences.include", False), ("targeting.audiences.exclude", True)):
        ours, theirs = (sorted(mark for mark, out in each if out is excludes) for each in (wanted, stands))
        if ours != theirs:
            yield Drift(key, DriftKind.CHANGED, field, ", ".join(ours) or None, ", ".join(theirs) or None, theirs)


def _ads(spec: CampaignSpec, group: AdGroupSpec, rows: Sequence[Row], *, ids: Mapping[str, str]) -> Iterator[Drift]:
    by_id = {str(row["Id"]): row for row in rows}
    for ad in group.ads:
        key = f"ad/{group.key}/{ad.key}"
        row = by_id.pop(ids.get(key, ""), None)
        if row is None:
            yield Drift(key, DriftKind.GONE)
            continue
        yield from _status(key, row, wanted=RemoteStatus.ACTIVE)
        ours, theirs = (_shows(each) for each in (payloads.ad_fields(ad), row))
        for field, value in ours.items():
            if sorted(value) != sorted(theirs[field]):
                before, after = (", ".join(each[field]) or None for each in (ours, theirs))
                new: Any = theirs[field]
                new = next(iter(new), None) if field == "creative.landing_url" else new
                yield Drift(key, DriftKind.CHANGED, field, before, after, new)
    yield from (
        Drift(f"ad/{identity}", DriftKind.ADDED, theirs=", ".join(diffs.texts(row, "Headlines")))
        for identity, row in by_id.items()
    )


def _shows(item: Row) -> Mapping[str, list[str]]:
    return {
        "creative.landing_url": [str(each) for each in item.get("FinalUrls") or ()],
        "creative.headlines": _texts(item, "Headlines"),
        "creative.descriptions": _texts(item, "Descriptions"),
        "creative.display_paths": [str(item[name]) for name in ("Path1", "Path2") if item.get(name)],
    }


def _texts(item: Row, name: str) -> list[str]:
    return [str(((each or {}).get("Asset") or {}).get("Text")) for each in item.get(name) or ()]
