"""`/assets`: pictures, films and documents, as a grid; uploading one, and deleting one that no ad uses."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from adloom.ads import actions as ads
from adloom.assets import actions, queries
from adloom.core.errors import Conflict, Invalid
from adloom.edge import problems
from adloom.web import guard, render
from adloom.web.guard import Looking, Sending, Visitor
from adloom.web.views import assets as view

router = APIRouter(prefix="/assets")

_A_PAGE = 48
_MOST_FILES = 20
_UNTOLD = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Sent:
    """The files of a form, and who sent them."""

    who: Visitor
    files: tuple[UploadFile, ...]


async def _sent(request: Request, who: Looking) -> AsyncIterator[Sent]:
    """Read once the sender is known: nobody else's bytes are kept, not even for the length of a request."""
    async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FILES) as form:
        guard.genuine(who, str(form.get("csrf", "")))
        yield Sent(who, tuple(f for f in form.getlist("file") if isinstance(f, UploadFile) and f.filename))


@router.get("")
def list_(request: Request, who: Looking, after: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """A page of files, newest first."""
    return _page(request, who, after=after)


@router.post("")
def upload(request: Request, sent: Annotated[Sent, Depends(_sent)]) -> Response:
    """Looks into each file and keeps it; what cannot be used is refused by name, the others are kept."""
    try:
        if not sent.files:
            raise Invalid.field("file", "no file was chosen.", "Choose one.")
        for file in sent.files:
            with _on_disk(file) as path:
                declared = file.content_type if file.content_type != _UNTOLD else None
                actions.add(sent.who.actor, filename=file.filename or "file", path=path, mime_type=declared)
    except Invalid as refusal:
        return _page(request, sent.who, refusal=refusal)
    return render.see_other("/assets")


@router.post("/{asset_id}/delete")
def delete(request: Request, who: Sending, asset_id: UUID) -> Response:
    """Deletes a file that no draft and no live ad uses."""
    try:
        ads.delete_asset(who.actor, asset_id=asset_id)
    except Conflict as refusal:
        return _page(request, who, refusal=refusal)
    return render.see_other("/assets")


def _page(
    request: Request, who: Visitor, *, after: str | None = None, refusal: Invalid | Conflict | None = None
) -> Response:
    found = queries.list(who.actor, limit=_A_PAGE, after=after)
    return render.page(
        request,
        "assets.html",
        status=200 if refusal is None else problems.status_of(refusal),
        nav="assets",
        cards=view.cards(found.items),
        older=render.older("/assets", found.next),
        refusal=None if refusal is None else render.complaint(refusal),
    )


@contextmanager
def _on_disk(file: UploadFile) -> Iterator[Path]:
    """The file under a path: what looks into it wants one."""
    with tempfile.NamedTemporaryFile(prefix="adloom-") as copy:
        shutil.copyfileobj(file.file, copy)
        copy.flush()
        yield Path(copy.name)
