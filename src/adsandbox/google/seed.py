"""Campaigns as a person would have made them in Google's own pages: live, approved, with names of a shop."""

from typing import Any

from adsandbox import review
from adsandbox.accounts import Account
from adsandbox.google import mutate
from adsandbox.google.resources.base import PLATFORM, Context
from adsandbox.platform import ControlError
from adsandbox.store import Entity
from adsandbox.world import World

_THEMES = ("Brand", "Running shoes", "Winter jackets", "Gift cards", "Outlet", "Store locator")


def campaigns(world: World, account: Account, count: int) -> list[Entity]:
    """Make that many campaigns through the mutate endpoint's own rules, and approve their ads at once."""
    made = []
    for _ in range(count):
        number = len(list(world.store.all(PLATFORM, type_="campaign", deleted=True)))
        name = f"{_THEMES[number % len(_THEMES)]} {number + 1}"
        context = Context(world, account, mutate.names(account.id))
        message = {"mutateOperations": operations(account.id, name, daily_micros=str(20_000_000 + number * 5_000_000))}
        outcome = mutate.run(context, mutate.all_operations(message, []), partial=False, dry=False, tainted=False)
        if outcome.errors:
            raise ControlError(f"cannot be seeded: {outcome.errors[0].message}")
        made += [entity for entity in outcome.made if entity and entity.type == "campaign"]
        for ad in (entity for entity in outcome.made if entity and entity.review):
            verdict = review.Verdict.APPROVE
            assert ad.review is not None
            world.store.set_review(ad, review.decide(ad.review, world.clock.now(), verdict=verdict, reason=None))
    return made


def operations(account_id: str, name: str, *, daily_micros: str) -> list[dict[str, Any]]:
    """The operations of one small Search campaign."""
    budget, campaign, group = (
        f"customers/{account_id}/{kind}" for kind in ("campaignBudgets/-1", "campaigns/-2", "adGroups/-3")
    )
    texts = [{"text": text} for text in (name[:30], "Free delivery", "30 days to return")]
    return [
        _create("campaignBudget", resourceName=budget, amountMicros=daily_micros, explicitlyShared=False),
        _create(
            "campaign", resourceName=campaign, name=name, status="ENABLED", advertisingChannelType="SEARCH",
            campaignBudget=budget, targetSpend={}, networkSettings={"targetGoogleSearch": True},
            containsEuPoliticalAdvertising="DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
        ),
        _create(
            "campaignCriterion", campaign=campaign, location={"geoTargetConstant": "geoTargetConstants/2840"}
        ),
        _create("adGroup", resourceName=group, campaign=campaign, name=name, type="SEARCH_STANDARD"),
        _create("adGroupCriterion", adGroup=group, keyword={"text": name.lower(), "matchType": "PHRASE"}),
        _create(
            "adGroupAd",
            adGroup=group,
            ad={
                "finalUrls": ["https://shop.example.com/"],
                "responsiveSearchAd": {
                    "headlines": texts,
                    "descriptions": [{"text": "Order today, ships today."}, {"text": "Good things."}],
                },
            },
        ),
    ]  # fmt: skip


def _create(word: str, **body: Any) -> dict[str, Any]:
    return {f"{word}Operation": {"create": body}}
