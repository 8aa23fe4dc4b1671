"""What Google's and Microsoft's search ads have in common: texts, keywords, ages, money. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode, urlsplit

from adloom.core.errors import FieldError
from adloom.core.money import Money
from adloom.platforms import search_places
from adloom.platforms.contract import Loss
from adloom.platforms.spec import AdGroupSpec, CampaignSpec, Creative, Keyword, Targeting
from adloom.platforms.types import BidStrategy, Device, Gender, LossKind, Objective

HEADLINES = (3, 15, 30)
DESCRIPTIONS = (2, 4, 90)
PATH_COLUMNS = 15
URL_LENGTH = 2048
#: Google's range (v26, `TargetRoas`); Microsoft's is not documented, and nobody asks for more.
ROAS = (Decimal("0.01"), Decimal(1000))
KEYWORD_COLUMNS = 80
KEYWORD_WORDS = 10
ADS_PER_GROUP = 3
KEYWORD_FORBIDDEN = frozenset(",!@%^*()={};~`<>?\\|")

#: Name, first year, last year (None: open) of an age bracket.
Bracket = tuple[str, int, int | None]


def columns(text: str) -> int:
    """Display columns: East Asian wide and full-width characters count two (`unified.md`, 4)."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def group_field(spec: CampaignSpec, group: AdGroupSpec) -> str:
    """The path of a group in the unified ad; empty where there is only one, whose fields stand at the top."""
    return "" if len(spec.groups) == 1 else f"ad_groups[{group.key}]."


def creatives(spec: CampaignSpec) -> Iterator[tuple[str, Creative]]:
    """Every ad's creative with the path of its field; creatives that ads share come once."""
    seen: list[Creative] = []
    for group in spec.groups:
        for ad in group.ads:
            if ad.creative in seen:
                continue
            seen.append(ad.creative)
            path = f"ad_groups[{group.key}].ads[{ad.key}]." if len(group.ads) > 1 else group_field(spec, group)
            yield f"{path}creative", ad.creative


def errors(spec: CampaignSpec) -> list[FieldError]:
    """What is wrong with an ad for any responsive search ad: structure, texts, links, keywords, bidding."""
    found = [*_structure_errors(spec), *bidding_errors(spec)]
    for path, creative in creatives(spec):
        found += _creative_errors(creative, path=path)
    for group in spec.groups:
        found += _targeting_errors(group.targeting, prefix=group_field(spec, group))
    return found


def losses(spec: CampaignSpec) -> list[Loss]:
    """What any responsive search ad cannot show, and what search cannot target."""
    found: list[Loss] = []
    for path, creative in creatives(spec):
        found += _creative_losses(creative, path=path)
    for group in spec.groups:
        found += _targeting_losses(group.targeting, prefix=group_field(spec, group))
    if spec.objective is Objective.AWARENESS:
        found.append(Loss("objective", LossKind.DROPPED, spec.objective.value, "a search campaign"))
    return found


def chosen_goal(spec: CampaignSpec) -> str | None:
    """The platform's id of the goal or action that the ad's conversion event is; None where none was chosen."""
    return (spec.conversion and spec.account.attributes.get("conversion_actions")) or None


def counted(spec: CampaignSpec) -> str:
    """What a campaign counts and bids for, for people: without a chosen goal it is made with the account's."""
    goal, event = chosen_goal(spec), spec.conversion.event.value if spec.conversion else ""
    return f"{event} as {goal}" if goal else "all conversions that the account counts"


@dataclass(frozen=True, slots=True)
class MoneyLimits:
    """What a platform takes in a currency: multiples of `unit`, a day's budget and a bid from least to most."""

    unit: Decimal
    budget: tuple[Decimal, Decimal]
    bid: tuple[Decimal, Decimal]


def money_errors(spec: CampaignSpec, *, limits: MoneyLimits | None) -> list[FieldError]:
    """Budget and bid against the platform's limits in the budget's currency (None: in no table of its currencies).

    A target cost per conversion is no bid: only a day's budget limits it.
    """
    money, account, bidding = spec.budget.money, spec.account, spec.budget.bidding
    if money.currency != account.currency:
        rule = f"the account bills in {account.currency}, the budget is in {money.currency}."
        return [FieldError("budget.amount", rule, f"Give this platform a budget in {account.currency}.")]
    if limits is None:
        rule = f"{money.currency} is in no table of this platform's currencies that Adloom knows."
        return [FieldError("budget.amount.currency", rule, "Use an account in another currency.")]
    found = list(_amount("budget.amount", money, unit=limits.unit, within=limits.budget))
    if bidding.strategy in _TARGET_IS_MONEY and bidding.target is not None:
        target = Money(bidding.target, money.currency)
        most = (limits.bid if bidding.strategy is BidStrategy.BID_CAP else limits.budget)[1]
        found += _amount("budget.bidding.target", target, unit=limits.unit, within=(limits.bid[0], most))
    return found


