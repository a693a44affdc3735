"""Public buildings: people by the timetable, heat by physics, air handling units, boilers, lifts and meters."""

import numpy as np

from simulators.building_plan import BuildingPlan, describe, draw_building_plan, find_presence
from simulators.chance import draw_counts
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Table, every, tabulate
from simulators.place import Setting
from simulators.rhythm import read_civil
from simulators.weather import Sky

STEP_S = 900
N_STEPS = DAY_S // STEP_S
STEP_H = STEP_S / 3600
DAY_SETPOINT_C, NIGHT_SETPOINT_C = 20.0, 16.5
HEATING_BASE_C = 17.0
PREHEAT_STEPS = 8
GAS_KWH_PER_M3 = 11.0
BOILER_YIELD = 0.91
COIL_HEAT_K, COIL_COOL_K = 18.0, 10.0  # what a fully open coil adds to or takes from the air


class Building:
    """All public buildings, in quarter-hour steps."""

    name = "building"
    step_s = STEP_S

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.plan: BuildingPlan = draw_building_plan(setting)
        self.assets, self.devices, self.rows = describe(setting, self.plan)
        n = self.plan.kinds.size
        self.zone_c = np.full(n, 18.0)
        self.outdoor_c = np.full(n, 8.0)
        self.co2 = np.full(n, 420.0)
        draws = setting.chance.of("building meters")
        self.registers = {
            name: draws.uniform(low, high, n)
            for name, low, high in (
                ("electricity", 9e3, 4e5),
                ("gas", 2e3, 6e4),
                ("heat", 5e3, 4e5),
                ("water", 2e2, 8e3),
            )
        }
        self.starts, self.fan_h = np.zeros(n), np.zeros(n)
        self.runs, self.doors = draws.uniform(1e3, 2e5, n), draws.uniform(4e3, 6e5, n)
        self.daily: list[tuple[int, Floats]] = []  # day, heat delivered to each building [kWh]

    def drive(self, day: Day, sky: Sky) -> Grid:
        """Give presence 0 to 1 and everything faults may bend, each (n_buildings, n_steps)."""
        at_s = day.steps(STEP_S)
        presence = find_presence(self.plan, read_civil(at_s))
        n = presence.shape[0]
        zeros, full = np.zeros((n, N_STEPS)), np.ones((n, N_STEPS))
        ahead = find_presence(self.plan, read_civil(at_s + PREHEAT_STEPS * STEP_S))
        nan = np.full((n, N_STEPS), np.nan)
        values = {
            "presence": presence,
            "setpoint": np.where((presence > 0.02) | (ahead > 0.02), DAY_SETPOINT_C, NIGHT_SETPOINT_C),
            "fouling": self.routine_fouling(at_s),
            **{name: nan.copy() for name in ("damper_stuck", "valve_stuck")},
            **{name: zeros.copy() for name in ("damper_leak", "valve_leak", "cooling_forced", "cycling", "swap")},
            **{name: zeros.copy() for name in ("extra_kw", "sensor_offset")},
            "boiler_share": full.copy(),
        }
        return Grid(self.name, at_s, self.rows, values)

    def routine_fouling(self, at_s: np.ndarray) -> Floats:
        """Give the pressure drop of filters relative to clean ones: up by half in seven months, then changed."""
        age = (at_s[None] / (210 * DAY_S) + self.plan.filter_phase[:, None]) % 1.0
        fouling: Floats = 1 + 0.5 * age
        return fouling

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Run the day's physics and report units, zones, boilers, lifts and meters."""
        draws = self.setting.chance.of("building", day.index)
        outdoor = np.repeat(sky.at(grid.at_s, "temperature")[None], self.zone_c.size, axis=0)
        sun = sky.at(grid.at_s, "irradiance")[None]
        zone, heat_kw = self.heat(grid, outdoor, sun, draws)
        unit = self.air(grid, outdoor, zone, draws)
        boiler_kw = heat_kw + unit["coil_kw"]
        self.daily.append((day.start_s, boiler_kw.sum(axis=1) * STEP_H))
        tables = self.meter_tables(day, grid, boiler_kw, unit["electric_kw"], draws)
        if not day.is_full:
            return tables
        tables.append(self.unit_table(grid, unit, outdoor))
        tables.append(self.zone_table(grid, zone, draws))
        tables.append(self.boiler_table(grid, boiler_kw, outdoor, draws))
        tables.append(self.lift_table(grid, draws))
        return tables

    def heat(self, grid: Grid, outdoor: Floats, sun: Floats, draws: np.random.Generator) -> tuple[Floats, Floats]:
        """Give zone temperature [°C] and heating power [kW]: one store of heat each, ideal control."""
        plan = self.plan
        gains = 0.004 * plan.area[:, None] * (3 * grid["presence"] + 0.004 * sun)
        gains = gains * draws.normal(1, 0.05, gains.shape)
        zone, power = np.empty(outdoor.shape), np.empty(outdoor.shape)
        for step in range(N_STEPS):
            self.outdoor_c += (outdoor[:, step] - self.outdoor_c) * (STEP_H / 24)
            lost = plan.loss_kw_k * (self.zone_c - outdoor[:, step])
            drifted = self.zone_c + STEP_H / plan.store_kwh_k * (gains[:, step] - lost)
            wanted = (grid["setpoint"][:, step] - drifted) * plan.store_kwh_k / STEP_H
            limit = plan.boiler_kw * grid["boiler_share"][:, step] * (self.outdoor_c < HEATING_BASE_C)
            power[:, step] = np.clip(wanted, 0, limit)
            self.zone_c = drifted + power[:, step] * STEP_H / plan.store_kwh_k
            zone[:, step] = self.zone_c
        return zone, power

    def air(self, grid: Grid, outdoor: Floats, zone: Floats, draws: np.random.Generator) -> dict[str, Floats]:
        """Run the air handling units: damper, mixed air, coils in sequence, fan and filter."""
        on = (grid["presence"] > 0.02).astype(float)
        setpoint = np.clip(20 - 0.15 * (outdoor - 10), 16.5, 21)
        back = zone + 0.6 * on
        free = np.clip((back - setpoint) / np.where(np.abs(back - outdoor) < 1, 1, back - outdoor), 0.2, 1.0)
        damper = on * np.where(back > outdoor + 1, free, 0.2)
        real = np.where(np.isnan(grid["damper_stuck"]), np.maximum(damper, grid["damper_leak"]), grid["damper_stuck"])
        mixed = real * outdoor + (1 - real) * back
        forced = grid["cooling_forced"]
        stuck, leak = grid["valve_stuck"], grid["valve_leak"]
        bias = COIL_COOL_K * forced - COIL_HEAT_K * leak
        need = (setpoint - mixed + bias) * on
        heating = np.clip(need / COIL_HEAT_K, 0, 1)
        warmed = np.where(np.isnan(stuck), np.minimum(heating + leak, 1), stuck)
        cooling = np.clip((mixed + COIL_HEAT_K * warmed - setpoint) / COIL_COOL_K, 0, 1) * on
        supply = mixed + COIL_HEAT_K * warmed - COIL_COOL_K * cooling + 0.7 * on
        flow = self.plan.air_m3_h[:, None] * (0.6 + 0.4 * grid["presence"]) * on / grid["fouling"] ** 0.15
        speed = on * np.clip((0.6 + 0.4 * grid["presence"]) * grid["fouling"] ** 0.1, 0, 1)
        return {
            "on": on,
            "setpoint": setpoint,
            "return": back + draws.normal(0, 0.1, on.shape),
            "mixed": mixed + draws.normal(0, 0.15, on.shape),
            "supply": supply * on + (1 - on) * zone + draws.normal(0, 0.15, on.shape),
            "damper": 100 * damper,
            "heating": 100 * heating,
            "cooling": 100 * cooling,
            "speed": 100 * speed,
            "filter": 95 * speed**2 * grid["fouling"] + draws.normal(0, 1.5, on.shape) * on,
            "flow": flow,
            "coil_kw": 0.00034 * flow * COIL_HEAT_K * warmed,
            "electric_kw": 0.00045 * flow * grid["fouling"] ** 0.5 + 0.00034 * flow * COIL_COOL_K * cooling / 3,
        }

    def unit_table(self, grid: Grid, unit: dict[str, Floats], outdoor: Floats) -> Table:
        """Report the air handling units every quarter of an hour."""
        self.fan_h = self.fan_h + unit["on"].sum(axis=1) * STEP_H
        series: list[tuple[Column, Floats]] = [
            (Column("supply", "air_temperature", 1), unit["supply"]),
            (Column("return", "air_temperature", 1), unit["return"]),
            (Column("mixed", "air_temperature", 1), unit["mixed"]),
            (Column("outdoor", "air_temperature", 1), outdoor),
            (Column("supply_setpoint", "air_temperature", 1), unit["setpoint"]),
            (Column("outdoor", "damper_position", 0), unit["damper"]),
            (Column("heating", "valve_position", 0), unit["heating"]),
            (Column("cooling", "valve_position", 0), unit["cooling"]),
            (Column("supply", "fan_speed", 0), unit["speed"]),
            (Column("supply", "filter_pressure_drop", 0), unit["filter"]),
            (Column("supply", "fan_on", 0), unit["on"]),
        ]
        return tabulate("air_unit", self.positions("air_unit"), grid.at_s, self.all_steps(), series)

    def zone_table(self, grid: Grid, zone: Floats, draws: np.random.Generator) -> Table:
        """Report temperature, humidity and carbon dioxide of each building's main zone every quarter of an hour."""
        co2 = np.empty(zone.shape)
        for step in range(N_STEPS):
            fresh = 0.35 + 0.4 * (grid["presence"][:, step] > 0.02)
            self.co2 += fresh * STEP_H * (415 + 900 * grid["presence"][:, step] - self.co2) * 2
            co2[:, step] = self.co2
        humidity = np.clip(44 + 0.9 * (zone - 20) + 0.006 * (co2 - 420), 20, 90)
        series: list[tuple[Column, Floats]] = [
            (Column("", "temperature", 1), zone + grid["sensor_offset"] + draws.normal(0, 0.08, zone.shape)),
            (Column("", "relative_humidity", 0), humidity + draws.normal(0, 0.8, zone.shape)),
            (Column("", "co2", 0), co2 + draws.normal(0, 8, zone.shape)),
        ]
        return tabulate("zone", self.positions("zone"), grid.at_s, self.all_steps(), series)

    def boiler_table(self, grid: Grid, power: Floats, outdoor: Floats, draws: np.random.Generator) -> Table:
        """Report boilers: they modulate, cycle a little at low load, and count their starts."""
        own = self.plan.has_boiler
        load = np.clip(power / self.plan.boiler_kw[:, None], 0, 1)
        routine = draws.random(load.shape) < np.where((load > 0.01) & (load < 0.2), 0.25, 0.02) * (load > 0)
        fired = routine + np.round(grid["cycling"]) * (load > 0)
        starts = self.starts[:, None] + np.cumsum(fired, axis=1)
        self.starts = starts[:, -1]
        firing = load > 0.01
        flow_c = np.where(firing, 38 + 1.5 * np.clip(18 - outdoor, 0, 30) ** 0.9, 0.6 * 38)
        back_c = flow_c - 16 * load - 2 * firing + draws.normal(0, 0.3, load.shape)
        series: list[tuple[Column, Floats]] = [
            (Column("", "boiler_on", 0), firing.astype(float)),
            (Column("", "burner_modulation", 0), 100 * load),
            (Column("flow", "water_temperature", 1), flow_c + draws.normal(0, 0.4, load.shape)),
            (Column("return", "water_temperature", 1), back_c),
            (Column("", "flue_gas_temperature", 0), np.where(firing, 60 + 55 * load, 24.0)),
            (Column("", "start_count", 0), starts),
        ]
        picked = [(column, cells[own]) for column, cells in series]
        devices = self.positions("boiler")
        return tabulate("boiler", devices, grid.at_s, every(devices.size, N_STEPS, 1), picked)

    def lift_table(self, grid: Grid, draws: np.random.Generator) -> Table:
        """Report the lifts' runs and door cycles every half an hour."""
        has = self.plan.has_lift
        runs = self.runs[:, None] + np.cumsum(draw_counts(draws, 9 * grid["presence"]), axis=1)
        doors = self.doors[:, None] + np.cumsum(draw_counts(draws, 20 * grid["presence"]), axis=1)
        self.runs, self.doors = runs[:, -1], doors[:, -1]
        lasting = 7.5 + draws.normal(0, 0.25, runs.shape)
        series: list[tuple[Column, Floats]] = [
            (Column("", "run_count", 0), runs[has]),
            (Column("", "door_cycle_count", 0), doors[has]),
            (Column("", "door_cycle_duration", 1), lasting[has]),
            (Column("", "lift_in_service", 0), np.ones(runs[has].shape)),
        ]
        devices = self.positions("lift")
        return tabulate("lift", devices, grid.at_s, every(devices.size, N_STEPS, 2), series)

    def meter_tables(
        self, day: Day, grid: Grid, heat_kw: Floats, air_kw: Floats, draws: np.random.Generator
    ) -> list[Table]:
        """Report the registers of electricity, gas or heat, and water every quarter of an hour (before: every hour)."""
        presence, plan = grid["presence"], self.plan
        electric_kw = plan.area[:, None] * (0.0018 + 0.011 * presence) + air_kw + grid["extra_kw"]
        electric_kw = electric_kw * draws.normal(1, 0.06, presence.shape)
        water_m3 = draw_counts(draws, plan.area[:, None] * 0.02 * presence + 0.05) / 1000.0
        increments = {
            "electricity": electric_kw * STEP_H,
            "gas": heat_kw * STEP_H / BOILER_YIELD / GAS_KWH_PER_M3,
            "heat": heat_kw * STEP_H,
            "water": water_m3,
        }
        registers = {name: self.count(name, steps, grid["swap"]) for name, steps in increments.items()}
        own = plan.has_boiler
        reports: list[tuple[str, np.ndarray, list[tuple[Column, Floats]]]] = [
            (
                "electricity",
                np.ones(own.size, dtype=bool),
                [
                    (Column("", "active_energy", 2), registers["electricity"]),
                    (Column("", "active_power", 0), 1000 * electric_kw),
                ],
            ),
            ("gas", own, [(Column("", "gas_volume", 2), registers["gas"])]),
            ("heat", ~own, [(Column("", "heat_energy", 1), registers["heat"])]),
            ("water", np.ones(own.size, dtype=bool), [(Column("", "water_volume", 3), registers["water"])]),
        ]
        period = 1 if day.is_full else 4
        tables = []
        for family, has, series in reports:
            devices = self.positions(f"{family}_meter")
            picked = [(column, cells[has]) for column, cells in series]
            tables.append(tabulate(f"{family}_meter", devices, grid.at_s, every(devices.size, N_STEPS, period), picked))
        return tables

    def count(self, name: str, increments: Floats, swap: Floats) -> Floats:
        """Give a register at the start of each step; where a meter is swapped it starts again near zero."""
        register = self.registers[name][:, None] + np.cumsum(increments, axis=1) - increments
        row, step = np.nonzero(swap) if name == "electricity" else (np.empty(0, int), np.empty(0, int))
        for at_row, at_step in zip(row.tolist(), step.tolist(), strict=True):
            register[at_row, at_step:] -= register[at_row, at_step] - 0.5
        self.registers[name] = register[:, -1] + increments[:, -1]
        return register

    def positions(self, family: str) -> np.ndarray:
        """Give the positions of a family's devices among this domain's."""
        return np.array([index for index, device in enumerate(self.devices) if device.family == family], dtype=np.int64)

    def all_steps(self) -> np.ndarray:
        """Mark every step of every building."""
        return every(self.zone_c.size, N_STEPS, 1)
