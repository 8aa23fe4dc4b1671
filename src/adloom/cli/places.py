"""`adloom places …`: what a platform has of a name, before an ad names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adloom.cli import session
from adloom.cli.session import Json, User

if TYPE_CHECKING:
    from adloom.ads.finding import Found

app = typer.Typer(no_args_is_help=True)

_PATIENCE_S = 30.0


@app.callback()
def places() -> None:
    """Places as platforms number them."""


@app.command("find")
def find(
    platform: Annotated[str, typer.Argument(help="google_ads, facebook_ads, microsoft_ads or tiktok_ads.")],
    name: Annotated[str | None, typer.Argument(help="The place's name, in English.")] = None,
    type_: Annotated[str, typer.Option("--type", help="REGION, CITY, POSTAL or COUNTRY.")] = "CITY",
    country: Annotated[str | None, typer.Option("--country", help="ISO 3166-1, such as US.")] = None,
    code: Annotated[str | None, typer.Option("--code", help="ISO 3166-2, such as US-IL, or a postal code.")] = None,
    user: User = None,
    as_json: Json = False,
) -> None:
    """Show what a platform has for a place as an ad would name it; it is asked where that is not known yet."""
    from adloom.ads import finding
    from adloom.cli.connect import platform_of

    place = {"type": type_, "country": country, "code": code, "name": name}
    with session.acting(user) as actor:
        found = finding.find(actor, platform=platform_of(platform), place=place)
        if found.job_id is not None:
            session.settle(actor, [found.job_id], what="Asking where it is", at_most_s=_PATIENCE_S)
            found = finding.find(actor, platform=platform_of(platform), place=place)
    session.answer(_as_json(found), as_json=as_json, human=lambda: _print(found))


def _as_json(found: Found) -> dict[str, object]:
    told = None if found.places is None else [{"id": place.id, "name": place.name} for place in found.places]
    return {"is_numbered": found.is_numbered, "places": told, "failure": found.failure}


def _print(found: Found) -> None:
    if not found.is_numbered:
        print("The platform takes this place as it is written.")
    elif found.places is None:
        print(f"The platform could not be asked: {found.failure}" if found.failure else "It has not answered yet.")
    elif not found.places:
        print("The platform knows no such place.")
    else:
        session.table("", ("Id", "Name"), [(place.id, place.name) for place in found.places])
