"""Enedis: load curve and daily index of a delivery point (PRM), as customers download them.

Two layouts, UTF-8, semicolons:
- sections, each of a line of names (`Identifiant PRM;Type de donnees;...;Unite`), a line of what they are, a header
  (`Horodate;Valeur`, or `Horodate;Type de releve;EAS F1;...;EAS T`) and its lines, with offsets in the times;
- one header `Identifiant PRM;Date de début;...;Horodate;Valeur;Nature;Pas;Indice de vraisemblance;...`, civil times.
The answer of Data Connect (JSON, `interval_reading`) is read as a load curve too; it does not say its direction.

A value of a load curve is the mean power of a step. Files of meters up to 36 kVA name its end, those of larger ones its
beginning: which, is seen from where the days begin and end, and where that cannot be seen the person must say. Stored
is the beginning. An index of civil midnight is stored a second before: it closes a day. A likelihood index other than 0
and empty is a value left out and counted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from ingest.backfill.presets.enedis_section import POINT, TIME, Section, read_answer, sections
from ingest.backfill.presets.preset import SECOND, Asked, CivilClock, Preset, Stamps, Value, table_of, to_begin
from ingest.backfill.presets.sheet import Row, read_grid, require_near
from ingest.backfill.table import Table
from ingest.errors import FileError

LONGEST_STEP = timedelta(hours=1)
CHANNELS = {"consommation": "", "cons": "", "production": "injection", "prod": "injection"}


class Point(NamedTuple):
    """One line of a load curve."""

    line: int
    at: datetime
    value: str
    step: timedelta | None


@contextmanager
def open_load_curve(path: Path, asked: Asked) -> Iterator[Table]:
    """Open a load curve: active_power [W] at the beginning of each step."""
    notes: list[str] = []
    values = [
        value
        for section in (read_answer(path) or sections(read_grid(path)))
        for value in read_curves(section, asked, notes)
        if not asked.only or value.device in asked.only
    ]
    yield table_of(values, notes)


@contextmanager
def open_daily(path: Path, asked: Asked) -> Iterator[Table]:
    """Open daily index: active_energy, the total of all registers (EAS T), and exported_energy (EAI T)."""
    values = [
        value
        for section in sections(read_grid(path))
        for value in read_index(section, asked)
        if not asked.only or value.device in asked.only
    ]
    if not values:
        raise FileError("no index is in the file: download the index (EAS T), not the consumption of each day")
    yield table_of(values)


def read_curves(section: Section, asked: Asked, notes: list[str]) -> Iterator[Value]:
    """Give the values of a load curve, PRM by PRM and direction by direction."""
    if section.facts.get("type de donnees", "Courbe de charge") != "Courbe de charge" or "valeur" not in section.header:
        return
    for (device, channel, unit), points in group(section, asked, notes).items():
        points.sort(key=lambda point: point.at)
        steps = find_steps(points)
        stamps = asked.stamps if asked.stamps != Stamps.AUTO else find_stamps(points, steps, asked)
        notes.append(f"{device}: times are the {stamps.value} of each step; stored is its beginning")
        for point, step in zip(points, steps, strict=True):
            at = point.at if stamps == Stamps.BEGIN else to_begin(point.at, step)
            yield Value(point.line, device, at, "active_power", point.value, unit, channel)


def group(section: Section, asked: Asked, notes: list[str]) -> dict[tuple[str, str, str], list[Point]]:
    """Give the points of each PRM, channel and unit; unlikely ones are left out and counted."""
    found: dict[tuple[str, str, str], list[Point]] = {}
    clock = CivilClock(asked.zone)
    n_unlikely: Counter[str] = Counter()
    stages: set[str] = set()
    for row in section.rows:
        cells = section.facts | {name: cell for name, cell in zip(section.header, row.cells, strict=False) if cell}
        if not cells.get("valeur") or cells.get("grandeur physique", "pa").lower() not in ("pa", "energie active"):
            continue
        device = cells.get(POINT, "")
        if cells.get("indice de vraisemblance", "0") != "0":
            n_unlikely[device] += 1
            continue
        stages.add(cells.get("etape metier", ""))
        key = device, channel_of(cells), cells.get("unite", "W")
        at = clock.read(f"{key}", time_of(section, row))
        found.setdefault(key, []).append(Point(row.line, at, cells["valeur"].replace(",", "."), read_step(cells)))
    if len(stages) > 1:
        raise FileError(f"the file mixes values of several stages ({', '.join(sorted(stages))}): ask for one of them")
    notes.extend(f"{device}: {n} values left out that Enedis calls unlikely" for device, n in n_unlikely.items())
    return found


def channel_of(cells: dict[str, str]) -> str:
    """Give the channel of a direction. Raises FileError where it is neither use nor injection."""
    said = cells.get("grandeur metier", "Consommation")
    if (channel := CHANNELS.get(said.lower())) is None:
        raise FileError(f"Grandeur metier {said!r} is neither Consommation nor Production")
    return channel


def time_of(section: Section, row: Row) -> datetime:
    """Read the time of a line. Raises FileError."""
    place = section.header.index(TIME)
    return read_time(row.line, row.cells[place] if place < len(row.cells) else "")


def read_time(line: int, text: str) -> datetime:
    """Read a time with or without its offset. Raises FileError."""
    try:
        found = datetime.fromisoformat(text)
        require_near(found)
    except ValueError as error:
        raise FileError(f"line {line}: {text!r} is no time") from error
    return found


def read_step(cells: dict[str, str]) -> timedelta | None:
    """Read `PT30M` of a line, or `Pas en minutes` of a section; None where nothing is said."""
    text = cells.get("pas", "").removeprefix("PT").removesuffix("M") or cells.get("pas en minutes", "")
    return timedelta(minutes=int(text)) if text.isdecimal() and len(text) < 6 and int(text) > 0 else None


def find_steps(points: Sequence[Point]) -> list[timedelta]:
    """Give the step of each point: as it says, or the smaller of the distances to its neighbours.

    Raises
    ------
    FileError
        There is one point only, or none within an hour of another.
    """
    steps = []
    for place, point in enumerate(points):
        around = [points[other].at - point.at for other in (place - 1, place + 1) if 0 <= other < len(points)]
        gaps = [abs(gap) for gap in around if gap]
        step = point.step or min(gaps, default=LONGEST_STEP * 2)
        steps.append(step)
    known = [step for step in steps if step <= LONGEST_STEP]
    if not known:
        raise FileError("the length of the steps cannot be seen: the points are more than an hour apart")
    usual = min(known)
    return [step if step <= LONGEST_STEP else usual for step in steps]


def find_stamps(points: Sequence[Point], steps: Sequence[timedelta], asked: Asked) -> Stamps:
    """See which end of a step the times name: whole civil days begin at midnight, or end at it.

    Raises
    ------
    FileError
        The file shows neither.
    """
    first, last = (points[place].at.astimezone(asked.zone) for place in (0, -1))
    begins = is_midnight(first), is_midnight(last + steps[-1])
    ends = is_midnight(first - steps[0]), is_midnight(last)
    if begins != ends and (all(begins) or all(ends)):
        return Stamps.BEGIN if all(begins) else Stamps.END
    raise FileError(
        f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}: these are not whole days, so it cannot be seen whether times"
        " are the beginning or the end of a step: say --stamps begin or --stamps end"
    )


def is_midnight(at: datetime) -> bool:
    """Say whether a civil time is midnight."""
    return (at.hour, at.minute, at.second) == (0, 0, 0)


def read_index(section: Section, asked: Asked) -> Iterator[Value]:
    """Give the total index of a section, in the unit that it says."""
    clock = CivilClock(asked.zone)
    for column, quantity in (("eas t", "active_energy"), ("eai t", "exported_energy")):
        if column not in section.header:
            continue
        place = section.header.index(column)
        for row in section.rows:
            text = row.cells[place] if place < len(row.cells) else ""
            if text:
                device = section.facts.get(POINT, "")
                at = clock.read(device + column, time_of(section, row))
                if is_midnight(at.astimezone(asked.zone)):
                    at = to_begin(at, SECOND)
                yield Value(row.line, device, at, quantity, text, section.facts.get("unite", "Wh"))


PRESETS = (
    Preset("enedis-load-curve", "Enedis, load curve of a delivery point: mean power of each step", open_load_curve),
    Preset("enedis-daily", "Enedis, daily index of a delivery point (EAS T)", open_daily),
)
