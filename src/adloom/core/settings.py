"""Settings, from the environment (`ADLOOM_…`) and a `.env`. The one place that reads either.

Nothing but `HOME` and the platform URLs is ever needed; every default is the real thing.
"""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from adloom.core.errors import FieldError, Invalid


class Settings(BaseSettings):
    """What an operator may set. Field `x` is the variable `ADLOOM_X`."""

    model_config = SettingsConfigDict(env_prefix="ADLOOM_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default=Path(".adloom"), description="Data folder")
    clock: str = Field(default="system", description="`system`, or `file:PATH` with an ISO 8601 offset")
    signup: Literal["closed", "invite", "open"] = Field(default="closed", description="Who may sign up")
    user: str | None = Field(default=None, description="E-mail of the tenant that commands act for")
    host: str = Field(default="127.0.0.1", description="Address the web server listens on")
    port: int = Field(default=8420, description="Port the web server listens on")
    public_url: str | None = Field(default=None, description="Where people and platforms reach this installation")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    database_url: str | None = Field(default=None, description="The application's login; absent: embedded server")
    owner_database_url: str | None = Field(default=None, description="The schema owner's login, for `adloom db …`")
    worker_database_url: str | None = Field(default=None, description="The workers' login")
    direct_database_url: str | None = Field(default=None, description="Past the pooler, for LISTEN and locks")
    replica_urls: str | None = Field(default=None, description="The application's logins on streaming replicas; commas")
    replica_max_lag: int = Field(default=30, ge=1, description="Seconds by which a replica that is read may be behind")
    pg_bin_dir: Path | None = Field(default=None, description="Folder of postgres, initdb and pg_ctl")
    pg_user: str | None = Field(default=None, description="Whom the embedded server runs as under root")

    secret_keys: SecretStr | None = Field(default=None, description="`id:base64` of 32 bytes each, newest first")
    jwt_key: SecretStr | None = Field(default=None, description="Signs access tokens; base64 of 32 bytes")
    storage_url: str | None = Field(default=None, description="file://, s3://, …; absent: a folder in HOME")
    record_http: Path | None = Field(default=None, description="Folder for redacted recordings of platform calls")

    fx_url: str = Field(
        default="https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml",
        description="Exchange rates, fetched daily: the ECB's XML or zipped CSV, or CSV; empty: never fetched",
    )

    google_api_url: str = "https://googleads.googleapis.com"
    google_oauth_url: str = "https://oauth2.googleapis.com"
    google_authorize_url: str = "https://accounts.google.com"
    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    google_developer_token: SecretStr | None = None
    google_access: Literal["explorer", "basic", "standard"] = Field(default="basic", description="Sets the quota")
    meta_graph_url: str = "https://graph.facebook.com"
    meta_dialog_url: str = "https://www.facebook.com"
    meta_client_id: str | None = None
    meta_client_secret: SecretStr | None = None
    meta_access: Literal["limited", "full"] = Field(default="limited", description="Sets the quota")
    microsoft_campaign_url: str = "https://campaign.api.bingads.microsoft.com"
    microsoft_reporting_url: str = "https://reporting.api.bingads.microsoft.com"
    microsoft_customer_url: str = "https://clientcenter.api.bingads.microsoft.com"
    microsoft_oauth_url: str = "https://login.microsoftonline.com"
    microsoft_client_id: str | None = None
    microsoft_client_secret: SecretStr | None = None
    microsoft_developer_token: SecretStr | None = None
    tiktok_api_url: str = "https://business-api.tiktok.com"
    tiktok_authorize_url: str = "https://business-api.tiktok.com"
    tiktok_client_id: str | None = None
    tiktok_client_secret: SecretStr | None = None
    tiktok_access: Literal["basic", "advanced", "premium", "ultimate"] = Field(
        default="basic", description="Sets the quota"
    )
    tiktok_manual_ends_on: date = Field(
        default=date(2027, 1, 1), description="Flights for conversions and leads from this day on are made by Smart+"
    )

    google_restatement_days: int = Field(default=30, ge=28, le=90, description="How long its figures are read again")
    meta_restatement_days: int = Field(default=28, ge=28, le=90, description="The same of Meta's")
    microsoft_restatement_days: int = Field(default=30, ge=28, le=90, description="The same of Microsoft's")
    tiktok_restatement_days: int = Field(default=28, ge=28, le=90, description="The same of TikTok's")

    def home_path(self) -> Path:
        """HOME as an absolute path; not created here."""
        return self.home.expanduser().absolute()

    def platform_urls(self) -> dict[str, str]:
        """Every platform base URL by its setting's name, without a trailing slash."""
        names = [n for n in type(self).model_fields if n.endswith("_url") and n.split("_")[0] in _PLATFORMS]
        return {name: str(getattr(self, name)).rstrip("/") for name in names}


_PLATFORMS = ("google", "meta", "microsoft", "tiktok")


@cache
def load() -> Settings:
    """The settings of this process, read once; raises Invalid naming the variable. `load.cache_clear()` reads anew."""
    try:
        settings = Settings(_env_file=os.environ.get("ADLOOM_ENV_FILE", ".env") or None)
    except ValidationError as error:
        raise Invalid("A setting cannot be used.", errors=tuple(_field_errors(error))) from None
    _check_urls(settings)
    return settings


def is_loopback(url: str) -> bool:
    """Whether a URL points at this very machine."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _check_urls(settings: Settings) -> None:
    """Platform URLs and the rates' are https, or http on loopback; a shifted clock is for loopback alone."""
    urls = settings.platform_urls()
    fetched = {"fx_url": settings.fx_url} if settings.fx_url else {}
    for name, url in {**urls, **fetched}.items():
        scheme = urlsplit(url).scheme
        if scheme != "https" and not (scheme == "http" and is_loopback(url)):
            raise Invalid.field(
                f"ADLOOM_{name.upper()}", f"{url!r} is neither https nor http on loopback.", "Use https."
            )
    real = [f"ADLOOM_{name.upper()}" for name, url in urls.items() if not _is_for_people(name) and not is_loopback(url)]
    if settings.clock != "system" and real:
        raise Invalid.field(
            "ADLOOM_CLOCK",
            f"a shifted clock would move real campaigns' days: {', '.join(real)} is not on loopback.",
            "Unset ADLOOM_CLOCK, or point every platform URL at a sandbox on loopback.",
        )
    os.environ.setdefault("ADLOOM_CLOCK", settings.clock)


def _is_for_people(name: str) -> bool:
    """Whether only a person's browser goes there: nothing is read from it, and nothing changed."""
    return name.endswith(("_authorize_url", "_dialog_url"))


def _field_errors(error: ValidationError) -> list[FieldError]:
    return [
        FieldError(f"ADLOOM_{'_'.join(str(part) for part in item['loc']).upper()}", item["msg"], "Mend or unset it.")
        for item in error.errors()
    ]
