"""What an operation has left: every object that the sandbox holds of an ad, against an ad that nobody disturbed.

An ad that was killed on its way must leave exactly what an undisturbed one leaves, in number, name, place and state.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.flows import test_updating as updating
from tests.housing import House

from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import StepState
from adloom.platforms.types import Platform

#: Type, parent's type, name, state: an object without what is only its own.
Entry = tuple[str, str, str, str]
Shape = Mapping[Platform, Counter[Entry]]

# Hashes of files and words, and ids that a platform makes up.
_MADE_UP = re.compile("[0-9a-f]{12,}|[0-9]{6,}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with what an ad left on one platform; all empty where nothing is."""

    duplicates: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether all is as it is to be."""
        return not (self.duplicates or self.orphans or self.missing or self.uncertain)


def known(house: House) -> frozenset[tuple[str, str, str]]:
    """Everything that stands now, to tell what comes after."""
    return frozenset(_id(item) for item in _objects(house))


def shape(house: House, ad_ids: Iterable[UUID], *, before: frozenset[tuple[str, str, str]]) -> Shape:
    """What has come into being since, on each platform, without ids, and without what is these ads' own in names."""
    everything = _objects(house)
    types = {(item["platform"], item["id"]): item["type"] for item in everything}
    campaigns = [c for ad_id in ad_ids for c in campaign_queries.of_ad(house.actor, ad_id=ad_id, with_deleted=True)]
    own = sorted({part for campaign in campaigns for part in (campaign.name, campaign.marker)}, key=len, reverse=True)
    found: dict[Platform, Counter[Entry]] = {platform: Counter() for platform in Platform}
    for item in everything:
        if _id(item) not in before:
            parent = types.get((item["platform"], item["parent_id"]), "")
            entry = (item["type"], parent, _without(item["name"] or "", own), str(item["status"]))
            found[Platform(item["platform"])][entry] += 1
    return found


def budgets(house: House, ad_id: UUID) -> dict[Platform, set[Any]]:
    """What each of the ad's campaigns may spend a day, in the currency's main unit."""
    return {c.platform: updating.budgets(house, c) for c in campaign_queries.of_ad(house.actor, ad_id=ad_id)}


def judge(house: House, ad_ids: Iterable[UUID], *, found: Shape, wanted: Shape) -> dict[Platform, Verdict]:
    """Holds what ads left against what they should have, and our own rows against certainty."""
    each = [_uncertain(house, ad_id) for ad_id in ad_ids]
    uncertain = {platform: [words for one in each for words in one[platform]] for platform in Platform}
    return {p: compare(found[p], wanted[p], uncertain=uncertain[p]) for p in Platform}


def compare(found: Counter[Entry], wanted: Counter[Entry], *, uncertain: Iterable[str] = ()) -> Verdict:
    """What is too much, of what was wanted (duplicates) or not at all (orphans), and what lacks."""
    surplus = list((found - wanted).elements())
    return Verdict(
        duplicates=tuple(_text(entry) for entry in surplus if entry in wanted),
        orphans=tuple(_text(entry) for entry in surplus if entry not in wanted),
        missing=tuple(_text(entry) for entry in (wanted - found).elements()),
        uncertain=tuple(uncertain),
    )


def _uncertain(house: House, ad_id: UUID) -> dict[Platform, list[str]]:
    found: dict[Platform, list[str]] = {platform: [] for platform in Platform}
    for deployment in campaign_queries.history(house.actor, ad_id=ad_id):
        if not deployment.status.is_final:
            found[deployment.platform].append(f"{deployment.type} {deployment.status}")
        found[deployment.platform] += [
            step.key for step in deployment.steps if step.state in (StepState.SENT, StepState.UNCERTAIN)
        ]
    return found


def _text(entry: Entry) -> str:
    return " ".join(filter(None, entry))


def _objects(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.installed.control("ledger")["objects"]
    return found


def _id(item: Mapping[str, Any]) -> tuple[str, str, str]:
    return (item["platform"], item["type"], item["id"])


def _without(name: str, own: Iterable[str]) -> str:
    for each in own:
        name = name.replace(each, "…")
    return _MADE_UP.sub("…", name)
