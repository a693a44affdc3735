"""Lamps that stay dark for weeks, told night by night: neither mended nor burning by day."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.maintenance import Span, Verdict, day_burner, dead_lamp
from store.hints import AssetHours, DayHigh, HourOfAsset

START = datetime(2026, 1, 5, 11, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
N_LAMPS, N_DAYS, DIES_ON = 8, 80, 30


def a_lamp(number: int, until: datetime, left_w: float | None) -> AssetHours:
    """A lamp of 100 W from 17 to 7, UTC; with `left_w` its controller's power is all that it takes from a day on."""
    first = max(START, until - 30 * DAY)
    hours = [first + n * HOUR for n in range(int((until - first) / HOUR))]

    def watts(at: datetime) -> float:
        is_dead = left_w is not None and at >= START + DIES_ON * DAY
        return (left_w or 0.0) if is_dead else 100.0 if at.hour >= 17 or at.hour < 7 else 1.0

    days = [first + n * DAY for n in range(int((until - first) / DAY))]
    highs = tuple(DayHigh(day, max(watts(day + n * HOUR) for n in range(24))) for day in days)
    told = tuple(HourOfAsset(at, watts(at), 3600.0) for at in hours if at >= until - DAY)
    return AssetHours(number, f"Lampe {number}", 9, 5.1, 47.5, highs, told)


def nights(module: object, left_w: float) -> list[Verdict]:
    """Tell the first lamp at each noon."""
    verdicts = []
    for n in range(29, N_DAYS):
        until = START + n * DAY
        lamps = [a_lamp(k, until, left_w if k == 0 else None) for k in range(N_LAMPS)]
        verdicts += module.tell(lamps, Span(until - DAY, until, "Europe/Paris", (until,)))  # type: ignore[attr-defined]
    return [verdict for verdict in verdicts if verdict.asset_id == 0]


@pytest.mark.parametrize("left_w", [0.0, 1.0, 4.0])
def test_lamp_that_is_dark_for_weeks_stays_dead(left_w: float) -> None:
    verdicts = nights(dead_lamp, left_w)
    told = [verdict.at for verdict in verdicts if verdict.is_present]
    assert all("ses voisines étaient allumées" in verdict.sentence_fr for verdict in verdicts if verdict.is_present)
    assert START + DIES_ON * DAY < told[0] <= START + (DIES_ON + 1) * DAY
    assert not [verdict for verdict in verdicts if verdict.is_present is False and verdict.at > told[0]]
    assert not [verdict for verdict in nights(day_burner, left_w) if verdict.is_present]


def a_changed_lamp(number: int, until: datetime) -> AssetHours:
    """A lamp of 150 W; the first becomes LED of 40 W on a day, and is dimmed to 30 % from 23 on."""

    def watts(at: datetime) -> float:
        is_led = number == 0 and at >= START + DIES_ON * DAY
        is_late = at.hour >= 23 or at.hour < 7
        return (12.0 if is_led and is_late else 40.0 if is_led else 150.0) if at.hour >= 21 or is_late else 1.0

    hours = [until - n * HOUR for n in range(28 * 24, 0, -1)]
    days = sorted({at.replace(hour=0) for at in hours})
    highs = tuple(DayHigh(day, max(watts(day + n * HOUR) for n in range(24) if day + n * HOUR < until)) for day in days)
    told = tuple(HourOfAsset(at, watts(at), 3600.0) for at in hours[-24:])
    return AssetHours(number, f"Lampe {number}", 9, 5.1, 47.5, highs, told)


def test_led_lamp_in_the_place_of_sodium_is_not_dark_when_it_is_dimmed() -> None:
    """Only the first night, when nothing but sodium is known, may be taken for darkness."""
    verdicts = []
    for n in range(DIES_ON + 1, DIES_ON + 40):
        until = START + n * DAY
        lamps = [a_changed_lamp(number, until) for number in range(N_LAMPS)]
        verdicts += dead_lamp.tell(lamps, Span(until - DAY, until, "Europe/Paris", (until,)))
    assert {verdict.at for verdict in verdicts if verdict.is_present} <= {START + (DIES_ON + 1) * DAY}
    assert sum(verdict.is_present is False for verdict in verdicts if verdict.asset_id == 0) >= 37
