"""What Microsoft's preflight refuses beyond what both search platforms do."""

from __future__ import annotations

import dataclasses

from tests.platforms import specs

from adloom.platforms.microsoft import preflight, targets
from adloom.platforms.spec import Declarations
from adloom.platforms.types import Channel


def test_two_ads_that_differ_only_in_what_search_cannot_show_are_refused_before_one_is_lost() -> None:
    spec = specs.search_spec(ads=2)
    (group,) = spec.groups
    twin = dataclasses.replace(group.ads[1], creative=dataclasses.replace(group.ads[0].creative, primary_text="Other"))
    twins = dataclasses.replace(spec, groups=(dataclasses.replace(group, ads=(group.ads[0], twin)),))
    assert preflight.check(spec).errors == ()
    assert [error.field for error in preflight.check(twins).errors] == ["ad_groups[g0].ads[a1].creative"]


def test_every_channel_but_search_is_refused_with_what_there_is() -> None:
    for channel in set(Channel) - {Channel.SEARCH}:
        errors = {error.field: error for error in preflight.check(specs.search_spec(channel=channel)).errors}
        assert "SEARCH" in errors["platforms.microsoft_ads.channel"].fix


def test_what_a_person_says_of_generated_pictures_is_named_as_lost() -> None:
    spec = specs.search_spec(declarations=Declarations(eu_political=False, ai_generated=True))
    assert [loss.field for loss in preflight.check(spec).losses] == ["declarations.ai_generated"]


def test_bids_are_promised_only_where_all_ad_groups_ask_for_the_same_people() -> None:
    both = specs.with_targeting(specs.search_spec(groups=2), age_min=25)
    one = dataclasses.replace(both, groups=(specs.search_spec().groups[0], both.groups[1]))
    assert {loss.after for loss in preflight.check(both).losses} == {"all ages, bids lowered by 90 % outside"}
    assert {loss.after for loss in preflight.check(one).losses} == {"all ages"}
    assert not any("AgeCriterion" in str(item) for item in targets.of(one))
