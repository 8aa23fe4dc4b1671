"""Files of exchange rates, read: the ECB's XML, its CSV (zipped or not), and plain `date,currency,rate`. Pure.

What comes in is a stranger's: sizes are bounded, XML may declare nothing, and one line that is wrong refuses the file.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NoReturn
from xml.parsers import expat

from adloom.core import money
from adloom.core.errors import Invalid

#: The ECB's whole history since 1999 is 8 MB as XML, and 2 MB as CSV.
MAX_BYTES = 32 * 1024 * 1024

_FIRST_DAY = date(1999, 1, 1)
_LONGEST_RATE = 40
#: Python would read `1_0.5` too, and the digits of any alphabet.
_RATE = re.compile(r"[0-9]*\.?[0-9]*")
_LARGEST_RATE = Decimal(10) ** 12
_NONE = {"", "N/A"}
_FIX = "Give the ECB's XML or (zipped) CSV, or lines such as 2026-11-20,USD,1.0875: units per euro."


class Source(StrEnum):
    """Who says what a rate is, least trusted first: a worse one never takes the place of a better one."""

    WHEEL = "wheel"
    ECB = "ecb"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many units of a currency one euro bought on a day."""

    date: date
    currency: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class RateFile:
    """A file's rates, one for each day and currency, and the codes in it that are no currency's (the ECB's alone)."""

    source: Source
    rates: tuple[Rate, ...]
    unknown: tuple[str, ...] = ()


def read(content: bytes) -> RateFile:
    """The rates of a file, whichever of the formats it has; raises Invalid naming what is wrong, and where."""
    if len(content) > MAX_BYTES:
        _refuse(f"it has more than {MAX_BYTES} bytes.")
    if content.startswith(b"PK\x03\x04"):
        return _table(_text(_unzipped(content)))
    text = _text(content)
    return _ecb(_xml(text)) if text.lstrip().startswith("<") else _table(text)


def _table(text: str) -> RateFile:
    lines = [[cell.strip() for cell in line] for line in _lines(text)]
    if not lines:
        _refuse("it is empty.")
    head = [cell.lower() for cell in lines[0]]
    if head[0] == "date" and head[:3] != ["date", "currency", "rate"]:
        return _ecb(_wide(lines))
    return RateFile(Source.OWN, _unique(_long(lines, start=1 if head[0] == "date" else 0)))


def _long(lines: Sequence[Sequence[str]], *, start: int) -> Iterator[Rate]:
    for number, line in enumerate(lines[start:], start=start + 1):
        where = f"line {number}"
        if len(line) != 3:
            _refuse(f"{where} has {len(line)} cells, not date, currency and rate.")
        day, currency, rate = line
        if currency not in money.known_currencies():
            _refuse(f"{where}: {currency[:20]!r} is not an ISO 4217 code.")
        found = _rate(_day(day, where), currency, rate, where)
        if found is not None:
            yield found


def _wide(lines: Sequence[Sequence[str]]) -> Iterator[Rate | str]:
    """The ECB's table: a line for each day, a column for each currency. A code that is none comes back as text."""
    currencies = lines[0][1:]
    for number, line in enumerate(lines[1:], start=2):
        where = f"line {number}"
        day = _day(line[0], where)
        if len(line) != len(lines[0]):
            _refuse(f"{where} has {len(line)} cells, and the first line {len(lines[0])}.")
        for currency, rate in zip(currencies, line[1:], strict=True):
            if currency and rate not in _NONE:
                yield _known(day, currency, rate, where)


def _xml(text: str) -> Iterator[Rate | str]:
    """`<Cube time="2026-11-20"><Cube currency="USD" rate="1.0875"/>…`, as the ECB writes it.

    Source: ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates, "XML".
    """
    found: list[tuple[str, str, str]] = []
    day = ""

    def element(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal day
        if name.rpartition(":")[2] != "Cube":
            return
        day = attributes.get("time", day)
        if "currency" in attributes:
            found.append((day, attributes["currency"], attributes.get("rate", "")))

    def declares(*_: object) -> None:
        _refuse("its XML declares a document type; the ECB's does not.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = declares
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        _refuse(f"it is no XML: {error}.")
    for number, (time, currency, rate) in enumerate(found, start=1):
        where = f"rate {number}"
        yield _known(_day(time, where), currency, rate, where)


def _known(day: date, currency: str, rate: str, where: str) -> Rate | str:
    if currency not in money.known_currencies():
        return currency[:20]
    return _rate(day, currency, rate, where) or currency


def _ecb(found: Iterable[Rate | str]) -> RateFile:
    rates: list[Rate] = []
    unknown: set[str] = set()
    for item in found:
        if isinstance(item, Rate):
            rates.append(item)
        elif item != "EUR":
            unknown.add(item)
    return RateFile(Source.ECB, _unique(rates), tuple(sorted(unknown)))


def _unique(rates: Iterable[Rate]) -> tuple[Rate, ...]:
    """The rates, each said once; two that contradict each other refuse the file, as does a file without any."""
    found: dict[tuple[str, date], Rate] = {}
    for rate in rates:
        first = found.setdefault((rate.currency, rate.date), rate)
        if first.rate != rate.rate:
            _refuse(f"{rate.currency} on {rate.date} is {first.rate} and {rate.rate}.")
    if not found:
        _refuse("there is no rate in it.")
    return tuple(found.values())


def _rate(day: date, currency: str, text: str, where: str) -> Rate | None:
    """A rate, checked; None of the euro, which is 1 by definition."""
    try:
        value = Decimal(text) if len(text) <= _LONGEST_RATE and _RATE.fullmatch(text) else None
    except InvalidOperation:
        value = None
    if value is None or not 0 < value < _LARGEST_RATE:
        _refuse(f"{where}: {text[:_LONGEST_RATE]!r} is no rate.")
    if currency != "EUR":
        return Rate(day, currency, value)
    if value != 1:
        _refuse(f"{where}: a euro is {text} euros.")
    return None


def _day(text: str, where: str) -> date:
    found = _day_or_none(text, "%Y-%m-%d") or _day_or_none(text, "%d %B %Y")  # the ECB's table of one day
    if found is None or found < _FIRST_DAY:
        _refuse(f"{where}: {text[:20]!r} is no day since {_FIRST_DAY}.")
    return found


def _day_or_none(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day, no instant)
    except ValueError:
        return None


def _unzipped(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (member,) = archive.infolist()
            with archive.open(member) as file:
                found = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        _refuse(f"it is no archive of one file: {error}.")
    if len(found) > MAX_BYTES:
        _refuse(f"what is zipped in it has more than {MAX_BYTES} bytes.")
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse("it is no text in UTF-8.")


def _lines(text: str) -> Iterator[list[str]]:
    try:
        yield from (line for line in csv.reader(io.StringIO(text), strict=True) if line)
    except csv.Error as error:
        _refuse(f"it is no CSV: {error}.")


def _refuse(rule: str) -> NoReturn:
    raise Invalid.field("rates", rule, _FIX)
