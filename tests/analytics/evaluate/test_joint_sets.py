"""`vigie evaluate skab`, `batadal`, `ucr`: files known by their heads, merits by hand, published sets within goals."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, batadal, skab, ucr
from analytics.evaluate.row import Row
from analytics.joint.window import find_period
from tests.support.shared import shared_data


def by_name(rows: Iterable[Row]) -> dict[str, Row]:
    return {row.name: row for row in rows}


def write_trial(path: Path, shift: float) -> None:
    """A file as SKAB's, with a shift of the second sensor from row 600 on."""
    rng = np.random.default_rng(4)
    base = rng.normal(0, 1, 1000)
    columns = np.stack((base, base + rng.normal(0, 0.1, 1000), rng.normal(0, 1, 1000)), axis=1)
    columns[600:800, 1] += shift
    lines = ["datetime;Accelerometer1RMS;Current;Pressure;anomaly;changepoint"]
    lines += [f"t{n};{a};{b};{c};{float(600 <= n < 800)};0.0" for n, (a, b, c) in enumerate(columns.tolist())]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def test_skab_knows_files_by_their_head_and_counts_all_together(tmp_path: Path) -> None:
    write_trial(tmp_path / "odd.gz", shift=3.0)
    (tmp_path / "anomaly-free.csv").write_text("datetime;Accelerometer1RMS;Current\nt;1;2\n", encoding="utf-8")
    rows = by_name(skab.run(Asked(tmp_path)))
    assert rows["skab.f1"].value > 0.8
    assert rows["skab.far"].value < 0.2
    assert rows["skab.f1_always_alarm"].value == pytest.approx(2 * 200 / (200 + 600))
    assert rows["skab.f1"].n == 1


def test_batadal_merit_is_that_of_the_competition() -> None:
    """Two attacks of ten hours, one found after four, one not; one false alarm in twenty calm hours."""
    label = np.array([False] * 10 + [True] * 10 + [False] * 10 + [True] * 10)
    alarm = np.zeros(40, dtype=bool)
    alarm[[3, 14, 15]] = True
    merit = batadal.merit([batadal.Log(np.zeros((40, 1)), label)], [alarm])
    assert (merit.tpr, merit.tnr) == (0.1, 0.95)
    assert merit.s == pytest.approx(0.5 * (1 - (0.4 + 1.0) / 2) + 0.5 * (0.1 + 0.95) / 2)


def test_permanent_alarm_scores_three_quarters() -> None:
    label = np.array([False] * 5 + [True] * 5)
    assert batadal.merit([batadal.Log(np.zeros((10, 1)), label)], [np.ones(10, dtype=bool)]).s == 0.75


def test_batadal_wants_a_clean_file_too(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("DATETIME, L_T1, ATT_FLAG\n04/07/16 00, 2.44, 1\n", encoding="utf-8")
    with pytest.raises(NoDataError, match="without attacks"):
        list(batadal.run(Asked(tmp_path)))


def test_ucr_finds_the_beat_that_is_missing(tmp_path: Path) -> None:
    values = np.sin(2 * np.pi * np.arange(4000) / 50) + np.random.default_rng(1).normal(0, 0.05, 4000)
    values[3010:3030] *= -0.5
    (tmp_path / "001_UCR_Anomaly_drawn_2000_3010_3030.txt").write_text("\n".join(map(str, values)), encoding="utf-8")
    (row,) = ucr.run(Asked(tmp_path))
    assert (row.name, row.value, row.n) == ("ucr.found", 1.0, 1)


def test_ucr_needs_the_truth_in_the_name(tmp_path: Path) -> None:
    (tmp_path / "series.txt").write_text("1.0\n2.0\n", encoding="utf-8")
    with pytest.raises(NoDataError):
        list(ucr.run(Asked(tmp_path)))


def test_period_is_that_of_the_wave() -> None:
    assert find_period(np.sin(2 * np.pi * np.arange(2000) / 73)) in (72, 73, 74)
    assert find_period(np.full(100, 4.0)) is None


@pytest.mark.shared_data
@pytest.mark.parametrize("evaluation", [skab, batadal, ucr], ids=["skab", "batadal", "ucr"])
def test_published_set_is_within_its_goals(evaluation: object) -> None:
    folder = {skab: "skab", batadal: "batadal", ucr: "ucr-anomaly-sample"}[evaluation]  # type: ignore[index]
    rows = list(evaluation.run(Asked(shared_data(folder))))  # type: ignore[attr-defined]
    assert [row.name for row in rows if row.met is False] == []
    assert [row.name for row in rows if row.met]
