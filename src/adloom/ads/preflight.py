"""Everything that is wrong with an ad, and everything that would be lost, on each platform, before anything is sent.

Pure: rules that hold everywhere, and after them each adapter's own. Needs the accounts and files that the ad names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from adloom.ads import instants, media_rules, naming, regions, resolve
from adloom.ads.blocks import Block
from adloom.ads.creative import CreativeFields
from adloom.ads.unified import UnifiedAd
from adloom.core.errors import FieldError
from adloom.core.money import Money
from adloom.platforms import registry
from adloom.platforms.contract import Loss, Preflight
from adloom.platforms.geography import Answers
from adloom.platforms.spec import Account, CampaignSpec, MediaFile
from adloom.platforms.types import LocationType, LossKind, Platform

_NOT_YET = UUID(int=0)


def check(
    ad: UnifiedAd,
    *,
    accounts: Mapping[Platform, Account],
    media: Mapping[str, MediaFile],
    now: datetime,
    platforms: Collection[Platform] | None = None,
    campaign_ids: Mapping[Platform, UUID] | None = None,
    starts: Mapping[Platform, datetime] | None = None,
    places: Mapping[Platform, Answers] | None = None,
    naming_template: str = naming.TEMPLATE,
) -> dict[Platform, Preflight]:
    """All errors and losses of the ad, by platform (`platforms`, else all that it names), with field, rule and fix.

    `accounts` are the connected ad accounts that the ad names; a missing one is an error, and the rest is checked as
    if it were there. `media` are its files by asset id. `campaign_ids` are those of campaigns that there are already,
    `starts` when the flights of those began (else now). `places` is what each platform answered about places; one
    that it was not asked for is an error.
    """
    ids, begun, told = campaign_ids or {}, starts or {}, places or {}
    return {
        platform: _check(
            ad,
            platform=platform,
            account=accounts.get(platform),
            media=media,
            now=now,
            campaign_id=ids.get(platform, _NOT_YET),
            start=begun.get(platform, now),
            places=told.get(platform, {}),
            naming_template=naming_template,
        )
        for platform in ad.platforms.chosen()
        if platforms is None or platform in platforms
    }


def _check(
    ad: UnifiedAd,
    *,
    platform: Platform,
    account: Account | None,
    media: Mapping[str, MediaFile],
    now: datetime,
    campaign_id: UUID,
    start: datetime,
    places: Answers,
    naming_template: str,
) -> Preflight:
    spec = resolve.campaign_spec(
        ad,
        platform=platform,
        account=account or _assumed(ad, platform=platform),
        campaign_id=campaign_id,
        media=media,
        start=start,
        places=places,
        naming_template=naming_template,
    )
    own = tuple(_errors(ad, spec=spec, platform=platform, is_connected=account is not None, media=media, now=now))
    theirs = registry.adapter(platform).preflight(spec)
    return Preflight(errors=_together(own, theirs.errors), losses=(*theirs.losses, *_losses(spec)))


def _losses(spec: CampaignSpec) -> Iterator[Loss]:
    """What is lost everywhere: each platform counts what a conversion was worth by its own pixel, goal or action."""
    if spec.conversion is not None and spec.conversion.value is not None:
        value = Money(spec.conversion.value, spec.budget.money.currency)
        yield Loss("conversion.value", LossKind.DROPPED, str(value), "the value that the platform measures")


def _assumed(ad: UnifiedAd, *, platform: Platform) -> Account:
    """An account as the ad seems to expect it, so that everything else can be checked without one."""
    block = ad.platforms.chosen()[platform]
    currency = ad.budget_on(platform).amount.currency
    return Account(block.account_id(), currency, ad.schedule.time_zone or "UTC")


def _together(own: tuple[FieldError, ...], theirs: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    """Both lists; where both speak of one field, the platform's words stand."""
    said = {error.field for error in theirs}
    return (*(error for error in own if error.field not in said), *theirs)


def _errors(
    ad: UnifiedAd,
    *,
    spec: CampaignSpec,
    platform: Platform,
    is_connected: bool,
    media: Mapping[str, MediaFile],
    now: datetime,
) -> Iterator[FieldError]:
    block = ad.platforms.chosen()[platform]
    if not is_connected:
        yield FieldError(
            f"platforms.{platform}.account",
            f"the ad account {block.account_id()} is not connected.",
            f"Connect it: adloom connect {platform} --account {block.account_id()}",
        )
    yield from _currency(spec, block=block, platform=platform)
    yield from _flight(ad, spec=spec, now=now)
    yield from _regions(ad)
    yield from _files(ad, block=block, platform=platform, media=media)
    yield from _twins(spec)


