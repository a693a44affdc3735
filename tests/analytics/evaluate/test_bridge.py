"""`vigie evaluate bridge`: files known by their head and day, states told apart, the published set within goals."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, bridge
from analytics.evaluate.row import Row
from tests.support.shared import shared_data


def write_state(path: Path, begins: str, level: float, seed: int) -> None:
    """Five minutes at 100 Hz, with a load that stands on the bridge for one of them."""
    strain = level + np.random.default_rng(seed).normal(0, 0.3, 30_000)
    strain[20_000:26_000] += 7
    lines = ["Time (-),DMS_CN (um/m)", *(f"{begins},{value}" for value in strain.tolist())]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv.zip", "\n".join(lines).encode("cp1252"))


def rows_of(folder: Path) -> dict[str, Row]:
    return {row.name: row for row in bridge.run(Asked(folder))}


def test_states_of_a_day_are_told_apart_and_a_load_is_no_damage(tmp_path: Path) -> None:
    write_state(tmp_path / "b.zip", "2022-11-04 08:00:00.0", 0.0, 1)
    write_state(tmp_path / "a.zip", "2022-11-04 09:20:00.0", 40.0, 2)
    write_state(tmp_path / "c.zip", "2022-03-07 09:00:00.0", -145.0, 3)
    rows = rows_of(tmp_path)
    assert rows["bridge.false_alarms"].value == 0
    assert rows["bridge.false_alarms"].n == 60
    assert rows["bridge.auc"].value == rows["bridge.found.at_09h20"].value == 1
    assert (rows["bridge.false_alarms"].reference or 0) > 0.1


def test_shift_that_does_not_matter_is_not_found(tmp_path: Path) -> None:
    write_state(tmp_path / "b.zip", "2022-11-04 08:00:00.0", 0.0, 1)
    write_state(tmp_path / "a.zip", "2022-11-04 09:20:00.0", 15.0, 2)
    rows = rows_of(tmp_path)
    assert rows["bridge.found.at_09h20"].value == 0
    assert rows["bridge.found.at_09h20"].met is False


def test_other_zero_of_another_day_is_no_settlement(tmp_path: Path) -> None:
    write_state(tmp_path / "a.zip", "2022-11-04 08:00:00.0", 0.0, 1)
    write_state(tmp_path / "b.zip", "2022-03-07 09:00:00.0", -145.0, 3)
    with pytest.raises(NoDataError, match="no day"):
        rows_of(tmp_path)


@pytest.mark.shared_data
def test_published_states_are_told_apart() -> None:
    rows = rows_of(shared_data("munich-bridge"))
    assert [row.name for row in rows.values() if row.met is False] == []
    assert rows["bridge.auc"].met
