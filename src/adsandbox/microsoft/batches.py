"""Batches of items: each is taken or refused by itself, with HTTP 200 and an error per refused index."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adsandbox import schema
from adsandbox.faults import Fault
from adsandbox.microsoft import errors
from adsandbox.microsoft.desk import Call, Desk
from adsandbox.microsoft.errors import ItemError
from adsandbox.schema import Field, Rule

#: What JSON must be for the request to be read at all; bounds are an item's own affair.
_BROKEN = (Rule.UNKNOWN, Rule.TYPE, Rule.ENUM, Rule.REQUIRED)


def items(body: dict[str, Any], name: str, *, most: int, empty: int, over: int) -> list[Any]:
    """The array of a request; a fault with code `empty` when it is null or empty, `over` when too long."""
    found = body.get(name)
    if not found:
        raise errors.operation_fault(empty)
    if len(found) > most:
        raise errors.operation_fault(over)
    return list(found)


def well_formed(given: Sequence[Any], table: Mapping[str, Field], name: str) -> None:
    """Refuse the request when an item has an unknown element, a wrong type or an unknown enum value."""
    for index, one in enumerate(given):
        for refusal in [] if one is None else schema.check(one, table, path=(name, index)):
            if refusal.rule in _BROKEN:
                raise errors.malformed(refusal)


def bounds(item: dict[str, Any], table: Mapping[str, Field]) -> None:
    """Refuse an item whose values are out of bounds, with 201 and the element's name."""
    for refusal in schema.check(item, table):
        path = ".".join(str(part) for part in refusal.path)
        raise ItemError(201, details=f"{path}: {refusal.message}", field=str(refusal.path[0]))


def given(item: dict[str, Any]) -> dict[str, Any]:
    """An item without its nulls, which Microsoft takes as absent."""
    return {name: value for name, value in item.items() if value is not None}


def run(
    desk: Desk, call: Call, wanted: Sequence[Any], one: Callable[[Any], str | None]
) -> tuple[list[str | None], list[dict[str, Any]]]:
    """Do something to each item. Returns the results (null where refused) and the errors.

    With the fault `partial` the last item is refused with an internal error.
    """
    results: list[str | None] = []
    refused: list[dict[str, Any]] = []
    for index, item in enumerate(wanted):
        try:
            if call.fault is Fault.PARTIAL and index == len(wanted) - 1:
                raise ItemError(0)
            with desk.world.store.savepoint():
                results.append(one(item))
        except ItemError as refusal:
            results.append(None)
            refused.append(refusal.shown(index))
    return results, refused


def ids(body: dict[str, Any], name: str, *, empty: int) -> list[str]:
    """An array of identifiers; a fault with code `empty` when it is null or empty."""
    found = body.get(name)
    if not found:
        raise errors.operation_fault(empty)
    return [str(one) for one in found]
