"""What an update would change on a platform, object by object, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adloom.platforms.changes import Action, Effect
from adloom.web import words
from adloom.web.words import Badge, Tone

_ACTIONS = {
    Action.CREATE: Badge("Added", Tone.GOOD),
    Action.UPDATE: Badge("Changed", Tone.WAIT),
    Action.DELETE: Badge("Removed", Tone.BAD),
}
_EFFECTS = {
    Effect.RE_REVIEW: "reviewed again, and perhaps not shown meanwhile",
    Effect.MAY_RESET_LEARNING: "bidding may start to learn anew",
    Effect.REPLACES_OBJECT: "a new object takes the place of the old one, whose history ends",
    Effect.IRREVERSIBLE: "cannot be brought back",
}
_KINDS = {"ad_group": "Ad group", "ad": "Ad", "campaign": "Campaign", "budget": "Budget"}


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of one object. `field` is empty where the whole object comes or goes."""

    what: str
    badge: Badge
    field: str
    path: str
    before: str
    after: str
    effects: tuple[str, ...]


def changed(plan: Mapping[str, Any]) -> tuple[Changed, ...]:
    """The changes of one platform's plan, in the order in which they would be made."""
    return tuple(_changed(change) for change in plan.get("changes", ()))


def _changed(change: Mapping[str, Any]) -> Changed:
    path = str(change["field"] or "")
    return Changed(
        what=what(str(change["object"])),
        badge=_ACTIONS[Action(change["action"])],
        field=field(path),
        path=path,
        before=str(change["from"] or ""),
        after=str(change["to"] or ""),
        effects=tuple(_EFFECTS[Effect(effect)] for effect in change["effects"]),
    )


def field(path: str) -> str:
    """A unified field as people read it: `budget.amount` is Budget amount, `creative.headlines` Headlines."""
    return words.words(path.removeprefix("creative.").removeprefix("targeting.").replace(".", " "))


def what(key: str) -> str:
    """An object's key as people read it: `ad/main/a` is the ad main / a."""
    kind, *rest = key.split("/")
    name = _KINDS.get(kind, words.words(kind))
    return f"{name} {' / '.join(rest)}" if rest else name
