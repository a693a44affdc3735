"""Bay sensors that cannot be believed: faults in streets drawn by seed are found, sound streets are left alone."""

import numpy as np
import pytest

from analytics.parking.faulty import Faulty, find_faulty, longest_run, median_of, runs_of
from store.parking import BayDays

N_DAYS = 58
DAY_S = 86_400.0


def a_street(seed: int, zone: str = "centre", n_bays: int = 30, stays: float = 6.0) -> list[BayDays]:
    """Bays with a Poisson number of stays a day, fewer on Sundays, their occupancy scattered about the street's."""
    draws = np.random.default_rng(seed)
    busy = np.where(np.arange(N_DAYS) % 7 == 6, 0.35, 1.0)
    own = stays * draws.lognormal(0, 0.3, n_bays)
    arrivals = draws.poisson(own[:, None] * busy)
    share = np.clip(0.3 + 0.4 * busy + draws.normal(0, 0.12, (n_bays, N_DAYS)), 0, 1)
    return [a_bay(index + 1, zone, share[index] * DAY_S, arrivals[index]) for index in range(n_bays)]


def a_bay(asset_id: int, zone: str, occupied_s: np.ndarray, arrivals: np.ndarray) -> BayDays:
    days = range(N_DAYS)
    return BayDays(
        asset_id,
        100 + asset_id,
        zone,
        None,
        tuple(days),
        tuple((DAY_S - occupied_s).tolist()),
        tuple(occupied_s.tolist()),
        tuple((2 * arrivals).tolist()),
        tuple(arrivals.tolist()),
    )


def changed(bay: BayDays, first: int, last: int, share: float, arrivals: int) -> BayDays:
    """The same bay, whose sensor says something else from one day to another, both included."""
    occupied, come = np.array(bay.occupied_s), np.array(bay.n_arrivals)
    occupied[first : last + 1], come[first : last + 1] = share * DAY_S, arrivals
    return a_bay(bay.asset_id, bay.zone, occupied, come)


@pytest.mark.parametrize("seed", range(8))
def test_sound_streets_are_believed(seed: int) -> None:
    """Three streets of two months, one of them slow: 90 bays, 5,220 days, nothing is found."""
    streets = [*a_street(seed), *a_street(seed + 50, "gare", stays=2.5), *a_street(seed + 90, "résidence", stays=3.5)]
    assert find_faulty(streets) == []


@pytest.mark.parametrize("share", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_stuck_sensor_is_found_with_its_days(seed: int, share: float) -> None:
    """Free or occupied for eight days without a change; the day at each end belongs to it."""
    street = a_street(seed)
    moving = changed(changed(street[3], 39, 39, 0.5, 3), 48, 48, 0.5, 3)  # not silent by chance as well
    street[3] = changed(moving, 40, 47, share, 0)
    assert find_faulty(street) == [Faulty(4, 104, "stuck", 39, 48)]


def test_a_quiet_week_of_the_whole_street_is_no_fault() -> None:
    """Roadworks empty a street for a week: every bay is silent, so none is stuck."""
    street = [changed(bay, 40, 46, 0.0, 0) for bay in a_street(1)]
    assert find_faulty(street) == []


def test_silent_days_are_not_known_and_no_fault() -> None:
    street = a_street(2)
    silent = street[0]
    known = [day for day in silent.days if not 40 <= day < 50]
    street[0] = BayDays(
        *(silent.asset_id, silent.series_id, silent.zone, None, tuple(known)),
        *(tuple(values[day] for day in known) for values in (silent.free_s, silent.occupied_s)),
        *(tuple(values[day] for day in known) for values in (silent.n_changes, silent.n_arrivals)),
    )
    assert find_faulty(street) == []


def test_chatter_is_found() -> None:
    street = a_street(3)
    street[5] = changed(street[5], 50, 51, 0.5, 400)
    assert find_faulty(street) == [Faulty(6, 106, "chattering", 50, 51)]


def test_a_sensor_that_drifts_away_from_its_street_is_found() -> None:
    """It still sees cars come, and says occupied for nearly all of the time."""
    street = a_street(4)
    street[7] = changed(street[7], 51, 57, 0.02, 6)
    assert find_faulty(street) == [Faulty(8, 108, "drifted", 51, 57)]


@pytest.mark.parametrize("seed", range(4))
def test_a_drifted_sensor_that_was_calibrated_is_believed(seed: int) -> None:
    """It said free for nearly all of the time until a week ago, and now says what its street does."""
    street = a_street(seed)
    street[7] = changed(street[7], 0, 50, 0.02, 6)
    assert find_faulty(street) == []


def test_runs() -> None:
    assert runs_of(np.array([1, 1, 0, 1, 0, 0, 1], dtype=bool)) == [(0, 1), (3, 3), (6, 6)]
    assert find_faulty([]) == []


@pytest.mark.parametrize("seed", range(3))
def test_fast_routines_equal_their_naive_twins(seed: int) -> None:
    draws = np.random.default_rng(seed)
    mask = draws.random((40, 20)) < 0.5
    mask[0] = False
    for row, kept in zip(mask, longest_run(mask), strict=True):
        longest = max(runs_of(row), key=lambda run: run[1] - run[0], default=None)
        assert runs_of(kept) == ([longest] if longest else [])
    rows = np.where(mask, draws.normal(0, 1, mask.shape), np.nan)
    naive = [np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else 0.0 for row in rows]
    np.testing.assert_allclose(median_of(rows), naive)
