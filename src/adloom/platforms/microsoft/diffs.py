"""What differs between an ad and what may stand of it at Microsoft: fields, criteria, words, ads, ad groups. Pure.

Several specs may stand where an update ended half-way. What is wanted and lacks in any of them may be missing; what any
of them has and nobody wants may be there; a field that differs in any of them may have to be set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adloom.platforms import search_ads
from adloom.platforms.microsoft import audiences, payloads, targets
from adloom.platforms.search_ads import ADS_PER_GROUP
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec

Item = Mapping[str, Any]

#: What takes a field away that is wanted no more; other fields cannot be taken away.
CLEARED: Mapping[str, Any] = {
    "FinalUrlSuffix": "",
    "BusinessName": "",
    "Path1": "",
    "Path2": "",
    "EndDate": payloads.day_of(payloads.NO_END),
    "Settings": list(audiences.only_them(False)),
}


@dataclass(frozen=True, slots=True)
class Words:
    """Keywords, or negative ones, that come and go."""

    added: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class AudienceDiff:
    """Audiences that come, change sides and go. `turned` are those of the old side with those of the new."""

    added: tuple[Item, ...] = ()
    turned: tuple[tuple[Item, Item], ...] = ()
    removed: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupDiff:
    """One ad group that is wanted. `is_new` where it may not stand; `standing` are the versions that may.

    `stale` are ads that may stand under a key of the group's in an older version, beside what is added under it.
    """

    group: AdGroupSpec
    is_new: bool
    standing: tuple[AdGroupSpec, ...]
    fields: Item
    keywords: Words
    negatives: Words
    audiences: AudienceDiff
    ads_added: tuple[AdSpec, ...]
    ads_changed: tuple[tuple[AdSpec, Item], ...]
    ads_removed: tuple[AdSpec, ...]
    ads_stale: tuple[AdSpec, ...]

    @property
    def is_full(self) -> bool:
        """Whether what is added finds no room among live ads before others are gone."""
        keys = {ad.key for group in self.standing for ad in group.ads} | {ad.key for ad in self.group.ads}
        return bool(self.ads_added) and len(keys) + len(self.ads_stale) > ADS_PER_GROUP


@dataclass(frozen=True, slots=True)
class Exchange:
    """Criteria that cannot stand beside those that take their place: a day's windows, a place that changes sides."""

    removed: tuple[Item, ...]
    added: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class CriteriaDiff:
    """Target criteria, in the order in which they are changed: nothing is addressed more widely meanwhile.

    `kept` surely stand, and stay.
    """

    added: tuple[Item, ...] = ()
    exchanged: tuple[Exchange, ...] = ()
    rebid: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()
    kept: tuple[Item, ...] = ()
    intent: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """All that differs. `fields` are the campaign's own, `goals_removed` conversion goals that it may count no more."""

    fields: Item
    goals_removed: tuple[str, ...]
    criteria: CriteriaDiff
    groups: tuple[GroupDiff, ...]
    groups_removed: tuple[AdGroupSpec, ...]


def of(spec: CampaignSpec) -> Diff:
    """What may have to be done so that all of the spec stands and nothing else."""
    wanted = {group.key: group for group in spec.groups}
    standing = {group.key: group for each in spec.standing for group in each.groups}
    return Diff(
        fields=changed(payloads.campaign_fields(spec), [payloads.campaign_fields(each) for each in spec.standing]),
        goals_removed=_goals_removed(spec),
        criteria=_criteria(spec),
        groups=tuple(_group(spec, group) for group in spec.groups),
        groups_removed=tuple(group for key, group in standing.items() if key not in wanted),
    )


def changed(wanted: Item, standing: Sequence[Item]) -> Item:
    """The fields that some of the standing versions have otherwise, as they shall be."""
    found = {
        name: value
        for name, value in wanted.items()
        if any(not _is_same(name, each.get(name), value) for each in standing)
    }
    gone = {name for each in standing for name in each if name not in wanted and name in CLEARED}
    return {**found, **{name: CLEARED[name] for name in sorted(gone)}}


