"""Whom an ad group of Microsoft's addresses or leaves out by lists that exist there: its audience criteria. Pure.

Sources: AdGroupCriterionType, TargetSettingDetail and AudienceCriterion pages. Several lists are joined by "or".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adloom.platforms.spec import AdGroupSpec

Item = Mapping[str, Any]

#: What criteria of audiences are called while they are read, one kind a call; they are written as "Audience".
KINDS = (
    "RemarketingList",
    "CustomAudience",
    "InMarketAudience",
    "CustomerList",
    "CombinedList",
    "SimilarRemarketingList",
    "ProductAudience",
    "ImpressionBasedRemarketingList",
)


def of(group: AdGroupSpec) -> tuple[Item, ...]:
    """The ad group's audience criteria without its id, each once."""
    included = (_included(each) for each in dict.fromkeys(group.targeting.audiences_include))
    excluded = (_excluded(each) for each in dict.fromkeys(group.targeting.audiences_exclude))
    return (*included, *excluded)


def settings(group: AdGroupSpec) -> tuple[Item, ...]:
    """That only people of the included audiences see the ads; without it Microsoft would only bid on them."""
    return only_them(True) if group.targeting.audiences_include else ()


def only_them(is_so: bool) -> tuple[Item, ...]:
    """An ad group's `Settings`: whether others than its audiences are left out."""
    detail = {"CriterionTypeGroup": "Audience", "TargetAndBid": is_so}
    return ({"Type": "TargetSetting", "Details": [detail]},)


def are_only_them(value: Any) -> bool:
    """Whether `Settings` leave others than the audiences out."""
    details = [detail for each in value or () for detail in (each or {}).get("Details") or () if detail]
    return any(each.get("CriterionTypeGroup") == "Audience" and bool(each.get("TargetAndBid")) for each in details)


def mark(item: Item) -> str:
    """What tells an audience from others, as it is sent and as it is read back."""
    return str((item.get("Criterion") or {}).get("AudienceId"))


def looks(item: Item) -> tuple[str, bool]:
    """An audience with the side on which it stands."""
    return mark(item), excludes(item)


def excludes(item: Item) -> bool:
    """Whether people of the audience are left out."""
    return str(item.get("Type", "")).startswith("Negative")


def key(group: AdGroupSpec, item: Item) -> str:
    """Our key of an ad group's audience."""
    return f"audience/{group.key}/{mark(item)}"


def body(items: Sequence[Item], *, group_id: str) -> Item:
    """AddAdGroupCriterions."""
    return {"CriterionType": "Audience", "AdGroupCriterions": [{**item, "AdGroupId": group_id} for item in items]}


def removal(ids: Sequence[str], *, group_id: str) -> Item:
    """DeleteAdGroupCriterions."""
    return {"AdGroupId": group_id, "CriterionType": "Audience", "AdGroupCriterionIds": list(ids)}


def _included(audience: str) -> Item:
    return {
        "Type": "BiddableAdGroupCriterion",
        "Status": "Active",
        "Criterion": _criterion(audience),
        "CriterionBid": {"Type": "BidMultiplier", "Multiplier": 0},
    }


def _excluded(audience: str) -> Item:
    return {"Type": "NegativeAdGroupCriterion", "Criterion": _criterion(audience)}


def _criterion(audience: str) -> Item:
    return {"Type": "AudienceCriterion", "AudienceId": audience}
