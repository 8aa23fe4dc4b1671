"""Links to one file each, for platforms that fetch files by themselves: signed, soon over, and good for nothing else.

Whoever has a link may read that file until it lapses, without a session. The newest key of the ring signs, every key
of it verifies, and none of them signs as itself: what signs links is derived from it.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from adloom.core import secrets, settings, time
from adloom.core.errors import NotFound

LIFETIME = timedelta(hours=6)
"""How long a link is good: a platform fetches a file while it is asked to, or puts it into a queue of its own."""

_PURPOSE = b"adloom: links to files, version 1"


def to_file(tenant_id: UUID, *, asset_id: UUID, suffix: str) -> str | None:
    """A link to an asset's bytes, ending with `suffix` (`.mp4`); None where no platform could reach this installation.

    A platform can reach it where ADLOOM_PUBLIC_URL is https and names a public host.
    """
    base = _public_base()
    if base is None:
        return None
    expires = int((time.now() + LIFETIME).timestamp())
    signature = _signature(_keys()[0], tenant_id, asset_id, expires)
    return f"{base}/files/{tenant_id}/{asset_id}/{expires}/{signature}{suffix}"


def verify(tenant_id: UUID, *, asset_id: UUID, expires: int, signature: str) -> None:
    """Returns where a link's parts belong together and it has not lapsed; raises NotFound for anything else."""
    wanted = [_signature(key, tenant_id, asset_id, expires) for key in _keys()]
    is_ours = [hmac.compare_digest(each.encode(), signature.encode()) for each in wanted]  # every key, equally long
    if not any(is_ours) or expires <= time.now().timestamp():
        raise NotFound("There is no file here, or the link to it has lapsed.")


def _signature(key: bytes, tenant_id: UUID, asset_id: UUID, expires: int) -> str:
    signing = hmac.digest(key, _PURPOSE, "sha256")
    return hmac.new(signing, f"{tenant_id}/{asset_id}/{expires}".encode(), "sha256").hexdigest()


def _keys() -> tuple[bytes, ...]:
    return tuple(key for _, key in secrets.load_ring(settings.load()).keys)


def _public_base() -> str | None:
    url = settings.load().public_url
    parts = urlsplit(url or "")
    if url is None or parts.scheme != "https" or not _is_public(parts.hostname or ""):
        return None
    return url.rstrip("/")


def _is_public(host: str) -> bool:
    """Whether a host's name may mean something to others: a global address, or a name with a domain."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost", ".home.arpa"))
