"""Texts as TikTok counts and refuses them: a CJK character counts 2, no emoji anywhere."""

import re
import unicodedata
from typing import Any

from adsandbox import schema
from adsandbox.schema import Field
from adsandbox.tiktok import wire

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3\U000e0020-\U000e007f]")


def width(text: str) -> int:
    """How long TikTok finds a text: wide characters (CJK) count 2."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def name(*, required: bool = False, least: int = 1) -> Field:
    """The name of a campaign, ad group or ad: up to 512."""
    return schema.text(required=required, least=least, most=512, length=width)


def refuse_emoji(args: dict[str, Any], *fields: str, path: str = "") -> None:
    """Refuse an emoji in any of these fields."""
    for field in fields:
        value = args.get(field)
        if isinstance(value, str) and _EMOJI.search(value):
            wire.bad(f"{path}{field}", "Emoji are not supported.")
