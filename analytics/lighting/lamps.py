"""What lamps did hour by hour: burning, dimmed, off by order, out; told apart by their power, hours and neighbours.

A lamp's full power is the 90th percentile of what it draws in hours of full duty over the level owed there, its
controller's standby taken off; where that is below 60 % of its nominal power, the nominal power counts (inventories are
wrong by less, a lamp that has lost its level by more). In an hour of duty it is dark
below a tenth of full power (below half of the level owed, where that is less).

A dark hour of duty is an outage, unless the commune's hours say otherwise. Where most of a cabinet's lamps (60 %, of at
least four) are dark with it in that civil hour, in most of the nights (60 %, of at least five), somebody gave an order
that is not entered, and it is no outage; lamps that go dark together in single nights lost their cabinet. A lamp that
burns below 85 % of the level owed was dimmed where the median of its cabinet's lamps is as low (within 10 % of full
power), else it dims by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.lighting.duty import Duty, Floats

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
DARK_BELOW, DARK_OF_LEVEL, DIM_BELOW = 0.10, 0.5, 0.85
NOMINAL_LEAST = 0.6
FULL_DUTY = 0.99
MOST, LEAST_LAMPS, LEAST_NIGHTS = 0.6, 4, 5
ALIKE = 0.10
FLAT = 0.05  # of full power, between the hours on both sides of one that is not known


@dataclass(frozen=True, slots=True)
class Family:
    """Lamps with the same duty, behind one cabinet where `is_one`: mean power of each hour [W] (n_lamps, n_hours).

    NaN where it is not known; `expected` says which hours count. `civil_hour` (n_hours,) is 0 to 23, `nominal_w`
    (n_lamps,) may be NaN.
    """

    watts: Floats
    expected: Flags
    nominal_w: Floats
    civil_hour: Integers
    duty: Duty
    is_one: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of each lamp's hours, (n_lamps, n_hours): full duty, and what it did in it.

    `burned` is the share of the hour (NaN: not known). The flags are set in known hours alone.
    """

    full_w: Floats  # (n_lamps,)
    burned: Floats
    on_duty: Flags
    ordered: Flags  # by an order that is not entered
    out: Flags
    out_alone: Flags  # while the cabinet's other lamps burn
    dimmed: Flags
    dims: Flags


def look_at(family: Family) -> Seen:
    """Say what each lamp did."""
    watts = bridge(np.where((family.watts < 0) | ~family.expected, np.nan, family.watts), family.duty)
    standby, full_w = powers(watts, family)
    with np.errstate(invalid="ignore"):
        ratio = np.clip((watts - standby[:, None]) / (full_w - standby)[:, None], 0.0, None)
        duty, level = family.duty, family.duty.level
        is_known = ~np.isnan(ratio)
        on_duty = is_known & (duty.owed >= FULL_DUTY)
        dark = is_known & (ratio < np.minimum(DARK_BELOW, DARK_OF_LEVEL * level))
        together, habit = together_dark(family, on_duty, dark)
        usual = middle(np.where(dark, np.nan, ratio)) if family.is_one else np.full(level.size, np.nan)
        is_low = on_duty & ~dark & (ratio < DIM_BELOW * level)
        as_others = np.abs(ratio - usual) <= ALIKE
        partly = np.where((duty.owed <= 0) & (ratio < DARK_BELOW), 0.0, np.clip(ratio / level, 0.0, 1.0))
    out = on_duty & dark & ~habit
    return Seen(
        full_w=full_w,
        burned=np.where(on_duty, np.where(dark, 0.0, 1.0), partly),
        on_duty=on_duty,
        ordered=on_duty & dark & habit,
        out=out,
        out_alone=out & ~together,
        dimmed=(is_low & as_others) | (on_duty & ~dark & (level < DIM_BELOW)),
        dims=is_low & ~as_others,
    )


def bridge(watts: Floats, duty: Duty) -> Floats:
    """Fill an unknown hour between two known ones of nearly the same power, where the duty is the same in all three."""
    before, after = watts[:, :-2], watts[:, 2:]
    highest = np.nan_to_num(watts).max(axis=1, initial=0.0)
    wanted = np.array(duty.levels) @ duty.at_level
    is_steady = np.maximum(np.abs(np.diff(wanted)[1:]), np.abs(np.diff(wanted)[:-1])) < FLAT
    with np.errstate(invalid="ignore"):
        is_flat = np.isnan(watts[:, 1:-1]) & (np.abs(after - before) <= FLAT * highest[:, None]) & is_steady
    filled = watts.copy()
    filled[:, 1:-1][is_flat] = ((before + after) / 2)[is_flat]
    return filled


