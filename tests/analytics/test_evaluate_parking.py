"""The study of car parks on files written for the test: what is read, which days are tested, which rows come."""

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.evaluate import Asked, NoDataError, evaluations
from analytics.evaluate.parking_files import begin_of_test, read_birmingham, read_german

BEGIN = datetime(2025, 1, 5, 23, tzinfo=UTC)  # Monday in Berlin


def write_german(folder: Path, n_days: int, packed: bool = True) -> None:
    """Two car parks every half hour; the second shows an impossible number once, and has more places than stated."""
    lines = ["timestamp,dorf-a,dorf-b"]
    draws = np.random.default_rng(1)
    for step in range(n_days * 48):
        busy = max(0.0, np.sin((step % 48) / 48 * np.pi)) * (0.4 if step // 48 % 7 >= 5 else 0.8)
        a, b = round(100 - 90 * busy + draws.normal(0, 2)), round(250 - 200 * busy + draws.normal(0, 5))
        at = BEGIN + timedelta(minutes=30 * step)
        lines.append(f"{at.isoformat()},{min(a, 100)},{9999 if step == 100 else b if step % 5 else ''}")
    body = "\n".join(lines).encode()
    (folder / ("x.csv.gz" if packed else "y")).write_bytes(gzip.compress(body) if packed else body)
    places = 'place_id,place_name,city_name,num_all,address\ndorf-a,A,Bonn,100.0,\ndorf-b,B,Bonn,200.0,"a\nb"\n'
    (folder / "places.csv").write_text(places, encoding="utf-8")


@pytest.mark.parametrize("packed", [True, False])
def test_free_places_become_shares(tmp_path: Path, packed: bool) -> None:
    write_german(tmp_path, 30, packed)
    (tmp_path / "other.csv").write_text("timestamp,value\n2014-01-01 00:00:00,5\n", encoding="utf-8")
    parks, days = read_german(tmp_path, date(2025, 1, 27))
    assert days == (date(2025, 1, 6), date(2025, 2, 5))
    assert [len(park.at_s) for park in parks] == [30 * 48, 30 * 48 * 4 // 5 - (100 % 5 != 0)]
    assert all(park.shares.min() >= 0 and park.shares.max() <= 1 for park in parks)
    assert parks[1].shares.min() < 0.05  # 250 places were seen free where 200 are stated
    assert date(2025, 11, 1) in parks[0].holidays  # All Saints in North Rhine-Westphalia
    assert parks[0].town == parks[1].town


def test_study_prints_each_lead_with_its_reference(tmp_path: Path) -> None:
    write_german(tmp_path, 60)
    rows = {row.name: row for row in evaluations()["parking"].run(Asked(tmp_path, date(2025, 2, 20)))}
    for lead in ("30min", "1h", "24h"):
        assert rows[f"parking.mae_{lead}"].reference is not None
        assert rows[f"parking.mae_{lead}"].is_goal_of_ratio
        assert rows[f"parking.coverage_{lead}"].goal == (0.87, 0.93)
        assert 0 < rows[f"parking.mae_{lead}"].value < 10


@pytest.mark.parametrize(
    ("first", "end", "begin"),
    [
        (date(2024, 1, 1), date(2024, 10, 1), date(2024, 7, 1)),
        (date(2024, 1, 1), date(2025, 1, 1), date(2024, 10, 1)),
        (date(2023, 1, 1), date(2024, 2, 1), date(2023, 11, 1)),
        (date(2024, 10, 1), date(2024, 12, 30), date(2024, 11, 30)),
    ],
)
def test_last_quarter_is_tested_unless_october_is_there(first: date, end: date, begin: date) -> None:
    assert begin_of_test(first, end) == begin


def test_birmingham_is_read_in_its_civil_time(tmp_path: Path) -> None:
    head = "SystemCodeNumber,Capacity,Occupancy,LastUpdated\n"
    (tmp_path / "d").write_text(head + "A,100,50,2016-10-04 07:59:42\nA,100,-8,2016-10-04 08:25:42\n", encoding="utf-8")
    (park,), days = read_birmingham(tmp_path)
    assert park.shares.tolist() == [0.5, 0.0]
    assert park.at_s[0] == datetime(2016, 10, 4, 6, 59, 42, tzinfo=UTC).timestamp()
    assert days == (date(2016, 10, 4), date(2016, 10, 5))


def test_an_empty_folder_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(NoDataError, match="car parks"):
        list(evaluations()["parking"].run(Asked(tmp_path)))
