"""The how-to "Adding a platform value" of docs/operations.md, followed to the letter."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import psycopg
import pytest
from tests.migrations.conftest import Psql, listing, stored_rollback

from adloom.core.errors import Conflict
from adloom.db import catalog, migrate
from adloom.db.urls import Urls

_VERSION = "0099_pinterest"
_OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def with_pinterest(migrated: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The versions of this release, and the one that the how-to shows; from here on, not for the template."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"{_VERSION}.py").write_text(_example())
    monkeypatch.setattr(migrate, "FOLDER", folder)


def _example() -> str:
    section = _OPERATIONS.read_text().split("## Adding a platform value")[1].split("\n## ")[0]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return re.sub(r'down_revision = ".*"', f'down_revision = "{migrate.known_versions()[-1]}"', found[1])


def test_the_example_names_the_newest_version_as_its_predecessor() -> None:
    assert f'down_revision = "{migrate.known_versions()[-1]}"' in _OPERATIONS.read_text()


@pytest.mark.usefixtures("with_pinterest")
def test_a_value_is_added_used_and_taken_back_to_the_same_catalog(migrated: Urls, psql: Psql) -> None:
    before = listing(migrated)
    assert migrate.migrate(migrated.owner) == [_VERSION]
    assert listing(migrated)[_enum("platform_type")].endswith("pinterest_ads")
    done = psql(migrated.owner, stored_rollback(migrated, _VERSION))
    assert (done.returncode, done.stderr) == (0, "")
    assert listing(migrated) == before
    assert migrate.migrate(migrated.owner) == [_VERSION]


@pytest.mark.usefixtures("with_pinterest")
def test_a_value_in_use_is_not_taken_back_whoever_uses_it(migrated: Urls) -> None:
    migrate.migrate(migrated.owner)
    with psycopg.connect(migrated.owner) as connection:
        connection.execute(
            """
            WITH owner AS (
                INSERT INTO users (email, password_hash, first_name, last_name)
                VALUES ('owner@example.com', '-', 'An', 'Owner')
                RETURNING id
            )
            INSERT INTO user_api_credentials (user_id, platform, credentials_encrypted)
            SELECT id, 'pinterest_ads', 'sealed'
            FROM owner
            """
        )
    before = listing(migrated)
    with pytest.raises(Conflict, match=r"1 row\(s\) of user_api_credentials.platform use one of them"):
        migrate.rollback(migrated.owner)
    assert listing(migrated) == before
    assert migrate.status(migrated.owner).applied[-1].version == _VERSION


def test_every_enum_can_be_swapped_beneath_what_names_it(migrated: Urls) -> None:
    before = listing(migrated)
    enums = {name: labels.split(", ") for (kind, name), labels in before.items() if kind == "enum"}
    with psycopg.connect(migrated.owner, autocommit=True) as connection:
        for name, labels in enums.items():
            connection.execute(f"ALTER TYPE {name} ADD VALUE 'spare'")
            connection.execute("SELECT swap_enum(%s, %s)", [name, labels])
    assert len(enums) == 12
    assert listing(migrated) == before


def _enum(name: str) -> tuple[catalog.Kind, str]:
    return (catalog.Kind("enum"), name)
