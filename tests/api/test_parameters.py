"""Spans: which are refused, and what an hour that begins or ends within the span belongs to."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import ProblemError
from api.parameters import EARLIEST, LATEST, Bucket, next_hour, read_span, require_instant

TICK = timedelta(microseconds=1)
instants = st.integers(1, int((LATEST - EARLIEST).total_seconds()) * 10**6 - 1).map(lambda us: EARLIEST + us * TICK)


@given(instants)
def test_next_hour_is_the_first_full_hour_from_there(instant: datetime) -> None:
    hour = next_hour(instant)
    assert hour == hour.replace(minute=0, second=0, microsecond=0)
    assert timedelta() <= hour - instant < timedelta(hours=1)


@given(instants, st.sampled_from(["raw", "hour", "day"]))
def test_span_without_a_beginning_is_the_day_before_its_end(end: datetime, bucket: Bucket) -> None:
    start, until = read_span(None, end, bucket)
    day_before = max(EARLIEST, end - timedelta(days=1))
    assert (start, until) == ((next_hour(day_before), next_hour(end)) if bucket == "hour" else (day_before, end))


@pytest.mark.parametrize("at", [EARLIEST - timedelta(seconds=1), LATEST])
def test_instants_that_no_series_has_are_refused(at: datetime) -> None:
    for span in ((at, None), (None, at), (at, at + timedelta(seconds=1))):
        with pytest.raises(ProblemError, match="1970"):
            read_span(*span, "raw")


@pytest.mark.parametrize(
    "text", ["20260501", "2026-05-01", "1767225600", "2026-05-01T10:00:00", "2026-05-01T10:00:00 02:00"]
)
def test_what_is_no_instant_with_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="timezone"):
        require_instant(text)
