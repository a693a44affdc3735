"""Meters of two published sets, as they lie: eemeter's samples (`start,value`) and LBNL's RMV2.0 pairs (`time,eload`).

eemeter: each meter is one file of hours, days or bills, stamped at their begin, with a file of hourly temperature
(`dt,tempF` or `dt,tempC`) and, where it lies beside, a metadata.json that says which belong together, between which
days the works went on and which truth was drawn. Without it, works stand in the middle and the temperature file is the
one with most instants in common. RMV2.0: one file of hours before the works and one after, told apart by their dates.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.building.periods import Floats, Integers, Periods
from analytics.building.week_hours import Hours
from analytics.evaluate import Asked, NoDataError
from analytics.evaluate.files import find_files, read_head, read_text

DAY = timedelta(days=1)
YEAR_DAYS = 365
LEAST_HOURS = 18  # of a day, before its mean temperature counts
UNIX_DAY = date(1970, 1, 1).toordinal()
METER_HEAD, TEMPERATURE_HEAD, PAIR_HEAD = "start,value", re.compile(r"dt,temp([FC])\b"), "time,eload,Temp"
PAIR_TIME = "%m/%d/%y %H:%M"


@dataclass(frozen=True, slots=True)
class Stamped:
    """Values by civil instant: minutes since 1970 of civil time, in order, and of UTC beside."""

    civil_min: Integers
    utc_min: Integers
    values: Floats


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter with its temperature; works lie from `before` until `after` (first day of the year that is told).

    `true_percent` is what was drawn as saved, None where nothing was; gas does not cool.
    """

    name: str
    use: Stamped
    temperature: Stamped
    before: date
    after: date
    true_percent: float | None
    is_gas: bool

    @property
    def step_min(self) -> float:
        """Give the usual step between two values [min]."""
        return float(np.median(np.diff(self.use.utc_min)))


def read_meters(asked: Asked) -> Iterator[Meter]:
    """Give eemeter's meters, in order of their names."""
    paths = find_files(asked.data, lambda head: head.startswith(METER_HEAD), "meters (start,value)")
    weather = find_files(asked.data, lambda head: TEMPERATURE_HEAD.match(head) is not None, "temperatures (dt,tempF)")
    temperatures = {path: read_temperature(path) for path in weather}
    told = {str(entry["meter_data_filename"]): entry for entry in read_metadata(asked.data)}
    for path in paths:
        yield make_meter(path, told.get(path.name, {}), temperatures, asked)


