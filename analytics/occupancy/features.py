"""What the model looks at: where a car park stands beside its usual, and what day it will be.

All of it is known at the step at which a forecast is made. Deviations are from the slow usual share; one that is not
known counts as none.
"""

from dataclasses import dataclass

import numpy as np

from analytics.occupancy.grid import DAY_STEPS, HOLIDAY, Floats, Grid, Integers
from analytics.occupancy.rhythm import FAST, SLOW, usual_shares

WEEK_STEPS = 7 * DAY_STEPS
N_LINEAR = 11  # the first columns: deviations, for the linear part


@dataclass(frozen=True, slots=True)
class Frame:
    """Arrays (n_parks, n_steps) that features are taken from; made once for a grid."""

    grid: Grid
    slow: Floats
    fast: Floats
    deviation: Floats
    day_mean: Floats
    week_mean: Floats
    town: Floats
    is_rest: Floats
    kind: Floats


def make_frame(grid: Grid) -> Frame:
    """Prepare what all forecasts of a grid need."""
    slow, fast = usual_shares(grid, SLOW), usual_shares(grid, FAST)
    deviation = np.nan_to_num(grid.shares - slow)
    kind = np.repeat(grid.kinds, DAY_STEPS, axis=1).astype(float)
    return Frame(
        grid=grid,
        slow=slow,
        fast=fast,
        deviation=deviation,
        day_mean=trailing_mean(deviation, DAY_STEPS),
        week_mean=trailing_mean(deviation, WEEK_STEPS),
        town=town_mean(deviation, grid.towns),
        is_rest=(kind == HOLIDAY).astype(float),
        kind=kind,
    )


def town_mean(values: Floats, towns: Integers) -> Floats:
    """Give each car park the mean of those of its town."""
    same = (towns[:, None] == towns[None, :]).astype(float)
    mean: Floats = (same / same.sum(axis=1, keepdims=True)) @ values
    return mean


def trailing_mean(values: Floats, n_steps: int) -> Floats:
    """Give the mean of the last `n_steps` values up to each step, of fewer at the beginning."""
    total = np.cumsum(values, axis=1)
    lagged = np.concatenate((np.zeros((len(values), min(n_steps, values.shape[1]))), total[:, :-n_steps]), axis=1)
    count = np.minimum(np.arange(values.shape[1]) + 1, n_steps)
    mean: Floats = (total - lagged) / count
    return mean


def look(frame: Frame, steps: Integers, lead: int) -> Floats:
    """Give the features of forecasts made at these steps for `lead` steps later, (n_parks, len(steps), n_features).

    The first `N_LINEAR` columns are never NaN.
    """
    target = steps + lead
    own, slow, fast = frame.deviation, frame.slow, frame.fast
    now = own[:, steps]
    usual_then = slow[:, target]
    linear = [
        now,
        now - before(own, steps, 1),
        now - before(own, steps, 2),
        now - before(own, steps, 4),
        before(own, target, DAY_STEPS),  # yesterday at the hour to come; a day ahead: now
        before(own, target, WEEK_STEPS),
        np.nan_to_num(fast[:, target] - usual_then),
        np.nan_to_num(fast[:, steps] - slow[:, steps]),
        frame.day_mean[:, steps],
        frame.week_mean[:, steps],
        frame.town[:, steps],
    ]
    n_parks = len(own)
    shape = (n_parks, steps.size)
    clock = np.broadcast_to((target % DAY_STEPS).astype(float), shape)
    others = [
        frame.grid.shares[:, steps],
        slow[:, steps],
        usual_then,
        usual_then - slow[:, steps],
        clock,
        frame.kind[:, target],
        frame.is_rest[:, steps],
        around(frame.is_rest, target, DAY_STEPS),
        around(frame.is_rest, target, -DAY_STEPS),
        np.broadcast_to(np.arange(n_parks, dtype=float)[:, None], shape),
    ]
    return np.stack([*linear, *others], axis=2)


def before(values: Floats, steps: Integers, n_steps: int) -> Floats:
    """Give values so many steps earlier, 0 before the beginning."""
    return np.where(steps >= n_steps, values[:, np.maximum(steps - n_steps, 0)], 0.0)


def around(values: Floats, steps: Integers, n_steps: int) -> Floats:
    """Give values so many steps earlier (negative: later), those of the nearest end beyond the grid."""
    return values[:, np.clip(steps - n_steps, 0, values.shape[1] - 1)]
