"""What the demo does on its stage, told as it happens. Everything it shows was read back; nothing is filled in."""

from __future__ import annotations

import json
import secrets
import time as wall
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from rich.console import Console

from adloom.ads import actions as ads
from adloom.campaigns import actions as campaign_actions
from adloom.campaigns import queries as campaigns
from adloom.cli import demo_media, session
from adloom.cli.demo_stage import Stage
from adloom.connections import actions as connections
from adloom.core import money, time
from adloom.core.actor import Actor
from adloom.identity import actions as identity
from adloom.identity import queries as people
from adloom.metrics import actions as metric_actions
from adloom.metrics import queries as metrics
from adloom.metrics.types import By, MetricRow
from adloom.operations import upkeep
from adloom.platforms.types import Platform
from adloom.reports import actions as reports
from adloom.reports import words

EMAIL = "demo@example.com"
_console = Console(stderr=True)
_T = TypeVar("_T")


def tell(stage: Stage, *, days: int) -> dict[str, Any]:
    """Runs the demo and returns the object that `product.md` promises."""
    password = _password(stage)
    actor = _step("A person signs up", lambda: _person(password))
    _step("The four platforms are connected", lambda: _connect(actor, stage))
    ad_id, name = _step("One ad is written, with two pictures and a film", lambda: _write(actor, stage))
    _step("It goes to all four platforms", lambda: _deploy(actor, ad_id))
    _step(f"{days} days pass", lambda: stage.pass_days(days))
    _step("Status and numbers come back", lambda: _sync(actor, ad_id))
    report = _step("A report is made", lambda: _report(actor, stage, ad_id))
    return {
        "database": {"version": upkeep.server_version(), "embedded": True},
        "ad": {"id": str(ad_id), "name": name},
        "campaigns": _campaigns(actor, ad_id),
        "metrics": _metrics(actor, ad_id),
        "ledger": _ledger(stage),
        "report": report,
        "address": stage.address,
        "login": {"email": EMAIL, "password": password},
        "seconds": round(wall.monotonic() - stage.begun_s, 1),
    }


def show(result: dict[str, Any]) -> None:
    """The demo's result as tables: what stands where, and our totals beside the sandbox's own ledger."""
    rows = [
        (_name(c), c["status"], c["delivery_state"].lower(), c["platform_campaign_id"]) for c in result["campaigns"]
    ]
    columns = ("Platform", "Status", "Delivery", "Campaign on the platform")
    print()
    session.table(f"“{result['ad']['name']}” stands on {len(rows)} platforms\n", columns, rows)
    print()
    heads = ("Platform", "Impressions", "Clicks", "Conv.", "Spend", "Ledger")
    lines = [_line(platform, held, result["ledger"].get(platform)) for platform, held in result["metrics"].items()]
    spans = {f"{held['first']} – {held['last']}" for held in result["metrics"].values()}
    session.table(f"Numbers, {', '.join(sorted(spans))}\n", heads, lines, right=heads[1:5])
    print("\nLedger: = is the same, to the last digit, as the sandbox itself says was delivered.\n")
    report = result["report"]
    print(f"Report   {report['path']} (pages: {report['pages']}, bytes: {report['bytes']})")
    print(f"Pages    {result['address']}   {result['login']['email']} / {result['login']['password']}")
    print(f"Took     {result['seconds']} s")


def serve(stage: Stage) -> None:
    """Keeps the pages up until Ctrl-C."""
    print("\nCtrl-C ends the demo.", flush=True)
    try:
        while True:
            wall.sleep(3600)
    except KeyboardInterrupt:
        print()


def _step(words: str, do: Callable[[], _T]) -> _T:
    begun = wall.monotonic()
    with _console.status(f"{words} …"):
        result = do()
    _console.print(f"[green]✓[/green] {words} [dim]{wall.monotonic() - begun:.1f} s[/dim]", highlight=False)
    return result


def _password(stage: Stage) -> str:
    password = secrets.token_urlsafe(9)
    (stage.home / "password").write_text(password)
    return password


def _person(password: str) -> Actor:
    identity.create_user(email=EMAIL, password=password, first_name="Dana", last_name="Demo")
    return people.operator(email=EMAIL)


def _connect(actor: Actor, stage: Stage) -> None:
    jobs = [
        connections.connect(
            actor,
            platform=platform,
            token=stage.logins[platform],
            account=stage.logins[platform]["account_id"],
        ).job_id
        for platform in Platform
    ]
    session.follow(actor, jobs, what="Connecting")


