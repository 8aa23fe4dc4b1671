"""One contract over all adapters, against the sandbox over HTTP: what every platform's adapter promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.platforms.conftest import Live

from adloom.core import ids as ids_module
from adloom.core.errors import (
    CredentialsExpired,
    Duplicate,
    OutcomeUnknown,
    Throttled,
    Unavailable,
)
from adloom.core.time import now, today
from adloom.platforms.contract import Observation
from adloom.platforms.facts import DailyFact
from adloom.platforms.types import DeliveryState, Operation, Platform, RemoteStatus

PLATFORMS = (Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS, Platform.MICROSOFT_ADS, Platform.TIKTOK_ADS)

Connect = Callable[[Platform], Live]


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.value)
def live(request: pytest.FixtureRequest, connect: Connect) -> Live:
    return connect(request.param)


@pytest.fixture
def deployed(live: Live) -> tuple[Live, dict[str, str]]:
    """One ad that stands and is active."""
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    return live, ids


def _observe(live: Live, ids: dict[str, str]) -> Observation:
    return live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])


def test_the_login_reaches_the_account_with_its_currency_and_time_zone(live: Live) -> None:
    accounts = {each.external_id: each for each in live.adapter.accounts(live.connection)}
    found = accounts[live.account.external_id]
    assert (found.currency, found.time_zone) == ("USD", "America/Los_Angeles")
    assert found.name
    assert found.status
    now = live.adapter.account_now(live.connection, account=live.account)
    assert now is not None
    assert (now.external_id, now.currency, now.time_zone) == (found.external_id, "USD", "America/Los_Angeles")


def test_an_ad_that_preflight_accepts_is_created_and_delivers_only_after_the_last_step(live: Live) -> None:
    spec, ids = live.spec(), {}
    assert live.adapter.preflight(spec).errors == ()
    steps = live.adapter.steps(spec, operation=Operation.CREATE)
    assert [step.activates for step in steps][-1] is True
    live.run(spec, Operation.CREATE, ids)
    assert ids["campaign"]
    assert _observe(live, ids).status is RemoteStatus.ACTIVE


def test_a_campaign_that_shall_be_paused_is_paused(live: Live) -> None:
    ids: dict[str, str] = {}
    live.run(live.spec(desired_status=RemoteStatus.PAUSED), Operation.CREATE, ids)
    observed = _observe(live, ids)
    assert observed.status is RemoteStatus.PAUSED
    assert observed.delivery is DeliveryState.PAUSED


@pytest.mark.parametrize(("groups", "ads"), [(1, 1), (2, 3)])
def test_every_ad_group_and_ad_stands_under_our_keys(live: Live, groups: int, ads: int) -> None:
    spec, ids = live.spec(groups=groups, ads=ads), {}
    live.run(spec, Operation.CREATE, ids)
    wanted = {f"ad/{group.key}/{ad.key}" for group in spec.groups for ad in group.ads}
    wanted |= {f"ad_group/{group.key}" for group in spec.groups}
    assert wanted <= set(ids)
    assert len({ids[key] for key in wanted}) == len(wanted)


def test_nothing_is_found_before_it_is_done(live: Live) -> None:
    spec = live.spec()
    step = live.adapter.steps(spec, operation=Operation.CREATE)[0]
    assert live.adapter.find(live.connection, spec=spec, step=step, ids={}, key="k") is None


def test_a_repeated_create_makes_no_second_object(deployed: tuple[Live, dict[str, str]]) -> None:
    """The platform refuses the second one by name, or gives the same object for the same key."""
    live, ids = deployed
    spec, again = live.spec(), {}
    live.run(spec, Operation.CREATE, again)
    before = len(live.objects())
    for step in live.adapter.steps(spec, operation=Operation.CREATE):
        if not step.creates:
            continue
        key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
        found = live.adapter.find(live.connection, spec=spec, step=step, ids=again, key=key)
        assert found is not None
        if step.kind in TAKES_TWINS.get(live.platform, ()):
            continue
        try:
            result = live.adapter.execute(live.connection, spec=spec, step=step, ids=again, key=key)
        except Duplicate:
            continue
        assert {each.platform_id for each in result.objects} == {again[key] for key in step.creates}
    assert len(live.objects()) == before
    assert again["campaign"] != ids["campaign"]


def test_a_create_whose_answer_never_came_is_found_and_not_made_twice(live: Live) -> None:
    spec, ids = live.spec(), {}
    for step in live.adapter.steps(spec, operation=Operation.CREATE):
        key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
        live.fault("cut", match=WRITES[live.platform])
        with pytest.raises(OutcomeUnknown):
            live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key=key)
        found = live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key=key)
        if found is None:
            found = live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key=key)
        ids.update({each.key: each.platform_id for each in found.objects})
    names = [each["name"] for each in live.objects() if each["name"] == spec.name]
    assert len(names) == 1


def test_pause_resume_and_delete_are_seen_on_the_platform(deployed: tuple[Live, dict[str, str]]) -> None:
    live, ids = deployed
    spec = live.spec()
    for operation, status in (
        (Operation.PAUSE, RemoteStatus.PAUSED),
        (Operation.RESUME, RemoteStatus.ACTIVE),
        (Operation.DELETE, RemoteStatus.DELETED),
    ):
        live.run(spec, operation, ids)
        assert _observe(live, ids).status is status
    assert _observe(live, ids).delivery is DeliveryState.DELETED


def test_deleting_twice_is_the_same_as_once(deployed: tuple[Live, dict[str, str]]) -> None:
    live, ids = deployed
    live.run(live.spec(), Operation.DELETE, ids)
    live.run(live.spec(), Operation.DELETE, ids)
    assert _observe(live, ids).status is RemoteStatus.DELETED


def test_the_days_equal_the_ledger_to_the_cent(deployed: tuple[Live, dict[str, str]]) -> None:
    live, ids = deployed
    live.sandbox.control("clock", {"advance": "P5D"})
    facts = _daily(live, days=7)
    truth = _ledger(live)
    assert {fact.date: fact for fact in facts}.keys() == truth.keys()
    assert len(facts) >= 4
    for fact in facts:
        row = truth[fact.date]
        assert (fact.impressions, fact.clicks) == (row["impressions"], row["clicks"])
        assert fact.spend == row["spend"]
        assert fact.conversions == row["conversions"]
        assert fact.conversion_value == row["conversion_value"]
        assert (fact.currency, fact.platform_campaign_id) == ("USD", ids["campaign"])


def test_a_deleted_campaign_keeps_its_days(deployed: tuple[Live, dict[str, str]]) -> None:
    live, ids = deployed
    live.sandbox.control("clock", {"advance": "P3D"})
    before = sum(fact.spend for fact in _daily(live, days=4))
    assert before > 0
    live.run(live.spec(), Operation.DELETE, ids)
    assert sum(fact.spend for fact in _daily(live, days=4)) >= before


def test_a_lapsed_token_is_renewed_once_and_the_call_repeated(deployed: tuple[Live, dict[str, str]]) -> None:
    live, ids = deployed
    if live.platform in NEVER_RENEWS:
        live.fault("token_expired")
        with pytest.raises(CredentialsExpired):
            _observe(live, ids)
        return
    live.fault("token_expired")
    assert _observe(live, ids).status is RemoteStatus.ACTIVE
    assert live.login.renewals == 1


def test_a_throttle_says_when_to_come_back(deployed: tuple[Live, dict[str, str]]) -> None:
    live, ids = deployed
    live.fault("throttle")
    with pytest.raises(Throttled) as caught:
        _observe(live, ids)
    assert caught.value.retry_at > now()
    assert caught.value.words


def test_a_failing_read_is_unavailable_and_a_failing_write_unknown(
    deployed: tuple[Live, dict[str, str]],
) -> None:
    live, ids = deployed
    live.fault("server_error")
    with pytest.raises(Unavailable):
        _observe(live, ids)
    live.fault("server_error", match=WRITES[live.platform])
    step = live.adapter.steps(live.spec(), operation=Operation.PAUSE)[0]
    with pytest.raises(OutcomeUnknown):
        live.adapter.execute(live.connection, spec=live.spec(), step=step, ids=ids, key="k")


def test_half_a_page_never_passes_for_the_whole_report(deployed: tuple[Live, dict[str, str]]) -> None:
    live, _ = deployed
    live.sandbox.control("clock", {"advance": "P4D"})
    live.fault("truncated_page")
    try:
        facts = _daily(live, days=5)
    except Unavailable:
        return
    assert {fact.date for fact in facts} == set(_ledger(live))


def test_a_vanished_campaign_is_deleted_and_no_error(live: Live) -> None:
    assert _observe(live, {"campaign": "987654321"}).status is RemoteStatus.DELETED


#: What a platform makes again for the same name and request: only asking first keeps a second one away.
TAKES_TWINS = {
    Platform.FACEBOOK_ADS: ("asset", "campaign", "ad_group", "creative", "ad"),
    Platform.TIKTOK_ADS: ("ad",),
}

#: Platforms whose tokens no program can renew.
NEVER_RENEWS = (Platform.TIKTOK_ADS,)

#: What matches a platform's writes, in 'METHOD /path' without the sandbox's prefix.
WRITES = {
    Platform.GOOGLE_ADS: "googleAds:mutate",
    Platform.MICROSOFT_ADS: r"(POST|PUT|DELETE) /CampaignManagement/v13/\w+$",
    Platform.FACEBOOK_ADS: "(POST|DELETE) /v26.0/",
    Platform.TIKTOK_ADS: "POST /open_api/v1.3/",
}


def _daily(live: Live, *, days: int) -> list[DailyFact]:
    """The sandbox's last days; its clock may be ahead of ours."""
    until = date.fromisoformat(live.sandbox.control("clock")["now"][:10])
    since = today("America/Los_Angeles") - timedelta(days=1)
    assert (until - since).days <= days + 2
    return list(live.adapter.daily(live.connection, account=live.account, since=since, until=until, events={}))


def _ledger(live: Live) -> dict[date, dict[str, Decimal]]:
    rows = live.sandbox.control("ledger", platform=live.platform.value, grain="day")["delivery"]
    return {
        date.fromisoformat(row["date"]): {
            name: None if row[name] is None else Decimal(row[name])
            for name in ("impressions", "clicks", "spend", "conversions", "conversion_value")
        }
        for row in rows
        if row["impressions"]
    }
