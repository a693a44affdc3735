"""Energy of a building per square metre and month: electricity, gas and heat as bought, over its floor area.

Final energy (as metered and billed; gas by the heating value that the territory entered), no correction for weather.
The floor area is the building's attribute `floor_area_m2`; without it nothing is told.

Days for which a meter does not account are bounded: nothing was used in them, or as much as on its hungriest day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from analytics.baseline.nights import join_days, length_s
from analytics.building.metered import read_meter
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.period import civil_days
from store.baseline import read_factor, read_time_zone
from store.building import BuildingMeter, UsedDay, read_building_meters, read_floor_areas, read_used_days
from store.inputs import Connection, Window

DAY = timedelta(days=1)
DAY_S = 86_400.0
KPI, UNIT = "building_energy_per_area", "kW.h/m2"


@dataclass(frozen=True, slots=True)
class AreaInputs:
    """Buildings' floor areas [m2], their meters, the days of these, and the days asked about."""

    areas: Mapping[int, float]
    meters: Sequence[BuildingMeter]
    used: Sequence[UsedDay]
    heating_value: float | None
    days: tuple[date, ...]
    time_zone: str


@dataclass(frozen=True, slots=True)
class Month:
    """One meter's month [kW.h]: of the known days, and of its hungriest day; how many days are known."""

    kwh: float
    hungriest_kwh: float
    n_known: int


def read_area(connection: Connection, window: Window) -> AreaInputs:
    """Read floor areas and what the buildings' meters say."""
    time_zone = read_time_zone(connection, window.territory_id)
    days = civil_days(window.begins_at, window.ends_at, time_zone)
    areas = read_floor_areas(connection, window)
    meters = read_building_meters(connection, sorted(areas)) if areas else []
    return AreaInputs(
        areas=areas,
        meters=meters,
        used=read_used_days(connection, window, sorted({meter.asset_id for meter in meters})),
        heating_value=read_factor(connection, window.territory_id, "gas_heating_value", days[0]),
        days=days,
        time_zone=time_zone,
    )


def tell_area(inputs: AreaInputs) -> list[Figure]:
    """Tell energy per area [kW.h/m2] of each building with meters that spoke, and of all of them together."""
    rows: dict[tuple[int, str], list[UsedDay]] = {}
    for row in inputs.used:
        rows.setdefault((row.asset_id, row.energy), []).append(row)
    months: dict[int, list[Month]] = {}
    for meter in inputs.meters:
        own = rows.get((meter.asset_id, meter.energy), [])
        months.setdefault(meter.owner_id, []).append(month_of(own, meter.energy, inputs))
    told = {building: own for building, own in sorted(months.items()) if any(month.n_known for month in own)}
    hashed = hash_inputs([*inputs.areas.items(), *inputs.meters, *inputs.used, inputs.heating_value])
    figures = [figure_of(building, {building: own}, inputs, hashed) for building, own in told.items()]
    return figures + ([figure_of(None, told, inputs, hashed)] if told else [])


def month_of(rows: Sequence[UsedDay], energy: str, inputs: AreaInputs) -> Month:
    """Add up one meter's days."""
    metered = read_meter(rows, (inputs.heating_value or 0.0) if energy == "gas" else 1.0)
    groups = join_days(metered.days, lambda day: length_s(day, time(0), inputs.time_zone))
    amounts = [sum(row.increase for _, row in group if row) for group in groups]
    per_day = [amount / len(group) for amount, group in zip(amounts, groups, strict=True)]
    return Month(sum(amounts), max(per_day, default=0.0), sum(len(group) for group in groups))


def figure_of(asset_id: int | None, months: Mapping[int, Sequence[Month]], inputs: AreaInputs, hashed: str) -> Figure:
    """Divide the energy of some buildings by their area."""
    own = [month for each in months.values() for month in each]
    area = sum(inputs.areas[building] for building in months)
    n_days, n_known = len(inputs.days) * len(own), sum(month.n_known for month in own)
    kwh = sum(month.kwh for month in own)
    most = kwh + sum((len(inputs.days) - month.n_known) * month.hungriest_kwh for month in own)
    likely = sum(month.kwh * len(inputs.days) / month.n_known for month in own if month.n_known)
    proof = {"energy_kwh": kwh, "floor_area_m2": area, "n_meters": len(own), "n_days_missing": n_days - n_known}
    known = Known(n_known * DAY_S, n_days * DAY_S, hashed, proof)
    owners = set(months)
    has_gas = any(meter.energy == "gas" and meter.owner_id in owners for meter in inputs.meters)
    figure = tell(KPI, asset_id, UNIT, (kwh / area, min(likely, most) / area, most / area), known)
    return refuse(figure, "no heating value of gas is entered") if has_gas and inputs.heating_value is None else figure


DOMAINS = (
    Domain(
        name="building_area",
        kpis=(KPI,),
        rhythm="month",
        asset_types=("building",),
        method="metered final energy over floor area",
        method_version="1",
        read=read_area,
        tell=tell_area,
    ),
)
