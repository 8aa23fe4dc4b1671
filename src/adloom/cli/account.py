"""`adloom account`: ad accounts: what was found there, what is wrong, what is set, and what a person declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from adloom.cli import session
from adloom.cli.session import Json, NoWait, User

if TYPE_CHECKING:
    from adloom.connections.types import AccountView
    from adloom.core.actor import Actor

app = typer.Typer(no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The ad account's id, ours or the platform's.")]


@app.command("list")
def list_(user: User = None, as_json: Json = False) -> None:
    """Every ad account."""
    from adloom.connections import queries

    with session.acting(user) as actor:
        found = queries.accounts(actor)
    items = [{**_facts(account), "name": account.name} for account in found]
    rows = [(a.platform.value, a.external_id, a.name, a.status, a.currency, a.time_zone, a.id) for a in found]
    columns = ("Platform", "Account", "Name", "Status", "Currency", "Time zone", "Id")
    session.answer({"items": items}, as_json=as_json, human=lambda: session.table("", columns, rows))


@app.command("show")
def show(account: Id, user: User = None, as_json: Json = False) -> None:
    """What ads of an account can use, what is wrong with it, and what is set."""
    with session.acting(user) as actor:
        result = _whole(actor, account)
    session.answer(result, as_json=as_json, human=lambda: _print(result))


@app.command("inspect")
def inspect(account: Id, user: User = None, no_wait: NoWait = False, as_json: Json = False) -> None:
    """Look at an account again."""
    from adloom.connections import actions

    with session.acting(user) as actor:
        job_id = actions.inspect(actor, account_id=_account(actor, account).id)
        _followed(actor, account, job_id, no_wait=no_wait, as_json=as_json)


@app.command("import")
def import_(
    account: Id,
    once: Annotated[bool, typer.Option("--once", help="Only what stands there now.")] = False,
    end: Annotated[bool, typer.Option("--end", help="Import nothing more; what was imported stays.")] = False,
    user: User = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Import the campaigns that others made there, now and as they appear. Changes nothing on the platform."""
    from adloom.campaigns import importing

    with session.acting(user) as actor:
        account_id = _account(actor, account).id
        if end:
            importing.end(actor, account_id=account_id)
            session.answer({"id": str(account_id)}, as_json=as_json, human=lambda: print("Nothing more is imported."))
            return
        job_id = importing.begin(actor, account_id=account_id, ongoing=not once)
        if no_wait:
            session.answer({"job_id": str(job_id)}, as_json=as_json, human=lambda: print(job_id))
            return
        result = dict(session.follow(actor, [job_id], what="Importing campaigns")[0].result or {})
    session.answer(result, as_json=as_json, human=lambda: print_imported(result))


def print_imported(result: dict[str, Any]) -> None:
    """How many campaigns stand in an account, and which of them are new here."""
    print(f"{result['external_id']}: {result['campaigns']} campaigns, {len(result['imported'])} of them new here.")
    rows = [(each["name"], each["id"], each["ad_id"]) for each in result["imported"]]
    session.table("Imported", ("Campaign", "Id", "Ad"), rows)


@app.command("set")
def set_(
    account: Id,
    settings: Annotated[
        list[str], typer.Argument(help="page=ID, pixel=ID, purchase=ID, daily_cap=AMOUNT … an empty one is taken away.")
    ],
    user: User = None,
    as_json: Json = False,
) -> None:
    """Set what an account's ads use, which pixel, goal or action each conversion event is, and its daily cap."""
    from adloom.connections import actions
    from adloom.core.money import amount_or_none

    wanted = {name: value or None for name, value in _pairs(settings).items()}
    has_cap, cap = "daily_cap" in wanted, wanted.pop("daily_cap", None)
    with session.acting(user) as actor:
        account_id = _account(actor, account).id
        if has_cap:
            actions.set_cap(actor, account_id=account_id, daily_cap=amount_or_none("daily_cap", cap or ""))
        if wanted or not has_cap:
            actions.choose(actor, account_id=account_id, settings=wanted)
        result = _whole(actor, account)
    session.answer(result, as_json=as_json, human=lambda: _print(result))


