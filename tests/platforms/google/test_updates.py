"""What an update sends to Google, and that what stands afterwards is what a new campaign would be."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import specs
from tests.platforms.conftest import Live
from tests.platforms.google import display, runs
from tests.platforms.specs import search_spec, with_creative, with_targeting

from adloom.core import ids as ids_module
from adloom.core.errors import OutcomeUnknown
from adloom.core.money import Money
from adloom.core.settings import Settings
from adloom.platforms import registry
from adloom.platforms.changes import Action, Effect
from adloom.platforms.contract import Connection
from adloom.platforms.google import changing
from adloom.platforms.http import Answer, Http, Request
from adloom.platforms.spec import Bidding, CampaignSpec, Daypart, Keyword, Location, Schedule
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    Channel,
    Gender,
    LocationType,
    MatchType,
    Operation,
    Platform,
    Weekday,
)

ADAPTER = registry.adapter(Platform.GOOGLE_ADS)
#: Ids of all that stands, as a caller knows them.
IDS = {
    "campaign": "22",
    "budget": "11",
    "ad_group/g0": "33",
    "ad/g0/a0": "33~44",
    "ad/g0/a1": "33~45",
    "criterion/location/US": "22~2840",
    "criterion/language/1000": "22~1000",
    "keyword/g0/PHRASE/running shoes": "33~501",
    "keyword/g0/EXACT/trail shoes": "33~502",
    "negative/g0/PHRASE/free": "33~503",
}


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.GOOGLE_ADS)


def sent(before: CampaignSpec, after: CampaignSpec) -> list[Any]:
    """The operations of an update."""
    return list(changing.body(dataclasses.replace(after, standing=(before,)), ids=IDS)["mutateOperations"])


def changed_fields(before: CampaignSpec, after: CampaignSpec) -> set[tuple[str, str | None]]:
    found = ADAPTER.revise(dataclasses.replace(after, standing=(before,)))
    assert found.errors == ()
    return {(change.object, change.field) for change in found.changes}


def with_bidding(spec: CampaignSpec, strategy: BidStrategy, target: str | None = None) -> CampaignSpec:
    bidding = Bidding(strategy, Decimal(target) if target else None)
    return dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, bidding=bidding))


def with_flight(spec: CampaignSpec, **changes: Any) -> CampaignSpec:
    return dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, **changes))


NAME = "customers/1234567890"


def test_only_the_amount_of_a_budget_is_sent() -> None:
    before = search_spec()
    money = dataclasses.replace(before.budget, money=Money(Decimal("61.00"), "USD"))
    update = {"resourceName": f"{NAME}/campaignBudgets/11", "amountMicros": "61000000"}
    assert sent(before, dataclasses.replace(before, budget=money)) == [
        {"campaignBudgetOperation": {"updateMask": "amountMicros", "update": update}}
    ]


@pytest.mark.parametrize(
    ("strategy", "target", "mask", "scheme"),
    [
        (BidStrategy.BID_CAP, "1.5", "targetSpend.cpcBidCeilingMicros", {"cpcBidCeilingMicros": "1500000"}),
        (BidStrategy.MAX_CONVERSIONS, None, "maximizeConversions.targetCpaMicros", {}),
        (BidStrategy.TARGET_CPA, "9", "maximizeConversions.targetCpaMicros", {"targetCpaMicros": "9000000"}),
        (BidStrategy.MAX_VALUE, None, "maximizeConversionValue.targetRoas", {}),
        (BidStrategy.TARGET_ROAS, "3.5", "maximizeConversionValue.targetRoas", {"targetRoas": Decimal("3.5")}),
    ],
)
def test_another_way_to_bid_names_the_schemes_field_and_the_scheme(
    strategy: BidStrategy, target: str | None, mask: str, scheme: Any
) -> None:
    """A mask cannot name an empty message, so its field is named and left out."""
    before = search_spec()
    after = with_bidding(before, strategy, target)
    ((operation,),) = (sent(before, after),)
    change = operation["campaignOperation"]
    assert change["updateMask"] == mask
    assert change["update"] == {"resourceName": f"{NAME}/campaigns/22", mask.split(".")[0]: scheme}
    assert changed_fields(before, after) == {("campaign", "budget.bidding")}


def test_an_end_that_is_taken_away_is_cleared() -> None:
    before = search_spec()
    after = dataclasses.replace(before, schedule=Schedule(start=before.schedule.start))
    update = {"updateMask": "endDateTime", "update": {"resourceName": f"{NAME}/campaigns/22"}}
    assert sent(before, after) == [{"campaignOperation": update}]


def test_a_later_campaign_that_shall_start_now_gets_the_day_on_which_that_was_asked() -> None:
    before = search_spec()
    now = before.schedule.start.replace(day=1, hour=7, second=1) - timedelta(days=3)
    (operation,) = sent(before, with_flight(before, start=now))
    assert operation["campaignOperation"]["update"]["startDateTime"] == "2026-11-27 00:00:00"


def test_a_campaign_that_started_at_once_keeps_its_start() -> None:
    running = with_flight(search_spec(), start=search_spec().schedule.start.replace(second=1))
    later = with_flight(running, start=running.schedule.start.replace(second=0) + timedelta(days=2))
    found = ADAPTER.revise(dataclasses.replace(later, standing=(running,)))
    assert [error.field for error in found.errors] == ["schedule.start"]


def test_criteria_are_removed_before_others_take_their_place() -> None:
    """Hours may not overlap, and a place cannot be targeted and excluded at once."""
    before = with_flight(search_spec(), dayparting=(Daypart((Weekday.MON,), 9 * 60, 18 * 60),))
    after = with_flight(before, dayparting=(Daypart((Weekday.MON,), 8 * 60, 18 * 60),))
    ids = IDS | {"criterion/hours/MONDAY/540-1080": "22~77"}
    body = changing.body(dataclasses.replace(after, standing=(before,)), ids=ids)
    remove, create = (each["campaignCriterionOperation"] for each in body["mutateOperations"])
    assert remove == {"remove": f"{NAME}/campaignCriteria/22~77"}
    assert create["create"]["adSchedule"]["startHour"] == 8
    assert create["create"]["campaign"] == f"{NAME}/campaigns/22"
    (change,) = ADAPTER.revise(dataclasses.replace(after, standing=(before,))).changes
    assert (change.before, change.after) == ("MON 09:00–18:00", "MON 08:00–18:00")
    assert Effect.REPLACES_OBJECT in change.effects


def test_new_words_of_an_ad_are_set_on_the_ad_itself() -> None:
    before = search_spec()
    after = with_creative(before, headlines=("Autumn Sale", "Run Faster", "Free Shipping"), display_paths=("shoes",))
    (operation,) = sent(before, after)
    change = operation["adOperation"]
    assert change["updateMask"] == "responsiveSearchAd.headlines,responsiveSearchAd.path2"
    headlines = [{"text": text} for text in ("Autumn Sale", "Run Faster", "Free Shipping")]
    update = {"resourceName": f"{NAME}/ads/44", "responsiveSearchAd": {"headlines": headlines}}
    assert change["update"] == update
    assert changed_fields(before, after) == {
        ("ad/g0/a0", "creative.headlines"),
        ("ad/g0/a0", "creative.display_paths"),
    }


def test_an_ad_is_taken_away_before_another_is_added() -> None:
    """An ad group holds three: the new one needs the room of the old one."""
    before = search_spec(ads=2)
    (group,) = before.groups
    third = dataclasses.replace(group.ads[1], key="a2")
    after = dataclasses.replace(before, groups=(dataclasses.replace(group, ads=(group.ads[0], third)),))
    remove, create = sent(before, after)
    assert remove == {"adGroupAdOperation": {"remove": f"{NAME}/adGroupAds/33~45"}}
    assert create["adGroupAdOperation"]["create"]["adGroup"] == f"{NAME}/adGroups/33"
    (step,) = ADAPTER.steps(dataclasses.replace(after, standing=(before,)), operation=Operation.UPDATE)
    assert (step.creates, step.removes) == (("ad/g0/a2",), ("ad/g0/a1",))


def test_an_ad_group_that_goes_takes_what_is_below_along() -> None:
    before = search_spec(groups=2, ads=2)
    after = dataclasses.replace(before, groups=before.groups[1:])
    spec = dataclasses.replace(after, standing=(before,))
    assert list(changing.body(spec, ids=IDS)["mutateOperations"]) == [
        {"adGroupOperation": {"remove": f"{NAME}/adGroups/33"}}
    ]
    (change,) = ADAPTER.revise(spec).changes
    assert (change.object, change.action, change.effects) == ("ad_group/g0", Action.DELETE, {Effect.IRREVERSIBLE})


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"age_min": 25}, {("ad_group/g0", "targeting.age")}),
        ({"genders": (Gender.MALE,)}, {("ad_group/g0", "targeting.genders")}),
        ({"languages": ("de",)}, {("campaign", "targeting.languages")}),
        ({"locations": (Location(LocationType.COUNTRY, country="CA"),)}, {("campaign", "targeting.locations")}),
        ({"keywords": (Keyword("boots", MatchType.EXACT),)}, {("ad_group/g0", "targeting.keywords")}),
        ({"negative_keywords": ()}, {("ad_group/g0", "targeting.negative_keywords")}),
        ({"audiences_include": ("77",)}, {("ad_group/g0", "targeting.audiences.include")}),
        ({"audiences_exclude": ("77",)}, {("ad_group/g0", "targeting.audiences.exclude")}),
    ],
)
def test_targeting_that_changes_is_one_change_for_people(changes: Any, fields: set[tuple[str, str]]) -> None:
    before = search_spec()
    assert changed_fields(before, with_targeting(before, **changes)) == fields


def test_the_same_field_is_told_of_every_ad_group_in_which_it_changes() -> None:
    before = search_spec(groups=2)
    after = with_targeting(
        before, age_min=25, keywords=(Keyword("boots", MatchType.EXACT), Keyword("hats", MatchType.EXACT))
    )
    told = [(f"ad_group/g{number}", field) for number in range(2) for field in ("targeting.age", "targeting.keywords")]
    changes = ADAPTER.revise(dataclasses.replace(after, standing=(before,))).changes
    assert sorted((change.object, change.field) for change in changes) == told


def test_the_case_of_a_keyword_changes_nothing() -> None:
    before = search_spec()
    shouted = (Keyword("RUNNING shoes", MatchType.PHRASE), Keyword("trail shoes", MatchType.EXACT))
    assert sent(before, with_targeting(before, keywords=shouted)) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": Channel.DISPLAY}, "platforms.google_ads.channel"),
        ({"account": dataclasses.replace(specs.ACCOUNT, external_id="1111111111")}, "platforms.google_ads.account"),
    ],
)
def test_what_google_keeps_for_good_is_an_error(change: Any, field: str) -> None:
    before = search_spec()
    after = dataclasses.replace(before, **change, standing=(before,))
    assert field in [error.field for error in ADAPTER.revise(after).errors]


def test_a_budget_stays_daily_or_total() -> None:
    before = search_spec()
    after = dataclasses.replace(before.budget, type=BudgetType.LIFETIME)
    found = ADAPTER.revise(dataclasses.replace(before, budget=after, standing=(before,)))
    assert [error.field for error in found.errors] == ["budget.type"]


def test_more_changes_than_one_write_holds_are_refused() -> None:
    words = [Keyword(f"shoes {number}", MatchType.EXACT) for number in range(12_000)]
    before, after = (with_targeting(search_spec(), keywords=tuple(half)) for half in (words[:6000], words[6000:]))
    found = ADAPTER.revise(dataclasses.replace(after, standing=(before,)))
    assert [error.field for error in found.errors] == ["ad_groups"]


# against the sandbox


class Heard:
    """Keeps the bodies of writes; it stands where the throttle of workers does."""

    def __init__(self) -> None:
        self.writes: list[Any] = []

    def before(self, request: Request) -> None:
        return

    def after(self, request: Request, answer: Answer) -> None:
        if request.is_write:
            self.writes.append(request.json)


def test_what_is_sent_is_what_was_said_beforehand(live: Live, settings: Settings) -> None:
    before, heard = live.spec(groups=2, ads=2), Heard()
    ids: dict[str, str] = {}
    live.run(before, Operation.CREATE, ids)
    spec = dataclasses.replace(runs.edited(before), standing=(before,))
    (step,) = live.adapter.steps(spec, operation=Operation.UPDATE)
    http = Http.from_settings(settings, throttle=heard)
    said = live.adapter.request(spec, step=step, ids=ids, key="k")
    live.adapter.execute(Connection(http, live.login), spec=spec, step=step, ids=ids, key="k")
    http.close()
    assert heard.writes == [said]


_OF_ITS_OWN = frozenset(
    {
        "resourceName", "id", "criterionId", "campaign", "adGroup", "campaignBudget", "name", "status",
        "referenceCount", "missingEuPoliticalAdvertisingDeclaration",
    }
)  # fmt: skip


def standing(live: Live) -> list[tuple[str, str]]:
    """All that stands, without what is its own (ids, names, references): what a second such campaign has too.

    What is below a removed ad group keeps its own status, and is gone with it.
    """
    objects = live.objects()
    removed = {item["id"] for item in objects if item["status"] == "REMOVED"}
    images = {item["fields"]["resourceName"]: item["name"] for item in objects if item["type"] == "asset"}
    return sorted(
        (item["type"], json.dumps(_common(item["fields"], images), sort_keys=True))
        for item in objects
        if item["type"] != "asset" and not removed & {item["id"], item["parent_id"]}
    )


def _common(value: Any, images: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _common(each, images) for name, each in value.items() if name not in _OF_ITS_OWN}
    if isinstance(value, list):
        return [_common(each, images) for each in value]
    return images.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("kind", ["search", "display"])
def test_what_stands_after_an_update_is_what_a_new_campaign_would_be(live: Live, kind: str) -> None:
    before = live.spec(groups=2, ads=2) if kind == "search" else display.live_spec(live.account, groups=2, ads=2)
    after = runs.edited(before)
    ids: dict[str, str] = {}
    live.run(before, Operation.CREATE, ids)
    live.run(dataclasses.replace(after, standing=(before,)), Operation.UPDATE, ids)
    updated = standing(live)
    live.sandbox.control("reset", {})
    live.run(after, Operation.CREATE, {})
    assert updated == standing(live)


def test_an_update_whose_answer_never_came_is_found_whole(live: Live) -> None:
    before = live.spec(groups=2, ads=2)
    ids: dict[str, str] = {}
    live.run(before, Operation.CREATE, ids)
    spec = dataclasses.replace(runs.edited(before), standing=(before,))
    (step,) = live.adapter.steps(spec, operation=Operation.UPDATE)
    key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
    assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key=key) is None
    live.fault("cut", match="googleAds:mutate")
    with pytest.raises(OutcomeUnknown):
        live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key=key)
    found = live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key=key)
    assert found is not None
    assert {each.key for each in found.objects} == set(step.creates)


def test_an_update_is_sent_again_without_what_stands_already(live: Live) -> None:
    """The person edits on after an update that may have landed: both outcomes lead to the same campaign."""
    before = live.spec(groups=2, ads=2)
    ids: dict[str, str] = {}
    live.run(before, Operation.CREATE, ids)
    half = runs.edited(before)
    known = dict(ids)
    live.run(dataclasses.replace(half, standing=(before,)), Operation.UPDATE, ids)
    again = dataclasses.replace(half, name=f"{half.name} again", standing=(before, half))
    live.run(again, Operation.UPDATE, known)
    landed = standing(live)
    live.sandbox.control("reset", {})
    live.run(before, Operation.CREATE, ids)
    live.run(again, Operation.UPDATE, ids)
    assert landed == standing(live)


def test_what_a_person_removed_by_hand_is_not_removed_again(live: Live) -> None:
    before = live.spec(ads=2)
    ids: dict[str, str] = {}
    live.run(before, Operation.CREATE, ids)
    body = {"platform": "google_ads", "id": ids["ad/g0/a1"], "field": "status", "value": "REMOVED"}
    live.sandbox.control("edit", body)
    (group,) = before.groups
    after = dataclasses.replace(before, groups=(dataclasses.replace(group, ads=group.ads[:1]),))
    live.run(dataclasses.replace(after, standing=(before,)), Operation.UPDATE, ids)


def test_what_is_too_new_to_be_listed_is_removed_all_the_same(live: Live) -> None:
    live.sandbox.control("lag", {"platform": "google_ads", "behind": "PT1H"})
    before = live.spec(ads=2)
    ids: dict[str, str] = {}
    for step in live.adapter.steps(before, operation=Operation.CREATE):
        done = live.adapter.execute(live.connection, spec=before, step=step, ids=ids, key="k")
        ids |= {each.key: each.platform_id for each in done.objects}
    (group,) = before.groups
    after = dataclasses.replace(before, groups=(dataclasses.replace(group, ads=group.ads[:1]),), standing=(before,))
    (step,) = live.adapter.steps(after, operation=Operation.UPDATE)
    live.adapter.execute(live.connection, spec=after, step=step, ids=ids, key="k")
    states = {item["id"]: item["status"] for item in live.objects() if item["type"] == "ad_group_ad"}
    assert states == {ids["ad/g0/a0"]: "ENABLED", ids["ad/g0/a1"]: "REMOVED"}


def test_an_image_is_uploaded_once_and_named_by_its_content(live: Live) -> None:
    spec = display.live_spec(live.account, groups=2, ads=2)
    steps = live.adapter.steps(spec, operation=Operation.CREATE)
    assert [step.key for step in steps[:3]] == ["asset/landscape", "asset/square-one", "asset/logo"]
    live.run(spec, Operation.CREATE, {})
    other = display.live_spec(live.account)
    live.run(other, Operation.CREATE, {})
    assert len([item for item in live.objects() if item["type"] == "asset"]) == 3
