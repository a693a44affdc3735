"""Numbers and reasons as people write them."""

import pytest

from analytics.report.amount import amount, interval, number, percent, reason, span_title
from analytics.report.span import parse_span
from sensors.language import Language


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (1234.5, "1\u202f234,5", "1,234.5"),
        (1234567.0, "1\u202f234\u202f567", "1,234,567"),
        (234.56, "234,6", "234.6"),
        (12.345, "12,35", "12.35"),
        (12.0, "12", "12"),
        (0.01234, "0,0123", "0.0123"),
        (-3.5, "\u22123,5", "\u22123.5"),
        (0.0, "0", "0"),
        (-0.0, "0", "0"),
        (100.0, "100", "100"),
        (0.00001, "0,00001", "0.00001"),
    ],
)
def test_numbers(value: float, french: str, english: str) -> None:
    assert (number(value, "fr"), number(value, "en")) == (french, english)


def test_amounts_and_intervals() -> None:
    assert amount(0.4567, "1", "fr") == "45,67\u00a0%"
    assert amount(1234.0, "kW.h", "fr") == "1\u202f234\u00a0kWh"
    assert amount(None, "kW.h", "en") == "–"
    assert amount(1.5, "{round}", "fr") == "1,5\u00a0tournée"
    assert amount(1.5, "{round}", "en") == "1.5\u00a0rounds"
    assert amount(1.0, "s", "en") == "1\u00a0s"
    assert interval(0.25, 0.5, "1", "fr") == "de 25 à 50\u00a0%"
    assert interval(0.25, 0.5, "1", "en") == "25 to 50\u00a0%"
    assert interval(3.0, None, "/d", "fr") == "au moins\u00a03\u00a0/jour"
    assert interval(None, None, "1", "fr") == "–"
    assert (percent(0.999, "fr"), percent(None, "fr"), percent(1.0, "en")) == ("99\u00a0%", "–", "100%")


@pytest.mark.parametrize(
    ("text", "language", "title"),
    [
        ("2026-08", "fr", "août 2026"),
        ("2026-Q1", "fr", "1er trimestre 2026"),
        ("2026-Q4", "en", "Q4 2026"),
        ("2026", "fr", "année 2026"),
    ],
)
def test_periods_by_name(text: str, language: Language, title: str) -> None:
    assert span_title(parse_span(text), language) == title


def test_reasons_in_french() -> None:
    french, is_translated = reason("too little data: 60% of the time is known, 75% are needed", "fr")
    assert is_translated
    assert french == "trop peu de données : 60\u00a0% du temps est connu, il en faut 75\u00a0%"
    assert reason("something new", "fr") == ("something new", False)
    assert reason("something new", "en") == ("something new", True)