def powers(watts: Floats, family: Family) -> tuple[Floats, Floats]:
    """Give standby and full power of each lamp [W]; NaN where a lamp was never seen to burn and has no nominal."""
    duty = family.duty
    by_day = percentile(watts[:, duty.night <= 0], 50.0)
    highest = np.nan_to_num(percentile(watts, 99.0))
    standby = np.where(by_day <= DARK_BELOW * highest, np.nan_to_num(by_day), 0.0)
    owed = duty.owed >= FULL_DUTY
    lit = watts[:, owed] - standby[:, None]
    with np.errstate(invalid="ignore"):
        lit = np.where(lit > DARK_BELOW * highest[:, None], lit / duty.level[owed], np.nan)
    seen = percentile(lit, 90.0) + standby
    full = np.where(np.isnan(seen) | (seen < NOMINAL_LEAST * family.nominal_w), family.nominal_w, seen)
    return standby, np.where(full > standby, full, np.nan)


def percentile(values: Floats, rank: float) -> Floats:
    """Give the percentile of each row's known values, NaN where there is none."""
    if values.shape[1] == 0:
        return np.full(values.shape[0], np.nan)
    ordered = np.sort(values, axis=1)  # NaN last
    n_known = (~np.isnan(values)).sum(axis=1)
    at = np.rint(np.maximum(n_known - 1, 0) * rank / 100).astype(int)
    picked: Floats = np.where(n_known > 0, ordered[np.arange(values.shape[0]), at], np.nan)
    return picked


def middle(values: Floats) -> Floats:
    """Give the median of each column's known values, NaN where there are fewer than four."""
    picked = percentile(values.T, 50.0)
    return np.where((~np.isnan(values)).sum(axis=0) >= LEAST_LAMPS, picked, np.nan)


def together_dark(family: Family, on_duty: Flags, dark: Flags) -> tuple[Flags, Flags]:
    """Say in which hours most of a cabinet's lamps are dark, and in which of these they are in most nights."""
    n_known = on_duty.sum(axis=0)
    is_told = (n_known >= LEAST_LAMPS) & family.is_one
    together = is_told & ((on_duty & dark).sum(axis=0) >= MOST * np.maximum(n_known, 1))
    n_told = np.bincount(family.civil_hour, is_told, minlength=24)
    n_dark = np.bincount(family.civil_hour, together, minlength=24)
    is_habit = (n_told >= LEAST_NIGHTS) & (n_dark >= MOST * np.maximum(n_told, 1))
    return together, together & is_habit[family.civil_hour]


@dataclass(frozen=True, slots=True)
class Tally:
    """Hours of `n_assets` lamps: expected and known, owed and of these known, burned, burned by day, dark when owed.

    Of the hours of full duty: `on_duty` known, `out`, `ordered_off` without being entered, `dimmed`, `dims`.
    `outage_kwh` [kW.h] is what it would have drawn while it alone was out, `full_w` its full power [W], 0 where it
    was never seen to burn and has no nominal power.
    """

    expected_h: float
    known_h: float
    owed_h: float
    owed_known_h: float
    burned_h: float
    by_day_h: float
    dark_h: float
    on_duty_h: float
    out_h: float
    ordered_off_h: float
    dimmed_h: float
    dims_h: float
    outage_kwh: float
    full_w: float
    n_assets: float = 1.0


def tally(family: Family, seen: Seen) -> list[Tally]:
    """Add up the hours of each lamp."""
    duty = family.duty
    is_known = ~np.isnan(seen.burned)
    burned = np.nan_to_num(seen.burned)
    owed = np.where(family.expected, duty.owed, 0.0)
    standing = np.where(seen.ordered, 0.0, owed)  # what an order that is not entered leaves of the duty
    level_w = np.nan_to_num(seen.full_w)[:, None] * duty.level
    columns = (
        family.expected.sum(axis=1),
        is_known.sum(axis=1),
        standing.sum(axis=1),
        (standing * is_known).sum(axis=1),
        burned.sum(axis=1),
        np.maximum(0.0, burned - duty.night).sum(axis=1),
        (np.maximum(0.0, standing - burned) * is_known).sum(axis=1),
        (seen.on_duty & ~seen.ordered).sum(axis=1),
        seen.out.sum(axis=1),
        seen.ordered.sum(axis=1),
        seen.dimmed.sum(axis=1),
        seen.dims.sum(axis=1),
        (seen.out_alone * level_w).sum(axis=1) / 1000,
        np.nan_to_num(seen.full_w),
    )
    return [Tally(*map(float, row)) for row in zip(*columns, strict=True)]


def add_up(tallies: Sequence[Tally]) -> Tally:
    """Add up several lamps."""
    return Tally(*(sum(getattr(one, name) for one in tallies) for name in Tally.__slots__))
