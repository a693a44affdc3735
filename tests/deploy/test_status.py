"""`vigie status` says what does its work and what does not, and changes nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.local.state import free_port
from deploy.status.around import certificate_line
from deploy.status.line import Standing
from tests.support.certificates import make_certificates
from tests.support.chain import make_chain, single_values, working
from tests.support.publisher import publish
from tests.support.services import with_database


def standings(database_url: str, mqtt_url: str, certificates: Path, code: int) -> dict[str, tuple[str, str]]:
    """Run the command and give each line's standing and text."""
    environment = {
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_MQTT_URL": mqtt_url,
        "VIGIE_API_PORT": str(free_port()),
        "VIGIE_CERTS_DIR": str(certificates),
    }
    done = CliRunner(env=environment).invoke(app, ["status", "--json"])
    assert done.exit_code == code, done.exception
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["part"]: (line["standing"], line["text"]) for line in lines}


@pytest.mark.services
def test_status_tells_what_runs_and_what_does_not(
    database_url: str, mqtt_url: str, territory_slug: str, tmp_path: Path
) -> None:
    """While a worker stores ten values, ingest is well; analytics and API do not run, and that is said."""
    chain = make_chain(database_url, mqtt_url, territory_slug)
    with working(chain):
        publish(mqtt_url, single_values(chain, 10))
        chain.wait_for_stored(10)
        found = standings(database_url, mqtt_url, tmp_path, 1)
    assert {part: standing for part, (standing, _) in found.items() if part != "disk"} == {
        "database": "ok",
        "ingest": "ok",
        "quarantine": "ok",
        "analytics": "down",
        "incidents": "ok",
        "backup": "look",
        "broker": "ok",
        "api": "down",
        "certificates": "ok",
    }
    assert "1 of 1 sessions served" in found["ingest"][1]
    assert "10 values stored" in found["ingest"][1]
    after = standings(database_url, mqtt_url, tmp_path, 1)
    assert after["ingest"][0] == "down"


@pytest.mark.services
def test_what_is_out_of_reach_is_said_in_its_line(database_url: str, tmp_path: Path) -> None:
    absent = with_database(database_url, "absent")
    found = standings(absent, f"mqtt://127.0.0.1:{free_port()}", tmp_path, 1)
    assert found["database"][0] == found["broker"][0] == "down"
    assert "absent" in found["database"][1]
    assert "ingest" not in found


@pytest.mark.parametrize(
    ("days", "standing"), [(398, Standing.DOWN), (380, Standing.LOOK), (360, Standing.OK)], ids=str
)
def test_certificate_that_ends_is_told_in_time(tmp_path: Path, days: int, standing: Standing) -> None:
    folder = make_certificates(tmp_path / "certs")
    line = certificate_line(folder.path, datetime.now(UTC) + timedelta(days=days, hours=1))
    assert line.standing is standing


def test_nothing_that_runs_is_a_sentence(tmp_path: Path) -> None:
    environment = {"VIGIE_DATABASE_URL": "", "VIGIE_MQTT_URL": "", "VIGIE_DATA_DIR": str(tmp_path)}
    done = CliRunner(env=environment).invoke(app, ["status"])
    assert "nothing runs here" in str(done.exception)
