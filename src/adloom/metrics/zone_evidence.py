"""Reads an account's hours and total once more where its report zone is open, keeps both, and decides when it can.

Until then its days are read as if they were its own zone's, and marked as uncertain (`uncertain`).
"""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import text

from adloom.campaigns import specs
from adloom.connections import logins
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.jobs.types import Priority
from adloom.metrics import actions, report_zones
from adloom.metrics.grains import GrainName
from adloom.metrics.report_zones import ATTRIBUTE, Reading, ReportZone
from adloom.platforms import registry
from adloom.platforms.contract import Connection

_KEPT = text("SELECT zone_evidence FROM platform_accounts WHERE id = :account_id FOR UPDATE")

# A person who has said it meanwhile is believed.
_KEEP = text(
    """
    UPDATE platform_accounts
    SET
        zone_evidence = CAST(:evidence AS jsonb),
        attributes = CAST(:decided AS jsonb) || attributes
    WHERE id = :account_id
    """
)

_FIRST_COVERED = text(
    """
    SELECT min(date)
    FROM metric_coverage
    WHERE platform_account_id = :account_id
        AND grain = :grain
    """
)


def observe(actor: Actor, account: AccountView) -> None:
    """Takes one reading, and holds it against the last one; does nothing where the report zone is known.

    Once it is found to be UTC, all that was read otherwise is pulled anew.
    """
    if not report_zones.is_doubted(account):
        return
    with logins.open_connection(actor, platform=account.platform) as connection:
        reading = read(connection, account)
    with db.transaction(actor) as session:
        kept = session.execute(_KEPT, {"account_id": account.id}).scalar() or {}
        said = {name: value for name, value in kept.items() if name != "reading"}
        decided: dict[str, str] = {}
        if "reading" in kept:
            first = Reading.from_json(kept["reading"])
            evidence = report_zones.judge(first, reading, time_zone=account.time_zone)
            said = evidence.as_json()
            decided = {ATTRIBUTE: evidence.zone.value} if evidence.zone else {}
        keeping = json.dumps({**said, "reading": reading.as_json()})
        values = {"account_id": account.id, "evidence": keeping, "decided": json.dumps(decided)}
        session.execute(_KEEP, values)
        if decided.get(ATTRIBUTE) == ReportZone.UTC.value:
            for grain in GrainName:
                where = {"account_id": account.id, "grain": grain.value}
                since = session.execute(_FIRST_COVERED, where).scalar()
                if since is not None:
                    actions.enqueue_pull(session, actor, account, grain=grain, since=since, priority=Priority.ROUTINE)


def read(connection: Connection, account: AccountView) -> Reading:
    """The hours of today and yesterday by the report's own labels, after the account's total of the same days."""
    adapter, plain = registry.adapter(account.platform), specs.account_of(account)
    today = time.today(account.time_zone)
    since = today - timedelta(days=1)
    totals = list(adapter.totals(connection, account=plain, since=since, until=today))
    hours = list(adapter.hourly(connection, account=plain, since=since, until=today, events={}))
    return Reading.of(time.now(), hours, totals)
