"""A plan for people at the command line: what would be done on each platform, and what may be spent."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import typer

from adloom.cli import session
from adloom.cli.screen import shown

_SIGNS = {"update": "*", "delete": "-"}
_AMOUNTS = ("per_day", "per_month", "flight", "worst_day")


def print_(plan: Mapping[str, Any]) -> None:
    """The whole plan."""
    _print_platforms(plan["platforms"], asks=True)
    _print_money(plan)
    print(f"\nPlanned by {plan['maker'] or 'nobody'} at {plan['made_at']}")
    print(f"To deploy exactly this: --plan {plan['fingerprint']}")


def print_undo(found: Mapping[str, Any]) -> None:
    """What an undo takes back and how."""
    for done in found["undoes"]:
        print(f"Takes back: {done['type']} on {done['platform']} of {done['asked_at']} ({done['deployment_id']})")
    if found["undone_by"]:
        print(f"It was taken back already, by {', '.join(found['undone_by'])}.")
        return
    if found["reverts_ad"]:
        print("The ad says again what it said before.")
    _print_platforms(found["platforms"])
    _print_money(found)
    print(f"\nTo undo exactly this: --plan {found['fingerprint']}")


def print_reconciliation(found: Mapping[str, Any]) -> None:
    """What would be adopted or put back, what would be sent for it, and what stays as it is there."""
    sign = "←" if found["how"] == "adopt" else "→"
    for each in found["taken"]:
        whole = f"{each['object']} {each['field'] or each['kind']}"
        print(f"  {sign} {whole}: ours {each['ours'] or '(none)'}, theirs {each['theirs'] or '(none)'}")
    for each in found["left"]:
        print(f"  ✗ {each['object']} {each['field'] or each['kind']}: {each['why']}")
    if not found["taken"] and not found["left"]:
        print("  = nothing is left to decide")
        return
    if found["how"] == "put_back":
        _print_platforms(found["platforms"])
        _print_money(found)
        print(f"\nTo do exactly this: --plan {found['fingerprint']}")


def _print_money(plan: Mapping[str, Any]) -> None:
    rows = [
        *(row for name, found in plan["platforms"].items() for row in _money(name, found["money"])),
        *(row for currency, spending in plan["money"].items() for row in _money(f"together, {currency}", spending)),
    ]
    if rows:
        columns = ("What may be spent", "", "", "A day", "30.4 days", "Flight", "Worst day")
        print()
        session.table("", columns, rows, right=columns[3:])
    for sentence in plan["confirm"]:
        print(f'! far beyond the last budget; to deploy it: --confirm "{sentence}"')


def print_request(request: Mapping[str, Any]) -> None:
    """A plan that waits for a second person, and how that person applies it."""
    ad_id, operation = request["ad_id"], request["operation"]
    what = operation.replace("_", " ")
    print(f"Planned by {request['requester'] or request['requested_by']} at {request['requested_at']}: {what}.")
    if request["is_stale"]:
        print("Another plan would be made now, so that this one is refused: ask again.")
    else:
        again = str(request["plan"].get("again", ""))
        command = f"ad {operation} {ad_id}"
        if operation == "undo":
            command += again.removeprefix("--undo")
        elif operation == "put_back":
            campaign_id = request["plan"]["campaign_id"]
            command = f"campaign reconcile {campaign_id} --put-back{again.removeprefix(f'--put-back {campaign_id}')}"
        print(f"Another person applies it: adloom {command} --as EMAIL")


def _money(name: str, spending: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A row of what may be spent now and one of then; one alone where nothing changes."""
    before, after = spending["before"], spending["after"]
    if before == after:
        return [] if after is None else [(name, "as now", *_amounts(after))]
    return [(name, when, *_amounts(each)) for when, each in (("now", before), ("then", after)) if each is not None]


def _amounts(outlay: Mapping[str, Any]) -> tuple[str, ...]:
    return (outlay["currency"], *(outlay[name] or "no end" for name in _AMOUNTS))


def _print_platforms(platforms: Mapping[str, Any], *, asks: bool = False) -> None:
    """What would be done on each; `asks`: and what the platform says to it, which is asked of a deployment alone."""
    for name, plan_ in platforms.items():
        print(f"\n{name}")
        for error in plan_["errors"]:
            print(f"  ✗ {error['field']}: {error['rule']} {error['fix']}")
        for loss in plan_["losses"]:
            print(f"  ~ {loss['field']} {loss['kind'].lower()}: {loss['from']} → {loss['to']}")
        for change in plan_["changes"]:
            print(f"  {_SIGNS.get(change['action'], '+')} {_change_line(change)}")
        if not plan_["errors"] and not plan_["changes"]:
            print("  = stands as the ad says")
        if asks:
            _print_verdict(plan_)


def _print_verdict(plan: Mapping[str, Any]) -> None:
    """What the platform itself says; nothing where there was nothing to ask it about."""
    verdict, status = plan["verdict"], plan["platform_check"]
    if verdict["id"] is None and (plan["errors"] or plan["operation"] is None):
        return
    if status == "pending":
        print("  ? the platform was asked, and has not answered yet; plan again to see its verdict")
    elif status == "unavailable":
        print(f"  ? no verdict of the platform: {shown(verdict['reason'])}")
    elif not verdict["errors"]:
        print(
            "  ✓ the platform would take it"
            if verdict["manner"] == "validated"
            else "  ✓ nothing there speaks against it"
        )
    for error in verdict["errors"]:
        print(f"  {_red('✗ the platform would refuse it')}: {objection(error)}")
    for each in verdict["unjudged"]:
        print(f"  · {each['object'] + ': ' if each['object'] else ''}{each['why']}")


def objection(error: Mapping[str, Any]) -> str:
    """One objection in a line: what it is about, what the platform says, and what to do."""
    about = " ".join(part for part in (error["object"], error["field"]) if part)
    said = f" “{error['words']}”" if error["words"] else ""
    return f"{about + ': ' if about else ''}{error['rule']}{said} {error['fix']}".strip()


def _red(text: str) -> str:
    return typer.style(text, fg="red") if sys.stdout.isatty() else text


def _change_line(change: Mapping[str, Any]) -> str:
    parts = [change["action"], change["object"]]
    if change["field"]:
        parts.append(change["field"])
    if change["from"] is not None or change["to"] is not None:
        parts.append(f"{change['from'] or '(none)'} → {change['to'] or '(none)'}")
    if change["effects"]:
        parts.append(f"[{', '.join(change['effects'])}]")
    return " ".join(parts)
