"""What an update changes, for people: field by field with before and after, and what Google cannot change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from adloom.core.errors import FieldError
from adloom.core.money import plain
from adloom.platforms import flight, search_ads, search_places
from adloom.platforms.changes import Action, Change, Effect, Revision
from adloom.platforms.google import changing, criteria, goals
from adloom.platforms.google.payloads import MOST_OPERATIONS, Planned
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Location, Schedule
from adloom.platforms.types import Channel

_REVIEW, _FINAL = frozenset((Effect.RE_REVIEW,)), frozenset((Effect.IRREVERSIBLE,))
#: Criteria whose place only another one can take.
_REPLACED = {"schedule.dayparting": frozenset((Effect.REPLACES_OBJECT,))}
_FIX = "Take the edit back, or delete the campaign and deploy it anew."


def revise(spec: CampaignSpec) -> Revision:
    """The changes from what may stand to the ad, in the order in which Google gets them, and what it cannot change."""
    found = changing.difference(spec, ids={})
    changes: dict[tuple[str, Action, str | None], Change] = {}
    for change in (*_removed(spec, found), *_set(spec, found), *_created(spec, found), *goals.changes(spec)):
        changes.setdefault((change.object, change.action, change.field), change)
    return Revision(changes=tuple(changes.values()), errors=(*_errors(spec), *_size_errors(found)))


def _errors(spec: CampaignSpec) -> Iterator[FieldError]:
    for before in spec.standing:
        if before.channel is not spec.channel:
            yield FieldError("platforms.google_ads.channel", f"a {before.channel.value} campaign stays one.", _FIX)
        if before.budget.type is not spec.budget.type:
            yield FieldError("budget.type", f"Google keeps a campaign's budget {before.budget.type.value}.", _FIX)
        if before.account.external_id != spec.account.external_id:
            yield FieldError("platforms.google_ads.account", "a campaign stays in its account.", _FIX)
        if spec.channel is Channel.DISPLAY and before.declarations.ai_generated != spec.declarations.ai_generated:
            rule = "Google takes it with an image when that is uploaded, and keeps it as it was said."
            yield FieldError("declarations.ai_generated", rule, _FIX)
        if flight.is_now(before.schedule) and not flight.is_now(spec.schedule):
            yield FieldError("schedule.start", "it started at once, and Google moves no start that is past.", _FIX)


def _size_errors(found: changing.Difference) -> Iterator[FieldError]:
    """An update is one atomic write as well."""
    count, most = len(found.wanted) + len(found.updates) + len(found.removes), MOST_OPERATIONS
    if count > most:
        rule = f"{count} parts of the campaign change at once, and {most} are the most."
        yield FieldError("ad_groups", rule, "Change it in several edits.")


def _once(planned: Iterable[Planned]) -> Iterator[Planned]:
    """All criteria of one field are one change: of thousands of keywords the first stands for all."""
    seen = set()
    for each in planned:
        whose = (each.parent, each.field)
        if not each.field or whose not in seen:
            yield each
        seen.add(whose)


def _removed(spec: CampaignSpec, found: changing.Difference) -> Iterator[Change]:
    for each in _once(found.removes):
        if each.field:
            yield _criteria_change(spec, each)
        else:
            yield Change(each.key, Action.DELETE, before=_name(spec, each), effects=_FINAL)


def _created(spec: CampaignSpec, found: changing.Difference) -> Iterator[Change]:
    new_groups = {each.key for each in found.wanted if each.kind == "ad_group"}
    for each in _once(found.wanted):
        if each.field and each.parent not in new_groups:
            yield _criteria_change(spec, each)
        elif not each.field:
            yield Change(each.key, Action.CREATE, after=_name(spec, each), effects=_REVIEW)


def _set(spec: CampaignSpec, found: changing.Difference) -> Iterator[Change]:
    for update in found.updates:
        for setting in update.settings:
            before, after = _texts(spec, update.planned.key, setting.field)
            yield Change(update.planned.key, Action.UPDATE, setting.field, before, after, setting.effects)


def _criteria_change(spec: CampaignSpec, each: Planned) -> Change:
    """All criteria of one field are one change of the campaign or ad group that they belong to."""
    key = each.parent or "campaign"
    before, after = _texts(spec, key, each.field)
    return Change(key, Action.UPDATE, each.field, before, after, _REPLACED.get(each.field, frozenset()))


def _texts(spec: CampaignSpec, key: str, field: str) -> tuple[str, str]:
    """Before and after of a field, the former of the first standing ad in which it differs."""
    after = _describe(spec, key, field)
    befores = [_describe(before, key, field) for before in spec.standing]
    return next((text for text in befores if text != after), befores[0] if befores else ""), after


def _describe(spec: CampaignSpec, key: str, field: str) -> str:
    kind, _, rest = key.partition("/")
    group = next((each for each in spec.groups if each.key == rest.partition("/")[0]), None)
    if kind == "ad" and group is not None:
        ad = next((each for each in group.ads if each.key == rest.partition("/")[2]), None)
        return "" if ad is None else _AD_TEXTS[field](ad)
    if kind == "ad_group":
        return "" if group is None else _GROUP_TEXTS[field](spec, group)
    return _CAMPAIGN_TEXTS[field](spec)


def _name(spec: CampaignSpec, each: Planned) -> str:
    """What people call an ad group or ad, in whichever of the ads it is."""
    for known in (spec, *reversed(spec.standing)):
        for group in known.groups:
            if each.key == f"ad_group/{group.key}":
                return group.name
            for ad in group.ads:
                if each.key == f"ad/{group.key}/{ad.key}":
                    return ad.name
    return each.key


def _bidding(spec: CampaignSpec) -> str:
    bidding = spec.budget.bidding
    return bidding.strategy.value if bidding.target is None else f"{bidding.strategy.value} {plain(bidding.target)}"


def _hours(schedule: Schedule) -> str:
    return ", ".join(
        f"{day.value} {start // 60:02d}:{start % 60:02d}–{end // 60:02d}:{end % 60:02d}"
        for day, spans in flight.windows(schedule).items()
        for start, end in spans
    )


def _place(place: Location) -> str:
    name = search_places.name(place)
    return f"not {name}" if place.exclude else name


def _end(spec: CampaignSpec) -> str:
    return spec.schedule.end.isoformat() if spec.schedule.end else "without end"


_CAMPAIGN_TEXTS: Mapping[str, Callable[[CampaignSpec], str]] = {
    "name": lambda spec: spec.name,
    "budget.amount": lambda spec: f"{spec.budget.money.plain()} {spec.budget.money.currency}",
    "budget.bidding": _bidding,
    "schedule.start": lambda spec: spec.schedule.start.isoformat(),
    "schedule.end": _end,
    "schedule.dayparting": lambda spec: _hours(spec.schedule),
    "tracking": search_ads.url_suffix,
    "declarations.eu_political": lambda spec: str(spec.declarations.eu_political).lower(),
    "overrides.search_partners": lambda spec: str(bool(spec.overrides.get("search_partners"))).lower(),
    "targeting.location_intent": lambda spec: spec.groups[0].targeting.location_intent.value,
    "targeting.locations": lambda spec: ", ".join(map(_place, spec.groups[0].targeting.locations)),
    "targeting.languages": lambda spec: ", ".join(spec.groups[0].targeting.languages),
    "targeting.devices": lambda spec: ", ".join(each.value for each in spec.groups[0].targeting.devices),
}
_GROUP_TEXTS: Mapping[str, Callable[[CampaignSpec, AdGroupSpec], str]] = {
    "name": lambda spec, group: group.name,
    "targeting.age": lambda spec, group: search_ads.age_label(group.targeting.age_min, group.targeting.age_max),
    "targeting.genders": lambda spec, group: ", ".join(each.value for each in group.targeting.genders),
    "targeting.keywords": lambda spec, group: ", ".join(
        f"{each.text} ({each.match.value})" for each in group.targeting.keywords
    ),
    "targeting.negative_keywords": lambda spec, group: ", ".join(
        f"{each.text} ({each.match.value})" for each in group.targeting.negative_keywords
    ),
    "targeting.interests": lambda spec, group: ", ".join(
        each.key for each in group.targeting.interests if each.taxonomy == criteria.TAXONOMY
    ),
    "targeting.audiences.include": lambda spec, group: ", ".join(group.targeting.audiences_include),
    "targeting.audiences.exclude": lambda spec, group: ", ".join(group.targeting.audiences_exclude),
}
_AD_TEXTS: Mapping[str, Callable[[AdSpec], str]] = {
    "creative.landing_url": lambda ad: ad.creative.landing_url,
    "creative.headlines": lambda ad: " | ".join(ad.creative.headlines),
    "creative.descriptions": lambda ad: " | ".join(ad.creative.descriptions),
    "creative.long_headline": lambda ad: ad.creative.long_headline or "",
    "creative.display_paths": lambda ad: "/".join(ad.creative.display_paths),
    "creative.brand_name": lambda ad: ad.creative.brand_name or "",
    "creative.call_to_action": lambda ad: ad.creative.call_to_action.value if ad.creative.call_to_action else "",
    "creative.images": lambda ad: ", ".join(image.file.filename for image in ad.creative.images),
}
