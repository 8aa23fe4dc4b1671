"""What the platforms themselves say to a plan, in words for its page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from adloom.campaigns.checks import CheckStatus
from adloom.platforms.types import Platform
from adloom.platforms.verdicts import Manner
from adloom.web import words
from adloom.web.words import Badge, PlatformName, Tone


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that the platform would refuse. `about` is the object and field, `said` the platform's own words."""

    about: str
    rule: str
    said: str
    fix: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one platform says; `notes` are what it could not judge, or why it says nothing."""

    platform: PlatformName
    badge: Badge
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All of them. `query` names those that were asked, `is_pending` says that one is still to come."""

    ad_id: str
    verdicts: tuple[Verdict, ...]
    query: str
    is_pending: bool
    is_unasked: bool


def verdicts(ad_id: object, checks: Mapping[Platform, Mapping[str, Any]]) -> Verdicts:
    """The verdicts of the platforms that there is something to ask, each as `Check.as_json` writes it."""
    ids = [check["verdict"]["id"] for check in checks.values() if check["verdict"]["id"]]
    return Verdicts(
        ad_id=str(ad_id),
        verdicts=tuple(_verdict(platform, check) for platform, check in sorted(checks.items())),
        query=urlencode([("id", id_) for id_ in ids]),
        is_pending=any(check["platform_check"] == CheckStatus.PENDING for check in checks.values()),
        is_unasked=len(ids) < len(checks),
    )


def of_plan(ad_id: object, plan: Mapping[str, Any] | None) -> Verdicts:
    """Those of a plan: of the platforms to which it would send something."""
    platforms = {} if plan is None else plan["platforms"]
    to_send = {name: each for name, each in platforms.items() if each["operation"] and not each["errors"]}
    return verdicts(ad_id, {Platform(name): each for name, each in to_send.items()})


def _verdict(platform: Platform, check: Mapping[str, Any]) -> Verdict:
    said = check["verdict"]
    return Verdict(
        platform=words.platform(platform),
        badge=_badge(check),
        refusals=tuple(map(_refusal, said["errors"])),
        notes=(*([said["reason"]] if said["reason"] else []), *(map(_note, said["unjudged"]))),
    )


def _badge(check: Mapping[str, Any]) -> Badge:
    if check["platform_check"] == CheckStatus.PENDING:
        return Badge("Asked", Tone.WAIT)
    if check["platform_check"] == CheckStatus.UNAVAILABLE:
        return Badge("No verdict", Tone.QUIET)
    if check["verdict"]["errors"]:
        return Badge("Would refuse it", Tone.BAD)
    if check["verdict"]["manner"] == Manner.READ:
        return Badge("Nothing against it", Tone.QUIET)
    return Badge("Would take it", Tone.GOOD)


def _refusal(error: Mapping[str, Any]) -> Refusal:
    about = " ".join(part for part in (error["object"], error["field"]) if part)
    return Refusal(about, error["rule"], error["words"], error["fix"], error["request_id"])


def _note(each: Mapping[str, Any]) -> str:
    return f"{each['object']}: {each['why']}" if each["object"] else str(each["why"])
