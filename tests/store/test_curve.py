"""Curves and counts against their naive twins, over finished and open hours, and what a reader is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import rollup
from store.curve import UnknownSeriesError, WrongFillError
from store.resolution import Question, Resolution, TooMuchError
from tests.support.curve_twin import NOTHING, fill_points, points_of
from tests.support.reading import SERIES, Reading, opened_reading
from tests.support.rollup_twin import HOUR

pytestmark = pytest.mark.services

SPRING = datetime(2025, 3, 29, 12, tzinfo=UTC)  # 30 March 2025 has 23 hours in Paris
AUTUMN = datetime(2025, 10, 25, 12, tzinfo=UTC)  # 26 October 2025 has 25
EQUAL = {"rel": 1e-9, "abs": 1e-6}  # sums run in another order
DAY_MINUTES = 24 * 60

write = st.tuples(st.integers(1, len(SERIES)), st.integers(0, 4 * DAY_MINUTES), st.integers(0, 4).map(float))
span_minutes = st.tuples(st.integers(-300, 3 * DAY_MINUTES), st.integers(1, 4 * DAY_MINUTES))


@pytest.fixture
def reading(database_url: str) -> Iterator[Reading]:
    with opened_reading(database_url) as found:
        yield found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    begin=st.sampled_from([SPRING, AUTUMN]),
    writes=st.lists(write, max_size=40),
    closed_hours=st.integers(0, 100),
    asked=st.tuples(span_minutes, st.integers(1, 50), st.sampled_from(["raw", "hour", "day", None])),
)
def test_curves_equal_naive_twin(
    reading: Reading,
    begin: datetime,
    writes: list[tuple[int, int, float]],
    closed_hours: int,
    asked: tuple[tuple[int, int], int, Resolution | None],
) -> None:
    """Whatever is stored and however far hours are finished, each point and count says what the raw rows say."""
    rows = reading.fill_store(begin, writes)
    closed_to = begin + closed_hours * HOUR
    now = closed_to + timedelta(minutes=40)
    rollup.refresh(reading.connection, now, grace_s=0, settle_s=0)
    minutes, n_points, resolution = asked
    first = begin + timedelta(minutes=minutes[0])
    span = first, first + timedelta(minutes=minutes[1])
    for fill in ("none", "locf"):
        curves = reading.curves(Question(span, n_points, resolution), fill, now)  # type: ignore[arg-type]
        for curve, (_, kind, hold_s) in zip(curves.series, SERIES, strict=True):
            hold = timedelta(seconds=hold_s)
            raw = rows[curve.series_id]
            points = points_of(raw, kind, hold, curves.grid, closed_to, now)
            measured = [
                (n, value if n else None, low, high)
                for n, value, low, high in zip(curve.n, curve.values, curve.low, curve.high, strict=True)
            ]
            assert_alike(measured, points)
            assert_alike(
                [(v,) for v in curve.values], [(v,) for v in fill_points(points, raw, hold, curves.grid, fill)]
            )
    expected = {series_id: sum(span[0] <= at < span[1] for at in raw) for series_id, raw in rows.items()}
    assert reading.counts(span) == expected


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=st.lists(write.filter(lambda one: one[0] < 3), max_size=40), n_points=st.integers(1, 100))
def test_lines_across_gaps_equal_naive_twin(
    reading: Reading, writes: list[tuple[int, int, float]], n_points: int
) -> None:
    rows = reading.fill_store(SPRING, writes)
    end = SPRING + timedelta(days=4)
    rollup.refresh(reading.connection, end, grace_s=0, settle_s=0)
    curves = reading.curves(Question((SPRING, end), n_points, "hour"), "linear", end, (1, 2))
    for curve, (_, kind, hold_s) in zip(curves.series, SERIES, strict=False):
        hold = timedelta(seconds=hold_s)
        points = points_of(rows[curve.series_id], kind, hold, curves.grid, end, end)
        filled = fill_points(points, rows[curve.series_id], hold, curves.grid, "linear")
        assert_alike([(v,) for v in curve.values], [(v,) for v in filled])


def assert_alike(mine: list[Any], theirs: list[Any]) -> None:
    """Compare rows of numbers and None."""
    for one, other in zip(mine, theirs, strict=True):
        assert [value is None for value in one] == [value is None for value in other]
        assert [v for v in one if v is not None] == pytest.approx([v for v in other if v is not None], **EQUAL)


@pytest.mark.parametrize("resolution", ["raw", "hour", "day"])
def test_no_peak_is_lost_however_few_points(reading: Reading, resolution: Resolution) -> None:
    """One value out of thousands stands out, and still bounds a point."""
    writes = [(1, minute, 1.0) for minute in range(0, 4 * DAY_MINUTES, 5)] + [(1, 3333, 99.0), (1, 4444, -99.0)]
    reading.fill_store(SPRING, writes)
    end = SPRING + timedelta(days=4)
    rollup.refresh(reading.connection, end - 6 * HOUR, grace_s=0, settle_s=0)
    curve = reading.curves(Question((SPRING, end), 3, resolution), now=end).series[0]
    assert max(high for high in curve.high if high is not None) == 99.0
    assert min(low for low in curve.low if low is not None) == -99.0


def test_series_that_nobody_heard_is_there_and_empty(reading: Reading) -> None:
    reading.fill_store(SPRING, [])
    curve = reading.curves(Question((SPRING, SPRING + HOUR), 2), "locf", SPRING, (3,)).series[0]
    assert [
        (n, v, low, high) for n, v, low, high in zip(curve.n, curve.values, curve.low, curve.high, strict=True)
    ] == [NOTHING] * 2


def test_another_territorys_series_does_not_exist(reading: Reading) -> None:
    with pytest.raises(UnknownSeriesError, match="no such series for this reader: 5, 77"):
        reading.curves(Question((SPRING, SPRING + HOUR)), series_ids=(1, 5, 77))


def test_lines_through_counters_and_states_are_refused(reading: Reading) -> None:
    with pytest.raises(WrongFillError, match="linear filling is for gauges"):
        reading.curves(Question((SPRING, SPRING + HOUR)), "linear", series_ids=(1, 3))


def test_raw_span_with_too_many_values_is_refused_with_the_limit(reading: Reading) -> None:
    """What the days' counts announce is not read; without a resolution asked for, hours answer."""
    reading.fill_store(SPRING, [])
    reading.connection.execute(
        "insert into measurements_daily (series_id, bucket, n, sum, covered_s)"
        " values (1, '2025-03-29 23:00Z', 600000, 0, 0)"
    )
    question = Question((SPRING, SPRING + 4 * 24 * HOUR))
    with pytest.raises(TooMuchError, match="bucket=raw serves at most 500,000 rows at once"):
        reading.curves(Question(question.span, 1000, "raw"))
    assert reading.curves(question).grid.resolution == "hour"
