"""Display campaigns: what Google gets, what preflight refuses, and what is lost."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import specs
from tests.platforms.conftest import Live
from tests.platforms.google import display
from tests.platforms.google.display import display_spec, picture
from tests.platforms.specs import with_creative, with_targeting

from adloom.core.errors import FieldError
from adloom.core.money import Money
from adloom.platforms import registry
from adloom.platforms.google import payloads
from adloom.platforms.spec import Bidding, CampaignSpec, Declarations, Interest, Keyword, Location, Video
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    Channel,
    DeliveryState,
    Device,
    ImageRole,
    LocationType,
    LossKind,
    MatchType,
    Objective,
    Operation,
    Platform,
)

ADAPTER = registry.adapter(Platform.GOOGLE_ADS)
IDS = {"asset/landscape": "71", "asset/square-one": "72", "asset/logo": "73"}


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.GOOGLE_ADS)


def creates(spec: CampaignSpec, operation: str) -> list[Any]:
    return [each.create for each in payloads.tree(spec, ids=IDS) if each.operation == operation]


def errors(spec: CampaignSpec) -> tuple[FieldError, ...]:
    return ADAPTER.preflight(spec).errors


def test_everything_that_widens_or_rewrites_is_sent_off() -> None:
    spec = display_spec()
    (campaign,) = creates(spec, "campaignOperation")
    assert campaign["advertisingChannelType"] == "DISPLAY"
    assert campaign["networkSettings"] == {
        "targetGoogleSearch": False,
        "targetSearchNetwork": False,
        "targetContentNetwork": True,
        "targetPartnerSearchNetwork": False,
    }
    assert campaign["geoTargetTypeSetting"] == {"positiveGeoTargetType": "PRESENCE"}
    (group,) = creates(spec, "adGroupOperation")
    assert group["optimizedTargetingEnabled"] is False
    restriction = {"targetingDimension": "AUDIENCE", "bidOnly": False}
    assert group["targetingSetting"] == {"targetRestrictions": [restriction]}
    (ad,) = creates(spec, "adGroupAdOperation")
    off = {"enableAssetEnhancements": False, "enableAutogenVideo": False}
    assert ad["ad"]["responsiveDisplayAd"]["controlSpec"] == off


def test_an_ad_names_its_images_texts_and_button() -> None:
    (ad,) = creates(display_spec(), "adGroupAdOperation")
    content = ad["ad"]["responsiveDisplayAd"]
    assert content["marketingImages"] == [{"asset": "customers/1234567890/assets/71"}]
    assert content["squareMarketingImages"] == [{"asset": "customers/1234567890/assets/72"}]
    assert content["squareLogoImages"] == [{"asset": "customers/1234567890/assets/73"}]
    assert content["longHeadline"] == {"text": "Spring sale: all shoes at a lower price"}
    assert (content["businessName"], content["callToActionText"]) == ("Acme", "Shop now")


def test_interests_are_googles_own_and_keywords_are_not_sent() -> None:
    spec = with_targeting(display_spec(), keywords=(Keyword("shoes", MatchType.EXACT),), audiences_exclude=("77",))
    criteria = creates(spec, "adGroupCriterionOperation")
    assert [next(key for key in each if key.startswith("user")) for each in criteria] == ["userInterest", "userList"]
    assert criteria[0]["userInterest"] == {"userInterestCategory": "customers/1234567890/userInterests/80432"}
    assert criteria[1]["negative"] is True


def test_images_are_uploaded_first_and_their_bytes_are_not_kept() -> None:
    spec = display_spec(declarations=Declarations(eu_political=False, ai_generated=True))
    steps = ADAPTER.steps(spec, operation=Operation.CREATE)
    assert [step.key for step in steps] == [
        "asset/landscape",
        "asset/square-one",
        "asset/logo",
        "tree",
        "activate/campaign",
    ]
    body = ADAPTER.request(spec, step=steps[0], ids={}, key="k")
    (operation,) = body["mutateOperations"]
    create = operation["assetOperation"]["create"]
    data = display.LANDSCAPE.file.read()
    assert base64.b64encode(data).decode() not in str(body)
    assert base64.b64decode(create["imageAsset"]["data"]).hex() == display.LANDSCAPE.file.sha256
    assert create["syntheticContentInfo"] == {"advertiserAttestation": {"status": "IS_SYNTHETIC"}}


def test_nothing_is_attested_of_images_that_nobody_spoke_about() -> None:
    create = payloads.asset(display_spec(), asset_id="landscape", data="x")["mutateOperations"][0]["assetOperation"]
    assert "syntheticContentInfo" not in create["create"]


def test_a_display_ad_that_preflight_accepts_lives(live: Live) -> None:
    spec = display.live_spec(live.account, groups=2, ads=2)
    assert live.adapter.preflight(spec).errors == ()
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    live.sandbox.control("clock", {"advance": "PT2H"})
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.ACTIVE
    assert {each.kind for each in seen.objects} == {"campaign", "ad_group", "ad"}


@pytest.mark.parametrize("strategy", BidStrategy)
def test_every_way_to_bid_is_taken(live: Live, strategy: BidStrategy) -> None:
    target = None if strategy.value.startswith("MAX") else Decimal("2.5")
    spec = display.live_spec(live.account)
    spec = dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, bidding=Bidding(strategy, target)))
    assert live.adapter.preflight(spec).errors == ()
    live.run(spec, Operation.CREATE, {})


REFUSED = [
    ("objective", display_spec(objective=Objective.AWARENESS)),
    ("objective", display_spec(objective=Objective.VIDEO_VIEWS)),
    (
        "budget.type",
        dataclasses.replace(
            display_spec(), budget=dataclasses.replace(display_spec().budget, type=BudgetType.LIFETIME)
        ),
    ),
    ("ad_groups", display_spec(groups=0)),
    ("platforms.google_ads.overrides.search_partners", display_spec(overrides={"search_partners": True})),
    ("targeting.devices", with_targeting(display_spec(), devices=())),
    ("targeting.locations", with_targeting(display_spec(), locations=())),
    (
        "targeting.locations[0]",
        with_targeting(display_spec(), locations=(Location(LocationType.CITY, country="US", name="Boston"),)),
    ),
    ("targeting.interests", with_targeting(display_spec(), interests=(Interest("google_ads", "sports"),))),
    ("targeting.audiences.include", with_targeting(display_spec(), audiences_include=("buyers",))),
    (
        "targeting.audiences",
        with_targeting(display_spec(), audiences_include=("7",), audiences_exclude=("7",)),
    ),
    ("creative.headlines", with_creative(display_spec(), headlines=())),
    ("creative.headlines[0]", with_creative(display_spec(), headlines=("x" * 31,))),
    ("creative.headlines[0]", with_creative(display_spec(), headlines=("Sale!!",))),
    ("creative.long_headline", with_creative(display_spec(), long_headline=None)),
    ("creative.long_headline", with_creative(display_spec(), long_headline="x" * 91)),
    ("creative.descriptions[0]", with_creative(display_spec(), descriptions=("a\nb",))),
    ("creative.brand_name", with_creative(display_spec(), brand_name=None)),
    ("creative.brand_name", with_creative(display_spec(), brand_name="靴" * 13)),
    ("creative.landing_url", with_creative(display_spec(), landing_url="http://example.com")),
    ("creative.images", with_creative(display_spec(), images=(display.LANDSCAPE,))),
    ("creative.images", with_creative(display_spec(), images=(display.SQUARE,))),
    (
        "creative.images",
        with_creative(display_spec(), images=(display.LANDSCAPE, picture("a", 600, 500, role=ImageRole.SQUARE))),
    ),
    (
        "creative.images",
        with_creative(display_spec(), images=(display.LANDSCAPE, picture("a", 299, 299, role=ImageRole.SQUARE))),
    ),
    (
        "creative.images",
        with_creative(
            display_spec(),
            images=(display.LANDSCAPE, picture("a", 300, 300, role=ImageRole.SQUARE, mime_type="image/webp")),
        ),
    ),
    (
        "creative.images",
        with_creative(
            display_spec(),
            images=(display.LANDSCAPE, picture("a", 300, 300, role=ImageRole.SQUARE, size=6_000_000)),
        ),
    ),
    (
        "creative.images",
        with_creative(display_spec(), images=(display.LANDSCAPE, *([display.SQUARE] * 15))),
    ),
    ("declarations.eu_political", display_spec(declarations=Declarations())),
]


@pytest.mark.parametrize(("field", "spec"), REFUSED, ids=[f"{i}-{r[0]}" for i, r in enumerate(REFUSED)])
def test_what_google_would_refuse_is_refused_first_with_rule_and_fix(field: str, spec: CampaignSpec) -> None:
    found = errors(spec)
    assert [error.field for error in found] == [field]
    assert found[0].rule
    assert found[0].fix


def test_a_campaign_of_another_kind_is_refused_with_a_sentence() -> None:
    (error,) = errors(display_spec(channel=Channel.FEED))
    assert error.field == "platforms.google_ads.channel"
    assert "Demand Gen" in error.rule
    assert "SEARCH or DISPLAY" in error.fix


def test_what_a_display_ad_has_no_place_for_is_told() -> None:
    spec = with_creative(
        display_spec(),
        primary_text="Buy shoes",
        display_paths=("shoes",),
        headlines=tuple(f"Headline {number}" for number in range(7)),
        images=(*display.CREATIVE.images, picture("story", 1080, 1920, role=ImageRole.STORY)),
        videos=(Video(None, youtube_id="abc"),),
    )
    spec = with_targeting(
        spec,
        keywords=(Keyword("shoes", MatchType.EXACT),),
        interests=(Interest("unified", "sports/running"), Interest("google_ads", "80432")),
    )
    found = {loss.field: (loss.kind, loss.before, loss.is_targeting) for loss in ADAPTER.preflight(spec).losses}
    assert found == {
        "creative.primary_text": (LossKind.DROPPED, "Buy shoes", False),
        "creative.display_paths": (LossKind.DROPPED, "shoes", False),
        "creative.headlines": (LossKind.NARROWED, "Headline 5, Headline 6", False),
        "creative.images": (LossKind.DROPPED, "story.png", False),
        "creative.videos": (LossKind.DROPPED, "abc", False),
        "creative.call_to_action": (LossKind.NARROWED, "SHOP_NOW", False),
        "targeting.keywords": (LossKind.DROPPED, "shoes", True),
        "targeting.interests": (LossKind.DROPPED, "sports/running", True),
    }


def test_a_search_ad_is_lost_what_it_says_of_images_made_by_machines() -> None:
    spec = specs.search_spec(declarations=Declarations(eu_political=False, ai_generated=True))
    assert [loss.field for loss in ADAPTER.preflight(spec).losses] == ["declarations.ai_generated"]


def test_audiences_limit_a_search_ad_group_as_well(live: Live) -> None:
    """On search Google only watches them, unless it is told to limit the ad group to them."""
    spec = with_targeting(live.spec(), audiences_include=("7100000001",), audiences_exclude=("7100000002",))
    assert not [loss for loss in live.adapter.preflight(spec).losses if loss.is_targeting]
    (group,) = creates(spec, "adGroupOperation")
    restriction = {"targetingDimension": "AUDIENCE", "bidOnly": False}
    assert group["targetingSetting"] == {"targetRestrictions": [restriction]}
    live.run(spec, Operation.CREATE, {})


def test_devices_hours_and_people_are_left_out_on_display_too(live: Live) -> None:
    spec = with_targeting(display.live_spec(live.account), devices=(Device.MOBILE,), age_min=25, age_max=44)
    spec = dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, money=Money(Decimal("12.34"), "USD")))
    assert live.adapter.preflight(spec).errors == ()
    live.run(spec, Operation.CREATE, {})


def test_what_was_declared_of_uploaded_images_cannot_be_taken_back_silently() -> None:
    before = display_spec(declarations=Declarations(eu_political=False, ai_generated=False))
    said = dataclasses.replace(before.declarations, ai_generated=True)
    after = dataclasses.replace(before, declarations=said, standing=(before,))
    assert [error.field for error in ADAPTER.revise(after).errors] == ["declarations.ai_generated"]
