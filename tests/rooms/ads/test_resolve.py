"""What one adapter gets of an ad: the right texts, names, keys, instants and defaults, the same every time."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rooms.ads.files import ACCOUNTS, MEDIA, PICTURES
from tests.rooms.ads.writing import ads, plain_ad

from adloom.ads import naming, resolve, unified
from adloom.core import ids
from adloom.core.errors import Invalid
from adloom.platforms.geography import Place, PlaceQuery
from adloom.platforms.spec import CampaignSpec, Daypart
from adloom.platforms.types import (
    BidStrategy,
    Channel,
    Device,
    Gender,
    LocationType,
    Platform,
    RemoteStatus,
    Weekday,
)

CAMPAIGN = UUID("2682ad1e-f556-4432-8a3a-020b43f9bb0b")
MARKER = ids.marker(CAMPAIGN)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def _spec(data: dict[str, Any], platform: Platform = Platform.GOOGLE_ADS, **more: Any) -> CampaignSpec:
    values = {"account": ACCOUNTS[platform], "campaign_id": CAMPAIGN, "media": MEDIA, "start": NOW, **more}
    return resolve.campaign_spec(unified.parse(data), platform=platform, **values)


def _with_groups(*groups: tuple[str, list[str]], **changes: Any) -> dict[str, Any]:
    written = [{"name": name, "ads": [{"name": ad} for ad in ads]} for name, ads in groups]
    return plain_ad(ad_groups=written, **changes)


def test_an_ad_without_groups_is_one_group_with_one_ad_named_by_the_marker() -> None:
    spec = _spec(plain_ad())
    (group,) = spec.groups
    (ad,) = group.ads
    assert (spec.name, spec.marker) == (f"Spring sale {MARKER}", MARKER)
    assert (group.key, group.name) == ("main", f"main {MARKER}")
    assert (ad.key, ad.name) == ("main", f"main main {MARKER}")


def test_what_is_not_said_has_defaults_that_widen_nothing() -> None:
    spec = _spec(plain_ad())
    targeting = spec.groups[0].targeting
    assert (targeting.age_min, targeting.age_max, targeting.genders) == (18, None, (Gender.ANY,))
    assert targeting.devices == tuple(Device)
    assert spec.channel is Channel.SEARCH
    assert spec.desired_status is RemoteStatus.PAUSED
    assert spec.budget.bidding.strategy is BidStrategy.MAX_CLICKS
    assert _spec(plain_ad(), Platform.TIKTOK_ADS).channel is Channel.FEED
    wanted = plain_ad(objective="CONVERSIONS", conversion={"event": "PURCHASE"}, desired_status="ACTIVE")
    assert _spec(wanted).budget.bidding.strategy is BidStrategy.MAX_CONVERSIONS
    assert _spec(wanted).desired_status is RemoteStatus.ACTIVE


def test_fields_are_replaced_one_by_one_shared_then_the_ads_then_the_platforms() -> None:
    data = _with_groups(("main", ["a", "b"]))
    data["ad_groups"][0]["ads"][0]["creative"] = {"headlines": ["Own 1", "Own 2", "Own 3"], "brand_name": "Own"}
    data["ad_groups"][0]["targeting"] = {"languages": ["de"]}
    data["platforms"]["google_ads"]["creative"] = {"brand_name": "Google's"}
    google, meta = _spec(data), _spec(data, Platform.FACEBOOK_ADS)
    first, second = google.groups[0].ads
    assert first.creative.headlines == ("Own 1", "Own 2", "Own 3")
    assert second.creative.headlines == ("Spring sale", "Run faster", "Free shipping")
    assert (first.creative.brand_name, meta.groups[0].ads[0].creative.brand_name) == ("Google's", "Own")
    assert google.groups[0].targeting.languages == ("de",)
    assert google.groups[0].targeting.locations[0].country == "US"


def test_an_empty_list_takes_a_shared_list_away_and_null_does_not() -> None:
    data = plain_ad()
    data["creative"]["display_paths"] = ["shoes"]
    data["platforms"]["google_ads"]["creative"] = {"display_paths": [], "headlines": None}
    creative = _spec(data).groups[0].ads[0].creative
    assert creative.display_paths == ()
    assert creative.headlines == ("Spring sale", "Run faster", "Free shipping")


def test_a_platforms_own_budget_and_account_facts_win() -> None:
    own = {"type": "DAILY", "amount": {"value": "55.5", "currency": "EUR"}}
    data = plain_ad()
    data["platforms"]["facebook_ads"]["budget"] = own
    meta = _spec(data, Platform.FACEBOOK_ADS)
    assert (meta.budget.money.amount, meta.budget.money.currency) == (Decimal("55.5"), "EUR")
    assert _spec(data).budget.money.currency == "USD"
    assert meta.account.attributes == {"page_id": "11", "pixel_id": "12"}
    tiktok = _spec(data, Platform.TIKTOK_ADS).account.attributes
    assert tiktok == {"pixel_id": "22", "identity_id": "21", "identity_type": "TT_USER"}
    assert _spec(data, Platform.MICROSOFT_ADS).account.attributes == {"customer_id": "2"}


def test_files_come_by_their_assets_and_a_missing_one_is_left_out() -> None:
    data = plain_ad()
    data["creative"].update(PICTURES)
    creative = _spec(data).groups[0].ads[0].creative
    assert [image.file.asset_id for image in creative.images] == ["wide", "square"]
    assert creative.videos[0].cover is MEDIA["cover"]
    assert _spec(data, media={}).groups[0].ads[0].creative.images == ()


@pytest.mark.parametrize(
    ("schedule", "start", "end"),
    [
        ({}, NOW, None),
        ({"start": "2026-01-01T00:00:00"}, NOW, None),
        (
            {"start": "2026-12-01T08:00", "end": "2026-12-31T23:59:59"},
            datetime(2026, 12, 1, 16, 0, tzinfo=UTC),
            datetime(2027, 1, 1, 7, 59, 59, tzinfo=UTC),
        ),
        (
            {"end": "2026-12-31T23:59:59", "time_zone": "Asia/Kolkata"},
            NOW,
            datetime(2026, 12, 31, 18, 29, 59, tzinfo=UTC),
        ),
        (
            {"end": "2026-12-31T23:59:59Z", "time_zone": "Asia/Kolkata"},
            NOW,
            datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        ),
        # 02:30 does not exist on that night, and 01:30 comes twice on the other.
        ({"end": "2027-03-14T02:30", "time_zone": "America/New_York"}, NOW, datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        ({"end": "2027-11-07T01:30", "time_zone": "America/New_York"}, NOW, datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
    ],
)
def test_local_times_become_instants(schedule: dict[str, str], start: datetime, end: datetime | None) -> None:
    resolved = _spec(plain_ad(schedule=schedule)).schedule
    assert (resolved.start, resolved.end) == (start, end)


def test_hours_become_minutes_of_the_day() -> None:
    window = {"days": ["MON", "SUN"], "start": "09:30", "end": "24:00"}
    (daypart,) = _spec(plain_ad(schedule={"dayparting": [window]})).schedule.dayparting
    assert daypart == Daypart((Weekday.MON, Weekday.SUN), 570, 1440)


def test_macros_are_resolved_for_one_ad_and_for_many() -> None:
    tracking = {"params": {"src": "{platform}", "camp": "{campaign}/{marker}", "what": "{ad_group}.{ad}"}}
    one = _spec(plain_ad(tracking=tracking))
    assert one.tracking == {"src": "google_ads", "camp": f"Spring sale/{MARKER}", "what": "main.main"}
    assert one.groups[0].ads[0].creative.landing_url == "https://example.com/spring"
    data = _with_groups(("East", ["a", "b"]), tracking=tracking)
    data["creative"]["landing_url"] = "https://example.com/spring?x=1#top"
    many = _spec(data)
    assert many.tracking == {"src": "google_ads", "camp": f"Spring sale/{MARKER}"}
    urls = [ad.creative.landing_url for ad in many.groups[0].ads]
    assert urls == [f"https://example.com/spring?x=1&what=East.{name}#top" for name in "ab"]


def test_the_channel_and_what_a_person_opted_in_to_reach_the_adapter() -> None:
    data = plain_ad()
    data["platforms"]["google_ads"] |= {"channel": "DISPLAY"}
    data["platforms"]["microsoft_ads"] |= {"overrides": {"search_partners": True}}
    assert _spec(data, Platform.GOOGLE_ADS).channel is Channel.DISPLAY
    assert _spec(data, Platform.GOOGLE_ADS).overrides == {}
    assert _spec(data, Platform.MICROSOFT_ADS).overrides == {"search_partners": True}


def test_a_clients_template_names_the_campaign_and_has_to_hold_the_marker() -> None:
    assert _spec(plain_ad(), naming_template="ACME | {marker} | {name}").name == f"ACME | {MARKER} | Spring sale"
    with pytest.raises(Invalid, match="marker"):
        _spec(plain_ad(), naming_template="{name}")


def test_a_name_that_would_be_too_long_is_cut_before_its_marker() -> None:
    name = _spec(plain_ad(name="x" * 100), naming_template="A long prefix for everybody: {name} {marker}").name
    assert len(name) == naming.MAX_NAME
    assert name.endswith(f"x {MARKER}")


def test_names_that_slug_alike_have_keys_of_their_own() -> None:
    assert naming.keys(["A b", "a-b", "A  B!", "春", "日"], fallback="ad") == ("a-b", "a-b-2", "a-b-3", "ad", "ad-2")


@settings(max_examples=60, deadline=None)
@given(ads(), st.sampled_from(Platform))
def test_any_good_ad_resolves_to_unique_names_and_keys_and_twice_to_the_same(
    data: dict[str, Any], platform: Platform
) -> None:
    if platform.value not in data["platforms"]:
        with pytest.raises(KeyError):
            _spec(data, platform)
        return
    spec = _spec(data, platform)
    assert spec == _spec(data, platform)
    names = [spec.name, *(ad.name for group in spec.groups for ad in group.ads)]
    assert all(MARKER in name and len(name) <= naming.MAX_NAME for name in names)
    assert len({name.casefold() for name in names[1:]}) == len(names) - 1
    assert len({group.key for group in spec.groups}) == len(spec.groups)
    assert spec.groups[0].targeting.locations


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ({"code": "US-CA"}, "California"),
        ({"code": "ES-CT"}, "Catalunya"),
        ({"code": "DE-BY", "name": "Bavaria"}, "Bavaria"),
        ({"code": "US-ZZ"}, None),
    ],
)
def test_a_region_is_called_as_the_ad_calls_it_or_as_the_standard_does(
    location: dict[str, Any], name: str | None
) -> None:
    spec = _spec(plain_ad(targeting={"locations": [{"type": "REGION", **location}]}))
    (place,) = spec.groups[0].targeting.locations
    assert (place.name, place.places) == (name, None)


def test_places_are_where_the_platform_said_and_the_rest_was_never_asked_for() -> None:
    chicago = PlaceQuery(LocationType.CITY, "US", None, "Chicago")
    told = (Place("1016367", "Chicago, Illinois, US"),)
    cities = [{"type": "CITY", "country": "US", "name": name} for name in ("Chicago", "Boston")]
    spec = _spec(plain_ad(targeting={"locations": cities}), places={chicago: told})
    assert [place.places for place in spec.groups[0].targeting.locations] == [told, None]
    assert [place.place_id for place in spec.groups[0].targeting.locations] == ["1016367", None]
