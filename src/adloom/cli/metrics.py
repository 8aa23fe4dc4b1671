"""`adloom metrics …`: bring numbers in, show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adloom.cli import session
from adloom.cli.session import Client, Json, NoWait, User

if TYPE_CHECKING:
    from adloom.jobs.types import JobView
    from adloom.metrics.answers import Answer
    from adloom.metrics.pace import Pace
    from adloom.metrics.pacing import Paces
    from adloom.metrics.rollups import Recount

app = typer.Typer(no_args_is_help=True)

_COMPARED = ("impressions", "clicks", "spend", "conversions", "conversion_value")

From = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
To = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")]


@app.command("sync")
def sync(
    from_: From = None,
    to: To = None,
    grain: Annotated[str, typer.Option("--grain", help="day, hour, conversion or audience.")] = "day",
    user: User = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Pull the platforms' reports: by default every day not covered yet, and those that may still be restated."""
    from adloom.metrics import actions as metrics
    from adloom.metrics import grains

    finely = grains.named(grain, field="--grain")
    with session.acting(user) as actor:
        job_ids = metrics.sync(actor, since=from_ and from_.date(), until=to and to.date(), grain=finely)
        if no_wait:
            queued = {"job_ids": [str(i) for i in job_ids]}
            session.answer(queued, as_json=as_json, human=lambda: print("\n".join(queued["job_ids"])))
            return
        ended = session.follow(actor, job_ids, what="Pulling reports")
    pulls: list[dict[str, Any]] = [{"job_id": str(job.id), **(job.result or {})} for job in ended]
    session.answer({"pulls": pulls}, as_json=as_json, human=lambda: _print_pulls(pulls))


