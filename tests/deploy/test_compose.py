"""The compose file keeps the rules that can be checked without a container engine; none runs here."""

import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.shared import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
every_service = pytest.mark.parametrize("name", SERVICES)


def is_one_shot(name: str) -> bool:
    """Does it end after its work?"""
    return SERVICES[name]["restart"] == "no"


@every_service
def test_a_service_has_a_health_check_or_ends(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service) != is_one_shot(name)
    if not is_one_shot(name):
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


@every_service
def test_images_are_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    _, _, tag = image.rpartition(":")
    assert re.match(r"\d+\.\d+(\.\d+)?", tag), image
    assert image.count("/") <= 1, "no registry host is named"


def test_the_build_is_pinned() -> None:
    bases = re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert bases == ["python:3.11-slim-bookworm"] * 2


@every_service
def test_no_password_is_written_down(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASSWORD|SECRET|TOKEN", key):
            assert str(value).startswith("/run/secrets/"), key
        assert not re.search(r"://[^/\s]*:[^/\s]*@", str(value)), key


@every_service
def test_what_a_service_names_exists(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
    for needed, condition in service.get("depends_on", {}).items():
        expected = "service_completed_successfully" if is_one_shot(needed) else "service_healthy"
        assert condition == {"condition": expected}
    for mount in service.get("volumes", []):
        source = mount.split(":")[0]
        assert source in COMPOSE["volumes"] or (DEPLOY / source).exists(), source


@every_service
def test_only_the_broker_is_open_to_others(name: str) -> None:
    """And by TLS; the rest is for a reverse proxy on the same host."""
    for port in SERVICES[name].get("ports", []):
        assert port == "8883:8883" or port.startswith("127.0.0.1:")


def test_the_database_is_on_the_inner_network_only() -> None:
    assert SERVICES["timescaledb"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_commands_of_vigie_exist() -> None:
    from typer.testing import CliRunner

    from deploy.cli import app

    for name, service in SERVICES.items():
        if service["image"].startswith("vigie:"):
            done = CliRunner().invoke(app, [*service["command"], "--help"])
            assert done.exit_code == 0, (name, done.output)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")
def test_secrets_are_made_once_and_stay(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "compose-secrets.sh", tmp_path)
    folder = tmp_path / "secrets"
    runs = []
    for _ in range(2):
        command = ["sh", str(tmp_path / "compose-secrets.sh"), "broker.example"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        runs.append({path.name: path.read_bytes() for path in folder.iterdir()})
    first, second = runs
    assert first == second
    assert set(COMPOSE["secrets"]) <= set(first)
    assert len({first[name] for name in first if name.endswith("password")}) == 4
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "authority_key").stat().st_mode) == 0o600
    text = subprocess.run(
        ["openssl", "verify", "-CAfile", str(folder / "broker_authority"), "-verify_hostname", "broker.example",
         str(folder / "broker_certificate")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert text.returncode == 0, text.stderr


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_can_be_read_by_the_shell(script: Path) -> None:
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
