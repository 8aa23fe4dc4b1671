"""What the documentation gives people to copy has to work."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from adloom.ads import preflight, unified
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def test_the_example_ad_can_be_deployed_as_it_is() -> None:
    ad = unified.parse(unified.read((EXAMPLES / "ad.json").read_bytes()))
    accounts = {
        platform: Account(block.account_id(), "USD", "America/Los_Angeles", {"customer_id": "250123456"})
        for platform, block in ad.platforms.chosen().items()
    }
    found = preflight.check(ad, accounts=accounts, media={}, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert set(found) == {Platform.GOOGLE_ADS, Platform.MICROSOFT_ADS}
    assert {platform: checked.errors for platform, checked in found.items()} == dict.fromkeys(found, ())
    assert not any(loss.is_targeting for checked in found.values() for loss in checked.losses)
