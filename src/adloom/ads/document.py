"""How a unified ad lies in the columns of its row, and comes back out of them. Pure.

Targeting (shared, and each group's under `ad_groups`), budget (shared, and each platform's under `platforms`)
and schedule have columns of their own; everything else is `unified_data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adloom.ads import unified
from adloom.ads.unified import UnifiedAd

Json = dict[str, Any]


#: What its platform tells of a campaign that others made stands beside the unified fields, under this name.
IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Columns:
    """What the row of an ad holds, beside its owner, its client and its dates."""

    name: str
    unified_data: Json
    targeting_data: Json
    budget_data: Json
    schedule_data: Json


def split(ad: UnifiedAd) -> Columns:
    """The ad as its row holds it. The client is left out: the row names it by id."""
    rest = unified.canonical(ad)
    rest.pop("client", None)
    groups = {group["name"]: group.pop("targeting") for group in rest.get("ad_groups", []) if "targeting" in group}
    blocks = rest["platforms"]
    budgets = {name: block.pop("budget") for name, block in blocks.items() if "budget" in block}
    return Columns(
        name=rest.pop("name"),
        targeting_data={**rest.pop("targeting", {}), **({"ad_groups": groups} if groups else {})},
        budget_data={**rest.pop("budget"), **({"platforms": budgets} if budgets else {})},
        schedule_data=rest.pop("schedule", {}),
        unified_data=rest,
    )


def join(columns: Columns, *, client: str | None) -> Json:
    """The ad's JSON values again, `client` as its id: what `split` took apart."""
    targeting, budget = dict(columns.targeting_data), dict(columns.budget_data)
    groups, budgets = targeting.pop("ad_groups", {}), budget.pop("platforms", {})
    values = {
        **columns.unified_data,
        "name": columns.name,
        "client": client,
        "targeting": targeting,
        "budget": budget,
        "schedule": columns.schedule_data,
    }
    if "ad_groups" in values:
        values["ad_groups"] = [_with(group, "targeting", groups.get(group["name"])) for group in values["ad_groups"]]
    blocks: Mapping[str, Json] = values.get("platforms", {})
    values["platforms"] = {name: _with(block, "budget", budgets.get(name)) for name, block in blocks.items()}
    told = unified.ordered({name: value for name, value in values.items() if value not in (None, {})})
    return {**told, IMPORTED: values[IMPORTED]} if values.get(IMPORTED) else told


def _with(part: Json, name: str, value: Json | None) -> Json:
    return part if value is None else {**part, name: value}