def make_meter(path: Path, told: dict[str, Any], temperatures: dict[Path, Stamped], asked: Asked) -> Meter:
    """Put a meter together with its temperature and the days of the works."""
    use = read_stamped(path)
    middle = date.fromordinal(int(use.civil_min[use.civil_min.size // 2]) // 1440 + UNIX_DAY)
    before = date.fromisoformat(told["blackout_start_date"]) if told else middle
    after = date.fromisoformat(told["blackout_end_date"]) if told else middle
    named = [weather for weather in temperatures if weather.name == told.get("temperature_filename")]
    nearest = named or [max(temperatures, key=lambda weather: n_common(use, temperatures[weather]))]
    drawn = told.get("annual_reporting_total_load") if str(told.get("id", "")).startswith("il-") else None
    return Meter(
        name=str(told.get("id") or path.name.split(".")[0]),
        use=use,
        temperature=temperatures[nearest[0]],
        before=before if asked.test_from is None else min(before, asked.test_from),
        after=after if asked.test_from is None else asked.test_from,
        true_percent=None if drawn is None else 100 * (1 - drawn / told["annual_baseline_total_load"]),
        is_gas=told.get("interpretation") == "gas",
    )


def read_metadata(folder: Path) -> list[dict[str, Any]]:
    """Read what is told of meters; none where nothing is."""
    try:
        paths = find_files(folder, lambda head: "meter_data_filename" in head, "metadata")
    except NoDataError:
        return []
    entries = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [entry for file in entries for entry in file.values()]


def read_temperature(path: Path) -> Stamped:
    """Read a file of temperatures as °C."""
    stamped = read_stamped(path)
    match = TEMPERATURE_HEAD.match(read_head(path))
    if match is not None and match[1] == "F":
        return Stamped(stamped.civil_min, stamped.utc_min, (stamped.values - 32) / 1.8)
    return stamped


def read_stamped(path: Path) -> Stamped:
    """Read two columns: instant with its offset, value; a value that is no number is NaN."""
    instants, values = [], []
    for row in list(csv.reader(io.StringIO(read_text(path))))[1:]:
        instants.append(datetime.fromisoformat(row[0]))
        values.append(float(row[1]) if row[1] else np.nan)
    offsets = [instant.utcoffset() or timedelta() for instant in instants]
    utc = np.array([round(instant.timestamp() / 60) for instant in instants], dtype=np.int64)
    civil = utc + np.array([round(offset.total_seconds() / 60) for offset in offsets], dtype=np.int64)
    return Stamped(civil, utc, np.array(values))


def n_common(use: Stamped, temperature: Stamped) -> int:
    """Count the instants of a meter that a temperature file knows."""
    return int(np.isin(use.utc_min, temperature.utc_min).sum())


def hours_of(meter: Meter) -> tuple[Hours, Hours]:
    """Give the hours of the year before the works and of the year after."""
    _, at_use, at_warmth = np.intersect1d(meter.use.utc_min, meter.temperature.utc_min, return_indices=True)
    known = np.isfinite(meter.use.values[at_use]) & np.isfinite(meter.temperature.values[at_warmth])
    at_use, at_warmth = at_use[known], at_warmth[known]
    every = make_hours(meter.use.civil_min[at_use], meter.use.values[at_use], meter.temperature.values[at_warmth])
    before, after = years(every.days, meter)
    return take_hours(every, before), take_hours(every, after)


def make_hours(civil_min: Integers, kwh: Floats, temperature: Floats) -> Hours:
    """Name the hours of the week."""
    days = civil_min // 1440 + UNIX_DAY
    week_hour = (days + 6) % 7 * 24 + civil_min % 1440 // 60
    return Hours(kwh, week_hour, temperature, days)


def take_hours(hours: Hours, kept: NDArray[np.bool_]) -> Hours:
    """Keep some hours."""
    return Hours(hours.kwh[kept], hours.week_hour[kept], hours.temperature[kept], hours.days[kept])


def years(days: Integers, meter: Meter) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the days of the year before the works and of the year after."""
    before, after = meter.before.toordinal(), meter.after.toordinal()
    return (days >= before - YEAR_DAYS) & (days < before), (days >= after) & (days < after + YEAR_DAYS)


def periods_of(meter: Meter) -> tuple[Periods, Periods]:
    """Give the stretches (days or bills) of the year before the works and of the year after.

    A bill belongs to the year in which it lies whole.
    """
    warmth = day_means(meter.temperature)
    first = meter.use.civil_min[:-1] // 1440 + UNIX_DAY
    last = meter.use.civil_min[1:] // 1440 + UNIX_DAY  # not included
    before, after = meter.before.toordinal(), meter.after.toordinal()
    spans = ((before - YEAR_DAYS, before), (after, after + YEAR_DAYS))
    one, other = (
        make_periods(first, last, meter.use.values[:-1], (first >= begin) & (last <= end), warmth)
        for begin, end in spans
    )
    return one, other


def make_periods(
    first: Integers, last: Integers, kwh: Floats, kept: NDArray[np.bool_], warmth: dict[int, float]
) -> Periods:
    """Make stretches of those whose use and temperatures are all known."""
    owner: list[int] = []
    days: list[int] = []
    amounts: list[float] = []
    for begin, end, amount in zip(first[kept].tolist(), last[kept].tolist(), kwh[kept].tolist(), strict=True):
        if np.isfinite(amount) and end > begin and all(day in warmth for day in range(begin, end)):
            owner += [len(amounts)] * (end - begin)
            days += range(begin, end)
            amounts.append(amount)
    temperature = np.array([warmth[day] for day in days])
    return Periods(np.array(amounts), np.array(owner, dtype=np.int64), np.array(days, dtype=np.int64), temperature)


def day_means(temperature: Stamped) -> dict[int, float]:
    """Give the mean temperature of the days (ordinals) that are known for most hours."""
    known = np.isfinite(temperature.values)
    days, owner = np.unique(temperature.civil_min[known] // 1440 + UNIX_DAY, return_inverse=True)
    counts = np.bincount(owner)
    steps_h = float(np.median(np.diff(temperature.utc_min))) / 60
    means = np.bincount(owner, weights=temperature.values[known]) / counts
    return {
        int(day): float(mean) for day, mean, n in zip(days, means, counts, strict=True) if n * steps_h >= LEAST_HOURS
    }


@dataclass(frozen=True, slots=True)
class Pair:
    """Hours of a simulated building before and after its works; hours are named by their begin."""

    name: str
    before: Hours
    after: Hours


def read_pairs(asked: Asked) -> Iterator[Pair]:
    """Give RMV2.0's pairs: the files of the earlier year with those of the later one, in order of their names."""
    paths = find_files(asked.data, lambda head: head.startswith(PAIR_HEAD), "pairs of hours (time,eload,Temp)")
    files = sorted((read_pair_file(path) for path in paths), key=lambda file: (int(file[1].days[0]), file[0]))
    half = len(files) // 2
    for (name, before), (_, after) in zip(files[:half], files[half:], strict=True):
        yield Pair(name, before, after)


def read_pair_file(path: Path) -> tuple[str, Hours]:
    """Read one file; the hour that ends at the instant is named by its begin."""
    with io.StringIO(read_text(path)) as stream:
        rows = [
            row for row in list(csv.reader(stream))[1:] if len(row) > 2 and "NA" not in row[:3] and "" not in row[:3]
        ]
    civil = np.array([minutes(row[0]) - 60 for row in rows], dtype=np.int64)
    hours = make_hours(civil, np.array([float(row[1]) for row in rows]), np.array([float(row[2]) for row in rows]))
    digits = re.findall(r"\d+", path.stem.split(".")[0])
    return (digits[-1] if digits else path.stem), hours


def minutes(text: str) -> int:
    """Give the minutes since 1970 of a civil instant as RMV2.0 writes them."""
    at = datetime.strptime(text, PAIR_TIME)  # noqa: DTZ007  civil time without a zone
    return (at.toordinal() - UNIX_DAY) * 1440 + at.hour * 60 + at.minute
