"""Collects what a platform's preflight finds: every error and every loss, each once, in the order found."""

from __future__ import annotations

from adloom.core.errors import FieldError
from adloom.platforms.contract import Loss, Preflight
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.types import LossKind


class Findings:
    """A list that grows while an ad is read; `result` is what the contract asks for."""

    def __init__(self) -> None:
        self._errors: dict[FieldError, None] = {}
        self._losses: dict[Loss, None] = {}

    def error(self, field: str, rule: str, fix: str) -> None:
        """Something that must be mended before anything is sent."""
        self._errors[FieldError(field, rule, fix)] = None

    def dropped(self, field: str, before: str, *, after: str = "", is_targeting: bool = False) -> None:
        """A field that is not sent at all; `after` says what stands there instead."""
        self._losses[Loss(field, LossKind.DROPPED, before, after, is_targeting)] = None

    def narrowed(self, field: str, before: str, *, after: str, is_targeting: bool = True) -> None:
        """A field of which less is sent than was asked for."""
        self._losses[Loss(field, LossKind.NARROWED, before, after, is_targeting)] = None

    def result(self) -> Preflight:
        """Everything found so far."""
        return Preflight(errors=tuple(self._errors), losses=tuple(self._losses))


def group_field(spec: CampaignSpec, *, group: AdGroupSpec, name: str) -> str:
    """A targeting field as a person knows it: `targeting.age`, with the group's key among several."""
    return name if len(spec.groups) == 1 else f"ad_groups[{group.key}].{name}"


def ad_field(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec, name: str) -> str:
    """A creative field as a person knows it: `creative.headlines`, with the group's and the ad's key among several."""
    if len(group.ads) > 1:
        return f"ad_groups[{group.key}].ads[{ad.key}].{name}"
    return group_field(spec, group=group, name=name)
