"""Who connects where: one URL per role, of the embedded server or of an external one. Opens no connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urlsplit

from adloom.core.errors import Invalid
from adloom.db import roles

if TYPE_CHECKING:
    from adloom.core.settings import Settings

DATABASE = "adloom"

_SETTINGS = {
    roles.OWNER: ("ADLOOM_OWNER_DATABASE_URL", "the schema owner's login"),
    roles.WORKER: ("ADLOOM_WORKER_DATABASE_URL", "the workers' login"),
}


@dataclass(frozen=True, slots=True)
class Urls:
    """Connection URLs (`postgresql://user:password@host:port/database`) by role.

    A role that an external server's settings do not name raises Invalid when it is asked for, not before.
    """

    logins: Mapping[str, str] = field(repr=False)  # they hold passwords
    embedded: bool
    direct_url: str | None = field(default=None, repr=False)
    #: The application's logins on streaming replicas, in the order in which they are tried.
    replicas: tuple[str, ...] = field(default=(), repr=False)
    #: By so much what a replica has replayed may be behind, for it to be read at all.
    max_lag: timedelta = timedelta(seconds=30)

    @property
    def owner(self) -> str:
        """The schema owner, for migrations and `adloom db …`."""
        return self._login(roles.OWNER)

    @property
    def app(self) -> str:
        """The application: doors and actions, under row-level security."""
        return self._login(roles.APP)

    @property
    def worker(self) -> str:
        """The worker: sees jobs of every tenant, takes the application's role for everything else."""
        return self._login(roles.WORKER)

    @property
    def readonly(self) -> str:
        """Statistics and monitoring; embedded server only."""
        return self._login(roles.READONLY)

    @property
    def backup(self) -> str:
        """Reads every tenant, for dumps; embedded server only."""
        return self._login(roles.BACKUP)

    @property
    def superuser(self) -> str | None:
        """The embedded server's superuser; None for an external server."""
        return self.logins.get(roles.SUPERUSER)

    @property
    def pooled(self) -> bool:
        """Whether a pooler stands before the server, so that sessions hold no state between transactions."""
        return self.direct_url is not None

    def direct(self, login: str) -> str:
        """The same login past the pooler, for LISTEN, session locks and migrations; itself without a pooler.

        A login that already goes to another host or port than the application's is taken to be direct.
        """
        if self.direct_url is None or _place(login) != _place(self.app):
            return login
        here, there = urlsplit(login), urlsplit(self.direct_url)
        netloc = f"{here.netloc.rpartition('@')[0]}@{there.netloc.rpartition('@')[2]}"
        return there._replace(netloc=netloc).geturl()

    def at(self, database: str) -> Urls:
        """The same server and logins, for another of its databases."""
        moved = {role: _at(url, database) for role, url in self.logins.items()}
        return replace(
            self,
            logins=moved,
            direct_url=self.direct_url and _at(self.direct_url, database),
            replicas=tuple(_at(url, database) for url in self.replicas),
        )

    def _login(self, role: str) -> str:
        if role in self.logins:
            return self.logins[role]
        if role not in _SETTINGS:
            raise Invalid.field(
                "ADLOOM_DATABASE_URL",
                f"an external server has no login {role!r} here.",
                "Use your own tools there.",
            )
        name, what = _SETTINGS[role]
        raise Invalid.field(name, f"{what} is needed with an external database.", "Set it; `adloom db roles` makes it.")


def embedded(passwords: Mapping[str, str], *, port: int, database: str = DATABASE) -> Urls:
    """The URLs of a server on this machine's loopback, for the roles whose passwords are given."""
    logins = {
        role: f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:{port}/{quote(database, safe='')}"
        for role, password in passwords.items()
    }
    return Urls(logins=logins, embedded=True)


def external(settings: Settings) -> Urls:
    """The URLs that the settings give; raises Invalid for one that is not `postgresql://user@host/name`."""
    named = {
        roles.APP: ("ADLOOM_DATABASE_URL", settings.database_url),
        roles.OWNER: ("ADLOOM_OWNER_DATABASE_URL", settings.owner_database_url),
        roles.WORKER: ("ADLOOM_WORKER_DATABASE_URL", settings.worker_database_url),
    }
    logins = {role: parse(url, setting=name) for role, (name, url) in named.items() if url}
    direct = settings.direct_database_url
    return Urls(
        logins=logins,
        embedded=False,
        direct_url=parse(direct, setting="ADLOOM_DIRECT_DATABASE_URL") if direct else None,
    )


def with_replicas(found: Urls, settings: Settings) -> Urls:
    """The same place with the replicas that the settings name; raises Invalid for a URL that is none."""
    named = [url.strip() for url in (settings.replica_urls or "").split(",")]
    replicas = tuple(parse(url, setting="ADLOOM_REPLICA_URLS") for url in named if url)
    return replace(found, replicas=replicas, max_lag=timedelta(seconds=settings.replica_max_lag))


def parse(url: str, *, setting: str) -> str:
    """The URL with the scheme `postgresql`, whatever driver it named; raises Invalid naming the setting."""
    parts = urlsplit(url)
    scheme = parts.scheme.partition("+")[0]
    if scheme not in {"postgres", "postgresql"}:
        raise Invalid.field(
            setting, "it is not a PostgreSQL URL.", "Write postgresql://user:password@host:5432/database."
        )
    if not parts.username or not parts.path.strip("/"):
        raise Invalid.field(
            setting, "user or database is missing.", "Write postgresql://user:password@host:5432/database."
        )
    return SplitResult("postgresql", parts.netloc, parts.path, parts.query, "").geturl()


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{(parts.hostname or '').lower()}:{parts.port or 5432}"


def _at(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{quote(database, safe='')}").geturl()
