"""Published files of car parks: free places of German towns by column, occupied places of Birmingham by row."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from analytics.evaluate import NoDataError
from analytics.evaluate.files import find_files, read_text
from analytics.occupancy.calendar import public_holidays
from analytics.occupancy.grid import Floats, ParkValues

GERMAN_ROW = re.compile(r"\Atimestamp,[^\n]+,[^\n]+\r?\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+Z]")
PLACES = "place_id,place_name,city_name,num_all"
BIRMINGHAM = "SystemCodeNumber,Capacity,Occupancy,LastUpdated"
BERLIN, LONDON = "Europe/Berlin", "Europe/London"
LANDS = {"Dresden": "SN", "Osnabrück": "NI", "Trier": "RP", "Bonn": "NW", "Bielefeld": "NW", "Düsseldorf": "NW"}
LEAST_BEFORE = timedelta(days=60)
IMPOSSIBLE = 3.0  # times the stated number of places: a display out of order, no car park
Row = dict[str, str]
Places = dict[str, tuple[float | None, str]]


def read_german(folder: Path, test_from: date | None) -> tuple[list[ParkValues], tuple[date, date]]:
    """Read the German car parks, and their first day and the day after the last.

    The number of places is the larger of the stated one and the highest number (all but one in a thousand) of free
    places before the test, because the stated one is sometimes too low.
    """
    files = find_files(folder, lambda head: bool(GERMAN_ROW.match(head)), "file of free places by instant and car park")
    columns: dict[str, list[tuple[float, float]]] = {}
    for path in files:
        for row in read_rows(path):
            at_s = datetime.fromisoformat(row["timestamp"]).timestamp()
            for name, text in row.items():
                if text and name != "timestamp":
                    columns.setdefault(name, []).append((at_s, float(text)))
    places = read_places(folder)
    days = days_of([values[n][0] for values in columns.values() for n in (0, -1)], BERLIN)
    until_s = begin_of(test_from or begin_of_test(*days), BERLIN)
    parks = [german_park(values, places.get(name, (None, "")), until_s) for name, values in columns.items()]
    return parks, days


def german_park(values: list[tuple[float, float]], place: tuple[float | None, str], until_s: float) -> ParkValues:
    """Make the shares occupied out of free places; negative and impossible numbers are left out."""
    at_s, free = np.array(sorted(values)).T
    stated, city = place
    is_fine = (free >= 0) & (free <= IMPOSSIBLE * (stated or np.inf))
    at_s, free = at_s[is_fine], free[is_fine]
    known = free[at_s < until_s]
    n_places = max(stated or 0.0, float(np.quantile(known, 0.999)) if known.size else 0.0)
    town = sorted(LANDS).index(city) if city in LANDS else len(LANDS)
    return ParkValues(at_s, shares_of(n_places - free, n_places), holidays_of(BERLIN, LANDS.get(city), at_s), town)


def read_places(folder: Path) -> Places:
    """Read the stated number of places, where it is stated, and the town of each car park."""
    try:
        files = find_files(folder, lambda head: head.startswith(PLACES), "list of car parks")
    except NoDataError:
        return {}
    rows = [row for path in files for row in read_rows(path)]
    return {row["place_id"]: (float(row["num_all"]) if row["num_all"] else None, row["city_name"]) for row in rows}


def read_birmingham(folder: Path, test_from: date | None = None) -> tuple[list[ParkValues], tuple[date, date]]:
    """Read Birmingham's car parks, and their first day and the day after the last."""
    files = find_files(folder, lambda head: head.startswith(BIRMINGHAM), "file of Birmingham's car parks")
    zone, parks = ZoneInfo(LONDON), dict[str, list[tuple[float, float]]]()
    for row in (row for path in files for row in read_rows(path)):
        at = datetime.fromisoformat(row["LastUpdated"]).replace(tzinfo=zone)
        share = float(row["Occupancy"]) / float(row["Capacity"])
        parks.setdefault(row["SystemCodeNumber"], []).append((at.timestamp(), share))
    found = []
    for values in parks.values():
        at_s, shares = np.array(sorted(values)).T
        found.append(ParkValues(at_s, shares_of(shares, 1.0), holidays_of(LONDON, "ENG", at_s)))
    return found, days_of([park.at_s[n] for park in found for n in (0, -1)], LONDON)


def read_rows(path: Path) -> Iterator[Row]:
    """Read a file with a header."""
    return csv.DictReader(io.StringIO(read_text(path)))


def shares_of(occupied: Floats, n_places: float) -> Floats:
    """Give shares 0 to 1."""
    shares: Floats = np.clip(occupied / max(n_places, 1e-9), 0.0, 1.0)
    return shares


def holidays_of(time_zone: str, part: str | None, at_s: Floats) -> frozenset[date]:
    """Give the public holidays of the years of some instants in order of time, and of the year after."""
    if not at_s.size:
        return frozenset()
    first, last = (datetime.fromtimestamp(at, UTC).year for at in (at_s[0], at_s[-1]))
    return public_holidays(time_zone, range(first, last + 2), part)


def days_of(at_s: Sequence[float] | Iterable[float], time_zone: str) -> tuple[date, date]:
    """Give the civil day of the first of some instants, and the day after that of the last."""
    first, last = min(at_s), max(at_s)
    zone = ZoneInfo(time_zone)
    return datetime.fromtimestamp(first, zone).date(), datetime.fromtimestamp(last, zone).date() + timedelta(days=1)


def begin_of(day: date, time_zone: str) -> float:
    """Give the instant at which a civil day begins [Unix s]."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).timestamp()


def begin_of_test(first: date, end: date) -> date:
    """Give the first day of the test part: 2024-10-01 where the data reach it, else that of the last three months.

    Where fewer than `LEAST_BEFORE` days lie before either, a third of the days is tested.
    """
    fixed = date(2024, 10, 1)
    last = end - timedelta(days=1)
    month = last.year * 12 + last.month - 1 - 2
    quarter = date(month // 12, month % 12 + 1, 1)
    begin = fixed if last >= fixed + timedelta(days=6) else quarter
    return begin if begin - first >= LEAST_BEFORE else end - (end - first) / 3
