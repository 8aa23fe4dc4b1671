"""The one conversion action that a campaign bids for, where one was chosen: through a custom goal of the account.

A custom goal holds exactly the action; all campaigns of the action share it, and nobody here removes it. A campaign's
configuration is there as soon as the campaign is, and is only updated (v26, ConversionGoalCampaignConfigOperation). The
custom goal is *added* to the goals by category that the campaign has from its account, so those are switched off with
it, each by its name: they are there for every category and origin of the account's (Conversion goals, Overview).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adloom.platforms import search_ads
from adloom.platforms.changes import Action, Change, Drift, DriftKind, Effect
from adloom.platforms.contract import RemoteObject, Step, StepResult
from adloom.platforms.google import payloads
from adloom.platforms.google.client import Client
from adloom.platforms.google.payloads import Planned
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation

_FIELD = "conversion.event"
_LEARNING = frozenset((Effect.MAY_RESET_LEARNING,))
_CUSTOM = """SELECT custom_conversion_goal.id, custom_conversion_goal.conversion_actions
FROM custom_conversion_goal WHERE custom_conversion_goal.status = 'ENABLED'"""
_ACCOUNTS = (
    """SELECT customer_conversion_goal.category, customer_conversion_goal.origin FROM customer_conversion_goal"""
)
_CONFIG = """SELECT conversion_goal_campaign_config.goal_config_level,
conversion_goal_campaign_config.custom_conversion_goal
FROM conversion_goal_campaign_config WHERE campaign.id = {id}"""
_CAMPAIGNS = """SELECT campaign_conversion_goal.category, campaign_conversion_goal.origin,
campaign_conversion_goal.biddable FROM campaign_conversion_goal
WHERE campaign.id = {id} AND campaign_conversion_goal.biddable = TRUE"""


# the steps


def custom(spec: CampaignSpec) -> Step | None:
    """The step that sees to the account's custom goal of the chosen action; None where none was chosen."""
    action = search_ads.chosen_goal(spec)
    return Step(f"goal/{action}", "goal", creates=(f"goal/{action}",)) if action else None


def use(spec: CampaignSpec, *, operation: Operation) -> Step | None:
    """The step that has the campaign bid for it alone, or for the account's goals again; None where it does already."""
    chosen = search_ads.chosen_goal(spec)
    if operation is Operation.CREATE:
        return Step("campaign/goal", "goal") if chosen else None
    is_another = any(search_ads.chosen_goal(each) != chosen for each in spec.standing)
    return Step("update/goal", "goal") if is_another else None


def is_custom(step: Step) -> bool:
    """Whether a step sees to the account's custom goal."""
    return step.key.startswith("goal/")


def is_use(step: Step) -> bool:
    """Whether a step has a campaign use a goal."""
    return step.kind == "goal" and not is_custom(step)


# what is sent


def planned(spec: CampaignSpec, *, action: str) -> Planned:
    """The custom goal as it is made. "No resource name is expected" (v26, CustomConversionGoalOperation)."""
    actions = [f"customers/{spec.account.external_id}/conversionActions/{action}"]
    create = {"name": f"Adloom {action}", "conversionActions": actions}
    return Planned(f"goal/{action}", "goal", None, "customConversionGoalOperation", create, _FIELD)


def use_body(spec: CampaignSpec, *, ids: Mapping[str, str], kinds: Iterable[str] = ()) -> Mapping[str, Any]:
    """The body by which the campaign bids for the chosen action and for none of these kinds (`PURCHASE~WEBSITE`).

    Without a chosen action the account's goals are the campaign's again (Campaign goals: a transition back).
    """
    customer, campaign = f"customers/{spec.account.external_id}", ids["campaign"]
    config: dict[str, Any] = {"resourceName": f"{customer}/conversionGoalCampaignConfigs/{campaign}"}
    action = search_ads.chosen_goal(spec)
    if action is None:
        return payloads.atomic([_set("conversionGoalCampaignConfig", {**config, "goalConfigLevel": "CUSTOMER"})])
    config |= {"goalConfigLevel": "CAMPAIGN", "customConversionGoal": _goal_name(spec, ids)}
    off = (
        {"resourceName": f"{customer}/campaignConversionGoals/{campaign}~{kind}", "biddable": False} for kind in kinds
    )
    goals = [_set("campaignConversionGoal", each, "biddable") for each in off]
    return payloads.atomic([_set("conversionGoalCampaignConfig", config), *goals])


# over the wire


