"""KPI arithmetic: values, honest bounds, completeness, and what is withheld."""

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.building.inputs import BuildingInputs
from analytics.collection.inputs import CollectionInputs
from analytics.kpi import domains
from analytics.kpi.building_area import AreaInputs
from analytics.kpi.building_base_load import BaseLoadInputs
from analytics.kpi.building_climate import ClimateInputs
from analytics.kpi.building_comfort import ComfortInputs, Limits
from analytics.kpi.car_park import CarParkInputs, tell_car_parks
from analytics.kpi.degree_days import HeatInputs
from analytics.kpi.energy import EnergyInputs, tell_energy
from analytics.kpi.figure import LEAST_COMPLETENESS, Figure
from analytics.kpi.footprint import FootprintInputs
from analytics.kpi.lighting_density import DensityInputs
from analytics.kpi.lighting_hours import HourInputs
from analytics.kpi.lighting_saving import SavingInputs
from analytics.kpi.overstay import StayInputs
from analytics.kpi.parking import BayInputs, tell_bays
from analytics.kpi.project_return import ReturnInputs
from analytics.kpi.round_amounts import AmountInputs
from analytics.kpi.rounds import RoundInputs
from analytics.kpi.waste import tell_containers, weighted_quantile
from analytics.kpi.water import WaterInputs
from analytics.kpi.work_orders import WorkInputs
from sensors.kpi import KPI_NAMES
from store.inputs import CounterAmount, Curve, GaugeAmount, StateAmount
from store.usage import PlatformMonth

DAY = 86_400.0
SMALL = 1e-9  # sums of a few floats


def a_bay(asset_id: int, free: float, occupied: float, closed: float = 0, arrivals: int = 0) -> StateAmount:
    return StateAmount(asset_id, asset_id, DAY, ((0, free), (1, occupied), (2, closed)), ((1, arrivals),))


def a_car_park(asset_id: int, quantity: str, mean: float | None, covered_s: float = DAY, **more: Any) -> GaugeAmount:
    return GaugeAmount(asset_id, asset_id, quantity, more.get("n_places"), DAY, covered_s, mean, mean, mean)


def bays(*amounts: StateAmount) -> BayInputs:
    """A day of bays."""
    return BayInputs(amounts, (), (), (), "Europe/Paris", date(2026, 1, 1), 0)


NO_ROWS: list[Any] = []
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NO_ENERGY = EnergyInputs([], [])
SPAN = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
EMPTY: dict[str, Any] = {
    **dict.fromkeys(("light_cabinets", "street_lights", "buildings", "electricity_meters"), NO_ENERGY),
    "lighting_saving": SavingInputs((), (), (), (), (), (date(2026, 1, 1), date(2026, 2, 1))),
    **dict.fromkeys(("lamp_hours", "cabinet_hours"), HourInputs((), (), (), *SPAN, "UTC")),
    "lighting_density": DensityInputs((), (), (), (), SPAN[0], *SPAN, "UTC"),
    "parking_bays": bays(),
    "car_parks": CarParkInputs((), (), 0),
    "overstay": StayInputs((), (), 0, "Europe/Paris"),
    "building_saving": BuildingInputs((date(2026, 1, 1), date(2026, 2, 1))),
    "building_area": AreaInputs({}, (), (), None, (date(2026, 1, 1),), "Europe/Paris"),
    "building_base_load": BaseLoadInputs((), 31),
    "building_climate": ClimateInputs((), (date(2026, 1, 1),)),
    "building_comfort": ComfortInputs((), (), Limits(), (date(2026, 1, 1),)),
    "water": WaterInputs((), (), (), (), None, 31.0),
    "rounds": RoundInputs((), (), (), ()),
    "collection": CollectionInputs((), (), (), (), (), (), (), (), NOON, NOON),
    "round_amounts": AmountInputs((), (), (), (), (), (), NOON, "Europe/Paris"),
    "footprint": FootprintInputs(PlatformMonth(0, 720, 0, 0, 0, None, 0, 0, 0, 0, 0, 0), (), (), date(2026, 1, 1), 720),
    "work_orders": WorkInputs((), (), date(2026, 1, 1)),
    "project_return": ReturnInputs((), (), ()),
    "degree_days": HeatInputs((), (), {}, (), None, (date(2026, 1, 1),), "Europe/Paris"),
}


def by_key(figures: list[Figure]) -> dict[tuple[str, int | None], Figure]:
    return {(figure.kpi, figure.asset_id): figure for figure in figures}


