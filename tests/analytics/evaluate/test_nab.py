"""The benchmark of streams: its scorer by hand-made cases, and the command on files of its layout."""

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError
from analytics.evaluate.nab import news, read_files, run
from analytics.evaluate.nab_score import PROFILES, Scored, best_score, score_at
from tests.support.shared import shared_data

STANDARD = PROFILES["standard"]
WINDOW = (500, 599)


def a_file(*alarms: int, n: int = 1000) -> Scored:
    scores = np.zeros(n)
    scores[list(alarms)] = 1.0
    return Scored(scores, (WINDOW,))


def s(y: float) -> float:
    return 2 / (1 + math.exp(5 * y)) - 1


def test_alarm_in_the_first_row_of_a_window_is_perfect() -> None:
    assert score_at([a_file(500)], STANDARD, 1.0).score == pytest.approx(100.0)


def test_silence_scores_zero() -> None:
    assert score_at([a_file()], STANDARD, 1.0).score == 0.0
    assert best_score([a_file()], STANDARD).score == 0.0


def test_only_the_earliest_alarm_of_a_window_counts() -> None:
    late = s(-0.5) / s(-1.0)
    assert score_at([a_file(550, 560, 599)], STANDARD, 1.0).score == pytest.approx(100 * (late + 1) / 2)


@pytest.mark.parametrize(
    ("row", "cost"), [(300, 1.0), (599 + 99, -s(1.0)), (599 + 3 * 99 + 1, 1.0), (599 + 1, -s(1 / 99))]
)
def test_alarm_outside_costs_by_its_distance_from_the_window_before(row: int, cost: float) -> None:
    expected = 100 * (2 - 0.11 * cost) / 2
    assert score_at([a_file(500, row)], STANDARD, 1.0).score == pytest.approx(expected)


def test_alarm_in_the_first_rows_costs_nothing() -> None:
    assert score_at([a_file(149, 500)], STANDARD, 1.0).score == pytest.approx(100.0)
    assert score_at([a_file(150, 500)], STANDARD, 1.0).score < 100.0


def test_best_threshold_leaves_the_false_alarms_below_it() -> None:
    scores = np.zeros(1000)
    scores[500], scores[200:300] = 2.0, 1.0
    result = best_score([Scored(scores, (WINDOW,))], STANDARD)
    assert (result.score, result.threshold) == (pytest.approx(100.0), 2.0)
    assert score_at([Scored(scores, (WINDOW,))], STANDARD, 1.0).score == pytest.approx(100 * (2 - 100 * 0.11) / 2)


def test_profiles_weigh_false_alarms_and_missed_windows() -> None:
    one, none = a_file(300, 500), a_file()
    assert score_at([one], PROFILES["low_fp"], 1.0).score == pytest.approx(100 * (2 - 0.22) / 2)
    assert score_at([one, none], PROFILES["low_fn"], 1.0).score == pytest.approx(100 * (3 - 0.11) / 6)


def test_news_are_scores_higher_than_all_lately() -> None:
    scores = np.array([1.0, 3.0, 2.0, 3.0, 4.0, *[0.0] * 400, 2.0])
    assert np.flatnonzero(news(scores)).tolist() == [0, 1, 4, 405]


def write_set(folder: Path) -> None:
    """Two weeks of a wave with a jump, in the layout of the set."""
    begin = datetime(2014, 4, 1, tzinfo=UTC)
    rng = np.random.default_rng(1)
    lines = ["timestamp,value"]
    for row in range(4032):
        value = 20 + 5 * math.sin(row / 288 * 2 * math.pi) + rng.normal(0, 0.5) + (60 if row == 3000 else 0)
        lines.append(f"{begin + row * timedelta(minutes=5):%Y-%m-%d %H:%M:%S},{value}")
    (folder / "data" / "group").mkdir(parents=True)
    (folder / "data" / "group" / "one.csv").write_text("\n".join(lines))
    (folder / "labels").mkdir()
    first, last = (f"{begin + row * timedelta(minutes=5):%Y-%m-%d %H:%M:%S}.000000" for row in (2950, 3100))
    (folder / "labels" / "a.json").write_text(json.dumps({"group/one.csv": [first]}))
    (folder / "labels" / "b.json").write_text(json.dumps({"group/one.csv": [[first, last]], "group/two.csv": []}))


def test_files_are_known_by_their_content(tmp_path: Path) -> None:
    write_set(tmp_path)
    (one,) = read_files(tmp_path)
    assert one.windows == ((2950, 3100),)
    assert one.part[1].size == 4032


def test_folder_without_labels_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("timestamp,value\n2014-04-01 00:00:00,1\n")
    with pytest.raises(NoDataError):
        read_files(tmp_path)


def test_evaluation_finds_a_jump(tmp_path: Path) -> None:
    write_set(tmp_path)
    rows = {row.name: row for row in run(Asked(tmp_path))}
    late = s(-(3100 - 3000 + 1) / 151) / s(-1.0)
    assert rows["nab.standard"].value == pytest.approx(100 * (late + 1) / 2)
    assert rows["nab.standard_fixed_threshold"].value == pytest.approx(100 * (late + 1) / 2)
    assert rows["nab.false_alarms"].value == 0.0
    assert rows["nab.standard"].reference is not None


@pytest.mark.shared_data
def test_shared_files_are_read_with_their_windows() -> None:
    files = read_files(shared_data("nab"))
    assert (len(files), sum(len(one.windows) for one in files)) == (44, 83)
