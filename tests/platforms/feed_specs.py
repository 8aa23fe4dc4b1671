"""Ads for feed platforms' tests: a picture, a film with its cover, and an ad that Meta and TikTok take."""

from __future__ import annotations

import dataclasses
import hashlib
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from adloom.core import ids
from adloom.core.money import Money
from adloom.platforms.geography import PlaceAnswer, query_of
from adloom.platforms.spec import (
    Account,
    AdGroupSpec,
    AdSpec,
    Bidding,
    Budget,
    CampaignSpec,
    Conversion,
    Creative,
    Declarations,
    Image,
    Keyword,
    Location,
    MediaFile,
    Schedule,
    Targeting,
    Video,
)
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    CallToAction,
    ConversionEvent,
    ImageRole,
    LocationType,
    MatchType,
    Objective,
    RemoteStatus,
)


def png(width: int, height: int, *, shade: int = 90) -> bytes:
    """A grey picture as PNG."""
    rows = (b"\0" + bytes([shade]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def mp4(seconds: int = 10, *, width: int = 720, height: int = 1280) -> bytes:
    """The outline of a film: boxes that tell brand, length and size, and no frames."""
    head = _box(b"tkhd", b"\0" * 76 + struct.pack(">II", width << 16, height << 16))
    length = _box(b"mvhd", b"\0" * 12 + struct.pack(">II", 1000, seconds * 1000) + b"\0" * 80)
    brand = _box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
    return brand + _box(b"moov", length + _box(b"trak", head)) + _box(b"mdat", b"adloom" * 40)


def file(
    asset_id: str,
    data: bytes,
    *,
    mime_type: str,
    width: int,
    height: int,
    duration_ms: int | None = None,
    **changes: Any,
) -> MediaFile:
    """A probed file that holds these bytes."""
    plain = MediaFile(
        asset_id=asset_id,
        filename=f"{asset_id}.{mime_type.split('/')[1]}",
        mime_type=mime_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        width=width,
        height=height,
        duration_ms=duration_ms,
        read=lambda: data,
    )
    return dataclasses.replace(plain, **changes)


SQUARE = file("square", png(1080, 1080), mime_type="image/png", width=1080, height=1080)
COVER = file("cover", png(720, 1280, shade=40), mime_type="image/png", width=720, height=1280)
FILM = file("film", mp4(), mime_type="video/mp4", width=720, height=1280, duration_ms=10_000)

CREATIVE = Creative(
    headlines=("Spring Sale", "Run Faster", "Free Shipping"),
    descriptions=("Save 20% on all shoes.", "Order today, ships today."),
    landing_url="https://example.com/spring",
    primary_text="Spring sale: 20% off all shoes",
    call_to_action=CallToAction.SHOP_NOW,
    images=(Image(SQUARE, ImageRole.SQUARE),),
    videos=(Video(FILM, cover=COVER),),
)
TARGETING = Targeting(
    locations=(Location(LocationType.COUNTRY, country="US"),),
    languages=("en",),
    keywords=(Keyword("running shoes", MatchType.PHRASE),),
)
ACCOUNT = Account(
    "act_7000",
    "USD",
    "America/Los_Angeles",
    {"page_id": "11", "pixel_id": "22", "identity_id": "33", "identity_type": "TT_USER"},
)


def feed_spec(
    *,
    account: Account = ACCOUNT,
    campaign_id: UUID | None = None,
    groups: int = 1,
    ads: int = 1,
    creative: Creative = CREATIVE,
    targeting: Targeting = TARGETING,
    **changes: Any,
) -> CampaignSpec:
    """A feed campaign of so many ad groups with so many ads; `changes` replace fields of the campaign."""
    campaign_id = campaign_id or uuid4()
    marker = ids.marker(campaign_id)
    spec = CampaignSpec(
        campaign_id=campaign_id,
        marker=marker,
        name=f"Spring sale {marker}",
        objective=Objective.TRAFFIC,
        account=account,
        groups=tuple(
            AdGroupSpec(
                key=f"g{group}",
                name=f"Group {group} {marker}",
                targeting=targeting,
                ads=tuple(AdSpec(f"a{ad}", f"Ad {group}.{ad} {marker}", creative) for ad in range(ads)),
            )
            for group in range(groups)
        ),
        budget=Budget(BudgetType.DAILY, Money(Decimal("50.00"), "USD"), Bidding(BidStrategy.MAX_CLICKS)),
        schedule=Schedule(start=datetime(2026, 12, 1, 8, tzinfo=UTC), end=datetime(2027, 1, 1, 7, 59, 59, tzinfo=UTC)),
        tracking={"utm_source": "adloom", "utm_campaign": marker},
        declarations=Declarations(special_categories=()),
        desired_status=RemoteStatus.ACTIVE,
    )
    return dataclasses.replace(spec, **changes)


def selling(spec: CampaignSpec, *, event: ConversionEvent = ConversionEvent.PURCHASE) -> CampaignSpec:
    """The same campaign for conversions."""
    bidding = Bidding(BidStrategy.MAX_CONVERSIONS)
    return dataclasses.replace(
        spec,
        objective=Objective.CONVERSIONS,
        conversion=Conversion(event),
        budget=dataclasses.replace(spec.budget, bidding=bidding),
    )


def with_targeting(spec: CampaignSpec, **changes: Any) -> CampaignSpec:
    """The same campaign, every ad group's targeting changed."""
    return _with_groups(
        spec,
        lambda group: dataclasses.replace(group, targeting=dataclasses.replace(group.targeting, **changes)),
    )


def answered(spec: CampaignSpec, answers: tuple[PlaceAnswer, ...]) -> CampaignSpec:
    """The same campaign, knowing what its platform answered when it was asked for places."""
    known = {answer.query: answer.places for answer in answers}

    def placed(location: Location) -> Location:
        query = query_of(location)
        return dataclasses.replace(location, places=known[query]) if query in known else location

    return _with_groups(
        spec,
        lambda group: dataclasses.replace(
            group,
            targeting=dataclasses.replace(group.targeting, locations=tuple(map(placed, group.targeting.locations))),
        ),
    )


def with_creative(spec: CampaignSpec, **changes: Any) -> CampaignSpec:
    """The same campaign, every ad's creative changed."""
    return _with_groups(
        spec,
        lambda group: dataclasses.replace(
            group,
            ads=tuple(
                dataclasses.replace(ad, creative=dataclasses.replace(ad.creative, **changes)) for ad in group.ads
            ),
        ),
    )


def with_budget(spec: CampaignSpec, amount: str, *, currency: str = "USD") -> CampaignSpec:
    """The same campaign with another budget, on an account of its currency."""
    budget = dataclasses.replace(spec.budget, money=Money(Decimal(amount), currency))
    account = dataclasses.replace(spec.account, currency=currency)
    return dataclasses.replace(spec, budget=budget, account=account)


def _with_groups(spec: CampaignSpec, change: Callable[[AdGroupSpec], AdGroupSpec]) -> CampaignSpec:
    return dataclasses.replace(spec, groups=tuple(change(group) for group in spec.groups))
