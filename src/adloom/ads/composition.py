"""How an ad is put together: shared parts, groups and ads that replace fields of them, and platforms."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from adloom.ads.blocks import Platforms
from adloom.ads.creative import Creative, CreativeFields
from adloom.ads.fields import Name, Part, folded, items
from adloom.ads.flight import Budget, Conversion, Schedule
from adloom.ads.targeting import Targeting
from adloom.platforms.types import Objective, Platform

MAIN = "main"


class AdItem(Part):
    """One ad of a group."""

    name: Name
    creative: Creative = Creative()


class AdGroup(Part):
    """Ads that are shown to the same people."""

    name: Name
    targeting: Targeting = Targeting()
    ads: Annotated[tuple[AdItem, ...], AfterValidator(items(1, 20, key=lambda ad: folded(ad.name)))]


class Composition(Part):
    """The parts of an ad that lean on each other."""

    name: Name
    objective: Objective
    conversion: Conversion | None = None
    platforms: Platforms
    ad_groups: (
        Annotated[tuple[AdGroup, ...], AfterValidator(items(1, 20, key=lambda group: folded(group.name)))] | None
    ) = None
    creative: Creative = Creative()
    targeting: Targeting = Targeting()
    budget: Budget
    schedule: Schedule = Schedule()

    def groups(self) -> tuple[AdGroup, ...]:
        """The ad's groups: its own, or one group with one ad where it has none."""
        return self.ad_groups or (AdGroup(name=MAIN, ads=(AdItem(name=MAIN),)),)

    def targeting_of(self, group: AdGroup) -> Targeting:
        """Whom a group reaches: its own fields over the shared ones."""
        return group.targeting.over(self.targeting)

    def creative_of(self, item: AdItem) -> CreativeFields:
        """What an ad says: its own fields over the shared ones."""
        return item.creative.over(self.creative)

    def creative_on(self, platform: Platform, *, item: AdItem) -> CreativeFields:
        """What an ad says on a platform: the platform's fields over the ad's over the shared ones."""
        block = self.platforms.chosen()[platform]
        return block.creative.over(self.creative_of(item))

    def budget_on(self, platform: Platform) -> Budget:
        """What a platform may spend: its own budget, else the shared one."""
        return self.platforms.chosen()[platform].budget or self.budget