def make(client: Client, spec: CampaignSpec, step: Step) -> StepResult:
    """The custom goal: the one that stands, else a new one. Raises Duplicate where one is there and not shown yet."""
    if (found := find_custom(client, spec, step)) is not None:
        return found
    each = planned(spec, action=_action(step))
    (result,) = client.mutate(payloads.mutate([each]))
    return _custom(step, str(result["customConversionGoalResult"]["resourceName"]), adopted=False)


def find_custom(client: Client, spec: CampaignSpec, step: Step) -> StepResult | None:
    """The account's goal of exactly this action, whoever made it: Google takes no second one of the same actions."""
    actions = planned(spec, action=_action(step)).create["conversionActions"]
    for row in client.search(_CUSTOM):
        if row["customConversionGoal"].get("conversionActions") == actions:
            return _custom(step, str(row["customConversionGoal"]["resourceName"]), adopted=True)
    return None


def apply(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult:
    """Has the campaign bid as it shall. Done twice it is the same."""
    kinds = [_kind(row["customerConversionGoal"]) for row in client.search(_ACCOUNTS)]
    client.mutate(use_body(spec, ids=ids, kinds=kinds))
    return StepResult(words=search_ads.counted(spec))


def find_use(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> StepResult | None:
    """Whether the campaign bids as it shall, and for nothing else."""
    level, name, kinds = _stands(client, campaign_id=ids["campaign"])
    if search_ads.chosen_goal(spec) is None:
        is_so = level == "CUSTOMER"
    else:
        is_so = level == "CAMPAIGN" and bool(name) and name == _goal_name(spec, ids) and not kinds
    return StepResult(words=search_ads.counted(spec), adopted=True) if is_so else None


# for people


def changes(spec: CampaignSpec) -> Iterator[Change]:
    """What an update changes of it."""
    if use(spec, operation=Operation.UPDATE) is None:
        return
    after = search_ads.counted(spec)
    before = next(text for each in reversed(spec.standing) if (text := search_ads.counted(each)) != after)
    yield Change("campaign", Action.UPDATE, _FIELD, before, after, _LEARNING)


def drift(client: Client, spec: CampaignSpec, *, ids: Mapping[str, str]) -> Iterator[Drift]:
    """Whether somebody has the campaign bid for something else. Where nothing was chosen, that is left to people."""
    action = search_ads.chosen_goal(spec)
    if action is None or f"goal/{action}" not in ids:
        return
    level, name, kinds = _stands(client, campaign_id=ids["campaign"])
    if level == "CAMPAIGN" and name == _goal_name(spec, ids) and not kinds:
        return
    theirs = "the goals of the account"
    if level == "CAMPAIGN":
        theirs = ", ".join((*([f"the goal {name.rpartition('/')[2]}"] if name else []), *kinds))
    yield Drift("campaign", DriftKind.CHANGED, _FIELD, search_ads.counted(spec), theirs)


def _stands(client: Client, *, campaign_id: str) -> tuple[str, str, list[str]]:
    """The level, the custom goal's name, and the kinds that a campaign bids for; empty of one that is not shown yet."""
    of = int(campaign_id)
    row = next(iter(client.search(_CONFIG.format(id=of))), {}).get("conversionGoalCampaignConfig", {})
    kinds = [_kind(each["campaignConversionGoal"]) for each in client.search(_CAMPAIGNS.format(id=of))]
    return str(row.get("goalConfigLevel", "")), str(row.get("customConversionGoal", "")), kinds


def _set(word: str, update: Mapping[str, Any], mask: str = "goalConfigLevel,customConversionGoal") -> Mapping[str, Any]:
    """What is masked and not there is cleared."""
    return {f"{word}Operation": {"updateMask": mask, "update": update}}


def _goal_name(spec: CampaignSpec, ids: Mapping[str, str]) -> str:
    """The custom goal's name; empty of one that does not stand."""
    own = ids.get(f"goal/{search_ads.chosen_goal(spec)}")
    return f"customers/{spec.account.external_id}/customConversionGoals/{own}" if own else ""


def _kind(row: Mapping[str, Any]) -> str:
    return f"{row['category']}~{row['origin']}"


def _action(step: Step) -> str:
    return step.key.removeprefix("goal/")


def _custom(step: Step, name: str, *, adopted: bool) -> StepResult:
    goal = RemoteObject(step.key, "goal", name.rpartition("/")[2])
    return StepResult(objects=(goal,), words="the account's goal of the action", adopted=adopted)
