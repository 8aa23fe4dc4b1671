"""Which of an ad's changes is the last one, and on which platforms it was made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from adloom.campaigns import past
from adloom.campaigns.past import Done
from adloom.campaigns.types import DeploymentStatus, DeploymentType, Reason
from adloom.core.errors import Conflict
from adloom.platforms.types import Platform

META, GOOGLE = Platform.FACEBOOK_ADS, Platform.GOOGLE_ADS
BEGIN = datetime(2026, 11, 27, tzinfo=UTC)


def history(*changes: tuple[DeploymentType, Platform, Reason | None, str]) -> tuple[Done, ...]:
    """Changes that went through, the oldest first as they are written here; each says what the ad said."""
    made = [
        Done(
            id=uuid4(),
            campaign_id=uuid4(),
            platform=platform,
            type=type_,
            status=DeploymentStatus.COMPLETED,
            reason=reason,
            undoes=None,
            spec={"ad": {"name": name}},
            drift=(),
            job_id=None,
            actor_id=None,
            created_at=BEGIN + timedelta(minutes=minute),
        )
        for minute, (type_, platform, reason, name) in enumerate(changes)
    ]
    return tuple(reversed(made))


def test_what_was_asked_for_on_all_platforms_is_taken_back_on_all() -> None:
    update = DeploymentType.UPDATE
    changes = history(
        (update, META, None, "old"),
        (update, GOOGLE, None, "old"),
        (update, META, None, "new"),
        (update, GOOGLE, None, "new"),
    )
    assert past.chosen(changes, None) == changes[:2]


@pytest.mark.parametrize("reason", [Reason.PUT_BACK, Reason.ADOPT])
@pytest.mark.parametrize("type_", [DeploymentType.UPDATE, DeploymentType.RESUME])
def test_what_was_reconciled_on_one_platform_is_taken_back_there_alone(type_: DeploymentType, reason: Reason) -> None:
    changes = history((type_, GOOGLE, None, "same"), (type_, META, None, "same"), (type_, META, reason, "same"))
    assert past.chosen(changes, None) == changes[:1]


def test_what_was_put_back_before_is_no_part_of_a_later_change() -> None:
    resume = DeploymentType.RESUME
    changes = history((resume, GOOGLE, Reason.PUT_BACK, "same"), (resume, META, None, "same"))
    assert past.chosen(changes, None) == changes[:1]


def test_an_undo_is_not_the_last_change_and_nothing_is_left_beside_it() -> None:
    with pytest.raises(Conflict, match="nothing to undo"):
        past.chosen(history((DeploymentType.UPDATE, META, Reason.UNDO, "old")), None)
