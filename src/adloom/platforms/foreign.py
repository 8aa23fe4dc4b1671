"""What is changed of a campaign that others made, beside its switch: the amount of the budget that it has of its own.

Whatever else stands in it is theirs. The write sets one field, so it may be done again; it is not done where the
platform shows another budget by now than the one that the change was planned from. Pure.
"""

from __future__ import annotations

from adloom.core.errors import Conflict
from adloom.core.money import Money
from adloom.platforms.changes import Action, Change, Revision
from adloom.platforms.contract import ForeignCampaign, Step, StepResult
from adloom.platforms.spec import CampaignSpec

STEP = Step("foreign_budget", "campaign")


def is_step(step: Step) -> bool:
    """Whether a step sets the budget of a campaign that others made."""
    return step.key == STEP.key


def steps(spec: CampaignSpec) -> tuple[Step, ...]:
    """The one write of an update; none where what may stand has this amount already."""
    return (STEP,) if any(each.budget.money != spec.budget.money for each in spec.standing) else ()


def revise(spec: CampaignSpec) -> Revision:
    """What an update changes: the amount."""
    before = next((each.budget.money for each in spec.standing if each.budget.money != spec.budget.money), None)
    if before is None:
        return Revision()
    return Revision((Change("campaign", Action.UPDATE, "budget.amount", str(before), str(spec.budget.money)),))


def is_set(found: ForeignCampaign | None, spec: CampaignSpec) -> bool:
    """Whether the campaign, as its platform lists it, has the amount already."""
    return found is not None and found.budget == spec.budget.money and found.budget_type is spec.budget.type


def refuse_another(found: ForeignCampaign | None, spec: CampaignSpec) -> None:
    """Raises Conflict unless the campaign has the budget that the change was planned from, or the new one already."""
    expected: set[Money] = {spec.budget.money, *(each.budget.money for each in spec.standing)}
    if found is not None and found.budget in expected and found.budget_type is spec.budget.type:
        return
    stands = "it is gone" if found is None else found.note or f"it is {found.budget}"
    raise Conflict(f"The budget was changed on the platform itself: {stands}. Import the account again, and look anew.")


def done(*, adopted: bool = False) -> StepResult:
    """The write's result: it makes nothing."""
    return StepResult(words="budget set", adopted=adopted)
