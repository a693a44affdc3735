"""Faults and look-alikes: each shows where the truth says, and nowhere else before it."""

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from simulators.effect import Effect, faults, lookalikes
from simulators.episodes import WINDOW_S, draw_window
from simulators.grid import DAY_S, Table
from simulators.reference import CALIBRATED_FOR, reference_of
from simulators.town import Town
from tests.support.shared import REPOSITORY
from tests.support.towns import a_quiet_town, a_town, all_rows, an_episode, generate_days, with_episodes

WINTER = datetime(2025, 1, 13, tzinfo=UTC)
SCALE = 0.5
N_DAYS, FIRST_DAY, LASTS_D, SIGNS_D = 9, 3.6, 2.5, 1.5
ALL = {**faults(), **lookalikes()}
# Look-alikes that the town's own rhythm shows; tests/simulators/test_rhythm.py looks at them.
RHYTHM_ONLY = {"holiday", "dst_change"}
ON_PAPER = {"calibration_due"}  # shows in the reference data alone
EXPECTED_FAULTS = {
    *("dead_lamp", "day_burner", "flicker", "driver_ageing", "cabinet_tripped", "stuck_bay", "overflowing_bin"),
    *("bin_fire", "moved_container", "fouled_filter", "damper_stuck", "damper_leaking", "valve_stuck"),
    *("valve_leaking", "simultaneous_heating_cooling", "boiler_short_cycling", "pump_bearing", "leak_night"),
    *("pipe_break", "bridge_settlement", "sensor_drift", "dead_battery", "silent_gateway", "clock_off_by_hour"),
    *("no_clock", "duplicates", "late_batch", "garbage", "dimming_not_followed", "power_factor_low"),
    *("thermal_derating", "pump_off_curve", "radio_margin", "calibration_due"),
}
EXPECTED_LOOKALIKES = {
    *("market_day", "holiday", "switch_off_order", "meter_swap", "dst_change", "frost", "roadworks"),
    "planned_restart",
}
# What goes on after the end: settlement stays, a full bin waits for its round, stones stay cold, a register is new.
REMAINING = {"bridge_settlement", "overflowing_bin", "market_day", "frost", "meter_swap"}
ACTING = sorted(name for name in ALL if name not in RHYTHM_ONLY | ON_PAPER)


def target(town: Town, effect: Effect) -> str:
    """Choose an asset for an effect: the first it may strike; for whole-night effects one that burns all night."""
    return town.roll.candidates(effect)[0]


@cache
def plain_rows() -> dict[str, Table]:
    """Generate the twin to which nothing happens."""
    return dict(all_rows(generate_days(a_quiet_town(5, WINTER, scale=SCALE), N_DAYS)))


@cache
def twins(name: str) -> tuple[Town, dict[str, Table], dict[str, Table], tuple[float, float, float]]:
    """Generate the same town without and with one episode; give rows of both, and signs, start and end of it."""
    effect = ALL[name]
    struck = a_quiet_town(5, WINTER, scale=SCALE)
    signs_d = SIGNS_D if effect.precursor_days[1] else 0
    episode = an_episode(struck, effect, target(struck, effect), FIRST_DAY, LASTS_D, signs_d)
    with_episodes(struck, [episode])
    rows = dict(all_rows(generate_days(struck, N_DAYS)))
    return struck, plain_rows(), rows, (episode.precursor_s, episode.start_s, episode.end_s)


def differing_instants(plain: Table, struck: Table, counters: bool = False) -> np.ndarray:
    """Give the sending instants at which rows of two twins differ: in values, flags, instants, or by being there."""
    kept = [i for i, c in enumerate(plain.columns) if counters or c.quantity not in COUNTERS]
    first, second = (as_matrix(table, kept) for table in (plain, struck))
    if first.shape == second.shape:
        return first[(first != second).any(axis=1), 0]
    rows, number = np.unique(np.concatenate((first, second)), axis=0, return_inverse=True)
    times = [np.bincount(part, minlength=len(rows)) for part in np.split(number.ravel(), [len(first)])]
    return rows[times[0] != times[1], 0]


def as_matrix(table: Table, columns: list[int]) -> np.ndarray:
    """Write rows as numbers: sent, instant, device, flags, values; absent is a number too, so that it equals itself."""
    values = np.where(np.isnan(table.values), -9e9, table.values)[:, columns]
    return np.column_stack((table.sent_s, table.at_s, table.device, table.flags, values)).astype(float)


