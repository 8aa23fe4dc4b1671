"""docs/platforms.md says what the code does: it is written here, and held against what was written last."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from pydantic import BaseModel
from tests.contract.holding import Tap, complaints
from tests.platforms import coverage_operations, coverage_page, coverage_rows
from tests.platforms.conftest import Live

from adloom.ads.unified import UnifiedAd
from adloom.core.settings import Settings
from adloom.files import links
from adloom.platforms import http
from adloom.platforms.contract import Connection
from adloom.platforms.meta import calls
from adloom.platforms.types import Platform

Connect = Callable[[Platform], Live]

#: Read before the tests' fixtures clear what this installation's settings are.
WRITES = bool(os.environ.get("ADLOOM_WRITE_DOCS"))
LINKS = (
    f"Meta fetches a film of more than {calls.BY_LINK_BYTES // 2**20} MB\nby itself, by a signed link that lapses "
    f"after {links.LIFETIME // timedelta(hours=1)} hours, where ADLOOM_PUBLIC_URL is https and names a public host;\n"
    "where it cannot, and everywhere else, the bytes are sent."
)


def _done(connect: Connect, platform: Platform, settings: Settings) -> Mapping[str, str]:
    """What the operations gave, and every request of theirs is one that the official client knows."""
    tap = Tap()
    wire = http.Http.from_settings(settings, throttle=tap)
    live = connect(platform)
    try:
        done = coverage_operations.of(dataclasses.replace(live, connection=Connection(wire, live.login)))
    finally:
        wire.close()
    assert complaints(platform, tap.answers) == []
    return done


def test_the_page_says_what_the_code_does(connect: Connect, settings: Settings) -> None:
    operations = {platform: _done(connect, platform, settings) for platform in Platform}
    text = coverage_page.page(operations, links=LINKS)
    if WRITES:
        coverage_page.PAGE.write_text(text)
    assert coverage_page.PAGE.read_text() == text, "docs/platforms.md is out of date: run `make docs`"


#: What no row varies: the page's own version, where all requests go, and a field that nothing can be written into yet.
WITHOUT_ROW = {"schema_version", "tracking.template", *(f"platforms.{platform}.account" for platform in Platform)}


def test_every_field_of_a_unified_ad_has_a_row() -> None:
    shown = {row.field.replace("[]", "") for row in coverage_rows.ROWS}
    missing = {path for path in _paths(UnifiedAd) if not any(_covers(field, path) for field in shown)}
    assert missing == WITHOUT_ROW
    assert {field.partition(".")[0] for field in shown} == coverage_page.roots()


def _paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """The fields of a unified ad that hold values, by their path."""
    for name, field in model.model_fields.items():
        inner = list(_models(field.annotation))
        if not inner:
            yield prefix + name
        for part in inner:
            yield from _paths(part, f"{prefix}{name}.")


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def _covers(field: str, path: str) -> bool:
    """Whether a row's field is that field, or what it is a part of; `*` is any platform."""
    pattern = re.escape(field).replace(r"\*", r"\w+")
    return re.match(rf"{pattern}(\.|$)", path) is not None
