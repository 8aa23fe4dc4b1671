"""Documents: a PDF whose pages can be counted. They are kept, and never sent to a platform."""

from __future__ import annotations

from pathlib import Path

from adloom.core.errors import Invalid

_BROKEN = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def pages(path: Path) -> int:
    """How many pages a PDF has; raises Invalid where it cannot be read, is locked, or has none."""
    from pypdf import PdfReader  # a third of a second, which is not paid before there is a document
    from pypdf.errors import PyPdfError

    try:
        count = len(PdfReader(path).pages)
    except (PyPdfError, *_BROKEN) as error:
        raise Invalid.field(
            "file", f"this PDF cannot be read: {error}", "Export it again, without a password."
        ) from None
    if count == 0:
        raise Invalid.field("file", "this PDF has no page.", "Export it again.")
    return count
