"""When a container will be full, and whether a vehicle comes before: hand-made levels."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.maintenance import Span, Verdict
from analytics.maintenance.overflow_to_come import Fills, Track, can_fill, forecast_of, tell
from store.baseline import PlannedRounds
from store.hints import FillCurve

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)  # a Thursday
HOUR = timedelta(hours=1)
SPAN = Span(NOW - 6 * HOUR, NOW, "Europe/Paris", (NOW,))


def a_curve(levels: Sequence[float], every_h: float = 2.0) -> FillCurve:
    """A container whose last value is an hour old."""
    times = [NOW - HOUR - timedelta(hours=every_h * back) for back in reversed(range(len(levels)))]
    return FillCurve(1, "Bin", "north", "glass", tuple(times), tuple(levels))


def a_plan(weekday: int, start: time = time(6)) -> PlannedRounds:
    """A round each week."""
    return PlannedRounds("north", "glass", (weekday,), 1, date(2025, 12, 1), start, None)


def verdict(levels: Sequence[float], *plans: PlannedRounds) -> Verdict:
    """Judge one container now."""
    (told,) = tell(Fills([a_curve(levels)], plans), SPAN)
    return told


def rising(first: float, per_day: float, days: float) -> list[float]:
    """Levels two hours apart."""
    return [first + per_day * step / 12 for step in range(int(days * 12) + 1)]


def test_container_that_fills_before_the_vehicle_comes_is_told_with_instant_and_round() -> None:
    told = verdict(rising(20, 20, 3), a_plan(weekday=0))  # 80 % now, full in a day, emptied on Monday
    assert told.is_present
    assert told.evidence is not None
    full_at = datetime.fromisoformat(told.evidence["full_at"])
    assert abs(full_at - (NOW + 23 * HOUR)) < 2 * HOUR
    assert told.evidence["next_vehicle"].startswith("2026-01-19T06:00")
    assert told.score == pytest.approx(2.8, abs=0.1)  # days of overflow


def test_container_that_is_emptied_in_time_is_not() -> None:
    assert verdict(rising(20, 20, 3), a_plan(weekday=4)).is_present is False  # on Friday morning
    assert verdict(rising(20, 2, 3), a_plan(weekday=0)).is_present is False


def test_full_container_is_told_at_once() -> None:
    told = verdict([99.0, 104.0], a_plan(weekday=0))
    assert (told.is_present, told.severity) == (True, "urgent")
    assert told.sentence_en.startswith("Bin is full (104 %); the next vehicle is expected on 2026-01-19 at 06:00.")
    assert "est plein (104 %) ; le prochain passage est attendu le 19/01/2026 à 06 h 00." in told.sentence_fr


def test_what_has_passed_is_not_foretold() -> None:
    """The last value is eleven hours old, and the vehicle that usually comes every three days has not come."""
    week = [level for _ in range(3) for level in rising(2, 25, 3)[:-1]]
    curve = a_curve([*week, *rising(2, 30, 3.2)])
    old = replace(curve, times=tuple(at - 10 * HOUR for at in curve.times))
    (told,) = tell(Fills([old], []), SPAN)
    assert told.is_present is True
    assert "was at 97 % and has probably been full since 2026-01-15 at 0" in told.sentence_en
    assert "; its vehicle is overdue." in told.sentence_en
    assert "sans doute plein depuis le 15/01/2026 à 0" in told.sentence_fr
    assert "le passage habituel est en retard." in told.sentence_fr


def test_nothing_is_told_while_the_vehicle_is_on_its_way() -> None:
    full = rising(60, 20, 2)
    assert verdict(full, a_plan(weekday=3, start=time(8)), a_plan(weekday=0)).is_present is None


def test_vehicle_that_has_come_by_does_not_come_again() -> None:
    """Emptied at ten on the day of its round: the next one is that of the week after."""
    emptied = [*rising(60, 20, 2)[:-3], 3.0, 4.0, 5.0]
    assert verdict(emptied, a_plan(weekday=3, start=time(8))).is_present is False


def test_without_a_plan_the_usual_pause_is_expected() -> None:
    """Emptied every three days until it was left out: full long before the pause is over or after it."""
    week = [level for _ in range(3) for level in rising(2, 25, 3)[:-1]]
    assert verdict([*week, *rising(2, 60, 1.2)]).is_present is True
    assert verdict([*week, *rising(2, 25, 1.2)]).is_present is False
    assert verdict(rising(2, 60, 1.2)).is_present is None  # nobody knows when anybody comes


def test_silent_container_gives_no_verdict() -> None:
    curve = a_curve(rising(20, 20, 3))
    late = Span(NOW, NOW + 24 * HOUR, "Europe/Paris", (NOW + 24 * HOUR,))
    (told,) = tell(Fills([curve], [a_plan(weekday=0)]), late)
    assert told.is_present is None


def test_many_instants_at_once_are_judged_by_what_was_known_at_each() -> None:
    curve, plans = a_curve([*rising(5, 4, 3), *rising(19, 30, 2)]), [a_plan(weekday=0)]
    instants = tuple(NOW - 6 * step * HOUR for step in reversed(range(8)))
    together = tell(Fills([curve], plans), Span(instants[0] - 6 * HOUR, NOW, "Europe/Paris", instants))
    alone = [tell(Fills([curve], plans), Span(at - 6 * HOUR, at, "Europe/Paris", (at,)))[0] for at in instants]
    assert [(one.at, one.is_present) for one in together] == [(one.at, one.is_present) for one in alone]
    assert {one.is_present for one in together} == {True, False}


@given(
    steps=st.lists(st.floats(-15, 15), min_size=4, max_size=40),
    first=st.floats(0, 90),
    hours=st.floats(1, 400),
)
def test_short_cut_never_hides_an_overflow(steps: list[float], first: float, hours: float) -> None:
    curve = a_curve(np.clip(np.cumsum([first, *steps]), 0, 98).tolist())
    at_h = np.array([at.timestamp() for at in curve.times]) / 3600
    track = Track(curve, at_h, np.array(curve.levels), np.array([], dtype=np.int64), ())
    due = curve.times[-1] + timedelta(hours=hours)
    forecast = forecast_of(track, 0, len(at_h))
    if forecast is not None and forecast.latest is not None and forecast.latest < due:
        assert can_fill(track, 0, len(at_h), due)
