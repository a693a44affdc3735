"""`vigie rounds import`: a vehicle's track becomes lifts and a round, once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import TerritoryEntry, register

pytestmark = pytest.mark.services

TOWN = "dijon"
BEGIN = datetime(2026, 3, 2, 5, tzinfo=UTC)


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["rounds", "import", *words, "--territory", TOWN])


def ask(database_url: str, query: Any) -> list[tuple[Any, ...]]:
    with connect(database_url, program="test") as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def town_url(database_url: str) -> str:
    """A town with three containers half a kilometre apart, and one that nobody knows where it is."""
    glass = {"sector": "nord", "waste_stream": "glass"}
    placed = [
        AssetEntry(TOWN, f"pav-{n}", f"PAV {n}", "waste_container", 5.04, 47.32 + n * 0.0045, None, glass)
        for n in range(3)
    ]
    with connect(database_url, program="test") as connection:
        lost = AssetEntry(TOWN, "lost", "Lost", "waste_container", attributes=glass)
        register(connection, [TerritoryEntry(TOWN, "Dijon")], [*placed, lost])
    return database_url


def track(path: Path, *stops: int) -> str:
    """Write a track that stands a minute at each of the containers."""
    lines = ["vehicle,time,longitude,latitude"]
    for place, n in enumerate(stops):
        for second in range(0, 61, 10):
            at = BEGIN + timedelta(minutes=5 * place, seconds=second)
            lines.append(f"BOM 7,{at.isoformat()},5.04,{47.32 + n * 0.0045}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def test_a_track_becomes_lifts_and_a_round_and_again_nothing_more(town_url: str, tmp_path: Path) -> None:
    file = track(tmp_path / "a.csv", 0, 1, 2)
    preview = vigie(town_url, file, "--preview")
    assert preview.stdout.splitlines()[-1] == "3 lifts, 1 rounds; nothing was written"
    assert "1 containers without position" in preview.stdout
    assert ask(town_url, "select count(*) from lifts_done") == [(0,)]
    said = vigie(town_url, file)
    assert said.stdout.splitlines()[-1] == "3 lifts and 1 rounds added; 0 lifts and 0 rounds were there already"
    assert ask(
        town_url,
        "select sector, waste_stream, lower(period), upper(period), source, n_lifts, round(distance_km)"
        " from rounds_done",
    ) == [("nord", "glass", BEGIN, BEGIN + timedelta(minutes=11), "telematics", 3, 1.0)]
    assert ask(
        town_url,
        "select a.slug, l.lifted_at, l.stay_s, l.vehicle, l.source from lifts_done l join assets a using (asset_id)"
        " order by l.lifted_at",
    ) == [(f"pav-{n}", BEGIN + timedelta(minutes=5 * n), 60.0, "BOM 7", "telematics") for n in range(3)]
    assert ask(town_url, "select day from changed_days") == [(datetime(2026, 3, 1, 23, tzinfo=UTC),)]
    again = vigie(town_url, file)
    assert again.stdout.splitlines()[-1] == "0 lifts and 0 rounds added; 3 lifts and 1 rounds were there already"


def test_a_lone_stop_is_told_as_no_round(town_url: str, tmp_path: Path) -> None:
    said = vigie(town_url, track(tmp_path / "a.csv", 1))
    assert "no round: 1 lifts, too few" in said.stdout
    assert (ask(town_url, "select count(*) from lifts_done"), ask(town_url, "select count(*) from rounds_done")) == (
        [(1,)],
        [(0,)],
    )


def test_declared_rounds_are_entered_beside_those_of_telematics(town_url: str, tmp_path: Path) -> None:
    vigie(town_url, track(tmp_path / "a.csv", 0, 1, 2))
    file = tmp_path / "declared.csv"
    head = "sector,waste_stream,started_at,ended_at,distance_km"
    file.write_text(f"{head}\nnord,glass,2026-03-02 05:50,2026-03-02 09:00,41.5\nnord,glass,x,y,\n", "utf-8")
    said = vigie(town_url, str(file), "--source", "declared")
    assert (said.exit_code, said.stdout.splitlines()[-1]) == (1, "1 rounds added; 0 were there already")
    assert "line 3: 'x' is no time" in said.stdout
    assert vigie(town_url, str(file), "--source", "declared").stdout.endswith("0 rounds added; 1 were there already\n")
    assert ask(town_url, "select source, distance_km from rounds_done where source = 'declared'") == [
        ("declared", 41.5)
    ]
