"""TikTok's whole tree over HTTP: created, read back, reviewed, shown, reported, switched off, deleted."""

from decimal import Decimal

import pytest
from tests.sandbox.tiktok_client import TikTok, data


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


def test_the_whole_tree_delivers_after_review_and_the_report_equals_the_ledger(sandbox, tiktok):
    campaign, group, ad = tiktok.tree(converts=True)
    assert tiktok.status("ad", ad) == "AD_STATUS_AUDIT"
    sandbox.advance("P3D")
    assert tiktok.status("ad", ad) == "AD_STATUS_DELIVERY_OK"
    rows = data(
        tiktok.get(
            "report/integrated/get",
            {
                "report_type": "BASIC",
                "data_level": "AUCTION_CAMPAIGN",
                "dimensions": ["campaign_id", "stat_time_day"],
                "metrics": ["spend", "impressions", "clicks", "conversion", "total_complete_payment_rate"],
                "start_date": "2026-11-23",
                "end_date": "2026-11-26",
                "page_size": "1000",
            },
        )
    )["list"]
    told = {
        (r["dimensions"]["campaign_id"], r["dimensions"]["stat_time_day"][:10]): r["metrics"] for r in rows
    }
    true = {
        (r["campaign_id"], r["date"]): r
        for r in sandbox.ledger(platform="tiktok_ads")["delivery"]
    }
    assert set(told) == set(true)
    assert len(told) >= 3
    for key, row in true.items():
        assert Decimal(told[key]["spend"]) == Decimal(row["spend"])
        assert int(told[key]["impressions"]) == row["impressions"]
        assert int(told[key]["clicks"]) == row["clicks"]
        assert Decimal(told[key]["conversion"]) == Decimal(row["conversions"])
        assert Decimal(told[key]["total_complete_payment_rate"]) == Decimal(row["conversion_value"])
    assert data(tiktok.switch("campaign", [campaign], "DISABLE"))["status"] == "DISABLE"
    assert tiktok.status("adgroup", group) == "ADGROUP_STATUS_CAMPAIGN_DISABLE"
