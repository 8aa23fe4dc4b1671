"""Ads are kept, changed, found and deleted, each by its own tenant; writing one twice is writing it once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.rooms.ads.writing import plain_ad
from tests.rooms.assets import media

from adloom.ads import actions, attachments, queries, unified
from adloom.ads.types import Ad, AdStatus
from adloom.assets import actions as assets
from adloom.assets import queries as asset_queries
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Forbidden, Invalid, NotFound
from adloom.db import session as db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that `_with_files` names."""
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "wide.jpg").write_bytes(media.picture((1200, 628)))
    (tmp_path / "media" / "logo.png").write_bytes(media.picture((200, 200), form="PNG"))
    media.film(tmp_path / "film.mp4")
    return tmp_path


def _with_files(**changes: Any) -> dict[str, Any]:
    data = plain_ad(**changes)
    data["creative"]["images"] = [
        {"asset": "media/wide.jpg", "role": "LANDSCAPE"},
        {"asset": "media/logo.png", "role": "LOGO"},
    ]
    data["creative"]["videos"] = [{"asset": "film.mp4", "cover": "media/wide.jpg"}]
    return data


def _client(actor: Actor, name: str) -> UUID:
    with db.transaction(actor) as session:
        values = {"tenant": actor.tenant_id, "name": name}
        sql = "INSERT INTO clients (user_id, name) VALUES (:tenant, :name) RETURNING id"
        found: UUID = session.execute(text(sql), values).scalar_one()
    return found


def _set_status(actor: Actor, ad: Ad, status: AdStatus) -> None:
    with db.transaction(actor) as session:
        actions.set_status(session, ad_id=ad.id, status=status)


def _refused_fields(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Invalid) as refused:
        call()
    return [error.field for error in refused.value.errors]


def test_a_written_ad_is_a_draft_that_reads_back_as_the_same_ad(actor: Actor) -> None:
    data = plain_ad(
        schedule={"end": "2027-12-31T23:59:59", "time_zone": "America/Los_Angeles"},
        ad_groups=[{"name": "East", "targeting": {"languages": ["en"]}, "ads": [{"name": "a"}, {"name": "b"}]}],
    )
    data["ad_groups"][0]["ads"][1]["creative"] = {"brand_name": "Acme"}
    data["platforms"]["tiktok_ads"]["budget"] = {"amount": {"value": "70.00", "currency": "USD"}}
    ad = actions.create(actor, data=data)
    assert (ad.name, ad.status, ad.client_id) == ("Spring sale", AdStatus.DRAFT, None)
    assert queries.get(actor, ad_id=ad.id) == ad
    assert queries.as_unified(ad) == unified.parse(data)
    assert ad.data == unified.canonical(unified.parse(data))
    json.dumps(ad.data)


def test_the_row_holds_each_part_where_the_schema_has_a_place_for_it(actor: Actor) -> None:
    data = plain_ad(ad_groups=[{"name": "East", "targeting": {"languages": ["en"]}, "ads": [{"name": "a"}]}])
    data["platforms"]["tiktok_ads"]["budget"] = {"amount": {"value": "70.00", "currency": "USD"}}
    ad = actions.create(actor, data=data)
    with db.reading(actor) as session:
        row = session.execute(text("SELECT * FROM ads WHERE id = :id"), {"id": ad.id}).mappings().one()
    assert row["targeting_data"]["locations"][0]["country"] == "US"
    assert row["targeting_data"]["ad_groups"] == {"East": {"languages": ["en"]}}
    assert row["budget_data"]["amount"] == {"value": "60.00", "currency": "USD"}
    assert row["budget_data"]["platforms"]["tiktok_ads"]["amount"]["value"] == "70.00"
    assert not {"name", "targeting", "budget", "schedule", "client"} & row["unified_data"].keys()
    assert row["unified_data"]["objective"] == "TRAFFIC"


