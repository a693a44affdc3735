"""Distances [m] and driving times [s] between places: out of a file, from a routing server, or estimated.

The estimate is the great circle times a detour factor, at a mean speed, and is called so wherever its rounds are shown.
"""

import csv
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analytics.rounds.problem import Floats
from sensors.earth import EARTH_M

# Roads are about 1.4 times as long as the straight line: Boscoe, Henry and Zdeb 2012, doi:10.1080/00330124.2011.583586
# (66,000 ways in the United States; local exceptions at rivers and shores). Short ways turn more than long ones.
DETOUR = 1.4
SPEED_KM_H = 25.0  # between two containers in a town: an assumption of ours, to be given where it is known


class NoDistancesError(Exception):
    """Distances cannot be had."""

    exit_code = 11


@dataclass(frozen=True, slots=True)
class Spot:
    """A place by its name and degrees (WGS 84)."""

    name: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Ways:
    """Distances [m] and durations [s] from row to column, and where they are from; `n_estimated` of them are not from
    there, because it knew no way."""

    distances: Floats
    durations: Floats
    source: str
    n_estimated: int = 0


Measure = Callable[[Sequence[Spot]], Ways]


def estimate(spots: Sequence[Spot], detour: float = DETOUR, speed_km_h: float = SPEED_KM_H) -> Ways:
    """Estimate ways by the great circle (haversine), times a detour factor [1], at a mean speed [km/h]."""
    distances = great_circle_m(spots) * detour
    return Ways(distances, distances / (speed_km_h / 3.6), f"great circle x {detour:g}, {speed_km_h:g} km/h")


def great_circle_m(spots: Sequence[Spot]) -> Floats:
    """Give the great circles between places [m], (n, n)."""
    east = np.radians([spot.longitude for spot in spots])
    north = np.radians([spot.latitude for spot in spots])
    chord = (
        np.sin((north[:, None] - north) / 2) ** 2
        + np.cos(north[:, None]) * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    )
    distances: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return distances


def read_file(path: Path, spots: Sequence[Spot], speed_km_h: float = SPEED_KM_H) -> Ways:
    """Read ways from a file.

    CSV: the first row and column name the places, the cells are metres; times are then distances at the speed. NPZ:
    arrays `names`, `distances_m` and, where known, `durations_s`. Places of the file that are not asked for are left.

    Raises
    ------
    NoDistancesError
        The file cannot be read, is not square, or lacks a place.
    """
    try:
        names, distances, durations = read_npz(path) if path.suffix == ".npz" else read_csv(path)
    except (OSError, ValueError, KeyError, IndexError, csv.Error, zipfile.BadZipFile) as error:
        raise NoDistancesError(f"{path} holds no matrix of distances: {error}") from error
    if distances.shape != (len(names), len(names)) or (durations is not None and durations.shape != distances.shape):
        raise NoDistancesError(f"{path}: {len(names)} names, but a matrix of {distances.shape}")
    row_by_name = {name: row for row, name in enumerate(names)}
    if missing := [spot.name for spot in spots if spot.name not in row_by_name]:
        raise NoDistancesError(f"{path} does not name {', '.join(missing[:5])}")
    rows = [row_by_name[spot.name] for spot in spots]
    grid = np.ix_(rows, rows)
    times = distances / (speed_km_h / 3.6) if durations is None else durations
    return completed(distances[grid], times[grid], spots, f"file {path.name}", speed_km_h)


def read_csv(path: Path) -> tuple[list[str], Floats, Floats | None]:
    """Read names and metres; columns are parted by comma or semicolon."""
    text = path.read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    rows = [row for row in csv.reader(text.splitlines(), delimiter=";" if ";" in first else ",") if row]
    names = [row[0].strip() for row in rows[1:]]
    if [name.strip() for name in rows[0][1:]] != names:
        raise ValueError("the first row and the first column name different places")
    cells = [[float(cell.replace(",", ".")) if cell.strip() else np.nan for cell in row[1:]] for row in rows[1:]]
    return names, np.array(cells), None


def read_npz(path: Path) -> tuple[list[str], Floats, Floats | None]:
    """Read names, metres and seconds."""
    with np.load(path, allow_pickle=False) as arrays:
        durations = arrays["durations_s"].astype(np.float64) if "durations_s" in arrays else None
        return [str(name) for name in arrays["names"]], arrays["distances_m"].astype(np.float64), durations


def completed(distances: Floats, durations: Floats, spots: Sequence[Spot], source: str, speed_km_h: float) -> Ways:
    """Estimate the ways that a source does not know (NaN), and refuse what no way can be."""
    if np.nanmin(distances, initial=0.0) < 0 or np.nanmin(durations, initial=0.0) < 0:
        raise NoDistancesError(f"{source}: a way is shorter than nothing")
    about = estimate(spots, speed_km_h=speed_km_h)
    is_unknown = ~np.isfinite(distances) | ~np.isfinite(durations)
    np.fill_diagonal(is_unknown, False)
    distances, durations = (
        np.where(is_unknown, guess, known)
        for known, guess in ((distances, about.distances), (durations, about.durations))
    )
    np.fill_diagonal(distances, 0.0)
    np.fill_diagonal(durations, 0.0)
    return Ways(distances, durations, source, int(np.count_nonzero(is_unknown)))
