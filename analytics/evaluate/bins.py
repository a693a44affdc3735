"""Next day's fill level of street bins: the Wyndham set (daily levels 0 to 10 of some thirty bins, 2018 to 2021).

Each day is forecast with `analytics.collection.days.next_levels`, the product's forecaster of containers whose
emptyings nobody announces, out of what was known at the end of the day before (its window moves on with the test part).
The median is the forecast. Reference: the level stays as it is.

Nothing was chosen on the test part: the kernels' widths were tried on forecasts of July to December 2019 alone.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from analytics.collection.days import KERNEL, LEARNT_FROM, Days, Kernel, next_levels, pool, take
from analytics.collection.track import FALL_POINTS, Floats
from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.files import find_files, read_text
from analytics.evaluate.row import Row
from analytics.kpi.waste import weighted_quantile

TEST_FROM = date(2020, 7, 1)
HALF_YEAR = timedelta(days=181)  # and the last day itself
POINTS = 10.0  # percent of a level of 0 to 10
COLUMNS = {"bin id", "fullness", "timestamp"}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scores:
    """Errors of forecasts and of the reference, and whether the interval held the level: shape (n_forecasts,)."""

    errors: Floats
    reference: Floats
    is_within: Floats


def run(asked: Asked) -> Iterator[Row]:
    """Forecast every day of the test part."""
    levels = read_levels(find_files(asked.data, begins_like_bins, "levels of bins (Bin ID, Fullness, timestamp)"))
    first, end = part_to_test({day for _, day in levels}, asked)
    scores = forecast_days(levels, first, end)
    if not scores.errors.size:
        raise NoDataError(f"no bin was measured on two days running between {first} and {end}")
    n = scores.errors.size
    mae, reference = float(scores.errors.mean()), float(scores.reference.mean())
    yield Row("bins.mae_1d", mae, "1", "lower", reference=reference, goal=1.6, n=n)
    yield Row("bins.coverage_1d", float(scores.is_within.mean()), "1", "higher", goal=0.87, n=n)


def begins_like_bins(head: str) -> bool:
    """Know a file by its columns."""
    names = {name.strip().strip('"').lower() for name in head.split("\n", 1)[0].split(",")}
    return names >= COLUMNS


def read_levels(paths: Iterable[Path]) -> dict[tuple[str, date], float]:
    """Read levels by bin and day [%]; of several on one day the last one written."""
    levels: dict[tuple[str, date], float] = {}
    for path in paths:
        for row in csv.DictReader(io.StringIO(read_text(path))):
            named = {(name or "").strip().lower(): text for name, text in row.items()}
            day = datetime.strptime(named["timestamp"], "%d-%m-%Y").date()  # noqa: DTZ007 a day has no zone
            levels[named["bin id"], day] = float(named["fullness"]) * POINTS
    return levels


def part_to_test(days: set[date], asked: Asked) -> tuple[date, date]:
    """Give first day and end (not included) of the days to forecast."""
    last = max(days)
    first = TEST_FROM if last >= TEST_FROM else last - HALF_YEAR
    return asked.test_from or first, asked.test_to or last + DAY


def forecast_days(levels: dict[tuple[str, date], float], first: date, end: date, kernel: Kernel = KERNEL) -> Scores:
    """Forecast each level of the days, by what was known the day before."""
    names = sorted({name for name, _ in levels})
    days = days_of_bins(levels, names)
    ends_on = np.array([ordinal for ordinal in days.age], dtype=np.float64)  # the day a step ended on, for now
    rows = []
    for offset in range((end - first).days):
        target = first + offset * DAY
        known = target - DAY
        window = (ends_on <= known.toordinal()) & (ends_on > known.toordinal() - LEARNT_FROM.days)
        recent = aged(take(days, np.flatnonzero(window)), known)
        for index, name in enumerate(names):
            if (name, known) in levels and (name, target) in levels:
                rows.append(score(recent, index, levels[name, known], levels[name, target], known.weekday(), kernel))
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Scores(table[:, 0] / POINTS, table[:, 1] / POINTS, table[:, 2])


def days_of_bins(levels: dict[tuple[str, date], float], names: list[str]) -> Days:
    """Lay out each pair of days running as a day gone by; `age` holds the ordinal of the day it ended on."""
    owner = {name: index for index, name in enumerate(names)}
    pairs = [
        (level, day.weekday(), day.toordinal() + 1, owner[name], levels[name, day + DAY])
        for (name, day), level in sorted(levels.items())
        if (name, day + DAY) in levels
    ]
    first, weekday, ends_on, owners, last = (np.array(column) for column in zip(*pairs, strict=True))
    came = (last - first)[:, None]
    return Days(first, weekday, ends_on.astype(np.float64), owners, first - last >= FALL_POINTS, came, last)


def aged(days: Days, known: date) -> Days:
    """Give the days with their age on a day."""
    age = known.toordinal() - days.age + 1
    return Days(days.first, days.weekday, age, days.owner, days.is_emptied, days.inflow, days.last)


def score(
    recent: Days, index: int, level: float, truth: float, weekday: int, kernel: Kernel
) -> tuple[float, float, bool]:
    """Forecast one bin; give the error, that of the reference [%], and whether the interval of 90 % held the level."""
    own = take(recent, np.flatnonzero(recent.owner == index))
    days = pool(own, recent, index)
    if not days.first.size:
        return abs(level - truth), abs(level - truth), False
    values, weights = next_levels(days, index, level, weekday, kernel)
    low, middle, high = (weighted_quantile(values, weights, share) for share in (0.05, 0.5, 0.95))
    return abs(middle - truth), abs(level - truth), low <= truth <= high


EVALUATION = Evaluation("bins", "next day's fill level of street bins (Wyndham)", run)