def _goals_removed(spec: CampaignSpec) -> tuple[str, ...]:
    goals = [search_ads.chosen_goal(each) for each in spec.standing]
    return tuple(dict.fromkeys(each for each in goals if each and each != search_ads.chosen_goal(spec)))


def texts(item: Item, name: str) -> tuple[str, ...]:
    """A list of an ad's texts, in an order of its own: Microsoft shows them in any."""
    return tuple(sorted(str(((each or {}).get("Asset") or {}).get("Text")) for each in item.get(name) or ()))


def ad_looks(item: Item) -> tuple[Any, ...]:
    """What tells ads apart: link and texts, in whatever order they come back."""
    link = tuple(item.get("FinalUrls") or ())
    return (link, texts(item, "Headlines"), texts(item, "Descriptions"), item.get("Path1"), item.get("Path2"))


def _is_same(name: str, one: Any, other: Any) -> bool:
    if name in ("Headlines", "Descriptions"):
        return texts({name: one}, name) == texts({name: other}, name)
    if name in ("Languages", "GoalIds"):
        return set(one or ()) == set(other or ())
    return bool(one == other)


def _group(spec: CampaignSpec, group: AdGroupSpec) -> GroupDiff:
    pairs = [(each, old) for each in spec.standing for old in each.groups if old.key == group.key]
    standing = tuple(old for _, old in pairs)
    is_new = len(pairs) < len(spec.standing)
    fields = [payloads.ad_group_fields(each, old) for each, old in pairs]
    added, changing, stale = _ads(group, standing, is_new=is_new)
    keys = {ad.key for ad in group.ads}
    return GroupDiff(
        group=group,
        is_new=is_new,
        standing=standing,
        fields=changed(payloads.ad_group_fields(spec, group), fields),
        keywords=_words(payloads.keywords, group, standing, is_new=is_new),
        negatives=_words(payloads.negatives, group, standing, is_new=is_new),
        audiences=_audiences(group, standing, is_new=is_new),
        ads_added=added,
        ads_changed=changing,
        ads_removed=tuple({ad.key: ad for old in standing for ad in old.ads if ad.key not in keys}.values()),
        ads_stale=stale,
    )


def _ads(
    group: AdGroupSpec, standing: Sequence[AdGroupSpec], *, is_new: bool
) -> tuple[tuple[AdSpec, ...], tuple[tuple[AdSpec, Item], ...], tuple[AdSpec, ...]]:
    added, changing, stale = [], [], []
    for ad in group.ads:
        versions = [old for each in standing for old in each.ads if old.key == ad.key]
        looks = ad_looks(payloads.ad_fields(ad))
        if is_new or len(versions) < len(standing):
            added.append(ad)
            stale += [old for old in versions if ad_looks(payloads.ad_fields(old)) != looks]
        elif fields := changed(payloads.ad_fields(ad), [payloads.ad_fields(old) for old in versions]):
            changing.append((ad, fields))
    return tuple(added), tuple(changing), tuple(stale)


def _words(
    items: Callable[[AdGroupSpec], Iterable[Item]],
    group: AdGroupSpec,
    standing: Sequence[AdGroupSpec],
    *,
    is_new: bool,
) -> Words:
    wanted = {payloads.word_looks(item): item for item in items(group)}
    old = [{payloads.word_looks(item): item for item in items(each)} for each in standing]
    return Words(
        added=tuple(item for looks, item in wanted.items() if is_new or any(looks not in each for each in old)),
        removed=tuple({looks: item for each in old for looks, item in each.items() if looks not in wanted}.values()),
    )


