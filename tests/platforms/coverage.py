"""What becomes of each field of the unified ad on each platform, found by asking preflight and comparing bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from uuid import UUID

from tests.platforms import any_ad, coverage_rows
from tests.platforms.any_ad import NOW
from tests.platforms.any_values import Json
from tests.platforms.coverage_rows import Row

from adloom.ads import preflight, resolve, unified
from adloom.ads.fields import countries
from adloom.core.errors import FieldError, Invalid
from adloom.platforms import http, registry
from adloom.platforms.changes import Effect
from adloom.platforms.contract import Loss
from adloom.platforms.geography import Place, PlaceQuery
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import Operation, Platform

_CAMPAIGN = UUID("6f1d3d9e-6d0c-4c4e-9a53-27bd3a8e4a10")
_MEDIA = coverage_rows.media()
_DISPLAY: Json = {
    "platforms": {"google_ads": {"channel": "DISPLAY"}},
    "creative": {
        "long_headline": "Everything for runners, 20% off",
        "brand_name": "Acme",
        "images": [{"asset": "png-1200x628", "role": "LANDSCAPE"}, {"asset": "png-1080x1080", "role": "SQUARE"}],
    },
    "targeting": {"keywords": None},
}
_FEED: Json = {
    "creative": {
        "images": [{"asset": "png-1080x1080", "role": "SQUARE"}],
        "videos": [{"asset": "mp4-720x1280-10", "cover": "png-720x1280"}],
    },
    "targeting": {"keywords": None},
}
_ACCOUNTS = {Platform.FACEBOOK_ADS: "act_1"}
#: In which ad group and ad a field is, and which of several it is.
_PLACE = re.compile(r"^ad_groups\[.*?\]\.(ads\[.*?\]\.)?|\[\d+\]$")
#: Attributes of the account that go into headers of every call, and into no body.
_HEADERS = ("login_customer_id", "customer_id")


class Fate(StrEnum):
    """What becomes of a field."""

    SENT = "sent"
    PARTLY = "in part"
    DROPPED = "dropped"
    REFUSED = "refused"
    NOTHING = "–"
    ABSENT = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A kind of campaign that Adloom makes: its platform, and what its plain ad has beside the others'."""

    title: str
    platform: Platform
    patch: Json
    attributes: Mapping[str, str]


