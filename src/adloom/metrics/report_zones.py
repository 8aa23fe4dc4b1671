"""Whether an account's reports count their days and hours in its own zone or in UTC, told from the reports. Pure.

Microsoft's pages say both (`microsoft.md`, 10). A report's hours bear no zone, but time passes: what is new in the
second of two hourly reports was shown about now, and only one of the two zones makes "about now" of those hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from adloom.connections.types import AccountView
from adloom.core import time
from adloom.platforms.facts import AccountFact, HourlyFact
from adloom.platforms.types import Platform

#: The account's attribute that says it, as its adapter reads it.
ATTRIBUTE = "report_zone"
#: Platforms that leave it open.
DOUBTED = frozenset({Platform.MICROSOFT_ADS})
#: How late a report may still get what was shown in an hour that is over (clicks: two hours; reports.md, latency).
_LATE = timedelta(hours=3)
#: Reports further apart tell nothing: too many hours of either zone lie between them.
_FURTHEST = timedelta(hours=6)
#: So many impressions have to be new, and such a share of them possible in the one zone and not in the other.
_LEAST, _NEARLY_ALL, _AT_MOST_HALF = 20, Decimal("0.98"), Decimal("0.5")
#: How far the hours may be from the account's total, which is asked for before them and may have grown.
_TOLERANCE = Decimal("0.05")
_HOUR = timedelta(hours=1)


class ReportZone(StrEnum):
    """Whose days and hours an account's reports count in."""

    ACCOUNT = "account"
    UTC = "utc"


def of_hours(account: AccountView) -> str:
    """The IANA zone in whose days an account's report of hours is asked for, also where it has no row to tell it."""
    is_utc = account.platform in DOUBTED and account.attributes.get(ATTRIBUTE) == ReportZone.UTC.value
    return "UTC" if is_utc else account.time_zone


@dataclass(frozen=True, slots=True)
class Reading:
    """Impressions by hour as a report labels them (`2026-11-27T05`), and the account's own total of the same days."""

    at: datetime
    hours: Mapping[str, int]
    total: int

    @classmethod
    def of(cls, at: datetime, hours: Iterable[HourlyFact], totals: Iterable[AccountFact]) -> Reading:
        """The sums over all campaigns."""
        found: dict[str, int] = {}
        for fact in hours:
            label = f"{fact.date.isoformat()}T{fact.hour:02d}"
            found[label] = found.get(label, 0) + fact.impressions
        return cls(at, dict(sorted(found.items())), sum(fact.impressions for fact in totals))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Reading:
        """As it was kept."""
        return cls(datetime.fromisoformat(kept["at"]), kept["hours"], kept["total"])

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"at": self.at.isoformat(), "hours": dict(self.hours), "total": self.total}

    @property
    def is_whole(self) -> bool:
        """Whether the hours come to what the account's total says."""
        return abs(sum(self.hours.values()) - self.total) <= self.total * _TOLERANCE


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two readings say: the zone, or None where they leave it open, and why.

    `grown` impressions are new; `shares` tells how much of them could have been shown by then, by zone.
    """

    zone: ReportZone | None
    why: str
    first_at: datetime
    second_at: datetime
    grown: int = 0
    shares: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept, and shown with the setting."""
        return {
            "zone": self.zone.value if self.zone else None,
            "why": self.why,
            "first_at": self.first_at.isoformat(),
            "second_at": self.second_at.isoformat(),
            "grown": self.grown,
            "shares": dict(self.shares or {}),
        }


def is_doubted(account: AccountView) -> bool:
    """Whether nobody knows yet in which zone this account's reports count, and it makes a difference."""
    if account.platform not in DOUBTED or account.attributes.get(ATTRIBUTE):
        return False
    year, zone = time.now().year, time.zone(account.time_zone)
    return any(datetime(year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))


def judge(first: Reading, second: Reading, *, time_zone: str) -> Evidence:
    """What is new in the second reading, held against the hours that each zone makes of it."""
    between = (first.at, second.at)
    if not (first.is_whole and second.is_whole):
        return Evidence(None, "the hours do not come to the account's total: a report was not whole", *between)
    if not timedelta(0) < second.at - first.at <= _FURTHEST:
        return Evidence(None, "the two reports are too far apart", *between)
    new = {label: more for label, shown in second.hours.items() if (more := shown - first.hours.get(label, 0)) > 0}
    grown = sum(new.values())
    if grown < _LEAST:
        return Evidence(None, f"only {grown} impressions are new, and {_LEAST} are needed", *between, grown)
    clocks: Mapping[ReportZone, tzinfo] = {ReportZone.ACCOUNT: time.zone(time_zone), ReportZone.UTC: UTC}
    shares = {
        zone: Decimal(sum(more for label, more in new.items() if _could_be(label, clock, first.at, second.at))) / grown
        for zone, clock in clocks.items()
    }
    told = {zone.value: f"{share:.3f}" for zone, share in shares.items()}
    for zone, other in ((ReportZone.ACCOUNT, ReportZone.UTC), (ReportZone.UTC, ReportZone.ACCOUNT)):
        if shares[zone] >= _NEARLY_ALL and shares[other] <= _AT_MOST_HALF:
            why = f"what is new can have been shown by then in hours of {zone.value}, and not of {other.value}"
            return Evidence(zone, why, *between, grown, told)
    return Evidence(None, "what is new fits both zones, or neither", *between, grown, told)


def _could_be(label: str, clock: tzinfo, first_at: datetime, second_at: datetime) -> bool:
    """Whether an hour of a zone had begun by the second reading, and was not long over at the first."""
    begin = datetime.fromisoformat(f"{label}:00").replace(tzinfo=clock)
    return begin < second_at and begin + _HOUR > first_at - _LATE
