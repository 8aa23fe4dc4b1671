"""Errors, named by what the caller does next.

Doors turn a class into a status, the job runner turns it into a job's next step; nobody else tests error types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adloom.core import redact


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with an input: which field, which rule it breaks, and what mends it."""

    field: str
    rule: str
    fix: str

    def __str__(self) -> str:
        return f"{self.field}: {self.rule} {self.fix}".strip()


class AdloomError(Exception):
    """Whatever Adloom raises on purpose. `code` is stable and meant for programs, the message for people."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.errors = errors

    def __str__(self) -> str:
        if len(self.errors) == 1 and self.message == f"{self.errors[0].field}: {self.errors[0].rule}":
            return str(self.errors[0])
        return "\n".join([self.message, *(f"  {error}" for error in self.errors)])


class Refused(AdloomError):
    """The caller can mend it; nothing was changed."""

    code = "refused"


class Invalid(Refused):
    """The input breaks a rule; `errors` name field, rule and fix."""

    code = "invalid"

    @classmethod
    def field(cls, field: str, rule: str, fix: str) -> Invalid:
        """One broken rule, as an exception to raise."""
        return cls(f"{field}: {rule}", errors=(FieldError(field, rule, fix),))


class Unauthenticated(Refused):
    """Nobody is signed in, or what they sent is no longer good."""

    code = "unauthenticated"


class Forbidden(Refused):
    """The person may not do this."""

    code = "forbidden"


class NotFound(Refused):
    """There is no such thing in this tenant. Another tenant's things do not exist either."""

    code = "not_found"


class Conflict(Refused):
    """The thing is in a state, or was changed meanwhile, so that this cannot be done now."""

    code = "conflict"


class OverLimit(Refused):
    """A tier's limit (`kind="tier"`, HTTP 402) or a throttle (`kind="throttle"`, HTTP 429)."""

    code = "over_limit"

    def __init__(self, message: str, *, kind: str = "tier", retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after_s = retry_after_s


class PlatformError(AdloomError):
    """A platform said no, or said nothing. `words` are its own, without secrets; its support asks for `request_id`.

    `details` are small enough to be stored; what in them is not known to be harmless is hidden.
    """

    code = "platform"

    def __init__(
        self,
        message: str,
        *,
        platform: str = "",
        platform_code: str = "",
        words: str = "",
        request_id: str = "",
        details: Mapping[str, Any] | None = None,
        errors: tuple[FieldError, ...] = (),
    ) -> None:
        super().__init__(message, errors=errors)
        self.platform = platform
        self.platform_code = platform_code
        self.words = redact.text(words)
        self.request_id = request_id
        self.details = redact.fields(dict(details or {}))


class Rejected(PlatformError):
    """The platform refuses what was sent: the ad has to change. Nothing was created by this request."""

    code = "rejected"


class Duplicate(Rejected):
    """The platform holds an object of this name already: after an unknown outcome, a proof that it is ours."""

    code = "duplicate"


class Missing(Rejected):
    """The object is not there any more, or this login may not see it."""

    code = "missing"


class CredentialsExpired(PlatformError):
    """The login has lapsed or was revoked; a person has to connect again."""

    code = "credentials_expired"


class Throttled(PlatformError):
    """Too many calls. Nothing was done; asking again before `retry_at` only burns quota."""

    code = "throttled"

    def __init__(self, message: str, *, retry_at: datetime, **more: Any) -> None:
        super().__init__(message, **more)
        self.retry_at = retry_at


class Unavailable(PlatformError):
    """The platform could not answer, and surely did nothing (a read, or a request that never left)."""

    code = "unavailable"


class OutcomeUnknown(PlatformError):
    """A write was sent and its answer never came: the platform has to be asked before anything is sent again."""

    code = "outcome_unknown"
