"""Rules of an air handling unit: in which steps each applies, and by how many kelvins it is broken there.

Numbers of APAR rules and Guideline 36 fault conditions (FC) stand with each; sources in `analytics.hvac.air`. Which
mode a unit is in is told by its commands alone: heating (valve beyond 5 %), cooling with outdoor air (both valves
shut), mechanical cooling (cooling valve beyond 5 %), and, where both valves are open, none that a sound unit has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analytics.hvac.air import AIR_ERROR_K, CLOSED, FAN_RISE_K, LARGEST_HEATING_K, OPEN, Air
from analytics.hvac.unit import STEP_S, Flags, Floats, Steps

Component = Literal["damper", "heating_valve", "cooling_valve", "heating_coil", "cooling_coil", "control", "sensor"]

DAMPER_SLACK = 0.12  # share of outdoor air that an ordinary damper lets in beyond its position
SHOWING_LEAK = 0.25  # the smallest leak to find, as a share of all air
LEAST_POSITION = 0.15
LEAST_HEATING_K, LEAST_COOLING_K = 10.0, 5.0  # what a sound coil fully open gives at least
SETPOINT_ERROR_K = 0.5
STANDSTILL_ERROR_K = 2.0
STANDSTILL_FRACTION, STANDSTILL_SPAN_K = 0.3, 8.0
MIXING_ERROR_K = 2.0  # stratified air: G36 allows 3 K (5 °F) for the mixed air sensor alone
SHORT_OF_SETPOINT_K = 1.5
DESIGN_HEATING_K, DESIGN_COOLING_K = 15.0, 9.0  # more than that is asked of no coil of ordinary size
KEPT_K = -1.0  # of a step that keeps a rule which has no measure there
SHUT_BEFORE_STEPS = 2 * 3600 // STEP_S


@dataclass(frozen=True, slots=True)
class Margins:
    """A rule on some steps: kelvins beyond what is allowed where it applies, NaN where it does not. (n_steps,)."""

    rule: str
    component: Component
    sources: str
    kelvins: Floats


Rule = Callable[[Steps, Air], Margins]


def where(applies: Flags, kelvins: Floats) -> Floats:
    """Keep margins where a rule applies."""
    kept: Floats = np.where(applies, kelvins, np.nan)
    return kept


def too_much_outdoor_air(steps: Steps, air: Air) -> Margins:
    """More outdoor air than the damper's position lets in."""
    width = np.abs(air.span)
    applies = (steps.damper <= 0.6) & ((SHOWING_LEAK - DAMPER_SLACK) * width > air.air_error)
    beyond = (air.fraction - steps.damper - DAMPER_SLACK) * width - air.air_error
    return Margins("too_much_outdoor_air", "damper", "APAR 2, 18; G36 FC 6", where(applies, beyond))


def too_little_outdoor_air(steps: Steps, air: Air) -> Margins:
    """Less than half the outdoor air that the damper's position stands for."""
    width = np.abs(air.span)
    applies = (steps.damper >= LEAST_POSITION) & (0.5 * steps.damper * width > air.air_error)
    short = (0.5 * steps.damper - air.fraction) * width - air.air_error
    return Margins("too_little_outdoor_air", "damper", "APAR 2, 10, 18; G36 FC 6, 10", where(applies, short))


def outdoor_air_at_standstill(steps: Steps, air: Air) -> Margins:
    """Outdoor air in the mixing box while the fan rests and the damper is told to be shut.

    A sound unit of the LBNL set lets its box go up to a quarter of the way from return to outdoor air then.
    """
    width = np.abs(steps.back - steps.outdoor)
    applies = steps.long_stopped() & (steps.damper <= CLOSED) & (width >= STANDSTILL_SPAN_K)
    taken = np.where(steps.back > steps.outdoor, steps.back - steps.mixed, steps.mixed - steps.back)
    beyond = taken - STANDSTILL_FRACTION * width - AIR_ERROR_K
    return Margins("outdoor_air_at_standstill", "damper", "G36 FC 6, at rest", where(applies, beyond))


def mixed_air_outside(steps: Steps, air: Air) -> Margins:
    """Mixed air colder or warmer than both the airs that it is made of."""
    low, high = np.minimum(steps.back, steps.outdoor), np.maximum(steps.back, steps.outdoor)
    beyond = np.maximum(low - steps.mixed, steps.mixed - high) - MIXING_ERROR_K
    return Margins("mixed_air_outside", "sensor", "APAR 26, 27; G36 FC 2, 3", where(~np.isnan(air.rise), beyond))


def heat_not_asked_for(steps: Steps, air: Air) -> Margins:
    """More heat in the air than the heating valve's position can give."""
    beyond = air.added - LARGEST_HEATING_K * steps.heating - air.added_error
    return Margins(
        "heat_not_asked_for", "heating_valve", "APAR 7, 11, 16; G36 FC 8, 12, 15", where(~np.isnan(air.rise), beyond)
    )


