"""By which rule Meta counts conversions of an account: the attribution settings of what delivered."""

from __future__ import annotations

from datetime import date

from adloom.platforms.meta import runs
from adloom.platforms.meta.graph import Graph

#: Reports go by each ad set's own setting (`use_unified_attribution_setting`).
_PARAMS = {
    "level": "campaign",
    "time_increment": "all_days",
    "fields": "campaign_id,attribution_setting",
    "use_unified_attribution_setting": "true",
}


def attribution(graph: Graph, *, since: date, until: date, window: int) -> str | None:
    """The distinct settings of campaigns that delivered on these days, such as `7d_click_1d_view`; None for none.

    Of a campaign whose ad sets differ Meta says one word for all (Insights fields, `attribution_setting`).
    """
    found = {
        str(row["attribution_setting"])
        for span in runs.spans(graph, params=_PARAMS, since=since, until=until, window=window)
        for row in span.rows
        if row.get("attribution_setting")
    }
    return "; ".join(sorted(found)) or None
