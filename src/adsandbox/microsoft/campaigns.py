"""Campaigns: what may be added and updated. Source: Microsoft's Campaign data object page."""

from typing import Any

from adsandbox.microsoft import batches, bidding, money, tables
from adsandbox.microsoft.desk import NAME, Desk
from adsandbox.microsoft.errors import ItemError
from adsandbox.microsoft.zones import LANGUAGES
from adsandbox.store import Entity

MOST_NAME = 128
#: Search campaigns per account.
MOST = 10_000
_READ_ONLY = ("PrivacyStatus", "ExperimentId", "ForwardCompatibilityMap")


def add(desk: Desk, item: dict[str, Any] | None) -> str:
    """Add one campaign; its id. ItemError when it is refused."""
    if item is None:
        raise ItemError(1103)
    fields = batches.given(item)
    if "Id" in fields:
        raise ItemError(1004, field="Id")
    _check(desk, fields, None)
    if len(list(desk.world.store.all(NAME, type_="Campaign"))) >= MOST:
        raise ItemError(1117)
    kept = {"CampaignType": "Search", "AudienceAdsBidAdjustment": 0, "AdScheduleUseSearcherTimeZone": False}
    kept |= {"TimeZone": desk.account.fields["time_zone_name"]} | _kept(desk, fields)
    kept.setdefault("BiddingScheme", bidding.scheme(None, currency=desk.account.currency))
    campaign = desk.world.store.add(
        NAME,
        "Campaign",
        desk.new_id("Campaign"),
        account_id=desk.account.id,
        name=fields["Name"],
        status=fields.get("Status", "Paused"),
        fields=kept,
    )
    return campaign.id


def update(desk: Desk, item: dict[str, Any] | None) -> None:
    """Update one campaign: what is absent stays as it is."""
    if item is None:
        raise ItemError(1103)
    fields = batches.given(item)
    campaign = desk.get("Campaign", fields.get("Id"))
    if campaign is None:
        raise ItemError(1100, field="Id")
    if fields.get("CampaignType", "Search") != "Search":
        raise ItemError(1155, field="CampaignType")
    _check(desk, {"Name": campaign.name} | campaign.fields | fields, campaign, changed=fields)
    desk.world.store.update(campaign, name=fields.get("Name"), status=fields.get("Status"), fields=_kept(desk, fields))


def _check(
    desk: Desk, fields: dict[str, Any], existing: Entity | None, *, changed: dict[str, Any] | None = None
) -> None:
    new = fields if changed is None else changed
    batches.bounds({n: v for n, v in new.items() if n in tables.CAMPAIGN}, tables.CAMPAIGN)
    _name(desk, fields.get("Name"), existing)
    if new.get("Status", "Paused") not in ("Active", "Paused"):
        raise ItemError(1120, field="Status")
    _type(fields)
    if existing is None or {"BudgetType", "DailyBudget", "BudgetId"} & set(new):
        _budget(desk, fields, new)
    if "TimeZone" in new and not tables.zone_known(new["TimeZone"]):
        raise ItemError(1014, field="TimeZone")
    _languages(new.get("Languages"))
    if new.get("IsPolitical"):
        raise ItemError(204, field="IsPolitical", details="Political campaigns are not supported.")
    for goal in new.get("GoalIds", ()):
        if desk.get("ConversionGoal", goal) is None:
            raise ItemError(1044, field="GoalIds", details=f"there is no conversion goal {goal}")
    if "BiddingScheme" in new:
        bidding.scheme(new["BiddingScheme"], currency=desk.account.currency)
    for setting in new.get("Settings", ()):
        if setting["Type"] != "TargetSetting":
            raise ItemError(1151, field="Settings")


def _name(desk: Desk, name: Any, existing: Entity | None) -> None:
    if not name or not name.strip() or len(name) > MOST_NAME or any(ord(c) < 32 for c in name):
        raise ItemError(1101, field="Name")
    same = desk.world.store.all(NAME, type_="Campaign", where=lambda one: (one.name or "").lower() == name.lower())
    if any(one is not existing for one in same):
        raise ItemError(1115, field="Name")


def _type(fields: dict[str, Any]) -> None:
    kind = fields.get("CampaignType", "Search")
    if kind == "Audience":
        raise ItemError(5700, field="CampaignType")
    if kind != "Search":
        raise ItemError(204, field="CampaignType", details=f"{kind} campaigns are not imitated.")
    for name in ("StartDate", "EndDate", "UseCampaignLevelDates"):
        if fields.get(name):
            raise ItemError(5703, field=name)


def _budget(desk: Desk, fields: dict[str, Any], new: dict[str, Any]) -> None:
    if fields.get("BudgetId"):
        raise ItemError(4916, field="BudgetId", details="Shared budgets are not imitated.")
    if fields.get("BudgetType") not in ("DailyBudgetStandard", "DailyBudgetAccelerated"):
        raise ItemError(1121, field="BudgetType")
    if fields.get("DailyBudget") is None:
        raise ItemError(4910, field="DailyBudget")
    if "DailyBudget" not in new:
        return
    currency, amount = desk.account.currency, new["DailyBudget"]
    if amount < money.least_budget(currency):
        raise ItemError(4912, field="DailyBudget")
    if amount > money.most_budget(currency):
        raise ItemError(4911, field="DailyBudget")


def _languages(names: list[str] | None) -> None:
    for name in names or ():
        if name not in LANGUAGES and name != "All":
            raise ItemError(201, field="Languages", details=f"{name!r} is no language")


def _kept(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    kept = {n: v for n, v in fields.items() if n not in ("Id", "Name", "Status", *_READ_ONLY)}
    if "DailyBudget" in kept:
        kept["DailyBudget"] = money.kept(kept["DailyBudget"])
    if "BiddingScheme" in kept:
        kept["BiddingScheme"] = bidding.scheme(kept["BiddingScheme"], currency=desk.account.currency)
    return {name: (None if value == "" else value) for name, value in kept.items()}
