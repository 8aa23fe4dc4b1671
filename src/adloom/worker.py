"""The worker's door: two explicit tables, who does which job, and which chores come due when."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from adloom.ads import tasks as ads
from adloom.campaigns import importing, judging
from adloom.campaigns import tasks as campaigns
from adloom.connections import tasks as connections
from adloom.core import memory
from adloom.jobs import queries as jobs
from adloom.jobs.runner import Runner
from adloom.jobs.schedules import Schedule
from adloom.jobs.types import Handler
from adloom.metrics import backfill, reconciling
from adloom.metrics import tasks as metrics
from adloom.metrics import upkeep as metrics_upkeep
from adloom.operations import tasks as operations
from adloom.reports import tasks as reports

HANDLERS: Mapping[str, Handler] = {
    "ads.look_up_places": ads.look_up_places,
    "campaigns.apply": campaigns.apply,
    "campaigns.judge": judging.judge,
    "campaigns.import": importing.run,
    "campaigns.import_all": importing.run_all,
    "campaigns.sync": campaigns.sync,
    "campaigns.sync_all": campaigns.sync_all,
    "campaigns.take_up": campaigns.take_up,
    "connections.check": connections.check,
    "connections.check_all": connections.check_all,
    "connections.disconnect": connections.disconnect,
    "connections.exchange": connections.exchange,
    "connections.forget": connections.forget,
    "connections.inspect": connections.inspect,
    "connections.inspect_all": connections.inspect_all,
    "connections.mend": connections.mend,
    "connections.refresh_due": connections.refresh_due,
    "connections.verify": connections.verify,
    "metrics.backfill": backfill.backfill,
    "metrics.backfill_all": backfill.backfill_all,
    "metrics.pull": metrics.pull,
    "metrics.pull_all": metrics.pull_all,
    "metrics.pull_details": metrics.pull_details,
    "metrics.reconcile": reconciling.reconcile,
    "metrics.reconcile_all": reconciling.reconcile_all,
    "metrics.move_windows": metrics_upkeep.move_windows,
    "metrics.recount_all": metrics_upkeep.recount_all,
    "metrics.refresh_rates": metrics.refresh_rates,
    "operations.partitions": operations.partitions,
    "operations.retention": operations.retention,
    "reports.generate": reports.generate,
    "reports.take_up": reports.take_up,
}

SCHEDULE: tuple[Schedule, ...] = (
    Schedule("campaigns.import_all", "5 * * * *", "campaigns.import_all"),
    Schedule("campaigns.sync_all", "*/10 * * * *", "campaigns.sync_all"),
    Schedule("campaigns.take_up", "*/2 * * * *", "campaigns.take_up"),
    Schedule("connections.check_all", "15 4 * * *", "connections.check_all"),
    Schedule("connections.inspect_all", "45 4 * * *", "connections.inspect_all"),
    Schedule("connections.refresh_due", "*/10 * * * *", "connections.refresh_due"),
    Schedule("metrics.backfill_all", "55 * * * *", "metrics.backfill_all"),
    Schedule("metrics.pull_all", "25 * * * *", "metrics.pull_all"),
    Schedule("metrics.pull_details", "40 5 * * *", "metrics.pull_details"),
    Schedule("metrics.move_windows", "*/15 * * * *", "metrics.move_windows"),
    Schedule("metrics.recount_all", "10 7 * * *", "metrics.recount_all"),
    Schedule("metrics.reconcile_all", "50 6 * * *", "metrics.reconcile_all"),
    Schedule("metrics.refresh_rates", "20 15 * * *", "metrics.refresh_rates"),  # the ECB's are out by 15:00 UTC
    Schedule("operations.partitions", "5 * * * *", "operations.partitions"),
    Schedule("operations.retention", "35 3 * * *", "operations.retention"),
    Schedule("reports.take_up", "45 * * * *", "reports.take_up"),
)


_LOOK_S = 1.0

#: What may be left at any moment: it only reads, and is asked again.
QUESTIONS = ("campaigns.judge",)
#: What pauses a campaign, and whatever else is done to one.
CHANGES = ("campaigns.apply",)


def runner(*, with_schedule: bool = True, concurrency: int = 4) -> Runner:
    """A worker over every job type; without the schedule it only does what is queued."""
    return Runner(HANDLERS, schedule=SCHEDULE if with_schedule else (), concurrency=concurrency)


def stopper() -> Runner:
    """A worker that changes campaigns and takes nothing else in hand: who stops everything waits for no report."""
    return Runner({name: HANDLERS[name] for name in CHANGES})


def asker() -> Runner:
    """A worker that asks platforms and changes nothing; told to stop, it waits for no answer."""
    return Runner({name: HANDLERS[name] for name in QUESTIONS}, grace_s=0.0)


def stand_in(runner: Runner, over: threading.Event) -> None:
    """Looks each second whether any worker lives still, and works until `over` where none does."""
    while not over.wait(_LOOK_S):
        try:
            is_needed = not jobs.living_workers()
        except SQLAlchemyError:
            continue  # whoever waits for the jobs meets the same, and says it
        if is_needed:
            runner.run(over)


def run(*, with_schedule: bool = True, concurrency: int = 4) -> None:
    """Works until SIGTERM or SIGINT, then lets what runs end."""
    stop = threading.Event()
    worker = runner(with_schedule=with_schedule, concurrency=concurrency)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.finish(stop))
    memory.settle()
    worker.run(stop)
