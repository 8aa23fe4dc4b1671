"""Any ad that Meta's preflight lets pass is taken by the sandbox and fits the SDK; all others are given a reason."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.contract.test_meta_bodies import Tap, held, tapped
from tests.platforms import feed_specs, specs
from tests.platforms.conftest import Live

from adloom.core.money import Money
from adloom.platforms.spec import (
    Bidding,
    Budget,
    CampaignSpec,
    Conversion,
    Daypart,
    Declarations,
    Interest,
    Location,
    Schedule,
)
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    CallToAction,
    ConversionEvent,
    Device,
    Gender,
    LocationType,
    Objective,
    Operation,
    RemoteStatus,
    Weekday,
)

__all__ = ["tapped"]

EXAMPLES = 40

PLACES = (
    Location(LocationType.COUNTRY, country="US"),
    Location(LocationType.COUNTRY, country="FR"),
    Location(LocationType.POSTAL, country="US", code="94304"),
    Location(LocationType.RADIUS, lat=Decimal("-33.9"), lon=Decimal("151.2"), radius_km=Decimal("25.5")),
)
REGION = Location(LocationType.REGION, country="US", code="US-CA")
NOT_THERE = Location(LocationType.COUNTRY, country="CA", exclude=True)
HOURS = (
    Daypart((Weekday.MON, Weekday.SUN), 540, 1080),
    Daypart((Weekday.FRI,), 0, 1440),
    Daypart((Weekday.TUE,), 30, 90),
)


def some(values: Any, *, least: int = 1, most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    """Some of these values, each once."""
    return st.lists(st.sampled_from(list(values)), min_size=least, max_size=most, unique=True).map(tuple)


def mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The usual, and one time in eight the odd."""
    return st.integers(0, 7).flatmap(lambda draw: odd if draw == 7 else usual)


audiences = st.fixed_dictionaries(
    {
        "locations": st.builds(
            lambda *parts: tuple(place for part in parts for place in part),
            some(PLACES),
            some([NOT_THERE], least=0, most=1),
            mostly(st.just(()), st.just((REGION,))),
        ),
        "languages": some(("en", "de", "nl", "mt"), least=0),
        "age_min": mostly(st.integers(18, 40), st.sampled_from((10, 13, 66))),
        "age_max": mostly(st.none() | st.integers(41, 70), st.integers(12, 17)),
        "genders": some(Gender, most=2),
        "devices": mostly(st.just((Device.MOBILE,)) | some(Device), st.just((Device.TABLET,))),
        "interests": some((Interest("facebook_ads", "6003107902433"), Interest("unified", "sports")), least=0),
        "audiences_include": some(("23840000000000001",), least=0, most=1),
    }
)
creatives = st.fixed_dictionaries(
    {
        "primary_text": st.none() | st.sampled_from(("Spring sale", "Zwölf Böen 🏃", 'Twenty % & more = "less"')),
        "call_to_action": st.none() | st.sampled_from(list(CallToAction)),
        "display_paths": some(("shoes", "sale"), least=0, most=2),
        "headlines": some(("Run", "Walk"), least=0, most=2),
    }
)
SELLING = (Objective.CONVERSIONS, Objective.LEADS)


@st.composite
def biddings(draw: st.DrawFn, objective: Objective) -> Bidding:
    """A strategy that the objective mostly allows, mostly with a target where it takes one."""
    fitting = list(BidStrategy) if objective in SELLING else [BidStrategy.MAX_CLICKS, BidStrategy.BID_CAP]
    strategy = draw(mostly(st.sampled_from(fitting), st.sampled_from(list(BidStrategy))))
    if strategy in (BidStrategy.TARGET_CPA, BidStrategy.TARGET_ROAS, BidStrategy.BID_CAP):
        good, bad = [Decimal("2.5"), Decimal("0.75"), Decimal(40)], [None, Decimal("19.99999"), Decimal(0)]
        return Bidding(strategy, draw(mostly(st.sampled_from(good), st.sampled_from(bad))))
    return Bidding(strategy)


@st.composite
def budgets(draw: st.DrawFn, objective: Objective) -> Budget:
    """An amount that Meta mostly has units for."""
    kind = draw(st.sampled_from(list(BudgetType)))
    good, bad = [Decimal("500.55"), Decimal(5000), Decimal("120.01")], [Decimal("0.01"), Decimal("7.005")]
    amount = draw(mostly(st.sampled_from(good), st.sampled_from(bad)))
    return Budget(kind, Money(amount, "USD"), draw(biddings(objective)))


