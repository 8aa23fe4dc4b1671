"""Parts of TikTok's answers as the types that they should have; what is something else counts as nothing. Pure."""

from __future__ import annotations

from typing import Any


def an_object(value: Any) -> dict[str, Any]:
    """A JSON object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The texts of a list; none where it is no list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text, or a number as text; empty where it is neither."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def an_id(value: Any) -> str:
    """An id, which is a whole number that may come as text; empty where it is none."""
    found = text(value)
    return found if found.isdigit() and found != "0" else ""
