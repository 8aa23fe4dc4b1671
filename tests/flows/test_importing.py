"""Campaigns that others made, seeded on the sandbox: imported, measured to the last digit, stopped with the rest."""

from __future__ import annotations

from tests.flows.test_one_ad import done, held, ledger
from tests.housing import House

from adloom.campaigns import importing, queries, stopped, stopping
from adloom.campaigns.types import CampaignStatus, Scope
from adloom.connections import queries as connections
from adloom.metrics import actions as metric_actions
from adloom.platforms.types import Platform


def test_the_accounts_numbers_are_whole_once_what_others_made_is_imported(house: House) -> None:
    for platform in Platform:
        house.installed.control("seed", {"platform": platform.value, "campaigns": 2})
    house.installed.pass_time("P3D")
    done(house.actor, metric_actions.sync(house.actor))
    assert held(house.actor) == [], "nobody here knows them yet"

    done(house.actor, [importing.begin(house.actor, account_id=a.id) for a in connections.accounts(house.actor)])
    done(house.actor, metric_actions.sync(house.actor))
    assert len(queries.all_of(house.actor)) == 2 * len(Platform)
    counted = [_without_conversions(row) for row in held(house.actor)]
    assert counted == [_without_conversions(row) for row in ledger(house.installed)]
    assert {row["platform"] for row in counted} == set(Platform)

    asked = stopping.stop(house.actor, scope=Scope())
    found = stopped.follow(house.actor, asked, scope=Scope())
    assert (len(found.stopped), found.not_stopped) == (2 * len(Platform), ())
    assert {c.status for c in queries.all_of(house.actor)} == {CampaignStatus.PAUSED}


def _without_conversions(row: dict[str, object]) -> dict[str, object]:
    """Which conversions count is chosen by an ad of ours; of what others made nobody has said."""
    return {name: value for name, value in row.items() if not name.startswith("conversion")}
