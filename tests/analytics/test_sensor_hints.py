"""Hints about sensors and arrivals on series drawn here: what each finds, what it leaves alone, hostile input."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isfinite

import numpy as np
import pytest

from analytics.maintenance import (
    Span,
    Verdict,
    battery_low,
    counter_reset,
    hints,
    late_messages,
    noisy_value,
    repeated_messages,
    sensor_drift,
    silent_gateway,
    stuck_value,
    unlike_peers,
)
from analytics.maintenance.faulty_bays import FIRST, Bays
from analytics.maintenance.refused_messages import HINT as REFUSED_MESSAGES
from store.arrivals import LateHour, RefusalHour, RepeatHour
from store.hints import GatewayHour
from store.parking import BayDays
from store.series_days import Reset, SeriesDays, Spreads

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NO_BAYS = Bays((), ())
HOSTILE = (0.0, 1e300, -1e300, 1e-300, 5e-324)


def a_series(lows: Sequence[float], highs: Sequence[float] | None = None, **more: object) -> SeriesDays:
    """Days of a series from `START` on, 24 values a day."""
    n = len(lows)
    told: dict[str, object] = {
        "series_id": 1, "device_id": 2, "asset_id": 3, "asset_type": "building_zone", "name": "Salle", "parent_id": 9,
        "channel": "", "quantity": "temperature", "quantity_en": "Temperature", "quantity_fr": "Température",
        "unit": "Cel", "days": tuple(START + index * DAY for index in range(n)), "counts": (24,) * n,
        "lows": tuple(lows), "highs": tuple(lows if highs is None else highs), "means": tuple(lows),
        "covered_s": (86_400.0,) * n,
    }  # fmt: skip
    return SeriesDays(**{**told, **more})  # type: ignore[arg-type]


def until(n_days: int, begin: int = 0) -> Span:
    """The midnights after day `begin` up to day `n_days`."""
    ends = tuple(START + day * DAY for day in range(begin + 1, n_days + 1))
    return Span(START + begin * DAY, ends[-1], "UTC", ends)


def present(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.is_present]


def test_battery_is_told_weeks_before_it_dies_and_until_it_is_changed() -> None:
    levels = [80.0] * 10 + [80 - 3.5 * day for day in range(20)] + [99.0] * 10
    verdicts = battery_low.tell([a_series(levels, unit="%")], until(40))
    found = present(verdicts)
    assert START + 14 * DAY <= found[0].at <= START + 19 * DAY
    assert found[-1].at <= START + 31 * DAY
    assert verdicts[-1].is_present is False
    assert found[-1].score > found[0].score
    assert found[0].started_at >= START + 10 * DAY
    assert "change the battery" in found[0].sentence_en
    assert found[0].series_id == 1


def test_battery_s_end_is_told_with_the_days_between_which_it_lies() -> None:
    """As often as promised: of batteries that fall by three points a day with scatter, the true day lies inside,
    give or take the day by which the charge itself scatters."""
    inside = 0
    for seed in range(100):
        draws = np.random.default_rng(seed)
        levels = np.concatenate([np.full(10, 45.0), 45 - 3.0 * np.arange(1, 9)]) + draws.normal(0, 1.0, 18)
        (found,) = present(battery_low.tell([a_series(levels.tolist(), unit="%")], until(18, 17)))
        assert found.evidence is not None
        between = found.evidence["days_left_interval"]
        assert between["early"] <= found.evidence["days_left"]
        assert between["late"] is None or found.evidence["days_left"] <= between["late"]
        inside += between["early"] - 1 <= (21 - 5) / 3.0 <= (between["late"] or np.inf) + 1
    assert inside >= 85
    assert "at this pace. To do" in found.sentence_en  # both ends on one day
    levels = [45.0] * 10 + [42.0, 38.0, 37.0, 31.0, 30.0, 27.0, 22.0, 22.0]
    (found,) = present(battery_low.tell([a_series(levels, unit="%")], until(18, 17)))
    assert re.search(r"at this pace, between 2026-01-2\d and 2026-0\d-\d\d\. To do", found.sentence_en)
    assert re.search(r"à ce rythme, entre le 2\d/01/2026 et le \d\d/0\d/2026\. À faire", found.sentence_fr)


def test_battery_that_lies_at_nothing_is_empty_and_not_falling() -> None:
    (*_, found) = present(battery_low.tell([a_series([80.0] * 10 + [0.0] * 50, unit="%")], until(60)))
    assert (found.severity, found.started_at) == ("urgent", START + 10 * DAY)
    assert "is at 0 %, below 10 % since 2026-01-15; as good as empty" in found.sentence_en
    assert "sous 10 % depuis le 15/01/2026 ; elle est à plat ou presque" in found.sentence_fr


@pytest.mark.parametrize(
    "levels",
    [
        [80.0] * 60,
        [15.0 - 0.06 * day for day in range(60)],  # an old one that wears as ever
        [float(round(60 - 0.06 * day - 3 * (20 <= day < 26))) for day in range(60)],  # a cold week
    ],
)
def test_battery_that_wears_as_ever_is_left_alone(levels: list[float]) -> None:
    assert present(battery_low.tell([a_series(levels, unit="%")], until(60))) == []


def test_battery_that_tells_its_voltage_is_told_before_its_cut_off() -> None:
    volts = [3.6] * 20 + [3.6 - 0.06 * day for day in range(12)]
    found = present(battery_low.tell([a_series(volts, unit="V")], until(32)))
    assert found
    assert volts[(found[0].at - START) // DAY - 1] > 2.9


def test_alkaline_cells_that_fade_over_a_year_are_told_before_they_are_dead() -> None:
    """Two cells, 3.2 V to 2.0 V in a year: dead below 2.4 V, on day 243."""
    volts = [round(3.2 - 1.2 * day / 365, 2) for day in range(244)]
    found = present(battery_low.tell([a_series(volts, unit="V")], until(244)))
    assert found
    assert START + 200 * DAY < found[0].at < START + 243 * DAY


def drawn_rooms(shift: float, n_days: int = 50, n_rooms: int = 2, mended_on: int | None = None) -> list[SeriesDays]:
    """Rooms of one building under the same weather; the first drifts over two weeks from day 20 on."""
    draws = np.random.default_rng(7)
    weather = 20 + np.cumsum(draws.normal(0, 0.4, n_days))
    ramp = np.clip((np.arange(n_days) - 20) / 14, 0, 1) * shift
    ramp[mended_on:] = ramp[mended_on:] if mended_on is None else 0.0
    return [
        a_series(
            list(weather + index + draws.normal(0, 0.1, n_days) + (ramp if index == 0 else 0)),
            series_id=index + 1,
            name=f"Salle {index + 1}",
        )
        for index in range(n_rooms)
    ]


@pytest.mark.parametrize("shift", [1.5, -2.5])
@pytest.mark.parametrize("n_rooms", [2, 3, 5])
def test_drifting_sensor_is_found_and_no_other(shift: float, n_rooms: int) -> None:
    found = present(sensor_drift.tell(drawn_rooms(shift, n_rooms=n_rooms), until(50)))
    assert {verdict.series_id for verdict in found} == {1}
    assert START + 20 * DAY < found[0].at < START + 38 * DAY
    assert found[0].started_at >= START + 18 * DAY
    assert ("de plus" if shift > 0 else "de moins") in found[0].sentence_fr


@pytest.mark.parametrize("n_rooms", [2, 4])
def test_sensor_that_was_changed_starts_again(n_rooms: int) -> None:
    """The way back is no drift, neither at once nor when nothing but the drift is left to compare with."""
    verdicts = sensor_drift.tell(drawn_rooms(2.5, 120, n_rooms, mended_on=40), until(120))
    told = [one.at for one in verdicts if one.is_present]
    assert START + 24 * DAY < told[0] <= told[-1] <= START + 43 * DAY
    assert next(one for one in verdicts if one.series_id == 1 and one.at == START + 44 * DAY).is_present is False


@pytest.mark.parametrize("n_rooms", [2, 4])
@pytest.mark.parametrize("seed", range(3))
def test_calibrated_sensor_that_never_drifted_is_not_told_on_any_day(n_rooms: int, seed: int) -> None:
    """2 K too high from its first day on, and right from day 40 on."""
    sound = drawn_rooms(0.0, 60, n_rooms)
    noise = np.random.default_rng(seed).normal(0, 0.1, 60)
    off = np.where(np.arange(60) < 40, 2.0, 0.0) + noise
    high = a_series(list(np.array(sound[0].means) + off), series_id=1, name="Salle 1")
    assert present(sensor_drift.tell([high, *sound[1:]], until(60))) == []


def test_weather_that_all_feel_and_a_sensor_alone_give_no_drift() -> None:
    assert present(sensor_drift.tell(drawn_rooms(0.0, n_rooms=4), until(50))) == []
    assert sensor_drift.tell(drawn_rooms(3.0, n_rooms=1), until(50)) == []


def moving(n_days: int, still_from: int, seed: int = 3) -> SeriesDays:
    draws = np.random.default_rng(seed)
    lows = list(draws.normal(20, 1, n_days))
    highs = [low + 2 for low in lows]
    lows[still_from:] = highs[still_from:] = [21.5] * (n_days - still_from)
    return a_series(lows, highs)


def test_stuck_sensor_is_told_after_two_days_without_another_value() -> None:
    found = present(stuck_value.tell(stuck_value.Inputs(NO_BAYS, [moving(40, 30)]), until(40)))
    assert [verdict.at for verdict in found] == [START + day * DAY for day in range(32, 41)]
    assert found[0].started_at == START + 30 * DAY
    assert "21.5 °C" in found[0].sentence_en
    assert "à exactement 21,5 °C depuis le" in found[0].sentence_fr


def test_series_that_rested_before_is_not_stuck() -> None:
    """A boiler in summer, a rain gauge in a dry week: what stood still once may do so again."""
    series = moving(40, 30)
    rested = a_series([*series.lows[:10], 5.0, *series.lows[11:]], [*series.highs[:10], 5.0, *series.highs[11:]])
    assert present(stuck_value.tell(stuck_value.Inputs(NO_BAYS, [rested]), until(40))) == []


BY_DAY = ("free_s", "occupied_s", "n_changes", "n_arrivals")


def bays(stuck_from: int | None, is_occupied: bool, n_days: int = 30) -> Bays:
    """Ten bays of a street with some eight changes on weekdays and fewer on Sundays; one is stuck from a day on."""
    draws = np.random.default_rng(11)
    own, series = [], []
    today = (START.date() - FIRST).days
    for index in range(10):
        changes = draws.poisson([2 if day % 7 == 6 else 8 for day in range(n_days)])
        occupied_s = draws.uniform(0.4, 0.6, n_days) * 86_400
        if index == 0 and stuck_from is not None:
            changes[stuck_from:], occupied_s[stuck_from:] = 0, 86_400.0 * is_occupied
        numbers = tuple(today + day for day in range(n_days))
        seconds = [tuple((86_400 - occupied_s).tolist()), tuple(occupied_s.tolist())]
        counts = tuple(int(n) for n in changes)
        own.append(BayDays(index, index + 1, "centre", None, numbers, *seconds, counts, counts))
        series.append(a_series([0.0] * n_days, series_id=index + 1, name=f"Place {index}", quantity="occupancy"))
    return Bays(own, series)


@pytest.mark.parametrize(("is_occupied", "n_days"), [(True, 3), (False, 2)])
def test_stuck_bay_is_told_within_days_and_no_other(is_occupied: bool, n_days: int) -> None:
    inputs = stuck_value.Inputs(bays(22, is_occupied), [])
    found = present(stuck_value.tell(inputs, until(30, 21)))
    assert {verdict.series_id for verdict in found} == {1}
    assert found[0].at == START + (22 + n_days) * DAY
    assert found[0].started_at == START + 22 * DAY
    assert ("occupied" if is_occupied else "free") in found[0].sentence_en
    assert present(stuck_value.tell(stuck_value.Inputs(bays(None, True), []), until(30))) == []


def test_bay_that_is_silent_is_not_known_to_be_sound() -> None:
    heard = bays(None, True)
    silent = replace(
        heard.days[0], days=heard.days[0].days[:20], **{name: getattr(heard.days[0], name)[:20] for name in BY_DAY}
    )
    cut = Bays([silent, *heard.days[1:]], heard.series)
    for verdicts in (
        unlike_peers.tell(unlike_peers.Inputs(cut, ()), until(30, 29)),
        noisy_value.tell(noisy_value.Inputs(cut, []), until(30, 29)),
    ):
        assert [verdict.is_present for verdict in verdicts] == [None, *[False] * 9]


def test_bays_without_any_day_are_not_known() -> None:
    nothing = Bays([BayDays(1, 1, "", None, (), (), (), (), ())], [a_series([])])
    verdicts = stuck_value.tell(stuck_value.Inputs(nothing, []), until(3))
    assert {verdict.is_present for verdict in verdicts} == {None}


def spreads(values: Sequence[float]) -> Spreads:
    days = tuple(START + index * DAY for index in range(len(values)))
    return Spreads(1, 2, 3, "Salle", "Temperature", "Température", "Cel", days, tuple(values))


def test_noise_is_told_after_two_days_and_ends() -> None:
    usual = list(np.random.default_rng(1).uniform(0.2, 0.6, 30))
    series = spreads([*usual, 4.0, 4.0, 4.0, 0.3])
    verdicts = noisy_value.tell(noisy_value.Inputs(NO_BAYS, [series]), until(34))
    assert [verdict.at for verdict in present(verdicts)] == [START + 32 * DAY, START + 33 * DAY]
    assert verdicts[-1].is_present is False
    one_day = spreads([*usual, 4.0, 0.3, 0.3])
    assert present(noisy_value.tell(noisy_value.Inputs(NO_BAYS, [one_day]), until(33))) == []


def lamps(n: int, odd_from: int, factor: float) -> list[SeriesDays]:
    """Lamps of one cabinet, dimmed together from day 15 on; the first changes by a factor."""
    draws = np.random.default_rng(2)
    made = []
    for index in range(n):
        power = 60 * draws.normal(1, 0.01, 40)
        power[15:] *= 0.6
        if index == 0:
            power[odd_from:] *= factor
        made.append(a_series(list(power), series_id=index + 1, parent_id=4, asset_type="street_light", unit="W"))
    return made


@pytest.mark.parametrize("factor", [0.6, 1.4])
def test_lamp_that_leaves_its_cabinet_is_told_and_what_all_do_is_not(factor: float) -> None:
    found = present(unlike_peers.tell(unlike_peers.Inputs(NO_BAYS, lamps(8, 32, factor)), until(40, 10)))
    assert {verdict.series_id for verdict in found} == {1}
    assert found[0].at == START + 35 * DAY
    assert present(unlike_peers.tell(unlike_peers.Inputs(NO_BAYS, lamps(8, 32, 1.0)), until(40, 10))) == []
    assert present(unlike_peers.tell(unlike_peers.Inputs(NO_BAYS, lamps(8, 32, 0.02)), until(40, 10))) == []
    assert present(unlike_peers.tell(unlike_peers.Inputs(NO_BAYS, lamps(4, 32, factor)), until(40, 10))) == []


def test_lamp_that_was_repaired_takes_no_more_than_before_it_was_weak() -> None:
    """A driver took back a third of the power for six weeks; then it was changed."""
    powers = [60 * np.random.default_rng(seed).normal(1, 0.01, 110) for seed in range(8)]
    powers[0][40:82] *= 0.65
    named = [
        a_series(list(power), series_id=index + 1, parent_id=4, asset_type="street_light", unit="W")
        for index, power in enumerate(powers)
    ]
    verdicts = unlike_peers.tell(unlike_peers.Inputs(NO_BAYS, named), until(110, 30))
    found = present(verdicts)
    assert {verdict.series_id for verdict in found} == {1}
    assert found[0].at == START + 43 * DAY
    assert all("less" in verdict.sentence_en and verdict.at < START + 83 * DAY for verdict in found)
    assert verdicts[-8].is_present is False


def test_lamps_left_as_they_were_where_most_of_their_cabinet_became_led_are_not_told() -> None:
    powers = 100 * np.random.default_rng(4).normal(1, 0.01, (10, 60))
    powers[:6, 30:] *= 0.4
    powers[9, 50:] *= 0.6  # and this one is weak

    def tell() -> list[Verdict]:
        named = [a_series(list(own), series_id=index, parent_id=4, unit="W") for index, own in enumerate(powers)]
        return present(unlike_peers.tell(unlike_peers.Inputs(NO_BAYS, named), until(60, 20)))

    assert {verdict.series_id for verdict in tell()} == {9}
    assert all(verdict.at > START + 50 * DAY for verdict in tell())


def test_device_that_repeats_itself_is_told_and_a_delivery_after_an_outage_is_not() -> None:
    def heard(shares: Sequence[float]) -> list[RepeatHour]:
        return [RepeatHour(2, 3, "Sonde", START + i * HOUR, 20, round(20 * share)) for i, share in enumerate(shares)]

    span = until(2)
    verdicts = repeated_messages.tell(heard([0.0] * 6 + [0.5] * 12 + [0.0] * 6), span)
    found = present(verdicts)
    assert found[0].at == START + 11 * HOUR
    assert found[0].started_at == START + 6 * HOUR
    assert [verdict.at for verdict in verdicts if verdict.is_present is False][-1] == START + 24 * HOUR
    assert present(repeated_messages.tell(heard([0.0] * 6 + [0.9, 0.9] + [0.0] * 12), span)) == []


def test_stuck_sensor_is_told_since_it_stuck_though_days_with_few_values_lie_between() -> None:
    counts = tuple(5 if day > 30 and day % 2 else 24 for day in range(44))
    still = replace(moving(44, 30), counts=counts)
    (*_, found) = present(stuck_value.tell(stuck_value.Inputs(NO_BAYS, [still]), until(43)))
    assert found.started_at == START + 30 * DAY
    assert "(13 days)" in found.sentence_en


def heard_every(n_hours: int, until_day: float, n_devices: int = 6) -> list[GatewayHour]:
    """Devices behind a gateway that all speak in the same hour of so many."""
    return [
        GatewayHour(1, "GW", n_devices, START + hour * HOUR, n_devices)
        for hour in range(0, int(24 * until_day), n_hours)
    ]


def hourly(n_days: int, begin: int) -> Span:
    """The ends of the hours from a day on."""
    ends = tuple(START + hour * HOUR for hour in range(24 * begin + 1, 24 * n_days + 1))
    return Span(START + begin * DAY, ends[-1], "UTC", ends)


@pytest.mark.parametrize(("n_hours", "often"), [(1, "in every hour"), (3, "every 3 h")])
def test_gateway_is_silent_two_hours_after_its_devices_should_have_spoken(n_hours: int, often: str) -> None:
    verdicts = silent_gateway.tell(heard_every(n_hours, 9.5), hourly(10, 8))
    found = present(verdicts)
    due_at = START + 9.5 * DAY
    assert found[0].at == due_at + 2 * HOUR
    assert f"at least 6 are {often}." in found[0].sentence_en
    assert found[-1].at == START + 10 * DAY


def test_device_some_of_whose_messages_are_refused_is_told_with_the_reason() -> None:
    def heard(n_refused: Sequence[int]) -> list[RefusalHour]:
        return [
            RefusalHour(2, 3, "Sonde", START + i * HOUR, 4, n, "invalid_json" if n else None, "cut" if n else None)
            for i, n in enumerate(n_refused)
        ]

    verdicts = REFUSED_MESSAGES.tell(heard([0, 0, 1, 0, 1, 0, 1, 0] + [0] * 60), until(3))
    found = present(verdicts)
    assert found[0].at == START + 7 * HOUR
    assert "3 / 28 messages refused" in found[0].sentence_en
    assert "JSON" in found[0].sentence_fr
    assert verdicts[-1].is_present is False
    assert present(REFUSED_MESSAGES.tell(heard([0, 0, 1, 0, 1, 0]), until(3))) == []


def test_late_delivery_of_a_gateway_is_told_once_and_that_of_every_night_is_not() -> None:
    def late(hour: int, n_late: int = 6) -> LateHour:
        at = START + hour * HOUR
        return LateHour(2, 3, "Passerelle", 9, at, n_late, at - 10 * HOUR, 40)

    verdicts = late_messages.tell([late(30)], until(4))
    assert [(verdict.at - START) // HOUR for verdict in present(verdicts)] == [31]
    assert [verdict.is_present for verdict in verdicts] == [True, False]
    assert present(verdicts)[0].started_at == START + 20 * HOUR
    assert present(late_messages.tell([late(30, n_late=2)], until(4))) == []
    nightly = late_messages.tell([late(24 * day) for day in range(9)], until(10))
    assert {(verdict.at - START) // DAY for verdict in present(nightly)} <= {0, 1}


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [(3500.0, 0.5, True), (99_995.0, 3.0, False), (4_294_967_000.0, 10.0, False), (None, 5.0, True), (9.9, 0.0, False)],
)
def test_counter_that_fell_is_told_unless_it_went_over_its_end(
    before: float | None, after: float, is_told: bool
) -> None:
    reset = Reset(1, 2, 3, "Compteur", "Energy", "Énergie", "kW.h", START + 5 * HOUR, 1, before, after)
    verdicts = counter_reset.tell([reset], until(3))
    assert [verdict.is_present for verdict in verdicts] == ([True, False] if is_told else [])
    assert all("énergie, passage de" in verdict.sentence_fr for verdict in present(verdicts))


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_days_give_finite_scores_and_no_exception(value: float) -> None:
    mixed = [value if day % 3 else 20.0 for day in range(40)]
    for lows in (mixed, [value] * 40, [value], mixed[:2]):
        series = a_series(lows, unit="%")
        verdicts = [
            *battery_low.tell([series], until(40)),
            *battery_low.tell([a_series(lows, unit="V")], until(40)),
            *sensor_drift.tell([series, a_series([20.0] * len(lows), series_id=5)], until(40)),
            *stuck_value.tell(stuck_value.Inputs(NO_BAYS, [series]), until(40)),
            *noisy_value.tell(noisy_value.Inputs(NO_BAYS, [spreads([abs(low) for low in lows])]), until(40)),
            *unlike_peers.tell(unlike_peers.Inputs(NO_BAYS, [series, *lamps(6, 30, 1.0)]), until(40)),
        ]
        assert all(isfinite(verdict.score) and verdict.score >= 0 for verdict in verdicts)


@pytest.mark.parametrize(
    "name", ["battery_low", "sensor_drift", "repeated_messages", "refused_messages", "late_messages"]
)
def test_nothing_known_gives_nothing(name: str) -> None:
    assert list(hints()[name].tell([], until(3))) == []
