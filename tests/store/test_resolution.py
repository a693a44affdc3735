"""Which resolution answers a question, and where its points lie."""

from datetime import UTC, datetime, timedelta

import pytest

from store.resolution import MOST_ROWS, Question, TooMuchError, choose_resolution, make_grid

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
ZONE = "Europe/Paris"


def question(days: float, n_points: int = 1000, resolution: str | None = None) -> Question:
    return Question((FIRST, FIRST + timedelta(days=days)), n_points, resolution)  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "expected"), [(1, "raw"), (41, "raw"), (42, "hour"), (999, "hour"), (1000, "day")])
def test_resolution_is_no_finer_than_the_points_need(days: int, expected: str) -> None:
    assert choose_resolution(question(days), 1, 0) == expected


@pytest.mark.parametrize(
    ("n_series", "n_raw", "expected"), [(1, MOST_ROWS, "raw"), (1, MOST_ROWS + 1, "hour"), (600, MOST_ROWS + 1, "day")]
)
def test_resolution_is_coarser_where_too_many_rows_would_be_read(n_series: int, n_raw: int, expected: str) -> None:
    assert choose_resolution(question(40), n_series, n_raw) == expected


@pytest.mark.parametrize(
    ("asked", "n_series", "n_raw", "limit"),
    [
        (question(401, resolution="raw"), 1, 0, "at most 400 days: shorten the span or use hour or day"),
        (question(3661, resolution="hour"), 1, 0, "at most 3660 days"),
        (question(18301, resolution="day"), 1, 0, "at most 18300 days"),
        (question(18301), 1, 0, "bucket=day serves at most 18300 days"),
        (question(1, resolution="raw"), 1, MOST_ROWS + 1, "at most 500,000 rows"),
        (question(1, 5000, resolution="raw"), 101, 0, "come to about 505,000"),
        (question(365, resolution="hour"), 200, 0, "come to about 1,752,000"),
    ],
)
def test_question_beyond_a_limit_is_refused_with_the_limit(
    asked: Question, n_series: int, n_raw: int, limit: str
) -> None:
    with pytest.raises(TooMuchError) as refused:
        choose_resolution(asked, n_series, n_raw)
    assert limit in str(refused.value)


def test_days_of_the_grid_are_civil_days_across_the_change_of_clocks() -> None:
    grid = make_grid(question(60, resolution="day"), "day", ZONE)
    assert grid.starts[0] == datetime(2025, 3, 1, 23, tzinfo=UTC)  # the first midnight in the span
    lengths = {later - earlier for earlier, later in zip(grid.starts, grid.starts[1:], strict=False)}
    assert lengths == {timedelta(hours=23), timedelta(hours=24)}
    assert len(grid.starts) == 60
    assert grid.end == datetime(2025, 4, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(("resolution", "days"), [("raw", 3.3), ("hour", 365.1), ("day", 900)])
@pytest.mark.parametrize("n_points", [1, 7, 1000])
def test_grid_has_at_most_the_points_wanted_and_covers_the_span(resolution: str, days: float, n_points: int) -> None:
    asked = question(days, n_points)
    grid = make_grid(asked, resolution, ZONE)  # type: ignore[arg-type]
    assert 0 < len(grid.starts) <= n_points
    assert list(grid.starts) == sorted(set(grid.starts))
    assert asked.span[0] <= grid.starts[0] < asked.span[0] + timedelta(days=1)
    assert asked.span[1] <= grid.end < asked.span[1] + timedelta(days=1)


def test_hours_start_in_the_span() -> None:
    asked = Question((FIRST + timedelta(minutes=1), FIRST + timedelta(hours=3, minutes=1)))
    grid = make_grid(asked, "hour", ZONE)
    assert [at.hour for at in grid.starts] == [1, 2, 3]
    assert grid.end == FIRST + timedelta(hours=4)


def test_grid_without_a_bucket_in_the_span_is_empty() -> None:
    grid = make_grid(Question((FIRST + timedelta(minutes=1), FIRST + timedelta(minutes=2))), "hour", ZONE)
    assert grid.starts == ()


@pytest.mark.parametrize(
    ("length", "n_points", "width_s"),
    [
        (timedelta(hours=1), 1000, 5),
        (timedelta(hours=1), 60, 60),
        (timedelta(days=1), 100, 900),
        (timedelta(milliseconds=1500), 1000, 1),
        (timedelta(days=100), 3, 27 * 86_400),
        (timedelta(days=20), 1000, 1800),
    ],
)
@pytest.mark.parametrize("offset", [timedelta(), timedelta(seconds=17, microseconds=3)])
def test_aligned_points_begin_at_round_instants(
    length: timedelta, n_points: int, width_s: int, offset: timedelta
) -> None:
    """Whatever the span, there are no more points than wanted, each begins in the span, at a multiple of the width."""
    span = (FIRST + offset, FIRST + offset + length)
    grid = make_grid(Question(span, n_points, "raw", is_aligned=True), "raw", ZONE)
    assert len(grid.starts) <= n_points
    assert all(span[0] <= start < span[1] for start in grid.starts)
    assert {int(start.timestamp() * 1e6) % int(grid.width / timedelta(microseconds=1)) for start in grid.starts} <= {0}
    if not offset:
        assert grid.width == timedelta(seconds=width_s)
    assert grid.end - grid.width < span[1] <= grid.end
