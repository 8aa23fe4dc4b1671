"""Lists that PostgreSQL builds in JSON: byte by byte what their shapes promise, page by page what their rows are."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from tests.doors.visitors import Visitor
from tests.rooms import rows

from adloom.ads import queries as ads
from adloom.api import campaigns as shown
from adloom.api.ads import AdSummary
from adloom.api.assets import Asset
from adloom.api.campaigns import Campaign
from adloom.api.shapes import ListOf
from adloom.assets import queries as assets
from adloom.campaigns import queries as campaigns
from adloom.campaigns.types import CampaignStatus
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.db import engine, listing
from adloom.db import session as db
from adloom.db.listing import Listing
from adloom.identity import actions as identity
from adloom.platforms.types import Platform

_LISTS = ("/v1/campaigns", "/v1/ads", "/v1/assets")
_ODD = 'Ümläut "quoted" \\ back\nline 漢字 €'

_TOUCHED = text(
    """
    UPDATE campaigns
    SET
        last_sync_at = '2026-03-29 01:30:00+00',
        deleted_at = '2026-03-29 02:30:00.5+02',
        delivery_words = :words,
        error_message = 'no',
        platform_data = '{"reasons": ["one", "two"]}'
    WHERE id = :id
    """
)
_BUDGET = text(
    """
    UPDATE ads
    SET
        budget_data = '{"amount": "25.50", "currency": "USD", "days": 3}',
        unified_data = '{"objective": "traffic", "platforms": {"tiktok_ads": {}, "meta_ads": {}}}'
    """
)
# A picture, a film and a document: each has parts that the others lack.
_ASSETS = text(
    """
    INSERT INTO assets (
        user_id, filename, original_filename, kind, mime_type, file_size, width, duration, sha256, md5, storage_key,
        file_url, thumbnail_url, metadata
    )
    SELECT
        current_tenant(), :name, :name, kind, 'a/b', 7, width, duration, repeat(md5(kind), 2), md5(kind), 'a',
        'file://a', thumbnail_url, CAST(metadata AS jsonb)
    FROM (
        VALUES
            ('image', 1200, NULL, 'file://t', '{"ratio": "1.91", "mode": "RGB"}'),
            ('video', 640, 3, 'file://t', '{"fps": "29.97", "duration_ms": 2300, "codec": "h264"}'),
            ('document', NULL, NULL, NULL, NULL)
    ) AS files (kind, width, duration, thumbnail_url, metadata)
    """
)


def _filled(actor: Actor) -> None:
    google, meta = rows.account(actor), rows.account(actor, Platform.FACEBOOK_ADS, client_id=rows.client(actor))
    odd, *_ = [rows.campaign(actor, google, platform_campaign_id=str(n), name=f"{_ODD} {n}") for n in range(3)]
    rows.campaign(actor, meta, platform_campaign_id="4")
    with db.transaction(actor) as session:
        session.execute(_TOUCHED, {"id": odd, "words": _ODD})
        session.execute(_BUDGET)


def _same(passed: bytes, expected: BaseModel) -> None:
    """The same JSON value, and one that its shape takes; moments are the same to the microsecond."""
    read = type(expected).model_validate_json(passed, strict=False)
    assert read == expected
    assert json.loads(passed).keys() == json.loads(expected.model_dump_json()).keys()
    for ours, theirs in zip(json.loads(passed)["items"], json.loads(expected.model_dump_json())["items"], strict=True):
        assert list(ours) == list(theirs)
        assert {type(value) for value in ours.values()} == {type(value) for value in theirs.values()}


@pytest.mark.parametrize("limit", [1, 2, 4, 50])
def test_every_page_of_campaigns_is_what_its_rows_are(actor: Actor, limit: int) -> None:
    _filled(actor)
    after, seen = None, 0
    while True:
        page = campaigns.page(actor, limit=limit, after=after)
        _same(
            listing.page(actor, campaigns.listed(limit=limit, after=after)),
            ListOf[Campaign](items=[shown.campaign(view) for view in page.items], next=page.next),
        )
        seen, after = seen + len(page.items), page.next
        if after is None:
            break
    assert seen == 4


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_every_page_of_ads_is_what_its_rows_are(actor: Actor, limit: int) -> None:
    _filled(actor)
    after, seen = None, 0
    while True:
        page = ads.list(actor, limit=limit, after=after)
        items = [AdSummary.model_validate(ad) for ad in page.items]
        _same(listing.page(actor, ads.listed(limit=limit, after=after)), ListOf[AdSummary](items=items, next=page.next))
        seen, after = seen + len(page.items), page.next
        if after is None:
            break
    assert seen == 4


@pytest.mark.parametrize("limit", [1, 50])
def test_every_page_of_assets_is_what_its_rows_are(actor: Actor, limit: int) -> None:
    with db.transaction(actor) as session:
        session.execute(_ASSETS, {"name": _ODD})
    after, seen = None, 0
    while True:
        page = assets.list(actor, limit=limit, after=after)
        items = [Asset.model_validate(asset) for asset in page.items]
        _same(listing.page(actor, assets.listed(limit=limit, after=after)), ListOf[Asset](items=items, next=page.next))
        seen, after = seen + len(page.items), page.next
        if after is None:
            break
    assert seen == 3


def test_filters_hold_for_passed_pages(actor: Actor) -> None:
    _filled(actor)

    def names(listed: Listing) -> int:
        return len(json.loads(listing.page(actor, listed))["items"])

    assert names(campaigns.listed(platform=Platform.FACEBOOK_ADS)) == 1
    assert names(campaigns.listed(status=CampaignStatus.PAUSED)) == 0
    assert names(campaigns.listed(with_deleted=False)) == 3


def test_a_passed_page_shows_no_other_tenants_rows(actor: Actor, second_tenant: Actor) -> None:
    _filled(actor)
    for listed in (campaigns.listed, ads.listed, assets.listed):
        assert json.loads(listing.page(second_tenant, listed())) == {"items": [], "next": None}


def test_a_cursor_that_no_page_gave_is_refused() -> None:
    with pytest.raises(Invalid):
        campaigns.listed(after="nonsense")


@pytest.mark.parametrize("path", _LISTS)
def test_a_list_is_nobodys_once_its_session_has_ended(owner: Visitor, path: str) -> None:
    assert owner.get(path) == {"items": [], "next": None}
    owner.post("/v1/auth/logout", status=204)
    refused = owner.ask("GET", path)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert "items" not in refused.json()


@pytest.mark.parametrize("path", _LISTS)
def test_a_list_is_not_shown_without_a_token_or_by_a_forged_one(owner: Visitor, path: str) -> None:
    head, body, _ = owner.tokens["access_token"].split(".")
    for headers in ({}, {"Authorization": f"Bearer {head}.{body}.forged"}):
        assert owner.http.get(path, headers=headers).status_code == 401


def test_a_list_is_of_the_tenant_and_the_client_that_are_named(owner: Visitor, stranger: Visitor) -> None:
    _filled(owner.actor)
    (named,) = owner.get("/v1/clients")["items"]
    client = named["id"]
    identity.add_member(owner.actor, email="stranger@example.com", role="viewer", client=named["name"])
    there = stranger.sending(x_adloom_tenant=str(owner.id))

    def seen(who: Visitor) -> int:
        return len(who.get("/v1/campaigns")["items"])

    assert [seen(who) for who in (owner, stranger, there)] == [4, 0, 1]
    assert seen(owner.sending(x_adloom_client=client)) == seen(there.sending(x_adloom_client=client)) == 1
    owner.sending(x_adloom_tenant=str(stranger.id)).get("/v1/campaigns", status=404)


def test_who_only_reads_elsewhere_lists_that_tenant_and_nothing_of_their_own(owner: Visitor, stranger: Visitor) -> None:
    _filled(stranger.actor)
    identity.add_member(owner.actor, email="stranger@example.com", role="viewer")
    with engine.owner_connection() as connection:
        connection.execute("UPDATE users SET role = 'viewer' WHERE id = %s", [stranger.id])
    assert stranger.get("/v1/campaigns")["items"] == []


def test_using_a_list_is_noted_with_the_session(owner: Visitor) -> None:
    with engine.owner_connection() as connection:
        connection.execute("UPDATE user_sessions SET last_used_at = now() - interval '6 minutes'")
        owner.get("/v1/campaigns")
        found = connection.execute("SELECT now() - last_used_at < interval '1 minute' FROM user_sessions").fetchall()
    assert found == [(True,)]


def test_a_passed_page_is_json_and_its_shape_stands_in_the_document(owner: Visitor) -> None:
    answer = owner.http.get("/v1/campaigns", headers=owner.headers)
    assert (answer.headers["content-type"], answer.json()) == ("application/json", {"items": [], "next": None})
    paths = owner.http.get("/openapi.json").json()["paths"]
    for path, shape in (("/v1/campaigns", "Campaign"), ("/v1/ads", "AdSummary"), ("/v1/assets", "Asset")):
        schema = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": f"#/components/schemas/ListOf_{shape}_"}
