"""Meta's adapter on the sandbox, beyond the common contract: kinds of ads, money, review, login."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.holding import Tap, complaints
from tests.platforms import feed_specs
from tests.platforms.conftest import Live

from adloom.core.errors import CredentialsExpired, OutcomeUnknown, Rejected, Throttled, Unavailable
from adloom.core.money import Money
from adloom.core.settings import Settings
from adloom.core.time import now, today
from adloom.platforms.contract import Connection
from adloom.platforms.http import Http
from adloom.platforms.meta import calls
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import CampaignSpec, Conversion, Daypart, Interest, Location, Video
from adloom.platforms.types import (
    BudgetType,
    ConversionEvent,
    DeliveryState,
    Gender,
    LocationType,
    Objective,
    Operation,
    Platform,
    RemoteStatus,
    Weekday,
)


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.FACEBOOK_ADS)


def _deploy(live: Live, spec: CampaignSpec) -> dict[str, str]:
    assert live.adapter.preflight(spec).errors == ()
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    return ids


def _fields(live: Live, platform_id: str) -> Mapping[str, Any]:
    found = next(each for each in live.objects() if each["id"] == platform_id)
    fields: Mapping[str, Any] = found["fields"]
    return fields


def test_a_video_ad_waits_for_the_film_and_shows_it(live: Live) -> None:
    spec = live.spec(objective=Objective.VIDEO_VIEWS)
    ids = _deploy(live, spec)
    story = _fields(live, ids["creative/g0/a0"])["object_story_spec"]
    assert story["video_data"]["video_id"] == ids["asset/film"]
    assert story["video_data"]["image_hash"] == ids["asset/cover"]


def test_a_conversion_ad_counts_one_event_as_the_ledger_does(live: Live) -> None:
    ids = _deploy(live, feed_specs.selling(live.spec()))
    live.sandbox.control("clock", {"advance": "P6D"})
    events = {ids["campaign"]: ConversionEvent.PURCHASE}
    until = date.fromisoformat(live.sandbox.control("clock")["now"][:10])
    since = today("America/Los_Angeles") - timedelta(days=1)
    facts = list(live.adapter.daily(live.connection, account=live.account, since=since, until=until, events=events))
    rows = live.sandbox.control("ledger", platform="facebook_ads", grain="day")["delivery"]
    truth = {row["date"]: row for row in rows if row["impressions"]}
    assert len(facts) > 3
    for fact in facts:
        row = truth[fact.date.isoformat()]
        assert fact.conversions == Decimal(row["conversions"])
        assert fact.conversion_value == Decimal(row["conversion_value"])


def test_conversions_are_unknown_where_nobody_chose_what_counts(live: Live) -> None:
    ids = _deploy(live, feed_specs.selling(live.spec()))
    live.sandbox.control("clock", {"advance": "P3D"})
    since = today("America/Los_Angeles")
    facts = list(
        live.adapter.daily(
            live.connection, account=live.account, since=since, until=since + timedelta(days=3), events={}
        )
    )
    assert {fact.platform_campaign_id for fact in facts} == {ids["campaign"]}
    assert {fact.conversions for fact in facts} == {None}


def test_everything_that_meta_can_be_told_is_taken(live: Live) -> None:
    spec = feed_specs.with_targeting(
        live.spec(days=20, groups=2),
        age_min=21,
        age_max=54,
        genders=(Gender.FEMALE,),
        locations=(
            Location(LocationType.COUNTRY, country="US"),
            Location(LocationType.COUNTRY, country="DE"),
            Location(
                LocationType.RADIUS, country="CA", lat=Decimal("43.65"), lon=Decimal("-79.38"), radius_km=Decimal(25)
            ),
            Location(LocationType.POSTAL, country="US", code="94304", exclude=True),
        ),
        interests=(Interest("facebook_ads", "6003107902433"),),
    )
    spec = dataclasses.replace(
        spec,
        budget=dataclasses.replace(spec.budget, type=BudgetType.LIFETIME, money=Money(Decimal("2000.01"), "USD")),
        schedule=dataclasses.replace(spec.schedule, dayparting=(Daypart((Weekday.SUN, Weekday.SAT), 9 * 60, 18 * 60),)),
        declarations=dataclasses.replace(spec.declarations, dsa_beneficiary="Acme", dsa_payor="Acme"),
    )
    ids = _deploy(live, spec)
    budgets = [int(_fields(live, ids[f"ad_group/g{n}"])["lifetime_budget"]) for n in (0, 1)]
    assert budgets == [100001, 100000]


@pytest.mark.parametrize(
    ("currency", "amount", "units"),
    [("HUF", "20000", "20000"), ("JPY", "8000", "8000"), ("RSD", "6000.50", "600050"), ("BHD", "25.25", "2525")],
)
def test_money_arrives_in_metas_own_units(live: Live, currency: str, amount: str, units: str) -> None:
    live.sandbox.control("account", {"platform": "facebook_ads", "action": "currency", "value": currency})
    spec = feed_specs.with_budget(live.spec(), amount, currency=currency)
    ids = _deploy(live, spec)
    assert str(_fields(live, ids["ad_group/g0"])["daily_budget"]) == units


@pytest.mark.parametrize("objective", list(Objective))
def test_every_objective_stands_on_the_platform(live: Live, objective: Objective) -> None:
    spec = live.spec(objective=objective)
    if objective in (Objective.CONVERSIONS, Objective.LEADS):
        spec = dataclasses.replace(spec, conversion=Conversion(ConversionEvent.LEAD))
    assert _deploy(live, spec)["campaign"]


def test_a_rejected_ad_says_why(live: Live) -> None:
    ids = _deploy(live, live.spec())
    live.sandbox.control(
        "review",
        {"platform": "facebook_ads", "ad": ids["ad/g0/a0"], "verdict": "reject", "reason": "Misleading claims"},
    )
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.REJECTED
    assert "DISAPPROVED" in seen.words
    assert any("Misleading claims" in reason for reason in seen.reasons)


def test_review_comes_before_delivery(live: Live) -> None:
    ids = _deploy(live, live.spec())
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.IN_REVIEW
    live.sandbox.control("clock", {"advance": "P2D"})
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.delivery is DeliveryState.ACTIVE


def test_a_campaign_made_paused_is_resumed_from_its_ads_up(live: Live) -> None:
    spec = live.spec(desired_status=RemoteStatus.PAUSED)
    ids = _deploy(live, spec)
    steps = [step.key for step, _ in live.run(spec, Operation.RESUME, ids)]
    assert steps == ["activate/ad/g0/a0", "activate/ad_group/g0", "resume"]
    assert {each["status"] for each in live.objects() if each["type"] in ("campaign", "adset", "ad")} == {"ACTIVE"}


def test_a_refusal_keeps_metas_words_and_names_the_field(live: Live) -> None:
    spec = feed_specs.with_budget(live.spec(), "0.05")
    with pytest.raises(Rejected) as caught:
        _deploy(live, spec)
    assert caught.value.words
    assert caught.value.request_id
    assert caught.value.platform_code.startswith("100/")


def test_a_throttled_account_is_left_alone_as_long_as_its_header_says(live: Live) -> None:
    live.fault("throttle")
    with pytest.raises(Throttled) as caught:
        live.adapter.accounts(live.connection)
    wait = caught.value.retry_at - now()
    assert timedelta(seconds=30) < wait < timedelta(hours=2)


def test_a_login_is_exchanged_for_a_fresh_one_that_works(live: Live) -> None:
    before = live.login.current
    renewed = live.login.renew()
    assert renewed.access_token != before.access_token
    assert renewed.expires_at is not None
    assert timedelta(days=50) < renewed.expires_at - now() < timedelta(days=70)
    assert live.adapter.accounts(live.connection)


def test_a_revoked_login_needs_a_person(live: Live) -> None:
    live.sandbox.control("account", {"platform": "facebook_ads", "action": "revoke"})
    with pytest.raises(CredentialsExpired):
        live.adapter.accounts(live.connection)


def test_a_film_that_is_not_ready_in_time_is_asked_for_again_and_not_sent_again(live: Live) -> None:
    spec = live.spec(objective=Objective.VIDEO_VIEWS)
    step = next(step for step in live.adapter.steps(spec, operation=Operation.CREATE) if step.asset_id == "film")
    graph = Graph(live.connection, account=live.account.external_id)
    with pytest.raises(OutcomeUnknown):
        calls.execute(graph, spec=spec, step=step, ids={}, sleep=lambda _: None)
    found = calls.find(graph, spec=spec, step=step, ids={})
    assert found is not None
    assert found.adopted


def test_all_pages_are_read_by_the_cursor(live: Live) -> None:
    ids = _deploy(live, live.spec(ads=3))
    graph = Graph(live.connection, account=live.account.external_id)
    rows = graph.rows(f"{ids['campaign']}/ads", endpoint="ads", params={"fields": "id"}, limit="1")
    assert {row["id"] for row in rows} == {ids[f"ad/g0/a{n}"] for n in range(3)}


def test_a_list_whose_cursor_lapses_between_two_pages_is_to_be_read_anew_and_not_given_up(live: Live) -> None:
    ids = _deploy(live, live.spec(ads=3))
    graph = Graph(live.connection, account=live.account.external_id)
    rows = graph.rows(f"{ids['campaign']}/ads", endpoint="ads", params={"fields": "id"}, limit="1")
    next(rows)
    live.fault("expired")
    with pytest.raises(Unavailable, match="anew"):
        next(rows)


def test_a_call_without_the_apps_proof_is_made_where_the_secret_is_unknown(live: Live) -> None:
    live.login.current = dataclasses.replace(live.login.current, client_secret=None)
    assert live.adapter.accounts(live.connection)
    live.login.current = dataclasses.replace(live.login.current, client_secret="not the app's")
    with pytest.raises(Rejected):
        live.adapter.accounts(live.connection)


def test_with_an_ad_set_that_is_taken_away_go_its_ads(live: Live) -> None:
    before = live.spec(groups=2, ads=2)
    ids = _deploy(live, before)
    after = dataclasses.replace(before, groups=before.groups[:1], standing=(before,))
    done = {step.key: result for step, result in live.run(after, Operation.UPDATE, dict(ids))}
    gone = done["delete/ad_group/g1"].objects
    assert [(each.key, each.platform_id, each.status) for each in gone] == [
        (key, ids[key], "DELETED") for key in ("ad_group/g1", "ad/g1/a0", "ad/g1/a1")
    ]
    assert _fields(live, ids["ad_group/g0"])["daily_budget"] == "5000", "what is left gets the whole budget"


def test_an_update_keeps_what_it_sets_and_not_the_status(live: Live) -> None:
    before = live.spec()
    ids = _deploy(live, before)
    after = dataclasses.replace(
        before, budget=dataclasses.replace(before.budget, money=Money(Decimal("80"), "USD")), standing=(before,)
    )
    ((step, result),) = live.run(after, Operation.UPDATE, ids)
    (item,) = result.objects
    assert (step.key, item.key, item.status, item.parent_key) == ("update/ad_group/g0", "ad_group/g0", None, "campaign")
    assert (item.applied["daily_budget"], item.applied["campaign_id"]) == (8000, ids["campaign"])


@pytest.mark.parametrize(
    ("host", "ways"),
    [
        ("files.example.com", ["file_url"]),
        ("files.example.invalid", ["file_url", "source"]),
        (None, ["source"]),
    ],
)
def test_a_large_film_is_fetched_by_meta_and_sent_where_it_cannot_be(
    live: Live, settings: Settings, host: str | None, ways: list[str]
) -> None:
    """The bytes are sent only after Meta said that it could not fetch them, which proves that nothing was made."""
    tap = Tap()
    wire = Http.from_settings(settings, throttle=tap)
    link = None if host is None else f"https://{host}/files/film.mp4"
    large = dataclasses.replace(feed_specs.FILM, size=calls.BY_LINK_BYTES + 1, link=lambda: link)
    spec = feed_specs.with_creative(
        live.spec(objective=Objective.VIDEO_VIEWS), videos=(Video(large, feed_specs.COVER),)
    )
    _deploy(dataclasses.replace(live, connection=Connection(wire, live.login)), spec)
    wire.close()
    asked = [answer.request for answer in tap.answers if answer.request.endpoint == "POST advideos"]
    sent = [{*(request.form or {}), *(request.files or {})} & {"file_url", "source"} for request in asked]
    assert sent == [{way} for way in ways]
    assert complaints(Platform.FACEBOOK_ADS, tap.answers) == []
