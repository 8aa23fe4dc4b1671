"""Our registration at each platform, as the operator set it, and the one address to which each sends people back.

The address comes from the settings alone: what a request says about its host is never believed.
"""

from __future__ import annotations

from pydantic import SecretStr

from adloom.core import settings
from adloom.core.errors import FieldError, Invalid
from adloom.platforms.access import App
from adloom.platforms.types import Platform

#: Setting names (`google_client_id`, …) begin with these words.
_PREFIX = {
    Platform.GOOGLE_ADS: "google",
    Platform.FACEBOOK_ADS: "meta",
    Platform.MICROSOFT_ADS: "microsoft",
    Platform.TIKTOK_ADS: "tiktok",
}
#: Platforms that want a token of the developer's beside every login.
_WITH_DEVELOPER_TOKEN = frozenset({Platform.GOOGLE_ADS, Platform.MICROSOFT_ADS})
#: What listens everywhere is reached on loopback.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def app(platform: Platform) -> App:
    """Our registration at this platform; raises Invalid naming the variables that are missing."""
    lacking = missing(platform)
    if lacking:
        raise Invalid(
            f"{platform.value} cannot be connected in the browser yet.",
            code="app_not_configured",
            errors=tuple(FieldError(name, "it is not set.", _how(name, platform)) for name in lacking),
        )
    return App(_value(platform, "client_id"), _value(platform, "client_secret"), redirect_uri(platform))


def missing(platform: Platform) -> tuple[str, ...]:
    """The variables that have to be set before a person can connect this platform in the browser."""
    names = ["client_id", "client_secret"]
    if platform in _WITH_DEVELOPER_TOKEN:
        names.append("developer_token")
    return tuple(f"ADLOOM_{_PREFIX[platform]}_{name}".upper() for name in names if not _value(platform, name))


def beside(platform: Platform) -> dict[str, str]:
    """What every login of this platform needs beside what the platform hands out."""
    if platform not in _WITH_DEVELOPER_TOKEN:
        return {}
    return {"developer_token": _value(platform, "developer_token")}


def redirect_uri(platform: Platform) -> str:
    """Exactly where the platform sends people back to: it has to be registered there, letter by letter."""
    return f"{address()}/connections/{platform.value}/callback"


def address() -> str:
    """Where people reach this installation: ADLOOM_PUBLIC_URL, else where its server listens."""
    config = settings.load()
    if config.public_url:
        return config.public_url.rstrip("/")
    host = _EVERYWHERE.get(config.host, config.host)
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{config.port}"


def _how(name: str, platform: Platform) -> str:
    if name.endswith("_DEVELOPER_TOKEN"):
        return f"Apply for a developer token at {platform.value}."
    return f"Register an app at {platform.value}, with {redirect_uri(platform)} as its redirect address."


def _value(platform: Platform, name: str) -> str:
    found: SecretStr | str | None = getattr(settings.load(), f"{_PREFIX[platform]}_{name}")
    return found.get_secret_value() if isinstance(found, SecretStr) else found or ""
