"""AdGroup."""

from typing import Any

from adsandbox.google import money, tables, texts
from adsandbox.google.errors import refuse
from adsandbox.google.resources import base
from adsandbox.google.resources.base import Context, Resource
from adsandbox.store import Entity


class AdGroup(Resource):
    """An ad group of a Search or Display campaign."""

    type = "ad_group"
    collection = "adGroups"
    word = "adGroup"
    table = tables.AD_GROUP
    immutable = frozenset({"campaign", "type"})

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """Status is ENABLED unless it says otherwise."""
        made = {"status": "ENABLED", "adRotationMode": "OPTIMIZE", **body}
        base.status(made, creating=True)
        campaign = context.refer(body["campaign"], collection="campaigns", type_="campaign", field="campaign")
        self._type(made["type"], channel=campaign.fields["advertisingChannelType"])
        self._common(context, made, campaign=campaign, but=None)
        id_ = context.new_id(self.type, digits=12)
        made |= {"id": id_, "campaign": campaign.fields["resourceName"]}
        return self.add(context, id_, made, parent=campaign)

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """Name, status, bids and tracking."""
        base.status(changes, creating=False)
        base.cleared(changes, "name")
        campaign = context.get("campaign", entity.parent_id or "")
        if campaign is None or campaign.deleted_at is not None:
            raise base.removed("campaign")
        after = {k: v for k, v in {**entity.fields, **changes}.items() if v is not None}
        self._common(context, after, campaign=campaign, but=entity)
        base.put(context.world, entity, changes)

    def remove(self, context: Context, entity: Entity) -> None:
        """Removed for good."""
        base.strike(context.world, entity)

    def _type(self, chosen: str, *, channel: str) -> None:
        if chosen == "SEARCH_DYNAMIC_ADS":
            raise refuse(
                "adGroupError", "CANNOT_ADD_ADGROUP_OF_TYPE_DSA_TO_CAMPAIGN_WITHOUT_DSA_SETTING",
                "The campaign has no dynamic search ads setting.", "type",
            )  # fmt: skip
        if chosen != f"{channel}_STANDARD":
            raise refuse(
                "adGroupError", "AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE",
                f"The type does not fit a {channel} campaign.", "type", trigger=chosen,
            )  # fmt: skip

    def _common(self, context: Context, body: dict[str, Any], *, campaign: Entity, but: Entity | None) -> None:
        invalid = refuse("adGroupError", "INVALID_ADGROUP_NAME", "Invalid characters in the name.", "name")
        texts.check_name(body["name"], most=254, invalid=invalid)
        for other in context.below(campaign, self.type):
            if other.name == body["name"] and other is not but:
                raise refuse(
                    "adGroupError", "DUPLICATE_ADGROUP_NAME",
                    "The campaign has an ad group of this name.", "name", trigger=body["name"],
                )  # fmt: skip
        for field, path in (("cpcBidMicros", "cpc_bid_micros"), ("targetCpaMicros", "target_cpa_micros")):
            money.check_bid(body.get(field), currency=context.account.currency, path=(path,))
        texts.check_tracking(body)
