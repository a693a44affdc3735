"""A report of a small town from the command line: made, kept, verified when all raw data are gone, tampered with."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from analytics.program import Settings, run_once
from analytics.report.bundle import pack, read_files
from analytics.report.key import make_key
from analytics.report.told import read_figures
from deploy.cli import app
from deploy.errors import sentence_of
from deploy.local.services import Services
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from store.reports import end_reports
from tests.support.services import fresh_database

pytestmark = pytest.mark.services
Connection = psycopg.Connection[tuple[Any, ...]]
FIRST = datetime(2026, 9, 30, 22, tzinfo=UTC)  # 1 October in Paris
NOW = datetime(2026, 11, 2, tzinfo=UTC)
ASSETS = {
    "school": ("building", "active_power"),
    "cabinet": ("light_cabinet", "active_energy"),
    "bay": ("parking_bay", "occupancy"),
    "bin": ("waste_container", "fill_level"),
}


@pytest.fixture(scope="module")
def town(services: Services, database_template: str) -> Iterator[str]:
    """Give the name of a database with a town whose October is told, to clone."""
    with fresh_database(services, database_template) as url:
        with connect(url, program="test", autocommit=True) as opened:
            seed(opened)
        yield url.rpartition("/")[2]


@pytest.fixture
def database(services: Services, town: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    with fresh_database(services, town) as url:
        monkeypatch.setenv("VIGIE_DATABASE_URL", url)
        monkeypatch.setenv("VIGIE_MQTT_URL", services.mqtt_url)
        monkeypatch.setenv("VIGIE_REPORT_KEY", str(tmp_path / "key.pem"))
        (tmp_path / "key.pem").write_bytes(make_key())
        yield url


def seed(connection: Connection) -> None:
    """Four things that speak every hour for 33 days, told."""
    register(
        connection,
        [TerritoryEntry("town", "La Ville")],
        [AssetEntry("town", slug, slug.title(), kind) for slug, (kind, _) in ASSETS.items()],
        [DeviceEntry("town", f"dev-{slug}", interval_s=3600, placements={"*": slug}) for slug in ASSETS],
    )
    for slug, (_, quantity) in ASSETS.items():
        connection.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select d.territory_id, d.device_id, q.quantity, q.unit from devices d, quantities q"
            " where d.external_id = %s and q.quantity = %s",
            (f"dev-{slug}", quantity),
        )
    connection.execute(
        "insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)"
        " values ('w', now(), 1, 1, 'native/1')"
    )
    connection.execute(
        "insert into measurements select s.series_id, 1, %(first)s + n * interval '1 hour', case s.quantity"
        " when 'active_power' then 500 + n %% 7 when 'active_energy' then 2.0 * n when 'occupancy' then (n / 5) %% 2"
        " else (n * 3) %% 100 end from series s, generate_series(-24, 24 * 33) n",
        {"first": FIRST},
    )
    connection.execute(
        "insert into last_values select distinct on (series_id) series_id, observed_at, value, batch_id"
        " from measurements order by series_id, observed_at desc"
    )
    for _ in range(3):
        run_once(connection, NOW + timedelta(hours=12), Settings("", grace_s=0, settle_s=0))


def run(*arguments: str) -> tuple[int, str]:
    """Run the command as a person does: exit code, and what it says."""
    result = CliRunner().invoke(app, list(arguments))
    known = sentence_of(result.exception) if isinstance(result.exception, Exception) else None
    if known is not None:
        return known[1], known[0]
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


def test_a_report_is_verified_long_after_the_raw_data_are_gone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = run("report", "--territory", "town", "--period", "2026-10", "--out", str(tmp_path))
    assert code == 0, said
    report = tmp_path / "vigie-town-2026-10-fr.zip"
    assert (tmp_path / "vigie-town-2026-10-fr.pdf").read_bytes().startswith(b"%PDF")
    with connect(database, program="test", autocommit=True) as connection:
        tables = [row[0] for row in connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
            " and (relname ~ '^(measurements|counters|states|kpi_values|expectations)')")]  # fmt: skip
        assert {"measurements", "measurements_hourly", "kpi_values"} <= set(tables)
        connection.execute(
            psycopg.sql.SQL("truncate {}").format(psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, tables)))
        )
    _, public = run("report", "key")
    monkeypatch.delenv("VIGIE_DATABASE_URL")
    monkeypatch.delenv("VIGIE_MQTT_URL")
    code, said = run("report", "--verify", str(report), "--key", public.split()[0])
    assert code == 0, said
    assert "equal to the stated rounding" in said
    tampered = {**read_files(report)}
    tampered["report.html"] = tampered["report.html"].replace(b"Octobre", b"Mai") + b" "
    (tmp_path / "tampered.zip").write_bytes(pack(tampered))
    assert run("report", "--verify", str(tmp_path / "tampered.zip"))[0] == 32
    (tmp_path / "key.pem").write_bytes(make_key())
    _, other = run("report", "key")
    code, said = run("report", "--verify", str(report), "--key", other.split()[0])
    assert (code, "it was signed with the key" in said) == (33, True)


def test_figures_of_the_report_are_those_of_the_store(database: str, tmp_path: Path) -> None:
    """Told from the evidence, they are the current values to the last digit, and hash alike."""
    assert run("report", "--territory", "town", "--period", "2026-10", "--out", str(tmp_path))[0] == 0
    rows = read_figures(read_files(tmp_path / "vigie-town-2026-10-fr.zip"))
    told = {(row.kpi, row.asset_id): row for part, row in rows if part == 0}
    with connect(database, program="test") as connection:
        stored = connection.execute(
            "select kpi, asset_id, value, low, high, completeness, inputs_hash from kpi_values where is_current"
            " and upper(period) - lower(period) > interval '20 days' and lower(period) >= %s and lower(period) < %s",
            (FIRST, FIRST + timedelta(days=2)),
        ).fetchall()
    assert len(stored) > 10
    for kpi, asset_id, *numbers, digest in stored:
        row = told[kpi, asset_id]
        assert [row.value, row.low, row.high, row.completeness] == numbers
        assert row.inputs_hash == digest


def test_a_kept_report_comes_again_byte_for_byte_until_its_ten_years_are_over(database: str, tmp_path: Path) -> None:
    assert (
        run("report", "--territory", "town", "--period", "2026-10", "--language", "en", "--out", str(tmp_path))[0] == 0
    )
    name = "vigie-town-2026-10-en.zip"
    code, said = run("report", "again", "1", "--out", str(tmp_path / "again"))
    assert code == 0, said
    assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes()
    assert "1  town  2026-10  en" in run("report", "list")[1]
    with connect(database, program="test", autocommit=True) as connection:
        now = datetime.now(UTC)
        assert end_reports(connection, now + timedelta(days=3640)) == 0
        assert end_reports(connection, now + timedelta(days=3660)) == 1
        assert connection.execute("select count(*) from evidence").fetchone() == (0,)


def test_what_cannot_be_reported_says_why(database: str, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path))
    assert run("report", "--territory", "nowhere", "--period", "2026-10", *out) == (
        30,
        "there is no territory 'nowhere'",
    )
    assert run("report", "--territory", "town", "--period", "2026-11", *out)[1].startswith("2026-11 is not over")
    assert run("report", "--territory", "town", "--period", "2019-11", *out)[1].startswith(
        "town has no figure of 2019-11"
    )
    assert run("report", "--territory", "town", "--period", "soon", *out)[0] == 30
    assert run("report", "--territory", "town")[0] == 11
    with connect(database, program="test", autocommit=True) as connection:
        connection.execute("insert into changed_days (territory_id, day) values (1, %s)", (FIRST,))
    assert "are being computed" in run("report", "--territory", "town", "--period", "2026-10", *out)[1]


def test_a_figure_that_stands_otherwise_is_told_anew_before_it_is_signed(database: str, tmp_path: Path) -> None:
    with connect(database, program="test", autocommit=True) as connection:
        connection.execute("update kpi_values set value = value + 1, high = high + 1 where kpi = 'building_energy'")
    ask = ("report", "--territory", "town", "--period", "2026-10", "--out", str(tmp_path))
    code, said = run(*ask)
    assert (code, "building_energy stands as" in said) == (30, True)
    with connect(database, program="test", autocommit=True) as connection:
        assert connection.execute("select cause from changed_days where day = %s", (FIRST,)).fetchall() == [
            ("late data",)
        ]


def test_a_quarter_is_told_by_months(database: str, tmp_path: Path) -> None:
    """Of the third quarter only its last day was measured: the whole and September say so, the other months nothing."""
    code, said = run("report", "--territory", "town", "--period", "2026-Q3", "--out", str(tmp_path))
    assert code == 0, said
    report = tmp_path / "vigie-town-2026-Q3-fr.zip"
    assert {part for part, _ in read_figures(read_files(report))} == {0, 3}
    assert run("report", "--verify", str(report))[0] == 0
    code, said = run("report", "--territory", "town", "--period", "2026-Q4", "--out", str(tmp_path))
    assert (code, said.startswith("2026-Q4 is not over")) == (30, True)


def test_nothing_but_the_report_is_in_the_zip(database: str, tmp_path: Path) -> None:
    run("report", "--territory", "town", "--period", "2026-10", "--out", str(tmp_path))
    names = zipfile.ZipFile(tmp_path / "vigie-town-2026-10-fr.zip").namelist()
    assert names == sorted(names)
    assert {name.partition("/")[0] for name in names} == {
        "evidence", "figures.parquet", "manifest.json", "report.html", "report.pdf", "signature.json",
    }  # fmt: skip
