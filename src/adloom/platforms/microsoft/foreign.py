"""The daily budget of a Microsoft campaign that others made, where it is the campaign's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.core.errors import Missing
from adloom.platforms import foreign
from adloom.platforms.contract import ForeignCampaign, StepResult
from adloom.platforms.microsoft import listing, payloads, readback
from adloom.platforms.microsoft.client import Client
from adloom.platforms.spec import CampaignSpec


def body(spec: CampaignSpec, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """UpdateCampaigns with the one field; how the budget is spread over the day stays as it is."""
    fields = {"DailyBudget": spec.budget.money.amount}
    return payloads.change_campaign(spec, campaign_id=ids["campaign"], fields=fields)


def send(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult:
    """Sets the amount; raises Conflict where the campaign has another budget by now, or shares one."""
    foreign.refuse_another(_found(client, spec, ids), spec)
    client.write("PUT", "Campaigns", body(spec, ids=ids))
    return foreign.done()


def find(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult | None:
    """Whether the amount is set."""
    return foreign.done(adopted=True) if foreign.is_set(_found(client, spec, ids), spec) else None


def _found(client: Client, spec: CampaignSpec, ids: Mapping[str, str]) -> ForeignCampaign | None:
    try:
        row = readback.campaign(client, campaign_id=ids["campaign"])
    except Missing:
        return None
    return None if row is None else listing.of(row, currency=spec.account.currency)
