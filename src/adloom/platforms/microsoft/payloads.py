"""The bodies that Microsoft gets for a search campaign, one write after the other. Pure (`microsoft.md`, 2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from adloom.core.errors import Conflict
from adloom.platforms import flight, search_ads
from adloom.platforms.microsoft import audiences, mapping, zones
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.types import BidStrategy

Item = Mapping[str, Any]

KEYWORDS_PER_CALL = 1000
#: The widest name of a business (`unified.md`, 4).
BRAND_COLUMNS = 25
#: A new end of this day takes the old one away (AdGroup data object page).
NO_END = date(2050, 1, 2)


def campaign(spec: CampaignSpec) -> Item:
    """AddCampaigns: one paused search campaign; whatever would widen it is sent off, not left to a default."""
    zone = zones.of_campaign(spec.account.time_zone) or spec.account.attributes.get("time_zone_name")
    fields = {
        "Status": "Paused",
        "CampaignType": "Search",
        "BudgetType": "DailyBudgetStandard",
        "IsPolitical": bool(spec.declarations.eu_political),
        "AudienceAdsBidAdjustment": mapping.EXCLUDED,
        "MultimediaAdsBidAdjustment": mapping.EXCLUDED,
        "AdScheduleUseSearcherTimeZone": False,
        **campaign_fields(spec),
        **({"TimeZone": zone} if zone else {}),
    }
    return {"AccountId": spec.account.external_id, "Campaigns": [fields]}


def campaign_fields(spec: CampaignSpec) -> Item:
    """What of a campaign may change while it stands."""
    languages = [mapping.LANGUAGES[each] for each in spec.groups[0].targeting.languages] or [mapping.ALL_LANGUAGES]
    suffix, brand, goal = search_ads.url_suffix(spec), brand_name(spec), search_ads.chosen_goal(spec)
    return {
        "Name": spec.name,
        "DailyBudget": spec.budget.money.amount,
        "BiddingScheme": _bidding(spec),
        "Languages": list(dict.fromkeys(languages)),
        **({"FinalUrlSuffix": suffix} if suffix else {}),
        **({"BusinessName": brand} if brand else {}),
        **({"GoalIds": [goal]} if goal else {}),
    }


def brand_name(spec: CampaignSpec) -> str | None:
    """The name that all ads have in common: the campaign has one for all of them. None where it would be too long."""
    names = {ad.creative.brand_name for group in spec.groups for ad in group.ads}
    name = names.pop() if len(names) == 1 else None
    return name if name and search_ads.columns(name) <= BRAND_COLUMNS else None


def change_campaign(spec: CampaignSpec, *, campaign_id: str, fields: Item) -> Item:
    """UpdateCampaigns: some fields of one campaign; what is absent stays as it is."""
    return {"AccountId": spec.account.external_id, "Campaigns": [{"Id": campaign_id, **fields}]}


def set_status(spec: CampaignSpec, *, campaign_id: str, status: str) -> Item:
    """UpdateCampaigns: one campaign's status."""
    return change_campaign(spec, campaign_id=campaign_id, fields={"Status": status})


def goals_removal(goals: Sequence[str], *, campaign_id: str) -> Item:
    """DeleteCampaignConversionGoals: goals that a campaign shall count by itself no more; the goals themselves stay."""
    return {"CampaignConversionGoal": [{"CampaignId": campaign_id, "GoalId": each} for each in goals]}


def delete(spec: CampaignSpec, *, campaign_id: str) -> Item:
    """DeleteCampaigns, whose DELETE carries a body."""
    return {"AccountId": spec.account.external_id, "CampaignIds": [campaign_id]}


def ad_group(spec: CampaignSpec, group: AdGroupSpec, *, campaign_id: str, status: str = "Active") -> Item:
    """AddAdGroups: one ad group, in whole days of the account's zone."""
    return {"CampaignId": campaign_id, "AdGroups": [{"Status": status, **ad_group_fields(spec, group)}]}


def ad_group_fields(spec: CampaignSpec, group: AdGroupSpec) -> Item:
    """What of an ad group may change while it stands."""
    zone = spec.account.time_zone
    partners = bool(spec.overrides.get("search_partners", False))
    dates = {
        "StartDate": flight.first_day(spec.schedule, time_zone=zone),
        "EndDate": flight.last_day(spec.schedule, time_zone=zone),
    }
    return {
        "Name": group.name,
        "Network": "OwnedAndOperatedAndSyndicatedSearch" if partners else "OwnedAndOperatedOnly",
        **{name: day_of(day) for name, day in dates.items() if day is not None},
        **({"Settings": list(settings)} if (settings := audiences.settings(group)) else {}),
    }


