"""What an ad says, to whom, for how much and when, as lists of facts with their limits beside them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from babel import Locale

from adloom.ads import text
from adloom.ads.creative import CreativeFields
from adloom.ads.flight import Bidding, Budget, Daypart
from adloom.ads.targeting import Audiences, Keyword, Location, Targeting
from adloom.ads.unified import UnifiedAd
from adloom.core.money import currency_digits, plain
from adloom.platforms.types import BidStrategy, Gender, LocationIntent, LocationType, Platform
from adloom.reports import words as figures
from adloom.web import words

# The shared creative's limits, which all four platforms take unchanged (`ads.creative`); overrides have none here.
_HEADLINE, _LONG_HEADLINE, _DESCRIPTION, _PRIMARY, _BRAND, _PATH = 30, 90, 90, 100, 25, 15


@dataclass(frozen=True, slots=True)
class Text:
    """Something that people will read; `count` is its width beside its limit."""

    text: str
    count: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of one kind."""

    label: str
    entries: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its values, one per line."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """An ad's own words and settings."""

    texts: tuple[Texts, ...]
    reach: tuple[Fact, ...]
    terms: tuple[Fact, ...]


def content(ad: UnifiedAd) -> Content:
    """Everything that was written, in the order in which people look for it."""
    return Content(
        texts=tuple(_texts(ad)),
        reach=tuple(fact for fact in _reach(ad.targeting) if fact.values),
        terms=tuple(fact for fact in _terms(ad) if fact.values),
    )


def _texts(ad: UnifiedAd) -> Iterator[Texts]:
    yield from _creative(ad.creative, has_limits=True, where="")
    for group in ad.ad_groups or ():
        for item in group.ads:
            yield from _creative(item.creative, has_limits=True, where=f", {group.name} / {item.name}")
    for platform, block in ad.platforms.chosen().items():
        yield from _creative(block.creative, has_limits=False, where=f", only on {figures.NAMES[platform]}")


def _creative(fields: CreativeFields, *, has_limits: bool, where: str) -> Iterator[Texts]:
    rows: tuple[tuple[str, tuple[str, ...], int], ...] = (
        ("Headlines", fields.headlines or (), _HEADLINE),
        ("Long headline", _one(fields.long_headline), _LONG_HEADLINE),
        ("Descriptions", fields.descriptions or (), _DESCRIPTION),
        ("Primary text", _one(fields.primary_text), _PRIMARY),
        ("Brand", _one(fields.brand_name), _BRAND),
        ("Paths shown", fields.display_paths or (), _PATH),
        ("Landing page", _one(fields.landing_url), 0),
        ("Button", _one(words.words(fields.call_to_action) if fields.call_to_action else None), 0),
    )
    for label, values, limit in rows:
        if values:
            shown_limit = limit if has_limits else 0
            yield Texts(f"{label}{where}", tuple(_counted(value, limit=shown_limit) for value in values))


def _counted(value: str, *, limit: int) -> Text:
    return Text(value, f"{text.display_width(value)} / {limit}" if limit else "")


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _reach(targeting: Targeting) -> Iterator[Fact]:
    places = targeting.locations or ()
    locale = Locale("en")
    yield Fact("Places", tuple(_place(place) for place in places if not place.exclude))
    yield Fact("But not", tuple(_place(place) for place in places if place.exclude))
    if targeting.location_intent is LocationIntent.PRESENCE_OR_INTEREST:
        yield Fact("People", ("who are there, or are interested in the place",))
    yield Fact("Languages", _joined(str(locale.languages.get(code, code)) for code in targeting.languages or ()))
    if targeting.age is not None:
        yield Fact("Age", (f"{targeting.age.min} and over" if targeting.age.max is None else _range(targeting),))
    chosen = [gender for gender in targeting.genders or () if gender is not Gender.ANY]
    yield Fact("Gender", _joined(words.words(gender) for gender in chosen) or ("Any",))
    yield Fact("Devices", _joined(words.words(device) for device in targeting.devices or ()) or ("All",))
    yield Fact("Interests", tuple(interest.key for interest in targeting.interests or ()))
    yield Fact("Keywords", tuple(_keyword(keyword) for keyword in targeting.keywords or ()))
    yield Fact("Negative keywords", tuple(_keyword(keyword) for keyword in targeting.negative_keywords or ()))
    if targeting.audiences is not None:
        yield from _audiences(targeting.audiences)


def _range(targeting: Targeting) -> str:
    return f"{targeting.age.min} to {targeting.age.max}" if targeting.age else ""


def _audiences(audiences: Audiences) -> Iterator[Fact]:
    for label, ids in (("Audiences", audiences.include), ("Not these audiences", audiences.exclude)):
        named = [f"{figures.NAMES[p]}: {', '.join(found)}" for p in Platform if (found := getattr(ids, p.value))]
        yield Fact(label, tuple(named))


def _place(place: Location) -> str:
    country = str(Locale("en").territories.get(place.country or "", place.country or ""))
    match place.type:
        case LocationType.COUNTRY:
            return country
        case LocationType.RADIUS:
            return f"{place.radius_km} km around {place.lat}, {place.lon}"
        case _:
            return ", ".join(part for part in (place.name or place.code, country) if part)


def _keyword(keyword: Keyword) -> str:
    return f"{keyword.text} ({keyword.match.lower()})"


def _terms(ad: UnifiedAd) -> Iterator[Fact]:
    yield Fact("Objective", (words.words(ad.objective),))
    if ad.conversion is not None:
        yield Fact("A conversion is", (words.words(ad.conversion.event),))
    yield Fact("Budget on each platform", (_budget(ad.budget),))
    own = {platform: block.budget for platform, block in ad.platforms.chosen().items() if block.budget}
    yield Fact("But", tuple(f"{figures.NAMES[platform]}: {_budget(budget)}" for platform, budget in own.items()))
    yield Fact("Bidding", _one(_bidding(ad.budget.bidding, ad.budget.amount.currency)))
    yield Fact("Starts", (_moment(ad.schedule.start) or "when it is deployed",))
    yield Fact("Ends", (_moment(ad.schedule.end) or "when it is paused or deleted",))
    yield Fact("Time zone", _one(ad.schedule.time_zone))
    yield Fact("Hours", tuple(_hours(window) for window in ad.schedule.dayparting))
    yield Fact("Tracking", tuple(f"{name}={value}" for name, value in ad.tracking.params.items()))
    yield Fact("Once deployed", ("delivers at once" if ad.desired_status == "ACTIVE" else "waits, paused",))


def _budget(budget: Budget) -> str:
    written = figures.money(budget.amount.value, budget.amount.currency)
    return f"{written} {'a day' if budget.type == 'DAILY' else 'in all'}"


def _bidding(bidding: Bidding | None, currency: str) -> str | None:
    if bidding is None:
        return None
    name = words.words(bidding.strategy)
    if bidding.target is None:
        return name
    if bidding.strategy is BidStrategy.TARGET_ROAS:
        return f"{name} of {plain(bidding.target)}"
    return f"{name} of {plain(bidding.target, digits=currency_digits(currency))} {currency}"


def _hours(window: Daypart) -> str:
    return f"{', '.join(words.words(day) for day in window.days)} {window.start}–{window.end}"


def _moment(value: str | None) -> str | None:
    return None if value is None else value.replace("T", ", ")


def _joined(values: Iterator[str]) -> tuple[str, ...]:
    text_ = ", ".join(values)
    return (text_,) if text_ else ()
