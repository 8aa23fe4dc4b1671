"""What reports told once is what the ledger tells later of that instant, on every platform, although it has changed."""

from decimal import Decimal
from itertools import pairwise

import pytest
from tests.sandbox.google_client import Google, changed, tree
from tests.sandbox.meta_client import Meta, action
from tests.sandbox.microsoft_client import Microsoft
from tests.sandbox.test_tiktok_reports import report
from tests.sandbox.tiktok_client import TikTok

PURCHASE = "offsite_conversion.fb_pixel_purchase"
FIRST, LAST = "2026-11-23", "2026-12-01"


class GoogleTold:
    """Google's own report of the days that are watched."""

    def __init__(self, sandbox):
        self.google = Google(sandbox)
        self.google.made(changed(tree(), "0.create.amountMicros", "900000000"))

    def __call__(self):
        names = ("cost_micros", "clicks", "conversions", "conversions_value")
        row = self.google.rows(
            f"SELECT {', '.join(f'metrics.{name}' for name in names)} FROM campaign "
            f"WHERE segments.date BETWEEN '{FIRST}' AND '{LAST}'"
        )[0]["metrics"]
        cost = Decimal(row["costMicros"]) / 1_000_000
        return cost, int(row["clicks"]), Decimal(str(row["conversions"])), Decimal(str(row["conversionsValue"]))


class MetaTold:
    """Meta's."""

    def __init__(self, sandbox):
        self.meta = Meta(sandbox)
        self.meta.tree(adset={"daily_budget": 90000})

    def __call__(self):
        row = self.meta.insights(
            self.meta.account,
            time_range={"since": FIRST, "until": LAST},
            fields="spend,inline_link_clicks,actions,action_values",
        )[0]
        counted = [Decimal(action(row, name, PURCHASE)) for name in ("actions", "action_values")]
        return Decimal(row["spend"]), int(row["inline_link_clicks"]), *counted


class MicrosoftTold:
    """Microsoft's."""

    def __init__(self, sandbox):
        self.microsoft = Microsoft(sandbox)
        self.microsoft.tree(DailyBudget=900)

    def __call__(self):
        rows = [row for row in self.microsoft.rows() if FIRST <= row["TimePeriod"] <= LAST]
        names = ("Spend", "Clicks", "ConversionsQualified", "Revenue")
        spend, clicks, count, value = (sum(Decimal(row[name]) for row in rows) for name in names)
        return spend, int(clicks), count, value


class TikTokTold:
    """TikTok's."""

    def __init__(self, sandbox):
        self.tiktok = TikTok(sandbox)
        video, cover = self.tiktok.files()
        campaign = self.tiktok.new_campaign(operation_status="ENABLE", objective_type="WEB_CONVERSIONS")
        group = self.tiktok.new_group(self.tiktok.converting(campaign, budget=900))
        self.tiktok.new_ads(group, self.tiktok.creative(video, cover))

    def __call__(self):
        rows = report(self.tiktok, start_date=FIRST, end_date=LAST)
        names = ("spend", "clicks", "conversion", "total_complete_payment_rate")
        spend, clicks, count, value = (sum(Decimal(row["metrics"][name]) for row in rows) for name in names)
        return spend, int(clicks), count, value


PLATFORMS = {
    "google_ads": GoogleTold,
    "facebook_ads": MetaTold,
    "microsoft_ads": MicrosoftTold,
    "tiktok_ads": TikTokTold,
}


@pytest.mark.parametrize("platform", list(PLATFORMS))
def test_the_ledger_tells_of_an_instant_what_the_report_told_then(sandbox, platform):
    told = PLATFORMS[platform](sandbox)
    sandbox.advance("P9D")
    seen = []
    for _ in range(4):
        seen.append((sandbox.control("clock")["now"], told()))
        sandbox.advance("P3D")
    for at, then in seen:
        rows = sandbox.ledger(platform=platform, as_of=at, first=FIRST, to=LAST)["delivery"]
        names = ("spend", "clicks", "conversions", "conversion_value")
        spend, clicks, count, value = (sum(Decimal(row[name]) for row in rows) for name in names)
        assert (spend, int(clicks), count, value) == then, at
    assert len({then for _, then in seen}) >= 3, "and it did change"
    assert seen[-1][1][0] < seen[0][1][0], "down, too"


@pytest.mark.parametrize("platform", list(PLATFORMS))
def test_hours_that_are_over_gain_clicks_for_as_long_as_the_platform_counts_late(sandbox, platform):
    told = PLATFORMS[platform](sandbox)
    sandbox.advance("P1D")
    seen = []
    for _ in range(13):
        hours = sandbox.ledger(platform=platform, grain="hour", first=FIRST, to=LAST)["delivery"]
        assert (sum(Decimal(row["spend"]) for row in hours), sum(row["clicks"] for row in hours)) == told()[:2]
        seen.append({(row["date"], row["hour"]): Decimal(row["spend"]) for row in hours})
        sandbox.advance("PT1H")
    steps = list(pairwise(seen))
    assert any(after[hour] > spend for before, after in steps for hour, spend in before.items()), "some come late"
    old = sorted(seen[0])[:10]
    assert all(after[hour] <= before[hour] for before, after in steps for hour in old), "and there is an end to it"
