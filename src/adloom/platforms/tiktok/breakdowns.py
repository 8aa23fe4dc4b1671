"""TikTok's numbers taken apart: conversions by the pixel's events, and days by whom they reached. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from adloom.core.errors import Invalid
from adloom.platforms.facts import AudienceFact, ConversionFact, Dimension
from adloom.platforms.spec import Account
from adloom.platforms.tiktok import reports, shapes
from adloom.platforms.tiktok.client import Client

#: A pixel's events by the metric that counts each: what people see, and the metric of what it was worth. They are
#: distinct (TikTok API for Business, "Page events"); app and in-app events have metrics of their own.
ACTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "complete_payment": ("Complete payment", reports.PURCHASE_VALUE),
        "on_web_order": ("Place an order", "total_on_web_order_value"),
        "initiate_checkout": ("Initiate checkout", "total_initiate_checkout_value"),
        "add_billing": ("Add payment info", "total_add_billing_value"),
        "web_event_add_to_cart": ("Add to cart", "total_web_event_add_to_cart_value"),
        "on_web_add_to_wishlist": ("Add to wishlist", "total_on_web_add_to_wishlist_value"),
        "user_registration": ("Complete registration", "total_user_registration_value"),
        "form": ("Submit form", "total_form_value"),
        "online_consult": ("Contact", "total_online_consult_value"),
        "on_web_subscribe": ("Subscribe", "total_on_web_subscribe_value"),
        "download_start": ("Download", "total_download_start_value"),
        "product_details_page_browse": ("View content", "total_product_details_page_browse_value"),
        "page_event_search": ("Search", "total_page_event_search_value"),
    }
)

#: By what an audience report can split.
AUDIENCES: Mapping[Dimension, str] = MappingProxyType(
    {
        Dimension.AGE: "age",
        Dimension.GENDER: "gender",
        Dimension.DEVICE: "platform",
        Dimension.COUNTRY: "country_code",
    }
)

UNKNOWN = "UNKNOWN"
_DEVICES = {"ANDROID": "MOBILE", "IPHONE": "MOBILE", "IOS": "MOBILE", "IPAD": "TABLET", "PC": "DESKTOP"}
_NOBODY = ("", "-", "NONE", "UNKNOWN", "UNSET")
_METRICS = ("spend", "impressions", "clicks", "conversion")

_Key = tuple[str, date, str]


def conversions(client: Client, *, account: Account, since: date, until: date) -> Iterator[ConversionFact]:
    """Every campaign's days by event of its pixel; a value of 0 is one that nobody told, so None."""
    metrics = [name for action, (_, value) in ACTIONS.items() for name in (action, value)]
    rows = reports.rows_of(client, since=since, until=until, by=reports.DAY, metrics=metrics)
    facts = (fact for row in rows for fact in _actions(row, account=account))
    yield from reports.once(facts, by=lambda fact: (fact.platform_campaign_id, fact.date, fact.action))


def audience(
    client: Client, *, account: Account, since: date, until: date, dimension: Dimension
) -> Iterator[AudienceFact]:
    """Every campaign's days by one dimension; raises Invalid for one that TikTok cannot split by.

    Several of TikTok's values may be one of ours (ANDROID and IPHONE), so a whole range is added up first.
    """
    if dimension not in AUDIENCES:
        raise Invalid.field("dimension", f"TikTok does not split by {dimension}.", f"Use {', '.join(AUDIENCES)}.")
    name, seen = AUDIENCES[dimension], set()
    sums: dict[_Key, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(_METRICS))
    rows = reports.rows_of(client, since=since, until=until, by=reports.DAY, metrics=_METRICS, audience=name)
    for row in rows:
        word = shapes.text(shapes.an_object(row.get("dimensions")).get(name))
        at = reports.campaign_of(row), reports.moment(row, by=reports.DAY).date()
        if (*at, word) in seen:
            raise reports.broken("gave the same row twice")
        seen.add((*at, word))
        counts = (Decimal(reports.count(row, each)) for each in ("impressions", "clicks"))
        numbers = [reports.spend_of(row), *counts, reports.metric(row, "conversion") or Decimal(0)]
        key = (*at, value_of(word, dimension=dimension))
        sums[key] = [one + more for one, more in zip(sums[key], numbers, strict=True)]
    yield from (
        _fact(key, numbers, account=account, dimension=dimension) for key, numbers in sums.items() if any(numbers)
    )


def value_of(word: str, *, dimension: Dimension) -> str:
    """TikTok's word for a part of an audience, as `facts.AudienceFact` wants it; an unknown word stays; pure."""
    plain = word.strip().upper().removeprefix("GENDER_").removeprefix("AGE_")
    if plain in _NOBODY:
        return UNKNOWN
    if dimension is Dimension.AGE:
        low, _, high = plain.partition("_")
        return word if not high else f"{low}+" if high == "100" else f"{low}-{high}"
    if dimension is Dimension.DEVICE:
        return _DEVICES.get(plain, word)
    return plain


def _actions(row: Mapping[str, Any], *, account: Account) -> Iterator[ConversionFact]:
    for action, (name, value) in ACTIONS.items():
        number = reports.metric(row, action)
        if not number:
            continue
        yield ConversionFact(
            platform_campaign_id=reports.campaign_of(row),
            date=reports.moment(row, by=reports.DAY).date(),
            action=action,
            name=name,
            conversions=number,
            currency=account.currency,
            conversion_value=reports.metric(row, value) or None,
        )


def _fact(key: _Key, numbers: list[Decimal], *, account: Account, dimension: Dimension) -> AudienceFact:
    """Conversions of 0 may be those of a campaign without an event, which nobody counted: then None."""
    campaign_id, day, value = key
    spend, impressions, clicks, converted = numbers
    return AudienceFact(
        platform_campaign_id=campaign_id,
        date=day,
        dimension=dimension,
        value=value,
        impressions=int(impressions),
        clicks=int(clicks),
        currency=account.currency,
        spend=spend,
        conversions=converted or None,
    )
