"""`vigie evaluate bearing`: files known by their head, lead counted by hand, the published tests within goals."""

import gzip
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, bearing
from analytics.evaluate.row import Row
from tests.support.shared import shared_data

N_HOURS = 100


def write_test(path: Path, begin: str, rises_at: dict[int, int], times: float = 2.0) -> None:
    """A test of four bearings, six snapshots an hour; some rise from an hour on."""
    hours = np.repeat(np.arange(N_HOURS), 6)
    levels = np.full((hours.size, 4), 0.1) + np.random.default_rng(3).normal(0, 0.001, (hours.size, 4))
    for one, hour in rises_at.items():
        levels[hours >= hour, one - 1] *= times
    start = datetime.strptime(begin, "%Y.%m.%d.%H.%M.%S")  # noqa: DTZ007 - the set names no zone
    stamps = [(start + timedelta(minutes=10 * n)).strftime("%Y.%m.%d.%H.%M.%S") for n in range(hours.size)]
    rows = zip(stamps, levels.tolist(), strict=True)
    lines = [",Datetime,Bearing 1,Bearing 2,Bearing 3,Bearing 4"]
    lines += [f"{n},{stamp}," + ",".join(map(str, row)) for n, (stamp, row) in enumerate(rows)]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def rows_of(folder: Path) -> dict[str, Row]:
    return {row.name: row for row in bearing.run(Asked(folder))}


def test_lead_is_from_the_end_of_the_third_high_hour(tmp_path: Path) -> None:
    write_test(tmp_path / "whatever.gz", "2004.02.12.10.32.39", {1: 40})
    rows = rows_of(tmp_path)
    assert rows["bearing.lead_h.test2"].value == pytest.approx(N_HOURS - 1 / 6 - 43)
    assert rows["bearing.lead_h.test2"].met is True
    assert rows["bearing.false_before.test2"].value == 0


def test_alarm_of_a_sound_bearing_before_is_counted_and_a_late_one_only_ever(tmp_path: Path) -> None:
    write_test(tmp_path / "a.gz", "2004.02.12.10.32.39", {1: 60, 2: 40, 3: 80})
    rows = rows_of(tmp_path)
    assert rows["bearing.false_before.test2"].value == 1
    assert rows["bearing.false_before.test2"].met is False
    assert rows["bearing.false_ever.test2"].value == 2
    assert rows["bearing.lead_h.test2"].met is False


def test_bearing_never_told_has_no_lead(tmp_path: Path) -> None:
    write_test(tmp_path / "a.gz", "2004.03.04.09.27.46", {})
    rows = rows_of(tmp_path)
    assert rows["bearing.lead_h.test3"].value == rows["bearing.lead_h"].value == 0


def test_test_of_which_the_failed_bearing_is_not_known_is_no_test(tmp_path: Path) -> None:
    write_test(tmp_path / "a.gz", "2011.01.01.00.00.00", {1: 40})
    with pytest.raises(NoDataError):
        rows_of(tmp_path)


@pytest.mark.shared_data
def test_published_tests_are_within_goals() -> None:
    rows = rows_of(shared_data("ims-bearing"))
    assert [row.name for row in rows.values() if row.met is False] == []
    assert rows["bearing.lead_h.test2"].met
