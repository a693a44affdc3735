"""Water: night flow, leaks with what is used legitimately, costs, and balances with the errors of meters."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.kpi.figure import Figure
from analytics.kpi.water import WaterInputs, tell_water
from store.baseline import Price
from store.inputs import CounterAmount, GaugeAmount
from store.water import NightFlow, WaterPoint

DAY = timedelta(days=1)
MONTH_S = 30 * 86_400.0
INLET, NORTH, SOUTH = 1, 2, 3
POINTS = [
    WaterPoint(INLET, None, 1000.0, None, None),
    WaterPoint(NORTH, INLET, 600.0, None, None),
    WaterPoint(SOUTH, INLET, 400.0, None, None),
]
PRICE = Price("m3", 2.0, None, None, None, date(2020, 1, 1), None)


def nights(asset_id: int, m3_h: float, n: int = 30, spread: float = 0.0) -> list[NightFlow]:
    noise = np.random.default_rng(asset_id).normal(0, spread, n) if spread else np.zeros(n)
    first = date(2026, 4, 1)
    return [NightFlow(asset_id, asset_id, first + i * DAY, m3_h + float(noise[i]), 7200.0) for i in range(n)]


def flow(asset_id: int, mean: float, share: float = 1.0) -> GaugeAmount:
    return GaugeAmount(asset_id, asset_id, "flow", None, MONTH_S, share * MONTH_S, mean, 0.1 * mean, 3 * mean)


INPUTS = WaterInputs(
    points=POINTS,
    nights=[*nights(INLET, 6.0), *nights(NORTH, 2.0), *nights(SOUTH, 4.0)],
    counters=[],
    flows=[flow(INLET, 20.0), flow(NORTH, 12.0), flow(SOUTH, 7.0)],
    price=PRICE,
    n_days=30.0,
)


def told(inputs: WaterInputs, asset_id: int | None = INLET) -> dict[str, Figure]:
    return {figure.kpi: figure for figure in tell_water(inputs) if figure.asset_id == asset_id}


def test_leak_is_night_flow_less_what_connections_use() -> None:
    figures = told(INPUTS)
    leak = figures["water_leak_volume"]
    assert figures["water_night_flow"].value == pytest.approx(6.0)
    assert leak.value == pytest.approx((6.0 - 1.7) * 21 * 30)
    assert leak.low == pytest.approx((6.0 - 3.0) * 18 * 30)
    assert leak.high == pytest.approx((6.0 - 0.6) * 24 * 30)
    assert figures["water_leak_cost"].value == pytest.approx(2.0 * (leak.value or 0))
    assert told(INPUTS, None)["water_leak_volume"].value == leak.value  # what hangs on the inlet is not counted twice


def test_own_night_use_goes_before_the_usual() -> None:
    own = [replace(point, night_use_m3_h=0.005) for point in POINTS]
    leak = told(replace(INPUTS, points=own))["water_leak_volume"]
    assert leak.value == pytest.approx((6.0 - 5.0) * 21 * 30)


def test_a_dry_night_leaks_nothing() -> None:
    figures = told(replace(INPUTS, nights=nights(INLET, 0.4)))
    assert (figures["water_leak_volume"].low, figures["water_leak_volume"].value) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("inputs", "kpi", "reason"),
    [
        (replace(INPUTS, nights=nights(INLET, 6.0, 4)), "water_night_flow", "4 nights are known"),
        (replace(INPUTS, nights=nights(INLET, 6.0, 15)), "water_night_flow", "too little data"),
        (replace(INPUTS, points=[replace(POINTS[0], n_connections=None)]), "water_leak_volume", "connections"),
        (replace(INPUTS, price=None), "water_leak_cost", "no price of water"),
    ],
)
def test_what_cannot_be_told_is_withheld(inputs: WaterInputs, kpi: str, reason: str) -> None:
    figure = told(inputs)[kpi]
    assert figure.value is None
    assert reason in str(figure.withheld)


def test_connections_that_are_missing_leave_the_night_flow() -> None:
    figures = told(replace(INPUTS, points=[replace(POINTS[0], n_connections=None)]))
    assert figures["water_night_flow"].value == pytest.approx(6.0)
    assert figures["water_leak_cost"].value is None


def test_balance_is_inflow_less_outflow_with_all_errors_against_one_another() -> None:
    figures = told(INPUTS)
    balance, share = figures["water_balance"], figures["water_balance_ratio"]
    assert balance.value == pytest.approx(1.0 * 720)
    assert balance.low == pytest.approx((20 * 0.98 - 19 * 1.02) * 720)
    assert balance.high == pytest.approx((20 * 1.02 - 19 * 0.98) * 720)
    assert balance.baseline == pytest.approx(20 * 720)
    assert share.value == pytest.approx(1 / 20)
    assert told(INPUTS, NORTH).get("water_balance") is None


@given(
    errors=st.tuples(*[st.floats(-0.02, 0.02)] * 3),
    lost=st.tuples(*[st.floats(0, 0.2)] * 3),
    during=st.tuples(*[st.floats(0.1, 3)] * 3),
)
def test_balance_holds_the_truth_whatever_meters_and_gaps_do(
    errors: tuple[float, ...], lost: tuple[float, ...], during: tuple[float, ...]
) -> None:
    """True flows, read by meters that err within their class, and lost for a time in which flow was anything seen."""
    true = {INLET: 20.0, NORTH: 12.0, SOUTH: 7.0}
    volumes, flows = {}, []
    for (asset_id, mean), error, gap, level in zip(true.items(), errors, lost, during, strict=True):
        volumes[asset_id] = mean * (1 - gap) * 720 + gap * level * mean * 720
        seen = mean / (1 + error)
        flows.append(GaugeAmount(asset_id, asset_id, "flow", None, MONTH_S, (1 - gap) * MONTH_S, seen, 0.0, 3 * seen))
    figure = told(replace(INPUTS, flows=flows))["water_balance"]
    truth = volumes[INLET] - volumes[NORTH] - volumes[SOUTH]
    slack = 0.001 * 720 * 40  # an error of 2 % of what is shown, not of what is true
    assert (figure.low or 0) - slack <= truth <= (figure.high or 0) + slack


def test_counters_go_before_flow() -> None:
    counter = CounterAmount(INLET, 9, MONTH_S, 15_000.0, MONTH_S, 0.02, 0)
    assert told(replace(INPUTS, counters=[counter]))["water_balance"].value == pytest.approx(15_000 - 19 * 720)


def test_silent_outlet_is_no_balance() -> None:
    """A branch that says nothing is not a branch without water, however many others speak."""
    silent = replace(flow(SOUTH, 7.0), covered_s=0.0, mean=None, lowest=None, highest=None)
    figure = told(replace(INPUTS, flows=[flow(INLET, 20.0), flow(NORTH, 12.0), silent]))["water_balance"]
    assert figure.value is None
    assert "1 of 3 meters" in str(figure.withheld)
