"""Steps that switch an object on or off, or delete it, and their bodies. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.platforms.contract import Step
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import paths, payloads

#: What each step of the campaign itself switches it to.
CAMPAIGN = {"pause": "DISABLE", "resume": "ENABLE", "activate/campaign": "ENABLE", "delete": "DELETE"}
ACTIVATE, DELETE = "activate/", "delete/"


def activate(key: str) -> Step:
    """Switches an ad group on that was added; the campaign's own switch says whether it delivers."""
    return Step(f"{ACTIVATE}{key}", key.split("/")[0])


def delete(key: str) -> Step:
    """Takes an ad, or an ad group with its ads, away for good."""
    return Step(f"{DELETE}{key}", key.split("/")[0], removes=(key,))


def is_switch(step: Step) -> bool:
    """Whether a step is one of these."""
    return step.key in CAMPAIGN or step.key.startswith((ACTIVATE, DELETE))


def target(step: Step) -> tuple[str, str]:
    """Our key of what a step switches, and TikTok's word for what to."""
    if step.key in CAMPAIGN:
        return "campaign", CAMPAIGN[step.key]
    if step.key.startswith(ACTIVATE):
        return step.key.removeprefix(ACTIVATE), "ENABLE"
    return step.key.removeprefix(DELETE), "DELETE"


def body(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str]) -> dict[str, Any]:
    """`…/status/update` of one object. A part that shall go, and of which no id is known, is looked up later."""
    key, verb = target(step)
    is_part = step.key.startswith(DELETE)
    return {
        "advertiser_id": spec.account.external_id,
        f"{paths.of(spec).ids[step.kind]}s": [] if is_part and key not in ids else [payloads.known(ids, key)],
        "operation_status": verb,
    }