def heat_at_standstill(steps: Steps, air: Air) -> Margins:
    """Air beside the coils warmer than all that could have warmed it, after the fan's stop, the valve long shut.

    Return air, the mixed air of before, and outdoor air where the damper lets it in.
    """
    shut = np.nan_to_num(steps.heating, nan=1.0) <= CLOSED
    long_shut = shut.copy()
    for lag in range(1, SHUT_BEFORE_STEPS + 1):
        long_shut[lag:] &= shut[:-lag]
    reached = np.where(np.nan_to_num(steps.damper, nan=1.0) > CLOSED, steps.outdoor, -np.inf)
    warmest = np.maximum(np.maximum(steps.back, reached), mixed_before_stop(steps))
    beyond = where(long_shut & steps.just_stopped(), steps.mixed - warmest - STANDSTILL_ERROR_K)
    return Margins("heat_at_standstill", "heating_valve", "G36 FC 15", highest_of_spells(beyond))


def mixed_before_stop(steps: Steps) -> Floats:
    """Give for each step the mixed air of the last step in which the fan ran throughout [°C]."""
    position = np.where(steps.fan > 0.99, np.arange(len(steps)), -1)
    last = np.maximum.accumulate(position)
    before: Floats = np.where(last >= 0, steps.mixed[last], np.nan)
    return before


def highest_of_spells(kelvins: Floats) -> Floats:
    """Put the highest margin of each spell into all of it: the air is warmest soon after the stop, then spreads."""
    spread = kelvins.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.isfinite(kelvins), [False]])))
    for first, end in edges.reshape(-1, 2):
        spread[first:end] = kelvins[first:end].max()
    return spread


def no_heat(steps: Steps, air: Air) -> Margins:
    """Heating asked for, the set point missed, and the air not warmed."""
    applies = (steps.heating > CLOSED) & ~(steps.cooling > CLOSED)
    missed = steps.heat_setpoint - steps.supply - SETPOINT_ERROR_K
    cold = LEAST_HEATING_K * steps.heating + FAN_RISE_K - air.rise - AIR_ERROR_K
    return Margins("no_heat", "heating_valve", "APAR 1, 3; G36 FC 5, 7", where(applies, np.minimum(missed, cold)))


def cold_not_asked_for(steps: Steps, air: Air) -> Margins:
    """The air gets colder while the cooling valve is shut."""
    applies = steps.cooling <= CLOSED
    return Margins(
        "cold_not_asked_for", "cooling_valve", "APAR 1, 7; G36 FC 5, 8, 14", where(applies, -air.rise - AIR_ERROR_K)
    )


def no_cold(steps: Steps, air: Air) -> Margins:
    """Cooling wide open, the set point missed, and the air hardly cooled."""
    applies = (steps.cooling >= 0.5) & ~(steps.heating > CLOSED) & (not air.is_cooling_proven)
    missed = steps.supply - steps.cool_setpoint - SETPOINT_ERROR_K
    warm = air.rise - FAN_RISE_K + LEAST_COOLING_K * steps.cooling - AIR_ERROR_K
    return Margins(
        "no_cold", "cooling_valve", "APAR 11, 13, 16, 19; G36 FC 12, 13", where(applies, np.minimum(missed, warm))
    )


def heats_and_cools(steps: Steps, air: Air) -> Margins:
    """Both valves open at once."""
    work = np.minimum(LEAST_HEATING_K * (steps.heating - CLOSED), LEAST_COOLING_K * (steps.cooling - CLOSED))
    return Margins("heats_and_cools", "control", "APAR 21, 22", where(~np.isnan(air.rise), work))


def weak_heating(steps: Steps, air: Air) -> Margins:
    """Heating fully open and warming, but short of a set point that an ordinary coil reaches."""
    applies = (steps.heating > CLOSED) & (steps.heat_setpoint - steps.mixed < DESIGN_HEATING_K) & ~np.isnan(air.rise)
    short = np.where(steps.heating >= OPEN, steps.heat_setpoint - steps.supply - SHORT_OF_SETPOINT_K, KEPT_K)
    return Margins("weak_heating", "heating_coil", "APAR 3, 4; G36 FC 7", where(applies, short))


def weak_cooling(steps: Steps, air: Air) -> Margins:
    """Cooling fully open and cooling, but short of a set point that an ordinary coil reaches."""
    applies = (steps.cooling > CLOSED) & (steps.mixed - steps.cool_setpoint < DESIGN_COOLING_K) & ~np.isnan(air.rise)
    short = np.where(steps.cooling >= OPEN, steps.supply - steps.cool_setpoint - SHORT_OF_SETPOINT_K, KEPT_K)
    return Margins("weak_cooling", "cooling_coil", "APAR 13, 14, 19, 20; G36 FC 13", where(applies, short))


def fan_unasked(steps: Steps, air: Air) -> Margins:
    """The fan runs while nobody is expected; one kelvin stands for it, since there is nothing to measure."""
    broken = np.where(np.nan_to_num(steps.fan) > 0.5, 1.0, KEPT_K)
    return Margins("fan_unasked", "control", "G36 5.16.1 (unoccupied mode)", where(steps.occupied < 0.01, broken))


RULES: tuple[Rule, ...] = (
    too_much_outdoor_air,
    too_little_outdoor_air,
    outdoor_air_at_standstill,
    mixed_air_outside,
    heat_not_asked_for,
    heat_at_standstill,
    no_heat,
    cold_not_asked_for,
    no_cold,
    heats_and_cools,
    weak_heating,
    weak_cooling,
    fan_unasked,
)
