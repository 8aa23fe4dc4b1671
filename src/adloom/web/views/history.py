"""What was done on the platforms: each attempt, its steps, and the platform's own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adloom.campaigns.names import Renamed
from adloom.campaigns.types import (
    Decision,
    DeploymentStatus,
    DeploymentType,
    DeploymentView,
    DriftView,
    Reason,
    StepState,
    StepView,
)
from adloom.reports.words import NOTHING
from adloom.web import words
from adloom.web.views import reconcile
from adloom.web.words import Badge, PlatformName, Tone

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


#: What a deployment was for, where it was not what the ad said.
_REASONS: Mapping[Reason | None, str] = {
    Reason.ADOPT: "Adopt",
    Reason.PUT_BACK: "Put back",
    Reason.UNDO: "Undo",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One outward write."""

    name: str
    kind: str
    badge: Badge
    platform_id: str
    attempts: int
    sent: str
    took: str
    words: str
    problem: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to change a campaign. `progress` counts the steps that have ended well."""

    id: str
    platform: PlatformName
    what: str
    badge: Badge
    began: str
    took: str
    progress: str
    is_under_way: bool
    problem: str
    steps: tuple[Step, ...]
    note: str = ""
    undo: str = ""


def history(
    deployments: Sequence[DeploymentView],
    drifts: Sequence[DriftView] = (),
    *,
    ad_id: str = "",
    renamed: Sequence[Renamed] = (),
) -> tuple[Attempt, ...]:
    """All that was done from here, and what was changed on the platforms themselves, newest first."""
    undone = {each.undoes for each in deployments if each.status is not DeploymentStatus.FAILED}
    done = [(each.started_at, _attempt(each, ad_id=ad_id, is_undone=each.id in undone)) for each in deployments]
    seen = [(each.first_seen_at, _seen(each)) for each in drifts]
    called = [(each.at, _called(each)) for each in renamed]
    return tuple(attempt for _, attempt in sorted([*done, *seen, *called], key=lambda pair: pair[0], reverse=True))


def _called(renamed: Renamed) -> Attempt:
    """Another name that a campaign was given on its platform, and that we follow."""
    return Attempt(
        id=f"{renamed.campaign_id}-{renamed.number}",
        platform=words.platform(renamed.platform),
        what="Renamed there",
        badge=Badge("Followed", Tone.QUIET),
        began=words.moment(renamed.at),
        took="",
        progress="",
        is_under_way=False,
        problem="",
        steps=(),
        note=f"{renamed.before} → {renamed.after}. Figures as of an earlier moment are told under the name of then.",
    )


def _seen(drift: DriftView) -> Attempt:
    """What was changed on the platform itself, and what became of it."""
    if drift.decision is not None:
        badge = Badge("Adopted" if drift.decision is Decision.ADOPTED else "Put back", Tone.GOOD)
    elif drift.ended_at is not None:
        badge = Badge("Gone again", Tone.QUIET)
    else:
        badge = Badge("Stands there", Tone.WAIT)
    return Attempt(
        id=str(drift.id),
        platform=words.platform(drift.platform),
        what="Drift",
        badge=badge,
        began=words.moment(drift.first_seen_at),
        took="",
        progress="",
        is_under_way=False,
        problem="",
        steps=(),
        note=reconcile.told(drift),
    )


def _attempt(deployment: DeploymentView, *, ad_id: str, is_undone: bool) -> Attempt:
    may_be_undone = deployment.status is DeploymentStatus.COMPLETED and deployment.type is not DeploymentType.DELETE
    return Attempt(
        id=str(deployment.id),
        platform=words.platform(deployment.platform),
        what=_REASONS.get(deployment.reason, words.OPERATIONS[deployment.type]),
        badge=words.deployment(deployment.status),
        began=words.moment(deployment.started_at),
        took=_span(deployment.started_at, deployment.completed_at),
        progress=_progress(deployment),
        is_under_way=not deployment.status.is_final,
        problem=_problem(deployment.error),
        steps=tuple(_step(step) for step in deployment.steps),
        note="Taken back." if is_undone else "",
        undo=f"/ads/{ad_id}/undo?deployment={deployment.id}" if ad_id and may_be_undone and not is_undone else "",
    )


def _progress(deployment: DeploymentView) -> str:
    """While it is under way, only the steps up to now are known."""
    done = sum(step.state is StepState.DONE for step in deployment.steps)
    if deployment.status.is_final:
        return f"{done} of {len(deployment.steps)} steps"
    return f"{done} step{'' if done == 1 else 's'} done"


def _step(step: StepView) -> Step:
    said = dict(step.response or {})
    return Step(
        name=_UUID.sub(lambda found: f"{found[0][:8]}…", step.key),
        kind=words.words(step.kind),
        badge=words.step(step.state),
        platform_id=step.platform_id or NOTHING,
        attempts=step.attempts,
        sent=f"{step.sent_at:%H:%M:%S}" if step.sent_at else NOTHING,
        took=_span(step.sent_at, step.finished_at),
        words=_said(said),
        problem=_problem(step.error),
    )


def _said(response: Mapping[str, Any]) -> str:
    """The platform's words; an object that an earlier attempt had made already was found, not made again."""
    said = str(response.get("words") or "")
    if response.get("adopted"):
        return f"{said} (found there, not made again)".strip()
    return said


def _problem(error: Mapping[str, Any] | None) -> str:
    """What went wrong, in our words, and in the platform's where they say more."""
    if not error:
        return ""
    ours, theirs = str(error.get("message") or ""), str(error.get("words") or "")
    parts = [ours] if theirs in ours else [ours, f"The platform says: {theirs}"]
    for item in error.get("errors") or ():
        parts.append(" ".join(str(item.get(name) or "") for name in ("field", "rule", "fix")).strip())
    return " ".join(part for part in parts if part)


def _span(begin: datetime | None, end: datetime | None) -> str:
    if begin is None or end is None:
        return NOTHING
    seconds = (end - begin).total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
