"""What Google would refuse of an ad, and what it cannot express: all of it, before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from adloom.core.errors import FieldError
from adloom.platforms import flight, search_ads
from adloom.platforms.contract import Loss, Preflight
from adloom.platforms.google import mapping
from adloom.platforms.google.countries import geo_target
from adloom.platforms.spec import CampaignSpec, Targeting
from adloom.platforms.types import BudgetType, LocationType

NAME_LENGTH = 255
WINDOWS_PER_DAY = 6
OVERRIDES = frozenset(("search_partners",))


def check(spec: CampaignSpec) -> Preflight:
    """All errors and losses of this ad on Google Ads."""
    zone = spec.account.time_zone
    unit = mapping.UNITS.get(spec.budget.money.currency)
    errors = [
        *search_ads.errors(spec),
        *search_ads.money_errors(spec, unit=unit, budget=unit or Decimal(0), bid=unit or Decimal(0)),
        *flight.day_errors(spec.schedule, time_zone=zone),
        *flight.window_errors(spec.schedule, per_day=WINDOWS_PER_DAY),
        *_own_errors(spec),
    ]
    losses = [
        *search_ads.losses(spec),
        *flight.day_losses(spec.schedule, time_zone=zone),
        *flight.window_losses(spec.schedule),
    ]
    for group in spec.groups:
        prefix = search_ads.group_field(spec, group)
        errors += _targeting_errors(group.targeting, prefix=prefix)
        losses += _targeting_losses(group.targeting, prefix=prefix)
    return Preflight(errors=tuple(errors), losses=tuple(losses))


def _own_errors(spec: CampaignSpec) -> Iterator[FieldError]:
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


def _targeting_losses(targeting: Targeting, *, prefix: str) -> Iterator[Loss]:
    loss = search_ads.age_loss(targeting, brackets=mapping.AGES, prefix=prefix)
    if loss is not None:
        yield loss
