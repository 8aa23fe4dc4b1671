"""Brings a sandbox back to where its state file says that it was, by asking it again what it was asked."""

import json
from datetime import datetime

from starlette.types import Scope

from adsandbox.faults import Fault
from adsandbox.gate import Gate
from adsandbox.journal import Entry, Journal, StateError
from adsandbox.recording import CONTROL, Asked
from adsandbox.world import World


async def restore(world: World, gate: Gate, journal: Journal) -> None:
    """Ask everything again, each at its instant, then let the clock go on as if it had never stood.

    Raises `StateError` when a request ends otherwise than it did: then this is another version of the sandbox, and
    what it would show is not what was there.
    """
    for number, entry in enumerate(journal.entries(), start=1):
        with world.clock.hold(datetime.fromisoformat(entry.at)):
            status = await _again(world, gate, entry)
        if status != entry.status:
            line = f"{entry.method} {entry.app}{entry.path}"
            told = f"request {number} ({line}) was answered with {entry.status}, and now with {status}"
            raise StateError(f"{told}: the sandbox has changed; begin a new file")
    if (counters := journal.counters()) is not None:
        world.store.set_counters(counters)
    world.clock.resume(journal.now(), began=journal.began)


async def _again(world: World, gate: Gate, entry: Entry) -> int | None:
    if entry.fault_id is not None:
        world.faults.struck(entry.fault_id)
    fault = None if entry.fault is None else Fault(entry.fault)
    asked = Asked(entry.app, _scope(entry), entry.body, fault)
    if entry.app == CONTROL:
        return (await gate.control(asked.scope, asked.body)).status
    if entry.fault_id is None:
        world.quotas.take(gate.platform(entry.app), entry.app, world.clock.now())
    status = (await gate.carry_out(asked)).status if entry.replay else entry.status
    gate.log(asked, at=world.clock.now(), outcome=entry.outcome, status=entry.status)
    return status


def _scope(entry: Entry) -> Scope:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in json.loads(entry.headers)]
    return {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": entry.method,
        "path": entry.path,
        "raw_path": entry.path.encode(),
        "root_path": "",
        "query_string": entry.query,
        "headers": headers,
        "server": ("127.0.0.1", 0),
        "client": ("127.0.0.1", 0),
    }
