"""What an error becomes at the command line: words on standard error, JSON when asked for, and an exit code."""

from __future__ import annotations

import json
import sys
from typing import Any

from adloom.cli.screen import shown
from adloom.core.errors import AdloomError, FieldError, PlatformError

KNOWN = (AdloomError,)

REFUSED, PLATFORM, BUG = 1, 3, 4


class JobFailed(AdloomError):
    """A followed job that ended badly: carries what its row says, and the exit code of its error's kind.

    `beside` is what the answer shows beside the error: how things stand after all.
    """

    def __init__(self, described: dict[str, Any]) -> None:
        errors = tuple(FieldError(e["field"], e["rule"], e["fix"]) for e in described.get("errors") or ())
        super().__init__(described.get("message", "The job failed."), code=described.get("code"), errors=errors)
        self.described = described
        self.beside: dict[str, Any] = {}

    @property
    def exit_code(self) -> int:
        if self.code == "bug":
            return BUG
        return PLATFORM if "platform_code" in self.described else REFUSED


def report(error: AdloomError, *, as_json: bool) -> int:
    """Prints the error and returns the exit code."""
    print(f"adloom: {shown(error)}", file=sys.stderr)
    words = getattr(error, "words", "") or getattr(error, "described", {}).get("words", "")
    if words and words not in str(error):
        print(f"  The platform's words: {shown(words)}", file=sys.stderr)
    if as_json:
        print(json.dumps({**getattr(error, "beside", {}), "error": problem(error)}, default=str))
    return exit_code(error)


def problem(error: AdloomError) -> dict[str, Any]:
    """The error as one JSON object."""
    errors = [{"field": e.field, "rule": e.rule, "fix": e.fix} for e in error.errors]
    return {"code": error.code, "message": error.message, "errors": errors}


def exit_code(error: AdloomError) -> int:
    """3 for a platform's no, 1 for ours; a failed job's by what failed it."""
    if isinstance(error, JobFailed):
        return error.exit_code
    return PLATFORM if isinstance(error, PlatformError) else REFUSED
