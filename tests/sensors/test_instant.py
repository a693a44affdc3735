"""Instants: what is written is read again to the microsecond, whatever the offset."""

import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.instant import instant_text, read_instant_us
from sensors.rejection import DecodeError, Reason

NOON_US = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z
IN_THE_CALENDAR = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00.000000+00:00",
        "2026-03-01t14:00:00+02:00",
        "2026-03-01 07:00:00-05:00",
        1_772_366_400,
        1_772_366_400.0,
        datetime(2026, 3, 1, 12, tzinfo=UTC),
        datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_the_same_instant_is_read_from_all_its_spellings(written: object) -> None:
    assert read_instant_us(written) == NOON_US


def test_decimals_of_seconds_are_kept() -> None:
    assert read_instant_us(1_772_366_400.25) == NOON_US + 250_000
    assert read_instant_us("2026-03-01T12:00:00.123456Z") == NOON_US + 123_456


@given(IN_THE_CALENDAR)
def test_text_is_read_again_exactly(instant_us: int) -> None:
    assert read_instant_us(instant_text(instant_us)) == instant_us


@given(st.integers())
def test_any_instant_has_a_text(instant_us: int) -> None:
    assert instant_text(instant_us)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T12:00:00",
        "2026-03-01",
        "20260301T120000Z",
        "2026-W09-7T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "1772366400",
        "",
        True,
        None,
        {},
        float("nan"),
        float("inf"),
        1.8e302,
        -sys.float_info.max,
        datetime(2026, 3, 1, 12),  # noqa: DTZ001 the naive one is the point
    ],
)
def test_what_names_no_instant_is_refused(written: object) -> None:
    with pytest.raises(DecodeError) as caught:
        read_instant_us(written)
    assert caught.value.reason is Reason.TIME_INVALID
