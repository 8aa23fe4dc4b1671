"""Action lists of insights: which action types a conversion is counted under, and their values.

Meta counts one purchase under several overlapping types: they must never be summed.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

#: Custom event of the pixel to the action types under which it appears.
TYPES = {
    "PURCHASE": ("offsite_conversion.fb_pixel_purchase", "omni_purchase", "purchase"),
    "LEAD": ("offsite_conversion.fb_pixel_lead", "lead"),
    "COMPLETE_REGISTRATION": (
        "offsite_conversion.fb_pixel_complete_registration",
        "omni_complete_registration",
        "complete_registration",
    ),
    "ADD_TO_CART": ("offsite_conversion.fb_pixel_add_to_cart", "omni_add_to_cart", "add_to_cart"),
    "INITIATED_CHECKOUT": (
        "offsite_conversion.fb_pixel_initiate_checkout",
        "omni_initiated_checkout",
        "initiate_checkout",
    ),
    "ADD_PAYMENT_INFO": ("offsite_conversion.fb_pixel_add_payment_info", "add_payment_info"),
    "ADD_TO_WISHLIST": ("offsite_conversion.fb_pixel_add_to_wishlist", "add_to_wishlist"),
    "CONTENT_VIEW": ("offsite_conversion.fb_pixel_view_content", "omni_view_content", "view_content"),
    "SEARCH": ("offsite_conversion.fb_pixel_search", "omni_search", "search"),
    "OTHER": ("offsite_conversion.fb_pixel_custom",),
}

#: Attribution windows that still exist (7d_view and 28d_view are gone since 2026-01-12).
WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_ev", "1d_view", "default", "dda")


def types_of(event: str) -> tuple[str, ...]:
    """The action types of a custom event."""
    return TYPES.get(event, (f"offsite_conversion.fb_pixel_custom.{event.lower()}",))


def lists(
    *,
    link_clicks: int,
    video_views: int,
    conversions: dict[str, int],
    values: dict[str, Decimal],
    spend: Decimal,
    windows: Iterable[str],
) -> dict[str, Any]:
    """`actions`, `action_values` and what derives from them; a type that did not happen is absent, an empty
    list as well."""
    counted = {"link_click": link_clicks, "post_engagement": link_clicks, "page_engagement": link_clicks}
    counted["video_view"] = video_views
    worth: dict[str, Decimal] = {}
    for event, count in conversions.items():
        for type_ in types_of(event):
            counted[type_] = counted.get(type_, 0) + count
            worth[type_] = worth.get(type_, Decimal(0)) + values[event]
    purchases = {t: v for t, v in worth.items() if t.endswith("purchase")}
    roas = {t: f"{v / spend:.6f}" for t, v in purchases.items()} if spend else {}
    offsite = {t: n for t, n in counted.items() if t.startswith("offsite_conversion")}
    found = {
        "actions": _list(counted, windows),
        "action_values": _list(worth, windows),
        "conversions": _list(offsite, windows),
        "conversion_values": _list({t: worth[t] for t in offsite}, windows),
        "purchase_roas": _list({t: v for t, v in roas.items() if t == "omni_purchase"}, ()),
        "website_purchase_roas": _list({t: v for t, v in roas.items() if "offsite" in t}, ()),
    }
    cost = {t: f"{spend / n:.6f}" for t, n in counted.items() if n}
    found["cost_per_action_type"] = _list(cost, ())
    return {name: value for name, value in found.items() if value}


def _list(amounts: dict[str, Any], windows: Iterable[str]) -> list[dict[str, str]]:
    found = []
    for type_, amount in amounts.items():
        if amount:
            text = format(amount.normalize(), "f") if isinstance(amount, Decimal) else str(amount)
            found.append({"action_type": type_, "value": text} | _windows(text, windows))
    return found


def _windows(text: str, windows: Iterable[str]) -> dict[str, str]:
    """Everything is attributed to clicks within seven days."""
    return {window: text for window in windows if window in ("7d_click", "28d_click")}


def video(views: int) -> dict[str, Any]:
    """The video fields for a number of ThruPlays; empty without a video."""
    if not views:
        return {}
    shares = {"play": 300, "p25_watched": 180, "p50_watched": 120, "p75_watched": 90, "p95_watched": 70}
    shares |= {"p100_watched": 60, "thruplay_watched": 100}
    return {
        f"video_{name}_actions": [{"action_type": "video_view", "value": str(views * share // 100)}]
        for name, share in shares.items()
    }
