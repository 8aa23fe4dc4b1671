"""Rules about names, ad texts and addresses, shared by Google's resources."""

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from adsandbox.google.errors import Refused, refuse

FINAL_URL_LENGTH = 2048


def width(text: str) -> int:
    """Display width: East Asian wide and full-width characters count two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def check_width(text: str, *, most: int, path: tuple[str | int, ...]) -> None:
    """Refuse an empty text and one wider than `most`."""
    if not text.strip():
        raise refuse("stringLengthError", "EMPTY", "The text is empty.", *path)
    if width(text) > most:
        raise refuse("stringLengthError", "TOO_LONG", f"Too long: at most {most}.", *path, trigger=text)


def check_name(text: str, *, most: int, invalid: Refused) -> None:
    """Refuse an empty name, one that is too long, and one with NUL, line feed or carriage return
    (`invalid`)."""
    check_width(text, most=most, path=("name",))
    if re.search(r"[\x00\n\r]", text):
        raise invalid


def check_final_url(url: str, *path: str | int) -> None:
    """Refuse what is no absolute http(s) address with a host."""
    if len(url) > FINAL_URL_LENGTH:
        raise refuse("stringLengthError", "TOO_LONG", "The address is too long.", *path, trigger=url)
    if "://" not in url:
        raise refuse("urlFieldError", "MISSING_PROTOCOL_IN_FINAL_URL", "No protocol.", *path, trigger=url)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise refuse("urlFieldError", "INVALID_PROTOCOL_IN_FINAL_URL", "Not http(s).", *path, trigger=url)
    if not parts.hostname:
        raise refuse("urlFieldError", "MISSING_HOST_IN_FINAL_URL", "No host.", *path, trigger=url)
    if "." not in parts.hostname or re.search(r"\s", url):
        raise refuse("urlFieldError", "INVALID_FINAL_URL", "Not an address.", *path, trigger=url)


def check_tracking(body: dict[str, Any]) -> None:
    """Refuse a tracking template without the landing page's tag, and a suffix that begins like an address."""
    template = body.get("trackingUrlTemplate")
    path = "tracking_url_template"
    if template and not re.match(r"https?://|\{(unescaped)?lpurl", template):
        raise refuse(
            "urlFieldError",
            "MISSING_PROTOCOL_IN_TRACKING_URL_TEMPLATE",
            "No protocol.",
            path,
            trigger=template,
        )
    if template and "lpurl" not in template:
        raise refuse("urlFieldError", "MISSING_TRACKING_URL_TEMPLATE_TAG", "No {lpurl}.", path, trigger=template)
    suffix = body.get("finalUrlSuffix")
    if suffix and re.match(r"[?&]|https?:", suffix):
        raise refuse("urlFieldError", "FINAL_URL_SUFFIX_MALFORMED", "Malformed.", "final_url_suffix", trigger=suffix)
