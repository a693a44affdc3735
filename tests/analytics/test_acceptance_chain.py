"""A batch of new sensors in the store: watched, told over the API, signed, and checked without a database."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import pytest
from typer.testing import CliRunner

from analytics.acceptance.looking import look, look_at_batches
from analytics.acceptance.manifest import Ending
from analytics.acceptance.signed import RESULTS, TABLE, sign_batch, verify
from analytics.report.bundle import pack, read_files
from analytics.report.errors import ChangedReportError, OtherKeyError, UnreadableReportError
from analytics.report.key import load_key, make_key, public_text, sign
from analytics.report.manifest import to_json
from deploy.cli import app
from sensors.asset_entry import AssetEntry
from store.acceptance import Batch, NewBatch, begin_batch, finish_batch, read_batches
from store.connect import connect
from store.inputs import Connection
from store.registry import DeviceEntry, TerritoryEntry, register
from store.technician import NotThereError
from tests.support.desk import Desk
from tests.support.technician import get, key_for, list_all, post

pytestmark = pytest.mark.services

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
N_DAYS = 7
NOW = BEGIN + timedelta(days=N_DAYS, hours=1)
N_OLD = 6
NEW = ("good", "kilowatt", "island")
KEY = load_key(make_key())
VALUES: LiteralString = """
with v as (
    select %(begin)s::timestamptz + n * interval '1 hour' as at, %(watts)s * (1 + (n %% 24) / 100.0) as value
    from generate_series(0, 167) as n
)
"""
FROM: LiteralString = """
from series s
join devices d using (device_id)
cross join v
where d.external_id = %(device)s
"""
WEEK: tuple[LiteralString, ...] = (
    "insert into measurements (series_id, batch_id, observed_at, value) select s.series_id, 1, v.at, v.value",
    """
    insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, covered_s)
    select s.series_id, v.at, 1, v.value, v.value, v.value, v.value, v.value, v.at, v.at, 3600
    """,
    """
    insert into expectations (device_id, hour, basis, n_heard, n_missing) select d.device_id, v.at, 'interval', 1, 0
    """,
    """
    insert into deliveries (territory_id, device_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate,
                            n_rejected, n_revised)
    select d.territory_id, d.device_id, v.at, 1, 1, 1, 0, 0, 0
    """,
)


@pytest.fixture
def connection(database_url: str) -> Any:
    """Six lamps known for long, and three new ones: one good, one in kW, one placed at 0, 0."""
    names = [f"old-{n}" for n in range(N_OLD)] + list(NEW)
    places = [(0.0, 0.0) if name == "island" else (5 + n / 100, 47.5) for n, name in enumerate(names)]
    with connect(database_url, program="test", autocommit=True) as opened:
        register(
            opened,
            [TerritoryEntry("town", "Ville"), TerritoryEntry("beside", "Beside")],
            [
                AssetEntry("town", name, name.title(), "street_light", *place)
                for name, place in zip(names, places, strict=True)
            ],
            [DeviceEntry("town", f"dev-{name}", interval_s=3600, placements={"*": name}) for name in names],
        )
        for n, name in enumerate(names):
            store_power(opened, f"dev-{name}", (40 + n / 10) * (0.001 if name == "kilowatt" else 1))
        opened.execute("insert into device_clocks (device_id, verdict, judged_at, has_own_time)"
                       " select device_id, 'ok', now(), true from devices")  # fmt: skip
        yield opened


def store_power(connection: Connection, device: str, watts: float) -> None:
    """A week of power, a value an hour, as measured, rolled up, counted and expected."""
    parameters = {"device": device, "begin": BEGIN, "watts": watts}
    connection.execute(
        "insert into series (territory_id, device_id, quantity, unit)"
        " select territory_id, device_id, 'active_power', 'W' from devices where external_id = %(device)s",
        parameters,
    )
    for insert in WEEK:
        connection.execute(VALUES + insert + FROM, parameters)


def a_batch(connection: Connection, *, left_out: tuple[str, ...] = ("battery",)) -> Batch:
    devices = tuple(f"dev-{name}" for name in NEW)
    number, n = begin_batch(connection, NewBatch("town", "lot 1", BEGIN, N_DAYS, devices, left_out=left_out), "test")
    assert n == len(NEW)
    (batch,) = read_batches(connection, NOW, number)
    return batch


def signed_files(connection: Connection, batch: Batch) -> dict[str, bytes]:
    watch, results = look(connection, batch, NOW)
    return sign_batch(batch, watch.devices, results, Ending(watch.until, "A. Martin", NOW), KEY)


def test_each_device_is_checked_against_those_that_are_there(connection: Connection) -> None:
    watch, results = look(connection, a_batch(connection), NOW)
    assert (len(watch.ground), len(watch.peers["active_power", "street_light"])) == (N_OLD, N_OLD)
    name_by_id = {one.device_id: one.external_id for one in watch.devices}
    bad = {(name_by_id[one.device_id], one.topic, one.result) for one in results if one.result != "pass"}
    assert bad == {
        ("dev-kilowatt", "unit", "fail"),
        ("dev-kilowatt", "peers", "fail"),
        ("dev-island", "position", "fail"),
    }
    assert {one.topic for one in results} == {
        "clock", "completeness", "peers", "plausibility", "position", "rhythm", "unit",
    }  # fmt: skip


def test_a_check_that_was_not_left_out_and_is_not_known_keeps_a_device_from_passing(connection: Connection) -> None:
    files = signed_files(connection, a_batch(connection, left_out=()))
    manifest, _ = verify(files)
    assert (manifest.n_pass, manifest.n_fail, manifest.n_unknown) == (0, 2, 1)


def test_the_signed_list_holds_and_any_change_shows(connection: Connection, tmp_path: Path) -> None:
    files = signed_files(connection, a_batch(connection))
    path = tmp_path / "list.zip"
    path.write_bytes(pack(files))
    manifest, public = verify(read_files(path), public_text(KEY))
    assert (manifest.n_devices, manifest.n_pass, manifest.n_fail, manifest.n_unknown) == (3, 1, 2, 0)
    assert public == public_text(KEY)
    for name in (RESULTS, TABLE, "list-fr.html", "list-en.html"):
        with pytest.raises(ChangedReportError):
            verify({**files, name: files[name].replace(b"fail", b"pass") + b" "})
    with pytest.raises(ChangedReportError):
        verify({**files, "more.txt": b"added"})
    with pytest.raises(ChangedReportError):
        verify({name: content for name, content in files.items() if name != TABLE})
    with pytest.raises(ChangedReportError):
        verify({**files, "manifest.json": files["manifest.json"].replace(b'"n_pass": 1', b'"n_pass": 3')})
    with pytest.raises(OtherKeyError):
        verify(files, public_text(load_key(make_key())))


def test_what_is_signed_but_does_not_follow_is_found(connection: Connection) -> None:
    files = signed_files(connection, a_batch(connection))
    content = files["manifest.json"].replace(b'"n_pass": 1', b'"n_pass": 3')
    with pytest.raises(Exception, match="the counts of the manifest"):
        verify({**files, "manifest.json": content, "signature.json": to_json(sign(KEY, content))})
    report = b'{"format": "vigie-report"}'
    with pytest.raises(UnreadableReportError):
        verify({**files, "manifest.json": report, "signature.json": to_json(sign(KEY, report))})


def test_both_pages_say_what_is_wrong(connection: Connection) -> None:
    files = signed_files(connection, a_batch(connection))
    french, english = (files[f"list-{language}.html"].decode() for language in ("fr", "en"))
    assert "3 capteurs : 1 reçus, 2 refusés" in french
    assert "Position 0, 0 : jamais saisie." in french
    assert "3 sensors: 1 accepted, 2 refused" in english
    assert "check unit or prefix" in english


def test_analyse_looks_at_what_runs_once_an_hour(connection: Connection) -> None:
    batch = a_batch(connection)
    assert look_at_batches(connection, NOW) == 1
    assert look_at_batches(connection, NOW + timedelta(minutes=59)) == 0
    assert look_at_batches(connection, NOW + timedelta(minutes=61)) == 1
    assert finish_batch(connection, batch, b"signed", NOW, "test")
    assert not finish_batch(connection, batch, b"another", NOW, "test")
    assert look_at_batches(connection, NOW + timedelta(days=1)) == 0


def test_devices_are_found_by_what_accepted_them(connection: Connection) -> None:
    connection.execute(
        "update devices set accepted_by = 'rule 3', accepted_at = %s where external_id ~ '^dev-(good|island)'", (BEGIN,)
    )
    connection.execute(
        "update devices set accepted_by = 'rule 3', accepted_at = '2020-01-01' where external_id = 'dev-old-1'"
    )
    new = NewBatch("town", "lot 2", BEGIN, N_DAYS, accepted_by="rule 3", since=BEGIN - timedelta(days=1))
    assert begin_batch(connection, new, "test")[1] == 2
    with pytest.raises(NotThereError):
        begin_batch(connection, NewBatch("town", "lot 3", BEGIN, N_DAYS, ("dev-good", "nobody")), "test")


def test_over_the_api_a_batch_is_begun_followed_and_its_list_given_out(
    connection: Connection, database_url: str
) -> None:
    desk = Desk(database_url, "town")
    key, other = key_for(desk, "town", "read", "write"), key_for(desk, "beside", "read", "write")
    body = {"territory": "town", "name": "lot 4", "devices": ["dev-good", "dev-island"], "from": BEGIN.isoformat(),
            "n_days": N_DAYS, "left_out": ["battery"]}  # fmt: skip
    refused = post(desk, other, "/v1/acceptances", body)
    assert (refused.status_code, refused.json()["detail"]) == (404, "no device 'dev-good' in 'town'")  # there or not
    assert post(desk, key_for(desk, "town", "read"), "/v1/acceptances", body).status_code == 403
    assert post(desk, key, "/v1/acceptances", {**body, "left_out": ["everything"]}).status_code == 422
    assert post(desk, key, "/v1/acceptances", {**body, "devices": []}).status_code == 422
    begun = post(desk, key, "/v1/acceptances", body)
    assert (begun.status_code, begun.json()["n_devices"]) == (201, 2)
    number = begun.json()["acceptance_id"]
    assert look_at_batches(connection, NOW) == 1
    (standing,) = list_all(desk, key, "/v1/acceptances")
    assert (standing["n_devices"], standing["n_pass"], standing["n_fail"]) == (2, 1, 1)
    results = list_all(desk, key, f"/v1/acceptances/{number}/results", limit=3)
    assert len(results) == 2 * 7
    assert list_all(desk, other, "/v1/acceptances") == []
    assert list_all(desk, other, f"/v1/acceptances/{number}/results") == []
    assert get(desk, key, f"/v1/acceptances/{number}") == standing
    assert get(desk, key, f"/v1/acceptances/{number}?format=zip")["status"] == 404
    assert get(desk, other, f"/v1/acceptances/{number}")["status"] == 404


def test_by_command_a_batch_is_begun_looked_at_finished_and_its_list_verified(
    connection: Connection, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    monkeypatch.setenv("VIGIE_MQTT_URL", "mqtt://127.0.0.1:1")
    monkeypatch.setenv("VIGIE_REPORT_KEY", str(tmp_path / "key.pem"))
    (tmp_path / "key.pem").write_bytes(make_key())

    def vigie(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["acceptance", *arguments])
        assert done.exception is None, done.output
        return done.output

    nameless = CliRunner().invoke(app, ["acceptance", "start", "town", "lot 5"])
    assert "name its devices" in str(nameless.exception)
    begun = vigie("start", "town", "lot 5", "--device", "dev-good", "--device", "dev-kilowatt", "--days", str(N_DAYS),
                  "--from", BEGIN.isoformat(), "--without", "battery")  # fmt: skip
    assert "acceptance 1: 2 devices are watched for 7 days" in begun
    assert "dev-kilowatt\tunit\tfail" in vigie("status", "1")
    vigie("finish", "1", "--out", str(tmp_path))
    assert "2 devices, 1 pass, 1 fail, 0 not known" in vigie("verify", str(tmp_path / "vigie-acceptance-1.zip"))
    assert "finished\t2 devices, 1 pass, 1 fail" in vigie("status")
    (row,) = connection.execute("select bundle, finished_by from acceptances").fetchall()
    assert zipfile.ZipFile(io.BytesIO(row[0])).namelist() == [
        "list-en.html", "list-fr.html", "manifest.json", "results.csv", "results.json", "signature.json",
    ]  # fmt: skip
