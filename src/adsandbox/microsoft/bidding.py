"""Bids and bidding schemes of Search campaigns. Source: Microsoft's Budget and Bid Strategies guide."""

from decimal import Decimal
from typing import Any

from adsandbox.microsoft import money
from adsandbox.microsoft.errors import ItemError

#: What a Search campaign may use.
_SEARCH = (
    "MaxClicks", "MaxConversions", "MaxConversionValue", "EnhancedCpc", "TargetImpressionShare", "TargetCpa",
    "TargetRoas", "ManualCpc",
)  # fmt: skip
#: The elements that each scheme takes besides `Type`.
_TAKES = {
    "MaxClicks": {"MaxCpc"},
    "MaxConversions": {"MaxCpc", "TargetCpa"},
    "MaxConversionValue": {"MaxCpc", "TargetRoas"},
    "EnhancedCpc": set[str](),
    "TargetImpressionShare": {"MaxCpc", "TargetAdPosition", "TargetImpressionShare"},
    "TargetCpa": {"MaxCpc", "TargetCpa"},
    "TargetRoas": {"MaxCpc", "TargetRoas"},
    "ManualCpc": {"ManualCpc"},
}


def bid(given: Any, *, currency: str) -> dict[str, Any]:
    """A Bid as it is kept; 1515 and 1516 outside the currency's limits."""
    amount = None if given is None else given.get("Amount")
    if amount is None:
        return {"Amount": None}
    if amount < money.least_bid(currency):
        raise ItemError(1515, field="CpcBid")
    if amount > money.most_bid(currency):
        raise ItemError(1516, field="CpcBid")
    return {"Amount": money.kept(amount)}


def scheme(given: dict[str, Any] | None, *, currency: str) -> dict[str, Any]:
    """A campaign's bidding scheme as Microsoft keeps it: TargetCpa, TargetRoas and ManualCpc are converted."""
    if given is None:
        return {"Type": "EnhancedCpcBiddingScheme"}
    kind = given["Type"].removesuffix("BiddingScheme")
    if kind not in _SEARCH:
        raise ItemError(5703, field="BiddingScheme", details=f"{given['Type']} in a Search campaign")
    for name, value in given.items():
        if name != "Type" and value is not None and name not in _TAKES[kind]:
            raise ItemError(201, field="BiddingScheme", details=f"{name} is no element of {given['Type']}")
    kept = {name: _value(name, given[name], currency) for name in _TAKES[kind] if given.get(name) is not None}
    if kind == "TargetCpa":
        kind = "MaxConversions"
    elif kind == "TargetRoas":
        kind = "MaxConversionValue"
    elif kind == "ManualCpc":
        kind, kept = "EnhancedCpc", {}
    return {"Type": f"{kind}BiddingScheme", **kept}


def _value(name: str, value: Any, currency: str) -> Any:
    if name == "MaxCpc":
        return bid(value, currency=currency)
    if name == "TargetAdPosition":
        return value
    least = money.least_bid(currency) if name in ("TargetCpa", "ManualCpc") else Decimal("0.01")
    if not least <= value <= money.most_budget(currency):
        raise ItemError(1538, field="BiddingScheme", details=name)
    return money.kept(value)