def _audiences(group: AdGroupSpec, standing: Sequence[AdGroupSpec], *, is_new: bool) -> AudienceDiff:
    wanted = {audiences.mark(item): item for item in audiences.of(group)}
    old = [{audiences.mark(item): item for item in audiences.of(each)} for each in standing]
    versions = {audiences.looks(item): item for each in old for item in each.values()}
    turned = [
        (item, wanted[mark])
        for (mark, excludes), item in versions.items()
        if mark in wanted and excludes != audiences.excludes(wanted[mark])
    ]
    turning = {audiences.mark(item) for item, _ in turned}
    lacking = [item for mark, item in wanted.items() if is_new or any(mark not in each for each in old)]
    return AudienceDiff(
        added=tuple(item for item in lacking if audiences.mark(item) not in turning),
        turned=tuple(sorted(turned, key=lambda pair: audiences.excludes(pair[1]))),
        removed=tuple(item for (mark, _), item in versions.items() if mark not in wanted),
    )


def _criteria(spec: CampaignSpec) -> CriteriaDiff:
    wanted = {targets.mark(item): item for item in targets.of(spec)}
    old = [{targets.mark(item): item for item in targets.of(each)} for each in spec.standing]
    versions = {(mark, targets.excludes(item)): item for each in old for mark, item in each.items()}
    added = [item for mark, item in wanted.items() if any(mark not in each for each in old)]
    removed = [item for (mark, _), item in versions.items() if mark not in wanted]
    turned = [
        (item, wanted[mark])
        for (mark, excludes), item in versions.items()
        if mark in wanted and excludes != targets.excludes(wanted[mark])
    ]
    turning = {targets.mark(item) for item, _ in turned}
    days = _conflicting_days(added, removed, old=versions.values())
    return CriteriaDiff(
        added=tuple(item for item in added if targets.mark(item) not in turning and _day(item) not in days),
        exchanged=(*_turns(turned), *(_day_exchange(day, added, removed) for day in days)),
        rebid=tuple(item for mark, item in wanted.items() if mark not in turning and _is_rebid(mark, item, old)),
        removed=tuple(item for item in removed if _day(item) not in days),
        kept=tuple(item for mark, item in wanted.items() if all(mark in each for each in old)),
        intent=any(_intent(each) != _intent(spec) for each in spec.standing),
    )


def _is_rebid(mark: tuple[str, ...], item: Item, old: Sequence[Mapping[tuple[str, ...], Item]]) -> bool:
    return any(targets.bid(each[mark]) != targets.bid(item) for each in old if mark in each)


def _turns(turned: Sequence[tuple[Item, Item]]) -> Iterable[Exchange]:
    """Places that change sides: those that are let in first, so that at no time none is left."""
    for old, new in sorted(turned, key=lambda pair: targets.excludes(pair[1])):
        yield Exchange(removed=(old,), added=(new,))


def _day_exchange(day: str, added: Iterable[Item], removed: Iterable[Item]) -> Exchange:
    return Exchange(
        removed=tuple(item for item in removed if _day(item) == day),
        added=tuple(item for item in added if _day(item) == day),
    )


def _conflicting_days(added: Iterable[Item], removed: Iterable[Item], *, old: Iterable[Item]) -> tuple[str, ...]:
    """Days whose new windows Microsoft would not take beside the old ones: they overlap, or are too many."""
    new, gone = list(added), list(removed)
    everything = [item for item in [*old, *new] if _day(item)]
    found = []
    for day in dict.fromkeys(str(_day(item)) for item in new if _day(item)):
        fresh, leaving = _windows(new, day), _windows(gone, day)
        overlaps = any(start < until and since < end for start, end in fresh for since, until in leaving)
        is_full = len(_windows(everything, day)) > WINDOWS_PER_DAY or len(everything) > WINDOWS
        if leaving and (overlaps or is_full):
            found.append(day)
    return tuple(found)


#: The most windows of a day and of a week (CampaignCriterion of DayTime, Bulk).
WINDOWS_PER_DAY, WINDOWS = 7, 49


def _windows(items: Iterable[Item], day: str) -> list[tuple[int, int]]:
    return [(window[1], window[2]) for item in items if (window := targets.window(item)) and window[0] == day]


def _day(item: Item) -> str | None:
    window = targets.window(item)
    return window[0] if window else None


def _intent(spec: CampaignSpec) -> Any:
    return spec.groups[0].targeting.location_intent
