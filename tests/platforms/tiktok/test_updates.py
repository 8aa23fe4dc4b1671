"""Changing what stands on TikTok: what is sent, in which order, what cannot be changed, and that it is taken."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs, specs
from tests.platforms.conftest import Live

from adloom.core import ids as ids_module
from adloom.core.errors import OutcomeUnknown, Rejected
from adloom.core.money import Money
from adloom.platforms.changes import Action, Effect
from adloom.platforms.spec import AdGroupSpec, Bidding, CampaignSpec, Conversion, Daypart, Location
from adloom.platforms.tiktok import preflight, revising, steps, updates
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    CallToAction,
    ConversionEvent,
    Gender,
    LocationType,
    Objective,
    Operation,
    Platform,
    Weekday,
)

Change = Callable[[CampaignSpec], CampaignSpec]

IDS = {
    "campaign": "1",
    **{f"ad_group/g{n}": f"2{n}" for n in range(3)},
    **{f"ad/g{n}/a{m}": f"3{n}{m}" for n in range(3) for m in range(3)},
    **{f"asset/{name}": name for name in ("film", "cover", "other")},
}


def _places(*codes: str) -> Change:
    found = tuple(Location(LocationType.COUNTRY, country=code) for code in codes)
    return lambda spec: feed_specs.with_targeting(spec, locations=found)


def _aimed(**changes: Any) -> Change:
    return lambda spec: feed_specs.with_targeting(spec, **changes)


def _made(**changes: Any) -> Change:
    return lambda spec: feed_specs.with_creative(spec, **changes)


def _money(amount: str) -> Change:
    return lambda spec: dataclasses.replace(
        spec, budget=dataclasses.replace(spec.budget, money=Money(Decimal(amount), "USD"))
    )


def _bid(strategy: BidStrategy, target: str | None) -> Change:
    bidding = Bidding(strategy, Decimal(target) if target else None)
    return lambda spec: dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, bidding=bidding))


def _when(**changes: Any) -> Change:
    return lambda spec: dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, **changes))


def _attributes(**changes: str) -> Change:
    def change(spec: CampaignSpec) -> CampaignSpec:
        attributes = {**spec.account.attributes, **changes}
        return dataclasses.replace(spec, account=dataclasses.replace(spec.account, attributes=attributes))

    return change


def _with(**changes: Any) -> Change:
    return lambda spec: dataclasses.replace(spec, **changes)


def _groups(spec: CampaignSpec, *groups: AdGroupSpec) -> CampaignSpec:
    return dataclasses.replace(spec, groups=groups)


def _bodies(spec: CampaignSpec) -> dict[str, Mapping[str, Any]]:
    plan = steps.plan(spec, operation=Operation.UPDATE)
    return {step.key: steps.body(spec, step=step, ids=IDS, key="0" * 32) for step in plan}


def _after(change: Change, *, before: CampaignSpec | None = None) -> CampaignSpec:
    stands = before or feed_specs.feed_spec()
    return dataclasses.replace(change(stands), standing=(stands,))


MONDAY = (Daypart((Weekday.MON,), 0, 12 * 60),)


@pytest.mark.parametrize(
    ("change", "key", "sent"),
    [
        (_money("60.01"), "update/ad_group/g0", {"budget": Decimal("60.01")}),
        (_aimed(languages=()), "update/ad_group/g0", {"languages": []}),
        (_aimed(languages=("en", "nb")), "update/ad_group/g0", {"languages": ["en", "no"]}),
        (_aimed(genders=(Gender.MALE,)), "update/ad_group/g0", {"gender": "GENDER_MALE"}),
        (_aimed(age_min=35), "update/ad_group/g0", {"age_groups": ["AGE_35_44", "AGE_45_54", "AGE_55_100"]}),
        (_places("US", "JP"), "update/ad_group/g0", {"location_ids": ["6252001", "1861060"]}),
        (_aimed(audiences_include=("9",)), "update/ad_group/g0", {"audience_ids": ["9"]}),
        (_when(dayparting=MONDAY), "update/ad_group/g0", {"dayparting": "1" * 24 + "0" * 312}),
        (_when(end=None), "update/ad_group/g0", {"schedule_type": "SCHEDULE_FROM_NOW"}),
        (
            _bid(BidStrategy.BID_CAP, "1.50"),
            "update/ad_group/g0",
            {"bid_type": "BID_TYPE_CUSTOM", "bid_price": Decimal("1.50")},
        ),
        (_with(name="Autumn"), "update/campaign", {"campaign_name": "Autumn"}),
    ],
)
def test_only_what_differs_is_sent(change: Change, key: str, sent: dict[str, Any]) -> None:
    bodies = _bodies(_after(change))
    assert list(bodies) == [key]
    address = {"advertiser_id", "campaign_id", "adgroup_id"}
    assert {name: value for name, value in bodies[key].items() if name not in address} == sent


def test_new_words_are_a_patch_and_a_new_link_is_a_whole_creative() -> None:
    (words,) = _bodies(_after(_made(primary_text="Autumn"))).values()
    assert words["patch_update"] is True
    assert words["creatives"] == [{"ad_id": "300", "ad_text": "Autumn"}]
    (link,) = _bodies(_after(_made(landing_url="https://example.com/autumn"))).values()
    assert "patch_update" not in link
    (creative,) = link["creatives"]
    assert (creative["video_id"], creative["identity_id"], creative["ad_text"]) == (
        "film",
        "33",
        "Spring sale: 20% off all shoes",
    )
    assert "operation_status" not in creative


def test_a_price_that_is_taken_back_is_not_sent_as_nothing() -> None:
    before = _bid(BidStrategy.BID_CAP, "1.50")(feed_specs.feed_spec())
    after = _after(_bid(BidStrategy.MAX_CLICKS, None), before=before)
    (body,) = _bodies(after).values()
    assert (body["bid_type"], "bid_price" in body) == ("BID_TYPE_NO_BID", False)


def test_both_that_may_stand_are_compared() -> None:
    spec = feed_specs.feed_spec()
    half = _money("77")(spec)
    back = dataclasses.replace(spec, standing=(spec, half))
    assert _bodies(back) == {
        "update/ad_group/g0": {"advertiser_id": "act_7000", "adgroup_id": "20", "budget": Decimal("50.00")}
    }


def test_what_is_added_stands_whole_before_it_can_deliver_and_what_goes_goes_last() -> None:
    before = feed_specs.feed_spec(groups=2, ads=2)
    more = feed_specs.feed_spec(campaign_id=before.campaign_id, groups=3, ads=2)
    kept = dataclasses.replace(before.groups[0], ads=before.groups[0].ads[:1])
    after = dataclasses.replace(_groups(before, kept, more.groups[2]), standing=(before,))
    plan = steps.plan(after, operation=Operation.UPDATE)
    assert [step.key for step in plan] == [
        "ad_group/g2",
        "ad/g2/a0",
        "ad/g2/a1",
        "activate/ad_group/g2",
        "delete/ad/g0/a1",
        "delete/ad_group/g1",
    ]
    assert not [step for step in plan if step.activates], "the campaign's own switch is not touched"
    assert _bodies(after)["ad_group/g2"]["operation_status"] == "DISABLE"
    changes = revising.revise(after).changes
    assert [(change.object, change.action) for change in changes] == [
        ("ad_group/g2", Action.CREATE),
        ("ad/g2/a0", Action.CREATE),
        ("ad/g2/a1", Action.CREATE),
        ("ad/g0/a1", Action.DELETE),
        ("ad_group/g1", Action.DELETE),
    ]
    assert all(Effect.IRREVERSIBLE in change.effects for change in changes[-2:])


def test_the_money_of_an_ad_group_that_goes_is_given_to_the_others_when_it_is_gone() -> None:
    before = feed_specs.feed_spec(groups=2)
    after = dataclasses.replace(_groups(before, before.groups[0]), standing=(before,))
    assert list(_bodies(after)) == ["delete/ad_group/g1", "update/ad_group/g0"]


def test_the_money_of_an_ad_group_that_comes_is_taken_from_the_others_first() -> None:
    both = feed_specs.with_budget(feed_specs.feed_spec(groups=2), "100")
    before = _groups(both, both.groups[0])
    after = dataclasses.replace(both, standing=(before,))
    assert list(_bodies(after)) == ["update/ad_group/g0", "ad_group/g1", "ad/g1/a0", "activate/ad_group/g1"]


def test_a_new_film_is_uploaded_before_the_ad_is_changed() -> None:
    other = dataclasses.replace(feed_specs.FILM, asset_id="other", sha256="f" * 64)
    video = dataclasses.replace(feed_specs.CREATIVE.videos[0], file=other)
    bodies = _bodies(_after(_made(videos=(video,))))
    assert list(bodies) == ["asset/other", "update/ad/g0/a0"]
    assert bodies["update/ad/g0/a0"]["creatives"] == [{"ad_id": "300", "video_id": "other", "image_ids": ["cover"]}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_with(objective=Objective.AWARENESS), "objective"),
        (_with(conversion=Conversion(ConversionEvent.LEAD)), "conversion.event"),
        (_attributes(pixel_id="99"), "platforms.tiktok_ads.pixel"),
        (_places("JP"), "targeting.locations"),
        (
            lambda spec: dataclasses.replace(spec, account=dataclasses.replace(spec.account, external_id="8")),
            "platforms.tiktok_ads.account",
        ),
        (
            lambda spec: dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, type=BudgetType.LIFETIME)),
            "budget.type",
        ),
    ],
)
def test_what_tiktok_cannot_change_is_an_error(change: Change, field: str) -> None:
    found = revising.revise(_after(change, before=feed_specs.selling(feed_specs.feed_spec())))
    assert field in [error.field for error in found.errors]
    assert all(error.rule and error.fix for error in found.errors)


@pytest.mark.parametrize(
    ("change", "field", "texts", "effect"),
    [
        (_money("60"), "budget.amount", ("50.00 USD", "60.00 USD"), Effect.MAY_RESET_LEARNING),
        (_places("US", "JP"), "targeting.locations", ("US", "US, JP"), Effect.MAY_RESET_LEARNING),
        (
            _when(dayparting=MONDAY),
            "schedule.dayparting",
            ("always", "24 half hours a week"),
            Effect.MAY_RESET_LEARNING,
        ),
        (
            _made(primary_text="Autumn"),
            "creative.primary_text",
            ("Spring sale: 20% off all shoes", "Autumn"),
            Effect.RE_REVIEW,
        ),
        (_with(tracking={"utm_source": "x"}), "tracking", None, Effect.RE_REVIEW),
        (_with(name="Autumn"), "name", None, None),
    ],
)
def test_people_read_what_would_change(
    change: Change, field: str, texts: tuple[str, str] | None, effect: Effect | None
) -> None:
    (found,) = revising.revise(_after(change)).changes
    assert (found.field, found.action) == (field, Action.UPDATE)
    assert found.effects == (frozenset({effect}) if effect else frozenset())
    assert texts is None or (found.before, found.after) == texts


def test_nothing_differs_where_nothing_was_changed() -> None:
    spec = feed_specs.feed_spec(groups=2, ads=2)
    same = dataclasses.replace(spec, standing=(spec, spec))
    assert steps.plan(same, operation=Operation.UPDATE) == ()
    assert revising.revise(same).changes == revising.revise(same).errors == ()


@pytest.mark.parametrize(
    "change",
    [
        _made(videos=()),
        _made(primary_text=None),
        _places(),
        _places("ZZ"),
        _with(groups=()),
        _with(objective=Objective.CONVERSIONS, conversion=None),
        _with(objective=Objective.CONVERSIONS, conversion=Conversion(ConversionEvent.CUSTOM)),
        lambda spec: feed_specs.with_budget(spec, "5", currency="XAU"),
    ],
)
def test_an_edit_that_preflight_refuses_can_be_compared_all_the_same(change: Change) -> None:
    spec = _after(change)
    assert preflight.check(spec).errors
    assert revising.revise(spec).changes or revising.revise(spec).errors


def test_every_field_that_an_update_sets_has_a_name_for_people() -> None:
    fields = updates.AD_FIELDS.union(*updates.GROUP_FIELDS.values(), *updates.CAMPAIGN_FIELDS.values())
    assert fields <= set(revising.FIELDS)


# on the sandbox


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.TIKTOK_ADS)


LIVE_CHANGES: list[Change] = [
    _money("123.45"),
    _aimed(languages=(), genders=(Gender.FEMALE,), age_min=25, age_max=44),
    _places("US", "DE", "JP"),
    _when(dayparting=MONDAY),
    _when(end=None),
    _bid(BidStrategy.BID_CAP, "2.25"),
    _with(name="Autumn"),
    _with(tracking={}),
    _with(tracking={"utm_source": "a", "utm_campaign": "{b}"}),
    _made(primary_text="Autumn sale"),
    _made(call_to_action=CallToAction.LEARN_MORE),
    _made(landing_url="https://example.com/autumn"),
    lambda spec: _when(end=spec.schedule.end + timedelta(days=9))(spec) if spec.schedule.end else spec,
    lambda spec: dataclasses.replace(spec, declarations=dataclasses.replace(spec.declarations, ai_generated=True)),
    lambda spec: dataclasses.replace(
        spec, declarations=dataclasses.replace(spec.declarations, special_categories=("CREDIT",))
    ),
]


@pytest.mark.parametrize("change", LIVE_CHANGES)
def test_a_change_and_its_taking_back_are_taken_and_found(live: Live, change: Change) -> None:
    before, ids = live.spec(groups=2, ads=2), {}
    live.run(before, Operation.CREATE, ids)
    truth = {item["id"]: item["fields"] for item in live.objects()}
    after = change(before)
    for now, then in ((after, before), (before, after)):
        spec = dataclasses.replace(now, standing=(then,))
        assert live.adapter.revise(spec).errors == ()
        assert live.run(spec, Operation.UPDATE, ids)
    assert {item["id"]: _said(item["fields"]) for item in live.objects()} == {
        platform_id: _said(fields) for platform_id, fields in truth.items()
    }


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is set: nothing, an empty list and a week that is on throughout are all the same to TikTok."""
    return {name: value for name, value in fields.items() if value not in (None, [], "1" * 336)}


