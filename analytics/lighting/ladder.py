"""Where a cabinet's saving comes from: new lamps, dimming, switching off, climbed in this order.

What a cabinet draws at each level that its hours order is measured in the reporting period: its meter's spells (about
an hour each) as a line of hours at full light and at each dimmed level, beside its standing use, fitted by Huber's
weights (`analytics.baseline.fit`). Dimming saves what the levels of now take off the hours of before, at the power of
now; switching off saves what the hours of now take off these. New lamps are all the rest of the saving, so that the
three add up to the whole; lamps lit by day, which cost, are in it.

How dark it is when lamps burn is the sun's depression under which the spells are best explained, all cabinets together.

A level counts as seen where spells of whole hours tell of it; others are taken to draw in proportion. What a cabinet
drew although its hours switched it off is no saving.

Interval of dimming and switching off: 90 %, from how single nights stray from the fitted line, and 2 % of the amount
for what clocks and meters are off (10 % where a level was never seen and its power is taken to be proportional).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.baseline.fit import HUBER
from analytics.baseline.nights import Place
from analytics.lighting.duty import Clock, Floats, dark_minutes, levels_left
from analytics.spread import MAD_TO_SIGMA, NORMAL_90, spread
from store.baseline import ScheduledHours
from store.lighting import CountedSpells

DEPRESSIONS = (0.833, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)
LONGEST_SPELL_S = 4200.0
LEAST_LEVEL_H = 6.0
WHOLE = 0.95  # of a spell at one level
LEAST_DARK_H = 24.0
N_ROUNDS = 10
MOST_CABINETS = 8  # asked how dark it is when lamps burn
KNOWN_ERROR, GUESSED_ERROR = 0.02, 0.10


@dataclass(frozen=True, slots=True)
class Steps:
    """Minutes of a cabinet's period (n_minutes,): which are dark, which lie after the works, what its hours leave.

    That is the level by the hours of `before`, by these with the dimming of now (`dimmed`), and by the hours of `now`.
    """

    dark: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    before: Floats
    dimmed: Floats
    now: Floats


@dataclass(frozen=True, slots=True)
class Power:
    """What a cabinet draws [kW]: `standing` always, and more by level; `guessed` levels were not seen.

    `stray` is the standard error of its level, as a share; `unexplained` the mean absolute residual [kW];
    `lit_when_off_kwh` what was drawn in spells with hours off beyond what the levels say.
    """

    standing: float
    levels: tuple[float, ...]
    kw: tuple[float, ...]
    guessed: tuple[float, ...]
    stray: float
    unexplained: float
    lit_when_off_kwh: float

    def at(self, level: Floats) -> Floats:
        """Give what lamps draw at these levels [kW]; between two levels in proportion."""
        drawn: Floats = np.interp(level, (0.0, *self.levels), (0.0, *self.kw))
        return drawn


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a saving [kW.h], and half the width of its interval."""

    kwh: float
    half_kwh: float


def steps_of(
    clock: Clock, place: Place, before: Sequence[ScheduledHours], now: Sequence[ScheduledHours], since: int
) -> Steps:
    """Lay out a cabinet's minutes; `before` and `now` are its hours, `since` the day of the works (ordinal)."""
    was_off = [entry for entry in before if entry.level <= 0]
    night = clock.day - (clock.minute < 720)
    return Steps(
        dark=dark_minutes(clock, place),
        counts=night >= since,
        before=levels_left(clock, before),
        dimmed=levels_left(clock, [*was_off, *(entry for entry in now if entry.level > 0)]),
        now=levels_left(clock, now),
    )


