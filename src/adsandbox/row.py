"""What ads did, hour by hour, and what of it reports can know at some instant: some comes late, or is taken back."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from adsandbox.line import Line


@dataclass(frozen=True, slots=True)
class Conversion:
    """One conversion of a click in the row's hour, known to reports from `known_at`.

    `count` -1 takes one back, 0 corrects its value alone.
    """

    known_at: datetime
    count: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Late:
    """Clicks of a row's hour and what they cost, which reports have from `known_at` on."""

    known_at: datetime
    clicks: int
    spend: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """Invalid clicks of a row's hour and what they cost, which reports take out from `known_at` on."""

    known_at: datetime
    clicks: int
    spend: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """What one ad did in one hour. `at` is the hour's beginning in UTC, `wall` the same on the account's clock
    of then.

    Reports lack `late` until it is known, and lose `credit` once it is; the money is spent in the hour itself.
    """

    line: Line
    at: datetime
    wall: datetime
    impressions: int
    clicks: int
    spend: Decimal
    video_views: int
    conversions: tuple[Conversion, ...]
    credit: Credit | None = None
    late: Late | None = None

    def local(self, zone: ZoneInfo) -> datetime:
        """The beginning of the hour on the wall clock of a time zone."""
        return self.wall if self.wall.tzinfo is zone else self.at.astimezone(zone)

    def known(self, as_of: datetime) -> "Row":
        """The row with the clicks and spend that reports show at an instant."""
        missing: Late | Credit | None = None
        if self.late is not None and as_of < self.late.known_at:
            missing = self.late
        if self.credit is not None and as_of >= self.credit.known_at:
            missing = self.credit
        if missing is None:
            return self
        spend = self.spend - missing.spend
        return replace(self, clicks=self.clicks - missing.clicks, spend=spend, credit=None, late=None)


@dataclass(slots=True)
class Totals:
    """Sums over rows, as reports can show them at some instant. Money in account currency."""

    impressions: int = 0
    clicks: int = 0
    spend: Decimal = Decimal(0)
    video_views: int = 0
    conversions: int = 0
    conversion_value: Decimal = Decimal(0)
    counted: bool = False  # whether any row belongs to a line that counts conversions
    currency: str = ""

    def add(self, row: Row, *, as_of: datetime) -> None:
        """Add a row (as `Delivery.rows` gives it) with the conversions that are known at `as_of`."""
        self.impressions += row.impressions
        self.clicks += row.clicks
        self.spend += row.spend
        self.video_views += row.video_views
        self.currency = row.line.currency
        self.counted = self.counted or row.line.converts
        for conversion in row.conversions:
            if conversion.known_at <= as_of:
                self.conversions += conversion.count
                self.conversion_value += conversion.value
