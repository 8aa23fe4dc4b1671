"""Changing what stands on Microsoft Advertising: only what differs, nothing wider meanwhile, nothing left behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import specs
from tests.platforms.conftest import Live
from tests.platforms.specs import search_spec, with_creative, with_targeting

from adloom.core.errors import OutcomeUnknown, PlatformError
from adloom.core.money import Money
from adloom.core.time import now
from adloom.platforms import registry
from adloom.platforms.access import ResourceKind
from adloom.platforms.changes import Action, Change, Effect
from adloom.platforms.spec import Bidding, Budget, CampaignSpec, Conversion, Daypart, Keyword, Location, Schedule
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    Channel,
    ConversionEvent,
    Device,
    Gender,
    LocationIntent,
    LocationType,
    MatchType,
    Operation,
    Platform,
    Weekday,
)

ADAPTER = registry.adapter(Platform.MICROSOFT_ADS)
WEEK = (Weekday.MON, Weekday.TUE)


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.MICROSOFT_ADS)


def over(after: CampaignSpec, *standing: CampaignSpec) -> CampaignSpec:
    return dataclasses.replace(after, standing=standing)


def keys(spec: CampaignSpec) -> list[str]:
    return [step.key for step in ADAPTER.steps(spec, operation=Operation.UPDATE)]


def changes(spec: CampaignSpec) -> dict[tuple[str, str | None], Change]:
    found = ADAPTER.revise(spec)
    assert found.errors == ()
    return {(change.object, change.field): change for change in found.changes}


def bodies(spec: CampaignSpec) -> dict[str, Mapping[str, Any]]:
    """What each step sends where everything that stood has an id."""

    class Known(dict[str, str]):
        def __contains__(self, key: object) -> bool:
            return True

        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    steps = ADAPTER.steps(spec, operation=Operation.UPDATE)
    return {step.key: ADAPTER.request(spec, step=step, ids=Known(), key="k") for step in steps}


def money(spec: CampaignSpec, value: str) -> CampaignSpec:
    return dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, money=Money(Decimal(value), "USD")))


def windows(spec: CampaignSpec, *parts: tuple[tuple[Weekday, ...], int, int]) -> CampaignSpec:
    dayparting = tuple(Daypart(days, start * 60, end * 60) for days, start, end in parts)
    return dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, dayparting=dayparting))


def country(code: str, *, exclude: bool = False) -> Location:
    return Location(LocationType.COUNTRY, country=code, exclude=exclude)


def without(spec: CampaignSpec, group: int, *, ads: tuple[int, ...]) -> CampaignSpec:
    groups = list(spec.groups)
    kept = tuple(ad for index, ad in enumerate(groups[group].ads) if index not in ads)
    groups[group] = dataclasses.replace(groups[group], ads=kept)
    return dataclasses.replace(spec, groups=tuple(groups))


class TestTheBodies:
    """Pure: what is sent, and in which order."""

    def test_what_is_the_same_sends_nothing(self) -> None:
        spec = windows(search_spec(groups=2, ads=3), (WEEK, 9, 18))
        assert keys(over(spec, spec)) == []
        assert ADAPTER.revise(over(spec, spec, spec)).changes == ()

    def test_a_start_at_once_that_was_read_anew_is_no_change(self) -> None:
        spec = search_spec()
        first = dataclasses.replace(spec, schedule=Schedule(start=datetime(2026, 11, 1, 9, 0, 0, 1, tzinfo=UTC)))
        later = dataclasses.replace(spec, schedule=Schedule(start=datetime(2026, 11, 9, 9, 0, 0, 1, tzinfo=UTC)))
        assert keys(over(later, first)) == []
        assert ADAPTER.revise(over(later, first)).errors == ()

    def test_only_the_fields_that_differ_are_sent(self) -> None:
        spec = search_spec()
        assert bodies(over(money(spec, "61.50"), spec)) == {
            "update/campaign": {
                "AccountId": spec.account.external_id,
                "Campaigns": [{"Id": "<campaign>", "DailyBudget": Decimal("61.50")}],
            }
        }

    def test_a_tracking_that_is_dropped_is_emptied_and_a_target_is_part_of_its_scheme(self) -> None:
        spec = search_spec()
        bidding = Bidding(BidStrategy.TARGET_ROAS, Decimal("3.5"))
        budget = Budget(BudgetType.DAILY, spec.budget.money, bidding)
        after = over(dataclasses.replace(spec, tracking={}, budget=budget), spec)
        (campaign,) = bodies(after)["update/campaign"]["Campaigns"]
        assert campaign == {
            "Id": "<campaign>",
            "FinalUrlSuffix": "",
            "BiddingScheme": {"Type": "MaxConversionValueBiddingScheme", "TargetRoas": Decimal("3.5")},
        }
        found = changes(after)
        assert found["campaign", "budget.bidding"].effects == {Effect.MAY_RESET_LEARNING}
        assert found["campaign", "tracking.params"].after == ""

    def test_a_budget_that_falls_comes_first_and_one_that_rises_late(self) -> None:
        spec = search_spec(ads=2)
        more = with_targeting(spec, keywords=(*spec.groups[0].targeting.keywords, Keyword("boots", MatchType.EXACT)))
        less = without(more, 0, ads=(1,))
        assert [key.split("/")[1] for key in keys(over(money(less, "10"), spec))] == ["campaign", "keywords", "ad"]
        assert [key.split("/")[1] for key in keys(over(money(less, "90"), spec))] == ["keywords", "campaign", "ad"]

    def test_keywords_come_and_go_by_text_and_match(self) -> None:
        spec = search_spec()
        words = (Keyword("Running  Shoes", MatchType.PHRASE), Keyword("trail shoes", MatchType.BROAD))
        after = over(with_targeting(spec, keywords=words, negative_keywords=()), spec)
        sent = bodies(after)
        assert [each["Text"] for each in sent["update/keywords/g0/add/0"]["Keywords"]] == ["trail shoes"]
        assert len(sent["update/keywords/g0/remove/0"]["KeywordIds"]) == 1
        (entity,) = sent["update/negatives/g0/remove"]["EntityNegativeKeywords"]
        assert entity["EntityId"] == "<ad_group/g0>"
        assert {field for _, field in changes(after)} == {"targeting.keywords", "targeting.negative_keywords"}

    def test_places_are_added_before_others_go_and_never_none_is_left(self) -> None:
        spec = with_targeting(search_spec(), locations=(country("US"),))
        after = over(with_targeting(spec, locations=(country("DE"), country("FR"))), spec)
        assert keys(after) == ["update/criteria/add", "update/criteria/remove"]
        change = changes(after)["campaign", "targeting.locations"]
        assert (change.before, change.after) == ("US", "DE, FR")

    def test_a_place_that_changes_sides_is_exchanged_after_others_are_let_in(self) -> None:
        spec = with_targeting(search_spec(), locations=(country("US"), country("CA", exclude=True)))
        after = over(with_targeting(spec, locations=(country("CA"), country("US", exclude=True))), spec)
        assert keys(after) == [
            "update/criteria/exchange/0/remove",
            "update/criteria/exchange/0/add",
            "update/criteria/exchange/1/remove",
            "update/criteria/exchange/1/add",
        ]
        first = bodies(after)["update/criteria/exchange/0/add"]["CampaignCriterions"][0]
        assert (first["Type"], first["Criterion"]["LocationId"]) == ("BiddableCampaignCriterion", "32")

    def test_windows_of_a_day_that_overlap_are_exchanged_day_by_day(self) -> None:
        spec = windows(search_spec(), (WEEK, 9, 18))
        after = over(windows(spec, (WEEK, 9, 17)), spec)
        assert keys(after) == [
            f"update/criteria/exchange/{index}/{what}" for index in (0, 1) for what in ("remove", "add")
        ]
        apart = over(windows(spec, (WEEK, 19, 20)), spec)
        assert keys(apart) == ["update/criteria/add", "update/criteria/remove"]

    def test_the_only_day_is_not_exchanged_for_the_ad_would_show_at_all_hours(self) -> None:
        spec = windows(search_spec(), ((Weekday.MON,), 9, 18))
        errors = ADAPTER.revise(over(windows(spec, ((Weekday.MON,), 9, 17)), spec)).errors
        assert [error.field for error in errors] == ["schedule.dayparting"]
        other = windows(spec, ((Weekday.MON,), 9, 17), ((Weekday.FRI,), 9, 17))
        assert ADAPTER.revise(over(other, spec)).errors == ()

    def test_devices_ages_and_genders_that_stand_are_bid_on_anew(self) -> None:
        spec = with_targeting(search_spec(), devices=(Device.MOBILE,), age_max=34)
        after = over(with_targeting(spec, devices=(Device.DESKTOP,), age_max=49), spec)
        assert keys(after) == ["update/criteria/bids"]
        sent = bodies(after)["update/criteria/bids"]["CampaignCriterions"]
        bids = {each["Criterion"].get("DeviceName") or each["Criterion"]["AgeRange"]: each for each in sent}
        assert {name: each["CriterionBid"]["Multiplier"] for name, each in bids.items()} == {
            "Computers": 0,
            "Smartphones": -100,
            "ThirtyFiveToFourtyNine": 0,
        }
        assert bids["Computers"]["Id"] == "<criterion/Device/Computers>"
        assert {field for _, field in changes(after)} == {"targeting.devices", "targeting.age"}

    def test_the_intent_is_set_anew(self) -> None:
        spec = search_spec()
        after = over(with_targeting(spec, location_intent=LocationIntent.PRESENCE_OR_INTEREST), spec)
        assert keys(after) == ["location_intent"]
        assert changes(after)["campaign", "targeting.location_intent"].after == "PRESENCE_OR_INTEREST"

    def test_an_end_that_is_dropped_is_the_day_that_means_none(self) -> None:
        spec = search_spec(groups=2)
        open_end = dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, end=None))
        after = over(open_end, spec)
        assert keys(after) == ["update/ad_group/g0", "update/ad_group/g1"]
        (group,) = bodies(after)["update/ad_group/g0"]["AdGroups"]
        assert group == {"Id": "<ad_group/g0>", "EndDate": {"Year": 2050, "Month": 1, "Day": 2}}
        assert changes(after)["ad_group/g0", "schedule.end"].after == "no end"

    def test_texts_in_another_order_are_the_same(self) -> None:
        spec = search_spec()
        turned = with_creative(spec, headlines=tuple(reversed(spec.groups[0].ads[0].creative.headlines)))
        assert keys(over(turned, spec)) == []

    def test_words_of_an_ad_are_edited_and_reviewed_again(self) -> None:
        spec = search_spec()
        after = over(with_creative(spec, headlines=("One", "Two", "Three"), display_paths=("x",)), spec)
        (ad,) = bodies(after)["update/ad/g0/a0"]["Ads"]
        assert {*ad} == {"Type", "Id", "Headlines", "Path1", "Path2"}
        assert (ad["Id"], ad["Path1"], ad["Path2"]) == ("<ad/g0/a0>", "x", "")
        found = changes(after)
        assert {field for _, field in found} == {"creative.headlines", "creative.display_paths"}
        assert {change.effects for change in found.values()} == {frozenset({Effect.RE_REVIEW})}

    def test_a_new_ad_group_is_built_paused_and_goes_live_when_it_is_whole(self) -> None:
        spec = search_spec(groups=2, ads=2)
        after = over(spec, dataclasses.replace(spec, groups=spec.groups[:1]))
        assert keys(after) == [
            *("ad_group/g1", "keywords/g1/0", "negatives/g1", "ad/g1/a0", "ad/g1/a1"),
            "activate/ad_group/g1",
        ]
        (group,) = bodies(after)["ad_group/g1"]["AdGroups"]
        assert group["Status"] == "Paused"
        assert changes(after)["ad_group/g1", None].action is Action.CREATE

    def test_what_goes_is_named_and_final(self) -> None:
        spec = search_spec(groups=2, ads=2)
        after = over(without(dataclasses.replace(spec, groups=spec.groups[:1]), 0, ads=(1,)), spec)
        steps = ADAPTER.steps(after, operation=Operation.UPDATE)
        assert [step.removes for step in steps] == [("ad/g0/a1",), ("ad_group/g1",)]
        found = changes(after)
        assert {key for key, _ in found} == {"ad/g0/a1", "ad_group/g1"}
        assert all(change.effects == {Effect.IRREVERSIBLE} for change in found.values())

    def test_a_full_group_gets_its_new_ad_paused_until_the_old_one_is_gone(self) -> None:
        spec = search_spec(ads=3)
        third = dataclasses.replace(
            spec.groups[0].ads[2], key="new", creative=dataclasses.replace(specs.CREATIVE, landing_url="https://b.com")
        )
        group = dataclasses.replace(spec.groups[0], ads=(*spec.groups[0].ads[:2], third))
        after = over(dataclasses.replace(spec, groups=(group,)), spec)
        assert keys(after) == ["ad/g0/new", "update/ad/g0/a2/remove", "activate/ad/g0/new"]
        assert bodies(after)["ad/g0/new"]["Ads"][0]["Status"] == "Paused"

    def test_an_ad_that_would_be_the_twin_of_one_that_stands_is_an_error(self) -> None:
        spec = search_spec(ads=2)
        first, second = spec.groups[0].ads
        swapped = (
            dataclasses.replace(first, creative=second.creative),
            dataclasses.replace(second, creative=first.creative),
        )
        after = dataclasses.replace(spec, groups=(dataclasses.replace(spec.groups[0], ads=swapped),))
        errors = ADAPTER.revise(over(after, spec)).errors
        assert [error.field for error in errors] == ["ads[a0].creative", "ads[a1].creative"]

    def test_what_stays_for_good_is_an_error(self) -> None:
        spec = search_spec()
        lifetime = dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, type=BudgetType.LIFETIME))
        display = dataclasses.replace(spec, channel=Channel.DISPLAY)
        for field, after in (("budget.type", lifetime), ("channel", display)):
            assert [error.field for error in ADAPTER.revise(over(after, spec)).errors] == [field]

    @pytest.mark.parametrize(
        ("before", "after", "is_refused"),
        [(-2, 3, True), (3, 5, False), (3, None, True), (None, 3, True), (None, None, False), (-2, -2, False)],
    )
    def test_a_first_day_changes_only_before_it_has_come(
        self, before: int | None, after: int | None, is_refused: bool
    ) -> None:
        def starting(days: int | None) -> CampaignSpec:
            at = now().replace(second=0, microsecond=0) + timedelta(days=days or 0)
            start = now().replace(microsecond=1) if days is None else at
            return dataclasses.replace(spec, schedule=Schedule(start=start, end=now() + timedelta(days=60)))

        spec = search_spec()
        errors = ADAPTER.revise(over(starting(after), starting(before))).errors
        assert [error.field for error in errors] == (["schedule.start"] if is_refused else [])

    def test_what_an_update_may_have_left_half_done_is_set_right(self) -> None:
        """Against both that may stand: what either lacks is added, what either has too much is taken away."""
        spec = search_spec(ads=1)
        other = with_targeting(spec, keywords=(*spec.groups[0].targeting.keywords, Keyword("boots", MatchType.EXACT)))
        half = money(with_creative(other, headlines=("One", "Two", "Three")), "90")
        back = over(spec, spec, half)
        assert keys(back) == ["update/campaign", "update/ad/g0/a0", "update/keywords/g0/remove/0"]
        added = over(half, spec, half)
        assert "update/keywords/g0/add/0" in keys(added)

    def test_an_ad_that_an_update_may_have_added_in_older_words_goes(self) -> None:
        spec = search_spec(ads=1)
        two = search_spec(ads=2, campaign_id=spec.campaign_id)
        half = dataclasses.replace(spec, groups=two.groups)
        newer = with_creative(half, descriptions=("Something else.", "And more of it."))
        newer = dataclasses.replace(
            newer, groups=(dataclasses.replace(newer.groups[0], ads=(spec.groups[0].ads[0], newer.groups[0].ads[1])),)
        )
        steps = ADAPTER.steps(over(newer, spec, half), operation=Operation.UPDATE)
        assert [step.key for step in steps] == ["ad/g0/a1", "update/ads/g0/stale"]
        assert steps[1].removes == (), "the key is the new one's"


def counting(spec: CampaignSpec, event: ConversionEvent | None, goal: str = "") -> CampaignSpec:
    """The spec with a conversion event, and with the goal that was chosen for it."""
    attributes = {**spec.account.attributes, **({"conversion_actions": goal} if goal else {})}
    account = dataclasses.replace(spec.account, attributes=attributes)
    return dataclasses.replace(spec, conversion=Conversion(event) if event else None, account=account)


class TestTheGoal:
    """The goal that was chosen is the campaign's only one; where none was, the campaign counts the account's."""

    def test_a_goal_is_made_with_the_campaign_and_no_goal_with_none(self) -> None:
        step = ADAPTER.steps(search_spec(), operation=Operation.CREATE)[0]
        for spec, goals in (
            (counting(search_spec(), ConversionEvent.LEAD, "7"), ["7"]),
            (counting(search_spec(), ConversionEvent.LEAD), None),
            (counting(search_spec(), None, "7"), None),
        ):
            (campaign,) = ADAPTER.request(spec, step=step, ids={}, key="k")["Campaigns"]
            assert campaign.get("GoalIds") == goals
            assert "conversion.event" not in {loss.field for loss in ADAPTER.preflight(spec).losses}

    def test_an_id_that_is_none_is_refused(self) -> None:
        (error,) = ADAPTER.preflight(counting(search_spec(), ConversionEvent.LEAD, "lead")).errors
        assert error.field == "conversion.event"

    def test_another_event_is_another_goal_and_the_old_one_goes(self) -> None:
        base = search_spec()
        before = counting(base, ConversionEvent.PURCHASE, "7")
        spec = over(counting(base, ConversionEvent.LEAD, "8"), before)
        sent = bodies(spec)
        assert list(sent) == ["update/campaign", "update/goals/remove"]
        assert sent["update/campaign"]["Campaigns"] == [{"Id": "<campaign>", "GoalIds": ["8"]}]
        gone = [{"CampaignId": "<campaign>", "GoalId": "7"}]
        assert sent["update/goals/remove"] == {"CampaignConversionGoal": gone}
        change = changes(spec)["campaign", "conversion.event"]
        assert (change.before, change.after) == ("PURCHASE as 7", "LEAD as 8")
        assert change.effects == {Effect.MAY_RESET_LEARNING}

    def test_no_goal_any_more_is_all_that_the_account_counts(self) -> None:
        base = search_spec()
        spec = over(counting(base, ConversionEvent.LEAD), counting(base, ConversionEvent.LEAD, "7"))
        assert keys(spec) == ["update/goals/remove"]
        change = changes(spec)["campaign", "conversion.event"]
        assert (change.before, change.after) == ("LEAD as 7", "all conversions that the account counts")
        assert keys(over(spec, spec)) == []


class TestOnThePlatform:
    """Live: what stands afterwards is what was asked for, and delivers on."""

    def stand(self, live: Live, spec: CampaignSpec, ids: dict[str, str]) -> CampaignSpec:
        assert live.adapter.preflight(spec).errors == ()
        live.run(spec, Operation.CREATE, ids)
        return spec

    def update(self, live: Live, before: CampaignSpec, after: CampaignSpec, ids: dict[str, str]) -> None:
        spec = over(after, before)
        assert live.adapter.preflight(spec).errors == ()
        assert live.adapter.revise(spec).errors == ()
        done = live.run(spec, Operation.UPDATE, ids)
        for step, _ in done:
            for key in step.removes:
                ids.pop(key, None)

    def there(self, live: Live, kind: str) -> list[Mapping[str, Any]]:
        return [each for each in live.objects() if each["type"] == kind and each["deleted_at"] is None]

    def criteria(self, live: Live, name: str) -> list[Any]:
        found = [each["fields"] for each in self.there(live, "CampaignCriterion")]
        return [each["Criterion"] for each in found if each["Criterion"]["Type"] == name]

    def test_every_mutable_field_at_once(self, live: Live) -> None:
        ids: dict[str, str] = {}
        before = live.spec(groups=2, ads=2)
        before = windows(with_targeting(before, devices=(Device.MOBILE,), age_max=34), (WEEK, 9, 18))
        self.stand(live, before, ids)
        after = with_targeting(
            money(before, "123.45"),
            locations=(country("DE"), country("US", exclude=True), country("GB")),
            location_intent=LocationIntent.PRESENCE_OR_INTEREST,
            languages=("de", "en"),
            devices=(Device.DESKTOP, Device.TABLET),
            age_max=None,
            genders=(Gender.FEMALE,),
            keywords=(Keyword("boots", MatchType.EXACT), Keyword("trail shoes", MatchType.EXACT)),
            negative_keywords=(Keyword("cheap", MatchType.EXACT),),
        )
        after = windows(with_creative(after, brand_name="Acme", display_paths=("boots",)), (WEEK, 10, 12))
        bidding = Bidding(BidStrategy.TARGET_ROAS, Decimal("2.5"))
        after = dataclasses.replace(
            after,
            name=f"Autumn {after.marker}",
            tracking={"utm_source": "autumn"},
            budget=dataclasses.replace(after.budget, bidding=bidding),
            schedule=dataclasses.replace(after.schedule, end=None),
            overrides={"search_partners": True},
            groups=tuple(dataclasses.replace(each, name=f"New {each.name}") for each in after.groups),
        )
        self.update(live, before, after, ids)
        (campaign,) = self.there(live, "Campaign")
        assert (campaign["name"], campaign["status"]) == (after.name, "Active")
        fields = campaign["fields"]
        assert (fields["DailyBudget"], fields["FinalUrlSuffix"]) == ("123.45", "utm_source=autumn")
        assert fields["BiddingScheme"] == {"Type": "MaxConversionValueBiddingScheme", "TargetRoas": "2.5"}
        assert (set(fields["Languages"]), fields["BusinessName"]) == ({"German", "English"}, "Acme")
        assert {each["LocationId"] for each in self.criteria(live, "LocationCriterion")} == {"72", "188", "190"}
        assert [each["IntentOption"] for each in self.criteria(live, "LocationIntentCriterion")] == [
            "PeopleInOrSearchingForOrViewingPages"
        ]
        hours = {(each["Day"], each["FromHour"], each["ToHour"]) for each in self.criteria(live, "DayTimeCriterion")}
        assert hours == {("Monday", 10, 12), ("Tuesday", 10, 12)}
        assert self.criteria(live, "AgeCriterion") == []
        assert len(self.criteria(live, "GenderCriterion")) == 2
        for group in self.there(live, "AdGroup"):
            assert group["name"].startswith("New Group")
            assert group["fields"]["Network"] == "OwnedAndOperatedAndSyndicatedSearch"
            assert group["fields"]["EndDate"]["Year"] == 2050
        assert sorted(each["name"] for each in self.there(live, "Keyword")) == ["boots"] * 2 + ["trail shoes"] * 2
        assert [each["name"] for each in self.there(live, "NegativeKeyword")] == ["cheap"] * 2
        assert {each["fields"]["Path1"] for each in self.there(live, "Ad")} == {"boots"}
        assert live.adapter.steps(over(after, after), operation=Operation.UPDATE) == ()

    def test_the_chosen_goal_is_the_campaigns_until_it_is_taken_away(self, live: Live) -> None:
        ids: dict[str, str] = {}
        found = live.adapter.inspect(live.connection, account=live.account).resources
        (goal,) = (each.external_id for each in found if each.kind is ResourceKind.GOAL)
        before = self.stand(live, counting(live.spec(), ConversionEvent.PURCHASE, goal), ids)
        (campaign,) = self.there(live, "Campaign")
        assert campaign["fields"]["GoalIds"] == [goal]
        after = dataclasses.replace(before, conversion=None)
        step = live.adapter.steps(over(after, before), operation=Operation.UPDATE)[-1]
        asked = {"spec": over(after, before), "step": step, "ids": ids, "key": "k"}
        assert live.adapter.find(live.connection, **asked) is None
        self.update(live, before, after, ids)
        assert live.adapter.find(live.connection, **asked) is not None
        (campaign,) = self.there(live, "Campaign")
        assert campaign["fields"]["GoalIds"] == []
        self.update(live, after, before, ids)
        (campaign,) = self.there(live, "Campaign")
        assert campaign["fields"]["GoalIds"] == [goal]

    def test_a_goal_that_is_not_there_is_refused_and_nothing_is_made(self, live: Live) -> None:
        with pytest.raises(PlatformError, match="conversion goal 1"):
            live.run(counting(live.spec(), ConversionEvent.LEAD, "1"), Operation.CREATE, {})
        assert self.there(live, "Campaign") == []

    def test_ad_groups_and_ads_come_and_go(self, live: Live) -> None:
        ids: dict[str, str] = {}
        before = self.stand(live, live.spec(groups=2, ads=3), ids)
        third = live.spec(campaign_id=before.campaign_id, groups=3, ads=3).groups[2]
        fresh = dataclasses.replace(
            before.groups[0].ads[2],
            key="new",
            creative=dataclasses.replace(specs.CREATIVE, landing_url="https://b.com/"),
        )
        kept = dataclasses.replace(before.groups[0], ads=(*before.groups[0].ads[:2], fresh))
        after = dataclasses.replace(before, groups=(kept, third))
        old = dict(ids)
        self.update(live, before, after, ids)
        assert [each["status"] for each in self.there(live, "AdGroup")] == ["Active", "Active"]
        ads = {each["id"]: each["status"] for each in self.there(live, "Ad")}
        assert set(ads.values()) == {"Active"}
        assert set(ads) == {ids[f"ad/{group.key}/{ad.key}"] for group in after.groups for ad in group.ads}
        assert old["ad/g0/a2"] not in ads
        again = dataclasses.replace(before, groups=(before.groups[0], third))
        self.update(live, after, again, ids)
        assert ids["ad/g0/a2"] != old["ad/g0/a2"], "an ad that comes back is a new one"

    def test_every_step_whose_answer_never_came_is_found_or_done_again_without_a_twin(self, live: Live) -> None:
        ids: dict[str, str] = {}
        before = self.stand(live, windows(live.spec(groups=1, ads=2), (WEEK, 9, 18)), ids)
        after = without(money(windows(before, (WEEK, 9, 17)), "77"), 0, ads=(1,))
        after = with_targeting(
            after, locations=(country("US", exclude=True), country("DE")), keywords=(Keyword("b", MatchType.EXACT),)
        )
        third = specs.another_ad(live.spec(campaign_id=before.campaign_id, ads=3), 2)
        third = dataclasses.replace(third, key="a9")
        group = dataclasses.replace(after.groups[0], ads=(*after.groups[0].ads, third))
        new = live.spec(campaign_id=before.campaign_id, groups=2).groups[1]
        new = dataclasses.replace(new, targeting=group.targeting)
        spec = over(dataclasses.replace(after, groups=(group, new)), before)
        assert live.adapter.preflight(spec).errors == ()
        for step in live.adapter.steps(spec, operation=Operation.UPDATE):
            assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k") is None, step.key
            live.fault("cut", match=r"(POST|PUT|DELETE) /CampaignManagement/v13/\w+$")
            with pytest.raises(OutcomeUnknown):
                live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")
            found = live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k")
            assert found is not None, step.key
            ids.update({each.key: each.platform_id for each in found.objects})
        assert len(self.there(live, "AdGroup")) == 2
        assert len(self.there(live, "Ad")) == 3
        assert len(self.criteria(live, "DayTimeCriterion")) == 2
        assert {each["status"] for each in self.there(live, "AdGroup")} == {"Active"}

    def test_what_is_gone_already_is_not_asked_to_go(self, live: Live) -> None:
        ids: dict[str, str] = {}
        before = self.stand(live, live.spec(groups=2, ads=2), ids)
        live.sandbox.control(
            "edit", {"platform": "microsoft_ads", "id": ids["ad/g0/a1"], "field": "Status", "value": "Deleted"}
        )
        live.sandbox.control(
            "edit", {"platform": "microsoft_ads", "id": ids["ad_group/g1"], "field": "Status", "value": "Deleted"}
        )
        spec = over(without(dataclasses.replace(before, groups=before.groups[:1]), 0, ads=(1,)), before)
        for step in live.adapter.steps(spec, operation=Operation.UPDATE):
            assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k") is not None
            assert live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k").objects == ()