def inner_brackets(targeting: Targeting, *, brackets: Sequence[Bracket]) -> tuple[Bracket, ...]:
    """The platform's age brackets that lie wholly within the ages asked for: none reaches beyond."""
    return tuple(
        bracket
        for bracket in brackets
        if bracket[1] >= targeting.age_min
        and (targeting.age_max is None or (bracket[2] is not None and bracket[2] <= targeting.age_max))
    )


def has_age_limit(targeting: Targeting, *, brackets: Sequence[Bracket]) -> bool:
    """Whether the ages asked for leave out anybody whom the platform's brackets know."""
    return len(inner_brackets(targeting, brackets=brackets)) < len(brackets)


def age_loss(targeting: Targeting, *, brackets: Sequence[Bracket], prefix: str) -> Loss | None:
    """What becomes of ages that do not fall on the platform's brackets; None where they do."""
    inner = inner_brackets(targeting, brackets=brackets)
    if not inner:
        return None
    lowest, highest = inner[0][1], inner[-1][2]
    if (lowest, highest) == (targeting.age_min, targeting.age_max):
        return None
    if targeting.age_max is None and targeting.age_min < lowest and len(inner) == len(brackets):
        return None  # an open range from below the first bracket is sent without any limit
    before, after = age_label(targeting.age_min, targeting.age_max), age_label(lowest, highest)
    return Loss(f"{prefix}targeting.age", LossKind.NARROWED, before, after, is_targeting=True)


def age_label(low: int, high: int | None) -> str:
    """'18–44', or '18+' for an open range."""
    return f"{low}+" if high is None else f"{low}–{high}"


def only_gender(targeting: Targeting) -> Gender | None:
    """The one gender asked for, or None where both are welcome."""
    chosen = set(targeting.genders)
    if Gender.ANY in chosen or len(chosen) != 1:
        return None
    return chosen.pop()


def excluded_devices(targeting: Targeting) -> tuple[Device, ...]:
    """The devices that were not asked for."""
    return tuple(device for device in Device if device not in targeting.devices)


def unique_keywords(keywords: Sequence[Keyword]) -> tuple[Keyword, ...]:
    """Keywords without repetitions (case and match type decide), in their order."""
    return tuple({(each.text.casefold(), each.match): each for each in reversed(keywords)}.values())[::-1]


def host(url: str) -> str:
    """The host of an https link; empty for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme == "https" else ""


def url_suffix(spec: CampaignSpec) -> str:
    """The query that is added to landing pages; braces stay, so that a platform's own macros work."""
    return urlencode(dict(spec.tracking), safe="{}")


_TARGET_IS_MONEY = (BidStrategy.TARGET_CPA, BidStrategy.BID_CAP)
_NEEDS_TARGET = (*_TARGET_IS_MONEY, BidStrategy.TARGET_ROAS)


def _structure_errors(spec: CampaignSpec) -> Iterator[FieldError]:
    if spec.objective is Objective.VIDEO_VIEWS:
        yield FieldError("objective", "a search campaign shows no video.", "Use TRAFFIC or CONVERSIONS.")
    if not spec.groups:
        yield FieldError("ad_groups", "there is none.", "Add an ad group with an ad.")
    for group in spec.groups:
        if not 1 <= len(group.ads) <= ADS_PER_GROUP:
            rule = f"a search ad group holds 1 to {ADS_PER_GROUP} ads, not {len(group.ads)}."
            yield FieldError(f"ad_groups[{group.key}].ads", rule, "Move ads to another ad group, or drop some.")
    if len({campaign_wide(group.targeting) for group in spec.groups}) > 1:
        yield FieldError(
            "ad_groups.targeting",
            "locations, languages and devices belong to the whole campaign here, and the ad groups differ.",
            "Give all ad groups the same, or make one ad for each.",
        )


def campaign_wide(targeting: Targeting) -> tuple[object, ...]:
    """What of targeting belongs to the whole campaign on search platforms, in a form that can be compared."""
    return (
        frozenset(targeting.locations),
        targeting.location_intent,
        frozenset(targeting.languages),
        frozenset(targeting.devices),
    )


def bidding_errors(spec: CampaignSpec) -> Iterator[FieldError]:
    """Strategies without their target, and returns on ad spend out of range."""
    bidding = spec.budget.bidding
    if bidding.strategy in _NEEDS_TARGET and (bidding.target is None or bidding.target <= 0):
        rule = f"{bidding.strategy.value} needs a target above zero."
        yield FieldError("budget.bidding.target", rule, "Give one, or use MAX_CLICKS.")
    elif bidding.strategy is BidStrategy.TARGET_ROAS and not ROAS[0] <= (bidding.target or 0) <= ROAS[1]:
        rule = f"a return on ad spend is a ratio between {ROAS[0]} and {ROAS[1]} (3.5 is 350 %)."
        yield FieldError("budget.bidding.target", rule, "Give a ratio within it.")


