"""CampaignBudget."""

from collections.abc import Mapping
from typing import Any

from adsandbox.google import money, tables, texts
from adsandbox.google.errors import refuse
from adsandbox.google.resources import base
from adsandbox.google.resources.base import Context, Resource
from adsandbox.store import Entity


class CampaignBudget(Resource):
    """Daily or total money, for one campaign or shared."""

    type = "campaign_budget"
    collection = "campaignBudgets"
    word = "campaignBudget"
    table = tables.BUDGET
    immutable = frozenset({"period", "type"})

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """Shared unless it says otherwise (proto: "defaults to true if unspecified in a create
        operation")."""
        made = {
            "period": "DAILY",
            "deliveryMethod": "STANDARD",
            "explicitlyShared": True,
            "type": "STANDARD",
            **body,
            "status": "ENABLED",
            "referenceCount": "0",
        }
        self._amounts(context, made)
        self._delivery(made)
        if made["explicitlyShared"]:
            self._name(context, made.get("name"), but=None)
        id_ = context.new_id(self.type, digits=11)
        made.setdefault("name", f"Budget {id_}")
        return self.add(context, id_, {**made, "id": id_})

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """Amount, delivery and name may change; a shared budget stays shared."""
        after = {**entity.fields, **changes}
        if entity.fields["explicitlyShared"] and changes.get("explicitlyShared") is False:
            raise refuse(
                "campaignBudgetError", "CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_IMPLICITLY_SHARED",
                "A shared budget stays shared.", "explicitly_shared",
            )  # fmt: skip
        self._amounts(context, after)
        self._delivery(after)
        if "name" in changes and after["explicitlyShared"]:
            self._name(context, changes["name"], but=entity)
        base.put(context.world, entity, changes)

    def remove(self, context: Context, entity: Entity) -> None:
        """Only a budget that no campaign uses."""
        if users(context, entity):
            raise refuse("campaignBudgetError", "CAMPAIGN_BUDGET_IN_USE", "The budget is in use.", "resource_name")
        base.strike(context.world, entity)

    def _amounts(self, context: Context, body: Mapping[str, Any]) -> None:
        total = body["period"] == "CUSTOM_PERIOD"
        field, other = ("totalAmountMicros", "amountMicros") if total else ("amountMicros", "totalAmountMicros")
        spelled = "total_amount_micros" if total else "amount_micros"
        if body.get(other) is not None:
            code = (
                "BUDGET_AMOUNT_MUST_BE_UNSET_FOR_CUSTOM_BUDGET_PERIOD"
                if total
                else "TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY"
            )
            raise refuse("campaignBudgetError", code, "The amount does not fit the period.", "period")
        if body.get(field) is None:
            raise refuse("fieldError", "REQUIRED", "The required field was not present.", spelled)
        money.check_budget(body[field], currency=context.account.currency, field=spelled)

    def _delivery(self, body: Mapping[str, Any]) -> None:
        if body["deliveryMethod"] == "ACCELERATED":
            raise refuse(
                "campaignBudgetError", "CANNOT_USE_ACCELERATED_DELIVERY_MODE",
                "Accelerated delivery is gone.", "delivery_method",
            )  # fmt: skip
        if body["type"] != "STANDARD":
            raise refuse("fieldError", "INVALID_VALUE", "Only STANDARD budgets here.", "type")

    def _name(self, context: Context, name: str | None, *, but: Entity | None) -> None:
        if not name:
            raise refuse("fieldError", "REQUIRED", "A shared budget needs a name.", "name")
        texts.check_width(name, most=255, path=("name",))
        for other in context.world.store.all(base.PLATFORM, type_=self.type):
            same = other.name == name and other.fields["explicitlyShared"] and other is not but
            if same and other.account_id == context.account.id:
                raise refuse("campaignBudgetError", "DUPLICATE_NAME", "The name is taken.", "name", trigger=name)


def users(context: Context, budget: Entity) -> list[Entity]:
    """The campaigns that spend a budget, without removed ones."""
    found = (context.get("campaign", id_) for id_ in budget.private.get("campaigns", []))
    name = budget.fields["resourceName"]
    return [c for c in found if c and c.deleted_at is None and c.fields["campaignBudget"] == name]


def attach(context: Context, budget: Entity, campaign_id: str) -> None:
    """Note that a campaign spends this budget; refuses a second one for a budget that is not shared."""
    others = [c for c in users(context, budget) if c.id != campaign_id]
    if others and not budget.fields["explicitlyShared"]:
        raise refuse(
            "campaignBudgetError", "CANNOT_USE_IMPLICITLY_SHARED_CAMPAIGN_BUDGET_WITH_MULTIPLE_CAMPAIGNS",
            "The budget belongs to another campaign.", "campaign_budget",
        )  # fmt: skip
    budget.private.setdefault("campaigns", []).append(campaign_id)
    base.put(context.world, budget, {"referenceCount": str(len(others) + 1)})
