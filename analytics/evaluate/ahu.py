"""Faults of air handling units day by day: the LBNL set (minute data, whole days with or without a fault).

Each day is judged by `analytics.hvac.outlook.look`, the product's rules of APAR and Guideline 36, which read no label
and were fitted to none; the seven days before teach them the unit's sensors and cooling coil, as in the product. A day
counts as faulty where a component's sign reaches the product's confidence. Time programmes are not judged: the units
ran when their experiments wanted them to. Limits of the rules come from the sources named with them, from what sensors
and coils are, and from days without a fault; MZVAV-2-1's two days with a fault chose nothing.

Reference: gradient boosting that is shown all other days of the same file with their labels, days kept whole.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.files import find_files, read_text
from analytics.evaluate.row import Row
from analytics.hvac.diagnosis import CONFIDENT, Sign
from analytics.hvac.outlook import DAY_S, look
from analytics.hvac.unit import STEP_S, Floats, Steps, lay_out

STATUS, SPEED, SLOWEST = "supply air fan status", "supply air fan speed control signal", 0.25  # at rest some say 0.2
# Columns of the set, in lower case and without "AHU: ", by our quantity and channel.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "supply air temperature": ("air_temperature", "supply"),
    "return air temperature": ("air_temperature", "return"),
    "mixed air temperature": ("air_temperature", "mixed"),
    "outdoor air temperature": ("air_temperature", "outdoor"),
    "supply air temperature set point": ("air_temperature", "supply_setpoint"),
    "supply air temperature heating set point": ("air_temperature", "supply_heating_setpoint"),
    "supply air temperature cooling set point": ("air_temperature", "supply_cooling_setpoint"),
    "outdoor air damper control signal": ("damper_position", "outdoor"),
    "heating coil valve control signal": ("valve_position", "heating"),
    "cooling coil valve control signal": ("valve_position", "cooling"),
    STATUS: ("fan_on", "supply"),
}
LABEL, CLOCK = "fault detection ground truth", "datetime"
NEEDED = {LABEL, CLOCK, "supply air temperature", "mixed air temperature", "return air temperature"}
CLOCKS = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
WARMEST_CELSIUS = 45.0  # a median of supply air above this is in degrees Fahrenheit


@dataclass(frozen=True, slots=True)
class JudgedDay:
    """A day of a unit: whether it is labelled faulty, the signs of its components, the reference's probability."""

    is_faulty: bool
    signs: Sequence[Sign]
    reference: float

    @property
    def score(self) -> float:
        """The highest confidence of any sign."""
        return max((sign.confidence for sign in self.signs), default=0.0)


def run(asked: Asked) -> Iterator[Row]:
    """Judge every day of every file; the set's own figures are over files that have days of both kinds."""
    paths = find_files(asked.data, begins_like_ahu, "minutes of an air handling unit (LBNL's columns)")
    files = {path.name.split(".")[0]: judge_file(path) for path in paths}
    both = [days for days in files.values() if len({day.is_faulty for day in days}) == 2]
    if not both:
        raise NoDataError(f"{asked.data} holds no unit with faulty and sound days")
    for name, days in files.items():
        yield from figures(f".{name}", [days])
    yield from figures("", both)


def figures(suffix: str, files: Sequence[Sequence[JudgedDay]]) -> Iterator[Row]:
    """Give the figures of some files together: mean day-wise AUC, false days, found days, named components."""
    aucs = [(auc(days, [day.score for day in days]), auc(days, [day.reference for day in days])) for days in files]
    known = [(own, other) for own, other in aucs if own is not None and other is not None]
    sound = [day for days in files for day in days if not day.is_faulty]
    faulty = [day for days in files for day in days if day.is_faulty]
    if known:
        own, other = (float(np.mean(column)) for column in zip(*known, strict=True))
        yield Row(f"ahu.auc_day{suffix}", own, "1", reference=other, goal=1.0, is_goal_of_ratio=True, n=len(known))
    n_false = sum(day.score >= CONFIDENT for day in sound)
    n_other = sum(day.reference >= CONFIDENT for day in sound)
    yield Row(f"ahu.false_days{suffix}", n_false, "d", "lower", reference=n_other, goal=1.0, n=len(sound))
    n_found, n_boosted = (sum(score >= CONFIDENT for score in scores) for scores in scores_of(faulty))
    yield Row(f"ahu.found_days{suffix}", n_found, "d", reference=n_boosted, goal=float(len(faulty)), n=len(faulty))
    named = Counter(day.signs[0].component for day in faulty if day.score >= CONFIDENT)
    for component, n_days in sorted(named.items()):
        yield Row(f"ahu.named{suffix}.{component}", n_days, "d", n=len(faulty))


def scores_of(days: Sequence[JudgedDay]) -> tuple[list[float], list[float]]:
    """Give scores and the reference's probabilities of days."""
    return [day.score for day in days], [day.reference for day in days]


