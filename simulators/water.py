"""A drinking water district: demand by the hour, pipes with flow and pressure, the pump that feeds them, the well's."""

import numpy as np

from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Table, every, tabulate
from simulators.place import Setting
from simulators.rhythm import Civil, follow, read_civil
from simulators.weather import Sky

STEP_S = 900
N_STEPS = DAY_S // STEP_S
STEP_H = STEP_S / 3600
HOUSEHOLD_M3_H = 0.0138  # 121 m³ a year
NIGHT_LOSS = 0.06  # flow at rest, as a share of mean demand, that a sound network loses anyway
PUMP_BAR = 5.2
NOMINAL_RPM = 2900.0
WELL_M = 36.0  # head that the well's pump works against at rest


class Water:
    """One district: pipe 1 is the inlet, the others branch off it; quarter-hour steps."""

    name = "water"
    step_s = STEP_S

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        draws = setting.chance.of("water")
        n = setting.plan.n_pipes
        self.households = np.concatenate(([0.0], draws.integers(80, 420, n - 1))).astype(float)
        self.mean_m3_h = self.households * HOUSEHOLD_M3_H
        self.rest = self.mean_m3_h * NIGHT_LOSS * draws.uniform(0.6, 1.5, n)
        self.height_bar = draws.uniform(0.0, 1.6, n)
        self.assets, self.devices = describe(setting, self.households)
        self.rows = {asset.slug: index for index, asset in enumerate(self.assets[:n])} | {"pompe-1": 0, "pompe-2": 0}
        self.pump_kwh, self.pump_h = float(draws.uniform(1e4, 9e4)), float(draws.uniform(2e3, 3e4))

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Give each pipe's own demand and losses [m³/h], and the pumps' bearing and wear, (n_pipes|1, n_steps)."""
        at_s = day.steps(STEP_S)
        draws = self.setting.chance.of("water", day.index)
        hot = np.clip(sky.at(at_s, "temperature") - 22, 0, 12) * 0.025
        shape = (self.mean_m3_h.size, N_STEPS)
        noise = draws.normal(1, 0.07, shape)
        values = {
            "demand": self.mean_m3_h[:, None] * (demand_rhythm(read_civil(at_s)) * (1 + hot))[None] * noise,
            "loss": self.rest[:, None] * draws.normal(1, 0.04, shape),
            "bearing": np.zeros((1, N_STEPS)),
            "wear": np.ones((1, N_STEPS)),
            "impeller": np.ones((1, N_STEPS)),
        }
        return Grid(self.name, at_s, self.rows, values)

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Let the inlet carry all branches, pressure fall with flow, and report pipes and pump."""
        if not day.is_full:
            return []
        draws = self.setting.chance.of("water sensors", day.index)
        flow = np.maximum(grid["demand"] + grid["loss"], 0)
        flow[0] += flow[1:].sum(axis=0)
        usual = self.mean_m3_h.copy()
        usual[0] = usual.sum()
        fall = 0.35 * (flow / (2 * np.maximum(usual[:, None], 0.1))) ** 1.85
        fall[1:] += 0.6 * fall[0]
        pressure = np.clip(PUMP_BAR - self.height_bar[:, None] - fall, 0.2, None)
        noise = 18 + 14 * np.clip(grid["loss"] / np.maximum(self.rest[:, None], 0.05) - 1, 0, 2)
        night = np.isin(read_civil(grid.at_s).hour, (3.0,))[None]
        series: list[tuple[Column, Floats]] = [
            (Column("", "flow", 2), flow * draws.normal(1, 0.008, flow.shape)),
            (Column("", "water_pressure", 2), pressure + draws.normal(0, 0.03, flow.shape)),
            (Column("", "noise_level", 0), np.where(night, noise + draws.normal(0, 2, flow.shape), np.nan)),
        ]
        n = flow.shape[0]
        pipes = tabulate("pipe", np.arange(n), grid.at_s, every(n, N_STEPS, 1), series)
        return [pipes, self.pump_table(grid, flow[:1], pressure[:1], sky, draws), self.well_table(day, grid)]

    def pump_table(self, grid: Grid, flow: Floats, pressure: Floats, sky: Sky, draws: np.random.Generator) -> Table:
        """Report the pump: vibration and bearing temperature rise as its bearing fails."""
        speed = NOMINAL_RPM * np.clip(0.72 + 0.28 * flow / (2 * max(float(self.mean_m3_h.sum()), 1)), 0.6, 1.08)
        bearing = grid["bearing"]
        watts = 1e5 * (pressure + 1.0) * flow / 3600 / 0.62 * grid["wear"] + 350
        kwh = self.pump_kwh + np.cumsum(watts, axis=1) * STEP_H / 1000
        hours: Floats = self.pump_h + np.arange(1, N_STEPS + 1, dtype=np.float64)[None] * STEP_H
        self.pump_kwh, self.pump_h = float(kwh[0, -1]), float(hours[0, -1])
        vibration = (1.1 + 0.5 * (speed / NOMINAL_RPM) ** 2 + 5.5 * bearing**1.6) * draws.lognormal(0, 0.05, flow.shape)
        room = 14 + 0.3 * sky.at(grid.at_s, "temperature")[None]
        warm = room + 22 * (speed / NOMINAL_RPM) + 30 * bearing**2 + draws.normal(0, 0.4, flow.shape)
        series: list[tuple[Column, Floats]] = [
            (Column("", "vibration_velocity", 2), vibration),
            (Column("", "bearing_temperature", 1), warm),
            (Column("", "rotation_speed", 0), speed + draws.normal(0, 6, flow.shape)),
            (Column("", "active_power", 0), watts * draws.normal(1, 0.01, flow.shape)),
            (Column("", "active_energy", 2), kwh),
            (Column("", "operating_hours", 1), hours),
            (Column("", "pump_on", 0), np.ones(flow.shape)),
        ]
        devices = np.array([self.mean_m3_h.size], dtype=np.int64)
        return tabulate("pump", devices, grid.at_s, every(1, N_STEPS, 1), series)

    def well_table(self, day: Day, grid: Grid) -> Table:
        """Report the well's pump: it fills the tank at the pace of the day; its power is what flow and head ask for."""
        draws = self.setting.chance.of("well", day.index)
        pace = (0.75 + 0.25 * demand_rhythm(read_civil(grid.at_s)))[None] * draws.uniform(0.92, 1.08)
        flow = float(self.mean_m3_h.sum() + self.rest.sum()) * pace * draws.normal(1, 0.02, pace.shape)
        head = WELL_M + 5 * pace**2 + draws.normal(0, 0.6)
        efficiency = 0.62 * (1 - 0.35 * (pace - 1) ** 2)
        watts = 9810 * flow / 3600 * head / efficiency * grid["impeller"] + 250
        series: list[tuple[Column, Floats]] = [
            (Column("", "flow", 2), flow * draws.normal(1, 0.006, flow.shape)),
            (Column("", "head", 1), head + draws.normal(0, 0.2, flow.shape)),
            (Column("", "active_power", 0), watts * draws.normal(1, 0.01, flow.shape)),
        ]
        devices = np.array([self.mean_m3_h.size + 1], dtype=np.int64)
        return tabulate("well_pump", devices, grid.at_s, every(1, N_STEPS, 1), series)


