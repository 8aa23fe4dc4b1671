"""By which rule Google counts conversions of an account: each action's windows and model."""

from __future__ import annotations

from adloom.platforms import unreadable
from adloom.platforms.google import shapes
from adloom.platforms.google.client import Client
from adloom.platforms.types import Platform

#: Only these actions are in `metrics.conversions` (Google Ads API fields, v26).
_ACTIONS = """SELECT conversion_action.id, conversion_action.click_through_lookback_window_days,
conversion_action.view_through_lookback_window_days, conversion_action.attribution_model_settings.attribution_model
FROM conversion_action
WHERE conversion_action.status = 'ENABLED' AND conversion_action.include_in_conversions_metric = TRUE"""


def attribution(client: Client) -> str | None:
    """The distinct rules of the actions that are counted, in an order of their own; None where none is, or is told."""
    rules = set()
    rows = unreadable.none_if_refused(client.search(_ACTIONS), platform=Platform.GOOGLE_ADS, what="attribution")
    for row in rows:
        action = shapes.part(row, "conversionAction")
        model = shapes.part(action, "attributionModelSettings").get("attributionModel")
        words = [
            f"{action[name]}d {kind}"
            for name, kind in (("clickThroughLookbackWindowDays", "click"), ("viewThroughLookbackWindowDays", "view"))
            if action.get(name) is not None
        ]
        rules.add(", ".join((*words, *((str(model),) if model else ()))))
    return "; ".join(sorted(rules - {""})) or None
