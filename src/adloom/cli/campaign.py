"""`adloom campaign …`: the campaigns of all ads, one with its history, and what to do about what was changed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import typer

from adloom.cli import session
from adloom.cli.screen import shown
from adloom.cli.session import Client, Confirm, Json, Member, NoWait, User

app = typer.Typer(no_args_is_help=True)

CampaignId = Annotated[UUID, typer.Argument(metavar="ID", help="The campaign's id.")]
Show = Annotated[bool, typer.Option("--show", help="Only show what it would do.")]
SeenPlan = Annotated[
    str | None, typer.Option("--plan", help="The fingerprint that you have seen; a stale one is refused.")
]


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
    campaign_id: CampaignId,
    sync: Annotated[bool, typer.Option("--sync", help="Ask the platforms first how the ad stands there now.")] = False,
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Show one campaign, what stands of it, what was changed there by hand, and all that was done to it."""
    from adloom.campaigns import actions, chronicle
    from adloom.campaigns import queries as campaigns
    from adloom.core.errors import NotFound
    from adloom.identity import queries as identity

    with session.acting(user, client) as actor:
        campaign = campaigns.get(actor, campaign_id=campaign_id)
        if campaign is None:
            raise NotFound(f"There is no campaign {campaign_id}.")
        if sync:
            session.follow(actor, actions.sync(actor, ad_id=campaign.ad_id), what="Asking the platforms")
            campaign = campaigns.get(actor, campaign_id=campaign_id) or campaign
        objects = campaigns.objects(actor, campaign_id=campaign_id, with_deleted=True)
        deployments = campaigns.history(actor, campaign_id=campaign_id)
        drift = campaigns.drift(actor, campaign_id=campaign_id)
        history = chronicle.entries(actor, campaign_id=campaign_id)
        people = {str(id_): email for id_, email in identity.addresses(actor).items()}
    result: dict[str, Any] = {
        **campaign.as_json(),
        "objects": [each.as_json() for each in objects],
        "drift": [each.as_json() for each in drift],
        "deployments": [each.as_json() for each in deployments],
        "history": [each.as_json() for each in history],
    }
    session.answer(result, as_json=as_json, human=lambda: _print(result, people))


