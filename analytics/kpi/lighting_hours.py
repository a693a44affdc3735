"""Hours that lamps and cabinets burned, against the astronomical hours of their place and the commune's own.

Owed are the hours with the sun more than 3 degrees below the horizon (about 4,100 a year in France;
`sun_depression_deg` of the cabinet where it is entered), less those in which the commune's hours switch off
(`analytics.lighting.duty`; NOAA's formulas by `astral`). What a lamp did in an hour is told from its power, its hours
and its neighbours (`analytics.lighting.lamps`): an order that nobody entered is no outage. Burned by day is before
sunset and after sunrise. Availability is the share of owed lamp-hours that were lit (of hours owed in full).

Bounds: in hours that are not known the lamp burned all the time, or never; each of them was lit as owed, or dark.
Negative power counts as not known. A lamp without a position stands where its cabinet does; without either, nothing is
owed or told.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from analytics.baseline.nights import Place
from analytics.grouping import by_asset
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.lighting.duty import Clock, Duty, Floats, duty_of, make_clock
from analytics.lighting.lamps import Family, Tally, add_up, look_at, tally
from store.baseline import ScheduledHours, read_schedules, read_time_zone
from store.inputs import Connection, Window
from store.lighting import CabinetFacts, PowerHours, read_cabinet_facts, read_power_hours

DEPRESSION_DEG = 3.0
HOUR_S = 3600.0
CABINETS = ("light_cabinet",)
NO_PLACE = "the asset has no position: its dark hours are not known"
NEVER_LIT = "never seen to burn, and no nominal power is entered"
BURN, BY_DAY, DARK, AVAILABLE, LOST = "burn_hours", "hours_by_day", "hours_dark", "availability", "outage_energy"
UNITS = {BURN: "h", BY_DAY: "h", DARK: "h", AVAILABLE: "1", LOST: "kW.h"}


@dataclass(frozen=True, slots=True)
class HourInputs:
    """Power by hour of lamps or of cabinets, the commune's hours, what is entered of cabinets, and the period."""

    power: tuple[PowerHours, ...]
    schedules: tuple[ScheduledHours, ...]
    cabinets: tuple[CabinetFacts, ...]
    begins_at: datetime
    ends_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class Told:
    """One asset's hours, or why there are none."""

    asset_id: int
    parent_id: int | None
    tally: Tally | None
    refusal: str | None = None


def read_hours(connection: Connection, window: Window) -> HourInputs:
    """Read power, hours of the assets and of their cabinets, and where these stand."""
    cabinets = Window(window.territory_id, CABINETS, window.begins_at, window.ends_at)
    both = Window(window.territory_id, (*window.asset_types, *CABINETS), window.begins_at, window.ends_at)
    return HourInputs(
        tuple(read_power_hours(connection, window)),
        tuple(read_schedules(connection, both)),
        tuple(read_cabinet_facts(connection, cabinets)),
        window.begins_at,
        window.ends_at,
        read_time_zone(connection, window.territory_id),
    )


def tell_lamps(inputs: HourInputs) -> list[Figure]:
    """Tell burn hours and availability of each lamp, what is wrong by cabinet, and all of it for the territory."""
    told, rows = tell_assets(inputs), hash_hours(inputs)
    figures = [figure_of("street_light", kpi, one.asset_id, [one], rows) for one in told for kpi in (BURN, AVAILABLE)]
    families: dict[int, list[Told]] = {}
    for one in told:
        if one.parent_id is not None:
            families.setdefault(one.parent_id, []).append(one)
    figures += [
        figure_of("street_light", kpi, parent, family, rows)
        for parent, family in sorted(families.items())
        for kpi in (BY_DAY, DARK, LOST)
    ]
    return figures + [figure_of("street_light", kpi, None, told, rows) for kpi in UNITS if told]


def tell_cabinets(inputs: HourInputs) -> list[Figure]:
    """Tell the hours of each cabinet by its own power, and the mean cabinet's."""
    told, rows = tell_assets(inputs), hash_hours(inputs)
    groups: list[tuple[int | None, list[Told]]] = [(one.asset_id, [one]) for one in told]
    groups += [(None, told)] if told else []
    return [
        figure_of("light_cabinet", kpi, asset_id, group, rows)
        for asset_id, group in groups
        for kpi in (BURN, BY_DAY, DARK)
    ]


