"""What campaigns bid for: the account's custom goals, and each campaign's use of its own goals or of the account's.

Every campaign has a configuration and one goal for each category and origin of the account's conversion actions by
itself; both can only be updated (v26, ConversionGoalCampaignConfigOperation, CampaignConversionGoalOperation).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from adsandbox.accounts import Account
from adsandbox.google import names, tables
from adsandbox.google.errors import Refused, refuse
from adsandbox.google.resources import base
from adsandbox.google.resources.base import PLATFORM, Context, Resource
from adsandbox.store import Entity
from adsandbox.world import World

CONFIG = "conversion_goal_campaign_config"
_OWN_NAME = re.compile(r"customers/(\d+)/campaignConversionGoals/(-?\d+)~([A-Z_]+~[A-Z_]+)")


class CustomConversionGoal(Resource):
    """Conversion actions that a campaign may bid for, whatever their category."""

    type = "custom_conversion_goal"
    collection = "customConversionGoals"
    word = "customConversionGoal"
    table = tables.CUSTOM_GOAL

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """ENABLED; of the same actions there is one goal, and of a name, too."""
        made = {**body, "status": "ENABLED"}
        self._check(context, made, but=None)
        id_ = context.new_id(self.type, digits=10)
        return self.add(context, id_, {**made, "id": id_})

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """Name and actions."""
        base.cleared(changes, "name", "conversionActions")
        if changes.get("status") == "REMOVED":
            raise refuse("requestError", "INVALID_ENUM_VALUE", "Use a remove operation.", "status", trigger="REMOVED")
        self._check(context, {**entity.fields, **changes}, but=entity)
        base.put(context.world, entity, changes)

    def remove(self, context: Context, entity: Entity) -> None:
        """Only a goal that no campaign uses."""
        name = entity.fields["resourceName"]
        for each in context.world.store.all(PLATFORM, type_=CONFIG):
            campaign = context.get("campaign", each.parent_id or "")
            if each.fields.get("customConversionGoal") == name and campaign and campaign.deleted_at is None:
                raise _goal_error("CANNOT_REMOVE_LINKED_CUSTOM_CONVERSION_GOAL", "A campaign uses it.")
        base.strike(context.world, entity)

    def _check(self, context: Context, body: Mapping[str, Any], *, but: Entity | None) -> None:
        known = {each["resourceName"]: each for each in context.account.fields["conversion_actions"]}
        for index, action in enumerate(body["conversionActions"]):
            if action not in known:
                raise _goal_error(
                    "INVALID_CONVERSION_ACTION", "There is no such action.", "conversion_actions", index, trigger=action
                )
            if known[action]["status"] != "ENABLED":
                raise _goal_error(
                    "CONVERSION_ACTION_NOT_ENABLED", "It is not enabled.", "conversion_actions", index, trigger=action
                )
        for other in context.world.store.all(PLATFORM, type_=self.type):
            if other is but or other.account_id != context.account.id:
                continue
            if other.name == body["name"]:
                raise _goal_error("CUSTOM_GOAL_DUPLICATE_NAME", "The name is taken.", "name", trigger=body["name"])
            if set(other.fields["conversionActions"]) == set(body["conversionActions"]):
                raise _goal_error("DUPLICATE_CONVERSION_ACTION_LIST", "A goal has these actions.", "conversion_actions")


class ConversionGoalCampaignConfig(Resource):
    """Whether a campaign bids for the account's goals or for its own, and for which custom goal."""

    type = CONFIG
    collection = "conversionGoalCampaignConfigs"
    word = "conversionGoalCampaignConfig"
    table = tables.GOAL_CONFIG
    immutable = frozenset({"campaign"})
    verbs = ("update",)

    def find(self, context: Context, text: str) -> Entity:
        """The configuration of a campaign, which is there as soon as the campaign is."""
        return _config_of(context, context.names.id_of(text, self.collection, "resource_name"), text)

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """Back at the account's level, the campaign's goals are the account's again."""
        base.cleared(changes, "goalConfigLevel")
        if goal := changes.get("customConversionGoal"):
            context.refer(
                goal, collection="customConversionGoals", type_="custom_conversion_goal", field="custom_conversion_goal"
            )
        after = {**entity.fields, **changes}
        if after["goalConfigLevel"] == "CUSTOMER":
            changes["biddable"] = {}
        elif not after.get("customConversionGoal") and not any(goals(context.account, entity).values()):
            raise refuse(
                "conversionGoalCampaignConfigError", "EMPTY_CONVERSION_GOALS",
                "The campaign has no goals.", "goal_config_level",
            )  # fmt: skip
        base.put(context.world, entity, changes)

    def shown(self, entity: Entity) -> dict[str, Any]:
        """The configuration without the goals, which are objects of their own."""
        return {name: value for name, value in entity.fields.items() if name in self.table}


