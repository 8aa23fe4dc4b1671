"""Reads Microsoft's report files: zipped CSV with BOM, preamble, footer, `--` and thousands separators. Pure.

Columns are found by their names, whatever stands around them. A file that does not prove to be whole is no report, and
a cell that could be read in two ways is none of a number (guides/reports.md of Microsoft's documentation).
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from adloom.core.errors import Unavailable
from adloom.platforms.types import Platform

MAX_ZIP_BYTES = 64 * 1024 * 1024
MAX_CSV_BYTES = 512 * 1024 * 1024
MAX_RATIO = 200
_RATIO_COUNTS_FROM = 1024 * 1024
_ROWS = re.compile(r"^Rows:\s*([\d,]+)\s*$")
#: Commas are thousands separators or a number is none: `12,50` must not become 1250.
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?([eE][+-]?\d{1,2})?")
_BLANK = ("", "--")
#: A line of the preamble (guides/reports.md, "Report File Schema").
_INCOMPLETE = re.compile(r"^Potential Incomplete Data:\s*true\s*$", re.IGNORECASE)
#: What older files call the column of the period.
_LABELS = {"GregorianDate": "TimePeriod", "Hour": "TimePeriod"}
_DAYS = ("%Y-%m-%d", "%m/%d/%Y")

Row = Mapping[str, str]


def unzip(content: bytes) -> str:
    """The text of the one CSV in a zip file, bounded in size and ratio; raises Unavailable for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) != 1:
                raise broken(f"{len(members)} files in one archive")
            limit = min(MAX_CSV_BYTES, max(_RATIO_COUNTS_FROM, MAX_RATIO * len(content)))
            with archive.open(members[0]) as file:
                data = file.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError, OSError) as error:
        raise broken(str(error)) from None
    if len(data) > limit:
        raise broken("it unpacks to far more than such a report can hold")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise broken("it is no UTF-8") from None


def rows(text: str, *, needed: Collection[str], is_over: bool = False) -> Sequence[Row]:
    """The data rows by column name, which has to be among them where it is `needed`.

    Whole is a file with its footer, or with as many rows as its preamble promises. Raises Unavailable otherwise, and
    where it says of days that are over (`is_over`) that it may be incomplete; of today every report says so.
    """
    header: list[str] | None = None
    found: list[Row] = []
    promised: int | None = None
    has_footer = False
    for cells in _lines(text):
        if header is None:
            promised = _promised(cells) if promised is None else promised
            if is_over and cells and _INCOMPLETE.match(cells[0]):
                raise broken("it says that its data may be incomplete, of days that are over")
            names = [_LABELS.get(cell.strip(), cell.strip()) for cell in cells]
            header = names if set(names) >= set(needed) else None
        elif _is_footer(cells, header):
            has_footer = True
        elif _is_total(cells, header):
            continue
        elif len(cells) == len(header):
            found.append(dict(zip(header, cells, strict=True)))
        elif any(cell.strip() for cell in cells):
            raise broken("a row has other columns than the header")
    is_counted = promised == len(found) and text.endswith("\n")
    if header is None or not (has_footer or is_counted):
        raise broken("it ends early")
    if promised is not None and promised != len(found):
        raise broken(f"{promised} rows were promised, and {len(found)} came")
    return found


def number(cell: str) -> Decimal | None:
    """A cell's number: `1,234.50`, `12.5%` (as 12.5); None for `--` and nothing. Raises Unavailable for a text."""
    text = cell.strip().removesuffix("%").strip()
    if text in _BLANK:
        return None
    if not _NUMBER.fullmatch(text):
        raise broken(f"{cell!r} is no number")
    return Decimal(text.replace(",", ""))


def whole(cell: str) -> int:
    """A cell's whole number, 0 for `--` and nothing; raises Unavailable for a fraction."""
    value = number(cell) or Decimal(0)
    if value != value.to_integral_value():
        raise broken(f"{cell!r} is no whole number")
    return int(value)


def word(cell: str | None) -> str:
    """A cell's word; empty for `--` and nothing."""
    text = (cell or "").strip()
    return "" if text in _BLANK else text


def campaign(cell: str | None) -> str:
    """A campaign's id, which is a whole number; raises Unavailable for anything else, and for none.

    Files that people download have ids in brackets (`[9001]`), so that no spreadsheet rounds them.
    """
    text = word(cell).removeprefix("[").removesuffix("]")
    if not text:
        raise broken("a row names no campaign")
    if not text.isdecimal():
        raise broken(f"{cell!r} is no campaign's id")
    return text


def day(cell: str) -> date:
    """`2026-11-01`, or `11/1/2026 12:00:00 AM` in the older format; what follows a bar is an hour."""
    text = cell.partition("|")[0].strip().split(" ")[0]
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            continue
    raise broken(f"{cell!r} is no day")


def hour(cell: str) -> int:
    """The hour after the bar of `2026-11-01|7`, or of the older `11/1/2026 12:00:00 AM|7`."""
    _, bar, text = cell.partition("|")
    if not bar or not text.strip().isdecimal() or int(text) > 23:
        raise broken(f"{cell!r} is no hour")
    return int(text)


def broken(what: str) -> Unavailable:
    """The error for a report that is none."""
    message = f"Microsoft Advertising: a report cannot be read: {what}."
    return Unavailable(message, platform=Platform.MICROSOFT_ADS.value)


def _lines(text: str) -> Sequence[list[str]]:
    """Strictly, so that a cell that is cut off is an error and no shorter number."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise broken(str(error)) from None


def _promised(cells: Sequence[str]) -> int | None:
    match = _ROWS.match(cells[0]) if cells else None
    return int(match[1].replace(",", "")) if match else None


def _is_footer(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Microsoft's mark, alone on its line; a row may begin with the name of a campaign that is called `@home`."""
    if not cells or not cells[0].strip().startswith(("@", "©")):
        return False
    return len(cells) != len(header) or not any(cell.strip() for cell in cells[1:])


def _is_total(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Sums of all rows, which some reports end with: their first cell says so, and they are of no day and campaign.

    A row may begin with a name that begins so (`Total Wine`), and is told by what else stands in it.
    """
    if not cells or not cells[0].strip().startswith("Total"):
        return False
    row = dict(zip(header, cells, strict=False))
    return not any(word(row.get(name)) and row[name] != cells[0] for name in ("TimePeriod", "CampaignId"))
