"""`adloom ad …`: write and edit an ad, see its plan, deploy it, and change what it does on the platforms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

import typer

from adloom.cli import ad_follow, session
from adloom.cli.session import Client, Confirm, Json, Member, NoWait, User

if TYPE_CHECKING:
    from adloom.ads.types import Ad
    from adloom.campaigns.types import CampaignView
    from adloom.platforms.contract import Loss
    from adloom.platforms.types import Operation

Word = TypeVar("Word", bound=StrEnum)

app = typer.Typer(no_args_is_help=True)


AdId = Annotated[UUID, typer.Argument(metavar="ID", help="The ad's id.")]
Accept = Annotated[
    bool, typer.Option("--accept-losses", help="Deploy although a platform cannot target all that was asked.")
]
#: A plan is looked at by a person; what a platform has not answered by then is in the next one.
_PATIENCE_S = 30.0
_LOOKING_UP = "Asking where places are"
Twice = Annotated[
    str | None,
    typer.Option(
        "--duplicates",
        metavar="keep|remove",
        help="What becomes of the objects that the last deployment named because they stood there twice.",
    ),
]
OnPlatform = Annotated[list[str] | None, typer.Option("--platform", help="Only this platform; repeatable.")]


@app.command("create")
def create(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ad as JSON.", exists=True, dir_okay=False)],
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Keep an ad as a draft; the files it names, relative to FILE, are uploaded with it."""
    from adloom.ads import actions as ads
    from adloom.ads import unified

    data: Any = unified.read(file.read_bytes(), name=str(file))
    with session.acting(user) as actor:
        client_id = session.client_of(actor, client)
        ad = ads.create(actor, data=data, base=file.parent.absolute(), client_id=client_id)
    session.answer({"id": str(ad.id)}, as_json=as_json, human=lambda: print(f"{ad.id}  {ad.name}"))


@app.command("update", hidden=True)
@app.command("edit")
def edit(
    ad_id: AdId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ad as JSON.", exists=True, dir_okay=False)],
    user: User = None,
    as_json: Json = False,
) -> None:
    """Replace an ad's content; where it stands on a platform, `plan` shows what a deployment would change there."""
    from adloom.ads import actions as ads
    from adloom.ads import unified

    data: Any = unified.read(file.read_bytes(), name=str(file))
    with session.acting(user) as actor:
        ad = ads.update(actor, ad_id=ad_id, data=data, base=file.parent.absolute())
    session.answer({"id": str(ad.id)}, as_json=as_json, human=lambda: print(f"{ad.id}  {ad.name}"))


@app.command("show")
def show(ad_id: AdId, user: User = None, client: Client = None, as_json: Json = False) -> None:
    """Show an ad, and how it stands on each platform."""
    from adloom.ads import queries as ads
    from adloom.campaigns import queries as campaigns
    from adloom.campaigns import requesting
    from adloom.cli import ad_plan

    with session.acting(user, client) as actor:
        ad = ads.get(actor, ad_id=ad_id)
        stands = campaigns.of_ad(actor, ad_id=ad_id)
        requests = [each.as_json() for each in requesting.of_ad(actor, ad_id=ad_id)]
    result = {
        "id": str(ad.id),
        "name": ad.name,
        "status": ad.status,
        "origin": ad.origin.value,
        "ad": ad.data,
        **ad_follow.campaigns_json(stands),
        "requests": requests,
    }

    def human() -> None:
        _print_ad(ad, stands)
        for each in requests:
            if each["status"] == "requested":
                ad_plan.print_request(each)

    session.answer(result, as_json=as_json, human=human)


