"""What an air handling unit measured and was told to do, in quarter-hour steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

STEP_S = 900
HOURS_PER_STEP = STEP_S / 3600
SETTLING_STEPS = 2  # half an hour after the fan's start the air is still that of the standstill
SHORTEST_RUN_STEPS = 4
LONG_REST_STEPS = 16

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steps:
    """Quarter-hour means of one unit, all of shape (n_steps,), on a grid without holes; NaN where not known.

    `at_s` is where a step begins (Unix seconds). Temperatures in °C: supply, return (`back`), mixed and outdoor air;
    set points of the supply air for heating and for cooling (the same where there is one). Commands are shares 0 to 1
    of the outdoor air damper, heating and cooling valve. `fan` is the share of the step in which the supply fan ran.
    `occupied` is the share in which people were expected.
    """

    at_s: Floats
    supply: Floats
    back: Floats
    mixed: Floats
    outdoor: Floats
    heat_setpoint: Floats
    cool_setpoint: Floats
    damper: Floats
    heating: Floats
    cooling: Floats
    fan: Floats
    occupied: Floats

    def __len__(self) -> int:
        return int(self.at_s.size)

    def take(self, chosen: slice | Flags) -> "Steps":
        """Keep some steps."""
        return Steps(*(getattr(self, one.name)[chosen] for one in fields(self)))

    def runs(self) -> Flags:
        """Mark the steps in which the fan ran throughout, and had done so for half an hour."""
        on: Flags = np.nan_to_num(self.fan) > 0.99
        settled = on.copy()
        for lag in range(1, SETTLING_STEPS + 1):
            settled &= np.concatenate([np.zeros(min(lag, on.size), dtype=bool), on[:-lag]])
        return settled

    def long_stopped(self) -> Flags:
        """Mark the steps of a standstill from its fifth hour on: by then what the run left is gone."""
        off: Flags = self.fan < 0.01
        long_off = off.copy()
        for lag in range(1, LONG_REST_STEPS + 1):
            long_off &= np.concatenate([np.zeros(min(lag, off.size), dtype=bool), off[:-lag]])
        return long_off

    def just_stopped(self) -> Flags:
        """Mark the first hour of a standstill after at least an hour of running, its first step left out."""
        off: Flags = self.fan < 0.01
        marked = np.zeros(off.size, dtype=bool)
        for step in np.flatnonzero(off[1:] & ~off[:-1]) + 1:
            if step >= SHORTEST_RUN_STEPS and not off[step - SHORTEST_RUN_STEPS : step].any():
                marked[step + 1 : step + 5] = True
        return marked & off


@dataclass(frozen=True, slots=True)
class Signal:
    """How a field of `Steps` is measured, what one of its units is here, and for how many steps a value is held."""

    quantity: str
    channel: str
    scale: float = 1.0
    hold_steps: int = 4


PERCENT, DAY_STEPS = 0.01, 96
# Where a field names several, the first that is measured counts. States are sent when they change.
SIGNALS: Mapping[str, tuple[Signal, ...]] = {
    "supply": (Signal("air_temperature", "supply"),),
    "back": (Signal("air_temperature", "return"),),
    "mixed": (Signal("air_temperature", "mixed"),),
    "outdoor": (Signal("air_temperature", "outdoor"),),
    "heat_setpoint": (
        Signal("air_temperature", "supply_heating_setpoint"),
        Signal("air_temperature", "supply_setpoint"),
    ),
    "cool_setpoint": (
        Signal("air_temperature", "supply_cooling_setpoint"),
        Signal("air_temperature", "supply_setpoint"),
    ),
    "damper": (Signal("damper_position", "outdoor", PERCENT),),
    "heating": (Signal("valve_position", "heating", PERCENT),),
    "cooling": (Signal("valve_position", "cooling", PERCENT),),
    "fan": (Signal("fan_on", "supply", 1.0, DAY_STEPS),),
    "occupied": (Signal("occupancy_mode", "", 1.0, DAY_STEPS),),
}
ASKED = tuple(dict.fromkeys((one.quantity, one.channel) for several in SIGNALS.values() for one in several))


def lay_out(signals: Mapping[tuple[str, str], tuple[Sequence[int], Sequence[float]]]) -> Steps:
    """Put signals, each (slots, means) by (quantity, channel), on one grid; what is not measured is not known.

    A slot is a quarter of an hour counted from 1970. Commands without a valve of that kind count as not known.
    """
    slots = [slot for own, _ in signals.values() for slot in own]
    if not slots:
        return Steps(*(np.empty(0) for _ in fields(Steps)))
    first, n_steps = min(slots), max(slots) - min(slots) + 1
    grid = np.arange(first, first + n_steps, dtype=np.float64) * STEP_S
    columns = {}
    for name, several in SIGNALS.items():
        there = [one for one in several if (one.quantity, one.channel) in signals]
        own = [spread(signals[one.quantity, one.channel], one, first, n_steps) for one in there]
        columns[name] = own[0] if own else np.full(n_steps, np.nan)
    return Steps(at_s=grid, **columns)


def spread(own: tuple[Sequence[int], Sequence[float]], signal: Signal, first: int, n_steps: int) -> Floats:
    """Put one signal on the grid and hold each value until the next, for so many steps at most."""
    values = np.full(n_steps, np.nan)
    values[np.array(own[0], dtype=np.int64) - first] = np.array(own[1], dtype=np.float64) * signal.scale
    position = np.where(np.isfinite(values), np.arange(n_steps), -1)
    last = np.maximum.accumulate(position)
    is_held = (last >= 0) & (np.arange(n_steps) - last <= signal.hold_steps)
    held: Floats = np.where(is_held, values[last], np.nan)
    return held