@app.command("mend")
def mend(
    account: Id,
    fault: Annotated[str, typer.Argument(help="The fault's code, as `account show` names it.")],
    answers: Annotated[list[str], typer.Argument(help="NAME=true or NAME=false, for each answer that it asks for.")],
    user: User = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Declare to the platform what a fault asks for, in your own name, and look at the account again."""
    from adloom.connections import actions

    given = _pairs(answers)
    with session.acting(user) as actor:
        job_id = actions.declare(actor, account_id=_account(actor, account).id, fault=fault, answers=given)
        _followed(actor, account, job_id, no_wait=no_wait, as_json=as_json)


def _followed(actor: Actor, account: str, job_id: UUID, *, no_wait: bool, as_json: bool) -> None:
    if no_wait:
        result: dict[str, Any] = {"job_id": str(job_id)}
        session.answer(result, as_json=as_json, human=lambda: print(job_id))
        return
    session.follow(actor, [job_id], what="Looking at the account")
    result = _whole(actor, account)
    session.answer(result, as_json=as_json, human=lambda: _print(result))


def _account(actor: Actor, name: str) -> AccountView:
    """The account with this id, ours or the platform's; raises NotFound."""
    from adloom.connections import queries, tokens
    from adloom.core.errors import NotFound

    found = [
        account
        for account in queries.accounts(actor)
        if str(account.id) == name or tokens.same_account(account.platform, account.external_id, name)
    ]
    if len(found) != 1:
        raise NotFound(f"There is no ad account {name!r}." if not found else f"{name!r} is several: use our own id.")
    return found[0]


def _whole(actor: Actor, name: str) -> dict[str, Any]:
    from adloom.connections import choices, queries

    account = _account(actor, name)
    resources = queries.resources(actor, account_id=account.id)
    faults = queries.faults(actor, account_id=account.id)
    return {
        **_facts(account),
        "name": account.name,
        "inspected_at": account.inspected_at,
        "missing_rights": list(account.missing_rights),
        "settings": choices.chosen(account.platform, account.attributes),
        "zone_evidence": account.zone_evidence,
        "resources": [
            {"kind": each.kind.value, "external_id": each.external_id, "name": each.name, "status": each.status}
            for each in resources
            if each.gone_at is None
        ],
        "faults": [
            {
                "code": each.code,
                "words": each.words,
                "fix": each.fix,
                "blocks_writes": each.blocks_writes,
                "asks": list(each.asks),
            }
            for each in faults
        ],
    }


def _facts(account: AccountView) -> dict[str, Any]:
    return {
        "id": str(account.id),
        "platform": account.platform.value,
        "external_id": account.external_id,
        "currency": account.currency,
        "time_zone": account.time_zone,
        "status": account.status,
        "daily_cap": None if account.daily_cap is None else str(account.daily_cap),
    }


def _pairs(given: list[str]) -> dict[str, str]:
    from adloom.core.errors import Invalid

    for each in given:
        if "=" not in each:
            raise Invalid.field(each, "it is no NAME=VALUE.", "Write a name, an equals sign and a value.")
    return {name: value for name, _, value in (each.partition("=") for each in given)}


def _print(result: dict[str, Any]) -> None:
    facts = {
        name: result[name]
        for name in ("name", "platform", "external_id", "currency", "time_zone", "status", "daily_cap")
    }
    rights = ", ".join(result["missing_rights"])
    session.pairs({**facts, **({"missing rights": rights} if rights else {})})
    if result["faults"]:
        wrong = [(f["code"], f["words"], f["fix"], ", ".join(f["asks"])) for f in result["faults"]]
        session.table("Wrong", ("Code", "Words", "Mend it with", "Asks"), wrong)
    session.table("Set", ("Setting", "Id"), list(result["settings"].items()))
    if result["zone_evidence"] is not None:
        session.pairs({"zone of its reports": result["zone_evidence"].get("why", "read once: the next report tells")})
    found = [(r["kind"], r["external_id"], r["name"], r["status"]) for r in result["resources"]]
    session.table("Found there", ("Kind", "Id", "Name", "Status"), found)
