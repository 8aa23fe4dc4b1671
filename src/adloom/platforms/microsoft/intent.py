"""The location intent: Microsoft adds a wide one by itself, so ours is added or put in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.platforms.contract import RemoteObject
from adloom.platforms.microsoft import mapping, readback, targets, writes
from adloom.platforms.microsoft.client import Client
from adloom.platforms.microsoft.steps import Planned
from adloom.platforms.spec import CampaignSpec

Row = Mapping[str, Any]


def send(client: Client, *, spec: CampaignSpec, planned: Planned, campaign_id: str) -> tuple[RemoteObject, ...]:
    """Adds the intent, or changes the one that stands; nothing where it is ours already."""
    row = _present(client, campaign_id=campaign_id)
    if row is None:
        answer = client.write("POST", "CampaignCriterions", targets.intent(spec, campaign_id=campaign_id))
        return writes.created(planned, answer.get("CampaignCriterionIds"))
    identity = str(row["Id"])
    if not _is_ours(row, spec):
        body = targets.intent(spec, campaign_id=campaign_id, criterion_id=identity)
        client.write("PUT", "CampaignCriterions", body)
    return writes.created(planned, [identity])


def find(client: Client, *, spec: CampaignSpec, planned: Planned, campaign_id: str) -> tuple[RemoteObject, ...]:
    """The intent, where it is the one that was asked for."""
    row = _present(client, campaign_id=campaign_id)
    return writes.created(planned, [row["Id"]]) if row is not None and _is_ours(row, spec) else ()


def _present(client: Client, *, campaign_id: str) -> Row | None:
    rows = readback.criteria(client, campaign_id=campaign_id)
    return next((row for row in rows if "IntentOption" in (row.get("Criterion") or {})), None)


def _is_ours(row: Row, spec: CampaignSpec) -> bool:
    wanted = mapping.INTENTS[spec.groups[0].targeting.location_intent]
    return bool(row["Criterion"].get("IntentOption") == wanted)
