"""The kinds of fields a unified ad is made of. Each refusal carries the rule it breaks and what mends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cache
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from babel import Locale
from babel.core import get_global
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer
from pydantic_core import PydanticCustomError

from adloom.ads import text
from adloom.core.money import plain

_DECIMAL = re.compile(r"^\d{1,12}(\.\d{1,6})?$")
_NOT_COUNTRIES = frozenset(re.findall("..", "ACANBUCPCQCSDDDGEAEUEZFXICSUTATPUNYDYUZRZZ"))
_Item = TypeVar("_Item")


class Part(BaseModel):
    """A part of a unified ad: nothing unknown, nothing converted silently, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def broken(rule: str, fix: str) -> PydanticCustomError:
    """A broken rule, to be raised by a validator."""
    # Braces would be taken for placeholders.
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "fix": fix})


def line(limit: int, *, has_emoji: bool = True, has_newline: bool = False) -> Callable[[str], str]:
    """A validator of text of 1 to `limit` display columns, trimmed; wide characters count 2."""

    def check(value: str) -> str:
        value = value.strip()
        width = text.display_width(value)
        if width == 0:
            raise broken("is empty.", "Write something, or leave the field out.")
        if width > limit:
            raise broken(
                f"is {width} columns wide; {limit} is the most (wide characters, as in Chinese, count 2).",
                f"Shorten it by {width - limit}.",
            )
        _refuse_invisible(value, but="\n" if has_newline else "")
        _refuse_emoji(value, has_emoji=has_emoji)
        return value

    return check


def items(
    least: int, most: int, *, key: Callable[[_Item], Hashable] | None = None
) -> Callable[[tuple[_Item, ...]], tuple[_Item, ...]]:
    """A validator of a list's length and, with `key`, of its uniqueness."""

    def check(values: tuple[_Item, ...]) -> tuple[_Item, ...]:
        if not least <= len(values) <= most:
            wanted = f"{least} to {most}" if least else f"at most {most}"
            raise broken(f"has {len(values)} entries; it must have {wanted}.", "Add or remove some.")
        if key is not None:
            _refuse_twins(values, key=key)
        return values

    return check


def folded(value: str) -> str:
    """A text as platforms compare it: trimmed, without case."""
    return value.strip().casefold()


def https_url(value: str) -> str:
    """A validator of an https address of at most 2,048 characters."""
    if len(value) > 2048:
        raise broken(f"has {len(value)} characters; 2048 is the most.", "Use a shorter address.")
    if any(character.isspace() for character in value) or text.control_character(value):
        raise broken("holds white space or characters that do not show.", "Percent-encode or remove them.")
    try:
        parts = urlsplit(value)
    except ValueError:
        raise broken("is not an address.", "Write https://host/path.") from None
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname:
        raise broken("is not an https address.", "Write https://host/path.")
    if parts.username or parts.password:
        raise broken("holds a user name or password.", "Remove what stands before the @.")
    return value


def decimal_text(value: object) -> Decimal:
    """A validator of a decimal string in plain notation; a JSON number is refused, for it may be rounded."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise broken("is not a decimal string.", 'Write it in quotes, such as "50.00".')
    if not _DECIMAL.fullmatch(value):
        raise broken(f"{value!r} is not a plain positive number.", 'Write digits and one point, such as "50.00".')
    return Decimal(value)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise broken("is not a number.", "Write a number such as 37.7749.")
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise broken("is not a number.", "Write a number such as 37.7749.") from None
    if not number.is_finite():
        raise broken("is not a finite number.", "Write a number such as 37.7749.")
    return round(number, 6)


def country(value: str) -> str:
    """A validator of ISO 3166-1 alpha-2."""
    if value not in countries():
        raise broken(f"{value!r} is not a country code.", "Use ISO 3166-1 alpha-2 in capitals, such as US or DE.")
    return value


def language(value: str) -> str:
    """A validator of ISO 639-1."""
    if value not in _languages():
        raise broken(f"{value!r} is not a language code.", "Use ISO 639-1 in small letters, such as en or de.")
    return value


@cache
def countries() -> frozenset[str]:
    """Every ISO 3166-1 alpha-2 code in use."""
    known = (str(code) for code in get_global("territory_currencies"))
    return frozenset(code for code in known if len(code) == 2 and code.isalpha()) - _NOT_COUNTRIES


@cache
def _languages() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").languages if len(str(code)) == 2)


def _refuse_invisible(value: str, *, but: str = "") -> None:
    code = text.control_character(value, but=but)
    if code is not None:
        what = "a line break" if code in {"U+000A", "U+000D", "U+2028"} else f"the character {code}"
        raise broken(f"holds {what}, which does not show.", "Remove it.")


def _refuse_emoji(value: str, *, has_emoji: bool) -> None:
    found = None if has_emoji else text.emoji(value)
    if found is not None:
        raise broken(f"holds the emoji {found}, which not every platform takes.", "Say it in words.")


def _refuse_twins(values: tuple[_Item, ...], *, key: Callable[[_Item], Hashable]) -> None:
    seen: dict[Hashable, int] = {}
    for number, value in enumerate(values):
        first = seen.setdefault(key(value), number)
        if first != number:
            raise broken(
                f"entry {number} says the same as entry {first} (case does not count).",
                "Change or remove one of them.",
            )


Amount = Annotated[Decimal, BeforeValidator(decimal_text), PlainSerializer(plain, return_type=str)]
"""A decimal string in JSON, a Decimal in Python."""

Number = Annotated[
    Decimal,
    BeforeValidator(_number),
    PlainSerializer(lambda value: int(value) if value == value.to_integral_value() else float(value)),
]
"""A place on earth or a distance: a JSON number of at most 6 decimals; never money."""

Name = Annotated[str, AfterValidator(line(100, has_emoji=False))]
Url = Annotated[str, AfterValidator(https_url)]
Country = Annotated[str, AfterValidator(country)]
Language = Annotated[str, AfterValidator(language)]
Text = Annotated[str, AfterValidator(line(5000, has_newline=True))]
"""Text whose limits are a platform's own."""
