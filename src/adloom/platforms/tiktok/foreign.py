"""The budget of a TikTok campaign that others made, on either path, where it has one of its own.

Source: TikTok API for Business, `/campaign/update/` and `/smart_plus/campaign/update/`: `budget` beside the ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.platforms import foreign
from adloom.platforms.contract import ForeignCampaign, StepResult
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import listing, paths, readback
from adloom.platforms.tiktok.client import Client


def body(spec: CampaignSpec, *, ids: Mapping[str, str]) -> dict[str, Any]:
    """What is sent: the amount; of which kind the budget is cannot be changed, and is not said."""
    own = {"advertiser_id": spec.account.external_id, "campaign_id": ids["campaign"]}
    return {**own, "budget": spec.budget.money.amount}


def send(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult:
    """Sets the amount; raises Conflict where the campaign has another budget by now."""
    foreign.refuse_another(_found(client, spec, ids), spec)
    client.post(f"{paths.of(spec).folders['campaign']}/update", body=body(spec, ids=ids))
    return foreign.done()


def find(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult | None:
    """Whether the amount is set."""
    return foreign.done(adopted=True) if foreign.is_set(_found(client, spec, ids), spec) else None


def _found(client: Client, spec: CampaignSpec, ids: Mapping[str, str]) -> ForeignCampaign | None:
    row = readback.by_id(client, kind="campaign", path=paths.of(spec), platform_id=ids["campaign"])
    return None if row is None or readback.is_deleted(row) else listing.of(row, currency=spec.account.currency)
