"""A display campaign for tests: responsive display ads of a landscape, a square and a logo."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.platforms import feed_specs, specs

from adloom.platforms.spec import Account, CampaignSpec, Image, Interest, Targeting
from adloom.platforms.types import CallToAction, Channel, ImageRole, Platform


def picture(asset_id: str, width: int, height: int, *, role: ImageRole, **changes: Any) -> Image:
    """A grey picture of that size."""
    shade = len(asset_id) * 7 % 200
    data = feed_specs.png(width, height, shade=shade)
    file = feed_specs.file(asset_id, data, mime_type="image/png", width=width, height=height)
    return Image(dataclasses.replace(file, **changes), role)


LANDSCAPE = picture("landscape", 1200, 628, role=ImageRole.LANDSCAPE)
SQUARE = picture("square-one", 600, 600, role=ImageRole.SQUARE)
OTHER_SQUARE = picture("square-two!", 300, 300, role=ImageRole.SQUARE)
LOGO = picture("logo", 256, 256, role=ImageRole.LOGO)
WIDE_LOGO = picture("wide-logo", 512, 128, role=ImageRole.LOGO)

CREATIVE = dataclasses.replace(
    specs.CREATIVE,
    long_headline="Spring sale: all shoes at a lower price",
    brand_name="Acme",
    call_to_action=CallToAction.SHOP_NOW,
    display_paths=(),
    images=(LANDSCAPE, SQUARE, LOGO),
)
TARGETING = dataclasses.replace(
    specs.TARGETING, keywords=(), negative_keywords=(), interests=(Interest("google_ads", "80432"),)
)


def display_spec(*, account: Account = specs.ACCOUNT, targeting: Targeting = TARGETING, **changes: Any) -> CampaignSpec:
    """A display campaign; `changes` as for `specs.search_spec`."""
    given = {"creative": CREATIVE, "channel": Channel.DISPLAY, **changes}
    return specs.search_spec(account=account, targeting=targeting, **given)


def live_spec(account: Account, **changes: Any) -> CampaignSpec:
    """A display campaign whose flight begins now."""
    flight = specs.live_spec(Platform.GOOGLE_ADS, account=account).schedule
    return display_spec(account=account, **{"schedule": flight, **changes})
