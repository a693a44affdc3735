"""Published sets of remaining life and failures: files are known by what they hold, tests are the official ones."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, ai4i, cmapss
from analytics.remaining_life.model import Settings
from tests.support.shared import shared_data


def write_engines(path: Path, lengths: list[int], left: int) -> None:
    """Write engines that stop so many cycles before their end: one sensor climbs, the others are noise."""
    random = np.random.default_rng(len(lengths))
    lines = []
    for unit, length in enumerate(lengths, start=1):
        for cycle in range(1, length - left + 1):
            noise = random.normal(0, 0.05, 24)
            noise[5] += np.exp(-(length - cycle) / 30)
            lines.append(f"{unit} {cycle} {' '.join(f'{value:.4f}' for value in noise)}")
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cmapss, "SETTINGS", dataclasses.replace(Settings(), n_trees=20, rate=0.2))


@pytest.mark.usefixtures("quick")
def test_official_engines_are_the_test_where_they_are_there(tmp_path: Path) -> None:
    lengths = [int(n) for n in np.random.default_rng(0).integers(80, 130, 15)]
    write_engines(tmp_path / "a", lengths, 0)
    write_engines(tmp_path / "b", lengths[:12], 25)
    (tmp_path / "c").write_text("25\n" * 12)
    rows = {row.name: row for row in cmapss.run(Asked(tmp_path))}
    assert rows["cmapss.rmse"].n == rows["cmapss.score"].n == 12
    assert rows["cmapss.rmse"].value < 30
    assert set(rows) == {"cmapss.rmse", "cmapss.score", "cmapss.coverage", "cmapss.half_width"}


@pytest.mark.usefixtures("quick")
def test_whole_engines_are_left_out_where_there_is_no_official_test(tmp_path: Path) -> None:
    write_engines(tmp_path / "train", [90 + n for n in range(15)], 0)
    rows = {row.name: row for row in cmapss.run(Asked(tmp_path))}
    assert rows["cmapss.rmse"].n == 15 * cmapss.N_CUTS
    assert rows["cmapss.rmse"].reference is not None


def test_folds_leave_out_whole_engines() -> None:
    engines = [np.full((60, 24), float(index)) for index in range(20)]
    for trial in cmapss.folds(engines):
        seen = {float(engine[0, 0]) for engine in trial.training}
        assert seen.isdisjoint(float(engine[0, 0]) for engine in trial.cut)
        assert len(trial.cut) == len(trial.lives)


def test_no_engines_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("1 1 2\n")
    with pytest.raises(NoDataError):
        list(cmapss.run(Asked(tmp_path)))


@pytest.mark.shared_data
def test_physics_tell_failures_better_than_raw_columns() -> None:
    rows = {row.name: row for row in ai4i.run(Asked(shared_data("ai4i2020")))}
    assert rows["ai4i.f1"].ratio is not None
    assert rows["ai4i.f1"].ratio > 1.1
    assert rows["ai4i.f1"].n == 339
