"""Whole columns judged as the gate of messages judges one value; civil times as the standard library reads them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.backfill.civil import RepeatedHour
from ingest.backfill.clock import Clock
from ingest.backfill.gate import ACCEPTED, CODE, REASONS, judge_times, judge_values
from ingest.backfill.texts import number_texts, same_text
from sensors.instant import EPOCH, MICROSECOND
from sensors.plausible import Refusal, judge_time, judge_value
from sensors.quantity import find_quantity
from sensors.rejection import Reason
from sensors.unit import UnitError, conversion

PARIS = ZoneInfo("Europe/Paris")
NOW_US = 1_780_000_000_000_000
quantities = st.sampled_from(["temperature", "active_power", "active_energy", "lamp_on", "occupancy", "nothing"])
units = st.sampled_from(["", "Cel", "°F", "kW", "W.h", "1", "%", "furlong"])
numbers = st.floats() | st.integers(-5, 200).map(float)


@given(st.lists(st.tuples(quantities, units, numbers), max_size=20))
def test_a_column_is_judged_as_each_of_its_values_would_be(rows: list[tuple[str, str, float]]) -> None:
    names, codes, values = ([row[place] for row in rows] for place in range(3))
    judged = judge_values(
        pa.array(values, pa.float64()),
        number_texts(pa.array(names, pa.string())),
        number_texts(pa.array(codes, pa.string())),
        decimal_comma=False,
    )
    for place, (name, unit, value) in enumerate(rows):
        expected = expect(name, unit, value)
        found = judged.reasons[place]
        if isinstance(expected, Reason):
            assert REASONS[found - 1] == expected
        else:
            assert found == ACCEPTED
            assert judged.values[place] == expected


def expect(name: str, unit: str, value: float) -> float | Reason:
    """Judge one value the slow way."""
    quantity = find_quantity(name)
    if quantity is None:
        return Reason.UNKNOWN_QUANTITY
    try:
        scale = conversion(unit or quantity.unit, quantity.unit)
    except UnitError:
        return Reason.WRONG_UNIT
    judged = judge_value(value, quantity, scale)
    return judged.reason if isinstance(judged, Refusal) else judged


@pytest.mark.parametrize(
    ("text", "quantity", "found"),
    [
        ("1,5", "temperature", 1.5),
        (" 2 ", "temperature", 2.0),
        ("1e1", "temperature", 10.0),
        ("-.5", "temperature", -0.5),
        ("on", "lamp_on", 1.0),
        ("1", "lamp_on", 1.0),
        ("occupied", "occupancy", 1.0),
        ("on", "temperature", Reason.NOT_A_NUMBER),
        ("lit", "lamp_on", Reason.NOT_A_NUMBER),
        ("0x10", "temperature", Reason.NOT_A_NUMBER),
        ("1 000", "temperature", Reason.NOT_A_NUMBER),
        ("true", "temperature", Reason.NOT_A_NUMBER),
        ("nan", "temperature", Reason.NOT_FINITE),
        ("-Infinity", "temperature", Reason.NOT_FINITE),
        ("", "temperature", None),
        ("  ", "temperature", None),
    ],
)
def test_text_is_a_number_a_slug_nothing_or_refused(text: str, quantity: str, found: float | Reason | None) -> None:
    column = pa.array([text, "x"])
    judged = judge_values(column, same_text(quantity, 2), same_text("", 2), decimal_comma=True)
    assert judged.is_there.tolist() == [found is not None, True]
    if isinstance(found, Reason):
        assert judged.reasons[0] == CODE[found]
    elif found is not None:
        assert (judged.reasons[0], judged.values[0]) == (ACCEPTED, found)


def test_true_and_false_are_states_only() -> None:
    column = pa.array([True, False, None])
    states = judge_values(column, same_text("lamp_on", 3), same_text("", 3), decimal_comma=False)
    assert (states.reasons.tolist()[:2], states.values.tolist()[:2]) == ([ACCEPTED, ACCEPTED], [1.0, 0.0])
    assert states.is_there.tolist() == [True, True, False]
    others = judge_values(column, same_text("temperature", 3), same_text("", 3), decimal_comma=False)
    assert others.reasons.tolist()[:2] == [CODE[Reason.NOT_A_NUMBER]] * 2


@given(st.lists(st.integers(0, NOW_US * 2), max_size=20))
def test_times_are_judged_as_those_of_messages(times_us: list[int]) -> None:
    reasons = judge_times(np.array(times_us, dtype=np.int64), np.ones(len(times_us), dtype=np.bool_), NOW_US)
    for time_us, found in zip(times_us, reasons.tolist(), strict=True):
        judged = judge_time(time_us, NOW_US + 86_400_000_000)
        assert (REASONS[found - 1] if found else None) == (judged.reason if isinstance(judged, Refusal) else None)


around = st.sampled_from([datetime(2024, 3, 31), datetime(2024, 10, 27), datetime(2015, 7, 1)])  # noqa: DTZ001


@given(st.lists(st.tuples(around, st.integers(0, 6 * 60 * 60)), min_size=1, max_size=20))
def test_civil_times_are_read_as_the_standard_library_reads_them(rows: list[tuple[datetime, int]]) -> None:
    """The hours that do not exist, by coming back as another time, are not read; those that exist twice are told."""
    civil = [day + timedelta(seconds=second) for day, second in rows]
    found = Clock("iso", PARIS, RepeatedHour.ORDER).read(pa.array(civil, pa.timestamp("us")))
    for place, moment in enumerate(civil):
        first, second = (moment.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1))
        exists = first.astimezone(PARIS).replace(tzinfo=None) == moment
        assert found.is_read[place] == exists
        if exists:
            assert found.times_us[place] == (first - EPOCH) // MICROSECOND
            assert found.later_us[place] == (second - first) // MICROSECOND
