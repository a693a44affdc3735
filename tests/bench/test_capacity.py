"""The capacity model adds up measured costs as it says, and says where it stops holding."""

import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bench.capacity.__main__ import main
from bench.capacity.model import COSTS, Costs, Size, batches_per_s, limits, read_costs, tell_needs

ROUND = Costs(
    broker_us_per_message=10.0,
    broker_us_per_value=0.0,
    ingest_us_per_batch=1000.0,
    ingest_us_per_message=80.0,
    ingest_us_per_value=10.0,
    database_us_per_batch=1000.0,
    database_us_per_message=20.0,
    database_us_per_value=40.0,
    analyse_s_per_series_day=0.0864,
    analyse_database_s_per_series_day=0.1728,
    values_per_series_day=8640.0,
    idle_cores=0.05,
    raw_bytes_per_value=100.0,
    compressed_bytes_per_value=10.0,
    derived_bytes_per_series_day=1000.0,
    ingest_mb=100.0,
    analyse_mb=200.0,
    api_mb=100.0,
    session_mb=10.0,
    ingest_sessions=7.0,
    analyse_sessions=5.0,
    api_sessions=8.0,
)
# 432 million values a day, two a message: 2,500 messages/s, 5,000 in the busiest hour, with 10,000 values/s.
TOWN = Size(devices=25_000, values_per_day=432_000_000, values_per_message=2.0, series_per_device=4.0, peak=2.0)


def test_needs_are_the_sum_of_costs() -> None:
    """Worked by hand: 100,000 series; 0.0864 s a series and day is a tenth of a core for them. One worker can make 500
    batches of 2 ms a second.
    """
    needs = tell_needs(TOWN, ROUND)
    assert needs.broker_cores == pytest.approx(0.05)  # 5,000 times 10 us
    assert needs.ingest_cores == pytest.approx(0.5 + 0.5)  # 5,000 times 80 us, 10,000 times 10 us; batches
    assert needs.database_cores == pytest.approx(0.1 + 0.4 + 0.2 + 0.5)
    assert needs.analyse_cores == pytest.approx(0.1)
    assert needs.single_job_share == pytest.approx(0.3)
    assert (needs.ingest_workers, needs.analyse_workers) == (1, 1)  # busy to 70 % at most
    assert needs.cores == 4  # 2.4 busy
    assert needs.sessions == 7 + 5 + 8
    assert needs.memory_gb == pytest.approx(0.1 + 0.2 + 0.1 + 0.2 + TOWN.shared_buffers_gb)


def test_each_message_is_a_batch_while_a_worker_has_time() -> None:
    light = replace(TOWN, values_per_day=86_400 * 10)  # 5 messages/s, 10 in the busiest hour
    assert batches_per_s(light.messages_per_s, 1, ROUND) == pytest.approx(10.0)
    assert batches_per_s(5000.0, 2, ROUND) == pytest.approx(1000.0)


def test_series_with_more_values_than_measured_count_for_as_many() -> None:
    assert tell_needs(TOWN, replace(ROUND, values_per_series_day=432.0)).analyse_cores == pytest.approx(1.0)


def test_disk_is_raw_while_young_then_compressed() -> None:
    derived = 100_000 * 1000.0
    day_gb = (432e6 * 100 + derived) / 1e9
    of_year = replace(TOWN, raw_days=365)
    assert tell_needs(of_year, ROUND).disk_gb_per_day == pytest.approx(day_gb)
    assert tell_needs(of_year, ROUND).disk_gb == pytest.approx((432e6 * (14 * 100 + 351 * 10) + 365 * derived) / 1e9)
    assert tell_needs(replace(of_year, is_compressed=False), ROUND).disk_gb == pytest.approx(365 * day_gb)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"broker_us_per_message": 150.0}, "Mosquitto"),
        ({"analyse_s_per_series_day": 0.7}, "one at a time"),
        ({"database_us_per_value": 2500.0}, "one PostgreSQL"),
        ({"ingest_sessions": 500.0}, "pooler"),
    ],
)
def test_limits_name_what_is_exceeded(changed: dict[str, float], word: str) -> None:
    assert list(limits(tell_needs(TOWN, ROUND))) == []
    found = list(limits(tell_needs(TOWN, replace(ROUND, **changed))))
    assert len(found) == 1
    assert word in found[0]


def test_costs_are_whole_and_each_says_what_measured_it() -> None:
    costs = read_costs()
    assert all(getattr(costs, name) > 0 for name in Costs.__dataclass_fields__)
    tables = tomllib.loads(COSTS.read_text(encoding="utf-8"))
    assert [name for name, entry in tables.items() if not entry.get("measured")] == []


def test_costs_that_lack_something_are_refused(tmp_path: Path) -> None:
    text = COSTS.read_text(encoding="utf-8").replace("[api_mb]", "[api_megabytes]")
    (tmp_path / "costs.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TypeError, match="api_megabytes"):
        read_costs(tmp_path / "costs.toml")


def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run the program."""
    monkeypatch.setattr(sys, "argv", ["capacity", *words])
    main()
    return capsys.readouterr().out


def test_program_prints_what_the_model_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ask(monkeypatch, capsys, "--devices", "500000", "--per-day", "200000000")
    size = Size(500_000, 200_000_000)
    needs = tell_needs(size, read_costs())
    assert "500,000 devices, 2,000,000 series, 200,000,000 values a day" in told
    assert f"{needs.ingest_workers} workers, {needs.ingest_cores:.2f} cores busy" in told
    assert f"{needs.sessions} sessions" in told
    assert told.count("DOES NOT HOLD") == len(list(limits(needs)))


def test_program_refuses_no_devices(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ask(monkeypatch, capsys, "--devices", "0", "--per-day", "1")
    assert "must be 1 or more, not 0" in capsys.readouterr().err
