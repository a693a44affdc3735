"""Energy used: per night (noon to noon) for lighting, per civil day for buildings, in kWh.

From a meter's counter where there is one: the differences of consecutive values, each in the hour of the later one;
a fall is a reset, after which the counter began at 0. Else from power: each value holds until the next, no longer
than the quantity's longest hold, and the mean is taken over the known time (IPMVP core concepts, EVO 10000-1:2022,
measured energy of the reporting period, no adjustment).

The time not known is taken to be like the rest. Bounds: in that time nothing was used, or as much as in the hour of
highest use (counter), or the highest power seen (power). A counter that brings the use of a longer gap into the period
is withheld: how much belongs to the period is not known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from analytics.kpi import Domain
from analytics.kpi.car_park import NOTHING, by_asset
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.period import Rhythm
from store.gauges import read_gauges_of
from store.inputs import Connection, CounterAmount, GaugeAmount, Window, read_counters_of

J_PER_KWH = 3.6e6
LONGEST_SPAN = 1.1  # of the period: values at 06:00 each day shift the day, a gap of days is something else


@dataclass(frozen=True, slots=True)
class EnergyInputs:
    """Counters [kW.h] and powers [W] of the same assets."""

    counters: list[CounterAmount]
    powers: list[GaugeAmount]


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy of one series: bounds and value [kWh], known of expected time [s], and why it cannot be told."""

    low: float
    value: float
    high: float
    covered_s: float
    expected_s: float
    refusal: str | None = None


def read_energy(connection: Connection, window: Window) -> EnergyInputs:
    """Read counters, and power for the assets that have no counter."""
    return read_energies(connection, [window])[0]


def read_energies(connection: Connection, windows: Sequence[Window]) -> list[EnergyInputs]:
    """Do the same for several windows."""
    counters = read_counters_of(connection, windows, "active_energy")
    powers = read_gauges_of(connection, windows, ["active_power"])
    return [without_counter(*amounts) for amounts in zip(counters, powers, strict=True)]


def without_counter(counters: list[CounterAmount], powers: list[GaugeAmount]) -> EnergyInputs:
    """Leave out the power of assets that have a counter."""
    counted = {amount.asset_id for amount in counters}
    return EnergyInputs(counters, [amount for amount in powers if amount.asset_id not in counted])


def tell_energy(kpi: str, inputs: EnergyInputs) -> list[Figure]:
    """Tell the energy of each asset and of all, each asset by its counter or else by its power."""
    amounts = in_order(inputs)
    figures = [energy_figure(kpi, asset_id, group) for asset_id, group in by_asset(amounts)]
    return figures + tell_town_energy(kpi, inputs)


def tell_town_energy(kpi: str, inputs: EnergyInputs) -> list[Figure]:
    """Tell the energy of all assets together."""
    amounts = in_order(inputs)
    return [energy_figure(kpi, None, amounts)] if amounts else []


def in_order(inputs: EnergyInputs) -> list[CounterAmount | GaugeAmount]:
    """Give all amounts, those of an asset together."""
    return sorted([*inputs.counters, *inputs.powers], key=attrgetter("asset_id", "series_id"))


def energy_figure(kpi: str, asset_id: int | None, amounts: Sequence[CounterAmount | GaugeAmount]) -> Figure:
    """Tell the energy of some series together."""
    energies = [count(amount) if isinstance(amount, CounterAmount) else integrate(amount) for amount in amounts]
    refused = [energy.refusal for energy in energies if energy.refusal]
    covered_s = sum(energy.covered_s for energy in energies)
    expected_s = sum(energy.expected_s for energy in energies)
    known = Known(covered_s, expected_s, hash_inputs(amounts), {"n_series": len(amounts), "n_refused": len(refused)})
    if refused and asset_id is not None:
        return refuse(tell(kpi, asset_id, "kW.h", NOTHING, known), refused[0])
    return tell(kpi, asset_id, "kW.h", add_up(energies) if covered_s > 0 else NOTHING, known)


def add_up(energies: Sequence[Energy]) -> tuple[float, float, float]:
    """Add energies up; series of which nothing is known use nothing, as the mean, or as the hungriest of the others."""
    told = [energy for energy in energies if energy.covered_s > 0]
    told_s = sum(energy.expected_s for energy in told)
    untold_s = sum(energy.expected_s for energy in energies) - told_s
    value = sum(energy.value for energy in told)
    hungriest = max(energy.high / energy.expected_s for energy in told)
    return (
        sum(energy.low for energy in told),
        value * (1 + untold_s / told_s),
        sum(energy.high for energy in told) + max(0.0, hungriest) * untold_s,
    )


def count(amount: CounterAmount) -> Energy:
    """Take the energy of a counter."""
    covered_s = min(amount.span_s, amount.expected_s)
    if amount.span_s > amount.expected_s * LONGEST_SPAN:
        days = amount.span_s / 86_400
        reason = f"the counter's increase came about in {days:.1f} days, more than the period"
        return Energy(0.0, 0.0, 0.0, 0.0, amount.expected_s, reason)
    if amount.span_s <= 0:
        return Energy(0.0, 0.0, 0.0, 0.0, amount.expected_s)
    missing_s = amount.expected_s - covered_s
    value = amount.increase * max(1.0, amount.expected_s / amount.span_s)
    high = amount.increase + missing_s * (amount.peak_rate or 0.0)
    return Energy(amount.increase, value, max(high, value), covered_s, amount.expected_s)


def integrate(amount: GaugeAmount) -> Energy:
    """Integrate power over the known time, and take the rest to be alike."""
    if amount.mean is None or amount.covered_s <= 0:
        return Energy(0.0, 0.0, 0.0, 0.0, amount.expected_s)
    missing_s = max(0.0, amount.expected_s - amount.covered_s)
    used = amount.mean * amount.covered_s / J_PER_KWH
    low = used + missing_s * min(0.0, amount.lowest or 0.0) / J_PER_KWH
    high = used + missing_s * max(0.0, amount.highest or 0.0) / J_PER_KWH
    value = amount.mean * amount.expected_s / J_PER_KWH
    return Energy(low, value, high, amount.covered_s, amount.expected_s)


def teller(kpi: str, told: Callable[[str, EnergyInputs], list[Figure]]) -> Callable[[EnergyInputs], list[Figure]]:
    """Give the function that tells energy under this name."""

    def tell_this(inputs: EnergyInputs) -> list[Figure]:
        return told(kpi, inputs)

    return tell_this


def energy_domain(name: str, kpi: str, rhythm: Rhythm, asset_types: tuple[str, ...], asset_days: bool = True) -> Domain:
    """Describe one domain whose KPI is energy used; of a meter each day is kept: there are few, and people look."""
    return Domain(
        name=name,
        kpis=(kpi,),
        rhythm=rhythm,
        asset_types=asset_types,
        method="counter differences, else held power",
        method_version="1",
        read=read_energy,
        read_many=read_energies,
        tell=teller(kpi, tell_energy),
        tell_town_of=teller(kpi, tell_town_energy),
        asset_days=asset_days,
    )


DOMAINS = (
    # The meter of a cabinet measures its lamps too: each type has its own figure, they are never added up.
    energy_domain("light_cabinets", "light_cabinet_energy", "night", ("light_cabinet",)),
    energy_domain("street_lights", "street_light_energy", "night", ("street_light",), asset_days=False),
    energy_domain("buildings", "building_energy", "day", ("building",)),
    energy_domain("electricity_meters", "electricity_meter_energy", "day", ("electricity_meter",)),
)
