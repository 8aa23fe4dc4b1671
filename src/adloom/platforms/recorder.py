"""Writes every exchange with a platform as one redacted JSON line, for whoever looks for a fault."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from adloom.core import redact
from adloom.core.time import now

if TYPE_CHECKING:
    from adloom.platforms.http import Answer, Request

MAX_TEXT = 20_000


class Recorder:
    """Appends to `<folder>/<platform>-<pid>.jsonl`, mode 0600. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def record(self, request: Request, *, answer: Answer | None, error: str, seconds: float) -> None:
        """Adds one line: request, answer or error, and how long it took."""
        line = json.dumps(_exchange(request, answer=answer, error=error, seconds=seconds), default=str) + "\n"
        path = self._folder / f"{request.platform.value}-{os.getpid()}.jsonl"
        with self._lock:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(line)


def _exchange(request: Request, *, answer: Answer | None, error: str, seconds: float) -> dict[str, Any]:
    return {
        "at": now().astimezone(UTC).isoformat(),
        "platform": request.platform.value,
        "endpoint": request.endpoint,
        "method": request.method,
        "url": _url(request),
        "request": {"headers": redact.fields(dict(request.headers)), "body": _request_body(request)},
        "answer": None if answer is None else _answer(answer),
        "error": redact.text(error),
        "seconds": round(seconds, 3),
    }


def _url(request: Request) -> str:
    parts = urlsplit(request.url)
    query = [*parse_qsl(parts.query), *request.params.items()]
    shown = "&".join(f"{name}={redact.value(name, value)}" for name, value in query)
    return urlunsplit((parts.scheme, parts.netloc.rsplit("@", 1)[-1], parts.path, shown, ""))


def _request_body(request: Request) -> Any:
    if request.json is not None:
        return redact.fields(request.json)
    form = dict(redact.fields(dict(request.form or {})))
    for name, (filename, content, mime_type) in (request.files or {}).items():
        form[name] = f"<{len(content)} bytes of {mime_type}, {filename}>"
    return form or None


def _answer(answer: Answer) -> dict[str, Any]:
    body: Any
    try:
        body = redact.fields(json.loads(answer.body)) if answer.body else None
    except ValueError:
        body = f"<{len(answer.body)} bytes of {answer.headers.get('content-type', 'unknown')}>"
    if len(json.dumps(body)) > MAX_TEXT:
        body = f"<{len(answer.body)} bytes of JSON>"
    return {"status": answer.status, "headers": redact.fields(dict(answer.headers)), "body": body}
