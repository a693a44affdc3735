"""The air side of a unit: how much outdoor air it takes, and what its coils do to the air, beside what was asked.

All margins are in kelvins beyond what the sensors' errors, the fan's heat and an ordinary damper or valve explain:
above 0 a rule is broken. Sources of the rules:

- APAR n: House, Vaezi-Nejad, Whitcomb, "An expert rule set for fault detection in air-handling units", ASHRAE
  Transactions 107(1), 2001; Schein, Bushby, Castro, House, "A rule-based fault detection method for air handling
  units", Energy and Buildings 38, 2006, doi:10.1016/j.enbuild.2006.04.014;
- G36 FC n: ASHRAE Guideline 36-2021, section 5.16.14, fault conditions of air handling units.
"""

from dataclasses import dataclass

import numpy as np

from analytics.hvac.unit import Floats, Steps

AIR_ERROR_K = 0.6  # of a difference of two duct sensors, averaged over steps
FAN_RISE_K, FAN_RISE_ERROR_K = 0.9, 0.9  # G36 gives 1 K (2 °F) as default
COIL_ERROR_K = AIR_ERROR_K + FAN_RISE_ERROR_K
LEAST_SPAN_K = 3.0  # between return and outdoor air, below which nothing is said of the damper
KNOWN_ERROR_K, KNOWN_SPAN_K = 0.15, 1.5  # where the unit itself shows what its sensors differ by
NEARLY_SHUT, SAME_POSITION = 0.45, 0.05
HELD_K = 1.5
DAY_S = 86_400.0
CLOSED, OPEN = 0.05, 0.95  # commands: G36 has 5 %
LARGEST_HEATING_K = 25.0  # what a coil with its valve fully open adds at most in ordinary units
COOLING_K, COOLING_SPREAD_K = 12.0, 4.0  # what a cooling coil fully open takes, before anything was measured
WEAKEST_COOLING_K, LARGEST_COOLING_K = 5.0, 20.0
BENT_SHARE = 0.15  # how far a valve's characteristic strays from a straight line, as a share of the coil
NOISE_K = 0.3
LEAST_STEPS = 8
MOST_SLOPE_ERROR_K = 2.0


@dataclass(frozen=True, slots=True)
class Air:
    """A unit's air in running steps, shape (n_steps,); NaN elsewhere and where something is not known.

    `rise` is supply less mixed air [K], `span` return less outdoor air [K], `fraction` the share of outdoor air in the
    mixed air, `air_error` what of a difference of return and mixed air may be the sensors' doing [K]. `added` is what
    heat put into the air [K] (the cooling that was asked for made up, where the coil is known), `added_error` its
    uncertainty [K]. `is_cooling_proven` says that the cooling coil follows its command.
    """

    rise: Floats
    span: Floats
    fraction: Floats
    air_error: float
    added: Floats
    added_error: Floats
    is_cooling_proven: bool


def balance(steps: Steps) -> Air:
    """Work out the air side of all steps."""
    running = np.where(steps.runs(), 1.0, np.nan)
    rise = (steps.supply - steps.mixed) * running
    span = (steps.back - steps.outdoor) * running
    bias = fit_mixing(steps, span)
    wide = np.abs(span) >= (LEAST_SPAN_K if bias is None else KNOWN_SPAN_K)
    taken = steps.back - steps.mixed - (bias or 0.0)
    fraction = np.where(wide, taken / np.where(wide, span, 1.0), np.nan)
    air_error = AIR_ERROR_K if bias is None else KNOWN_ERROR_K
    cooling_k = None if has_stopped_cooling(steps, rise) else fit_cooling(steps, rise)
    made_up = make_up_cooling(steps, cooling_k)
    error = COIL_ERROR_K + (0.0 if cooling_k is None else BENT_SHARE) * made_up
    return Air(rise, span, fraction, air_error, rise - FAN_RISE_K + made_up, error, cooling_k is not None)


def has_stopped_cooling(steps: Steps, rise: Floats) -> bool:
    """Say whether in the last day the air left the coil, fully open, no other than the fan alone leaves it.

    What the coil took in the days before is then no measure of what it takes, and nothing else is warming the air.
    """
    full = np.isfinite(rise) & (steps.cooling >= OPEN) & (steps.at_s >= steps.at_s.max(initial=0.0) - DAY_S)
    return bool(full.sum() >= LEAST_STEPS and abs(np.median(rise[full]) - FAN_RISE_K) <= FAN_RISE_ERROR_K)


def make_up_cooling(steps: Steps, cooling_k: float | None) -> Floats:
    """Give what the cooling coil took [K]; of one not known what the weakest takes, if it did its work."""
    command = np.nan_to_num(steps.cooling)
    if cooling_k is not None:
        return cooling_k * command
    is_held = steps.supply - steps.cool_setpoint < HELD_K
    made_up: Floats = np.where(is_held, WEAKEST_COOLING_K * command, 0.0)
    return made_up


def fit_mixing(steps: Steps, span: Floats) -> float | None:
    """Learn how much colder than return air the mixed air is said to be without any outdoor air [K].

    A straight line through the steps in which the damper is told to be as far shut as it goes, extrapolated to outdoor
    air as warm as return air: it holds what the sensors differ by, whatever the damper does. None where outdoor air
    changed too little, or where sensors would have to be off by more than sensors are.
    """
    known = np.isfinite(span) & np.isfinite(steps.mixed) & np.isfinite(steps.damper)
    if known.sum() < LEAST_STEPS:
        return None
    least = float(np.quantile(steps.damper[known], 0.1))
    shut = known & (np.abs(steps.damper - least) <= SAME_POSITION)
    if least > NEARLY_SHUT or shut.sum() < LEAST_STEPS:
        return None
    width, taken = span[shut], (steps.back - steps.mixed)[shut]
    spread = float(((width - width.mean()) ** 2).sum())
    if spread <= 0 or NOISE_K * (1 / width.size + width.mean() ** 2 / spread) ** 0.5 > KNOWN_ERROR_K:
        return None
    slope = float((width - width.mean()) @ taken) / spread
    bias = float(taken.mean() - slope * width.mean())
    is_straight = float(np.std(taken - slope * width)) <= NOISE_K  # else the damper let in now more, now less
    return bias if is_straight and abs(bias) <= 2 * AIR_ERROR_K else None


def fit_cooling(steps: Steps, rise: Floats) -> float | None:
    """Learn from the steps themselves what the cooling coil takes at full opening [K]; None where it cannot be told.

    A straight line of the rise over the command while heating is shut, day by day its own level and one slope for all,
    with what coils usually take as a prior (ridge) and kept to what coils can take at most. A coil that takes less than
    the weakest sound one is not known.
    """
    known = np.isfinite(rise) & (steps.heating <= CLOSED) & (steps.cooling > CLOSED) & (steps.cooling < OPEN)
    if known.sum() < LEAST_STEPS:
        return None
    _, day = np.unique(steps.at_s[known] // DAY_S, return_inverse=True)
    level = np.bincount(day, weights=steps.cooling[known]) / np.bincount(day)
    off = steps.cooling[known] - level[day]
    prior = (NOISE_K / COOLING_SPREAD_K) ** 2
    weight = float(off @ off) + prior
    slope = float((prior * -COOLING_K + off @ rise[known]) / weight)
    is_known = NOISE_K / weight**0.5 < MOST_SLOPE_ERROR_K and -slope >= WEAKEST_COOLING_K
    return min(-slope, LARGEST_COOLING_K) if is_known else None
