"""Parking: bays that fill and empty by the hour of the week, and car parks that count their places."""

import numpy as np

from simulators.chance import draw_counts
from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Table, every, tabulate
from simulators.place import Cells, Setting
from simulators.rhythm import Civil, follow, read_civil
from simulators.weather import Sky

STEP_S = 300
N_STEPS = DAY_S // STEP_S
HEARTBEAT_STEPS = 4 * 3600 // STEP_S
ZONES = ("centre", "gare", "residence")
LONGEST_STAY_MIN = 120  # in the centre
MEAN_STAY_MIN = {"centre": 42.0, "gare": 290.0, "residence": 170.0}
# Share of bays taken at local hours on working days, on Saturdays, on Sundays and public holidays.
CURVES: dict[str, tuple[list[tuple[float, float]], ...]] = {
    "centre": (
        [(0, 0.12), (7, 0.16), (9, 0.62), (11, 0.88), (13, 0.66), (15, 0.74), (17.5, 0.86), (20, 0.42), (23, 0.16)],
        [(0, 0.15), (8, 0.25), (10.5, 0.93), (13, 0.70), (16, 0.88), (19, 0.50), (23, 0.22)],
        [(0, 0.14), (9, 0.18), (11, 0.42), (14, 0.28), (18, 0.26), (23, 0.14)],
    ),
    "gare": (
        [(0, 0.15), (6, 0.20), (8, 0.82), (12, 0.92), (16.5, 0.86), (19, 0.30), (23, 0.16)],
        [(0, 0.14), (9, 0.30), (14, 0.38), (20, 0.20)],
        [(0, 0.13), (10, 0.18), (18, 0.24), (21, 0.16)],
    ),
    "residence": (
        [(0, 0.93), (6.5, 0.92), (9, 0.52), (13, 0.50), (17, 0.60), (20, 0.86), (23, 0.93)],
        [(0, 0.92), (10, 0.72), (15, 0.62), (20, 0.84), (23, 0.92)],
        [(0, 0.92), (10, 0.82), (15, 0.68), (20, 0.88), (23, 0.93)],
    ),
}


class Parking:
    """Bays and car parks, in five-minute steps."""

    name = "parking"
    step_s = STEP_S

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        draws = setting.chance.of("parking")
        plan = setting.plan
        self.zone = draws.choice(3, plan.n_bays, p=[0.5, 0.2, 0.3])
        self.appeal = draws.normal(0, 0.35, plan.n_bays)
        self.stay_s = 60 * np.array(list(MEAN_STAY_MIN.values()))[self.zone] * draws.lognormal(0, 0.15, plan.n_bays)
        self.cells = Cells(draws, plan.n_bays, 1900)
        self.capacity = draws.integers(60, 320, plan.n_car_parks).astype(float)
        self.park_zone = np.arange(plan.n_car_parks) % 2
        self.is_taken = draws.random(plan.n_bays) < 0.4
        self.shown = np.zeros(plan.n_bays)
        self.inside = self.capacity * 0.2
        self.entries, self.exits = np.zeros(plan.n_car_parks), np.zeros(plan.n_car_parks)
        self.hourly: list[tuple[int, Floats, Floats]] = []  # day; of bays and of car parks, by hour
        self.assets, self.devices = describe(setting, self.zone, self.capacity)
        self.rows = {asset.slug: index for index, asset in enumerate(self.assets[: plan.n_bays])}
        self.rows |= {asset.slug: index for index, asset in enumerate(self.assets[plan.n_bays :])}

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Give the share of time each bay and car park would be taken, and how bays are bent away from it."""
        at_s = day.steps(STEP_S)
        civil = read_civil(at_s)
        rain = np.clip(sky.at(at_s, "rain"), 0, 4) / 4
        demand = np.stack([zone_demand(zone, civil) for zone in ZONES]) * (1 - 0.08 * rain)[None]
        odds = np.log(demand / (1 - demand))
        n_bays = self.zone.size
        values = {
            "target": 1 / (1 + np.exp(-(odds[self.zone] + self.appeal[:, None]))),
            "park_target": demand[self.park_zone],
            "stuck": np.full((n_bays, N_STEPS), np.nan),
            "closed": np.zeros((n_bays, N_STEPS)),
            "charge": self.cells.level(at_s),
        }
        return Grid(self.name, at_s, self.rows, values)

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Park cars by the targets; bays report changes and every four hours, car parks every quarter of an hour."""
        draws = self.setting.chance.of("parking", day.index)
        before = self.is_taken
        taken = self.park_cars(grid, draws)
        bays_by_hour = by_hour_of_bays(before, taken, grid["closed"] > 0)
        shown = np.where(np.isnan(grid["stuck"]), np.where(grid["closed"] > 0, 2.0, taken), grid["stuck"])
        changed = shown != np.concatenate((self.shown[:, None], shown[:, :-1]), axis=1)
        self.shown = shown[:, -1].copy()
        n_bays = shown.shape[0]
        beat = every(n_bays, N_STEPS, HEARTBEAT_STEPS, np.arange(n_bays) * 5)
        rssi, snr = self.cells.signal(N_STEPS, draws)
        rssi = rssi - 9 * taken  # a car on top of the sensor
        cold = sky.at(grid.at_s, "temperature")[None] + draws.normal(0, 0.4, shown.shape)
        daily = every(n_bays, N_STEPS, N_STEPS, np.arange(n_bays) * 5)
        rare = np.where(daily, 1.0, np.nan)
        series: list[tuple[Column, Floats]] = [
            (Column("", "occupancy", 0), shown),
            (Column("", "temperature", 0), cold * rare),
            (Column("", "battery_level", 0), grid["charge"] * rare),
            (Column("", "rssi", 0), rssi * rare),
            (Column("", "snr", 1), snr * rare),
        ]
        bays = tabulate("bay", np.arange(n_bays), grid.at_s, changed | beat | daily, series)
        parks, parks_by_hour = self.park_table(grid, draws)
        self.hourly.append((day.start_s, bays_by_hour, parks_by_hour))
        return [bays, parks]

    def park_cars(self, grid: Grid, draws: np.random.Generator) -> Floats:
        """Step a two-state chain whose balance is the target and whose mean stay is the zone's."""
        leaves = 1 - np.exp(-STEP_S / self.stay_s)[:, None] * np.ones((1, N_STEPS))
        share = np.clip(grid["target"], 0.01, 0.985)
        comes = np.clip(leaves * share / (1 - share), 0, 0.9)
        luck = draws.random(share.shape)
        taken = np.empty(share.shape)
        for step in range(N_STEPS):
            self.is_taken = np.where(self.is_taken, luck[:, step] >= leaves[:, step], luck[:, step] < comes[:, step])
            taken[:, step] = self.is_taken
        return taken

    def park_table(self, grid: Grid, draws: np.random.Generator) -> tuple[Table, Floats]:
        """Count cars in and out of the car parks; the number inside follows the target with a delay.

        Given with it: occupied and offered place time of all by hour [s].
        """
        inside, entries, exits = (np.empty((self.capacity.size, N_STEPS)) for _ in range(3))
        passing = draw_counts(draws, 0.012 * self.capacity[:, None] * grid["park_target"])
        wobble = draws.normal(0, 0.004, inside.shape) * self.capacity[:, None]
        for step in range(N_STEPS):
            wish = self.inside + 0.25 * (grid["park_target"][:, step] * self.capacity - self.inside) + wobble[:, step]
            following = np.clip(np.round(wish), 0, self.capacity)
            difference = following - np.round(self.inside)
            self.entries = self.entries + passing[:, step] + np.maximum(difference, 0)
            self.exits = self.exits + passing[:, step] + np.maximum(-difference, 0)
            self.inside = following
            inside[:, step], entries[:, step], exits[:, step] = self.inside, self.entries, self.exits
        series: list[tuple[Column, Floats]] = [
            (Column("", "free_places", 0), self.capacity[:, None] - inside),
            (Column("", "occupied_places", 0), inside),
            (Column("", "vehicle_entry_count", 0), entries),
            (Column("", "vehicle_exit_count", 0), exits),
        ]
        devices = np.arange(self.capacity.size) + self.zone.size
        offered_s = np.full(N_STEPS, self.capacity.sum() * STEP_S)
        by_hour = sum_by_hour(np.stack((inside.sum(axis=0) * STEP_S, offered_s)))
        return tabulate("car_park", devices, grid.at_s, every(devices.size, N_STEPS, 3), series), by_hour


