"""Does the live database look as the migrations and the models say? Gathers every room's models and compares."""

from __future__ import annotations

import importlib
import pkgutil

import adloom
from adloom.db import check
from adloom.db.base import Base
from adloom.db.urls import Urls


def differences(urls: Urls) -> list[str]:
    """Sentences on what differs; empty where catalog, migrations and models agree."""
    load_models()
    return check.differences(urls.direct(urls.owner), Base.metadata)


def load_models() -> None:
    """Imports every room's models, so that the metadata is whole."""
    for room in pkgutil.iter_modules(adloom.__path__):
        name = f"adloom.{room.name}.models"
        if room.ispkg and importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
