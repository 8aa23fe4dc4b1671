"""What an update of a standing campaign would do, object by object, and what stands otherwise than it was applied.

Pure values.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adloom.core.errors import FieldError


class Action(StrEnum):
    """What happens to an object on the platform."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Effect(StrEnum):
    """What a change brings about beside the change itself."""

    #: The platform reviews the ad again, and may stop showing it meanwhile.
    RE_REVIEW = "re_review"
    #: The platform's bidding may start to learn anew.
    MAY_RESET_LEARNING = "may_reset_learning"
    #: The platform has no edit for this: a new object takes the place of the old one, whose history ends.
    REPLACES_OBJECT = "replaces_object"
    #: What is removed cannot be brought back on the platform.
    IRREVERSIBLE = "irreversible"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one object. `object` is our key (`campaign`, `ad_group/main`, `ad/main/a`, …).

    `field` is the unified field (`budget.amount`, `targeting.locations`, `creative.headlines`, …), None where the
    whole object comes or goes; `before` and `after` are texts for people.
    """

    object: str
    action: Action
    field: str | None = None
    before: str | None = None
    after: str | None = None
    effects: frozenset[Effect] = frozenset()


@dataclass(frozen=True, slots=True)
class Revision:
    """All that an update changes, in the order in which it is done, and what of it the platform cannot change.

    With an error nothing is changed at all: a person has to decide (delete and deploy anew, or take the edit back).
    """

    changes: tuple[Change, ...] = ()
    errors: tuple[FieldError, ...] = ()


class DriftKind(StrEnum):
    """How what stands on a platform is not what was applied."""

    #: A field has another value.
    CHANGED = "changed"
    #: An object that was applied does not stand any more.
    GONE = "gone"
    #: An object stands that nobody applied from here.
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that stands otherwise than it was applied, because somebody changed it on the platform itself.

    `object` is our key (`campaign`, `ad_group/main`, …); of an object that is not ours, its kind and the platform's id.
    `field` is the unified field, None where a whole object is gone or was added. `ours` and `theirs` are texts for
    people; `value` is theirs as JSON that `drifting.overlaid` reads, None where it has no form in Adloom's words.
    """

    object: str
    kind: DriftKind
    field: str | None = None
    ours: str | None = None
    theirs: str | None = None
    value: Any = None
