"""What stands at a platform under a campaign's marker, and the step that takes one such thing away. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from adloom.platforms.contract import Step
from adloom.platforms.types import RemoteStatus

#: What the key of a step of `removal` begins with.
REMOVE = "remove/"


@dataclass(frozen=True, slots=True)
class Marked:
    """A campaign, ad group or ad that carries the marker, in the platform's ids; `kind` is as in `Step.kind`.

    Ads have no names on some platforms (`name` is empty there): of those, what shows the same as one of ours counts.
    `status` is what is set of it, `made_at` when it was made, None where the platform does not say.
    """

    kind: str
    platform_id: str
    campaign_id: str
    parent_id: str | None
    name: str
    status: RemoteStatus
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removing step is about, in the platform's ids."""

    kind: str
    parent_id: str
    platform_id: str


def removal(kind: str, *, platform_id: str, parent_id: str | None) -> Step:
    """The step that deletes one object by its id, with all beneath it; every adapter does and finds it."""
    return Step(f"{REMOVE}{kind}/{parent_id or '-'}/{platform_id}", kind)


def removed_by(step: Step) -> Removal | None:
    """What a step of `removal` is about; None for any other step."""
    if not step.key.startswith(REMOVE):
        return None
    kind, parent_id, platform_id = step.key.removeprefix(REMOVE).split("/")
    return Removal(kind, parent_id, platform_id)
