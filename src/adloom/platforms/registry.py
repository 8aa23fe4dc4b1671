"""Which adapter speaks to which platform: one line each, loaded when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from adloom.platforms.contract import Adapter, ApiVersion
from adloom.platforms.types import Platform

#: A fifth platform is one more line: its adapter's module and class.
_ADAPTERS = {
    Platform.GOOGLE_ADS: "adloom.platforms.google.adapter:GoogleAdapter",
    Platform.FACEBOOK_ADS: "adloom.platforms.meta.adapter:MetaAdapter",
    Platform.MICROSOFT_ADS: "adloom.platforms.microsoft.adapter:MicrosoftAdapter",
    Platform.TIKTOK_ADS: "adloom.platforms.tiktok.adapter:TikTokAdapter",
}


@cache
def adapter(platform: Platform) -> Adapter:
    """The platform's adapter; the same one for every call of a process."""
    module, _, name = _ADAPTERS[platform].partition(":")
    return cast(Adapter, getattr(import_module(module), name)())


def versions() -> list[tuple[Platform, ApiVersion]]:
    """The API version that each adapter speaks."""
    return [(platform, adapter(platform).version) for platform in _ADAPTERS]
