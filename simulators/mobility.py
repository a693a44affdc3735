"""Traffic and people counters: registers that climb with the hour and the kind of day."""

import numpy as np

from simulators.chance import draw_counts
from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Table, every, tabulate
from simulators.place import Setting
from simulators.rhythm import Civil, follow, read_civil
from simulators.weather import Sky

STEP_S = 900
N_STEPS = DAY_S // STEP_S
STEP_H = STEP_S / 3600


class Mobility:
    """Road sections with traffic counters, and people counters, in quarter-hour steps."""

    name = "mobility"
    step_s = STEP_S

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        draws = setting.chance.of("mobility")
        self.n_traffic, self.n_people = setting.plan.n_traffic, setting.plan.n_people
        self.traffic_rate = draws.uniform(90, 420, self.n_traffic)  # vehicles an hour, mean of the year
        self.people_rate = draws.uniform(20, 110, self.n_people)
        self.usual_speed = draws.choice([30.0, 50.0], self.n_traffic) * draws.uniform(0.9, 1.05, self.n_traffic)
        self.vehicles = draws.integers(1_000, 900_000, self.n_traffic).astype(float)
        self.people = draws.integers(1_000, 300_000, self.n_people).astype(float)
        self.assets, self.devices = describe(setting)
        self.rows = {f"route-{index + 1:02d}": index for index in range(self.n_traffic)}
        self.rows |= {f"compteur-route-{index + 1:02d}": index for index in range(self.n_traffic)}
        self.rows |= {f"passage-{index + 1:02d}": index for index in range(self.n_people)}

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Give vehicles and people expected an hour, (n_counters, n_steps), and how freely traffic runs (1 free)."""
        at_s = day.steps(STEP_S)
        civil = read_civil(at_s)
        wet = np.clip(sky.at(at_s, "rain"), 0, 3) / 3
        mild = np.clip(1 + 0.02 * (sky.at(at_s, "temperature") - 12), 0.6, 1.3)
        values = {
            "vehicles": self.traffic_rate[:, None] * traffic_rhythm(civil)[None],
            "people": self.people_rate[:, None] * (people_rhythm(civil) * mild * (1 - 0.5 * wet))[None],
            "freedom": np.ones((self.n_traffic, N_STEPS)),
        }
        return Grid(self.name, at_s, self.rows, values)

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Count and report every quarter of an hour."""
        if not day.is_full:
            return []
        draws = self.setting.chance.of("mobility", day.index)
        expected = grid["vehicles"] * STEP_H
        vehicles = self.vehicles[:, None] + np.cumsum(draw_counts(draws, expected), axis=1)
        people = self.people[:, None] + np.cumsum(draw_counts(draws, grid["people"] * STEP_H), axis=1)
        self.vehicles, self.people = vehicles[:, -1], people[:, -1]
        busy = expected / (3 * self.traffic_rate[:, None] * STEP_H)
        speed = self.usual_speed[:, None] * (1 - 0.25 * np.clip(busy, 0, 1)) * grid["freedom"]
        speed = np.clip(speed + draws.normal(0, 1.2, speed.shape), 3, None)
        traffic = [(Column("", "vehicle_count", 0), vehicles), (Column("", "mean_speed", 0), speed)]
        walking = [(Column("", "pedestrian_count", 0), people)]
        cars, feet = np.arange(self.n_traffic), np.arange(self.n_people) + self.n_traffic
        return [
            tabulate("traffic_counter", cars, grid.at_s, every(cars.size, N_STEPS, 1), traffic),
            tabulate("people_counter", feet, grid.at_s, every(feet.size, N_STEPS, 1), walking),
        ]


def traffic_rhythm(civil: Civil) -> Floats:
    """Give traffic relative to its mean, by hour and kind of day."""
    working = follow(
        civil.hour, [(0, 0.12), (4, 0.08), (7.8, 2.4), (10, 1.2), (12.3, 1.6), (15, 1.3), (17.6, 2.7), (20, 0.8)]
    )
    saturday = follow(civil.hour, [(0, 0.3), (4, 0.1), (9, 1.1), (11, 1.8), (14, 1.4), (17, 1.7), (21, 0.7)])
    sunday = follow(civil.hour, [(0, 0.35), (5, 0.1), (11, 1.2), (14, 0.9), (18, 1.3), (22, 0.4)])
    is_rest = (civil.weekday == 6) | civil.is_public_holiday
    level = np.where(is_rest, sunday, np.where(civil.weekday == 5, saturday, working))
    rhythm: Floats = level * np.where(civil.is_school_holiday, 0.86, 1.0)
    return rhythm


def people_rhythm(civil: Civil) -> Floats:
    """Give people on foot relative to their mean."""
    shopping = follow(
        civil.hour, [(0, 0.05), (6, 0.1), (9, 1.2), (11, 2.3), (13, 1.5), (16, 2.2), (18.5, 2.0), (21, 0.5)]
    )
    weekly = np.array([0.8, 0.95, 1.1, 1.0, 1.15, 1.7, 0.6])[civil.weekday]
    rhythm: Floats = shopping * np.where(civil.is_public_holiday, 0.45, weekly)
    return rhythm


def describe(setting: Setting) -> tuple[list[Asset], list[Device]]:
    """List road sections with their counters, then people counters."""
    assets, devices = [], []
    for index in range(setting.plan.n_traffic):
        place = setting.point("road", index)
        road, slug, name = f"route-{index + 1:02d}", f"compteur-route-{index + 1:02d}", f"Comptage route {index + 1}"
        assets.append(Asset(road, f"Route {index + 1}", "road_section", *place))
        assets.append(Asset(slug, name, "traffic_counter", *place, road))
        devices.append(Device(slug, name, "traffic_counter", "boucle", "gw-mobilite-1", 900, {"*": slug}))
    for index in range(setting.plan.n_people):
        place = setting.point("people", index, 0.5)
        slug, name = f"passage-{index + 1:02d}", f"Comptage piétons {index + 1}"
        assets.append(Asset(slug, name, "people_counter", *place))
        devices.append(Device(slug, name, "people_counter", "compteur-pietons", "gw-mobilite-1", 900, {"*": slug}))
    return assets, devices
