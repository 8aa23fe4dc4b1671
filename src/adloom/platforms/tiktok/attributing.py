"""By which rule TikTok counts conversions of an account: the windows of its ad groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.platforms import unreadable
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import Platform

#: After a click (CTA), after a view (VTA), after a view of six seconds (EVTA): `/adgroup/get/`.
_WINDOWS = {
    "click_attribution_window": "click",
    "view_attribution_window": "view",
    "engaged_view_attribution_window": "engaged view",
}
_DAYS = {"OFF": "no", "ONE_DAY": "1d", "SEVEN_DAYS": "7d", "FOURTEEN_DAYS": "14d", "TWENTY_EIGHT_DAYS": "28d"}


def attribution(client: Client) -> str | None:
    """The distinct windows of the account's ad groups, in an order of their own; None where none is told."""
    params = {"advertiser_id": client.advertiser_id, "fields": ["adgroup_id", *_WINDOWS]}
    groups = client.rows("adgroup/get", params=params)
    rows = unreadable.none_if_refused(groups, platform=Platform.TIKTOK_ADS, what="attribution")
    rules = {", ".join(_words(row)) for row in rows}
    return "; ".join(sorted(rules - {""})) or None


def _words(row: Mapping[str, Any]) -> Iterator[str]:
    for name, kind in _WINDOWS.items():
        if word := row.get(name):
            yield f"{_DAYS.get(str(word), str(word))} {kind}"
