"""`adloom connect` and `adloom asset`: the platform logins and the files that ads are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from adloom.cli import session
from adloom.cli.screen import shown
from adloom.cli.session import Client, Json, User

if TYPE_CHECKING:
    from adloom.core.actor import Actor
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
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", exists=True, dir_okay=False, help="The login as JSON; without it: a browser."),
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="Only this ad account.")] = None,
    import_: Annotated[bool, typer.Option("--import", help="Adopt the campaigns that exist there.")] = False,
    disconnect: Annotated[bool, typer.Option("--disconnect", help="End the login, there and here.")] = False,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="Campaigns that run may run on.")] = False,
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Connect a platform login (in a browser, or from a token file), or end it.

    A login from a file is tried first, then sealed, and its ad accounts are listed.
    """
    from adloom.core.errors import Invalid

    if import_ and (disconnect or token_file is None):
        rule = "campaigns are imported once an account is connected."
        raise Invalid.field("--import", rule, "Connect first, then: adloom account import ID.")
    if disconnect:
        _disconnect(platform_of(platform), confirmed=confirmed, user=user, as_json=as_json)
    elif token_file is None:
        _say_where(platform_of(platform), as_json=as_json)
    else:
        _with_file(
            platform_of(platform),
            _token(token_file),
            account=account,
            imports=import_,
            user=user,
            client=client,
            json_=as_json,
        )


def _with_file(
    platform: Platform,
    token: dict[str, Any],
    *,
    account: str | None,
    imports: bool,
    user: str | None,
    client: str | None,
    json_: bool,
) -> None:
    from adloom.connections import actions as connections

    with session.acting(user) as actor:
        client_id = session.client_of(actor, client)
        connecting = connections.connect(actor, platform=platform, token=token, account=account, client_id=client_id)
        ended = session.follow(actor, [connecting.job_id], what=f"Connecting {platform.value}")
        result = dict(ended[0].result or {})
        if imports:
            result["imported"] = _imported(actor, [UUID(each["id"]) for each in result["accounts"]])
    session.answer(result, as_json=json_, human=lambda: _print_accounts(result["accounts"], result.get("imported", ())))


def _imported(actor: Actor, account_ids: list[UUID]) -> list[dict[str, Any]]:
    """What each account's import found."""
    from adloom.campaigns import importing

    jobs = [importing.begin(actor, account_id=account_id) for account_id in account_ids]
    return [dict(job.result or {}) for job in session.follow(actor, jobs, what="Importing campaigns")]


def _say_where(platform: Platform, *, as_json: bool) -> None:
    """The page to open: the way to the platform begins in the browser that comes back from it."""
    from adloom.connections import apps

    apps.app(platform)
    result = {"url": f"{apps.address()}/connections#{platform.value}", "redirect_uri": apps.redirect_uri(platform)}
    session.answer(
        result,
        as_json=as_json,
        human=lambda: print(f"Open {result['url']} (adloom serve, or adloom up), and press Connect there."),
    )


def _disconnect(platform: Platform, *, confirmed: bool, user: str | None, as_json: bool) -> None:
    from adloom.campaigns import leaving

    with session.acting(user) as actor:
        job_id = leaving.disconnect(actor, platform=platform, confirmed=confirmed)
        ended = session.follow(actor, [job_id], what=f"Disconnecting {platform.value}")
    result = dict(ended[0].result or {})
    session.answer(result, as_json=as_json, human=lambda: _print_end(result))


def _print_end(result: dict[str, Any]) -> None:
    print(f"{result['platform']} is disconnected: {', '.join(result['accounts']) or 'no ad account'}.")
    if not result["ended_at_platform"]:
        words = shown(result["words"])
        print(f"It did not confirm that the login has ended: {words} Remove Adloom on its own pages as well.")


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


def _print_accounts(accounts: list[dict[str, str]], imported: Iterable[dict[str, Any]] = ()) -> None:
    from adloom.cli.account import print_imported

    rows = [(a["external_id"], a["currency"], a["time_zone"], a["id"]) for a in accounts]
    session.table("Connected", ("Account", "Currency", "Time zone", "Id"), rows)
    for each in imported:
        print_imported(each)