def auc(days: Sequence[JudgedDay], scores: Sequence[float]) -> float | None:
    """Give how often a faulty day scores above a sound one, ties counted half; None where one kind is missing."""
    faulty = np.array([score for day, score in zip(days, scores, strict=True) if day.is_faulty])
    sound = np.array([score for day, score in zip(days, scores, strict=True) if not day.is_faulty])
    if not faulty.size or not sound.size:
        return None
    above, level = faulty[:, None] > sound[None], faulty[:, None] == sound[None]
    return float(above.mean() + level.mean() / 2)


def begins_like_ahu(head: str) -> bool:
    """Know a file by its columns."""
    return {clean(name) for name in head.split("\n", 1)[0].split(",")} >= NEEDED


def clean(name: str) -> str:
    """Write a column's name in one way."""
    return name.strip().strip('"').lower().removeprefix("ahu:").strip()


def judge_file(path: Path) -> list[JudgedDay]:
    """Judge each day of a file."""
    steps, is_faulty = read_steps(path)
    days = [
        float(day) for day in np.unique(steps.at_s // DAY_S) if np.isfinite(is_faulty[steps.at_s // DAY_S == day]).any()
    ]
    labels = np.array([np.nanmean(is_faulty[steps.at_s // DAY_S == day]) >= 0.5 for day in days])
    references = boost(steps, days, labels)
    judged = []
    for day, label, reference in zip(days, labels.tolist(), references.tolist(), strict=True):
        outlook = look(steps, (day + 1) * DAY_S)
        signs = [sign for sign in outlook.today if sign.kind != "schedule_ignored"] if outlook else []
        judged.append(JudgedDay(label, signs, reference))
    return judged


def read_steps(path: Path) -> tuple[Steps, Floats]:
    """Read a file as the steps of a unit, with the label of each step."""
    header, *rows = csv.reader(io.StringIO(read_text(path)))
    names = [clean(name) for name in header]
    clock = names.index(CLOCK)
    slots = np.array([read_clock(row[clock]) // STEP_S for row in rows])
    table = {name: np.array([number(row, place) for row in rows]) for place, name in enumerate(names) if name != CLOCK}
    if STATUS not in table and SPEED in table:
        table[STATUS] = np.where(np.isfinite(table[SPEED]), (table[SPEED] > SLOWEST).astype(np.float64), np.nan)
    is_fahrenheit = float(np.nanmedian(table["supply air temperature"])) > WARMEST_CELSIUS
    signals = {
        key: mean_by_slot(slots, convert(table[name], key[0], is_fahrenheit))
        for name, key in COLUMNS.items()
        if name in table
    }
    label_slots, labels = mean_by_slot(slots, table[LABEL])
    steps = lay_out(signals)
    is_faulty = np.full(len(steps), np.nan)
    is_faulty[np.array(label_slots) - int(steps.at_s[0] // STEP_S)] = labels
    return steps, is_faulty


def read_clock(text: str) -> int:
    """Read an instant of the unit's own clock, as if it were UTC [Unix seconds]."""
    for form in CLOCKS:
        try:
            return int(datetime.strptime(text.strip(), form).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    raise NoDataError(f"{text!r} is no instant as the set writes them")


def number(row: Sequence[str], place: int) -> float:
    """Read a cell; NaN where it holds no number (the set has cells that say so)."""
    try:
        return float(row[place])
    except (ValueError, IndexError):
        return float("nan")


def convert(values: Floats, quantity: str, is_fahrenheit: bool) -> Floats:
    """Bring temperatures to °C and positions to percent, as the store has them."""
    if quantity == "air_temperature":
        return (values - 32) / 1.8 if is_fahrenheit else values
    is_share = quantity.endswith("position") and float(np.nanmax(values, initial=0.0)) <= 1.0
    return 100 * values if is_share else values


def mean_by_slot(slots: np.ndarray, values: Floats) -> tuple[list[int], list[float]]:
    """Average what is known in each slot."""
    known = np.isfinite(values)
    if not known.any():
        return [], []
    own, place = np.unique(slots[known], return_inverse=True)
    return own.tolist(), (np.bincount(place, weights=values[known]) / np.bincount(place)).tolist()


def boost(steps: Steps, days: Sequence[float], labels: np.ndarray) -> Floats:
    """Give by day the mean probability of a fault that boosting learns from the other days of the same file."""
    day_of = steps.at_s // DAY_S
    table = np.stack(
        [getattr(steps, one.name) for one in fields(Steps) if one.name not in ("at_s", "occupied")], axis=1
    )
    found = np.full(len(days), 0.5)
    for place, day in enumerate(days):
        others = [index for index in range(len(days)) if index != place]
        if len(set(labels[others].tolist())) < 2:
            continue
        rows = np.isin(day_of, [days[index] for index in others])
        truth = labels[others][np.searchsorted(np.array(days)[others], day_of[rows])]
        with threadpool_limits(limits=1):  # threads that wait for one another on a busy machine take ten times as long
            model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(table[rows], truth)
            found[place] = float(model.predict_proba(table[day_of == day])[:, 1].mean())
    return found


EVALUATION = Evaluation("ahu", "faults of air handling units by day (LBNL)", run)
