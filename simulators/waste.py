"""Waste containers: filling, collection rounds by sector, temperature, where they stand."""

from dataclasses import dataclass

import numpy as np

from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Integers, Table, every, tabulate
from simulators.place import Cells, Setting
from simulators.rhythm import Civil, read_civil
from simulators.weather import Sky

STEP_S = 3600
N_STEPS = DAY_S // STEP_S
SECTORS = ("nord", "centre", "sud", "est")
STREAMS = ("residual", "recycling", "glass")
# Weekdays (Monday 0) on which the plan sends a vehicle, and how many weeks lie between them.
PLAN = {"residual": ((0, 3), 1), "recycling": ((2,), 1), "glass": ((1,), 2)}
START_HOUR = {"residual": 5.5, "recycling": 6.0, "glass": 8.0}
ROUND_HOURS = 5
FILL_PER_INTERVAL = (18.0, 42.0)
HIGHEST_AVOIDED = 0.45
FULL = 110.0


@dataclass(frozen=True, slots=True)
class Round:
    """A round of the plan: local day (days since 1970), sector, stream, whether it was driven, and declared."""

    day: int
    sector: str
    stream: str
    start_s: int
    end_s: int
    is_done: bool
    is_declared: bool


class Waste:
    """Containers in hourly steps; the rounds that empty them are drawn day by day."""

    name = "waste"
    step_s = STEP_S

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        draws = setting.chance.of("waste")
        n = setting.plan.n_containers
        self.sector = draws.integers(0, len(SECTORS), n)
        self.stream = draws.choice(3, n, p=[0.5, 0.3, 0.2])
        interval_days = np.array([3.5, 7.0, 14.0])[self.stream]
        self.rate = draws.uniform(*FILL_PER_INTERVAL, n) / (interval_days * 24)  # % an hour
        self.avoided_target = draws.uniform(0, HIGHEST_AVOIDED, len(SECTORS))
        self.avoid_phase = draws.random((len(SECTORS), len(STREAMS)))
        self.cells = Cells(draws, n, 2200)
        self.offset = draws.normal(0, 1.0, n)
        self.fill = draws.uniform(0, 40, n)
        self.emptied = np.zeros(n)
        self.rounds: list[Round] = []
        self.planned = np.zeros((len(SECTORS), len(STREAMS)), dtype=np.int64)
        self.assets, self.devices = describe(setting, self.sector, self.stream)
        self.rows = {asset.slug: index for index, asset in enumerate(self.assets)}
        self.previous = np.full(n, 12.0)

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Give the hourly inflow [%] of each container, when it is emptied, its temperature [°C], tilt and state."""
        at_s = day.steps(STEP_S)
        draws = self.setting.chance.of("waste", day.index)
        n = self.rate.size
        inflow = self.rate[:, None] * waste_rhythm(read_civil(at_s))[None] * draws.gamma(4, 0.25, (n, N_STEPS))
        sun = 0.012 * sky.at(at_s, "irradiance")
        warmth = sky.at(at_s, "temperature") + sun
        values = {
            "inflow": inflow,
            "emptied": self.drive_rounds(at_s, day, draws),
            "skipped": np.zeros((n, N_STEPS)),
            "temperature": warmth[None] + draws.normal(0, 0.5, (n, N_STEPS)),
            "tilt": draws.normal(0, 0.6, (n, N_STEPS)),
            "state": np.zeros((n, N_STEPS)),
            "charge": self.cells.level(at_s),
        }
        return Grid(self.name, at_s, self.rows, values)

    def drive_rounds(self, at_s: Integers, day: Day, draws: np.random.Generator) -> Floats:
        """Send the vehicles of the day; give 1 at the hour a container is emptied, (n_containers, n_steps)."""
        emptied = np.zeros((self.rate.size, N_STEPS))
        civil = read_civil(at_s)
        hour_of_visit = (np.arange(self.rate.size) * 37 % 100) / 100 * ROUND_HOURS
        noon = int(civil.day[N_STEPS // 2])  # all rounds start in the morning, so the local day is that of noon
        for sector, stream in due(noon):
            done = self.decide(day, sector, stream)
            start_s = at_s[0] + int(3600 * (START_HOUR[STREAMS[stream]] - civil.hour[0]))
            self.note(noon, (sector, stream), int(start_s), done, draws)
            visits = np.flatnonzero((self.sector == sector) & (self.stream == stream))
            hour = ((start_s - at_s[0]) / 3600 + hour_of_visit[visits]).astype(np.int64)
            emptied[visits, hour] = float(done)
        return emptied

    def decide(self, day: Day, sector: int, stream: int) -> bool:
        """Drive a planned round, or leave it out, evenly and as often as drawn for the sector, once bins are watched."""
        if not day.is_full:
            return True
        count = int(self.planned[sector, stream])
        self.planned[sector, stream] += 1
        share, phase = self.avoided_target[sector], self.avoid_phase[sector, stream]
        return int((count + 1) * share + phase) == int(count * share + phase)

    def note(self, noon: int, key: tuple[int, int], start_s: int, done: bool, draws: np.random.Generator) -> None:
        """Enter the round in the book; one round in thirty is driven and not declared."""
        lasts_s = int(3600 * ROUND_HOURS * draws.uniform(0.9, 1.15))
        is_declared = done and bool(draws.random() > 1 / 30)
        sector, stream = SECTORS[key[0]], STREAMS[key[1]]
        self.rounds.append(Round(noon, sector, stream, start_s, start_s + lasts_s, done, is_declared))

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Fill and empty hour by hour; containers report every two hours, and at once when it burns or tips."""
        fill = self.fill_up(grid)
        if not day.is_full:
            return []
        draws = self.setting.chance.of("waste sensors", day.index)
        n = self.rate.size
        seen = np.clip(fill + self.offset[:, None] + draws.normal(0, 1.2, fill.shape), 0, 104)
        before = np.concatenate((self.previous[:, None], grid["temperature"][:, :-1]), axis=1)
        self.previous = grid["temperature"][:, -1].copy()
        daily = every(n, N_STEPS, N_STEPS, np.arange(n))
        reported = every(n, N_STEPS, 2, np.arange(n)) | (np.abs(grid["temperature"] - before) > 12) | daily
        rssi, snr = self.cells.signal(N_STEPS, draws)
        rare = np.where(daily, 1.0, np.nan)
        state = np.where(grid["state"] > 0, grid["state"], np.where(seen >= 99, 5.0, 0.0))
        series: list[tuple[Column, Floats]] = [
            (Column("", "fill_level", 0), seen),
            (Column("", "container_temperature", 1), grid["temperature"]),
            (Column("", "tilt", 0), np.where(daily | (np.abs(grid["tilt"]) > 5), grid["tilt"], np.nan)),
            (Column("", "container_state", 0), np.where(daily | (state > 0), state, np.nan)),
            (Column("", "battery_level", 0), grid["charge"] * rare),
            (Column("", "rssi", 0), rssi * rare),
            (Column("", "snr", 1), snr * rare),
        ]
        return [tabulate("container", np.arange(n), grid.at_s, reported, series)]

    def fill_up(self, grid: Grid) -> Floats:
        """Carry each container's fill [%] through the day; emptying leaves up to 4 %."""
        emptied = (grid["emptied"] > 0) & (grid["skipped"] == 0)
        fill = np.empty(emptied.shape)
        left = 4 * np.abs(np.sin(np.arange(self.fill.size)))
        for hour in range(N_STEPS):
            filled = np.minimum(self.fill + grid["inflow"][:, hour], FULL)
            self.fill = np.where(emptied[:, hour], np.minimum(left, filled), filled)
            fill[:, hour] = self.fill
        return fill


