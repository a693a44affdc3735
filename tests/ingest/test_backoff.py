"""Delays between attempts."""

import random

from ingest.backoff import Backoff


def test_delays_grow_to_the_longest_and_start_again_after_success() -> None:
    chance = random.Random(1)
    backoff = Backoff(first_s=0.5, longest_s=4.0)
    delays = []
    for _ in range(6):
        backoff = backoff.failed(100.0, chance)
        delays.append(backoff.remaining_s(100.0))
    for delay, longest in zip(delays, [0.5, 1.0, 2.0, 4.0, 4.0, 4.0], strict=True):
        assert longest / 2 <= delay <= longest
    assert backoff.remaining_s(200.0) == 0.0
    again = backoff.succeeded().failed(0.0, chance)
    assert again.remaining_s(0.0) <= 0.5


def test_delay_stays_finite_after_very_many_failures() -> None:
    backoff = Backoff(n_failures=10_000).failed(0.0, random.Random(1))
    assert backoff.remaining_s(0.0) <= backoff.longest_s
