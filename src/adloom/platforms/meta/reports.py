"""Meta's daily numbers per campaign, synchronously, page by page. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adloom.core.errors import Unavailable
from adloom.platforms import http
from adloom.platforms.facts import DailyFact
from adloom.platforms.meta import mapping
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import Account
from adloom.platforms.types import ConversionEvent, Platform

PAGE_SIZE = "500"

_FIELDS = "campaign_id,date_start,account_currency,impressions,inline_link_clicks,clicks,spend,actions,action_values"
#: Without it, deleted and archived campaigns are left out, and their spend with them.
_ALL_STATUSES = ["ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES"]


def daily(
    graph: Graph, *, account: Account, since: date, until: date, events: Mapping[str, ConversionEvent]
) -> Iterator[DailyFact]:
    """Every campaign's days, both ends included; raises Unavailable where a day comes twice."""
    params = {
        "level": "campaign",
        "time_increment": "1",
        "time_range": http.dumps({"since": since.isoformat(), "until": until.isoformat()}),
        "fields": _FIELDS,
        "filtering": http.dumps([{"field": "campaign.effective_status", "operator": "IN", "value": _ALL_STATUSES}]),
        "use_unified_attribution_setting": "true",
    }
    seen: set[tuple[str, date]] = set()
    for row in graph.rows(f"{graph.account}/insights", endpoint="insights", params=params, limit=PAGE_SIZE):
        fact = to_fact(row, account=account, event=events.get(str(row.get("campaign_id"))))
        key = (fact.platform_campaign_id, fact.date)
        if key in seen:
            raise Unavailable("Meta gave the same day twice; the report is not whole.", platform=Platform.FACEBOOK_ADS)
        seen.add(key)
        yield fact


def to_fact(row: Mapping[str, Any], *, account: Account, event: ConversionEvent | None) -> DailyFact:
    """One row of insights. Every number is a string; `spend` is in major units, unlike budgets; pure."""
    action = mapping.action_type(account, event)
    return DailyFact(
        platform_campaign_id=str(row["campaign_id"]),
        date=date.fromisoformat(row["date_start"]),
        impressions=int(row.get("impressions") or 0),
        clicks=int(row.get("inline_link_clicks") or 0),
        spend=Decimal(str(row.get("spend") or 0)),
        currency=str(row.get("account_currency") or account.currency),
        conversions=_picked(row.get("actions"), action=action),
        conversion_value=_picked(row.get("action_values"), action=action),
        platform_metrics={"clicks_all": int(row.get("clicks") or 0)},
    )


def _picked(actions: Any, *, action: str | None) -> Decimal | None:
    """The value of exactly one action type: 0 where it is missing, None where none is chosen."""
    if action is None:
        return None
    for entry in actions or ():
        if entry.get("action_type") == action:
            return Decimal(str(entry.get("value") or 0))
    return Decimal(0)
