"""An asset hour by hour: parts equal the whole, a broken sensor is told with its name, gaps of weeks are borne."""

import json
from itertools import pairwise

import numpy as np
import pytest

from analytics.joint.model import Floats
from analytics.joint.spell import N_CALM, Spell
from analytics.joint.watch import NOTHING, Hours, Memory, Told, load_memory, save_memory, watch_hours
from tests.analytics.joint.test_model import a_pump

FIRST, PHASE = 480_000, 5
N = 42 * 24


def watched(rows: Floats, cuts: tuple[int, ...] = ()) -> tuple[Memory, list[Told]]:
    """Watch an asset from its first hour on, its memory written and read again at each cut."""
    memory, told = NOTHING, list[Told]()
    edges = (0, *cuts, len(rows))
    for begin, end in pairwise(edges):
        memory = load_memory(json.loads(json.dumps(save_memory(memory))))
        span = FIRST + begin, FIRST + end
        memory, part = watch_hours(memory, Hours(FIRST, rows[:end]), span, PHASE)
        told += part
    return memory, told


def ratios(told: list[Told]) -> Floats:
    return np.concatenate([one.scored.ratio for one in told])


def test_ordinary_weeks_open_nothing() -> None:
    _, told = watched(a_pump(N))
    assert len(told) > 20
    assert not [turn for one in told for turn in one.turns]


@pytest.mark.parametrize("cuts", [(700,), tuple(range(400, N, 37)), tuple(range(500, 600))])
def test_parts_equal_the_whole_bit_for_bit(cuts: tuple[int, ...]) -> None:
    rows = a_pump(N)
    rows[800:830, 1] += 5
    memory, told = watched(rows)
    again, parts = watched(rows, cuts)
    np.testing.assert_array_equal(ratios(parts), ratios(told))
    assert save_memory(again) == save_memory(memory)
    assert {turn.began for one in told for turn in one.turns} == {turn.began for one in parts for turn in one.turns}


def test_broken_sensor_opens_one_spell_and_closes_it() -> None:
    rows = a_pump(N)
    rows[800:860, 3] += 8
    _, told = watched(rows)
    turns = [turn for one in told for turn in one.turns]
    assert {turn.began for turn in turns} == {turns[0].began}
    assert FIRST + 800 <= turns[0].began <= FIRST + 806
    assert [turn.ended for turn in turns if turn.ended is not None] == [turns[-1].ended]
    worst = max((turn for turn in turns if turn.worst is not None), key=lambda turn: turn.score)
    one = next(one for one in told if worst in one.turns)
    assert worst.worst is not None
    assert np.nanargmax(one.scored.judged.parts[worst.worst - one.first]) == 3


def test_scored_before_learnt() -> None:
    """What comes later changes nothing of what was said before."""
    rows = a_pump(N)
    _, told = watched(rows)
    other = rows.copy()
    other[900:] *= 3
    _, again = watched(other)
    n = len(ratios(told)) - (N - 900)
    np.testing.assert_array_equal(ratios(again)[:n], ratios(told)[:n])


def test_sensor_missing_for_weeks_leaves_the_others_watched() -> None:
    rows = a_pump(N)
    rows[500:, 2] = np.nan
    rows[900:940, 1] += 5
    _, told = watched(rows)
    assert np.isfinite(ratios(told)).all()
    assert {turn.began // 10 for one in told for turn in one.turns} == {(FIRST + 901) // 10}


def test_one_sensor_alone_is_not_judged() -> None:
    rows = a_pump(N)
    rows[600:, 1:] = np.nan
    rows[700:, 0] = 1e9
    _, told = watched(rows)
    assert not [turn for one in told for turn in one.turns]


def test_two_weeks_must_be_known() -> None:
    _, told = watched(a_pump(13 * 24))
    assert told == []


def test_strange_hours_do_not_teach() -> None:
    """A fault of ten days across a learning instant is strange to its end."""
    rows = a_pump(N)
    rows[700:940, 3] += 8
    _, told = watched(rows)
    strange = ratios(told)[-(N - 710) : -(N - 930)]
    assert (strange > 1).all()


def test_spell_needs_calm_hours_to_end() -> None:
    spell, turns = Spell().follow(10, np.array([2.0, 3.0, 0.0, 0.0, 2.5] + [0.0] * N_CALM))
    assert [(turn.began, turn.worst, turn.ended) for turn in turns] == [(10, 11, None), (10, None, 14)]
    assert spell == Spell()


def test_spell_does_not_open_on_one_hour() -> None:
    assert Spell().follow(10, np.array([5.0, 0.0, np.nan, 5.0, 0.0]))[1] == []
