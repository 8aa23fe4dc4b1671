"""Rates are held once, the better source wins, and whatever differs is said. What is fetched comes over HTTP."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.installation import work_off
from tests.rooms.metrics.test_rate_files import XML

from adloom.core import settings, time
from adloom.core.actor import Actor, Role
from adloom.core.errors import Forbidden, Invalid, Unavailable
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs import queries as jobs
from adloom.metrics import actions, rates
from adloom.metrics.rates import Taken
from adloom.platforms import http

DAY = date(2026, 11, 20)
HEAD = "date,currency,rate\n"


def held() -> dict[tuple[str, date], tuple[Decimal, str]]:
    with db.worker_transaction() as session:
        found = session.execute(text("SELECT currency, date, rate, source FROM exchange_rates")).all()
    return {(row.currency, row.date): (row.rate, row.source) for row in found}


def take(folder: Path, content: str, name: str = "rates") -> Taken:
    (folder / name).write_text(content)
    return rates.import_file(folder / name)


def counts(taken: Taken) -> tuple[int, int, int]:
    said = taken.as_json()
    return said["added"], said["replaced"], said["refused"]


def test_a_day_that_is_still_to_come_refuses_the_file(database: Urls, tmp_path: Path) -> None:
    """A year that was mistyped would pass for the newest rate, and nobody would be warned that rates are old."""
    ahead = time.today("Pacific/Kiritimati") + timedelta(days=1)
    with pytest.raises(Invalid, match=f"{ahead} .USD. is still to come"):
        take(tmp_path, f"{HEAD}2026-11-20,USD,1.2\n{ahead},USD,1.2\n")
    assert held() == {}
    assert counts(take(tmp_path, f"{HEAD}{time.today('Pacific/Kiritimati')},USD,1.2\n")) == (1, 0, 0)


def test_a_second_import_changes_nothing(database: Urls, tmp_path: Path) -> None:
    assert counts(take(tmp_path, XML)) == (3, 0, 0)
    before = held()
    assert counts(take(tmp_path, XML)) == (0, 0, 0)
    assert held() == before
    assert before["USD", DAY] == (Decimal("1.0875"), "ecb")


def test_the_same_or_a_better_source_replaces_a_rate_and_says_so(database: Urls, tmp_path: Path) -> None:
    take(tmp_path, XML)
    assert counts(take(tmp_path, XML.replace("1.0875", "1.0999"))) == (0, 1, 0)
    taken = take(tmp_path, f"{HEAD}2026-11-20,USD,1.2\n2026-11-19,USD,1.090\n")
    assert taken.as_json()["differences"] == [
        {
            "date": "2026-11-20",
            "currency": "USD",
            "before": "1.0999",
            "before_source": "ecb",
            "given": "1.2",
            "kept": "1.2",
        }
    ]
    assert held()["USD", DAY] == (Decimal("1.2"), "own")
    assert held()["USD", date(2026, 11, 19)] == (Decimal("1.09"), "own"), "the better source stands by it now"


def test_a_lesser_source_replaces_nothing_and_says_so(database: Urls, tmp_path: Path) -> None:
    take(tmp_path, f"{HEAD}2026-11-20,USD,1.2\n")
    taken = take(tmp_path, XML)
    assert counts(taken) == (2, 0, 1)
    assert [(one["given"], one["kept"]) for one in taken.as_json()["differences"]] == [("1.0875", "1.2")]
    assert held()["USD", DAY] == (Decimal("1.2"), "own")


def test_a_file_that_is_refused_changes_nothing(database: Urls, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        take(tmp_path, f"{HEAD}2026-11-20,USD,1.2\n2026-11-21,USD,zero\n")
    with pytest.raises(Invalid, match="cannot be read"):
        rates.import_file(tmp_path / "none")
    assert held() == {}


def test_the_seed_reaches_as_far_back_as_metrics_and_gives_way_to_everything(database: Urls, tmp_path: Path) -> None:
    seeded = rates.seed()
    days = {day for _, day in held()}
    assert (seeded.added, {source for _, source in held().values()}) == (len(held()), {"wheel"})
    assert max(days) - min(days) > timedelta(days=3 * 365)
    assert {"USD", "JPY", "GBP"} <= {currency for currency, _ in held()}
    assert counts(rates.seed()) == (0, 0, 0)
    newest = max(days)
    assert counts(take(tmp_path, f"Date,USD\n{newest},1.2345\n")) == (0, 1, 0)
    assert counts(rates.seed()) == (0, 0, 1)
    assert held()["USD", newest] == (Decimal("1.2345"), "ecb")


def test_commands_seed_an_installation_without_rates_alone(database: Urls, tmp_path: Path) -> None:
    take(tmp_path, XML)
    rates.seed_if_none()
    assert len(held()) == 3
    with db.owner_connection() as connection:
        connection.execute("DELETE FROM exchange_rates")
    rates.seed_if_none()
    assert len(held()) > 10_000


def test_everybody_reads_the_rates_and_no_tenant_writes_them(actor: Actor, tmp_path: Path) -> None:
    take(tmp_path, XML)
    with db.reading(actor) as session:
        assert session.execute(text("SELECT count(*) FROM exchange_rates")).scalar_one() == 3
    for change in (
        "UPDATE exchange_rates SET rate = 1",
        "DELETE FROM exchange_rates",
        "INSERT INTO exchange_rates (currency, date, rate, source) VALUES ('USD', '2026-11-01', 1, 'own')",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), db.transaction(actor) as session:
            session.execute(text(change))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and where a server in a process of its own gives its files out."""
    folder = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        port = re.search(r"port (\d+)", process.stdout.readline())
        assert port is not None
        yield folder, f"http://127.0.0.1:{port[1]}"
        process.terminate()


