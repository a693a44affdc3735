"""`vigie evaluate ahu`: files known by their columns, days judged by the product's rules, the real unit's days."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, evaluations
from analytics.evaluate.ahu import run
from analytics.evaluate.row import Row
from tests.support.shared import shared_data

BEGIN = datetime(2024, 2, 5, tzinfo=UTC)
HEADER = (
    "Datetime,AHU: Supply Air Temperature,AHU: Supply Air Temperature Set Point,AHU: Outdoor Air Temperature,"
    "AHU: Mixed Air Temperature,AHU: Return Air Temperature,AHU: Supply Air Fan Status,"
    "AHU: Outdoor Air Damper Control Signal  ,AHU: Cooling Coil Valve Control Signal,"
    "AHU: Heating Coil Valve Control Signal,Occupancy Mode Indicator,Fault Detection Ground Truth"
)


def write_unit(path: Path, n_days: int, faulty: set[int]) -> None:
    """Minutes of a unit in °F: heated by its valve, which on faulty days stays shut whatever it is told."""
    draws = np.random.default_rng(3)
    lines = [HEADER]
    for minute in range(n_days * 1440):
        at, day = BEGIN + timedelta(minutes=minute), minute // 1440
        runs = 7 <= at.hour < 19
        supply = (18.7 if day in faulty else 23.0) if runs else 20.9
        cells = [supply, 22.5, 5.0, 17.8 if runs else 20.8, 21.0]
        told = ",".join(f"{32 + 1.8 * (value + draws.normal(0, 0.1)):.2f}" for value in cells)
        commands = "1,0.2,0,0.33,1" if runs else "0,0,0,0,0"
        lines.append(f"{at.month}/{at.day}/{at.year} {at.hour}:{at.minute:02d},{told},{commands},{int(day in faulty)}")
    lines[200] = lines[200].replace(lines[200].split(",")[1], "#VALUE!")
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def rows_of(folder: Path) -> dict[str, Row]:
    """Run the evaluation on a folder."""
    return {row.name: row for row in run(Asked(folder))}


def test_faulty_days_are_found_and_their_component_named(tmp_path: Path) -> None:
    write_unit(tmp_path / "anything.gz", 7, {2, 5, 6})
    rows = rows_of(tmp_path)
    assert rows["ahu.auc_day"].value == 1.0
    assert (rows["ahu.false_days"].value, rows["ahu.false_days"].n) == (0.0, 4)
    assert (rows["ahu.found_days"].value, rows["ahu.found_days"].n) == (3.0, 3)
    assert rows["ahu.named.anything.heating_valve"].value == 3.0
    assert rows["ahu.auc_day"].reference is not None


def test_folder_without_units_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NoDataError, match="air handling unit"):
        rows_of(tmp_path)


def test_units_without_a_sound_day_are_refused(tmp_path: Path) -> None:
    write_unit(tmp_path / "broken.gz", 2, {0, 1})
    with pytest.raises(NoDataError, match="faulty and sound"):
        rows_of(tmp_path)


def test_evaluation_is_found() -> None:
    assert evaluations()["ahu"].run is run


@pytest.mark.shared_data
def test_rules_keep_quiet_on_a_real_unit() -> None:
    """MZVAV-2-1: 13 days without a fault, of which one at most is taken for faulty."""
    rows = rows_of(shared_data("lbnl-fdd-ahu"))
    assert rows["ahu.false_days.MZVAV-2-1"].n == 13
    assert rows["ahu.false_days.MZVAV-2-1"].value <= 1
    assert rows["ahu.auc_day.MZVAV-2-1"].value >= 0.9
