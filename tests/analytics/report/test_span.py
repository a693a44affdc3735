"""Periods of reports and their parts, on civil days."""

from datetime import UTC, date, datetime

import pytest

from analytics.report.errors import ReportError
from analytics.report.span import parse_span, parts_of

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_period_as_it_is_asked_for(text: str, first: date, end: date) -> None:
    span = parse_span(text)
    assert (span.first, span.end) == (first, end)


@pytest.mark.parametrize("text", ["", "2026-13", "2026-0", "2026-Q5", "26-10", "2026-10-01", "2026 ", "9999", "٢٠٢٦"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(ReportError, match="such as 2026-10"):
        parse_span(text)


def test_a_month_has_its_days_or_nights() -> None:
    """October 2026 has 745 hours; its nights begin at noon."""
    days, nights = (parts_of(parse_span("2026-10"), rhythm, PARIS) for rhythm in ("day", "night"))
    assert (len(days), len(nights)) == (32, 32)
    assert days[0].begins_at == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert days[0].ends_at == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert nights[0].begins_at == nights[1].begins_at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert [part.ends_at for part in days[1:-1]] == [part.begins_at for part in days[2:]]
    assert days[-1].ends_at == days[0].ends_at


def test_a_domain_of_months_has_no_parts_in_a_month_and_months_in_a_year() -> None:
    assert len(parts_of(parse_span("2026-10"), "month_of_nights", PARIS)) == 1
    assert len(parts_of(parse_span("2026-Q2"), "month", PARIS)) == 4
    year = parts_of(parse_span("2026"), "day", PARIS)
    assert len(year) == 13
    assert year[12].begins_at == datetime(2026, 11, 30, 23, tzinfo=UTC)
