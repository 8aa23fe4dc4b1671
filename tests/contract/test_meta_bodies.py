"""Everything that Meta's adapter sends is held against the types, enums and fields of Meta's own SDK."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.contract.environments import witness
from tests.platforms import feed_specs, specs
from tests.platforms.conftest import Live

from adloom.core.money import Money
from adloom.core.settings import Settings
from adloom.core.time import now, today
from adloom.platforms.contract import Connection
from adloom.platforms.http import Answer, Http, Request
from adloom.platforms.meta import mapping
from adloom.platforms.spec import Bidding, CampaignSpec, Conversion, Daypart, Declarations, Interest, Location
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    CallToAction,
    Device,
    Gender,
    LocationType,
    Objective,
    Operation,
    Platform,
    Weekday,
)

#: Calls of Facebook Login, which the SDK does not know.
LOGIN = ("oauth/access_token", "debug_token")
#: The adapter's names of what stands behind an id, where its endpoint is not that name already.
KINDS = {"insights": "run", "campaign/adsets": "campaign", "campaign/ads": "campaign"}


class Tap:
    """Lets every request pass, and keeps it: it stands where the throttle of workers does."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def before(self, request: Request) -> None:
        self.requests.append(request)

    def after(self, request: Request, answer: Answer) -> None:
        return

    def calls(self) -> list[dict[str, Any]]:
        """What was sent, as the witness wants it."""
        return [call for call in map(_call, self.requests) if call["path"] not in LOGIN]


def _call(request: Request) -> dict[str, Any]:
    path = re.sub(r"^.*/v\d+\.\d+/", "", urlsplit(request.url).path)
    endpoint = request.endpoint.partition(" ")[2]
    files = list(request.files or {})
    return {
        "method": request.method,
        "path": path,
        "kind": KINDS.get(endpoint, endpoint),
        "params": {**request.params, **(request.form or {}), **dict.fromkeys(files, "a file")},
        "files": [name for name in files if name == "filename"],
    }


@pytest.fixture
def tapped(connect: Callable[[Platform], Live], settings: Settings) -> Iterator[tuple[Live, Tap]]:
    """The adapter on the sandbox, with a tap on its line."""
    tap, live = Tap(), connect(Platform.FACEBOOK_ADS)
    http = Http.from_settings(settings, throttle=tap)
    yield dataclasses.replace(live, connection=Connection(http, live.login)), tap
    http.close()


def held(tap: Tap) -> list[str]:
    """The SDK's methods that all calls fitted."""
    found = witness("meta", "shapes.py", given={"calls": tap.calls()})
    assert found["problems"] == []
    seen: list[str] = found["seen"]
    return seen


def _deploy(live: Live, spec: CampaignSpec) -> dict[str, str]:
    assert live.adapter.preflight(spec).errors == ()
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    return ids


@pytest.mark.parametrize(("groups", "ads"), [(1, 1), (2, 3)])
def test_a_tree_is_created_changed_and_taken_away_in_the_sdks_words(
    tapped: tuple[Live, Tap], groups: int, ads: int
) -> None:
    live, tap = tapped
    spec = live.spec(groups=groups, ads=ads)
    ids = _deploy(live, spec)
    live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    for operation in (Operation.PAUSE, Operation.RESUME, Operation.DELETE):
        live.run(spec, operation, ids)
    assert set(held(tap)) >= {
        "AdAccount.create_campaign",
        "AdAccount.create_ad_set",
        "AdAccount.create_ad_creative",
        "AdAccount.create_ad",
        "AdAccount.create_ad_image",
        "AdAccount.get_ad_images",
        "Campaign.api_update",
        "Campaign.api_delete",
        "Campaign.api_get",
        "Campaign.get_ad_sets",
        "Campaign.get_ads",
        "AdSet.api_update",
        "Ad.api_update",
    }


