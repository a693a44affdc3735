"""Lifts and rounds out of vehicles' tracks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.earth import METRES_A_DEGREE, distance_m
from sensors.telematics.lifts import Container, Lift, LiftRule, Places, find_lifts
from sensors.telematics.rounds import RoundRule, find_rounds
from sensors.telematics.track import Position

BEGIN = datetime(2026, 3, 2, 5, tzinfo=UTC)
METRE = 1 / 111_320.0  # of latitude
RULE = LiftRule()
BINS = tuple(Container(n, f"bin-{n}", 5.0, 47.0 + n * 500 * METRE, "nord", "glass") for n in range(4))


def at(metres_north: float, second: float, *, east: float = 0.0, event: str = "", vehicle: str = "truck") -> Position:
    return Position(
        vehicle, BEGIN + timedelta(seconds=second), 5.0 + east * METRE * 1.466, 47.0 + metres_north * METRE, event
    )


def drive(stops: Sequence[tuple[float, float]]) -> list[Position]:
    """Drive north at 10 m/s with a position every 10 s, standing at each (metres, seconds)."""
    place, second = -300.0, 0.0
    found = [at(place, second)]
    for stop, stay in stops:
        while place < stop:
            place, second = min(place + 100.0, stop), second + 10
            found.append(at(place, second))
        for _ in range(int(stay) // 10):
            second += 10
            found.append(at(place, second))
    return [*found, at(place + 300, second + 10)]


def lifted(lifts: Sequence[Lift]) -> list[str]:
    return [lift.container.slug for lift in lifts]


def test_containers_are_lifted_where_the_vehicle_stands_and_not_where_it_passes() -> None:
    lifts, unclear = find_lifts(drive([(0, 60), (500, 0), (1000, 40), (1500, 30)]), BINS, RULE)
    assert lifted(lifts) == ["bin-0", "bin-2", "bin-3"]
    assert [lift.stay_s for lift in lifts] == [60, 40, 30]
    assert not unclear


def test_an_event_of_the_equipment_is_a_lift_however_short_the_stay() -> None:
    track = [at(-200, 0), at(3, 10, event="LEVEE"), at(200, 20), at(500, 30, event="DOOR"), at(800, 40)]
    rule = LiftRule(lift_events=frozenset({"LEVEE"}))
    assert lifted(find_lifts(track, BINS, rule)[0]) == ["bin-0"]
    assert find_lifts(track, BINS, RULE)[0] == []


def test_coming_back_soon_is_the_same_lift_and_a_silent_track_is_no_stay() -> None:
    soon = [at(0, 0), at(0, 30), at(100, 60), at(0, 90), at(0, 120)]
    late = [at(0, 0), at(0, 30), at(100, 60), at(0, 2000), at(0, 2030)]
    silent = [at(0, 0), at(0, 4000)]
    assert [len(find_lifts(track, BINS, RULE)[0]) for track in (soon, late, silent)] == [1, 2, 0]


def test_one_stop_at_containers_of_several_streams_is_told_only_where_the_vehicles_stream_is_known() -> None:
    paper = replace(BINS[0], asset_id=9, slug="paper", waste_stream="paper", longitude=5.0 + 3 * METRE)
    track = [at(0, 0), at(1, 60), at(400, 90)]
    lifts, unclear = find_lifts(track, [BINS[0], paper], RULE)
    assert lifts == []
    assert unclear[0].slugs == ("bin-0", "paper")
    assert lifted(find_lifts(track, [BINS[0], paper], RULE, {"truck": "paper"})[0]) == ["paper"]
    twin = replace(paper, waste_stream="glass")
    assert lifted(find_lifts(track, [BINS[0], twin], RULE)[0]) == ["bin-0", "paper"]


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.floats(4.9, 5.1), st.floats(46.9, 47.1)), min_size=1, max_size=60),
    st.tuples(st.floats(4.9, 5.1), st.floats(46.9, 47.1)),
    st.floats(1, 5000),
)
def test_the_grid_finds_what_looking_at_all_containers_finds(
    places: list[tuple[float, float]], where: tuple[float, float], radius_m: float
) -> None:
    containers = [Container(n, str(n), lon, lat, "s", "w") for n, (lon, lat) in enumerate(places)]
    near = {found.asset_id for found in Places(containers, radius_m).near(*where)}
    assert near == {c.asset_id for c in containers if distance_m(where, (c.longitude, c.latitude)) <= radius_m}


def test_a_container_just_within_the_radius_is_found_wherever_cells_begin() -> None:
    for latitude in (47 + n * 1e-5 for n in range(5000)):
        there = Container(1, "bin", 5.0, latitude + 999.9 / METRES_A_DEGREE, "s", "w")
        assert Places([there], 1000.0).near(5.0, latitude) == [there]


def test_lifts_of_a_sector_in_one_run_are_a_round_with_its_kilometres() -> None:
    morning = drive([(0, 60), (500, 40), (1000, 40)])
    evening = [replace(position, at=position.at + timedelta(hours=9)) for position in drive([(0, 60), (500, 60)])]
    lifts, _ = find_lifts([*morning, *evening], BINS, RULE)
    rounds, left = find_rounds(lifts, {"truck": [*morning, *evening]}, {("nord", "glass"): 4}, RoundRule())
    assert [(found.n_lifts, found.vehicles) for found in rounds] == [(3, ("truck",)), (2, ("truck",))]
    assert rounds[0].distance_km == pytest.approx(1.0, abs=0.01)
    assert (rounds[0].started_at, rounds[0].ended_at) == (
        lifts[0].lifted_at,
        lifts[2].lifted_at + timedelta(seconds=40),
    )
    assert left == []


def test_a_lone_stop_is_no_round_unless_the_sector_has_one_container_only() -> None:
    lifts = [Lift(BINS[0], "truck", BEGIN, 30.0)]
    assert find_rounds(lifts, {}, {("nord", "glass"): 4}, RoundRule()) == ([], lifts)
    assert len(find_rounds(lifts, {}, {("nord", "glass"): 1}, RoundRule())[0]) == 1
    nowhere = [replace(lifts[0], container=replace(BINS[0], sector=""))] * 3
    assert find_rounds(nowhere, {}, {}, RoundRule())[1] == nowhere


def test_two_vehicles_in_one_sector_at_a_time_drive_one_round() -> None:
    lifts = [Lift(BINS[n], f"truck-{n % 2}", BEGIN + timedelta(minutes=n), 30.0) for n in range(4)]
    rounds, _ = find_rounds(lifts, {}, Counter({("nord", "glass"): 4}), RoundRule())
    assert [(found.n_lifts, found.vehicles) for found in rounds] == [(4, ("truck-0", "truck-1"))]