COUNTERS = {
    *("active_energy", "heat_energy", "gas_volume", "water_volume", "operating_hours", "start_count", "run_count"),
    *("vehicle_count", "pedestrian_count", "uptime", "vehicle_entry_count", "vehicle_exit_count", "rain_depth"),
}


def test_every_fault_and_look_alike_of_the_list_is_there() -> None:
    assert set(faults()) == EXPECTED_FAULTS
    assert set(lookalikes()) == EXPECTED_LOOKALIKES


@pytest.mark.parametrize("name", ACTING)
def test_effect_shows_in_the_data_from_its_first_signs_and_not_before(name: str) -> None:
    """Twins of one town, one of them struck: they are the same up to the first signs, and differ while it lasts."""
    _, plain, struck, (signs_s, start_s, end_s) = twins(name)
    different = np.concatenate(
        [differing_instants(plain[f], struck[f], counters=True) for f in plain if f in struck] or [np.empty(0)]
    )
    assert different.size, "nothing shows"
    assert different.min() >= signs_s - DAY_S / 96, "it shows before its first signs"
    late = start_s <= different
    assert (late & (different <= end_s + DAY_S / 24)).any(), "it does not show while it lasts"


@pytest.mark.parametrize("name", sorted(set(ACTING) - REMAINING))
def test_effect_ends_when_the_truth_says(name: str) -> None:
    """A day after the end gauges are as if nothing had been."""
    _, plain, struck, (_, _, end_s) = twins(name)
    for family in plain:
        different = differing_instants(plain[family], struck[family])
        assert not different.size or different.max() <= end_s + DAY_S, family


def lamp_power(name: str, asset_index: int = 0) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float]]:
    """Give a struck lamp's instants and watts."""
    town, _, struck, times = twins(name)
    device = town.roll.reached(ALL[name], target(town, ALL[name]))[asset_index]
    rows = struck["lamp"].take(struck["lamp"].device == device)
    return rows.at_s, rows.values[:, 0], times


def test_dead_lamp_draws_standby_power_at_night() -> None:
    at_s, watts, (_, start_s, end_s) = lamp_power("dead_lamp")
    assert watts[(at_s >= start_s) & (at_s < end_s)].max() < 2
    assert watts[at_s > end_s].max() > 10


def test_day_burner_draws_power_at_noon() -> None:
    at_s, watts, (_, start_s, end_s) = lamp_power("day_burner")
    noon = (at_s % DAY_S > 10 * 3600) & (at_s % DAY_S < 14 * 3600)
    inside = (at_s >= start_s) & (at_s < end_s)
    assert watts[noon & inside].min() > 10
    assert watts[noon & ~inside].max() < 2


def test_leak_raises_the_night_flow_of_its_pipe_and_of_the_inlet() -> None:
    effect, town = faults()["leak_night"], a_quiet_town(5, WINTER)
    with_episodes(town, [an_episode(town, effect, "conduite-03", 3, 6, 1)])
    pipes = all_rows(generate_days(town, N_DAYS))["pipe"]
    for slug in ("conduite-01", "conduite-03"):
        device = next(i for i, d in enumerate(town.devices) if d.external_id == slug)
        rows = pipes.take((pipes.device == device) & (pipes.at_s % DAY_S < 3 * 3600))
        day = (rows.at_s - town.setting.start_s) // DAY_S
        night = [rows.values[day == d, 0].min() for d in range(N_DAYS)]
        assert min(night[4:]) > max(night[:2]) + 0.5


def test_silent_gateway_takes_all_its_devices_with_it() -> None:
    town, _, struck, (_, start_s, end_s) = twins("silent_gateway")
    silent = set(town.roll.reached(ALL["silent_gateway"], target(town, ALL["silent_gateway"])))
    assert len(silent) > 40
    for table in struck.values():
        inside = np.isin(table.device, list(silent)) & (table.at_s >= start_s) & (table.at_s < end_s)
        assert not inside.any()


def test_late_batch_arrives_when_the_gateway_is_back() -> None:
    _, _, struck, (_, start_s, end_s) = twins("late_batch")
    table = struck["lamp"] if (struck["lamp"].sent_s != struck["lamp"].at_s).any() else struck["bay"]
    held = table.sent_s != table.at_s
    assert held.any()
    assert (table.sent_s[held] == end_s).all()
    assert (table.at_s[held] >= start_s).all()


