"""Meta's rules about budgets and bids of a campaign or an ad set: one level, one kind, not too small."""

import math
from datetime import datetime
from typing import Any

from adsandbox.meta import errors, money

LEVELS = ("daily_budget", "lifetime_budget")
#: Amounts that are read back as text.
AMOUNTS = (
    *LEVELS, "spend_cap", "daily_min_spend_target", "daily_spend_cap", "lifetime_min_spend_target",
    "lifetime_spend_cap",
)  # fmt: skip
_NEEDS_BID = ("COST_CAP", "LOWEST_COST_WITH_BID_CAP")


def given(fields: dict[str, Any]) -> bool:
    """Whether an object carries a budget of its own."""
    return any(int(fields.get(name) or 0) > 0 for name in LEVELS)


def one_kind(fields: dict[str, Any]) -> None:
    """Refuse a daily and a lifetime budget together."""
    if all(int(fields.get(name) or 0) > 0 for name in LEVELS):
        raise errors.invalid(
            "You can only set a daily budget or a lifetime budget, not both.",
            field="lifetime_budget",
            title="Can't set both daily and lifetime budget",
        )


def same_kind(before: dict[str, Any], changes: dict[str, Any]) -> None:
    """Refuse to change from a daily to a lifetime budget, or back."""
    for name, other in (LEVELS, LEVELS[::-1]):
        if int(changes.get(name) or 0) > 0 and int(before.get(other) or 0) > 0:
            raise errors.invalid(
                f"The budget type cannot be changed from {other} to {name}.",
                field=name,
                title="Budget type cannot be changed",
            )


def large_enough(fields: dict[str, Any], *, currency: str, billing: str, start: datetime, end: datetime | None) -> None:
    """Refuse a budget below the minimum of `minimum_budgets` (a lifetime budget: times its days)."""
    daily = int(fields.get("daily_budget") or 0)
    total = int(fields.get("lifetime_budget") or 0)
    kind = {"IMPRESSIONS": "imp", "THRUPLAY": "video_views", "LINK_CLICKS": "high_freq"}.get(billing, "high_freq")
    least = money.minimum(currency, kind)
    if total and end is not None:
        least *= max(1, math.ceil((end - start).total_seconds() / 86400))
    if (daily or total) < least:
        raise errors.invalid(
            f"Your budget must be at least {money.text(least, currency)}.",
            field="daily_budget" if daily else "lifetime_budget",
            title="Budget Is Too Low",
            subcode=1885272,
        )


def lifetime_ends(fields: dict[str, Any], end: datetime | None, field: str = "end_time") -> None:
    """Refuse a lifetime budget without an end."""
    if int(fields.get("lifetime_budget") or 0) and end is None:
        raise errors.invalid(
            "An ad set with a lifetime budget needs an end time.", field=field, title="End time is missing"
        )


def bid(fields: dict[str, Any], strategy: str) -> None:
    """Refuse a strategy without its bid, or a bid without a strategy that uses one."""
    amount, floor = fields.get("bid_amount"), fields.get("bid_constraints")
    if strategy in _NEEDS_BID and amount is None:
        raise errors.invalid(
            f"You must provide a bid cap or target cost in bid_amount field. For {strategy}, bid_amount is required.",
            field="bid_amount",
            title="Bid Amount Or Bid Constraints Required For Bid Strategy",
            subcode=2490487,
        )
    if strategy == "LOWEST_COST_WITH_MIN_ROAS" and floor is None:
        raise errors.invalid(
            "You must provide bid_constraints with roas_average_floor for this bid strategy.",
            field="bid_constraints",
            title="Bid Amount Or Bid Constraints Required For Bid Strategy",
            subcode=2490487,
        )
    if strategy == "LOWEST_COST_WITHOUT_CAP" and amount is not None:
        raise errors.invalid(
            "bid_amount cannot be used with the bid strategy LOWEST_COST_WITHOUT_CAP.", field="bid_amount"
        )
    if floor is not None and strategy != "LOWEST_COST_WITH_MIN_ROAS":
        raise errors.invalid(
            "bid_constraints need the bid strategy LOWEST_COST_WITH_MIN_ROAS.", field="bid_constraints"
        )
