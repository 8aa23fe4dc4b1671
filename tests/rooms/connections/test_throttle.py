"""Quotas: reserved before a call, by all workers from one place, with a part kept for what stops money."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from adloom.core import settings, time
from adloom.core.actor import Actor
from adloom.core.errors import Throttled
from adloom.db import session as db
from adloom.db.trips import Query
from adloom.platforms import quotas, throttle
from adloom.platforms.http import Answer, Request
from adloom.platforms.quotas import UNLIMITED, Quota, Scope
from adloom.platforms.throttle import Fence, QuotaThrottle
from adloom.platforms.types import Platform

META_CALL = Request(Platform.FACEBOOK_ADS, "POST", "", "POST campaigns", account="act_1", is_write=True)
GOOGLE_CALL = Request(Platform.GOOGLE_ADS, "POST", "", "POST googleAds:search", account="1")
TIKTOK_CALL = Request(Platform.TIKTOK_ADS, "GET", "", "GET campaign/get", account="7")
HOURS = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the next window."""
    monkeypatch.setattr(throttle, "PATIENCE_S", 0.0)


@pytest.fixture
def quota(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets Meta's quota of calls an hour and account."""

    def set_(calls: int) -> None:
        monkeypatch.setattr(quotas, "_META", {"limited": (calls, calls), "full": (calls, calls)})

    return set_


def calls(actor: Actor, **options: Any) -> QuotaThrottle:
    return QuotaThrottle(actor.tenant_id, app=lambda: "our app", **options)


def used() -> dict[tuple[str, str, str], int]:
    with db.worker_transaction() as session:
        rows = session.execute(text("SELECT scope, scope_key, endpoint, used FROM platform_quotas")).all()
    return {(row.scope, row.scope_key, row.endpoint): row.used for row in rows}


def test_calls_beyond_the_quota_are_refused_with_the_moment_to_come_back(
    actor: Actor, quota: Callable[[int], None]
) -> None:
    quota(11)
    mine = calls(actor)
    for _ in range(10):
        mine.before(META_CALL)
    with pytest.raises(Throttled) as refused:
        mine.before(META_CALL)
    assert time.now() < refused.value.retry_at <= time.now() + HOURS
    assert used() == {("account", "act_1", "management"): 10}, "a refused call is not counted"


def test_what_stops_money_may_spend_what_is_kept_for_it(actor: Actor, quota: Callable[[int], None]) -> None:
    quota(20)
    for _ in range(18):
        calls(actor).before(META_CALL)
    with pytest.raises(Throttled):
        calls(actor).before(META_CALL)
    for _ in range(2):
        calls(actor, is_urgent=True).before(META_CALL)
    with pytest.raises(Throttled):
        calls(actor, is_urgent=True).before(META_CALL)


def test_what_brings_in_the_past_leaves_half_of_it_to_the_others(actor: Actor, quota: Callable[[int], None]) -> None:
    quota(20)
    past = calls(actor, in_background=True)
    for _ in range(10):
        past.before(META_CALL)
    with pytest.raises(Throttled):
        past.before(META_CALL)
    for _ in range(8):
        calls(actor).before(META_CALL)


def test_a_quota_belongs_to_the_account_across_tenants_and_the_history_to_each(
    actor: Actor, second_tenant: Actor, quota: Callable[[int], None]
) -> None:
    quota(11)
    for who in (actor, second_tenant) * 5:
        calls(who).before(META_CALL)
    with pytest.raises(Throttled):
        calls(second_tenant).before(META_CALL)
    calls(second_tenant).before(replace(META_CALL, account="act_2"))
    for who, counted in ((actor, 5), (second_tenant, 6)):
        with db.reading(who) as session:
            history = session.execute(text("SELECT sum(requests_count) FROM api_rate_limits")).scalar_one()
        assert history == counted


def test_many_workers_at_once_do_not_exceed_it(actor: Actor, quota: Callable[[int], None]) -> None:
    quota(23)
    granted: list[bool] = []

    def work() -> None:
        mine = calls(actor)
        for _ in range(8):
            try:
                mine.before(META_CALL)
                granted.append(True)
            except Throttled:
                pass

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 21


def test_a_refusal_of_the_platform_blocks_its_scope_for_everybody_until_then(
    actor: Actor, second_tenant: Actor
) -> None:
    mine = calls(actor)
    mine.before(META_CALL)
    mine.refused(Throttled("wait", retry_at=time.now() + HOURS))
    with pytest.raises(Throttled) as refused:
        calls(second_tenant, is_urgent=True).before(META_CALL)
    assert abs(refused.value.retry_at - time.now() - HOURS) < timedelta(seconds=5)
    calls(actor).before(replace(META_CALL, account="act_2"))


def test_our_own_refusal_is_not_taken_for_the_platforms(actor: Actor, quota: Callable[[int], None]) -> None:
    quota(2)
    mine = calls(actor)
    mine.before(META_CALL)
    with pytest.raises(Throttled) as refused:
        mine.before(META_CALL)
    mine.refused(refused.value)
    calls(actor, is_urgent=True).before(META_CALL)


def test_a_refusal_of_google_is_about_the_project_and_one_elsewhere_about_the_account() -> None:
    assert quotas.refuses(GOOGLE_CALL) is Scope.APP
    assert quotas.refuses(TIKTOK_CALL) is Scope.ACCOUNT
    assert quotas.refuses(replace(TIKTOK_CALL, account="")) is Scope.APP


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"x-business-use-case-usage": '{"1": [{"call_count": 60, "estimated_time_to_regain_access": 0}]}'}, None),
        (
            {"x-business-use-case-usage": '{"1": [{"call_count": 100, "estimated_time_to_regain_access": 19}]}'},
            timedelta(minutes=19),
        ),
        ({"x-ad-account-usage": '{"acc_id_util_pct": 9.67, "reset_time_duration": 100}'}, None),
        ({"x-ad-account-usage": '{"acc_id_util_pct": 100, "reset_time_duration": 100}'}, timedelta(seconds=100)),
        ({"x-ad-account-usage": "nonsense", "x-business-use-case-usage": "[1]"}, None),
        ({"x-app-usage": '{"call_count": 28, "total_time": 100, "total_cputime": 25}'}, timedelta(minutes=1)),
        ({"x-fb-ads-insights-throttle": '{"app_id_util_pct": 100, "acc_id_util_pct": 10}'}, timedelta(minutes=1)),
        ({"x-fb-ads-insights-throttle": '{"app_id_util_pct": 60, "acc_id_util_pct": 10}'}, None),
    ],
)
def test_usage_that_an_answer_tells_is_believed(actor: Actor, headers: dict[str, str], wait: timedelta | None) -> None:
    answer = Answer(200, headers, b"{}", META_CALL)
    assert quotas.wait_of(answer) == wait
    mine = calls(actor)
    mine.after(META_CALL, answer)
    if wait is None:
        mine.before(META_CALL)
        return
    with pytest.raises(Throttled) as refused:
        mine.before(META_CALL)
    assert abs(refused.value.retry_at - (time.now() + wait)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-app-usage": '{"call_count": 28, "total_time": 88, "total_cputime": 25}'},
        {"x-business-use-case-usage": '{"1": [{"call_count": 91, "estimated_time_to_regain_access": 0}]}'},
        {"x-ad-account-usage": '{"acc_id_util_pct": 80.5, "reset_time_duration": 100}'},
        {"x-fb-ads-insights-throttle": '{"app_id_util_pct": 3, "acc_id_util_pct": 99.9}'},
    ],
)
def test_what_can_wait_slows_down_before_the_platform_refuses_and_what_stops_money_does_not(
    actor: Actor, second_tenant: Actor, headers: dict[str, str]
) -> None:
    mine, answer = calls(actor), Answer(200, headers, b"{}", META_CALL)
    assert quotas.wait_of(answer) is None, "it is not refused yet"
    mine.after(META_CALL, answer)
    with pytest.raises(Throttled) as refused:
        calls(second_tenant).before(META_CALL)
    assert timedelta(0) < refused.value.retry_at - time.now() <= timedelta(seconds=60)
    calls(actor, is_urgent=True).before(META_CALL)
    calls(actor).before(replace(META_CALL, account="act_2"))


