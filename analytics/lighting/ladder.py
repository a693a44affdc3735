"""Where a cabinet's saving comes from: new lamps, dimming, switching off, climbed in this order.

What a cabinet draws at each level that its hours order is measured in the reporting period: its meter's spells (about
an hour each) as a line of hours at full light and at each dimmed level, beside its standing use, fitted by Huber's
weights (`analytics.baseline.fit`). Dimming saves what the levels of now take off the hours of before, at the power of
now; switching off saves what the hours of now take off these. New lamps are all the rest of the saving, so that the
three add up to the whole; lamps lit by day, which cost, are in it.

How dark it is when lamps burn is the sun's depression under which the spells are best explained, all cabinets together.

Interval of dimming and switching off: 90 %, from how single nights stray from the fitted line, and 2 % of the amount
for what clocks and meters are off (10 % where a level was never seen and its power is taken to be proportional).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.baseline.fit import HUBER, TO_SD
from analytics.baseline.nights import Place
from analytics.lighting.duty import Clock, Floats, dark_minutes, levels_left
from store.baseline import ScheduledHours
from store.lighting import CountedSpells

DEPRESSIONS = (0.833, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)
LONGEST_SPELL_S = 4200.0
LEAST_LEVEL_H = 3.0
LEAST_DARK_H = 24.0
N_ROUNDS = 10
MOST_CABINETS = 8  # asked how dark it is when lamps burn
NORMAL_90 = 1.645
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

    `stray` is the standard error of its level, as a share; `unexplained` the mean absolute residual [kW].
    """

    standing: float
    levels: tuple[float, ...]
    kw: tuple[float, ...]
    guessed: tuple[float, ...]
    stray: float
    unexplained: float

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
    design, kwh, day = spells_by_level(clock, steps, spells, levels)
    seen = np.array([design[:, 1 + index].sum() >= LEAST_LEVEL_H for index in range(len(levels))], dtype=bool)
    if not seen.any() or design[:, 1:].sum() < LEAST_DARK_H:
        return None
    kept = design[:, np.concatenate([[True], seen])]
    coefficients = fit_levels(kept, kwh)
    by_level = dict(zip(np.array(levels)[seen].tolist(), coefficients[1:].tolist(), strict=True))
    highest = max(by_level)
    every = sorted({*levels, 1.0})
    kw = tuple(max(0.0, by_level.get(level, by_level[highest] * level / highest)) for level in every)
    return Power(
        standing=float(coefficients[0]),
        levels=tuple(every),
        kw=kw,
        guessed=tuple(level for level in every if level not in by_level),
        stray=stray(kept @ coefficients, kwh, day),
        unexplained=float(np.abs(kwh - kept @ coefficients).mean()),
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
        scale = HUBER * TO_SD * float(np.median(residuals))
        weights = 1 / np.maximum(residuals / max(scale, 1e-12), 1.0)
    return coefficients


def spells_by_level(
    clock: Clock, steps: Steps, spells: CountedSpells, levels: Sequence[float]
) -> tuple[Floats, Floats, Floats]:
    """Give each spell's hours in all and at each level (n_spells, 1 + n_levels), its energy [kW.h], and its night.

    Left out: spells of more than 70 minutes, those before the works, and those in which something is switched off.
    """
    ended = (np.array(spells.ended_s) - clock.begins_s) / 60.0
    lasted, kwh = np.array(spells.lasted_s) / 60.0, np.array(spells.kwh)
    minutes = np.arange(clock.day.size + 1, dtype=np.float64)

    def hours_of(flags: NDArray[np.bool_]) -> Floats:
        total = np.concatenate(([0.0], np.cumsum(flags)))
        counted: Floats = (np.interp(ended, minutes, total) - np.interp(ended - lasted, minutes, total)) / 60.0
        return counted

    off_h = hours_of(steps.dark & (steps.now <= 0))
    told_h = hours_of(steps.counts)
    kept = (lasted * 60 <= LONGEST_SPELL_S) & (off_h <= 0) & (told_h >= lasted / 60 - 1e-6) & (kwh >= 0)
    columns = [lasted / 60.0, *(hours_of(steps.dark & (steps.now == level)) for level in levels)]
    design: Floats = np.stack(columns, axis=1)[kept]
    night: Floats = np.floor((ended - lasted)[kept] / 1440.0)
    return design, kwh[kept], night


def stray(fitted: Floats, kwh: Floats, night: Floats) -> float:
    """Give the standard error of the level of a period, from how its nights stray, as a share."""
    _, index = np.unique(night, return_inverse=True)
    ratio = np.bincount(index, kwh) / np.maximum(np.bincount(index, fitted), 1e-9)
    spread = TO_SD * float(np.median(np.abs(ratio - np.median(ratio))))
    return spread / float(np.sqrt(ratio.size))


def split(steps: Steps, power: Power) -> tuple[Part, Part]:
    """Give what dimming saved, and what switching off saved."""
    is_told = steps.dark & steps.counts
    before, dimmed, now = (power.at(level[is_told]) for level in (steps.before, steps.dimmed, steps.now))
    is_guessed = bool(np.isin(power.guessed, (*steps.before[is_told], *steps.now[is_told])).any())
    share = float(np.hypot(NORMAL_90 * power.stray, GUESSED_ERROR if is_guessed else KNOWN_ERROR))
    amounts = (float((before - dimmed).sum()) / 60, float((dimmed - now).sum()) / 60)
    dimming, off = (Part(amount, abs(amount) * share) for amount in amounts)
    return dimming, off


def stipulate(steps: Steps, watts: float, is_cheap: NDArray[np.bool_]) -> tuple[float, float]:
    """Give what lamps of these watts would have drawn by the hours of before, and of it off-peak [kW.h]."""
    drawn = np.where(steps.dark & steps.counts, steps.before, 0.0) * watts / 60_000
    return float(drawn.sum()), float(drawn[is_cheap].sum())