@app.command("plan")
def plan(
    ad_id: AdId,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no platform for its own verdict, and wait for none.")
    ] = False,
    user: User = None,
    client: Client = None,
    member: Member = None,
    as_json: Json = False,
) -> None:
    """Show what a deployment would do on each platform: errors, losses, changes, money, and what the platform says."""
    from adloom.campaigns import actions as campaigns
    from adloom.cli import ad_plan

    with session.acting(user, client, member) as actor:
        made = campaigns.whole_plan(actor, ad_id=ad_id, asks=not offline)
        if made.look_ups:
            session.settle(actor, made.look_ups, what=_LOOKING_UP, at_most_s=_PATIENCE_S)
            made = campaigns.whole_plan(actor, ad_id=ad_id, asks=not offline)
        waiting = () if offline else made.awaited
        if waiting:
            session.attend(actor, waiting, what="Asking the platforms", at_most_s=_PATIENCE_S)
            made = campaigns.whole_plan(actor, ad_id=ad_id)
    result = made.as_json()
    session.answer(result, as_json=as_json, human=lambda: ad_plan.print_(result))


@app.command("request")
def request(
    ad_id: AdId,
    resume: Annotated[bool, typer.Option("--resume", help="What stands paused shall deliver again.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="The last change, or --deployment, shall be undone.")] = False,
    deployment: Annotated[
        UUID | None, typer.Option("--deployment", metavar="ID", help="With --undo: this one.")
    ] = None,
    put_back: Annotated[
        UUID | None, typer.Option("--put-back", metavar="CAMPAIGN", help="Ours shall be put back in this campaign.")
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option("--field", help="With --put-back: only this field or object; repeatable.")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="The fingerprint of the plan that you have seen.")] = None,
    user: User = None,
    client: Client = None,
    member: Member = None,
    as_json: Json = False,
) -> None:
    """Ask that another person deploys an ad as it would be now, where its client requires that; sends nothing.

    Also that they resume it, undo a change, or put back what was changed on the platform itself.
    """
    from adloom.campaigns import requesting
    from adloom.campaigns.requests import Asked
    from adloom.cli import ad_plan

    if resume + undo + (put_back is not None) > 1:
        raise typer.BadParameter("say one of --resume, --undo and --put-back")
    with session.acting(user, client, member) as actor:
        if undo:
            made = requesting.request_undo(actor, ad_id=ad_id, deployment_id=deployment, plan=plan)
        elif put_back is not None:
            made = requesting.request_put_back(actor, ad_id=ad_id, campaign_id=put_back, fields=field or (), plan=plan)
        else:
            operation = Asked.RESUME if resume else Asked.DEPLOY
            made = requesting.request(actor, ad_id=ad_id, operation=operation, plan=plan)
    session.answer(made.as_json(), as_json=as_json, human=lambda: ad_plan.print_request(made.as_json()))


@app.command("deploy")
def deploy(
    ad_id: AdId,
    accept_losses: Accept = False,
    platform: OnPlatform = None,
    confirm: Confirm = None,
    plan: Annotated[
        str | None,
        typer.Option("--plan", help="The fingerprint of the plan that you have seen; a stale one is refused."),
    ] = None,
    on_failure: Annotated[
        str | None,
        typer.Option(
            "--on-failure",
            metavar="complete|remove",
            help="A campaign whose creation fails for good stays paused until it is completed, or is removed.",
        ),
    ] = None,
    duplicates: Twice = None,
    user: User = None,
    client: Client = None,
    member: Member = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Put an ad on its platforms, or an edited ad's changes, exactly once; again follows, continues or does nothing."""
    from adloom.campaigns import actions as campaigns
    from adloom.campaigns import whereabouts
    from adloom.campaigns.types import Duplicates, OnFailure

    with session.acting(user, client, member) as actor:
        look_ups = whereabouts.look_up(actor, ad_id=ad_id)
        if not no_wait:
            session.settle(actor, look_ups, what=_LOOKING_UP, at_most_s=_PATIENCE_S)
        change = campaigns.deploy(
            actor,
            ad_id=ad_id,
            accept_losses=accept_losses,
            platforms=_platforms(platform),
            confirm=confirm or (),
            plan=plan,
            on_failure=None if on_failure is None else _choice(OnFailure, on_failure, "--on-failure"),
            duplicates=None if duplicates is None else _choice(Duplicates, duplicates, "--duplicates"),
        )
        if not as_json:
            _print_losses(change.losses)
        ad_follow.finish(actor, change, ad_id, what="Deploying", no_wait=no_wait, as_json=as_json)


@app.command("pause")
def pause(
    ad_id: AdId,
    platform: OnPlatform = None,
    user: User = None,
    client: Client = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Stop delivery on the platforms; `resume` takes it up again."""
    _change(ad_id, "pause", platform, user, client, no_wait, as_json)


@app.command("resume")
def resume(
    ad_id: AdId,
    platform: OnPlatform = None,
    duplicates: Twice = None,
    user: User = None,
    client: Client = None,
    member: Member = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Let paused campaigns deliver."""
    _change(ad_id, "resume", platform, user, client, no_wait, as_json, duplicates=duplicates, member=member)


@app.command("delete")
def delete(
    ad_id: AdId,
    platform: OnPlatform = None,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Only campaigns whose creation has failed for good.")
    ] = False,
    user: User = None,
    client: Client = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Delete the ad's campaigns on the platforms for good. The ad, its history and its numbers stay."""
    _change(ad_id, "delete", platform, user, client, no_wait, as_json, only_unfinished=unfinished)


@app.command("undo")
def undo(
    ad_id: AdId,
    deployment: Annotated[
        UUID | None, typer.Option("--deployment", help="This change, not the last one that was no undo.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Only show what it would do.")] = False,
    confirm: Confirm = None,
    plan: Annotated[
        str | None,
        typer.Option("--plan", help="The fingerprint of the undo that you have seen; a stale one is refused."),
    ] = None,
    user: User = None,
    client: Client = None,
    member: Member = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Take the last change of an ad's campaigns back, and show first how; again changes nothing more."""
    from adloom.campaigns import undoing
    from adloom.cli import ad_plan

    with session.acting(user, client, member) as actor:
        found = undoing.plan(actor, ad_id=ad_id, deployment_id=deployment).as_json()
        if show:
            session.answer(found, as_json=as_json, human=lambda: ad_plan.print_undo(found))
            return
        if not as_json:
            ad_plan.print_undo(found)
        change = undoing.undo(actor, ad_id=ad_id, deployment_id=deployment, confirm=confirm or (), plan=plan)
        ad_follow.finish(actor, change, ad_id, what="Undoing", no_wait=no_wait, as_json=as_json)


def _change(
    ad_id: UUID,
    operation: str,
    platform: list[str] | None,
    user: str | None,
    client: str | None,
    no_wait: bool,
    as_json: bool,
    *,
    duplicates: str | None = None,
    only_unfinished: bool = False,
    member: str | None = None,
) -> None:
    from adloom.campaigns import actions as campaigns
    from adloom.campaigns.types import Duplicates
    from adloom.platforms.types import Operation

    wanted: Operation = Operation(operation)
    with session.acting(user, client, member) as actor:
        change = campaigns.change(
            actor,
            ad_id=ad_id,
            operation=wanted,
            platforms=_platforms(platform),
            duplicates=None if duplicates is None else _choice(Duplicates, duplicates, "--duplicates"),
            only_unfinished=only_unfinished,
        )
        ad_follow.finish(actor, change, ad_id, what=f"{operation.capitalize()} …", no_wait=no_wait, as_json=as_json)


def _choice(words: type[Word], said: str, option: str) -> Word:
    from adloom.core.errors import Invalid

    try:
        return words(said)
    except ValueError:
        known = " or ".join(words)
        raise Invalid.field(option, f"{said!r} is none of its words.", f"Say {known}.") from None


def _platforms(names: list[str] | None) -> tuple[Any, ...] | None:
    from adloom.cli.connect import platform_of

    return None if not names else tuple(platform_of(name) for name in names)


def _print_ad(ad: Ad, stands: Sequence[CampaignView]) -> None:
    ad_follow.print_campaigns(ad.name, stands)
    if ad.origin == "imported":
        print("Found on its platform: it is measured, paused and resumed here; its content is read-only.")


def _print_losses(losses: Mapping[Any, Sequence[Loss]]) -> None:
    rows = [
        (platform.value, loss.field, loss.kind.value, loss.before, loss.after)
        for platform, lost in losses.items()
        for loss in lost
    ]
    if rows:
        session.table("What the platforms cannot express", ("Platform", "Field", "Loss", "Asked", "Sent"), rows)
