"""/ad/review_info/: what reviewers found.

Source: this path is not in the official SDK; its answer is told by public client code (`ad_review_map`). A
new ad reads ALL_AVAILABLE with no audit time until somebody has looked at it.
"""

from typing import Any

from adsandbox.review import Standing
from adsandbox.schema import Field, text
from adsandbox.store import Entity
from adsandbox.tiktok import ads, wire
from adsandbox.tiktok.api import Call, Operation, ids, stamp

_TABLE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "ad_ids": ids(required=True),
    "lang": text(),
}
_WORD = {
    Standing.PENDING: "ALL_AVAILABLE",
    Standing.APPROVED: "ALL_AVAILABLE",
    Standing.LIMITED: "PART_AVAILABLE",
    Standing.REJECTED: "UNAVAILABLE",
}


def info(call: Call) -> dict[str, Any]:
    """Review results by ad id; an unknown id is refused."""
    found: dict[str, Any] = {}
    for id_ in call.args["ad_ids"]:
        ad = call.world.store.get(wire.NAME, ads.TYPE, id_)
        if ad is None or ad.account_id != call.account.id:
            wire.bad("ad_ids", f"Ad {id_} does not exist.")
        found[id_] = result(call, ad)
    return {"ad_review_map": found}


def result(call: Call, ad: Entity) -> dict[str, Any]:
    """What the review of one ad has come to."""
    verdict = ad.review.at(call.now) if ad.review else Standing.PENDING
    done = ad.review is not None and verdict is not Standing.PENDING
    reason = (ad.review.reason if ad.review else None) or "The ad does not comply with the advertising policies."
    refused = verdict in (Standing.REJECTED, Standing.LIMITED)
    problems = [
        {
            "reasons": [reason],
            "suggestion": "Edit the ad and submit it again.",
            "forbidden_ages": [],
            "forbidden_locations": [],
            "forbidden_operating_systems": [],
            "forbidden_placements": ["PLACEMENT_TIKTOK"] if verdict is Standing.REJECTED else [],
        }
    ]
    return {
        "ad_id": ad.id,
        "is_approved": verdict in (Standing.APPROVED, Standing.LIMITED),
        "review_status": _WORD[verdict],
        "last_audit_time": stamp(ad.review.due_at) if done and ad.review else None,
        "appeal_status": "NOT_APPEALED",
        "reject_info": problems if refused else [],
    }


OPERATIONS = (Operation("GET", "ad/review_info", _TABLE, info),)
