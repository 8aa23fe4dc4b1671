"""The budget of a Meta campaign that others made, where it has one of its own (and not its ad sets)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.core.errors import FieldError, Missing
from adloom.platforms import foreign
from adloom.platforms.changes import Revision
from adloom.platforms.contract import ForeignCampaign, StepResult
from adloom.platforms.meta import listing, mapping
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import BudgetType

_FIELDS = "id,name,status,effective_status,daily_budget,lifetime_budget"


def revise(spec: CampaignSpec) -> Revision:
    """What changes; an amount that is no whole number of Meta's units is an error."""
    money = spec.budget.money
    if mapping.minor_units(money.amount, money.currency) is None:
        rule = f"Meta takes no such amount in {money.currency}."
        return Revision(errors=(FieldError("budget.amount", rule, "Use whole units of the currency."),))
    return foreign.revise(spec)


def body(spec: CampaignSpec, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """`POST /{campaign}`: the amount in Meta's integer units, as a budget of the kind that it has."""
    name = "lifetime_budget" if spec.budget.type is BudgetType.LIFETIME else "daily_budget"
    return {"id": ids["campaign"], name: mapping.minor_units(spec.budget.money.amount, spec.budget.money.currency)}


def send(graph: Graph, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult:
    """Sets the amount; raises Conflict where the campaign has another budget by now."""
    foreign.refuse_another(_found(graph, spec, ids), spec)
    changes = {name: value for name, value in body(spec, ids=ids).items() if name != "id"}
    graph.post(ids["campaign"], endpoint="campaign", body=changes)
    return foreign.done()


def find(graph: Graph, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult | None:
    """Whether the amount is set."""
    return foreign.done(adopted=True) if foreign.is_set(_found(graph, spec, ids), spec) else None


def _found(graph: Graph, spec: CampaignSpec, ids: Mapping[str, str]) -> ForeignCampaign | None:
    try:
        row = graph.get(ids["campaign"], endpoint="campaign", params={"fields": _FIELDS})
    except Missing:
        return None
    return listing.of(row, currency=spec.account.currency)
