"""What people and platforms wrote, as a terminal may show it: it sets no colour, moves no cursor, turns no line."""

from __future__ import annotations

import re

# Control characters but tabs and line ends, and those that set the direction of what follows: digits are turned, too.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown(text: object) -> str:
    """The text with a mark in place of each character that does something; nothing for None."""
    return "" if text is None else _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(text))
