"""`adloom campaign …`: the campaigns of all ads, and one with its history."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from adloom.cli import session
from adloom.cli.session import Client, Json, User

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(user: User = None, client: Client = None, as_json: Json = False) -> None:
    """List every campaign, deleted ones included."""
    from adloom.campaigns import queries as campaigns

    with session.acting(user, client) as actor:
        found = campaigns.all_of(actor)
    result = [campaign.as_json() for campaign in found]
    columns = ("Platform", "Status", "Delivery", "Name", "On the platform", "Id")
    rows = [
        (c.platform.value, c.status.value, c.delivery_state.value, c.name, c.platform_campaign_id, c.id) for c in found
    ]
    session.answer({"campaigns": result}, as_json=as_json, human=lambda: session.table("Campaigns", columns, rows))


@app.command("show")
def show(
    campaign_id: Annotated[UUID, typer.Argument(metavar="ID")],
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Show one campaign, what stands of it, and every attempt to change it, step by step."""
    from adloom.campaigns import queries as campaigns
    from adloom.core.errors import NotFound

    with session.acting(user, client) as actor:
        campaign = campaigns.get(actor, campaign_id=campaign_id)
        if campaign is None:
            raise NotFound(f"There is no campaign {campaign_id}.")
        objects = campaigns.objects(actor, campaign_id=campaign_id, with_deleted=True)
        history = campaigns.history(actor, campaign_id=campaign_id)
    result: dict[str, Any] = {
        **campaign.as_json(),
        "objects": [each.as_json() for each in objects],
        "deployments": [each.as_json() for each in history],
    }
    session.answer(result, as_json=as_json, human=lambda: _print(result))


def _print(result: dict[str, Any]) -> None:
    session.pairs({k: v for k, v in result.items() if k not in ("objects", "deployments", "reasons")})
    for reason in result["reasons"]:
        print(f"  {reason}")
    stands = [each for each in result["objects"] if each["deleted_at"] is None]
    seen = [(each["key"], each["platform_id"], each["seen"]) for each in stands]
    session.table("Stands there", ("Object", "On the platform", "Seen as"), seen)
    for deployment in result["deployments"]:
        title = f"{deployment['type']} · {deployment['status']} · {deployment['started_at']}"
        rows = [(s["key"], s["state"], s["platform_id"], s["attempts"]) for s in deployment["steps"]]
        session.table(title, ("Step", "State", "On the platform", "Sent"), rows, right=("Sent",))