def test_a_film_is_uploaded_and_shown_in_the_sdks_words(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    _deploy(live, live.spec(objective=Objective.VIDEO_VIEWS))
    assert {"AdAccount.create_ad_video", "AdVideo.api_get"} <= set(held(tap))


def test_every_objective_event_and_button_is_a_word_of_the_sdk(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    for objective in Objective:
        if objective in mapping.WITH_PIXEL:
            for event in mapping.EVENTS:
                _deploy(live, live.spec(objective=objective, conversion=Conversion(event)))
        else:
            _deploy(live, live.spec(objective=objective))
    for button in CallToAction:
        _deploy(live, specs.with_creative(live.spec(), call_to_action=button))
    assert held(tap)


BIDS = {
    "a cost cap": (BidStrategy.TARGET_CPA, "9.50"),
    "a bid cap": (BidStrategy.BID_CAP, "1.25"),
    "a minimum return": (BidStrategy.TARGET_ROAS, "2.5"),
    "the highest value": (BidStrategy.MAX_VALUE, None),
    "the most conversions": (BidStrategy.MAX_CONVERSIONS, None),
}


@pytest.mark.parametrize("name", BIDS)
def test_every_bid_is_a_type_of_the_sdk(tapped: tuple[Live, Tap], name: str) -> None:
    live, tap = tapped
    strategy, target = BIDS[name]
    spec = feed_specs.selling(live.spec())
    bidding = Bidding(strategy, Decimal(target) if target else None)
    _deploy(live, dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, bidding=bidding)))
    assert held(tap)


def _rich(live: Live) -> CampaignSpec:
    """All that a campaign can be told: places of every kind, an audience, hours, a lifetime budget, declarations."""
    spec = feed_specs.selling(live.spec(groups=2, ads=2))
    places = (
        Location(LocationType.COUNTRY, country="DE"),
        Location(LocationType.POSTAL, country="US", code="94304"),
        Location(LocationType.RADIUS, lat=Decimal("48.137"), lon=Decimal("11.575"), radius_km=Decimal("12.5")),
        Location(LocationType.COUNTRY, country="AT", exclude=True),
    )
    spec = specs.with_targeting(
        spec,
        locations=places,
        languages=("en",),
        age_min=21,
        age_max=54,
        genders=(Gender.FEMALE,),
        devices=(Device.MOBILE,),
        interests=(Interest("facebook_ads", "6003107902433"),),
        audiences_include=("23840000000000001",),
        audiences_exclude=("23840000000000002",),
    )
    budget = dataclasses.replace(spec.budget, type=BudgetType.LIFETIME, money=Money(Decimal("9000"), "USD"))
    hours = (Daypart((Weekday.MON, Weekday.SUN), 540, 1080),)
    return dataclasses.replace(
        spec,
        budget=budget,
        schedule=dataclasses.replace(spec.schedule, dayparting=hours),
        declarations=Declarations(special_categories=(), dsa_beneficiary="Acme", dsa_payor="Acme Ltd"),
    )