def test_registry_holds_each_kpi_once() -> None:
    names = [kpi for domain in domains() for kpi in domain.kpis]
    assert len(names) == len(set(names))
    assert set(names) == set(KPI_NAMES)


@pytest.mark.parametrize("domain", domains(), ids=lambda domain: domain.name)
def test_no_inputs_give_no_figures(domain: Any) -> None:
    assert domain.tell(EMPTY.get(domain.name, NO_ROWS)) == []


def test_bay_occupancy_and_turnover_of_a_known_day() -> None:
    figures = by_key(tell_bays(bays(a_bay(7, free=DAY / 4, occupied=DAY / 2, closed=DAY / 4, arrivals=6))))
    occupancy, turnover = figures["bay_occupancy", 7], figures["bay_turnover", 7]
    assert occupancy.value == pytest.approx(2 / 3, abs=SMALL)  # of the 18 hours it was open
    assert (occupancy.low, occupancy.high) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert occupancy.completeness == 1.0
    assert turnover.value == turnover.high == pytest.approx(8.0)  # in 18 hours 6


def test_bay_bounds_are_the_worst_cases_of_missing_time() -> None:
    occupancy = by_key(tell_bays(bays(a_bay(7, free=0.4 * DAY, occupied=0.4 * DAY))))["bay_occupancy", 7]
    assert occupancy.value == pytest.approx(0.5)
    assert occupancy.low == pytest.approx(0.4)
    assert occupancy.high == pytest.approx(0.6)
    assert occupancy.completeness == pytest.approx(0.8)


def test_turnover_has_no_upper_bound_when_time_is_missing() -> None:
    turnover = by_key(tell_bays(bays(a_bay(7, free=0.4 * DAY, occupied=0.4 * DAY, arrivals=4))))["bay_turnover", 7]
    assert turnover.low == pytest.approx(4.0)
    assert turnover.high is None


def test_silent_bay_is_withheld_and_lowers_the_territory() -> None:
    silent = StateAmount(8, 8, DAY, (), ())
    figures = by_key(tell_bays(bays(a_bay(7, free=0, occupied=DAY), silent)))
    assert figures["bay_occupancy", 8].value is None
    assert figures["bay_occupancy", 8].completeness == 0
    territory = figures["bay_occupancy", None]
    assert territory.completeness == pytest.approx(0.5)
    assert territory.value is None
    assert "too little data" in str(territory.withheld)


def test_bay_closed_all_day_is_not_known() -> None:
    figure = by_key(tell_bays(bays(a_bay(7, free=0, occupied=0, closed=DAY))))["bay_occupancy", 7]
    assert (figure.value, figure.completeness) == (None, None)
    assert "not known" in str(figure.withheld)


def test_car_park_takes_ratio_before_places_and_weighs_by_places() -> None:
    amounts = [
        a_car_park(1, "free_places", 25.0, n_places=100),
        a_car_park(2, "free_places", 1.0, n_places=300),
        a_car_park(2, "occupancy_ratio", 0.25, n_places=300),
        a_car_park(3, "free_places", 5.0),
    ]
    figures = by_key(tell_car_parks(CarParkInputs(amounts, (), 0)))
    assert figures["car_park_occupancy", 1].value == pytest.approx(0.75)
    assert figures["car_park_occupancy", 2].value == pytest.approx(0.25)
    assert figures["car_park_occupancy", 3].value is None
    assert figures["car_park_occupancy", None].value == pytest.approx((75 + 75) / 400)


@given(
    levels=st.lists(st.tuples(st.integers(0, 120), st.integers(1, 5)), min_size=1, max_size=30),
    share=st.sampled_from([0.1, 0.5, 0.9]),
)
def test_weighted_quantile_equals_the_quantile_of_repeated_values(levels: list[tuple[int, int]], share: float) -> None:
    """A weight of n is the value n times: the naive twin sorts them all."""
    import numpy as np

    repeated = sorted(level for level, n in levels for _ in range(n))
    naive = repeated[math.ceil(share * len(repeated) - 1e-9) - 1]
    values, weights = np.array(levels, dtype=float).T
    assert weighted_quantile(values, weights, share) == naive


