"""What was drawn for each light cabinet: old and new lamps, dimming, switch-off, when it was renovated."""

from dataclasses import dataclass

import numpy as np

from simulators.grid import DAY_S, Floats, Integers
from simulators.place import Setting

LOWEST_SAVING, HIGHEST_SAVING = 0.05, 0.60
BALLAST_LOSS = 1.15  # sodium lamp with its ballast, watts drawn per watt of lamp
LED_RATIO = 0.40  # LED watts per watt drawn before
SODIUM_W = np.array([70.0, 100.0, 150.0])
# Switch-off windows a council may vote, local hours, and the share of a year's burning hours they cover
# (integrated over the sun of 47.5 degrees north).
WINDOWS = (((0.0, 0.0), 0.0), ((1.0, 4.0), 0.265), ((0.0, 5.0), 0.443), ((23.5, 5.0), 0.487))
DIM_FROM, DIM_TO = 22.0, 6.0
OFF_PEAK_FROM, OFF_PEAK_TO = 22.5, 6.5  # hours of the cheap tariff
USUALLY_OUT = 0.022  # share of the old lamps that were dark on an ordinary night
STANDBY_SHARE = 0.011  # what controllers draw, as a share of what the old lamps drew


@dataclass(frozen=True, slots=True)
class LightingPlan:
    """Arrays of one value per cabinet, and of one value per lamp.

    `off_from` equals `off_to` where nothing is switched off; `dim_level` is 1 where nothing is dimmed. Watts are drawn
    from the mains, with control gear. `inventory_w` is what the town's list says, with its mistakes.
    """

    lamp_cabinet: Integers
    old_w: Floats
    new_w: Floats
    inventory_w: Floats
    new_inventory_w: Floats
    saving_target: Floats
    off_from: Floats
    off_to: Floats
    dim_level: Floats
    renovated_s: Integers
    threshold_deg: Floats

    @property
    def n_cabinets(self) -> int:
        """Count the cabinets."""
        return self.off_from.size

    def per_cabinet(self, lamp_values: Floats) -> Floats:
        """Add up one value per lamp to one value per cabinet."""
        return np.bincount(self.lamp_cabinet, lamp_values, self.n_cabinets).astype(np.float64)


def draw_lighting_plan(setting: Setting) -> LightingPlan:
    """Draw a saving between 5 and 60 % for each cabinet, then the measures that reach it."""
    draws = setting.chance.of("lighting plan")
    n_cabinets, n_lamps = setting.plan.n_cabinets, setting.plan.n_lamps
    cabinet = np.sort(draws.integers(0, n_cabinets, n_lamps))
    cabinet[:n_cabinets] = np.arange(n_cabinets)  # none without a lamp
    cabinet.sort()
    target = draws.uniform(LOWEST_SAVING, HIGHEST_SAVING, n_cabinets)
    window = np.array([draw_window(saving, draws) for saving in target])
    shares = np.array([share for _, share in WINDOWS])[window]
    dim_level, remaining = draw_dimming(target, shares, draws)
    nominal = draws.choice(SODIUM_W, n_lamps, p=[0.35, 0.45, 0.20])
    old_w = nominal * BALLAST_LOSS * draws.normal(1, 0.03, n_lamps)
    new_w = relamp(old_w, cabinet, remaining, draws)
    return LightingPlan(
        lamp_cabinet=cabinet.astype(np.int64),
        old_w=old_w,
        new_w=new_w,
        inventory_w=take_inventory(nominal * BALLAST_LOSS, draws),
        new_inventory_w=take_inventory(np.round(new_w), draws),
        saving_target=target,
        off_from=np.array([hours[0] for hours, _ in WINDOWS])[window],
        off_to=np.array([hours[1] for hours, _ in WINDOWS])[window],
        dim_level=dim_level,
        renovated_s=setting.start_s - DAY_S * draws.integers(0, 31, n_cabinets),
        threshold_deg=draws.normal(-3.0, 0.4, n_cabinets),
    )


def draw_window(saving: float, draws: np.random.Generator) -> int:
    """Choose a switch-off window that leaves something for the other measures to save."""
    possible = [index for index, (_, share) in enumerate(WINDOWS) if share < saving - 0.03]
    return int(draws.choice(possible)) if possible else 0


def draw_dimming(saving: Floats, off_share: Floats, draws: np.random.Generator) -> tuple[Floats, Floats]:
    """Choose a dimmed level, and give the watts per old watt that relamping must reach for the rest of the saving."""
    dim_share = np.maximum(0.69 - off_share, 0)  # of a year's burning hours, between 22:00 and 6:00 and not off
    most = np.clip((saving - off_share - 0.01) / np.maximum(dim_share, 0.05), 0, 0.5)
    level = np.where(draws.random(saving.size) < 0.6, 1 - most * draws.uniform(0.3, 1.0, saving.size), 1.0)
    kept = 1 - off_share - dim_share * (1 - level)
    return level, np.clip((1 - saving) * (1 - USUALLY_OUT) / kept - STANDBY_SHARE, 0.25, 1.0)


def relamp(old_w: Floats, cabinet: Integers, remaining: Floats, draws: np.random.Generator) -> Floats:
    """Replace as many lamps by LED as bring each cabinet to its remaining share of watts, and size the LED to fit."""
    new_w = old_w.copy()
    for index, share in enumerate(remaining.tolist()):
        lamps = draws.permutation(np.flatnonzero(cabinet == index))
        saved_w = (1 - share) * old_w[lamps].sum()
        reach_w = np.cumsum(old_w[lamps]) * (1 - LED_RATIO)
        chosen = lamps[: int(np.searchsorted(reach_w, saved_w)) + 1]
        new_w[chosen] = old_w[chosen] * (1 - saved_w / old_w[chosen].sum())
    return new_w


def take_inventory(true_w: Floats, draws: np.random.Generator) -> Floats:
    """Write down watts as inventories do: rounded, and wrong for one lamp in twenty."""
    factor = np.where(draws.random(true_w.size) < 0.05, draws.choice([0.7, 1.4], true_w.size), 1.0)
    return np.round(true_w * factor).astype(np.float64)
