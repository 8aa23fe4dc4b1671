"""A row of the table of refusals: one operation, a request that it takes, and everything that spoils the request.

What spoils it follows from the facts that the sandbox declares of its fields (`adsandbox.schema`): each required field
left out, each enum with a word that does not exist, each type, length, bound and format broken, and a field too many.
What no such fact says (units of money, conditions, ids that are not there) a row adds by hand.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adsandbox.schema import Field, Rule

Path = tuple[str | int, ...]
Body = dict[str, Any]

#: In a case: leave the field out.
ABSENT: Any = object()
NO_WORD = "NO_SUCH_WORD"
#: The kind of what the sandbox says that it does not imitate (`adsandbox.google.absent`).
_NOT_IMITATED = "not imitated"
#: One of these is of the wrong type for every field.
_ODD: tuple[Any, ...] = ({"no": 1}, ["no"], "no", 1.5, True)
#: Longer lists and texts are not built.
_MOST = 5000


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that spoils a request. `expected` is a rule, or what a platform's file understands (a code …)."""

    path: Path
    value: Any
    expected: Any

    @property
    def dotted(self) -> str:
        """The place as one word: `creatives.0.ad_name`."""
        return ".".join(str(part) for part in self.path)

    @property
    def blamed(self) -> str:
        """The place that a refusal names: of a list with one wrong word, that word."""
        return f"{self.dotted}.0" if self.value == [NO_WORD] else self.dotted

    def __str__(self) -> str:
        text = "left out" if self.value is ABSENT else json.dumps(self.value, default=str)[:60]
        return f"{self.dotted} {text}"

    def spoil(self, body: Body) -> Body:
        """A copy of a request with this one thing changed; objects on the way that are not there are made."""
        found = copy.deepcopy(body)
        at: Any = found
        for part in self.path[:-1]:
            at = at[part] if isinstance(at, list) else at.setdefault(part, {})
        if self.value is not ABSENT:
            at[self.path[-1]] = self.value
        elif isinstance(at, dict):
            at.pop(self.path[-1], None)
        else:
            del at[self.path[-1]]
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """One operation of a platform, named as in the table of what is imitated (`METHOD address`).

    `body` makes a request that is accepted as it stands, and whatever must be there before. `table` holds the facts of
    its fields, `at` the place in the request where they begin. `by_hand` are further cases; a derived case for the same
    place and value gives way to them. `free` are places whose facts are not tried, each because of what a row says.
    """

    operation: str
    body: Callable[[Any], Body]
    table: Mapping[str, Field] = field(default_factory=dict)
    at: Path = ()
    by_hand: tuple[Case, ...] = ()
    free: frozenset[str] = frozenset()
    as_text: bool = False  # a query or form, whose values are texts
    label: str = ""

    def __str__(self) -> str:
        return f"{self.operation} {self.label}".strip()

    def cases(self, body: Body) -> list[Case]:
        """Everything that spoils this request."""
        inner: Any = body
        for part in self.at:
            inner = inner[part]
        known = {(case.path, _key(case.value)) for case in self.by_hand}
        found = [one for one in derived(self.table, inner, self.at, as_text=self.as_text) if not self._is_free(one)]
        return [one for one in found if (one.path, _key(one.value)) not in known] + list(self.by_hand)

    def _is_free(self, case: Case) -> bool:
        return any(case.dotted == place or case.dotted.startswith(f"{place}.") for place in self.free)


def by_hand(expected: Any, **changes: Any) -> tuple[Case, ...]:
    """Cases that have the same outcome; `__` in a name stands for the dot of a place, a tuple for several values."""
    return tuple(
        Case(place(name), value, expected)
        for name, given in changes.items()
        for value in (given if isinstance(given, tuple) else (given,))
    )


def place(dotted: str) -> Path:
    """`creatives__0__ad_name`, or with dots, as a path."""
    return tuple(int(part) if part.isdigit() else part for part in dotted.replace("__", ".").split("."))


def derived(table: Mapping[str, Field], body: Any, at: Path = (), *, as_text: bool = False) -> Iterator[Case]:
    """The cases that follow from a table's facts for a request that fits it."""
    if not table:
        return
    yield Case((*at, "no_such_field"), "x", Rule.UNKNOWN)
    for name, one in table.items():
        if one.required and name in body:
            yield Case((*at, name), ABSENT, Rule.REQUIRED)
        yield from _of(one, body.get(name), (*at, name), as_text=as_text)


def _of(one: Field, value: Any, at: Path, *, as_text: bool) -> Iterator[Case]:
    if one.kind == _NOT_IMITATED:
        return
    if one.read_only:
        yield Case(at, "x", Rule.READ_ONLY)
        return
    yield from _type(one, at, as_text=as_text)
    yield from _bounds(one, value, at)
    if one.values is not None:
        yield Case(at, NO_WORD, Rule.ENUM)
    if one.pattern is not None:
        yield Case(at, "~", Rule.FORMAT)
    if one.item is not None and one.item.values is not None:
        yield Case((*at, 0) if value else at, NO_WORD if value else [NO_WORD], Rule.ENUM)
    if one.children is not None:
        yield from _below(one.children, value, at)
    elif one.item is not None and one.item.children is not None and value:
        yield from derived(one.item.children, value[0], (*at, 0))


def _below(children: Mapping[str, Field], value: Any, at: Path) -> Iterator[Case]:
    """The cases of an object's fields; of one that is not there as long as nothing in it is required."""
    if isinstance(value, dict):
        yield from derived(children, value, at)
    elif not any(child.required for child in children.values()):
        yield from derived(children, {}, at)


def _type(one: Field, at: Path, *, as_text: bool) -> Iterator[Case]:
    odd = ("no",) if as_text else _ODD
    found = next((value for value in odd if not one.accepts(value)), None)
    if found is not None:
        yield Case(at, found, Rule.TYPE)


def _bounds(one: Field, value: Any, at: Path) -> Iterator[Case]:
    if one.kind == "string" and one.pattern is None:
        if one.most is not None and one.most <= _MOST:
            yield Case(at, "x" * (int(one.most) + 1), Rule.TOO_LONG)
        if one.least:
            yield Case(at, "", Rule.EMPTY)
    elif one.kind == "array":
        if one.least:
            yield Case(at, [], Rule.TOO_FEW)
        if one.most is not None and one.most <= _MOST and value:
            yield Case(at, [value[0]] * (int(one.most) + 1), Rule.TOO_MANY)
    elif one.kind in ("integer", "number", "int64"):
        if one.least is not None:
            yield Case(at, one.least - 1, Rule.TOO_SMALL)
        if one.most is not None:
            yield Case(at, one.most + 1, Rule.TOO_LARGE)


def _key(value: Any) -> str:
    return "absent" if value is ABSENT else json.dumps(value, default=str)
