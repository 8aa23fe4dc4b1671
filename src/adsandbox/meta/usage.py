"""How much of the hourly allowance is used: counts per ad account, and Meta's usage headers.

Source: Marketing API, Rate Limiting (read 2026-08).
"""

import json
from datetime import timedelta

from adsandbox.meta.call import VERSION
from adsandbox.meta.graph import NAME, Graph

_HOUR = timedelta(hours=1)
#: Calls per hour and account before active ads add 40 each.
_ALLOWED = {"standard_access": 100_000, "development_access": 300}


def count(graph: Graph, account: str, *, tier: str) -> float:
    """Count a call on an account; the percentage of the allowance that is used, this call included."""
    calls = [at for at in graph.calls.get(account, ()) if at > graph.now - _HOUR] + [graph.now]
    graph.calls[account] = calls
    active = sum(1 for ad in graph.world.store.all(NAME, type_="ad") if ad.status == "ACTIVE")
    return 100 * len(calls) / (_ALLOWED[tier] + 40 * active)


def headers(
    account: str | None, used: float, *, tier: str, version: str = VERSION, insights: bool = False, wait: int = 0
) -> dict[str, str]:
    """The headers of every answer; `used` in percent, `wait` in minutes until calls are possible again."""
    percent = min(100, int(used))
    found = {
        "facebook-api-version": version,
        "x-fb-rev": "1029384756",
        "x-app-usage": json.dumps({"call_count": percent // 2, "total_time": percent // 3, "total_cputime": 0}),
    }
    if account is not None:
        digits = account.removeprefix("act_")
        case = {
            "type": "ads_insights" if insights else "ads_management",
            "call_count": percent,
            "total_cputime": percent // 4,
            "total_time": percent // 3,
            "estimated_time_to_regain_access": wait,
            "ads_api_access_tier": tier,
        }
        found["x-business-use-case-usage"] = json.dumps({digits: [case]})
        found["x-ad-account-usage"] = json.dumps(
            {
                "acc_id_util_pct": round(min(100.0, used), 2),
                "reset_time_duration": wait * 60,
                "ads_api_access_tier": tier,
            }
        )
    if insights:
        throttle = {"app_id_util_pct": percent / 2, "acc_id_util_pct": percent, "ads_api_access_tier": tier}
        found["x-fb-ads-insights-throttle"] = json.dumps(throttle)
    return found
