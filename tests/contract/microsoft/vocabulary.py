"""Tells which of some words are none of the client's enums. Standard input has `words`: lists by `service/Enum`."""

from __future__ import annotations

from enum import Enum, Flag
from typing import Any

import speak


def unknown(name: str, words: list[str]) -> list[str]:
    """The words that an enum does not have."""
    service, _, kind = name.partition("/")
    enum: Any = getattr(speak.models(service), kind)
    known = [enum(each.value).to_json() for each in enum] if issubclass(enum, Flag) else [each.value for each in enum]
    assert issubclass(enum, (Enum, Flag))
    return sorted(set(words) - set(known))


if __name__ == "__main__":
    speak.say({name: unknown(name, words) for name, words in speak.given()["words"].items()})
