"""Sentences name what is unusual, against what, and since when, in both languages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics.detectors import Aspect, Score
from analytics.sentence import Subject, lowered, number, spaced, tell_silent, tell_unusual

PIPE = Subject("Conduite 2", "Flow", "Débit", "m3/h", "Europe/Paris")


@pytest.mark.parametrize(
    ("aspect", "english", "french"),
    [
        ("value", "Conduite 2: flow is 1.6 m³/h on", "Conduite 2 : débit : 1,6 m³/h le"),
        ("hour", "Conduite 2: flow is 1.6 m³/h on", "Conduite 2 : débit : 1,6 m³/h le"),
        ("day_low", "flow: the lowest value of the day is 1.6 m³/h on", "la valeur la plus basse du jour est de 1,6"),
        ("day_mean", "flow: the mean of the day is 1.6 m³/h on", "la moyenne du jour est de 1,6 m³/h le"),
        ("day_high", "flow: the highest value of the day is 1.6 m³/h on", "la valeur la plus haute du jour est de 1,6"),
        ("level", "flow: the level has shifted to 1.6 m³/h on", "le niveau est passé à 1,6 m³/h le"),
    ],
)
def test_unusual_value_is_told_by_its_aspect(aspect: Aspect, english: str, french: str) -> None:
    at = datetime(2025, 7, 3, 22, 5, tzinfo=UTC)
    told = tell_unusual(PIPE, Score(9.0, aspect, 1.6, 0.4, 0.5), at, at)
    assert english in told[0]
    assert "between 0.4 and 0.5 m³/h is usual. Unusual since 2025-07-04 at 00:05." in told[0]
    assert french in told[1]
    assert "d'habitude entre 0,4 et 0,5 m³/h" in told[1]


def test_numbers_are_written_as_people_read_them() -> None:
    assert [number(value) for value in (12_000.0, 12_345.6, 999.96, 0.00123, 0.0, -45_000.0)] == [
        "12000", "12350", "1000", "0.00123", "0", "-45000",
    ]  # fmt: skip
    assert number(1e12) == "1e+12"


@pytest.mark.parametrize(
    ("aspect", "low", "usual"),
    [
        ("value", -3.0, "between 0 and 0.5"),
        ("day_low", -0.1, "between 0 and 0.5"),
        ("spread", -0.1, "between 0 and 0.5"),
        ("step", -3.0, "between -3 and 0.5"),
        ("value", 0.2, "between 0.2 and 0.5"),
    ],
)
def test_nothing_is_usual_beyond_what_is_possible(aspect: Aspect, low: float, usual: str) -> None:
    at = datetime(2025, 7, 3, 22, 5, tzinfo=UTC)
    told = tell_unusual(replace(PIPE, low=0.0, high=400.0), Score(9.0, aspect, 1.6, low, 0.5), at, at)
    assert usual in told[0]


def test_what_is_unusual_or_silent_is_told_with_what_to_do() -> None:
    at = datetime(2025, 7, 3, 22, 5, tzinfo=UTC)
    for english, french in (
        tell_unusual(PIPE, Score(9.0, "value", 1.6, 0.4, 0.5), at, at),
        tell_silent("Lampe 1", "Europe/Paris", at, Score(9.0, "silence", 7200.0, 0.0, 600.0)),
    ):
        assert " To do: " in english
        assert " À faire : " in french


def test_names_and_signs_within_a_sentence() -> None:
    assert [lowered(name) for name in ("Flow", "pH", "Roughness (IRI)", "CO2", "Fine particles PM2.5")] == [
        "flow", "pH", "roughness (IRI)", "CO2", "fine particles PM2.5",
    ]  # fmt: skip
    assert [spaced(sign) for sign in ("m³/h", "°C", "°", "")] == [" m³/h", " °C", "°", ""]
