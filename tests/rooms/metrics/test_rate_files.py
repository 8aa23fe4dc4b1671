"""Files of rates are read whole or not at all, whoever wrote them."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from adloom.core.errors import Invalid
from adloom.metrics import rate_files
from adloom.metrics.rate_files import Rate, Source

DAY = date(2026, 11, 20)
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
    xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
  <Cube>
    <Cube time="2026-11-20"><Cube currency="USD" rate="1.0875"/><Cube currency="JPY" rate="163.20"/></Cube>
    <Cube time="2026-11-19"><Cube currency="USD" rate="1.09"/></Cube>
  </Cube>
</gesmes:Envelope>
"""
TABLE = "Date,USD,JPY,CYP,\r\n2026-11-20,1.0875,163.20,N/A,\r\n2026-11-19,1.09,,N/A,\r\n"
RATES = {
    Rate(DAY, "USD", Decimal("1.0875")),
    Rate(DAY, "JPY", Decimal("163.20")),
    Rate(date(2026, 11, 19), "USD", Decimal("1.09")),
}


def zipped(*contents: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.csv", content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content", [XML.encode(), TABLE.encode(), zipped(TABLE.encode()), b"\xef\xbb\xbf" + XML.encode()]
)
def test_the_central_banks_files_say_the_same(content: bytes) -> None:
    found = rate_files.read(content)
    assert (found.source, set(found.rates), len(found.rates)) == (Source.ECB, RATES, 3)


def test_the_central_banks_table_of_one_day_is_read() -> None:
    found = rate_files.read(b"Date, USD, JPY, \n20 November 2026, 1.0875, 163.20, \n")
    assert {rate for rate in found.rates if rate.date == DAY} == {rate for rate in RATES if rate.date == DAY}


@pytest.mark.parametrize("head", ["", "date,currency,rate\n", "Date, Currency, Rate\r\n"])
def test_own_rates_are_lines_of_day_currency_and_rate(head: str) -> None:
    found = rate_files.read(f"{head}2026-11-20,VND,28650\n2026-11-20,EUR,1\n".encode())
    assert found == rate_files.RateFile(Source.OWN, (Rate(DAY, "VND", Decimal(28650)),))


def test_codes_that_are_no_currencys_are_named_and_left_out() -> None:
    found = rate_files.read(b"Date,USD,QQQ\n2026-11-20,1.0875,3\n")
    assert ([rate.currency for rate in found.rates], found.unknown) == (["USD"], ("QQQ",))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"date,currency,rate\n", "no rate"),
        (b"2026-11-20,USD\n", "line 1 has 2 cells"),
        (b"date,currency,rate,note\n2026-11-20,USD,1.5,ours\n", "line 2 has 4 cells"),
        (b"2026-11-20,QQQ,1.5\n", "'QQQ' is not an ISO 4217 code"),
        (b"2026-11-20,usd,1.5\n", "'usd' is not"),
        (b"20/11/2026,USD,1.5\n", "no day"),
        (b"1998-12-31,USD,1.5\n", "no day since"),
        (b"2026-11-20,USD,0\n", "'0' is no rate"),
        (b"2026-11-20,USD,-1\n", "no rate"),
        (b"2026-11-20,USD,1e3\n", "no rate"),
        (b"2026-11-20,USD,NaN\n", "no rate"),
        (b"2026-11-20,USD,1_0.5\n", "no rate"),
        ("2026-11-20,USD,\u0661\u0662\n".encode(), "no rate"),
        (b"2026-11-20,USD,1000000000000\n", "no rate"),
        (b'2026-11-20,USD,"1,5"\n', "no rate"),
        (b"2026-11-20,EUR,1.1\n", "a euro is 1.1 euros"),
        (b"2026-11-20,USD,1.5\n2026-11-20,USD,1.6\n", "USD on 2026-11-20 is 1.5 and 1.6"),
        (b"Date,USD,JPY\n2026-11-20,1.5\n", "line 2 has 2 cells"),
        (b"\xff\xfe2\x00", "UTF-8"),
        (b"<Envelope><Cube", "no XML"),
        (b"<html><body>Not found</body></html>", "no rate in it"),
        (b'<Cube><Cube currency="USD" rate="1.5"/></Cube>', "no day"),
        (b"PK\x03\x04 and nothing", "no archive"),
        (zipped(TABLE.encode(), TABLE.encode()), "no archive of one file"),
        (zipped(b"0" * (rate_files.MAX_BYTES + 1)), "more than"),
    ],
)
def test_a_file_with_one_thing_wrong_is_refused_whole(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        rate_files.read(content)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_is_damaged_is_refused_however_it_was_packed(method: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("rates.csv", TABLE * 50)
    content = bytearray(packed.getvalue())
    content[60:64] = b"damn"
    with pytest.raises(Invalid, match="no archive of one file"):
        rate_files.read(bytes(content))


def test_xml_may_declare_nothing() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for declared in (bomb, '<!DOCTYPE x SYSTEM "file:///etc/passwd">'):
        with pytest.raises(Invalid, match="document type"):
            rate_files.read(XML.replace("<gesmes:Envelope", f"{declared}<gesmes:Envelope", 1).encode())
