"""Air handling units for tests: steady ones made by hand, and those of simulated towns."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace

import numpy as np

from analytics.hvac.unit import ASKED, STEP_S, Steps, lay_out
from simulators.town import Block, Town
from tests.support.towns import by_series

MONDAY_S = 1_736_726_400.0  # 2025-01-13
N_STEPS = 96
RUNS = slice(28, 76)  # 07:00 to 19:00


def a_unit(n_days: int = 1, **changes: float) -> Steps:
    """A sound unit on winter days: a fifth outdoor air at 5 °C, heated by a third of its coil; fan by day.

    `changes` set fields to a constant while the fan runs; with `_at_rest` behind the name, while it does not.
    """
    ordinary = {
        "supply": 23.0,
        "back": 21.0,
        "mixed": 17.8,
        "outdoor": 5.0,
        "heat_setpoint": 22.5,
        "cool_setpoint": 22.5,
    }
    commands = {"damper": 0.2, "heating": 0.33, "cooling": 0.0, "fan": 1.0, "occupied": 1.0}
    at_rest = {"mixed": 20.8, "supply": 20.9, "damper": 0.0, "heating": 0.0, "fan": 0.0, "occupied": 0.0}
    at_s = MONDAY_S + STEP_S * np.arange(n_days * N_STEPS)
    running = np.zeros(at_s.size, dtype=bool).reshape(n_days, N_STEPS)
    running[:, RUNS] = True
    by_name = {**ordinary, **commands, **changes}
    columns = {
        name: np.where(running.ravel(), by_name[name], changes.get(f"{name}_at_rest", at_rest.get(name, by_name[name])))
        for name in (one.name for one in fields(Steps) if one.name != "at_s")
    }
    return Steps(at_s=at_s, **columns)


def with_noise(steps: Steps, kelvins: float, seed: int = 1) -> Steps:
    """Add what sensors scatter by to all air temperatures."""
    draws = np.random.default_rng(seed)
    names = ("supply", "back", "mixed", "outdoor")
    return replace(steps, **{name: getattr(steps, name) + draws.normal(0, kelvins, len(steps)) for name in names})


def units_of(town: Town, blocks: Iterable[Block]) -> Mapping[str, Steps]:
    """Give the steps of each air handling unit of a town."""
    slots: dict[str, dict[tuple[str, str], tuple[list[int], list[float]]]] = {}
    for (device, channel, quantity), (at_s, values) in by_series(town, blocks).items():
        if device.startswith("cta-") and (quantity, channel) in ASKED:
            own = (at_s // STEP_S).astype(int).tolist(), values.tolist()
            slots.setdefault(device, {})[quantity, channel] = own
    return {device: lay_out(signals) for device, signals in slots.items()}
