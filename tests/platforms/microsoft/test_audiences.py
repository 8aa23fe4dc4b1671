"""Audiences that exist at Microsoft: let in so that nobody else sees the ads, left out, changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from tests.platforms.conftest import Live
from tests.platforms.specs import search_spec, with_targeting

from adloom.core.errors import OutcomeUnknown, Rejected
from adloom.platforms import registry
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, Platform

ADAPTER = registry.adapter(Platform.MICROSOFT_ADS)
ONE, TWO = "804000001", "804000002"
ONLY_THEM = [{"Type": "TargetSetting", "Details": [{"CriterionTypeGroup": "Audience", "TargetAndBid": True}]}]
ALL = [{"Type": "TargetSetting", "Details": [{"CriterionTypeGroup": "Audience", "TargetAndBid": False}]}]


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.MICROSOFT_ADS)


def of(spec: CampaignSpec, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> CampaignSpec:
    return with_targeting(spec, audiences_include=tuple(include), audiences_exclude=tuple(exclude))


def over(after: CampaignSpec, *standing: CampaignSpec) -> CampaignSpec:
    return dataclasses.replace(after, standing=standing)


def bodies(spec: CampaignSpec, operation: Operation) -> dict[str, Mapping[str, Any]]:
    class Known(dict[str, str]):
        def __contains__(self, key: object) -> bool:
            return True

        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    steps = ADAPTER.steps(spec, operation=operation)
    return {step.key: ADAPTER.request(spec, step=step, ids=Known(), key="k") for step in steps}


class TestTheBodies:
    def test_audiences_that_are_let_in_leave_everybody_else_out(self) -> None:
        sent = bodies(of(search_spec(), include=(ONE, ONE), exclude=(TWO,)), Operation.CREATE)
        assert list(sent).index("ad_group/g0") < list(sent).index("audiences/g0") < list(sent).index("ad/g0/a0")
        assert sent["ad_group/g0"]["AdGroups"][0]["Settings"] == ONLY_THEM
        assert sent["audiences/g0"] == {
            "CriterionType": "Audience",
            "AdGroupCriterions": [
                {
                    "Type": "BiddableAdGroupCriterion",
                    "Status": "Active",
                    "Criterion": {"Type": "AudienceCriterion", "AudienceId": ONE},
                    "CriterionBid": {"Type": "BidMultiplier", "Multiplier": 0},
                    "AdGroupId": "<ad_group/g0>",
                },
                {
                    "Type": "NegativeAdGroupCriterion",
                    "Criterion": {"Type": "AudienceCriterion", "AudienceId": TWO},
                    "AdGroupId": "<ad_group/g0>",
                },
            ],
        }

    def test_audiences_that_are_left_out_let_everybody_else_in(self) -> None:
        sent = bodies(of(search_spec(), exclude=(TWO,)), Operation.CREATE)
        assert "Settings" not in sent["ad_group/g0"]["AdGroups"][0]

    def test_who_wants_no_audiences_sends_nothing_of_them(self) -> None:
        assert not [key for key in bodies(search_spec(), Operation.CREATE) if "audience" in key]

    def test_a_restriction_comes_behind_its_audiences_and_goes_before_them(self) -> None:
        spec = search_spec()
        narrower = bodies(over(of(spec, include=(ONE,)), spec), Operation.UPDATE)
        assert list(narrower) == ["update/audiences/g0/add", "update/ad_group/g0"]
        assert narrower["update/ad_group/g0"]["AdGroups"] == [{"Id": "<ad_group/g0>", "Settings": ONLY_THEM}]
        wider = bodies(over(spec, of(spec, include=(ONE,))), Operation.UPDATE)
        assert list(wider) == ["update/ad_group/g0", "update/audiences/g0/remove"]
        assert wider["update/ad_group/g0"]["AdGroups"] == [{"Id": "<ad_group/g0>", "Settings": ALL}]

    def test_one_audience_takes_the_place_of_another_before_that_goes(self) -> None:
        spec = search_spec()
        sent = bodies(over(of(spec, include=(TWO,)), of(spec, include=(ONE,))), Operation.UPDATE)
        assert list(sent) == ["update/audiences/g0/add", "update/audiences/g0/remove"]

    def test_audiences_that_change_sides_let_in_first(self) -> None:
        spec = search_spec()
        after, before = of(spec, include=(TWO,), exclude=(ONE,)), of(spec, include=(ONE,), exclude=(TWO,))
        assert list(bodies(over(after, before), Operation.UPDATE)) == [
            f"update/audience/g0/{TWO}/remove",
            f"update/audience/g0/{TWO}/add",
            f"update/audience/g0/{ONE}/remove",
            f"update/audience/g0/{ONE}/add",
        ]

    def test_an_ad_group_that_may_stand_otherwise_is_put_right_before_it_goes_live(self) -> None:
        spec = search_spec(groups=2)
        first = dataclasses.replace(spec, groups=spec.groups[:1])
        sent = list(bodies(over(of(spec, include=(ONE,)), first, spec), Operation.UPDATE))
        settings = sent.index("update/ad_group/g1")
        assert sent.index("audiences/g1") < settings < sent.index("activate/ad_group/g1")

    def test_the_changes_are_told_in_words_of_the_ad(self) -> None:
        spec = search_spec()
        revision = ADAPTER.revise(over(of(spec, include=(TWO,)), of(spec, include=(ONE,), exclude=(TWO,))))
        assert revision.errors == ()
        assert [(each.object, each.field, each.before, each.after) for each in revision.changes] == [
            ("ad_group/g0", "targeting.audiences.include", ONE, TWO),
            ("ad_group/g0", "targeting.audiences.exclude", TWO, ""),
        ]


@pytest.mark.parametrize(
    ("include", "exclude", "field"),
    [
        (("buyers",), (), "targeting.audiences.include"),
        ((), ("١",), "targeting.audiences.exclude"),
        ((ONE, TWO), (TWO,), "targeting.audiences"),
    ],
)
def test_audiences_that_cannot_be(include: tuple[str, ...], exclude: tuple[str, ...], field: str) -> None:
    preflight = ADAPTER.preflight(of(search_spec(), include=include, exclude=exclude))
    assert [error.field for error in preflight.errors] == [field]


def test_audiences_are_no_loss() -> None:
    assert ADAPTER.preflight(of(search_spec(), include=(ONE,), exclude=(TWO,))).losses == ()


class TestInTheSandbox:
    def stands(self, live: Live) -> set[tuple[str, str]]:
        found = [each for each in live.objects() if each["type"] == "AdGroupCriterion" and not each["deleted_at"]]
        return {(each["fields"]["Type"], each["fields"]["Criterion"].get("AudienceId")) for each in found}

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ({}, {"include": (ONE,), "exclude": (TWO,)}),
            ({"include": (ONE,), "exclude": (TWO,)}, {}),
            ({"include": (ONE,)}, {"include": (TWO,)}),
            ({"include": (ONE,), "exclude": (TWO,)}, {"include": (TWO,), "exclude": (ONE,)}),
            ({"include": (ONE, TWO)}, {"include": (ONE,)}),
        ],
    )
    def test_what_is_wanted_stands_though_no_answer_comes(
        self, live: Live, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        ids: dict[str, str] = {}
        old = of(live.spec(), **before)
        live.run(old, Operation.CREATE, ids)
        spec = over(of(old, include=after.get("include", ()), exclude=after.get("exclude", ())), old)
        for step in live.adapter.steps(spec, operation=Operation.UPDATE):
            assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k") is None, step.key
            live.fault("cut", match=r"(POST|PUT|DELETE) /CampaignManagement/v13/\w+$")
            with pytest.raises(OutcomeUnknown):
                live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")
            found = live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k")
            assert found is not None, step.key
            ids.update({each.key: each.platform_id for each in found.objects})
            for key in step.removes:
                ids.pop(key, None)
        wanted = {("BiddableAdGroupCriterion", each) for each in after.get("include", ())}
        wanted |= {("NegativeAdGroupCriterion", each) for each in after.get("exclude", ())}
        assert self.stands(live) == wanted
        assert {key for key in ids if key.startswith("audience/")} == {f"audience/g0/{each}" for _, each in wanted}
        assert live.adapter.steps(over(spec, spec), operation=Operation.UPDATE) == ()

    def test_an_audience_that_does_not_exist_is_refused_and_nothing_shows(self, live: Live) -> None:
        with pytest.raises(Rejected):
            live.run(of(live.spec(), include=("7",)), Operation.CREATE, {})
        assert {each["status"] for each in live.objects() if each["type"] == "Campaign"} == {"Paused"}
