"""Which findings belong together, as pure functions see it: each cause, what it must not take, what joins later."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.incidents.causes import causes
from analytics.incidents.ground import runs
from analytics.incidents.grouping import Group, choose_id, group
from store.incidents import Notice, ToldFinding
from tests.analytics.incidents.told import CABINET, GATEWAY, HOUR, START, a_ground, a_lamp, a_told

DAY = timedelta(days=1)


def causes_of(told: list[ToldFinding], **ground: object) -> list[tuple[str, int]]:
    """Give (cause, number of findings) of each group, in order."""
    return sorted((one.cause.name, len(one.members)) for one in group(told, a_ground(**ground)))  # type: ignore[arg-type]


def test_devices_that_fall_silent_with_their_gateway_are_one_line() -> None:
    """Those that speak seldom were heard last before the gateway's first empty hour."""
    gateway = a_told("silent_gateway", asset_id=700, asset_type="gateway", gateway_ids=[GATEWAY])
    lamps = [a_lamp(n + 1, "silent", started_at=START - n * HOUR / 5) for n in range(15)]
    assert causes_of([gateway, *lamps]) == [("gateway_silent", 16)]


def test_half_of_a_gateways_devices_silent_together_are_one_line_before_the_gateway_is_accused() -> None:
    bays = [a_told("silent", asset_id=n, device_id=n, gateway_ids=[GATEWAY]) for n in range(1, 11)]
    assert causes_of(bays) == [("silent_together", 10)]
    assert causes_of(bays[:9]) == [("thing", 1)] * 9


def test_devices_silent_at_different_times_are_lines_of_their_own() -> None:
    silent = [a_lamp(1, "silent"), a_lamp(9, "silent", started_at=START - 20 * HOUR)]
    assert causes_of(silent) == [("thing", 1), ("thing", 1)]


def test_battery_that_died_before_is_not_put_down_to_the_gateway() -> None:
    gateway = a_told("silent_gateway", asset_id=700, asset_type="gateway", gateway_ids=[GATEWAY])
    assert causes_of([gateway, a_lamp(3, "silent", started_at=START - 3 * DAY)]) == [
        ("gateway_silent", 1),
        ("thing", 1),
    ]


def test_dead_lamp_behind_a_silent_gateway_stays_a_dead_lamp() -> None:
    """A silent gateway says nothing, so it cannot make a lamp dark."""
    gateway = a_told("silent_gateway", asset_id=700, asset_type="gateway", gateway_ids=[GATEWAY])
    assert causes_of([gateway, a_lamp(3)]) == [("gateway_silent", 1), ("thing", 1)]


def test_all_gateways_silent_at_once_are_one_line() -> None:
    ground = a_ground()
    two = replace(ground, relays={**ground.relays, 901: replace(ground.relays[GATEWAY], device_id=901, asset_id=701)})
    told = [
        a_told("silent_gateway", asset_id=asset, asset_type="gateway", gateway_ids=[gateway])
        for asset, gateway in ((700, GATEWAY), (701, 901))
    ]
    assert [one.cause.name for one in group(told, two)] == ["network_lost"]
    assert [one.cause.name for one in group(told[:1], two)] == ["gateway_silent"]


def test_two_hundred_dark_lamps_of_a_cabinet_are_one_line() -> None:
    cabinet = a_told("cabinet_tripped", asset_id=CABINET, asset_type="light_cabinet")
    lamps = [a_lamp(n + 1, "silent" if n % 2 else "unusual_value") for n in range(200)]
    found = group([cabinet, *lamps], a_ground(n_lamps=200))
    assert [(one.cause.name, len(one.members), one.claim.asset_id) for one in found] == [
        ("cabinet_tripped", 201, CABINET)
    ]


def test_neighbouring_lamps_dark_at_once_are_a_feeder() -> None:
    assert causes_of([a_lamp(4), a_lamp(5), a_lamp(6), a_lamp(7)]) == [("feeder_lost", 4)]


def test_lamps_dark_at_once_far_from_one_another_are_not_a_feeder() -> None:
    assert causes_of([a_lamp(1), a_lamp(8), a_lamp(16)]) == [("thing", 1)] * 3