def test_container_statistics_of_a_day() -> None:
    curve = Curve(5, 5, None, DAY, (DAY / 2, DAY / 4, DAY / 4), (40.0, 85.0, 100.0))
    figures = by_key(tell_containers([curve]))
    assert figures["fill_level_median", 5].value == 40.0
    assert figures["fill_level_p90", 5].value == 100.0
    assert figures["fill_share_above_threshold", 5].value == pytest.approx(0.5)
    assert figures["overflow_hours", 5].value == pytest.approx(6.0)
    assert figures["overflow_hours", 5].high == pytest.approx(6.0)


def test_container_threshold_is_its_own() -> None:
    curve = Curve(5, 5, 30.0, DAY, (DAY,), (40.0,))
    assert by_key(tell_containers([curve]))["fill_share_above_threshold", 5].value == 1.0


@given(
    known=st.lists(st.tuples(st.floats(0, 120), st.floats(1, 1e5)), min_size=1, max_size=20),
    lost=st.lists(st.tuples(st.floats(0, 120), st.floats(1, 1e4)), max_size=5),
)
def test_container_bounds_hold_what_the_lost_time_would_have_shown(
    known: list[tuple[float, float]], lost: list[tuple[float, float]]
) -> None:
    """Whatever the level was while nobody knew, the figure with it lies within the bounds without it."""
    total = sum(seconds for _, seconds in known + lost)
    seen = tell_containers([Curve(1, 1, None, total, *curve(known))])
    truth = by_key(tell_containers([Curve(1, 1, None, total, *curve(known + lost))]))
    for figure in seen:
        if figure.value is None:
            assert figure.completeness is not None
            assert figure.completeness < LEAST_COMPLETENESS
            continue
        true_value = truth[figure.kpi, figure.asset_id].value
        assert true_value is not None
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low - 1e-6 <= true_value <= figure.high + 1e-6


def curve(spells: list[tuple[float, float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(seconds for _, seconds in spells), tuple(level for level, _ in spells)


def test_energy_of_a_counter_is_its_increase() -> None:
    figure = by_key(tell_energy("e", EnergyInputs([CounterAmount(1, 1, DAY, 48.0, DAY, 4e-3, 0)], [])))["e", 1]
    assert (figure.low, figure.value, figure.high) == (48.0, 48.0, 48.0)
    assert figure.unit == "kW.h"


def test_energy_of_a_counter_with_a_gap_at_the_end_is_bounded() -> None:
    amount = CounterAmount(1, 1, DAY, 40.0, 0.8 * DAY, 1e-3, 0)
    figure = by_key(tell_energy("e", EnergyInputs([amount], [])))["e", 1]
    assert figure.low == 40.0
    assert figure.value == pytest.approx(50.0)
    assert figure.high == pytest.approx(40 + 0.2 * DAY * 1e-3)
    assert figure.completeness == pytest.approx(0.8)


def test_energy_that_came_about_before_the_day_is_withheld() -> None:
    amount = CounterAmount(1, 1, DAY, 400.0, 3 * DAY, 1e-3, 0)
    figure = by_key(tell_energy("e", EnergyInputs([amount], [])))["e", 1]
    assert figure.value is None
    assert "3.0 days" in str(figure.withheld)


def test_energy_of_power_is_mean_times_time() -> None:
    power = GaugeAmount(2, 2, "active_power", None, DAY, 0.9 * DAY, 1000.0, 0.0, 2000.0)
    figure = by_key(tell_energy("e", EnergyInputs([], [power])))["e", 2]
    assert figure.value == pytest.approx(24.0)
    assert figure.low == pytest.approx(21.6)
    assert figure.high == pytest.approx(21.6 + 4.8)


def test_energy_of_the_territory_counts_the_silent_meter_in_its_bounds() -> None:
    heard = [CounterAmount(i, i, DAY, 10.0 * i, DAY, 1e-3, 0) for i in (1, 2, 3)]
    silent = CounterAmount(4, 4, DAY, 0.0, 0.0, None, 0)
    figure = by_key(tell_energy("e", EnergyInputs([*heard, silent], [])))["e", None]
    assert figure.completeness == pytest.approx(0.75)
    assert figure.low == pytest.approx(60.0)
    assert figure.value == pytest.approx(80.0)
    assert figure.high == pytest.approx(90.0)


def test_hash_changes_with_any_input() -> None:
    def digest(arrivals: int) -> str:
        return tell_bays(bays(a_bay(7, DAY / 2, DAY / 2, arrivals=arrivals)))[0].inputs_hash

    assert digest(3) == digest(3) != digest(4)
