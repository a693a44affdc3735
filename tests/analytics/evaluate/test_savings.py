"""`vigie evaluate savings`: files known by how they begin, savings of drawn meters, the published ones within goals."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, evaluations
from analytics.evaluate.row import Row
from analytics.evaluate.savings import drawn_rows, meter_rows, pair_rows, run
from analytics.evaluate.savings_files import read_meters
from tests.support.shared import shared_data

BEGIN = datetime(2015, 1, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
N_DAYS = 760
SAVED = 0.2
# OpenDSM 1.2.7, DailyModel with its default settings, percent saved; run in an environment of its own.
ORACLE = {"il-electricity-cdd-hdd-daily": 8.742, "il-gas-hdd-only-daily": 8.645}


def write_meter(folder: Path) -> None:
    """A gas meter of days under an odd name, its weather in °F, and what is told of both."""
    hours = np.arange(N_DAYS * 24)
    degrees = 11 - 9 * np.cos(2 * np.pi * hours / 8766) + np.random.default_rng(1).normal(0, 2, hours.size)
    by_day = degrees.reshape(-1, 24).mean(axis=1)
    kwh = (10 + 4 * np.maximum(0, 16 - by_day)) * np.random.default_rng(2).normal(1, 0.03, N_DAYS)
    kwh[380:] *= 1 - SAVED
    days = [(BEGIN + n * 24 * HOUR).isoformat() for n in range(N_DAYS)]
    lines = ["start,value", *(f"{day},{amount:.3f}" for day, amount in zip(days, kwh, strict=True))]
    (folder / "unnamed.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    weather = ["dt,tempF"]
    weather += [f"{(BEGIN + int(n) * HOUR).isoformat()},{32 + 1.8 * value:.2f}" for n, value in enumerate(degrees)]
    (folder / "weather.csv").write_text("\n".join(weather), encoding="utf-8")
    works = (BEGIN + 380 * 24 * HOUR).date().isoformat()
    told = {
        "id": "il-drawn-daily",
        "meter_data_filename": "unnamed.gz",
        "temperature_filename": "weather.csv",
        "blackout_start_date": works,
        "blackout_end_date": works,
        "interpretation": "gas",
        "annual_baseline_total_load": 100,
        "annual_reporting_total_load": 80,
    }
    (folder / "told.json").write_text(json.dumps({"il-drawn-daily": told}), encoding="utf-8")


def by_name(rows: list[Row]) -> dict[str, Row]:
    return {row.name: row for row in rows}


def test_meter_of_a_folder_is_told_with_its_truth(tmp_path: Path) -> None:
    write_meter(tmp_path)
    rows = by_name(list(meter_rows(Asked(tmp_path))))
    saved = rows["savings.il-drawn-daily"]
    assert saved.value == pytest.approx(100 * SAVED, abs=1)
    assert saved.reference == pytest.approx(20)
    assert saved.met is None  # no oracle for this meter: nothing to be within
    assert rows["savings.truth_covered"].value == 1.0


def test_test_period_can_be_chosen(tmp_path: Path) -> None:
    """With the works put 60 days late, part of the saving is taken for baseline."""
    write_meter(tmp_path)
    late = (BEGIN + 440 * 24 * HOUR).date()
    meter = next(read_meters(Asked(tmp_path, test_from=late)))
    assert (meter.before, meter.after) == ((BEGIN + 380 * 24 * HOUR).date(), late)


def test_folder_without_metadata_puts_the_works_in_the_middle(tmp_path: Path) -> None:
    write_meter(tmp_path)
    (tmp_path / "told.json").unlink()
    rows = by_name(list(meter_rows(Asked(tmp_path))))
    assert rows["savings.unnamed"].value == pytest.approx(100 * SAVED, abs=1.5)
    assert rows["savings.unnamed"].reference is None


def test_pair_is_told_by_hours(tmp_path: Path) -> None:
    """Two years of hours, an eighth less in the second; rows without an instant are left out."""
    for name, year, share in (("x_7.csv", 6, 1.0), ("y_7.csv", 17, 0.875)):
        at = [datetime(2000 + year, 1, 1, 1, tzinfo=UTC) + n * HOUR for n in range(8760)]
        n = np.arange(8760)
        degrees = 10 - 9 * np.cos(2 * np.pi * n / 8766) + 4 * np.sin(2 * np.pi * n / 24)
        week = np.array([moment.weekday() * 24 + moment.hour for moment in at])
        kwh = share * (100 + 50 * (week % 24 > 7) * (week < 120) + 3 * np.maximum(0, degrees - 15))
        lines = ["time,eload,Temp,Drew_point", "NA,1,2,3"]
        lines += [f"{a:%m/%d/%y %H:%M},{k:.4f},{d:.3f},0" for a, k, d in zip(at, kwh, degrees, strict=True)]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    rows = by_name(list(pair_rows(Asked(tmp_path))))
    assert rows["savings.rmv2_7"].value == pytest.approx(12.5, abs=0.2)


def test_folder_without_meters_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(NoDataError, match="holds no"):
        list(run(Asked(tmp_path)))


def test_drawn_rows_are_the_same_each_time_and_named() -> None:
    first, second = (by_name(list(drawn_rows(n=5, seed=3))) for _ in range(2))
    assert first == second
    assert first["savings.coverage"].n == 5
    assert evaluations()["savings"].name == "savings"


@pytest.mark.shared_data
@pytest.mark.parametrize("name", sorted(ORACLE))
def test_published_meter_agrees_with_opendsm(name: str) -> None:
    rows = by_name(list(meter_rows(Asked(shared_data("eemeter-samples")))))
    assert rows[f"savings.{name}"].value == pytest.approx(ORACLE[name], abs=1)


@pytest.mark.shared_data
def test_published_pairs_are_within_their_goals() -> None:
    rows = by_name(list(pair_rows(Asked(shared_data("lbnl-rmv2-sim")))))
    assert abs(rows["savings.rmv2_1"].value) <= 0.2
    assert rows["savings.rmv2_2"].value == pytest.approx(11.4, abs=0.3)
