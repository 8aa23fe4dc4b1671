"""`adloom connect` and `adloom asset`: the platform logins and the files that ads are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adloom.cli import session
from adloom.cli.session import Client, Json, User

if TYPE_CHECKING:
    from adloom.platforms.types import Platform

assets = typer.Typer(no_args_is_help=True)

_SHORT = {
    "google": "google_ads",
    "meta": "facebook_ads",
    "microsoft": "microsoft_ads",
    "tiktok": "tiktok_ads",
}


def connect(
    platform: Annotated[str, typer.Argument(help="google_ads, facebook_ads, microsoft_ads or tiktok_ads.")],
    token_file: Annotated[Path, typer.Option("--token-file", exists=True, dir_okay=False, help="The login as JSON.")],
    account: Annotated[str | None, typer.Option("--account", help="Only this ad account.")] = None,
    import_: Annotated[bool, typer.Option("--import", help="Adopt the campaigns that exist there.")] = False,
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Connect a platform login: it is tried first, then sealed, and its ad accounts are listed."""
    from adloom.connections import actions as connections
    from adloom.core.errors import Invalid

    if import_:
        raise Invalid.field("--import", "existing campaigns cannot be adopted yet.", "Connect without it.")
    token = _token(token_file)
    with session.acting(user) as actor:
        connecting = connections.connect(
            actor,
            platform=platform_of(platform),
            token=token,
            account=account,
            client_id=session.client_of(actor, client),
        )
        ended = session.follow(actor, [connecting.job_id], what=f"Connecting {platform}")
    result = dict(ended[0].result or {})
    session.answer(result, as_json=as_json, human=lambda: _print_accounts(result["accounts"]))


@assets.command("add")
def add(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An image, a video or a PDF.")],
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Keep a file: looked into, hashed, stored once."""
    from adloom.assets import actions as asset_actions

    with session.acting(user) as actor:
        client_id = session.client_of(actor, client)
        asset = asset_actions.add(actor, filename=file.name, path=file, client_id=client_id)
    result = {"id": str(asset.id), "sha256": asset.sha256, "mime_type": asset.mime_type}
    session.answer(result, as_json=as_json, human=lambda: print(f"{asset.id}  {file.name}  {asset.mime_type}"))


def platform_of(name: str) -> Platform:
    """The platform of a name, short ones included; raises Invalid."""
    from adloom.core.errors import Invalid
    from adloom.platforms.types import Platform

    try:
        return Platform(_SHORT.get(name, name))
    except ValueError:
        known = ", ".join(Platform)
        raise Invalid.field("platform", f"{name!r} is not one.", f"Use one of: {known}.") from None


def _token(path: Path) -> dict[str, Any]:
    from adloom.core.errors import Invalid

    try:
        token = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError):
        token = None
    if not isinstance(token, dict):
        raise Invalid.field("--token-file", f"{path} is not a JSON object.", "Give the platform's login as JSON.")
    return token


def _print_accounts(accounts: list[dict[str, str]]) -> None:
    rows = [(a["external_id"], a["currency"], a["time_zone"], a["id"]) for a in accounts]
    session.table("Connected", ("Account", "Currency", "Time zone", "Id"), rows)
