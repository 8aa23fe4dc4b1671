"""The campaigns of a TikTok advertiser, whoever made them, manual or Smart+. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from adloom.core.errors import Rejected, Unavailable
from adloom.core.money import Money
from adloom.platforms.contract import ForeignCampaign
from adloom.platforms.tiktok import mapping, observing, paths, readback, shapes
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import BudgetType, Platform, RemoteStatus

_MODES: Mapping[str, BudgetType] = {
    "BUDGET_MODE_DAY": BudgetType.DAILY,
    "BUDGET_MODE_DYNAMIC_DAILY_BUDGET": BudgetType.DAILY,
    "BUDGET_MODE_TOTAL": BudgetType.LIFETIME,
}
_BELOW = "Its budget is set by its ad groups."


def campaigns(client: Client, *, currency: str) -> Iterator[ForeignCampaign]:
    """Every campaign of the advertiser (`/campaign/get/`, then `/smart_plus/campaign/get/`), each once.

    Where an account's API has no Smart+, TikTok refuses its list, and there is none to list.
    """
    seen: set[str] = set()
    for row in [*_rows(client), *_smart_plus(client)]:
        if not (platform_id := shapes.an_id(row.get("campaign_id"))):
            raise Unavailable("TikTok named no id of a campaign.", platform=Platform.TIKTOK_ADS.value)
        if platform_id not in seen and not readback.is_deleted(row):
            seen.add(platform_id)
            yield of(row, currency=currency)


def identify(client: Client, *, currency: str, ids: Collection[str]) -> Iterator[ForeignCampaign]:
    """These campaigns, manual or Smart+, deleted ones too (`filtering.campaign_ids`, `primary_status` STATUS_ALL)."""
    left = set(ids)
    for rows in (_rows, _smart_plus):
        for row in rows(client, ids=left) if left else ():
            if (platform_id := shapes.an_id(row.get("campaign_id"))) in left:
                left.remove(platform_id)
                found = of(row, currency=currency)
                yield replace(found, status=RemoteStatus.DELETED) if readback.is_deleted(row) else found


def of(row: Mapping[str, Any], *, currency: str) -> ForeignCampaign:
    """A campaign of a row; its ad groups have flights, so it starts when it was made. An unknown switch is on."""
    amount, type_ = mapping.number(row.get("budget")), _MODES.get(shapes.text(row.get("budget_mode")))
    has_budget = bool(amount) and type_ is not None
    return ForeignCampaign(
        platform_id=shapes.an_id(row.get("campaign_id")),
        name=shapes.text(row.get("campaign_name")),
        status=mapping.STATUSES.get(shapes.text(row.get("operation_status")), RemoteStatus.ACTIVE),
        delivery=mapping.delivery_state(row.get("secondary_status"), operation=row.get("operation_status")),
        words=shapes.text(row.get("secondary_status")) or shapes.text(row.get("operation_status")),
        kind=shapes.text(row.get("objective_type")),
        budget=Money(amount, currency) if amount and has_budget else None,
        budget_type=type_ if has_budget else None,
        note="" if has_budget else _BELOW,
        start=_made(row.get("create_time")),
        way=(paths.SMART_PLUS if observing.is_smart_plus(row) else paths.MANUAL).name,
    )


def _rows(
    client: Client, *, path: paths.Path = paths.MANUAL, ids: Collection[str] | None = None
) -> list[dict[str, Any]]:
    if ids is not None:
        return readback.by_ids(client, kind="campaign", path=path, platform_ids=sorted(ids))
    folder = path.folders["campaign"]
    return list(client.rows(f"{folder}/get", params={"advertiser_id": client.advertiser_id}))


def _smart_plus(client: Client, *, ids: Collection[str] | None = None) -> list[dict[str, Any]]:
    try:
        rows = _rows(client, path=paths.SMART_PLUS, ids=ids)
    except Rejected:
        return []
    return [{"campaign_automation_type": "UPGRADED_SMART_PLUS", **row} for row in rows]


def _made(value: object) -> datetime | None:
    """`create_time` is in UTC ("YYYY-MM-DD HH:MM:SS"; TikTok API for Business, campaign/get)."""
    try:
        return datetime.fromisoformat(shapes.text(value)).replace(tzinfo=UTC)
    except ValueError:
        return None
