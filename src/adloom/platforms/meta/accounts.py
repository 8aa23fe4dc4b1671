"""The ad accounts that a login reaches on Meta. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.platforms.contract import Connection, FoundAccount
from adloom.platforms.meta import mapping
from adloom.platforms.meta.graph import Graph

_FIELDS = "id,account_id,name,currency,timezone_name,account_status,min_daily_budget"

#: The account's attribute that holds its least daily budget, in Meta's integer units.
LEAST_DAILY = "min_daily_budget"


def reached(connection: Connection) -> tuple[FoundAccount, ...]:
    """Every ad account (`/me/adaccounts`), with Meta's word for its state."""
    rows = Graph(connection).rows("me/adaccounts", endpoint="me/adaccounts", params={"fields": _FIELDS})
    return tuple(_found(row) for row in rows if row.get("id") or row.get("account_id"))


def now(graph: Graph) -> FoundAccount | None:
    """The account of this graph (node AdAccount)."""
    path = graph.account
    row = graph.get(path, endpoint="account", params={"fields": _FIELDS})
    return _found(row) if row.get("id") or row.get("account_id") else None


def _found(row: Mapping[str, Any]) -> FoundAccount:
    return FoundAccount(
        external_id=mapping.account_path(str(row.get("id") or row["account_id"])),
        name=str(row.get("name") or ""),
        currency=str(row.get("currency") or ""),
        time_zone=str(row.get("timezone_name") or ""),
        status=mapping.account_status(row.get("account_status")),
        attributes=_attributes(row),
    )


def _attributes(row: Mapping[str, Any]) -> Mapping[str, str]:
    """The least that an ad set has to spend in a day (Graph, AdAccount: `min_daily_budget`, in Meta's units)."""
    least = row.get("min_daily_budget")
    return {LEAST_DAILY: str(least)} if str(least).isdecimal() else {}
