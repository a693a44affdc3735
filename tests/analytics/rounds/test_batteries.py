"""Rounds of battery changes: which batteries are due, how they are put together, what the file says."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.rounds.batteries import (
    COLUMNS,
    MOST_STOPS,
    BatteryRounds,
    DueBattery,
    due_batteries,
    neighbourhoods,
    outlook,
    walks_of,
    write_csv,
)
from analytics.rounds.solver_builtin import solve
from store.batteries import BatteryPlace
from store.series_days import SeriesDays

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
N_DAYS = 60
NOW = START + N_DAYS * DAY


def a_series(per_day: float, device_id: int = 1, unit: str = "%", first: float = 60.0) -> SeriesDays:
    """A battery that loses so much a day."""
    days = tuple(START + n * DAY for n in range(N_DAYS))
    levels = tuple(first - per_day * n for n in range(N_DAYS))
    about = (device_id, device_id, 3, "parking_bay", "Place", None, "", "battery_level", "Battery", "Pile", unit)
    return SeriesDays(*about, days, (2,) * N_DAYS, levels, levels, levels, (86_400.0,) * N_DAYS)


def a_place(device_id: int, east_m: float, north_m: float = 0.0, street: str | None = None) -> BatteryPlace:
    """A device in Dijon, so many metres from the centre."""
    longitude, latitude = 5.04 + east_m / 75_500, 47.32 + north_m / 111_200
    return BatteryPlace(
        device_id, f"dev-{device_id}", f"place-{device_id}", f"Place {device_id}", longitude, latitude, street
    )


def due(place: BatteryPlace, days: float = 20.0) -> DueBattery:
    """A battery that is empty in so many days."""
    return DueBattery(place, 15.0, NOW + days * DAY)


def test_battery_is_due_by_its_pace() -> None:
    found = outlook(a_series(0.5), NOW)
    assert found is not None
    percent, empty_at = found
    assert percent == pytest.approx(30.75)
    assert (empty_at - NOW) / DAY == pytest.approx((30.75 - 5) / 0.5)
    assert outlook(a_series(0.0), NOW) is None
    assert outlook(a_series(0.5), NOW + 20 * DAY) is None  # silent


def test_battery_that_was_changed_is_judged_by_its_new_one() -> None:
    old, new = a_series(1.0), a_series(0.1, first=100.0)
    levels = (*old.lows[:40], *new.lows[40:])
    found = outlook(replace(old, lows=levels, highs=levels), NOW)
    assert found is not None
    assert found[1] > NOW + 500 * DAY


def test_each_device_is_asked_once_and_its_percentage_goes_first() -> None:
    volts = a_series(0.03, 1, "V", 3.6)
    series = [volts, a_series(0.5, 1), a_series(0.9, 2), a_series(0.9, 3)]
    places = {1: a_place(1, 0), 2: a_place(2, 0)}
    found = list(due_batteries(series, places.get, NOW, 40 * DAY))
    assert [one.place.device_id for one in found] == [2]
    assert [one.place.device_id for one in due_batteries(series, places.get, NOW, 60 * DAY)] == [1, 2]


def test_low_battery_is_due_whatever_its_pace() -> None:
    """The hint says that it is to be changed: so the round goes there."""
    low, wears, sound = a_series(0.0, 1, first=8.0), a_series(0.01, 2, first=9.0), a_series(0.0, 3, first=15.0)
    places = {n: a_place(n, 0) for n in (1, 2, 3)}
    found = list(due_batteries([low, wears, sound], places.get, NOW, 30 * DAY))
    assert [one.place.device_id for one in found] == [1, 2]
    assert found[0].empty_at == NOW
    assert (found[1].empty_at - NOW) / DAY == pytest.approx(340, abs=2)


def test_neighbours_and_one_street_are_one_walk() -> None:
    chain = [due(a_place(n, 200.0 * n)) for n in range(4)]
    street = [due(a_place(10, 3000, street="Rue Haute")), due(a_place(11, 4000, street="Rue Haute"))]
    alone = due(a_place(20, 0, 5000))
    groups = neighbourhoods([*chain, *street, alone])
    assert sorted(sorted(one.place.device_id for one in group) for group in groups) == [[0, 1, 2, 3], [10, 11], [20]]
    assert neighbourhoods([]) == []


def test_walk_begins_at_the_most_urgent_and_goes_round() -> None:
    """Four corners of a block: once round is the shortest, crossing over is not."""
    corners = [(0, 0), (150, 150), (0, 150), (150, 0)]
    group = [due(a_place(n, *corner), days=20 - n) for n, corner in enumerate(corners)]
    (walk,) = walks_of(group, solve)
    assert walk.stops[0].place.device_id == 3
    assert walk.ways_m[0] == 0
    assert sum(walk.ways_m) == pytest.approx(3 * 150 * 1.4, rel=0.02)


def test_large_neighbourhood_is_several_walks_and_loses_nobody() -> None:
    group = [due(a_place(n, 50.0 * (n % 8), 50.0 * (n // 8))) for n in range(40)]
    walks = list(walks_of(group, solve))
    assert len(walks) == 2
    assert max(len(walk.stops) for walk in walks) <= MOST_STOPS
    assert sorted(stop.place.device_id for walk in walks for stop in walk.stops) == list(range(40))


def test_file_has_a_line_a_battery_and_no_formula() -> None:
    (walk,) = walks_of([due(a_place(1, 0, street="=cmd()")), due(a_place(2, 100))], solve)
    nowhere = due(BatteryPlace(3, "dev-3", "place-3", "Place 3", None, None, None))
    rows = list(csv.DictReader(io.StringIO(write_csv(BatteryRounds((walk,), (nowhere,), "UTC")))))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["walk"], row["order"], row["device"]) for row in rows] == [
        ("1", "1", "dev-1"),
        ("1", "2", "dev-2"),
        ("", "", "dev-3"),
    ]
    assert rows[0]["street"] == "'=cmd()"
    assert rows[0]["empty_on"] == "2026-03-26"


def test_day_on_which_a_battery_is_empty_is_that_of_its_town() -> None:
    late = due(a_place(1, 0), days=20 + 23 / 24)
    rows = list(csv.DictReader(io.StringIO(write_csv(BatteryRounds((), (late,), "Europe/Paris")))))
    assert rows[0]["empty_on"] == "2026-03-27"
