"""How long assets last by what they say on their way: boosted trees by type, out of the days before each end.

An end is a failure that technicians dated, in a verdict or a work order, or a retirement. A fifth of the assets, by a
hash of their name, is held out; of the rest a type is learnt from ten runs and more that ended, and from days of
running assets after which each went on for the cap; of a type with fewer nothing is told. A row is a day: means and
ranges of what was measured, findings that went on (`course`); features are rolling ones of sixty days (`features`),
intervals conformal, by whole runs left out (`interval`).
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analytics.remaining_life.comparison import Judged, JudgedByType
from analytics.remaining_life.course import Course, Sensor, read_courses, runs_by_type
from analytics.remaining_life.families import Data, Family
from analytics.remaining_life.features import Floats, Windows
from analytics.remaining_life.interval import Bounds
from analytics.remaining_life.model import LEAST_UNITS, LifeModel, Scaling, Settings, learn_life, tell_life
from analytics.remaining_life.model_file import Arrays, ModelFile
from analytics.remaining_life.trees import arrays_of, trees_of
from store.asset_courses import AssetRun
from store.inputs import Connection

NAME, METHOD_VERSION = "asset_course", "1"
CAP_D = 120.0
SETTINGS = Settings(
    cap=CAP_D,
    windows=Windows(means=(7, 14, 30, 60), spread=30, slopes=(30, 60), beginning=0),
    least_correlation=0.05,
    n_trees=120,
    rate=0.08,
    stride=3,
)
REACH = timedelta(days=60)  # the longest window
TAUGHT = REACH + timedelta(days=2 * CAP_D)  # of a run
LEAST_KNOWN_D = 30  # days with anything measured, of a run that teaches and of one that is told
MOST_ENDED, MOST_LASTING = 400, 200  # runs of a type, by a hash of their name
N_JUDGED = 20  # days of each run held out
HELD_OUT, LEAST_JUDGED = 5, 3
SHOWS_BELOW = 0.9  # of the cap: above it nothing shows


@dataclass(frozen=True, slots=True)
class Taught:
    """Courses of a type: those that ended, and days of those that went on for the cap after each."""

    ended: Sequence[Course]
    lasting: Sequence[Course]


@dataclass(frozen=True, slots=True)
class Remaining:
    """Days left to an asset by what it says, and the interval of 90 %; `n_ended` runs of its type taught it."""

    left_d: float
    low_d: float
    high_d: float
    n_ended: int


CoursesByType = Mapping[str, Taught]


def read(connection: Connection, territory_id: int | None, at: datetime) -> Data:
    """Read the courses of the types of which enough ended."""
    taught: dict[str, Taught] = {}
    for kind, runs in runs_by_type(connection, territory_id, at).items():
        if sum(run.is_ended for run in runs) >= LEAST_UNITS:
            taught[kind] = read_type(connection, runs, at)
    return data_of(taught)


def read_type(connection: Connection, runs: Sequence[AssetRun], at: datetime) -> Taught:
    """Read the courses of one type, as many as are needed."""
    drawn = sorted(runs, key=lambda run: (zlib.crc32(run.slug.encode()), run.slug, run.ends_at))
    ended = [run for run in drawn if run.is_ended][:MOST_ENDED]
    running = [run for run in drawn if not run.is_ended and run.ends_at - run.begins_at > timedelta(days=CAP_D)]
    courses = read_courses(connection, [*ended, *running[:MOST_LASTING]], at, TAUGHT)
    known = [course for course in courses if course.n_known >= LEAST_KNOWN_D]
    return Taught([one for one in known if one.run.is_ended], [one for one in known if not one.run.is_ended])


def data_of(taught: CoursesByType) -> Data:
    """Part courses, by asset, into those that teach and those that judge."""
    teaching, judging = (
        {
            kind: Taught(*(pick(part, is_judging) for part in (group.ended, group.lasting)))
            for kind, group in taught.items()
        }
        for is_judging in (False, True)
    )
    arrays = {f"{kind} {index}": laid for kind, index, laid in every_course(taught)}
    inputs = {
        f"{kind} {name}": values for kind, group in taught.items() for name, values in newest_values(group.lasting)
    }
    contents = {kind: {"ended": len(group.ended), "running": len(group.lasting)} for kind, group in taught.items()}
    courses = [one for group in taught.values() for one in (*group.ended, *group.lasting)]
    begins_at = min((one.run.begins_at for one in courses), default=None)
    return Data(teaching, judging, inputs, arrays, len(courses), contents, begins_at)


def pick(courses: Sequence[Course], is_judging: bool) -> list[Course]:
    """Keep the courses of the assets that judge, or of those that teach."""
    return [one for one in courses if (zlib.crc32(one.run.slug.encode()) % HELD_OUT == 0) == is_judging]


def every_course(taught: CoursesByType) -> Iterator[tuple[str, int, Floats]]:
    """Give all days that a model rests on, for their hash."""
    for kind, group in sorted(taught.items()):
        for index, course in enumerate((*group.ended, *group.lasting)):
            yield kind, index, course.laid(sorted(course.sensors))


def newest_values(lasting: Sequence[Course]) -> Iterator[tuple[str, Floats]]:
    """Give what running assets measured on their last day, each quantity for itself, and their open findings and the
    grade of the worst; (n_assets,) each, NaN where it was not measured."""
    there = [course for course in lasting if len(course.rows)]
    if not there:
        return
    sensors = common_sensors(there)
    last = np.stack([course.laid(sensors)[-1] for course in there])
    names = [" ".join(part for part in sensor if part) for sensor in sensors]
    yield from zip([*names, "findings", "worst finding"], last.T, strict=True)


def train(data: Data) -> ModelFile | None:
    """Teach each type of which enough ended; None where there is none."""
    groups: CoursesByType = data.training
    types: dict[str, object] = {}
    arrays: dict[str, object] = {}
    for kind, group in sorted(groups.items()):
        sensors = common_sensors(group.ended)
        model = learn_life(
            [one.laid(sensors) for one in group.ended],
            SETTINGS,
            [laid for one in group.lasting if len(laid := one.laid(sensors)[: -int(CAP_D)])],
        )
        if model is not None:
            types[kind] = {"sensors": [list(sensor) for sensor in sensors], "n_units": model.n_units}
            arrays |= {f"{kind} {name}": array for name, array in named(model).items()}
    return ModelFile(NAME, METHOD_VERSION, {"types": types}, arrays) if types else None  # type: ignore[arg-type]


def common_sensors(courses: Sequence[Course]) -> list[Sensor]:
    """Give what at least half of the runs measure, in order."""
    counts = Counter(sensor for course in courses for sensor in set(course.sensors))
    return sorted(sensor for sensor, n in counts.items() if 2 * n >= len(courses))


def named(model: LifeModel) -> Arrays:
    """Give a model's arrays by name."""
    scaling = {f"scaling.{name}": getattr(model.scaling, name) for name in Scaling.__slots__}
    bounds = {f"bounds.{name}": getattr(model.bounds, name) for name in Bounds.__slots__}
    return {**scaling, **bounds, **{f"trees.{name}": array for name, array in arrays_of(model.forest[0]).items()}}


