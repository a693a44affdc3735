"""Parking KPIs of months: faulty sensors left out, zones weighed by what they offer, overstay, search, drifts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analytics.kpi.car_park import CarParkInputs, tell_car_parks
from analytics.kpi.figure import Figure
from analytics.kpi.overstay import StayInputs, tell_stays
from analytics.kpi.parking import BayInputs, tell_bays
from analytics.parking.search import assume, search
from store.inputs import GaugeAmount, StateAmount
from store.parking import Assumption, BayDays, BayStays, ParkDays, ZoneHour
from tests.analytics.test_parking_faulty import DAY_S, N_DAYS, a_street, changed

BEGIN, N_MONTH = 28, N_DAYS - 28
FIRST = date(2026, 1, 4)
MONTH_S = N_MONTH * DAY_S


def by_key(figures: Sequence[Figure]) -> dict[tuple[str, int | None], Figure]:
    return {(figure.kpi, figure.asset_id): figure for figure in figures}


def amount_of(bay: BayDays) -> StateAmount:
    """What a bay's days of the month add up to."""
    free, occupied = sum(bay.free_s[BEGIN:]), sum(bay.occupied_s[BEGIN:])
    arrivals = sum(bay.n_arrivals[BEGIN:])
    return StateAmount(bay.asset_id, bay.series_id, MONTH_S, ((0, free), (1, occupied)), ((0, arrivals), (1, arrivals)))


def a_month(days: Sequence[BayDays], hours: Sequence[ZoneHour] = ()) -> BayInputs:
    return BayInputs([amount_of(bay) for bay in days], days, hours, (), "Europe/Paris", FIRST, BEGIN)


def true_share(days: Sequence[BayDays]) -> float:
    return float(np.mean([np.array(bay.occupied_s[BEGIN:]) / DAY_S for bay in days]))


@pytest.mark.parametrize("seed", range(6))
def test_stuck_sensors_are_left_out_and_the_truth_lies_within(seed: int) -> None:
    """Three of thirty sensors stick for ten days: the figure leaves them out, widens, and holds the truth."""
    street = a_street(seed)
    told = [changed(bay, 30, 40, 1.0, 0) if bay.asset_id <= 3 else bay for bay in street]
    figures = by_key(tell_bays(a_month(told)))
    figure, sound = figures["bay_occupancy", None], by_key(tell_bays(a_month(street)))["bay_occupancy", None]
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert abs(figure.value - true_share(street)) < abs(true_share(told) - true_share(street))
    assert figure.low < true_share(street) < figure.high
    assert [one["asset_id"] for one in figure.proof["left_out"]] == [1, 2, 3]
    assert figure.proof["left_out"][0]["from"] == (FIRST + timedelta(days=29)).isoformat()
    assert sound.proof["n_left_out"] == 0
    assert sound.low == pytest.approx(sound.high)
    assert figures["bay_occupancy", 1].value is None  # 12 of 30 days are not known
    assert "too little data" in str(figures["bay_occupancy", 1].withheld)


def test_a_zone_of_which_half_is_silent_weighs_as_much_as_it_offers() -> None:
    """Two streets, one full and one empty, half of the full one silent: the town stands at the middle."""

    def bay(asset_id: int, share: float | None) -> StateAmount:
        states = () if share is None else ((0, (1 - share) * MONTH_S), (1, share * MONTH_S))
        return StateAmount(asset_id, asset_id, MONTH_S, states, ((1, 60),) if states else ())

    days = [replace(one, zone="a" if one.asset_id <= 4 else "b", zone_asset_id=90) for one in a_street(1, n_bays=8)]
    amounts = [bay(n, 1.0 if n <= 3 else None) for n in range(1, 5)] + [bay(n, 0.0) for n in range(5, 9)]
    inputs = BayInputs(amounts, [replace(one, series_id=one.asset_id) for one in days], (), (), "UTC", FIRST, BEGIN)
    figures = by_key(tell_bays(inputs))
    town = figures["bay_occupancy", None]
    assert town.value == pytest.approx(0.5)
    assert (town.low, town.high) == (pytest.approx(3 / 8), pytest.approx(4 / 8))
    assert figures["bay_occupancy", 90].value == town.value  # the zone is an asset: it has a figure of its own


def test_mean_stay_is_time_over_arrivals_and_bounded_by_cut_stays() -> None:
    amount = StateAmount(1, 1, DAY_S, ((0, DAY_S / 2), (1, DAY_S / 2)), ((1, 6),))
    figure = by_key(tell_bays(BayInputs([amount], (), (), (), "UTC", FIRST, 0)))["bay_stay_duration", None]
    assert (figure.low, figure.value, figure.high) == (pytest.approx(720 / 7), pytest.approx(120), pytest.approx(144))


def test_a_bay_to_which_nobody_came_has_no_stay() -> None:
    amount = StateAmount(1, 1, DAY_S, ((0, DAY_S),), ())
    figure = by_key(tell_bays(BayInputs([amount], (), (), (), "UTC", FIRST, 0)))["bay_stay_duration", None]
    assert figure.value is None
    assert "no car came" in str(figure.withheld)


def an_hour(hour: int, share: float, arrivals: int, zone: str = "centre") -> ZoneHour:
    at = datetime(2026, 2, 2, tzinfo=UTC) + timedelta(hours=hour)
    return ZoneHour(zone, at, (1 - share) * 36_000, share * 36_000, arrivals)