def change_ad_group(*, campaign_id: str, group_id: str, fields: Item) -> Item:
    """UpdateAdGroups: some fields of one ad group."""
    return {"CampaignId": campaign_id, "AdGroups": [{"Id": group_id, **fields}]}


def keywords(group: AdGroupSpec) -> tuple[Item, ...]:
    """An ad group's keywords, each once."""
    return tuple(
        {"Text": each.text, "MatchType": mapping.MATCH_TYPES[each.match], "Status": "Active"}
        for each in search_ads.unique_keywords(group.targeting.keywords)
    )


def keyword_chunks(items: Sequence[Item]) -> tuple[tuple[Item, ...], ...]:
    """Keywords in portions that one call takes."""
    size = KEYWORDS_PER_CALL
    return tuple(tuple(items[start : start + size]) for start in range(0, len(items), size))


def negatives(group: AdGroupSpec) -> tuple[Item, ...]:
    """An ad group's negative keywords; a broad one becomes a phrase, the widest that Microsoft excludes."""
    items = [
        {
            "Type": "NegativeKeyword",
            "Text": each.text,
            "MatchType": mapping.NEGATIVE_MATCH_TYPES[each.match],
        }
        for each in search_ads.unique_keywords(group.targeting.negative_keywords)
    ]
    return tuple({word_looks(each): each for each in items}.values())


def negatives_of(items: Sequence[Item], *, group_id: str) -> Item:
    """AddNegativeKeywordsToEntities, or with their ids DeleteNegativeKeywordsFromEntities, for one ad group."""
    entity = {"EntityId": group_id, "EntityType": "AdGroup", "NegativeKeywords": list(items)}
    return {"EntityNegativeKeywords": [entity]}


def word_looks(item: Item) -> tuple[str, str]:
    """What tells keywords apart, and negative ones."""
    return " ".join(str(item.get("Text", "")).casefold().split()), str(item.get("MatchType"))


def word_key(kind: str, group: AdGroupSpec, item: Item) -> str:
    """Our key of a keyword or a negative one: the same wherever it stands in the ad group's list."""
    digest = hashlib.sha256("\n".join(word_looks(item)).encode()).hexdigest()
    return f"{kind}/{group.key}/{digest[:16]}"


def ad(spec: AdSpec, *, status: str = "Active") -> Item:
    """A responsive search ad, as AddAds takes it."""
    return {"Type": "ResponsiveSearch", "Status": status, **ad_fields(spec)}


def ad_fields(spec: AdSpec) -> Item:
    """What of an ad may change while it stands: all that it shows."""
    creative = spec.creative
    paths = {f"Path{index}": path for index, path in enumerate(creative.display_paths, start=1)}
    return {
        "FinalUrls": [creative.landing_url],
        "Headlines": [_text(text) for text in creative.headlines],
        "Descriptions": [_text(text) for text in creative.descriptions],
        **paths,
    }


def change_ad(*, group_id: str, ad_id: str, fields: Item) -> Item:
    """UpdateAds: some fields of one ad; lists of texts are replaced as a whole."""
    return {"AdGroupId": group_id, "Ads": [{"Type": "ResponsiveSearch", "Id": ad_id, **fields}]}


def known(ids: Mapping[str, str], key: str) -> str:
    """The platform id of what has to stand; raises Conflict where nobody knows it."""
    if key not in ids:
        raise Conflict(f"{key} does not stand on Microsoft Advertising.")
    return ids[key]


def day_of(day: date) -> Mapping[str, int]:
    """A day as Microsoft's `Date`."""
    return {"Year": day.year, "Month": day.month, "Day": day.day}


def _text(text: str) -> Item:
    return {"Asset": {"Type": "TextAsset", "Text": text}}


def _bidding(spec: CampaignSpec) -> Item:
    strategy, target = spec.budget.bidding.strategy, spec.budget.bidding.target
    schemes: Mapping[BidStrategy, tuple[str, Item]] = {
        BidStrategy.MAX_CLICKS: ("MaxClicks", {}),
        BidStrategy.BID_CAP: ("MaxClicks", {"MaxCpc": {"Amount": target}}),
        BidStrategy.MAX_CONVERSIONS: ("MaxConversions", {}),
        BidStrategy.TARGET_CPA: ("MaxConversions", {"TargetCpa": target}),
        BidStrategy.MAX_VALUE: ("MaxConversionValue", {}),
        BidStrategy.TARGET_ROAS: ("MaxConversionValue", {"TargetRoas": target}),
    }
    name, fields = schemes[strategy]
    return {"Type": f"{name}BiddingScheme", **fields}