def _currency(spec: CampaignSpec, *, block: Block, platform: Platform) -> Iterator[FieldError]:
    budget, account = spec.budget.money.currency, spec.account.currency
    if budget != account:
        field = "budget.amount" if block.budget is None else f"platforms.{platform}.budget.amount"
        yield FieldError(
            field,
            f"the account bills in {account}, the budget is in {budget}.",
            f"Give {platform} a budget of its own, in {account}.",
        )


def _flight(ad: UnifiedAd, *, spec: CampaignSpec, now: datetime) -> Iterator[FieldError]:
    end = spec.schedule.end
    if end is not None and end <= now:
        yield FieldError("schedule.end", "the flight is over.", "Move the end into the future, or remove it.")
    elif end is not None and end <= spec.schedule.start:
        yield FieldError("schedule.end", "the flight ends before it starts.", "Move the end, or the start.")
    own_zone = ad.schedule.time_zone
    if (
        spec.schedule.dayparting
        and own_zone is not None
        and not instants.is_same_zone(own_zone, spec.account.time_zone)
    ):
        yield FieldError(
            "schedule.dayparting",
            f"hours are those of the ad account, which is in {spec.account.time_zone}, not in {own_zone}.",
            f"Write the hours of {spec.account.time_zone}, and leave time_zone out.",
        )


def _regions(ad: UnifiedAd) -> Iterator[FieldError]:
    """Regions that cannot be asked for: platforms find them by name, and ours come from ISO 3166-2."""
    groups = ((f"ad_groups[{number}].targeting", group.targeting) for number, group in enumerate(ad.ad_groups or ()))
    for field, targeting in (("targeting", ad.targeting), *groups):
        for number, place in enumerate(targeting.locations or ()):
            is_nameless = place.type is LocationType.REGION and place.name is None
            if is_nameless and regions.name_of(place.code or "") is None:
                rule = f"ISO 3166-2 has no region {place.code}."
                yield FieldError(f"{field}.locations[{number}].code", rule, "Correct it, or add the region's name.")


def _files(ad: UnifiedAd, *, block: Block, platform: Platform, media: Mapping[str, MediaFile]) -> Iterator[FieldError]:
    """Files that this platform would use: a shared list that the platform replaces is not looked at."""
    replaced = block.creative.given().keys() & {"images", "videos"}
    yield from _files_of(ad.creative, field="creative", media=media, but=replaced)
    for number, group in enumerate(ad.ad_groups or ()):
        for position, item in enumerate(group.ads):
            field = f"ad_groups[{number}].ads[{position}].creative"
            yield from _files_of(item.creative, field=field, media=media, but=replaced)
    field = f"platforms.{platform}.creative"
    yield from _files_of(block.creative, field=field, media=media, is_strict=False)


def _files_of(
    creative: CreativeFields,
    *,
    field: str,
    media: Mapping[str, MediaFile],
    but: Collection[str] = (),
    is_strict: bool = True,
) -> Iterator[FieldError]:
    if "images" not in but:
        yield from _images(creative, field=field, media=media, is_strict=is_strict)
    if "videos" not in but:
        yield from _videos(creative, field=field, media=media, is_strict=is_strict)


def _images(
    creative: CreativeFields, *, field: str, media: Mapping[str, MediaFile], is_strict: bool
) -> Iterator[FieldError]:
    for number, image in enumerate(creative.images or ()):
        place = f"{field}.images[{number}]"
        file = media.get(image.asset)
        if file is None:
            yield _missing(f"{place}.asset", image.asset)
        else:
            yield from media_rules.image(file, role=image.role, field=place, is_strict=is_strict)


def _videos(
    creative: CreativeFields, *, field: str, media: Mapping[str, MediaFile], is_strict: bool
) -> Iterator[FieldError]:
    for number, video in enumerate(creative.videos or ()):
        place = f"{field}.videos[{number}]"
        for name, asset in (("asset", video.asset), ("cover", video.cover)):
            if asset is not None and asset not in media:
                yield _missing(f"{place}.{name}", asset)
        film, cover = media.get(video.asset or ""), media.get(video.cover or "")
        if film is not None:
            yield from media_rules.video(film, field=f"{place}.asset", is_strict=is_strict)
        if cover is not None:
            yield from media_rules.cover(cover, of=film, field=f"{place}.cover")


def _missing(field: str, asset: str) -> FieldError:
    return FieldError(field, f"there is no asset {asset}.", "Upload the file, and name the asset that it becomes.")


def _twins(spec: CampaignSpec) -> Iterator[FieldError]:
    """Ads of a group that say the same: platforms refuse the second, or take it for the first."""
    for group in spec.groups:
        seen: dict[object, str] = {}
        for ad in group.ads:
            first = seen.setdefault(ad.creative, ad.key)
            if first != ad.key:
                yield FieldError(
                    f"ad_groups[{group.key}].ads[{ad.key}].creative",
                    f"it says the same as {first} on this platform.",
                    "Change one of them, or remove it.",
                )
