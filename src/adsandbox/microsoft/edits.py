"""What a person changes in Microsoft's own pages, for the control API: the rules are those of the API."""

from decimal import Decimal
from typing import Any

from adsandbox.microsoft import ad_groups, ads, batches, campaigns, keywords, service
from adsandbox.microsoft.desk import Desk
from adsandbox.microsoft.errors import FaultError, ItemError
from adsandbox.platform import ControlError
from adsandbox.store import Entity


def edit(desk: Desk, entity: Entity, field: str, value: Any) -> None:
    """Set one element of a campaign, ad group, ad or keyword; ControlError when Microsoft would refuse it.

    Money may be given as a decimal string. `Status` Deleted deletes.
    """
    kinds = {kind.type: kind for kind in service.KINDS.values()}
    if entity.type not in kinds or entity.deleted_at is not None:
        raise ControlError(f"{entity.type} {entity.id} cannot be edited")
    if field == "Status" and value == "Deleted":
        service.remove(desk, entity)
        return
    item = {"Id": entity.id, field: _typed(field, value)}
    try:
        batches.well_formed([item], kinds[entity.type].table, entity.type)
        _update(desk, entity, item)
    except FaultError as fault:
        raise ControlError(str(fault.body["OperationErrors"][0]["Details"])) from None
    except ItemError as refusal:
        raise ControlError(str(refusal)) from None


def _typed(field: str, value: Any) -> Any:
    """Control bodies carry no exact decimals: numbers and decimal strings of money become them."""
    if field == "DailyBudget" and isinstance(value, str | int | float):
        return Decimal(str(value))
    if field in ("CpcBid", "Bid") and isinstance(value, dict):
        return {"Amount": None if value.get("Amount") is None else Decimal(str(value["Amount"]))}
    return value


def _update(desk: Desk, entity: Entity, item: dict[str, Any]) -> None:
    if entity.type == "Campaign":
        campaigns.update(desk, item)
    elif entity.type == "AdGroup":
        ad_groups.update(desk, desk.parent(entity), item)
    elif entity.type == "Ad":
        ads.update(desk, desk.parent(entity), item)
    else:
        keywords.update(desk, desk.parent(entity), item)
