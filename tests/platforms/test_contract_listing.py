"""What every adapter promises of the list of an account's campaigns, against the sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.platforms.conftest import Live
from tests.platforms.test_contract import PLATFORMS

from adloom.core.errors import Unavailable
from adloom.platforms.contract import ForeignCampaign
from adloom.platforms.facts import AudienceFact, DailyFact, Dimension, HourlyFact
from adloom.platforms.types import BudgetType, Operation, Platform, RemoteStatus

Connect = Callable[[Platform], Live]

#: What a person's deletion is called: field and word.
DELETED = {
    Platform.GOOGLE_ADS: ("status", "REMOVED"),
    Platform.FACEBOOK_ADS: ("status", "DELETED"),
    Platform.MICROSOFT_ADS: ("Status", "Deleted"),
    Platform.TIKTOK_ADS: ("operation_status", "DELETE"),
}
NOBODYS = "1234567890123"


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.value)
def live(request: pytest.FixtureRequest, connect: Connect) -> Live:
    return connect(request.param)


def _seed(live: Live, count: int) -> set[str]:
    made = live.sandbox.control("seed", {"platform": live.platform.value, "campaigns": count})["campaigns"]
    return {each["id"] for each in made}


def _listed(live: Live) -> dict[str, ForeignCampaign]:
    found = list(live.adapter.campaigns(live.connection, account=live.account))
    assert len({each.platform_id for each in found}) == len(found), "each once"
    return {each.platform_id: each for each in found}


def test_every_campaign_is_listed_over_all_pages_as_it_stands(live: Live) -> None:
    seeded = _seed(live, 120)
    listed = _listed(live)
    assert seeded <= set(listed)
    names = {each["id"]: each["name"] for each in live.objects() if each["id"] in seeded}
    assert {id_: listed[id_].name for id_ in seeded} == names
    assert {listed[id_].status for id_ in seeded} == {RemoteStatus.ACTIVE}
    assert all(listed[id_].kind and listed[id_].words for id_ in seeded)


def test_a_campaign_has_a_budget_of_its_own_or_a_note_that_says_why_not(live: Live) -> None:
    seeded = _seed(live, 1)
    (campaign,) = (campaign for id_, campaign in _listed(live).items() if id_ in seeded)
    is_its_own = live.platform in (Platform.GOOGLE_ADS, Platform.MICROSOFT_ADS)
    assert (campaign.budget is not None, bool(campaign.note)) == (is_its_own, not is_its_own)
    if campaign.budget is not None:
        assert (campaign.budget.currency, campaign.budget_type) == (live.account.currency, BudgetType.DAILY)
        assert 1 < campaign.budget.amount < 10_000


def test_ours_is_among_them_until_it_is_deleted(live: Live) -> None:
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    assert _listed(live)[ids["campaign"]].way == live.adapter.way(live.spec())
    live.run(live.spec(), Operation.DELETE, ids)
    assert ids["campaign"] not in _listed(live)


def _identified(live: Live, *ids: str) -> dict[str, ForeignCampaign]:
    until = date.fromisoformat(live.sandbox.control("clock")["now"][:10])
    since = until - timedelta(days=3)
    found = list(live.adapter.identify(live.connection, account=live.account, ids=ids, since=since, until=until))
    assert len({each.platform_id for each in found}) == len(found), "each once"
    return {each.platform_id: each for each in found}


def _counted(live: Live) -> list[set[str]]:
    """Which campaigns are in the account's days, hours and audience."""
    until = date.fromisoformat(live.sandbox.control("clock")["now"][:10])
    asked: Any = {"account": live.account, "since": until - timedelta(days=2), "until": until}
    reports: tuple[Iterable[DailyFact | HourlyFact | AudienceFact], ...] = (
        live.adapter.daily(live.connection, **asked, events={}),
        live.adapter.hourly(live.connection, **asked, events={}),
        live.adapter.audience(live.connection, **asked, dimension=Dimension.GENDER),
    )
    return [{fact.platform_campaign_id for fact in report} for report in reports]


def test_a_deleted_campaign_is_counted_and_told_of_by_its_id_though_no_list_has_it(live: Live) -> None:
    gone, stands = sorted(_seed(live, 2))
    names = {each["id"]: each["name"] for each in live.objects() if each["id"] in (gone, stands)}
    live.sandbox.control("clock", {"advance": "P2D"})
    field, word = DELETED[live.platform]
    live.sandbox.control("edit", {"platform": live.platform.value, "id": gone, "field": field, "value": word})
    assert set(_listed(live)) & {gone, stands} == {stands}
    assert all({gone, stands} <= counted for counted in _counted(live))
    found = _identified(live, gone, stands, NOBODYS)
    assert {id_: each.name for id_, each in found.items()} == names
    assert (found[gone].status, found[stands].status) == (RemoteStatus.DELETED, RemoteStatus.ACTIVE)
    assert all(each.kind and each.words for each in found.values())


def test_what_is_archived_on_meta_is_counted_and_told_of_as_gone(connect: Connect) -> None:
    live = connect(Platform.FACEBOOK_ADS)
    (archived,) = _seed(live, 1)
    live.sandbox.control("clock", {"advance": "P2D"})
    live.sandbox.control("edit", {"platform": "facebook_ads", "id": archived, "field": "status", "value": "ARCHIVED"})
    assert archived not in _listed(live)
    assert all(archived in counted for counted in _counted(live))
    assert _identified(live, archived)[archived].status is RemoteStatus.DELETED


def test_microsoft_tells_of_one_whose_hours_of_utc_lie_beside_the_accounts_day(connect: Connect) -> None:
    live = connect(Platform.MICROSOFT_ADS)
    live.sandbox.control("account", {"platform": "microsoft_ads", "action": "report_zone", "value": "utc"})
    live = replace(live, account=replace(live.account, attributes={**live.account.attributes, "report_zone": "utc"}))
    (gone,) = _seed(live, 1)
    live.sandbox.control("clock", {"advance": "P2D"})
    live.sandbox.control("edit", {"platform": "microsoft_ads", "id": gone, "field": "Status", "value": "Deleted"})
    first = min(date.fromisoformat(row["date"]) for row in live.sandbox.control("ledger")["delivery"])
    found = list(live.adapter.identify(live.connection, account=live.account, ids=[gone], since=first, until=first))
    assert [(each.platform_id, each.status) for each in found] == [(gone, RemoteStatus.DELETED)]


def test_of_an_id_that_is_nobodys_nothing_is_told(live: Live) -> None:
    assert _identified(live, NOBODYS) == {}


def test_listing_writes_nothing(live: Live) -> None:
    _seed(live, 1)
    before = live.objects()
    _listed(live)
    assert live.objects() == before


def test_a_page_that_breaks_off_is_no_list_where_the_platform_counts(connect: Connect) -> None:
    """TikTok alone says how many there are."""
    live = connect(Platform.TIKTOK_ADS)
    _seed(live, 3)
    live.fault("truncated_page")
    with pytest.raises(Unavailable):
        _listed(live)
