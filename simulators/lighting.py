"""Street lighting: cabinets with meters, lamps with controllers, before and after their renovation."""

import numpy as np
from numpy.typing import NDArray

from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Integers, Table, every, tabulate
from simulators.lighting_plan import DIM_FROM, DIM_TO, OFF_PEAK_FROM, OFF_PEAK_TO, LightingPlan, draw_lighting_plan
from simulators.place import Setting
from simulators.rhythm import is_between, read_civil, sun_elevation_deg
from simulators.weather import Sky

STEP_S = 300
N_STEPS = DAY_S // STEP_S
PER_HOUR = 3600 // STEP_S
BEAT_STEPS = 18
STANDBY_W = 0.6  # a lamp controller while the lamp is off
CABINET_W = 14.0  # clock, modem and contactor
CABLE_LOSS = 1.03
CLEARLY_DIMMED = 0.85  # level at most, at which a lamp that does not dim is told from one that does
DERATES_FROM_C, MOST_OVER_K = 40.0, 30.0  # of the gear of a lamp that takes its power back
KWH_PER_W_STEP = STEP_S / 3600 / 1000
COMPONENTS = ("baseline", "relamped", "dimmed", "switched_off", "used")


class Lighting:
    """Lamps and cabinets, in five-minute steps."""

    name = "lighting"
    step_s = STEP_S

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.plan = draw_lighting_plan(setting)
        self.assets, self.devices = describe(setting, self.plan)
        self.rows = {asset.slug: index for index, asset in enumerate(self.assets[: self.plan.n_cabinets])}
        self.rows |= {asset.slug: index for index, asset in enumerate(self.assets[self.plan.n_cabinets :])}
        n_cabinets, n_lamps = self.plan.n_cabinets, self.plan.lamp_cabinet.size
        self.cabinet_kwh = self.setting.chance.of("meters").uniform(2_000, 90_000, n_cabinets)
        self.lamp_kwh, self.lamp_h = np.zeros(n_lamps), np.zeros(n_lamps)
        self.lamp_level = np.zeros(n_lamps)
        self.mains = np.zeros(n_cabinets)
        self.out_share = np.full(n_cabinets, 0.02)
        self.rssi = setting.chance.of("lamp radio").normal(-88, 7, n_lamps)
        self.daily: list[tuple[int, Floats, Floats]] = []  # day, kWh by rung and cabinet, of which off-peak

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Say when each cabinet feeds its lamps and how far each lamp is dimmed; (n, n_steps)."""
        at_s = day.steps(STEP_S)
        hour = read_civil(at_s).hour
        values = {"dark": self.is_dark(at_s, sky), "feed": np.ones((self.plan.n_cabinets, N_STEPS))}
        values["dim"] = np.where(is_between(hour, DIM_FROM, DIM_TO)[None], self.plan.dim_level[:, None], 1.0)
        is_off = is_between(hour[None], self.plan.off_from[:, None], self.plan.off_to[:, None])
        values["allowed"] = np.where(is_off, 0.0, 1.0)
        if day.is_full:
            n_lamps = self.plan.lamp_cabinet.size
            values |= {name: np.ones((n_lamps, N_STEPS)) for name in ("works", "ballast", "power_factor", "follows")}
            values |= {name: np.zeros((n_lamps, N_STEPS)) for name in ("forced", "gear_rise", "derating")}
        return Grid(self.name, at_s, self.rows, values)

    def is_dark(self, at_s: Integers, sky: Sky) -> Floats:
        """Give 1 where a cabinet's photocell wants light: by the sun, a little earlier under clouds."""
        elevation = sun_elevation_deg(at_s, self.setting.latitude, self.setting.longitude)
        threshold = self.plan.threshold_deg[:, None] + 0.7 * (sky.at(at_s, "cloud") - 0.5)[None]
        return np.where(elevation[None] < threshold, 1.0, 0.0)

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Add up watts, count kilowatt-hours, and report cabinets and lamps."""
        draws = self.setting.chance.of("lighting", day.index)
        drift = 0.9 * self.mains + draws.normal(0, 0.004, self.mains.size)
        steps = self.mains[:, None] + (drift - self.mains)[:, None] * (np.arange(N_STEPS) / N_STEPS)[None]
        mains, self.mains = 1 + steps, drift
        is_new = grid.at_s[None] >= self.plan.renovated_s[:, None]
        old = self.old_watts(grid, draws)
        new, lamp_watts, lamp_level = self.new_watts(grid, day, sky)
        used = np.where(is_new, new, old)
        watts = (used * mains * CABLE_LOSS + CABINET_W) * (1 + draws.normal(0, 0.004, used.shape)) * grid["feed"]
        ladder = self.climb(grid, old, used, is_new) * mains * CABLE_LOSS + CABINET_W
        ladder[-1] *= grid["feed"]
        is_cheap = is_between(read_civil(grid.at_s).hour, OFF_PEAK_FROM, OFF_PEAK_TO)
        kwh = ladder * KWH_PER_W_STEP
        self.daily.append((day.start_s, kwh.sum(axis=2), kwh[:, :, is_cheap].sum(axis=2)))
        tables = [self.cabinet_table(day, grid, watts, mains)]
        if day.is_full:
            tables.append(self.lamp_table(grid, lamp_watts * mains[self.plan.lamp_cabinet], lamp_level, sky))
        return tables

    def old_watts(self, grid: Grid, draws: np.random.Generator) -> Floats:
        """Give the watts of the lamps as they were before, a few of them always out, (n_cabinets, n_steps)."""
        self.out_share = np.clip(0.97 * self.out_share + 0.0006 + draws.normal(0, 0.003, self.out_share.size), 0, 0.08)
        lit: Floats = self.plan.per_cabinet(self.plan.old_w) * (1 - self.out_share)
        return np.asarray(lit[:, None] * grid["dark"], dtype=np.float64)

    def new_watts(self, grid: Grid, day: Day, sky: Sky) -> tuple[Floats, Floats, Floats]:
        """Give the watts of the lamps as renovated: per cabinet, per lamp, and the level 0 to 1 asked of each lamp."""
        level = grid["dark"] * grid["allowed"] * grid["dim"]
        if not day.is_full:
            lit = self.plan.per_cabinet(self.plan.new_w)[:, None] * level
            return lit + self.standby()[:, None], np.empty((0, 0)), np.empty((0, 0))
        cabinet = self.plan.lamp_cabinet
        lamp_level = np.maximum(level[cabinet], grid["forced"]) * grid["works"] * grid["feed"][cabinet]
        held = np.where(lamp_level > 0, lamp_level + (1 - lamp_level) * (1 - grid["follows"]), 0.0)
        over_k = np.clip(gear_temperature(grid, lamp_level, sky) - DERATES_FROM_C, 0, MOST_OVER_K)
        watts = held * self.plan.new_w[:, None] * grid["ballast"] * (1 - grid["derating"] * over_k) + STANDBY_W
        first_lamps = np.searchsorted(cabinet, np.arange(self.plan.n_cabinets))
        total: Floats = np.add.reduceat(watts, first_lamps, axis=0)
        return total, watts, lamp_level

    def standby(self) -> Floats:
        """Give the watts of the controllers of each cabinet."""
        return STANDBY_W * self.plan.per_cabinet(np.ones(self.plan.lamp_cabinet.size))

    def climb(self, grid: Grid, old: Floats, used: Floats, is_new: NDArray[np.bool_]) -> Floats:
        """Give the lamps' watts with each measure added in turn, (n_components, n_cabinets, n_steps).

        The difference of two rungs is what a measure saved.
        """
        standby = self.standby()[:, None]
        lit = self.plan.per_cabinet(self.plan.new_w)[:, None] * grid["dark"]
        steps = (lit, lit * grid["dim"], lit * grid["dim"] * grid["allowed"])
        return np.stack([old, *(np.where(is_new, step + standby, old) for step in steps), used])

    def cabinet_table(self, day: Day, grid: Grid, watts: Floats, mains: Floats) -> Table:
        """Report each cabinet's meter every quarter of an hour, every hour before the town was fitted out."""
        register = self.cabinet_kwh[:, None] + np.cumsum(watts, axis=1) * KWH_PER_W_STEP
        self.cabinet_kwh = register[:, -1]
        period = 3 if day.is_full else PER_HOUR
        hourly = every(self.plan.n_cabinets, N_STEPS, PER_HOUR)
        series: list[tuple[Column, Floats]] = [
            (Column("", "active_energy", 3), before(register, watts)),
            (Column("", "active_power", 0), watts),
            (Column("l1", "voltage", 1), np.where(hourly, 230 * (2 - mains) * grid["feed"], np.nan)),
        ]
        devices = np.arange(self.plan.n_cabinets)
        return tabulate("cabinet", devices, grid.at_s, every(devices.size, N_STEPS, period), series)

    def lamp_table(self, grid: Grid, watts: Floats, level: Floats, sky: Sky) -> Table:
        """Report each lamp when its level changes, every hour and a half while it burns, every three hours by day."""
        before_level = np.concatenate((self.lamp_level[:, None], level[:, :-1]), axis=1)
        self.lamp_level = level[:, -1].copy()
        n_lamps = watts.shape[0]
        phases = np.arange(n_lamps) * 7
        beat, sparse = every(n_lamps, N_STEPS, BEAT_STEPS, phases), every(n_lamps, N_STEPS, 2 * BEAT_STEPS, phases)
        twice = every(n_lamps, N_STEPS, N_STEPS // 2, phases)
        changed = np.abs(level - before_level) > 0.01
        reported = changed | (beat & (level > 0)) | sparse | twice
        reported &= grid["feed"][self.plan.lamp_cabinet] > 0
        kwh = self.lamp_kwh[:, None] + np.cumsum(watts, axis=1) * KWH_PER_W_STEP
        hours = self.lamp_h[:, None] + np.cumsum(level > 0, axis=1) * (STEP_S / 3600)
        self.lamp_kwh, self.lamp_h = kwh[:, -1], hours[:, -1]
        gear = gear_temperature(grid, level, sky)
        burning = sparse & (level > 0)
        power_factor = np.where(level > 0, (0.955 - 0.05 * (1 - level)) * grid["power_factor"], 0.42)
        series: list[tuple[Column, Floats]] = [
            (Column("", "active_power", 1), watts),
            (Column("", "dimming_level", 0), np.where(changed | twice, 100 * level, np.nan)),
            (Column("", "power_factor", 3), np.where(burning, power_factor, np.nan)),
            (Column("", "active_energy", 3), np.where(sparse, before(kwh, watts), np.nan)),
            (Column("", "operating_hours", 1), np.where(twice, hours, np.nan)),
            (Column("", "gear_temperature", 0), np.where(burning, gear, np.nan)),
            (Column("", "rssi", 0), np.where(twice, self.rssi[:, None], np.nan)),
        ]
        return tabulate("lamp", np.arange(n_lamps) + self.plan.n_cabinets, grid.at_s, reported, series)


def gear_temperature(grid: Grid, level: Floats, sky: Sky) -> Floats:
    """Give the temperature of each lamp's gear [°C] at its level, (n_lamps, n_steps)."""
    air = sky.at(grid.at_s, "temperature")[None]
    return np.asarray(air + 18 * level + grid["gear_rise"] * (level > 0), dtype=np.float64)


def before(register: Floats, watts: Floats) -> Floats:
    """Give a register as it stood at the start of each step."""
    return register - watts * KWH_PER_W_STEP


def describe(setting: Setting, plan: LightingPlan) -> tuple[list[Asset], list[Device]]:
    """List cabinets first, then lamps, with what the inventory says of them."""
    assets, devices = [], []
    for index in range(plan.n_cabinets):
        slug = f"armoire-{index + 1:02d}"
        longitude, latitude = setting.point("cabinet", index)
        inventory = {
            "n_lamps": int((plan.lamp_cabinet == index).sum()),
            "installed_on": str(np.datetime64(int(plan.renovated_s[index]), "s").astype("datetime64[D]")),
        }
        name = f"Armoire d'éclairage {index + 1}"
        assets.append(Asset(slug, name, "light_cabinet", longitude, latitude, None, inventory))
        gateway = f"gw-lumiere-{index // 3 + 1}"
        devices.append(Device(slug, name, "cabinet", "compteur-armoire", gateway, 900, {"*": slug}))
    for index, cabinet in enumerate(plan.lamp_cabinet.tolist()):
        asset = describe_lamp(setting, plan, index, assets[cabinet])
        assets.append(asset)
        gateway = f"gw-lumiere-{cabinet // 3 + 1}"
        devices.append(
            Device(asset.slug, asset.name, "lamp", "pilote-lampe", gateway, 10_800, {"*": asset.slug}, "mesh")
        )
    return assets, devices


def describe_lamp(setting: Setting, plan: LightingPlan, index: int, cabinet: Asset) -> Asset:
    """Describe one lamp as the inventory does."""
    draws = setting.chance.of("place lamp", index)
    longitude, latitude = setting.near(cabinet.longitude, cabinet.latitude, draws, 0.35)
    inventory = {
        "cabinet": cabinet.slug,
        "power_before_w": float(plan.inventory_w[index]),
        "nominal_power_w": float(plan.new_inventory_w[index]),
        "lamp_kind": "led" if plan.new_w[index] < 0.9 * plan.old_w[index] else "sodium",
    }
    is_dimmed = plan.dim_level[plan.lamp_cabinet[index]] <= CLEARLY_DIMMED
    return Asset(
        f"lampe-{index + 1:05d}",
        f"Lampe {index + 1}",
        "street_light",
        longitude,
        latitude,
        cabinet.slug,
        inventory,
        frozenset({"dimmed"} if is_dimmed else ()),
    )
