"""Rules about text that people write: how wide it is shown, and which characters platforms refuse. Pure."""

from __future__ import annotations

import unicodedata

_EMOJI_BLOCKS = (
    (0x1F000, 0x1FAFF),
    (0x2600, 0x27BF),
    (0x2B05, 0x2B55),
    (0x2300, 0x23FF),
    (0xFE00, 0xFE0F),
    (0x20E3, 0x20E3),
    (0xE0020, 0xE007F),
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def display_width(text: str) -> int:
    """How many columns a text takes: 2 for each wide character (Chinese, Japanese, Korean), 1 for others."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def emoji(text: str) -> str | None:
    """The first emoji in a text, or None."""
    return next((character for character in text if _is_emoji(ord(character))), None)


def control_character(text: str, *, but: str = "") -> str | None:
    """The first character that does not show (control, format, unassigned) and is not in `but`; as U+XXXX."""
    for character in text:
        if unicodedata.category(character) in _INVISIBLE and character not in but:
            return f"U+{ord(character):04X}"
    return None


def slug(text: str, *, fallback: str) -> str:
    """A text as lower-case ASCII words joined by hyphens, at most 40 characters; `fallback` for nothing."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "".join(character if character.isalnum() else " " for character in plain).split()
    return "-".join(words)[:40].strip("-") or fallback


def _is_emoji(code: int) -> bool:
    return any(first <= code <= last for first, last in _EMOJI_BLOCKS)
