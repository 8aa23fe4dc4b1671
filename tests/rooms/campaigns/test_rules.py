"""What a campaign's state allows, and what its status becomes: tables, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from adloom.ads.types import AdStatus
from adloom.campaigns import rules
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentStatus, Doubt, Word
from adloom.connections.types import AccountView
from adloom.platforms.types import DeliveryState, Operation, Platform, RemoteStatus

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PENDING, RUNNING = DeploymentStatus.PENDING, DeploymentStatus.IN_PROGRESS
DONE, FAILED = DeploymentStatus.COMPLETED, DeploymentStatus.FAILED


def campaign(status: str, *, is_deleted: bool = False) -> CampaignView:
    return CampaignView(
        id=uuid4(),
        ad_id=uuid4(),
        client_id=None,
        platform=Platform.GOOGLE_ADS,
        platform_account_id=uuid4(),
        platform_campaign_id="1",
        name="Spring sale",
        marker="m",
        status=CampaignStatus(status),
        delivery_state=DeliveryState.ACTIVE,
        delivery_words=None,
        error_message=None,
        last_sync_at=None,
        created_at=NOW,
        deleted_at=NOW if is_deleted else None,
    )


@pytest.mark.parametrize(
    ("operation", "status", "last", "is_wanted"),
    [
        # What nothing was said about, and what stands as it was asked.
        ("pause", "active", None, True),
        ("pause", "paused", None, False),
        ("pause", "active", ("create", DONE), True),
        ("pause", "paused", ("pause", DONE), False),
        ("pause", "active", ("pause", DONE), True),  # somebody let it go on at the platform
        ("pause", "completed", ("pause", DONE), False),
        ("resume", "active", ("resume", DONE), False),
        ("resume", "paused", ("resume", DONE), True),
        ("resume", "paused", ("create", DONE), True),
        ("resume", "active", ("create", DONE), False),
        # What is under way counts as well as what stands.
        ("pause", "pending", ("create", RUNNING), True),
        ("pause", "paused", ("resume", PENDING), True),
        ("pause", "active", ("pause", PENDING), True),  # followed, not begun anew
        ("resume", "active", ("pause", RUNNING), True),
        # What failed may be tried again; what was never whole is not let go.
        ("pause", "active", ("pause", FAILED), True),
        ("resume", "paused", ("resume", FAILED), True),
        ("resume", "error", ("create", FAILED), False),
        ("pause", "error", ("create", FAILED), True),
        ("pause", "error", ("pause", DONE), False),
        # What is being deleted is only deleted.
        ("pause", "active", ("delete", RUNNING), False),
        ("resume", "paused", ("delete", RUNNING), False),
        ("delete", "active", ("delete", RUNNING), True),
        ("pause", "active", ("delete", FAILED), True),
        # Only what does not stand is made.
        ("create", "pending", ("create", RUNNING), True),
        ("create", "error", ("create", FAILED), True),
        ("create", "paused", ("create", DONE), False),
    ],
)
def test_an_operation_is_wanted_where_it_changes_something(
    operation: str, status: str, last: tuple[str, DeploymentStatus] | None, is_wanted: bool
) -> None:
    said = None if last is None else Word(Operation(last[0]), last[1])
    assert rules.is_wanted(campaign(status), Operation(operation), last=said) is is_wanted


@pytest.mark.parametrize("operation", list(Operation))
def test_what_is_deleted_stays_as_it_is(operation: Operation) -> None:
    assert not rules.is_wanted(campaign("completed", is_deleted=True), operation)


@pytest.mark.parametrize(
    ("last", "may"),
    [(None, True), ("create", True), ("resume", True), ("update", True), ("pause", False), ("delete", False)],
)
def test_nothing_goes_live_after_a_pause_was_asked_for(last: str | None, may: bool) -> None:
    said = None if last is None else Word(Operation(last), PENDING)
    assert rules.may_go_live(said) is may


def test_not_found_is_not_believed_at_once_and_later_still_of_a_platform_that_is_slow() -> None:
    def left(*, lasted_s: float, quiet_s: float) -> float:
        doubt = Doubt(False, timedelta(0), timedelta(seconds=quiet_s), timedelta(seconds=lasted_s), None)
        return rules.believes(doubt, deadline=timedelta(seconds=60)).total_seconds()

    assert left(lasted_s=0.1, quiet_s=0) == 3
    assert left(lasted_s=0.1, quiet_s=4) < 0
    assert left(lasted_s=60, quiet_s=4) == 56
    assert left(lasted_s=600, quiet_s=0) == 60


@pytest.mark.parametrize(
    ("operation", "desired", "status"),
    [
        ("create", "active", "active"),
        ("create", "paused", "paused"),
        ("pause", "active", "paused"),
        ("resume", "paused", "active"),
        ("delete", "active", "completed"),
        ("update", "active", None),  # it stays what it is
        ("update", "paused", None),
    ],
)
def test_the_status_after_an_operation(operation: str, desired: str, status: str | None) -> None:
    found = rules.status_after(Operation(operation), desired=RemoteStatus(desired))
    assert found is (None if status is None else CampaignStatus(status))


@pytest.mark.parametrize(
    ("last", "gives_way"),
    [
        (None, False),
        (("pause", PENDING), True),
        (("pause", RUNNING), True),
        (("pause", DONE), False),
        (("pause", FAILED), False),
        (("resume", PENDING), False),
        (("create", RUNNING), False),
    ],
)
def test_an_update_waits_for_a_pause_that_is_under_way(
    last: tuple[str, DeploymentStatus] | None, gives_way: bool
) -> None:
    said = None if last is None else Word(Operation(last[0]), last[1])
    assert rules.gives_way(said) is gives_way


def test_a_failed_update_says_how_far_it_went() -> None:
    assert rules.what_is_left("No.", done=0) == "The change did not go through. No."
    assert "half-way: 1 step of it was done" in rules.what_is_left("No.", done=1)
    assert "half-way: 3 steps of it were done" in rules.what_is_left("No.", done=3)


def test_what_the_platform_shows_decides_what_has_ended() -> None:
    assert rules.status_observed(RemoteStatus.ACTIVE, delivery=DeliveryState.REJECTED) is CampaignStatus.ACTIVE
    assert rules.status_observed(RemoteStatus.ACTIVE, delivery=DeliveryState.ENDED) is CampaignStatus.COMPLETED
    assert rules.status_observed(RemoteStatus.PAUSED, delivery=DeliveryState.PAUSED) is CampaignStatus.PAUSED
    assert rules.status_observed(RemoteStatus.DELETED, delivery=DeliveryState.DELETED) is CampaignStatus.COMPLETED


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (set(), AdStatus.DRAFT),
        ({"pending"}, AdStatus.PAUSED),
        ({"error", "active"}, AdStatus.ACTIVE),
        ({"paused", "completed"}, AdStatus.PAUSED),
        ({"completed"}, AdStatus.COMPLETED),
    ],
)
def test_an_ad_is_as_lively_as_its_liveliest_campaign(statuses: set[str], status: AdStatus) -> None:
    assert rules.ad_status({CampaignStatus(each) for each in statuses}) is status


def test_money_of_one_client_is_not_spent_on_another() -> None:
    acme, other = uuid4(), uuid4()

    def errors(*, client_id: object, status: str = "active") -> int:
        account = AccountView(
            id=uuid4(),
            credential_id=uuid4(),
            client_id=client_id,  # type: ignore[arg-type]
            platform=Platform.GOOGLE_ADS,
            external_id="1",
            name="Shoes",
            currency="USD",
            time_zone="UTC",
            status=status,
            attributes={},
            last_synced_at=None,
        )
        return len(rules.account_errors(account, ad_client_id=acme))

    assert errors(client_id=acme) == 0
    assert errors(client_id=None) == 0, "a shared account"
    assert errors(client_id=other) == 1
    assert errors(client_id=acme, status="changed") == 1
    assert errors(client_id=acme, status="disconnected") == 1
