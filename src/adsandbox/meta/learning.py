"""The learning phase of ad sets: `learning_stage_info`.

About 50 results within seven days of the last significant edit end it; without them an ad set is "learning limited"
(FAIL). Source: Meta Business Help, "About the learning phase"; the field's shape is the SDK's 26.0.3.
"""

from datetime import datetime
from typing import Any

from adsandbox import learning as phases
from adsandbox.learning import Asked, Stage
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity

_WORDS = {Stage.LEARNING: "LEARNING", Stage.LEARNED: "SUCCESS", Stage.LIMITED: "FAIL"}
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
    counts_conversions = adset.fields.get("optimization_goal") in ("OFFSITE_CONVERSIONS", "VALUE", "LEAD_GENERATION")
    asked = Asked(NAME, since, lambda row: row.line.group_id == adset.id, by_clicks=not counts_conversions)
    found = phases.of(graph.world, asked)
    if not found.shown:
        return None
    return {
        "status": _WORDS[found.stage],
        "conversions": found.results,
        "last_sig_edit_ts": int(since.timestamp()),
        "attribution_windows": ["1d_view", "7d_click"],
    }
