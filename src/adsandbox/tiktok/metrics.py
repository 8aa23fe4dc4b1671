"""Report metrics: each is a text made of one row's sums. Tables and pure functions.

Source: TikTok API for Business, "Basic reports". `total_complete_payment_rate` is, despite its name, the
value of payments. A quotient without a divisor is "0.00", a metric that cannot be told is "-". A pixel counts each
event by itself: only ad groups that are optimized for an event have any of it here.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from adsandbox.delivery import Totals

Metric = Callable[[Totals], str]


def _money(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def _count(read: Callable[[Totals], int]) -> Metric:
    return lambda totals: str(read(totals))


def _per(read: Callable[[Totals], Decimal | int], by: Callable[[Totals], Decimal | int], times: int = 1) -> Metric:
    def quotient(totals: Totals) -> str:
        divisor = Decimal(by(totals))
        return _money(Decimal(read(totals)) * times / divisor) if divisor else "0.00"

    return quotient


def _share(of: Callable[[Totals], int], percent: int) -> Metric:
    return lambda totals: str(of(totals) * percent // 100)


def _reach(totals: Totals) -> int:
    """People, fewer the more impressions there are: never additive."""
    return int(float(totals.impressions) ** 0.93)


def _views(totals: Totals) -> int:
    return totals.video_views


def _conversions(totals: Totals) -> int:
    return totals.conversions


METRICS: dict[str, Metric] = {
    "spend": lambda t: _money(t.spend),
    "billed_cost": lambda t: _money(t.spend),
    "impressions": _count(lambda t: t.impressions),
    "clicks": _count(lambda t: t.clicks),
    "ctr": _per(lambda t: t.clicks, lambda t: t.impressions, 100),
    "cpc": _per(lambda t: t.spend, lambda t: t.clicks),
    "cpm": _per(lambda t: t.spend, lambda t: t.impressions, 1000),
    "reach": _count(_reach),
    "frequency": _per(lambda t: t.impressions, _reach),
    "cost_per_1000_reached": _per(lambda t: t.spend, _reach, 1000),
    "conversion": _count(_conversions),
    "cost_per_conversion": _per(lambda t: t.spend, _conversions),
    "conversion_rate": _per(_conversions, lambda t: t.clicks, 100),
    "real_time_conversion": _count(_conversions),
    "result": _count(_conversions),
    "total_purchase_value": lambda t: "0.00",
    "video_play_actions": _count(_views),
    "video_watched_2s": _share(_views, 62),
    "video_watched_6s": _share(_views, 31),
    "engaged_view": _share(_views, 28),
    "video_views_p25": _share(_views, 44),
    "video_views_p50": _share(_views, 27),
    "video_views_p75": _share(_views, 17),
    "video_views_p100": _share(_views, 11),
    "currency": lambda t: t.currency,
}
#: A pixel's events: how often each happened, and what it was worth.
_COUNTS = {
    "SHOPPING": "complete_payment", "FORM": "form", "ON_WEB_REGISTER": "user_registration",
    "ON_WEB_CART": "web_event_add_to_cart", "ON_WEB_ORDER": "on_web_order", "INITIATE_ORDER": "initiate_checkout",
    "ADD_BILLING": "add_billing", "CONSULT": "online_consult", "DOWNLOAD_START": "download_start",
    "ON_WEB_DETAIL": "product_details_page_browse", "ON_WEB_SEARCH": "page_event_search",
    "ON_WEB_ADD_TO_WISHLIST": "on_web_add_to_wishlist", "ON_WEB_SUBSCRIBE": "on_web_subscribe",
}  # fmt: skip
_VALUES = {event: f"total_{name}_value" for event, name in _COUNTS.items()}
_VALUES["SHOPPING"] = "total_complete_payment_rate"
#: Metric -> the event whose conversions it is made of, and how; the spend is that of the whole row.
EVENT_METRICS: dict[str, tuple[str, Metric]] = {
    **{name: (event, _count(_conversions)) for event, name in _COUNTS.items()},
    **{name: (event, lambda t: _money(t.conversion_value)) for event, name in _VALUES.items()},
    "value_per_complete_payment": ("SHOPPING", _per(lambda t: t.conversion_value, _conversions)),
    "complete_payment_roas": ("SHOPPING", _per(lambda t: t.conversion_value, lambda t: t.spend)),
}
#: Metrics that are no numbers but tell about the object; which levels know them.
ATTRIBUTES = {
    "campaign_id": ("AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"),
    "campaign_name": ("AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"),
    "objective_type": ("AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"),
    "adgroup_id": ("AUCTION_ADGROUP", "AUCTION_AD"),
    "adgroup_name": ("AUCTION_ADGROUP", "AUCTION_AD"),
    "ad_id": ("AUCTION_AD",),
    "ad_name": ("AUCTION_AD",),
    "advertiser_id": ("AUCTION_ADVERTISER", "AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"),
}
#: Not told by the hour.
NOT_HOURLY = frozenset({"reach", "frequency", "cost_per_1000_reached"})

#: Column titles of a downloaded report, unless translation is switched off.
TITLES = {
    "campaign_id": "Campaign ID", "adgroup_id": "Ad group ID", "ad_id": "Ad ID",
    "advertiser_id": "Advertiser ID",
    "campaign_name": "Campaign name", "adgroup_name": "Ad group name", "ad_name": "Ad name",
    "stat_time_day": "By Day", "stat_time_hour": "By Hour", "spend": "Cost", "impressions": "Impressions",
    "clicks": "Clicks (destination)", "conversion": "Conversions", "reach": "Reach", "frequency": "Frequency",
    "ctr": "CTR (destination)", "cpc": "CPC (destination)", "cpm": "CPM", "currency": "Currency",
}  # fmt: skip
