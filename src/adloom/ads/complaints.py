"""Turns what pydantic says about a document into errors that name field, rule and fix. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from adloom.core.errors import FieldError

_KINDS = {
    "string_type": ("is not a text.", "Write it in quotes."),
    "int_type": ("is not a whole number.", "Write a whole number without quotes."),
    "int_from_float": ("is not a whole number.", "Write a whole number without quotes."),
    "bool_type": ("is neither true nor false.", "Write true or false without quotes."),
    "tuple_type": ("is not a list.", "Write it in [ ]."),
    "dict_type": ("is not an object.", "Write it in { }."),
    "model_type": ("is not an object.", "Write it in { }."),
    "none_required": ("cannot be used yet.", "Leave it out, and use tracking.params."),
}


def field_errors(error: ValidationError, *, model: type[BaseModel]) -> tuple[FieldError, ...]:
    """One error for every place that pydantic complains about, in its order."""
    return tuple(_field_error(detail, model=model) for detail in error.errors(include_url=False))


def field_path(location: tuple[int | str, ...]) -> str:
    """A place in a document, as people write it: `creative.headlines[3]`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".") or "the ad"


def _field_error(detail: ErrorDetails, *, model: type[BaseModel]) -> FieldError:
    field = field_path(detail["loc"])
    context: Mapping[str, Any] = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "rule":
        return FieldError(field, context["rule"], context["fix"])
    if kind == "missing":
        return FieldError(field, "is missing.", "Add it.")
    if kind == "extra_forbidden":
        return FieldError(field, "is not a field of a unified ad.", _nearest(str(detail["loc"][-1]), model=model))
    if kind in {"enum", "literal_error"}:
        return FieldError(field, f"{detail['input']!r} is none of the values.", f"Use {context['expected']}.")
    rule, fix = _KINDS.get(kind, (f"{detail['msg']}.", "Change it."))
    return FieldError(field, rule, fix)


def _nearest(name: str, *, model: type[BaseModel]) -> str:
    close = difflib.get_close_matches(name, sorted(_names(model, seen=set())), n=1)
    return f"Did you mean {close[0]}?" if close else "Remove it."


def _names(model: type[BaseModel], *, seen: set[type[BaseModel]]) -> set[str]:
    seen.add(model)
    names = set(model.model_fields)
    for field in model.model_fields.values():
        for part in _models_in(field.annotation):
            if part not in seen:
                names |= _names(part, seen=seen)
    return names


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    arguments: tuple[object, ...] = getattr(annotation, "__args__", ())
    return [model for argument in arguments for model in _models_in(argument)]