def test_files_that_an_ad_names_are_uploaded_and_attached_in_their_roles(actor: Actor, folder: Path) -> None:
    ad = actions.create(actor, data=_with_files(), base=folder)
    with db.reading(actor) as session:
        rows = session.execute(
            text(
                "SELECT asset_type, filename, order_index FROM ad_assets JOIN assets ON assets.id = asset_id"
                " WHERE ad_id = :id ORDER BY order_index"
            ),
            {"id": ad.id},
        ).all()
        files = asset_queries.media_files(session, asset_ids=attachments.asset_ids(queries.as_unified(ad)))
    assert [tuple(row) for row in rows] == [
        ("primary_image", "wide.jpg", 0),
        ("logo", "logo.png", 1),
        ("video", "film.mp4", 2),
        ("secondary_image", "wide.jpg", 3),
    ]
    images = ad.data["creative"]["images"]
    assert files[images[0]["asset"]].read() == (folder / "media" / "wide.jpg").read_bytes()


def test_files_of_groups_and_platforms_are_uploaded_too(actor: Actor, folder: Path) -> None:
    own = {"images": [{"asset": "media/wide.jpg", "role": "LANDSCAPE"}]}
    data = plain_ad(ad_groups=[{"name": "East", "ads": [{"name": "a", "creative": own}]}])
    data["platforms"]["facebook_ads"]["creative"] = {"videos": [{"asset": "film.mp4"}]}
    ad = queries.as_unified(actions.create(actor, data=data, base=folder))
    assert len(attachments.asset_ids(ad)) == 2


def test_every_file_that_is_missing_or_refused_is_named_by_its_field(actor: Actor, folder: Path) -> None:
    data = _with_files()
    (folder / "media" / "logo.png").write_bytes(b"<html>")
    (folder / "film.mp4").unlink()
    fields = _refused_fields(lambda: actions.create(actor, data=data, base=folder))
    assert fields == ["creative.images[1].asset", "creative.videos[0].asset"]
    assert queries.list(actor).items == ()


def test_over_the_network_only_ids_of_assets_are_taken(actor: Actor, folder: Path) -> None:
    fields = _refused_fields(lambda: actions.create(actor, data=_with_files()))
    assert fields[0] == "creative.images[0].asset"
    asset = assets.add(actor, filename="wide.jpg", path=folder / "media" / "wide.jpg")
    data = plain_ad()
    data["creative"]["images"] = [{"asset": str(asset.id).upper(), "role": "LANDSCAPE"}]
    ad = actions.create(actor, data=data)
    assert ad.data["creative"]["images"][0]["asset"] == str(asset.id)


def test_assets_that_are_not_there_or_of_another_kind_are_named(actor: Actor, second_tenant: Actor) -> None:
    document = assets.add(actor, filename="terms.pdf", data=media.document())
    theirs = assets.add(second_tenant, filename="a.jpg", data=media.picture())
    data = plain_ad()
    names = [str(document.id), str(theirs.id), str(uuid4())]
    data["creative"]["images"] = [{"asset": name, "role": "LANDSCAPE"} for name in names]
    fields = _refused_fields(lambda: actions.create(actor, data=data))
    assert fields == [f"creative.images[{number}].asset" for number in range(3)]


def test_the_same_ad_twice_is_one_ad_however_it_is_spelled(actor: Actor, folder: Path) -> None:
    first = actions.create(actor, data=_with_files(), base=folder)
    spelled = dict(reversed(_with_files(schedule={"end": None}).items()))
    spelled["budget"]["amount"]["value"] = "60"
    assert actions.create(actor, data=spelled, base=folder) == first
    _set_status(actor, first, AdStatus.ACTIVE)
    assert actions.create(actor, data=_with_files(), base=folder).id == first.id
    assert len(queries.list(actor).items) == 1


def test_another_name_text_or_client_is_another_ad_and_a_deleted_one_does_not_count(actor: Actor) -> None:
    client = _client(actor, "Acme")
    other = plain_ad()
    other["creative"]["brand_name"] = "Acme"
    first = actions.create(actor, data=plain_ad())
    made = [
        first,
        actions.create(actor, data=plain_ad(name="Autumn sale")),
        actions.create(actor, data=other),
        actions.create(actor, data=plain_ad(), client_id=client),
    ]
    actions.delete(actor, ad_id=first.id)
    made.append(actions.create(actor, data=plain_ad()))
    assert len({ad.id for ad in made}) == 5