def tell_assets(inputs: HourInputs) -> list[Told]:
    """Tell the hours of each asset, family by family."""
    clock = make_clock(inputs.begins_at, inputs.ends_at, inputs.time_zone)
    depressions = {one.asset_id: one.sun_depression_deg for one in inputs.cabinets}
    hours = by_asset(inputs.schedules)
    groups: dict[tuple[Any, ...], list[PowerHours]] = {}
    for one in inputs.power:
        depression = depressions.get(one.parent_id or one.asset_id) or DEPRESSION_DEG
        own = tuple(entry for asset in (one.asset_id, one.parent_id) for entry in hours.get(asset or 0, ()))
        standing = tuple((e.kind, e.from_time, e.to_time, e.level, e.valid_from, e.valid_to, e.weekdays) for e in own)
        groups.setdefault((one.parent_id, place_of(one, inputs.time_zone, depression), standing), []).append(one)
    duties: dict[Any, Duty] = {}
    told: list[Told] = []
    for (parent, place, standing), members in groups.items():
        if place is None:
            told += [Told(one.asset_id, parent, None, NO_PLACE) for one in members]
            continue
        if (place, standing) not in duties:
            duties[place, standing] = duty_of(clock, place, [ScheduledHours(0, *entry) for entry in standing])
        told += tell_family(parent, members, duties[place, standing], clock)
    return sorted(told, key=lambda one: one.asset_id)


def place_of(one: PowerHours, time_zone: str, depression: float) -> Place | None:
    """Give where an asset stands, to a tenth of a degree (half a minute of the sun)."""
    if one.longitude is None or one.latitude is None:
        return None
    return Place(round(one.longitude, 1), round(one.latitude, 1), time_zone, depression)


def tell_family(parent: int | None, members: Sequence[PowerHours], duty: Duty, clock: Clock) -> list[Told]:
    """Tell the hours of assets that share a duty; an asset of several series is known where any of them is."""
    assets = sorted({one.asset_id for one in members})
    index = {asset: number for number, asset in enumerate(assets)}
    watts = np.full((len(assets), clock.n_hours), np.nan)
    expected = np.zeros(watts.shape, dtype=bool)
    nominal = np.full(len(assets), np.nan)
    for one in members:
        row = index[one.asset_id]
        watts[row] = np.fmax(watts[row], np.array(one.watts, dtype=np.float64))
        expected[row, max(0, one.first) :] = True
        nominal[row] = one.nominal_w if one.nominal_w is not None else np.nan
    civil_hour = clock.minute[::60] // 60
    family = Family(watts, expected, nominal, civil_hour, duty, is_one=parent is not None)
    tallies = tally(family, look_at(family))
    return [
        Told(asset, parent, one, None if one.full_w > 0 else NEVER_LIT)
        for asset, one in zip(assets, tallies, strict=True)
    ]


def figure_of(prefix: str, kpi: str, asset_id: int | None, told: Sequence[Told], rows: str) -> Figure:
    """Tell one KPI of some assets together: hours are those of the mean asset, energy is that of all."""
    name = f"{prefix}_{kpi}"
    able = [one.tally for one in told if one.tally is not None and one.refusal is None]
    if not able:
        reason = told[0].refusal or NO_PLACE
        return refuse(tell(name, asset_id, UNITS[kpi], (None, None, None), Known(0.0, 1.0, rows)), reason)
    total, n_assets = add_up(able) if len(able) > 1 else able[0], len(able)
    expected_h, known_h = (
        (total.expected_h, total.known_h) if kpi in (BURN, BY_DAY) else (total.owed_h, total.owed_known_h)
    )
    known = Known(known_h * HOUR_S, expected_h * HOUR_S, rows, proof_of(total, n_assets, len(told)))
    low, value, high = (bound * (1 if kpi in (AVAILABLE, LOST) else 1 / n_assets) for bound in BOUNDS[kpi](total))
    owed = total.owed_h / n_assets if kpi == BURN else None
    return tell(name, asset_id, UNITS[kpi], (low, value, high), known, owed)