@app.command("show")
def show(
    from_: From = None,
    to: To = None,
    by: Annotated[str, typer.Option("--by", help="platform, campaign, day; several with commas.")] = "platform",
    as_of: Annotated[str | None, typer.Option("--as-of", help="The figures as they stood then.")] = None,
    reporting_currency: Annotated[
        str | None, typer.Option("--reporting-currency", help="Told in it, each day at its own rate, and added up.")
    ] = None,
    people: Annotated[
        str, typer.Option("--people", help="reach, frequency or unique_users, of campaigns by day: never a sum.")
    ] = "",
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Show sums, one row per currency; `--by` says what rows are grouped by."""
    from adloom.cli import figures_table
    from adloom.metrics import answers, caveats, conversion, rates
    from adloom.metrics import people as reached
    from adloom.metrics import queries as metrics
    from adloom.reports import words

    field = "--reporting-currency"
    currency = None if reporting_currency is None else conversion.currency(reporting_currency, field=field)
    moment = metrics.moment(as_of, field="--as-of")
    figures = reached.figures(people, by=metrics.grouping(by), field="--people")
    with session.acting(user, client) as actor:
        since, until = metrics.period(since=from_ and from_.date(), until=to and to.date())
        if currency:
            rates.seed_if_none()
        with answers.of_one_moment(actor):
            rows = metrics.show(
                actor,
                since=since,
                until=until,
                by=metrics.grouping(by),
                client_id=actor.client_id,
                as_of=moment,
                reporting_currency=currency,
                field=field,
            )
            told = caveats.of(actor, since=since, until=until, client_id=actor.client_id, as_of=moment)
            many = reached.told(actor, figures, since=since, until=until, client_id=actor.client_id, as_of=moment)
    beside = [reached.beside(row, many, figures) for row in rows]
    result = _told(
        rows, [{**row.as_json(), **told.beside(row), **each} for row, each in zip(rows, beside, strict=True)]
    )
    reach = [each.get("people", {}) for each in beside]
    notes = [*dict.fromkeys(str(row.rates) for row in rows if row.rates), *words.caveats(told, rows)]
    title = f"{since} – {until}"
    session.answer(
        result, as_json=as_json, human=lambda: figures_table.show(title, rows, told, reach=reach, notes=notes)
    )


@app.command("changes")
def changes(
    since: Annotated[str, typer.Option("--since", help="The moment: 2026-11-20T12:00:00Z.")],
    from_: From = None,
    to: To = None,
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Show the days whose figures were known at a moment, and are told otherwise by the platform since."""
    from adloom.metrics import answers, claims, history
    from adloom.metrics import queries as metrics
    from adloom.reports import words

    moment = metrics.moment(since, field="--since")
    assert moment is not None
    with session.acting(user, client) as actor:
        first, last = metrics.period(since=from_ and from_.date(), until=to and to.date())
        with answers.of_one_moment(actor):
            found = history.changes(actor, moment=moment, since=first, until=last, client_id=actor.client_id)
            told = claims.of(actor, since=first, until=last, client_id=actor.client_id, moment=moment)
    rows = [
        {**each.as_json(), "breaks": [broken.as_json() for broken in told.breaks_of(each.platform)]} for each in found
    ]
    result, notes = _told(found, rows), list(words.breaks(told))
    session.answer(result, as_json=as_json, human=lambda: _print_changes(f"{first} – {last}", result, notes=notes))


@app.command("coverage")
def coverage(user: User = None, client: Client = None, as_json: Json = False) -> None:
    """Show which days are known: a row that is absent inside is zero, outside of them nothing is known."""
    from adloom.metrics import history

    with session.acting(user, client) as actor:
        found = history.coverage(actor, client_id=actor.client_id)
    result = _told(found, [each.as_json() for each in found])
    session.answer(result, as_json=as_json, human=lambda: _print_coverage(result))


@app.command("backfill")
def backfill(
    status: Annotated[bool, typer.Option("--status", help="Ask nobody: only show how far it is.")] = False,
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Bring in the platforms' whole history, newest first, in the background, and show how much of it is held."""
    from adloom.metrics import actions as metrics
    from adloom.metrics import backfill as history

    with session.acting(user, client) as actor:
        if not status:
            metrics.backfill(actor)
        result = [each.as_json() for each in history.progress(actor, client_id=actor.client_id)]
    session.answer(result, as_json=as_json, human=lambda: _print_history(result))


@app.command("pacing")
def pace(user: User = None, client: Client = None, as_json: Json = False) -> None:
    """Show how fast budgets are spent: each campaign's flight or month, and each client's month. 1 is on plan."""
    from adloom.metrics import pacing
    from adloom.reports import words

    with session.acting(user, client) as actor:
        found = pacing.show(actor, client_id=actor.client_id)
    notes = [*words.unknown(found.unknown), *words.uncertain(found.uncertain)]
    session.answer(found.as_json(), as_json=as_json, human=lambda: _print_paces(found, notes=notes))


@app.command("reconcile")
def reconcile(
    from_: From = None,
    to: To = None,
    last: Annotated[bool, typer.Option("--last", help="Ask nobody: what the last comparisons found.")] = False,
    user: User = None,
    client: Client = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Hold our sums against each account's own total at the platform: by default the last seven days that are over."""
    from adloom.metrics import actions as metrics
    from adloom.metrics import outcomes

    with session.acting(user, client) as actor:
        if last:
            newest = outcomes.newest(actor, client_id=actor.client_id)
            found = _told(newest, list(newest))
        else:
            job_ids = metrics.reconcile(actor, since=from_ and from_.date(), until=to and to.date())
            if no_wait:
                queued = {"job_ids": [str(i) for i in job_ids]}
                session.answer(queued, as_json=as_json, human=lambda: print("\n".join(queued["job_ids"])))
                return
            ended = session.follow(actor, job_ids, what="Asking for totals")
            found = [_compared_now(job) for job in ended]
    session.answer(found, as_json=as_json, human=lambda: _print_compared(found))


@app.command("recount")
def recount(
    mend: Annotated[bool, typer.Option("--mend", help="Set right what is wrong.")] = False,
    user: User = None,
    as_json: Json = False,
) -> None:
    """Count the sums that dashboards read again, from the facts; ends with 1 where one is wrong and is left so."""
    from adloom.metrics import rollups

    with session.acting(user) as actor:
        found = rollups.mend(actor) if mend else rollups.recount(actor)
    session.answer({**found.as_json(), "mended": mend}, as_json=as_json, human=lambda: _print_recount(found, mend))
    if found.wrong and not mend:
        raise typer.Exit(1)


def _print_recount(found: Recount, mended: bool) -> None:
    lines = [(day.account_id, day.date, day.currency, day.facts) for day in found.days]
    if lines:
        session.table("Wrong days", ("Account", "Date", "Currency", "Facts missed"), lines, right=("Facts missed",))
    verdict = "No sum is wrong." if not found.wrong else f"{found.wrong} sums were wrong."
    print(f"{verdict} They are set right." if found.wrong and mended else verdict)


def _told(answer: Answer[Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each with the moment of the data that all were read from: a list has no room beside its rows."""
    return [{**row, "data_as_of": answer.data_as_of.isoformat()} for row in rows]


def _compared_now(job: JobView) -> dict[str, Any]:
    """What a comparison found that has just ended: its figures are of the moment at which it was made."""
    found = job.result or {}
    return {"job_id": str(job.id), **found, "data_as_of": found.get("compared_at")}


def _print_compared(accounts: list[dict[str, Any]]) -> None:
    columns = ("Platform", "Account", "Date", "Currency", "Figure", "Ours", "Theirs", "Difference", "Explanation")
    lines = [
        (each["platform"], each["external_id"], day["date"], day["currency"], *cells)
        for each in accounts
        for day in each["days"]
        for cells in figures_of_day(day)
    ]
    session.table("Against the platforms' own totals", columns, lines, right=("Ours", "Theirs", "Difference"))


def figures_of_day(day: dict[str, Any]) -> list[tuple[object, ...]]:
    """A day's spend, and what else differs. What nothing explains is said in red."""
    word = str(day["explanation"]).replace("_", " ")
    word = session.Alarm(word) if day["explanation"] == "unexplained" else word
    ours, theirs, difference = day["ours"] or {}, day["theirs"], day["difference"] or {}
    names = [name for name in _COMPARED if name == "spend" or Decimal(difference.get(name) or 0)]
    return [(name.replace("_", " "), ours.get(name), theirs[name], difference.get(name), word) for name in names]


def _print_pulls(pulls: list[dict[str, Any]]) -> None:
    columns = ("Platform", "Account", "From", "To", "Rows", "Changed", "Not ours", "Note")
    rows = [
        (
            p["platform"],
            p["external_id"],
            p.get("since"),
            p.get("until"),
            p["rows"],
            p.get("changed"),
            p.get("foreign_campaigns"),
            p.get("note") or (f"{p['imported_campaigns']} new here" if p.get("imported_campaigns") else None),
        )
        for p in pulls
    ]
    session.table("Pulled", columns, rows, right=("Rows", "Changed", "Not ours"))


def _print_paces(paces: Paces, *, notes: Iterable[str]) -> None:
    right = ("Budget", "Left", "Spend", "Pace", "Projection")
    heads = ("Currency", "Budget", "From", "To", "Left", "Spend", "Pace", "Projection", "Note")
    lines = [[each.campaign.name, each.platform.value, *_pace(each.pace)] for each in paces.campaigns]
    session.table("Campaigns", ("Campaign", "Platform", *heads), lines, right=right)
    if paces.clients:
        months = [[each.name, *_pace(each.pace)] for each in paces.clients]
        session.table("Clients, this month", ("Client", *heads), months, right=right)
    for words in notes:
        print(words)


def _pace(pace: Pace) -> list[object]:
    """A pace as people read it; what is not known is said so."""
    from adloom.reports import words

    known: list[object] = [
        None if pace.budget is None else words.amount(pace.budget, pace.currency),
        pace.span and pace.span.since,
        pace.span and pace.span.until,
        None if pace.days_left is None else f"{pace.days_left} days",
        None if pace.spend is None else words.amount(pace.spend, pace.currency),
        None if pace.pace is None else words.share(pace.pace),
        None if pace.projection is None else words.amount(pace.projection, pace.currency),
    ]
    return [pace.currency, *("unknown" if each is None else each for each in known), pace.note]


def _print_changes(title: str, changes: list[dict[str, Any]], *, notes: Iterable[str]) -> None:
    figures = ("impressions", "clicks", "conversions", "conversion_value", "spend")
    lines = [
        (
            each["platform"],
            each["campaign"]["name"],
            each["date"],
            name.replace("_", " "),
            each["before"][name],
            each["now"][name],
            each["currency"] if name in ("conversion_value", "spend") else None,
        )
        for each in changes
        for name in figures
        if each["before"][name] != each["now"][name]
    ]
    columns = ("Platform", "Campaign", "Date", "Figure", "Then", "Now", "Currency")
    session.table(title, columns, lines, right=("Then", "Now"))
    for words in notes:
        print(words)


def _print_history(accounts: list[dict[str, Any]]) -> None:
    columns = ("Platform", "Account", "Grain", "From", "To", "Days held", "State", "Message")
    keys = ("platform", "external_id", "grain", "from", "to")
    lines = [
        (*(each[key] for key in keys), f"{each['days_held']} of {each['days']}", each["state"], each["message"])
        for each in accounts
    ]
    session.table("History", columns, lines, right=("Days held",))


_PULLS = ("oldest_pull", "newest_pull")


def _print_coverage(spans: list[dict[str, Any]]) -> None:
    columns = ("Platform", "Account", "Grain", "From", "To", "Oldest pull", "Newest pull")
    keys = ("platform", "external_id", "grain", "from", "to")
    lines = [
        [*(span[key] for key in keys), *(f"{span[name][:16].replace('T', ' ')} UTC" for name in _PULLS)]
        for span in spans
    ]
    session.table("Known days", columns, lines)
