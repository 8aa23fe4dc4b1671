"""What pages say before anything else: tables, without a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from adloom.connections.types import AccountView, CredentialView, FaultView
from adloom.metrics.outcomes import Unexplained
from adloom.platforms.types import Platform
from adloom.platforms.versions import Ending
from adloom.web.views import notices
from adloom.web.words import Tone

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
META = Platform.FACEBOOK_ADS
ID = UUID(int=7)
ACCOUNT = AccountView(
    id=ID,
    credential_id=UUID(int=1),
    client_id=None,
    platform=META,
    external_id="act_1",
    name="Shoes",
    currency="USD",
    time_zone="UTC",
    status="active",
    attributes={},
    last_synced_at=None,
)


def login(days: float | None, **changes: bool) -> CredentialView:
    """A login of Meta that ends in so many days and is not renewed."""
    ends = None if days is None else NOW + timedelta(days=days)
    given = {"is_active": True, "is_connected": True, "renews": False, **changes}
    return CredentialView(
        id=UUID(int=1), platform=META, last_validated_at=None, expires_at=ends, error_message=None, **given
    )


def fault(*, blocks: bool) -> FaultView:
    return FaultView(ID, "suspended", "DISABLED", "Ask Meta.", blocks, (), NOW)


def said(
    *,
    credentials: Sequence[CredentialView] = (),
    accounts: Sequence[AccountView] = (),
    faults: Sequence[FaultView] = (),
    endings: Sequence[Ending] = (),
    differences: Sequence[Unexplained] = (),
) -> list[tuple[str, str]]:
    found = notices.notices(credentials, accounts, faults, endings, now=NOW, differences=differences)
    return [(notice.tone, notice.text) for notice in found]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (20.5, "The login of Meta Ads ends on 17 Dec 2026, in 21 days. Connect it again before."),
        (0.5, "The login of Meta Ads ends on 27 Nov 2026, tomorrow. Connect it again before."),
        (0.2, "The login of Meta Ads ends on 26 Nov 2026, today. Connect it again before."),
        (-1, "The login of Meta Ads ended on 25 Nov 2026. Connect it again."),
    ],
)
def test_a_login_that_ends_is_named_with_its_day_and_cure(days: float, words: str) -> None:
    assert said(credentials=[login(days)]) == [(Tone.WAIT, words)]


@pytest.mark.parametrize("changes", [{"renews": True}, {"is_connected": False, "is_active": False}])
def test_a_login_that_renews_itself_or_is_none_is_not_named(changes: dict[str, bool]) -> None:
    assert said(credentials=[login(5, **changes)]) == []


def test_a_login_that_does_not_work_is_bad() -> None:
    assert [tone for tone, _ in said(credentials=[login(None, is_active=False)])] == [Tone.BAD]


def test_what_blocks_an_account_is_bad_and_comes_first() -> None:
    found = said(credentials=[login(5)], accounts=[ACCOUNT], faults=[fault(blocks=True)])
    assert [tone for tone, _ in found] == [Tone.BAD, Tone.WAIT]
    assert found[0][1] == "Shoes on Meta Ads is blocked: The account is suspended. Ask Meta."
    assert said(accounts=[ACCOUNT], faults=[fault(blocks=False)]) == []


def test_figures_that_differ_for_no_known_reason_are_bad() -> None:
    ((tone, text),) = said(differences=[Unexplained(META, "act_1", 2)])
    assert tone is Tone.BAD
    assert text == "Figures of act_1 are not what Meta Ads says of the whole account on 2 days; nobody knows why."


def test_rights_that_a_login_lacks_are_named() -> None:
    lacking = replace(ACCOUNT, missing_rights=("ads_management", "pages_show_list"))
    words = (
        "The login of Meta Ads lacks rights to Shoes: ads_management, pages_show_list. Agree to all that is asked for."
    )
    assert said(accounts=[lacking]) == [(Tone.WAIT, words)]
    assert said(accounts=[replace(lacking, status="disconnected")]) == []


def test_an_api_version_is_named_before_and_after_its_end() -> None:
    before = Ending(META, "v26.0", date(2027, 1, 31), 66)
    after = Ending(META, "v26.0", date(2026, 11, 26), 0)
    assert said(endings=[before]) == [
        (Tone.WAIT, "Meta Ads ends version v26.0 of its API on 31 Jan 2027. Update Adloom before.")
    ]
    assert said(endings=[after]) == [
        (Tone.BAD, "Meta Ads ended version v26.0 of its API on 26 Nov 2026. Update Adloom.")
    ]