def _write(actor: Actor, stage: Stage) -> tuple[UUID, str]:
    folder = stage.home / "ad"
    folder.mkdir()
    demo_media.draw(folder)
    document = demo_media.demo_ad(folder, stage.logins)
    (folder / "ad.json").write_text(json.dumps(document, indent=2))
    ad = ads.create(actor, data=json.loads((folder / "ad.json").read_text()), base=folder)
    return ad.id, ad.name


def _deploy(actor: Actor, ad_id: UUID) -> None:
    change = campaign_actions.deploy(actor, ad_id=ad_id, accept_losses=True)
    session.follow(actor, change.job_ids, what="Deploying")


def _sync(actor: Actor, ad_id: UUID) -> None:
    jobs = [*campaign_actions.sync(actor, ad_id=ad_id), *metric_actions.sync(actor)]
    session.follow(actor, jobs, what="Pulling")


def _report(actor: Actor, stage: Stage, ad_id: UUID) -> dict[str, Any]:
    since, until = _span(actor, ad_id)
    report_id = reports.create(actor, name="Spring sale on four platforms", since=since, until=until, ad_id=ad_id)
    making = reports.run(actor, report_id=report_id)
    made = session.follow(actor, [making.job_id], what="Making")[0].result or {}
    path = stage.home / "report.pdf"
    path.write_bytes(reports.read(actor, instance_id=making.instance_id))
    return {"path": str(path), "bytes": path.stat().st_size, "pages": made["pages"]}


def _campaigns(actor: Actor, ad_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "platform": c.platform.value,
            "status": c.status.value,
            "platform_campaign_id": c.platform_campaign_id,
            "delivery_state": c.delivery_state.value,
        }
        for c in campaigns.of_ad(actor, ad_id=ad_id)
    ]


def _span(actor: Actor, ad_id: UUID) -> tuple[date, date]:
    today = time.now().date()
    days = [row.date for row in _days(actor, ad_id) if row.date is not None]
    return min(days, default=today), max(days, default=today)


def _days(actor: Actor, ad_id: UUID) -> list[MetricRow]:
    far = date(2000, 1, 1), date(2100, 1, 1)
    return metrics.show(actor, since=far[0], until=far[1], by=(By.PLATFORM, By.DAY), ad_id=ad_id)


def _metrics(actor: Actor, ad_id: UUID) -> dict[str, Any]:
    """Sums of what Adloom holds, by platform, with the first and last day that has numbers."""
    rows = [
        {
            "platform": row.platform.value,
            "date": row.date.isoformat(),
            "impressions": row.impressions,
            "clicks": row.clicks,
            "conversions": row.conversions,
            "spend": row.spend,
            "currency": row.currency,
        }
        for row in _days(actor, ad_id)
        if row.platform is not None and row.date is not None
    ]
    return _totals(rows)


def _ledger(stage: Stage) -> dict[str, Any]:
    """The same sums of the sandbox's own truth."""
    delivery = stage.control("ledger?grain=day")["delivery"]
    return _totals(
        {**row, "spend": Decimal(row["spend"]), "conversions": _decimal(row["conversions"])} for row in delivery
    )


def _totals(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    by_platform: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_platform.setdefault(row["platform"], []).append(row)
    return {platform: _total(found) for platform, found in sorted(by_platform.items())}


def _total(rows: list[dict[str, Any]]) -> dict[str, Any]:
    known = [row["conversions"] for row in rows if row["conversions"] is not None]
    (currency,) = {row["currency"] for row in rows}
    return {
        "impressions": sum(int(row["impressions"]) for row in rows),
        "clicks": sum(int(row["clicks"]) for row in rows),
        "conversions": money.plain(sum(known, Decimal(0))) if known else None,
        "spend": money.Money(sum((row["spend"] for row in rows), Decimal(0)), currency).plain(),
        "currency": currency,
        "first": min(row["date"] for row in rows),
        "last": max(row["date"] for row in rows),
    }


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _line(platform: str, held: dict[str, Any], ledger: dict[str, Any] | None) -> tuple[str, ...]:
    """One platform's totals as people read them, and whether the sandbox's own ledger says the same."""
    return (
        words.NAMES[Platform(platform)],
        words.count(held["impressions"]),
        words.count(held["clicks"]),
        words.count(_decimal(held["conversions"])),
        words.money(Decimal(held["spend"]), held["currency"]),
        "=" if held == ledger else f"DIFFERS: {ledger}",
    )


def _name(campaign: dict[str, Any]) -> str:
    return words.NAMES[Platform(campaign["platform"])]