def due(day: int) -> list[tuple[int, int]]:
    """List the (sector, stream) rounds the fixed plan sends on a local day (days since 1970)."""
    weekday, week = (day + 3) % 7, (day + 3) // 7
    rounds = []
    for sector in range(len(SECTORS)):
        for stream, name in enumerate(STREAMS):
            weekdays, every_weeks = PLAN[name]
            if (weekday - sector) % 7 in weekdays and week % every_weeks == sector % every_weeks:
                rounds.append((sector, stream))
    return rounds


def waste_rhythm(civil: Civil) -> Floats:
    """Give how fast containers fill compared with their mean: by day, more at week-ends, less in summer holidays."""
    by_hour = np.interp(civil.hour, [0, 6, 9, 12, 15, 19, 22, 24], [0.15, 0.3, 1.5, 1.6, 1.2, 2.0, 0.8, 0.15])
    by_day = np.array([1.05, 0.9, 0.9, 0.95, 1.0, 1.2, 1.0])[civil.weekday]
    rhythm: Floats = by_hour * by_day * np.where(civil.is_school_holiday, 0.88, 1.0) / 1.13
    return rhythm


def describe(setting: Setting, sector: np.ndarray, stream: np.ndarray) -> tuple[list[Asset], list[Device]]:
    """List the containers with their sector, stream and volume."""
    assets, devices = [], []
    for index, (sector_index, stream_index) in enumerate(zip(sector.tolist(), stream.tolist(), strict=True)):
        slug, name = f"conteneur-{index + 1:04d}", f"Conteneur {index + 1}"
        middle = setting.point("sector", sector_index, 1.2)
        longitude, latitude = setting.near(*middle, setting.chance.of("place container", index), 0.6)
        inventory = {"sector": SECTORS[sector_index], "stream": STREAMS[stream_index], "volume_l": 3000}
        assets.append(Asset(slug, name, "waste_container", longitude, latitude, None, inventory))
        gateway = f"gw-lora-{index % 3 + 1}"
        devices.append(Device(slug, name, "container", "sonde-remplissage", gateway, 7_200, {"*": slug}, "lorawan"))
    return assets, devices