@app.command("reconcile")
def reconcile(
    campaign_id: CampaignId,
    adopt: Annotated[bool, typer.Option("--adopt", help="Take over what stands there; writes nothing to it.")] = False,
    put_back: Annotated[bool, typer.Option("--put-back", help="Send ours again.")] = False,
    field: Annotated[list[str] | None, typer.Option("--field", help="Only this field or object; repeatable.")] = None,
    show: Show = False,
    confirm: Confirm = None,
    plan: SeenPlan = None,
    user: User = None,
    client: Client = None,
    member: Member = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Adopt what was changed on the platform itself, or put ours back, and show first what that does."""
    from adloom.campaigns import reconciling
    from adloom.campaigns.reconciling import How
    from adloom.cli import ad_follow, ad_plan

    if adopt == put_back:
        raise typer.BadParameter("say either --adopt or --put-back")
    how, fields = How.ADOPT if adopt else How.PUT_BACK, field or ()
    with session.acting(user, client, member) as actor:
        planned = reconciling.plan(actor, campaign_id=campaign_id, how=how, fields=fields)
        found = planned.as_json()
        if show:
            session.answer(found, as_json=as_json, human=lambda: ad_plan.print_reconciliation(found))
            return
        if not as_json:
            ad_plan.print_reconciliation(found)
        change = reconciling.reconcile(
            actor, campaign_id=campaign_id, how=how, fields=fields, confirm=confirm or (), plan=plan
        )
        what = "Adopting" if adopt else "Putting back"
        ad_follow.finish(actor, change, planned.campaign.ad_id, what=what, no_wait=no_wait, as_json=as_json)


@app.command("budget")
def budget(
    campaign_id: CampaignId,
    amount: Annotated[str, typer.Argument(help="What it shall be, in the account's currency: 50.00")],
    show: Show = False,
    confirm: Confirm = None,
    plan: SeenPlan = None,
    user: User = None,
    client: Client = None,
    member: Member = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Set the budget of a campaign that others made and that has one of its own, and show first what that does."""
    from adloom.campaigns import foreign_budgets
    from adloom.cli import ad_follow
    from adloom.core import money

    wanted = money.amount_or_none("amount", amount)
    if wanted is None:
        raise typer.BadParameter("say an amount")
    with session.acting(user, client, member) as actor:
        planned = foreign_budgets.plan(actor, campaign_id=campaign_id, amount=wanted)
        found = planned.as_json()
        if show:
            session.answer(found, as_json=as_json, human=lambda: _print_budget(found))
            return
        if not as_json:
            _print_budget(found)
        change = foreign_budgets.apply(actor, campaign_id=campaign_id, amount=wanted, confirm=confirm or (), plan=plan)
        ad_follow.finish(
            actor, change, planned.campaign.ad_id, what="Setting the budget", no_wait=no_wait, as_json=as_json
        )


def _print_budget(plan: dict[str, Any]) -> None:
    rows = [(each["field"], each["from"], each["to"]) for each in plan["changes"]]
    session.table("Would be changed" if rows else "Nothing would be changed", ("Field", "From", "To"), rows)
    for error in plan["errors"]:
        print(f"{error['field']}: {error['rule']} {error['fix']}")
    for sentence in plan["confirm"]:
        print(f'To confirm: --confirm "{sentence}"')


_LISTS = ("objects", "deployments", "reasons", "drift", "history")


def _print(result: dict[str, Any], people: Mapping[str, str]) -> None:
    session.pairs({k: v for k, v in result.items() if k not in _LISTS})
    for reason in result["reasons"]:
        print(f"  {shown(reason)}")
    stands = [each for each in result["objects"] if each["deleted_at"] is None]
    seen = [(each["key"], each["platform_id"], each["seen"]) for each in stands]
    session.table("Stands there", ("Object", "On the platform", "Seen as"), seen)
    drift = [
        (d["object"], d["field"] or d["kind"], d["ours"], d["theirs"], d["first_seen_at"], d["last_seen_at"])
        for d in result["drift"]
    ]
    if drift:
        columns = ("Object", "Field", "Ours", "There now", "First seen", "Last seen")
        session.table("Changed on the platform itself", columns, drift)
    session.table(
        "History", ("When", "What", "Who", "From → to"), [_line(entry, people) for entry in result["history"]]
    )
    for deployment in result["deployments"]:
        title = f"{deployment['type']} · {deployment['status']} · {deployment['started_at']}"
        rows = [(s["key"], s["state"], s["platform_id"], s["attempts"]) for s in deployment["steps"]]
        session.table(title, ("Step", "State", "On the platform", "Sent"), rows, right=("Sent",))


def _line(entry: dict[str, Any], people: Mapping[str, str]) -> tuple[str, ...]:
    """An entry of the history: when, what, who, and what became what."""
    if entry["what"] == "drift":
        drift = entry["drift"]
        what = f"{drift['kind']} there: {drift['object']} {drift['field'] or ''}".rstrip()
        decided = f", {drift['decision']}" if drift["decision"] else ""
        return entry["at"], what + decided, _name(people, drift["decided_by"]), _from_to(drift["ours"], drift["theirs"])
    done = entry["deployment"]
    reason = f" ({done['reason']})" if done["reason"] else ""
    changes = [f"{each['field']} {_from_to(each['from'], each['to'])}" for each in done["changes"]]
    return entry["at"], f"{done['type']}{reason} {done['status']}", _name(people, done["actor_id"]), "; ".join(changes)


def _name(people: Mapping[str, str], person_id: str | None) -> str:
    """Who it was: an id, where that person acts here no more."""
    return people.get(person_id, person_id) if person_id else "Adloom itself"


def _from_to(before: Any, after: Any) -> str:
    return f"{'(none)' if before is None else before} → {'(none)' if after is None else after}"
