"""The bodies that Google gets for a campaign, in the order of its one atomic mutate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adloom.core.time import zone
from adloom.platforms import flight, search_ads
from adloom.platforms.google import creatives, criteria, mapping
from adloom.platforms.spec import Account, AdGroupSpec, CampaignSpec, Schedule
from adloom.platforms.types import BidStrategy, BudgetType, Channel, RemoteStatus


@dataclass(frozen=True, slots=True)
class Planned:
    """One object of the tree: our key, its kind and parent, Google's operation name, and what is created.

    `field` is the unified field that a criterion comes from, empty for other objects.
    """

    key: str
    kind: str
    parent: str | None
    operation: str
    create: Mapping[str, Any]
    field: str = ""


#: So many operations one write may hold (requestError.TOO_MANY_MUTATE_OPERATIONS).
MOST_OPERATIONS = 10_000

#: Google's collection of each operation's objects, in resource names.
COLLECTIONS: Mapping[str, str] = {
    "campaignBudgetOperation": "campaignBudgets",
    "campaignOperation": "campaigns",
    "campaignCriterionOperation": "campaignCriteria",
    "adGroupOperation": "adGroups",
    "adGroupCriterionOperation": "adGroupCriteria",
    "adGroupAdOperation": "adGroupAds",
}


def tree(spec: CampaignSpec, *, ids: Mapping[str, str]) -> tuple[Planned, ...]:
    """Budget, campaign, criteria, ad groups with their criteria and ads: parents before children.

    `ids` are platform ids by our key: of images that were uploaded before, and, for an update, of what stands. What has
    none gets a temporary one.
    """
    names = _Names(spec.account, ids)
    budget, campaign = names.of("budget", "campaignBudgets", -1), names.of("campaign", "campaigns", -2)
    planned = [
        Planned("budget", "budget", "campaign", "campaignBudgetOperation", _budget(spec, name=budget)),
        Planned("campaign", "campaign", None, "campaignOperation", _campaign(spec, name=campaign, budget=budget)),
    ]
    for each in criteria.of_campaign(spec):
        create = {"campaign": campaign, **each.body}
        key = f"criterion/{each.key}"
        planned.append(Planned(key, each.kind, "campaign", "campaignCriterionOperation", create, each.field))
    for index, group in enumerate(spec.groups):
        name = names.of(f"ad_group/{group.key}", "adGroups", -3 - index)
        planned += _group(spec, group, name=name, campaign=campaign, ids=ids)
    return tuple(planned)


def mutate(planned: Iterable[Planned]) -> Mapping[str, Any]:
    """The body of `googleAds:mutate` that creates all of it, or nothing."""
    return atomic({each.operation: {"create": dict(each.create)}} for each in planned)


def atomic(operations: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The body of `googleAds:mutate` that does all of this, or nothing."""
    return {"partialFailure": False, "mutateOperations": list(operations)}


def set_status(spec: CampaignSpec, *, campaign_id: str, status: RemoteStatus) -> Mapping[str, Any]:
    """The body that sets a campaign's status, or removes it."""
    name = f"customers/{spec.account.external_id}/campaigns/{campaign_id}"
    if status is RemoteStatus.DELETED:
        return atomic([{"campaignOperation": {"remove": name}}])
    word = next(word for word, ours in mapping.STATUSES.items() if ours is status)
    return atomic([_update(name, "status", word)])


def declare(account: Account, *, political: Mapping[str, bool]) -> Mapping[str, Any]:
    """The body that declares campaigns, by their id, about political advertising in the EU, and nothing else."""
    return atomic(
        _update(f"customers/{account.external_id}/campaigns/{each}", _DECLARATION, _declared(answer))
        for each, answer in political.items()
    )


def asset(spec: CampaignSpec, *, asset_id: str, data: str) -> Mapping[str, Any]:
    """The body that uploads one of the ads' images."""
    file = next(each for each in creatives.images(spec) if each.asset_id == asset_id)
    return atomic([{"assetOperation": {"create": creatives.asset(file, declarations=spec.declarations, data=data)}}])


def first_moment(spec: CampaignSpec) -> str:
    """The first moment of the day on which the flight begins, as Google writes it."""
    local = spec.schedule.start.astimezone(zone(spec.account.time_zone))
    return f"{local.date()} 00:00:00"


def _update(name: str, field: str, value: Any) -> Mapping[str, Any]:
    return {"campaignOperation": {"updateMask": field, "update": {"resourceName": name, field: value}}}


@dataclass(frozen=True, slots=True)
class _Names:
    """Resource names: of what stands by its id, of what is made here by a temporary one."""

    account: Account
    ids: Mapping[str, str]

    def of(self, key: str, collection: str, temporary: int) -> str:
        return f"customers/{self.account.external_id}/{collection}/{self.ids.get(key, temporary)}"


def _budget(spec: CampaignSpec, *, name: str) -> Mapping[str, Any]:
    micros = mapping.to_micros(spec.budget.money.amount)
    if spec.budget.type is BudgetType.LIFETIME:
        money = {"totalAmountMicros": micros, "period": "CUSTOM_PERIOD"}
    else:
        money = {"amountMicros": micros, "period": "DAILY"}
    return {"resourceName": name, "deliveryMethod": "STANDARD", "explicitlyShared": False, **money}


