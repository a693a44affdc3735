"""Rhythms: sun, civil time, holidays, and what they do to lamps, cars, heating and fill."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from astral import Observer
from astral.sun import elevation

from simulators.rhythm import find_offsets, is_between, read_civil, sun_elevation_deg
from tests.support.towns import a_quiet_town, by_series, generate_days


@pytest.mark.parametrize("month", range(1, 13))
def test_sun_agrees_with_an_independent_formula(month: int) -> None:
    """Within 0.05 degrees, which is a fifth of a minute at dusk."""
    for hour in range(0, 24, 3):
        at = datetime(2026, month, 17, hour, 20, tzinfo=UTC)
        ours = sun_elevation_deg(np.array([int(at.timestamp())]), 47.5, 5.1)[0]
        assert ours == pytest.approx(elevation(Observer(47.5, 5.1), at, with_refraction=False), abs=0.05)


@pytest.mark.parametrize(
    ("instant", "hours"),
    [("2025-03-30T00:59", 1), ("2025-03-30T01:00", 2), ("2025-10-26T00:59", 2), ("2025-10-26T01:00", 1)],
)
def test_clocks_change_at_one_in_the_morning_utc(instant: str, hours: int) -> None:
    at_s = np.array([int(datetime.fromisoformat(instant + "+00:00").timestamp())])
    assert find_offsets(at_s)[0] == hours * 3600


@pytest.mark.parametrize(
    ("day", "public", "school"),
    [
        (date(2025, 7, 14), True, True),
        (date(2025, 2, 25), False, True),
        (date(2026, 4, 8), False, True),
        (date(2026, 4, 22), False, False),
        (date(2024, 11, 11), True, False),
        (date(2027, 3, 3), False, False),
    ],
)
def test_holidays_of_besancon(day: date, public: bool, school: bool) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    civil = read_civil(np.array([int(noon.timestamp())]))
    assert (bool(civil.is_public_holiday[0]), bool(civil.is_school_holiday[0])) == (public, school)


@pytest.mark.parametrize(("hour", "inside"), [(22.9, False), (23.5, True), (2.0, True), (5.0, False)])
def test_a_daily_window_may_run_over_midnight(hour: float, inside: bool) -> None:
    assert bool(is_between(np.array([hour]), 23.5, 5.0)[0]) is inside


def test_a_lamp_without_switch_off_burns_about_4100_hours_a_year() -> None:
    town = a_quiet_town(3, datetime(2025, 1, 1, tzinfo=UTC), scale=0.1)
    for _ in town.generate(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)):
        pass
    lighting = town.run.lighting
    all_night = (lighting.plan.off_from == lighting.plan.off_to)[lighting.plan.lamp_cabinet]
    assert all_night.any()
    assert 4_000 < lighting.lamp_h[all_night].mean() < 4_250
    if (~all_night).any():
        assert lighting.lamp_h[~all_night].mean() < 3_400


def test_bays_at_the_station_are_taken_on_working_days() -> None:
    town = a_quiet_town()
    station = {asset.slug for asset in town.assets if asset.attributes.get("zone") == "gare"}
    series = by_series(town, generate_days(town, 14))
    at_eleven = {weekday: [] for weekday in range(7)}
    for (device, _, quantity), (at_s, values) in series.items():
        if device in station and quantity == "occupancy":
            for day in range(14):
                noon_s = town.setting.start_s + day * 86_400 + 10 * 3600
                at_eleven[day % 7].append(values[np.searchsorted(at_s, noon_s) - 1])
    share = {weekday: float(np.mean(values)) for weekday, values in at_eleven.items()}
    assert min(share[weekday] for weekday in range(5)) > 0.75
    assert share[6] < 0.35


def test_heat_follows_degree_days() -> None:
    town = a_quiet_town(6, datetime(2025, 1, 6, tzinfo=UTC))
    series = by_series(town, generate_days(town, 100))
    _, outdoor = series["meteo-1", "", "temperature"]
    degree_days = np.clip(18 - outdoor.reshape(100, -1).mean(axis=1), 0, None)
    heat = np.array([kwh for _, kwh in town.run.building.daily])
    for building in range(heat.shape[1]):
        slope, _ = np.polyfit(degree_days, heat[:, building], 1)
        assert slope > 0
        assert np.corrcoef(degree_days, heat[:, building])[0, 1] > 0.75


def test_weather_has_seasons_and_days() -> None:
    town = a_quiet_town(2, datetime(2025, 1, 1, tzinfo=UTC), scale=0.1)
    series = by_series(town, generate_days(town, 365))
    _, temperature = series["meteo-1", "", "temperature"]
    monthly = temperature[: 12 * 30 * 144].reshape(12, -1).mean(axis=1)
    assert monthly[6] - monthly[0] > 12
    by_hour = temperature.reshape(365, 24, -1).mean(axis=(0, 2))
    assert by_hour[13:16].max() - by_hour[3:6].min() > 4
    hourly = temperature[::6] - np.repeat(temperature.reshape(365, -1).mean(axis=1), 24)
    assert np.corrcoef(hourly[:-1], hourly[1:])[0, 1] > 0.8


def test_streets_are_quieter_on_a_public_holiday() -> None:
    town = a_quiet_town(2, datetime(2025, 4, 28, tzinfo=UTC))  # 1 and 8 May 2025 are Thursdays
    series = by_series(town, generate_days(town, 25))
    at_s, count = series["compteur-route-01", "", "vehicle_count"]
    noons = town.setting.start_s + np.arange(25) * 86_400
    daily = np.diff(np.interp(noons, at_s, count))
    thursdays = {day: daily[day] for day in (3, 10, 17)}
    assert thursdays[3] < 0.75 * thursdays[17]
    assert thursdays[10] < 0.75 * thursdays[17]


def test_life_shifts_by_an_hour_in_utc_when_clocks_change() -> None:
    town = a_quiet_town(2, datetime(2025, 3, 24, tzinfo=UTC))  # the change is on Sunday 30 March
    series = by_series(town, generate_days(town, 13))
    at_s, count = series["compteur-route-01", "", "vehicle_count"]

    def morning_peak_hour(first_day: int) -> float:
        edges = town.setting.start_s + (np.arange(first_day * 96, (first_day + 5) * 96 + 1)) * 900
        profile = np.diff(np.interp(edges, at_s, count)).reshape(5, 96).mean(axis=0)[:44]
        busy = profile > 0.8 * profile.max()
        return float(np.average(np.arange(44)[busy], weights=profile[busy])) / 4

    assert morning_peak_hour(0) - morning_peak_hour(7) == pytest.approx(1.0, abs=0.5)


def test_containers_fill_and_are_emptied_by_rounds() -> None:
    town = a_quiet_town()
    series = by_series(town, generate_days(town, 15))
    drops = {
        device: int((np.diff(values) < -12).sum())
        for (device, _, quantity), (_, values) in series.items()
        if quantity == "fill_level"
    }
    assert len(drops) == 120
    assert np.mean([count > 0 for count in drops.values()]) > 0.8


def test_timedelta_of_a_night_is_longer_in_winter() -> None:
    start = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
    minutes = np.arange(0, 86_400, 60)
    dark = [
        float((sun_elevation_deg(start + day * 86_400 + minutes, 47.5, 5.1) < -3).mean()) * timedelta(days=1)
        for day in (0, 172)
    ]
    assert dark[0] - dark[1] > timedelta(hours=6)
