"""Since when a campaign can have numbers, as SQL over `campaigns` and `ads`."""

from __future__ import annotations

#: Ours since it was made; what others made began before it was imported: where its platform says, or as far back as
#: `campaigns.importing` looks.
BEGAN = """
        CASE
            WHEN ads.origin = 'imported' THEN greatest(
                campaigns.created_at - INTERVAL '1080 days',
                coalesce(
                    CAST(ads.unified_data #>> '{imported,start}' AS timestamptz),
                    campaigns.created_at - INTERVAL '1080 days'
                )
            )
            ELSE campaigns.created_at
        END
"""
