"""The town's gateways: what they are, and the heartbeat each sends about itself."""

from collections.abc import Sequence

import numpy as np

from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Table, every, tabulate
from simulators.place import Setting
from simulators.weather import Sky

STEP_S = 900
N_STEPS = DAY_S // STEP_S


class Gateways:
    """One device for each gateway that the other domains' devices name."""

    name = "gateway"
    step_s = STEP_S

    def __init__(self, setting: Setting, slugs: Sequence[str]) -> None:
        self.setting = setting
        self.assets, self.devices = [], []
        for index, slug in enumerate(slugs):
            name = f"Passerelle {slug.removeprefix('gw-')}"
            place = setting.point("gateway", index, 1.0)
            self.assets.append(Asset(slug, name, "gateway", *place))
            self.devices.append(Device(slug, name, "gateway", "passerelle", None, 2 * STEP_S, {"*": slug}))
        self.rows = {slug: index for index, slug in enumerate(slugs)}
        self.started_s = np.full(len(slugs), setting.history_s - 7_654_321, dtype=np.int64)
        self.rssi = setting.chance.of("gateways").normal(-78, 9, len(slugs))

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Start from gateways that run; a restart puts 1 into its step."""
        at_s = day.steps(STEP_S)
        shape = (self.rssi.size, N_STEPS)
        return Grid(self.name, at_s, self.rows, {"restart": np.zeros(shape)})

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Report uptime every half an hour, the rest every three hours (before: all every three hours)."""
        draws = self.setting.chance.of("gateway", day.index)
        shape = grid["restart"].shape
        started = np.where(grid["restart"] > 0, grid.at_s[None], 0)
        started = np.maximum.accumulate(np.maximum(started, self.started_s[:, None]), axis=1)
        self.started_s = started[:, -1]
        warm = sky.at(grid.at_s, "temperature")[None] + 14 + draws.normal(0, 0.6, shape)
        sparse = every(shape[0], N_STEPS, 12)
        series: list[tuple[Column, Floats]] = [
            (Column("", "uptime", 0), (grid.at_s[None] - started).astype(np.float64)),
            (Column("", "device_temperature", 0), np.where(sparse, warm, np.nan)),
            (Column("", "rssi", 0), np.where(sparse, self.rssi[:, None] + draws.normal(0, 2, shape), np.nan)),
        ]
        n = shape[0]
        return [tabulate("gateway", np.arange(n), grid.at_s, every(n, N_STEPS, 2 if day.is_full else 12), series)]
