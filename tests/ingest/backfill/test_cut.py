"""Loads that are killed, and what follows from a load: rollups and KPIs."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.program import Settings, run_once
from ingest.backfill.reader import Reading
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.loaded import TOWN, ask, counts, load, seed_town, stored, write_csv
from tests.support.shared import REPOSITORY
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services

N_LINES = 6_000
# The real command; only its blocks are small, so that there are many places to be killed at.
COMMAND = "from ingest.backfill import table; table.BLOCK_BYTES = 2048; from deploy.cli import main; main()"
STATE = (
    "select (select count(*) from measurements), (select coalesce(sum(n_measurements), 0) from batches),"
    " (select coalesce(sum(n_stored), 0) from loads), (select coalesce(sum(n_stored), 0) from delivery_ledger)"
)
POWER = Reading(constants={"territory": TOWN, "device": "meter", "quantity": "active_power", "unit": "W"})
AT_ONCE = Settings("", grace_s=0, settle_s=0)


def start_load(database_url: str, path: Path) -> subprocess.Popen[bytes]:
    """Start the command as an operator does."""
    environment = {**os.environ, "VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    words = ["load", str(path), "--territory", TOWN, "--set", "device=meter"]
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words], cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE
    )


def test_a_load_killed_again_and_again_stores_each_value_once(database_url: str, tmp_path: Path) -> None:
    """At each kill the store, the batches, the load and the ledger agree; the next run goes on behind what is there."""
    seed_town(database_url, "meter")
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    rows = (f"{(begin + timedelta(minutes=n)).isoformat()},{n % 50}" for n in range(N_LINES))
    path = write_csv(tmp_path / "a.csv", "time,active_power", *rows)
    for _ in range(4):
        before = ask(database_url, STATE)[0][0]
        process = start_load(database_url, path)
        wait_until(lambda before=before: ask(database_url, STATE)[0][0] > before, "the load goes on")
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL
        n_stored, *others = ask(database_url, STATE)[0]
        assert before < n_stored < N_LINES
        assert others == [n_stored] * 3
    process = start_load(database_url, path)
    said = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 0
    assert f"stored     {N_LINES:>12,}\n  duplicate  {0:>12}" in said
    assert ask(database_url, STATE) == [(N_LINES,) * 4]
    assert [row[4] for row in stored(database_url)] == [float(n % 50) for n in range(N_LINES)]


def test_rollups_and_kpis_follow_a_load_of_days_that_were_told(database_url: str, tmp_path: Path) -> None:
    """A day told from a gappy stream is told anew, openly, when the supplier's file fills its gaps."""
    midnight = datetime(2025, 6, 1, 22, tzinfo=UTC)
    hours = [midnight + timedelta(hours=n) for n in range(26)]
    with connect(database_url, program="test", autocommit=True) as connection:
        register(
            connection,
            [TerritoryEntry(TOWN, "Town")],
            [AssetEntry(TOWN, "school", "School", "building")],
            [DeviceEntry(TOWN, "meter", interval_s=3600, placements={"*": "school"})],
        )
        gappy = [f"{at.isoformat()},500" for n, at in enumerate(hours) if not 10 <= n < 15]
        load(database_url, write_csv(tmp_path / "a.csv", "time,value", *gappy), POWER)
        run_once(connection, hours[-1], AT_ONCE)
        whole = [f"{at.isoformat()},{1500 if 10 <= n < 15 else 500}" for n, at in enumerate(hours)]
        report = load(database_url, write_csv(tmp_path / "b.csv", "time,value", *whole), POWER)
        assert counts(report) == {"stored": 5, "duplicate": 21}
        assert run_once(connection, hours[-1], AT_ONCE).kpis.n_restated == 2
    assert ask(
        database_url,
        "select value, is_current, cause from kpi_values where kpi = 'building_energy' and asset_id is null"
        " order by kpi_value_id",
    ) == [(pytest.approx(12.0), False, None), (17.0, True, "late data")]
    assert ask(database_url, "select count(*) from measurements_hourly where time_weighted_mean = 1500") == [(5,)]


def test_a_file_is_loaded_by_one_session_at_a_time(database_url: str, tmp_path: Path) -> None:
    """Whoever comes second waits, and then finds it done."""
    seed_town(database_url, "meter")
    path = write_csv(tmp_path / "a.csv", "time,value", "2024-01-01T00:00:00Z,1")
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "load", str(path), "--territory", TOWN, "--set", "device=meter",
             "--quantity", "value=active_power"],
            cwd=REPOSITORY,
            env={**os.environ, "VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"},
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[0].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert ask(database_url, STATE) == [(1, 1, 1, 1)]
    assert sorted("loaded already" in text for text in said) == [False, True]
