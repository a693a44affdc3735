"""Pace: as it happens, or a past run through faster; the clock is moved by hand."""

import pytest

from simulators.pace import Pace


@pytest.mark.parametrize(
    ("speed", "due_s", "now_s", "expected_s"),
    [
        (1.0, 1_000, 1_000, 0),
        (1.0, 1_030, 1_000, 30),
        (60.0, 940, 1_000, 2),  # two minutes into a past that began at 820
        (60.0, 1_030, 1_000, 30),  # the future waits until it is true
        (60.0, 820, 1_000, 0),
    ],
)
def test_wait_until_due(speed: float, due_s: float, now_s: float, expected_s: float) -> None:
    pace = Pace(start_s=820 if speed > 1 else 1_000, speed=speed, now=lambda: now_s)
    assert pace.wait_s(due_s) == pytest.approx(expected_s)