def darkest(clock: Clock, cabinets: Sequence[tuple[Place, Steps, CountedSpells]]) -> float:
    """Give the depression [degrees] that explains the cabinets' spells best."""
    asked = cabinets[:: max(1, len(cabinets) // MOST_CABINETS)]

    def unexplained(depression: float) -> float:
        tried = (
            measure_power(
                clock, replace(steps, dark=dark_minutes(clock, replace(place, depression=depression))), spells
            )
            for place, steps, spells in asked
        )
        return sum(power.unexplained / max(power.kw) for power in tried if power is not None and max(power.kw) > 0)

    return min(DEPRESSIONS, key=unexplained)


def measure_power(clock: Clock, steps: Steps, spells: CountedSpells) -> Power | None:
    """Measure what a cabinet draws at each level of its hours; None where too few spells tell."""
    levels = tuple(float(level) for level in np.unique(steps.now[steps.now > 0]))
    told = tell_spells(clock, steps, spells, levels)
    lit = told.design[~told.is_off]
    whole = np.where(lit[:, 1:] >= WHOLE * lit[:, :1], lit[:, :1], 0.0).sum(axis=0)
    seen = [index for index in range(len(levels)) if whole[index] >= LEAST_LEVEL_H]
    if not seen or lit[:, 1:].sum() < LEAST_DARK_H:
        return None
    highest = levels[seen[-1]]
    shares = np.zeros((1 + len(levels), 1 + len(seen)))  # of each column in the columns that are fitted
    shares[0, 0] = 1.0
    for index, level in enumerate(levels):
        place, share = (seen.index(index), 1.0) if index in seen else (len(seen) - 1, level / highest)
        shares[1 + index, 1 + place] = share
    coefficients = fit_levels(lit @ shares, told.kwh[~told.is_off])
    left = told.kwh - told.design @ shares @ coefficients
    by_level = dict(zip((levels[index] for index in seen), coefficients[1:].tolist(), strict=True))
    every = tuple(sorted({*levels, 1.0}))
    return Power(
        standing=float(coefficients[0]),
        levels=every,
        kw=tuple(max(0.0, by_level.get(level, by_level[highest] * level / highest)) for level in every),
        guessed=tuple(level for level in every if level not in by_level),
        stray=stray(left[~told.is_off], told.kwh[~told.is_off], told.night[~told.is_off]),
        unexplained=float(np.abs(left[~told.is_off]).mean()),
        lit_when_off_kwh=float(left[told.is_off].sum()),
    )


def fit_levels(design: Floats, kwh: Floats) -> Floats:
    """Fit what is drawn per hour at each level [kW], by Huber's weights."""
    weights = np.ones(kwh.size)
    ridge = 1e-9 * np.eye(design.shape[1]) * max(float((design**2).sum()), 1e-9)
    coefficients: Floats = np.zeros(design.shape[1])
    for _ in range(N_ROUNDS):
        weighted = design * weights[:, None]
        coefficients = np.asarray(np.linalg.solve(weighted.T @ design + ridge, weighted.T @ kwh), dtype=np.float64)
        residuals = np.abs(kwh - design @ coefficients)
        scale = HUBER * MAD_TO_SIGMA * float(np.median(residuals))
        weights = 1 / np.maximum(residuals / max(scale, 1e-12), 1.0)
    return coefficients


@dataclass(frozen=True, slots=True)
class Told:
    """Spells: hours, in all and at each level (n_spells, 1 + n_levels); energy [kW.h]; night; whether some is off."""

    design: Floats
    kwh: Floats
    night: Floats
    is_off: NDArray[np.bool_]


def tell_spells(clock: Clock, steps: Steps, spells: CountedSpells, levels: Sequence[float]) -> Told:
    """Lay out the spells; left out are those of more than 70 minutes, those before the works, negative energy."""
    ended = (np.array(spells.ended_s) - clock.begins_s) / 60.0
    lasted, kwh = np.array(spells.lasted_s) / 60.0, np.array(spells.kwh)
    minutes = np.arange(clock.day.size + 1, dtype=np.float64)

    def hours_of(flags: NDArray[np.bool_]) -> Floats:
        total = np.concatenate(([0.0], np.cumsum(flags)))
        counted: Floats = (np.interp(ended, minutes, total) - np.interp(ended - lasted, minutes, total)) / 60.0
        return counted

    kept = (lasted * 60 <= LONGEST_SPELL_S) & (hours_of(steps.counts) >= lasted / 60 - 1e-6) & (kwh >= 0)
    columns = [lasted / 60.0, *(hours_of(steps.dark & (steps.now == level)) for level in levels)]
    is_off = hours_of(steps.dark & (steps.now <= 0)) > 0
    night: Floats = np.floor((ended - lasted)[kept] / 1440.0)
    return Told(np.stack(columns, axis=1)[kept], kwh[kept], night, is_off[kept])


def stray(left: Floats, kwh: Floats, night: Floats) -> float:
    """Give the standard error of the level of a period, from how its nights stray, as a share."""
    _, index = np.unique(night, return_inverse=True)
    ratio = np.bincount(index, left) / np.maximum(np.bincount(index, kwh), 1e-9)
    return spread(ratio) / float(np.sqrt(ratio.size))


def split(steps: Steps, power: Power) -> tuple[Part, Part]:
    """Give what dimming saved, and what switching off saved."""
    is_told = steps.dark & steps.counts
    before, dimmed, now = (power.at(level[is_told]) for level in (steps.before, steps.dimmed, steps.now))
    is_guessed = any(
        bool((level[is_told] == one).any()) for one in power.guessed for level in (steps.before, steps.now)
    )
    share = float(np.hypot(NORMAL_90 * power.stray, GUESSED_ERROR if is_guessed else KNOWN_ERROR))
    is_switched = bool((steps.now[is_told] <= 0).any())
    off_kwh = float((dimmed - now).sum()) / 60 - (power.lit_when_off_kwh if is_switched else 0.0)
    amounts = float((before - dimmed).sum()) / 60, off_kwh
    dimming, off = (Part(amount, abs(amount) * share) for amount in amounts)
    return dimming, off


def stipulate(steps: Steps, watts: float, is_cheap: NDArray[np.bool_]) -> tuple[float, float]:
    """Give what lamps of these watts would have drawn by the hours of before, and of it off-peak [kW.h]."""
    drawn = np.where(steps.dark & steps.counts, steps.before, 0.0) * watts / 60_000
    return float(drawn.sum()), float(drawn[is_cheap].sum())
