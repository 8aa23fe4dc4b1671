"""Unified ads as hypothesis writes them: a plain ad for one platform, and a few of its parts made odd.

All parts odd at once would be refused nearly always, and prove little: each ad has a handful of odd parts, which are
mostly odd in ways that some platform takes. Sandbox ids that an ad names (pages, pixels, identities) come from the
sandbox's first line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from tests.platforms import any_media, any_values

from adloom.platforms.spec import MediaFile
from adloom.platforms.types import (
    ConversionEvent,
    Platform,
)

Json = dict[str, Any]

#: When the sandbox's clock begins: hours before Europe's clocks go back, a week before America's do.
NOW = datetime(2026, 10, 24, 21, 30, 17, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """An ad for one platform, with the files that it names and what is odd about its account.

    `currency` and `time_zone` are the account's; `without` are attributes of the account that nobody has filled in.
    """

    platform: Platform
    document: Json
    media: Mapping[str, MediaFile]
    currency: str = "USD"
    time_zone: str = "America/Los_Angeles"
    without: frozenset[str] = field(default_factory=frozenset)


@dataclass(slots=True)
class _Draft:
    """A case that grows."""

    platform: Platform
    document: Json
    media: dict[str, MediaFile]
    currency: str = "USD"
    time_zone: str = "America/Los_Angeles"
    without: frozenset[str] = frozenset()

    def uses(self, file: MediaFile) -> str:
        """The asset id of a file that the ad names from now on."""
        self.media[file.asset_id] = file
        return file.asset_id

    def of(self, name: str) -> Json:
        """A part of the document, made where it is missing."""
        part: Json = self.document.setdefault(name, {})
        return part


def plain(platform: Platform, *, account: str) -> Json:
    """An ad that the platform takes without a loss that matters."""
    block: Json = {"account": account}
    return {
        "schema_version": 1,
        "name": "Spring sale",
        "objective": "TRAFFIC",
        "platforms": {platform.value: block},
        "creative": {
            "headlines": ["Spring sale", "Run faster", "Free shipping"],
            "descriptions": ["Save 20% on all shoes.", "Order today, ships today."],
            "primary_text": "Spring sale: 20% off all shoes",
            "call_to_action": "SHOP_NOW",
            "landing_url": "https://shop.example.com/spring",
        },
        "targeting": {
            "locations": [{"type": "COUNTRY", "country": "US"}],
            "keywords": [{"text": "running shoes", "match": "PHRASE"}],
        },
        "budget": {"type": "DAILY", "amount": {"value": "500.00", "currency": "USD"}},
        "schedule": {"end": "2026-12-31T23:59:59"},
        "declarations": {"eu_political": False, "special_categories": [], "ai_generated": False},
    }


@st.composite
def _bidding(draw: st.DrawFn, draft: _Draft) -> Json:
    strategy = draw(st.sampled_from([*any_values.BIDS, "BID_CAP"]))
    if any_values.BIDS.get(strategy):
        draft.document["conversion"] = {"event": "PURCHASE"}
        draft.document["objective"] = draw(st.sampled_from(["CONVERSIONS", "CONVERSIONS", "LEADS", "TRAFFIC"]))
    if strategy == "TARGET_ROAS":
        return {"strategy": strategy, "target": draw(st.sampled_from(["0.01", "3.5", "3.14159", "1000", "1001"]))}
    if strategy in ("TARGET_CPA", "BID_CAP"):
        return {
            "strategy": strategy,
            "target": draw(st.one_of(any_values.amount(draft.currency, dollars=(1, 40)), any_values.TIGHT)),
        }
    return {"strategy": strategy}


# what can be odd


@st.composite
def _odd_words(draw: st.DrawFn, draft: _Draft) -> None:
    draft.of("creative").update(draw(any_values.some(any_values.words())))


@st.composite
def _odd_own_words(draw: st.DrawFn, draft: _Draft) -> None:
    draft.document["platforms"][draft.platform.value]["creative"] = draw(any_values.some(any_values.own_words()))


@st.composite
def _odd_people(draw: st.DrawFn, draft: _Draft) -> None:
    name = draw(st.sampled_from(sorted(any_values.PEOPLE)))
    draft.of("targeting")[name] = draw(any_values.PEOPLE[name])


@st.composite
def _odd_audiences(draw: st.DrawFn, draft: _Draft) -> None:
    chosen = {
        draft.platform.value: draw(
            st.lists(st.sampled_from(any_values.AUDIENCES[draft.platform]), max_size=2, unique=True)
        )
    }
    draft.of("targeting")["audiences"] = {draw(st.sampled_from(["include", "exclude"])): chosen}


@st.composite
def _odd_groups(draw: st.DrawFn, draft: _Draft) -> None:
    names = st.lists(any_values.NAMES, min_size=1, max_size=3, unique_by=str.casefold)
    draft.document["ad_groups"] = [
        {
            "name": group,
            "ads": [{"name": ad, "creative": _different(draw, number)} for number, ad in enumerate(draw(names))],
        }
        for group in draw(names)
    ]
    if draw(st.booleans()):
        group = draft.document["ad_groups"][-1]
        group["targeting"] = draw(
            any_values.some({name: any_values.PEOPLE[name] for name in ("age", "genders", "keywords", "locations")})
        )


def _different(draw: st.DrawFn, number: int) -> Json:
    """What makes an ad another one than its neighbours."""
    own = draw(st.fixed_dictionaries({}, optional=any_values.words())) if draw(st.booleans()) else {}
    return {"headlines": [f"Offer {number}", "Run faster", "Free shipping"], "primary_text": f"Offer {number}", **own}


@st.composite
def _odd_money(draw: st.DrawFn, draft: _Draft) -> None:
    draft.currency = draw(st.sampled_from(sorted(any_values.PER_DOLLAR)))
    amount = draw(
        st.one_of(
            any_values.amount(draft.currency, dollars=(60, 5000)), any_values.amount(draft.currency), any_values.TIGHT
        )
    )
    draft.of("budget")["amount"] = {"value": amount, "currency": draft.currency}


@st.composite
def _odd_bidding(draw: st.DrawFn, draft: _Draft) -> None:
    draft.of("budget")["bidding"] = draw(_bidding(draft))


@st.composite
def _odd_budget_type(draw: st.DrawFn, draft: _Draft) -> None:
    draft.of("budget")["type"] = "LIFETIME"
    scale = any_values.PER_DOLLAR[draft.currency]
    draft.of("budget")["amount"] = {"value": str(draw(st.integers(2_000, 90_000)) * scale), "currency": draft.currency}


@st.composite
def _odd_purpose(draw: st.DrawFn, draft: _Draft) -> None:
    objective = draw(st.sampled_from(["CONVERSIONS", "AWARENESS", "VIDEO_VIEWS", "LEADS", "TRAFFIC"]))
    draft.document["objective"] = objective
    event = draw(st.sampled_from([event.value for event in ConversionEvent]))
    if objective in ("CONVERSIONS", "LEADS") or draw(st.booleans()):
        draft.document["conversion"] = draw(st.sampled_from([{"event": event}, {"event": event, "value": "9.90"}]))


@st.composite
def _odd_flight(draw: st.DrawFn, draft: _Draft) -> None:
    optional = {"start": any_values.MOMENTS, "end": any_values.MOMENTS, "time_zone": st.sampled_from(any_values.ZONES)}
    draft.document["schedule"] = draw(st.fixed_dictionaries({}, optional=optional))
    draft.time_zone = draw(st.sampled_from(any_values.ZONES))


@st.composite
def _odd_hours(draw: st.DrawFn, draft: _Draft) -> None:
    draft.of("schedule")["dayparting"] = draw(st.lists(any_values.WINDOW, min_size=1, max_size=3))


@st.composite
def _odd_tracking(draw: st.DrawFn, draft: _Draft) -> None:
    draft.document["tracking"] = {"params": draw(any_values.PARAMETERS)}


@st.composite
def _odd_declarations(draw: st.DrawFn, draft: _Draft) -> None:
    said = {
        "eu_political": st.sampled_from([None, True, False]),
        "special_categories": st.sampled_from([None, [], ["HOUSING"], ["EMPLOYMENT", "CREDIT"], ["NOTHING"]]),
        "special_category_countries": st.sampled_from([[], ["US"], ["US", "DE"]]),
        "dsa": st.sampled_from([{}, {"beneficiary": "Acme"}, {"beneficiary": "Acme GmbH", "payor": "広告主"}]),
        "ai_generated": st.sampled_from([None, True, False]),
    }
    draft.of("declarations").update(draw(any_values.some(said)))


@st.composite
def _odd_images(draw: st.DrawFn, draft: _Draft) -> None:
    roles = draw(st.lists(st.sampled_from(sorted(any_media.GOOD_IMAGES)), max_size=4, unique=True))
    images = [{"asset": draft.uses(draw(any_media.pictures(role))), "role": role} for role in roles]
    _shown(draw, draft)["images"] = images


@st.composite
def _odd_films(draw: st.DrawFn, draft: _Draft) -> None:
    films = []
    for drawn in draw(st.lists(any_media.films(), max_size=2, unique_by=lambda file: file.asset_id)):
        film: Json = {"asset": draft.uses(drawn)}
        if draw(st.booleans()):
            film["cover"] = draft.uses(any_media.cover_of(drawn))
        films.append(film)
    if draw(st.booleans()):
        films.append({"youtube_id": "abc_EFG-ij1"})
    _shown(draw, draft)["videos"] = films


def _shown(draw: st.DrawFn, draft: _Draft) -> Json:
    """Where files go: the shared creative, or the platform's own."""
    block: Json = draft.document["platforms"][draft.platform.value]
    own: Json = block.setdefault("creative", {})
    return draw(st.sampled_from([draft.of("creative"), own]))


