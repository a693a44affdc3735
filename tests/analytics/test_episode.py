"""Episodes: what opens one, what does not, when it ends, and that it may be cut anywhere."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.detectors import ASPECTS, Aspect, Scores, detectors
from analytics.ensemble import Ensemble
from analytics.episode import BLOCK_ROWS, N_BLOCKS, Closing, Episode, Opening, load_episode, sure_scores

HOUR_S = 3600.0
ENTRY = replace(
    detectors()["robust_level"], open_at=8.0, close_at=4.0, n_calm=3, n_open=3, sure_at=24.0, slow_s=12 * HOUR_S
)
QUICK = replace(ENTRY, name="quick", n_open=1, slow_aspects=())
ALONE = Ensemble("unusual_value", (ENTRY,))
BOTH = Ensemble("unusual_value", (ENTRY, QUICK))


def scores_of(values: Sequence[float], aspect: Aspect = "value") -> Scores:
    scores = Scores.unknown(len(values))
    scores.value[:], scores.aspect[:] = values, ASPECTS.index(aspect)
    return scores


def follow(values: Sequence[float], aspect: Aspect = "value") -> list[Opening | Closing]:
    """Follow hourly scores of one detector from instant 0."""
    return Episode().follow(ALONE, np.arange(len(values)) * HOUR_S, [scores_of(values, aspect)])


def follow_both(first: Sequence[float], quick: Sequence[float]) -> list[Opening | Closing]:
    """Follow hourly scores of two detectors, the second of which needs one high score only."""
    return Episode().follow(BOTH, np.arange(len(first)) * HOUR_S, [scores_of(first), scores_of(quick)])


@pytest.mark.parametrize(
    ("values", "n_opened"),
    [
        ([0, 9, 9, 0, 9, 9, 0], 0),
        ([0, 9, 9, 9, 0], 1),
        ([0, 25, 0], 1),
        ([9, 9, float("nan"), 9], 1),
        ([9] * 3 + [5] * 50 + [9] * 3, 1),
        ([9] * 3 + [0] * 3 + [9] * 3, 1),
        ([9] * 3 + [0] * 3 + [10] * 3, 2),
        ([9] * 3 + [0] * (BLOCK_ROWS * (N_BLOCKS + 1)) + [9] * 3, 2),
        ([], 0),
    ],
    ids=[
        "two in a row",
        "three in a row",
        "one that is sure",
        "unknown between",
        "not calm",
        "the same again",
        "stranger again",
        "the same long after",
        "none",
    ],
)
def test_episode_opens_after_high_scores_in_a_row_or_one_that_is_sure(values: list[float], n_opened: int) -> None:
    begins = {one.started_s for one in follow(values) if isinstance(one, Opening)}
    assert len(begins) == n_opened


def test_episode_begins_with_the_first_high_score_and_ends_with_the_last_unusual_one() -> None:
    opening, closing = follow([0, 9, 9, 10, 12, 5, 0, 0, 0, 0])
    assert isinstance(opening, Opening)
    assert (opening.started_s, opening.worst_s, opening.score.value) == (1 * HOUR_S, 4 * HOUR_S, 12)
    assert closing == Closing(5 * HOUR_S)


@pytest.mark.parametrize(("n_hours", "is_open"), [(12, False), (13, True)])
def test_episode_of_a_slow_aspect_opens_only_if_it_lasts(n_hours: int, is_open: bool) -> None:
    """A lamp that is off for a part of the night, however sure that is, is not worth a walk."""
    assert bool(follow([0, *[99.0] * n_hours, 0], "hour")) is is_open


def test_episode_of_two_detectors_is_one_alarm_told_by_the_stranger() -> None:
    """It opens with the first that is sure, lasts until both are calm, and has the words of the highest score."""
    happenings = follow_both([0, 9, 9, 12, 9, 0, 0, 0, 0, 0], [0, 9, 0, 0, 0, 0, 5, 0, 0, 0])
    opening, closing = happenings
    assert isinstance(opening, Opening)
    assert (opening.started_s, opening.worst_s, opening.detector) == (1 * HOUR_S, 3 * HOUR_S, ENTRY.name)
    assert closing == Closing(6 * HOUR_S)


def test_episode_of_two_detectors_goes_on_while_one_knows_nothing() -> None:
    nan = float("nan")
    (opening,) = follow_both([nan] * 4, [0, 8, 9, nan])
    assert isinstance(opening, Opening)
    assert (opening.score.value, opening.detector) == (9, "quick")


def test_sure_scores_are_those_that_open_an_episode_at_their_own_height() -> None:
    """Of three in a row the lowest, of one alone a third, of a quick detector all."""
    first, quick = [9.0, 10.0, 11.0, 0.0, 24.0, 0.0], [0.0, 0.0, 0.0, 5.0, 0.0, 7.0]
    sure = sure_scores(BOTH, [scores_of(first), scores_of(quick)])
    assert sure.tolist() == [3.0, pytest.approx(10 / 3), 9.0, 5.0, 8.0, 7.0]


@given(
    values=st.lists(st.sampled_from([0.0, 5.0, 9.0, 30.0, float("nan")]), max_size=40),
    quick=st.lists(st.sampled_from([0.0, 5.0, 9.0, 31.0, float("nan")]), min_size=40, max_size=40),
    cuts=st.lists(st.integers(0, 40), max_size=4),
)
def test_episode_cut_anywhere_tells_the_same_begins_worst_and_ends(
    values: list[float], quick: list[float], cuts: list[int]
) -> None:
    """What is written of an episode, its begin, its highest score and its end, does not depend on the cuts."""
    at_s, scores = np.arange(len(values)) * HOUR_S, (values, quick[: len(values)])
    happenings: list[Opening | Closing] = []
    state = Episode().save()
    edges = [0, *sorted(min(cut, len(values)) for cut in cuts), len(values)]
    for begin, end in pairwise(edges):
        episode = load_episode(json.loads(json.dumps(state)))
        happenings += episode.follow(BOTH, at_s[begin:end], [scores_of(one[begin:end]) for one in scores])
        state = episode.save()
    assert written(happenings) == written(Episode().follow(BOTH, at_s, [scores_of(one) for one in scores]))


def written(happenings: Sequence[Opening | Closing]) -> list[tuple[float, float, float | None]]:
    """Give (begin, highest score, end or None) of each episode."""
    episodes: list[tuple[float, float, float | None]] = []
    for one in happenings:
        if isinstance(one, Closing):
            begin, highest, _ = episodes[-1]
            episodes[-1] = begin, highest, one.ended_s
        elif episodes and episodes[-1][0] == one.started_s:
            episodes[-1] = one.started_s, max(episodes[-1][1], one.score.value), None
        else:
            episodes.append((one.started_s, one.score.value, None))
    return episodes
