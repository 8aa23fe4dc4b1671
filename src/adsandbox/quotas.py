"""Quotas by count: so many calls of a platform in so much of the sandbox's time, and then its own throttle.

Off until somebody sets one, by `--quotas` or `POST /_sandbox/quotas`. Logging in is not counted.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adsandbox import clock

#: Ends of the prefixes of log-in pages and token endpoints, which have no quota of calls.
_LOGIN = ("-oauth", "-authorize", "-dialog")


@dataclass(slots=True)
class Quota:
    """At most `calls` within `window`; a call that is refused does not count."""

    calls: int
    window: timedelta
    taken: deque[datetime] = field(default_factory=deque)
    refused: int = 0

    def used(self, now: datetime) -> int:
        """The calls that still count."""
        while self.taken and self.taken[0] <= now - self.window:
            self.taken.popleft()
        return len(self.taken)


class QuotaBook:
    """The quotas of all platforms; `standing` are those that a reset leaves in force."""

    def __init__(self, standing: "dict[str, tuple[int, timedelta]] | None" = None) -> None:
        self._standing = standing or {}
        self.reset()

    def reset(self) -> None:
        """As at the start: the standing quotas, of which nothing is used."""
        self._quotas = {platform: Quota(*limit) for platform, limit in self._standing.items()}

    def set(self, platform: str, calls: int, window: timedelta) -> None:
        """From now on; what was used before is forgotten."""
        self._quotas[platform] = Quota(calls, window)

    def clear(self, platform: str | None = None) -> None:
        """No quota any more, of one platform or of any."""
        for name in list(self._quotas) if platform is None else [platform]:
            self._quotas.pop(name, None)

    def all(self) -> dict[str, Quota]:
        """By platform."""
        return self._quotas

    def take(self, platform: str, app: str, now: datetime) -> bool:
        """Count a call below the prefix `app`; False when there is none left for it."""
        quota = self._quotas.get(platform)
        if quota is None or app.endswith(_LOGIN):
            return True
        if quota.used(now) >= quota.calls:
            quota.refused += 1
            return False
        quota.taken.append(now)
        return True


def parse(text: str) -> dict[str, tuple[int, timedelta]]:
    """Of `google_ads=100/PT1M,tiktok_ads=600/PT1M`: calls and window by platform; ValueError for anything else."""
    found = {}
    for part in filter(None, text.split(",")):
        platform, _, limit = part.strip().partition("=")
        calls, _, window = limit.partition("/")
        if not platform or not calls.isdecimal() or not int(calls):
            raise ValueError(f"{part!r} is not like google_ads=100/PT1M")
        found[platform] = (int(calls), clock.duration(window))
    return found
