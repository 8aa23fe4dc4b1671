"""Microsoft's zipped CSV: whatever it looks like, the numbers are right, or it is no report."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from adloom.core.errors import Unavailable
from adloom.platforms.microsoft import csv_report

HEADER = '"TimePeriod","CampaignId","CurrencyCode","Impressions","Clicks","Spend","ConversionsQualified","Revenue"'
ROW = '"2026-11-01","9001","USD","12,345","67","1,234.50","1.50","99.90"'
FOOTER = '"@2026 Microsoft Corporation. All rights reserved. "'
PREAMBLE = '"Report Name: Adloom daily"\n"Report Time: 11/1/2026"\n"Rows: 1"\n'


def report(*rows: str, preamble: str = "", header: str = HEADER, footer: str = FOOTER) -> str:
    return "\n".join([*([preamble] if preamble else []), header, *rows, "", footer, ""])


def zipped(content: bytes, *, names: tuple[str, ...] = ("report.csv",)) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_thousands_separators_and_decimals_are_read_exactly() -> None:
    (fact,) = csv_report.daily(report(ROW, preamble=PREAMBLE))
    assert (fact.date, fact.platform_campaign_id, fact.currency) == (date(2026, 11, 1), "9001", "USD")
    assert (fact.impressions, fact.clicks, fact.spend) == (12345, 67, Decimal("1234.50"))
    assert (fact.conversions, fact.conversion_value) == (Decimal("1.50"), Decimal("99.90"))


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    text = csv_report.unzip(zipped(b"\xef\xbb\xbf" + report(ROW, preamble=PREAMBLE).encode()))
    assert len(list(csv_report.daily(text))) == 1


def test_columns_are_found_by_name_in_whatever_order() -> None:
    header = '"Clicks","Extra","Spend","CurrencyCode","Impressions","CampaignId","TimePeriod"'
    (fact,) = csv_report.daily(report('"6","x%","7.5","EUR","5","1","11/2/2026"', header=header))
    assert (fact.clicks, fact.spend, fact.impressions, fact.date) == (6, Decimal("7.5"), 5, date(2026, 11, 2))
    assert (fact.conversions, fact.conversion_value) == (None, None)


def test_a_dash_is_not_reported_and_not_zero() -> None:
    (fact,) = csv_report.daily(report('"2026-11-01","1","USD","5","1","0.10","--",""'))
    assert (fact.conversions, fact.conversion_value) == (None, None)


def test_a_percentage_loses_its_sign_only() -> None:
    (fact,) = csv_report.daily(report('"2026-11-01","1","USD","5","1","0.10","12.5%","0"'))
    assert fact.conversions == Decimal("12.5")


def test_days_on_which_nothing_happened_are_absent() -> None:
    assert list(csv_report.daily(report('"2026-11-01","1","USD","0","0","0.00","0","0"'))) == []


def test_a_report_without_rows_has_no_days() -> None:
    assert list(csv_report.daily(report())) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (report(ROW, footer=""), "ends early"),
        ("", "ends early"),
        (report(ROW, ROW), "one day twice"),
        (report(preamble=PREAMBLE), "1 rows were promised, and 0 came"),
        (report('"2026-11-01","1","USD"'), "other columns"),
        (report('"2026-11-01","1","USD","five","1","0.10","0","0"'), "no number"),
        (report('"November","1","USD","5","1","0.10","0","0"'), "no day"),
    ],
)
def test_a_report_that_is_not_whole_is_no_report(text: str, why: str) -> None:
    with pytest.raises(Unavailable, match=why):
        list(csv_report.daily(text))


def test_a_file_that_is_no_archive_is_refused() -> None:
    with pytest.raises(Unavailable):
        csv_report.unzip(b"<html>expired</html>")
    with pytest.raises(Unavailable):
        csv_report.unzip(zipped(report(ROW).encode())[:-30])


def test_an_archive_with_another_number_of_files_is_refused() -> None:
    with pytest.raises(Unavailable, match="2 files"):
        csv_report.unzip(zipped(b"x", names=("a.csv", "b.csv")))


def test_an_archive_that_unpacks_without_measure_is_refused() -> None:
    with pytest.raises(Unavailable, match="unpacks"):
        csv_report.unzip(zipped(b"0" * (csv_report.MAX_RATIO * 50_000)))