def by_hour_of_bays(before: np.ndarray, taken: Floats, is_closed: np.ndarray) -> Floats:
    """Give (3, 24): by hour the occupied and the offered time of all bays that are open [s], and the cars that came."""
    was_taken = np.concatenate((before[:, None], taken[:, :-1] > 0), axis=1)
    comes = (taken > 0) & ~was_taken & ~is_closed
    steps = np.stack(((taken * ~is_closed).sum(axis=0) * STEP_S, (~is_closed).sum(axis=0) * STEP_S, comes.sum(axis=0)))
    return sum_by_hour(steps.astype(float))


def sum_by_hour(steps: Floats) -> Floats:
    """Add up the steps of a day (rows, N_STEPS) by hour (rows, 24)."""
    total: Floats = steps.reshape(steps.shape[0], 24, -1).sum(axis=2)
    return total


def zone_demand(zone: str, civil: Civil) -> Floats:
    """Give the share of a zone's bays that is taken, by hour and kind of day; fewer cars in school holidays."""
    working, saturday, rest = (follow(civil.hour, knots) for knots in CURVES[zone])
    is_rest = (civil.weekday == 6) | civil.is_public_holiday
    demand = np.where(is_rest, rest, np.where(civil.weekday == 5, saturday, working))
    away = 0.88 if zone != "gare" else 0.72
    level: Floats = np.clip(np.where(civil.is_school_holiday, away * demand, demand), 0.02, 0.97)
    return level


def describe(setting: Setting, zone: np.ndarray, capacity: Floats) -> tuple[list[Asset], list[Device]]:
    """List bays first, then car parks."""
    assets, devices = [], []
    for index, zone_index in enumerate(zone.tolist()):
        slug, name = f"place-{index + 1:04d}", f"Place {index + 1}"
        street = setting.point(f"zone {ZONES[zone_index]}", index // 40, 0.7)
        longitude, latitude = setting.near(*street, setting.chance.of("place bay", index), 0.12)
        inventory: dict[str, str | bool | int] = {"zone": ZONES[zone_index], "is_paid": zone_index == 0}
        if zone_index == 0:
            inventory["longest_stay_min"] = LONGEST_STAY_MIN
        assets.append(Asset(slug, name, "parking_bay", longitude, latitude, None, inventory))
        gateway = f"gw-lora-{index % 3 + 1}"
        devices.append(Device(slug, name, "bay", "capteur-place", gateway, 14_400, {"*": slug}, "lorawan"))
    for index, places in enumerate(capacity.tolist()):
        slug, name = f"parc-{index + 1:02d}", f"Parc de stationnement {index + 1}"
        longitude, latitude = setting.point("car park", index, 0.8)
        assets.append(Asset(slug, name, "car_park", longitude, latitude, None, {"n_places": int(places)}))
        devices.append(Device(slug, name, "car_park", "comptage-parc", "gw-mobilite-1", 900, {"*": slug}))
    return assets, devices
