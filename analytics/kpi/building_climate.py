"""Heating degree days (DJU) of base 18 °C of the territory's own stations, by both methods in use in France.

Météo and COSTIC (`analytics.building.degree_day`), of the days in the conventional season, 1 October to 20 May; those
of the days outside it stand in the proof. A contract, a subsidy and the weather service may each mean another of these
numbers, so both are told side by side.

Days without a temperature are taken to be like the others of the season; bounds: as warm and as cold as any known one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.building.degree_day import costic, is_season, meteo
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, tell
from analytics.period import civil_days
from store.baseline import DayTemperature, read_temperatures, read_time_zone
from store.inputs import Connection, Window

DAY = timedelta(days=1)
DAY_S = 86_400.0
UNIT = "K.d"
METHODS: dict[str, Callable[[float, float], float]] = {
    "heating_degree_days": meteo,
    "heating_degree_days_costic": costic,
}


@dataclass(frozen=True, slots=True)
class ClimateInputs:
    """Lowest and highest temperature by day, and the days asked about."""

    temperatures: Sequence[DayTemperature]
    days: tuple[date, ...]


def read_climate(connection: Connection, window: Window) -> ClimateInputs:
    """Read the days of the stations."""
    time_zone = read_time_zone(connection, window.territory_id)
    days = civil_days(window.begins_at, window.ends_at, time_zone)
    return ClimateInputs(read_temperatures(connection, window), days)


def tell_climate(inputs: ClimateInputs) -> list[Figure]:
    """Tell the degree days of the territory [K.d] by both methods; nothing where no station speaks."""
    if not inputs.temperatures:
        return []
    season = [day for day in inputs.days if is_season(day)]
    return [tell_method(kpi, method, inputs, season) for kpi, method in METHODS.items()]


def tell_method(
    kpi: str, method: Callable[[float, float], float], inputs: ClimateInputs, season: Sequence[date]
) -> Figure:
    """Tell the degree days of one method."""
    told = {one.day: method(one.lowest, one.highest) for one in inputs.temperatures}
    known = [told[day] for day in season if day in told]
    outside = sum(told[day] for day in inputs.days if day in told and not is_season(day))
    proof = {"n_days": len(season), "n_days_known": len(known), "outside_season": outside, "base_cel": 18.0}
    if not season:
        whole = Known(len(told) * DAY_S, len(inputs.days) * DAY_S, hash_inputs(inputs.temperatures), proof)
        return tell(kpi, None, UNIT, (0.0, 0.0, 0.0), whole)
    covered = Known(len(known) * DAY_S, len(season) * DAY_S, hash_inputs(inputs.temperatures), proof)
    if not known:
        return tell(kpi, None, UNIT, (None, None, None), covered)
    n_missing = len(season) - len(known)
    total = sum(known)
    value = total * len(season) / len(known)
    return tell(kpi, None, UNIT, (total + n_missing * min(known), value, total + n_missing * max(known)), covered)


DOMAINS = (
    Domain(
        name="building_climate",
        kpis=tuple(METHODS),
        rhythm="month",
        asset_types=("weather_station",),
        method="degree days of base 18, season from 1 October to 20 May",
        method_version="1",
        read=read_climate,
        tell=tell_climate,
    ),
)
