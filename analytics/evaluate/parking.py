"""Occupancy of real car parks foretold half an hour, an hour and a day ahead, as the product does.

German towns 2024 (free places about every six minutes), and Birmingham 2016 where it lies beside. Trained on the days
before the test, once; intervals learn from the last 28 days' errors, day by day, as they do where Vigie runs. A place
is scored at every quarter of an hour at which its share is known (a value stands two hours) now and at the time told.

Reference: the median week of the days before the test, moved by phi times the present deviation, phi fitted per lead.
All that could be chosen (features, trees, weights) was chosen on January to June, its last two months held out.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.parking_files import BERLIN, LONDON, begin_of_test, read_birmingham, read_german
from analytics.evaluate.row import Row
from analytics.occupancy.features import Frame, make_frame
from analytics.occupancy.grid import DAY_STEPS, Floats, Grid, Integers, make_grid
from analytics.occupancy.interval import KEPT_DAYS
from analytics.occupancy.model import LeadModel, predict, train

NAMES = {2: "30min", 4: "1h", 96: "24h"}
GOALS = {2: 0.97, 4: 0.97, 96: 0.95}
COVERAGE_GOAL = (0.87, 0.93)
SETS = (("parking.", read_german, BERLIN), ("parking.birmingham_", read_birmingham, LONDON))
WEEK_STEPS = 7 * DAY_STEPS


@dataclass(frozen=True, slots=True)
class Test:
    """A prepared set: its frame, the steps at which the test begins and ends, and the median week before."""

    frame: Frame
    begin: int
    end: int
    profile: Floats


def run(asked: Asked) -> Iterator[Row]:
    """Measure on each set that is there."""
    n_sets = 0
    for prefix, read, time_zone in SETS:
        try:
            parks, days = read(asked.data, asked.test_from)
        except NoDataError:
            continue
        n_sets += 1
        begin = asked.test_from or begin_of_test(*days)
        yield from measure(prepare(make_grid(parks, days, time_zone), asked, begin), prefix)
    if not n_sets:
        raise NoDataError(f"{asked.data} holds no car parks")


def prepare(grid: Grid, asked: Asked, test_from: date) -> Test:
    """Cut the days of the test out of a grid.

    Raises
    ------
    NoDataError
        Too little lies before the test.
    """
    begin = (test_from - grid.first_day).days * DAY_STEPS
    end = min(grid.n_steps, ((asked.test_to or date.max) - grid.first_day).days * DAY_STEPS)
    if not KEPT_DAYS * DAY_STEPS < begin < end:
        raise NoDataError("too few days lie before the test")
    return Test(make_frame(grid), begin, end, median_week(grid, begin))


def measure(test: Test, prefix: str) -> Iterator[Row]:
    """Train, foretell, and print errors and coverage of each lead, then the CPU time that training took."""
    began = time.process_time()
    models = train(test.frame, test.begin)
    train_s = time.process_time() - began
    for lead, model in models.items():
        yield from measure_lead(test, model, prefix, GOALS[lead] if prefix == "parking." else None)
    yield Row(f"{prefix}train_cpu_s", train_s, "s", better="lower", n=len(test.frame.slow))


def measure_lead(test: Test, model: LeadModel, prefix: str, goal: float | None) -> Iterator[Row]:
    """Measure one lead, both methods where both tell something."""
    name, lead = NAMES[model.lead], model.lead
    steps = np.arange(test.begin - KEPT_DAYS * DAY_STEPS, test.end - lead)
    told, true = predict(test.frame, model, steps), test.frame.grid.shares[:, steps + lead]
    simple = reference(test.profile, test.frame.grid, test.begin, steps, lead)
    is_test = np.isfinite(true - told - simple) & (steps >= test.begin)
    mae, reference_mae = (100 * float(np.abs(true - each)[is_test].mean()) for each in (told, simple))
    yield Row(
        f"{prefix}mae_{name}",
        mae,
        "%",
        "lower",
        reference_mae,
        goal,
        is_goal_of_ratio=goal is not None,
        n=int(is_test.sum()),
    )
    is_inside, half_width = cover(test, model, steps, told, true)
    goal_range = COVERAGE_GOAL if goal else None
    yield Row(f"{prefix}coverage_{name}", float(is_inside[is_test].mean()), "1", goal=goal_range)
    yield Row(f"{prefix}half_width_{name}", 100 * float(np.nanmean(half_width[is_test])), "%", "lower")


def cover(test: Test, model: LeadModel, steps: Integers, told: Floats, true: Floats) -> tuple[Floats, Floats]:
    """Say which true values lie in their interval, (n_parks, len(steps)), and the intervals' half widths.

    Each day's intervals know the errors of the `KEPT_DAYS` before it.
    """
    inside, half_width = np.zeros_like(told), np.full_like(told, np.nan)
    target = steps + model.lead
    for midnight in range(test.begin, test.end, DAY_STEPS):
        is_known = (target >= midnight - KEPT_DAYS * DAY_STEPS) & (target < midnight)
        is_day = (steps >= midnight) & (steps < midnight + DAY_STEPS)
        errors = model.errors.learn((true - told)[:, is_known], target[is_known], test.frame)
        low, high = errors.around(told[:, is_day], target[is_day], test.frame)
        inside[:, is_day] = (true[:, is_day] >= low) & (true[:, is_day] <= high)
        half_width[:, is_day] = (high - low) / 2
    return inside, half_width


def reference(profile: Floats, grid: Grid, until: int, steps: Integers, lead: int) -> Floats:
    """Give the cheap forecast: the median week before `until`, and phi times the deviation from it."""
    deviation = grid.shares - profile
    now, then = deviation[:, : until - lead], deviation[:, lead:until]
    is_known = np.isfinite(now) & np.isfinite(then)
    phi = float((now[is_known] @ then[is_known]) / (now[is_known] @ now[is_known]))
    told: Floats = np.clip(profile[:, steps + lead] + phi * deviation[:, steps], 0.0, 1.0)
    return told


def median_week(grid: Grid, until: int) -> Floats:
    """Give the median share of each step's clock and weekday before `until`, (n_parks, n_steps)."""
    ahead = grid.first_day.weekday() * DAY_STEPS
    n_weeks = -(-(ahead + until) // WEEK_STEPS)
    weeks = np.full((len(grid.shares), n_weeks * WEEK_STEPS), np.nan)
    weeks[:, ahead : ahead + until] = grid.shares[:, :until]
    ordered = np.sort(weeks.reshape(-1, n_weeks, WEEK_STEPS), axis=1)  # what is not known comes last
    n_known = np.isfinite(ordered).sum(axis=1, keepdims=True)
    middles = [
        np.take_along_axis(ordered, np.maximum(at, 0), axis=1)[:, 0] for at in ((n_known - 1) // 2, n_known // 2)
    ]
    week = np.where(n_known[:, 0] > 0, (middles[0] + middles[1]) / 2, np.nan)
    return week[:, (np.arange(grid.n_steps) + ahead) % WEEK_STEPS]


EVALUATION = Evaluation("parking", "occupancy of car parks foretold 30 min, 1 h and 24 h ahead", run)
