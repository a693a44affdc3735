"""The gate: its fast way gives what judging value by value gives, and nothing implausible comes through."""

from collections import Counter
from math import isfinite, nan

from hypothesis import given
from hypothesis import strategies as st

from sensors.plausible import (
    AHEAD_US,
    EARLIEST_US,
    RawColumn,
    Refusal,
    check_column,
    check_columns,
    judge_time,
    judge_value,
)
from sensors.quantity import QUANTITIES
from sensors.rejection import Reason
from sensors.unit import conversion

ARRIVAL_US = 1_772_366_400_000_000
LATEST_US = ARRIVAL_US + AHEAD_US

ORDINARY_VALUES = st.floats(0, 1) | st.integers(0, 1)
ODD_VALUES = st.none() | st.booleans() | st.text(max_size=5) | st.floats() | st.integers() | st.binary(max_size=2)
ORDINARY_TIMES = st.integers(EARLIEST_US, LATEST_US)
ODD_TIMES = st.integers() | st.just(Refusal(Reason.TIME_INVALID, "yesterday"))


@st.composite
def raw_columns(draw: st.DrawFn) -> RawColumn:
    """Draw columns of which many are wholly ordinary and the others hold anything."""
    quantity = QUANTITIES[draw(st.sampled_from(sorted(QUANTITIES)))]
    is_odd = draw(st.booleans())
    pair = st.tuples(ODD_TIMES | ORDINARY_TIMES, ODD_VALUES | ORDINARY_VALUES)
    pairs = draw(st.lists(pair if is_odd else st.tuples(ORDINARY_TIMES, ORDINARY_VALUES), max_size=8))
    unit = draw(st.sampled_from([None, quantity.unit]))
    return RawColumn("", quantity.name, unit, [time for time, _ in pairs], [value for _, value in pairs])


@given(raw_columns())
def test_gate_agrees_with_its_naive_twin(raw: RawColumn) -> None:
    quantity = QUANTITIES[raw.quantity]
    taken: list[tuple[int, float]] = []
    refused: Counter[Reason] = Counter()
    for time_us, value in zip(raw.times_us, raw.values, strict=True):
        if value is None:
            continue
        time, number = judge_time(time_us, LATEST_US), judge_value(value, quantity, conversion("1", "1"))
        if isinstance(time, Refusal):
            refused[time.reason] += 1
        elif isinstance(number, Refusal):
            refused[number.reason] += 1
        else:
            taken.append((time, number))
    column, parts = check_column(raw, ARRIVAL_US)
    assert taken == ([] if column is None else list(zip(column.times_us, column.values, strict=True)))
    assert refused == {part.reason: part.n_values for part in parts}


@given(raw_columns())
def test_what_comes_through_is_plausible(raw: RawColumn) -> None:
    quantity = QUANTITIES[raw.quantity]
    column, parts = check_column(raw, ARRIVAL_US)
    assert all(part.detail.isprintable() for part in parts)
    if column is None:
        return
    assert column.unit == quantity.unit
    for time_us, value in zip(column.times_us, column.values, strict=True):
        assert type(value) is float
        assert type(time_us) is int
        assert isfinite(value)
        assert quantity.low <= value <= quantity.high
        assert EARLIEST_US <= time_us <= LATEST_US


def test_one_bad_value_costs_itself_only() -> None:
    raw = RawColumn("", "co2", None, [ARRIVAL_US] * 5, [612.0, nan, 615, -3.0, "620"])
    column, parts = check_column(raw, ARRIVAL_US)
    assert column is not None
    assert list(column.values) == [612.0, 615.0]
    assert {part.reason for part in parts} == {Reason.NOT_FINITE, Reason.OUT_OF_RANGE, Reason.NOT_A_NUMBER}


def test_units_are_converted_before_the_range_is_looked_at() -> None:
    raws = [
        RawColumn("", "temperature", "[degF]", [ARRIVAL_US], [212]),
        RawColumn("a", "active_power", "kW", [ARRIVAL_US], [1.5]),
        RawColumn("b", "active_power", "kW.h", [ARRIVAL_US], [1.5]),
    ]
    columns, rejected = check_columns(raws, ARRIVAL_US)
    assert [round(column.values[0], 9) for column in columns] == [100.0, 1500.0]
    assert [(part.channel, part.reason) for part in rejected] == [("b", Reason.WRONG_UNIT)]


def test_the_borders_of_time_are_inside() -> None:
    times = [EARLIEST_US - 1, EARLIEST_US, LATEST_US, LATEST_US + 1]
    column, parts = check_column(RawColumn("", "co2", None, times, [600.0] * 4), ARRIVAL_US)
    assert column is not None
    assert list(column.times_us) == [EARLIEST_US, LATEST_US]
    assert {part.reason for part in parts} == {Reason.TIME_TOO_OLD, Reason.TIME_IN_FUTURE}


def test_milliseconds_sent_for_seconds_are_named() -> None:
    _, parts = check_column(RawColumn("", "co2", None, [ARRIVAL_US * 1000], [600.0]), ARRIVAL_US)
    assert parts[0].detail.endswith("ms ?")


def test_states_take_numbers_slugs_and_booleans() -> None:
    values = [0, 1.0, "closed", True, 1.5, "full", 4]
    column, parts = check_column(RawColumn("", "occupancy", None, [ARRIVAL_US] * 7, values), ARRIVAL_US)
    assert column is not None
    assert list(column.values) == [0.0, 1.0, 2.0, 1.0]
    assert [(part.reason, part.n_values) for part in parts] == [(Reason.OUT_OF_RANGE, 3)]


def test_lists_of_different_lengths_are_refused_whole() -> None:
    column, parts = check_column(RawColumn("", "co2", None, [ARRIVAL_US], [1.0, None, 3.0]), ARRIVAL_US)
    assert column is None
    assert [(part.reason, part.n_values) for part in parts] == [(Reason.WRONG_SHAPE, 2)]