def burned(total: Tally) -> tuple[float, float, float]:
    """Bound the hours burned; the owed ones that are not known were lit like the others."""
    unknown, unknown_owed = total.expected_h - total.known_h, total.owed_h - total.owed_known_h
    lit = 1 - total.dark_h / total.owed_known_h if total.owed_known_h > 0 else 1.0
    return total.burned_h, total.burned_h + unknown_owed * lit, total.burned_h + unknown


def by_day(total: Tally) -> tuple[float, float, float]:
    """Bound the hours burned by day; days not known were like the others."""
    unknown = (total.expected_h - total.known_h) - (total.owed_h - total.owed_known_h)
    day_h = total.known_h - total.owed_known_h
    likely = unknown * total.by_day_h / day_h if day_h > 0 else 0.0
    return total.by_day_h, total.by_day_h + likely, total.by_day_h + max(unknown, likely)


def dark(total: Tally) -> tuple[float, float, float]:
    """Bound the hours dark when owed."""
    unknown = total.owed_h - total.owed_known_h
    share = total.dark_h / total.owed_known_h if total.owed_known_h > 0 else 0.0
    return total.dark_h, total.dark_h + unknown * share, total.dark_h + unknown


def available(total: Tally) -> tuple[float, float, float]:
    """Bound the share of owed lamp-hours that were lit."""
    if total.on_duty_h <= 0:
        return 0.0, 1.0, 1.0
    known = total.owed_known_h / total.owed_h if total.owed_h > 0 else 1.0
    share = 1 - total.out_h / total.on_duty_h
    return share * known, share, share * known + (1 - known)


def lost(total: Tally) -> tuple[float, float, float]:
    """Bound the energy not drawn by lamps that were out alone [kW.h]; hours not known were like the others."""
    unknown = total.owed_h - total.owed_known_h
    share = total.outage_kwh / total.owed_known_h if total.owed_known_h > 0 else 0.0
    most = unknown * total.full_w / total.n_assets / 1000 if total.n_assets else 0.0
    return total.outage_kwh, total.outage_kwh + unknown * share, total.outage_kwh + max(most, unknown * share)


BOUNDS: Mapping[str, Callable[[Tally], tuple[float, float, float]]] = {
    BURN: burned,
    BY_DAY: by_day,
    DARK: dark,
    AVAILABLE: available,
    LOST: lost,
}


def proof_of(total: Tally, n_assets: int, n_told: int) -> dict[str, Any]:
    """Give the hours behind a figure, of all its assets together."""
    return {
        "n_assets": n_assets,
        "n_assets_left_out": n_told - n_assets,
        "owed_h": round(total.owed_h, 2),
        "burned_h": round(total.burned_h, 2),
        "by_day_h": round(total.by_day_h, 2),
        "dark_h": round(total.dark_h, 2),
        "out_h": total.out_h,
        "order_not_entered_h": total.ordered_off_h,
        "dimmed_h": total.dimmed_h,
        "dims_by_itself_h": total.dims_h,
        "outage_kwh": round(total.outage_kwh, 3),
    }


def hash_hours(inputs: HourInputs) -> str:
    """Hash the inputs, power as its bytes: a month of a town has millions of values."""
    digest = hashlib.sha256(hash_inputs([*inputs.schedules, *inputs.cabinets, inputs.begins_at]).encode())
    for one in inputs.power:
        watts: Floats = np.array(one.watts, dtype=np.float64)
        fields = (one.asset_id, one.parent_id, one.longitude, one.latitude, one.nominal_w, one.first)
        digest.update(repr(fields).encode() + watts.tobytes())
    return digest.hexdigest()


def hours_domain(name: str, kpis: tuple[str, ...], asset_type: str, teller: Any) -> Domain:
    """Describe the domain of lamps or of cabinets."""
    return Domain(
        name=name,
        kpis=tuple(f"{asset_type}_{kpi}" for kpi in kpis),
        rhythm="month_of_nights",
        asset_types=(asset_type,),
        method="power by hour against astronomical hours",
        method_version="2",
        read=read_hours,
        tell=teller,
        holds_values=True,
    )


DOMAINS = (
    hours_domain("lamp_hours", tuple(UNITS), "street_light", tell_lamps),
    hours_domain("cabinet_hours", (BURN, BY_DAY, DARK), "light_cabinet", tell_cabinets),
)
