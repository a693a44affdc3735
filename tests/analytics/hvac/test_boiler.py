"""Boilers' starts by the hour: three hours with six starts make short cycling, what is not known makes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.hvac.boiler import count_cycles
from store.hvac import StartHours

BEGIN = datetime(2025, 1, 13, 23, tzinfo=UTC)
END = BEGIN + timedelta(days=1)


def a_boiler(starts: list[float], span_s: float = 3600.0) -> StartHours:
    """A boiler that started so often in the first hours of the day."""
    hours = tuple(BEGIN + timedelta(hours=n) for n in range(len(starts)))
    return StartHours(1, "Boiler", hours, tuple(starts), (span_s,) * len(starts))


@pytest.mark.parametrize(
    ("starts", "span_s", "is_present"),
    [
        ([9, 12, 7, 1, 0], 3600.0, True),
        ([9, 12, 1, 0], 3600.0, None),  # neither sound nor sure
        ([1, 4, 5, 2], 3600.0, False),
        ([0, 0, 0, 0], 3600.0, None),  # it did not run
        ([9, 12, 7], 1200.0, None),  # too little is known of these hours
        ([5, 5, 5], 1800.0, True),  # ten an hour
        ([], 3600.0, None),
    ],
)
def test_three_hours_of_many_starts_are_short_cycling(
    starts: list[float], span_s: float, is_present: bool | None
) -> None:
    assert count_cycles(a_boiler(starts, span_s), END).is_present is is_present


def test_other_days_count_for_nothing() -> None:
    boiler = a_boiler([9.0, 9.0, 9.0])
    assert count_cycles(boiler, END + timedelta(days=1)).is_present is None
    assert count_cycles(boiler, BEGIN).is_present is None
    assert count_cycles(boiler, END).starts_per_h == 9.0