def test_search_rises_steeply_where_the_zone_is_full() -> None:
    found = [search([an_hour(0, share, 100)], assume(())) for share in (0.5, 0.85, 0.95)]
    ends = [(one.low_km, one.high_km) for one in found if one]
    assert ends[0] == (0.0, pytest.approx(0.6))  # 100 cars pass one bay of 6 m; nobody searches by the high end's law
    assert ends[1] == (pytest.approx(100 * 17 / 3 * 0.006), pytest.approx(100 * 2 * 0.7**3))
    assert ends[2] == (pytest.approx(100 * 19 * 0.006), pytest.approx(100 * 2 * 0.9**3))
    assert search([an_hour(0, 0.9, 0)], assume(())) is None


def test_search_takes_what_people_entered() -> None:
    usual = search([an_hour(0, 0.9, 10)], assume(()))
    slow = search([an_hour(0, 0.9, 10)], assume([Assumption("parking_search_time", 4.0, "survey")]))
    assert usual
    assert slow
    assert slow.high_km == pytest.approx(usual.high_km / 2)


def test_months_tell_the_search_with_its_assumptions_and_the_rhythm_of_zones() -> None:
    street = a_street(1)
    hours = [an_hour(hour, 0.9 if hour % 24 == 10 else 0.3, 12 if hour % 24 == 10 else 0) for hour in range(48)]
    figures = by_key(tell_bays(a_month(street, hours)))
    distance, emissions = figures["parking_search_distance", None], figures["parking_search_emissions", None]
    assert distance.value is not None
    assert distance.low is not None
    assert distance.high is not None
    assert distance.low < distance.value < distance.high
    assert emissions.high == pytest.approx(0.2 * distance.high)
    assert set(distance.proof["assumptions"]) == set(assume(()))
    profile = figures["bay_occupancy", None].proof["zones"]["centre"]
    assert profile["occupancy"][0][11] == pytest.approx(0.9)  # Monday, eleven in Paris
    assert profile["arrivals_per_h"][0][11] == 12
    assert profile["mean_stay_min"][0][12] is None
    assert profile["occupancy"][5] == [None] * 24


def a_limited_bay(asset_id: int, minutes: Sequence[float], n_unknown: int = 0) -> BayStays:
    begins = tuple(1_770_000_000.0 + 86_400 * n for n in range(len(minutes)))
    return BayStays(asset_id, 100 + asset_id, "centre", 60.0, begins, tuple(60 * one for one in minutes), n_unknown)


def test_overstay_counts_stays_beyond_the_limit() -> None:
    inputs = StayInputs([a_limited_bay(1, [30, 60, 90, 150])], (), 0, "Europe/Paris")
    figures = by_key(tell_stays(inputs))
    ratio, hours = figures["bay_overstay_ratio", 1], figures["bay_overstay_hours", 1]
    assert (ratio.low, ratio.value, ratio.high) == (0.5, 0.5, 0.5)
    assert (hours.low, hours.value, hours.high) == (2.0, 2.0, 2.0)
    by_hour = figures["bay_overstay_ratio", None].proof["by_zone_and_hour"]["centre"]
    assert (sum(by_hour["n_stays"]), by_hour["n_overstays"][3]) == (4, 2)


def test_stays_of_unknown_length_widen_overstay() -> None:
    ratio = by_key(tell_stays(StayInputs([a_limited_bay(1, [30, 60, 90], 1)], (), 0, "UTC")))["bay_overstay_ratio", 1]
    assert (ratio.low, ratio.value, ratio.high) == (0.25, pytest.approx(1 / 3), 0.5)
    assert ratio.completeness == 0.75


def test_a_stuck_sensor_tells_no_stays() -> None:
    street = a_street(5)
    street[0] = changed(street[0], 40, 50, 1.0, 0)
    figures = by_key(tell_stays(StayInputs([a_limited_bay(1, [30, 9000]), a_limited_bay(2, [30])], street, 28, "UTC")))
    assert figures["bay_overstay_ratio", 1].value is None
    assert figures["bay_overstay_ratio", None].proof["n_left_out"] == 1
    assert figures["bay_overstay_ratio", None].proof["n_overstays"] == 0


def a_counter(drift: float, n_nights: int = 86, seed: int = 3) -> CarParkInputs:
    """A car park of 200 places at 0.4 in the mean whose counter drifts in the month, up to the full drift."""
    floors = 0.1 + np.random.default_rng(seed).normal(0, 0.008, n_nights)
    off = drift * np.clip((np.arange(n_nights) - 56) / 3, 0, 1)
    occupied = 200 * (floors + off)
    days = ParkDays(1, 1, tuple(range(n_nights)), tuple(occupied.tolist()), tuple((occupied + 100).tolist()))
    mean = 200 * (0.4 + float(off[56:].mean()))
    amount = GaugeAmount(1, 1, "occupied_places", 200.0, MONTH_S, MONTH_S, mean, 0.0, 200.0)
    return CarParkInputs([amount], [days], 56)


@pytest.mark.parametrize("drift", [0.2, -0.09])
def test_a_drift_of_a_counter_is_taken_off_and_both_ends_are_kept(drift: float) -> None:
    figure = by_key(tell_car_parks(a_counter(drift)))["car_park_occupancy", 1]
    counted = figure.proof["drifts_taken_off"][0]["mean"] + (figure.value or 0.0)
    assert figure.value == pytest.approx(0.4, abs=0.02)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= 0.4 <= figure.high
    assert figure.low - 1e-4 <= counted <= figure.high + 1e-4


@pytest.mark.parametrize("seed", range(5))
def test_a_counter_that_holds_its_floor_is_left_alone(seed: int) -> None:
    figure = by_key(tell_car_parks(a_counter(0.0, seed=seed)))["car_park_occupancy", 1]
    assert figure.value == pytest.approx(0.4)
    assert figure.low == figure.high == figure.value
    assert "drifts_taken_off" not in figure.proof
