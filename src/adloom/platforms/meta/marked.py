"""What stands on Meta under a campaign's marker, found by name, and how one of them is taken away by its id.

Meta allows any number of objects of one name. The filter is the edges' own (`filtering`, operator CONTAIN on `name`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Missing, Rejected
from adloom.platforms import http
from adloom.platforms.contract import StepResult
from adloom.platforms.marked import Marked, Removal
from adloom.platforms.meta import mapping
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Platform, RemoteStatus

#: By kind: the account's edge, and the fields that say to what an object belongs.
_LISTS = {
    "campaign": ("campaigns", "id", None),
    "ad_group": ("adsets", "campaign_id", "campaign_id"),
    "ad": ("ads", "campaign_id", "adset_id"),
}


def find(graph: Graph, *, spec: CampaignSpec) -> tuple[Marked, ...]:
    """Campaigns, ad sets and ads of the account whose name holds the marker: one list each."""
    return tuple(each for kind in _LISTS for each in _listed(graph, kind=kind, marker=spec.marker))


def remove(graph: Graph, gone: Removal) -> StepResult:
    """Deletes one object; what is gone already is done."""
    try:
        answer = graph.delete(gone.platform_id, endpoint=gone.kind)
    except Missing:
        return StepResult(words="DELETED", adopted=True)
    if answer is False or (isinstance(answer, Mapping) and answer.get("success") is False):
        message = f"Meta did not delete the {gone.kind} {gone.platform_id}."
        raise Rejected(message, platform=Platform.FACEBOOK_ADS, words=http.dumps(answer)[:500])
    return StepResult(words="DELETED", response={"id": gone.platform_id})


def find_removed(graph: Graph, gone: Removal) -> StepResult | None:
    """Whether it is gone."""
    try:
        row = graph.get(gone.platform_id, endpoint=gone.kind, params={"fields": "id,status"})
    except Missing:
        row = {"status": "DELETED"}
    is_gone = mapping.STATUSES.get(str(row.get("status"))) is RemoteStatus.DELETED
    return StepResult(words="DELETED", response={"id": gone.platform_id}, adopted=True) if is_gone else None


def _listed(graph: Graph, *, kind: str, marker: str) -> Iterator[Marked]:
    edge, campaign, parent = _LISTS[kind]
    above = [name for name in ("campaign_id", "adset_id") if name in (campaign, parent)]
    params = {
        "fields": ",".join(["id", "name", "status", "created_time", *above]),
        "filtering": http.dumps([{"field": "name", "operator": "CONTAIN", "value": marker}]),
    }
    for row in graph.rows(f"{graph.account}/{edge}", endpoint=edge, params=params):
        status = mapping.STATUSES.get(str(row.get("status")), RemoteStatus.ACTIVE)
        if status is not RemoteStatus.DELETED and marker in str(row.get("name")):
            yield _marked(row, kind=kind, campaign=campaign, parent=parent, status=status)


def _marked(row: Mapping[str, Any], *, kind: str, campaign: str, parent: str | None, status: RemoteStatus) -> Marked:
    return Marked(
        kind,
        str(row["id"]),
        campaign_id=str(row.get(campaign)),
        parent_id=None if parent is None else str(row.get(parent)),
        name=str(row.get("name")),
        status=status,
        made_at=mapping.instant(row.get("created_time")),
    )
