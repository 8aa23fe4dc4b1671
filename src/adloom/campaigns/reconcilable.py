"""What was changed on a platform itself, and whether it can be adopted, or ours put back, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from adloom.ads import unified
from adloom.ads.types import Ad
from adloom.campaigns import adopting, specs
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentType, DriftView
from adloom.connections.types import AccountView
from adloom.core.errors import Invalid
from adloom.db.session import ReadSession
from adloom.platforms import drifting, registry
from adloom.platforms.changes import DriftKind
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, RemoteStatus

#: What makes a switch stand as somebody has set it there, and what sets it back.
SWITCHES = {RemoteStatus.ACTIVE.value: DeploymentType.RESUME, RemoteStatus.PAUSED.value: DeploymentType.PAUSE}
OTHER = {RemoteStatus.ACTIVE.value: DeploymentType.PAUSE, RemoteStatus.PAUSED.value: DeploymentType.RESUME}


class How(StrEnum):
    """Whose version shall count."""

    ADOPT = "adopt"
    PUT_BACK = "put_back"


@dataclass(frozen=True, slots=True)
class Known:
    """What reconciling a campaign goes by: its rows, locked, and what was applied."""

    held: Ad
    campaign: CampaignView
    account: AccountView
    applied: Mapping[str, Any]
    spec: CampaignSpec


def update_spec(known: Known, taken: Sequence[DriftView]) -> CampaignSpec:
    """Ours, to be sent over what stands; nothing differs where only the campaign's switch does."""
    ours = replace(known.spec, standing=(known.spec,))
    contents = [each.drift for each in taken if not is_switch(each)]
    return specs.over_drift(ours, contents) if contents else ours


def is_switch(each: DriftView) -> bool:
    """Whether it is the switch of the campaign, or of a part of it."""
    return each.drift.field == "status"


def _is_switched_on_by_resume(known: Known, each: DriftView, chosen: Sequence[DriftView]) -> bool:
    """Whether a resume puts a part back that somebody has paused there, and does nothing that was not asked for.

    Where the campaign's own switch was changed as well, the resume is that one's, and only where that is to be undone.
    """
    if each.drift.value != RemoteStatus.PAUSED.value:
        return False
    own = [one.drift.value for one in chosen if is_switch(one) and one.drift.object == "campaign"]
    is_to_deliver = known.campaign.status is CampaignStatus.ACTIVE if not own else own == [RemoteStatus.PAUSED.value]
    steps = registry.adapter(known.campaign.platform).steps(known.spec, operation=Operation.RESUME)
    return is_to_deliver and f"activate/{each.drift.object}" in {step.key for step in steps}


def why_not(session: ReadSession, known: Known, each: DriftView, how: How, chosen: Sequence[DriftView]) -> str | None:
    """Why a drift cannot be reconciled so; None where it can."""
    drift = each.drift
    is_campaigns = is_switch(each) and drift.object == "campaign"
    if how is How.ADOPT:
        if is_campaigns:
            return None if drift.value in SWITCHES else "nobody knows what it was switched to."
        if drift.object == "campaign" and drift.kind is DriftKind.GONE:
            return None
        return _why_not_said(session, known, each)
    if drift.object == "campaign" and drift.kind is DriftKind.GONE:
        return "a deleted campaign cannot be brought back. Deploy the ad anew: adloom ad deploy"
    if is_campaigns:
        return None if drift.value in OTHER else "nobody knows what it was switched to."
    if is_switch(each):
        is_possible = _is_switched_on_by_resume(known, each, chosen)
        return None if is_possible else "this part is switched in the platform's own pages alone."
    if drift.kind is DriftKind.ADDED and not drifting.can_put_back(known.spec, drift):
        return "somebody made it there; remove it there, if it is not meant to be."
    if not drifting.can_put_back(known.spec, drift):
        return "it cannot be set from here."
    update, adapter = update_spec(known, [each]), registry.adapter(known.campaign.platform)
    errors = adapter.preflight(update).errors or adapter.revise(update).errors
    return None if not errors else f"{errors[0].field}: {errors[0].rule}"


def _why_not_said(session: ReadSession, known: Known, each: DriftView) -> str | None:
    """Why the ad cannot say what stands: it has no words for it, or would then say something else as well."""
    snapshot, why = said(known, known.applied, each)
    if snapshot is None:
        return why
    spec = specs.resolved(session, snapshot, account=known.account, campaign_id=known.campaign.id)
    if spec != drifting.overlaid(known.spec, [each.drift]):
        return "the ad cannot say exactly that."
    return None


def said(known: Known, snapshot: Mapping[str, Any], each: DriftView) -> tuple[Mapping[str, Any] | None, str]:
    """What was applied, with theirs in its place; or None, and why the ad cannot say it."""
    document = adopting.said(snapshot["ad"], each.drift, platform=known.campaign.platform, spec=known.spec)
    if document is None:
        return None, "the ad has no words of this platform's own for it."
    try:
        return {**snapshot, "ad": unified.canonical(unified.parse(document))}, ""
    except Invalid as refusal:
        return None, f"the ad would break a rule: {refusal.errors[0].field}: {refusal.errors[0].rule}"
