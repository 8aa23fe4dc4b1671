"""What Google would refuse of an ad, and what it cannot express: all of it, before anything is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from adloom.core.errors import FieldError
from adloom.platforms import flight, search_ads, search_places
from adloom.platforms.contract import Loss, Preflight
from adloom.platforms.findings import Findings
from adloom.platforms.google import criteria, display_checks, mapping, payloads
from adloom.platforms.google.countries import geo_target
from adloom.platforms.spec import CampaignSpec, Creative, Targeting
from adloom.platforms.types import BudgetType, Channel, LocationType, LossKind

NAME_LENGTH = 255
WINDOWS_PER_DAY = 6
_REPEATED = re.compile(r"[!?,*]{2,}")
OVERRIDES = frozenset(("search_partners",))


def check(spec: CampaignSpec) -> Preflight:
    """All errors and losses of this ad on Google Ads."""
    if spec.channel not in (Channel.SEARCH, Channel.DISPLAY):
        return Preflight(errors=(_no_channel(spec),))
    zone = spec.account.time_zone
    own = _search(spec) if spec.channel is Channel.SEARCH else _display(spec)
    errors = [
        *own.errors,
        *search_ads.money_errors(spec, limits=mapping.money_limits(spec.budget.money.currency)),
        *flight.day_errors(spec.schedule, time_zone=zone),
        *flight.window_errors(spec.schedule, per_day=WINDOWS_PER_DAY),
        *_own_errors(spec),
    ]
    losses = [
        *own.losses,
        *flight.day_losses(spec.schedule, time_zone=zone),
        *flight.window_losses(spec.schedule),
    ]
    for path, creative in search_ads.creatives(spec):
        errors += _policy_errors(creative, path=path, is_display=spec.channel is Channel.DISPLAY)
    for group in spec.groups:
        prefix = search_ads.group_field(spec, group)
        errors += _targeting_errors(group.targeting, prefix=prefix)
        losses += _targeting_losses(group.targeting, prefix=prefix)
    if not errors:
        errors += _size_errors(spec)
    return Preflight(errors=tuple(errors), losses=tuple(losses))


def _no_channel(spec: CampaignSpec) -> FieldError:
    return FieldError(
        "platforms.google_ads.channel",
        f"Google Ads has no {spec.channel.value} campaigns here: neither Demand Gen, Performance Max, Shopping nor "
        "video campaigns are made.",
        "Use SEARCH or DISPLAY.",
    )


def _search(spec: CampaignSpec) -> Preflight:
    """A search campaign; unlike elsewhere, audiences are taken, and interests are not."""
    losses = [each for each in search_ads.losses(spec) if ".audiences." not in each.field]
    if spec.declarations.ai_generated:
        losses.append(Loss("declarations.ai_generated", LossKind.DROPPED, "true", "Google asks it of images alone"))
    return Preflight(errors=tuple(search_ads.errors(spec)), losses=tuple(losses))


def _display(spec: CampaignSpec) -> Preflight:
    found = Findings()
    display_checks.check(spec, found)
    own = found.result()
    errors = [*own.errors, *search_ads.bidding_errors(spec)]
    for group in spec.groups:
        field = f"{search_ads.group_field(spec, group)}targeting.locations"
        errors += search_places.errors(group.targeting.locations, field=field)
    return Preflight(errors=tuple(errors), losses=own.losses)


def _size_errors(spec: CampaignSpec) -> Iterator[FieldError]:
    """A campaign is one atomic write, and a write has a limit."""
    count, most = len(payloads.tree(spec, ids={})), payloads.MOST_OPERATIONS
    if count > most:
        rule = f"the campaign has {count} parts (keywords, places, ads …), and {most} are the most."
        yield FieldError("ad_groups", rule, "Make several ads of it.")


def _own_errors(spec: CampaignSpec) -> Iterator[FieldError]:
    action = search_ads.chosen_goal(spec)
    if action is not None and not (action.isascii() and action.isdigit()):
        rule = f"{action!r} is no id of a conversion action on Google Ads: those are numbers."
        yield FieldError("conversion.event", rule, "Choose the action of this event among the account's settings.")
    if spec.declarations.eu_political is None:
        yield FieldError(
            "declarations.eu_political",
            "Google Ads wants to know of every campaign whether it holds political advertising for the EU.",
            "Answer true or false; it is a legal statement of yours.",
        )
    names = [("name", spec.name), *((f"ad_groups[{each.key}].name", each.name) for each in spec.groups)]
    for field, name in names:
        if not name or len(name) > NAME_LENGTH or not name.isprintable():
            rule = f"a name is 1 to {NAME_LENGTH} characters without line breaks."
            yield FieldError(field, rule, "Shorten it, or shorten the naming template.")
    if spec.budget.type is BudgetType.LIFETIME and spec.schedule.end is None:
        yield FieldError("schedule.end", "a lifetime budget needs an end.", "Set one, or use a DAILY budget.")
    for name in sorted(set(spec.overrides) - OVERRIDES):
        rule = "Google Ads has no such override."
        yield FieldError(f"platforms.google_ads.overrides.{name}", rule, f"Known: {', '.join(sorted(OVERRIDES))}.")


def _policy_errors(creative: Creative, *, path: str, is_display: bool) -> Iterator[FieldError]:
    """Repeated marks are found by Google at once, and the ad is not saved (its policy on punctuation and symbols)."""
    texts = [(f"headlines[{index}]", text) for index, text in enumerate(creative.headlines)]
    texts += [(f"descriptions[{index}]", text) for index, text in enumerate(creative.descriptions)]
    if is_display:
        texts += [("long_headline", creative.long_headline or ""), ("brand_name", creative.brand_name or "")]
    for name, text in texts:
        if marks := _REPEATED.search(text):
            rule = f"Google refuses repeated marks ({marks[0]})."
            yield FieldError(f"{path}.{name}", rule, "Use one mark.")


def _targeting_errors(targeting: Targeting, *, prefix: str) -> Iterator[FieldError]:
    for index, place in enumerate(targeting.locations):
        if place.type is LocationType.COUNTRY and geo_target(place.country or "") is None:
            rule = f"{place.country!r} is no country in which Google sells ads."
            yield FieldError(f"{prefix}targeting.locations[{index}]", rule, "Use an ISO 3166-1 code, such as US.")
    for language in targeting.languages:
        if language not in mapping.LANGUAGES:
            rule = f"Google Ads cannot target the language {language!r}."
            yield FieldError(f"{prefix}targeting.languages", rule, "Leave it out; no language means all.")
    if not search_ads.inner_brackets(targeting, brackets=mapping.AGES):
        asked = search_ads.age_label(targeting.age_min, targeting.age_max)
        rule = f"no age bracket of Google's lies within {asked}."
        yield FieldError(f"{prefix}targeting.age", rule, "Its brackets begin at 18, 25, 35, 45, 55 and 65.")
    yield from _audience_errors(targeting, prefix=prefix)


def _audience_errors(targeting: Targeting, *, prefix: str) -> Iterator[FieldError]:
    interests = [each.key for each in targeting.interests if each.taxonomy == criteria.TAXONOMY]
    for name, ids, thing in (
        ("audiences.include", targeting.audiences_include, "a user list's id"),
        ("audiences.exclude", targeting.audiences_exclude, "a user list's id"),
        ("interests", interests, "a user interest's id"),
    ):
        for wrong in _no_ids(ids):
            yield FieldError(f"{prefix}targeting.{name}", f"{wrong!r} is not {thing} on Google Ads.", "Use its number.")
    if both := sorted(set(targeting.audiences_include) & set(targeting.audiences_exclude)):
        rule = f"{', '.join(both)} is both included and excluded."
        yield FieldError(f"{prefix}targeting.audiences", rule, "Drop one of the two.")


def _no_ids(ids: Iterable[str]) -> Iterator[str]:
    return (each for each in ids if not (each.isascii() and each.isdigit()))


def _targeting_losses(targeting: Targeting, *, prefix: str) -> Iterator[Loss]:
    loss = search_ads.age_loss(targeting, brackets=mapping.AGES, prefix=prefix)
    if loss is not None:
        yield loss
