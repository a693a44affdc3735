"""What series usually say at each hour of the day: from the lowest to the highest of the hours around it, in weeks.

An envelope, no mean and spread: a lamp is at full power or off, a school's fan runs on weekdays; both ends are usual,
and what lies between them is too. An hour (UTC) is looked at with the hour before and after, so that sunset and summer
time may move. The envelope covers the running week of learnt days and the `N_WEEKS` before it.

The first axis of all arrays is the series. Bounds hold lowest values, and highest ones with their sign turned, so that
one minimum widens both; they are infinite where nothing was seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

N_WEEKS = 5
WEEK = 7  # learnt days
N_HOURS = 24
N_NEAR_LEAST = 14  # hours seen around an hour before it is judged alone; else the whole day's envelope counts
MATURE_DAYS = 28.0  # an envelope of fewer days on which the series moved is that much less sure
LOCAL = 0.1  # the unit of strangeness, as share of the envelope's width at the hour
OVERALL = 0.02  # and of its width over the whole day
EVER = 0.01  # and of all that was ever seen: a boiler that stood still in summer has a scale
RESOLUTION = 5e-3  # and of the level, so that a constant series may move by its last digit
SMALLEST = 1e-9  # keeps a series of zeros from dividing by zero
REACH = 6.0  # [units] by which a day may widen the envelope: one outlier must not hide the next for weeks


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual at each hour, (n_series, 2, 24), what was seen ever, (n_series, 2), and the unit, (n_series, 24).

    The unit is infinite as long as a series has never moved: nobody knows then what a movement means.
    """

    bounds: Floats
    ever: Floats
    unit: Floats


@dataclass(slots=True)
class UsualHours:
    """Bounds of the last weeks, (n_series, N_WEEKS + 1, 2, 24), the running one first.

    `ever` and `last` (n_series, 2) hold the bounds of all learnt days and of the last; `n_seen` (n_series, 24) are the
    days in which an hour was seen, old ones fading, `n_days` (n_series) all days, `n_moved` those that differ from the
    one before.
    """

    weeks: Floats
    ever: Floats
    last: Floats
    n_seen: Floats
    n_days: Integers
    n_moved: Integers

    def usual(self) -> Usual:
        """Give what is usual now; of a series that was never seen it means nothing."""
        seen = self.weeks.min(axis=1)
        total = seen.min(axis=2)
        near, is_thin = around(seen, np.minimum), around(self.n_seen, np.add) < N_NEAR_LEAST
        bounds = np.where(is_thin[:, None, :] | np.isinf(near), total[:, :, None], near)
        width, level = width_of(total), np.abs(np.where(np.isfinite(total), total, 0.0)).max(axis=1)
        floor = np.maximum(np.maximum(OVERALL * width, EVER * width_of(self.ever)), RESOLUTION * level)
        floor = np.maximum(floor, SMALLEST)
        unit = np.maximum(LOCAL * width_of(bounds), floor[:, None])
        youth = np.where(self.n_moved > 0, np.maximum(1.0, MATURE_DAYS / np.maximum(self.n_moved, 1)), np.inf)
        return Usual(bounds, self.ever, unit * youth[:, None])

    def learn(self, day: Floats, usual: Usual, is_over: Mask) -> None:
        """Take in a day's bounds of the series whose day `is_over`; the day of others must be infinite.

        Once a week is known, a day widens what is usual by at most `REACH` units.
        """
        is_held = (self.n_days >= WEEK)[:, None, None] & np.isfinite(day)
        reached = day.min(axis=2)
        self.n_moved += is_over & (self.n_days > 0) & (reached != self.last).any(axis=1)
        self.last = np.where(is_over[:, None], reached, self.last)
        least = np.subtract(usual.bounds, REACH * usual.unit[:, None, :], out=day.copy(), where=is_held)
        day = np.maximum(day, least)
        is_new_week = is_over & (self.n_days > 0) & (self.n_days % WEEK == 0)
        if is_new_week.any():
            self.weeks[is_new_week, 1:] = self.weeks[is_new_week, :-1]
            self.weeks[is_new_week, 0] = np.inf
            self.n_seen[is_new_week] *= N_WEEKS / (N_WEEKS + 1)
        self.weeks[:, 0] = np.minimum(self.weeks[:, 0], day)
        self.ever = np.minimum(self.ever, day.min(axis=2))
        self.n_seen += np.isfinite(day[:, 0])
        self.n_days += is_over


def no_hours() -> UsualHours:
    """Start with one series of which nothing is known."""
    weeks, none, zero = np.full((1, N_WEEKS + 1, 2, N_HOURS), np.inf), np.full((1, 2), np.inf), np.zeros(1, np.int64)
    return UsualHours(weeks, none, none.copy(), np.zeros((1, N_HOURS)), zero, zero.copy())


def width_of(bounds: Floats) -> Floats:
    """Give how wide bounds are, 0 where nothing was seen; the second axis is lowest and highest."""
    width: Floats = np.maximum(-(bounds[:, 0] + bounds[:, 1]), 0.0)
    return width


def around(hours: Floats, join: np.ufunc) -> Floats:
    """Join each hour with the one before and the one after, along the last axis, round the clock."""
    before = np.concatenate((hours[..., -1:], hours[..., :-1]), axis=-1)
    after = np.concatenate((hours[..., 1:], hours[..., :1]), axis=-1)
    joined: Floats = join(join(before, hours), after)
    return joined
