"""What an update would change at Microsoft, in words of the unified ad, and what Microsoft cannot change. Pure.

It follows the same differences as the steps do, in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from adloom.core.errors import FieldError
from adloom.core.time import today
from adloom.platforms import flight, search_ads, search_places
from adloom.platforms.changes import Action, Change, Effect, Revision
from adloom.platforms.microsoft import audiences, diffs, payloads, preflight, targets
from adloom.platforms.microsoft.diffs import Diff, GroupDiff
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Location

_LEARNS = frozenset({Effect.MAY_RESET_LEARNING})
_REVIEWED = frozenset({Effect.RE_REVIEW})
_FINAL = frozenset({Effect.IRREVERSIBLE})

#: The unified field of each kind of criterion, in the order in which they are told.
CRITERIA = {
    "LocationCriterion": "targeting.locations",
    "RadiusCriterion": "targeting.locations",
    "DeviceCriterion": "targeting.devices",
    "DayTimeCriterion": "schedule.dayparting",
    "AgeCriterion": "targeting.age",
    "GenderCriterion": "targeting.genders",
}
_AD_GROUP = {
    "Name": "name",
    "Network": "platforms.microsoft_ads.overrides.search_partners",
    "StartDate": "schedule.start",
    "EndDate": "schedule.end",
}
_AD = {
    "FinalUrls": "creative.landing_url",
    "Headlines": "creative.headlines",
    "Descriptions": "creative.descriptions",
    "Path1": "creative.display_paths",
    "Path2": "creative.display_paths",
}


def revise(spec: CampaignSpec) -> Revision:
    """What an update changes, and what of it Microsoft cannot change; no change of a spec that preflight refuses."""
    errors = [error for each in spec.standing for error in (*_fixed(spec, each), *_start(spec, each))]
    if preflight.check(spec).errors:
        return Revision(errors=tuple(dict.fromkeys(errors)))
    errors += _errors(spec)
    if errors:
        return Revision(errors=tuple(dict.fromkeys(errors)))
    return Revision(changes=tuple(_changes(spec, diffs.of(spec))))


def _changes(spec: CampaignSpec, diff: Diff) -> Iterator[Change]:
    for name in diff.fields:
        field, shown, effects = _CAMPAIGN[name]
        before = next((each for each in reversed(spec.standing) if name in _differing(spec, each)), spec)
        yield Change("campaign", Action.UPDATE, field, shown(before), shown(spec), effects)
    if diff.goals_removed and "GoalIds" not in diff.fields:
        before = next(each for each in reversed(spec.standing) if search_ads.chosen_goal(each))
        yield Change(
            "campaign", Action.UPDATE, "conversion.event", search_ads.counted(before), search_ads.counted(spec), _LEARNS
        )
    yield from _criteria_changes(spec, diff)
    for group in diff.groups:
        yield from _group_changes(group)
    for group in diff.groups:
        yield from (_gone(f"ad/{group.group.key}/{ad.key}") for ad in (*group.ads_removed, *group.ads_stale))
    yield from (_gone(f"ad_group/{group.key}") for group in diff.groups_removed)


def _differing(spec: CampaignSpec, standing: CampaignSpec) -> Mapping[str, Any]:
    return diffs.changed(payloads.campaign_fields(spec), [payloads.campaign_fields(standing)])


def _criteria_changes(spec: CampaignSpec, diff: Diff) -> Iterator[Change]:
    criteria = diff.criteria
    exchanged = [item for each in criteria.exchanged for item in (*each.removed, *each.added)]
    touched = [*criteria.added, *exchanged, *criteria.rebid, *criteria.removed]
    fields = {CRITERIA[targets.mark(item)[0]] for item in touched}
    for field in dict.fromkeys(CRITERIA.values()):
        if field in fields:
            after = _shown(spec, field)
            versions = [_shown(each, field) for each in reversed(spec.standing)]
            before = next((each for each in versions if each != after), after)
            yield Change("campaign", Action.UPDATE, field, before, after)
    if criteria.intent:
        before = spec.standing[-1].groups[0].targeting.location_intent.value
        after = spec.groups[0].targeting.location_intent.value
        yield Change("campaign", Action.UPDATE, "targeting.location_intent", before, after)


def _shown(spec: CampaignSpec, field: str) -> str:
    """The criteria of a unified field, as text; places by their names."""
    if field == "targeting.locations":
        return ", ".join(map(_place, spec.groups[0].targeting.locations))
    items = [item for item in targets.of(spec) if CRITERIA[targets.mark(item)[0]] == field]
    return ", ".join(criterion_text(item) for item in items) or "no limit"


def _place(place: Location) -> str:
    name = search_places.name(place)
    return f"not {name}" if place.exclude else name


def criterion_text(item: Mapping[str, Any]) -> str:
    """A criterion as people read it."""
    place = "-".join(targets.mark(item)[1:])
    bid = targets.bid(item)
    return f"not {place}" if targets.excludes(item) else f"{place} ({bid:+f} %)" if bid else place


def _group_changes(diff: GroupDiff) -> Iterator[Change]:
    key = f"ad_group/{diff.group.key}"
    if diff.is_new:
        yield Change(key, Action.CREATE)
        yield from (_new(diff.group, ad) for ad in diff.group.ads)
        return
    yield from _audience_changes(diff)
    for name in diff.fields:
        if name == "Settings":
            continue
        before, after = diff.standing[-1].name, diff.group.name
        shown = (before, after) if name == "Name" else (None, _value(diff.fields[name]))
        yield Change(key, Action.UPDATE, _AD_GROUP[name], *shown)
    for field, words, items in (
        ("targeting.keywords", diff.keywords, payloads.keywords),
        ("targeting.negative_keywords", diff.negatives, payloads.negatives),
    ):
        if words.added or words.removed:
            yield Change(key, Action.UPDATE, field, _words(items(diff.standing[-1])), _words(items(diff.group)))
    for ad, fields in diff.ads_changed:
        yield from _ad_changes(diff, ad, fields)
    yield from (_new(diff.group, ad) for ad in diff.ads_added)


def _audience_changes(diff: GroupDiff) -> Iterator[Change]:
    people = diff.audiences
    touched = [*people.added, *(item for pair in people.turned for item in pair), *people.removed]
    for name, is_excluding in (("include", False), ("exclude", True)):
        if any(audiences.excludes(item) == is_excluding for item in touched):
            field = f"targeting.audiences.{name}"
            after = _list(getattr(diff.group.targeting, f"audiences_{name}"))
            versions = [_list(getattr(each.targeting, f"audiences_{name}")) for each in reversed(diff.standing)]
            before = next((each for each in versions if each != after), after)
            yield Change(f"ad_group/{diff.group.key}", Action.UPDATE, field, before, after)


def _ad_changes(diff: GroupDiff, ad: AdSpec, fields: Mapping[str, Any]) -> Iterator[Change]:
    old = next((each for group in reversed(diff.standing) for each in group.ads if each.key == ad.key), ad)
    for field in dict.fromkeys(_AD[name] for name in fields):
        name = field.removeprefix("creative.")
        before, after = (_value(getattr(each.creative, name)) for each in (old, ad))
        yield Change(f"ad/{diff.group.key}/{ad.key}", Action.UPDATE, field, before, after, _REVIEWED)


def _new(group: AdGroupSpec, ad: AdSpec) -> Change:
    return Change(f"ad/{group.key}/{ad.key}", Action.CREATE, effects=_REVIEWED)


def _gone(key: str) -> Change:
    return Change(key, Action.DELETE, effects=_FINAL)


def _errors(spec: CampaignSpec) -> Iterator[FieldError]:
    diff = diffs.of(spec)
    for group in diff.groups:
        yield from _twins(spec, group)
    yield from _bare_days(diff)


def _fixed(spec: CampaignSpec, standing: CampaignSpec) -> Iterator[FieldError]:
    """What a standing campaign keeps for good (Campaign data object page)."""
    fix = "Take the change back, or delete the campaign and deploy the ad anew."
    for field, before, after in (
        ("budget.type", standing.budget.type.value, spec.budget.type.value),
        ("budget.amount.currency", standing.budget.money.currency, spec.budget.money.currency),
        ("channel", standing.channel.value, spec.channel.value),
        ("platforms.microsoft_ads.account", standing.account.external_id, spec.account.external_id),
    ):
        if before != after:
            yield FieldError(field, f"Microsoft Advertising cannot change {before} to {after}.", fix)


def _start(spec: CampaignSpec, standing: CampaignSpec) -> Iterator[FieldError]:
    """A first day that has come stays (AdGroup data object page); so it depends on the day on which it is asked."""
    zone = spec.account.time_zone
    before, after = (flight.first_day(each.schedule, time_zone=zone) for each in (standing, spec))
    if before == after:
        return
    if before is None or before <= today(zone):
        rule = "the flight has begun, and Microsoft Advertising keeps the first day then."
        yield FieldError("schedule.start", rule, "Take the change of the start back.")
    elif after is None:
        rule = "a start to come cannot become 'at once' on Microsoft Advertising."
        yield FieldError("schedule.start", rule, "Name the day on which it shall start.")


def _twins(spec: CampaignSpec, diff: GroupDiff) -> Iterator[FieldError]:
    """Ads that would show what another one still shows: Microsoft refuses twins, even for a moment (1313)."""
    held: dict[Any, str] = {}
    for group in diff.standing:
        for ad in group.ads:
            held.setdefault(diffs.ad_looks(payloads.ad_fields(ad)), ad.key)
    for ad in (*diff.ads_added, *(each for each, _ in diff.ads_changed)):
        other = held.get(diffs.ad_looks(payloads.ad_fields(ad)))
        if other is not None and other != ad.key:
            field = search_ads.group_field(spec, diff.group)
            rule = (
                f"it would show what {other} still shows, and Microsoft Advertising takes no two ads that are the same."
            )
            fix = f"Keep {other}, or make the change in two steps."
            yield FieldError(f"{field}ads[{ad.key}].creative", rule, fix)


def _bare_days(diff: Diff) -> Iterator[FieldError]:
    """The only day of a schedule whose windows have to be exchanged: without any window the ad shows at all hours."""
    criteria = diff.criteria
    days = [each for each in criteria.exchanged if targets.window(each.added[0])]
    if len(days) != 1 or not days[0].removed:
        return
    others = [item for item in (*criteria.added, *criteria.removed, *criteria.kept) if targets.window(item)]
    if not others:
        rule = "while the only day's windows are exchanged, the ad would show at all hours."
        fix = "Choose windows that do not overlap those that stand, or add another day first."
        yield FieldError("schedule.dayparting", rule, fix)


def _bidding(spec: CampaignSpec) -> str:
    bidding = spec.budget.bidding
    return bidding.strategy.value if bidding.target is None else f"{bidding.strategy.value} {bidding.target}"


def _words(items: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{item['Text']} ({item['MatchType']})" for item in items)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        day = date(value["Year"], value["Month"], value["Day"])
        return "no end" if day >= payloads.NO_END else day.isoformat()
    return value if isinstance(value, str) else _list(value)


def _list(values: Iterable[Any]) -> str:
    return ", ".join(str(each) for each in values)


#: The unified field of each of the campaign's own, how to show it, and what its change brings about.
_CAMPAIGN: Mapping[str, tuple[str, Callable[[CampaignSpec], str], frozenset[Effect]]] = {
    "Name": ("name", lambda spec: spec.name, frozenset()),
    "DailyBudget": ("budget.amount", lambda spec: spec.budget.money.plain(), frozenset()),
    "BiddingScheme": ("budget.bidding", _bidding, _LEARNS),
    "Languages": ("targeting.languages", lambda spec: _list(spec.groups[0].targeting.languages) or "all", _LEARNS),
    "FinalUrlSuffix": ("tracking.params", search_ads.url_suffix, frozenset()),
    "BusinessName": ("creative.brand_name", lambda spec: payloads.brand_name(spec) or "", frozenset()),
    "GoalIds": ("conversion.event", search_ads.counted, _LEARNS),
}
