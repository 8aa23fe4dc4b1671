"""Each index of the specification answers its question through the index that `docs/schema.md` names for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.catalog import crowd, specification
from tests.databases import Servers

from adloom.ads import queries as ads
from adloom.assets import queries as assets
from adloom.campaigns import queries as campaigns
from adloom.db import trips
from adloom.db.listing import Listing
from adloom.db.urls import Urls

_SCHEMA = Path(__file__).parents[2] / "docs" / "schema.md"


@pytest.fixture(scope="module")
def crowded(servers: Servers) -> Iterator[Urls]:
    """A database in which the planner has something to choose."""
    cluster = servers.cluster()
    with cluster.lent() as urls:
        assert urls.superuser is not None
        crowd.fill(urls.superuser)
        yield urls


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def _index_names(connection: psycopg.Connection[Any], question: str) -> set[str]:
    """The indexes that a plan uses, a partition's by the name of its parent's. Sequential scans are not a choice."""
    connection.execute("SET LOCAL enable_seqscan = off")
    row = connection.execute("EXPLAIN (FORMAT JSON) " + question.replace(":id", crowd.TENANT)).fetchone()
    assert row is not None
    used = [node["Index Name"] for node in _nodes(row[0][0]["Plan"]) if "Index Name" in node]
    parents = dict(
        connection.execute("SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits").fetchall()
    )
    return {parents.get(name, name) for name in used}


@pytest.mark.parametrize("name", specification.INDEXES)
def test_an_index_of_the_specification_serves_its_purpose(crowded: Urls, name: str) -> None:
    question, serving = specification.INDEXES[name]
    with psycopg.connect(crowded.owner) as connection:
        assert _index_names(connection, question) == {serving}


@pytest.mark.parametrize(
    ("question", "serving"),
    [
        ("SELECT id FROM ads WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 25", "idx_ads_user_id"),
        ("SELECT id FROM assets ORDER BY created_at DESC, id DESC LIMIT 25", "idx_assets_user_id"),
        ("SELECT id FROM reports ORDER BY created_at DESC, id DESC LIMIT 25", "idx_reports_user_id"),
        ("SELECT id FROM campaigns WHERE ad_id = md5('ad7')::uuid", "idx_campaigns_ad_id"),
        ("SELECT id FROM campaigns ORDER BY created_at DESC, id DESC LIMIT 25", "idx_campaigns_user_id"),
        ("SELECT id FROM campaigns WHERE status = 'active'", "idx_campaigns_user_id"),
        (
            "SELECT id FROM audit_logs WHERE entity_type = 'ads' AND entity_id = md5('ad4')::uuid",
            "idx_audit_logs_user_entity",
        ),
        (
            "SELECT date, clicks FROM campaign_metrics"
            " WHERE campaign_id = md5('campaign7')::uuid AND date BETWEEN '2026-11-10' AND '2026-11-20'",
            "campaign_metrics_pkey",
        ),
        ("SELECT id FROM background_jobs ORDER BY created_at DESC LIMIT 25", "idx_jobs_user_id"),
    ],
)
def test_a_tenants_questions_are_served_under_row_level_security(crowded: Urls, question: str, serving: str) -> None:
    """Enum comparisons are not leakproof, so that only what the policy itself asks may lead an index there."""
    with psycopg.connect(crowded.app) as connection:
        connection.execute(f"SELECT set_config('app.user_id', ({crowd.TENANT})::text, true)")
        assert serving in _index_names(connection, question)


@pytest.mark.parametrize("listed", [campaigns.listed, ads.listed, assets.listed])
def test_every_page_of_a_list_reads_its_own_rows_and_one_more(crowded: Urls, listed: Callable[..., Listing]) -> None:
    with psycopg.connect(crowded.app) as connection:
        connection.execute(f"SELECT set_config('app.user_id', ({crowd.TENANT})::text, true)")
        total, after = _rows_read(connection, listed(limit=5))
        assert total == 6
        total, after = _rows_read(connection, listed(limit=5, after=after))
        assert (total, bool(after)) == (6, True)


def _rows_read(connection: psycopg.Connection[Any], asked: Listing) -> tuple[int, str]:
    """How many rows the page's scan came upon, and the cursor of the one that follows."""
    before, page = asked.queries
    connection.execute(trips.compiled(before.statement))
    found = connection.execute(trips.compiled(page.statement), dict(page.values)).fetchall()
    explain = b"EXPLAIN (ANALYZE, FORMAT JSON) " + trips.compiled(page.statement)
    ((plans,),) = connection.execute(explain, dict(page.values))
    scans = [node for node in _nodes(plans[0]["Plan"]) if node.get("Relation Name")]
    read = sum(int(scan["Actual Rows"]) + scan.get("Rows Removed by Filter", 0) for scan in scans)
    return read, str(json.loads(asked.written(found))["next"] or "")


def test_the_documentation_names_the_same_indexes() -> None:
    text = _SCHEMA.read_text()
    missing = [
        name for name, (_, serving) in specification.INDEXES.items() if f"| `{name}` | `{serving}` |" not in text
    ]
    assert missing == []
