"""Many ads at once: four worker processes, platforms with quotas, and one write in twenty that goes wrong.

`make load` runs it and prints what came of it: campaigns twice or missing, calls beyond a quota, and how fast it was.
"""

from __future__ import annotations

import json
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from tests.databases import Servers
from tests.installation import until
from tests.torture import stack as stacks
from tests.torture import table, trips
from tests.torture.stack import Stack
from tests.torture.trips import Relay
from tests.torture.wire import Write

from adloom.ads import actions as drafting
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.cli import demo_media
from adloom.core.settings import Settings
from adloom.db import server
from adloom.platforms.types import Platform

WORKERS = 4
FAULTS = 0.05
#: TikTok's basic level counts calls by the minute (quotas.py); the sandbox counts the same on its own.
_QUOTA = {Platform.TIKTOK_ADS: (600, 60.0)}
_ACCESS = {"ADLOOM_TIKTOK_ACCESS": "basic"}
_LIVE = {"enabled", "active", "enable"}
_PATIENCE_S = 7200.0

_LEFT = """
SELECT count(*)
FROM background_jobs
WHERE job_type = 'campaigns.apply'
    AND status IN ('pending', 'running')
"""
_UNCERTAIN = "SELECT count(*) FROM deployment_steps WHERE state IN ('sent', 'uncertain')"
_ENDS = "SELECT status, count(*) FROM campaign_deployments GROUP BY status"
_STANDING = "SELECT platform, marker, platform_campaign_id FROM campaigns"
_STATEMENTS = (
    "SELECT sum(calls) FROM pg_stat_statements WHERE userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)"
)
_COSTLY = """
SELECT
    calls,
    round(total_exec_time::numeric / 1000, 1) AS seconds,
    left(regexp_replace(query, '\\s+', ' ', 'g'), 90) AS query
FROM pg_stat_statements
ORDER BY total_exec_time DESC
LIMIT 8
"""
_FREQUENT = """
SELECT
    calls,
    left(regexp_replace(query, '\\s+', ' ', 'g'), 90) AS query
FROM pg_stat_statements
ORDER BY calls DESC
LIMIT 24
"""


@dataclass(slots=True)
class Luck:
    """A watch under which one write in so many goes wrong: never arrives, is never answered, or fails.

    The platforms' own throttle is not among them: it would stop a whole account for minutes. Quotas see to that."""

    stack: Stack
    share: float
    chance: random.Random = field(default_factory=lambda: random.Random(20261127))
    struck: Counter[str] = field(default_factory=Counter)
    _cut: set[int] = field(default_factory=set)

    def leaving(self, write: Write) -> bool:
        """Of the wire's watch."""
        if self.chance.random() >= self.share:
            return True
        kind = self.chance.choice(("lost", "cut", "server_error"))
        self.struck[kind] += 1
        if kind == "lost":
            return False
        if kind == "cut":
            self._cut.add(id(write))
        else:
            self.stack.house.installed.fault(write.platform.value, f"^{re.escape(write.line)}$", kind)
        return True

    def answered(self, write: Write) -> bool:
        """Of the wire's watch."""
        if id(write) not in self._cut:
            return True
        self._cut.remove(id(write))
        return False

    def told(self, write: Write) -> None:
        """Of the wire's watch."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load came to. Times are in seconds."""

    computer: str
    ads: int
    campaigns: int
    twice: int
    missing: int
    not_live: int
    uncertain: int
    ends: Mapping[str, int]
    faults: Mapping[str, int]
    refused_by_quota: Mapping[str, int]
    calls: Mapping[str, int]
    queueing: float
    seconds: float
    campaigns_per_second: float
    statements_per_campaign: float
    round_trips_per_campaign: float
    quota_alone: float
    share_of_quota: float
    costly: list[str]
    frequent: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether every campaign stands once and nothing is open."""
        return not (
            self.twice or self.missing or self.not_live or self.uncertain or any(self.refused_by_quota.values())
        )


def run(stack: Stack, relay: Relay, ads: int) -> Outcome:
    """Deploys so many ads on all platforms. The workers' way to the database leads over the relay."""
    installed = stack.house.installed
    for platform, (calls, window) in _QUOTA.items():
        body = {"platform": platform.value, "calls": calls, "window": f"PT{int(window)}S"}
        installed.control("quotas", body)
    drafts = _drafts(stack, ads)
    stack.kill_all()
    began = time.monotonic()
    for ad_id in drafts:
        campaigns.deploy(stack.house.actor, ad_id=ad_id, accept_losses=True)
    queueing = time.monotonic() - began
    stack.wire.watch = luck = Luck(stack, FAULTS)
    with psycopg.connect(stack.database, autocommit=True) as connection:
        connection.execute("ANALYZE")
        connection.execute("DELETE FROM platform_quotas")
        connection.execute("SELECT pg_stat_statements_reset()")
        before, begun = _calls(stack), relay.count()
        seconds = _work(stack, connection)
        spent = relay.count() - begun
        return _outcome(stack, connection, luck, drafts, before=before, spent=spent, queueing=queueing, seconds=seconds)


