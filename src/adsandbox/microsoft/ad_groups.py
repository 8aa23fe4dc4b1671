"""Ad groups: what may be added and updated. Source: Microsoft's AdGroup data object page."""

from datetime import date
from typing import Any

from adsandbox.microsoft import batches, bidding, money, tables
from adsandbox.microsoft.desk import NAME, Desk
from adsandbox.microsoft.errors import ItemError
from adsandbox.microsoft.zones import LANGUAGES
from adsandbox.store import Entity

MOST_NAME = 256
#: Ad groups per campaign.
MOST = 20_000
#: An end date of this year or later means no end.
ENDLESS = 2050


def add(desk: Desk, campaign: Entity, item: dict[str, Any] | None) -> str:
    """Add one ad group to a campaign; its id. ItemError when it is refused."""
    if item is None:
        raise ItemError(1200)
    fields = batches.given(item)
    if "Id" in fields:
        raise ItemError(1004, field="Id")
    _check(desk, campaign, fields, None)
    if len(desk.below(campaign, "AdGroup")) >= MOST:
        raise ItemError(1213)
    today = desk.today()
    kept: dict[str, Any] = {"Network": "OwnedAndOperatedAndSyndicatedSearch", "AdGroupType": "SearchStandard"}
    kept |= {"StartDate": {"Year": today.year, "Month": today.month, "Day": today.day}}
    kept |= {"CpcBid": {"Amount": money.kept(money.least_bid(desk.account.currency))}} | _kept(desk, fields)
    group = desk.world.store.add(
        NAME,
        "AdGroup",
        desk.new_id("AdGroup"),
        account_id=desk.account.id,
        parent_id=campaign.id,
        name=fields["Name"],
        status=fields.get("Status", "Paused"),
        fields=kept,
    )
    return group.id


def update(desk: Desk, campaign: Entity, item: dict[str, Any] | None) -> None:
    """Update one ad group of a campaign: what is absent stays as it is."""
    if item is None:
        raise ItemError(1200)
    fields = batches.given(item)
    group = desk.get("AdGroup", fields.get("Id"))
    if group is None or group.parent_id != campaign.id:
        raise ItemError(1201, field="Id")
    _check(desk, campaign, {"Name": group.name} | group.fields | fields, group, changed=fields)
    began = day(group.fields.get("StartDate"))
    if "StartDate" in fields and began is not None and began <= desk.today() and day(fields["StartDate"]) != began:
        raise ItemError(1216, field="StartDate")
    desk.world.store.update(group, name=fields.get("Name"), status=fields.get("Status"), fields=_kept(desk, fields))


def day(given: dict[str, Any] | None) -> date | None:
    """A Date object as a date; None for none, ValueError for a day that does not exist."""
    try:
        return None if given is None else date(given["Year"], given["Month"], given["Day"])
    except OverflowError:
        raise ValueError("no such day") from None


def ends(group: Entity) -> date | None:
    """The last day of an ad group, or None for one without end."""
    last = day(group.fields.get("EndDate"))
    return None if last is None or last.year >= ENDLESS else last


def _check(
    desk: Desk,
    campaign: Entity,
    fields: dict[str, Any],
    existing: Entity | None,
    *,
    changed: dict[str, Any] | None = None,
) -> None:
    new = fields if changed is None else changed
    batches.bounds(new, tables.AD_GROUP)
    _name(desk, campaign, fields.get("Name"), existing)
    if new.get("Status", "Paused") not in ("Active", "Paused"):
        raise ItemError(1016, field="Status")
    _dates(desk, fields, new)
    language = fields.get("Language")
    if not language and not campaign.fields.get("Languages"):
        raise ItemError(1257, field="Language")
    if language and language not in LANGUAGES:
        raise ItemError(201, field="Language", details=f"{language!r} is no language")
    bidding.bid(new.get("CpcBid"), currency=desk.account.currency)
    for name in ("CpmBid", "CpvBid"):
        if new.get(name, {}).get("Amount") is not None:
            raise ItemError(5703, field=name)


def _name(desk: Desk, campaign: Entity, name: Any, existing: Entity | None) -> None:
    if not name or not name.strip() or len(name) > MOST_NAME or any(ord(c) < 32 for c in name):
        raise ItemError(1202, field="Name")
    for one in desk.below(campaign, "AdGroup"):
        if one is not existing and (one.name or "").lower() == name.lower():
            raise ItemError(1214, field="Name")


def _dates(desk: Desk, fields: dict[str, Any], new: dict[str, Any]) -> None:
    try:
        start = day(fields.get("StartDate"))
    except ValueError:
        raise ItemError(1232, field="StartDate") from None
    try:
        end = day(fields.get("EndDate"))
    except ValueError:
        raise ItemError(1233, field="EndDate") from None
    if "StartDate" in new and start is not None and start < desk.today():
        raise ItemError(1212, field="StartDate")
    if end is not None and end < (start or desk.today()):
        raise ItemError(1204, field="EndDate")


def _kept(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    apart = ("Id", "Name", "Status", "PrivacyStatus", "ForwardCompatibilityMap", "BiddingScheme")
    kept = {name: value for name, value in fields.items() if name not in apart}
    if "CpcBid" in kept:
        kept["CpcBid"] = bidding.bid(kept["CpcBid"], currency=desk.account.currency)
    return {name: (None if value == "" else value) for name, value in kept.items()}