def test_a_change_of_what_a_person_deleted_is_refused_and_not_believed_done(live: Live) -> None:
    before, ids = live.spec(groups=2), {}
    live.run(before, Operation.CREATE, ids)
    live.sandbox.control(
        "edit",
        {"platform": "tiktok_ads", "id": ids["ad_group/g0"], "field": "operation_status", "value": "DELETE"},
    )
    spec = dataclasses.replace(_money("200")(before), standing=(before,))
    step = live.adapter.steps(spec, operation=Operation.UPDATE)[0]
    assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k") is None
    with pytest.raises(Rejected):
        live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")


def test_an_ad_that_an_update_left_without_telling_is_found_by_its_name_and_taken_away(live: Live) -> None:
    before, ids = live.spec(ads=1), {}
    live.run(before, Operation.CREATE, ids)
    more = live.spec(ads=2, campaign_id=before.campaign_id)
    half = dataclasses.replace(before, groups=more.groups)
    step = steps.plan(dataclasses.replace(half, standing=(before,)), operation=Operation.UPDATE)[0]
    live.fault("cut", match="POST .*ad/create")
    with pytest.raises(OutcomeUnknown):
        live.adapter.execute(
            live.connection, spec=dataclasses.replace(half, standing=(before,)), step=step, ids=ids, key="k"
        )
    back = dataclasses.replace(before, standing=(before, half))
    (gone,) = live.adapter.steps(back, operation=Operation.UPDATE)
    assert gone.key == "delete/ad/g0/a1"
    live.adapter.execute(live.connection, spec=back, step=gone, ids=ids, key="k")
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert {item.platform_id for item in seen.objects if item.kind == "ad"} == {ids["ad/g0/a0"]}
    assert live.adapter.find(live.connection, spec=back, step=gone, ids=ids, key="k") is not None


def test_what_may_stand_only_half_is_made_and_then_set_right(live: Live) -> None:
    before, ids = live.spec(ads=1), {}
    live.run(before, Operation.CREATE, ids)
    more = live.spec(ads=2, campaign_id=before.campaign_id)
    half = dataclasses.replace(before, groups=more.groups, standing=(before,))
    live.run(half, Operation.UPDATE, ids)
    wanted = specs.with_creative(dataclasses.replace(half, standing=()), primary_text="Third try")
    spec = dataclasses.replace(wanted, standing=(before, dataclasses.replace(half, standing=())))
    for step in live.adapter.steps(spec, operation=Operation.UPDATE):
        key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=2)
        if not set(step.creates) <= set(ids) or not step.creates:
            live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key=key)
    texts = [item["fields"]["ad_text"] for item in live.objects() if item["type"] == "ad"]
    assert texts == ["Third try", "Third try"]