@st.composite
def declarations(draw: st.DrawFn) -> Declarations:
    """What a person mostly says."""
    special = draw(mostly(st.just(()), st.sampled_from([None, ("HOUSING",), ("ONLINE_GAMBLING_AND_GAMING",)])))
    said = draw(mostly(st.just("Acme"), st.none()))
    countries = ("US",) if special else ()
    return Declarations(
        special_categories=special, special_category_countries=countries, dsa_beneficiary=said, dsa_payor=said
    )


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """What an ad asks for beside who it is and when it runs."""
    objective = draw(st.sampled_from(list(Objective)))
    budget = draw(budgets(objective))
    events = st.sampled_from(list(ConversionEvent)).map(Conversion)
    lifetime = budget.type is BudgetType.LIFETIME
    return {
        "objective": objective,
        "budget": budget,
        "conversion": draw(mostly(events if objective in SELLING else st.none(), st.none() | events)),
        "declarations": draw(declarations()),
        "desired_status": draw(st.sampled_from([RemoteStatus.ACTIVE, RemoteStatus.PAUSED])),
        "audience": draw(audiences),
        "creative": draw(creatives),
        "hours": draw(some(HOURS, least=0, most=1) if lifetime else mostly(st.just(()), some(HOURS))),
        "size": draw(st.sampled_from([(1, 1), (2, 2)])),
    }


def _spec(live: Live, asked: dict[str, Any], **more: Any) -> CampaignSpec:
    groups, ads = asked["size"]
    own = ("objective", "budget", "conversion", "declarations", "desired_status")
    spec = live.spec(groups=groups, ads=ads, **{name: asked[name] for name in own}, **more)
    spec = feed_specs.with_creative(specs.with_targeting(spec, **asked["audience"]), **asked["creative"])
    return dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, dayparting=asked["hours"]))


#: An example is many calls: shrinking one would take longer than all the rest.
FEW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_what_preflight_lets_pass_is_taken_and_fits_the_sdk(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    taken: list[str] = []

    @FEW
    @given(changes())
    def every_ad(asked: dict[str, Any]) -> None:
        spec = _spec(live, asked)
        found = live.adapter.preflight(spec)
        if found.errors:
            assert all(error.field and error.rule and error.fix for error in found.errors)
        elif not _is_small(spec):
            live.sandbox.control("reset", {})
            live.run(spec, Operation.CREATE, {})
            taken.append(spec.name)

    every_ad()
    assert len(taken) >= EXAMPLES // 6
    assert held(tap)


def test_an_ad_that_was_changed_is_the_ad_that_would_have_been_made(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    changed: list[str] = []

    @FEW
    @given(changes(), changes())
    def every_change(asked: dict[str, Any], wanted: dict[str, Any]) -> None:
        before = _spec(live, _still(asked))
        kept = {name: asked[name] for name in ("objective", "conversion")}
        budget = dataclasses.replace(wanted["budget"], type=asked["budget"].type, bidding=asked["budget"].bidding)
        after = _spec(live, _still({**wanted, **kept, "budget": budget}), campaign_id=before.campaign_id)
        update = dataclasses.replace(after, schedule=_of(before, after), standing=(before,))
        if any(live.adapter.preflight(each).errors or _is_small(each) for each in (before, update)):
            return
        live.sandbox.control("reset", {})
        ids: dict[str, str] = {}
        live.run(before, Operation.CREATE, ids)
        live.run(update, Operation.UPDATE, ids)
        updated = _stands(live)
        live.sandbox.control("reset", {})
        live.run(update, Operation.CREATE, {})
        assert updated == _stands(live)
        changed.append(after.name)

    every_change()
    assert len(changed) >= EXAMPLES // 10
    assert held(tap)


def _still(asked: dict[str, Any]) -> dict[str, Any]:
    """The same ad with a picture in place of a film, which takes seconds to be prepared."""
    objective = Objective.TRAFFIC if asked["objective"] is Objective.VIDEO_VIEWS else asked["objective"]
    return {**asked, "objective": objective}


def _of(before: CampaignSpec, after: CampaignSpec) -> Schedule:
    """The hours of one ad in the flight of another: a flight that has begun keeps its start."""
    return dataclasses.replace(before.schedule, dayparting=after.schedule.dayparting)


def _stands(live: Live) -> dict[str, Any]:
    """What the platform holds by name, without ids, times, and what is as if it were not there."""
    objects = {item["id"]: item for item in live.objects() if item["deleted_at"] is None}
    creatives = {id_: item["fields"] for id_, item in objects.items() if item["type"] == "adcreative"}
    found: dict[str, Any] = {}
    for item in objects.values():
        if item["type"] not in ("campaign", "adset", "ad"):
            continue
        passing = (
            (*PASSING, "start_time") if item["type"] == "campaign" else PASSING
        )  # a campaign starts when it is made
        fields = {name: value for name, value in item["fields"].items() if name not in passing and value not in NOTHING}
        if "creative_id" in fields:
            fields["creative"] = creatives[fields.pop("creative_id")]
        found[item["name"]] = (item["type"], fields)
    return found


#: Fields that tell of the way and not of the end: a statement that is not needed any more stays where it was made.
PASSING = ("updated_time", "dsa_beneficiary", "dsa_payor")
NOTHING: tuple[Any, ...] = (None, [], ["standard"], "0")


def _is_small(spec: CampaignSpec) -> bool:
    """Whether an ad set's share is below the minimum of the account's currency, which Meta tells by a call alone."""
    days = 60 if spec.budget.type is BudgetType.LIFETIME else 1
    return spec.budget.money.amount / len(spec.groups) < days