def refresh(actor: Actor) -> tuple[str, dict[str, object]]:
    job_id = actions.refresh_rates(actor)
    work_off()
    job = jobs.get(actor, job_id=job_id)
    assert job is not None
    return job.status.value, {**(job.result or {}), **(job.error or {})}


def test_the_daily_chore_seeds_and_fetches(
    actor: Actor, served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = served
    (folder / "rates.xml").write_text(XML)
    monkeypatch.setenv("ADLOOM_FX_URL", f"{url}/rates.xml")
    settings.load.cache_clear()
    status, result = refresh(actor)
    assert status == "completed", result
    assert isinstance(result["fetched"], dict)
    assert (result["fetched"]["source"], result["fetched"]["rates"]) == ("ecb", 3)
    assert held()["USD", DAY] == (Decimal("1.0875"), "ecb")
    assert {source for _, source in held().values()} == {"ecb", "wheel"}


def test_an_installation_that_fetches_nothing_is_seeded_all_the_same(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADLOOM_FX_URL", "")
    settings.load.cache_clear()
    status, result = refresh(actor)
    assert (status, result["fetched"]) == ("completed", None)
    assert held()


def test_what_cannot_be_fetched_is_tried_again_and_loses_nothing(
    actor: Actor, served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADLOOM_FX_URL", f"{served[1]}/missing.xml")
    settings.load.cache_clear()
    status, error = refresh(actor)
    assert (status, error["code"]) == ("pending", "unavailable")
    assert "404" in str(error["message"])
    assert held(), "the seed stays"


def test_a_viewer_fetches_nothing(actor: Actor) -> None:
    with pytest.raises(Forbidden):
        actions.refresh_rates(Actor(tenant_id=actor.tenant_id, person_id=actor.person_id, role=Role.VIEWER))


@pytest.mark.parametrize("url", ["http://rates.example.com/rates.xml", "ftp://127.0.0.1/rates", "file:///etc/passwd"])
def test_rates_come_over_https_or_from_this_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADLOOM_FX_URL", url)
    settings.load.cache_clear()
    with pytest.raises(Invalid, match="ADLOOM_FX_URL"):
        settings.load()
    with pytest.raises(Unavailable):
        http.fetch(url, max_bytes=10)


def test_a_fetch_is_bounded_and_follows_no_redirect(served: tuple[Path, str]) -> None:
    folder, url = served
    (folder / "large").write_bytes(b"0" * 1000)
    (folder / "folder").mkdir()
    assert len(http.fetch(f"{url}/large", max_bytes=1000)) == 1000
    with pytest.raises(Unavailable, match="more than 999 bytes"):
        http.fetch(f"{url}/large", max_bytes=999)
    with pytest.raises(Unavailable, match="answered 301"):
        http.fetch(f"{url}/folder", max_bytes=1000)
    with pytest.raises(Unavailable, match="cannot be fetched"):
        http.fetch("http://127.0.0.1:1/", max_bytes=1000)
