"""Conversion goals of a campaign's own: with any, its conversions are those of these goals, else of all the account's.

Source: msads 13.0.30.1 (`Campaign.GoalIds`, `AddCampaignConversionGoals`, `DeleteCampaignConversionGoals`). Microsoft's
pages give no codes for these operations; those for any entity stand in.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adsandbox.delivery import Totals
from adsandbox.microsoft import batches, customers, splits, tables
from adsandbox.microsoft.desk import NAME, Call, Desk, envelope
from adsandbox.microsoft.errors import ItemError
from adsandbox.schema import anything, array
from adsandbox.store import Entity


def add(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST CampaignConversionGoals`: goals that a campaign counts by itself, beside those that it has."""

    def one(item: dict[str, Any] | None) -> None:
        campaign, goal = _read(desk, item)
        if goal in of(campaign):
            raise ItemError(1043, field="GoalId")
        desk.world.store.update(campaign, fields={"GoalIds": [*of(campaign), goal]})

    return _each(desk, call, one)


def delete(desk: Desk, call: Call) -> dict[str, Any]:
    """`DELETE CampaignConversionGoals`: the goals stay, and the campaign counts them by itself no more."""

    def one(item: dict[str, Any] | None) -> None:
        campaign, goal = _read(desk, item)
        if goal not in of(campaign):
            raise ItemError(1044, field="GoalId")
        desk.world.store.update(campaign, fields={"GoalIds": [each for each in of(campaign) if each != goal]})

    return _each(desk, call, one)


def of(campaign: Entity) -> list[str]:
    """The ids of the conversion goals that a campaign counts by itself; none where it counts the account's."""
    return list(campaign.fields.get("GoalIds") or ())


def _each(desk: Desk, call: Call, one: Callable[[Any], None]) -> dict[str, Any]:
    customers.writable(desk)
    body = envelope(call.body, {"CampaignConversionGoal": array(anything(), nullable=True)})
    items = batches.items(body, "CampaignConversionGoal", most=100, empty=1046, over=1046)
    batches.well_formed(items, tables.CAMPAIGN_GOAL, "CampaignConversionGoal")
    _, refused = batches.run(desk, call, items, one)
    return {"PartialErrors": refused}


def _read(desk: Desk, item: dict[str, Any] | None) -> tuple[Entity, str]:
    given = batches.given(item or {})
    campaign, goal = desk.get("Campaign", given.get("CampaignId")), given.get("GoalId")
    if campaign is None:
        raise ItemError(1100, field="CampaignId")
    if desk.get("ConversionGoal", goal) is None:
        raise ItemError(1044, field="GoalId")
    return campaign, str(goal)


def counted(desk: Desk, total: Totals, *, own: frozenset[str]) -> tuple[int, Decimal]:
    """What of a sum `Conversions` and `Revenue` count: of goals of the campaign's own alone, where it has any."""
    if not own:
        return total.conversions, total.conversion_value
    by_name = splits.parts(desk, total, ["Goal"])
    names = {goal.name for goal in desk.world.store.all(NAME, type_="ConversionGoal") if goal.id in own}
    parts = [part for cells, part in by_name if dict(cells)["Goal"] in names]
    return sum(part.conversions for part in parts), sum((part.conversion_value for part in parts), Decimal(0))