def test_the_nearer_to_the_end_the_longer_the_pause() -> None:
    def pause(percent: int) -> timedelta | None:
        return quotas.pause_of(Answer(200, {"x-app-usage": f'{{"call_count": {percent}}}'}, b"{}", META_CALL))

    assert [pause(percent) for percent in (0, 74)] == [None, None]
    found = [pause(percent) or timedelta(0) for percent in (75, 85, 99, 130)]
    assert found == sorted(found)
    assert found[-1] == timedelta(seconds=60)


def test_a_tenant_who_has_used_much_leaves_the_rest_of_what_all_share_to_others(
    actor: Actor, second_tenant: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "_GOOGLE", {"basic": 100, "explorer": 100, "standard": 100})
    for _ in range(70):
        calls(actor).before(GOOGLE_CALL)
    with pytest.raises(Throttled):  # a fifth is kept for others, a tenth for what stops money
        calls(actor).before(GOOGLE_CALL)
    for _ in range(20):
        calls(second_tenant).before(GOOGLE_CALL)
    with pytest.raises(Throttled):
        calls(second_tenant).before(GOOGLE_CALL)
    for _ in range(10):
        calls(actor, is_urgent=True).before(GOOGLE_CALL)


def test_each_platforms_published_quota_is_spent(actor: Actor) -> None:
    mine = calls(actor)
    mutate = replace(GOOGLE_CALL, endpoint="POST googleAds:mutate", json={"mutateOperations": [{}] * 9})
    for call in (GOOGLE_CALL, mutate, META_CALL, replace(META_CALL, endpoint="GET insights"), TIKTOK_CALL):
        mine.before(call)
    counted = used()
    assert {key for key in counted if key[0] == "app"} == {("app", "our app", "*")}
    assert {key: count for key, count in counted.items() if key[0] == "account"} == {
        ("account", "act_1", "management"): 1,
        ("account", "act_1", "insights"): 1,
        ("account", "7", "*"): 1,
    }
    with db.worker_transaction() as session:
        operations = session.execute(
            text("SELECT used FROM platform_quotas WHERE platform = 'google_ads'")
        ).scalar_one()
    assert operations == 10, "each operation of a mutate counts at Google"