@st.composite
def _odd_account(draw: st.DrawFn, draft: _Draft) -> None:
    draft.without = frozenset([draw(st.sampled_from(["page_id", "pixel_id", "identity_id", "instagram_user_id"]))])


@st.composite
def _odd_status(draw: st.DrawFn, draft: _Draft) -> None:
    draft.document["desired_status"] = draw(st.sampled_from(["ACTIVE", "PAUSED"]))


@st.composite
def _odd_names(draw: st.DrawFn, draft: _Draft) -> None:
    draft.document["name"] = draw(any_values.texts(100))


#: Money before bids and totals, which are worth something in its currency.
_ODD = (
    _odd_money, _odd_purpose, _odd_budget_type, _odd_bidding, _odd_groups, _odd_words, _odd_own_words, _odd_people,
    _odd_audiences, _odd_flight, _odd_hours, _odd_tracking, _odd_declarations, _odd_images, _odd_films, _odd_account,
    _odd_status, _odd_names,
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn, platform: Platform, *, account: str) -> Case:
    """Any ad for this platform on this account."""
    draft = _Draft(platform, plain(platform, account=account), {})
    _dress(draft)
    if platform is Platform.GOOGLE_ADS and draw(st.booleans()):
        _display(draft)
    chosen = draw(st.lists(st.integers(0, len(_ODD) - 1), max_size=6, unique=True))
    for number in sorted(chosen):
        draw(_ODD[number](draft))
    return Case(draft.platform, draft.document, draft.media, draft.currency, draft.time_zone, draft.without)


def _dress(draft: _Draft) -> None:
    """Gives a feed's ad a picture and a film with its cover."""
    if draft.platform not in (Platform.FACEBOOK_ADS, Platform.TIKTOK_ADS):
        return
    film = any_media.film(720, 1280)
    draft.of("creative")["images"] = [{"asset": draft.uses(any_media.picture(1080, 1080)), "role": "SQUARE"}]
    cover = draft.uses(any_media.cover_of(film))
    draft.of("creative")["videos"] = [{"asset": draft.uses(film), "cover": cover}]


def _display(draft: _Draft) -> None:
    """Makes a search ad one for Google's display network."""
    draft.document["platforms"]["google_ads"]["channel"] = "DISPLAY"
    draft.of("creative").update({"long_headline": "Everything for runners, 20% off", "brand_name": "Acme"})
    sides = (("LANDSCAPE", 1200, 628), ("SQUARE", 1080, 1080))
    draft.of("creative")["images"] = [
        {"asset": draft.uses(any_media.picture(width, height)), "role": role} for role, width, height in sides
    ]
    del draft.of("targeting")["keywords"]
