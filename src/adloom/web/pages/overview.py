"""`/`: what was spent and what came of it, over all platforms, and the data of its chart."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adloom.ads import queries as ads
from adloom.campaigns import queries as campaigns
from adloom.connections import queries as connections
from adloom.core import time
from adloom.core.actor import Actor
from adloom.metrics import answers, caveats, conversion, outcomes, ranking
from adloom.metrics import queries as metrics
from adloom.metrics.answers import Answer
from adloom.metrics.caveats import Caveats
from adloom.metrics.types import By, MetricRow
from adloom.platforms import registry, versions
from adloom.reports import charts
from adloom.web import render
from adloom.web.guard import Looking
from adloom.web.views import notices
from adloom.web.views import overview as view
from adloom.web.views.notices import Notice
from adloom.web.views.overview import Sums, Window

router = APIRouter()

_LOOK_BACK = timedelta(days=180)
_CHART_HEIGHT = 260

Days = Annotated[int, Query(ge=1, le=366)]
ToldIn = Annotated[str | None, Query(max_length=3)]


@router.get("/")
def overview(request: Request, who: Looking, days: Days = view.DEFAULT_PERIOD, told_in: ToldIn = None) -> Response:
    """The overview of the last days, or what to do first where there are no figures; `told_in` a currency, if any."""
    window, told = _window(who.actor, days), _told(told_in)
    with answers.of_one_moment(who.actor):
        sums = _sums(who.actor, window, told)
    known = {campaign.id: campaign for campaign in campaigns.those(who.actor, ids=_ids(sums))}
    shown = view.overview(sums, window=window, days=days, campaigns=known, told_in=told, billed=_billed(who.actor))
    if not shown.blocks:
        return _beginning(request, who.actor)
    return render.page(request, "overview.html", nav="overview", view=shown, notices=_notices(who.actor))


@router.get("/charts/daily-spend")
def daily_spend(
    who: Looking, currency: Annotated[str, Query(pattern="^[A-Z]{3}$")], days: Days, told_in: ToldIn = None
) -> JSONResponse:
    """The chart's specification, with its data."""
    window = _window(who.actor, days)
    with answers.of_one_moment(who.actor):
        found, told = _shown(who.actor, window, _told(told_in), By.PLATFORM, By.DAY), _caveats(who.actor, window)
    rows = view.filled(found, window=window, currency=currency)
    made = charts.daily_spend(rows, currency=currency, width="container", height=_CHART_HEIGHT, caveats=told)
    return JSONResponse(view.for_page(made), headers={"Cache-Control": "no-store"})


def _beginning(request: Request, actor: Actor) -> Response:
    steps: dict[str, Any] = {
        "has_account": bool(connections.accounts(actor)),
        "has_ad": bool(ads.list(actor, limit=1).items),
        "has_campaign": bool(campaigns.page(actor, limit=1, with_deleted=True).items),
    }
    return render.page(request, "beginning.html", nav="overview", notices=_notices(actor), **steps)


def _notices(actor: Actor) -> tuple[Notice, ...]:
    return notices.notices(
        connections.credentials(actor),
        connections.accounts(actor),
        connections.faults(actor),
        versions.endings(registry.versions(), today=time.now().date()),
        now=time.now(),
        differences=outcomes.unexplained(actor, client_id=actor.client_id),
    )


def _window(actor: Actor, days: int) -> Window:
    _, today = metrics.period(since=None, until=None)
    found = metrics.show(actor, since=today - _LOOK_BACK, until=today, by=(By.DAY,))
    return view.window(days, with_figures={row.date for row in found if row.date}, last_over=_last_over(actor))


def _last_over(actor: Actor) -> date:
    """The newest day that is over in every ad account's time zone."""
    zones = {account.time_zone for account in connections.accounts(actor)} or {"UTC"}
    return min(time.today(zone) for zone in zones) - timedelta(days=1)


def _ids(sums: Sums) -> list[UUID]:
    return [row.campaign.id for row in sums.campaigns if row.campaign]


def _told(code: str | None) -> str | None:
    return conversion.currency(code, field="told_in") if code else None


def _billed(actor: Actor) -> tuple[str, ...]:
    """The currencies of the ad accounts."""
    return tuple(sorted({account.currency for account in connections.accounts(actor)}))


def _shown(actor: Actor, window: Window, told_in: str | None, *by: By) -> Answer[MetricRow]:
    return metrics.show(actor, since=window.since, until=window.until, by=by, reporting_currency=told_in)


def _caveats(actor: Actor, window: Window) -> Caveats:
    return caveats.of(actor, since=window.since, until=window.until, client_id=actor.client_id)


def _sums(actor: Actor, window: Window, told_in: str | None) -> Sums:
    both = metrics.compared(actor, since=window.since, until=window.until, by=(), reporting_currency=told_in)
    before = window.before()
    return Sums(
        totals=both.now,
        earlier=both.before,
        platforms=_shown(actor, window, told_in, By.PLATFORM),
        campaigns=_campaigns(actor, window, told_in, currencies=[row.currency for row in both.now]),
        days=_shown(actor, window, told_in, By.PLATFORM, By.DAY),
        caveats=_caveats(actor, window),
        earlier_caveats=caveats.of_days(actor, since=before.since, until=before.until, client_id=actor.client_id),
    )


def _campaigns(actor: Actor, window: Window, told_in: str | None, *, currencies: Collection[str]) -> list[MetricRow]:
    """The campaigns that spent most, in each currency.

    What is told in another one is added up from the facts: each day has its rate, and sums of campaigns that stand
    ready are of weeks and longer.
    """
    if told_in is not None:
        found = sorted(_shown(actor, window, told_in, By.PLATFORM, By.CAMPAIGN), key=lambda row: -row.spend)
        return [row for code in currencies for row in [r for r in found if r.currency == code][: view.MOST]]
    return [
        row
        for code in currencies
        for row in ranking.rows(actor, since=window.since, until=window.until, currency=code, limit=view.MOST)
    ]
