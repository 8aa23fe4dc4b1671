"""What a deployment would do on one platform, as API and CLI show it. Sends nothing and keeps nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from adloom.ads import resolve, unified
from adloom.campaigns import findings, rules, specs, updating
from adloom.campaigns.types import CampaignView, DeploymentType
from adloom.campaigns.updating import Edited
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.errors import FieldError
from adloom.db.session import ReadSession
from adloom.platforms import registry
from adloom.platforms.changes import Change
from adloom.platforms.contract import Preflight
from adloom.platforms.types import Operation


def as_json(
    session: ReadSession,
    ad: unified.UnifiedAd,
    account: AccountView | None,
    found: Preflight,
    campaign: CampaignView | None,
    edited: Edited | None,
) -> dict[str, Any]:
    """Errors, losses and changes, object by object; no change where nothing differs or nothing can be done.

    `operation` is what would be done: create, update, or nothing.
    """
    is_new = campaign is None or rules.is_wanted(campaign, DeploymentType.CREATE)
    changes: list[dict[str, Any]] = []
    if account is not None and not found.errors:
        if edited is not None:
            changes = [_change(change) for change in edited.revision().changes]
        elif is_new:
            changes = _creation(session, ad, account)
    is_update = edited is not None and bool(changes or found.errors)
    operation = Operation.UPDATE if is_update else Operation.CREATE if is_new else None
    return {
        "operation": None if operation is None else operation.value,
        "errors": [_error(error) for error in found.errors],
        "losses": [
            {
                "field": x.field,
                "kind": x.kind.value,
                "from": x.before,
                "to": x.after,
                "is_targeting": x.is_targeting,
            }
            for x in found.losses
        ],
        "changes": changes,
    }


def left_behind(campaign: CampaignView) -> dict[str, Any]:
    """The plan of a platform that the ad is not for any more, while a campaign of it stands there: it cannot be so."""
    error = _error(updating.left_behind(campaign))
    return {"operation": Operation.UPDATE.value, "errors": [error], "losses": [], "changes": []}


def _error(error: FieldError) -> dict[str, Any]:
    return {"field": error.field, "rule": error.rule, "fix": error.fix}


def _change(change: Change) -> dict[str, Any]:
    return {
        "object": change.object,
        "action": change.action.value,
        "field": change.field,
        "from": change.before,
        "to": change.after,
        "effects": sorted(effect.value for effect in change.effects),
    }


def _creation(session: ReadSession, ad: unified.UnifiedAd, account: AccountView) -> list[dict[str, Any]]:
    spec = resolve.campaign_spec(
        ad,
        platform=account.platform,
        account=specs.account_of(account),
        campaign_id=uuid4(),
        media=findings.media(session, ad),
        start=time.now(),
    )
    steps = registry.adapter(account.platform).steps(spec, operation=Operation.CREATE)
    return [
        {
            "object": key,
            "action": "activate" if step.activates else "create",
            "field": None,
            "from": None,
            "to": None,
            "effects": [],
        }
        for step in steps
        for key in (step.creates or (step.key.removeprefix("activate/"),))
    ]
