"""Facts from before the roll-ups are in them: the migration fills what it makes."""

from __future__ import annotations

import psycopg
from tests.migrations.conftest import listing

from adloom.db import migrate, partitions
from adloom.db.urls import Urls

# As a replica no foreign key is checked: no more than what the facts are joined with.
_HELD_BEFORE = """
SET session_replication_role = replica;
WITH made AS (
    INSERT INTO campaigns (user_id, ad_id, platform_account_id, platform, campaign_name, marker)
    SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'google_ads', 'A campaign', number
    FROM generate_series(1, 3) AS number
    RETURNING id, user_id, platform
)
INSERT INTO campaign_metrics (
    user_id, campaign_id, platform, date, time_zone, impressions, clicks, conversions, spend_amount
)
SELECT user_id, id, platform, day, 'UTC', 10, 2, CASE WHEN day > '2026-01-01' THEN 1 END, 0.5
FROM made
CROSS JOIN unnest('{2019-03-04,2019-03-05,2026-11-30,2026-12-01}'::date[]) AS day
"""


def test_what_was_held_before_is_added_up_in_partitions_of_its_own(migrated: Urls) -> None:
    full = listing(migrated)
    versions = migrate.known_versions()
    migrate.rollback(migrated.owner, to=versions[versions.index("0030_rollups") - 1])
    assert migrated.superuser is not None
    with psycopg.connect(migrated.superuser) as connection:
        connection.execute(_HELD_BEFORE)
    migrate.migrate(migrated.owner)
    assert set(full) <= set(listing(migrated))
    sums = "count(*), sum(facts), sum(clicks), sum(conversions), sum(conversions_told), sum(spend_amount)"
    with psycopg.connect(migrated.superuser) as connection:
        days = connection.execute(f"SELECT {sums} FROM account_metrics").fetchone()
        weeks = connection.execute(f"SELECT {sums} FROM campaign_weeks").fetchone()
    assert days == (12, 12, 24, 6, 6, 6)
    assert weeks == (6, 12, 24, 6, 6, 6)
    waiting = {table.table: table.default_rows for table in partitions.tables(migrated.owner)}
    assert (waiting["account_metrics"], waiting["campaign_weeks"]) == (0, 0)