def test_asking_for_a_token_spends_nothing(actor: Actor) -> None:
    for endpoint in ("POST token", "GET oauth/access_token"):
        calls(actor).before(Request(Platform.GOOGLE_ADS, "POST", "", endpoint))
    assert used() == {}


def test_what_an_operator_says_of_their_access_sets_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(request: Request) -> tuple[Quota, ...]:
        settings.load.cache_clear()
        return quotas.of(request, config=settings.load())

    assert of(GOOGLE_CALL)[0].calls == 15_000
    monkeypatch.setenv("ADLOOM_GOOGLE_ACCESS", "standard")
    assert of(GOOGLE_CALL)[0].calls == UNLIMITED
    assert [quota.calls for quota in of(TIKTOK_CALL)][:3] == [864_000, 600, 10]
    monkeypatch.setenv("ADLOOM_TIKTOK_ACCESS", "advanced")
    assert [quota.calls for quota in of(TIKTOK_CALL)][:3] == [1_728_000, 1_200, 20]


def test_a_short_window_is_waited_for(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "PATIENCE_S", 5.0)
    mine = calls(actor)
    begun = datetime.now().astimezone()
    for _ in range(19):
        mine.before(TIKTOK_CALL)
    assert datetime.now().astimezone() - begun > timedelta(seconds=0.9), "ten a second, one of them kept"


def test_who_has_lost_the_right_to_write_is_asked_last(actor: Actor) -> None:
    class Lost(Exception):
        pass

    lost = calls(actor, fence=Fence(Query(text("SELECT 1 WHERE false")), closed=Lost))
    lost.before(TIKTOK_CALL)
    with pytest.raises(Lost):
        lost.before(META_CALL)
    calls(actor, fence=Fence(Query(text("SELECT 1")), closed=Lost)).before(META_CALL)


def test_of_several_quotas_all_are_spent_or_none(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    day, second = Quota(Scope.APP, 9, timedelta(days=1)), Quota(Scope.APP, 2, timedelta(days=2), "ads")
    monkeypatch.setattr(quotas, "of", lambda request, *, config: (day, second))
    mine = calls(actor, is_urgent=True)
    assert refusals(mine, 5) == 3
    assert spent("*") == 2


def test_an_hour_that_slides_has_no_more_calls_than_its_quota(actor: Actor, quota: Callable[[int], None]) -> None:
    quota(10)
    mine = calls(actor, is_urgent=True)
    assert refusals(mine, 12) == 2
    age_windows("55 minutes")
    assert refusals(mine, 1) == 1, "an hour that began when they were made has had them all"
    age_windows("10 minutes")
    assert refusals(mine, 12) == 2


def refusals(mine: QuotaThrottle, times: int) -> int:
    """How many of so many calls to Meta are refused."""
    refused = 0
    for _ in range(times):
        try:
            mine.before(META_CALL)
        except Throttled:
            refused += 1
    return refused


def spent(endpoint: str) -> int:
    """What was taken from the quotas of an endpoint."""
    with db.worker_transaction() as session:
        found = session.execute(
            text("SELECT coalesce(sum(used), 0) FROM platform_quotas WHERE endpoint = :endpoint"),
            {"endpoint": endpoint},
        )
        return int(found.scalar_one())


def age_windows(by: str) -> None:
    """As if so much time had passed since the last calls."""
    with db.owner_connection() as connection:
        connection.execute(
            "UPDATE platform_quotas SET window_start = window_start - %(by)s::interval,"
            " window_end = window_end - %(by)s::interval",
            {"by": by},
        )
