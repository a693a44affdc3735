"""Towns of the evaluation lie in the past, however long they are."""

from datetime import UTC, datetime, timedelta

import pytest

from bench.evaluation.town import STARTS, start_of

FROM = datetime(2026, 11, 15, tzinfo=UTC)  # no town may end after it


@pytest.mark.parametrize("days", [1, 60, 61, 365, 425, 426, 730, 3650])
def test_a_town_ends_before_today_in_the_season_its_seed_says(days: int) -> None:
    for seed, first in enumerate(STARTS):
        start = start_of(seed, days)
        assert start + timedelta(days=days) <= FROM
        assert (start.month, start.day) == (first.month, first.day)


def test_a_town_of_sixty_days_begins_where_it_always_did() -> None:
    assert tuple(start_of(seed, 60) for seed in range(len(STARTS))) == STARTS