def demand_rhythm(civil: Civil) -> Floats:
    """Give demand relative to its mean: least at three, most in the morning and evening, later at week-ends."""
    working = follow(
        civil.hour, [(0, 0.3), (3, 0.12), (5.5, 0.5), (7.5, 2.2), (10, 1.1), (12.5, 1.4), (15, 0.9), (19.5, 1.9)]
    )
    resting = follow(civil.hour, [(0, 0.35), (3.5, 0.14), (7, 0.5), (10, 2.1), (13, 1.6), (16, 1.1), (20, 1.7)])
    away = np.where(civil.is_school_holiday, 0.93, 1.0)
    rhythm: Floats = np.where(civil.is_working, working, resting) * away
    return rhythm


def describe(setting: Setting, households: Floats) -> tuple[list[Asset], list[Device]]:
    """List the pipes, the inlet first, on which the others hang, then the pump."""
    longitude, latitude = setting.point("water district", 0, 1.0)
    assets, devices = [], []
    for index in range(households.size):
        slug = f"conduite-{index + 1:02d}"
        name = "Conduite d'alimentation" if index == 0 else f"Conduite de secteur {index + 1}"
        place = setting.near(longitude, latitude, setting.chance.of("place pipe", index), 0.9)
        n = int(households[index] if index else households.sum())
        inventory = {"material": "fonte", "diameter_mm": 100, "n_connections": n}
        assets.append(Asset(slug, name, "water_pipe", *place, "conduite-01" if index else None, inventory))
        devices.append(Device(slug, name, "pipe", "debitmetre", "gw-eau-1", 900, {"*": slug}))
    assets.append(
        Asset("pompe-1", "Pompe de surpression", "pump", longitude, latitude, traits=frozenset({"vibration"}))
    )
    devices.append(Device("pompe-1", "Pompe de surpression", "pump", "variateur", "gw-eau-1", 900, {"*": "pompe-1"}))
    place = setting.near(longitude, latitude, setting.chance.of("place well"), 2.0)
    assets.append(Asset("pompe-2", "Pompe de forage", "pump", *place, traits=frozenset({"flow_meter"})))
    # A modem of its own: no gateway of the town reaches the well.
    devices.append(Device("pompe-2", "Pompe de forage", "well_pump", "telegestion", None, 900, {"*": "pompe-2"}))
    return assets, devices