#: Which action or goal of the account each conversion event is.
_CHOSEN = {"conversion_purchase": "31", "conversion_lead": "32"}
COLUMNS = (
    Column("Google Search", Platform.GOOGLE_ADS, {}, _CHOSEN),
    Column("Google Display", Platform.GOOGLE_ADS, _DISPLAY, _CHOSEN),
    Column("Meta", Platform.FACEBOOK_ADS, _FEED, {"page_id": "11", "pixel_id": "12", "instagram_user_id": "13"}),
    Column("Microsoft Search", Platform.MICROSOFT_ADS, {}, {"customer_id": "2", **_CHOSEN}),
    Column("TikTok", Platform.TIKTOK_ADS, _FEED, {"identity_id": "21", "identity_type": "TT_USER", "pixel_id": "22"}),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A field's fate on a platform, in whose words it is lost or refused, and what an update of it would do."""

    fate: Fate
    words: tuple[str, ...] = ()
    update: str = ""


def cell(row: Row, column: Column) -> Cell:
    """What becomes of a row's field in a kind of campaign."""
    if row.only and column.platform not in row.only:
        return Cell(Fate.ABSENT)
    before = _seen(column, row.before)
    after = _seen(column, row.before, row.after)
    if errors := before.errors or after.errors:
        return Cell(Fate.REFUSED, _sentences(errors))
    differs = before.bodies != after.bodies
    if lost := _lost_of(row, before, after):
        words = tuple(dict.fromkeys(map(_lost, lost)))
        return Cell(Fate.PARTLY if differs else Fate.DROPPED, words, _update(column.platform, before, after))
    return Cell(Fate.SENT if differs else Fate.NOTHING, (), _update(column.platform, before, after))


def reached(column: Column) -> list[str]:
    """The countries that an ad can be shown in, where everything that is declared there has been."""
    said: Json = {"declarations": {"dsa": {"beneficiary": "Acme", "payor": "Acme"}}}
    places = {code: {"targeting": {"locations": [{"type": "COUNTRY", "country": code}]}} for code in countries()}
    return sorted(code for code, place in places.items() if not _seen(column, said, place).errors)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What preflight says of an ad, what its adapter got, and the bodies of all its steps, by step."""

    errors: tuple[FieldError, ...]
    losses: tuple[Loss, ...] = ()
    spec: CampaignSpec | None = None
    bodies: tuple[tuple[str, str], ...] = ()


def _seen(column: Column, *patches: Json) -> _Seen:
    platform = column.platform
    account = Account(_ACCOUNTS.get(platform, "1234567890"), "USD", "America/Los_Angeles", column.attributes)
    document = coverage_rows.over(any_ad.plain(platform, account=account.external_id), column.patch)
    for patch in patches:
        document = coverage_rows.over(document, coverage_rows.filled(patch, platform))
    try:
        ad = unified.parse(document)
    except Invalid as refusal:
        return _Seen(refusal.errors)
    made = partial(
        resolve.campaign_spec, ad, platform=platform, account=account, campaign_id=_CAMPAIGN, media=_MEDIA, start=NOW
    )
    places = _told(registry.adapter(platform).place_queries(made()))
    known = {"media": _MEDIA, "campaign_ids": {platform: _CAMPAIGN}, "places": {platform: places}}
    found = preflight.check(ad, accounts={platform: account}, now=NOW, **known)[platform]
    if found.errors:
        return _Seen(found.errors)
    spec = made(places=places)
    return _Seen((), found.losses, spec, _bodies(spec, platform))


def _told(queries: Iterable[PlaceQuery]) -> dict[PlaceQuery, tuple[Place, ...]]:
    """Each place by a number of its own, as a platform tells it that has them all."""
    return {
        query: (Place(str(1000 + number), ", ".join(filter(None, (query.name, query.code, query.country)))),)
        for number, query in enumerate(queries)
    }


def _bodies(spec: CampaignSpec, platform: Platform) -> tuple[tuple[str, str], ...]:
    adapter = registry.adapter(platform)
    steps = adapter.steps(spec, operation=Operation.CREATE)
    ids = {key: f"id of {key}" for step in steps for key in step.creates}
    headers = [f"{name}={value}" for name, value in spec.account.attributes.items() if name in _HEADERS]
    bodies = [(step.key, adapter.request(spec, step=step, ids=ids, key="0" * 64)) for step in steps]
    return (("headers", "&".join(headers)), *((key, http.dumps(dict(body))) for key, body in bodies))


def _lost_of(row: Row, before: _Seen, after: _Seen) -> list[Loss]:
    """The losses of a row's field, or of a part of it; of a group's own fields those that others do not have."""
    field = re.sub(_PLACE, "", row.field)
    known = {replace(loss, field=re.sub(_PLACE, "", loss.field)) for loss in before.losses}
    found = [replace(loss, field=re.sub(_PLACE, "", loss.field)) for loss in after.losses]
    if field != row.field:
        found = [loss for loss in found if loss not in known]
    return [loss for loss in found if loss.field == field or loss.field.startswith(f"{field}.")]


def _update(platform: Platform, before: _Seen, after: _Seen) -> str:
    """What an update from one to the other would do, in a word or two; nothing where nothing is to be done."""
    if before.spec is None or after.spec is None or before.bodies == after.bodies:
        return ""
    revision = registry.adapter(platform).revise(replace(after.spec, standing=(before.spec,)))
    if revision.errors:
        return "refused"
    effects = {effect for change in revision.changes for effect in change.effects}
    if not revision.changes:
        return ""
    words = ["replaced" if Effect.REPLACES_OBJECT in effects else "in place"]
    words += ["review"] if Effect.RE_REVIEW in effects else []
    words += ["learning"] if Effect.MAY_RESET_LEARNING in effects else []
    return ", ".join(words)


def _sentences(errors: tuple[FieldError, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{error.rule} {error.fix}" for error in errors))


def _lost(loss: Loss) -> str:
    return f"{loss.before} becomes {loss.after}" if loss.after else f"{loss.before} is left out"
