"""The worker's part of upkeep: partitions ahead, and what is past its time let go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.jobs.types import Job
from adloom.operations import upkeep


def partitions(job: Job) -> Mapping[str, Any]:
    """Makes the partitions that lack; where the owner's login is known, empties DEFAULT ones too."""
    if not upkeep.has_owner():
        return {"partitions": upkeep.ensure_ahead()}
    return {"tables": upkeep.partitions()}


def retention(job: Job) -> Mapping[str, Any]:
    """Lets go of what is past its time; needs the owner's login."""
    return {"removed": upkeep.retention(dry_run=False)}
