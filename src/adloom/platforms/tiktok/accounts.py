"""The ad accounts that a login reaches on TikTok. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adloom.core.errors import Invalid
from adloom.platforms.contract import Connection, FoundAccount
from adloom.platforms.spec import Account
from adloom.platforms.tiktok import shapes
from adloom.platforms.tiktok.client import Client

#: `advertiser/info` takes this many ids at once.
BATCH = 100

_OFFSET = "Etc/GMT"
_FIELDS = ["advertiser_id", "name", "currency", "timezone", "display_timezone", "status"]


def reached(connection: Connection) -> tuple[FoundAccount, ...]:
    """Every advertiser of the login; raises Invalid where the app's id and secret are not known."""
    client = Client(connection)
    credentials = client.credentials()
    if not credentials.client_id or not credentials.client_secret:
        raise Invalid.field(
            "client_secret", "TikTok lists ad accounts only to its app.", "Give client_id and client_secret."
        )
    data = client.get(
        "oauth2/advertiser/get",
        params={"app_id": credentials.client_id, "secret": credentials.client_secret},
    )
    ids = [shapes.an_id(row.get("advertiser_id")) for row in shapes.objects(data.get("list"))]
    ids = [each for each in ids if each]
    found: list[FoundAccount] = []
    for start in range(0, len(ids), BATCH):
        params = {"advertiser_ids": ids[start : start + BATCH], "fields": _FIELDS}
        rows = shapes.objects(client.get("advertiser/info", params=params).get("list"))
        found += [_found(row) for row in rows if shapes.an_id(row.get("advertiser_id"))]
    return tuple(found)


def now(client: Client, *, account: Account) -> FoundAccount | None:
    """The advertiser of this client, by `advertiser/info`.

    Its zone is empty where TikTok tells a bare offset alone, of one that is known by its place: none that is another.
    """
    params = {"advertiser_ids": [client.advertiser_id], "fields": _FIELDS}
    rows = [_found(row) for row in shapes.objects(client.get("advertiser/info", params=params).get("list"))]
    found = next((each for each in rows if each.external_id == client.advertiser_id), None)
    is_offset = found is not None and found.time_zone.startswith(_OFFSET) and not account.time_zone.startswith(_OFFSET)
    return replace(found, time_zone="") if found is not None and is_offset else found


def _found(row: Mapping[str, Any]) -> FoundAccount:
    """`display_timezone` is the IANA name of a place; `timezone` may be a bare offset such as Etc/GMT+8."""
    return FoundAccount(
        external_id=shapes.an_id(row.get("advertiser_id")),
        name=shapes.text(row.get("name")),
        currency=shapes.text(row.get("currency")),
        time_zone=shapes.text(row.get("display_timezone")) or shapes.text(row.get("timezone")),
        status=shapes.text(row.get("status")),
    )
