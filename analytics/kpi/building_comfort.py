"""Comfort: hours in which a zone was open and too cold, too warm, or short of fresh air.

Hourly means of temperature and CO2, counted for the part of the hour in which the zone is open by its own opening hours
or its building's; without opening hours nothing is told, for a cold school at night is no fault. Default limits: in the
heating season (1 October to 20 May) 18 to 25 °C, else at most 27 °C (EN 16798-1:2019, category III; no lower limit in
summer); CO2 at most 1000 ppm (règlement sanitaire départemental type, article 64). A territory enters its own as
factors: `comfort_winter_low`, `comfort_winter_high`, `comfort_summer_high` [Cel], `comfort_co2` [[ppm]].

Bounds: in the open hours that nobody measured all was well, or nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.building.degree_day import is_season
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.period import civil_days
from store.baseline import read_factor, read_time_zone
from store.building import OpeningHours, ZoneHour, read_opening_hours, read_zone_hours
from store.inputs import Connection, Window

DAY = timedelta(days=1)
HOUR_S = 3600.0
KPIS = {"comfort_temperature_hours": "temperature", "comfort_co2_hours": "co2"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which temperatures [°C] and up to which CO2 [ppm] a zone is comfortable."""

    winter_low: float = 18.0
    winter_high: float = 25.0
    summer_high: float = 27.0
    co2: float = 1000.0

    def is_outside(self, row: ZoneHour) -> bool:
        """Say whether an hour's mean is outside."""
        if row.quantity == "co2":
            return row.mean > self.co2
        if is_season(row.day):
            return not self.winter_low <= row.mean <= self.winter_high
        return row.mean > self.summer_high


@dataclass(frozen=True, slots=True)
class ComfortInputs:
    """Hourly means of zones, when these are open, the limits, and the days asked about."""

    hours: Sequence[ZoneHour]
    opening: Sequence[OpeningHours]
    limits: Limits
    days: tuple[date, ...]


def read_comfort(connection: Connection, window: Window) -> ComfortInputs:
    """Read zones, opening hours and limits."""
    days = civil_days(window.begins_at, window.ends_at, read_time_zone(connection, window.territory_id))
    names = ("comfort_winter_low", "comfort_winter_high", "comfort_summer_high", "comfort_co2")
    entered = (read_factor(connection, window.territory_id, name, days[0]) for name in names)
    standard = (Limits().winter_low, Limits().winter_high, Limits().summer_high, Limits().co2)
    limits = Limits(*(own if value is None else value for value, own in zip(entered, standard, strict=True)))
    return ComfortInputs(
        hours=read_zone_hours(connection, window),
        opening=read_opening_hours(connection, window),
        limits=limits,
        days=days,
    )


def tell_comfort(inputs: ComfortInputs) -> list[Figure]:
    """Tell the open hours outside limits [h] of each zone that measures, and of all of them together."""
    open_h = {zone: open_hours(inputs, zone) for zone in sorted({row.asset_id for row in inputs.hours})}
    figures: list[Figure] = []
    for kpi, quantity in KPIS.items():
        rows = [row for row in inputs.hours if row.quantity == quantity]
        zones = sorted({row.asset_id for row in rows})
        for zone in zones:
            figures.append(figure_of(kpi, zone, [row for row in rows if row.asset_id == zone], open_h, inputs.limits))
        able = [row for row in rows if open_h[row.asset_id]]
        if zones:
            figures.append(figure_of(kpi, None, able, {zone: open_h[zone] for zone in zones}, inputs.limits))
    return figures


def figure_of(
    kpi: str,
    asset_id: int | None,
    rows: Sequence[ZoneHour],
    open_h: dict[int, dict[tuple[date, int], float]],
    limits: Limits,
) -> Figure:
    """Count the open hours of some zones."""
    parts = [open_h[row.asset_id].get((row.day, row.hour), 0.0) for row in rows]
    known_h = sum(parts)
    outside_h = sum(part for part, row in zip(parts, rows, strict=True) if limits.is_outside(row))
    zones = open_h if asset_id is None else {asset_id: open_h[asset_id]}
    owed_h = sum(sum(hours.values()) for hours in zones.values())
    missing_h = max(0.0, owed_h - known_h)
    proof = {"open_hours": owed_h, "open_hours_known": known_h, "n_zones": len(zones), **proof_of(limits)}
    known = Known(known_h * HOUR_S, owed_h * HOUR_S, hash_inputs([limits, *rows]), proof)
    figure = tell(kpi, asset_id, "h", (outside_h, outside_h, outside_h + missing_h), known)
    return refuse(figure, "no opening hours are entered, or none lie in this period") if not owed_h else figure


def proof_of(limits: Limits) -> dict[str, float]:
    """Give the limits."""
    return {
        "winter_low_cel": limits.winter_low,
        "winter_high_cel": limits.winter_high,
        "summer_high_cel": limits.summer_high,
        "co2_ppm": limits.co2,
    }


def open_hours(inputs: ComfortInputs, zone: int) -> dict[tuple[date, int], float]:
    """Give which part of each hour (day, hour of civil time) a zone is open, 0 to 1; hours never open are left out."""
    parts: dict[tuple[date, int], float] = {}
    for entry in inputs.opening:
        if entry.asset_id != zone:
            continue
        for day in inputs.days:
            if is_open_day(entry, day):
                for hour, part in split(entry):
                    parts[day, hour] = min(1.0, parts.get((day, hour), 0.0) + part)
    return parts


def is_open_day(entry: OpeningHours, day: date) -> bool:
    """Say whether opening hours hold on a day."""
    is_valid = entry.valid_from <= day and (entry.valid_to is None or day < entry.valid_to)
    return is_valid and day.weekday() in entry.weekdays


def split(entry: OpeningHours) -> Iterable[tuple[int, float]]:
    """Cut opening hours into hours of the day they begin on; those over midnight end at it, and begin at it again."""
    begin, end = (at.hour + at.minute / 60 for at in (entry.from_time, entry.to_time))
    spans = [(begin, end)] if begin < end else [(begin, 24.0), (0.0, end)]
    for hour in range(24):
        part = sum(max(0.0, min(last, hour + 1) - max(first, hour)) for first, last in spans)
        if part > 0:
            yield hour, part


DOMAINS = (
    Domain(
        name="building_comfort",
        kpis=tuple(KPIS),
        rhythm="month",
        asset_types=("building_zone",),
        method="hourly means against limits while open",
        method_version="1",
        read=read_comfort,
        tell=tell_comfort,
        holds_values=True,
    ),
)