def test_lamps_of_one_entered_feeder_need_not_stand_together() -> None:
    ground = a_ground()
    entered = [replace(lamp, feeder="D2" if lamp.asset_id in (1, 8, 16) else "D1") for lamp in ground.families[CABINET]]
    found = group([a_lamp(1), a_lamp(8), a_lamp(16), a_lamp(2)], replace(ground, families={CABINET: entered}))
    assert sorted((one.cause.name, len(one.members)) for one in found) == [("feeder_lost", 3), ("thing", 1)]


def test_neighbours_of_a_broken_pipe_are_one_line_and_the_pipe_is_named() -> None:
    def a_pipe(number: int, kind: str, quantity: str | None, score: float) -> ToldFinding:
        parent = None if number == 1 else 1
        return a_told(
            kind, asset_id=number, asset_type="water_pipe", parent_id=parent, quantity=quantity, score=score,
            series_id=number,
        )  # fmt: skip

    felt = [a_pipe(1, "unusual_value", "flow", 9), a_pipe(4, "unusual_value", "water_pressure", 5)]
    broken = a_pipe(3, "pipe_break", None, 20)
    found = group([*felt, broken], a_ground())
    assert [(one.cause.name, len(one.members), one.claim.asset_id) for one in found] == [("water_main", 3, 3)]
    assert [(one.cause.name, len(one.members)) for one in group(felt, a_ground())] == [("water_main", 2)]


def test_leak_accounts_for_its_own_pipe_as_long_as_it_runs_and_for_others_two_days() -> None:
    leak = a_told("leak", asset_id=3, asset_type="water_pipe", parent_id=1)
    later = [
        a_told(
            "unusual_value", asset_id=n, asset_type="water_pipe", parent_id=1, quantity="flow", series_id=n,
            started_at=START + n * DAY,
        )
        for n in (3, 4)
    ]  # fmt: skip
    assert causes_of([leak, *later]) == [("thing", 1), ("water_main", 2)]


def test_rooms_that_turn_cold_together_are_one_building() -> None:
    rooms = [
        a_told("unusual_value", asset_id=n, asset_type="building_zone", parent_id=50, started_at=START + n * HOUR)
        for n in range(1, 5)
    ]
    assert causes_of(rooms) == [("building", 4)]
    assert causes_of(rooms[:1]) == [("thing", 1)]


def test_many_sensors_of_one_kind_in_one_direction_are_the_weather() -> None:
    cold = [a_told("unusual_value", asset_id=n, quantity="temperature", side=-1) for n in range(1, 7)]
    warm = [a_told("unusual_value", asset_id=n, quantity="temperature", side=1) for n in range(11, 14)]
    assert causes_of([*cold, *warm]) == [("many_at_once", 6), *[("thing", 1)] * 3]


def test_announced_restart_is_quiet_and_one_that_does_not_come_back_is_not() -> None:
    notice = Notice("planned_restart", 700, (GATEWAY,), START, START + HOUR / 4)
    brief = a_lamp(1, "silent", started_at=START - HOUR / 6, ended_at=START + HOUR)
    lasting = a_lamp(9, "silent", started_at=START - HOUR / 6)
    late = START + 5 * HOUR
    assert causes_of([brief, lasting], notices=(notice,), now=late) == [("announced", 1), ("thing", 1)]
    assert causes()["announced"].is_quiet


def test_fair_accounts_for_full_car_parks_and_not_for_a_burning_container() -> None:
    fair = Notice("fair", None, (), START - HOUR, START + 10 * HOUR)
    full = a_told("unusual_value", asset_id=1, asset_type="car_park", quantity="occupied_places")
    hot = a_told("unusual_value", asset_id=2, asset_type="waste_container", quantity="container_temperature")
    fire = a_told("container_fire", asset_id=3, asset_type="waste_container")
    assert causes_of([full, hot, fire], notices=(fair,)) == [("announced", 1), *[("thing", 1)] * 2]


def test_certificate_of_a_calibration_quiets_nothing_and_the_visit_does() -> None:
    odd = a_told("unusual_value", asset_id=1, asset_type="building_zone", started_at=START, ended_at=START + HOUR)
    visit = Notice("calibration", 1, (), START - HOUR, START + 3 * HOUR)
    certificate = replace(visit, ends_at=START + 24 * 365 * HOUR)
    assert causes_of([odd], notices=(visit,)) == [("announced", 1)]
    assert causes_of([odd], notices=(certificate,)) == [("thing", 1)]


