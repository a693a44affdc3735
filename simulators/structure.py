"""Bridges: bearings and spans that move with temperature and traffic, and sometimes settle."""

import numpy as np

from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Table, every, tabulate
from simulators.place import Setting
from simulators.weather import Sky

STEP_S = 600
N_STEPS = DAY_S // STEP_S
PARTS = ("appui-nord-amont", "appui-nord-aval", "appui-sud-amont", "appui-sud-aval", "travee-1", "travee-2")
N_BEARINGS = 4
STRAIN_PER_K = 10.5  # restrained part of thermal strain, µm/m per K
SLIDE_PER_K = 0.32  # a 28 m deck on sliding bearings, mm per K
THERMAL_LAG_H = 5.0


class Structure:
    """All bridges, in ten-minute steps; each has four bearings and two spans."""

    name = "structure"
    step_s = STEP_S

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.assets, self.devices = describe(setting)
        elements = [asset for asset in self.assets if asset.type == "bridge_element"]
        self.rows = {asset.slug: index for index, asset in enumerate(elements)}
        n = len(elements)
        draws = setting.chance.of("structure")
        self.response = draws.normal(1, 0.15, n)
        self.tilt_zero = draws.normal(0, 0.08, n)
        self.is_bearing = np.arange(n) % len(PARTS) < N_BEARINGS
        self.deck_c = 8.0

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Give each element's settlement [mm] and what passes over it."""
        at_s = day.steps(STEP_S)
        shape = (self.response.size, N_STEPS)
        return Grid(self.name, at_s, self.rows, {"settlement": np.zeros(shape), "traffic": np.ones(shape)})

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Report displacement, tilt, strain and deck temperature every ten minutes."""
        deck = self.warm_deck(sky)
        if not day.is_full:
            return []
        draws = self.setting.chance.of("structure", day.index)
        shape = grid["settlement"].shape
        warm = (deck - 10)[None] * self.response[:, None]
        busy = grid["traffic"] * np.interp(
            (grid.at_s % DAY_S) / 3600, [0, 4, 7, 12, 17, 22], [0.2, 0.1, 1, 0.8, 1, 0.4]
        )
        bearing = self.is_bearing[:, None]
        displacement = np.where(bearing, SLIDE_PER_K * warm, 0.05 * warm) + grid["settlement"]
        tilt = self.tilt_zero[:, None] + 0.0015 * warm + 0.006 * grid["settlement"]
        strain = STRAIN_PER_K * warm + 9 * busy * draws.gamma(2, 0.5, shape) - 1.6 * grid["settlement"]
        series: list[tuple[Column, Floats]] = [
            (Column("", "displacement", 2), displacement + draws.normal(0, 0.03, shape)),
            (Column("", "tilt", 3), tilt + draws.normal(0, 0.002, shape)),
            (Column("", "strain", 1), np.where(bearing, np.nan, strain + draws.normal(0, 1.0, shape))),
            (Column("", "temperature", 1), np.where(bearing, np.nan, deck[None] + draws.normal(0, 0.1, shape))),
        ]
        n = shape[0]
        return [tabulate("bridge_element", np.arange(n), grid.at_s, every(n, N_STEPS, 1), series)]

    def warm_deck(self, sky: Sky) -> Floats:
        """Let the deck follow air and sun with a few hours' delay [°C]."""
        push = sky.temperature + 0.016 * sky.irradiance
        keep = np.exp(-STEP_S / 3600 / THERMAL_LAG_H)
        deck = np.empty(N_STEPS)
        for step in range(N_STEPS):
            self.deck_c = keep * self.deck_c + (1 - keep) * float(push[step])
            deck[step] = self.deck_c
        return deck


def describe(setting: Setting) -> tuple[list[Asset], list[Device]]:
    """List the bridges' elements."""
    assets, devices = [], []
    for bridge in range(setting.plan.n_bridges):
        longitude, latitude = setting.point("bridge", bridge, 1.3)
        slug, name = f"pont-{bridge + 1}", f"Pont {bridge + 1}"
        for part in PARTS:
            element, title = f"{slug}-{part}", f"{name}, {part.replace('-', ' ')}"
            kind = "bearing" if part.startswith("appui") else "span"
            inventory = {"bridge": slug, "element_kind": kind, "material": "concrete"}
            assets.append(Asset(element, title, "bridge_element", longitude, latitude, None, inventory))
            devices.append(Device(element, title, "bridge_element", "centrale-pont", "gw-pont-1", 600, {"*": element}))
    return assets, devices
