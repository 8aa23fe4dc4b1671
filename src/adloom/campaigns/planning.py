"""What a deployment would do on one platform, as API and CLI show it. Sends nothing and keeps nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from adloom.ads import resolve, unified
from adloom.campaigns import findings, rules, specs
from adloom.campaigns.types import CampaignView, DeploymentType
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.db.session import ReadSession
from adloom.platforms import registry
from adloom.platforms.contract import Preflight
from adloom.platforms.types import Operation


def as_json(
    session: ReadSession,
    ad: unified.UnifiedAd,
    account: AccountView | None,
    found: Preflight,
    campaign: CampaignView | None,
) -> dict[str, Any]:
    """Errors, losses and changes, object by object; no change where the campaign stands or nothing can be done."""
    stands = campaign is not None and not rules.is_wanted(campaign, DeploymentType.CREATE)
    changes = [] if stands or found.errors or account is None else _changes(session, ad, account)
    return {
        "errors": [{"field": e.field, "rule": e.rule, "fix": e.fix} for e in found.errors],
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


def _changes(session: ReadSession, ad: unified.UnifiedAd, account: AccountView) -> list[dict[str, Any]]:
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
        }
        for step in steps
        for key in (step.creates or (step.key.removeprefix("activate/"),))
    ]
