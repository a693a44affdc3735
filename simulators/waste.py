"""Waste containers: filling, collection rounds by sector, temperature, where they stand."""

from typing import NamedTuple

import numpy as np

from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Integers, Table, every, tabulate
from simulators.place import Cells, Setting
from simulators.rhythm import Civil, read_civil
from simulators.rounds import ROUND_HOURS, SECTORS, STREAMS, RoundBook
from simulators.weather import Sky

STEP_S = 3600
N_STEPS = DAY_S // STEP_S
FILL_PER_INTERVAL = (25.0, 52.0)
FULL = 110.0
OVERFLOWS_FROM = 100.0
LOWEST_SNR = -20.0  # dB, of a message that is received


class Overflow(NamedTuple):
    """A container (its position) that stood at 100 % and more, and when it had been emptied before (Unix seconds)."""

    container: int
    emptied_s: int
    start_s: int
    end_s: int


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
        self.book = RoundBook(setting.chance)
        self.cells = Cells(draws, n, 2200)
        self.offset = draws.normal(0, 1.0, n)
        self.fill = draws.uniform(0, 40, n)
        self.assets, self.devices = describe(setting, self.sector, self.stream)
        self.rows = {asset.slug: index for index, asset in enumerate(self.assets)}
        self.previous = np.full(n, 12.0)
        self.emptied_s = np.full(n, setting.start_s)
        self.full_s = np.zeros(n, dtype=np.int64)  # since when a container overflows, 0 while it does not
        self.overflows: list[Overflow] = []

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Give the hourly inflow [%] of each container, when it is emptied, its temperature [°C], tilt and state.

        `fading` [dB] is what its signal has lost on the way.
        """
        at_s = day.steps(STEP_S)
        draws = self.setting.chance.of("waste", day.index)
        n = self.rate.size
        inflow = self.rate[:, None] * waste_rhythm(read_civil(at_s))[None] * draws.gamma(4, 0.25, (n, N_STEPS))
        sun = 0.012 * sky.at(at_s, "irradiance")
        warmth = sky.at(at_s, "temperature") + sun
        values = {
            "inflow": inflow,
            "emptied": self.drive_rounds(at_s, day),
            "skipped": np.zeros((n, N_STEPS)),
            "temperature": warmth[None] + draws.normal(0, 0.5, (n, N_STEPS)),
            "tilt": draws.normal(0, 0.6, (n, N_STEPS)),
            "state": np.zeros((n, N_STEPS)),
            "charge": self.cells.level(at_s),
            "fading": np.zeros((n, N_STEPS)),
        }
        return Grid(self.name, at_s, self.rows, values)

    def drive_rounds(self, at_s: Integers, day: Day) -> Floats:
        """Send the vehicles of the day; give 1 at the hour a container is emptied, (n_containers, n_steps)."""
        emptied = np.zeros((self.rate.size, N_STEPS))
        hours_in = (np.arange(self.rate.size) * 37 % 100) / 100 * ROUND_HOURS
        for driven in (entry for entry in self.book.advance(day) if entry.is_done):
            visits = np.flatnonzero((self.sector == driven.sector) & (self.stream == driven.stream))
            hour = ((driven.start_s - int(at_s[0])) / 3600 + hours_in[visits]).astype(np.int64)
            emptied[visits, hour] = 1.0
        return emptied

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Fill and empty hour by hour; containers report every two hours, and at once when it burns or tips."""
        fill = self.fill_up(grid)
        if not day.is_full:
            return []
        self.note_overflows(grid, fill)
        draws = self.setting.chance.of("waste sensors", day.index)
        n = self.rate.size
        seen = np.clip(fill + self.offset[:, None] + draws.normal(0, 1.2, fill.shape), 0, 104)
        before = np.concatenate((self.previous[:, None], grid["temperature"][:, :-1]), axis=1)
        self.previous = grid["temperature"][:, -1].copy()
        daily = every(n, N_STEPS, N_STEPS, np.arange(n))
        reported = every(n, N_STEPS, 2, np.arange(n)) | (np.abs(grid["temperature"] - before) > 12) | daily
        rssi, snr = self.cells.signal(N_STEPS, draws)
        rssi, snr = rssi - grid["fading"], np.maximum(snr - grid["fading"], LOWEST_SNR)
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

    def note_overflows(self, grid: Grid, fill: Floats) -> None:
        """Note which containers begin and cease to overflow in the day's hours."""
        emptied = (grid["emptied"] > 0) & (grid["skipped"] == 0)
        for hour, at_s in enumerate(grid.at_s.tolist()):
            is_full = fill[:, hour] >= OVERFLOWS_FROM
            for index in np.flatnonzero(~is_full & (self.full_s > 0)).tolist():
                self.overflows.append(Overflow(index, int(self.emptied_s[index]), int(self.full_s[index]), at_s))
            self.full_s = np.where(is_full, np.where(self.full_s > 0, self.full_s, at_s), 0)
            self.emptied_s[emptied[:, hour]] = at_s

    def overflows_until(self, to_s: int) -> list[Overflow]:
        """Give the overflows that began before an instant, those that last then included."""
        lasting = [
            Overflow(index, int(self.emptied_s[index]), int(self.full_s[index]), to_s)
            for index in np.flatnonzero(self.full_s > 0).tolist()
        ]
        return [one._replace(end_s=min(one.end_s, to_s)) for one in self.overflows + lasting if one.start_s < to_s]


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
        inventory = {"sector": SECTORS[sector_index], "waste_stream": STREAMS[stream_index], "capacity_l": 3000}
        assets.append(Asset(slug, name, "waste_container", longitude, latitude, None, inventory))
        gateway = f"gw-lora-{index % 3 + 1}"
        devices.append(Device(slug, name, "container", "sonde-remplissage", gateway, 7_200, {"*": slug}, "lorawan"))
    return assets, devices
