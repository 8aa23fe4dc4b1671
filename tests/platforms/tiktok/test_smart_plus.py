"""TikTok's Smart+ path on the sandbox: conversions and leads whose flights start after the manual path has ended."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs, specs
from tests.platforms.conftest import Live

from adloom.core import ids as ids_module
from adloom.core.errors import Duplicate
from adloom.core.money import Money
from adloom.core.settings import Settings, load
from adloom.platforms.changes import Action
from adloom.platforms.spec import Bidding, CampaignSpec, Conversion, Daypart, Schedule
from adloom.platforms.tiktok import paths, preflight, steps
from adloom.platforms.tiktok.adapter import TikTokAdapter
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    CallToAction,
    ConversionEvent,
    DeliveryState,
    Gender,
    Objective,
    Operation,
    Platform,
    RemoteStatus,
    Weekday,
)

IDS = {"campaign": "1", "ad_group/g0": "2", "asset/film": "v1", "asset/cover": "i1"}
KEY = "0" * 32


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    """TikTok has ended its manual path already."""
    monkeypatch.setenv("ADLOOM_TIKTOK_MANUAL_ENDS_ON", "2026-01-01")
    load.cache_clear()
    yield
    monkeypatch.delenv("ADLOOM_TIKTOK_MANUAL_ENDS_ON")
    load.cache_clear()


@pytest.fixture
def live(ended: None, connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.TIKTOK_ADS)


def _selling(live: Live, **changes: Any) -> CampaignSpec:
    return feed_specs.with_budget(feed_specs.selling(live.spec(**changes)), "80.50")


def _on(live: Live, spec: CampaignSpec) -> CampaignSpec:
    return dataclasses.replace(spec, account=live.account)


def _deploy(live: Live, spec: CampaignSpec) -> dict[str, str]:
    assert live.adapter.preflight(spec).errors == ()
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    return ids


@pytest.mark.parametrize(
    ("objective", "start", "path"),
    [
        (Objective.CONVERSIONS, datetime(2026, 12, 31, 23, tzinfo=UTC), paths.MANUAL),
        (Objective.CONVERSIONS, datetime(2027, 1, 1, tzinfo=UTC), paths.SMART_PLUS),
        (Objective.LEADS, datetime(2027, 1, 1, tzinfo=UTC), paths.SMART_PLUS),
        (Objective.TRAFFIC, datetime(2027, 6, 1, tzinfo=UTC), paths.MANUAL),
        (Objective.AWARENESS, datetime(2027, 6, 1, tzinfo=UTC), paths.MANUAL),
    ],
)
def test_the_day_on_which_a_flight_starts_decides(objective: Objective, start: datetime, path: paths.Path) -> None:
    spec = feed_specs.feed_spec(objective=objective, schedule=Schedule(start))
    assert paths.of(spec) is path


def test_what_stands_stays_on_its_path() -> None:
    before = feed_specs.selling(feed_specs.feed_spec(schedule=Schedule(datetime(2026, 12, 1, tzinfo=UTC))))
    later = dataclasses.replace(before, schedule=Schedule(datetime(2027, 2, 1, tzinfo=UTC)), standing=(before,))
    assert paths.of(later) is paths.MANUAL


def test_the_bodies_in_smart_pluss_words() -> None:
    spec = feed_specs.selling(feed_specs.feed_spec(schedule=Schedule(datetime(2027, 2, 1, tzinfo=UTC))))
    plan = {step.kind: step for step in steps.plan(spec, operation=Operation.CREATE)}
    campaign, group, ad = (steps.body(spec, step=plan[kind], ids=IDS, key=KEY) for kind in ("asset", "ad_group", "ad"))
    campaign = steps.body(
        spec,
        step=next(s for s in steps.plan(spec, operation=Operation.CREATE) if s.key == "campaign"),
        ids=IDS,
        key=KEY,
    )
    assert (campaign["budget_mode"], campaign["budget"]) == ("BUDGET_MODE_DYNAMIC_DAILY_BUDGET", Decimal("50.00"))
    assert (campaign["operation_status"], campaign["sales_destination"]) == ("DISABLE", "WEBSITE")
    assert campaign["request_id"] == group["request_id"] == ids_module.request_number(KEY)
    assert "budget" not in group
    assert group["targeting_optimization_mode"] == "MANUAL"
    assert group["targeting_spec"]["location_ids"] == ["6252001"]
    assert (group["comment_disabled"], group["share_disabled"], group["video_download_disabled"]) == (True, True, True)
    assert "request_id" not in ad
    (creative,) = ad["creative_list"]
    assert creative["creative_info"]["video_info"] == {"video_id": "v1"}
    assert creative["creative_info"]["image_info"] == [{"web_uri": "i1"}]
    assert ad["ad_text_list"] == [{"ad_text": "Spring sale: 20% off all shoes"}]


def test_conversions_are_still_made_when_the_manual_path_is_closed(live: Live) -> None:
    live.sandbox.control("account", {"platform": "tiktok_ads", "action": "manual_ends", "value": "2026-01-01"})
    assert _deploy(live, _on(live, _selling(live)))["campaign"]
    assert _deploy(live, live.spec())["campaign"]


@pytest.mark.parametrize(("groups", "ads"), [(1, 1), (2, 3)])
def test_a_campaign_is_made_found_observed_paused_resumed_and_deleted(live: Live, groups: int, ads: int) -> None:
    spec = _on(live, _selling(live, groups=groups, ads=ads))
    ids = _deploy(live, spec)
    live.sandbox.control("clock", {"advance": "P1D"})
    for operation, status in (
        (Operation.PAUSE, RemoteStatus.PAUSED),
        (Operation.RESUME, RemoteStatus.ACTIVE),
        (Operation.DELETE, RemoteStatus.DELETED),
    ):
        live.run(spec, operation, ids)
        seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
        assert seen.status is status
        if status is RemoteStatus.ACTIVE:
            assert seen.delivery is DeliveryState.ACTIVE
            assert {item.platform_id for item in seen.objects} == {
                value for key, value in ids.items() if not key.startswith("asset")
            }


def test_a_deleted_one_is_told_of_among_more_ids_than_a_filter_takes(live: Live) -> None:
    spec = _on(live, _selling(live))
    ids = _deploy(live, spec)
    live.run(spec, Operation.DELETE, ids)
    asked = [ids["campaign"], *(str(1700000000000000000 + n) for n in range(120))]
    today = date.fromisoformat(live.sandbox.control("clock")["now"][:10])
    (found,) = live.adapter.identify(live.connection, account=live.account, ids=asked, since=today, until=today)
    assert (found.platform_id, found.name) == (ids["campaign"], spec.name)
    assert (found.status, found.way) == (RemoteStatus.DELETED, paths.SMART_PLUS.name)


def test_nothing_is_made_twice_and_ads_are_found_by_their_names(live: Live) -> None:
    spec = _on(live, _selling(live, ads=2))
    ids = _deploy(live, spec)
    before = len(live.objects())
    for step in live.adapter.steps(spec, operation=Operation.CREATE):
        key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
        if step.creates:
            found = live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key=key)
            assert found is not None
            assert {each.platform_id for each in found.objects} == {ids[step.key]}
        if step.kind in ("campaign", "ad_group") and step.creates:
            with pytest.raises(Duplicate):
                live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key=key)
    assert len(live.objects()) == before


@pytest.mark.parametrize("objective", [Objective.CONVERSIONS, Objective.LEADS])
@pytest.mark.parametrize("kind", list(BudgetType))
def test_both_objectives_and_both_budgets_stand(live: Live, objective: Objective, kind: BudgetType) -> None:
    spec = _on(live, feed_specs.with_budget(_selling(live, days=10), "900.00"))
    bidding = Bidding(BidStrategy.TARGET_CPA, Decimal("9.90"))
    budget = dataclasses.replace(spec.budget, type=kind, bidding=bidding)
    conversion = Conversion(ConversionEvent.SIGN_UP)
    _deploy(live, dataclasses.replace(spec, objective=objective, budget=budget, conversion=conversion))


def test_everything_that_smart_plus_can_change_is_changed(live: Live) -> None:
    before = _on(live, _selling(live, groups=2, ads=2))
    ids = _deploy(live, before)
    more = _on(live, _selling(live, groups=3, ads=3, campaign_id=before.campaign_id))
    after = dataclasses.replace(
        before,
        name=f"Autumn {before.marker}",
        groups=(
            dataclasses.replace(before.groups[0], ads=(before.groups[0].ads[0], more.groups[0].ads[2])),
            more.groups[2],
        ),
        budget=dataclasses.replace(before.budget, money=Money(Decimal("93.10"), "USD")),
        schedule=dataclasses.replace(
            before.schedule,
            end=before.schedule.start + timedelta(days=33),
            dayparting=(Daypart((Weekday.MON,), 0, 12 * 60),),
        ),
        tracking={"utm_source": "autumn"},
    )
    after = feed_specs.with_targeting(after, genders=(Gender.FEMALE,), languages=(), age_min=25, age_max=44)
    after = specs.with_creative(after, primary_text="Autumn sale", call_to_action=CallToAction.LEARN_MORE)
    spec = dataclasses.replace(after, standing=(before,))
    revision = live.adapter.revise(spec)
    assert revision.errors == ()
    assert {change.action for change in revision.changes} == set(Action)
    live.run(spec, Operation.UPDATE, ids)
    settled = dataclasses.replace(after, standing=(after,))
    assert live.adapter.steps(settled, operation=Operation.UPDATE) == ()
    fields = {item["id"]: item["fields"] for item in live.objects()}
    assert fields[ids["campaign"]]["budget"] == 93.1
    group, ad = fields[ids["ad_group/g0"]], fields[ids["ad/g0/a0"]]
    assert (group["gender"], group["languages"], group["age_groups"]) == (
        "GENDER_FEMALE",
        None,
        ["AGE_25_34", "AGE_35_44"],
    )
    assert group["dayparting"].count("1") == 24
    assert ad["ad_text_list"] == [{"ad_text": "Autumn sale"}]
    assert ad["ad_configuration"]["utm_params"] == [{"key": "utm_source", "value": "autumn"}]


def test_another_strategy_of_bidding_cannot_be_chosen_afterwards(live: Live) -> None:
    before = _on(live, _selling(live))
    bidding = Bidding(BidStrategy.TARGET_CPA, Decimal("9.90"))
    after = dataclasses.replace(before, budget=dataclasses.replace(before.budget, bidding=bidding), standing=(before,))
    assert [error.field for error in live.adapter.revise(after).errors] == ["budget.bidding"]


def test_the_whole_budget_has_to_exceed_the_campaigns_minimum(live: Live) -> None:
    spec = _on(live, feed_specs.with_budget(_selling(live, groups=3), "50.00"))
    (error,) = live.adapter.preflight(spec).errors
    assert (error.field, "50" in error.rule) == ("budget.amount.value", True)
    assert live.adapter.preflight(_on(live, feed_specs.with_budget(spec, "50.01"))).errors == ()


def test_that_search_results_cannot_be_switched_off_is_said_before_anything_is_sent() -> None:
    spec = feed_specs.selling(feed_specs.feed_spec(schedule=Schedule(datetime(2027, 2, 1, tzinfo=UTC))))
    assert "platforms.tiktok_ads.search_results" in [loss.field for loss in preflight.check(spec).losses]
    plain = dataclasses.replace(spec, objective=Objective.TRAFFIC)
    assert "platforms.tiktok_ads.search_results" not in [loss.field for loss in preflight.check(plain).losses]


def test_the_default_is_the_day_that_is_said(settings: Settings) -> None:
    assert settings.tiktok_manual_ends_on == date(2027, 1, 1)


@pytest.mark.parametrize(("way", "kept"), [("manual", "manual"), ("smart_plus", "smart_plus"), ("", "smart_plus")])
def test_the_way_that_was_kept_is_the_way_whatever_the_setting_says(ended: None, way: str, kept: str) -> None:
    spec = dataclasses.replace(feed_specs.selling(feed_specs.feed_spec()), way=way)
    edited = dataclasses.replace(spec, way="", name="Another name", standing=(spec,))
    adapter = TikTokAdapter()
    assert adapter.way(spec) == adapter.way(edited) == kept
    (step,) = [each for each in adapter.steps(edited, operation=Operation.UPDATE) if each.kind == "campaign"]
    assert step.key == "update/campaign"
    (pause,) = adapter.steps(spec, operation=Operation.PAUSE)
    assert adapter.request(spec, step=pause, ids=IDS, key=KEY)["campaign_ids"] == ["1"]
