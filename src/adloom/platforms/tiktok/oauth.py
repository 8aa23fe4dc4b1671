"""TikTok's login does not lapse by time and cannot be renewed by a program."""

from __future__ import annotations

from typing import NoReturn

from adloom.core.errors import CredentialsExpired
from adloom.platforms.types import Platform


def refresh() -> NoReturn:
    """Raises CredentialsExpired: a long-term token of the Marketing API dies by revocation alone.

    (Tokens that can be refreshed belong to TikTok's Accounts API, which Adloom does not use.)
    """
    raise CredentialsExpired(
        "TikTok no longer takes this token, and its tokens cannot be renewed. Connect again.",
        platform=Platform.TIKTOK_ADS,
    )