def test_the_same_ad_written_four_times_at_one_time_is_one_ad(actor: Actor) -> None:
    made: list[Ad] = []
    threads = [Thread(target=lambda: made.append(actions.create(actor, data=plain_ad()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len({ad.id for ad in made}) == 1


def test_an_ad_may_name_its_client_by_name_or_id(actor: Actor) -> None:
    client = _client(actor, "Acme")
    by_name = actions.create(actor, data=plain_ad(client="ACME"))
    assert by_name.client_id == client
    assert by_name.data["client"] == str(client)
    assert actions.create(actor, data=by_name.data).id == by_name.id
    with pytest.raises(NotFound):
        actions.create(actor, data=plain_ad(client="Nobody"))
    other = _client(actor, "Other")
    assert _refused_fields(lambda: actions.create(actor, data=plain_ad(client="Acme"), client_id=other)) == ["client"]


def test_a_member_of_one_client_sees_and_writes_that_clients_ads_alone(actor: Actor) -> None:
    acme, other = _client(actor, "Acme"), _client(actor, "Other")
    for_other = actions.create(actor, data=plain_ad(), client_id=other)
    member = replace(actor, client_id=acme)
    mine = actions.create(member, data=plain_ad())
    assert mine.client_id == acme
    assert [ad.id for ad in queries.list(member).items] == [mine.id]
    with pytest.raises(NotFound):
        actions.delete(member, ad_id=for_other.id)
    with pytest.raises(NotFound):
        actions.create(member, data=plain_ad(client="Other"))


def test_an_asset_of_another_client_is_not_used(actor: Actor) -> None:
    acme, other = _client(actor, "Acme"), _client(actor, "Other")
    asset = assets.add(actor, filename="a.jpg", data=media.picture(), client_id=other)
    data = plain_ad()
    data["creative"]["images"] = [{"asset": str(asset.id), "role": "LANDSCAPE"}]
    fields = _refused_fields(lambda: actions.create(actor, data=data, client_id=acme))
    assert fields == ["creative.images[0].asset"]


def test_a_draft_is_changed_with_its_attachments(actor: Actor, folder: Path) -> None:
    ad = actions.create(actor, data=_with_files(), base=folder)
    data = copy.deepcopy(dict(ad.data))
    data["name"] = "Summer sale"
    data["creative"]["images"] = data["creative"]["images"][:1]
    changed = actions.update(actor, ad_id=ad.id, data=data, expected_updated_at=ad.updated_at)
    assert (changed.id, changed.name) == (ad.id, "Summer sale")
    assert changed.updated_at > ad.updated_at
    with db.reading(actor) as session:
        count = session.execute(text("SELECT count(*) FROM ad_assets WHERE ad_id = :id"), {"id": ad.id}).scalar()
    assert count == 3


def test_a_change_of_an_older_version_is_a_conflict(actor: Actor) -> None:
    ad = actions.create(actor, data=plain_ad())
    actions.update(actor, ad_id=ad.id, data=plain_ad(name="Summer sale"))
    with pytest.raises(Conflict, match="changed since"):
        actions.update(actor, ad_id=ad.id, data=plain_ad(name="Autumn"), expected_updated_at=ad.updated_at)
    assert queries.get(actor, ad_id=ad.id).name == "Summer sale"


def test_an_edit_that_is_sent_again_changes_nothing_even_of_an_older_version(actor: Actor) -> None:
    ad = actions.create(actor, data=plain_ad())
    wanted = plain_ad(name="Summer sale")
    edited = actions.update(actor, ad_id=ad.id, data=wanted, expected_updated_at=ad.updated_at)
    again = actions.update(actor, ad_id=ad.id, data=wanted, expected_updated_at=ad.updated_at)
    assert again == edited


@pytest.mark.parametrize("status", [AdStatus.ACTIVE, AdStatus.PAUSED])
def test_an_ad_that_stands_on_a_platform_is_edited_and_not_deleted(actor: Actor, status: AdStatus) -> None:
    ad = actions.create(actor, data=plain_ad())
    _set_status(actor, ad, status)
    edited = actions.update(actor, ad_id=ad.id, data=plain_ad(name="Summer sale"))
    assert (edited.name, edited.status) == ("Summer sale", status)
    with pytest.raises(Conflict, match="stands on a platform"):
        actions.delete(actor, ad_id=ad.id)
    _set_status(actor, ad, AdStatus.COMPLETED)
    actions.delete(actor, ad_id=ad.id)


def test_an_imported_ad_is_read_only(actor: Actor) -> None:
    ad = actions.create(actor, data=plain_ad())
    with db.transaction(actor) as session:
        session.execute(text("UPDATE ads SET origin = 'imported' WHERE id = :id"), {"id": ad.id})
    with pytest.raises(Conflict, match="found on its platform"):
        actions.update(actor, ad_id=ad.id, data=plain_ad(name="Summer sale"))
    with pytest.raises(Conflict, match="found on its platform"):
        queries.as_unified(queries.get(actor, ad_id=ad.id))


def test_an_ad_stays_with_its_client(actor: Actor) -> None:
    _client(actor, "Acme")
    ad = actions.create(actor, data=plain_ad())
    assert _refused_fields(lambda: actions.update(actor, ad_id=ad.id, data=plain_ad(client="Acme"))) == ["client"]


def test_a_deleted_ad_is_gone_and_deleting_it_again_changes_nothing(actor: Actor) -> None:
    ad = actions.create(actor, data=plain_ad())
    actions.delete(actor, ad_id=ad.id)
    actions.delete(actor, ad_id=ad.id)
    with pytest.raises(NotFound):
        queries.get(actor, ad_id=ad.id)
    assert queries.list(actor).items == ()
    with pytest.raises(NotFound):
        actions.delete(actor, ad_id=uuid4())


def test_an_asset_is_deleted_only_when_no_draft_or_live_ad_uses_it(actor: Actor, folder: Path) -> None:
    ad = actions.create(actor, data=_with_files(), base=folder)
    asset_id = UUID(ad.data["creative"]["images"][0]["asset"])
    with pytest.raises(Conflict, match="Spring sale"):
        actions.delete_asset(actor, asset_id=asset_id)
    actions.delete(actor, ad_id=ad.id)
    actions.delete_asset(actor, asset_id=asset_id)
    with pytest.raises(NotFound):
        asset_queries.get(actor, asset_id=asset_id)
    assert asset_id != UUID(ad.data["creative"]["images"][1]["asset"])


def test_a_viewer_changes_nothing(actor: Actor) -> None:
    ad = actions.create(actor, data=plain_ad())
    viewer = replace(actor, role=Role.VIEWER)
    for change in (
        lambda: actions.create(viewer, data=plain_ad()),
        lambda: actions.update(viewer, ad_id=ad.id, data=plain_ad()),
        lambda: actions.delete(viewer, ad_id=ad.id),
        lambda: actions.delete_asset(viewer, asset_id=uuid4()),
    ):
        with pytest.raises(Forbidden):
            change()
    assert queries.get(viewer, ad_id=ad.id) == ad


def test_another_tenant_reads_changes_and_deletes_nothing(actor: Actor, second_tenant: Actor) -> None:
    ad = actions.create(actor, data=plain_ad())
    for attempt in (
        lambda: queries.get(second_tenant, ad_id=ad.id),
        lambda: actions.update(second_tenant, ad_id=ad.id, data=plain_ad(name="Mine now")),
        lambda: actions.delete(second_tenant, ad_id=ad.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    _set_status(second_tenant, ad, AdStatus.ARCHIVED)
    assert queries.list(second_tenant).items == ()
    assert queries.get(actor, ad_id=ad.id) == ad
    assert actions.create(second_tenant, data=plain_ad()).id != ad.id


def test_a_list_comes_in_pages_and_by_status(actor: Actor) -> None:
    made = [actions.create(actor, data=plain_ad(name=f"Ad {number}")) for number in range(5)]
    _set_status(actor, made[0], AdStatus.ACTIVE)
    first = queries.list(actor, limit=3)
    rest = queries.list(actor, limit=3, after=first.next)
    assert [ad.name for ad in (*first.items, *rest.items)] == [f"Ad {number}" for number in (4, 3, 2, 1, 0)]
    assert rest.next is None
    (active,) = queries.list(actor, status=AdStatus.ACTIVE).items
    assert (active.name, active.objective, active.status) == ("Ad 0", "TRAFFIC", AdStatus.ACTIVE)
    assert active.platforms == ("facebook_ads", "google_ads", "microsoft_ads", "tiktok_ads")
    assert active.budget["amount"] == {"value": "60.00", "currency": "USD"}
    with pytest.raises(Invalid):
        queries.list(actor, limit=0)
