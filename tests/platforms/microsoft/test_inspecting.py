"""What a Microsoft account offers and what is wrong with it, in words that a person can act on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.platforms.conftest import Live

from adloom.core.errors import Invalid, Rejected
from adloom.platforms.access import ResourceKind
from adloom.platforms.microsoft import inspecting
from adloom.platforms.types import Operation, Platform


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.MICROSOFT_ADS)


def account(live: Live, action: str, value: str) -> None:
    live.sandbox.control("account", {"platform": "microsoft_ads", "action": action, "value": value})


def test_tags_and_goals_are_found_with_their_state(live: Live) -> None:
    found = {each.kind: each for each in live.adapter.inspect(live.connection, account=live.account).resources}
    tag, goal = found[ResourceKind.PIXEL], found[ResourceKind.GOAL]
    assert (tag.name, tag.status) == ("Acme", "Active")
    assert (goal.name, goal.status) == ("Purchase", "RecordingConversions")
    assert goal.attributes["tag_id"] == tag.external_id
    assert (goal.attributes["type"], goal.attributes["category"]) == ("Event", "Purchase")


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        ("Hold", ["unpaid"]),
        ("Proposed", ["unpaid"]),
        ("WriteOff", ["closed", "unpaid"]),
        ("TaxOnHold", []),
        ("ClearFinancialStatus", []),
    ],
)
def test_what_the_accounts_finances_keep_from_working_is_a_fault(live: Live, status: str, codes: list[str]) -> None:
    account(live, "financial_status", status)
    faults = live.adapter.inspect(live.connection, account=live.account).faults
    assert [fault.code for fault in faults] == codes
    assert all(fault.words.split()[-1] in (status, "Inactive") and fault.fix for fault in faults)


def test_a_word_that_nobody_knows_is_shown_and_no_error() -> None:
    (fault,) = inspecting.faults({"AccountLifeCycleStatus": "Frozen", "AccountFinancialStatus": None})
    assert (fault.code, fault.words, fault.blocks_writes) == ("unknown", "AccountLifeCycleStatus Frozen", False)


def test_a_login_that_may_only_look_lacks_a_role(live: Live) -> None:
    account(live, "role", "100")
    assert live.adapter.inspect(live.connection, account=live.account).missing_rights == (
        "Advertiser Campaign Manager",
    )
    spec = live.spec()
    step = live.adapter.steps(spec, operation=Operation.CREATE)[0]
    with pytest.raises(Rejected) as caught:
        live.adapter.execute(live.connection, spec=spec, step=step, ids={}, key="k")
    assert caught.value.platform_code == "UserIsNotAuthorized"
    account(live, "role", "16")
    assert live.adapter.inspect(live.connection, account=live.account).missing_rights == ()


def test_no_fault_can_be_mended_through_the_api(live: Live) -> None:
    with pytest.raises(Invalid, match="own pages"):
        live.adapter.mend(live.connection, account=live.account, fault="suspended", answers={})
