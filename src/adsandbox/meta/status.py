"""Effective status of campaigns, ad sets and ads: the chosen status, what stands above, and review."""

from typing import Any

from adsandbox.meta import trouble
from adsandbox.meta.graph import Graph
from adsandbox.review import Standing
from adsandbox.store import Entity

_FINAL = ("DELETED", "ARCHIVED")


def effective(graph: Graph, entity: Entity) -> str:
    """The `effective_status` of a campaign, an ad set or an ad."""
    return {"campaign": _campaign, "adset": _adset, "ad": _ad}[entity.type](graph, entity)


def _campaign(graph: Graph, campaign: Entity) -> str:
    return campaign.status or "PAUSED"


def _adset(graph: Graph, adset: Entity) -> str:
    above = _campaign(graph, graph.parent(adset))
    if adset.status in _FINAL:
        return str(adset.status)
    if above in _FINAL:
        return above
    if adset.status == "PAUSED":
        return "PAUSED"
    return "CAMPAIGN_PAUSED" if above == "PAUSED" else "ACTIVE"


def _ad(graph: Graph, ad: Entity) -> str:
    """Review comes before everything but deletion: a paused ad in review is PENDING_REVIEW (Meta, "Ad
    status")."""
    if ad.status in _FINAL:
        return str(ad.status)
    adset = graph.parent(ad)
    above = _adset(graph, adset)
    if above in _FINAL:
        return above
    reviewed = _reviewed(graph, ad)
    if reviewed is not None:
        return reviewed
    if ad.status == "PAUSED":
        return "PAUSED"
    if above in ("PAUSED", "CAMPAIGN_PAUSED"):
        return "ADSET_PAUSED" if above == "PAUSED" else "CAMPAIGN_PAUSED"
    if not trouble.runs(graph.account_of(ad)):
        return "PENDING_BILLING_INFO"
    return "WITH_ISSUES" if standing(graph, ad) is Standing.LIMITED else "ACTIVE"


def _reviewed(graph: Graph, ad: Entity) -> str | None:
    found = {Standing.PENDING: "PENDING_REVIEW", Standing.REJECTED: "DISAPPROVED"}
    return found.get(standing(graph, ad))


def standing(graph: Graph, ad: Entity) -> Standing:
    """Where an ad's review stands now."""
    return ad.review.at(graph.now) if ad.review is not None else Standing.APPROVED


def feedback(graph: Graph, ad: Entity) -> dict[str, Any] | None:
    """`ad_review_feedback` of a disapproved ad: the policy and its text; None otherwise."""
    if ad.review is None or standing(graph, ad) is not Standing.REJECTED:
        return None
    policy = (ad.review.reason or "Advertising policy").replace("_", " ").capitalize()
    text = f"Your ad was rejected because it doesn't comply with our Advertising Standards ({policy})."
    return {"global": {policy: text}}


def issues(graph: Graph, ad: Entity) -> list[dict[str, Any]] | None:
    """`issues_info` of an ad that runs with limits; None without issues."""
    if ad.review is None or standing(graph, ad) is not Standing.LIMITED:
        return None
    return [
        {
            "level": "AD",
            "error_code": 1815869,
            "error_summary": "Limited delivery",
            "error_message": f"This ad is shown to fewer people: {ad.review.reason or 'restricted content'}.",
            "error_type": "SOFT_ERROR",
        }
    ]
