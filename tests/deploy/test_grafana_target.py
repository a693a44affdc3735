"""Settings of `vigie grafana`, and the files that `export` writes."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from deploy.cli import app
from deploy.errors import SettingError
from deploy.grafana.dashboards import build_all
from deploy.grafana.target import read_target

DATABASE = "postgresql://vigie:hidden@db.example:5433/vigie"
GIVEN = {"VIGIE_GRAFANA_URL": "https://grafana.example", "VIGIE_GRAFANA_PASSWORD": "hidden too"}


def test_read_target_wants_encryption_outside_loopback() -> None:
    target = read_target(GIVEN, DATABASE)
    assert (target.database_address, target.ssl_mode) == ("db.example:5433", "verify-full")
    assert read_target(GIVEN, "postgresql://vigie:x@127.0.0.1/vigie").ssl_mode == "disable"


def test_read_target_shows_no_password() -> None:
    assert "hidden" not in repr(read_target(GIVEN, DATABASE))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"VIGIE_GRAFANA_URL": ""}, "set VIGIE_GRAFANA_URL"),
        ({"VIGIE_GRAFANA_URL": "grafana"}, "expected something like"),
        ({"VIGIE_GRAFANA_PASSWORD": ""}, "set VIGIE_GRAFANA_PASSWORD"),
        ({"VIGIE_GRAFANA_DATABASE_SSLMODE": "perhaps"}, "expected one of"),
    ],
)
def test_read_target_refuses(changed: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        read_target({**GIVEN, **changed}, DATABASE)


def test_role_names_fit_and_stay_distinct() -> None:
    target = read_target(GIVEN, DATABASE)
    assert target.role_name("is-sur-tille") == "vigie_grafana_is-sur-tille"
    long = [target.role_name("x" * 62 + end) for end in "ab"]
    assert len(set(long)) == 2
    assert all(len(name.encode()) <= 63 for name in long)


def test_export_writes_what_grafana_reads_at_its_start(tmp_path: Path) -> None:
    done = CliRunner(env={"VIGIE_PAGE_URL": "https://vigie.example/"}).invoke(app, ["grafana", "export", str(tmp_path)])
    assert done.exit_code == 0, done.output
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    folders = {"fr": "Vigie", "en": "Vigie (English)"}
    boards = {f"dashboards/{folders[one.audience.language]}/{one.uid}.json" for one in build_all("x")}
    assert len(boards) == 26
    assert files == {"datasources/vigie.yaml", "dashboards/vigie.yaml", "alerting/vigie.yaml"} | boards
    model = json.loads((tmp_path / "dashboards/Vigie/vigie-overview-fr.json").read_text())
    page = next(one for one in model["templating"]["list"] if one["name"] == "vigie")
    assert page["query"] == "https://vigie.example"


def test_provisioning_holds_no_secret_and_names_the_same_source(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["grafana", "export", str(tmp_path)])
    [source] = yaml.safe_load((tmp_path / "datasources/vigie.yaml").read_text())["datasources"]
    assert source["secureJsonData"]["password"].startswith("$__file{")
    assert source["jsonData"]["timescaledb"] is True
    assert source["editable"] is False
    [provider] = yaml.safe_load((tmp_path / "dashboards/vigie.yaml").read_text())["providers"]
    assert provider["allowUiUpdates"] is False
    assert "folder" not in provider  # because folders follow the files
    [group] = yaml.safe_load((tmp_path / "alerting/vigie.yaml").read_text())["groups"]
    [rule] = group["rules"]
    assert rule["data"][0]["datasourceUid"] == source["uid"]
    assert group["folder"] == "Vigie"
