"""The units start commands that exist, each is as closed as the hardening list says, and timers start what is there."""

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest
from typer.main import get_command

from deploy.cli import app
from tests.support.shared import REPOSITORY

UNITS = sorted((REPOSITORY / "deploy/systemd").glob("*.service"))
HARDENING = (REPOSITORY / "docs/security/hardening.md").read_text(encoding="utf-8")
CLOSED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "PrivateUsers": "yes",
    "DynamicUser": "yes",
    "ProtectKernelTunables": "yes",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
    "LogRateLimitIntervalSec": "30s",
    "LogRateLimitBurst": "5000",
}
TIMED = sorted((REPOSITORY / "deploy/systemd").glob("*.timer"))


def service_of(path: Path) -> dict[str, str]:
    """Read the section of the service; of a key that stands twice the last counts, but for what is started."""
    parser = RawConfigParser(strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys are told apart by their capitals
    parser.read(path, encoding="utf-8")
    return {key: value or "" for key, value in parser["Service"].items()}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_is_closed(path: Path) -> None:
    service = service_of(path)
    assert {key: service.get(key) for key in CLOSED} == CLOSED


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_starts_a_command_that_exists_and_needs_no_secret_in_it(path: Path) -> None:
    started = re.findall(r"(?m)^ExecStart=(.+)$", path.read_text(encoding="utf-8"))
    assert started
    for line in started:
        program, command, *options = line.split()
        assert program.endswith("/bin/vigie")
        found = get_command(app).commands[command]  # type: ignore[attr-defined]  # a group
        known = {name for parameter in found.params for name in parameter.opts}
        assert {option for option in options if option.startswith("--")} <= known
    assert not re.search(r"(?i)password|://", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_is_started_again_or_by_a_timer(path: Path) -> None:
    """A program comes back whenever it ends; what a timer starts ends by itself, and nobody starts it at once again."""
    service = service_of(path)
    is_timed = path.stem in {timer.stem for timer in TIMED}
    assert (service.get("Restart"), service.get("Type")) == ((None, "oneshot") if is_timed else ("always", None))


def test_timer_starts_a_unit_that_is_there_and_catches_up() -> None:
    assert TIMED
    for path in TIMED:
        text = path.read_text(encoding="utf-8")
        assert path.with_suffix(".service") in UNITS
        assert "Persistent=yes" in text
        assert "WantedBy=timers.target" in text


def test_hardening_list_names_what_closes_the_units() -> None:
    assert {key for key in CLOSED if f"`{key}`" not in HARDENING} == set()
