"""Campaign: Search and Display; the other channels are refused."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adsandbox.google import money, tables, texts, wire
from adsandbox.google.errors import refuse
from adsandbox.google.resources import base, budget
from adsandbox.google.resources.base import Context, Resource
from adsandbox.store import Entity

_WHEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
#: What a campaign gets that says nothing about its end (the value that Google shows).
NEVER = "2037-12-30 23:59:59"


class Campaign(Resource):
    """The campaign."""

    type = "campaign"
    collection = "campaigns"
    word = "campaign"
    table = tables.CAMPAIGN
    immutable = frozenset({"advertisingChannelType"})

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """Status is ENABLED unless it says otherwise."""
        made = {
            "status": "ENABLED",
            "startDateTime": f"{context.local_now:%Y-%m-%d} 00:00:00",
            "endDateTime": NEVER,
            "adServingOptimizationStatus": "OPTIMIZE",
            **body,
        }
        base.status(made, creating=True)
        self._channel(made)
        self._common(context, made, but=None)
        spends = self._budget(context, made)
        _dates(context, made, spends=spends, before={})
        id_ = context.new_id(self.type, digits=11)
        made |= {
            "id": id_,
            "biddingStrategyType": _scheme(made),
            "campaignBudget": spends.fields["resourceName"],
        }
        made.setdefault("geoTargetTypeSetting", {"positiveGeoTargetType": "PRESENCE_OR_INTEREST"})
        made["missingEuPoliticalAdvertisingDeclaration"] = False
        entity = self.add(context, id_, made)
        budget.attach(context, spends, id_)
        return entity

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """Every mutable field; a new bidding scheme takes the place of the old one."""
        base.status(changes, creating=False)
        base.cleared(changes, "name", "campaignBudget", "containsEuPoliticalAdvertising", "startDateTime")
        schemes = [name for name in changes if name in tables.SCHEMES and changes[name] is not None]
        if schemes:
            changes |= {name: None for name in tables.SCHEMES if name in entity.fields and name not in schemes}
        if "endDateTime" in changes and not changes["endDateTime"]:
            changes["endDateTime"] = NEVER
        after = {k: v for k, v in {**entity.fields, **changes}.items() if v is not None}
        self._common(context, after, but=entity)
        spends = self._budget(context, after, entity=entity)
        _dates(context, after, spends=spends, before=entity.fields)
        changes["biddingStrategyType"] = _scheme(after)
        if "campaignBudget" in changes:
            self._same_period(context, entity, spends)
            changes["campaignBudget"] = spends.fields["resourceName"]
            budget.attach(context, spends, entity.id)
        if "containsEuPoliticalAdvertising" in changes:
            changes["missingEuPoliticalAdvertisingDeclaration"] = False
        base.put(context.world, entity, changes)

    def remove(self, context: Context, entity: Entity) -> None:
        """Removed for good; what is below is no longer served, and keeps its own status."""
        base.strike(context.world, entity)

    def _channel(self, body: Mapping[str, Any]) -> None:
        if body["advertisingChannelType"] not in ("SEARCH", "DISPLAY"):
            raise refuse(
                "operationAccessDeniedError", "OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE",
                "This sandbox makes Search and Display campaigns only.", "advertising_channel_type",
                trigger=body["advertisingChannelType"],
            )  # fmt: skip

    def _common(self, context: Context, body: dict[str, Any], *, but: Entity | None) -> None:
        invalid = refuse("campaignError", "INVALID_CAMPAIGN_NAME", "Invalid characters in the name.", "name")
        texts.check_name(body["name"], most=255, invalid=invalid)
        for other in context.world.store.all(base.PLATFORM, type_=self.type):
            if other.name == body["name"] and other is not but and other.account_id == context.account.id:
                raise refuse(
                    "campaignError", "DUPLICATE_CAMPAIGN_NAME",
                    "An active or paused campaign has this name.", "name", trigger=body["name"],
                )  # fmt: skip
        _networks(body["networkSettings"])
        if body["advertisingChannelType"] == "DISPLAY":
            _display_networks(body["networkSettings"])
        _geo_setting(body.get("geoTargetTypeSetting", {}))
        _bidding(context, body)
        texts.check_tracking(body)

    def _budget(self, context: Context, body: dict[str, Any], *, entity: Entity | None = None) -> Entity:
        named = body["campaignBudget"]
        if entity is not None and named == entity.fields["campaignBudget"]:
            id_ = named.rpartition("/")[2]
            known = context.get("campaign_budget", id_)
            if known is not None:
                return known
        gone = refuse("campaignBudgetError", "CAMPAIGN_BUDGET_REMOVED", "The budget is removed.", "campaign_budget")
        return context.refer(
            named, collection="campaignBudgets", type_="campaign_budget", field="campaign_budget", gone=gone
        )

    def _same_period(self, context: Context, entity: Entity, spends: Entity) -> None:
        old = context.get("campaign_budget", entity.fields["campaignBudget"].rpartition("/")[2])
        if old is not None and old.fields["period"] != spends.fields["period"]:
            raise refuse("campaignError", "CANNOT_CHANGE_BUDGET_PERIOD", "The period cannot change.", "campaign_budget")


def _networks(chosen: Mapping[str, Any]) -> None:
    path = "network_settings"
    if not any(chosen.get(name) for name in ("targetGoogleSearch", "targetContentNetwork")):
        if chosen.get("targetSearchNetwork"):
            raise refuse(
                "campaignError", "CANNOT_TARGET_SEARCH_NETWORK_WITHOUT_GOOGLE_SEARCH",
                "Search partners need Google Search.", path, "target_search_network",
            )  # fmt: skip
        raise refuse("campaignError", "CAMPAIGN_MUST_TARGET_AT_LEAST_ONE_NETWORK", "No network is targeted.", path)
    if chosen.get("targetSearchNetwork") and not chosen.get("targetGoogleSearch"):
        raise refuse(
            "campaignError", "CANNOT_TARGET_SEARCH_NETWORK_WITHOUT_GOOGLE_SEARCH",
            "Search partners need Google Search.", path, "target_search_network",
        )  # fmt: skip
    if chosen.get("targetPartnerSearchNetwork"):
        raise refuse(
            "campaignError", "CANNOT_TARGET_PARTNER_SEARCH_NETWORK",
            "Only for selected partner accounts.", path, "target_partner_search_network",
        )  # fmt: skip


def _display_networks(chosen: Mapping[str, Any]) -> None:
    """A Display campaign shows on the Display Network alone."""
    if chosen.get("targetGoogleSearch") or chosen.get("targetSearchNetwork"):
        raise refuse(
            "campaignError", "CANNOT_TARGET_SEARCH_NETWORK",
            "Display campaigns do not show on search.", "network_settings", "target_google_search",
        )  # fmt: skip


def _geo_setting(setting: Mapping[str, Any]) -> None:
    """SEARCH_INTEREST is refused on Search campaigns (Ads developer blog, 2023)."""
    if setting.get("positiveGeoTargetType") == "SEARCH_INTEREST":
        raise refuse(
            "settingError", "SETTING_VALUE_NOT_COMPATIBLE_WITH_CAMPAIGN",
            "SEARCH_INTEREST is not supported.", "geo_target_type_setting", "positive_geo_target_type",
        )  # fmt: skip


def _scheme(body: Mapping[str, Any]) -> str:
    return next(word for name, word in tables.SCHEMES.items() if name in body)


def _bidding(context: Context, body: Mapping[str, Any]) -> None:
    chosen = [name for name in tables.SCHEMES if name in body]
    if not chosen:
        raise refuse("fieldError", "REQUIRED", "The required field was not present.", "campaign_bidding_strategy")
    scheme = chosen[0]
    if body[scheme].get("enhancedCpcEnabled"):
        raise refuse(
            "biddingError", "CANNOT_CREATE_CAMPAIGN_WITH_BIDDING_STRATEGY",
            "Enhanced CPC is gone.", "manual_cpc", "enhanced_cpc_enabled",
        )  # fmt: skip
    for field, value in body[scheme].items():
        if field.endswith("Micros") and field != "locationFractionMicros":
            path = (wire.snake(scheme), wire.snake(field))
            money.check_bid(value, currency=context.account.currency, path=path)
    roas = body[scheme].get("targetRoas")
    if roas is not None and not 0.01 <= roas <= 1000:
        raise refuse("rangeError", "TOO_LOW" if roas < 0.01 else "TOO_HIGH", "0.01 to 1000.", "target_roas")


def _dates(context: Context, body: Mapping[str, Any], *, spends: Entity, before: Mapping[str, Any]) -> None:
    start = _when(body["startDateTime"], "start_date_time", clock="00:00:00")
    end = _when(body["endDateTime"], "end_date_time", clock="23:59:59")
    if start > end:
        raise refuse("dateRangeError", "START_DATE_AFTER_END_DATE", "The start is after the end.", "start_date_time")
    if body["startDateTime"] != before.get("startDateTime"):
        _start_may_change(context, start, before)
    if body["endDateTime"] != before.get("endDateTime") and end < context.local_now:
        raise refuse("dateRangeError", "CANNOT_SET_DATE_TO_PAST", "The end is past.", "end_date_time")
    if spends.fields["period"] == "CUSTOM_PERIOD" and body["advertisingChannelType"] == "DISPLAY":
        raise refuse(
            "campaignError", "INCOMPATIBLE_BUDGET_TYPE",
            "Display campaigns have no total budgets.", "campaign_budget",
        )  # fmt: skip
    if spends.fields["period"] == "CUSTOM_PERIOD" and body["endDateTime"] == NEVER:
        raise refuse(
            "campaignError", "END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET",
            "A total budget needs an end.", "end_date_time",
        )  # fmt: skip


def _start_may_change(context: Context, start: datetime, before: Mapping[str, Any]) -> None:
    path = "start_date_time"
    if before and datetime.fromisoformat(before["startDateTime"]) <= context.local_now:
        raise refuse("dateRangeError", "CANNOT_MODIFY_START_DATE_IF_ALREADY_STARTED", "It has started already.", path)
    if start.date() < context.local_now.date():
        raise refuse("dateRangeError", "CANNOT_SET_DATE_TO_PAST", "The start is past.", path)


def _when(text: str, path: str, *, clock: str) -> datetime:
    """A date-time of the customer's clock; Search campaigns begin and end with the day."""
    try:
        at = datetime.fromisoformat(text) if _WHEN.fullmatch(text) else None
    except ValueError:
        at = None
    if at is None:
        raise refuse(
            "dateError",
            "INVALID_STRING_DATE_TIME_SECONDS",
            'Expected "yyyy-MM-dd HH:mm:ss".',
            path,
            trigger=text,
        )
    if f"{at:%H:%M:%S}" != clock:
        raise refuse(
            "dateRangeError", "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED",
            f"Search campaigns want {clock}.", path, trigger=text,
        )  # fmt: skip
    return at
