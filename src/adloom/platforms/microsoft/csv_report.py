"""Reads Microsoft's report files: zipped CSV with BOM, preamble, footer, `--` and thousands separators. Pure.

Columns are found by their names. A file without its footer, or with fewer rows than it says, is not whole.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from adloom.core.errors import Unavailable
from adloom.platforms.facts import DailyFact
from adloom.platforms.types import Platform

MAX_ZIP_BYTES = 64 * 1024 * 1024
MAX_CSV_BYTES = 512 * 1024 * 1024
MAX_RATIO = 200
_RATIO_COUNTS_FROM = 1024 * 1024
_NEEDED = frozenset(("TimePeriod", "CampaignId", "CurrencyCode", "Impressions", "Clicks", "Spend"))
_ROWS = re.compile(r"^Rows:\s*([\d,]+)\s*$")


def unzip(content: bytes) -> str:
    """The text of the one CSV in a zip file, bounded in size and ratio; raises Unavailable for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) != 1:
                raise _broken(f"{len(members)} files in one archive")
            limit = min(MAX_CSV_BYTES, max(_RATIO_COUNTS_FROM, MAX_RATIO * len(content)))
            with archive.open(members[0]) as file:
                data = file.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(str(error)) from None
    if len(data) > limit:
        raise _broken("it unpacks to far more than such a report can hold")
    return data.decode("utf-8-sig")


def daily(text: str) -> Iterator[DailyFact]:
    """The facts of a daily campaign report; days on which nothing happened are left out."""
    seen: set[tuple[str, date]] = set()
    for row in _rows(text):
        fact = _fact(row)
        key = (fact.platform_campaign_id, fact.date)
        if key in seen:
            raise _broken("it holds one day twice")
        seen.add(key)
        if fact.impressions or fact.clicks or fact.spend or fact.conversions or fact.conversion_value:
            yield fact


def _rows(text: str) -> Sequence[Mapping[str, str]]:
    """The data rows by column name, checked against the preamble's count and the footer."""
    header: list[str] | None = None
    rows: list[Mapping[str, str]] = []
    promised: int | None = None
    has_footer = False
    for cells in csv.reader(io.StringIO(text)):
        if header is None:
            if cells and (match := _ROWS.match(cells[0])):
                promised = int(match[1].replace(",", ""))
            if set(cells) >= _NEEDED:
                header = cells
        elif cells and cells[0].startswith(("@", "©")):
            has_footer = True
        elif len(cells) == len(header):
            rows.append(dict(zip(header, cells, strict=True)))
        elif cells:
            raise _broken("a row has other columns than the header")
    if header is None or not has_footer:
        raise _broken("it ends early")
    if promised is not None and promised != len(rows):
        raise _broken(f"{promised} rows were promised, and {len(rows)} came")
    return rows


def _fact(row: Mapping[str, str]) -> DailyFact:
    return DailyFact(
        platform_campaign_id=row["CampaignId"],
        date=_day(row["TimePeriod"]),
        impressions=int(_number(row["Impressions"]) or 0),
        clicks=int(_number(row["Clicks"]) or 0),
        spend=_number(row["Spend"]) or Decimal(0),
        currency=row["CurrencyCode"],
        conversions=_number(row.get("ConversionsQualified", "")),
        conversion_value=_number(row.get("Revenue", "")),
    )


def _number(cell: str) -> Decimal | None:
    """A cell's number: `1,234.50`, `12.5%` (as 12.5); None for `--` and nothing."""
    text = cell.strip().removesuffix("%").replace(",", "")
    if text in ("", "--"):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _broken(f"{cell!r} is no number") from None


def _day(cell: str) -> date:
    """`2026-11-01`, or `11/1/2026` in the older format."""
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(cell.split(" ")[0], form).date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            continue
    raise _broken(f"{cell!r} is no day")


def _broken(what: str) -> Unavailable:
    message = f"Microsoft Advertising: a report cannot be read: {what}."
    return Unavailable(message, platform=Platform.MICROSOFT_ADS.value)
