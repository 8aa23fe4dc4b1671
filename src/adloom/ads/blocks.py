"""Where an ad goes: one block per platform, with its account, and its own creative, budget and switches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from adloom.ads.creative import CreativeFields
from adloom.ads.fields import Part, broken
from adloom.ads.flight import Budget
from adloom.platforms.types import Channel, Platform


def _matching(pattern: str, example: str) -> AfterValidator:
    form = re.compile(pattern)

    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise broken(f"{value!r} is not an id of that platform.", f"Write it as {example}.")
        return value

    return AfterValidator(check)


def _offered(*channels: Channel, refused: str) -> BeforeValidator:
    """Campaigns that Adloom makes on a platform; `refused` says what it does not make there."""
    names = " or ".join(channels)

    def check(value: object) -> object:
        if value not in channels:
            raise broken(f"{value!r} is not made here: {refused}.", f"Use {names}, or leave the platform out.")
        return value

    return BeforeValidator(check)


GoogleChannel = Annotated[
    Channel,
    _offered(
        Channel.SEARCH,
        Channel.DISPLAY,
        refused="Google Ads gets Search and Display campaigns, no Demand Gen, Performance Max, Shopping, Video or App",
    ),
]
MicrosoftChannel = Annotated[
    Channel,
    _offered(
        Channel.SEARCH,
        refused="Microsoft Advertising gets Search campaigns, no Audience, Shopping, Performance Max or App",
    ),
]
Digits = Annotated[str, _matching(r"\d{1,25}", "digits only, such as 1234567890")]
MetaAccount = Annotated[str, _matching(r"act_\d{1,25}", "act_ and digits, such as act_1234567890")]
Identifier = Annotated[str, _matching(r"[A-Za-z0-9_-]{1,128}", "the platform shows it")]


class Overrides(Part):
    """A platform's switches that a person may opt in to: none but those of a subclass."""


class SearchOverrides(Overrides):
    """Whether search partners show the ad as well; they do not unless a person says so."""

    search_partners: bool | None = None


class Block(Part):
    """What all platforms' blocks share. `creative` and `budget` replace the shared ones on this platform."""

    creative: CreativeFields = CreativeFields()
    budget: Budget | None = None
    overrides: Overrides = Overrides()

    def account_id(self) -> str:
        """The ad account, in the platform's own words."""
        return str(getattr(self, "account"))  # noqa: B009 - every subclass has one, of its own form

    def attributes(self) -> Mapping[str, str]:
        """What this block says about its account, by the keys of `platforms.spec.Account`."""
        return {}


def _known(**values: str | None) -> Mapping[str, str]:
    return {name: value for name, value in values.items() if value is not None}


class GoogleBlock(Block):
    account: Digits
    login_customer_id: Digits | None = None
    channel: GoogleChannel = Channel.SEARCH
    overrides: SearchOverrides = SearchOverrides()

    def attributes(self) -> Mapping[str, str]:
        return _known(login_customer_id=self.login_customer_id)


class MetaVerified(Part):
    """Who benefits and who pays, by the ids under which Meta has verified them: Singapore and Taiwan ask for them."""

    beneficiary: Digits
    payer: Digits


class MetaBlock(Block):
    account: MetaAccount
    page: Digits | None = None
    instagram_user: Digits | None = None
    pixel: Digits | None = None
    verified: MetaVerified | None = None

    def attributes(self) -> Mapping[str, str]:
        return _known(
            page_id=self.page,
            instagram_user_id=self.instagram_user,
            pixel_id=self.pixel,
            verified_beneficiary_id=self.verified.beneficiary if self.verified else None,
            verified_payer_id=self.verified.payer if self.verified else None,
        )


class MicrosoftBlock(Block):
    account: Digits
    customer: Digits | None = None
    channel: MicrosoftChannel = Channel.SEARCH
    overrides: SearchOverrides = SearchOverrides()

    def attributes(self) -> Mapping[str, str]:
        return _known(customer_id=self.customer)


class TikTokIdentity(Part):
    """The TikTok account that an ad speaks as."""

    type: Literal["BC_AUTH_TT", "TT_USER", "CUSTOMIZED_USER"]
    id: Identifier
    bc_id: Identifier | None = None

    @model_validator(mode="after")
    def _names_its_business_centre(self) -> TikTokIdentity:
        if self.type == "BC_AUTH_TT" and self.bc_id is None:
            raise broken("a BC_AUTH_TT identity belongs to a Business Center.", "Add bc_id.")
        return self


class TikTokBlock(Block):
    account: Digits
    identity: TikTokIdentity | None = None
    pixel: Identifier | None = None

    def attributes(self) -> Mapping[str, str]:
        if self.identity is None:
            return _known(pixel_id=self.pixel)
        return _known(
            pixel_id=self.pixel,
            identity_id=self.identity.id,
            identity_type=self.identity.type,
            identity_bc_id=self.identity.bc_id,
        )


class Platforms(Part):
    """The platforms an ad is for."""

    google_ads: GoogleBlock | None = None
    facebook_ads: MetaBlock | None = None
    microsoft_ads: MicrosoftBlock | None = None
    tiktok_ads: TikTokBlock | None = None

    @model_validator(mode="after")
    def _is_for_one_at_least(self) -> Platforms:
        if not self.chosen():
            raise broken("no platform is named.", f"Add one of {', '.join(Platform)}.")
        return self

    def chosen(self) -> dict[Platform, Block]:
        """The blocks that are there, by platform."""
        blocks = {platform: getattr(self, platform.value) for platform in Platform}
        return {platform: block for platform, block in blocks.items() if block is not None}
