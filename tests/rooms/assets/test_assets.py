"""Assets are stored once, come back when they are added again, and belong to one tenant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.rooms.assets import media

from adloom.assets import actions as assets
from adloom.assets import queries, remote
from adloom.assets.types import Asset, AssetKind
from adloom.core import paging
from adloom.core.actor import Actor, Role
from adloom.core.errors import Forbidden, Invalid, NotFound
from adloom.db import session as db
from adloom.platforms.types import Platform


def _client(actor: Actor, name: str) -> UUID:
    with db.transaction(actor) as session:
        values = {"tenant": actor.tenant_id, "name": name}
        sql = "INSERT INTO clients (user_id, name) VALUES (:tenant, :name) RETURNING id"
        found: UUID = session.execute(text(sql), values).scalar_one()
    return found


def _delete(actor: Actor, asset: Asset) -> None:
    with db.transaction(actor) as session:
        assets.delete(session, asset_id=asset.id)


def test_an_added_file_is_found_read_and_pictured(actor: Actor) -> None:
    data = media.picture((600, 300))
    asset = assets.add(actor, filename="C:\\pictures\\Spring sale.jpg", data=data)
    assert asset.kind is AssetKind.IMAGE
    assert (asset.filename, asset.original_filename) == ("Spring sale.jpg", "C:\\pictures\\Spring sale.jpg")
    assert (asset.width, asset.height, asset.size) == (600, 300, len(data))
    assert queries.get(actor, asset_id=asset.id) == asset
    assert queries.read(actor, asset_id=asset.id) == data
    assert b"".join(queries.stream(actor, asset_id=asset.id)) == data
    assert queries.thumbnail(actor, asset_id=asset.id)[8:12] == b"WEBP"


def test_a_films_duration_is_rounded_up_and_kept_in_milliseconds(actor: Actor, tmp_path: Path) -> None:
    asset = assets.add(actor, filename="a.mp4", path=media.film(tmp_path / "a.mp4", seconds=2.3))
    assert (asset.kind, asset.duration_s, asset.duration_ms) == (AssetKind.VIDEO, 3, 2300)
    assert asset.metadata["codec"] == "h264"
    file = queries.media_file(asset)
    assert (file.width, file.height, file.duration_ms) == (128, 96, 2300)
    assert file.read() == (tmp_path / "a.mp4").read_bytes()


def test_a_document_is_kept_and_never_given_to_an_adapter(actor: Actor) -> None:
    asset = assets.add(actor, filename="terms.pdf", data=media.document(2))
    assert (asset.kind, asset.metadata, asset.has_thumbnail) == (AssetKind.DOCUMENT, {"pages": 2}, False)
    with db.reading(actor) as session:
        assert queries.media_files(session, asset_ids=[asset.id]) == {}
    with pytest.raises(NotFound):
        queries.thumbnail(actor, asset_id=asset.id)


def test_the_same_content_is_one_asset_whatever_its_name(actor: Actor) -> None:
    first = assets.add(actor, filename="a.jpg", data=media.picture())
    second = assets.add(actor, filename="b.jpg", data=media.picture())
    assert second == first
    assert len(queries.list(actor).items) == 1


def test_a_deleted_asset_comes_back_under_its_old_id_when_it_is_added_again(actor: Actor) -> None:
    first = assets.add(actor, filename="a.jpg", data=media.picture())
    _delete(actor, first)
    with pytest.raises(NotFound):
        queries.get(actor, asset_id=first.id)
    again = assets.add(actor, filename="b.jpg", data=media.picture())
    assert (again.id, again.filename, again.deleted_at) == (first.id, "b.jpg", None)


def test_deleting_what_is_not_there_is_not_found(actor: Actor) -> None:
    with pytest.raises(NotFound), db.transaction(actor) as session:
        assets.delete(session, asset_id=uuid4())


def test_two_uploads_of_one_content_at_one_time_make_one_asset(actor: Actor) -> None:
    made: list[Asset] = []

    def upload() -> None:
        made.append(assets.add(actor, filename="a.jpg", data=media.picture()))

    threads = [Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len({asset.id for asset in made}) == 1


def test_a_refused_file_leaves_no_row(actor: Actor) -> None:
    with pytest.raises(Invalid):
        assets.add(actor, filename="a.jpg", data=b"<html>")
    assert queries.list(actor).items == ()


def test_a_viewer_adds_nothing(actor: Actor) -> None:
    with pytest.raises(Forbidden):
        assets.add(replace(actor, role=Role.VIEWER), filename="a.jpg", data=media.picture())


def test_another_tenant_sees_nothing_and_stores_the_same_content_for_itself(actor: Actor, second_tenant: Actor) -> None:
    mine = assets.add(actor, filename="a.jpg", data=media.picture())
    with pytest.raises(NotFound):
        queries.read(second_tenant, asset_id=mine.id)
    assert queries.list(second_tenant).items == ()
    theirs = assets.add(second_tenant, filename="a.jpg", data=media.picture())
    assert theirs.id != mine.id
    assert theirs.storage_key != mine.storage_key
    with pytest.raises(NotFound), db.transaction(second_tenant) as session:
        assets.delete(session, asset_id=mine.id)


def test_each_client_has_an_asset_of_its_own_and_its_member_sees_that_one_alone(actor: Actor) -> None:
    shoes, hats = _client(actor, "Shoes"), _client(actor, "Hats")
    for_shoes = assets.add(actor, filename="a.jpg", data=media.picture(), client_id=shoes)
    for_hats = assets.add(actor, filename="a.jpg", data=media.picture(), client_id=hats)
    assert for_shoes.id != for_hats.id
    member = replace(actor, client_id=hats)
    assert assets.add(member, filename="a.jpg", data=media.picture()).id == for_hats.id
    assert [asset.id for asset in queries.list(member).items] == [for_hats.id]
    with pytest.raises(NotFound):
        queries.get(member, asset_id=for_shoes.id)
    with pytest.raises(NotFound):
        assets.add(member, filename="a.jpg", data=media.picture(), client_id=shoes)


def test_a_list_comes_in_pages_newest_first_and_shows_everything_once(actor: Actor) -> None:
    made = [assets.add(actor, filename="a.jpg", data=media.picture((20 + n, 20))).id for n in range(5)]
    seen: list[UUID] = []
    after = None
    while True:
        page = queries.list(actor, limit=2, after=after)
        seen += [asset.id for asset in page.items]
        after = page.next
        if after is None:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGEgY3Vyc29y", "MjAyNi0wMS0wMSB4"])
def test_a_cursor_that_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        paging.position(cursor)


def test_an_upload_is_remembered_once_per_ad_account(actor: Actor) -> None:
    asset = assets.add(actor, filename="a.jpg", data=media.picture())
    first, second = _account(actor, "1"), _account(actor, "2")
    for remote_id in ("hash-1", "hash-2"):
        with db.transaction(actor) as session:
            remote.record(
                session,
                user_id=actor.tenant_id,
                asset_id=asset.id,
                platform=Platform.FACEBOOK_ADS,
                platform_account_id=first,
                platform_asset_id=remote_id,
            )
    with db.transaction(actor) as session:
        found = remote.find(session, asset_id=asset.id, platform_account_id=first)
        assert remote.find(session, asset_id=asset.id, platform_account_id=second) is None
    assert found is not None
    assert (found.platform_asset_id, found.platform) == ("hash-2", Platform.FACEBOOK_ADS)


def _account(actor: Actor, external_id: str) -> UUID:
    with db.transaction(actor) as session:
        credential = session.execute(
            text(
                "INSERT INTO user_api_credentials (user_id, platform, credentials_encrypted)"
                " VALUES (:tenant, 'facebook_ads', 'sealed')"
                " ON CONFLICT (user_id, platform) DO UPDATE SET is_active = true RETURNING id"
            ),
            {"tenant": actor.tenant_id},
        ).scalar_one()
        found: UUID = session.execute(
            text(
                "INSERT INTO platform_accounts"
                " (user_id, credential_id, platform, external_id, name, currency, time_zone)"
                " VALUES (:tenant, :credential, 'facebook_ads', :external, 'Account', 'USD', 'UTC') RETURNING id"
            ),
            {"tenant": actor.tenant_id, "credential": credential, "external": external_id},
        ).scalar_one()
    return found