def _drafts(stack: Stack, ads: int) -> list[UUID]:
    """So many ads of the same files, which are looked into once."""
    house = stack.house
    first = house.ad()
    data = dict(ad_queries.get(house.actor, ad_id=first).data)
    more = (drafting.create(house.actor, data={**data, "name": f"Sale {number}"}) for number in range(1, ads))
    return [first, *(ad.id for ad in more)]


def _work(stack: Stack, connection: psycopg.Connection) -> float:
    began = time.monotonic()
    for _ in range(WORKERS):
        stack.worker(concurrency=4)

    def is_done() -> bool:
        time.sleep(1)
        row = connection.execute(_LEFT).fetchone()
        assert row is not None
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{time.monotonic() - began:6.0f} s, {row[0]} left ")
        return not row[0]

    until(is_done, what="all is deployed", patience_s=_PATIENCE_S)
    return time.monotonic() - began


def _outcome(
    stack: Stack,
    connection: psycopg.Connection,
    luck: Luck,
    drafts: list[UUID],
    *,
    before: Counter[str],
    spent: int,
    queueing: float,
    seconds: float,
) -> Outcome:
    ledger = stack.house.installed.control("ledger")
    calls = _calls(stack) - before
    standing = connection.execute(_STANDING).fetchall()
    found = Counter(_marker(item) for item in ledger["objects"] if item["type"].lower() == "campaign")
    live = {_marker(item) for item in ledger["objects"] if str(item["status"]).lower() in _LIVE}
    wanted = [(platform, marker) for platform, marker, _ in standing]
    statements = connection.execute(_STATEMENTS).fetchone()
    uncertain = connection.execute(_UNCERTAIN).fetchone()
    assert statements is not None
    assert uncertain is not None
    alone = max(calls[p.value] / allowed * window for p, (allowed, window) in _QUOTA.items())
    return Outcome(
        computer=table.computer(),
        ads=len(drafts),
        campaigns=len(wanted),
        twice=sum(found[each] > 1 for each in wanted),
        missing=len(drafts) * len(Platform) - sum(found[each] >= 1 for each in wanted),
        not_live=sum(each not in live for each in wanted),
        uncertain=uncertain[0],
        ends=dict(connection.execute(_ENDS).fetchall()),
        faults=dict(luck.struck),
        refused_by_quota={row["platform"]: row["refused"] for row in ledger["quotas"]},
        calls=dict(calls),
        queueing=round(queueing, 1),
        seconds=round(seconds, 1),
        campaigns_per_second=round(len(wanted) / seconds, 2),
        statements_per_campaign=round(float(statements[0]) / len(wanted), 1),
        round_trips_per_campaign=round(spent / len(wanted), 1),
        quota_alone=round(alone, 1),
        share_of_quota=round(alone / seconds, 2),
        costly=[" ".join(map(str, row)) for row in connection.execute(_COSTLY).fetchall()],
        frequent=[" ".join(map(str, row)) for row in connection.execute(_FREQUENT).fetchall()],
    )


def _marker(item: Mapping[str, Any]) -> tuple[str, str]:
    """The platform and our marker, the last word of every campaign's name."""
    return item["platform"], str(item["name"] or "").rpartition(" ")[2]


def _calls(stack: Stack) -> Counter[str]:
    """The calls that the sandbox has counted, by platform."""
    return Counter(request["platform"] for request in stack.house.installed.control("ledger")["requests"])


def main(ads: int, out: Path | None) -> int:
    """Runs the load, prints what came of it, and says whether all is well."""
    with stacks.folder() as folder:
        media, servers = folder / "media", Servers(folder / "servers")
        demo_media.draw(media)
        try:
            cluster = servers.cluster()
            _count_statements(cluster.superuser("postgres"), Settings(home=folder / "servers" / "home-None"))
            with (
                cluster.lent() as urls,
                trips.before(urls) as relay,
                stacks.on(relay.urls, cluster, media, folder / "stack", access=_ACCESS) as stack,
            ):
                outcome = run(stack, relay, ads)
        finally:
            servers.close()
    told = json.dumps(asdict(outcome), indent=1)
    sys.stdout.write(f"{told}\n")
    if out is not None:
        out.write_text(f"{told}\n")
    return 0 if outcome.is_clean else 1


def _count_statements(superuser: str, settings: Settings) -> None:
    """Statements are counted by a library that the server loads as it starts; `BEGIN` and `COMMIT` with the others."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        connection.execute("ALTER SYSTEM SET pg_stat_statements.track_utility = on")
    server.stop(settings, force=True)
    with server.running(settings):
        return


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # everything that was started is ended, as after Ctrl-C
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
