"""`adloom ad list`: the ads that there are, a page at a time."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from adloom.ads.types import AdStatus
from adloom.cli import session
from adloom.cli.session import Client, Json, User


def list_(
    status: Annotated[AdStatus | None, typer.Option("--status", help="Only ads of this status.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many at most.")] = 50,
    after: Annotated[str | None, typer.Option("--after", help="`next` of the list before: go on from there.")] = None,
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """List the ads, newest first."""
    from adloom.ads import queries as ads
    from adloom.db import listing

    with session.acting(user, client) as actor:
        client_id = session.client_of(actor, client)
        wanted = ads.listed(limit=limit, after=after, status=status, client_id=client_id)
        page = json.loads(listing.page(actor, wanted))
    columns = ("Name", "Status", "Origin", "Platforms", "Created", "Id")
    rows = [
        (ad["name"], ad["status"], ad["origin"], ", ".join(ad["platforms"]), ad["created_at"], ad["id"])
        for ad in page["items"]
    ]

    def human() -> None:
        session.table("Ads", columns, rows)
        if page["next"]:
            print(f"More: --after {page['next']}")

    session.answer({"ads": page["items"], "next": page["next"]}, as_json=as_json, human=human)
