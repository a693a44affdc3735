"""Filters that clog slowly, fast, and not at all."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict
from analytics.maintenance.fouled_filter import CLOGGED, LOADED, tell
from store.hints import FilterDay

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def judge(multiples: Sequence[float], seed: int = 1) -> list[Verdict]:
    """Tell a filter at each midnight; `multiples` are of the resistance when it was clean."""
    noise = np.random.default_rng(seed).normal(1, 0.02, len(multiples))
    days = [
        FilterDay(4, "CTA", START + place * DAY, 0.03 * multiple * by, 12)
        for place, (multiple, by) in enumerate(zip(multiples, noise, strict=True))
    ]
    ends = tuple(START + (place + 1) * DAY for place in range(len(multiples)))
    return list(tell(days, Span(START, ends[-1], "UTC", ends)))


def first_told(verdicts: Sequence[Verdict]) -> int | None:
    """Give the number of the day on which it is told."""
    return next((place for place, one in enumerate(verdicts) if one.is_present), None)


def test_filter_that_clogs_fast_is_told_before_it_is_clogged() -> None:
    multiples = [1.0] * 20 + [1 + 0.06 * day for day in range(25)]
    told = first_told(judge(multiples))
    assert told is not None
    assert LOADED <= multiples[told] < CLOGGED


@pytest.mark.parametrize("seed", range(10))
def test_filter_that_fills_as_they_do_waits_until_it_is_clogged(seed: int) -> None:
    """A tenth in a month: it would last for more than a year."""
    assert first_told(judge([1.3 + 0.0033 * day for day in range(60)], seed)) is None


@pytest.mark.parametrize("seed", range(10))
def test_filter_that_was_soiled_at_once_and_goes_no_further_is_not_told(seed: int) -> None:
    assert first_told(judge([1.0] * 30 + [1.45] * 30, seed)) is None


def test_filter_that_was_changed_is_gone() -> None:
    verdicts = judge([*[1.0] * 20, *(1 + 0.06 * day for day in range(25)), *[1.0] * 5])
    assert verdicts[-1].is_present is False