def test_school_holidays_account_for_nothing() -> None:
    holidays = Notice("school_holiday", None, (), START - 10 * DAY, START + 10 * DAY)
    full = a_told("unusual_value", asset_id=1, asset_type="car_park", quantity="occupied_places")
    assert causes_of([full], notices=(holidays,)) == [("thing", 1)]


def test_everything_behind_a_gateway_that_comes_back_at_once_is_a_restart() -> None:
    told = [a_lamp(n + 1, "silent", ended_at=START + HOUR) for n in range(12)]
    assert causes_of(told) == [("restart", 12)]


@pytest.mark.parametrize(
    ("later", "n_lines"),
    [
        ({"kind": "unusual_value", "series_id": 6, "started_at": START + 9 * DAY}, 1),  # while the first goes on
        ({"kind": "level_shift", "started_at": START + 9 * DAY}, 1),
        ({"kind": "damper_stuck", "started_at": START + 9 * DAY}, 1),  # the first were its signs
    ],
)
def test_what_is_told_of_one_asset_while_it_is_odd_is_one_line(later: dict[str, object], n_lines: int) -> None:
    first = a_told("unusual_value", asset_id=1, series_id=5)
    kind = str(later["kind"])
    second = a_told(kind, asset_id=1, **{name: value for name, value in later.items() if name != "kind"})
    assert len(group([first, second], a_ground())) == n_lines


def test_another_fault_of_the_same_asset_is_another_line() -> None:
    filter_ = a_told("fouled_filter", asset_id=1, started_at=START - 9 * DAY)
    damper = a_told("damper_stuck", asset_id=1)
    assert causes_of([filter_, damper]) == [("thing", 1), ("thing", 1)]


@pytest.mark.parametrize(
    ("first", "later", "n_lines"),
    [
        ("gear_overheating", "driver_ageing", 1),
        ("driver_ageing", "gear_overheating", 1),
        ("gear_overheating", "dead_lamp", 1),
        ("gear_overheating", "power_factor_low", 2),
        ("day_burner", "driver_ageing", 2),
    ],
)
def test_what_a_failing_driver_shows_one_after_the_other_is_one_line(first: str, later: str, n_lines: int) -> None:
    assert len(group([a_lamp(3, first, started_at=START - 9 * DAY), a_lamp(3, later)], a_ground())) == n_lines


@pytest.mark.parametrize(
    ("first", "later", "n_lines"),
    [
        ("dead_lamp", "reported_fault", 1),
        ("reported_fault", "dead_lamp", 1),
        ("reported_fault", "flicker", 1),
        ("gear_overheating", "reported_fault", 1),
        ("reported_fault", "power_factor_low", 2),
        ("flicker", "dead_lamp", 2),
        ("fouled_filter", "reported_fault", 2),
    ],
)
def test_what_a_lamp_reports_and_what_it_shows_is_one_line(first: str, later: str, n_lines: int) -> None:
    """A report of other equipment days after another fault is a matter of its own: it does not say which."""
    assert len(group([a_lamp(3, first, started_at=START - 9 * DAY), a_lamp(3, later)], a_ground())) == n_lines


def test_report_of_a_tripped_breaker_belongs_to_its_cabinet_without_current() -> None:
    breaker = a_told("reported_fault", asset_id=CABINET, asset_type="light_cabinet", series_id=5)
    tripped = a_told("cabinet_tripped", asset_id=CABINET, asset_type="light_cabinet", started_at=START + HOUR)
    assert causes_of([breaker, tripped]) == [("cabinet_tripped", 2)]
    lamp = a_lamp(4, "reported_fault")  # of its own, whatever the cabinet does
    assert causes_of([tripped, lamp]) == [("cabinet_tripped", 1), ("thing", 1)]
    dark = [a_lamp(n, "silent", started_at=START + HOUR / 2) for n in range(1, 16)]
    assert causes_of([breaker, *dark]) == [("cabinet_tripped", 16)]


@pytest.mark.parametrize(
    ("first", "later", "n_lines"),
    [
        ("bearing_damage", "pump_wear", 1),
        ("bearing_damage", "fan_wear", 1),
        ("pump_off_curve", "motor_current_high", 1),
        ("lift_doors_slow", "lift_wear", 1),
        ("lift_vibration", "lift_wear", 2),
        ("pump_wear", "current_unbalance", 2),
    ],
)
def test_what_one_part_that_wears_shows_in_several_ways_is_one_line(first: str, later: str, n_lines: int) -> None:
    told = [a_told(first, asset_id=1, started_at=START - 9 * DAY), a_told(later, asset_id=1)]
    assert len(group(told, a_ground())) == n_lines