def test_fouled_filter_doubles_its_pressure_drop() -> None:
    town, plain, struck, (_, start_s, end_s) = twins("fouled_filter")
    column = [c.quantity for c in struck["air_unit"].columns].index("filter_pressure_drop")
    device = town.roll.reached(ALL["fouled_filter"], target(town, ALL["fouled_filter"]))[0]
    rows = [
        t.take((t.device == device) & (t.at_s >= start_s) & (t.at_s < end_s))
        for t in (plain["air_unit"], struck["air_unit"])
    ]
    before, after = (float(r.values[r.values[:, column] > 20, column].mean()) for r in rows)
    assert after > 1.9 * before


def test_switch_off_order_keeps_lamps_dark_in_the_middle_of_the_night() -> None:
    _, _, struck, (_, start_s, end_s) = twins("switch_off_order")
    lamps = struck["lamp"]
    ordered = (lamps.at_s >= start_s) & (lamps.at_s < end_s) & np.isin(lamps.device, struck_lamps("switch_off_order"))
    hour = (lamps.at_s % DAY_S) / 3600
    assert lamps.values[ordered & (hour > 22.2) & (hour < 24), 0].max() < 2


def struck_lamps(name: str) -> list[int]:
    """Give the positions of the lamps an effect on a cabinet reaches."""
    town = a_quiet_town(5, WINTER, scale=SCALE)
    devices = town.roll.reached(ALL[name], target(town, ALL[name]))
    return [index for index in devices if town.devices[index].family == "lamp"]


def test_meter_swap_starts_the_register_again() -> None:
    town, _, struck, (_, start_s, _) = twins("meter_swap")
    device = town.roll.reached(ALL["meter_swap"], target(town, ALL["meter_swap"]))[0]
    rows = struck["electricity_meter"].take(struck["electricity_meter"].device == device)
    register, falls = rows.values[:, 0], np.flatnonzero(np.diff(rows.values[:, 0]) < 0)
    assert falls.size == 1
    assert abs(rows.at_s[falls[0] + 1] - start_s) <= 1800
    assert register[falls[0] + 1] < 5


def test_frost_is_cold() -> None:
    _, plain, struck, (_, start_s, end_s) = twins("frost")
    inside = (plain["weather"].at_s >= start_s + DAY_S / 2) & (plain["weather"].at_s < end_s - DAY_S)
    fall = plain["weather"].values[inside, 0] - struck["weather"].values[inside, 0]
    assert fall.min() > 7
    assert fall.max() < 13


def test_planned_restart_sets_uptime_to_nothing() -> None:
    town, _, struck, (_, _, end_s) = twins("planned_restart")
    device = town.roll.reached(ALL["planned_restart"], target(town, ALL["planned_restart"]))[0]
    rows = struck["gateway"].take(struck["gateway"].device == device)
    after = rows.values[rows.at_s >= end_s, 0]
    assert after[0] < 3600
    assert (np.diff(after) > 0).all()


@pytest.mark.parametrize("seed", range(6))
def test_episodes_fit_their_window_and_share_no_asset(seed: int) -> None:
    town = a_town(seed, WINTER, history_days=400)
    for index in (-3, 0, 1, 2):
        start_s = town.setting.start_s + index * WINDOW_S
        busy: dict[str, list[tuple[int, int]]] = {}
        for episode in town.window(index):
            assert start_s <= episode.precursor_s <= episode.start_s < episode.end_s <= start_s + WINDOW_S
            assert all(episode.precursor_s > e or episode.end_s < s for s, e in busy.get(episode.asset, []))
            busy.setdefault(episode.asset, []).append((episode.precursor_s, episode.end_s))


@pytest.mark.parametrize("start", [datetime(2024, 11, 20, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)])
def test_every_fault_of_the_season_strikes_within_sixty_days(start: datetime) -> None:
    kinds = {episode.kind for episode in a_town(9, start).window(0)}
    assert {name for name, fault in faults().items() if not fault.months or start.month in fault.months} <= kinds


@pytest.mark.parametrize("index", [-2, 0, 1])
def test_effects_of_a_higher_rank_change_nothing_about_the_others(index: int) -> None:
    """Without those that were thought of later, the others strike where and when they do with them."""
    town = a_town(4, WINTER, history_days=200)
    drawn = [episode for episode in town.window(index) if ALL[episode.kind].rank == 0]
    first = {name: effect for name, effect in ALL.items() if effect.rank == 0}
    start_s = town.setting.start_s + index * WINDOW_S
    chosen = draw_window(town.setting.chance, town.roll, (start_s, start_s + WINDOW_S), index >= 0, town.count, first)
    assert drawn == chosen
    assert any(ALL[episode.kind].rank for episode in town.window(0))


