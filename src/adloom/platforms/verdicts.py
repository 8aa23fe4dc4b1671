"""What a platform itself says to a plan before anything is sent: by its dry run, or what can be read where it has none.

Pure values, and the reading for platforms without a dry run, which compares what they show with what we believe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from adloom.platforms.access import Inspection
from adloom.platforms.types import RemoteStatus

if TYPE_CHECKING:
    from adloom.platforms.contract import Observation
    from adloom.platforms.spec import CampaignSpec


class Manner(StrEnum):
    """How a platform was asked."""

    #: It ran its own checks over the very bodies that a deployment would send, and did nothing.
    VALIDATED = "validated"
    #: It has no dry run: account and campaign were read, the ad itself was not judged.
    READ = "read"


@dataclass(frozen=True, slots=True)
class Objection:
    """Something that the platform would refuse, or has otherwise than we believe.

    `object` is our key of what it is about (`campaign`, `ad/main/a`, …), empty for the account or the whole; `field`
    the unified field where it is known, else the platform's. `words`, `code` and `request_id` are the platform's own.
    """

    object: str
    field: str
    rule: str
    fix: str
    words: str = ""
    code: str = ""
    request_id: str = ""

    def as_json(self) -> dict[str, Any]:
        """The objection as a plan's error, with the platform's own words."""
        return {
            "object": self.object,
            "field": self.field,
            "rule": self.rule,
            "fix": self.fix,
            "words": self.words,
            "code": self.code,
            "request_id": self.request_id,
        }


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What could not be judged, by our key, and why: mostly because its parents do not stand yet."""

    object: str
    why: str

    def as_json(self) -> dict[str, Any]:
        """The same for API and CLI."""
        return {"object": self.object, "why": self.why}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A platform's verdict. Without objections it would take what it was asked about; what it was not is `unjudged`."""

    manner: Manner
    objections: tuple[Objection, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()


def read(name: str, spec: CampaignSpec, *, account: Inspection, campaign: Observation | None) -> Judgement:
    """The verdict of a platform without a dry run (`name`, as people call it); `campaign` is None where none stands."""
    what = "ad account was" if campaign is None else "ad account and the campaign were"
    return Judgement(
        Manner.READ,
        objections=(*_of_account(account), *(_of_campaign(spec, campaign) if campaign else ())),
        unjudged=(Unjudged("", f"{name} has no dry run: the {what} read, and the ad itself was not judged."),),
    )


def _of_account(found: Inspection) -> Iterator[Objection]:
    for fault in found.faults:
        if fault.blocks_writes:
            rule = "nothing can be written to the ad account as it stands."
            yield Objection("", "account", rule, fault.fix, words=fault.words, code=fault.code)
    for right in found.missing_rights:
        yield Objection("", "account", f"the login lacks a right: {right}.", "Ask for it, and connect again.")


def _of_campaign(spec: CampaignSpec, seen: Observation) -> Iterator[Objection]:
    if seen.status is RemoteStatus.DELETED:
        fix = "Delete it here as well, and deploy anew."
        yield Objection("campaign", "platforms", "the campaign is gone there.", fix, words=seen.words)
    elif seen.status is not spec.desired_status:
        rule = f"the campaign is {seen.status.value} there, and was {spec.desired_status.value} when it was last seen."
        yield Objection("campaign", "desired_status", rule, "Look at it again: adloom ad sync.", words=seen.words)
