"""The learning phase of ad sets: `learning_stage_info`.

About 50 results within seven days of the last significant edit end it; without them an ad set is "learning limited"
(FAIL). Source: Meta Business Help, "About the learning phase"; the field's shape is the SDK's 26.0.3.
"""

from datetime import datetime, timedelta
from typing import Any

from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity

WEEK = timedelta(days=7)
ENOUGH = 50
#: Fields of an ad set whose change begins the phase anew.
SIGNIFICANT = frozenset(
    {
        "targeting",
        "optimization_goal",
        "bid_strategy",
        "bid_amount",
        "bid_constraints",
        "daily_budget",
        "lifetime_budget",
    }
)


def begin(graph: Graph, adset: Entity) -> None:
    """A significant edit: a new ad set or ad, another creative, or a change of `SIGNIFICANT`."""
    adset.private["edited_at"] = graph.now


def info(graph: Graph, adset: Entity) -> dict[str, Any] | None:
    """How far an ad set is; None before it was ever shown."""
    since: datetime = adset.private.get("edited_at", adset.created_at)
    rows = [
        row
        for row in graph.world.delivery.rows(NAME, account_id=adset.account_id)
        if row.line.group_id == adset.id and since <= row.at < since + WEEK
    ]
    if not rows:
        return None
    counts_conversions = adset.fields.get("optimization_goal") in ("OFFSITE_CONVERSIONS", "VALUE", "LEAD_GENERATION")
    results = sum(
        sum(one.count for one in row.conversions if one.known_at <= graph.now) if counts_conversions else row.clicks
        for row in rows
    )
    status = "SUCCESS" if results >= ENOUGH else ("FAIL" if graph.now >= since + WEEK else "LEARNING")
    return {
        "status": status,
        "conversions": results,
        "last_sig_edit_ts": int(since.timestamp()),
        "attribution_windows": ["1d_view", "7d_click"],
    }
