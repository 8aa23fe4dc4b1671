"""The budget of a Google campaign that others made: read with its campaign, and set where it is not shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.platforms import foreign
from adloom.platforms.contract import StepResult
from adloom.platforms.google import listing, mapping, payloads
from adloom.platforms.google.client import Client
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import BudgetType

_QUERY = """SELECT campaign.id, campaign.campaign_budget, campaign_budget.amount_micros,
campaign_budget.total_amount_micros, campaign_budget.explicitly_shared
FROM campaign WHERE campaign.id = {}"""


def body(spec: CampaignSpec, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """What is set, of which campaign; the budget's own name is asked for when it is sent."""
    return {"campaign": ids["campaign"], **_amount(spec)}


def send(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult:
    """Sets the amount of the campaign's budget; raises Conflict where it is another one by now, or is shared."""
    row = _row(client, ids)
    foreign.refuse_another(row and listing.of(row, account=spec.account), spec)
    assert row is not None
    amount = _amount(spec)
    update = {"resourceName": row["campaign"]["campaignBudget"], **amount}
    client.mutate(payloads.atomic([{"campaignBudgetOperation": {"updateMask": ",".join(amount), "update": update}}]))
    return foreign.done()


def find(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult | None:
    """Whether the amount is set."""
    row = _row(client, ids)
    return foreign.done(adopted=True) if foreign.is_set(row and listing.of(row, account=spec.account), spec) else None


def _amount(spec: CampaignSpec) -> dict[str, str]:
    name = "totalAmountMicros" if spec.budget.type is BudgetType.LIFETIME else "amountMicros"
    return {name: mapping.to_micros(spec.budget.money.amount)}


def _row(client: Client, ids: Mapping[str, str]) -> Any:
    return next(iter(client.search(_QUERY.format(int(ids["campaign"])))), None)
