"""Orders, outages and dimming told apart: each case alone, then mixed with a truth drawn by seed."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from analytics.baseline.nights import Place
from analytics.lighting.duty import Duty, Floats, duty_of, make_clock
from analytics.lighting.lamps import Family, Tally, add_up, look_at, tally
from store.baseline import ScheduledHours

BEGIN, N_DAYS = datetime(2025, 11, 1, 11, tzinfo=UTC), 30
CLOCK = make_clock(BEGIN, BEGIN + timedelta(days=N_DAYS), "Europe/Paris")
PLACE = Place(5.1, 47.5, "Europe/Paris", 3.0)
CIVIL = CLOCK.minute[::60] // 60
N_LAMPS, WATTS, STANDBY = 8, 40.0, 0.6
OFF = ScheduledHours(1, "switch_off", time(1), time(4), 0.0, date(2025, 1, 1), None)
DIM = ScheduledHours(1, "dimming", time(22), time(6), 0.5, date(2025, 1, 1), None)


def duty(*entries: ScheduledHours) -> Duty:
    return duty_of(CLOCK, PLACE, entries)


def as_ordered(own: Duty, n_lamps: int = N_LAMPS) -> Floats:
    """Lamps that do what their hours say, (n_lamps, n_hours) [W]."""
    lit = np.array(own.levels) @ own.at_level
    return np.repeat((lit * WATTS + STANDBY)[None], n_lamps, axis=0)


def tell(watts: Floats, own: Duty, nominal_w: float = np.nan) -> list[Tally]:
    expected = np.ones(watts.shape, dtype=bool)
    family = Family(watts, expected, np.full(watts.shape[0], nominal_w), CIVIL, own)
    return tally(family, look_at(family))


def at_night(first: int, n: int, hours: tuple[int, ...] = tuple(range(24))) -> np.ndarray:
    """The dark hours of some nights at these civil hours."""
    nights = np.arange(CIVIL.size) // 24
    return (nights >= first) & (nights < first + n) & np.isin(CIVIL, hours) & (duty().dark >= 0.99)


def test_lamps_that_do_as_they_ought() -> None:
    own = duty(OFF, DIM)
    one = tell(as_ordered(own), own)[0]
    assert one.burned_h == pytest.approx(own.owed.sum(), abs=0.5)
    assert one.owed_h == pytest.approx(own.owed.sum())
    assert (one.out_h, one.ordered_off_h, one.dims_h) == (0, 0, 0)
    assert one.dimmed_h == pytest.approx(((own.owed >= 0.99) & (own.level < 0.85)).sum())
    assert one.full_w == pytest.approx(WATTS + STANDBY)
    assert (one.by_day_h, one.dark_h) == (pytest.approx(0, abs=0.1), pytest.approx(0, abs=0.5))


def test_a_lamp_that_is_out() -> None:
    """Three nights dark while the others burn: an outage, with the energy it would have drawn."""
    own, watts = duty(), as_ordered(duty())
    nights = at_night(10, 3)
    watts[2, nights] = STANDBY
    told = tell(watts, own)
    assert told[2].out_h == nights.sum()
    assert told[2].outage_kwh == pytest.approx(nights.sum() * (WATTS + STANDBY) / 1000, rel=0.01)
    assert add_up(told).out_h == nights.sum()
    assert told[2].ordered_off_h == 0


def test_an_order_that_is_entered() -> None:
    own = duty(OFF)
    told = tell(as_ordered(own), own)
    assert add_up(told).out_h == 0
    assert told[0].owed_h == pytest.approx(duty().dark.sum() - own.off.sum())


def test_an_order_that_nobody_entered() -> None:
    """All lamps dark from 1 to 4 in every night: somebody ordered it, and it is no outage."""
    own, watts = duty(), as_ordered(duty(OFF))
    told = tell(watts, own)
    assert add_up(told).out_h == 0
    assert told[0].ordered_off_h == pytest.approx(at_night(0, N_DAYS, (1, 2, 3)).sum())
    assert told[0].dark_h == pytest.approx(0, abs=1)


def test_a_cabinet_that_lost_its_supply_for_two_nights() -> None:
    """All lamps dark in two nights only: no order; the lamps themselves are not broken, so no energy of theirs."""
    own, watts = duty(), as_ordered(duty())
    watts[:, at_night(5, 2)] = STANDBY
    told = tell(watts, own)
    assert told[0].out_h == at_night(5, 2).sum()
    assert told[0].outage_kwh == 0
    assert told[0].ordered_off_h == 0


def test_a_lamp_that_dims_and_lamps_that_are_dimmed() -> None:
    """One lamp at 60 % dims by itself; all at 60 % without an entry were dimmed."""
    own, watts = duty(), as_ordered(duty())
    nights = at_night(12, 6)
    watts[3, nights] = 0.6 * WATTS
    alone = tell(watts, own)
    assert (alone[3].dims_h, alone[3].dimmed_h, alone[3].out_h) == (nights.sum(), 0, 0)
    watts[:, nights] = 0.6 * WATTS
    together = tell(watts, own)
    assert (together[3].dims_h, together[3].dimmed_h) == (0, nights.sum())


def test_a_lamp_far_below_its_nominal_power_dims_all_month() -> None:
    watts = as_ordered(duty())
    watts[1] *= 0.5
    told = tell(watts, duty(), nominal_w=WATTS)
    assert told[1].dims_h == pytest.approx((duty().owed >= 0.99).sum())
    assert told[0].dims_h == 0


def test_a_lamp_that_burns_by_day() -> None:
    watts = as_ordered(duty())
    by_day = (duty().night <= 0) & (np.arange(CIVIL.size) // 24 < 4)
    watts[0, by_day] = WATTS + STANDBY
    told = tell(watts, duty())
    assert told[0].by_day_h == pytest.approx(by_day.sum(), abs=0.1)
    assert told[1].by_day_h == pytest.approx(0, abs=0.1)


def test_silence_is_not_darkness_and_negative_power_is_not_known() -> None:
    watts = as_ordered(duty())
    nights = at_night(3, 5)
    watts[0, nights] = np.nan
    watts[1, nights] = -40.0
    for one in tell(watts, duty())[:2]:
        assert (one.out_h, one.known_h) == (0, CIVIL.size - nights.sum())


def test_lamps_without_a_cabinet_have_no_neighbours() -> None:
    """A month dark from 1 to 4 of a single lamp: nobody says that it was ordered."""
    own, watts = duty(), as_ordered(duty(OFF), 1)
    family = Family(watts, np.ones(watts.shape, dtype=bool), np.full(1, np.nan), CIVIL, own, is_one=False)
    assert tally(family, look_at(family))[0].out_h == pytest.approx(at_night(0, N_DAYS, (1, 2, 3)).sum())


@pytest.mark.parametrize("seed", range(5))
def test_all_of_it_mixed(seed: int) -> None:
    """Orders, outages, dimming lamps, silence and two per cent of noise at once: each lamp's hours come out."""
    draws = np.random.default_rng(seed)
    own = duty(OFF, DIM)
    watts = as_ordered(own, 20) * draws.normal(1, 0.02, (20, CIVIL.size))
    full_duty = own.owed >= 0.99
    nights = np.arange(CIVIL.size) // 24
    out, dims = np.zeros(watts.shape, dtype=bool), np.zeros(watts.shape, dtype=bool)
    for lamp in range(6):
        first = int(draws.integers(3, 20))
        spell = (nights >= first) & (nights < first + int(draws.integers(2, 8)))
        (out if lamp < 3 else dims)[lamp] = spell & full_duty
    watts[out], watts[dims] = STANDBY, 0.6 * watts[dims]
    silent = draws.random(watts.shape) < 0.1
    told = tell(np.where(silent, np.nan, watts), own)
    for lamp, one in enumerate(told):
        known_out, known_dims = (out[lamp] & ~silent[lamp]).sum(), (dims[lamp] & ~silent[lamp]).sum()
        assert known_out <= one.out_h <= out[lamp].sum()  # single silent hours between two alike are bridged
        assert known_dims <= one.dims_h <= dims[lamp].sum()
        assert one.ordered_off_h == 0
