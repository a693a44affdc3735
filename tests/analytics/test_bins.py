"""The study of published bins: what it reads, which days it tests, and that it looks at nothing that comes later."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, evaluations
from analytics.evaluate.bins import begins_like_bins, forecast_days, part_to_test, read_levels
from tests.support.shared import shared_data

HEADER = "Bin ID,Fullness,fullnessThreshold,timestamp,reason\n"
DAY = timedelta(days=1)


def write(folder: Path, name: str, rows: Mapping[tuple[str, date], int]) -> Path:
    path = folder / name
    lines = [f"{name_},{level},8,{day:%d-%m-%Y},NOT_READY\n" for (name_, day), level in rows.items()]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def sawtooth(n_days: int, first: date = date(2019, 1, 1)) -> dict[tuple[str, date], int]:
    """Two bins that fill by 2 a day and are emptied at 8, on different days."""
    return {
        (name, first + n * DAY): 2 * ((n + shift) % 5) for n in range(n_days) for name, shift in (("a", 0), ("b", 2))
    }


def test_days_come_day_first_and_the_last_of_a_day_counts(tmp_path: Path) -> None:
    path = tmp_path / "any name.txt"
    path.write_text(HEADER + "7,4,8,03-02-2019,NOT_READY\n7,6,8,03-02-2019,NOT_READY\n", encoding="utf-8")
    assert begins_like_bins(path.read_text())
    assert read_levels([path]) == {("7", date(2019, 2, 3)): 60.0}


def test_part_is_from_july_2020_or_the_last_half_year() -> None:
    asked = Asked(Path())
    assert part_to_test({date(2018, 6, 26), date(2020, 6, 30)}, asked)[0] == date(2020, 1, 1)
    assert part_to_test({date(2018, 6, 26), date(2021, 5, 3)}, asked) == (date(2020, 7, 1), date(2021, 5, 4))
    chosen = Asked(Path(), date(2020, 1, 1), date(2020, 2, 1))
    assert part_to_test({date(2020, 6, 30)}, chosen) == (date(2020, 1, 1), date(2020, 2, 1))


def test_regular_bins_are_foretold(tmp_path: Path) -> None:
    write(tmp_path, "one.csv", sawtooth(400))
    rows = {row.name: row for row in evaluations()["bins"].run(Asked(tmp_path))}
    mae = rows["bins.mae_1d"]
    assert mae.value < 0.2
    assert mae.reference == pytest.approx(16 / 5, abs=0.05)  # four steps of 2 and a fall of 8
    assert rows["bins.coverage_1d"].value == 1.0


def test_forecast_of_a_day_knows_nothing_of_what_follows() -> None:
    levels = {key: float(10 * level) for key, level in sawtooth(200).items()}
    first, end = date(2019, 6, 1), date(2019, 6, 11)
    changed = {key: (level if key[1] < end else 50.0) for key, level in levels.items()}
    assert np.array_equal(forecast_days(levels, first, end).errors, forecast_days(changed, first, end).errors)


def test_folder_without_the_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoDataError):
        list(evaluations()["bins"].run(Asked(tmp_path)))


@pytest.mark.shared_data
def test_published_bins_are_foretold_better_than_by_standing_still() -> None:
    """A month before the part that is kept apart; the goal itself is for `vigie evaluate`."""
    folder = shared_data("wyndham-smart-bins")
    asked = Asked(folder, date(2019, 11, 1), date(2019, 12, 1))
    rows = {row.name: row for row in evaluations()["bins"].run(asked)}
    assert rows["bins.mae_1d"].ratio is not None
    assert rows["bins.mae_1d"].ratio < 0.95
