"""Weather of the town: annual and daily cycle, autocorrelated departures, clouds, rain, wind; and its station."""

from dataclasses import dataclass

import numpy as np

from simulators.description import Asset, Device
from simulators.grid import DAY_S, Column, Day, Floats, Grid, Integers, Table, every, tabulate
from simulators.place import Setting
from simulators.rhythm import sun_elevation_deg

STEP_S = 600
N_STEPS = DAY_S // STEP_S
PER_HOUR = 3600 // STEP_S

# Climate of the plain of Dijon, rounded: mean of the year, half-range of the monthly means, [°C].
MEAN_C, SWING_C, COLDEST_DAY = 11.2, 9.2, 16
# Hourly autoregression: memory [h] and standard deviation of each departure.
MEMORY_H = {"temperature": 60.0, "cloud": 14.0, "wind": 9.0, "pressure": 70.0}
SPREAD = {"temperature": 3.6, "cloud": 1.5, "wind": 0.55, "pressure": 8.0}


@dataclass(frozen=True, slots=True)
class Sky:
    """The weather of a day at ten-minute steps: °C, %, m/s, mm/h, W/m², hPa, and cloud cover 0 to 1."""

    at_s: Integers
    temperature: Floats
    humidity: Floats
    wind: Floats
    rain: Floats
    irradiance: Floats
    pressure: Floats
    cloud: Floats

    def at(self, at_s: Integers, name: str) -> Floats:
        """Read one quantity at other instants of the same day, straight between steps."""
        values: Floats = np.interp(at_s, self.at_s, getattr(self, name))
        return values


class Weather:
    """Makes the sky of one day after the other and measures it at one station."""

    name = "weather"
    step_s = STEP_S

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        longitude, latitude = setting.point("weather", 0, 2.0)
        self.assets = [Asset("meteo", "Station météo", "weather_station", longitude, latitude)]
        self.devices = [
            Device("meteo-1", "Station météo", "weather", "station", "gw-lora-1", 600, {"*": "meteo"}, "lorawan")
        ]
        self.departure = dict.fromkeys(MEMORY_H, 0.0)
        self.is_wet = 0.0
        self.rain_depth = 0.0
        self.hourly: list[tuple[int, Floats]] = []  # day; lowest and highest temperature by hour (2, 24) [°C]

    def drive(self, day: Day) -> Grid:
        """Draw the day's weather."""
        at_s = day.steps(STEP_S)
        draws = self.setting.chance.of("weather", day.index)
        departures = {name: self.depart(name, draws) for name in MEMORY_H}
        cloud = 1 / (1 + np.exp(-departures["cloud"] - 0.3))
        elevation = sun_elevation_deg(at_s, self.setting.latitude, self.setting.longitude)
        wind = 2.8 * np.exp(departures["wind"] - 0.15) * (1 + 0.2 * np.sin(np.radians(np.maximum(elevation, 0))))
        temperature = seasonal_c(at_s) + departures["temperature"] + daily_c(at_s, cloud, self.setting.longitude)
        values = {
            "temperature": temperature + draws.normal(0, 0.08, N_STEPS),
            "cloud": cloud,
            "wind": wind,
            "pressure": 988 + departures["pressure"],
            "irradiance": clear_sky(elevation) * (1 - 0.75 * cloud**3.4),
            "rain": self.rain(cloud, draws),
        }
        values["humidity"] = np.clip(78 - 2.6 * (temperature - temperature.mean()) + 16 * (cloud - 0.5), 22, 100)
        return Grid(self.name, at_s, {"meteo": 0}, {name: array[None, :] for name, array in values.items()})

    def depart(self, name: str, draws: np.random.Generator) -> Floats:
        """Go on with one hourly autoregression, straight between the hours."""
        keep = float(np.exp(-1 / MEMORY_H[name]))
        shocks = draws.normal(0, SPREAD[name] * np.sqrt(1 - keep**2), 24)
        hourly = np.empty(25)
        hourly[0] = self.departure[name]
        for hour in range(24):
            hourly[hour + 1] = keep * hourly[hour] + shocks[hour]
        self.departure[name] = float(hourly[24])
        between: Floats = np.interp(np.arange(N_STEPS) / PER_HOUR, np.arange(25), hourly)
        return between

    def rain(self, cloud: Floats, draws: np.random.Generator) -> Floats:
        """Draw rain intensity [mm/h]: showers start under clouds and last a few hours."""
        starts, stops, strength = draws.random(24), draws.random(24), draws.gamma(0.7, 1.8, 24)
        hourly = np.zeros(24)
        for hour in range(24):
            begins = starts[hour] < 0.16 * max(0.0, cloud[hour * PER_HOUR] - 0.45)
            goes_on = self.is_wet > 0 and stops[hour] > 0.28
            self.is_wet = float(begins or goes_on)
            hourly[hour] = self.is_wet * strength[hour]
        return np.repeat(hourly, PER_HOUR)

    def sky(self, grid: Grid) -> Sky:
        """Give the day's weather to the other domains, after faults and frosts have had their say."""
        return Sky(grid.at_s, **{name: values[0] for name, values in grid.values.items()})

    def measure(self, day: Day, grid: Grid, sky: Sky) -> list[Table]:
        """Measure every ten minutes, in the metered years before the full town every hour."""
        draws = self.setting.chance.of("weather station", day.index)
        warmth = sky.temperature
        by_hour = warmth.reshape(24, -1)
        self.hourly.append((day.start_s, np.stack((by_hour.min(axis=1), by_hour.max(axis=1)))))
        depth = self.rain_depth + np.cumsum(sky.rain) * STEP_S / 3600
        self.rain_depth = float(depth[-1])
        series: list[tuple[Column, Floats]] = [
            (Column("", "temperature", 1), sky.temperature[None] + draws.normal(0, 0.1, (1, N_STEPS))),
            (Column("", "relative_humidity", 0), sky.humidity[None]),
            (Column("", "wind_speed", 1), sky.wind[None]),
            (Column("", "rain_depth", 1), depth[None]),
            (Column("", "solar_irradiance", 0), np.maximum(sky.irradiance[None] + draws.normal(0, 2, (1, N_STEPS)), 0)),
            (Column("", "air_pressure", 1), sky.pressure[None]),
        ]
        reported = every(1, N_STEPS, 1 if day.is_full else PER_HOUR)
        return [tabulate("weather", np.array([0]), grid.at_s, reported, series)]


def seasonal_c(at_s: Integers) -> Floats:
    """Give the mean temperature of the season [°C]."""
    year_day = (at_s / DAY_S) % 365.2425
    cycle: Floats = MEAN_C - SWING_C * np.cos(2 * np.pi * (year_day - COLDEST_DAY) / 365.2425)
    return cycle


def daily_c(at_s: Integers, cloud: Floats, longitude: float) -> Floats:
    """Give the daily cycle [°C], warmest at three in the afternoon, smaller in winter and under clouds."""
    solar_hour = (at_s % DAY_S) / 3600 + longitude / 15
    swing = (1.6 + 0.22 * (seasonal_c(at_s) - 1)) * (1.25 - 0.8 * cloud)
    cycle: Floats = -swing * np.cos(2 * np.pi * (solar_hour - 3) / 24)
    return cycle


def clear_sky(elevation_deg: Floats) -> Floats:
    """Give irradiance of a clear sky on level ground [W/m²] (Haurwitz 1945)."""
    sine = np.sin(np.radians(np.maximum(elevation_deg, 0.1)))
    level: Floats = np.where(elevation_deg > 0.1, 1098 * sine * np.exp(-0.057 / sine), 0.0)
    return level
