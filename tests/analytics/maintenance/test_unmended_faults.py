"""Faults that nobody mends for months become usual to what learns from them; they are told until they are mended."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from analytics.hint import write
from analytics.maintenance import (
    Hint,
    Verdict,
    battery_low,
    driver_ageing,
    fan_wear,
    fouled_filter,
    gear_overheating,
    leak,
    lift_wear,
    pump_wear,
    sensor_drift,
    unlike_peers,
)
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import TerritoryEntry, register
from tests.analytics import test_sensor_hints as sensors
from tests.analytics.maintenance import test_fouled_filter as filters
from tests.analytics.maintenance import test_lamp_gear_hints as lamps
from tests.analytics.maintenance import test_lift_hint as lifts
from tests.analytics.maintenance import test_rising_hints as machines
from tests.analytics.maintenance import test_water_hints as water

pytestmark = pytest.mark.services
N_SOUND, N_FAULTY, N_MENDED = 30, 120, 25  # a lamp's usual power is that of 35 days: 18 of them must be sound again
N_DAYS = N_SOUND + N_FAULTY + N_MENDED


def course(sound: float, faulty: float, n_faulty: int = N_FAULTY) -> list[float]:
    """Days of something sound that goes wrong within ten days, is left so for months, and is mended."""
    worse: list[float] = np.linspace(sound, faulty, 10).tolist()
    return [sound] * N_SOUND + worse + [faulty] * (n_faulty - 10) + [sound] * N_MENDED


def leaking() -> Sequence[Verdict]:
    """A stretch of a main whose night flow doubles."""
    flows = np.array(course(1.0, 2.0)) * np.random.default_rng(1).normal(1, 0.03, N_DAYS)
    points = leak.Points([water.NORTH], water.nights({2: flows.tolist()}))
    return leak.tell(points, water.a_span(N_DAYS))


def wearing() -> Sequence[Verdict]:
    """A pump that comes to vibrate twice as much."""
    hours = np.repeat(course(2.0, 4.0), 24)
    values = hours * np.random.default_rng(5).lognormal(0, 0.03, hours.size)
    return pump_wear.tell(water.vibrating(values.tolist()), water.a_span(N_DAYS))


def shaking() -> Sequence[Verdict]:
    """A unit whose return fan comes to vibrate twice as much; its supply fan always vibrated more."""
    worn = np.repeat(course(1.0, 2.0), 24)
    steady, ailing = (level * machines.scatter(int(level), 0.04, N_DAYS) for level in (3.0, 2.0))
    rows = [
        machines.a_row("vibration_velocity", steady, "supply"),
        machines.a_row("vibration_velocity", ailing * worn, "return"),
    ]
    return fan_wear.tell(rows, machines.a_span(N_DAYS))


def ageing() -> Sequence[Verdict]:
    """A lamp whose power factor falls while it draws more."""
    powers, factors = [[40.0] * N_DAYS] * 5, [[0.95] * N_DAYS] * 5
    rows = lamps.family([*powers, course(40.0, 43.0)], [*factors, course(0.95, 0.8)])
    return driver_ageing.tell(rows, lamps.a_span(N_DAYS, 0))


def drifting() -> Sequence[Verdict]:
    """A room's sensor that comes to tell 2.5 K too much."""
    return sensor_drift.tell(sensors.drawn_rooms(2.5, N_DAYS, 3, mended_on=N_DAYS - N_MENDED), sensors.until(N_DAYS))


def emptying() -> Sequence[Verdict]:
    """A battery that tells its voltage: what is usual of it is of half a year."""
    volts = course(3.6, 2.9, 200)
    return battery_low.tell([sensors.a_series(volts, unit="V")], sensors.until(len(volts)))


def weakening() -> Sequence[Verdict]:
    """A lamp that comes to take two thirds of its power."""
    powers = [60 * np.random.default_rng(seed).normal(1, 0.01, N_DAYS) for seed in range(8)]
    powers[0] *= np.array(course(1.0, 0.65))
    named = [
        sensors.a_series(list(power), series_id=index + 1, parent_id=4, asset_type="street_light", unit="W")
        for index, power in enumerate(powers)
    ]
    return unlike_peers.tell(unlike_peers.Inputs(sensors.NO_BAYS, named), sensors.until(N_DAYS))


def reopening() -> Sequence[Verdict]:
    """A lift whose doors come to try again and again: what is usual of them is of four months."""
    tries = 2.2 * np.array(course(1.0, 1.6, 160))
    runs = np.full(tries.size, 200.0)
    draws = np.random.default_rng(4).normal(1, 0.02, tries.size)
    return lifts.tell(lifts.a_lift(runs, runs * tries * draws), tries.size)


def staying() -> Sequence[Verdict]:
    """A parking bay that comes to tell of a car nearly all the time."""
    inputs = sensors.bays(None, is_occupied=True, n_days=N_DAYS)
    first = inputs.days[0]
    shares = np.array(course(0.5, 0.97)) + np.random.default_rng(8).uniform(-0.02, 0.02, N_DAYS)
    told = replace(first, occupied_s=tuple((86_400 * shares).tolist()), free_s=tuple((86_400 * (1 - shares)).tolist()))
    return unlike_peers.tell(
        unlike_peers.Inputs(replace(inputs, days=[told, *inputs.days[1:]]), []), sensors.until(N_DAYS)
    )


def warming() -> Sequence[Verdict]:
    """A lamp whose gear comes to run 12 K hotter."""
    return gear_overheating.tell(lamps.heated(course(0, 12)), lamps.a_span(N_DAYS, 0))


CASES = (
    (leak.HINT, leaking),
    (fouled_filter.HINT, lambda: filters.judge(course(1.0, 2.0))),
    (gear_overheating.HINT, warming),
    (pump_wear.HINT, wearing),
    (fan_wear.HINT, shaking),
    (driver_ageing.HINT, ageing),
    (sensor_drift.HINT, drifting),
    (battery_low.HINT, emptying),
    (unlike_peers.HINT, weakening),
    (unlike_peers.HINT, staying),
    (lift_wear.HINT, reopening),
)


@pytest.mark.parametrize(("hint", "tell"), CASES)
def test_fault_that_becomes_usual_is_told_until_it_is_mended(
    hint: Hint, tell: Callable[[], Sequence[Verdict]], database_url: str
) -> None:
    verdicts = tell()
    about = {(one.asset_id, one.series_id) for one in verdicts if one.is_present}
    assert len(about) == 1
    own = [one for one in verdicts if (one.asset_id, one.series_id) in about]
    begin, end = own[0].at, own[-1].at
    mended_at = end - timedelta(days=N_MENDED)
    assert any(one.is_present is False for one in own if begin + timedelta(days=60) < one.at < mended_at)
    (told,) = findings(database_url, hint, own)
    started_at, ended_at = told
    assert begin + timedelta(days=15) < started_at < begin + timedelta(days=45)
    assert ended_at is not None
    assert mended_at < ended_at


def findings(database_url: str, hint: Hint, verdicts: Sequence[Verdict]) -> list[tuple[datetime, datetime | None]]:
    """Write what was told of an asset, and give begin and end of each finding."""
    with connect(database_url, program="test", autocommit=True) as connection:
        register(connection, [TerritoryEntry("a", "A")], [AssetEntry("a", "thing", "Thing", "building_zone")], [])
        write(connection, hint, 1, [replace(one, asset_id=1, device_id=None, series_id=None) for one in verdicts])
        rows = connection.execute("select started_at, ended_at from findings order by started_at")
        return [(row[0], row[1]) for row in rows]
