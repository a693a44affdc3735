"""Heating energy of a building per degree day, by month.

Degree days (DJU) of base 18 °C by the method of the weather service: 18 less the mean of the day's lowest and highest
temperature, never below 0; here of civil days and of the territory's own stations. Energy is what was bought: heat by
its meter, gas by volume times the heating value that the territory entered. No base load is taken off, so the figure
of a month with few degree days would say little: below 30 of them it is withheld.

Days for which a meter does not account are bounded: nothing was used in them, or as much as on the hungriest day. Days
without a temperature are taken to be as cold as the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from analytics.baseline.nights import join_days, length_s
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.period import civil_days
from store.baseline import (
    DayTemperature,
    MeteredDay,
    read_factor,
    read_metered_days,
    read_parents,
    read_temperatures,
    read_time_zone,
)
from store.inputs import Connection, Window

BASE_CEL = 18.0
LEAST_DEGREE_DAYS = 30.0
DAY = timedelta(days=1)
DAY_S = 86_400.0
KPI, UNIT = "building_energy_per_degree_day", "kW.h/(K.d)"


@dataclass(frozen=True, slots=True)
class HeatInputs:
    """Metered days of heat [kW.h] and gas [m3], the building of each meter, temperatures, and the days asked about."""

    heat: Sequence[MeteredDay]
    gas: Sequence[MeteredDay]
    buildings: Mapping[int, int]
    temperatures: Sequence[DayTemperature]
    heating_value: float | None
    days: tuple[date, ...]
    time_zone: str


@dataclass(frozen=True, slots=True)
class Month:
    """One building's month: energy of the days accounted for, and of the hungriest [kW.h]; days known and not."""

    kwh: float
    hungriest_kwh: float
    known: frozenset[date]
    refusal: str | None = None


def read_heat(connection: Connection, window: Window) -> HeatInputs:
    """Read heat and gas by day, and temperatures."""
    time_zone = read_time_zone(connection, window.territory_id)
    days = civil_days(window.begins_at, window.ends_at, time_zone)
    return HeatInputs(
        heat=read_metered_days(connection, window, "heat_energy"),
        gas=read_metered_days(connection, window, "gas_volume"),
        buildings=read_parents(connection, window, "building"),
        temperatures=read_temperatures(connection, window),
        heating_value=read_factor(connection, window.territory_id, "gas_heating_value", days[0]),
        days=days,
        time_zone=time_zone,
    )


def tell_heat(inputs: HeatInputs) -> list[Figure]:
    """Tell energy per degree day [kW.h/(K.d)] of each building and of all together."""
    months = {building: months_of(inputs, building) for building in sorted(set(inputs.buildings.values()))}
    months = {building: month for building, month in months.items() if month}
    degree_days = {t.day: max(0.0, BASE_CEL - (t.lowest + t.highest) / 2) for t in inputs.temperatures}
    rows = hash_inputs([*inputs.heat, *inputs.gas, *inputs.temperatures, inputs.heating_value])
    figures = [figure_of(building, month, degree_days, inputs, rows) for building, month in months.items()]
    together = [month for own in months.values() for month in own]
    return figures + ([figure_of(None, together, degree_days, inputs, rows)] if together else [])


def months_of(inputs: HeatInputs, building: int) -> list[Month]:
    """Give the month of each heating meter of a building."""
    meters = sorted(meter for meter, owner in inputs.buildings.items() if owner == building)
    heat = [(meter, 1.0, [row for row in inputs.heat if row.asset_id == meter]) for meter in meters]
    gas = [(meter, inputs.heating_value, [row for row in inputs.gas if row.asset_id == meter]) for meter in meters]
    return [month_of(rows, factor, inputs.time_zone) for _, factor, rows in (*heat, *gas) if rows]


def month_of(rows: Sequence[MeteredDay], factor: float | None, time_zone: str) -> Month:
    """Add up one meter's days, each unit of it worth `factor` [kW.h]."""
    if factor is None:
        return Month(0.0, 0.0, frozenset(), "no heating value of gas is entered")
    groups = join_days(rows, lambda day: length_s(day, time(0), time_zone))
    amounts = [sum(row.increase for _, row in group if row) * factor for group in groups]
    per_day = [amount / len(group) for amount, group in zip(amounts, groups, strict=True)]
    return Month(sum(amounts), max(per_day, default=0.0), frozenset(day for group in groups for day, _ in group))


def figure_of(
    asset_id: int | None, months: Sequence[Month], degree_days: Mapping[date, float], inputs: HeatInputs, rows: str
) -> Figure:
    """Divide the energy of some meters by the degree days of the days asked about."""
    warm_known = [day for day in inputs.days if day in degree_days]
    total = sum(degree_days[day] for day in warm_known) * len(inputs.days) / max(len(warm_known), 1)
    known_days = sum(day in month.known for month in months for day in warm_known)
    missing = [sum(day not in month.known for day in inputs.days) for month in months]
    kwh = sum(month.kwh for month in months)
    most_kwh = kwh + sum(n * month.hungriest_kwh for n, month in zip(missing, months, strict=True))
    proof = {"degree_days": total, "energy_kwh": kwh, "n_meters": len(months), "n_days_missing": sum(missing)}
    known = Known(known_days * DAY_S, len(inputs.days) * len(months) * DAY_S, rows, proof)
    refusal = next((month.refusal for month in months if month.refusal), None)
    if refusal is None and total < LEAST_DEGREE_DAYS:
        refusal = f"{total:.0f} degree days, {LEAST_DEGREE_DAYS:.0f} are needed"
    if refusal is not None:
        return refuse(tell(KPI, asset_id, UNIT, (None, None, None), known), refusal)
    likely = kwh * len(inputs.days) * len(months) / max(known_days, 1)
    return tell(KPI, asset_id, UNIT, (kwh / total, min(likely, most_kwh) / total, most_kwh / total), known)


DOMAINS = (
    Domain(
        name="degree_days",
        kpis=(KPI,),
        rhythm="month",
        asset_types=("gas_meter", "heat_meter"),
        method="metered energy over degree days, base 18",
        method_version="1",
        read=read_heat,
        tell=tell_heat,
    ),
)
