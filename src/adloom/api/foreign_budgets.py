"""`/v1/campaigns/{id}/budget`: the budget of a campaign that others made. It shows first what it would do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from adloom.api.depends import Acting, Writing
from adloom.api.deploying import Changing, changing
from adloom.api.shapes import Body, Json, Shape
from adloom.campaigns import foreign_budgets
from adloom.platforms.types import Platform

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"])


class NewAmount(Body):
    """`amount`: what it shall be, in the account's currency, as a decimal string; of the kind that it is now."""

    amount: Decimal


class SetBudget(NewAmount):
    """`plan`: the fingerprint of the plan that you have seen; `confirm`: sentences that it asks for."""

    plan: str | None = Field(default=None, max_length=100)
    confirm: list[str] = Field(default_factory=list, max_length=20)


class AmountChange(Shape):
    """What the budget was, and what it would be."""

    field: str
    from_: Any = Field(alias="from")
    to: Any


class BrokenRule(Shape):
    """Why it cannot be set, and what mends it."""

    field: str
    rule: str
    fix: str


class BudgetPlan(Shape):
    """What setting the amount would do. With `errors` nothing would be; `confirm` has to be said for it."""

    campaign_id: UUID
    platform: Platform
    changes: list[AmountChange]
    errors: list[BrokenRule]
    money: Json
    confirm: list[str]
    fingerprint: str


@router.post("/{campaign_id}/budget/plan")
def plan_budget(campaign_id: UUID, acting: Acting, body: NewAmount) -> BudgetPlan:
    """What another budget of a campaign that others made would do. At once, and nothing is sent."""
    found = foreign_budgets.plan(acting, campaign_id=campaign_id, amount=body.amount)
    return BudgetPlan.model_validate(found.as_json())


@router.post("/{campaign_id}/budget", status_code=202)
def set_budget(campaign_id: UUID, write: Writing, body: SetBudget) -> Changing:
    """Set the budget of a campaign that others made. Again does nothing more."""
    return write.once(
        lambda: changing(
            foreign_budgets.apply(
                write.actor, campaign_id=campaign_id, amount=body.amount, confirm=body.confirm, plan=body.plan
            )
        ),
        status=202,
    )
