"""What the rounds avoided would have taken: kilometres, hours, euros, litres of fuel, emissions.

Rounds avoided of each plan (`analytics.kpi.rounds`), times what the territory entered for a round of it, and the
factors it entered for fuel (`analytics.collection.resources`). What is not entered is not told. A round on which
containers were skipped is a round driven: the way that the vehicle saved then is not counted.

Bounds are worst cases: rounds of which nothing is known driven in the value and below, avoided above, and the ends of
what was entered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from analytics.collection.inputs import fates_of
from analytics.collection.lifts import DRIVEN, NOT_KNOWN
from analytics.collection.resources import Avoided, Bounds, Taken, add_up, cost_of, distance_of, duration_of, times
from analytics.emission import DIESEL, factor_on
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.kpi.rounds import read_planned_and_done
from store.baseline import DatedFactor, DoneRound, SeenFill, Slot, read_factors, read_time_zone
from store.collection import PlanAmounts, read_plan_amounts
from store.inputs import Connection, Window

FUEL_LOW, FUEL_HIGH = "collection_fuel_low", "collection_fuel_high"  # L/km
UNITS = {
    "rounds_distance_avoided": "km",
    "rounds_time_avoided": "h",
    "rounds_cost_saved": "{EUR}",
    "rounds_fuel_avoided": "L",
    "rounds_emissions_avoided": "kg",
}
NOTHING = (None, None, None)


@dataclass(frozen=True, slots=True)
class AmountInputs:
    """Plan and rounds of a period (as in `RoundInputs`), what a round of each plan takes, and factors."""

    slots: Sequence[Slot]
    done: Sequence[DoneRound]
    untold: Sequence[int]
    fills: Sequence[SeenFill]
    plans: Sequence[PlanAmounts]
    factors: Sequence[DatedFactor]
    begins_at: datetime
    time_zone: str


def read_amounts(connection: Connection, window: Window) -> AmountInputs:
    """Read rounds, plans and factors of the window."""
    rounds = read_planned_and_done(connection, window)
    kinds = (FUEL_LOW, FUEL_HIGH, DIESEL)
    return AmountInputs(
        slots=rounds.slots,
        done=rounds.done,
        untold=rounds.untold,
        fills=rounds.fills,
        plans=read_plan_amounts(connection, window),
        factors=[one for kind in kinds for one in read_factors(connection, window.territory_id, kind)],
        begins_at=window.begins_at,
        time_zone=read_time_zone(connection, window.territory_id),
    )


def tell_amounts(inputs: AmountInputs) -> list[Figure]:
    """Tell what the rounds avoided would have taken [km, h, EUR, L, kgCO2e], for the territory."""
    if not inputs.slots:
        return []
    fates = fates_of(len(inputs.slots), inputs.untold, inputs.fills)
    avoided = rounds_avoided(inputs, fates)
    by_plan = [
        {"sector": one.plan.sector, "waste_stream": one.plan.waste_stream, "n_low": one.low, "n_high": one.high}
        for one in avoided
    ]
    rows = [*inputs.slots, *inputs.done, *inputs.fills, *inputs.plans, *inputs.factors]
    n_known, n_planned = float(len(fates) - fates.count(NOT_KNOWN)), float(len(fates))
    known = Known(n_known, n_planned, hash_inputs(rows), {"rounds_avoided": by_plan})
    distance = add_up(avoided, [distance_of(one.plan) for one in avoided])
    time = add_up(avoided, [duration_of(one.plan) for one in avoided])
    cost = add_up(avoided, [cost_of(one.plan) for one in avoided])
    return [
        told_amount("rounds_distance_avoided", distance, "kilometres", known),
        told_amount("rounds_time_avoided", time, "hours", known),
        told_amount("rounds_cost_saved", cost, "euros", known),
        *fuel_figures(inputs, distance, known),
    ]


def rounds_avoided(inputs: AmountInputs, fates: Sequence[int]) -> list[Avoided]:
    """Count per plan the rounds that were avoided, less those driven beside the plan."""
    zone, untold = ZoneInfo(inputs.time_zone), set(inputs.untold)
    found = []
    for plan in inputs.plans:
        own = [index for index, slot in enumerate(inputs.slots) if belongs(plan, slot, slot.begins_at, zone)]
        seen = sum(index in untold and fates[index] == DRIVEN for index in own)
        driven = sum(belongs(plan, one, one.started_at, zone) for one in inputs.done)
        high = len(own) - seen - driven
        found.append(Avoided(plan, high - sum(fates[index] == NOT_KNOWN for index in own), high))
    return found


def belongs(plan: PlanAmounts, entry: Slot | DoneRound, at: datetime, zone: ZoneInfo) -> bool:
    """Say whether a round, planned or driven, is one of a plan's sector, stream and days."""
    day = at.astimezone(zone).date()
    is_valid = plan.first_on <= day and (plan.valid_to is None or day < plan.valid_to)
    return is_valid and (entry.sector, entry.waste_stream) == (plan.sector, plan.waste_stream)


def told_amount(kpi: str, taken: Taken, what: str, known: Known) -> Figure:
    """Tell an amount saved, or withhold it with what is missing."""
    proof = dict(known.proof)
    if taken.assumptions:
        places = ", ".join(taken.assumptions)
        proof["assumption"] = f"12.2 km a tonne, 7.2 to 19.6 (ADEME 2007), where no distance is entered: {places}"
    figure = tell(kpi, None, UNITS[kpi], taken.bounds or NOTHING, replace(known, proof=proof))
    if taken.missing:
        return refuse(figure, f"not known: the {what} of a round are not entered for {', '.join(taken.missing)}")
    return figure


def fuel_figures(inputs: AmountInputs, distance: Taken, known: Known) -> list[Figure]:
    """Tell litres of fuel and kilograms of CO2 equivalents, out of kilometres."""
    day = inputs.begins_at.astimezone(ZoneInfo(inputs.time_zone)).date()
    litres, diesel = fuel_per_km(inputs.factors, day), factor_on(DIESEL, day, inputs.factors)
    fuel = None if distance.bounds is None or litres is None else times(distance.bounds, litres)
    emitted = None if fuel is None or diesel is None else times(fuel, (diesel.value, diesel.value, diesel.value))
    proof: Mapping[str, Any] = {
        **known.proof,
        "litres_per_km": litres,
        "diesel_kg_per_litre": None if diesel is None else diesel.value,
        "diesel_source": None if diesel is None else diesel.source,
    }
    reason = f"factor {DIESEL} is not entered"
    if litres is None:
        reason = f"factors {FUEL_LOW} and {FUEL_HIGH} are not entered"
    figures = []
    for kpi, bounds in (("rounds_fuel_avoided", fuel), ("rounds_emissions_avoided", emitted)):
        told = told_amount(kpi, replace(distance, bounds=bounds), "kilometres", replace(known, proof=proof))
        figures.append(told if bounds is not None or distance.missing else refuse(told, f"not known: {reason}"))
    return figures


def fuel_per_km(factors: Sequence[DatedFactor], day: date) -> Bounds | None:
    """Give the litres a kilometre takes, as entered."""
    low, high = factor_on(FUEL_LOW, day, factors), factor_on(FUEL_HIGH, day, factors)
    return None if low is None or high is None else (low.value, (low.value + high.value) / 2, high.value)


DOMAINS = (
    Domain(
        name="round_amounts",
        kpis=tuple(UNITS),
        rhythm="month",
        asset_types=("waste_container",),
        method="rounds avoided times what a round of the plan takes",
        method_version="1",
        read=read_amounts,
        tell=tell_amounts,
    ),
)
