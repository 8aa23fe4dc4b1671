"""A process that does nothing but one ingest, for what it takes of memory. Its task is JSON on standard input."""

from __future__ import annotations

import json
import sys
from datetime import date
from uuid import UUID

from tests.bench import account
from tests.bench.peers.figures import Report, peak_mib

from adloom.core.actor import Actor
from adloom.db import engine
from adloom.db.urls import Urls


def main() -> None:
    """Ingests a report that is made while it is read."""
    task = json.load(sys.stdin)
    engine.configure(Urls(logins=task["logins"], embedded=False))
    report = Report(task["campaigns"], date.fromisoformat(task["until"]))
    actor = Actor(tenant_id=UUID(task["tenant_id"]))
    account.put(actor, UUID(task["account_id"]), report, account.facts_of(report))
    peak = peak_mib()
    sys.stdout.write(json.dumps({"peak_mib": peak}))


if __name__ == "__main__":
    main()
