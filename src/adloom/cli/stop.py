"""`adloom stop-everything`: the kill switch, followed to its end. Exit 0 where all stopped, 3 where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adloom.cli import session
from adloom.cli.screen import shown
from adloom.cli.session import Client, Json, NoWait, User

if TYPE_CHECKING:
    from adloom.campaigns.stopped import Outcome
    from adloom.campaigns.stopping import Stopping
    from adloom.campaigns.types import NotStopped, Scope
    from adloom.core.actor import Actor

Account = Annotated[str | None, typer.Option("--account", help="Only this ad account: its id, ours or the platform's.")]
Everyone = Annotated[bool, typer.Option("--all", help="Every owner's, for an administrator of this installation.")]


def stop_everything(
    client: Client = None,
    account: Account = None,
    everyone: Everyone = False,
    user: User = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Pause every campaign that delivers or may come to, ahead of everything else; say by name what did not stop."""
    from adloom.campaigns import stopping

    with session.acting(user) as actor:
        client_id = session.client_of(actor, client)
        scope = stopping.scope(actor, client_id=client_id, account=account, everyone=everyone)
        asked = stopping.stop(actor, scope=scope)
        if no_wait:
            _say_queued(asked, as_json=as_json)
        else:
            _follow(actor, asked, scope=scope, as_json=as_json)


def _say_queued(asked: Stopping, *, as_json: bool) -> None:
    result = {
        "asked_at": asked.asked_at.isoformat(),
        "job_ids": [str(each) for each in asked.job_ids],
        "deployment_ids": [str(each) for each in asked.deployment_ids],
        "not_stopped": [each.as_json() for each in asked.not_asked],
    }
    session.answer(result, as_json=as_json, human=lambda: _print_queued(asked))
    _exit(bool(asked.not_asked))


def _follow(actor: Actor, asked: Stopping, *, scope: Scope, as_json: bool) -> None:
    from adloom import worker
    from adloom.campaigns import stopped

    with session.some_worker(worker.stopper, at_once=True):
        found = stopped.follow(actor, asked, scope=scope)
        session.answer(found.as_json(), as_json=as_json, human=lambda: _print(found))
    _exit(bool(found.not_stopped))


def _exit(is_running_on: bool) -> None:
    from adloom.cli import failure

    if is_running_on:
        raise typer.Exit(failure.PLATFORM)


def _print_queued(asked: Stopping) -> None:
    print("\n".join(str(each) for each in asked.job_ids))
    _print_not_stopped(asked.not_asked)


def _print(found: Outcome) -> None:
    if not found.stopped and not found.not_stopped:
        print("Nothing delivers: there was nothing to stop.")
        return
    print(f"{len(found.stopped)} stopped within {found.seconds:.1f} s.")
    rows: list[tuple[Any, ...]] = [
        (each.platform.value, each.campaign.name, each.platform_campaign_id, f"{each.seconds:.1f} s")
        for each in found.stopped
    ]
    if rows:
        session.table("Stopped", ("Platform", "Campaign", "On the platform", "After"), rows, right=("After",))
    _print_not_stopped(found.not_stopped)


def _print_not_stopped(running: tuple[NotStopped, ...]) -> None:
    if running:
        print(f"\n{len(running)} DID NOT STOP, and may deliver on:")
    for each in running:
        print(
            f"  {each.platform.value}: {shown(each.ad.name)} (campaign {each.platform_campaign_id or 'not known yet'})"
        )
        print(f"    {shown(each.reason)}")
        print(f"    {shown(each.cure)}")
