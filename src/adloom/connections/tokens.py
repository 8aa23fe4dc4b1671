"""What a person hands over to connect: one platform's object of a token file. Pure: parsing, and the sealed form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from adloom.core.errors import FieldError, Invalid
from adloom.platforms.contract import Credentials
from adloom.platforms.types import Platform

_HEADERS = ("developer_token", "login_customer_id", "customer_id")
_ATTRIBUTES = (
    "login_customer_id",
    "customer_id",
    "page_id",
    "instagram_user_id",
    "pixel_id",
    "identity_id",
    "identity_type",
    "identity_bc_id",
    "conversion_actions",
)
_KNOWN = {
    "account_id",
    "access_token",
    "refresh_token",
    "client_id",
    "client_secret",
    "currency",
    "time_zone",
}


def parse(platform: Platform, token: Mapping[str, Any]) -> tuple[Credentials, dict[str, str]]:
    """Credentials and account attributes of a token file's object; raises Invalid naming each field that is off.

    A file that holds all platforms' objects by platform is taken as its own platform's object.
    """
    if isinstance(token.get(platform.value), Mapping):
        token = token[platform.value]
    errors = [*_missing(token), *_not_text(token)]
    if errors:
        raise Invalid("The token file cannot be used.", errors=tuple(errors))
    given = {name: str(value) for name, value in token.items() if value not in (None, "")}
    credentials = Credentials(
        access_token=given["access_token"],
        refresh_token=given.get("refresh_token"),
        client_id=given.get("client_id"),
        client_secret=given.get("client_secret"),
        extra={name: given[name] for name in _HEADERS if name in given},
    )
    return credentials, {name: given[name] for name in _ATTRIBUTES if name in given}


def bound_to(tenant_id: UUID, platform: Platform) -> str:
    """What a sealed login is bound to, so that rows cannot be swapped."""
    return f"user_api_credentials:{tenant_id}:{platform.value}"


def bound_to_authorization(authorization_id: UUID, what: str) -> str:
    """What an authorisation's sealed `code` or `verifier` is bound to."""
    return f"authorizations:{authorization_id}:{what}"


def to_json(credentials: Credentials) -> str:
    """The plaintext that is sealed."""
    return json.dumps({**asdict(credentials), "expires_at": _iso(credentials.expires_at)})


def from_json(text: str) -> Credentials:
    """The credentials of a plaintext written by `to_json`."""
    values = json.loads(text)
    expires = values.pop("expires_at")
    return Credentials(**values, expires_at=datetime.fromisoformat(expires) if expires else None)


def same_account(platform: Platform, left: str, right: str) -> bool:
    """Whether two spellings name one account: dashes and Meta's `act_` do not count."""
    return _bare(left) == _bare(right)


def _bare(account: str) -> str:
    return account.replace("-", "").removeprefix("act_").strip()


def _missing(token: Mapping[str, Any]) -> list[FieldError]:
    if token.get("access_token"):
        return []
    return [FieldError("access_token", "it is missing.", "Put the platform's access token into the file.")]


def _not_text(token: Mapping[str, Any]) -> list[FieldError]:
    fix = "Write it as a string or a number."
    return [
        FieldError(name, "it is neither a string nor a number.", fix)
        for name, value in token.items()
        if name in _KNOWN.union(_HEADERS, _ATTRIBUTES) and not isinstance(value, (str, int, type(None)))
    ]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
