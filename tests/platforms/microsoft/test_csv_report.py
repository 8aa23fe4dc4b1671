"""Microsoft's zipped CSV: whatever it looks like, the numbers are right, or it is no report."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from adloom.core.errors import Unavailable
from adloom.platforms.facts import DailyFact
from adloom.platforms.microsoft import countries, csv_report, reports

HEADER = '"TimePeriod","CampaignId","CurrencyCode","Impressions","Clicks","Spend","ConversionsQualified","Revenue"'
ROW = '"2026-11-01","9001","USD","12,345","67","1,234.50","1.50","99.90"'
FOOTER = '"@2026 Microsoft Corporation. All rights reserved. "'
PREAMBLE = '"Report Name: Adloom daily"\n"Report Time: 11/1/2026"\n"Rows: 1"\n'


def report(*rows: str, preamble: str = "", header: str = HEADER, footer: str = FOOTER) -> str:
    return "\n".join([*([preamble] if preamble else []), header, *rows, "", footer, ""])


def daily(text: str) -> list[DailyFact]:
    """The facts of a daily report, as the adapter makes them."""
    rows = csv_report.rows(text, needed=reports.CAMPAIGN.needed)
    return list(reports.day_facts([(csv_report.day(row["TimePeriod"]), row) for row in rows], currency="USD"))


def zipped(content: bytes, *, names: tuple[str, ...] = ("report.csv",)) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_thousands_separators_and_decimals_are_read_exactly() -> None:
    (fact,) = daily(report(ROW, preamble=PREAMBLE))
    assert (fact.date, fact.platform_campaign_id, fact.currency) == (date(2026, 11, 1), "9001", "USD")
    assert (fact.impressions, fact.clicks, fact.spend) == (12345, 67, Decimal("1234.50"))
    assert (fact.conversions, fact.conversion_value) == (Decimal("1.50"), Decimal("99.90"))


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    text = csv_report.unzip(zipped(b"\xef\xbb\xbf" + report(ROW, preamble=PREAMBLE).encode()))
    assert len(daily(text)) == 1


def test_columns_are_found_by_name_in_whatever_order() -> None:
    header = '"Clicks","Extra","Spend","CurrencyCode","Impressions","CampaignId","TimePeriod"'
    (fact,) = daily(report('"6","x%","7.5","EUR","5","1","11/2/2026"', header=header))
    assert (fact.clicks, fact.spend, fact.impressions, fact.date) == (6, Decimal("7.5"), 5, date(2026, 11, 2))
    assert (fact.conversions, fact.conversion_value) == (None, None)


def test_a_dash_is_not_reported_and_not_zero() -> None:
    (fact,) = daily(report('"2026-11-01","1","USD","5","1","0.10","--",""'))
    assert (fact.conversions, fact.conversion_value) == (None, None)


def test_a_percentage_loses_its_sign_only() -> None:
    (fact,) = daily(report('"2026-11-01","1","USD","5","1","0.10","12.5%","0"'))
    assert fact.conversions == Decimal("12.5")


def test_days_on_which_nothing_happened_are_absent() -> None:
    assert daily(report('"2026-11-01","1","USD","0","0","0.00","0","0"')) == []


def test_a_report_without_rows_has_no_days() -> None:
    assert daily(report()) == []


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
        (report('"13/11/2026","1","USD","5","1","0.10","0","0"'), "no day"),
        (report('"2026-11-01","1","USD","5","1","12,50","0","0"'), "no number"),
        (report('"2026-11-01","1","USD","5","1","1.234,50","0","0"'), "no number"),
        (report('"2026-11-01","1","USD","5.5","1","1.00","0","0"'), "no whole number"),
        (report('"2026-11-01","1","USD","5","1","NaN","0","0"'), "no number"),
        (report('"2026-11-01","--","USD","5","1","1.00","0","0"'), "names no campaign"),
        (report('"2026-11-01","Spring","USD","5","1","1.00","0","0"'), "no campaign's id"),
        (report(ROW, preamble=PREAMBLE, footer='"@2026 Micro').removesuffix("\n"), "unexpected end"),
        (report(ROW[:-4], preamble=PREAMBLE, footer="")[:-3], "unexpected end"),
    ],
)
def test_a_report_that_is_not_whole_is_no_report(text: str, why: str) -> None:
    with pytest.raises(Unavailable, match=why):
        daily(text)


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


def test_a_file_without_its_footer_is_whole_where_its_rows_are_counted() -> None:
    text = report(ROW, preamble=PREAMBLE, footer="")
    assert len(daily(text)) == 1
    with pytest.raises(Unavailable, match="ends early"):
        daily(text.rstrip("\n"))


def test_any_preamble_is_passed_over_and_sums_of_all_rows_are_no_row() -> None:
    lines = (
        "Report Name: A, b and c",
        "Report Time: 11/1/2026,11/2/2026",
        "Time Zone: (GMT-08:00) Pacific Time (US & Canada); Tijuana",
        "Last Completed Available Day: 11/2/2026 10:15:00 PM (GMT)",
        "Last Completed Available Hour: 11/2/2026 10:15:00 PM (GMT)",
        "Report Aggregation: Daily",
        "Report Filter: ",
        "Potential Incomplete Data: true",
        "Rows: 1",
    )
    preamble = "\r\n".join(f'"{line}"' for line in lines) + "\r\n"
    total = '"Total","","USD","12,345","67","1,234.50","1.50","99.90"'
    (fact,) = daily("\ufeff".encode().decode("utf-8-sig") + report(ROW, total, preamble=preamble))
    assert fact.impressions == 12345


@pytest.mark.parametrize("name", ["Total Wine", "@home", "©lub"])
def test_a_campaign_may_be_called_like_a_sum_or_a_footer(name: str) -> None:
    """Columns stand in the order in which they were asked for, and are read in any (guides/reports.md)."""
    header = '"CampaignName","TimePeriod","CampaignId","Impressions","Clicks","Spend"'
    row, total = f'"{name}","2026-11-01","9001","5","1","0.10"', '"Total","","","10","2","0.20"'
    other = '"Other","2026-11-02","9001","5","1","0.10"'
    assert sum(fact.spend for fact in daily(report(row, other, total, header=header))) == Decimal("0.20")
    with pytest.raises(Unavailable, match="ends early"):
        daily(report(row, header=header, footer=""))


@pytest.mark.parametrize(
    "footer", [FOOTER, "@2026 Microsoft Corporation, all rights reserved.", '"©2026 Microsoft",,,,,,,']
)
def test_a_footer_is_one_however_it_is_written(footer: str) -> None:
    assert len(daily(report(ROW, footer=footer))) == 1


def test_an_id_in_brackets_is_the_id() -> None:
    (fact,) = daily(report(ROW.replace('"9001"', '"[9001]"')))
    assert fact.platform_campaign_id == "9001"


def test_days_that_are_over_are_not_read_from_what_may_be_incomplete() -> None:
    lines = ('"Potential Incomplete Data: true"', '"Rows: 1"')
    text = report(ROW, preamble="\r\n".join(lines) + "\r\n")
    assert len(csv_report.rows(text, needed=("TimePeriod",))) == 1, "of today every report says so"
    with pytest.raises(Unavailable, match="may be incomplete"):
        csv_report.rows(text, needed=("TimePeriod",), is_over=True)
    assert len(csv_report.rows(text.replace("true", "false"), needed=("TimePeriod",), is_over=True)) == 1


def test_a_currency_that_no_row_names_is_the_accounts() -> None:
    header = HEADER.replace('"CurrencyCode",', "")
    (fact,) = daily(report('"2026-11-01","9001","5","1","0.10","--","--"', header=header))
    assert fact.currency == "USD"


@pytest.mark.parametrize(
    ("cell", "day", "hour"),
    [
        ("2026-11-01|7", date(2026, 11, 1), 7),
        ("3/15/2026 12:00:00 AM|23", date(2026, 3, 15), 23),
        ("2026-11-01|0", date(2026, 11, 1), 0),
    ],
)
def test_both_formats_of_an_hour_are_read(cell: str, day: date, hour: int) -> None:
    assert (csv_report.day(cell), csv_report.hour(cell)) == (day, hour)


@pytest.mark.parametrize("cell", ["2026-11-01", "2026-11-01|24", "2026-11-01|x", "2026-11-01|-1", "|"])
def test_what_is_no_hour_is_none(cell: str) -> None:
    with pytest.raises(Unavailable, match="no hour"):
        csv_report.hour(cell)


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(Unavailable, match="UTF-8"):
        csv_report.unzip(zipped(b"\xff\xfe\x00caf\xe9"))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States", "US"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Hong Kong SAR", "HK"),
        ("Czech Republic", "CZ"),
        ("Bosnia & Herzegovina", "BA"),
        ("Côte d’Ivoire", "CI"),
        ("Atlantis", "Atlantis"),
    ],
)
def test_countries_are_two_letters_and_what_nobody_knows_stays(name: str, code: str) -> None:
    assert countries.code(name) == code