def test_lamp_that_does_not_dim_draws_at_midnight_what_it_draws_in_the_evening() -> None:
    at_s, watts, (_, start_s, end_s) = lamp_power("dimming_not_followed")
    lasts = (at_s >= start_s) & (at_s < end_s)
    evening, night = (
        watts[lasts & (at_s % DAY_S > from_h * 3600) & (at_s % DAY_S < to_h * 3600) & (watts > 2)].max()
        for from_h, to_h in ((18, 20.9), (21.1, 24))
    )
    assert night > 0.9 * evening
    before = at_s < start_s - 2 * DAY_S
    hour = (at_s % DAY_S) / 3600
    assert watts[before & (hour > 21.2)].max() < 0.9 * watts[before & (hour > 18) & (hour < 20.9)].max()


def test_worn_pump_draws_more_for_the_same_flow() -> None:
    _, plain, struck, (signs_s, start_s, end_s) = twins("pump_off_curve")
    before, after = plain["well_pump"], struck["well_pump"]
    lasts = (after.at_s >= start_s) & (after.at_s < end_s)
    np.testing.assert_array_equal(before.values[:, :2], after.values[:, :2])
    ratio = after.values[:, 2] / before.values[:, 2]
    assert ratio[lasts].min() > 1.1
    assert ratio[after.at_s < signs_s].max() == 1


def test_fading_signal_costs_messages_and_leaves_little_margin() -> None:
    town, plain, struck, (_, start_s, end_s) = twins("radio_margin")
    device = town.roll.reached(ALL["radio_margin"], target(town, ALL["radio_margin"]))[0]
    rows = [
        t.take((t.device == device) & (t.at_s >= start_s) & (t.at_s < end_s))
        for t in (plain["container"], struck["container"])
    ]
    assert 0.4 * rows[0].at_s.size < rows[1].at_s.size < 0.9 * rows[0].at_s.size
    column = [c.quantity for c in struck["container"].columns].index("snr")
    assert np.nanmax(rows[1].values[:, column]) < -15


def test_calibration_that_runs_out_stands_in_the_reference_data_until_it_is_renewed() -> None:
    town = a_quiet_town(5, WINTER)
    zone = town.roll.by_type["building_zone"][0].slug
    episode = an_episode(town, faults()["calibration_due"], zone, 40, 8, 30)
    with_episodes(town, [episode])
    due_at, done_at = (datetime.fromtimestamp(at_s, UTC) for at_s in (episode.start_s, episode.end_s))
    for known_at, spans in (
        (due_at - timedelta(days=31), []),
        (due_at - timedelta(days=29), [due_at]),
        (done_at + timedelta(days=1), [due_at, done_at + CALIBRATED_FOR]),
    ):
        found = [one for one in reference_of(town, known_at).notices if one.kind == "calibration"]
        assert [one.to_at for one in found] == spans
        assert {one.asset for one in found} <= {zone}


def test_gaps_of_the_metered_past_come_while_a_gateway_is_silent() -> None:
    """Not at random: every missing quarter of a cabinet's history lies in a silence of its gateway."""
    town = a_town(3, WINTER, history_days=130)
    start = datetime.fromtimestamp(town.setting.history_s, UTC)
    rows = all_rows(town.generate(start, WINTER))["cabinet"]
    silences = [e for e in town.episodes(town.setting.history_s, town.setting.start_s) if e.kind == "silent_gateway"]
    n_missing = 0
    for device in np.unique(rows.device):
        hours = set((rows.at_s[rows.device == device] // 3600).tolist())
        for hour in set(range(town.setting.history_s // 3600, town.setting.start_s // 3600)) - hours:
            n_missing += 1
            assert any(device in e.devices and e.start_s <= hour * 3600 < e.end_s for e in silences)
    assert n_missing > 0


@pytest.mark.parametrize("name", sorted(ALL))
def test_effect_is_documented(name: str) -> None:
    page = (REPOSITORY / "docs" / "reference" / "faults.md").read_text(encoding="utf-8")
    assert f"| `{name}` | {ALL[name].title_en} / {ALL[name].title_fr} |" in page