def _creative_errors(creative: Creative, *, path: str) -> Iterator[FieldError]:
    yield from _texts(creative.headlines, field=f"{path}.headlines", limits=HEADLINES)
    yield from _texts(creative.descriptions, field=f"{path}.descriptions", limits=DESCRIPTIONS)
    yield from _paths(creative.display_paths, field=f"{path}.display_paths")
    url = creative.landing_url
    if not host(url) or any(char.isspace() for char in url):
        yield FieldError(f"{path}.landing_url", f"{url!r} is not an https link.", "Use https://….")
    if len(url) > URL_LENGTH:
        rule = f"{len(url)} characters, and {URL_LENGTH} are the most."
        yield FieldError(f"{path}.landing_url", rule, "Use a shorter link.")


def _texts(texts: Sequence[str], *, field: str, limits: tuple[int, int, int]) -> Iterator[FieldError]:
    least, most, width = limits
    if not least <= len(texts) <= most:
        yield FieldError(field, f"a search ad has {least} to {most}, not {len(texts)}.", "Add or drop some.")
    if len({text.casefold().strip() for text in texts}) < len(texts):
        yield FieldError(field, "two of them are the same.", "Write each one differently.")
    for index, text in enumerate(texts):
        if not text.strip() or not text.isprintable():
            rule = "it is empty, or holds a line break or control character."
            yield FieldError(f"{field}[{index}]", rule, "Write one line.")
        elif columns(text) > width:
            rule = f"{columns(text)} columns wide, and {width} are the most (wide characters count 2)."
            yield FieldError(f"{field}[{index}]", rule, f"Shorten {text!r}.")


def _paths(paths: Sequence[str], *, field: str) -> Iterator[FieldError]:
    if len(paths) > 2:
        yield FieldError(field, f"{len(paths)} of them, and 2 are the most.", "Drop some.")
    for index, path in enumerate(paths):
        if not path.strip() or columns(path) > PATH_COLUMNS or any(char in "/?#" or char.isspace() for char in path):
            rule = f"{path!r} must be 1 to {PATH_COLUMNS} columns without spaces and slashes."
            yield FieldError(f"{field}[{index}]", rule, "Shorten it.")


def _targeting_errors(targeting: Targeting, *, prefix: str) -> Iterator[FieldError]:
    field = f"{prefix}targeting"
    yield from search_places.errors(targeting.locations, field=f"{field}.locations")
    if not targeting.devices:
        yield FieldError(f"{field}.devices", "no device is left.", "Name at least one.")
    if not targeting.keywords:
        yield FieldError(f"{field}.keywords", "a search campaign serves on keywords only.", "Add at least one.")
    for name, keywords in (
        ("keywords", targeting.keywords),
        ("negative_keywords", targeting.negative_keywords),
    ):
        for index, keyword in enumerate(keywords):
            yield from _keyword(keyword.text, field=f"{field}.{name}[{index}]")


def _keyword(text: str, *, field: str) -> Iterator[FieldError]:
    if not text.strip() or columns(text) > KEYWORD_COLUMNS or len(text.split()) > KEYWORD_WORDS:
        rule = f"1 to {KEYWORD_COLUMNS} columns (wide characters count 2) and at most {KEYWORD_WORDS} words."
        yield FieldError(field, rule, f"Shorten {text!r}.")
    if forbidden := sorted(KEYWORD_FORBIDDEN.intersection(text)):
        rule = f"{' '.join(forbidden)} cannot stand in a keyword."
        yield FieldError(field, rule, "Leave the characters out; the match type has a field of its own.")


def _amount(field: str, money: Money, *, unit: Decimal, within: tuple[Decimal, Decimal]) -> Iterator[FieldError]:
    least, most = (Money(limit, money.currency) for limit in within)
    if money < least:
        yield FieldError(field, f"{money} is below the least, {least.plain()}.", "Raise it.")
    elif most < money:
        yield FieldError(field, f"{money} is more than {most.plain()}, the most that is sent.", "Lower it.")
    elif money.amount % unit:
        rule = f"{money.plain()} is no multiple of {Money(unit, money.currency)}."
        yield FieldError(field, rule, "Round it.")


def _creative_losses(creative: Creative, *, path: str) -> Iterator[Loss]:
    dropped = {
        "primary_text": creative.primary_text,
        "long_headline": creative.long_headline,
        "call_to_action": creative.call_to_action and creative.call_to_action.value,
        "brand_name": creative.brand_name,
        "images": ", ".join(image.file.filename for image in creative.images),
        "videos": ", ".join(video.file.filename if video.file else str(video.youtube_id) for video in creative.videos),
    }
    for name, before in dropped.items():
        if before:
            yield Loss(f"{path}.{name}", LossKind.DROPPED, before, "")


def _targeting_losses(targeting: Targeting, *, prefix: str) -> Iterator[Loss]:
    dropped = {
        "interests": ", ".join(interest.key for interest in targeting.interests),
        "audiences.include": ", ".join(targeting.audiences_include),
        "audiences.exclude": ", ".join(targeting.audiences_exclude),
    }
    for name, before in dropped.items():
        if before:
            yield Loss(f"{prefix}targeting.{name}", LossKind.DROPPED, before, "", is_targeting=True)
