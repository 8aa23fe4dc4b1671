"""The ad accounts that a Microsoft login reaches (`microsoft.md`, 2). Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Unavailable
from adloom.platforms.contract import Connection, FoundAccount
from adloom.platforms.microsoft import zones
from adloom.platforms.microsoft.client import CUSTOMERS, Client
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform

_PAGE = 100
_MAX_PAGES = 100


def find(connection: Connection) -> Iterator[FoundAccount]:
    """Every account of the login's user; one in a time zone that nobody knows has an empty zone."""
    client = Client(connection)
    user = client.query("User/Query", {"UserId": None}, service=CUSTOMERS).get("User") or {}
    if not user.get("Id"):
        raise Unavailable("Microsoft Advertising did not say who the login is.", platform=Platform.MICROSOFT_ADS.value)
    for index in range(_MAX_PAGES):
        body = {
            "Predicates": [{"Field": "UserId", "Operator": "Equals", "Value": str(user["Id"])}],
            "Ordering": None,
            "PageInfo": {"Index": index, "Size": _PAGE},
        }
        rows = client.rows("Accounts/Search", body, "Accounts", service=CUSTOMERS)
        yield from (_account(row) for row in rows)
        if len(rows) < _PAGE:
            return


def now(client: Client, *, account: Account) -> FoundAccount | None:
    """This account, by GetAccount (Customer Management v13)."""
    row = client.query("Account/Query", {"AccountId": account.external_id}, service=CUSTOMERS).get("Account")
    return _account(row) if isinstance(row, Mapping) and row.get("Id") else None


def _account(row: Mapping[str, Any]) -> FoundAccount:
    zone = str(row.get("TimeZone") or "")
    attributes = {"customer_id": row.get("ParentCustomerId"), "time_zone_name": zone}
    return FoundAccount(
        external_id=str(row["Id"]),
        name=str(row.get("Name") or row.get("Number") or ""),
        currency=str(row.get("CurrencyCode") or ""),
        time_zone=zones.to_iana(zone),
        status=str(row.get("AccountLifeCycleStatus") or ""),
        attributes={name: str(value) for name, value in attributes.items() if value},
    )
