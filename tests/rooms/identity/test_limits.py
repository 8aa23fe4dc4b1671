"""Tiers: unlimited as installed, and held in the transaction that would go beyond."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from adloom.assets import actions as assets
from adloom.assets import queries as asset_queries
from adloom.core.actor import Actor
from adloom.core.errors import OverLimit
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.identity import actions, queries


@pytest.fixture
def at_most_two(database: Urls) -> None:
    """The free tier may have two clients and next to no files; taken back with the test's database."""
    _limit("UPDATE tier_limits SET max_clients = 2, max_storage_bytes = 10 WHERE tier = 'free'")


def _limit(statement: str) -> None:
    with db.owner_connection() as connection:
        connection.execute(statement)


@pytest.fixture(autouse=True)
def _unlimited_again(database: Urls) -> Iterator[None]:
    yield
    _limit("UPDATE tier_limits SET max_clients = NULL, max_storage_bytes = NULL")


def test_as_installed_nothing_is_limited(actor: Actor) -> None:
    for number in range(5):
        actions.add_client(actor, name=f"Client {number}")
    assert len(queries.clients(actor)) == 5


@pytest.mark.usefixtures("at_most_two")
def test_what_goes_beyond_the_tier_is_refused_and_leaves_nothing(actor: Actor) -> None:
    actions.add_client(actor, name="One")
    actions.add_client(actor, name="Two")
    with pytest.raises(OverLimit, match="The tier free allows 2 clients"):
        actions.add_client(actor, name="Three")
    assert [client.name for client in queries.clients(actor)] == ["One", "Two"]
    actions.add_client(actor, name="two")


@pytest.mark.usefixtures("at_most_two")
def test_two_at_once_do_not_slip_past_it_together(actor: Actor) -> None:
    actions.add_client(actor, name="One")
    refused: list[OverLimit] = []

    def add(name: str) -> None:
        try:
            actions.add_client(actor, name=name)
        except OverLimit as error:
            refused.append(error)

    threads = [threading.Thread(target=add, args=(name,)) for name in ("Two", "Three", "Four")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(queries.clients(actor)), len(refused)) == (2, 2)


@pytest.mark.usefixtures("at_most_two")
def test_files_count_by_their_bytes(actor: Actor, tmp_path: Path) -> None:
    Image.new("RGB", (50, 50), "red").save(tmp_path / "dot.png")
    with pytest.raises(OverLimit, match="bytes of files"):
        assets.add(actor, filename="dot.png", path=tmp_path / "dot.png")
    assert asset_queries.list(actor).items == ()
