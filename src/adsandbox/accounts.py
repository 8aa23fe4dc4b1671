"""Ad accounts and the tokens that open them.

Tokens that OAuth issues lapse on the sandbox's clock; seeded ones never.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from adsandbox.clock import Clock
from adsandbox.store import Store


@dataclass(slots=True)
class Account:
    """One ad account: currency is ISO 4217, time_zone is an IANA name; `fields` in the platform's own
    words."""

    platform: str
    id: str
    name: str
    currency: str = "USD"
    time_zone: str = "America/Los_Angeles"
    suspended: bool = False
    hold: str | None = None  # "cap" or "unpaid": nothing is shown until it is resumed
    lost: bool = False  # the login may not open it any more
    fields: dict[str, Any] = field(default_factory=dict)


class Standing(StrEnum):
    """What a presented token is worth now."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Token:
    """An access token, refresh token or authorisation code. `expires_at` None means that it never lapses."""

    platform: str
    kind: str
    value: str
    expires_at: datetime | None
    revoked: bool = False
    data: dict[str, Any] = field(default_factory=dict)  # what the platform ties to it: redirect_uri, scopes …


class TokenBook:
    """All tokens of all platforms."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self._tokens: dict[tuple[str, str, str], Token] = {}

    def reset(self) -> None:
        """Forget every token; each platform's `reset` seeds its own again."""
        self._tokens.clear()

    def issue(
        self,
        platform: str,
        kind: str,
        *,
        lifetime: timedelta | None,
        value: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> Token:
        """A new token (`kind` is "access", "refresh" or "code"); `value` fixes its text, else one is made."""
        text = value or self._store.next_key(platform, f"token:{kind}", length=40)
        lapses = None if lifetime is None else self._clock.now() + lifetime
        token = Token(platform, kind, text, lapses, data=data or {})
        self._tokens[platform, kind, text] = token
        self._store.version += 1
        return token

    def get(self, platform: str, kind: str, value: str | None) -> Token | None:
        """The token with this text, whatever it is worth, or None."""
        return self._tokens.get((platform, kind, value or ""))

    def standing(self, platform: str, kind: str, value: str | None) -> Standing:
        """What this text is worth now."""
        token = self.get(platform, kind, value)
        if token is None:
            return Standing.UNKNOWN
        if token.revoked:
            return Standing.REVOKED
        if token.expires_at is not None and token.expires_at <= self._clock.now():
            return Standing.EXPIRED
        return Standing.VALID

    def revoke(self, token: Token) -> None:
        """Make one token worthless (a spent code, a rotated refresh token, a log-out)."""
        token.revoked = True
        self._store.version += 1

    def revoke_where(self, platform: str, doomed: Callable[[Token], bool]) -> None:
        """Make every token of a platform worthless for which `doomed` is true (all of one consent)."""
        for token in self._tokens.values():
            if token.platform == platform and doomed(token):
                self.revoke(token)

    def revoke_all(self, platform: str) -> None:
        """What a person does who removes our app: every token of the platform, seeded ones too."""
        self.revoke_where(platform, lambda token: True)
