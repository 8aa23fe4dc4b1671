"""Which pull told of each day last: now, or as of an earlier moment. A source for reads, where they say COVERED."""

from __future__ import annotations

from sqlalchemy import TextClause, text

NOW = "metric_coverage"

#: The same columns of days between `:since` and `:until`, by the pulls up to `:as_of`.
THEN = """(
        SELECT DISTINCT ON (told.platform_account_id, day)
            told.platform_account_id,
            told.grain,
            CAST(day AS date) AS date,
            told.pulled_at,
            told.id AS pull_id
        FROM metric_pulls AS told
        CROSS JOIN generate_series(
            CAST(greatest(told.since, :since) AS timestamp),
            CAST(least(told.until, :until) AS timestamp),
            INTERVAL '1 day'
        ) AS day
        WHERE told.grain = 'day'
            AND told.since <= :until
            AND told.until >= :since
            AND told.pulled_at <= :as_of
        ORDER BY
            told.platform_account_id,
            day,
            told.pulled_at DESC
    ) AS metric_coverage"""


def both(*statements: str) -> dict[bool, tuple[TextClause, ...]]:
    """The statements that read days from COVERED, by whether they are asked as of an earlier moment."""
    return {
        is_then: tuple(text(each.replace("COVERED", source)) for each in statements)
        for is_then, source in ((False, NOW), (True, THEN))
    }