def _campaign(spec: CampaignSpec, *, name: str, budget: str) -> Mapping[str, Any]:
    """Everything that would widen or rewrite is sent off, not left to a default."""
    intent = mapping.LOCATION_INTENTS[spec.groups[0].targeting.location_intent]
    suffix = search_ads.url_suffix(spec)
    return {
        "resourceName": name,
        "name": spec.name,
        "status": "PAUSED",
        "advertisingChannelType": spec.channel.value,
        "campaignBudget": budget,
        "networkSettings": _networks(spec),
        "geoTargetTypeSetting": {"positiveGeoTargetType": intent},
        **_automations(spec),
        _DECLARATION: _declared(bool(spec.declarations.eu_political)),
        **_dates(spec.schedule, time_zone=spec.account.time_zone),
        **_bidding(spec),
        **({"finalUrlSuffix": suffix} if suffix else {}),
    }


_DECLARATION = "containsEuPoliticalAdvertising"
#: What Google may make of a search ad by itself. Of a display ad, the ad itself says it (`creatives.py`).
_AUTOMATIONS = ("TEXT_ASSET_AUTOMATION", "GENERATE_IMAGE_EXTRACTION")


def _declared(political: bool) -> str:
    return f"{'CONTAINS' if political else 'DOES_NOT_CONTAIN'}_EU_POLITICAL_ADVERTISING"


def _networks(spec: CampaignSpec) -> Mapping[str, bool]:
    is_search = spec.channel is Channel.SEARCH
    return {
        "targetGoogleSearch": is_search,
        "targetSearchNetwork": is_search and bool(spec.overrides.get("search_partners", False)),
        "targetContentNetwork": not is_search,
        "targetPartnerSearchNetwork": False,
    }


def _automations(spec: CampaignSpec) -> Mapping[str, Any]:
    if spec.channel is not Channel.SEARCH:
        return {}
    off = [{"assetAutomationType": kind, "assetAutomationStatus": "OPTED_OUT"} for kind in _AUTOMATIONS]
    return {"assetAutomationSettings": off}


def _dates(schedule: Schedule, *, time_zone: str) -> Mapping[str, str]:
    """Whole days: v26 takes times "only for some campaign types", and does not say that Search and Display are two.

    What is earlier or later than asked is a loss in the preflight.
    """
    dates = {}
    if first := flight.first_day(schedule, time_zone=time_zone):
        dates["startDateTime"] = f"{first} 00:00:00"
    if last := flight.last_day(schedule, time_zone=time_zone):
        dates["endDateTime"] = f"{last} 23:59:59"
    return dates


def _bidding(spec: CampaignSpec) -> Mapping[str, Any]:
    strategy, target = spec.budget.bidding.strategy, spec.budget.bidding.target or Decimal(0)
    schemes: Mapping[BidStrategy, Mapping[str, Any]] = {
        BidStrategy.MAX_CLICKS: {"targetSpend": {}},
        BidStrategy.MAX_CONVERSIONS: {"maximizeConversions": {}},
        BidStrategy.MAX_VALUE: {"maximizeConversionValue": {}},
        BidStrategy.TARGET_ROAS: {"maximizeConversionValue": {"targetRoas": target}},
    }
    if strategy is BidStrategy.BID_CAP:
        return {"targetSpend": {"cpcBidCeilingMicros": mapping.to_micros(target)}}
    if strategy is BidStrategy.TARGET_CPA:
        return {"maximizeConversions": {"targetCpaMicros": mapping.to_micros(target)}}
    return schemes[strategy]


def _group(
    spec: CampaignSpec, group: AdGroupSpec, *, name: str, campaign: str, ids: Mapping[str, str]
) -> Iterator[Planned]:
    key = f"ad_group/{group.key}"
    create = {
        "resourceName": name,
        "campaign": campaign,
        "name": group.name,
        "status": "ENABLED",
        "type": f"{spec.channel.value}_STANDARD",
        **_reach(spec, group),
    }
    yield Planned(key, "ad_group", "campaign", "adGroupOperation", create)
    for each in criteria.of_group(spec, group):
        body = {"adGroup": name, **each.body}
        own = f"{each.kind}/{group.key}/{each.key}"
        yield Planned(own, each.kind, key, "adGroupCriterionOperation", body, each.field)
    for ad in group.ads:
        body = {"adGroup": name, "status": "ENABLED", "ad": creatives.ad(spec, ad.creative, ids=ids)}
        yield Planned(f"ad/{group.key}/{ad.key}", "ad", key, "adGroupAdOperation", body)


def _reach(spec: CampaignSpec, group: AdGroupSpec) -> Mapping[str, Any]:
    """Audiences limit whom it is shown to, and Google shows it to nobody that it finds alike (v26, AdGroup)."""
    settings: dict[str, Any] = {}
    if spec.channel is Channel.DISPLAY:
        settings["optimizedTargetingEnabled"] = False
    if criteria.audiences(spec, group):
        restriction = {"targetingDimension": "AUDIENCE", "bidOnly": False}
        settings["targetingSetting"] = {"targetRestrictions": [restriction]}
    return settings
