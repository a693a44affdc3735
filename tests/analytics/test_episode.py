"""Episodes: what opens one, what does not, when it ends, and that it may be cut anywhere."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.detectors import ASPECTS, Aspect, DetectorEntry, Scores, detectors
from analytics.episode import Closing, Episode, Opening, load_episode

HOUR_S = 3600.0
ENTRY = replace(
    detectors()["robust_level"], open_at=8.0, close_at=4.0, n_calm=3, n_open=3, sure_at=24.0, slow_s=12 * HOUR_S
)


def scores_of(values: Sequence[float], aspect: Aspect = "value") -> Scores:
    scores = Scores.unknown(len(values))
    scores.value[:], scores.aspect[:] = values, ASPECTS.index(aspect)
    return scores


def follow(values: Sequence[float], aspect: Aspect = "value", entry: DetectorEntry = ENTRY) -> list[Opening | Closing]:
    """Follow hourly scores from instant 0."""
    return Episode().follow(entry, np.arange(len(values)) * HOUR_S, scores_of(values, aspect))


@pytest.mark.parametrize(
    ("values", "n_opened"),
    [
        ([0, 9, 9, 0, 9, 9, 0], 0),
        ([0, 9, 9, 9, 0], 1),
        ([0, 25, 0], 1),
        ([9, 9, float("nan"), 9], 1),
        ([9] * 3 + [5] * 50 + [9] * 3, 1),
        ([9] * 3 + [0] * 3 + [9] * 3, 2),
        ([], 0),
    ],
    ids=["two in a row", "three in a row", "one that is sure", "unknown between", "not calm", "calm between", "none"],
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


@given(
    values=st.lists(st.sampled_from([0.0, 5.0, 9.0, 30.0, float("nan")]), max_size=40),
    cuts=st.lists(st.integers(0, 40), max_size=4),
)
def test_episode_cut_anywhere_tells_the_same_begins_worst_and_ends(values: list[float], cuts: list[int]) -> None:
    """What is written of an episode, its begin, its highest score and its end, does not depend on the cuts."""
    at_s, scores = np.arange(len(values)) * HOUR_S, scores_of(values)
    happenings: list[Opening | Closing] = []
    state = Episode().save()
    edges = [0, *sorted(min(cut, len(values)) for cut in cuts), len(values)]
    for begin, end in pairwise(edges):
        episode = load_episode(json.loads(json.dumps(state)))
        happenings += episode.follow(ENTRY, at_s[begin:end], scores_of(values[begin:end]))
        state = episode.save()
    assert written(happenings) == written(Episode().follow(ENTRY, at_s, scores))


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