class CampaignConversionGoal(Resource):
    """Whether a campaign bids for the actions of one category and origin; kept with the campaign's configuration."""

    type = "campaign_conversion_goal"
    collection = "campaignConversionGoals"
    word = "campaignConversionGoal"
    table = tables.CAMPAIGN_GOAL
    immutable = frozenset({"campaign", "category", "origin"})
    verbs = ("update",)

    def find(self, context: Context, text: str) -> Entity:
        """The goal of a campaign, as an object of its own that the store does not hold."""
        found = _OWN_NAME.fullmatch(text)
        if found is None or found[1] != context.account.id:
            raise refuse(
                "requestError", "RESOURCE_NAME_MALFORMED", f"Resource name {text!r} is malformed.", "resource_name",
                trigger=text,
            )  # fmt: skip
        own = _config_of(context, found[2], text)
        biddable = goals(context.account, own)
        if found[3] not in biddable:
            raise _not_found(text)
        shown = goal(context.account.id, own.parent_id or "", found[3], biddable)
        return Entity(
            PLATFORM, self.type, f"{own.parent_id}~{found[3]}", own.id, own.account_id, None, None, context.now, shown
        )

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """A goal of its own puts the campaign at its own level (Conversion goals, Overview)."""
        campaign_id, _, kind = entity.id.partition("~")
        own = config(context.world, context.account, campaign_id)
        assert own is not None
        biddable = goals(context.account, own) | {kind: bool(changes["biddable"])}
        base.put(context.world, own, {"biddable": biddable, "goalConfigLevel": "CAMPAIGN"})
        entity.fields["biddable"] = biddable[kind]


def config(world: World, account: Account, campaign_id: str) -> Entity | None:
    """The configuration of a campaign; None where nobody touched it, which is the account's level."""
    found = world.store.get(PLATFORM, CONFIG, f"{campaign_id}~goals")
    return found if found and found.account_id == account.id else None


def untouched(account_id: str, campaign_id: str) -> dict[str, Any]:
    """A configuration as a campaign is made with it: "campaigns automatically inherit" (v26, GoalConfigLevel)."""
    return {
        "resourceName": names.name(account_id, "conversionGoalCampaignConfigs", campaign_id),
        "campaign": names.name(account_id, "campaigns", campaign_id),
        "goalConfigLevel": "CUSTOMER",
    }


def goals(account: Account, config_: Entity | None) -> dict[str, bool]:
    """By `CATEGORY~ORIGIN`, whether a campaign bids for it; without a configuration as the account does."""
    kinds = dict.fromkeys(f"{each['category']}~{each['origin']}" for each in _counted(account))
    own = config_.fields["biddable"] if config_ else {}
    return {kind: own.get(kind, True) for kind in kinds}


def goal(account_id: str, campaign_id: str, kind: str, biddable: Mapping[str, bool]) -> dict[str, Any]:
    """A campaign's goal as Google shows it."""
    category, _, origin = kind.partition("~")
    return {
        "resourceName": names.name(account_id, "campaignConversionGoals", f"{campaign_id}~{kind}"),
        "campaign": names.name(account_id, "campaigns", campaign_id),
        "category": category,
        "origin": origin,
        "biddable": biddable.get(kind, True),
    }


def _counted(account: Account) -> Iterable[Mapping[str, Any]]:
    return (each for each in account.fields["conversion_actions"] if each["status"] == "ENABLED")


def _config_of(context: Context, campaign_id: str, text: str) -> Entity:
    campaign = context.names.temporary(campaign_id, "resource_name") or context.get("campaign", campaign_id)
    if campaign is None:
        raise _not_found(text)
    if campaign.deleted_at is not None:
        raise base.removed("resource_name", trigger=text)
    known = config(context.world, context.account, campaign.id)
    return known or context.world.store.add(
        PLATFORM,
        CONFIG,
        f"{campaign.id}~goals",
        account_id=context.account.id,
        parent_id=campaign.id,
        fields={**untouched(context.account.id, campaign.id), "biddable": {}},
    )


def _not_found(text: str) -> Refused:
    return refuse("mutateError", "RESOURCE_NOT_FOUND", f"{text} was not found.", "resource_name", trigger=text)


def _goal_error(code: str, message: str, *path: str | int, trigger: str | None = None) -> Refused:
    return refuse("customConversionGoalError", code, message, *path, trigger=trigger)
