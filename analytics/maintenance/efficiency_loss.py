"""A heat pump or boiler that makes less heat of its energy than it used to at the same outdoor temperature.

Heat out of its own heat counter, energy in from its own counter of electricity or gas; outdoor temperature of the
territory's weather stations. Reference, line and rule are those of `analytics.heating.efficiency`; the reference is the
first thirty heating days of the last 400. It is there when the last five heating days all lie 10 % below and the
CUSUM is above its limit, and gone when their middle one lies less than 5 % below. A machine without both counters is
not judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.grouping import by_quantity
from analytics.heating.efficiency import Loss, find_loss, heating_days
from analytics.maintenance import Hint, Span, Verdict
from analytics.rotating.wear import Floats
from analytics.sentence import french_number, local_day, local_day_fr, number
from store.counter_days import CounterDays, read_counter_days
from store.gauge_hours import GaugeHours, read_gauge_days
from store.inputs import Connection, Window

REACH = timedelta(days=400)
FRESH = timedelta(days=7)
KWH_PER_UNIT = {"gas_volume": 10.5, "active_energy": 1.0}  # natural gas, gross, about; a boiler's pumps use little
MACHINES, STATION = ("heat_pump", "boiler"), "weather_station"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Days of the machines' counters, and of outdoor temperature."""

    counters: Sequence[CounterDays]
    outdoor: Sequence[GaugeHours]


@dataclass(frozen=True, slots=True)
class Days:
    """Heating days of a machine before an instant: begins [Unix s], heat and input [kWh], outdoors [°C], each (n,)."""

    begins_s: Floats
    heat: Floats
    input: Floats
    outdoor: Floats


def read(connection: Connection, window: Window) -> Inputs:
    """Read the counters of machines and the days of weather stations."""
    own, sky = (
        Window(window.territory_id, types, window.begins_at, window.ends_at) for types in (MACHINES, (STATION,))
    )
    return Inputs(
        read_counter_days(connection, own, ("heat_energy", *KWH_PER_UNIT)),
        read_gauge_days(connection, sky, ("air_temperature", "temperature")),
    )


def tell(inputs: Inputs, span: Span) -> list[Verdict]:
    """Judge each machine at each midnight; `score` is the share of its heat that is lost, in multiples of 10 %."""
    machines = by_quantity(inputs.counters).values()
    complete = [own for own in machines if "heat_energy" in own and own.keys() & KWH_PER_UNIT.keys()]
    sky = mean_days(inputs.outdoor)
    return [judge(own, sky, part) for part in span.parts() for own in complete]


def judge(own: Mapping[str, Sequence[CounterDays]], sky: tuple[Floats, Floats], span: Span) -> Verdict:
    """Compare a machine's last heating days with its first."""
    heat = own["heat_energy"][0]
    source = next(quantity for quantity in KWH_PER_UNIT if quantity in own)
    days = days_of(heat_of(own["heat_energy"]), heat_of(own[source], KWH_PER_UNIT[source]), sky, span.ends_at)
    loss = find_loss(days.heat, days.input, days.outdoor)
    if loss is None or span.ends_at.timestamp() - days.begins_s[-1] > FRESH.total_seconds():
        return Verdict(heat.asset_id, span.ends_at, None, span.begins_at)
    if not loss.is_there:
        return Verdict(heat.asset_id, span.ends_at, False if loss.is_gone else None, span.begins_at)
    return present(heat, span, loss, datetime.fromtimestamp(float(days.begins_s[loss.since_index]), UTC))


def heat_of(rows: Sequence[CounterDays], kwh_per_unit: float = 1.0) -> tuple[Floats, Floats]:
    """Give (days, kWh) of the counter that spoke last: a replaced one is another, whose share is another."""
    row = max(rows, key=lambda row: float(row.begins_s[-1]) if row.begins_s.size else -np.inf)
    return row.begins_s, row.increases * kwh_per_unit


def days_of(
    heat: tuple[Floats, Floats], energy: tuple[Floats, Floats], sky: tuple[Floats, Floats], at: datetime
) -> Days:
    """Put the heating days before an instant together."""
    begins = np.intersect1d(np.intersect1d(heat[0], energy[0]), sky[0])
    begins = begins[(begins < at.timestamp()) & (begins >= (at - REACH).timestamp())]
    parts = [values[np.searchsorted(days, begins)] for days, values in (heat, energy, sky)]
    told = heating_days(*parts)
    return Days(begins[told], *(part[told] for part in parts))


def mean_days(rows: Sequence[GaugeHours]) -> tuple[Floats, Floats]:
    """Give (days, temperature): the mean of a territory's weather stations."""
    if not rows:
        return np.empty(0), np.empty(0)
    days, where = np.unique(np.concatenate([row.begins_s for row in rows]), return_inverse=True)
    return days, np.bincount(where, np.concatenate([row.mean for row in rows])) / np.bincount(where)


def present(row: CounterDays, span: Span, loss: Loss, since: datetime) -> Verdict:
    """Say that a machine loses heat."""
    share = 1 - loss.found / loss.expected
    percent, kwh = number(round(100 * share)), number(round(loss.lost_kwh, 1))
    found, expected = number(round(loss.found, 2)), number(round(loss.expected, 2))
    return Verdict(
        row.asset_id,
        span.ends_at,
        True,
        since,
        score=share / 0.1,
        severity="urgent" if share >= 0.3 else "warning",
        sentence_en=(
            f"{row.name}: {found} kWh of heat for each kWh that goes in; at this outdoor temperature it used to be"
            f" {expected}: {percent} % lost, some {kwh} kWh a day, since"
            f" {local_day(since, span.time_zone)}. To do: clean exchangers and filters, check refrigerant or burner and"
            " the flow temperature."
        ),
        sentence_fr=(
            f"{row.name} : {french_number(found)} kWh de chaleur par kWh consommé, contre {french_number(expected)}"
            f" auparavant à même température extérieure ; perte de {french_number(percent)} %, environ"
            f" {french_number(kwh)} kWh par jour, depuis le {local_day_fr(since, span.time_zone)}. À faire : nettoyer"
            " échangeurs et filtres, contrôler le fluide ou le brûleur et la température de départ."
        ),
        evidence={
            "efficiency": round(loss.found, 3),
            "expected": round(loss.expected, 3),
            "lost_kwh_a_day": round(loss.lost_kwh, 2),
            "quantity": "heat_energy",
            "curve_from": (since - timedelta(days=14)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="efficiency_loss",
    asset_types=(*MACHINES, STATION),
    rhythm="day",
    reach=REACH,
    version="1",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
