"""Holds JSON against the client's models: unknown elements, wrong types and unknown enum values are named.


The models themselves take unknown elements silently, so they are walked element by element, `Type` by `Type`.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

#: The client's package of models for each service's path, and the module of its operations.
SERVICES = {
    "CampaignManagement": ("campaign", "campaign_management_service_api", "CampaignManagementServiceApi"),
    "Reporting": ("reporting", "reporting_service_api", "ReportingServiceApi"),
    "CustomerManagement": ("customer", "customer_management_service_api", "CustomerManagementServiceApi"),
}

# The client writes several campaign types as one word each, and cannot read what it wrote: it looks for a NONE that its
# enumeration lacks.
_types = importlib.import_module("openapi_client.models.campaign.campaign_type").CampaignType
_types.NONE = _types(0)


@dataclass(frozen=True)
class Operation:
    """What the client knows of one operation. `request` is None where it sends none, `answer` of a success."""

    service: str
    request: type[BaseModel] | None
    answer: type[BaseModel]
    fault: type[BaseModel]


@cache
def operations() -> dict[tuple[str, str], Operation]:
    """Every operation of the three services, by method and path."""
    found = {}
    for service, module, name in SERVICES.values():
        api = getattr(importlib.import_module(f"openapi_client.api.{module}"), name)
        models = importlib.import_module(f"openapi_client.models.{service}")
        fault = importlib.import_module(f"openapi_client.models.{service}.application_fault").ApplicationFault
        for member, function in inspect.getmembers(api, inspect.isfunction):
            if member.startswith("_") or member.endswith(("_with_http_info", "_without_preload_content")):
                continue
            method, path = _address(getattr(api, f"_{member}_serialize"))
            known = re.search(r"'200': \"(\w+)\"", inspect.getsource(function))
            wanted = f"{''.join(part.capitalize() for part in member.split('_'))}request".lower()
            request = next((getattr(models, each) for each in dir(models) if each.lower() == wanted), None)
            answer = getattr(models, known[1], None) if known else None
            if answer is not None:
                found[method, path] = Operation(service, request, answer, fault)
    return found


def _address(serialize: Any) -> tuple[str, str]:
    source = inspect.getsource(serialize)
    method, path = re.search(r"method='(\w+)'", source), re.search(r"resource_path='([^']+)'", source)
    assert method is not None
    assert path is not None
    return method[1], path[1]


def complaints(model: Any, value: Any, *, at: str = "") -> Iterator[str]:
    """What is wrong with a value for a model, or for any annotation of a field."""
    kind = _inner(model)
    if value is None:
        if kind is model and model is not Any:
            yield f"{at}: null"
    elif get_origin(kind) is list:
        (item,) = get_args(kind)
        yield from _list(item, value, at=at)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _object(kind, value, at=at)
    else:
        yield from _scalar(model, value, at=at)


def _inner(annotation: Any) -> Any:
    """An annotation without its None."""
    if get_origin(annotation) in (Union, UnionType):
        others = [each for each in get_args(annotation) if each is not NoneType]
        return others[0] if len(others) == 1 else annotation
    return annotation


def _list(item: Any, value: Any, *, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at}: no list"
        return
    for index, each in enumerate(value):
        yield from complaints(item, each, at=f"{at}[{index}]")


def _object(kind: type[BaseModel], value: Any, *, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: no object"
        return
    concrete = _concrete(kind, value)
    if concrete.__subclasses__() and concrete.__name__ != value.get("Type") and "Type" in value:
        yield f"{at}.Type: {value['Type']!r} is no {concrete.__name__}"
    hints = get_type_hints(concrete, include_extras=True)
    fields = {field.alias or name: hints[name] for name, field in concrete.model_fields.items()}
    for name, each in value.items():
        if name not in fields:
            yield f"{at}.{name}: unknown to {concrete.__name__}"
        else:
            yield from complaints(fields[name], each, at=f"{at}.{name}")


def _concrete(kind: type[BaseModel], value: dict[str, Any]) -> type[BaseModel]:
    """The class that the client's own reader takes for this `Type`."""
    if not isinstance(value.get("Type"), str):
        return kind
    try:
        return type(kind.from_dict({"Type": value["Type"]}))  # type: ignore[attr-defined]
    except ValidationError:
        return kind


def _scalar(kind: Any, value: Any, *, at: str) -> Iterator[str]:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        yield from (f"{at}: {each['msg']}" for each in error.errors())
