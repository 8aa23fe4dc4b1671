"""What Microsoft would refuse of an ad, and what it cannot express: all of it, before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from adloom.core.errors import FieldError
from adloom.platforms import flight, search_ads
from adloom.platforms.contract import Loss, Preflight
from adloom.platforms.geography import place_error
from adloom.platforms.microsoft import mapping, payloads, places, targets
from adloom.platforms.spec import CampaignSpec, Location, Targeting
from adloom.platforms.types import BudgetType, Channel, LocationType, LossKind, MatchType

CAMPAIGN_NAME_LENGTH = 128
GROUP_NAME_LENGTH = 256
WINDOWS_PER_DAY = 7
WINDOWS = 49
DISPLAY_URL_LENGTH = 67
OVERRIDES = frozenset(("search_partners",))


def check(spec: CampaignSpec) -> Preflight:
    """All errors and losses of this ad on Microsoft Advertising."""
    zone = spec.account.time_zone
    errors = [
        *search_ads.errors(spec),
        *search_ads.money_errors(spec, limits=mapping.money_limits(spec.budget.money.currency)),
        *flight.day_errors(spec.schedule, time_zone=zone),
        *flight.window_errors(spec.schedule, per_day=WINDOWS_PER_DAY),
        *_own_errors(spec),
        *_name_errors(spec),
        *_twin_errors(spec),
    ]
    losses = [
        *(loss for loss in search_ads.losses(spec) if not _is_shown(loss, spec)),
        *flight.day_losses(spec.schedule, time_zone=zone),
        *flight.window_losses(spec.schedule),
    ]
    if spec.declarations.ai_generated:
        losses.append(Loss("declarations.ai_generated", LossKind.DROPPED, "true", "Microsoft has no field for it"))
    for group in spec.groups:
        prefix = search_ads.group_field(spec, group)
        errors += _targeting_errors(group.targeting, prefix=prefix)
        losses += _targeting_losses(group.targeting, prefix=prefix, can_bid=targets.asks_alike(spec))
    return Preflight(errors=tuple(errors), losses=tuple(losses))


def _is_shown(loss: Loss, spec: CampaignSpec) -> bool:
    """Whether Microsoft can do what search ads in general cannot: audiences, a name for all of the ads."""
    if ".audiences." in f".{loss.field}":
        return True
    return loss.field.endswith("creative.brand_name") and payloads.brand_name(spec) is not None


def _own_errors(spec: CampaignSpec) -> Iterator[FieldError]:
    if spec.channel is not Channel.SEARCH:
        rule = f"Adloom makes Search campaigns on Microsoft Advertising, not {spec.channel.value}."
        yield FieldError("platforms.microsoft_ads.channel", rule, "Use SEARCH, or leave this platform out.")
    if spec.declarations.eu_political is None:
        rule = "Microsoft Advertising wants to know of every campaign whether it is political."
        fix = "Answer true or false; it is a legal statement of yours."
        yield FieldError("declarations.eu_political", rule, fix)
    elif spec.declarations.eu_political:
        rule = "Microsoft Advertising takes no political advertising."
        yield FieldError("declarations.eu_political", rule, "Leave this platform out.")
    goal = search_ads.chosen_goal(spec)
    if goal is not None and not (goal.isascii() and goal.isdigit()):
        rule = f"{goal!r} is no id of a conversion goal on Microsoft Advertising: those are numbers."
        yield FieldError("conversion.event", rule, "Choose the goal of this event among the account's settings.")
    if spec.budget.type is BudgetType.LIFETIME:
        rule = "a search campaign has no lifetime budget on Microsoft Advertising."
        yield FieldError("budget.type", rule, "Give this platform a DAILY budget.")
    if sum(len(spans) for spans in flight.windows(spec.schedule).values()) > WINDOWS:
        rule = f"{WINDOWS} windows a week are the most."
        yield FieldError("schedule.dayparting", rule, "Join or drop windows.")
    for name in sorted(set(spec.overrides) - OVERRIDES):
        field, known = f"platforms.microsoft_ads.overrides.{name}", ", ".join(sorted(OVERRIDES))
        yield FieldError(field, "Microsoft Advertising has no such override.", f"Known: {known}.")
    for path, creative in search_ads.creatives(spec):
        host = search_ads.host(creative.landing_url)
        if len(host) + sum(len(part) + 1 for part in creative.display_paths) > DISPLAY_URL_LENGTH:
            rule = f"domain and paths together are {DISPLAY_URL_LENGTH} characters at most."
            yield FieldError(f"{path}.display_paths", rule, "Shorten the paths.")


def _twin_errors(spec: CampaignSpec) -> Iterator[FieldError]:
    """Ads of a group that a search ad cannot tell apart: Microsoft refuses the second (1313), and means the first."""
    for group in spec.groups:
        seen: dict[object, str] = {}
        for ad in group.ads:
            shown = ad.creative.headlines, ad.creative.descriptions, ad.creative.display_paths, ad.creative.landing_url
            first = seen.setdefault(shown, ad.key)
            if first != ad.key:
                rule = f"as a search ad it is the same as {first}."
                fix = "Give it another headline, description, path or landing page."
                yield FieldError(f"ad_groups[{group.key}].ads[{ad.key}].creative", rule, fix)


def _name_errors(spec: CampaignSpec) -> Iterator[FieldError]:
    names = [("name", spec.name, CAMPAIGN_NAME_LENGTH)]
    names += [(f"ad_groups[{each.key}].name", each.name, GROUP_NAME_LENGTH) for each in spec.groups]
    for field, name, longest in names:
        if not name or len(name) > longest or not name.isprintable():
            rule = f"a name is 1 to {longest} characters without line breaks."
            yield FieldError(field, rule, "Shorten it, or shorten the naming template.")
    if len({each.name.casefold() for each in spec.groups}) < len(spec.groups):
        yield FieldError("ad_groups", "two ad groups have the same name.", "Rename one.")


def _targeting_errors(targeting: Targeting, *, prefix: str) -> Iterator[FieldError]:
    for index, place in enumerate(targeting.locations):
        if place.type is LocationType.COUNTRY and places.is_asked(place):
            error = place_error(f"{prefix}targeting.locations[{index}]", place)
            yield from () if error is None else (error,)
    yield from _audience_errors(targeting, prefix=prefix)
    for language in targeting.languages:
        if language not in mapping.LANGUAGES:
            rule = f"Microsoft Advertising cannot target the language {language!r}."
            yield FieldError(f"{prefix}targeting.languages", rule, "Leave it out; no language means all.")


def _audience_errors(targeting: Targeting, *, prefix: str) -> Iterator[FieldError]:
    lists = {"include": targeting.audiences_include, "exclude": targeting.audiences_exclude}
    for name, found in lists.items():
        for each in found:
            if not (each.isascii() and each.isdigit()):
                rule = f"{each!r} is no id of an audience on Microsoft Advertising: those are numbers."
                yield FieldError(f"{prefix}targeting.audiences.{name}", rule, "Give the id of an audience there.")
    if both := sorted(set(lists["include"]) & set(lists["exclude"])):
        rule = f"{', '.join(both)} cannot be let in and left out."
        yield FieldError(f"{prefix}targeting.audiences", rule, "Drop one of the two.")


def _targeting_losses(targeting: Targeting, *, prefix: str, can_bid: bool) -> Iterator[Loss]:
    """Search bids on ages and genders and excludes none, so a restriction is dropped: consent is needed.

    `can_bid` says that all ad groups ask for the same: the campaign's bids are lowered for everybody else.
    """
    bids = ", bids lowered by 90 % {}" if can_bid else ""
    if search_ads.has_age_limit(targeting, brackets=mapping.AGES):
        asked = search_ads.age_label(targeting.age_min, targeting.age_max)
        yield _dropped(f"{prefix}targeting.age", asked, f"all ages{bids.format('outside')}")
    if (only := search_ads.only_gender(targeting)) is not None:
        yield _dropped(f"{prefix}targeting.genders", only.value, f"all genders{bids.format('for the others')}")
    for keyword in targeting.negative_keywords:
        if keyword.match is MatchType.BROAD:
            field = f"{prefix}targeting.negative_keywords"
            yield _dropped(field, f"{keyword.text} (BROAD)", f"{keyword.text} (PHRASE)")
    if "zh" in targeting.languages:
        field = f"{prefix}targeting.languages"
        yield Loss(field, LossKind.NARROWED, "zh", "traditional Chinese", is_targeting=True)
    yield from (_circle(place, prefix=prefix) for place in targeting.locations if _is_fractional(place))


def _dropped(field: str, before: str, after: str) -> Loss:
    return Loss(field, LossKind.DROPPED, before, after, is_targeting=True)


def _is_fractional(place: Location) -> bool:
    return place.type is LocationType.RADIUS and place.radius_km is not None and place.radius_km % 1 != 0


def _circle(place: Location, *, prefix: str) -> Loss:
    before, after = f"{place.radius_km} km", f"{int(place.radius_km or 0)} km"
    return Loss(f"{prefix}targeting.locations", LossKind.NARROWED, before, after, is_targeting=True)