def test_an_audience_with_everything_is_a_type_of_the_sdk(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    _deploy(live, _rich(live))
    assert held(tap)


def test_a_special_category_names_its_countries_in_the_sdks_words(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    said = Declarations(special_categories=("HOUSING", "EMPLOYMENT"), special_category_countries=("US", "CA"))
    _deploy(live, live.spec(declarations=said))
    assert held(tap)


def test_every_change_of_what_stands_is_made_in_the_sdks_words(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    before = _rich(live)
    ids = _deploy(live, before)
    end = now().replace(microsecond=0) + timedelta(days=30)
    after = specs.with_targeting(before, genders=(Gender.ANY,), languages=(), age_min=30, interests=())
    after = specs.with_creative(after, primary_text="Autumn sale", call_to_action=CallToAction.LEARN_MORE)
    after = dataclasses.replace(
        after,
        name=f"{before.name} II",
        groups=(*after.groups[:1], dataclasses.replace(after.groups[1], ads=after.groups[1].ads[:1])),
        budget=dataclasses.replace(before.budget, money=Money(Decimal("9500"), "USD")),
        schedule=dataclasses.replace(before.schedule, end=end, dayparting=()),
        declarations=dataclasses.replace(before.declarations, dsa_payor="Acme Holding"),
        tracking={"utm_source": "meta"},
        standing=(before,),
    )
    assert live.adapter.revise(after).errors == ()
    live.run(after, Operation.UPDATE, ids)
    assert {"Campaign.api_update", "AdSet.api_update", "Ad.api_update", "Ad.api_delete"} <= set(held(tap))


def test_every_report_is_asked_for_in_the_sdks_words(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    _deploy(live, feed_specs.selling(live.spec()))
    live.sandbox.control("clock", {"advance": "P2D"})
    adapter, until = live.adapter, today("America/Los_Angeles") + timedelta(days=3)
    asked = {"account": live.account, "since": until - timedelta(days=10), "until": until}
    list(adapter.daily(live.connection, **asked, events={}))
    list(adapter.hourly(live.connection, **asked, events={}))
    list(adapter.conversions(live.connection, **asked))
    for dimension in adapter.dimensions:
        list(adapter.audience(live.connection, **asked, dimension=dimension))
    live.fault("server_error", match="GET .*insights")
    list(adapter.daily(live.connection, **asked, events={}))
    assert {
        "AdAccount.get_insights",
        "AdAccount.get_insights_async",
        "AdReportRun.api_get",
        "AdReportRun.get_insights",
    } <= set(held(tap))


def test_accounts_and_what_they_hold_are_asked_for_in_the_sdks_words(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    live.adapter.accounts(live.connection)
    live.adapter.inspect(live.connection, account=live.account)
    live.adapter.revoke(live.connection.http, credentials=live.login.credentials())
    assert set(held(tap)) == {
        "AdAccount.api_get",
        "AdAccount.get_ads_pixels",
        "AdAccount.get_instagram_accounts",
        "User.delete_permissions",
        "User.get_accounts",
        "User.get_ad_accounts",
        "User.get_permissions",
    }


CROOKED = {
    "a parameter that does not exist": ({"name": "a", "colour": "red"}, "colour"),
    "a word that is none of its enum": ({"objective": "TRAFFIC"}, "objective"),
    "cents with a point": ({"daily_budget": "50.00"}, "daily_budget"),
    "a text where a list belongs": ({"special_ad_categories": "NONE"}, "special_ad_categories"),
    "a truth in letters": ({"is_adset_budget_sharing_enabled": "no"}, "is_adset_budget_sharing_enabled"),
    "a time without its offset": ({"start_time": "2026-12-01T00:00:00"}, "start_time"),
    "a key of a nested object that does not exist": ({"promoted_object": '{"pixel": "1"}'}, "promoted_object.pixel"),
    "a word of a nested enum": ({"promoted_object": '{"custom_event_type": "BUY"}'}, "custom_event_type"),
    "a field that does not exist": ({"fields": "name,colour"}, "colour"),
}


@pytest.mark.parametrize("name", CROOKED)
def test_what_the_sdk_does_not_know_is_found(name: str) -> None:
    params, blamed = CROOKED[name]
    call = {"method": "POST", "path": "act_1/campaigns", "kind": "account", "params": params}
    (problem,) = witness("meta", "shapes.py", given={"calls": [call]})["problems"]
    assert blamed in problem


def test_an_audiences_unknown_key_is_found_at_its_depth() -> None:
    targeting = '{"geo_locations": {"countries": ["US"], "planets": ["Mars"]}, "age_min": "18"}'
    call = {"method": "POST", "path": "act_1/adsets", "kind": "account", "params": {"targeting": targeting}}
    assert witness("meta", "shapes.py", given={"calls": [call]})["problems"] == [
        "AdAccount.create_ad_set: targeting.age_min: '18' is no unsigned int",
        "AdAccount.create_ad_set: targeting.geo_locations.planets: TargetingGeoLocation has no such field",
    ]