def model_of(file: ModelFile, kind: str) -> tuple[LifeModel, list[Sensor]] | None:
    """Open the model of a type, with the columns it asks for; None where the type was not learnt."""
    entry = file.values["types"].get(kind)
    if entry is None:
        return None
    own = {name.removeprefix(f"{kind} "): array for name, array in file.arrays.items() if name.startswith(f"{kind} ")}
    scaling, bounds = (
        shape(**{name: own[f"{part}.{name}"] for name in shape.__slots__})
        for part, shape in (("scaling", Scaling), ("bounds", Bounds))
    )
    trees = trees_of({name.removeprefix("trees."): array for name, array in own.items() if name.startswith("trees.")})
    model = LifeModel(SETTINGS, scaling, (trees,), bounds, entry["n_units"])  # type: ignore[arg-type]
    return model, [(quantity, channel, name) for quantity, channel, name in entry["sensors"]]


def tell(file: ModelFile, kind: str, courses: Sequence[Course]) -> list[Remaining | None]:
    """Tell the days left to assets of a type; None of one that says too little, or of a type that was not learnt."""
    opened = model_of(file, kind)
    if opened is None:
        return [None] * len(courses)
    model, sensors = opened
    told = tell_life(model, [course.laid(sensors) for course in courses])
    return [
        Remaining(float(told.life[index]), float(told.low[index]), float(told.high[index]), model.n_units)
        if course.n_known >= LEAST_KNOWN_D
        else None
        for index, course in enumerate(courses)
    ]


def judge(file: ModelFile, data: Data) -> JudgedByType | None:
    """Give the mean absolute error [d] over days of the runs held out, each run alike; None of fewer than three ends.

    A type that the model does not know counts as told to last.
    """
    groups: CoursesByType = data.held_out
    if sum(len(group.ended) for group in groups.values()) < LEAST_JUDGED:
        return None
    errors = {kind: np.array(list(errors_of(file, kind, group))) for kind, group in sorted(groups.items())}
    return {kind: Judged(each, np.ones(each.size), float(each.size)) for kind, each in errors.items()}


def errors_of(file: ModelFile, kind: str, group: Taught) -> Iterator[float]:
    """Give the mean absolute error of each run held out."""
    opened = model_of(file, kind)
    for course in (*group.ended, *group.lasting):
        n_days = len(course.rows) - (0 if course.run.is_ended else int(CAP_D))
        days = np.unique(np.linspace(1, n_days, N_JUDGED).astype(int)) if n_days > 0 else np.zeros(0, dtype=int)
        if not days.size:
            continue
        left = np.minimum(n_days - days, CAP_D) if course.run.is_ended else np.full(days.size, CAP_D)
        told = np.full(days.size, CAP_D)
        if opened is not None:
            rows = course.laid(opened[1])
            told = tell_life(opened[0], [rows[:day] for day in days.tolist()]).life
        yield float(np.mean(np.abs(told - left)))


FAMILY = Family(
    NAME,
    METHOD_VERSION,
    "Tells of failures that technicians dated and of retirements; a type with fewer than ten among those that teach is"
    " not told. Never tells of more than 120 days.",
    "mean absolute error of the days left [d], at most 120, each run alike, on a fifth of the assets that it did not"
    " see",
    0,
    read,
    train,
    judge,
)
