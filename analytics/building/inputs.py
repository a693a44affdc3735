"""What the saving of buildings rests on, as it was read, and how it is put together for one project's asset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.building.metered import read_meter
from analytics.building.periods import Integers
from analytics.building.saving import Spans, Use
from analytics.building.week_hours import Hours
from analytics.building.worth import Priced
from analytics.grouping import by_asset
from store.baseline import DatedFactor, DayTemperature, Price, ProjectAsset
from store.building import BuildingMeter, HourTemperatures, OffPeakShare, UsedDay, UsedHours

HOUR_S = 3600
VOLUME_UNIT = "m3"


@dataclass(frozen=True, slots=True)
class BuildingInputs:
    """Projects with their meters; days and hours of baseline and reporting; weather, prices, factors; the period."""

    period: tuple[date, date]
    projects: tuple[ProjectAsset, ...] = ()
    meters: tuple[BuildingMeter, ...] = ()
    days: tuple[UsedDay, ...] = ()
    hours: tuple[UsedHours, ...] = ()
    temperatures: tuple[DayTemperature, ...] = ()
    hour_temperatures: tuple[HourTemperatures, ...] = ()
    electricity_prices: tuple[Price, ...] = ()
    gas_prices: tuple[Price, ...] = ()
    heat_prices: tuple[Price, ...] = ()
    off_peak_shares: tuple[OffPeakShare, ...] = ()
    factors: tuple[DatedFactor, ...] = ()
    heating_value: float | None = None


def warmth_of(inputs: BuildingInputs) -> dict[date, float]:
    """Give the mean outdoor temperature of each day [°C]; of days that tell extremes alone, the middle of these."""
    return {one.day: (one.lowest + one.highest) / 2 if one.mean is None else one.mean for one in inputs.temperatures}


def spans_of(inputs: BuildingInputs, project: ProjectAsset) -> Spans | None:
    """Give the days that matter to a project's asset, None where its works began after the period."""
    first, end = inputs.period
    if project.started_on >= end:
        return None
    return Spans(
        baseline=(project.baseline_from, project.baseline_to),
        since=(project.started_on, end),
        period=(max(first, project.started_on), end),
        time_zone=project.time_zone,
    )


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of each meter, and the temperature [°C] of each day and hour."""

    days: Mapping[tuple[int, str], Sequence[UsedDay]]
    hours: Mapping[int, Sequence[UsedHours]]
    warmth: Mapping[date, float]
    hour_warmth: Mapping[int, float]


def gather(inputs: BuildingInputs) -> Gathered:
    """Put the rows of each meter together, once for all projects."""
    days: dict[tuple[int, str], list[UsedDay]] = {}
    for row in inputs.days:
        days.setdefault((row.asset_id, row.energy), []).append(row)
    warmth = (
        (hour, value) for part in inputs.hour_temperatures for hour, value in zip(part.hours, part.values, strict=True)
    )
    return Gathered(days, by_asset(inputs.hours), warmth_of(inputs), dict(warmth))


def make_uses(inputs: BuildingInputs, gathered: Gathered, project: ProjectAsset, spans: Spans) -> list[Use] | str:
    """Give the meters of a project's asset, or say why they cannot be told."""
    meters = [meter for meter in inputs.meters if meter.owner_id == project.asset_id]
    if not meters:
        return "no meter of electricity, gas or heat belongs to the asset"
    if inputs.heating_value is None and any(meter.energy == "gas" for meter in meters):
        return "no heating value of gas is entered"
    return [make_use(inputs, gathered, meter, spans) for meter in meters]


def make_use(inputs: BuildingInputs, gathered: Gathered, meter: BuildingMeter, spans: Spans) -> Use:
    """Put one meter together."""
    rows = gathered.days.get((meter.asset_id, meter.energy), ())
    to_kwh = (inputs.heating_value or 0.0) if meter.energy == "gas" else 1.0
    return Use(meter.energy, read_meter(rows, to_kwh), hours_of(gathered, meter, spans))


def hours_of(gathered: Gathered, meter: BuildingMeter, spans: Spans) -> tuple[Hours, Hours] | None:
    """Give the hours of baseline and period of an electricity meter that is one series in each; else None."""
    own = gathered.hours.get(meter.asset_id, ())
    if meter.energy != "electricity" or not own:
        return None
    spoken = (spans.baseline, spans.period)
    before, now = (within(own, gathered.hour_warmth, span, spans.time_zone) for span in spoken)
    return None if before is None or now is None else (before, now)


def within(
    rows: Sequence[UsedHours], warmth: Mapping[int, float], span: tuple[date, date], time_zone: str
) -> Hours | None:
    """Give the hours of some days with their temperature; None where there are none, or several series speak."""
    zone = ZoneInfo(time_zone)
    first, end = (int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) // HOUR_S for day in span)
    own = {
        hour: (row.series_id, kwh)
        for row in rows
        for hour, kwh in zip(row.hours, row.kwh, strict=True)
        if first <= hour < end and hour in warmth
    }
    if not own or len({series for series, _ in own.values()}) > 1:
        return None
    hours = np.array(sorted(own), dtype=np.int64)
    civil = hours + offsets_h(hours, zone)
    return Hours(
        kwh=np.array([own[hour][1] for hour in hours.tolist()]),
        week_hour=(civil - 96) % 168,  # 1970 began on a Thursday; hour 96 was the first of a Monday
        temperature=np.array([warmth[hour] for hour in hours.tolist()]),
        days=civil // 24 + date(1970, 1, 1).toordinal(),
    )


def offsets_h(hours: Integers, zone: ZoneInfo) -> Integers:
    """Give by how many hours civil time is ahead of UTC in each hour (whole hours)."""
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    days, owner = np.unique(hours // 24, return_inverse=True)
    edges = [[offset_h(begin + timedelta(days=day, hours=at), zone) for at in (0, 23)] for day in days.tolist()]
    early, late = np.array(edges, dtype=np.int64).T
    changes = {int(day) for day, one, other in zip(days, early, late, strict=True) if one != other}
    offsets: Integers = early[owner]
    for index in np.nonzero(np.isin(hours // 24, sorted(changes)))[0].tolist():
        offsets[index] = offset_h(begin + timedelta(hours=int(hours[index])), zone)
    return offsets


def offset_h(at: datetime, zone: ZoneInfo) -> int:
    """Give by how many hours civil time is ahead of UTC at an instant."""
    offset = at.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // HOUR_S)


def priced_of(inputs: BuildingInputs, project: ProjectAsset, energy: str) -> Priced:
    """Give how an energy of a project's asset is priced."""
    prices = {"electricity": inputs.electricity_prices, "gas": inputs.gas_prices, "heat": inputs.heat_prices}[energy]
    meters = {meter.asset_id for meter in inputs.meters if meter.owner_id == project.asset_id}
    shares = [one.share for one in inputs.off_peak_shares if one.asset_id in meters] if energy == "electricity" else []
    by_volume = energy == "gas" and any(price.unit == VOLUME_UNIT for price in prices)
    per_kwh = 1 / inputs.heating_value if by_volume and inputs.heating_value else 1.0
    return Priced(prices, sum(shares) / len(shares) if shares else 0.0, per_kwh)