def test_relapse_within_two_days_is_the_same_line_and_later_is_not() -> None:
    def told(pause: timedelta) -> list[ToldFinding]:
        return [a_lamp(3, ended_at=START + DAY), a_lamp(3, started_at=START + DAY + pause)]

    assert causes_of(told(40 * HOUR)) == [("thing", 2)]
    assert causes_of(told(9 * DAY)) == [("thing", 1), ("thing", 1)]


def in_incident(one: ToldFinding, number: int, cause: str) -> ToldFinding:
    """Put a finding into an incident."""
    return replace(one, incident_id=number, cause=cause)


def test_common_cause_that_comes_later_takes_single_findings_and_gives_none_back() -> None:
    lamps = [in_incident(a_lamp(n + 1, "silent"), 10 + n, "thing") for n in range(5)]
    cabinet = a_told("cabinet_tripped", asset_id=CABINET, asset_type="light_cabinet")
    (found,) = group([*lamps, cabinet], a_ground())
    assert (found.cause.name, len(found.members)) == ("cabinet_tripped", 6)
    settled = [in_incident(one, 10, "cabinet_tripped") for one in found.members[:3]]
    assert group(settled, a_ground()) == []  # without the cabinet's finding they stay where they are


def test_group_goes_on_as_the_oldest_incident_that_is_all_in_it() -> None:
    members = tuple(in_incident(a_lamp(n), number, "thing") for n, number in ((1, 10), (2, 11), (3, 12)))
    cause = causes()["cabinet_tripped"]
    one = Group(cause, next(iter(group(list(members), a_ground()))).claim, members)
    assert choose_id(one, {10: 2, 11: 1, 12: 1}, ()) == 11  # 10 has another finding elsewhere
    assert choose_id(one, {10: 2, 11: 1, 12: 1}, (11,)) == 12
    assert choose_id(one, {10: 2, 11: 2, 12: 2}, ()) is None


KINDS = ("silent", "unusual_value", "dead_lamp", "silent_gateway", "cabinet_tripped", "fouled_filter", "new_kind")
SPELLS = st.tuples(st.integers(0, 96), st.none() | st.integers(0, 60))


@st.composite
def some_told(draw: st.DrawFn) -> list[ToldFinding]:
    """Draw findings about lamps, their cabinet, gateway and nothing known."""
    told = []
    for number in range(draw(st.integers(1, 12))):
        after, lasts = draw(SPELLS)
        started = START + after * HOUR
        about = draw(st.sampled_from(["lamp", "cabinet", "gateway", "nothing"]))
        own = {
            "lamp": {"asset_id": draw(st.integers(1, 6)), "asset_type": "street_light", "parent_id": CABINET},
            "cabinet": {"asset_id": CABINET, "asset_type": "light_cabinet"},
            "gateway": {"asset_id": 700, "asset_type": "gateway", "gateway_ids": [GATEWAY]},
            "nothing": {},
        }[about]
        ended = None if lasts is None else started + lasts * HOUR
        kind = draw(st.sampled_from(KINDS))
        told.append(a_told(kind, **{**own, "finding_id": number + 1, "started_at": started, "ended_at": ended}))
    return sorted(told, key=lambda one: (one.started_at, one.finding_id))


@settings(max_examples=150, deadline=None)
@given(some_told())
def test_every_finding_is_in_one_group_and_the_same_findings_make_the_same_groups(told: list[ToldFinding]) -> None:
    ground = a_ground(START + 10 * DAY)
    found = group(told, ground)
    assert sorted(member.finding_id for one in found for member in one.members) == sorted(
        one.finding_id for one in told
    )
    assert group(told, ground) == found


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 4))
def test_runs_are_short_large_enough_and_share_nothing(hours: list[int], least: int) -> None:
    told = [a_told("silent", finding_id=n, started_at=START + hour * HOUR) for n, hour in enumerate(hours)]
    found = list(runs(told, 3 * HOUR, least))
    for run in found:
        assert len(run) >= least
        assert run[-1].started_at - run[0].started_at <= 3 * HOUR
    numbers = [one.finding_id for run in found for one in run]
    assert len(numbers) == len(set(numbers))
