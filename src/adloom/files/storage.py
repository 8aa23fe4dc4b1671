"""The one place that talks to object storage. Keys derive from content, so writing twice is writing once.

A local store cannot sign links: the doors serve files themselves, after asking who is asking (or for a link: `links`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from adloom.core import settings
from adloom.core.errors import Invalid, NotFound, Unavailable

if TYPE_CHECKING:
    from obstore.store import RetryConfig

CHUNK_BYTES = 1024 * 1024

# A person waits for an upload: the library's own default is three minutes.
_PATIENCE: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}


def content_key(tenant_id: UUID, *, sha256: str) -> str:
    """The key of a content in a tenant: `<tenant>/<sha256>`."""
    return f"{tenant_id}/{sha256}"


def put_content(tenant_id: UUID, data: bytes) -> str:
    """Stores bytes under the key of their content and returns the key; the same bytes give the same key."""
    key = content_key(tenant_id, sha256=hashlib.sha256(data).hexdigest())
    put(key, data)
    return key


def put(key: str, data: bytes | Path) -> None:
    """Stores bytes, or a file's content, under a key: whole or not at all; a second time replaces it.

    Raises Unavailable where the storage does not answer.
    """
    with _storage_errors(key):
        obstore.put(_store(), key, data)


def get(key: str) -> bytes:
    """The bytes under a key; raises NotFound, or Unavailable where the storage does not answer."""
    with _storage_errors(key):
        return bytes(obstore.get(_store(), key).bytes())


def stream(key: str) -> Iterator[bytes]:
    """The bytes under a key in pieces of about 1 MiB; raises as `get` does, before the first piece."""
    with _storage_errors(key):
        answer = obstore.get(_store(), key)
    return (bytes(piece) for piece in answer.stream(min_chunk_size=CHUNK_BYTES))


def stream_part(key: str, *, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to before `end` in pieces of at most 1 MiB; raises as `get` does, with the first piece."""
    for begin in range(start, end, CHUNK_BYTES):
        with _storage_errors(key):
            piece = obstore.get_range(_store(), key, start=begin, end=min(begin + CHUNK_BYTES, end))
        yield bytes(piece)


def exists(key: str) -> bool:
    """Whether a key holds anything."""
    try:
        with _storage_errors(key):
            obstore.head(_store(), key)
    except NotFound:
        return False
    return True


def delete(key: str) -> None:
    """Removes what is under a key; a key that holds nothing is fine."""
    try:
        with _storage_errors(key):
            obstore.delete(_store(), key)
    except NotFound:
        return


def _store() -> ObjectStore:
    config = settings.load()
    return _opened(config.storage_url, config.home_path() / "files")


@cache
def _opened(url: str | None, folder: Path) -> ObjectStore:
    if url is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder)
    is_remote = urlsplit(url).scheme not in {"file", "memory"}
    try:
        return from_url(url, retry_config=_PATIENCE) if is_remote else from_url(url)
    except (BaseError, ValueError) as error:
        raise Invalid.field(
            "ADLOOM_STORAGE_URL", f"it cannot be opened: {error}", "Use file:///folder or s3://bucket/prefix."
        ) from None


@contextmanager
def _storage_errors(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound(f"The file storage holds nothing under {key}.") from None
    except (BaseError, OSError) as error:
        raise Unavailable(f"The file storage did not do as asked for {key}: {type(error).__name__}.") from error
