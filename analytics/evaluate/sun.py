"""Sunset and sunrise as lighting's baselines use them, beside NREL's solar position algorithm (SPA) in pvlib.

SPA: Reda and Andreas 2004, doi:10.1016/j.solener.2003.12.003, uncertainty 0.0003 degrees. Places between 36 and 60
degrees north, drawn with a fixed seed, the corners among them, each day of a year; so the rounding of places to a tenth
of a degree, by which neighbouring lamps share a night, is in the error. The cheap reference is a declination by the day
of the year and an equation of time in three terms (Cooper 1969, doi:10.1016/0038-092X(69)90047-4; Spencer 1971). Needs
no data: the folder may be any.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from analytics.baseline.nights import Place, dusk_and_dawn, observer_at
from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.row import Row

SOUTH, NORTH = 36.0, 60.0
WEST, EAST = -6.0, 24.0
N_DRAWN = 36
SEED = 6
YEAR = 2026
HORIZON = 0.833  # degrees below: refraction, and the sun's upper rim
DELTA_T_S = 69.2  # terrestrial less universal time in 2026, as far as known
GOAL_S = 60.0
DAY_S = 86_400
Seconds = NDArray[np.float64]  # since 1970 UTC


def run(asked: Asked) -> Iterator[Row]:
    """Measure the largest and the mean difference over sunsets and sunrises [s]."""
    if find_spec("pvlib") is None:
        raise NoDataError("pvlib is not installed (pip install pvlib): nothing to compare with")
    days = [date(YEAR, 1, 1) + timedelta(days=n) for n in range(365)]
    ours, cheap, exact = (np.concatenate(parts) for parts in zip(*(errors_at(p, days) for p in places()), strict=True))
    ours, cheap = np.abs(ours - exact), np.abs(cheap - exact)
    n = int(ours.size)
    yield Row("sun.max_s", float(ours.max()), "s", "lower", float(cheap.max()), GOAL_S, n=n)
    yield Row("sun.mean_s", float(ours.mean()), "s", "lower", float(cheap.mean()), n=n)


def places() -> list[tuple[float, float]]:
    """Give longitudes and latitudes [degrees]: the corners, and places drawn between them."""
    random = np.random.default_rng(SEED)
    drawn = zip(random.uniform(WEST, EAST, N_DRAWN), random.uniform(SOUTH, NORTH, N_DRAWN), strict=True)
    corners = [(longitude, latitude) for longitude in (WEST, EAST) for latitude in (SOUTH, NORTH)]
    return corners + [(float(longitude), float(latitude)) for longitude, latitude in drawn]


def errors_at(place: tuple[float, float], days: list[date]) -> tuple[Seconds, Seconds, Seconds]:
    """Give sunset of each day and sunrise of the next as Vigie, the cheap formula and SPA tell them."""
    observer = observer_at(Place(*place, "UTC", HORIZON))
    pairs = [dusk_and_dawn(day, observer, HORIZON) for day in days]
    ours = np.array([[begin.timestamp(), end.timestamp()] for begin, end in pairs]).T.ravel()
    midnights = np.array([datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() for day in days])
    cheap = np.concatenate([cheap_times(midnights, *place)[1], cheap_times(midnights + DAY_S, *place)[0]])
    spa = np.concatenate([spa_times(midnights, *place)[1], spa_times(midnights + DAY_S, *place)[0]])
    return ours, cheap, spa


def spa_times(midnights: Seconds, longitude: float, latitude: float) -> tuple[Seconds, Seconds]:
    """Give sunrise and sunset of UTC days by SPA."""
    spa = import_module("pvlib.spa")
    _, sunrise, sunset = spa.transit_sunrise_sunset(midnights, latitude, longitude, DELTA_T_S, 1)
    return np.asarray(sunrise, dtype=np.float64), np.asarray(sunset, dtype=np.float64)


def cheap_times(midnights: Seconds, longitude: float, latitude: float) -> tuple[Seconds, Seconds]:
    """Give sunrise and sunset of UTC days by declination and equation of time."""
    first = datetime(YEAR, 1, 1, tzinfo=UTC).timestamp()
    day = (midnights - first) / DAY_S + 1
    declination = np.radians(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    b = 2 * np.pi * (day - 81) / 364
    equation_s = 60 * (9.87 * np.sin(2 * b) - 7.53 * np.cos(b) - 1.5 * np.sin(b))
    phi = np.radians(latitude)
    hour_angle = np.arccos(
        (np.sin(np.radians(-HORIZON)) - np.sin(phi) * np.sin(declination)) / (np.cos(phi) * np.cos(declination))
    )
    noon = midnights + DAY_S / 2 - longitude / 360 * DAY_S - equation_s
    half_s = hour_angle / (2 * np.pi) * DAY_S
    return noon - half_s, noon + half_s


EVALUATION = Evaluation("sun", "sunrise and sunset beside NREL's solar position algorithm", run)
