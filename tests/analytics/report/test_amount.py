"""Numbers and reasons as people write them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.report.amount import amount, days, interval, number, percent, reason, span_title
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
    assert (percent(0.999), percent(None), percent(1.0)) == ("99\u00a0%", "–", "100\u00a0%")


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


@pytest.mark.parametrize(
    ("value", "unit", "french", "english"),
    [
        (0.5, "kg/{EUR}", "0,5\u00a0kg/€", "0.5\u00a0kg/€"),
        (3.0, "{failure}", "3\u00a0pannes", "3\u00a0failures"),
        (1.0, "{failure}", "1\u00a0panne", "1\u00a0failure"),
        (250.0, "K.d", "250\u00a0DJU", "250\u00a0HDD"),
        (2048.0, "By", "2\u202f048\u00a0octets", "2,048\u00a0bytes"),
        (7.0, "W/(lx.m2)", "7\u00a0W/(lx·m²)", "7\u00a0W/(lx·m²)"),
        (7.2, "[pH]", "7,2", "7.2"),
    ],
)
def test_units_are_words_and_not_codes(value: float, unit: str, french: str, english: str) -> None:
    assert (amount(value, unit, "fr"), amount(value, unit, "en")) == (french, english)


def test_days_of_a_period_end_with_its_last() -> None:
    zone = ZoneInfo("Europe/Paris")
    october, november = datetime(2026, 10, 1, tzinfo=zone), datetime(2026, 11, 1, tzinfo=zone)
    assert days(october, november, zone) == "01/10/2026 – 31/10/2026"
    assert days(october, october + timedelta(days=1), zone) == "01/10/2026"
